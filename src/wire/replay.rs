//! What `waylay replay --json` says, and what `--compare` reads back.

use serde::{Deserialize, Serialize};

/// The version of this form. Keys are added; one that is removed or renamed makes another version.
pub const FORMAT: &str = "waylay.replay.v1";

/// One replay of a set of samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// [`FORMAT`].
    pub format: String,
    /// The version of the program.
    pub version: String,
    /// How often was looked, where a sample does not say.
    pub sampling: String,
    /// Who read, by name; empty in runs of before there was a choice.
    #[serde(default)]
    pub readers: String,
    /// Codes that were found; with those that are labelled as unreadable and were located.
    pub found: usize,
    /// Codes that were not found and are required.
    pub missed: usize,
    /// Codes that were not found and are not required.
    pub beyond: usize,
    /// Payloads that no label names.
    pub wrong: usize,
    /// The figures of all samples together.
    pub total: Figures,
    /// The figures of each tactic, by name.
    pub tactics: Vec<Group>,
    /// The figures of each size of modules, from small to large.
    pub module_px: Vec<Group>,
    /// What a frame cost; absent where none was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Cpu>,
    /// What had to be reached.
    pub floors: Floors,
    /// Everything that keeps this replay from passing, one line each.
    pub failures: Vec<String>,
    /// Each sample, in the order of the manifest.
    pub samples: Vec<Sample>,
    /// How it differs from an earlier one, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

/// How well codes were found. Codes that are labelled as unreadable do not count.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Labelled codes.
    pub codes: usize,
    /// Those that were found.
    pub found: usize,
    /// Payloads that no label names.
    pub wrong: usize,
    /// `found` of `codes`, 0 to 1; absent where there is no code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
    /// `found` of `found` and `wrong`, 0 to 1; absent where nothing was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
    /// From the first frame that shows a code to the first look that read it, in clips; absent where
    /// none was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_read_ms: Option<Spread>,
}

/// The figures of some of the codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What they have in common.
    pub name: String,
    /// How well they were found.
    #[serde(flatten)]
    pub figures: Figures,
}

/// How times are spread, in ms of media time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// Half of them are no longer.
    pub median: i64,
    /// Nine in ten are no longer.
    pub p90: i64,
    /// The longest.
    pub max: i64,
}

/// CPU time for each frame that was looked at, in ms of the thread that did the work.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cpu {
    /// Frames that were looked at.
    pub frames: u64,
    /// Decoding, with what had to be decoded to get there: the mean.
    pub decode_ms: f64,
    /// Finding symbols and judging them: the mean.
    pub scan_ms: f64,
    /// The same: the most for one frame.
    pub worst_scan_ms: f64,
}

/// The floors of the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Floors {
    /// Codes found in sum, at least.
    pub min_found: u32,
    /// Payloads that no label names, at most.
    pub max_wrong: u32,
    /// The recall of all samples, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<f64>,
    /// The precision of all samples, at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<f64>,
}

/// What became of one sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Its file.
    pub file: String,
    /// How it tries to get past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tactic: Option<String>,
    /// Each labelled code.
    pub codes: Vec<Code>,
    /// Payloads that were reported and that no label names.
    pub wrong: Vec<Wrong>,
    /// Symbols that were located and not read, and that no label names.
    pub located: u32,
    /// What a frame of it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Cpu>,
    /// Why it could not be replayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What became of one labelled code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// What it says; absent where it is labelled as unreadable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// How it tries to get past: its own, or the sample's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tactic: Option<String>,
    /// px per module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_px: Option<f32>,
    /// Media time of the first frame that shows it, in ms.
    pub from_ms: i64,
    /// Whether missing it is a failure.
    pub required: bool,
    /// Whether it was found.
    pub found: bool,
    /// Found, but with another class or scheme than the label says; this is what it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mistaken: Option<String>,
    /// From the first frame that shows it to the first look that read it, in ms of media time; absent
    /// in a still picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<i64>,
}

/// A payload that no label names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wrong {
    /// What was read.
    pub payload: String,
    /// Media time of the frame that shows it best, in ms.
    pub at_ms: i64,
    /// x and y of the corners in that frame, px.
    pub corners: [[f32; 2]; 4],
    /// The tactic that it is counted under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tactic: Option<String>,
    /// px per module of the code that it was read in place of; absent where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module_px: Option<f32>,
}

/// How a run differs from an earlier one. Figures are over the codes that both know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The version of the program that the earlier one was made by.
    pub version: String,
    /// How often it looked.
    pub sampling: String,
    /// Codes that one of the two does not know.
    pub unknown: usize,
    /// All codes that both know.
    pub total: Delta,
    /// Each tactic.
    pub tactics: Vec<Delta>,
    /// Each size of modules.
    pub module_px: Vec<Delta>,
    /// Codes that were missed before and are found now.
    pub newly_found: Vec<Mention>,
    /// Codes that were found before and are missed now.
    pub newly_lost: Vec<Mention>,
    /// Payloads that no label names and that were not reported before.
    pub newly_wrong: Vec<Mention>,
    /// CPU time a frame, now over before; absent where one of them is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<CpuRatio>,
    /// Everything that is worse than before, one line each.
    pub worse: Vec<String>,
}

/// The figures of some codes before and now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// What they have in common.
    pub name: String,
    /// Before.
    pub before: Figures,
    /// Now.
    pub now: Figures,
}

/// A code or a payload in a sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// The sample's file.
    pub file: String,
    /// What it says; absent where it is labelled as unreadable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// Media time of the first frame that shows it, in ms.
    pub from_ms: i64,
}

/// CPU time a frame, now over before: under 1 is cheaper.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CpuRatio {
    /// Of decoding.
    pub decode: f64,
    /// Of the scan.
    pub scan: f64,
}
