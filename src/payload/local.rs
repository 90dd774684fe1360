//! Payloads that lead to no place at all: networks, places on the map, dates, secrets, numbers.

mod calendar;
mod devices;
mod gs1;
mod otp;

pub(super) use self::calendar::{begins as is_date, shown};
use super::Payload;
use super::checks;
use super::input::Input;
use super::schemes::Scheme;

const GEO: Scheme = Scheme::named("geo");
const WECHAT_PAYER: Scheme = Scheme::named("wechat-pay-cpm");
const ALIPAY_PAYER: Scheme = Scheme::named("alipay-cpm");

/// The readers in the order in which they are asked.
const READERS: &[fn(&Input<'_>) -> Option<Payload>] = &[
    devices::parse,
    geo,
    calendar::parse,
    otp::parse,
    payer_code,
    gs1::parse,
];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    READERS.iter().find_map(|read| read(input))
}

/// RFC 5870, with the degrees in range.
fn geo(input: &Input<'_>) -> Option<Payload> {
    let rest = input.after("geo:")?;
    let place = rest.split([';', '?']).next().unwrap_or_default();
    let mut numbers = place.split(',').map(str::parse::<f64>);
    let mut within = |most: f64| matches!(numbers.next(), Some(Ok(d)) if d.abs() <= most);
    let holds = within(90.0)
        && within(180.0)
        && numbers
            .next()
            .is_none_or(|height| height.is_ok_and(f64::is_finite))
        && numbers.next().is_none();
    let mut payload = input.payload(GEO);
    payload.valid = Some(holds);
    if !holds {
        payload.flags.push("malformed");
    }
    Some(payload)
}

/// Digits that a cashier scans from the payer's phone: whoever reads them can charge the payer. `WeChat`
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
    payload.valid = Some(true);
    payload.fields.currency = Some("CNY".into());
    payload.flags.push("payer-code");
    Some(payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_payloads() {
        for (text, scheme, valid) in [
            ("geo:52.5,13.4", "geo", true),
            ("geo:52.5,13.4,30;u=5", "geo", true),
            ("geo:0,0?q=Our+Caf%C3%A9", "geo", true),
            ("geo:99,13", "geo", false),
            ("geo:NaN,1", "geo", false),
            ("134512345678901234", "wechat-pay-cpm", true),
            ("283854702356157409", "alipay-cpm", true),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(
                (payload.scheme, payload.valid),
                (scheme, Some(valid)),
                "{text}"
            );
        }
        for text in ["hello", "1234", "https://a.example", "994512345678901234"] {
            assert!(parse(&Input::new(text)).is_none(), "{text}");
        }
    }
}
