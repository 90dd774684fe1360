//! The pictures of an incident: its best frame, and its clip with where the code was in view.

use super::super::text::Text;
use super::super::told::Told;
use super::super::when::media;
use super::super::wish::{and, with};
use crate::store::FileRow;

pub(super) struct Frame {
    pub(super) clean: String,
    pub(super) clean_covered: String,
    pub(super) annotated: String,
    pub(super) annotated_covered: String,
    pub(super) show_annotated: bool,
    pub(super) toggle: String,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) points: String,
    pub(super) alt: String,
    pub(super) at: String,
}

pub(super) struct Clip {
    pub(super) href: String,
    pub(super) start_ms: i64,
    pub(super) marks: Vec<Mark>,
    pub(super) says: &'static str,
}

pub(super) struct Mark {
    pub(super) from_ms: i64,
    pub(super) until_ms: i64,
}

pub(super) fn frame(
    id: &str,
    told: &Told,
    files: &[FileRow],
    annotated: bool,
    href: &str,
    query: &str,
    t: &Text,
) -> Option<Frame> {
    let there = |kind: &str| {
        // The best frame is the one that was written last; the event says which one its corners are in.
        let mut of_kind = files
            .iter()
            .rev()
            .filter(|file| file.kind == kind && file.removed_us.is_none());
        let best = of_kind
            .clone()
            .find(|file| file.media_ms == told.frame.media_ms);
        best.or_else(|| of_kind.next())
    };
    let clean = there("clean_frame")?;
    let place = |file: &FileRow| {
        format!(
            "/evidence/{id}/{}",
            file.path.rsplit('/').next().unwrap_or_default()
        )
    };
    let marked = there("annotated_frame").unwrap_or(clean);
    let covered = |file: &FileRow| format!("{}?cover=1", place(file));
    let shown = told.corners.map(|[x, y]| format!("{x:.0},{y:.0}"));
    // Corners of another frame would lie over nothing.
    let points = if clean.media_ms == told.frame.media_ms {
        shown.join(" ")
    } else {
        String::new()
    };
    let toggle = if annotated {
        query.to_owned()
    } else {
        and(query, "view", "annotated")
    };
    Some(Frame {
        clean: place(clean),
        clean_covered: covered(clean),
        annotated: place(marked),
        annotated_covered: covered(marked),
        show_annotated: annotated,
        toggle: with(href, &toggle),
        width: told.frame.width.max(1),
        height: told.frame.height.max(1),
        points,
        alt: t.picture_of.get().to_owned(),
        at: t.frame_at.get().replace("{t}", &media(clean.media_ms)),
    })
}

pub(super) fn clip(id: &str, told: &Told, files: &[FileRow], t: &Text) -> Option<Clip> {
    let mut clips = files
        .iter()
        .filter(|file| file.kind == "clip" && file.removed_us.is_none());
    let clip = clips.next_back()?;
    Some(Clip {
        href: format!("/evidence/{id}/{}", clip.path.rsplit('/').next()?),
        start_ms: clip.media_ms,
        marks: vec![Mark {
            from_ms: told.first_seen_ms,
            until_ms: told.last_seen_ms,
        }],
        says: t.clip_says.get(),
    })
}
