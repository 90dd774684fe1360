//! What libav logs goes to `tracing`, as the word of the stream that it is about: with its id, without its secrets, and
//! never so much of it that others are not heard.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use libav_log::Level;
use tracing::level_filters::LevelFilter;

use crate::clock::Clock;
use crate::config::Location;
use crate::telemetry::plain;

/// Lines that a stream may say at once, and how long it takes until it may say one more. A broken stream gives tens a
/// second, and all say the same.
const BURST: u32 = 5;
const REFILL: Duration = Duration::from_secs(30);

/// Characters of a line that are kept.
const LONGEST: usize = 300;

/// From how many bytes on a secret is hidden inside of words too; a shorter one is in every other word by chance.
const HIDDEN_ANYWHERE: usize = 4;

thread_local! {
    /// The stream that this thread works for.
    static SPEAKER: RefCell<Option<StreamLog>> = const { RefCell::new(None) };
}

/// Sends libav's log to `tracing`, as far as the filter lets it through, and no more of it than that to this process.
pub(super) fn install() {
    // A line that nobody would see is not even formatted.
    let least = match LevelFilter::current() {
        LevelFilter::TRACE => Some(Level::Verbose),
        LevelFilter::DEBUG => Some(Level::Warning),
        LevelFilter::INFO | LevelFilter::WARN => Some(Level::Error),
        _ => None,
    };
    libav_log::install(least, hear);
}

/// What one stream says in libav's log. Clones share what they may still say.
#[derive(Debug, Clone)]
pub struct StreamLog {
    id: Arc<str>,
    secrets: Arc<[String]>,
    clock: Clock,
    said: Arc<Mutex<Said>>,
}

/// How much a stream has said.
#[derive(Debug, Default)]
struct Said {
    /// Of its burst, and when the last one of it came back, µs of the clock.
    spent: u32,
    since_us: i64,
    left_out: u64,
}

/// Until it is dropped, what libav logs on this thread is about one stream.
#[must_use = "it ends when it is dropped"]
pub struct Speaking(Option<StreamLog>);

impl StreamLog {
    /// For the stream `id`, which comes from `location`.
    pub fn new(id: &str, location: &Location, clock: Clock) -> Self {
        Self {
            id: id.into(),
            secrets: location.secrets().into(),
            clock,
            said: Arc::default(),
        }
    }

    /// What libav logs on this thread from now on is about this stream.
    pub fn speak(&self) -> Speaking {
        Speaking(SPEAKER.replace(Some(self.clone())))
    }

    /// Whether it may say one more line, and how many were left out before it.
    fn may_speak(&self) -> Option<u64> {
        let now_us = self.clock.monotonic_us();
        let refill_us = REFILL.as_micros() as i64;
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let back = (now_us - said.since_us) / refill_us;
        said.spent = said
            .spent
            .saturating_sub(u32::try_from(back).unwrap_or(u32::MAX));
        said.since_us += back * refill_us;
        if said.spent >= BURST {
            said.left_out += 1;
            return None;
        }
        said.spent += 1;
        Some(std::mem::take(&mut said.left_out))
    }
}

impl Drop for Speaking {
    fn drop(&mut self) {
        SPEAKER.set(self.0.take());
    }
}

/// One line of libav's.
fn hear(level: Level, line: &str) {
    let speaker = SPEAKER.with_borrow(Clone::clone);
    let Some(left_out) = speaker.as_ref().map_or(Some(0), StreamLog::may_speak) else {
        return;
    };
    let id = speaker.as_ref().map(|speaker| &*speaker.id);
    let secrets = speaker.as_ref().map_or(&[][..], |speaker| &speaker.secrets);
    let left_out = (left_out > 0).then_some(left_out);
    let line = cleaned(line, secrets);
    // An error of a stream is none of ours: it is watched on as well as it goes.
    // `tracing` wants its level as a constant.
    macro_rules! say {
        ($level:expr) => {
            tracing::event!(target: "libav", $level, { stream.id = id, left_out }, "libav: {line}")
        };
    }
    match level {
        Level::Error => say!(tracing::Level::WARN),
        // Among them that it knows little of a live stream, each time that one is opened.
        Level::Warning => say!(tracing::Level::DEBUG),
        Level::Info | Level::Verbose => say!(tracing::Level::TRACE),
    }
}

/// `line` without secrets, addresses in memory and what a terminal would obey.
fn cleaned(line: &str, secrets: &[String]) -> String {
    let line = plain(line);
    let line = without_addresses(&line);
    let words = line
        .split_whitespace()
        .map(|word| cleaned_word(word, secrets));
    let clean = words.collect::<Vec<_>>().join(" ");
    match clean.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &clean[..at]),
        None => clean,
    }
}

