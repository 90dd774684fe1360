//! What is drawn into pictures for evidence.

use crate::evidence::Mark;
use crate::track::Sighting;

/// What is drawn into the annotated frame.
pub(super) fn marks(sightings: &[Sighting]) -> Vec<Mark> {
    let label = |sighting: &Sighting| match &sighting.reading {
        Some(reading) => format!(
            "{} {}",
            sighting.verdict.class.as_str(),
            reading.payload.scheme
        ),
        None => match &sighting.symbol.unread {
            Some(unread) => format!("unread {}", unread.reason.as_str()),
            None => "unread".to_owned(),
        },
    };
    sightings
        .iter()
        .map(|sighting| Mark {
            corners: sighting.symbol.corners,
            class: sighting.verdict.class,
            label: label(sighting),
        })
        .collect()
}
