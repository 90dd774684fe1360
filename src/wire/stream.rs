//! A stream as the API has it: what is asked for, and how it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::wire::event::CoverageData;

/// A stream that is to be watched.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStream {
    /// Its id in events, records and logs: 1 to 64 letters, digits, `.`, `_` or `-`, the first a letter or digit.
    #[schema(example = "room-42")]
    pub id: String,
    /// Where it comes from: `rtmp`, `rtmps`, `http`, `https`, `srt`, `rtsp`, `rtsps`, `udp` or `rtp`; `stills:` where its
    /// pictures are sent, one by one.
    #[schema(example = "rtmp://ingest.example/live/room-42")]
    pub url: String,
    /// What the platform says of it, for rules to ask for and for priorities. One that begins with `host:` names the
    /// host: what is found in one stream of a host makes the others of the same host looked at more often.
    #[serde(default)]
    #[schema(example = json!(["new-seller", "host:4711"]))]
    pub labels: Vec<String>,
    /// What belongs to its seller, as the table `[seller]` of a registry file has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, example = json!({"payees": [{"scheme": "pix", "payee": "+5511999999999"}]}))]
    pub registry: Option<Value>,
    /// The policy that judges it, one of those that the configuration names; without it the one for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// What is to be changed of a stream; what is not given stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StreamChange {
    /// As for a new stream.
    pub url: Option<String>,
    /// As for a new stream.
    pub labels: Option<Vec<String>>,
    /// As for a new stream; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Object>)]
    pub registry: Option<Option<Value>>,
    /// As for a new stream; `null` takes it away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    pub policy: Option<Option<String>>,
}

/// A field that is there, `null` included.
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// A stream that is watched, and how it is.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StreamData {
    /// Its id.
    pub id: String,
    /// Where it comes from, without users, keys and queries.
    #[schema(example = "rtmp://ingest.example/live/...")]
    pub source: String,
    /// What the platform says of it.
    pub labels: Vec<String>,
    /// The policy that judges it; absent where it is the one for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// What belongs to its seller; absent where nothing was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub registry: Option<Value>,
    /// Who added it: `configuration`, `api` or `ingest`; `stills` where it began with a still that was sent.
    #[schema(example = "api")]
    pub origin: &'static str,
    /// The ingest server that it comes from; absent where it comes from none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// What it does: `connecting`, `live`, `waiting` or `ended`.
    #[schema(example = "live")]
    pub state: &'static str,
    /// Why it is not live; absent where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// For how long it has been watched, ms.
    pub watched_ms: i64,
    /// Its video; absent before the first picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoData>,
    /// Why it is looked at more often just now: `turn`, `neighbour`, `unread`, `off-platform` or `operator`; absent
    /// where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub boosted: Option<&'static str>,
    /// How much it counts where there is not enough for all; 1 is usual.
    pub weight: f64,
    /// How long ago its newest look was, ms.
    pub since_look_ms: i64,
    /// Its looks.
    pub samples: SamplesData,
    /// How well it was watched.
    pub coverage: CoverageData,
    /// What it cost.
    pub cpu: CpuData,
    /// How long its looks took from the arrival of the frame on.
    pub latency: LatencyData,
    /// How long it was from the camera to the verdict; absent where the stream does not say when its pictures are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glass_to_verdict: Option<LatencyData>,
    /// Bytes of its newest packets that are kept.
    pub ring_bytes: usize,
}

/// A video.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct VideoData {
    /// Its codec, as libav calls it; of a still `jpeg`, `png` or `webp`.
    #[schema(example = "h264")]
    pub codec: String,
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
}

/// Looks that were wanted, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct SamplesData {
    /// All of them.
    pub wanted: u64,
    /// Those that were taken.
    pub done: u64,
    /// Those that newer ones took the place of before there was time for them.
    pub dropped: u64,
    /// Those that gave no picture.
    pub failed: u64,
    /// Packets and pictures that were broken and left out.
    pub broken: u64,
    /// Places in pictures that looked like codes, and for which the time of a look was not enough.
    pub skipped: u64,
    /// Panics that were contained.
    pub panics: u64,
}

/// CPU time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct CpuData {
    /// Decoding, ms.
    pub decode_ms: i64,
    /// Finding codes and judging them, ms.
    pub scan_ms: i64,
    /// The most that one look took, ms.
    pub worst_scan_ms: i64,
}

/// How long looks took from the arrival of the frame until it was judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct LatencyData {
    /// Half of the looks took no longer, ms; to the next bound of the histogram.
    pub p50_ms: i64,
    /// 95 of 100 took no longer, ms; to the next bound of the histogram.
    pub p95_ms: i64,
    /// The longest, ms.
    pub worst_ms: i64,
}

/// Streams.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StreamsData {
    /// In the order of their ids.
    pub streams: Vec<StreamData>,
    /// What `after` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The worker as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WorkerData {
    /// The version of the program.
    pub version: &'static str,
    /// For how long it has been running, ms.
    pub up_ms: i64,
    /// Streams that are watched.
    pub streams: usize,
    /// Streams that it takes.
    pub max_streams: usize,
    /// How many streams do what.
    pub states: BTreeMap<&'static str, usize>,
    /// How many are boosted, and why.
    pub boosted: BTreeMap<&'static str, usize>,
    /// The looks of all streams, those that are gone included.
    pub samples: SamplesData,
    /// What they cost.
    pub cpu: CpuData,
    /// How long they took.
    pub latency: LatencyData,
    /// How long it was from the camera to the verdict, for the streams that say when their pictures are taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glass_to_verdict: Option<LatencyData>,
    /// The longest time since a look of any live stream, ms.
    pub longest_blind_ms: i64,
    /// For how long the stream has waited for a thread that waits for longest, ms.
    pub longest_wait_ms: i64,
}

/// Whether the service is up.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
    /// The version of the program.
    pub version: &'static str,
}

/// What is wrong with a request (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// What the status means.
    #[schema(example = "Conflict")]
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What is wrong, for people.
    pub detail: String,
}
