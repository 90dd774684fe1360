//! What is done about incidents, and how far Waylay may go by itself.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::file::{millis, within};

/// Bytes of the longest way to object.
const LONGEST_APPEAL: usize = 200;

/// How far Waylay may go by itself with what touches a stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActionMode {
    /// It says what it would do.
    #[default]
    Off,
    /// It asks a reviewer.
    Ask,
    /// It acts.
    Auto,
}

impl ActionMode {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ask => "ask",
            Self::Auto => "auto",
        }
    }
}

/// What is done about incidents for which the policy wants a stream warned or cut.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Actions {
    /// How far Waylay may go by itself.
    pub mode: ActionMode,
    /// For how many minutes a stream that was cut may not be published again.
    #[serde(deserialize_with = "within::<_, _, 1, 43_200>")]
    pub ban_minutes: u32,
    /// How to object, for the notice to the host: a sentence or an address.
    #[serde(deserialize_with = "appeal")]
    pub appeal: String,
    /// Frames in which both readers have to read the same before a stream is cut.
    #[serde(deserialize_with = "within::<_, _, 2, 20>")]
    pub frames: u32,
    /// Frames where one reader alone reads it.
    #[serde(deserialize_with = "within::<_, _, 2, 20>")]
    pub frames_of_one_reader: u32,
    /// The least time between two actions of a kind on one stream.
    #[serde(rename = "per_stream_ms", deserialize_with = "millis")]
    pub per_stream: Duration,
    /// So many cuts of all streams within the time of the brake, and a reviewer is asked from then on.
    #[serde(deserialize_with = "within::<_, _, 0, 1_000>")]
    pub brake_cuts: u32,
    /// The time of the brake.
    #[serde(rename = "brake_ms", deserialize_with = "millis")]
    pub brake: Duration,
}

impl Default for Actions {
    fn default() -> Self {
        Self {
            mode: ActionMode::Off,
            ban_minutes: 60,
            appeal: "ask the platform".to_owned(),
            frames: 2,
            frames_of_one_reader: 3,
            per_stream: Duration::from_mins(1),
            brake_cuts: 10,
            brake: Duration::from_mins(10),
        }
    }
}

impl Actions {
    /// The most reads that a cut waits for.
    pub fn prompt_reads(&self) -> u32 {
        self.frames.max(self.frames_of_one_reader)
    }
}

fn appeal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let fits = (1..=LONGEST_APPEAL).contains(&text.trim().len());
    if !fits || text.len() > LONGEST_APPEAL || text.contains(char::is_control) {
        return Err(serde::de::Error::custom(format!(
            "expected 1 to {LONGEST_APPEAL} bytes on one line"
        )));
    }
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use crate::config::{ActionMode, Config};

    #[test]
    fn nothing_is_done_unless_somebody_says_so() {
        let actions = Config::parse("").unwrap().actions;
        assert_eq!(actions.mode, ActionMode::Off);
        let actions = Config::parse("[actions]\nmode = 'auto'\nframes = 4")
            .unwrap()
            .actions;
        assert_eq!(
            (actions.mode, actions.prompt_reads()),
            (ActionMode::Auto, 4)
        );
    }

    #[test]
    fn a_single_read_is_never_enough() {
        for line in [
            "frames = 1",
            "frames_of_one_reader = 1",
            "ban_minutes = 0",
            "mode = 'on'",
            "appeal = ''",
            "appeal = \"a\\nb\"",
            "brake_cuts = 1001",
            "per_stream_ms = 0",
        ] {
            let error = Config::parse(&format!("[actions]\n{line}")).unwrap_err();
            assert_eq!(error.line, 2, "{line}: {error}");
        }
    }
}
