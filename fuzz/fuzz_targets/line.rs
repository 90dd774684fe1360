//! Writing in the picture.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waylay::{destination, payload};

fuzz_target!(|line: &str| {
    let payload = payload::parse_line(line);
    assert!(payload.flags.iter().all(|flag| payload::FLAGS.contains(flag)));
    assert!(payload::schemes().any(|scheme| scheme.id == payload.scheme));
    assert!(!destination::of(&payload).key.is_empty());
    assert_eq!(payload, payload::parse_line(line), "the same line says the same");
});
