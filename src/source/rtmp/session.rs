//! A session of RTMP in which one stream is played, without the network: what came in, what is to go out, and what is
//! played as FLV (Adobe, "Real-Time Messaging Protocol", 1.0, sections 5 to 7; "Video File Format", 10.1, annex E).

use super::amf::{Value, read_all, write_all};
use super::chunk::{self, Broken, Chunks, Message};
use super::target::Target;

/// Chunks that we send are of the size that every session begins with.
const OUR_CHUNKS: usize = 128;
/// Chunk streams of what we send: 2 is for the protocol itself (5.4), the others are as everybody has them.
const CONTROL: u8 = 2;
const COMMANDS: u8 = 3;
const PLAY: u8 = 8;
/// Bytes after which a server wants to hear that they came, until it says otherwise.
const WINDOW: u32 = 2_500_000;
/// Where a stream is neither recorded nor only live (7.2.2.1): in ms, as servers expect it.
const ANY_START: f64 = -2_000.0;
/// How much of a live stream a server may send ahead, in ms.
const BUFFER_MS: u32 = 3_000;

/// Kinds of messages (5.4, 6.2, 7.1).
const SET_CHUNK_SIZE: u8 = 1;
const ABORT: u8 = 2;
const ACKNOWLEDGEMENT: u8 = 3;
const USER_CONTROL: u8 = 4;
const WINDOW_SIZE: u8 = 5;
const PEER_BANDWIDTH: u8 = 6;
const SOUND: u8 = 8;
const VIDEO: u8 = 9;
const COMMAND_AMF3: u8 = 17;
const COMMAND: u8 = 20;
const AGGREGATE: u8 = 22;

/// The header of FLV (E.2), and no tag before the first; which tracks there are stands in its fifth byte.
const FLV: &[u8] = b"FLV\x01\x01\0\0\0\x09\0\0\0\0";
const TRACKS: usize = 4;
const WITH_SOUND: u8 = 4;

/// How a sound begins that tells of all that follows: AAC, and its sequence header (E.4.2.1). Without it none can be played.
const AAC: u8 = 10;
/// The same of video (E.4.3.1).
const AVC: u8 = 7;
/// How long the video may go on before it is taken to have no sound, in ms: servers send sound and pictures some tens of ms apart.
const AWAIT_SOUND: u32 = 300;
/// Bytes of it that are kept meanwhile, at most.
const MOST_WAITING: usize = 4 << 20;
/// Bytes of a command, at most: what it says is longer in memory, and the longest of servers are some hundred.
const LONGEST_COMMAND: usize = 64 << 10;

/// The bit of a picture's first byte that says that its codec follows as four letters ("Enhanced RTMP", version 1).
const ENHANCED: u8 = 0x80;
/// Those that are known, and what they are called.
const CODECS: [(&[u8; 4], &str); 6] = [
    (b"hvc1", "HEVC"),
    (b"av01", "AV1"),
    (b"vp09", "VP9"),
    (b"vp08", "VP8"),
    (b"avc1", "H.264"),
    (b"vvc1", "VVC"),
];
/// So many of these before any other, and no other is taken to come.
const MOST_ENHANCED: u8 = 30;

const SEQUENCE_HEADER: u8 = 0;

/// Why a session is over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::source) enum Over {
    /// The server does not want to. The code of its status, where it is one that the protocol knows.
    #[error("refused ({0})")]
    Refused(String),
    /// Its video comes in a way that nobody here takes apart.
    #[error("its video is enhanced RTMP ({0}), which takes libav of FFmpeg 6.1")]
    Enhanced(&'static str),
    #[error("not RTMP: {0}")]
    Broken(#[from] Broken),
}

/// How far it has come. Each answer is to the question before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Connecting,
    Creating,
    Playing,
    Ended,
}

/// Whether what is played has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Began {
    /// Nothing to be seen came.
    No,
    /// Video came, its first frame at this time in ms, and no sound.
    Waiting(Option<u32>),
    /// It is clear which tracks there are.
    Yes,
}

