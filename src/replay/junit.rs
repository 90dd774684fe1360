//! A replay as JUnit XML: what every CI shows. One test case for each labelled code, one for what else was
//! read in each sample, one for each floor.

use std::fmt::Write;

use crate::escape::Escaped;
use crate::replay::figures::{failure, under_floors};
use crate::wire::replay::{Code, Run, Sample};

/// What became of a test case.
enum Outcome {
    Passed,
    /// Counted, and nothing rests on it.
    Skipped(&'static str),
    Failed(String),
}

/// `run` as a JUnit file.
pub fn junit(run: &Run) -> String {
    let mut cases = String::new();
    let mut counts = [0; 3];
    let mut case = |class: &str, name: &str, outcome: Outcome| {
        counts[0] += 1;
        let (class, name) = (Escaped(class), Escaped(name));
        let body = match &outcome {
            Outcome::Passed => String::new(),
            Outcome::Skipped(why) => {
                counts[2] += 1;
                format!("<skipped message=\"{why}\"/>")
            }
            Outcome::Failed(why) => {
                counts[1] += 1;
                format!("<failure message=\"{}\"/>", Escaped(why))
            }
        };
        // A `String` takes whatever is written to it.
        let _ = writeln!(
            cases,
            "  <testcase classname=\"{class}\" name=\"{name}\">{body}</testcase>"
        );
    };
    for sample in &run.samples {
        for code in &sample.codes {
            let payload = code.payload.as_deref();
            let payload = payload.unwrap_or("a code that cannot be read");
            let name = format!("{} at {} ms: {payload}", sample.file, code.from_ms);
            let tactic = code.tactic.as_deref().unwrap_or("unlabelled");
            case(tactic, &name, of_code(code));
        }
        let tactic = sample.tactic.as_deref().unwrap_or("unlabelled");
        let name = format!("{}: nothing else", sample.file);
        case(tactic, &name, of_rest(sample));
    }
    for (name, miss) in under_floors(run) {
        case(
            "floors",
            name,
            miss.map_or(Outcome::Passed, Outcome::Failed),
        );
    }
    // Being worse than an earlier run is a failure for whoever said so.
    let worse = run.compared.iter().flat_map(|compared| &compared.worse);
    for worse in worse.filter(|worse| run.failures.contains(worse)) {
        case("compared", worse, Outcome::Failed(worse.clone()));
    }
    let [tests, failed, skipped] = counts;
    let counts =
        format!("tests=\"{tests}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\"");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n \
         <testsuite name=\"waylay replay\" {counts}>\n{cases} </testsuite>\n</testsuites>\n"
    )
}

fn of_code(code: &Code) -> Outcome {
    match failure(code) {
        Some(why) => Outcome::Failed(why),
        None if code.found => Outcome::Passed,
        None => Outcome::Skipped("not found, and not required"),
    }
}

/// A wrong payload fails here even where the floors allow it: it is what one looks for.
fn of_rest(sample: &Sample) -> Outcome {
    if let Some(error) = &sample.error {
        return Outcome::Failed(error.clone());
    }
    let wrong: Vec<_> = sample.wrong.iter().map(|w| w.payload.as_str()).collect();
    if wrong.is_empty() {
        return Outcome::Passed;
    }
    Outcome::Failed(format!("no label names {}", wrong.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::figures::tests::{code, sample, with_floors, wrong};
    use crate::replay::floors::Floors;

    #[test]
    fn every_code_and_floor_is_a_case() {
        let mut beyond = code("b", false);
        beyond.required = false;
        let codes = vec![code("a", true), beyond, code("c", false)];
        let floors = Floors {
            recall: Some(0.9),
            ..Floors::default()
        };
        let run = with_floors(vec![sample("a.mp4", codes, vec![wrong("<x>")])], floors);
        let xml = junit(&run);
        assert!(
            xml.contains("<testsuite name=\"waylay replay\" tests=\"7\" failures=\"4\" errors=\"0\" skipped=\"1\">"),
            "{xml}"
        );
        for part in [
            "name=\"a.mp4 at 0 ms: a\"></testcase>",
            "<failure message=\"missed c\"/>",
            "<failure message=\"no label names &lt;x&gt;\"/>",
            "<failure message=\"recall 0.3333, the floor is 0.9\"/>",
        ] {
            assert!(xml.contains(part), "{part}: {xml}");
        }
    }
}