/// `[h264 @ 0x55d0c8a3e2c0]` is `[h264]`: where it lies in memory helps nobody but an attacker.
fn without_addresses(line: &str) -> String {
    let mut parts = line.split(" @ 0x");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |clean, part| {
        clean + part.trim_start_matches(|c: char| c.is_ascii_hexdigit())
    })
}

fn cleaned_word(word: &str, secrets: &[String]) -> String {
    if let Some(at) = word.find("://") {
        let scheme = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let before = word[..at].trim_end_matches(scheme);
        let url = &word[before.len()..];
        return match url.parse::<Location>() {
            Ok(location @ Location::Url(_)) => format!("{before}{location}"),
            _ => format!("{before}{}://***", &word[before.len()..at]),
        };
    }
    // What follows the name of a file may be a signature.
    let (name, query) = word
        .split_once('?')
        .map_or((word, ""), |(name, _)| (name, "?***"));
    let inner = |c: char| c.is_alphanumeric() || "_-".contains(c);
    let hidden = secrets.iter().fold(name.to_owned(), |name, secret| {
        if secret.len() >= HIDDEN_ANYWHERE || name.trim_matches(|c| !inner(c)) == secret {
            name.replace(secret.as_str(), "***")
        } else {
            name
        }
    });
    hidden + query
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(url: &str) -> Vec<String> {
        url.parse::<Location>().unwrap().secrets()
    }

    #[test]
    fn no_secret_is_said_in_any_form() {
        let url = "rtmp://user:pa%20ss@host.example/live/s3%2Dcret/b7?token=to%2Bken&x=q9#frag";
        let secrets = secrets(url);
        for line in [
            url,
            "Cannot open 'rtmp://user:pa%20ss@host.example/live/s3%2Dcret/b7?token=to%2Bken'",
            "stream s3-cret not found",
            "stream=s3%2Dcret&more",
            "no such name: b7.",
            "seg1.ts?sig=to+ken",
            "got to+ken, which",
            "(q9)",
            "user said pa%20ss",
            "key=rtmps://other.example/app/b7/s3-cret",
            "http://[broken/b7",
            "tcp://host.example:1935?listen&b7",
        ] {
            let clean = cleaned(line, &secrets);
            for secret in [
                "s3-cret", "s3%2D", "pa%20ss", "to+ken", "to%2B", "q9", "frag", "b7", "sig=",
            ] {
                assert!(!clean.contains(secret), "{line}: {clean}");
            }
        }
        // What is short hides nothing of other words.
        assert_eq!(cleaned("q9x ab7", &secrets), "q9x ab7");
    }

    #[test]
    fn a_line_is_one_short_line_without_addresses() {
        let line = "[mov,mp4 @ 0x7f00aA12] [h264 @ 0x55d0c8a3e2c0]  a\u{1b}[31m\nb\u{202e}c @ 0x";
        assert_eq!(
            cleaned(line, &[]),
            "[mov,mp4] [h264] a\u{fffd}[31m\u{fffd}b\u{fffd}c"
        );
        let long = cleaned(&"\u{5fae}".repeat(5_000), &[]);
        assert_eq!(long.chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_stream_that_says_much_is_cut_short_and_another_is_heard() {
        let file = Location::file(std::path::Path::new("x.mp4"));
        let one = StreamLog::new("one", &file, Clock::system());
        let said = (0..1_000).filter_map(|_| one.clone().may_speak()).count();
        assert_eq!(said as u32, BURST);
        let other = StreamLog::new("other", &file, Clock::system());
        assert_eq!(other.may_speak(), Some(0));
        // Half a minute later.
        one.said.lock().unwrap().since_us -= REFILL.as_micros() as i64;
        assert_eq!(one.may_speak(), Some(1_000 - u64::from(BURST)));
        assert_eq!(one.may_speak(), None);
    }

    #[test]
    fn who_speaks_is_who_spoke_before_where_another_is_done() {
        let who = || SPEAKER.with_borrow(|speaker| speaker.as_ref().map(|s| s.id.to_string()));
        let file = Location::file(std::path::Path::new("x.mp4"));
        let [a, b] = ["a", "b"].map(|id| StreamLog::new(id, &file, Clock::system()));
        let outer = a.speak();
        {
            let _inner = b.speak();
            assert_eq!(who().as_deref(), Some("b"));
        }
        assert_eq!(who().as_deref(), Some("a"));
        drop(outer);
        assert_eq!(who(), None);
    }
}
