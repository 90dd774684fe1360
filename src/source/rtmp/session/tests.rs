use proptest::prelude::*;

use super::*;

fn session() -> Session {
    let url = "rtmp://h/live/s3cret?a=b".parse().unwrap();
    Session::new(Target::of(&url).unwrap(), false)
}

/// What the session has to say, as messages.
fn said(session: &mut Session) -> Vec<Message> {
    let (bytes, mut chunks, mut messages) = (session.outgoing(), Chunks::new(), Vec::new());
    let mut at = 0;
    while let Some((taken, message)) = chunks.take(&bytes[at..]).unwrap() {
        at += taken;
        messages.extend(message);
    }
    assert_eq!(at, bytes.len());
    messages
}

fn command(values: &[Value]) -> Vec<u8> {
    chunk::write(3, COMMAND, 0, &write_all(values), 128)
}

fn status(level: &str, code: &str) -> Vec<u8> {
    let property = |name: &str, value: &str| (name.to_owned(), Value::text(value));
    let about = vec![
        property("level", level),
        property("code", code),
        property("description", "no s3cret"),
    ];
    command(&[
        Value::text("onStatus"),
        Value::Number(0.0),
        Value::Null,
        Value::Object(about),
    ])
}

/// A session whose stream is played.
fn playing() -> Session {
    let mut session = session();
    let result = |number, of| {
        command(&[
            Value::text("_result"),
            Value::Number(number),
            Value::Null,
            of,
        ])
    };
    session
        .push(&result(1.0, Value::Object(Vec::new())))
        .unwrap();
    session.push(&result(2.0, Value::Number(7.0))).unwrap();
    session
}

#[test]
fn a_stream_is_asked_for_step_by_step() {
    let mut session = session();
    let [connect] = said(&mut session).try_into().unwrap();
    let values = read_all(&connect.body);
    assert_eq!(values[0].as_text(), Some("connect"));
    assert_eq!(
        values[2].get("tcUrl"),
        Some(&Value::text("rtmp://h:1935/live"))
    );
    let result = |number| {
        command(&[
            Value::text("_result"),
            Value::Number(number),
            Value::Null,
            Value::Number(7.0),
        ])
    };
    // An answer to another question is none.
    session.push(&result(2.0)).unwrap();
    assert_eq!(said(&mut session), []);
    session.push(&result(1.0)).unwrap();
    let [create] = said(&mut session).try_into().unwrap();
    assert_eq!(read_all(&create.body)[0].as_text(), Some("createStream"));
    session.push(&result(2.0)).unwrap();
    let [play, buffer] = said(&mut session).try_into().unwrap();
    let values = read_all(&play.body);
    assert_eq!(
        (values[0].as_text(), values[3].as_text()),
        (Some("play"), Some("s3cret?a=b"))
    );
    assert_eq!(buffer.body, [0, 3, 0, 0, 0, 7, 0, 0, 0x0b, 0xb8]);
}

#[test]
fn video_is_given_out_as_flv_and_sound_is_not() {
    let mut session = playing();
    assert!(!session.has_video());
    session.push(&chunk::write(4, 8, 7, b"sound", 128)).unwrap();
    session
        .push(&chunk::write(5, 18, 7, b"metadata", 128))
        .unwrap();
    assert!(!session.has_video());
    let mut late = chunk::write(6, VIDEO, 7, b"\x17key", 128);
    // Its time is 0x123456.
    late[1..4].copy_from_slice(&[0x12, 0x34, 0x56]);
    session.push(&late).unwrap();
    assert!(!session.has_video(), "sound may still come");
    let tag = b"\x09\0\0\x04\x12\x34\x56\0\0\0\0\x17key\0\0\0\x0f";
    assert_eq!(*session.flv(), [FLV, tag].concat());
    late[2] += 2;
    session.push(&late).unwrap();
    assert!(session.has_video());
}

