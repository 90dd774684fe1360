//! Secrets of authenticator apps. What they hold must not be shown to anybody, and is no field.

use super::super::input::{Input, Uri};
use super::super::schemes::Scheme;
use super::super::{Payload, base64};

const OTP: Scheme = Scheme::named("otpauth");
const MIGRATION: Scheme = Scheme::named("otpauth-migration");

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    let (scheme, fault) = match uri.url.scheme() {
        "otpauth" => (OTP, key(uri)),
        "apple-otpauth" => (MIGRATION, key(uri)),
        "otpauth-migration" => (MIGRATION, export(uri)),
        "phonefactor" | "microsoft-authenticator" => (MIGRATION, activation(uri)),
        _ => return None,
    };
    let mut payload = input.payload(scheme);
    payload.fields.payee_name = uri.get_some("issuer").or_else(|| {
        let (issuer, _) = uri.path.first()?.split_once(':')?;
        Some(issuer.to_owned())
    });
    // What follows such a sign is a parameter that somebody has written wrong, and may be the secret.
    if let Some(name) = &mut payload.fields.payee_name
        && let Some(at) = name.find(['?', ';', '=', '&'])
    {
        name.truncate(at);
    }
    payload.flags.push("secret");
    payload.flags.extend(fault);
    payload.valid = Some(fault.is_none());
    Some(payload)
}

/// The Key URI format of Google Authenticator: a time-based or a counter-based key in base 32.
fn key(uri: &Uri) -> Option<&'static str> {
    let is = |kind| uri.host.eq_ignore_ascii_case(kind);
    let counts = is("hotp") && uri.get("counter").is_some_and(|c| c.parse::<u64>().is_ok());
    let digits = uri
        .get("digits")
        .is_none_or(|d| matches!(d, "6" | "7" | "8"));
    let period = uri
        .get("period")
        .is_none_or(|p| p.parse::<u32>().is_ok_and(|p| p > 0));
    let algorithm = uri
        .get("algorithm")
        .map(|name| name.to_ascii_uppercase().replace('-', ""));
    let algorithm = algorithm.is_none_or(|name| {
        matches!(
            name.strip_prefix("HMAC").unwrap_or(&name),
            "SHA1" | "SHA256" | "SHA512" | "MD5"
        )
    });
    let holds = (is("totp") || counts) && digits && period && algorithm;
    match uri.get_some("secret") {
        None => Some("truncated"),
        Some(secret) if holds && is_base32(&secret) => None,
        Some(_) => Some("malformed"),
    }
}

/// RFC 4648 section 6, in either letter case, as apps take it.
fn is_base32(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let digit = |b: u8| b.is_ascii_alphabetic() || matches!(b, b'2'..=b'7');
    !text.is_empty() && text.bytes().all(digit)
}

/// A message of protocol buffers, whose first object is the first key.
fn export(uri: &Uri) -> Option<&'static str> {
    match uri.get_some("data").map(|data| data.replace(' ', "+")) {
        None => Some("truncated"),
        Some(data) if base64::decode(&data).is_some_and(|data| data.first() == Some(&0x0a)) => None,
        Some(_) => Some("malformed"),
    }
}

/// Microsoft's: a code, and the server that takes it.
fn activation(uri: &Uri) -> Option<&'static str> {
    let begins = uri.host.eq_ignore_ascii_case("activate_account");
    (!begins || uri.get_some("code").is_none()).then_some("truncated")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_kept() {
        for (text, scheme, name, flags) in [
            (
                "otpauth://totp/Ours:jo?secret=JBSWY3DPEHPK3PXP",
                "otpauth",
                Some("Ours"),
                &["secret"][..],
            ),
            (
                "otpauth://hotp/jo?secret=jbswy3dpehpk3pxp&counter=1&issuer=Ours",
                "otpauth",
                Some("Ours"),
                &["secret"],
            ),
            (
                "otpauth://hotp/jo?secret=JBSWY3DP",
                "otpauth",
                None,
                &["secret", "malformed"],
            ),
            (
                "otpauth://totp/jo?secret=1189",
                "otpauth",
                None,
                &["secret", "malformed"],
            ),
            (
                "otpauth://totp/jo",
                "otpauth",
                None,
                &["secret", "truncated"],
            ),
            (
                "otpauth-migration://offline?data=CgoKA%2BEBEgFhIAEoAQ%3D%3D",
                "otpauth-migration",
                None,
                &["secret"],
            ),
            (
                "otpauth-migration://offline?data=AAAA",
                "otpauth-migration",
                None,
                &["secret", "malformed"],
            ),
            (
                "phonefactor://activate_account?code=123456789&url=https%3A%2F%2Fa.example",
                "otpauth-migration",
                None,
                &["secret"],
            ),
            (
                "microsoft-authenticator://activate_account",
                "otpauth-migration",
                None,
                &["secret", "truncated"],
            ),
            (
                "apple-otpauth://totp/jo?secret=JBSWY3DPEHPK3PXP",
                "otpauth-migration",
                None,
                &["secret"],
            ),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(
                (payload.scheme, payload.flags.as_slice()),
                (scheme, flags),
                "{text}"
            );
            assert_eq!(payload.valid, Some(flags == ["secret"]), "{text}");
            assert_eq!(payload.fields.payee_name.as_deref(), name, "{text}");
            assert_eq!(
                (payload.fields.payee, payload.fields.reference),
                (None, None)
            );
        }
    }
}
