//! PAY by square (Slovak Banking Association, by square specifications 1.1): a line of fields behind
//! its checksum, compressed by LZMA, in base 32.

use crc::{CRC_32_ISO_HDLC, Crc};
use lzma_rs::decompress::{Options, UnpackedSize};

use super::super::alphabet::{BASE32_HEX, loose_bytes};
use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, amount};
use super::Slip;

const BY_SQUARE: Scheme = Scheme::named("paybysquare");

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// The shortest code there is, in letters, and the most bytes that one unfolds to (section 3.5: 550
/// letters of fields, some of them longer than a byte).
const SHORTEST: usize = 40;
const MOST: u16 = 2048;

/// What the specification fixes (section 3.11): lc 3, lp 0, pb 2, a dictionary of 128 KiB.
const LZMA: [u8; 5] = [0x5d, 0, 0, 2, 0];

/// The fields before the accounts, by their places (table 15).
const PAYMENTS: usize = 1;
const AMOUNT: usize = 3;
const CURRENCY: usize = 4;
const REFERENCES: [usize; 5] = [6, 9, 8, 0, 10];
const ACCOUNTS: usize = 11;

pub(super) fn read(input: &Input<'_>) -> Option<Payload> {
    let bytes = base32(input.text)?;
    let (head, packed) = bytes.split_at_checked(4)?;
    let size = u16::from_le_bytes([*head.get(2)?, *head.get(3)?]);
    // Every LZMA stream begins with a zero.
    if packed.first() != Some(&0) || !(16..=MOST).contains(&size) {
        return None;
    }
    let mut slip = Slip::new(input, BY_SQUARE, "EUR");
    match unpack(packed, size) {
        Ok(unpacked) => {
            let (checksum, body) = unpacked.split_at_checked(4)?;
            let holds = CRC.checksum(body).to_le_bytes() == *checksum;
            slip.require(holds, "bad-checksum");
            fill(&mut slip, &String::from_utf8_lossy(body));
        }
        Err(flag) => slip.require(false, flag),
    }
    Some(slip.done())
}

/// The bytes of `text` in base32hex (RFC 4648 section 7), which is how the QR code stays alphanumeric.
fn base32(text: &str) -> Option<Vec<u8>> {
    if text.len() < SHORTEST {
        return None;
    }
    Some(loose_bytes(&BASE32_HEX.values(text)?, 5))
}

/// The `size` bytes that `packed` holds, or the flag that says why not.
fn unpack(packed: &[u8], size: u16) -> Result<Vec<u8>, &'static str> {
    let options = Options {
        unpacked_size: UnpackedSize::UseProvided(Some(u64::from(size))),
        memlimit: Some(usize::from(MOST) * 2),
        allow_incomplete: false,
    };
    let mut stream = LZMA.to_vec();
    stream.extend(packed);
    let mut unpacked = Vec::with_capacity(usize::from(size));
    lzma_rs::lzma_decompress_with_options(&mut stream.as_slice(), &mut unpacked, &options)
        .map(|()| unpacked)
        // Bytes in memory can only fail by coming to an end.
        .map_err(|error| match error {
            lzma_rs::error::Error::IoError(_) => "truncated",
            _ => "malformed",
        })
}

fn fill(slip: &mut Slip, body: &str) {
    let fields: Vec<&str> = body.trim_end_matches('\0').split('\t').collect();
    let at = |place: usize| fields.get(place).copied().unwrap_or_default().trim();
    slip.amount(at(AMOUNT), amount::plain(at(AMOUNT)));
    slip.currency(at(CURRENCY));
    slip.reference(&REFERENCES.map(at));
    slip.iban(at(ACCOUNTS + 1));
    let mut accounts = Vec::new();
    let name = after_payments(&fields, &mut accounts);
    for account in accounts {
        slip.also_iban(account);
    }
    if name.is_none() && at(PAYMENTS) != "1" {
        slip.0.also_unknown();
    }
    slip.name(name.map(at).unwrap_or_default());
}

