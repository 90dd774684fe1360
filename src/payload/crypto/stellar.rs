//! Stellar: accounts (SEP-23) and requests (SEP-7).

use crc::{CRC_16_XMODEM, Crc};

use super::super::input::{Input, Uri};
use super::super::{Payload, amount};
use super::alphabet::{self, BASE32};
use super::forms::{Chain, Verdict, chain, own};
use super::{body, settle};

const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);

/// An account, one of many under it, a contract. The second letter has two bits of the key only. A
/// federation address is only known in a request.
pub(super) static ADDRESS: Chain = chain(
    "stellar-sep7",
    "XLM",
    &["stellar"],
    &[
        own(&["GA", "GB", "GC", "GD"], (56, 56), &BASE32, strkey).told(),
        own(&["MA", "MB", "MC", "MD"], (69, 69), &BASE32, strkey).told(),
        own(&["CA", "CB", "CC", "CD"], (56, 56), &BASE32, strkey),
        own(&[""], (3, 255), &BASE32, federation).in_uri(),
    ],
);

pub(super) fn request(input: &Input<'_>, uri: &Uri) -> Payload {
    let mut payload = input.payload(ADDRESS.scheme);
    let operation = body(uri).unwrap_or_default().to_ascii_lowercase();
    let fields = &mut payload.fields;
    fields.reference = uri.get_some("memo");
    let mut verdict = if operation == "tx" {
        // Without a callback the wallet itself sends what it has signed.
        let callback = uri
            .get("callback")
            .and_then(|link| link.strip_prefix("url:"));
        fields.target = callback.map(str::to_owned);
        match uri.get_some("xdr") {
            Some(xdr) => Verdict::checksum(is_base64(&xdr)),
            None => Verdict::Wrong("truncated"),
        }
    } else {
        fields.payee = uri.get_some("destination");
        // An amount is a number of 10⁻⁷.
        fields.amount = uri
            .get("amount")
            .and_then(|amount| amount::precise(amount, 7));
        fields.currency = uri.get_some("asset_code").or_else(|| Some("XLM".into()));
        match fields.payee.as_deref() {
            Some(payee) => ADDRESS.verdict(payee),
            None => Verdict::Wrong("truncated"),
        }
    };
    if verdict == Verdict::Right && !matches!(operation.as_str(), "pay" | "tx") {
        verdict = Verdict::Wrong("malformed");
    }
    if uri.get_some("amount").is_some() && payload.fields.amount.is_none() && operation != "tx" {
        payload.flags.push("bad-amount");
    }
    let issuer = uri.get_some("asset_issuer");
    if issuer.is_some_and(|issuer| strkey(&issuer) != Verdict::Right) {
        payload.flags.push("bad-account");
    }
    if uri
        .get("memo")
        .is_some_and(|memo| !is_memo(memo, uri.get("memo_type")))
    {
        payload.flags.push("bad-reference");
    }
    if uri.repeats(&[
        "destination",
        "amount",
        "memo",
        "asset_code",
        "asset_issuer",
        "xdr",
        "callback",
    ]) {
        payload.flags.push("duplicate-param");
    }
    settle(payload, verdict)
}

/// SEP-7, `memo_type`: a text of 28 bytes, a number, or a hash in base 64.
fn is_memo(memo: &str, kind: Option<&str>) -> bool {
    match kind {
        None | Some("MEMO_TEXT") => memo.len() <= 28,
        Some("MEMO_ID") => memo.parse::<u64>().is_ok(),
        Some("MEMO_HASH" | "MEMO_RETURN") => is_base64(memo),
        Some(_) => false,
    }
}

fn is_base64(text: &str) -> bool {
    // A plus that nobody has escaped has become a space to some.
    let text = text.replace(' ', "+");
    let text = text.trim_end_matches('=');
    !text.is_empty() && alphabet::decode(&alphabet::BASE64, 6, text).is_some()
}

/// A version byte, a key, and a CRC, the low byte first.
fn strkey(text: &str) -> Verdict {
    let bytes = alphabet::decode(&BASE32, 5, text).filter(|bytes| matches!(bytes.len(), 35 | 43));
    Verdict::checksum(bytes.is_some_and(|bytes| {
        let (data, sum) = bytes.split_at(bytes.len() - 2);
        CRC.checksum(data).to_le_bytes() == *sum
    }))
}

/// A seed, from which the account is spent.
pub(super) fn seed(text: &str) -> Verdict {
    strkey(text)
}

/// A federation address that stands alone: nothing else is written so.
pub(super) fn bare(input: &Input<'_>) -> Option<Payload> {
    let (name, domain) = input.text.split_once('*')?;
    let labels = || domain.split('.');
    let label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let top = labels().next_back()?;
    let holds = input.text.len() <= 255
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_graphic() && b != b'>')
        && labels().count() > 1
        && labels().all(label)
        && top.len() > 1
        && top.bytes().all(|b| b.is_ascii_alphabetic());
    holds.then(|| {
        let mut payload = input.payload(ADDRESS.scheme);
        payload.fields.payee = Some(input.text.to_owned());
        payload.fields.currency = Some(ADDRESS.coin.to_owned());
        payload
    })
}

fn federation(text: &str) -> Verdict {
    let is_name = text
        .split_once('*')
        .is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'));
    if is_name {
        Verdict::Unknown
    } else {
        Verdict::Wrong("bad-account")
    }
}
