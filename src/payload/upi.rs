//! UPI, India: payment and mandate links (NPCI UPI linking specification 1.6), and the same query under
//! the schemes of the apps that read it.

use super::input::{Input, Uri, decode};
use super::schemes::Scheme;
use super::{Payload, amount};

const UPI: Scheme = Scheme::named("upi");
const MANDATE: Scheme = Scheme::named("upi-mandate");
const APP: Scheme = Scheme::named("upi-app-scheme");

/// URI schemes of apps that take UPI links.
const APPS: &[&str] = &[
    "amazonpay",
    "bhim",
    "credpay",
    "gpay",
    "mobikwik",
    "navi",
    "paytmmp",
    "phonepe",
    "ppe",
    "ppesim",
    "slice",
    "tez",
    "whatsapp-upi",
];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    let mandate = uri.host.eq_ignore_ascii_case("mandate");
    let scheme = match uri.url.scheme() {
        "upi" if mandate => MANDATE,
        "upi" => UPI,
        app if APPS.contains(&app) && uri.get("pa").is_some() => APP,
        "intent" if opens_app(uri) && uri.get("pa").is_some() => APP,
        _ => return None,
    };
    let mut payload = input.payload(scheme);
    let fields = &mut payload.fields;
    fields.payee = uri.get_some("pa");
    fields.payee_name = uri.get_some("pn").map(|name| name.replace('+', " "));
    fields.amount = uri.get("am").and_then(amount::money);
    fields.currency = Some(uri.get_some("cu").unwrap_or_else(|| "INR".into()));
    fields.reference = uri.get_some("tr").or_else(|| uri.get_some("tid"));

    if !fields.payee.as_deref().is_some_and(is_address) {
        payload.flags.push("bad-account");
    }
    if uri.get_some("am").is_some() && fields.amount.is_none() {
        payload.flags.push("bad-amount");
    }
    if uri.repeats(&["pa", "pn", "am", "cu"]) {
        payload.flags.push("duplicate-param");
    }
    payload.valid = Some(payload.flags.is_empty());
    if uri.url.scheme() == "intent" {
        // No fault of the payment, and still a way past what the viewer sees.
        payload.flags.push("dangerous-scheme");
        // A phone without the app opens this.
        for link in extras(uri).filter_map(|extra| extra.strip_prefix("S.browser_fallback_url=")) {
            payload.also_to(&decode(link));
        }
    }
    Some(payload)
}

/// Whether an Android intent (`intent://pay?...#Intent;scheme=upi;package=...;end`) is for one of the apps.
fn opens_app(uri: &Uri) -> bool {
    let scheme = extras(uri).find_map(|extra| extra.strip_prefix("scheme="));
    scheme.is_some_and(|scheme| scheme == "upi" || APPS.contains(&scheme))
}

/// What an intent says behind its link.
fn extras(uri: &Uri) -> impl Iterator<Item = &str> {
    let extras = uri.url.fragment().and_then(|f| f.strip_prefix("Intent;"));
    extras.unwrap_or_default().split(';')
}

/// A virtual payment address is `name@handle`; the handle has no dot, which tells it from an e-mail, unless
/// it is that of the number of an account or a telephone (`account@ifsc.ifsc.npci`).
fn is_address(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    text.split_once('@').is_some_and(|(user, handle)| {
        let number = [".ifsc.npci", ".mmid.npci", ".iin.npci"];
        let numbered = number.iter().find_map(|end| handle.strip_suffix(end));
        let is_handle = (2..=65).contains(&handle.len())
            && handle.starts_with(|c: char| c.is_ascii_alphabetic());
        let is_handle = is_handle || numbered.is_some() || handle == "aadhaar.npci";
        let letters = numbered.unwrap_or(handle.strip_suffix(".npci").unwrap_or(handle));
        (2..=256).contains(&user.len())
            && user.chars().all(name)
            && is_handle
            && letters.chars().all(|c| c.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read() {
        for (text, scheme, payee, amount, valid) in [
            (
                "upi://pay?pa=shop.1@okaxis&pn=My%20Shop&am=10.50",
                "upi",
                "shop.1@okaxis",
                Some("10.50"),
                true,
            ),
            (
                "UPI://PAY?PA=SHOP@YBL&CU=INR",
                "upi",
                "SHOP@YBL",
                None,
                true,
            ),
            (
                "upi://mandate?pa=club@ybl&am=99&amrule=MAX",
                "upi-mandate",
                "club@ybl",
                Some("99"),
                true,
            ),
            (
                "phonepe://pay?pa=shop%40ybl",
                "upi-app-scheme",
                "shop@ybl",
                None,
                true,
            ),
            (
                "upi://pay?pa=shop@mail.com",
                "upi",
                "shop@mail.com",
                None,
                false,
            ),
            (
                "upi://pay?pa=shop@ybl&am=ten",
                "upi",
                "shop@ybl",
                None,
                false,
            ),
            (
                "upi://pay?pa=shop@ybl&pa=thief@ybl",
                "upi",
                "shop@ybl",
                None,
                false,
            ),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(payload.scheme, scheme, "{text}");
            assert_eq!(payload.fields.payee.as_deref(), Some(payee), "{text}");
            assert_eq!(payload.fields.amount.as_deref(), amount, "{text}");
            assert_eq!(payload.valid, Some(valid), "{text}");
        }
        let empty = parse(&Input::new("upi://pay")).unwrap();
        assert_eq!((empty.valid, empty.fields.payee), (Some(false), None));
        assert!(parse(&Input::new("phonepe://home")).is_none());
    }
}