#[test]
fn sound_is_told_where_it_comes_before_the_video() {
    let mut session = playing();
    let sound = |body: &[u8]| chunk::write(4, SOUND, 7, body, 128);
    for body in [&b"\xaf\x01early"[..], b"\xaf\x00of it", b"\x2fmp3"] {
        session.push(&sound(body)).unwrap();
        assert!(session.flv().is_empty(), "the video comes first");
    }
    let video = chunk::write(6, VIDEO, 7, b"\x17key", 128);
    session.push(&video).unwrap();
    session.push(&sound(b"\xaf\x01la")).unwrap();
    let tags = [
        &b"\x08\0\0\x07\0\0\0\0\0\0\0\xaf\x00of it\0\0\0\x12"[..],
        b"\x09\0\0\x04\0\0\0\0\0\0\0\x17key\0\0\0\x0f",
        b"\x08\0\0\x04\0\0\0\0\0\0\0\xaf\x01la\0\0\0\x0f",
    ];
    let mut expected = FLV.to_vec();
    expected[4] = 5;
    expected.extend(tags.concat());
    assert_eq!(*session.flv(), expected);

    // It may come a little later, but libav would wait for what the header promises.
    let frame = |time: u8, body: &[u8]| {
        let mut bytes = chunk::write(6, VIDEO, 7, body, 128);
        bytes[3] = time;
        bytes
    };
    for (after, told) in [(299_u16, true), (300, false)] {
        let mut session = playing();
        session.push(&frame(0, b"\x17\x00sets")).unwrap();
        session.push(&frame(56, b"\x17\x01key")).unwrap();
        assert!(!session.has_video());
        let mut later = frame(0, b"\x27\x01more");
        later[2..4].copy_from_slice(&(56 + after).to_be_bytes());
        session.push(&later).unwrap();
        assert_eq!(session.has_video(), !told);
        session.push(&sound(b"\xaf\x00of it")).unwrap();
        session.push(&sound(b"\xaf\x01la")).unwrap();
        assert!(session.has_video());
        assert_eq!(session.flv()[4], if told { 5 } else { 1 });
        assert_eq!(session.flv().windows(2).any(|b| b == b"la"), told);
    }
}

/// The time stamps are the sender's, and need not go on.
#[test]
fn sound_is_not_waited_for_without_end() {
    let frame = |body: &[u8]| chunk::write(6, VIDEO, 7, body, 128);
    let mut session = playing();
    session.go_on();
    session.push(&frame(b"\x17\x00sets")).unwrap();
    session.go_on();
    assert!(!session.has_video(), "no frame came yet");
    assert!(!session.awaits_sound());
    session.push(&frame(b"\x17\x01key")).unwrap();
    assert!(session.awaits_sound() && !session.has_video());
    session.go_on();
    assert!(session.has_video());
    session.push(&frame(b"\x27\x01more")).unwrap();
    assert!(session.flv().ends_with(b"\x27\x01more\0\0\0\x11"));

    let mut session = playing();
    let large = frame(&vec![0x27; 1 << 20]);
    for megabytes in 1..=4 {
        assert!(!session.has_video(), "{megabytes}");
        session.push(&large).unwrap();
    }
    assert!(session.has_video(), "it is kept in memory meanwhile");
}

#[test]
fn pictures_that_nobody_takes_apart_are_told_where_there_are_no_others() {
    let enhanced = |code: &[u8]| chunk::write(6, VIDEO, 7, &[&b"\x91"[..], code].concat(), 128);
    let plain = chunk::write(6, VIDEO, 7, b"\x27\x01more", 128);
    for (code, name) in [
        (&b"hvc1picture"[..], "HEVC"),
        (&b"av01"[..], "AV1"),
        (&b"s3cr"[..], "an unknown codec"),
        (&b""[..], "an unknown codec"),
    ] {
        let mut session = playing();
        for _ in 1..MOST_ENHANCED {
            session.push(&enhanced(code)).unwrap();
        }
        let over = session.push(&enhanced(code)).unwrap_err();
        assert_eq!(over, Over::Enhanced(name));
    }
    // Among others they are left out, however many there are.
    let mut session = playing();
    session.push(&enhanced(b"hvc1")).unwrap();
    session.push(&plain).unwrap();
    let flv = session.flv().clone();
    for _ in 0..300 {
        session.push(&enhanced(b"hvc1")).unwrap();
    }
    assert_eq!(*session.flv(), flv);
    assert!(flv.ends_with(b"\x27\x01more\0\0\0\x11"));
    // A libav that knows of them gets them.
    let mut session = playing();
    session.takes_enhanced = true;
    session.push(&enhanced(b"hvc1")).unwrap();
    assert!(session.flv().ends_with(b"\x91hvc1\0\0\0\x10"));
}

#[test]
fn a_command_that_is_too_long_is_not_read() {
    let nulls = |kind, count| chunk::write(3, kind, 0, &vec![5; count], 128);
    for kind in [COMMAND, COMMAND_AMF3] {
        playing().push(&nulls(kind, LONGEST_COMMAND)).unwrap();
        let refused = playing().push(&nulls(kind, LONGEST_COMMAND + 1));
        assert_eq!(
            refused.unwrap_err().to_string(),
            "not RTMP: a command that is too long"
        );
    }
}

