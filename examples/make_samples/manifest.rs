//! The labels, written from the same table that the pictures are drawn from, so that they cannot disagree.

use serde::Serialize;

use crate::card::Card;
use crate::catalogue::{Code, Sample};
use crate::media;

const HEAD: &str = "\
# What each sample shows, and what must be found in it. Written by `make samples` from
# `examples/make_samples/catalogue`: change it there. `docs/ref/samples.md` describes the format.

";

#[derive(Serialize)]
struct Manifest<'a> {
    policy: &'a str,
    floors: Floors,
    sample: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Floors {
    min_found: usize,
    max_wrong: usize,
    recall: f64,
    precision: f64,
}

#[derive(Serialize)]
struct Entry<'a> {
    file: &'a str,
    covers: &'a [&'a str],
    tactic: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    code: Vec<Label<'a>>,
}

#[derive(Serialize)]
struct Label<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    undecoded: bool,
    class: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<&'a str>,
    module_px: f32,
    place: Place,
    from_ms: u32,
    to_ms: u32,
    required: bool,
}

#[derive(Serialize)]
struct Place {
    at_ms: u32,
    corners: [[f32; 2]; 4],
}

/// The manifest of `samples`. Its floors are every code that is required, and no wrong one.
pub(crate) fn write(samples: &[Sample]) -> anyhow::Result<String> {
    let count = |is: fn(&Code) -> bool| -> usize {
        let each = samples.iter().flat_map(|sample| &sample.codes);
        each.filter(|code| is(code)).count()
    };
    let required = count(|code| code.required);
    let recall = required as f64 / count(|code| code.text.is_some()) as f64;
    let manifest = Manifest {
        policy: "policy.toml",
        floors: Floors {
            min_found: required,
            max_wrong: 0,
            recall: (recall * 10_000.0).round() / 10_000.0,
            precision: 1.0,
        },
        sample: samples.iter().map(entry).collect::<anyhow::Result<_>>()?,
    };
    Ok(format!("{HEAD}{}", toml::to_string(&manifest)?))
}

fn entry(sample: &Sample) -> anyhow::Result<Entry<'_>> {
    let code = sample.codes.iter().map(|code| label(sample, code));
    Ok(Entry {
        file: sample.file,
        covers: sample.covers,
        tactic: sample.tactic,
        sample: sample.sampling,
        code: code.collect::<anyhow::Result<_>>()?,
    })
}

fn label<'a>(sample: &Sample, code: &'a Code) -> anyhow::Result<Label<'a>> {
    let prop = &code.prop;
    let (from_ms, to_ms) = (
        prop.shown.0,
        prop.shown.1.min(media::last_ms(&sample.media)),
    );
    let (at_ms, stage_ms) = media::moment(&sample.media, from_ms, to_ms);
    let pose = prop.motion.at(&prop.pose, stage_ms as f32 / 1000.0);
    let corners = Card::new(&prop.payload, &prop.style)?.corners(&pose);
    Ok(Label {
        payload: code.text.as_deref(),
        undecoded: code.text.is_none(),
        class: code.class,
        scheme: code.scheme,
        module_px: tenth(pose.module.abs()),
        place: Place {
            at_ms,
            corners: corners.map(|corner| corner.map(tenth)),
        },
        from_ms,
        to_ms,
        required: code.required,
    })
}

fn tenth(px: f32) -> f32 {
    (px * 10.0).round() / 10.0
}
