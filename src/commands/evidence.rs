//! `waylay evidence`: cases for others, and whether evidence is what was signed.

mod export;
mod verify;

use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args as ClapArgs, Subcommand};

use crate::clock::Clock;
use crate::commands::common;
use crate::evidence::chain::Finding;
use crate::keys::{PublicKey, SigningKey};
use crate::store::{Head, SealedState, Store};
use crate::wire::manifest::Content;
use crate::worker::seal;

/// Export evidence, verify it, and hold it.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

// No doc comment: it would take the place of what the commands say of themselves.
#[derive(Debug, ClapArgs)]
struct Data {
    /// Where records and evidence are kept
    #[arg(long, value_name = "DIR", default_value = "./waylay-data")]
    data: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write incidents to one file for others: manifests, events, frames, and a page to read
    Export {
        /// The incidents, by their ids
        #[arg(value_name = "INCIDENT", required = true)]
        incidents: Vec<String>,
        /// The file (zip)
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        #[command(flatten)]
        data: Data,
    },
    /// Say whether an exported file, or all evidence of an installation, is what was signed
    ///
    /// Each thing that was altered, removed or added is told on a line of its own. Exit code 1 where there is any, 2
    /// where there is nothing to verify. It takes no network.
    Verify(verify::Args),
    /// Print the public key that manifests and exports are signed with
    Key {
        /// As a PEM file has it, for other programs
        #[arg(long)]
        pem: bool,
        #[command(flatten)]
        data: Data,
    },
    /// Keep the evidence of an incident until it is released, whatever its retention
    Hold(About),
    /// Let the evidence of an incident that was held go when its time comes
    Release(About),
}

// The same.
#[derive(Debug, ClapArgs)]
struct About {
    /// The incident, by its id
    #[arg(value_name = "INCIDENT")]
    incident: String,
    /// Why; it stands in the records for ever
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
    #[command(flatten)]
    data: Data,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    match &args.command {
        Command::Export {
            incidents,
            output,
            data,
        } => runtime.block_on(export::run(incidents, output, &data.data)),
        Command::Verify(args) => runtime.block_on(verify::run(args)),
        Command::Key { pem, data } => {
            let key = public(&data.data)?;
            let text = if *pem { key.pem() } else { format!("{key}\n") };
            std::io::stdout().lock().write_all(text.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Hold(about) => runtime.block_on(hold(about, true)),
        Command::Release(about) => runtime.block_on(hold(about, false)),
    }
}

async fn hold(about: &About, held: bool) -> anyhow::Result<ExitCode> {
    let (id, data) = (about.incident.as_str(), about.data.data.as_path());
    let store = open(data).await?;
    let state = incident(&store, id, data).await?;
    let gone = || format!("the evidence of incident {id} is kept no more");
    if state.entombed {
        bail!(gone());
    }
    let manifests = store.manifests_of(id).await?;
    let last = manifests
        .iter()
        .rfind(|row| row.kind == "hold" || row.kind == "release");
    if !held && last.is_none_or(|row| row.kind != "hold") {
        bail!("incident {id} is not held");
    }
    let reason = about.reason.clone();
    let content = if held {
        Content::Hold { reason }
    } else {
        Content::Release { reason }
    };
    let key = signing(data)?;
    let now_us = Clock::system().wall_us();
    let build = |head: &Head| seal(&key, head, id, content, now_us);
    let is_added = store.add_manifest(id, now_us, build).await?;
    store.close().await;
    if !is_added {
        bail!(gone());
    }
    Ok(ExitCode::SUCCESS)
}

/// A reason is one line that people can read.
fn reason(text: &str) -> Result<String, &'static str> {
    const MOST: usize = 1_000;
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MOST || text.contains(char::is_control) {
        return Err("expected a line of 1 to 1000 characters");
    }
    Ok(text.to_owned())
}

/// The records in `data`, which must be there.
async fn open(data: &Path) -> anyhow::Result<Store> {
    let file = data.join("waylay.sqlite");
    if !file.is_file() {
        bail!("there are no records in {}", data.display());
    }
    Ok(Store::open(&file).await?)
}

async fn incident(store: &Store, id: &str, data: &Path) -> anyhow::Result<SealedState> {
    let state = store.sealed_state(id).await?;
    state.with_context(|| format!("there is no incident {id} in {}", data.display()))
}

/// The key of the installation in `data`, made where there is none.
fn signing(data: &Path) -> anyhow::Result<SigningKey> {
    let file = common::key_file(data);
    SigningKey::read_or_make(&file).with_context(|| format!("the key in {}", file.display()))
}

/// The public half of the key in `data`, which must be there.
fn public(data: &Path) -> anyhow::Result<PublicKey> {
    let file = common::key_file(data);
    let key = SigningKey::read(&file).with_context(|| format!("the key in {}", file.display()))?;
    Ok(key.public())
}

/// Says what was found, and after it what that comes to; the exit code.
fn tell(name: impl Display, findings: &[Finding], whole: &str) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for finding in findings {
        writeln!(out, "{finding}")?;
    }
    if findings.is_empty() {
        writeln!(out, "{name}: whole, {whole}")?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(
        out,
        "{name}: NOT whole, {} findings; {whole}",
        findings.len()
    )?;
    Ok(common::FAILED.into())
}

/// `many` of them, as people write it.
fn count(many: usize, of: &str) -> String {
    format!("{many} {of}{}", if many == 1 { "" } else { "s" })
}
