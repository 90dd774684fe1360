//! Policy files and the registries of sellers: refused with a place, or good for every verdict.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waylay::policy::{Context, Policy, Registry};
use waylay::{destination, payload};

fuzz_target!(|text: &str| {
    let seller = Registry::parse(text);
    match Policy::parse(text) {
        Err(error) => {
            assert!(error.line >= 1 && error.column >= 1 && !error.message.is_empty());
            assert!(!error.message.contains('\n'));
        }
        Ok(policy) => {
            for code in ["upi://pay?pa=a@ybl&am=5", "https://a.example/", "hello"] {
                let payload = payload::parse_str(code);
                let destination = destination::of(&payload);
                let context = Context {
                    stream: Some("room"),
                    seller: seller.as_ref().ok(),
                    at_us: Some(1_794_429_000_000_000),
                    ..Context::default()
                };
                let verdict = policy.judge(&payload, &destination, &context);
                assert!(!verdict.reasons.is_empty());
                policy.consider(&payload, &destination, &context);
            }
        }
    }
});
