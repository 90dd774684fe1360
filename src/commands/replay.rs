//! `waylay replay`: labelled samples → found, missed, wrong.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args as ClapArgs;
use indicatif::{ProgressBar, ProgressDrawTarget};
use serde_json::json;

use crate::clock::Clock;
use crate::commands::common;
use crate::config::{Config, Sample};
use crate::detect::Readers;
use crate::replay::{CodeResult, Manifest, Report, SampleResult, replay};
use crate::stop::Stop;
use crate::worker::Settings;

/// Replay labelled samples and compare what is found with the labels.
///
/// Exit code 1 where a required code was missed or the floors of the manifest were not reached.
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
    let report = replay(&args.folder, &manifest, &settings, |_| bar.inc(1));
    bar.finish_and_clear();
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", as_json(&report))?;
    } else {
        table(&mut out, &report)?;
    }
    let failures = report.failures();
    for failure in &failures {
        tracing::error!("{failure}");
    }
    Ok(if failures.is_empty() {
        ExitCode::SUCCESS
    } else {
        common::FAILED.into()
    })
}

fn table(out: &mut impl Write, report: &Report) -> io::Result<()> {
    writeln!(
        out,
        "{:<32} {:>6} {:>6} {:>6} {:>8} {:>10}",
        "sample", "found", "of", "wrong", "located", "delay"
    )?;
    for sample in &report.samples {
        let SampleResult {
            file,
            codes,
            wrong,
            located,
            error,
        } = sample;
        if let Some(error) = error {
            writeln!(out, "{file:<32} {error}")?;
            continue;
        }
        let found = codes.iter().filter(|code| code.found).count();
        let delay = codes.iter().filter_map(|code| code.delay_ms).max();
        let delay = delay.map_or(String::new(), |ms| format!("{ms} ms"));
        let (of, wrong) = (codes.len(), wrong.len());
        writeln!(
            out,
            "{file:<32} {found:>6} {of:>6} {wrong:>6} {located:>8} {delay:>10}"
        )?;
    }
    writeln!(
        out,
        "{} found, {} missed, {} beyond the product and not found, {} wrong",
        report.found(),
        report.missed(),
        report.beyond(),
        report.wrong()
    )
}

fn as_json(report: &Report) -> serde_json::Value {
    let code = |result: &CodeResult| {
        json!({
            "payload": result.code.payload,
            "required": result.code.required,
            "found": result.found,
            "mistaken": result.mistaken,
            "delay_ms": result.delay_ms,
        })
    };
    let sample = |sample: &SampleResult| {
        json!({
            "file": sample.file,
            "codes": sample.codes.iter().map(code).collect::<Vec<_>>(),
            "wrong": sample.wrong,
            "located": sample.located,
            "error": sample.error,
        })
    };
    json!({
        "found": report.found(),
        "missed": report.missed(),
        "beyond": report.beyond(),
        "wrong": report.wrong(),
        "failures": report.failures(),
        "samples": report.samples.iter().map(sample).collect::<Vec<_>>(),
    })
}
