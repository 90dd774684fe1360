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
    let mut crc = Crc::new();
    crc.update(bytes);
    let local = 8;
    let central = list_of(&zip) + 10;
    for at in [local, central] {
        zip[at..at + 2].copy_from_slice(&DEFLATED.to_le_bytes());
        zip[at + 6..at + 10].copy_from_slice(&crc.sum().to_le_bytes());
        zip[at + 14..at + 18].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
    }
    zip
}

/// Where the list of files begins.
fn list_of(zip: &[u8]) -> usize {
    u32_at(zip, zip.len() - 6) as usize
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

/// Two archives in one: who looks where the end points reads the first, who looks right before the end the second.
#[test]
fn a_second_list_right_before_the_end_is_refused() {
    let (one, two) = (zip(&[("a", b"1")]), zip(&[("b", b"2")]));
    let (ends, list) = (one.len() - END_BYTES, list_of(&one));
    let mut both = one[..ends].to_vec();
    let moved = both.len() as u32;
    let mut second = two[..two.len() - END_BYTES].to_vec();
    let place = list_of(&two) + 42;
    second[place..place + 4].copy_from_slice(&moved.to_le_bytes());
    both.extend(second);
    both.extend(&one[ends..]);
    assert_eq!(list_of(&both), list);
    let Err(error) = open(&both) else {
        panic!("it is read");
    };
    assert!(
        error.to_string().contains("is not where it should be"),
        "{error}"
    );
    // As it is before it is moved: read as ever.
    assert_eq!(unpacked(&one).remove(0).2, None);
}

/// The same with a second end in the comment of the first.
#[test]
fn an_end_in_the_comment_is_refused() {
    let good = zip(&[("a", b"1")]);
    let mut commented = good.clone();
    let length = commented.len() - 2;
    let comment = [&END.to_le_bytes()[..], &[0; 40]].concat();
    commented[length..].copy_from_slice(&(comment.len() as u16).to_le_bytes());
    commented.extend(&comment);
    assert!(open(&commented).is_err());
    // A comment by itself hides nothing.
    let end = good.len();
    commented[end..end + 4].fill(b' ');
    assert_eq!(unpacked(&commented).remove(0).2, None);
}

/// `zip`, whose only file is called `name` and gets `extra` in the list of files, or else where it lies.
fn with_extra(zip: &[u8], name: &str, extra: &[u8], listed: bool) -> Vec<u8> {
    let mut bytes = zip.to_vec();
    let (list, length) = (list_of(zip), extra.len() as u16);
    let (field, at) = if listed {
        (list + 30, list + CENTRAL_BYTES + name.len())
    } else {
        (28, LOCAL_BYTES + name.len())
    };
    bytes[field..field + 2].copy_from_slice(&length.to_le_bytes());
    bytes.splice(at..at, extra.iter().copied());
    let end = bytes.len() - END_BYTES;
    let (size, place) = if listed {
        (u32_at(&bytes, end + 12) + extra.len() as u32, list)
    } else {
        (u32_at(&bytes, end + 12), list + extra.len())
    };
    bytes[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    bytes[end + 16..end + 20].copy_from_slice(&(place as u32).to_le_bytes());
    bytes
}

#[test]
fn a_second_name_is_told() {
    let good = zip(&[("a", b"1")]);
    // Behind a field that says nothing: the version, the checksum of the name that it is for, another name.
    let mut extra = vec![0xfe, 0xca, 1, 0, 9];
    extra.extend([0x75, 0x70, 6, 0, 1, 0, 0, 0, 0, b'b']);
    for listed in [true, false] {
        let renamed = unpacked(&with_extra(&good, "a", &extra, listed)).remove(0);
        let wrong = renamed.2.unwrap();
        assert!(wrong.contains("second name"), "{listed}: {wrong}");
        let plain = unpacked(&with_extra(&good, "a", &extra[..5], listed)).remove(0);
        assert_eq!((plain.0.as_str(), plain.2), ("a", None), "{listed}");
    }
}

/// Who goes by the list stops after so many bytes, and finds that the checksum is right.
#[test]
fn a_file_that_is_longer_than_it_is_said_is_told() {
    let text = b"paid to somebody else";
    for mut zip in [zip(&[("a", text)]), deflated("a", text)] {
        let mut crc = Crc::new();
        crc.update(&text[..4]);
        let list = list_of(&zip);
        for at in [14, list + 16] {
            zip[at..at + 4].copy_from_slice(&crc.sum().to_le_bytes());
            zip[at + 8..at + 12].copy_from_slice(&4_u32.to_le_bytes());
        }
        let wrong = unpacked(&zip).remove(0).2.unwrap();
        assert!(wrong.contains("another length"), "{wrong}");
    }
    let mut zip = zip(&[("a", text)]);
    zip[14] ^= 1;
    let wrong = unpacked(&zip).remove(0).2.unwrap();
    assert!(wrong.contains("another checksum"), "{wrong}");
}

/// A zip with `hidden` at `at`, before its list of files, which knows of nothing there; the places behind it are right.
fn with_hidden(zip: &[u8], at: usize, hidden: &[u8]) -> Vec<u8> {
    let (list, end) = (list_of(zip), zip.len() - END_BYTES);
    let mut bytes = zip.to_vec();
    let mut entry = list;
    while entry < end {
        let place = u32_at(&bytes, entry + 42);
        if place as usize >= at {
            let moved = place + hidden.len() as u32;
            bytes[entry + 42..entry + 46].copy_from_slice(&moved.to_le_bytes());
        }
        entry += CENTRAL_BYTES + usize::from(u16_at(zip, entry + 28));
    }
    let moved = (list + hidden.len()) as u32;
    bytes[end + 16..end + 20].copy_from_slice(&moved.to_le_bytes());
    bytes.splice(at..at, hidden.iter().copied());
    bytes
}

/// Who reads a zip as it comes sees each file that lies there, and who reads the list those alone that are in it.
#[test]
fn a_file_that_is_in_no_list_is_told() {
    let good = zip(&[("a", b"1"), ("b", b"2")]);
    let other = zip(&[("a", b"9")]);
    let hidden = &other[..list_of(&other)];
    let (second, list) = (LOCAL_BYTES + 2, list_of(&good));
    assert!(open(&with_hidden(&good, 0, hidden)).is_err());
    for (at, known) in [(second, 0), (list, 1)] {
        let found = unpacked(&with_hidden(&good, at, hidden));
        let told: Vec<_> = found.iter().map(|(.., wrong)| wrong.is_some()).collect();
        assert_eq!(told, [known == 0, known == 1]);
        let wrong = found[known].2.as_ref().unwrap();
        assert!(wrong.contains("lies between"), "{wrong}");
    }
    let none = with_hidden(&zip(&[]), 0, hidden);
    assert!(open(&none).is_err());
    // In what is packed, behind its end.
    let text = b"paid to nobody else";
    let packed = deflated("a", text);
    let mut longer = with_hidden(&packed, list_of(&packed), hidden);
    let list = list_of(&longer);
    let size = (list - LOCAL_BYTES - 1) as u32;
    for at in [18, list + 20] {
        longer[at..at + 4].copy_from_slice(&size.to_le_bytes());
    }
    let wrong = unpacked(&longer).remove(0).2.unwrap();
    assert!(wrong.contains("behind what is packed"), "{wrong}");
}

/// Where the local header says less, who reads from the beginning on sees a file within the file.
#[test]
fn another_length_where_it_lies_is_told() {
    let good = zip(&[("a", b"1"), ("b", b"2")]);
    for at in [18, 22] {
        let mut shorter = good.clone();
        shorter[at] = 0;
        let wrong = unpacked(&shorter).remove(0).2.unwrap();
        assert!(wrong.contains("another length"), "{wrong}");
    }
}

/// As programs pack that write as they go.
#[test]
fn sizes_may_stand_behind_a_file() {
    let text = b"the same again and ".repeat(9);
    let mut behind = deflated("a", &text);
    let list = list_of(&behind);
    let said = behind[14..26].to_vec();
    for at in [6, list + 8] {
        behind[at] |= BEHIND as u8;
    }
    behind[14..26].fill(0);
    let signed = [&DESCRIPTOR.to_le_bytes()[..], &said].concat();
    for descriptor in [&said, &signed] {
        let zip = with_hidden(&behind, list, descriptor);
        assert_eq!(unpacked(&zip), [("a".to_owned(), text.clone(), None)]);
        let mut other = descriptor.clone();
        *other.last_mut().unwrap() ^= 1;
        let wrong = unpacked(&with_hidden(&behind, list, &other)).remove(0).2;
        assert!(wrong.unwrap().contains("length behind it"));
        let more = [descriptor.as_slice(), b"x"].concat();
        let wrong = unpacked(&with_hidden(&behind, list, &more)).remove(0).2;
        assert!(wrong.unwrap().contains("lies between"));
    }
    let wrong = unpacked(&behind).remove(0).2.unwrap();
    assert!(wrong.contains("lies between"), "{wrong}");
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
