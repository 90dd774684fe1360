use std::io::Cursor;

use flate2::Compression;
use flate2::read::DeflateEncoder;

use super::*;

const MOST: u64 = 1 << 20;

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    for (name, bytes) in files {
        writer.add(name, bytes).unwrap();
    }
    writer.finish().unwrap()
}

fn open(bytes: &[u8]) -> Result<Archive<Cursor<&[u8]>>, ArchiveError> {
    Archive::open(Cursor::new(bytes), MOST)
}

/// Names, what they hold, and what is wrong with them.
fn unpacked(bytes: &[u8]) -> Vec<(String, Vec<u8>, Option<String>)> {
    let mut archive = open(bytes).unwrap();
    let mut found = Vec::new();
    for entry in archive.entries() {
        let mut held = Vec::new();
        let wrong = archive
            .read(&entry, &mut |piece| held.extend(piece))
            .unwrap();
        found.push((entry.name, held, wrong));
    }
    found
}

#[test]
fn what_is_written_is_read_again() {
    let large = vec![7; 200_000];
    let files: [(&str, &[u8]); 3] = [("index.html", b"<p>"), ("a/微.bin", &large), ("empty", b"")];
    let read = unpacked(&zip(&files));
    let expected = files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec(), None));
    assert_eq!(read, expected);
    assert_eq!(unpacked(&zip(&[])), []);
}

/// `files`, each deflated, as other programs pack them.
fn deflated(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    DeflateEncoder::new(bytes, Compression::default())
        .read_to_end(&mut packed)
        .unwrap();
    let mut zip = zip(&[(name, &packed)]);
    let local = 8;
    let central = u32_at(&zip, zip.len() - 6) as usize + 10;
    for at in [local, central] {
        zip[at..at + 2].copy_from_slice(&DEFLATED.to_le_bytes());
    }
    zip
}

#[test]
fn what_another_program_packed_is_read() {
    let text = b"the same again and ".repeat(100);
    let read = unpacked(&deflated("a.txt", &text));
    assert_eq!(read, [("a.txt".to_owned(), text, None)]);
}

#[test]
fn a_bomb_goes_off_nowhere() {
    let bomb = deflated("bomb", &vec![0; 2 << 20]);
    assert!(bomb.len() < 8_192, "{}", bomb.len());
    let mut archive = open(&bomb).unwrap();
    let entry = archive.entries().remove(0);
    let mut taken = 0;
    let error = archive.read(&entry, &mut |piece| taken += piece.len());
    assert!(
        matches!(error, Err(ArchiveError::TooLarge(MOST))),
        "{error:?}"
    );
    assert!(taken as u64 <= MOST);
}

#[test]
fn what_can_be_read_in_two_ways_is_told() {
    let good = zip(&[("a", b"1")]);
    let mut renamed = good.clone();
    renamed[LOCAL_BYTES] = b'b';
    let wrong = unpacked(&renamed).remove(0).2.unwrap();
    assert!(wrong.contains("another name"), "{wrong}");
    let mut twice = zip(&[("a", b"1"), ("b", b"2")]);
    let second = twice.iter().rposition(|byte| *byte == b'b').unwrap();
    twice[second] = b'a';
    let names: Vec<_> = open(&twice)
        .unwrap()
        .entries()
        .into_iter()
        .map(|e| e.name)
        .collect();
    assert_eq!(names, ["a", "a"]);
}

#[test]
fn anything_else_is_no_zip() {
    let good = zip(&[("a", b"1"), ("b", b"22")]);
    assert!(open(b"").is_err());
    assert!(open(b"PK").is_err());
    // Something behind its end.
    assert!(open(&[good.as_slice(), b"x"].concat()).is_err());
    for length in 0..good.len() {
        assert!(open(&good[..length]).is_err(), "{length}");
    }
    // Whatever is changed: a value, never a panic, and no more than there is.
    for at in 0..good.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut bytes = good.clone();
            bytes[at] = value;
            if let Ok(mut archive) = open(&bytes) {
                for entry in archive.entries() {
                    let mut taken = 0;
                    let _ = archive.read(&entry, &mut |piece| taken += piece.len());
                    assert!(taken <= good.len());
                }
            }
        }
    }
}
