//! Codes that let whoever shows them into the scanner's account. They are not links, or not web links;
//! those that are stand in the table of messengers.

use super::Payload;
use super::checks;
use super::input::Input;
use super::schemes::Scheme;

const WHATSAPP: Scheme = Scheme::named("whatsapp-link-device");
const FIDO: Scheme = Scheme::named("fido-hybrid");
const BANKID: Scheme = Scheme::named("scan-login-other");
const WALLETCONNECT: Scheme = Scheme::named("walletconnect");

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let (scheme, valid) = whatsapp(input)
        .or_else(|| fido(input))
        .or_else(|| bankid(input))
        .or_else(|| walletconnect(input))?;
    let mut payload = input.payload(scheme);
    payload.valid = valid;
    payload.flags.push("session-hijack");
    Some(payload)
}

/// `1@` or `2@`, a reference and three or four keys in base64, parted by commas.
fn whatsapp(input: &Input<'_>) -> Option<(Scheme, Option<bool>)> {
    let rest = input
        .text
        .strip_prefix("2@")
        .or_else(|| input.text.strip_prefix("1@"))?;
    let base64 =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '-' | ',');
    let keys = rest.split(',').filter(|key| !key.is_empty()).count();
    ((4..=5).contains(&keys) && rest.chars().all(base64)).then_some((WHATSAPP, None))
}

/// CTAP 2.2 section 11.5: a handshake in decimal digits, 17 for seven bytes, and fewer for the last ones.
fn fido(input: &Input<'_>) -> Option<(Scheme, Option<bool>)> {
    let digits = input.after("FIDO:/")?;
    let ends = matches!(digits.len() % 17, 0 | 3 | 5 | 8 | 10 | 13 | 15);
    Some((FIDO, Some(ends && checks::is_digits(digits))))
}

/// BankID's animated code: `bankid.`, the start token, the seconds since, and an HMAC-SHA256 over them
/// (BankID Relying Party Guidelines, QR codes).
fn bankid(input: &Input<'_>) -> Option<(Scheme, Option<bool>)> {
    let mut parts = input.after("bankid.")?.split('.');
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let token = parts.next().is_some_and(|token| {
        token.len() == 36 && token.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
    });
    let seconds = parts.next().is_some_and(checks::is_digits);
    let proof = parts.next().is_some_and(|mac| mac.len() == 64 && hex(mac));
    // Of what is no token, nothing is claimed: it may be the name of a host.
    token.then_some((BANKID, Some(seconds && proof && parts.next().is_none())))
}

/// EIP-1328: a topic, a version and the key of the session.
fn walletconnect(input: &Input<'_>) -> Option<(Scheme, Option<bool>)> {
    let uri = input.uri.as_ref().filter(|uri| uri.url.scheme() == "wc")?;
    let key = uri.get("symKey").or_else(|| uri.get("key"));
    let hex = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let (topic, version) = uri.url.path().split_once('@').unwrap_or_default();
    let topic = match version.trim_end_matches('/') {
        "1" => topic.len() == 36 && topic.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'),
        "2" => hex(topic),
        _ => false,
    };
    Some((WALLETCONNECT, Some(topic && key.is_some_and(hex))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_are_told() {
        let hex = "0123456789abcdef".repeat(4);
        for (text, expected) in [
            (
                "2@ref,a2V5,a2V5,c2Vj".to_owned(),
                Some(("whatsapp-link-device", None)),
            ),
            ("2@ref,key".to_owned(), None),
            ("2@ref at home,a,b,c".to_owned(), None),
            (
                "FIDO:/1308640083".to_owned(),
                Some(("fido-hybrid", Some(true))),
            ),
            ("fido:/nope".to_owned(), Some(("fido-hybrid", Some(false)))),
            (
                format!("wc:{hex}@2?relay-protocol=irn&symKey={hex}"),
                Some(("walletconnect", Some(true))),
            ),
            (
                format!("wc:{hex}@2?relay-protocol=irn"),
                Some(("walletconnect", Some(false))),
            ),
            (
                format!("bankid.67df3917-fa0d-44e5-b327-edcc928297f8.17.{hex}"),
                Some(("scan-login-other", Some(true))),
            ),
            (
                "bankid.67df3917-fa0d-44e5-b327-edcc928297f8.17.00".to_owned(),
                Some(("scan-login-other", Some(false))),
            ),
            ("bankid.com".to_owned(), None),
            ("https://wa.me/1".to_owned(), None),
        ] {
            let payload = parse(&Input::new(&text));
            assert_eq!(
                payload.as_ref().map(|p| (p.scheme, p.valid)),
                expected,
                "{text}"
            );
            assert!(payload.is_none_or(|p| p.flags == ["session-hijack"]));
        }
    }
}
