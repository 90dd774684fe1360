//! One line of `waylay watch`: a CloudEvents 1.0 JSON object (section 3 of the JSON event format).

use serde::Serialize;

use crate::wire::envelope::{Envelope, Told, Traits};

use crate::detect::{Corners, Joined, Part, PerceptualHash, Reader, SymbolKind, Unread};
use crate::track::{Change, ChangeKind, Coverage};
use crate::wire::explain::About;

/// The types of these events.
pub const TYPES: [&str; 4] = [
    type_of(ChangeKind::Opened),
    type_of(ChangeKind::Updated),
    type_of(ChangeKind::Reclassified),
    type_of(ChangeKind::Ended),
];

/// The type of the event that tells of a change.
pub const fn type_of(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Opened => "waylay.incident.opened.v1",
        ChangeKind::Updated => "waylay.incident.updated.v1",
        ChangeKind::Reclassified => "waylay.incident.reclassified.v1",
        ChangeKind::Ended => "waylay.incident.ended.v1",
    }
}

/// An incident event.
pub type Event<'a> = Envelope<Data<'a>>;

/// The incident as it is after the event.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Data<'a> {
    /// The incident's id.
    pub incident: String,
    /// Counts the events of this incident, from 1; 0 until it is on record.
    pub sequence: i64,
    /// The stream's id.
    pub stream: String,
    /// What the platform says of the stream; absent where it says nothing.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub labels: &'a [String],
    /// `open` or `ended`.
    pub state: &'static str,
    /// Whether it could be read.
    pub decoded: bool,
    /// What kind of symbol carries it.
    pub kind: &'static str,
    /// What it says, where it leads, and what the policy says of it.
    #[serde(flatten)]
    pub about: About<'a>,
    /// Media time of the first sighting in ms.
    pub first_seen_ms: i64,
    /// Media time of the last sighting in ms.
    pub last_seen_ms: i64,
    /// For how long it was in view in ms, as far as looks can tell.
    pub visible_ms: i64,
    /// In how many looks it was seen.
    pub sightings: u32,
    /// In how many of them it was read, and not only located.
    pub reads: u32,
    /// The best frame.
    pub frame: FrameData,
    /// Where the symbol is in the best frame, px.
    pub corners: [[f32; 2]; 4],
    /// Who read it: one reader, or two that agree.
    pub read_by: &'static str,
    /// Whether two readers agree on it.
    pub certain: bool,
    /// Which part of a longer text it holds; absent where it holds all of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<PartData<'a>>,
    /// What it was joined from; absent where one look at one symbol shows all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<JoinedData>,
    /// Why it could not be read; absent where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<UnreadData>,
    /// The perceptual hash of its modules, 64 hexadecimal digits; absent where our own finder laid no grid over it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
    /// From the arrival of the frame to the event in ms; absent for recorded files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<i64>,
    /// From when the frame was taken to the event in ms; absent where the stream does not say when that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub glass_to_verdict_ms: Option<i64>,
    /// How well the stream was watched until then.
    pub coverage: CoverageData,
    /// The files that prove it, those of earlier events included.
    pub evidence: Vec<EvidenceData>,
}

/// How well a stream was watched.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CoverageData {
    /// Frames that were looked at.
    pub looks: u64,
    /// The longest time between two looks in ms.
    pub longest_gap_ms: i64,
    /// For how long, all in all, no look was had for longer than sampling promises, in ms.
    pub blind_ms: i64,
    /// How likely a code that is shown for 1 s was missed, 0 to 1, in the last five minutes.
    pub missed_1s: f64,
    /// The same for one that is shown for 2 s.
    pub missed_2s: f64,
    /// The same for one that is shown for 5 s.
    pub missed_5s: f64,
}

impl CoverageData {
    /// The coverage as JSON has it; chances to a thousandth.
    pub fn new(coverage: &Coverage) -> Self {
        let chance = |chance: f64| (chance * 1_000.0).round() / 1_000.0;
        let [missed_1s, missed_2s, missed_5s] = coverage.missed.map(chance);
        Self {
            looks: coverage.looks,
            longest_gap_ms: coverage.longest_gap_ms,
            blind_ms: coverage.blind_ms,
            missed_1s,
            missed_2s,
            missed_5s,
        }
    }
}

/// One of several symbols that make one text together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PartData<'a> {
    /// Its place among them, from 0.
    pub index: u32,
    /// How many there are; absent where it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// What those that belong together have in common.
    pub id: &'a str,
}

impl<'a> PartData<'a> {
    /// The part as JSON has it.
    pub fn new(part: &'a Part) -> Self {
        Self {
            index: part.index,
            count: part.count,
            id: &part.id,
        }
    }
}

/// What the bytes of a symbol were joined from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinedData {
    /// So many looks, no single one of which shows enough of it.
    Looks(u32),
    /// So many symbols that make one text together.
    Parts(u32),
}

