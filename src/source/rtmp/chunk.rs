//! RTMP's chunk stream (Adobe, "Real-Time Messaging Protocol", 1.0, section 5.3): messages are cut into chunks, those of
//! several messages lie among one another.

use std::collections::HashMap;

/// Bytes of messages that may be under way at once: the longest message there can be, and a little beside it.
const MOST_BYTES: usize = 17 << 20;
/// Chunk streams that may be in use at once.
const MOST_STREAMS: usize = 64;
/// What a time field holds where the time follows in four bytes of its own (5.3.1.3).
const EXTENDED: u32 = 0xff_ffff;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) kind: u8,
    /// In ms.
    pub(super) time: u32,
    pub(super) body: Vec<u8>,
}

/// The other side does not speak the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(in crate::source) struct Broken(pub(super) &'static str);

/// Puts messages together from chunks.
#[derive(Debug)]
pub(super) struct Chunks {
    size: usize,
    streams: HashMap<u32, Stream>,
    /// Of messages that are under way.
    held: usize,
}

#[derive(Debug, Default)]
struct Stream {
    /// The time field of its last header: a time, or what is added to the last one.
    field: u32,
    time: u32,
    length: usize,
    kind: u8,
    body: Vec<u8>,
}

/// What stands before a chunk's data.
struct Header {
    bytes: usize,
    stream: u32,
    /// 0 to 3: how much of the header is left out.
    format: u8,
    field: Option<u32>,
    length_and_kind: Option<(usize, u8)>,
}

impl Chunks {
    pub(super) fn new() -> Self {
        Self {
            size: 128,
            streams: HashMap::new(),
            held: 0,
        }
    }

    /// How long chunks are from now on (5.4.1).
    pub(super) fn set_size(&mut self, size: u32) {
        // The first bit is zero; a message is never longer than 2^24, so neither is a chunk.
        self.size = (size & 0x7fff_ffff).clamp(1, 1 << 24) as usize;
    }

    /// What has come of a message on this chunk stream is void (5.4.2).
    pub(super) fn abort(&mut self, stream: u32) {
        if let Some(stream) = self.streams.get_mut(&stream) {
            self.held -= stream.body.len();
            stream.body = Vec::new();
        }
    }

    /// Takes one chunk from the front of `bytes`: how many bytes it is long, and the message that it ends, if it does.
    /// `None` where more bytes are needed.
    pub(super) fn take(
        &mut self,
        bytes: &[u8],
    ) -> Result<Option<(usize, Option<Message>)>, Broken> {
        let Some(mut header) = Header::read(bytes) else {
            return Ok(None);
        };
        if !self.streams.contains_key(&header.stream) {
            if header.format != 0 {
                return Err(Broken("a chunk that refers to none before it"));
            }
            if self.streams.len() == MOST_STREAMS {
                return Err(Broken("too many chunk streams"));
            }
        }
        let known = self.streams.get(&header.stream);
        // It is there too in chunks that leave their header out (5.3.1.3).
        let field = header.field.or(known.map(|stream| stream.field));
        let mut extended = None;
        if field.is_some_and(|field| field >= EXTENDED) {
            let Some(time) = bytes
                .get(header.bytes..)
                .and_then(|rest| rest.first_chunk())
            else {
                return Ok(None);
            };
            extended = Some(u32::from_be_bytes(*time).max(EXTENDED));
            header.bytes += 4;
        }
        let (length, got) = match (header.length_and_kind, known) {
            (Some((length, _)), _) => (length, 0),
            (None, known) => known.map_or((0, 0), |known| (known.length, known.body.len())),
        };
        let data = self.size.min(length - got.min(length));
        let whole = header.bytes + data;
        let Some(data) = bytes.get(header.bytes..whole) else {
            return Ok(None);
        };
        if self.held + data.len() > MOST_BYTES {
            return Err(Broken("too much under way at once"));
        }
        let stream = self.streams.entry(header.stream).or_default();
        if header.format < 3 && !stream.body.is_empty() {
            // The message before was never ended.
            self.held -= stream.body.len();
            stream.body = Vec::new();
        }
        stream.begin(&header, extended);
        stream.body.extend_from_slice(data);
        self.held += data.len();
        if stream.body.len() < stream.length {
            return Ok(Some((whole, None)));
        }
        self.held -= stream.body.len();
        let message = Message {
            kind: stream.kind,
            time: stream.time,
            body: std::mem::take(&mut stream.body),
        };
        Ok(Some((whole, Some(message))))
    }
}

