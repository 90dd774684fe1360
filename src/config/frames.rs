//! Still pictures that are sent to the service in place of a video: `[frames]` of the configuration file.

use std::time::Duration;

use serde::Deserialize;

use crate::config::file::{millis, within};

/// Whether and how many still pictures are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Frames {
    /// Whether they are.
    pub enabled: bool,
    /// The most bytes of one.
    #[serde(deserialize_with = "within::<_, _, 1_024, 67_108_864>")]
    pub max_bytes: usize,
    /// The most pixels of one.
    #[serde(deserialize_with = "within::<_, _, 1_024, 100_000_000>")]
    pub max_pixels: u32,
    /// The most of one stream, each second.
    #[serde(deserialize_with = "within::<_, _, 1, 60>")]
    pub stream_rate: u16,
    /// The most of all streams, each second.
    #[serde(deserialize_with = "within::<_, _, 1, 10_000>")]
    pub rate: u16,
    /// The most that are on their way at once: received, or waiting to be looked at.
    #[serde(deserialize_with = "within::<_, _, 1, 1_024>")]
    pub waiting: u16,
    /// An incident of a stream of stills ends when its destination was not seen for this long. Stills are further apart
    /// than the frames of a video.
    #[serde(rename = "gap_ms", deserialize_with = "millis")]
    pub gap: Duration,
    /// A stream that began with its first still ends when none came for this long.
    #[serde(rename = "idle_ms", deserialize_with = "millis")]
    pub idle: Duration,
}

impl Default for Frames {
    fn default() -> Self {
        Self {
            enabled: true,
            max_bytes: 4 << 20,
            // 4096 × 2304.
            max_pixels: 9_437_184,
            stream_rate: 5,
            rate: 100,
            waiting: 64,
            gap: Duration::from_secs(30),
            idle: Duration::from_mins(10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    #[test]
    fn what_is_not_given_is_usual_and_what_is_wrong_has_its_place() {
        assert_eq!(Config::parse("").unwrap().frames, Frames::default());
        let config = Config::parse("[frames]\nrate = 7\ngap_ms = 1500\nenabled = false").unwrap();
        let expected = Frames {
            enabled: false,
            rate: 7,
            gap: Duration::from_millis(1_500),
            ..Frames::default()
        };
        assert_eq!(config.frames, expected);
        for (text, said) in [
            ("rate = 0", "expected 1 to 10000"),
            ("stream_rate = 61", "expected 1 to 60"),
            ("max_bytes = 10", "expected 1024 to"),
            ("max_pixels = 100000001", "expected 1024 to"),
            ("waiting = 0", "expected 1 to 1024"),
            ("idle_ms = 0", "expected 1 to"),
            ("size = 1", "unknown field `size`"),
        ] {
            let error = Config::parse(&format!("[frames]\n{text}")).unwrap_err();
            assert_eq!(error.line, 2, "{text}");
            assert!(error.message.contains(said), "{text}: {error}");
        }
    }
}
