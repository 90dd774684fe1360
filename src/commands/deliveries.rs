//! `waylay deliveries`: what is still to be delivered to webhooks, and what was given up.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args as ClapArgs, Subcommand};

use crate::clock::Clock;
use crate::commands::common;
use crate::store::{Listed, Replayed, Store};
use crate::telemetry::plain;
use crate::web;
use crate::wire::delivery::DeliveryData;

/// How many are read at once.
const PAGE: usize = 500;

/// List what webhooks were not told yet, and bring back what was given up.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List deliveries that were not made yet, those that were given up among them
    List {
        /// Those to this webhook alone
        #[arg(long, value_name = "NAME")]
        endpoint: Option<String>,
        /// Those alone that wait, or were given up
        #[arg(long, value_parser = ["pending", "dead"])]
        state: Option<String>,
        /// Print one JSON line for each
        #[arg(long)]
        json: bool,
        /// Where records are kept
        #[arg(long, value_name = "DIR", default_value = "./waylay-data")]
        data: PathBuf,
    },
    /// Bring deliveries back that were given up: a service that runs tries them within half a minute
    Replay {
        /// Their ids, as `list` shows them
        #[arg(value_name = "ID", required_unless_present = "all")]
        ids: Vec<i64>,
        /// All that were given up
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Those to this webhook alone
        #[arg(long, value_name = "NAME", conflicts_with = "ids")]
        endpoint: Option<String>,
        /// Where records are kept
        #[arg(long, value_name = "DIR", default_value = "./waylay-data")]
        data: PathBuf,
    },
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match &args.command {
            Command::List {
                endpoint,
                state,
                json,
                data,
            } => {
                let store = open(data).await?;
                let listed = Listed {
                    endpoint: endpoint.as_deref(),
                    state: state.as_deref(),
                    after: 0,
                    limit: PAGE,
                };
                list(&store, listed, *json).await?;
                store.close().await;
                Ok(ExitCode::SUCCESS)
            }
            Command::Replay {
                ids,
                all,
                endpoint,
                data,
            } => {
                let store = open(data).await?;
                let endpoint = endpoint.as_deref();
                let (replayed, code) = if *all {
                    let now_us = Clock::system().wall_us();
                    (store.replay_all(endpoint, now_us).await?, ExitCode::SUCCESS)
                } else {
                    replay(&store, ids).await?
                };
                store.close().await;
                writeln!(io::stdout().lock(), "{replayed} deliveries are tried again")?;
                Ok(code)
            }
        }
    })
}

/// The records in `data`, which must be there: none are made by looking for them.
async fn open(data: &Path) -> anyhow::Result<Store> {
    let file = data.join("waylay.sqlite");
    if !file.is_file() {
        bail!("there are no records in {}", data.display());
    }
    Ok(Store::open(&file).await?)
}

async fn list(store: &Store, mut listed: Listed<'_>, json: bool) -> anyhow::Result<()> {
    if !json {
        let mut out = io::stdout().lock();
        writeln!(
            out,
            "{:>8} {:<16} {:<8} {:>8} {:<20} {:<42} WHY",
            "ID", "ENDPOINT", "STATE", "ATTEMPTS", "RECORDED", "EVENT"
        )?;
    }
    loop {
        let rows = store.deliveries(&listed).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        listed.after = last.id;
        let mut out = io::stdout().lock();
        for row in rows {
            let delivery = web::delivery(row);
            if json {
                writeln!(out, "{}", serde_json::to_string(&delivery)?)?;
            } else {
                writeln!(out, "{}", line(&delivery))?;
            }
        }
    }
}

fn line(delivery: &DeliveryData) -> String {
    // Seconds are enough for people.
    let recorded = delivery.created.get(..19).unwrap_or_default();
    format!(
        "{:>8} {:<16} {:<8} {:>8} {recorded:<20} {:<42} {}",
        delivery.id,
        plain(&delivery.endpoint),
        plain(&delivery.state),
        delivery.attempts,
        plain(&delivery.event),
        plain(delivery.error.as_deref().unwrap_or("-")),
    )
}

/// How many of `ids` were brought back; those that were not are told.
async fn replay(store: &Store, ids: &[i64]) -> anyhow::Result<(u64, ExitCode)> {
    let (mut replayed, mut code) = (0, ExitCode::SUCCESS);
    let clock = Clock::system();
    for id in ids {
        let why = match store.replay(*id, clock.wall_us()).await? {
            Replayed::Done => {
                replayed += 1;
                continue;
            }
            Replayed::Pending => "was not given up",
            Replayed::Unknown => "is not there; it may have been made",
        };
        common::complain(format_args!("delivery {id} {why}"));
        code = common::FAILED.into();
    }
    Ok((replayed, code))
}
