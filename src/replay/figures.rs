//! What the results of all samples add up to.

use std::collections::BTreeMap;

use crate::config::Sample as Sampling;
use crate::replay::floors::Floors;
use crate::wire::replay::{Code, Cpu, FORMAT, Figures, Group, Run, Sample, Spread, Wrong};
use crate::worker;

/// What codes are grouped under whose label does not say.
const UNLABELLED: &str = "unlabelled";

/// The sizes of modules that figures are given for: up to which px, whether that is included, and the name.
const SIZES: [(f32, bool, &str); 5] = [
    (2.0, false, "<2"),
    (3.0, false, "2-3"),
    (4.0, false, "3-4"),
    (6.0, true, "4-6"),
    (f32::INFINITY, true, ">6"),
];

/// Adds everything up.
pub(super) fn run(samples: Vec<Sample>, floors: Floors, sampling: Sampling) -> Run {
    let codes: Vec<&Code> = samples.iter().flat_map(|s| &s.codes).collect();
    let wrong: Vec<&Wrong> = samples.iter().flat_map(|s| &s.wrong).collect();
    let missed = |required: bool| {
        let missed = |code: &&&Code| !code.found && code.required == required;
        codes.iter().filter(missed).count()
    };
    // A tactic without a code has a place in the table: nothing may be read there.
    let named = samples.iter().filter(|sample| sample.codes.is_empty());
    let named = named.map(|sample| name(sample.tactic.as_deref()));
    let mut run = Run {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        sampling: sampling.to_string(),
        readers: String::new(),
        found: codes.iter().filter(|code| code.found).count(),
        missed: missed(true),
        beyond: missed(false),
        wrong: wrong.len(),
        total: figures(&codes, &wrong),
        tactics: by_tactic(&codes, &wrong, named),
        module_px: by_size(&codes, &wrong),
        cpu: together(&samples),
        floors: floors.into(),
        failures: Vec::new(),
        compared: None,
        samples,
    };
    run.failures = failures(&run);
    run
}

/// The figures of these codes and of what was read wrongly beside them.
pub(super) fn figures(codes: &[&Code], wrong: &[&Wrong]) -> Figures {
    let readable = || codes.iter().filter(|code| code.payload.is_some());
    let found = readable().filter(|code| code.found).count();
    let delays = readable().filter_map(|code| code.delay_ms);
    Figures {
        codes: readable().count(),
        found,
        wrong: wrong.len(),
        recall: share(found, readable().count()),
        precision: share(found, found + wrong.len()),
        first_read_ms: spread(delays.collect()),
    }
}

/// The figures of each tactic, by name; those in `named` are there in any case.
pub(super) fn by_tactic(
    codes: &[&Code],
    wrong: &[&Wrong],
    named: impl Iterator<Item = String>,
) -> Vec<Group> {
    let keys = named.map(|name| (name.clone(), name));
    let code = |code: &Code| name(code.tactic.as_deref());
    let wrongs = |wrong: &Wrong| name(wrong.tactic.as_deref());
    let twice = |name: String| (name.clone(), name);
    groups(codes, wrong, keys, |c| twice(code(c)), |w| twice(wrongs(w)))
}

/// The figures of each size of modules that there is, from small to large.
pub(super) fn by_size(codes: &[&Code], wrong: &[&Wrong]) -> Vec<Group> {
    let none = std::iter::empty();
    groups(
        codes,
        wrong,
        none,
        |c| size(c.module_px),
        |w| size(w.module_px),
    )
}

/// Groups by a key and a name that stands for it.
fn groups<K: Ord>(
    codes: &[&Code],
    wrong: &[&Wrong],
    keys: impl Iterator<Item = (K, String)>,
    of_code: impl Fn(&Code) -> (K, String),
    of_wrong: impl Fn(&Wrong) -> (K, String),
) -> Vec<Group> {
    type Members<'a> = (Vec<&'a Code>, Vec<&'a Wrong>);
    let mut groups: BTreeMap<(K, String), Members<'_>> = BTreeMap::new();
    for key in keys {
        groups.entry(key).or_default();
    }
    for code in codes {
        groups.entry(of_code(code)).or_default().0.push(code);
    }
    for wrong in wrong {
        groups.entry(of_wrong(wrong)).or_default().1.push(wrong);
    }
    let group = |((_, name), (codes, wrong)): ((K, String), Members<'_>)| Group {
        name,
        figures: figures(&codes, &wrong),
    };
    groups.into_iter().map(group).collect()
}

fn name(tactic: Option<&str>) -> String {
    tactic.unwrap_or(UNLABELLED).to_owned()
}

