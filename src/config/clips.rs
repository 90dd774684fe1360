//! What is kept of a stream as a clip.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

/// The classes of verdicts, as policies and events name them.
const CLASSES: [&str; 3] = ["on_platform", "off_platform", "unknown"];

/// The longest that a clip begins before what it shows, or goes on after it.
const LONGEST: Duration = Duration::from_mins(1);

/// The clips that prove incidents.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clips {
    /// How long before the first sighting they begin.
    #[serde(rename = "before_ms", deserialize_with = "millis")]
    pub before: Duration,
    /// How long after it they end.
    #[serde(rename = "after_ms", deserialize_with = "millis")]
    pub after: Duration,
    /// Incidents of which classes have one.
    #[serde(deserialize_with = "classes")]
    pub classes: Vec<String>,
}

impl Default for Clips {
    fn default() -> Self {
        Self {
            before: Duration::from_secs(10),
            after: Duration::from_secs(10),
            // The platform's own codes are on the screen all day.
            classes: ["off_platform", "unknown"].map(str::to_owned).to_vec(),
        }
    }
}

impl Clips {
    /// No clips.
    pub fn none() -> Self {
        Self {
            classes: Vec::new(),
            ..Self::default()
        }
    }

    /// Whether incidents of this class have one.
    pub fn are_of(&self, class: &str) -> bool {
        self.classes.iter().any(|of| of == class)
    }
}

/// Whole milliseconds, up to the longest.
fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let time = Duration::from_millis(u64::deserialize(deserializer)?);
    if time > LONGEST {
        let most = LONGEST.as_millis();
        let message = format!(
            "{} ms is out of range, expected 0 to {most}",
            time.as_millis()
        );
        return Err(serde::de::Error::custom(message));
    }
    Ok(time)
}

fn classes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let classes = Vec::<String>::deserialize(deserializer)?;
    match classes
        .iter()
        .find(|class| !CLASSES.contains(&class.as_str()))
    {
        Some(class) => Err(serde::de::Error::custom(format!(
            "`{class}` is no class, expected {}",
            CLASSES.map(|class| format!("`{class}`")).join(", ")
        ))),
        None => Ok(classes),
    }
}
