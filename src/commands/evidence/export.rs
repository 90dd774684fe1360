//! `waylay evidence export`: a case for others.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{count, incident, open, signing};
use crate::clock::Clock;
use crate::commands::common;
use crate::config::Config;
use crate::evidence::{Case, Signed, export};
use crate::store::{ManifestRow, Store};
use crate::wire::manifest::time;

pub(super) async fn run(
    incidents: &[String],
    output: &Path,
    data: &Path,
) -> anyhow::Result<ExitCode> {
    let clock = Clock::system();
    let store = open(data).await?;
    let folder = common::evidence(data, &Config::default());
    // What has just ended, or what a crash has left.
    let sealer = common::sealer(data, &store, &folder, clock, &Config::default())?;
    sealer.seal().await?;
    let mut cases = Vec::new();
    let mut known = BTreeSet::new();
    for id in incidents {
        if known.insert(id) {
            cases.push(case(&store, id, data).await?);
        }
    }
    store.close().await;

    let key = signing(data)?;
    let cannot = || format!("cannot write {}", output.display());
    let mut partial = output.as_os_str().to_owned();
    partial.push(".part");
    let written = File::create(&partial).and_then(|file| {
        let mut out = BufWriter::new(file);
        let exported = time(clock.wall_us());
        let findings = export(&mut out, &cases, folder.path(), &key, &exported)?;
        out.into_inner()?.sync_all()?;
        fs::rename(&partial, output)?;
        Ok(findings)
    });
    if written.is_err() {
        // Half a bundle is worth nothing.
        let _ = fs::remove_file(&partial);
    }
    let findings = written.with_context(cannot)?;
    for finding in &findings {
        common::complain(format_args!("{finding}"));
    }
    let name = output.display();
    let incidents = count(cases.len(), "incident");
    writeln!(
        std::io::stdout().lock(),
        "{name}: {incidents}, signed with {}",
        key.public()
    )?;
    Ok(if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        common::FAILED.into()
    })
}

/// All that is on record of an incident.
async fn case(store: &Store, id: &str, data: &Path) -> anyhow::Result<Case> {
    let state = incident(store, id, data).await?;
    if state.sealed == 0 {
        bail!("incident {id} has not ended: it is sealed when it has");
    }
    let rows = store.manifests_of(id).await?;
    let mut manifests = Vec::new();
    for row in rows {
        let time_stamp = store.time_stamp(row.position).await?;
        manifests.push(signed(row, time_stamp)?);
    }
    let events = store.events_of(id).await?;
    Ok(Case {
        incident: state.id,
        manifests,
        events: events.into_iter().map(|event| event.event).collect(),
    })
}

fn signed(row: ManifestRow, time_stamp: Option<Vec<u8>>) -> anyhow::Result<Signed> {
    let altered = || {
        let position = row.position;
        format!("manifest {position} was altered: `waylay evidence verify --data` says more")
    };
    Ok(Signed {
        manifest: serde_json::from_str(&row.manifest).with_context(altered)?,
        signature: STANDARD.decode(&row.signature).with_context(altered)?,
        text: row.manifest,
        time_stamp,
    })
}
