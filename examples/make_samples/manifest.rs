//! The labels, written from the same table that the pictures are drawn from, so that they cannot disagree.

use serde::Serialize;

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
}

#[derive(Serialize)]
struct Entry<'a> {
    file: &'a str,
    covers: &'a [&'a str],
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
    from_ms: u32,
    to_ms: u32,
    required: bool,
}

/// The manifest of `samples`. Its floor is every code that is required, and no wrong one.
pub(crate) fn write(samples: &[Sample]) -> anyhow::Result<String> {
    let required = |sample: &Sample| sample.codes.iter().filter(|code| code.required).count();
    let manifest = Manifest {
        policy: "policy.toml",
        floors: Floors {
            min_found: samples.iter().map(required).sum(),
            max_wrong: 0,
        },
        sample: samples.iter().map(entry).collect(),
    };
    Ok(format!("{HEAD}{}", toml::to_string(&manifest)?))
}

fn entry<'a>(sample: &'a Sample) -> Entry<'a> {
    let last = media::last_ms(&sample.media);
    let label = |code: &'a Code| Label {
        payload: code.text.as_deref(),
        undecoded: code.text.is_none(),
        class: code.class,
        scheme: code.scheme,
        from_ms: code.prop.shown.0,
        to_ms: code.prop.shown.1.min(last),
        required: code.required,
    };
    let code = sample.codes.iter().map(label).collect();
    Entry {
        file: sample.file,
        covers: sample.covers,
        sample: sample.sampling,
        code,
    }
}
