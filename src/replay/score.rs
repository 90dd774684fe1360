//! Holds what was found in a sample against its labels.

use crate::replay::manifest::{Code, Place, Sample};
use crate::replay::play::Seen;
use crate::wire::event;
use crate::wire::replay::{Code as CodeResult, Sample as SampleResult, Wrong};

/// How far a sighting may lie outside of the time that the label gives, in ms: a label names whole frames.
const TOLERANCE: i64 = 100;

/// What became of `sample`, in which `seen` was found.
pub(super) fn score(sample: &Sample, mut seen: Vec<Seen>, is_still: bool) -> SampleResult {
    let codes = sample.codes.iter().map(|code| {
        let hits: Vec<&Seen> = seen.iter().filter(|seen| is_of(code, seen)).collect();
        let read_ms = hits.iter().map(|seen| seen.read_ms).min();
        let mistaken = hits.iter().find(|seen| !is_judged_as(code, seen));
        CodeResult {
            payload: code.payload.clone(),
            tactic: code.tactic.clone().or_else(|| tactic(sample)),
            module_px: code.module_px,
            from_ms: code.from_ms,
            required: code.required,
            found: !hits.is_empty(),
            mistaken: mistaken.map(|seen| format!("{} {}", seen.class, scheme(seen))),
            delay_ms: read_ms
                .filter(|_| !is_still && code.payload.is_some())
                .map(|read_ms| (read_ms - code.from_ms).max(0)),
        }
    });
    let codes = codes.collect();
    seen.retain(|seen| !sample.codes.iter().any(|code| is_of(code, seen)));
    let located = seen.iter().filter(|seen| seen.reading.is_none()).count();
    SampleResult {
        file: sample.file.to_string_lossy().into_owned(),
        tactic: tactic(sample),
        codes,
        wrong: seen.iter().filter_map(|seen| wrong(sample, seen)).collect(),
        located: u32::try_from(located).unwrap_or(u32::MAX),
        cpu: None,
        error: None,
    }
}

/// How a sample tries to get past. Manifests that name no tactics say it in the first word of `covers`.
fn tactic(sample: &Sample) -> Option<String> {
    sample.tactic.as_ref().or(sample.covers.first()).cloned()
}

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

/// Whether class and scheme are those that the label says.
fn is_judged_as(code: &Code, seen: &Seen) -> bool {
    let class = code.class.is_none_or(|class| class.as_str() == seen.class);
    class && code.scheme.as_ref().is_none_or(|s| s == scheme(seen))
}

fn scheme(seen: &Seen) -> &str {
    let reading = seen.reading.as_ref();
    reading.map_or("undecoded", |reading| reading.payload.scheme)
}

/// What was read and is in no label. It counts against the code in whose place it was read, if there is one.
fn wrong(sample: &Sample, seen: &Seen) -> Option<Wrong> {
    let corners = event::corners(&seen.corners);
    let there = |code: &&Code| {
        let place = code.place.as_ref();
        place.is_some_and(|place| overlap(place, &corners))
    };
    let code = sample.codes.iter().find(there);
    Some(Wrong {
        payload: seen.reading.as_ref()?.payload.text.clone(),
        at_ms: seen.best_ms,
        corners,
        tactic: code
            .and_then(|code| code.tactic.clone())
            .or_else(|| tactic(sample)),
        module_px: code.and_then(|code| code.module_px),
    })
}