fn size(module_px: Option<f32>) -> (usize, String) {
    let fits = |px: f32| {
        SIZES
            .iter()
            .position(|(end, included, _)| px < *end || (*included && px <= *end))
    };
    let at = module_px.and_then(fits);
    let name = at.map_or(UNLABELLED, |at| SIZES[at].2);
    (at.unwrap_or(SIZES.len()), name.to_owned())
}

/// `part` of `whole`, four digits exact: what is printed can be written into a floor and is reached.
pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

fn spread(mut ms: Vec<i64>) -> Option<Spread> {
    ms.sort_unstable();
    // The smallest that so many in a hundred do not exceed.
    let rank = |percent: usize| ms.get((ms.len() * percent).div_ceil(100).saturating_sub(1));
    Some(Spread {
        median: *rank(50)?,
        p90: *rank(90)?,
        max: *ms.last()?,
    })
}

/// What each of `frames` cost.
pub(super) fn per_frame(frames: u64, cpu: &worker::Cpu) -> Option<Cpu> {
    let mean = |us: i64| thousandths(us as f64 / 1_000.0 / frames as f64);
    (frames > 0).then(|| Cpu {
        frames,
        decode_ms: mean(cpu.decode_us),
        scan_ms: mean(cpu.scan_us),
        worst_scan_ms: thousandths(cpu.worst_scan_us as f64 / 1_000.0),
    })
}

fn together(samples: &[Sample]) -> Option<Cpu> {
    let each = || samples.iter().filter_map(|sample| sample.cpu.as_ref());
    let frames: u64 = each().map(|cpu| cpu.frames).sum();
    let mean = |ms: fn(&Cpu) -> f64| {
        let sum: f64 = each().map(|cpu| ms(cpu) * cpu.frames as f64).sum();
        thousandths(sum / frames as f64)
    };
    (frames > 0).then(|| Cpu {
        frames,
        decode_ms: mean(|cpu| cpu.decode_ms),
        scan_ms: mean(|cpu| cpu.scan_ms),
        worst_scan_ms: each().map(|cpu| cpu.worst_scan_ms).fold(0.0, f64::max),
    })
}

