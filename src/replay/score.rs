//! Runs samples through the pipeline and compares what was found with the labels.

use std::path::Path;

use crate::config::Location;
use crate::detect::Reach;
use crate::policy::Context;
use crate::replay::manifest::{Code, Floors, Manifest, Sample};
use crate::source::still::{self, Still};
use crate::track::{Change, ChangeKind, Incident, Reading};
use crate::worker::{self, Mode, Settings, Stream};

/// What became of a folder of samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Each sample, in the order of the manifest.
    pub samples: Vec<SampleResult>,
    /// What had to be reached.
    pub floors: Floors,
}

/// What became of one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleResult {
    /// Its file.
    pub file: String,
    /// Each labelled code.
    pub codes: Vec<CodeResult>,
    /// Payloads that were reported and that no label names.
    pub wrong: Vec<String>,
    /// Symbols that were located and not read, and that no label names.
    pub located: u32,
    /// Why it could not be replayed.
    pub error: Option<String>,
}

/// What became of one labelled code.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeResult {
    /// The label.
    pub code: Code,
    /// Whether it was found.
    pub found: bool,
    /// Found, but with another class or scheme than the label says; this is what it was.
    pub mistaken: Option<String>,
    /// From the first frame that shows it to the first look that found it, in ms of media time.
    pub delay_ms: Option<i64>,
}

impl Report {
    /// Codes that were found.
    pub fn found(&self) -> usize {
        self.codes().filter(|result| result.found).count()
    }

    /// Codes that were not found and are required.
    pub fn missed(&self) -> usize {
        self.codes()
            .filter(|result| !result.found && result.code.required)
            .count()
    }

    /// Codes that were not found and are not required.
    pub fn beyond(&self) -> usize {
        self.codes()
            .filter(|result| !result.found && !result.code.required)
            .count()
    }

    /// Payloads that no label names.
    pub fn wrong(&self) -> usize {
        self.samples.iter().map(|sample| sample.wrong.len()).sum()
    }

    /// Everything that keeps this replay from passing, one line each.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        for sample in &self.samples {
            let file = &sample.file;
            failures.extend(sample.error.iter().map(|error| format!("{file}: {error}")));
            for result in &sample.codes {
                let what = result
                    .code
                    .payload
                    .as_deref()
                    .unwrap_or("a code that cannot be read");
                if !result.found && result.code.required {
                    failures.push(format!("{file}: missed {what}"));
                }
                if let Some(mistaken) = &result.mistaken {
                    failures.push(format!("{file}: {what} is taken for {mistaken}"));
                }
            }
        }
        if self.found() < self.floors.min_found as usize {
            failures.push(format!(
                "found {}, the floor is {}",
                self.found(),
                self.floors.min_found
            ));
        }
        if self.wrong() > self.floors.max_wrong as usize {
            failures.push(format!(
                "{} wrong payloads, the floor is {}",
                self.wrong(),
                self.floors.max_wrong
            ));
        }
        failures
    }

    fn codes(&self) -> impl Iterator<Item = &CodeResult> {
        self.samples.iter().flat_map(|sample| &sample.codes)
    }
}

/// Replays the samples of `manifest`, which lie in `folder`; `each` is told when one is done.
pub fn replay(
    folder: &Path,
    manifest: &Manifest,
    settings: &Settings,
    mut each: impl FnMut(&SampleResult),
) -> Report {
    let samples = manifest.samples.iter().map(|sample| {
        let (seen, error) = watch(folder, sample, settings);
        let result = compare(sample, seen, error);
        each(&result);
        result
    });
    Report {
        samples: samples.collect(),
        floors: manifest.floors,
    }
}

/// Something that was reported for a sample.
struct Seen {
    reading: Option<Reading>,
    class: &'static str,
    first_ms: i64,
    last_ms: i64,
}

