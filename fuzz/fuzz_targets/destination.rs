//! Links: whatever stands around it, a link leads to one place, and never to a host that it only names.
#![no_main]

use libfuzzer_sys::fuzz_target;
use url::Url;
use waylay::destination::{self, Kind};
use waylay::payload;
use waylay::policy::{Class, Context, Policy};

const POLICY: &str = "[platform]\nname = 'x'\ndomains = ['shop.example']\nshort_links = ['s.example']\n";

fuzz_target!(|rest: &str| {
    let policy = Policy::parse(POLICY).expect("a good policy");
    for text in [rest.to_owned(), format!("https://{rest}"), format!("https://evil.test/{rest}")] {
        let payload = payload::parse_str(&text);
        let destination = destination::of(&payload);
        assert!(!destination.key.is_empty() && destination.key.len() <= destination::LONGEST_KEY);
        assert_eq!(destination, destination::of(&payload));
        if let Some(host) = &destination.host {
            assert_eq!(*host, host.to_ascii_lowercase());
        }
        let verdict = policy.judge(&payload, &destination, &Context::default());
        // On the platform only where the last link of the chain that leads anywhere is.
        if verdict.class == Class::OnPlatform {
            let leads = |part: &&payload::Payload| destination::of(part).kind != Kind::None;
            let last = payload.chain().filter(leads).last().expect("a link");
            let last = Url::parse(last.text.trim()).expect("a link");
            let host = last.host_str().expect("a host").trim_end_matches('.');
            assert!(host == "shop.example" || host.ends_with(".shop.example"), "{text}");
        }
    }
});