/// A session, from after the handshake on.
#[derive(Debug)]
pub(super) struct Session {
    target: Target,
    state: State,
    chunks: Chunks,
    /// What came in and is not yet a whole chunk.
    buffer: Vec<u8>,
    out: Vec<u8>,
    flv: Vec<u8>,
    /// When the sequence header of the sound came, and what it says, where it came in time.
    sound: Option<(u32, Vec<u8>)>,
    began: Began,
    /// Whether whoever takes the FLV apart knows of enhanced RTMP.
    takes_enhanced: bool,
    /// Pictures that were left out, since nobody does.
    left_out: u8,
    received: u32,
    acknowledged: u32,
    window: u32,
}

impl Session {
    /// A session for `target`; `takes_enhanced` where whoever takes its FLV apart knows of enhanced RTMP.
    pub(super) fn new(target: Target, takes_enhanced: bool) -> Self {
        let mut session = Self {
            state: State::Connecting,
            chunks: Chunks::new(),
            buffer: Vec::new(),
            out: Vec::new(),
            flv: Vec::new(),
            sound: None,
            began: Began::No,
            takes_enhanced,
            left_out: 0,
            received: 0,
            acknowledged: 0,
            window: WINDOW,
            target,
        };
        let property = |name: &str, value| (name.to_owned(), value);
        let about = Value::Object(vec![
            property("app", Value::text(&session.target.app)),
            property("flashVer", Value::text("LNX 9,0,124,2")),
            property("tcUrl", Value::text(&session.target.tc_url)),
            property("fpad", Value::Bool(false)),
            property("capabilities", Value::Number(15.0)),
            property("audioCodecs", Value::Number(4_071.0)),
            property("videoCodecs", Value::Number(252.0)),
            property("videoFunction", Value::Number(1.0)),
        ]);
        session.command(
            COMMANDS,
            0,
            &[Value::text("connect"), Value::Number(1.0), about],
        );
        session
    }

