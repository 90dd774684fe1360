//! How often a stream is looked at.

use std::fmt;
use std::str::FromStr;

/// How often a stream is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sample {
    /// Every keyframe, and frames in between where keyframes are further apart than `max_gap`.
    #[default]
    Auto,
    /// Every keyframe and nothing else.
    Keyframes,
    /// Every frame.
    All,
    /// This many looks a second, 1 to 60.
    Rate(u8),
}

impl FromStr for Sample {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "keyframes" => Ok(Self::Keyframes),
            "all" => Ok(Self::All),
            _ => match text.parse() {
                Ok(rate @ 1..=60) => Ok(Self::Rate(rate)),
                _ => Err("expected auto, keyframes, all, or 1 to 60 looks a second".to_owned()),
            },
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Keyframes => f.write_str("keyframes"),
            Self::All => f.write_str("all"),
            Self::Rate(rate) => write!(f, "{rate}"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Sample {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(
            untagged,
            expecting = "expected auto, keyframes, all, or 1 to 60 looks a second"
        )]
        enum Written {
            Number(u8),
            Text(String),
        }
        let text = match Written::deserialize(deserializer)? {
            Written::Number(number) => number.to_string(),
            Written::Text(text) => text,
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        for sample in [
            Sample::Auto,
            Sample::Keyframes,
            Sample::All,
            Sample::Rate(1),
            Sample::Rate(60),
        ] {
            assert_eq!(sample.to_string().parse(), Ok(sample));
        }
        for wrong in ["", "0", "61", "-1", "2.5", "Auto", "999999999999"] {
            assert!(wrong.parse::<Sample>().is_err(), "{wrong}");
        }
    }
}
