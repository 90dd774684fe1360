//! Cardano: addresses (CIP-19) and `web+cardano` links (CIP-13, CIP-99, CIP-158).

use crc::{CRC_32_ISO_HDLC, Crc};

use super::super::input::{Input, Uri};
use super::super::{Payload, amount};
use super::base58::{self, BITCOIN};
use super::bech32::{self, LETTERS, Variant};
use super::forms::{Chain, Verdict, chain, own};
use super::{body, settle, text};

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

pub(super) static ADDRESS: Chain = chain(
    "cardano",
    "ADA",
    &[],
    &[
        own(
            &[
                "addr1",
                "ADDR1",
                "addr_test1",
                "stake1",
                "STAKE1",
                "stake_test1",
            ],
            (54, 140),
            &LETTERS,
            shelley,
        )
        .told(),
        own(&["Ae2", "DdzFF"], (58, 105), &BITCOIN, byron).told(),
        own(&["2cWKMJemoBa", "37btjr"], (58, 110), &BITCOIN, byron),
    ],
);

pub(super) fn request(input: &Input<'_>, uri: &Uri) -> Payload {
    let mut payload = input.payload(ADDRESS.scheme);
    let whole = body(uri).unwrap_or_default();
    let (authority, rest) = whole.split_once('/').unwrap_or((&whole, ""));
    let authority = authority.to_ascii_lowercase();
    let fields = &mut payload.fields;
    let given = |is: bool| {
        if is {
            Verdict::Right
        } else {
            Verdict::Wrong("truncated")
        }
    };
    let verdict = match authority.as_str() {
        "claim" => {
            fields.target = uri.get_some("faucet_url");
            fields.reference = uri.get_some("code");
            given(fields.target.is_some() && fields.reference.is_some())
        }
        "browse" => {
            // Without a scheme it is https.
            fields.target = uri
                .get_some("uri")
                .map(|link| match link.split_once("://") {
                    Some(_) => link,
                    None => format!("https://{link}"),
                });
            given(fields.target.is_some())
        }
        "stake" => {
            fields.payee = uri.query.first().map(|(pool, _)| pool.to_owned());
            given(fields.payee.is_some())
        }
        "block" | "transaction" => {
            fields.reference = Some(rest.to_owned()).filter(|rest| !rest.is_empty());
            Verdict::Unknown
        }
        _ => {
            let inner = rest.rsplit('/').next().filter(|last| !last.is_empty());
            let address = uri
                .get_some("address")
                .or_else(|| inner.map(str::to_owned))
                .unwrap_or(whole);
            let verdict = match address.as_str() {
                "" => Verdict::Wrong("truncated"),
                address => ADDRESS.verdict(address),
            };
            fields.payee = Some(address).filter(|address| !address.is_empty());
            fields.payee_name = uri.get("label").and_then(text);
            fields.amount = uri.get("amount").and_then(amount::plain);
            fields.currency = Some("ADA".into());
            if uri.get_some("amount").is_some() && fields.amount.is_none() {
                payload.flags.push("bad-amount");
            }
            if uri.repeats(&["amount", "address"]) {
                payload.flags.push("duplicate-param");
            }
            verdict
        }
    };
    settle(payload, verdict)
}

/// CIP-19: the header says the kind in its upper half and the network in its lower; hashes of 28 bytes
/// follow.
fn shelley(text: &str) -> Verdict {
    let found = bech32::decode(text).filter(|found| found.variant == Variant::Bech32);
    Verdict::checksum(found.is_some_and(|found| {
        let bytes = found.bytes().unwrap_or_default();
        let header = bytes.first().copied().unwrap_or_default();
        let network = u8::from(!found.prefix.ends_with("_test"));
        let stake = found.prefix.starts_with("stake");
        let size = match header >> 4 {
            0..=3 => !stake && bytes.len() == 57,
            // A pointer has three numbers of free length.
            4 | 5 => !stake && (32..=48).contains(&bytes.len()),
            6 | 7 => !stake && bytes.len() == 29,
            14 | 15 => stake && bytes.len() == 29,
            _ => false,
        };
        size && header & 15 == network
    }))
}

/// CBOR: an array of two, a string of bytes that is CBOR itself (tag 24), and the CRC-32 of it.
fn byron(text: &str) -> Verdict {
    let right = |bytes: &[u8]| {
        let rest = bytes.strip_prefix(&[0x82, 0xd8, 0x18, 0x58])?;
        let (size, rest) = rest.split_first()?;
        let (data, rest) = rest.split_at_checked(usize::from(*size))?;
        let sum = CRC.checksum(data).to_be_bytes();
        // A small number is written shorter (RFC 8949 section 3).
        let written = match rest {
            [0x1a, written @ ..] => written.try_into().ok()?,
            [0x19, high, low] => [0, 0, *high, *low],
            _ => return None,
        };
        Some(sum == written)
    };
    let bytes = base58::decode(&BITCOIN, text);
    Verdict::checksum(bytes.is_some_and(|bytes| right(&bytes) == Some(true)))
}
