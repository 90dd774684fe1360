//! Pages that a short link leads to.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waylay::resolve::html;

fuzz_target!(|bytes: &[u8]| {
    let found = html::scan(bytes);
    assert!(found.links.len() <= html::MOST);
    assert_eq!(found, html::scan(bytes), "the same page says the same");
    if let Some(refresh) = &found.refresh {
        html::refresh(refresh);
    }
});
