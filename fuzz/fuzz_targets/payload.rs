//! Any bytes of a code: read, led somewhere, judged. What comes out must hold together.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waylay::policy::{Context, Policy};
use waylay::{destination, payload};

fuzz_target!(|bytes: &[u8]| {
    let payload = payload::parse(bytes);
    assert!(payload.text.chars().count() <= payload::LONGEST);
    assert!(payload.chain().count() <= 8, "links in links end");
    assert!(payload.flags.iter().all(|flag| payload::FLAGS.contains(flag)));
    assert_eq!(payload, payload::parse(bytes), "the same bytes say the same");
    let destination = destination::of(&payload);
    assert!(!destination.key.is_empty() && destination.key.len() <= destination::LONGEST_KEY);
    let verdict = Policy::default().judge(&payload, &destination, &Context::default());
    assert!(!verdict.reasons.is_empty());
});
