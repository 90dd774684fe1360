//! `waylay admin-link`: for whoever is locked out.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args as ClapArgs;

use crate::clock::Clock;
use crate::commands::common;
use crate::store::Store;
use crate::web;

/// Print a link that makes an admin, or gives the user of a name another password and the role of an admin.
///
/// It works once, within 24 hours, in the service that has these records, whether it runs already or is started later. The
/// link before it works no more.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// Where records are kept [default: ./waylay-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where the service listens [default: 127.0.0.1:8088]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Configuration file (TOML) of the service; what is given here comes before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = common::load_config(args.config.as_deref())?;
    let data = args.data.clone().or_else(|| config.data.clone());
    let data = data.unwrap_or_else(|| PathBuf::from("waylay-data"));
    let file = data.join("waylay.sqlite");
    // None are made by looking for them.
    if !file.is_file() {
        bail!("there are no records in {}", data.display());
    }
    let url = common::url(&config, args.listen.unwrap_or(config.serve.listen));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let store = Store::open(&file).await?;
        let link = web::admin_link(&store, &url, Clock::system()).await?;
        store.close().await;
        writeln!(io::stdout().lock(), "{link}")?;
        Ok(ExitCode::SUCCESS)
    })
}
