//! Pages that a short link leads to.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waylay::page;

fuzz_target!(|bytes: &[u8]| {
    let found = page::scan(bytes);
    assert!(found.links.len() <= page::MOST);
    assert_eq!(found, page::scan(bytes), "the same page says the same");
    if let Some(refresh) = &found.refresh {
        page::refresh(refresh);
    }
});