fn thousandths(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// Everything that keeps this run from passing, one line each.
fn failures(run: &Run) -> Vec<String> {
    let mut failures = Vec::new();
    for sample in &run.samples {
        let file = &sample.file;
        failures.extend(sample.error.iter().map(|error| format!("{file}: {error}")));
        failures.extend(sample.codes.iter().filter_map(|code| {
            let what = failure(code)?;
            Some(format!("{file}: {what}"))
        }));
    }
    failures.extend(under_floors(run).into_iter().filter_map(|(_, miss)| miss));
    failures
}

/// Why a code keeps its sample from passing.
pub(super) fn failure(code: &Code) -> Option<String> {
    let what = code.payload.as_deref();
    let what = what.unwrap_or("a code that cannot be read");
    match &code.mistaken {
        Some(mistaken) => Some(format!("{what} is taken for {mistaken}")),
        None => (!code.found && code.required).then(|| format!("missed {what}")),
    }
}

/// Each floor that is set, and by how much it is missed.
pub(super) fn under_floors(run: &Run) -> Vec<(&'static str, Option<String>)> {
    let floors = &run.floors;
    let mut each = Vec::new();
    let miss = (run.found < floors.min_found as usize)
        .then(|| format!("found {}, the floor is {}", run.found, floors.min_found));
    each.push(("min_found", miss));
    let miss = (run.wrong > floors.max_wrong as usize).then(|| {
        let (wrong, floor) = (run.wrong, floors.max_wrong);
        format!("{wrong} wrong payloads, the floor is {floor}")
    });
    each.push(("max_wrong", miss));
    for (name, floor, reached) in [
        ("recall", floors.recall, run.total.recall),
        ("precision", floors.precision, run.total.precision),
    ] {
        if let Some(floor) = floor {
            let below = reached.filter(|reached| *reached < floor);
            let miss = below.map(|reached| format!("{name} {reached}, the floor is {floor}"));
            each.push((name, miss));
        }
    }
    each
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn code(payload: &str, found: bool) -> Code {
        Code {
            payload: Some(payload.to_owned()),
            tactic: Some("flash".to_owned()),
            module_px: Some(2.5),
            from_ms: 0,
            required: true,
            found,
            mistaken: None,
            delay_ms: found.then_some(100),
        }
    }

    pub(crate) fn wrong(payload: &str) -> Wrong {
        Wrong {
            payload: payload.to_owned(),
            at_ms: 0,
            corners: [[0.0; 2]; 4],
            tactic: Some("flash".to_owned()),
            module_px: None,
        }
    }

    pub(crate) fn sample(file: &str, codes: Vec<Code>, wrong: Vec<Wrong>) -> Sample {
        Sample {
            file: file.to_owned(),
            tactic: Some("flash".to_owned()),
            codes,
            wrong,
            located: 0,
            cpu: None,
            error: None,
        }
    }

    pub(crate) fn with_floors(samples: Vec<Sample>, floors: Floors) -> Run {
        run(samples, floors, Sampling::Auto)
    }

    #[test]
    fn codes_are_counted_by_tactic_and_by_size() {
        let mut tiny = code("b", false);
        tiny.module_px = Some(1.99);
        let mut old = code("c", true);
        (old.tactic, old.module_px) = (None, None);
        let mut hidden = code("d", false);
        hidden.payload = None;
        let mut without = sample("none.mp4", vec![], vec![]);
        without.tactic = Some("no-code".to_owned());
        let samples = vec![
            sample(
                "a.mp4",
                vec![code("a", true), tiny, old, hidden],
                vec![wrong("x")],
            ),
            without,
        ];
        let run = with_floors(samples, Floors::default());
        let row = |group: &Group| {
            let Figures {
                codes,
                found,
                wrong,
                recall,
                precision,
                ..
            } = group.figures;
            (group.name.clone(), codes, found, wrong, recall, precision)
        };
        assert_eq!(
            run.tactics.iter().map(row).collect::<Vec<_>>(),
            [
                ("flash".to_owned(), 2, 1, 1, Some(0.5), Some(0.5)),
                ("no-code".to_owned(), 0, 0, 0, None, None),
                ("unlabelled".to_owned(), 1, 1, 0, Some(1.0), Some(1.0)),
            ]
        );
        assert_eq!(
            run.module_px.iter().map(row).collect::<Vec<_>>(),
            [
                ("<2".to_owned(), 1, 0, 0, Some(0.0), None),
                ("2-3".to_owned(), 1, 1, 0, Some(1.0), Some(1.0)),
                ("unlabelled".to_owned(), 1, 1, 1, Some(1.0), Some(0.5)),
            ]
        );
        assert_eq!(run.total.recall, Some(0.6667));
    }

    #[test]
    fn a_size_belongs_to_one_row() {
        let names = [0.5, 2.0, 2.99, 3.0, 4.0, 6.0, 6.01, 40.0].map(|px| size(Some(px)).1);
        assert_eq!(names, ["<2", "2-3", "2-3", "3-4", "4-6", "4-6", ">6", ">6"]);
    }

    #[test]
    fn the_spread_of_few_times() {
        let of = |ms: &[i64]| spread(ms.to_vec()).map(|s| (s.median, s.p90, s.max));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some((7, 7, 7)));
        assert_eq!(of(&[4, 1, 3, 2]), Some((2, 4, 4)));
        assert_eq!(of(&(1..=100).collect::<Vec<_>>()), Some((50, 90, 100)));
    }

    #[test]
    fn frames_weigh_the_same_in_every_sample() {
        let mut samples = vec![
            sample("a.mp4", vec![], vec![]),
            sample("b.mp4", vec![], vec![]),
        ];
        for (sample, frames, us) in [(0, 1, 9_000), (1, 3, 3_000)] {
            let mut cpu = worker::Cpu::default();
            cpu.add_scan(us);
            samples[sample].cpu = per_frame(frames, &cpu);
        }
        let cpu = together(&samples).unwrap();
        assert_eq!((cpu.frames, cpu.scan_ms, cpu.worst_scan_ms), (4, 3.0, 9.0));
        assert_eq!(per_frame(0, &worker::Cpu::default()), None);
    }

    #[test]
    fn floors_hold_even_where_nothing_is_required() {
        let mut beyond = code("https://a.example", false);
        beyond.required = false;
        let floors = Floors {
            min_found: 1,
            max_wrong: 0,
            recall: Some(0.5),
            precision: Some(0.5),
        };
        let run = with_floors(
            vec![sample("a.mp4", vec![beyond], vec![wrong("x")])],
            floors,
        );
        assert_eq!((run.missed, run.beyond), (0, 1));
        assert_eq!(
            run.failures,
            [
                "found 0, the floor is 1",
                "1 wrong payloads, the floor is 0",
                "recall 0, the floor is 0.5",
                "precision 0, the floor is 0.5",
            ]
        );
    }
}
