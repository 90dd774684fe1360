//! Makes the labelled samples: `cargo run --release --example make_samples -- samples [NAME...]`.
//!
//! Draws every picture itself, from fixed seeds, and pipes the frames of a clip into the program
//! `ffmpeg`. The codes come from the crate `qrcode`, an encoder that shares nothing with the readers
//! under test. With names, only the files whose names contain one of them are made anew; the manifest
//! always is.

mod backdrop;
mod canvas;
mod card;
mod catalogue;
mod manifest;
mod media;
mod noise;
mod overlay;
mod payloads;
mod people;
mod pose;
mod scene;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use waylay::replay::Manifest;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(
        arguments
            .next()
            .context("usage: make_samples FOLDER [NAME...]")?,
    );
    let names: Vec<String> = arguments.collect();
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;

    let samples = catalogue::all();
    let labels = manifest::write(&samples)?;
    let path = folder.join("manifest.toml");
    refuse_lower_floors(&path, &labels)?;
    let wanted =
        |file: &str| names.is_empty() || names.iter().any(|name| file.contains(name.as_str()));
    let mut out = std::io::stdout().lock();
    for sample in samples.iter().filter(|sample| wanted(sample.file)) {
        let path = folder.join(sample.file);
        let (width, height) = sample.size;
        let props: Vec<scene::Prop> = sample.codes.iter().map(|code| code.prop.clone()).collect();
        let mut stage = scene::Stage::new(&sample.scene, &props, width, height)?;
        media::write(sample, &mut stage, &path)
            .with_context(|| format!("cannot make {}", path.display()))?;
        writeln!(
            out,
            "{:>5} KiB  {}",
            std::fs::metadata(&path)?.len() / 1024,
            sample.file
        )?;
    }
    std::fs::write(&path, labels).with_context(|| format!("cannot write {}", path.display()))
}

/// What the samples once reached stays asked for: a person may take a floor out of the manifest at `path`,
/// where a reviewer sees it; a change of the catalogue does not do it unseen.
fn refuse_lower_floors(path: &Path, labels: &str) -> anyhow::Result<()> {
    let Ok(before) = std::fs::read_to_string(path) else {
        return Ok(());
    };
    let before = Manifest::parse(&before).with_context(|| path.display().to_string())?;
    let lowered = Manifest::parse(labels)?.floors.lowered_from(&before.floors);
    ensure!(
        lowered.is_empty(),
        "{}; where this is meant, change it in {} first",
        lowered.join(", "),
        path.display()
    );
    Ok(())
}
