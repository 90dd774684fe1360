//! One replay against an earlier one.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::replay::figures::{by_size, by_tactic, figures};
use crate::replay::floors::Floors;
use crate::wire::replay::{
    Code, Compared, CpuRatio, Delta, FORMAT, Figures, Group, Mention, Run, Wrong,
};

/// A longer file is not read, in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Why an earlier run cannot be compared with.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// It cannot be read.
    #[error("cannot read {}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It is something else.
    #[error("{}: expected what `waylay replay --json` prints ({FORMAT}): {reason}", .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads what an earlier replay printed as JSON.
///
/// # Errors
/// Where it cannot be read, or is something else.
pub fn read_run(path: &Path) -> Result<Run, CompareError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    let form = |reason: String| CompareError::Form {
        path: path.to_owned(),
        reason,
    };
    match read {
        Err(source) => {
            let path = path.to_owned();
            return Err(CompareError::Read { path, source });
        }
        Ok(read) if read as u64 > MOST_BYTES => return Err(form("it is too long".to_owned())),
        Ok(_) => {}
    }
    let run: Run = serde_json::from_slice(&bytes).map_err(|error| form(error.to_string()))?;
    if run.format != FORMAT {
        return Err(form(format!("it is {:?}", run.format)));
    }
    Ok(run)
}

/// A code that both runs know.
struct Pair<'a> {
    mention: Mention,
    before: &'a Code,
    now: &'a Code,
}

/// What is different in `now`.
pub fn compare(now: &Run, before: &Run) -> Compared {
    let (pairs, unknown) = pairs(now, before);
    let codes = |pick: fn(&Pair<'_>) -> bool| {
        let picked = pairs.iter().filter(|pair| pick(pair));
        picked.map(|pair| pair.mention.clone()).collect()
    };
    // Rows are by the labels of now, or a label that was mended would show as a change of the product.
    let relabelled: Vec<Code> = pairs.iter().map(Pair::as_before).collect();
    let rows = |codes: Vec<&Code>, run: &Run| {
        let wrong: Vec<&Wrong> = run.samples.iter().flat_map(|s| &s.wrong).collect();
        let tactics = by_tactic(&codes, &wrong, std::iter::empty());
        (figures(&codes, &wrong), tactics, by_size(&codes, &wrong))
    };
    let was = rows(relabelled.iter().collect(), before);
    let is = rows(pairs.iter().map(|pair| pair.now).collect(), now);
    let mut compared = Compared {
        version: before.version.clone(),
        sampling: before.sampling.clone(),
        unknown,
        total: Delta {
            name: "all".to_owned(),
            before: was.0,
            now: is.0,
        },
        tactics: deltas(was.1, is.1),
        module_px: deltas(was.2, is.2),
        newly_found: codes(|pair| pair.now.found && !pair.before.found),
        newly_lost: codes(|pair| pair.before.found && !pair.now.found),
        newly_wrong: newly_wrong(now, before),
        cpu: before.cpu.zip(now.cpu).and_then(|(before, now)| {
            Some(CpuRatio {
                decode: ratio(now.decode_ms, before.decode_ms)?,
                scan: ratio(now.scan_ms, before.scan_ms)?,
            })
        }),
        worse: Vec::new(),
    };
    compared.worse = worse(&compared, now, before);
    compared
}

impl Pair<'_> {
    /// The earlier result under the label of now.
    fn as_before(&self) -> Code {
        Code {
            found: self.before.found,
            mistaken: self.before.mistaken.clone(),
            delay_ms: self.before.delay_ms,
            ..self.now.clone()
        }
    }
}

/// The codes that both know, and how many one of them does not.
fn pairs<'a>(now: &'a Run, before: &'a Run) -> (Vec<Pair<'a>>, usize) {
    let mut known: HashMap<_, Vec<&Code>> = HashMap::new();
    for (file, code) in codes(before) {
        known.entry(key(file, code)).or_default().push(code);
    }
    let mut left = codes(before).count();
    let mut unknown = 0;
    let mut pairs = Vec::new();
    for (file, code) in codes(now) {
        let before = known.get_mut(&key(file, code)).and_then(|known| {
            // Labels that say the same are told apart by their order.
            (!known.is_empty()).then(|| known.remove(0))
        });
        let Some(before) = before else {
            unknown += 1;
            continue;
        };
        left -= 1;
        let mention = Mention {
            file: file.to_owned(),
            payload: code.payload.clone(),
            from_ms: code.from_ms,
        };
        pairs.push(Pair {
            mention,
            before,
            now: code,
        });
    }
    (pairs, unknown + left)
}

fn codes(run: &Run) -> impl Iterator<Item = (&str, &Code)> {
    let samples = run.samples.iter();
    samples.flat_map(|sample| sample.codes.iter().map(|code| (sample.file.as_str(), code)))
}

fn key<'a>(file: &'a str, code: &'a Code) -> (&'a str, Option<&'a str>, i64) {
    (file, code.payload.as_deref(), code.from_ms)
}

