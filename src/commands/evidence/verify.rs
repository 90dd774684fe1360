//! `waylay evidence verify`: whether a bundle, or all that is on record, is what was signed.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args as ClapArgs;

use super::{count, open, public, tell};
use crate::commands::common;
use crate::evidence::chain::Finding;
use crate::evidence::{Verified, verify};
use crate::keys::PublicKey;
use crate::store::Store;
use crate::wire::verification::{FindingData, VerificationData};

mod records;

use records::Records;

/// Where a key is from, for programs and for people.
const GIVEN: (&str, &str) = ("given", "the key that was given");

#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// A file that `evidence export` wrote
    #[arg(
        value_name = "BUNDLE",
        required_unless_present = "data",
        conflicts_with = "data"
    )]
    bundle: Option<PathBuf>,
    /// The whole chain of an installation, and all of its files, in place of a bundle
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The public key that must have signed it (whpk_...); without it the key that the bundle brings with it, or that of
    /// DIR
    #[arg(long, value_name = "KEY", value_parser = PublicKey::parse)]
    key: Option<PublicKey>,
    /// The most that is unpacked of a bundle, MiB
    #[arg(long, value_name = "N", default_value_t = 2048)]
    max_mb: u32,
    /// Print one JSON object in place of lines for people
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match (&args.bundle, &args.data) {
        (Some(bundle), _) => verify_bundle(bundle, args),
        (None, Some(data)) => verify_data(data, args).await,
        (None, None) => anyhow::bail!("expected a BUNDLE or --data"),
    }
}

fn verify_bundle(bundle: &Path, args: &Args) -> anyhow::Result<ExitCode> {
    let name = bundle.display();
    let file = File::open(bundle).with_context(|| format!("cannot read {name}"))?;
    let most = u64::from(args.max_mb) << 20;
    let verified = verify(BufReader::new(file), args.key, most);
    let Verified {
        key,
        incidents,
        manifests,
        files,
        time_stamps,
        findings,
        ..
    } = verified.with_context(|| format!("cannot verify {name}"))?;
    let (key_from, origin) = match args.key {
        Some(_) => GIVEN,
        None => (
            "bundle",
            "the key in the bundle itself: compare it with the one that its platform gave you",
        ),
    };
    if args.json {
        return print(&VerificationData {
            name: name.to_string(),
            whole: findings.is_empty(),
            key: key.to_string(),
            key_from,
            incidents: Some(incidents.into_iter().collect()),
            manifests,
            files,
            time_stamps,
            pending: None,
            findings: wire(&findings),
        });
    }
    let whole = format!(
        "{}, {}, {} of evidence, {}, signed with {key} ({origin})",
        count(incidents.len(), "incident"),
        count(manifests, "manifest"),
        count(files, "file"),
        count(time_stamps, "time stamp"),
    );
    tell(name, &findings, &whole)
}

async fn verify_data(data: &Path, args: &Args) -> anyhow::Result<ExitCode> {
    let (key, (key_from, origin)) = match args.key {
        Some(key) => (key, GIVEN),
        None => (public(data)?, ("installation", "its own key")),
    };
    let store = open(data).await?;
    let mut records = Records::new(key, data.join("evidence"));
    records.read(&store).await?;
    let pending = pending(&store, &mut records.findings).await?;
    store.close().await;
    let (manifests, files, time_stamps) = (records.manifests, records.files, records.time_stamps);
    let findings = records.into_findings();
    if args.json {
        return print(&VerificationData {
            name: data.display().to_string(),
            whole: findings.is_empty(),
            key: key.to_string(),
            key_from,
            incidents: None,
            manifests,
            files,
            time_stamps,
            pending: Some(pending),
            findings: wire(&findings),
        });
    }
    let pending = match pending {
        0 => String::new(),
        many => format!("; {} ended and not sealed yet", count(many, "incident")),
    };
    let whole = format!(
        "{}, {} of evidence, {}, signed with {key} ({origin}){pending}",
        count(manifests, "manifest"),
        count(files, "file"),
        count(time_stamps, "time stamp"),
    );
    tell(data.display(), &findings, &whole)
}

/// Prints what was found out as JSON; the exit code is the same as for people.
fn print(verified: &VerificationData) -> anyhow::Result<ExitCode> {
    let line = serde_json::to_string(verified)?;
    writeln!(std::io::stdout().lock(), "{line}")?;
    Ok(if verified.whole {
        ExitCode::SUCCESS
    } else {
        common::FAILED.into()
    })
}

fn wire(findings: &[Finding]) -> Vec<FindingData> {
    let data = findings.iter().map(|finding| FindingData {
        what: finding.what.as_str(),
        name: finding.name.clone(),
        why: finding.why.clone(),
    });
    data.collect()
}

/// What the records know of manifests that the chain does not have, and how many incidents wait to be sealed.
async fn pending(store: &Store, findings: &mut Vec<Finding>) -> anyhow::Result<usize> {
    let mut waiting = 0;
    for state in store.unsealed().await? {
        if state.sealed > 0 && state.sealed >= state.sequence {
            let why = "the records say that it was sealed";
            findings.push(Finding::missing(
                format!("manifest of incident {}", state.id),
                why,
            ));
        } else {
            waiting += 1;
        }
    }
    Ok(waiting)
}