impl JoinedData {
    /// The same as JSON has it.
    pub fn new(joined: Joined) -> Self {
        match joined {
            Joined::Looks(looks) => Self::Looks(looks),
            Joined::Parts(parts) => Self::Parts(parts),
        }
    }
}

/// Why a symbol that was located could not be read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnreadData {
    /// The id of the reason.
    pub reason: &'static str,
    /// The size of a module in px, to a tenth.
    pub module_px: f32,
}

impl UnreadData {
    /// What is known of the symbol as JSON has it.
    pub fn new(unread: &Unread) -> Self {
        Self {
            reason: unread.reason.as_str(),
            module_px: tenth(unread.module),
        }
    }
}

/// A frame.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FrameData {
    /// Width in px.
    pub width: u32,
    /// Height in px.
    pub height: u32,
    /// Media time in ms.
    pub media_ms: i64,
}

/// An evidence file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvidenceData {
    /// What it shows.
    pub kind: &'static str,
    /// Its path below the evidence folder.
    pub path: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Media time of the frame in ms.
    pub media_ms: i64,
}

impl Told for Data<'_> {
    fn subject(&self) -> &str {
        &self.incident
    }

    fn number(&mut self, sequence: i64) {
        self.sequence = sequence;
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn traits(&self) -> Traits<'_> {
        let verdict = self.about.verdict();
        Traits {
            class: verdict.class,
            severity: verdict.severity,
            category: self.about.read().map_or("", |read| read.category),
        }
    }
}

impl<'a> Event<'a> {
    /// The event of `change` in the stream `stream`.
    pub fn new(
        stream: &str,
        change: &'a Change,
        coverage: &Coverage,
        evidence: Vec<EvidenceData>,
    ) -> Self {
        let incident = &change.incident;
        let id = incident.id.to_string();
        Self {
            specversion: "1.0",
            id: format!("{id}.{}", change.sequence),
            source: format!("/streams/{stream}"),
            kind: type_of(change.kind).to_owned(),
            subject: id.clone(),
            time: None,
            datacontenttype: "application/json",
            data: Data {
                incident: id,
                sequence: 0,
                stream: stream.to_owned(),
                labels: &[],
                state: if incident.ended { "ended" } else { "open" },
                decoded: incident.reading.is_some(),
                kind: kind(incident.kind),
                about: About::new(incident.reading.as_ref(), &incident.verdict),
                first_seen_ms: incident.first_seen_ms,
                last_seen_ms: incident.last_seen_ms,
                visible_ms: incident.visible_ms,
                sightings: incident.sightings,
                reads: incident.reads,
                frame: FrameData {
                    width: incident.best.width,
                    height: incident.best.height,
                    media_ms: incident.best.media_ms,
                },
                corners: corners(&incident.corners),
                read_by: readers(incident.read_by, incident.confirmed_by),
                certain: incident.confirmed_by.is_some(),
                part: incident.part.as_ref().map(PartData::new),
                joined: incident.joined.map(JoinedData::new),
                unread: incident.unread.as_ref().map(UnreadData::new),
                hash: incident.hash.as_ref().map(PerceptualHash::to_string),
                latency_ms: None,
                glass_to_verdict_ms: None,
                coverage: CoverageData::new(coverage),
                evidence,
            },
        }
    }
}

/// Corners in px, a tenth of a pixel exact.
pub fn corners(corners: &Corners) -> [[f32; 2]; 4] {
    corners.map(|point| [tenth(point.x), tenth(point.y)])
}

/// `value` to a tenth; 0 where it is no number.
fn tenth(value: f32) -> f32 {
    if value.is_finite() {
        (value * 10.0).round() / 10.0
    } else {
        0.0
    }
}

/// The name of a kind of symbol.
pub fn kind(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Qr => "qr",
        SymbolKind::MicroQr => "micro_qr",
        SymbolKind::Rmqr => "rmqr",
        SymbolKind::DataMatrix => "data_matrix",
        SymbolKind::Aztec => "aztec",
        SymbolKind::Pdf417 => "pdf417",
        SymbolKind::Ean13 => "ean_13",
        SymbolKind::Ean8 => "ean_8",
        SymbolKind::UpcE => "upc_e",
        SymbolKind::Code128 => "code_128",
        SymbolKind::Itf14 => "itf_14",
        SymbolKind::DataBar => "databar",
        SymbolKind::Round => "round",
        SymbolKind::Text => "text",
    }
}

/// The name of who read a symbol, and of who agrees.
pub fn readers(first: Reader, confirmed_by: Option<Reader>) -> &'static str {
    match (first, confirmed_by) {
        (Reader::Rqrr, Some(Reader::Zxing)) => "rqrr+zxing",
        (Reader::Zxing, Some(Reader::Rqrr)) => "zxing+rqrr",
        (first, _) => first.as_str(),
    }
}

#[cfg(test)]
pub(crate) mod tests;