    /// What is to be sent.
    pub(super) fn outgoing(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// What came to be played, as FLV; to be taken once [there is video](Self::has_video).
    pub(super) fn flv(&mut self) -> &mut Vec<u8> {
        &mut self.flv
    }

    /// Whether any video came, and it is clear whether there is sound with it.
    pub(super) fn has_video(&self) -> bool {
        self.began == Began::Yes
    }

    /// Whether frames came, and sound may still come.
    pub(super) fn awaits_sound(&self) -> bool {
        matches!(self.began, Began::Waiting(Some(_)))
    }

    /// No sound is waited for any longer.
    pub(super) fn go_on(&mut self) {
        if self.awaits_sound() {
            self.began = Began::Yes;
        }
    }

    /// Whether the stream is over.
    pub(super) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Takes what came from the server.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Over> {
        self.received = self.received.wrapping_add(bytes.len() as u32);
        self.buffer.extend_from_slice(bytes);
        let mut at = 0;
        let mut buffer = std::mem::take(&mut self.buffer);
        while let Some((taken, message)) = self.chunks.take(&buffer[at..])? {
            at += taken;
            if let Some(message) = message {
                self.message(&message)?;
            }
        }
        buffer.drain(..at);
        self.buffer = buffer;
        if self.received.wrapping_sub(self.acknowledged) >= self.window {
            self.acknowledged = self.received;
            let received = self.received.to_be_bytes();
            self.send(CONTROL, ACKNOWLEDGEMENT, 0, &received);
        }
        Ok(())
    }

    fn message(&mut self, message: &Message) -> Result<(), Over> {
        let number = |at: usize| {
            let bytes = message.body.get(at..)?.first_chunk()?;
            Some(u32::from_be_bytes(*bytes))
        };
        match message.kind {
            SET_CHUNK_SIZE => self.chunks.set_size(number(0).unwrap_or_default()),
            ABORT => self.chunks.abort(number(0).unwrap_or_default()),
            WINDOW_SIZE => self.window = number(0).unwrap_or_default().clamp(1_000, 1 << 30),
            PEER_BANDWIDTH => {
                let window = self.window.to_be_bytes();
                self.send(CONTROL, WINDOW_SIZE, 0, &window);
            }
            USER_CONTROL => {
                // A ping request is answered with what it says (7.1.7, events 6 and 7).
                if let Some((&[0, 6], rest)) = message.body.split_first_chunk() {
                    let answer = [&[0, 7], rest.get(..4).unwrap_or(rest)].concat();
                    self.send(CONTROL, USER_CONTROL, 0, &answer);
                }
            }
            SOUND | VIDEO => self.take(message.kind, message.time, &message.body)?,
            AGGREGATE => self.aggregate(message)?,
            COMMAND | COMMAND_AMF3 if message.body.len() > LONGEST_COMMAND => {
                return Err(Broken("a command that is too long").into());
            }
            COMMAND => self.answer(&read_all(&message.body))?,
            // The first byte says which AMF it is in; commands are in AMF 0 all the same (7.1.1).
            COMMAND_AMF3 => self.answer(&read_all(message.body.get(1..).unwrap_or_default()))?,
            _ => {}
        }
        Ok(())
    }

    fn answer(&mut self, values: &[Value]) -> Result<(), Over> {
        let (name, of) = (values.first().and_then(Value::as_text), values.get(1));
        let of = of.and_then(Value::as_number);
        match (name, self.state) {
            (Some("_result"), State::Connecting) if of == Some(1.0) => {
                self.state = State::Creating;
                let create = [Value::text("createStream"), Value::Number(2.0), Value::Null];
                self.command(COMMANDS, 0, &create);
            }
            (Some("_result"), State::Creating) if of == Some(2.0) => {
                self.state = State::Playing;
                let stream = values.get(3).and_then(Value::as_number).unwrap_or(1.0) as u32;
                let path = Value::text(&self.target.play_path);
                let play = [
                    Value::text("play"),
                    Value::Number(3.0),
                    Value::Null,
                    path,
                    Value::Number(ANY_START),
                ];
                self.command(PLAY, stream, &play);
                let [a, b, c, d] = stream.to_be_bytes();
                let [e, f, g, h] = BUFFER_MS.to_be_bytes();
                self.send(CONTROL, USER_CONTROL, 0, &[0, 3, a, b, c, d, e, f, g, h]);
            }
            (Some("_error"), State::Connecting | State::Creating) => return Err(refused(values)),
            (Some("onStatus"), _) => {
                let get = |name| values.get(3)?.get(name)?.as_text();
                match get("code") {
                    Some(
                        "NetStream.Play.Stop"
                        | "NetStream.Play.Complete"
                        | "NetStream.Play.UnpublishNotify",
                    ) => {
                        self.state = State::Ended;
                    }
                    _ if get("level") == Some("error") => return Err(refused(values)),
                    _ => {}
                }
            }
            (Some("close"), _) => self.state = State::Ended,
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self, kind: u8, time: u32, body: &[u8]) -> Result<(), Over> {
        let is_enhanced = body.first().is_some_and(|first| first & ENHANCED != 0);
        if kind == VIDEO && is_enhanced && !self.takes_enhanced {
            return self.leave_out(body);
        }
        self.play(kind, time, body);
        Ok(())
    }

    /// A picture is left out that libav would take for one of another codec. One among others may be there for that alone.
    fn leave_out(&mut self, body: &[u8]) -> Result<(), Over> {
        self.left_out = self.left_out.saturating_add(1);
        if self.began != Began::No || self.left_out < MOST_ENHANCED {
            return Ok(());
        }
        let known = CODECS.iter().find(|(code, _)| body[1..].starts_with(*code));
        let codec = known.map_or("an unknown codec", |(_, name)| name);
        Err(Over::Enhanced(codec))
    }

    /// The header says which tracks there are, and libav waits for what it says. So it is given out once sound has come or
    /// the video has gone on without any for a while; what comes later is left out.
    fn play(&mut self, kind: u8, time: u32, body: &[u8]) {
        match (kind, self.began) {
            (SOUND, Began::No) => self.keep_sound(time, body),
            (SOUND, Began::Waiting(_)) => {
                self.keep_sound(time, body);
                self.tell_sound();
            }
            (SOUND, Began::Yes) if self.sound.is_none() => {}
            (VIDEO, Began::No) => {
                self.began = Began::Waiting(None);
                self.flv.extend_from_slice(FLV);
                self.tell_sound();
                self.play(kind, time, body);
            }
            (VIDEO, Began::Waiting(since)) => {
                self.tag(kind, time, body);
                self.began = still_waiting(since, time, body);
                if self.flv.len() > MOST_WAITING {
                    self.began = Began::Yes;
                }
            }
            _ => self.tag(kind, time, body),
        }
    }

    /// Says that there is sound, where there is.
    fn tell_sound(&mut self) {
        if let Some((time, header)) = self.sound.clone() {
            self.flv[TRACKS] |= WITH_SOUND;
            self.tag(SOUND, time, &header);
            self.began = Began::Yes;
        }
    }

    /// Of the sound before that its sequence header stays. Other sound than AAC is not played: nobody sends it.
    fn keep_sound(&mut self, time: u32, body: &[u8]) {
        if let [first, SEQUENCE_HEADER, ..] = body
            && first >> 4 == AAC
        {
            self.sound = Some((time, body.to_vec()));
        }
    }

    /// One tag (E.4.1), and how long it is. A message is below 16 MiB, as a tag has to be.
    fn tag(&mut self, kind: u8, time: u32, body: &[u8]) {
        let length = body.len() as u32;
        let [_, a, b, c] = length.to_be_bytes();
        let [upper, d, e, f] = time.to_be_bytes();
        self.flv.extend([kind, a, b, c, d, e, f, upper, 0, 0, 0]);
        self.flv.extend_from_slice(body);
        self.flv.extend((length + 11).to_be_bytes());
    }

    /// Several messages in one, each like a tag of FLV (7.1.6). Their times count from that of the first.
    fn aggregate(&mut self, message: &Message) -> Result<(), Over> {
        let mut rest = message.body.as_slice();
        let mut first = None;
        while let Some((&[kind, a, b, c, d, e, f, upper, _, _, _], after)) =
            rest.split_first_chunk()
        {
            let length = u32::from_be_bytes([0, a, b, c]) as usize;
            let time = u32::from_be_bytes([upper, d, e, f]);
            let first = *first.get_or_insert(time);
            let Some(body) = after.get(..length) else {
                break;
            };
            if kind == VIDEO || kind == SOUND {
                let time = message.time.wrapping_add(time.wrapping_sub(first));
                self.take(kind, time, body)?;
            }
            // The length of the tag follows again.
            rest = after.get(length + 4..).unwrap_or_default();
        }
        Ok(())
    }

    fn command(&mut self, chunk_stream: u8, stream: u32, values: &[Value]) {
        let body = write_all(values);
        self.send(chunk_stream, COMMAND, stream, &body);
    }

    fn send(&mut self, chunk_stream: u8, kind: u8, stream: u32, body: &[u8]) {
        let chunks = chunk::write(chunk_stream, kind, stream, body, OUR_CHUNKS);
        self.out.extend(chunks);
    }
}

/// Whether the video that began at `since` goes on for long enough, with `body` at `time`, to be taken to have no sound.
fn still_waiting(since: Option<u32>, time: u32, body: &[u8]) -> Began {
    // What tells of all that follows is no frame, and has no time of its own.
    let is_header = matches!(body, [first, SEQUENCE_HEADER, ..] if first & 0x0f == AVC);
    let since = since.or((!is_header).then_some(time));
    match since {
        Some(since) if time.wrapping_sub(since) >= AWAIT_SOUND => Began::Yes,
        since => Began::Waiting(since),
    }
}

/// What the server says may quote the stream key: only a code that looks like one is passed on.
fn refused(values: &[Value]) -> Over {
    let codes = values
        .iter()
        .filter_map(|value| value.get("code")?.as_text());
    let known = |code: &&str| {
        let plain = code.chars().all(|c| c.is_ascii_alphabetic() || c == '.');
        code.len() < 60
            && plain
            && (code.starts_with("NetStream.") || code.starts_with("NetConnection."))
    };
    let code = codes.into_iter().find(known);
    Over::Refused(code.unwrap_or("without a reason").to_owned())
}

#[cfg(test)]
mod tests;