/// Wrong payloads are told apart by sample and text; one that is reported more often than before is new.
fn newly_wrong(now: &Run, before: &Run) -> Vec<Mention> {
    let all = |run: &'_ Run| -> Vec<(String, Wrong)> {
        let each = run.samples.iter();
        each.flat_map(|s| s.wrong.iter().map(|wrong| (s.file.clone(), wrong.clone())))
            .collect()
    };
    let mut known: HashMap<_, usize> = HashMap::new();
    for (file, wrong) in all(before) {
        *known.entry((file, wrong.payload)).or_default() += 1;
    }
    let mut fresh = Vec::new();
    for (file, wrong) in all(now) {
        let left = known.entry((file.clone(), wrong.payload.clone()));
        let left = left.or_default();
        if *left > 0 {
            *left -= 1;
            continue;
        }
        fresh.push(Mention {
            file,
            payload: Some(wrong.payload),
            from_ms: wrong.at_ms,
        });
    }
    fresh
}

/// The rows of both, in the order of now; those that are gone come last.
fn deltas(before: Vec<Group>, now: Vec<Group>) -> Vec<Delta> {
    let mut before: Vec<Option<Group>> = before.into_iter().map(Some).collect();
    let mut take = |name: &str| {
        let is = |group: &&mut Option<Group>| group.as_ref().is_some_and(|g| g.name == name);
        before.iter_mut().find(is).and_then(Option::take)
    };
    let mut deltas: Vec<Delta> = now
        .into_iter()
        .map(|group| Delta {
            before: take(&group.name).map_or_else(Figures::default, |g| g.figures),
            name: group.name,
            now: group.figures,
        })
        .collect();
    let gone = before.into_iter().flatten().map(|group| Delta {
        name: group.name,
        before: group.figures,
        now: Figures::default(),
    });
    deltas.extend(gone);
    deltas
}

fn ratio(now: f64, before: f64) -> Option<f64> {
    (before > 0.0).then(|| (now / before * 100.0).round() / 100.0)
}

fn worse(compared: &Compared, now: &Run, before: &Run) -> Vec<String> {
    let mut worse = Vec::new();
    let Delta {
        before: was,
        now: is,
        ..
    } = &compared.total;
    // Counts, not shares: these are rounded.
    if is.found < was.found {
        let (before, now, of) = (was.found, is.found, is.codes);
        worse.push(format!(
            "recall fell: {now} of {of} codes that both know, before {before}"
        ));
    }
    let text = |mention: &Mention| {
        let payload = mention.payload.as_deref().unwrap_or_default();
        format!("{}: new wrong payload {payload}", mention.file)
    };
    worse.extend(compared.newly_wrong.iter().map(text));
    worse.extend(Floors::from(now.floors).lowered_from(&before.floors.into()));
    worse
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::figures::tests::{code, sample, with_floors, wrong};

    fn run(codes: Vec<Code>, wrong: Vec<Wrong>) -> Run {
        with_floors(vec![sample("a.mp4", codes, wrong)], Floors::default())
    }

    #[test]
    fn what_was_found_before_and_is_missed_now_is_told() {
        let before = run(
            vec![code("a", true), code("b", true), code("c", false)],
            vec![],
        );
        let now = run(
            vec![code("a", true), code("b", false), code("c", false)],
            vec![],
        );
        let compared = compare(&now, &before);
        let lost: Vec<_> = compared
            .newly_lost
            .iter()
            .map(|m| m.payload.as_deref())
            .collect();
        assert_eq!(lost, [Some("b")]);
        assert_eq!(compared.newly_found, []);
        assert_eq!(
            compared.worse,
            ["recall fell: 1 of 3 codes that both know, before 2"]
        );
        let tactic = &compared.tactics[0];
        assert_eq!(
            (tactic.name.as_str(), tactic.before.found, tactic.now.found),
            ("flash", 2, 1)
        );
        let back = compare(&before, &now);
        assert_eq!((back.newly_found.len(), back.newly_lost.len()), (1, 0));
        assert_eq!(back.worse, [""; 0]);
    }

    #[test]
    fn only_codes_that_both_know_are_compared() {
        let before = run(vec![code("a", true), code("gone", true)], vec![]);
        let mut relabelled = code("a", true);
        relabelled.module_px = Some(5.0);
        let now = run(vec![relabelled, code("hard", false)], vec![]);
        let compared = compare(&now, &before);
        assert_eq!((compared.unknown, compared.total.now.codes), (2, 1));
        assert_eq!(compared.module_px.len(), 1, "{:?}", compared.module_px);
        assert_eq!(compared.worse, [""; 0]);
    }

    #[test]
    fn labels_that_say_the_same_stay_apart() {
        let twins = |found: [bool; 2]| run(found.map(|found| code("a", found)).to_vec(), vec![]);
        let compared = compare(&twins([true, false]), &twins([true, true]));
        assert_eq!((compared.newly_lost.len(), compared.unknown), (1, 0));
    }

    #[test]
    fn a_wrong_payload_and_a_lower_floor_are_worse() {
        let mut before = run(vec![], vec![wrong("x")]);
        before.floors.recall = Some(0.9);
        let now = run(vec![], vec![wrong("x"), wrong("x"), wrong("y")]);
        assert_eq!(
            compare(&now, &before).worse,
            [
                "a.mp4: new wrong payload x",
                "a.mp4: new wrong payload y",
                "the floor `recall` falls from 0.9 to none",
            ]
        );
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let run = run(vec![code("a", true)], vec![wrong("x")]);
        std::fs::write(&path, serde_json::to_vec(&run).unwrap()).unwrap();
        assert_eq!(read_run(&path).unwrap(), run);
        let other = serde_json::to_string(&run)
            .unwrap()
            .replace("replay.v1", "replay.v9");
        for (text, reason) in [
            (other.as_str(), "v9"),
            ("{}", "missing field"),
            ("[", "EOF"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = read_run(&path).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
