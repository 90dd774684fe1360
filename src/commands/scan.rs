//! `waylay scan`: what the symbols in still pictures say.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use image::{ImageFormat, RgbImage};

use crate::commands::common;
use crate::detect::trace::Trace;
use crate::detect::{Reach, Readers};
use crate::evidence;
use crate::policy::{Context as StreamContext, Policy};
use crate::source::still::{self, StillError};
use crate::wire::scan::Line;
use crate::wire::trace;
use crate::worker::{Looks, Mode};

/// Read the codes in still pictures: one JSON line for each.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Pictures, or folders that are searched for them
    #[arg(required = true, value_name = "PICTURE|DIR")]
    paths: Vec<PathBuf>,
    /// The platform's registry and rules; without it nothing is on the platform
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// What belongs to the stream's seller
    #[arg(long, value_name = "FILE")]
    stream_registry: Option<PathBuf>,
    /// Who reads codes, separated by commas
    #[arg(long, value_name = "LIST", default_value_t = Readers::default())]
    readers: Readers,
    /// Also write into this folder what each stage of the reading saw of each picture: drawn, and as lines of JSON
    #[arg(long, value_name = "DIR")]
    explain_read: Option<PathBuf>,
}

/// Runs the command. A picture that cannot be read is told on stderr; the others go on.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let policy = common::load_policy(args.policy.as_deref())?;
    let seller = common::load_seller(args.stream_registry.as_deref())?;
    let context = StreamContext {
        seller: seller.as_ref(),
        ..StreamContext::default()
    };
    let mut out = io::stdout().lock();
    let mut code = ExitCode::SUCCESS;
    let mut complain = |error: std::fmt::Arguments<'_>| {
        common::complain(error);
        code = common::BAD_INPUT.into();
    };
    for path in &args.paths {
        let mut pictures = Vec::new();
        if let Err(error) = collect(path, &mut pictures) {
            complain(format_args!("{error:#}"));
        }
        for picture in pictures {
            match scan(&picture, args, &policy, &context, &mut out) {
                Ok(()) => {}
                Err(Failed::Picture(error)) => complain(format_args!("{error}")),
                Err(Failed::Output(error)) => return Err(error.into()),
                Err(Failed::Explained(error)) => return Err(error),
            }
        }
    }
    Ok(code)
}

enum Failed {
    Picture(StillError),
    Output(io::Error),
    /// What the stages saw cannot be written down.
    Explained(anyhow::Error),
}

fn scan(
    picture: &Path,
    args: &Args,
    policy: &Policy,
    context: &StreamContext<'_>,
    out: &mut impl Write,
) -> Result<(), Failed> {
    let still = still::open(picture).map_err(Failed::Picture)?;
    let Some(luma) = still.luma() else {
        return Ok(());
    };
    let looks = Looks {
        readers: args.readers,
        reach: Reach::Whole,
        policy,
        context,
        mode: Mode::Recorded,
    };
    let sightings = if let Some(folder) = &args.explain_read {
        let mut trace = Trace::default();
        let sightings = looks.at_still_traced(&luma, &mut trace);
        explain(folder, picture, &still.rgb, &trace).map_err(Failed::Explained)?;
        sightings
    } else {
        looks.at_still(&luma)
    };
    let file = picture.to_string_lossy();
    for sighting in &sightings {
        let line = serde_json::to_string(&Line::new(&file, sighting));
        line.map_err(io::Error::from)
            .and_then(|line| writeln!(out, "{line}"))
            .map_err(Failed::Output)?;
    }
    Ok(())
}

/// Writes what the stages saw of `picture` into `folder`, under its own path below it.
fn explain(folder: &Path, picture: &Path, rgb: &RgbImage, trace: &Trace) -> Result<()> {
    let parts = picture.components();
    let below: PathBuf = parts
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect();
    let at = folder.join(below);
    let mut lines = String::new();
    for step in &trace.steps {
        lines.push_str(&serde_json::to_string(&trace::Line::from(step))?);
        lines.push('\n');
    }
    let cannot = || format!("{}: cannot be written", at.display());
    fs::create_dir_all(at.parent().unwrap_or(folder)).with_context(cannot)?;
    let with = |extension: &str| {
        let mut path = at.clone().into_os_string();
        path.push(extension);
        path
    };
    fs::write(with(".jsonl"), lines).with_context(cannot)?;
    evidence::chart(rgb, trace)
        .save_with_format(Path::new(&with(".png")), ImageFormat::Png)
        .with_context(cannot)
}

/// Adds `path`, or the pictures in it and below it by their names where it is a folder.
fn collect(path: &Path, pictures: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        pictures.push(path.to_owned());
        return Ok(());
    }
    let cannot = || format!("{}: the folder cannot be read", path.display());
    let mut entries = fs::read_dir(path)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .with_context(cannot)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().with_context(cannot)?;
        // A link to a folder could lead back to where it stands.
        if kind.is_dir() {
            collect(&entry.path(), pictures)?;
        } else if still::is_picture(&entry.path()) && entry.path().is_file() {
            pictures.push(entry.path());
        }
    }
    Ok(())
}