fn watch(folder: &Path, sample: &Sample, settings: &Settings) -> (Vec<Seen>, Option<String>) {
    let path = folder.join(&sample.file);
    if still::is_picture(&path) {
        return match still::open(&path) {
            Ok(picture) => (look(&picture, settings), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
    }
    let stream = Stream::new("replay", Location::File(path));
    let mut settings = settings.clone();
    settings.sampling.sample = sample.sample.unwrap_or(settings.sampling.sample);
    let mut seen = Vec::new();
    let watched = worker::watch_file(
        &stream,
        &settings,
        &mut |record| seen.extend(ended(record.change)),
        &mut |_, _| {},
    );
    (seen, watched.err().map(|error| error.to_string()))
}

/// An incident counts once, as it was when it ended.
fn ended(change: Change) -> Option<Seen> {
    let Incident {
        reading,
        verdict,
        first_seen_ms,
        last_seen_ms,
        ..
    } = change.incident;
    (change.kind == ChangeKind::Ended).then(|| Seen {
        reading,
        class: verdict.class.as_str(),
        first_ms: first_seen_ms,
        last_ms: last_seen_ms,
    })
}

fn look(picture: &Still, settings: &Settings) -> Vec<Seen> {
    let Some(luma) = picture.luma() else {
        return Vec::new();
    };
    let (sightings, _) = worker::sightings(
        &luma,
        settings.readers,
        Reach::Whole,
        &settings.policy.get(),
        &Context::default(),
        Mode::Recorded,
    );
    let seen = sightings.into_iter().map(|sighting| Seen {
        reading: sighting.reading,
        class: sighting.verdict.class.as_str(),
        first_ms: 0,
        last_ms: 0,
    });
    seen.collect()
}

fn compare(sample: &Sample, mut seen: Vec<Seen>, error: Option<String>) -> SampleResult {
    let codes = sample.codes.iter().map(|code| {
        let hits: Vec<&Seen> = seen.iter().filter(|seen| is_of(code, seen)).collect();
        let first = hits.iter().map(|seen| seen.first_ms).min();
        let scheme = |seen: &Seen| {
            seen.reading
                .as_ref()
                .map_or("undecoded", |r| r.payload.scheme)
        };
        let mistaken = hits.iter().find(|seen| {
            let class = code.class.is_none_or(|class| class.as_str() == seen.class);
            let same = code
                .scheme
                .as_ref()
                .is_none_or(|expected| expected == scheme(seen));
            !(class && same)
        });
        CodeResult {
            found: first.is_some(),
            mistaken: mistaken.map(|seen| format!("{} {}", seen.class, scheme(seen))),
            delay_ms: first.map(|first| (first - code.from_ms).max(0)),
            code: code.clone(),
        }
    });
    let codes = codes.collect();
    seen.retain(|seen| !sample.codes.iter().any(|code| is_of(code, seen)));
    let (wrong, located): (Vec<_>, Vec<_>) =
        seen.into_iter().partition(|seen| seen.reading.is_some());
    SampleResult {
        file: sample.file.display().to_string(),
        codes,
        wrong: wrong
            .into_iter()
            .filter_map(|seen| seen.reading)
            .map(|r| r.payload.text)
            .collect(),
        located: u32::try_from(located.len()).unwrap_or(u32::MAX),
        error,
    }
}

/// How far a sighting may lie outside of the time that the label gives, in ms: a label names whole frames.
const TOLERANCE: i64 = 100;

/// Whether this is the labelled code, at the time that the label says. A code that is only located while a
/// label says what it reads is no find, and no mistake either.
fn is_of(code: &Code, seen: &Seen) -> bool {
    let shown = seen.last_ms >= code.from_ms - TOLERANCE
        && code
            .to_ms
            .is_none_or(|to_ms| seen.first_ms <= to_ms + TOLERANCE);
    let says = seen.reading.as_ref().map(|reading| &reading.payload.text);
    shown && says == code.payload.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload;

    fn code(payload: Option<&str>, from_ms: i64, to_ms: i64) -> Code {
        Code {
            payload: payload.map(str::to_owned),
            undecoded: payload.is_none(),
            class: None,
            scheme: None,
            from_ms,
            to_ms: Some(to_ms),
            required: true,
        }
    }

    fn seen(text: Option<&str>, first_ms: i64, last_ms: i64) -> Seen {
        let reading = text.map(|text| Reading::new(payload::parse_str(text)));
        Seen {
            reading,
            class: "off_platform",
            first_ms,
            last_ms,
        }
    }

    fn sample(codes: Vec<Code>) -> Sample {
        Sample {
            file: "x.mp4".into(),
            covers: vec![],
            sample: None,
            codes,
        }
    }

    fn report(sample: &Sample, seen: Vec<Seen>, floors: Floors) -> Report {
        Report {
            samples: vec![compare(sample, seen, None)],
            floors,
        }
    }

    #[test]
    fn each_showing_is_found_by_itself() {
        let sample = sample(vec![
            code(Some("https://a.example"), 1_000, 3_000),
            code(Some("https://a.example"), 14_000, 16_000),
        ]);
        let once = report(
            &sample,
            vec![seen(Some("https://a.example"), 2_000, 3_000)],
            Floors::default(),
        );
        assert_eq!((once.found(), once.missed(), once.wrong()), (1, 1, 0));
        let merged = report(
            &sample,
            vec![seen(Some("https://a.example"), 2_000, 14_000)],
            Floors::default(),
        );
        assert_eq!((merged.found(), merged.missed()), (2, 0));
    }

    #[test]
    fn what_no_label_names_is_wrong() {
        let labelled = sample(vec![code(Some("https://a.example"), 0, 1_000)]);
        let other = report(
            &labelled,
            vec![seen(Some("https://b.example"), 0, 0)],
            Floors::default(),
        );
        assert_eq!((other.found(), other.missed(), other.wrong()), (0, 1, 1));
        assert_eq!(other.failures().len(), 2, "{:?}", other.failures());
        let late = report(
            &labelled,
            vec![seen(Some("https://a.example"), 5_000, 6_000)],
            Floors::default(),
        );
        assert_eq!(
            (late.found(), late.wrong()),
            (0, 1),
            "read when it was not shown"
        );
        let located = report(&sample(vec![]), vec![seen(None, 0, 0)], Floors::default());
        assert_eq!((located.wrong(), located.samples[0].located), (0, 1));
    }

    #[test]
    fn the_class_and_the_scheme_must_be_right_too() {
        let mut expected = code(Some("https://a.example"), 0, 1_000);
        expected.scheme = Some("wechat-contact".to_owned());
        let report = report(
            &sample(vec![expected]),
            vec![seen(Some("https://a.example"), 0, 0)],
            Floors::default(),
        );
        assert_eq!(report.found(), 1);
        assert!(
            report.failures()[0].contains("taken for off_platform web-link"),
            "{:?}",
            report.failures()
        );
    }

    #[test]
    fn floors_hold_even_where_nothing_is_required() {
        let mut beyond = code(Some("https://a.example"), 0, 1_000);
        beyond.required = false;
        let floors = Floors {
            min_found: 1,
            max_wrong: 0,
        };
        let report = report(&sample(vec![beyond]), vec![], floors);
        assert_eq!((report.missed(), report.beyond()), (0, 1));
        assert_eq!(report.failures(), ["found 0, the floor is 1"]);
    }
}