impl Stream {
    /// What the header of a chunk says of the message that it begins, or nothing where it goes on with one.
    fn begin(&mut self, header: &Header, extended: Option<u32>) {
        if let Some((length, kind)) = header.length_and_kind {
            (self.length, self.kind) = (length, kind);
        }
        if header.format == 3 && !self.body.is_empty() {
            return;
        }
        self.field = extended.or(header.field).unwrap_or(self.field);
        self.time = match header.format {
            0 => self.field,
            _ => self.time.wrapping_add(self.field),
        };
    }
}

impl Header {
    /// `None` where it is not all there. The time in four bytes of its own is not part of it.
    fn read(bytes: &[u8]) -> Option<Self> {
        let (&first, rest) = bytes.split_first()?;
        let (stream, basic) = match first & 0x3f {
            0 => (64 + u32::from(*rest.first()?), 2),
            1 => {
                let [low, high] = *rest.first_chunk()?;
                (64 + u32::from(low) + 256 * u32::from(high), 3)
            }
            few => (u32::from(few), 1),
        };
        let format = first >> 6;
        let long = [11, 7, 3, 0][usize::from(format)];
        let message = bytes.get(basic..basic + long)?;
        let u24 = |at: usize| {
            Some(u32::from_be_bytes([
                0,
                *message.get(at)?,
                *message.get(at + 1)?,
                *message.get(at + 2)?,
            ]))
        };
        let length_and_kind = u24(3).zip(message.get(6).copied());
        Some(Self {
            bytes: basic + long,
            stream,
            format,
            field: u24(0),
            length_and_kind: length_and_kind.map(|(length, kind)| (length as usize, kind)),
        })
    }
}

