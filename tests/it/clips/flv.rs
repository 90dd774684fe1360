//! FLV says what a decoder needs to know in tags between the pictures: again before each keyframe, or anew in the middle.

use super::*;
use crate::support::waylay;

/// A file of FLV, tag by tag (Adobe Flash Video File Format Specification 10.1, annex E.4).
struct Flv {
    header: Vec<u8>,
    tags: Vec<Vec<u8>>,
}

impl Flv {
    fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let (header, mut rest) = bytes.split_at(13);
        let mut tags = Vec::new();
        while !rest.is_empty() {
            let length = u32::from_be_bytes([0, rest[1], rest[2], rest[3]]) as usize;
            // The tag's own header, and its size once more behind it.
            let (tag, after) = rest.split_at(11 + length + 4);
            tags.push(tag.to_vec());
            rest = after;
        }
        Self {
            header: header.to_vec(),
            tags,
        }
    }

    fn write(&self, path: &Path) {
        fs::write(path, [self.header.clone(), self.tags.concat()].concat()).unwrap();
    }
}

/// Whether it is a sequence header of H.264.
fn describes(tag: &[u8]) -> bool {
    tag[0] == 9 && tag[11..13] == [0x17, 0]
}

fn is_key(tag: &[u8]) -> bool {
    tag[0] == 9 && tag[11..13] == [0x17, 1]
}

fn time_ms(tag: &[u8]) -> u32 {
    u32::from_be_bytes([tag[7], tag[4], tag[5], tag[6]])
}

fn set_time(tag: &mut [u8], ms: u32) {
    let [highest, rest @ ..] = ms.to_be_bytes();
    tag[4..7].copy_from_slice(&rest);
    tag[7] = highest;
}

#[test]
fn what_is_said_again_cuts_no_clip() {
    let folder = tempfile::tempdir().unwrap();
    let mut flv = Flv::read(&recording(folder.path(), "once.flv"));
    let header = flv.tags.iter().find(|tag| describes(tag)).unwrap().clone();
    let again = |tag: Vec<u8>| {
        let mut header = header.clone();
        set_time(&mut header, time_ms(&tag));
        let said = is_key(&tag).then_some(header);
        said.into_iter().chain([tag])
    };
    flv.tags = flv.tags.into_iter().flat_map(again).collect();
    assert!(flv.tags.iter().filter(|tag| describes(tag)).count() > 5);
    let path = folder.path().join("again.flv");
    flv.write(&path);
    let config = config(folder.path(), CONFIG);
    // As a recording, and as it comes.
    for source in [text(&path), "-"] {
        let data = folder
            .path()
            .join(if source == "-" { "live" } else { "file" });
        let mut command = waylay();
        command.args([
            "watch",
            "--data",
            text(&data),
            "--config",
            text(&config),
            source,
        ]);
        let output = command.stdin(fs::File::open(&path).unwrap()).output();
        let output = output.unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{log}");
        let events = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
        let events: Vec<Value> = events.map(Result::unwrap).collect();
        let ended = events.iter().find(|event| is_end(event)).expect(&log);
        let clip = clip(&data, ended).expect("it has a clip");
        let (length_s, _) = probe(&clip);
        // It begins with a keyframe, of which there is one in 2 s.
        assert!(
            (LENGTH_S - 0.2..LENGTH_S + 2.2).contains(&length_s),
            "{source}: {length_s} s"
        );
    }
}

#[test]
fn a_recording_says_in_its_middle_that_it_is_another_video() {
    let folder = tempfile::tempdir().unwrap();
    // Its last keyframe is looked at a third of a second before the next video begins, whose first one comes too soon then.
    let first = Clip {
        gop: 10,
        seconds: 3,
        ..Clip::default()
    };
    let second = Clip {
        payload: "second",
        size: (854, 480),
        gop: 60,
        seconds: 6,
        ..Clip::default()
    };
    let mut flv = Flv::read(&first.make(folder.path(), "first.flv"));
    let second = Flv::read(&second.make(folder.path(), "second.flv"));
    for mut tag in second.tags.into_iter().filter(|tag| tag[0] == 9) {
        let ms = time_ms(&tag) + 3_000;
        set_time(&mut tag, ms);
        flv.tags.push(tag);
    }
    let path = folder.path().join("both.flv");
    flv.write(&path);
    let data = folder.path().join("data");
    let config = config(
        folder.path(),
        "[clips]\nbefore_ms = 1000\nafter_ms = 20000\n",
    );
    let (code, events, log) = watch(&data, &["--config", text(&config), text(&path)]);
    assert_eq!(code, 0, "{log}");
    assert_eq!(payloads(&events), [PAYLOAD, "second"], "{log}");
    let ended = events.iter().filter(|event| is_end(event));
    let widths: Vec<_> = ended
        .map(|ended| decoded(&clip(&data, ended).expect("it has a clip")))
        .collect();
    assert_eq!(widths, [640, 854]);
}
