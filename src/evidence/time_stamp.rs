//! What a time-stamping authority says of a manifest (RFC 3161): that it was there at some time. Of the authority's answer
//! the time and what it is for are read; who signed it takes the authority's certificate, and `openssl ts -verify`.

/// OID 2.16.840.1.101.3.4.2.1, SHA-256, with its parameters (RFC 5754 section 2.2).
const SHA256: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
];
/// OID 1.2.840.113549.1.7.2, signed data (RFC 5652 section 5.1).
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// OID 1.2.840.113549.1.9.16.1.4, what is signed is a time stamp (RFC 3161 section 2.4.2).
const TST_INFO: [u8; 11] = [
    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04,
];

// Tags of DER (ITU-T X.690 section 8).
const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const FIRST: u8 = 0xa0;

/// Why an answer is worth nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeStampError {
    /// The authority says no.
    #[error("the authority gives no time stamp")]
    Refused,
    /// It cannot be read.
    #[error("that is no time stamp")]
    Malformed,
}

/// What an authority said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStamp {
    /// SHA-256 of what was there.
    pub hash: Vec<u8>,
    /// When, RFC 3339 in UTC.
    pub time: String,
    /// The number that the request had; `None` where it is not in it.
    pub nonce: Option<Vec<u8>>,
}

/// The request for a time stamp of what has this SHA-256 (RFC 3161 section 2.4.1), with the certificate of whoever
/// signs it. The first bit of `nonce` is 0 and the next is 1, so that it is written as it is.
pub fn request(hash: [u8; 32], nonce: [u8; 8]) -> Vec<u8> {
    let imprint = [SHA256.as_slice(), &der(OCTETS, &hash)].concat();
    let parts = [
        der(INTEGER, &[1]),
        der(SEQUENCE, &imprint),
        der(INTEGER, &nonce),
        der(BOOLEAN, &[0xff]),
    ];
    der(SEQUENCE, &parts.concat())
}

/// A value of fewer than 128 bytes.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, content.len() as u8], content].concat()
}

/// Reads an answer (RFC 3161 section 2.4.2).
///
/// # Errors
/// Where it holds no time stamp.
pub fn read(answer: &[u8]) -> Result<TimeStamp, TimeStampError> {
    let mut answer = Der(Der(answer)
        .take(SEQUENCE)
        .ok_or(TimeStampError::Malformed)?);
    let status = answer
        .take(SEQUENCE)
        .and_then(|status| Der(status).take(INTEGER));
    match status {
        // Granted, or granted with changes.
        Some([0 | 1]) => token(answer).ok_or(TimeStampError::Malformed),
        Some(_) => Err(TimeStampError::Refused),
        None => Err(TimeStampError::Malformed),
    }
}

fn token(mut answer: Der<'_>) -> Option<TimeStamp> {
    let mut content = Der(answer.take(SEQUENCE)?);
    if content.take(OID)? != SIGNED_DATA {
        return None;
    }
    let mut signed = Der(Der(content.take(FIRST)?).take(SEQUENCE)?);
    signed.take(INTEGER)?;
    signed.take(SET)?;
    let mut inner = Der(signed.take(SEQUENCE)?);
    if inner.take(OID)? != TST_INFO {
        return None;
    }
    let info = Der(inner.take(FIRST)?).take(OCTETS)?;
    let mut info = Der(Der(info).take(SEQUENCE)?);
    info.take(INTEGER)?;
    info.take(OID)?;
    let imprint = info.take(SEQUENCE)?;
    let rest = imprint.strip_prefix(SHA256.as_slice());
    // The parameters may be left out.
    let rest = rest.or_else(|| {
        let bare = [&[SEQUENCE, 0x0b], &SHA256[2..13]].concat();
        imprint.strip_prefix(bare.as_slice())
    });
    let hash = Der(rest?).take(OCTETS)?.to_vec();
    info.take(INTEGER)?;
    let time = rfc3339(info.take(TIME)?)?;
    let mut nonce = None;
    while let Some((tag, value)) = info.next() {
        if tag == INTEGER {
            nonce = Some(value.to_vec());
        }
    }
    Some(TimeStamp { hash, time, nonce })
}