/// A message in chunks of `size` bytes, on a chunk stream below 64.
pub(super) fn write(
    stream: u8,
    kind: u8,
    message_stream: u32,
    body: &[u8],
    size: usize,
) -> Vec<u8> {
    let mut out = vec![stream, 0, 0, 0];
    out.extend(&(body.len() as u32).to_be_bytes()[1..]);
    out.push(kind);
    // The one number that is little-endian (5.3.1.2.1).
    out.extend(message_stream.to_le_bytes());
    for (at, part) in body.chunks(size).enumerate() {
        if at > 0 {
            out.push(0xc0 | stream);
        }
        out.extend(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All messages of `bytes`, which come a few at a time.
    fn read(chunks: &mut Chunks, bytes: &[u8], at_once: usize) -> Result<Vec<Message>, Broken> {
        let (mut buffer, mut messages) = (Vec::new(), Vec::new());
        for part in bytes.chunks(at_once) {
            buffer.extend_from_slice(part);
            while let Some((taken, message)) = chunks.take(&buffer)? {
                buffer.drain(..taken);
                messages.extend(message);
            }
        }
        Ok(messages)
    }

    fn message(kind: u8, time: u32, body: &[u8]) -> Message {
        let body = body.to_vec();
        Message { kind, time, body }
    }

    #[test]
    fn messages_are_put_together_however_they_come() {
        let long: Vec<u8> = (0..1_000).map(|n| n as u8).collect();
        let mut bytes = write(3, 20, 0, &long, 128);
        bytes.extend(write(4, 8, 1, b"", 128));
        // The same length and kind, 40 ms later; the same again; chunk streams 64 and 320.
        bytes.extend(write(6, 9, 1, b"abc", 128));
        bytes.extend([0x86, 0, 0, 40, b'd', b'e', b'f', 0xc6, b'g', b'h', b'i']);
        bytes.extend([0, 0, 0, 0, 7, 0, 0, 1, 9, 1, 0, 0, 0, b'x']);
        bytes.extend([1, 0, 1, 0, 0, 9, 0, 0, 1, 9, 1, 0, 0, 0, b'y']);
        let expected = [
            message(20, 0, &long),
            message(8, 0, b""),
            message(9, 0, b"abc"),
            message(9, 40, b"def"),
            message(9, 80, b"ghi"),
            message(9, 7, b"x"),
            message(9, 9, b"y"),
        ];
        for at_once in [1, 7, 5_000] {
            assert_eq!(read(&mut Chunks::new(), &bytes, at_once).unwrap(), expected);
        }
    }

    #[test]
    fn a_chunk_that_refers_to_none_before_it_is_refused() {
        for first in [0x46, 0x86, 0xc6] {
            let bytes = [first, 0, 0, 5, 0, 0, 1, 9, 0];
            assert!(read(&mut Chunks::new(), &bytes, 9).is_err(), "{first:x}");
        }
    }

    #[test]
    fn chunks_of_two_messages_lie_among_one_another() {
        let (one, other) = ([1; 200], [2; 200]);
        let [one_chunks, other_chunks] =
            [(4, &one), (6, &other)].map(|(s, body)| write(s, 9, 1, body, 128));
        let mut bytes = one_chunks[..140].to_vec();
        bytes.extend(&other_chunks[..140]);
        bytes.extend(&one_chunks[140..]);
        bytes.extend(&other_chunks[140..]);
        let messages = read(&mut Chunks::new(), &bytes, 9).unwrap();
        assert_eq!(messages, [message(9, 0, &one), message(9, 0, &other)]);
    }

    #[test]
    fn a_time_beyond_three_bytes_is_in_every_chunk() {
        // After 4 hours and 40 minutes.
        let time = 0x0100_0005_u32;
        let mut bytes = vec![6, 0xff, 0xff, 0xff, 0, 0, 130, 9, 1, 0, 0, 0];
        bytes.extend(time.to_be_bytes());
        bytes.extend([7; 128]);
        bytes.push(0xc6);
        bytes.extend(time.to_be_bytes());
        bytes.extend([7; 2]);
        let messages = read(&mut Chunks::new(), &bytes, 3).unwrap();
        assert_eq!(messages, [message(9, time, &[7; 130])]);
    }

    #[test]
    fn sizes_and_aborts_are_followed() {
        let mut chunks = Chunks::new();
        chunks.set_size(2);
        assert_eq!(
            read(&mut chunks, &write(3, 9, 1, b"abcde", 2)[..14], 50).unwrap(),
            []
        );
        chunks.abort(3);
        chunks.abort(9);
        assert_eq!(chunks.held, 0);
        assert_eq!(
            read(&mut chunks, &write(3, 9, 1, b"xyz", 2), 50).unwrap(),
            [message(9, 0, b"xyz")]
        );
        // A message that a new one takes the place of.
        let bytes = [&write(3, 9, 1, b"abc", 2)[..14], &write(3, 9, 1, b"de", 2)].concat();
        assert_eq!(
            read(&mut chunks, &bytes, 50).unwrap(),
            [message(9, 0, b"de")]
        );
        for size in [0, u32::MAX] {
            chunks.set_size(size);
            assert!((1..=1 << 24).contains(&chunks.size));
        }
    }

    #[test]
    fn what_is_under_way_is_bounded() {
        let mut chunks = Chunks::new();
        chunks.set_size(1 << 24);
        let begun = |stream: u8| {
            let mut bytes = vec![stream, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0];
            bytes.resize(12 + (1 << 20), 0);
            bytes
        };
        chunks.set_size(1 << 20);
        let result =
            (3..30).try_for_each(|stream| read(&mut chunks, &begun(stream), 1 << 21).map(|_| ()));
        assert_eq!(result, Err(Broken("too much under way at once")));
        assert!(chunks.held <= MOST_BYTES);
        let mut chunks = Chunks::new();
        let many: Vec<u8> = (0..100)
            .flat_map(|n| [0, n, 0, 0, 0, 0, 0, 0, 9, 1, 0, 0, 0])
            .collect();
        assert_eq!(
            read(&mut chunks, &many, 50),
            Err(Broken("too many chunk streams"))
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..2_000), size in any::<u32>()) {
            let mut chunks = Chunks::new();
            chunks.set_size(size);
            let all: usize = read(&mut chunks, &bytes, 100).map_or(0, |messages| messages.iter().map(|m| m.body.len()).sum());
            prop_assert!(all <= bytes.len());
            let held: usize = chunks.streams.values().map(|stream| stream.body.len()).sum();
            prop_assert_eq!(held, chunks.held);
        }
    }
}
