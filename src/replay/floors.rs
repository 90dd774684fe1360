//! Figures that a set of samples must reach. They only go up.

use serde::Deserialize;

use crate::wire::replay as wire;

/// Figures that a replay must reach.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Floors {
    /// Codes found in sum, at least.
    pub min_found: u32,
    /// Payloads reported that no label names, at most.
    pub max_wrong: u32,
    /// The share of the codes with a payload that are found, at least.
    pub recall: Option<f64>,
    /// The share of the payloads reported that a label names, at least.
    pub precision: Option<f64>,
}

impl Floors {
    pub(super) fn check(&self) -> Result<(), String> {
        for (name, floor) in [("recall", self.recall), ("precision", self.precision)] {
            if floor.is_some_and(|floor| !(0.0..=1.0).contains(&floor)) {
                return Err(format!("expected `{name}` to be from 0 to 1"));
            }
        }
        Ok(())
    }

    /// What these floors ask less for than `before` did, one line each. Whoever writes floors anew asks
    /// this first: what was reached once stays asked for, until a person takes it out by hand.
    pub fn lowered_from(&self, before: &Self) -> Vec<String> {
        let mut lowered = Vec::new();
        let mut note = |name: &str, is_lower: bool, before: String, now: String| {
            if is_lower {
                lowered.push(format!("the floor `{name}` falls from {before} to {now}"));
            }
        };
        let (was, is) = (before.min_found, self.min_found);
        note("min_found", is < was, was.to_string(), is.to_string());
        let (was, is) = (before.max_wrong, self.max_wrong);
        note("max_wrong", is > was, was.to_string(), is.to_string());
        for (name, was, is) in [
            ("recall", before.recall, self.recall),
            ("precision", before.precision, self.precision),
        ] {
            let word = |floor: Option<f64>| floor.map_or("none".to_owned(), |f| f.to_string());
            let is_lower = was.is_some_and(|was| is.is_none_or(|is| is < was));
            note(name, is_lower, word(was), word(is));
        }
        lowered
    }
}

impl From<Floors> for wire::Floors {
    fn from(floors: Floors) -> Self {
        Self {
            min_found: floors.min_found,
            max_wrong: floors.max_wrong,
            recall: floors.recall,
            precision: floors.precision,
        }
    }
}

impl From<wire::Floors> for Floors {
    fn from(floors: wire::Floors) -> Self {
        Self {
            min_found: floors.min_found,
            max_wrong: floors.max_wrong,
            recall: floors.recall,
            precision: floors.precision,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_floor_that_falls_is_told() {
        let before = Floors {
            min_found: 20,
            max_wrong: 1,
            recall: Some(0.9),
            precision: None,
        };
        assert_eq!(before.lowered_from(&before), [""; 0]);
        let higher = Floors {
            min_found: 21,
            max_wrong: 0,
            recall: Some(0.95),
            precision: Some(0.5),
        };
        assert_eq!(higher.lowered_from(&before), [""; 0]);
        assert_eq!(
            before.lowered_from(&higher),
            [
                "the floor `min_found` falls from 21 to 20",
                "the floor `max_wrong` falls from 0 to 1",
                "the floor `recall` falls from 0.95 to 0.9",
                "the floor `precision` falls from 0.5 to none",
            ]
        );
    }
}
