//! The code of one person for another under FAST, Türkiye (TCMB, TR Karekod): written like a merchant's, with
//! tags of its own and another beginning.

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, amount, checks, iban};
use super::guids::Checksum;
use super::tlv::Tlv;

const KAREKOD: Scheme = Scheme::named("tr-karekod");

/// 75 is the version, 03 the reference, 54 the amount in kuruş, and 61 a template: the account in 01, the
/// name in 07.
pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    if !input.text.starts_with("7502") {
        return None;
    }
    let tlv = Tlv::read(input.text);
    let payee = Tlv::read(tlv.get("61")?).whole();
    let account = iban::normal(
        payee
            .get("01")
            .filter(|account| account.starts_with("TR"))?,
    );
    let mut payload = input.payload(KAREKOD);
    payload.flags = super::faults(input.text, &tlv, Checksum::Crc16);
    if !iban::holds(&account) {
        payload.flags.push("bad-iban");
    }
    let given = |value: Option<&str>| value.map(str::to_owned).filter(|value| !value.is_empty());
    let kurus = tlv.get("54").unwrap_or_default();
    payload.fields.amount = Some(kurus)
        .filter(|kurus| checks::is_digits(kurus))
        .and_then(|kurus| amount::scaled(kurus, -2));
    if !kurus.is_empty() && payload.fields.amount.is_none() {
        payload.flags.push("bad-amount");
    }
    payload.fields.payee = Some(account);
    payload.fields.payee_name = given(payee.get("07"));
    payload.fields.currency = Some("TRY".to_owned());
    payload.fields.reference = given(tlv.get("03"));
    payload.valid = Some(payload.flags.is_empty());
    Some(payload)
}
