//! Payloads that lead to no place at all: networks, places on the map, dates, secrets, numbers.

use super::Payload;
use super::checks;
use super::input::Input;
use super::schemes::Scheme;

const WIFI: Scheme = Scheme::named("wifi");
const GEO: Scheme = Scheme::named("geo");
const CALENDAR: Scheme = Scheme::named("calendar");
const OTP: Scheme = Scheme::named("otpauth");
const OTP_MIGRATION: Scheme = Scheme::named("otpauth-migration");
const WECHAT_PAYER: Scheme = Scheme::named("wechat-pay-cpm");
const ALIPAY_PAYER: Scheme = Scheme::named("alipay-cpm");
const PRODUCT: Scheme = Scheme::named("product-code");

/// The readers in the order in which they are asked.
const READERS: &[fn(&Input<'_>) -> Option<Payload>] =
    &[wifi, geo, calendar, otp, payer_code, product];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    READERS.iter().find_map(|read| read(input))
}

/// `WIFI:T:WPA;S:name;P:secret;;`. The password is nobody's business and is not a field.
fn wifi(input: &Input<'_>) -> Option<Payload> {
    let rest = input.after("WIFI:")?;
    let mut payload = input.payload(WIFI);
    payload.fields.payee = rest
        .split(';')
        .find_map(|item| item.strip_prefix("S:"))
        .map(str::to_owned);
    payload.valid = Some(payload.fields.payee.is_some() && rest.ends_with(';'));
    Some(payload)
}

/// RFC 5870, with the degrees in range.
fn geo(input: &Input<'_>) -> Option<Payload> {
    let rest = input.after("geo:")?;
    let mut degrees = rest.split([',', ';', '?']).map(str::parse::<f64>);
    let mut within = |most: f64| matches!(degrees.next(), Some(Ok(d)) if d.abs() <= most);
    let mut payload = input.payload(GEO);
    payload.valid = Some(within(90.0) && within(180.0));
    Some(payload)
}

/// RFC 5545: an event must say when it begins.
fn calendar(input: &Input<'_>) -> Option<Payload> {
    let rest = input
        .after("BEGIN:VEVENT")
        .or_else(|| input.after("BEGIN:VCALENDAR"))?;
    let value = |name: &str| {
        let line = rest.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    let mut payload = input.payload(CALENDAR);
    payload.valid = Some(value("DTSTART").is_some());
    payload.fields.payee_name = value("SUMMARY");
    payload.fields.target = value("URL");
    Some(payload)
}

/// Key URIs of authenticator apps: what they hold must not be shown to anybody.
fn otp(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    let mut payload = match uri.url.scheme() {
        "otpauth" => input.payload(OTP),
        "otpauth-migration" => input.payload(OTP_MIGRATION),
        _ => return None,
    };
    payload.fields.payee_name = uri.get_some("issuer");
    payload.flags.push("secret");
    Some(payload)
}

/// Digits that a cashier scans from the payer's phone: whoever reads them can charge the payer. WeChat
/// has 18 beginning with 10 to 15, Alipay 16 to 24 beginning with 25 to 30.
fn payer_code(input: &Input<'_>) -> Option<Payload> {
    if !checks::is_digits(input.text) {
        return None;
    }
    let begins: u8 = input.text.get(..2)?.parse().ok()?;
    let scheme = match (begins, input.text.len()) {
        (10..=15, 18) => WECHAT_PAYER,
        (25..=30, 16..=24) => ALIPAY_PAYER,
        _ => return None,
    };
    let mut payload = input.payload(scheme);
    payload.fields.currency = Some("CNY".into());
    payload.flags.push("payer-code");
    Some(payload)
}

/// A number of an article: 8, 12, 13 or 14 digits.
fn product(input: &Input<'_>) -> Option<Payload> {
    let text = input.text;
    if !checks::is_digits(text) || !matches!(text.len(), 8 | 12..=14) {
        return None;
    }
    let mut payload = input.payload(PRODUCT);
    payload.valid = Some(checks::gtin(text));
    payload.fields.reference = Some(text.to_owned());
    Some(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_payloads() {
        for (text, scheme, valid) in [
            ("WIFI:T:WPA;S:Home;P:x;;", "wifi", Some(true)),
            ("wifi:T:WPA", "wifi", Some(false)),
            ("geo:52.5,13.4", "geo", Some(true)),
            ("geo:52.5,13.4,30;u=5", "geo", Some(true)),
            ("geo:99,13", "geo", Some(false)),
            ("geo:NaN,1", "geo", Some(false)),
            (
                "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT",
                "calendar",
                Some(true),
            ),
            ("BEGIN:VCALENDAR\nEND:VCALENDAR", "calendar", Some(false)),
            ("otpauth://totp/x?secret=ABC", "otpauth", None),
            ("134512345678901234", "wechat-pay-cpm", None),
            ("283854702356157409", "alipay-cpm", None),
            ("4006381333931", "product-code", Some(true)),
            ("4006381333930", "product-code", Some(false)),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!((payload.scheme, payload.valid), (scheme, valid), "{text}");
        }
        for text in ["hello", "1234", "https://a.example", "994512345678901234"] {
            assert!(parse(&Input::new(text)).is_none(), "{text}");
        }
    }
}
