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
use std::path::PathBuf;

use anyhow::Context;

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
    let path = folder.join("manifest.toml");
    std::fs::write(&path, manifest::write(&samples)?)
        .with_context(|| format!("cannot write {}", path.display()))
}