/// `20261127074704Z` or `20261127074704.5Z` as RFC 3339 has it.
fn rfc3339(time: &[u8]) -> Option<String> {
    let time = std::str::from_utf8(time).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = time.split_once('.').unwrap_or((time, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 14 || !is_digits(whole) || !is_digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let dot = if fraction.is_empty() { "" } else { "." };
    let (date, clock) = whole.split_at(8);
    Some(format!(
        "{}-{}-{}T{}:{}:{}{dot}{fraction}Z",
        &date[..4],
        &date[4..6],
        &date[6..],
        &clock[..2],
        &clock[2..4],
        &clock[4..]
    ))
}

/// Values in DER (ITU-T X.690), one after the other.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next one: its tag, and what it holds.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, first], mut rest) = self.0.split_first_chunk::<2>()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if bytes.is_empty() || bytes.len() > 4 {
                return None;
            }
            length = bytes
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte));
            rest = after;
        }
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }

    /// What the next one holds, which must have this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next()
            .filter(|(found, _)| *found == tag)
            .map(|(_, content)| content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the text `manifest`, as `openssl ts -reply` makes it.
    const GRANTED: &[u8] = include_bytes!("time_stamp/granted.tsr");
    const REFUSED: &[u8] = include_bytes!("time_stamp/refused.tsr");
    /// SHA-256 of `manifest`, and the nonce of that request.
    const HASH: [u8; 32] = [
        0x05, 0xb3, 0xab, 0xf2, 0x57, 0x9a, 0x5e, 0xb6, 0x64, 0x03, 0xcd, 0x78, 0xbe, 0x55, 0x7f,
        0xd8, 0x60, 0x63, 0x3a, 0x1f, 0xe2, 0x10, 0x3c, 0x76, 0x42, 0x03, 0x0d, 0xef, 0xe3, 0x2c,
        0x65, 0x7f,
    ];
    const NONCE: [u8; 8] = [0x51, 0x18, 0x1c, 0x22, 0x68, 0xa7, 0x7a, 0x1e];

    #[test]
    fn a_request_is_the_one_that_others_make() {
        // `openssl ts -query -sha256 -cert` over the same text, with its nonce.
        let head = [
            0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48,
            0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
        ];
        let expected = [&head[..], &HASH, &[0x02, 0x08], &NONCE, &[0x01, 0x01, 0xff]].concat();
        assert_eq!(request(HASH, NONCE), expected);
    }

    #[test]
    fn an_answer_says_of_what_and_when() {
        let stamp = read(GRANTED).unwrap();
        assert_eq!(stamp.hash, HASH);
        assert_eq!(stamp.time, "2026-11-27T07:47:04Z");
        assert_eq!(stamp.nonce.as_deref(), Some(NONCE.as_slice()));
        assert_eq!(read(REFUSED), Err(TimeStampError::Refused));
    }

    #[test]
    fn anything_else_is_no_time_stamp() {
        for length in 0..GRANTED.len() {
            assert!(read(&GRANTED[..length]).is_err(), "{length}");
        }
        for at in 0..GRANTED.len() {
            for value in [0, 0x7f, 0x80, 0x84, 0xff] {
                let mut bytes = GRANTED.to_vec();
                bytes[at] = value;
                // A value, never a panic.
                let _ = read(&bytes);
            }
        }
    }

    #[test]
    fn times_are_those_of_the_standard() {
        assert_eq!(
            rfc3339(b"19990609001326.34352Z").as_deref(),
            Some("1999-06-09T00:13:26.34352Z")
        );
        for wrong in [
            "",
            "Z",
            "19990609001326",
            "1999060900132Z",
            "1999060900132xZ",
            "19990609001326.xZ",
        ] {
            assert_eq!(rfc3339(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