#[test]
fn messages_that_come_together_are_taken_apart() {
    let mut session = playing();
    let part = |kind: u8, time: u8, body: &[u8]| {
        let mut bytes = vec![kind, 0, 0, body.len() as u8, 0, 0, time, 0, 0, 0, 0];
        bytes.extend(body);
        bytes.extend((body.len() as u32 + 11).to_be_bytes());
        bytes
    };
    let body = [part(8, 5, b"sound"), part(9, 7, b"ab"), part(9, 9, b"c")].concat();
    let mut bytes = chunk::write(6, AGGREGATE, 7, &body, 128);
    bytes[3] = 100;
    session.push(&bytes).unwrap();
    let tags = b"\x09\0\0\x02\0\0\x66\0\0\0\0ab\0\0\0\x0d\x09\0\0\x01\0\0\x68\0\0\0\0c\0\0\0\x0c";
    assert_eq!(*session.flv(), [FLV, tags].concat());
    // One that is cut gives what is whole.
    let mut session = playing();
    session
        .push(&chunk::write(6, AGGREGATE, 7, &body[..body.len() - 6], 128))
        .unwrap();
    assert!(session.flv().ends_with(b"ab\0\0\0\x0d"));
}

#[test]
fn it_ends_when_the_publisher_goes_and_says_why_it_is_refused() {
    let mut session = playing();
    session
        .push(&status("status", "NetStream.Play.Start"))
        .unwrap();
    assert!(!session.has_ended());
    session
        .push(&status("status", "NetStream.Play.UnpublishNotify"))
        .unwrap();
    assert!(session.has_ended());

    let refused = playing()
        .push(&status("error", "NetStream.Play.StreamNotFound"))
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "refused (NetStream.Play.StreamNotFound)"
    );
    for code in ["s3cret", "NetStream.s3cret", ""] {
        let refused = playing().push(&status("error", code)).unwrap_err();
        assert!(!refused.to_string().contains("s3cret"), "{refused}");
    }
    let error = command(&[Value::text("_error"), Value::Number(1.0), Value::Null]);
    assert_eq!(
        session_refused(&error),
        Over::Refused("without a reason".to_owned())
    );
}

fn session_refused(bytes: &[u8]) -> Over {
    session().push(bytes).unwrap_err()
}

#[test]
fn what_the_server_wants_to_hear_is_said() {
    let mut session = playing();
    said(&mut session);
    session
        .push(&chunk::write(2, USER_CONTROL, 0, &[0, 6, 1, 2, 3, 4], 128))
        .unwrap();
    session
        .push(&chunk::write(
            2,
            WINDOW_SIZE,
            0,
            &2_000_u32.to_be_bytes(),
            128,
        ))
        .unwrap();
    session
        .push(&chunk::write(
            2,
            PEER_BANDWIDTH,
            0,
            &[0, 0, 7, 0xd0, 2],
            128,
        ))
        .unwrap();
    let [pong, window] = said(&mut session).try_into().unwrap();
    assert_eq!(
        (pong.kind, pong.body),
        (USER_CONTROL, vec![0, 7, 1, 2, 3, 4])
    );
    assert_eq!(
        (window.kind, window.body),
        (WINDOW_SIZE, 2_000_u32.to_be_bytes().to_vec())
    );
    // What came is acknowledged each time the window is full.
    session
        .push(&chunk::write(4, 8, 7, &[0; 3_000], 128))
        .unwrap();
    let [acknowledged] = said(&mut session).try_into().unwrap();
    assert_eq!(acknowledged.kind, ACKNOWLEDGEMENT);
    assert_eq!(acknowledged.body, session.received.to_be_bytes());
    // Chunks become longer.
    session
        .push(&chunk::write(
            2,
            SET_CHUNK_SIZE,
            0,
            &4_096_u32.to_be_bytes(),
            128,
        ))
        .unwrap();
    session
        .push(&chunk::write(6, VIDEO, 7, &[1; 4_000], 4_096))
        .unwrap();
    assert_eq!(session.flv().len(), FLV.len() + 11 + 4_000 + 4);
}

proptest! {
    #[test]
    fn any_bytes_are_taken_or_refused(kind in any::<u8>(), body in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut session = playing();
        let _ = session.push(&chunk::write(6, kind, 7, &body, 128));
        prop_assert!(session.flv().len() <= FLV.len() + 2 * body.len() + 15);
        let _ = session.push(&body);
    }
}