/// Whether the boxes around the two overlap.
fn overlap(place: &Place, corners: &[[f32; 2]; 4]) -> bool {
    let span = |corners: &[[f32; 2]; 4], axis: usize| {
        let along = corners.map(|corner| corner[axis]);
        let least = along.into_iter().fold(f32::INFINITY, f32::min);
        (least, along.into_iter().fold(f32::NEG_INFINITY, f32::max))
    };
    (0..2).all(|axis| {
        let (a, b) = (span(&place.corners, axis), span(corners, axis));
        a.0 <= b.1 && b.0 <= a.1
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Point;
    use crate::payload;
    use crate::track::Reading;

    const A: &str = "https://a.example";
    const B: &str = "https://b.example";

    fn code(payload: Option<&str>, from_ms: i64, to_ms: i64) -> Code {
        Code {
            payload: payload.map(str::to_owned),
            undecoded: payload.is_none(),
            from_ms,
            to_ms: Some(to_ms),
            required: true,
            ..Code::default()
        }
    }

    fn seen(text: Option<&str>, first_ms: i64, last_ms: i64) -> Seen {
        Seen {
            reading: text.map(|text| Reading::new(payload::parse_str(text))),
            class: "off_platform",
            first_ms,
            last_ms,
            read_ms: first_ms,
            best_ms: last_ms,
            corners: [(10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0)]
                .map(|(x, y)| Point { x, y }),
        }
    }

    fn sample(codes: Vec<Code>) -> Sample {
        Sample {
            file: "x.mp4".into(),
            covers: vec!["flash".to_owned()],
            tactic: None,
            sample: None,
            codes,
        }
    }

    fn found(result: &SampleResult) -> Vec<bool> {
        result.codes.iter().map(|code| code.found).collect()
    }

    #[test]
    fn each_showing_is_found_by_itself() {
        let sample = sample(vec![
            code(Some(A), 1_000, 3_000),
            code(Some(A), 14_000, 16_000),
        ]);
        let once = score(&sample, vec![seen(Some(A), 2_000, 3_000)], false);
        assert_eq!((found(&once), once.wrong.len()), (vec![true, false], 0));
        assert_eq!(once.codes[0].delay_ms, Some(1_000));
        let merged = score(&sample, vec![seen(Some(A), 2_000, 14_000)], false);
        assert_eq!(found(&merged), [true, true]);
    }

    #[test]
    fn a_code_that_is_located_first_is_read_later() {
        let sample = sample(vec![code(Some(A), 0, 5_000)]);
        let mut late = seen(Some(A), 500, 4_000);
        late.read_ms = 2_500;
        let result = score(&sample, vec![late.clone()], false);
        assert_eq!(result.codes[0].delay_ms, Some(2_500));
        let still = score(&sample, vec![late], true);
        assert_eq!((found(&still), still.codes[0].delay_ms), (vec![true], None));
    }

    #[test]
    fn what_no_label_names_is_wrong() {
        let labelled = sample(vec![code(Some(A), 0, 1_000)]);
        let other = score(&labelled, vec![seen(Some(B), 0, 0)], false);
        assert_eq!((found(&other), other.wrong.len()), (vec![false], 1));
        let late = score(&labelled, vec![seen(Some(A), 5_000, 6_000)], false);
        assert_eq!(
            (found(&late), late.wrong.len()),
            (vec![false], 1),
            "read when it was not shown"
        );
        let located = score(&sample(vec![]), vec![seen(None, 0, 0)], false);
        assert_eq!((located.wrong.len(), located.located), (0, 1));
    }

    #[test]
    fn a_wrong_payload_counts_against_the_code_in_its_place() {
        let mut tiny = code(Some(A), 0, 1_000);
        tiny.tactic = Some("tiny".to_owned());
        tiny.module_px = Some(1.7);
        let place = |left: f32| Place {
            at_ms: 0,
            corners: [
                [left, 0.0],
                [left + 20.0, 0.0],
                [left + 20.0, 20.0],
                [left, 20.0],
            ],
        };
        tiny.place = Some(place(0.0));
        let there = score(
            &sample(vec![tiny.clone()]),
            vec![seen(Some(B), 0, 0)],
            false,
        );
        let wrong = &there.wrong[0];
        assert_eq!(
            (wrong.tactic.as_deref(), wrong.module_px),
            (Some("tiny"), Some(1.7))
        );
        tiny.place = Some(place(500.0));
        let elsewhere = score(&sample(vec![tiny]), vec![seen(Some(B), 0, 0)], false);
        let wrong = &elsewhere.wrong[0];
        assert_eq!(
            (wrong.tactic.as_deref(), wrong.module_px),
            (Some("flash"), None)
        );
    }

    #[test]
    fn the_class_and_the_scheme_must_be_right_too() {
        let mut expected = code(Some(A), 0, 1_000);
        expected.scheme = Some("wechat-contact".to_owned());
        let result = score(&sample(vec![expected]), vec![seen(Some(A), 0, 0)], false);
        assert!(result.codes[0].found);
        assert_eq!(
            result.codes[0].mistaken.as_deref(),
            Some("off_platform web-link")
        );
    }
}
