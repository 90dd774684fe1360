//! TON: addresses (TEP-2) and transfer links.

use crc::{CRC_16_XMODEM, Crc};

use super::super::input::{Input, Uri, strip_prefix_ignore_case};
use super::super::{Payload, amount};
use super::alphabet::{self, BASE64, BASE64_URL, is_hex};
use super::forms::{Chain, Verdict, chain, own};
use super::{body, settle, text, tokens};
use crate::ids;

const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

/// The first letters are the flags and the work chain: the main or the test network, and whether a
/// payment that cannot be taken comes back.
pub(super) static ADDRESS: Chain = chain(
    "ton",
    "TON",
    &[],
    &[
        own(&["EQ", "UQ", "kQ", "0Q"], (48, 48), &BASE64_URL, friendly).told(),
        own(&["Ef", "Uf", "kf", "0f"], (48, 48), &BASE64_URL, friendly),
        own(&["0:", "-1:"], (66, 67), &BASE64_URL, raw).alone(),
        own(&[""], (1, 255), &BASE64_URL, name).in_uri(),
    ],
);

/// `ton://transfer/ADDRESS`, the amount in units of 10⁻⁹.
pub(super) fn request(input: &Input<'_>, uri: &Uri) -> Option<Payload> {
    let whole = body(uri)?;
    let payee = strip_prefix_ignore_case(&whole, "transfer").unwrap_or(&whole);
    let payee = payee.trim_start_matches('/');
    let is_transfer = payee.len() < whole.len();
    let verdict = match payee {
        "" => Verdict::Wrong("truncated"),
        _ => ADDRESS.verdict(payee),
    };
    if !is_transfer && matches!(verdict, Verdict::Wrong("bad-account")) {
        return None;
    }
    let mut payload = input.payload(ADDRESS.scheme);
    let jetton = uri.get_some("jetton");
    let (symbol, places) = match &jetton {
        None => (Some("TON"), Some(9)),
        Some(master) => tokens::known(master).unzip(),
    };
    let given = uri.get_some("amount");
    let minor = given.as_deref().map(|minor| amount::units(minor, 0));
    let fields = &mut payload.fields;
    fields.payee = Some(payee.to_owned()).filter(|payee| !payee.is_empty());
    fields.currency = symbol.map(str::to_owned);
    fields.amount = given
        .zip(places)
        .and_then(|(minor, places)| amount::units(&minor, places));
    fields.reference = uri.get("text").and_then(text);
    if minor == Some(None) {
        payload.flags.push("bad-amount");
    }
    if uri.repeats(&["amount", "jetton", "text", "bin"]) {
        payload.flags.push("duplicate-param");
    }
    if jetton.is_some_and(|master| matches!(ADDRESS.verdict(&master), Verdict::Wrong(_))) {
        payload.flags.push("bad-account");
    }
    Some(settle(payload, verdict))
}

/// Flags, work chain, 32 bytes and a CRC over them.
fn friendly(text: &str) -> Verdict {
    Verdict::checksum(unpacked(text).is_some())
}

/// The bytes of an address without the CRC, where it holds: flags, work chain, and 32 bytes.
fn unpacked(text: &str) -> Option<Vec<u8>> {
    let mut bytes =
        alphabet::decode(&BASE64_URL, 6, text).or_else(|| alphabet::decode(&BASE64, 6, text))?;
    let (data, sum) = bytes.split_at(bytes.len().saturating_sub(2));
    // 0x80 marks the test network.
    let known = data
        .first()
        .is_some_and(|flags| matches!(flags & 0x7f, 0x11 | 0x51));
    let holds = bytes.len() == 36 && known && CRC.checksum(data).to_be_bytes() == *sum;
    bytes.truncate(34);
    holds.then_some(bytes)
}

/// The account at `address`, as `workchain:hash`: one account has an address for each of its flags.
pub(crate) fn account(address: &str) -> Option<String> {
    if raw(address) == Verdict::Right {
        return Some(address.to_ascii_lowercase());
    }
    match unpacked(address)?.as_slice() {
        [_, chain, hash @ ..] => {
            let chain = i8::from_be_bytes([*chain]);
            Some(format!("{chain}:{}", ids::hex(hash)))
        }
        _ => None,
    }
}

fn raw(text: &str) -> Verdict {
    Verdict::shape(
        text.split_once(':')
            .is_some_and(|(_, hash)| is_hex(hash, 64)),
    )
}

/// A name of TON DNS. What it stands for is on the chain.
fn name(text: &str) -> Verdict {
    let ends = |end| text.strip_suffix(end).is_some_and(|name| !name.is_empty());
    if ends(".ton") || ends(".t.me") {
        Verdict::Unknown
    } else {
        Verdict::Wrong("bad-account")
    }
}
