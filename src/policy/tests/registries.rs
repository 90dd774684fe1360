//! The registry of the platform, and that of a stream's seller.

use super::*;

#[test]
fn the_seller_has_a_registry_too() {
    let (policy, seller) = (
        Policy::parse(FILE).unwrap(),
        Registry::parse(SELLER).unwrap(),
    );
    let context = Context {
        seller: Some(&seller),
        ..Context::default()
    };
    for (text, class, reasons, flags) in [
        (
            "upi://pay?pa=bags@ybl&am=5",
            OnPlatform,
            &["seller-payee"][..],
            &[][..],
        ),
        (
            "https://m.bags.example/",
            OnPlatform,
            &["seller-domain"],
            &[],
        ),
        (
            "upi://pay?pa=shop@ybl",
            OnPlatform,
            &["registry-payee"],
            &[],
        ),
        (
            "upi://pay?pa=thief@ybl",
            OffPlatform,
            &["category-payment", "payee-mismatch", "default"],
            &["payee-mismatch"],
        ),
        (
            "https://wa.me/15550100",
            OffPlatform,
            &["category-contact", "rule:contact-code"],
            &[],
        ),
    ] {
        let payload = payload::parse_str(text);
        let verdict = policy.judge(&payload, &destination::of(&payload), &context);
        assert_eq!(
            (verdict.class, verdict.reasons.as_slice()),
            (
                class,
                reasons
                    .iter()
                    .map(|r| Cow::Borrowed(*r))
                    .collect::<Vec<_>>()
                    .as_slice()
            ),
            "{text}"
        );
        assert_eq!(verdict.flags, flags, "{text}");
    }
}

#[test]
fn a_host_that_passes_for_the_platform_is_told() {
    let policy = Policy::parse(
        "[platform]\nname = 'x'\ndomains = ['sunnybazaar.example', 'pay.sunnybazaar-cdn.com']",
    )
    .unwrap();
    let seller = Registry::parse("[seller]\ndomains = ['lisbonbags.com']").unwrap();
    let context = Context {
        seller: Some(&seller),
        ..Context::default()
    };
    for (link, flags) in [
        ("https://sunnybazaar.example/", &[][..]),
        ("https://sunnybazar.example/", &["lookalike-domain"]),
        ("https://sunnybazaar.example.pay.top/", &["subdomain-spoof"]),
        ("https://sunnybаzaar.example/", &["homograph"]),
        ("https://lisbonbag5.com/", &["lookalike-domain"]),
        ("https://lisbonbags.com/", &[]),
        ("https://rainybazaar.example/", &[]),
        ("https://somewhere.example/", &[]),
    ] {
        let payload = payload::parse_str(link);
        let verdict = policy.judge(&payload, &destination::of(&payload), &context);
        assert_eq!(verdict.flags, flags, "{link}");
    }
}

#[test]
fn a_link_of_a_registered_app_needs_no_slashes() {
    let policy = Policy::parse("[platform]\nname = 'x'\napp_schemes = ['shopapp']").unwrap();
    for (text, class) in [
        ("shopapp://item/1", OnPlatform),
        ("shopapp:item/1", OnPlatform),
        ("ShopApp:item?id=1", OnPlatform),
        ("otherapp://item/1", OffPlatform),
        ("otherapp:item/1", Unknown),
        ("shopapp:", Unknown),
        ("shopapp: the best there is", Unknown),
        ("shopapp", Unknown),
    ] {
        let payload = payload::parse_str(text);
        let verdict = policy.judge(&payload, &destination::of(&payload), &Context::default());
        assert_eq!(verdict.class, class, "{text}");
    }
}
