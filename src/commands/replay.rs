//! `waylay replay`: labelled samples → found, missed, wrong, how soon, and at what cost.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args as ClapArgs;
use indicatif::{ProgressBar, ProgressDrawTarget};

use crate::clock::Clock;
use crate::commands::common;
use crate::config::{Config, Sample};
use crate::detect::Readers;
use crate::replay::{self, Manifest};
use crate::stop::Stop;
use crate::telemetry::plain;
use crate::worker::{InForce, Settings};

/// Replay labelled samples and compare what is found with the labels.
///
/// Exit code 1 where a required code was missed or the floors of the manifest were not reached; with
/// --no-worse also where it is worse than the run that it is compared with.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// A folder with a manifest.toml
    folder: PathBuf,
    /// The policy to judge by, in place of the one that the manifest names
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// How often to look, where the manifest does not say: auto, keyframes, all, or 1 to 60 looks a second
    #[arg(long, value_name = "HOW", default_value = "auto")]
    sample: Sample,
    /// Who reads codes, separated by commas
    #[arg(long, value_name = "LIST", default_value_t = Readers::default())]
    readers: Readers,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Write a JUnit file too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a page too, with the frames in which something was missed or wrong
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Compare with what --json printed for an earlier run
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// Fail where fewer codes are found than in that run, a wrong payload is new, or a floor fell
    #[arg(long, requires = "compare")]
    no_worse: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let manifest = Manifest::read(&args.folder)?;
    let policy = manifest
        .policy
        .as_ref()
        .map(|policy| args.folder.join(policy));
    let policy = common::load_policy(
        args.policy
            .as_ref()
            .or(policy.as_ref())
            .map(PathBuf::as_path),
    )?;
    let before = args.compare.as_deref().map(replay::read_run).transpose()?;
    let policy = InForce::new(policy);
    let mut settings = Settings::new(&Config::default(), policy, Stop::new(), Clock::system());
    settings.snapshots = false;
    settings.readers = args.readers;
    settings.sampling.sample = args.sample;
    let shown = io::stderr().is_terminal();
    let target = if shown {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(manifest.samples.len() as u64), target);
    let mut run = replay::replay(&args.folder, &manifest, &settings, |_| bar.inc(1));
    bar.finish_and_clear();
    run.compared = before.map(|before| replay::compare(&run, &before));
    if args.no_worse {
        let worse = run.compared.iter().flat_map(|compared| &compared.worse);
        run.failures.extend(worse.cloned());
    }
    if let Some(file) = &args.junit {
        write(file, &replay::junit(&run))?;
    }
    if let Some(file) = &args.html {
        let shots = replay::shots(&args.folder, &manifest, &run, &settings.limits);
        write(
            file,
            &replay::page(&args.folder.to_string_lossy(), &run, &shots),
        )?;
    }
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&run)?)?;
    } else {
        replay::table(&mut out, &run)?;
    }
    for failure in &run.failures {
        tracing::error!("{}", plain(failure));
    }
    Ok(if run.failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        common::FAILED.into()
    })
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
