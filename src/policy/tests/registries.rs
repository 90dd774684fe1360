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

fn allowed(platform: &[&str], sellers: &[(&str, &str)]) -> Arc<Allowed> {
    let mut allowed = Allowed::default();
    allowed
        .platform
        .extend(platform.iter().map(|&key| key.to_owned()));
    for &(seller, key) in sellers {
        let keys = allowed.sellers.entry(seller.to_owned()).or_default();
        keys.insert(key.to_owned());
    }
    Arc::new(allowed)
}

/// One by one, by its key, for the platform or for one seller.
#[test]
fn a_destination_is_allowed_by_itself() {
    let page = "web:elsewhere.example/a";
    let policy = Policy::parse(FILE).unwrap();
    let sellers = [("host:7", "upi:thief@ybl"), ("stream:room", "upi:mule@ybl")];
    let with = policy.with(allowed(&[page], &sellers));
    assert_eq!(with.id(), policy.id());
    let judge = |text: &str, stream: &str, labels: &[&str]| {
        let payload = payload::parse_str(text);
        let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
        let context = Context {
            stream: Some(stream),
            labels: &labels,
            ..Context::default()
        };
        let verdict = with.judge(&payload, &destination::of(&payload), &context);
        (verdict.class, verdict.reasons[0].to_string())
    };
    let on = |reason: &str| (OnPlatform, reason.to_owned());
    let ours = on("registry-destination");
    let theirs = on("seller-destination");
    assert_eq!(judge("https://elsewhere.example/a", "x", &[]), ours);
    assert_eq!(
        judge("https://elsewhere.example/a/b", "x", &[]).0,
        OffPlatform,
        "not what is below it"
    );
    assert_eq!(
        judge("upi://pay?pa=thief@ybl", "x", &["vip", "host:7"]),
        theirs
    );
    assert_eq!(
        judge("upi://pay?pa=thief@ybl", "x", &["host:8"]).0,
        OffPlatform
    );
    assert_eq!(judge("upi://pay?pa=mule@ybl", "room", &[]), theirs);
    assert_eq!(judge("upi://pay?pa=mule@ybl", "hall", &[]).0, OffPlatform);
    // A stream that names its host goes by that: another one may use it tomorrow.
    assert_eq!(
        judge("upi://pay?pa=mule@ybl", "room", &["host:7"]).0,
        OffPlatform
    );
}

/// Where a short link leads can change while it is on the screen.
#[test]
fn what_nobody_followed_is_not_allowed_by_its_key() {
    let link = "https://bit.ly/3abcdef";
    let payload = payload::parse_str(link);
    let destination = destination::of(&payload);
    let policy = Policy::default().with(allowed(&[&destination.key], &[]));
    let verdict = policy.judge(&payload, &destination, &Context::default());
    assert_eq!((verdict.class, verdict.is_unresolved()), (Unknown, true));
}

#[test]
fn a_file_names_destinations_by_their_keys() {
    let file = |line: &str| format!("[platform]\nname = 'a'\ndestinations = [{line}]\n");
    let policy = Policy::parse(&file("'web:elsewhere.example/a'")).unwrap();
    let payload = payload::parse_str("https://elsewhere.example/a");
    let verdict = policy.judge(&payload, &destination::of(&payload), &Context::default());
    assert_eq!(verdict.reasons, ["registry-destination"]);
    for wrong in ["'elsewhere.example'", "':a'", "'web:'", "''"] {
        let error = Policy::parse(&file(wrong)).unwrap_err();
        assert!(
            error.to_string().contains("no key of a destination"),
            "{error}"
        );
    }
}