/// The place of the first payee's name, which follows all the payments, whose accounts are put into `accounts`.
fn after_payments<'a>(fields: &[&'a str], accounts: &mut Vec<&'a str>) -> Option<usize> {
    let number = |place: usize| fields.get(place)?.trim().parse::<u16>().ok();
    let mut place = PAYMENTS + 1;
    for _ in 0..number(PAYMENTS)? {
        // Nine fields, the accounts, and two extensions that may be there.
        place += ACCOUNTS - PAYMENTS - 1;
        // Each with its bank.
        let end = place + 1 + 2 * usize::from(number(place)?);
        let given = fields.get(place + 1..end.min(fields.len()));
        accounts.extend(given.unwrap_or_default().iter().step_by(2));
        place = end;
        place += if number(place)? == 1 { 5 } else { 1 };
        place += if number(place)? == 1 { 11 } else { 1 };
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::super::super::input::Input;
    use super::super::tests::expect;
    use super::*;

    /// A code that holds `body`.
    fn packed(body: &str, checksum: u32) -> String {
        let plain = [&checksum.to_le_bytes()[..], body.as_bytes()].concat();
        let mut lzma = Vec::new();
        lzma_rs::lzma_compress(&mut plain.as_slice(), &mut lzma).unwrap();
        let size = u16::try_from(plain.len()).unwrap().to_le_bytes();
        let mut bytes = vec![0, 0];
        bytes.extend(size);
        // The compressor of this crate uses the same properties; its header has 13 bytes.
        bytes.extend(&lzma[13..]);
        let bits: String = bytes
            .iter()
            .flat_map(|b| (0..8).rev().map(move |i| char::from(b'0' + (b >> i & 1))))
            .collect();
        let letter = |chunk: &[u8]| {
            let chunk = std::str::from_utf8(chunk).unwrap();
            char::from_digit(u32::from_str_radix(&format!("{chunk:0<5}"), 2).unwrap(), 32).unwrap()
        };
        let text: String = bits.as_bytes().chunks(5).map(letter).collect();
        text.to_uppercase()
    }

    const BODY: &str = "\t1\t1\t7.50\tEUR\t20300101\t42\t\t\t\tdar\t1\tSK3112000000198742637541\t\t0\t0\tEva Testová\tUlica 1\tNitra";

    #[test]
    fn codes_are_read() {
        let code = packed(BODY, CRC.checksum(BODY.as_bytes()));
        let payload = expect(&code, "paybysquare", &[]);
        assert_eq!(
            payload.fields.payee.as_deref(),
            Some("SK3112000000198742637541")
        );
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Eva Testová"));
        assert_eq!(payload.fields.amount.as_deref(), Some("7.50"));
        assert_eq!(payload.fields.reference.as_deref(), Some("42"));
        expect(&packed(BODY, 1), "paybysquare", &["bad-checksum"]);
        let open = BODY.replace("7.50", "").replace("SK31", "SK32");
        expect(
            &packed(&open, CRC.checksum(open.as_bytes())),
            "paybysquare",
            &["bad-iban"],
        );
        expect(&code[..code.len() - 30], "paybysquare", &["truncated"]);
    }

    #[test]
    fn the_name_follows_every_payment() {
        let after_payments = |fields: &[&str]| after_payments(fields, &mut Vec::new());
        let standing = BODY.replace("\t0\t0\t", "\t1\t5\t\tm\t20310101\t0\t");
        assert_eq!(
            after_payments(&standing.split('\t').collect::<Vec<_>>()),
            Some(20)
        );
        assert_eq!(
            after_payments(&BODY.split('\t').collect::<Vec<_>>()),
            Some(16)
        );
        for body in [
            "",
            "\t9999",
            "\t1\t1\t7.50\tEUR\t20300101\t42\t\t\t\tdar\t65535\tSK",
        ] {
            assert_eq!(after_payments(&body.split('\t').collect::<Vec<_>>()), None);
        }
    }

    #[test]
    fn every_account_is_told() {
        let thief = "DE89370400440532013000";
        let own = "1\tSK3112000000198742637541\t";
        let second = format!("\t0\t0\t1\t9\tEUR\t\t1\t\t\t\t\t1\t{thief}\t\t0\t0\t");
        for (body, others, more) in [
            (BODY.to_owned(), &[][..], false),
            (
                BODY.replace(own, &format!("2{}\t{thief}\t", &own[1..])),
                &[thief],
                false,
            ),
            (
                BODY.replacen("\t1\t", "\t2\t", 1)
                    .replace("\t0\t0\t", &second),
                &[thief],
                false,
            ),
            (BODY.replacen("\t1\t", "\t2\t", 1), &[], true),
        ] {
            let code = packed(&body, CRC.checksum(body.as_bytes()));
            let payload = read(&Input::new(&code)).unwrap();
            let found: Vec<_> = payload
                .others()
                .iter()
                .filter_map(|other| other.fields.payee.as_deref())
                .collect();
            assert_eq!(found, others, "{body}");
            assert_eq!(payload.may_name_others(), more, "{body}");
        }
    }

    #[test]
    fn damaged_codes_end() {
        let code = packed(BODY, CRC.checksum(BODY.as_bytes()));
        let whole = read(&Input::new(&code)).unwrap();
        for place in 0..code.len() {
            for letter in ["0", "V", "G"] {
                let mut damaged = code.clone();
                damaged.replace_range(place..=place, letter);
                let Some(payload) = read(&Input::new(&damaged)) else {
                    continue;
                };
                // What stands behind the last field is not read.
                assert!(payload.valid == Some(false) || payload.fields == whole.fields);
            }
        }
    }
}
