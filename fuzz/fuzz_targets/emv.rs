//! Merchant-presented codes: objects that are put together from the input, sealed with a right checksum or
//! not, bare and inside of links.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waylay::payload;

fuzz_target!(|parts: (bool, u8, Vec<(u8, String)>)| {
    let (sealed, shell, objects) = parts;
    let mut code = String::from("000201");
    // The checksum is the last object, and there is one.
    let objects = objects.iter().filter(|(tag, _)| tag % 100 != 63);
    for (tag, value) in objects.take(40) {
        let value: String = value.chars().take(99).collect();
        code += &format!("{:02}{:02}{value}", tag % 100, value.chars().count());
    }
    code += "6304";
    if sealed {
        code += &format!("{:04X}", crc(code.as_bytes()));
    }
    let text = match shell % 3 {
        0 => code,
        1 => format!("https://pay.example/#{code}"),
        _ => format!("https://pay.example/q/{code}?x=1"),
    };
    let payload = payload::parse_str(&text);
    assert!(payload.flags.iter().all(|flag| payload::FLAGS.contains(flag)));
    // Kyrgyzstan has another checksum in its place.
    if shell % 3 == 0 && sealed && payload.scheme != "elqr-kg" {
        assert!(!payload.flags.contains(&"bad-crc"), "{text}");
    }
});

/// CRC-16/CCITT-FALSE, bit by bit.
fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum: u16, _| {
            if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 }
        })
    })
}
