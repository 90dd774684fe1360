//! `waylay policy`.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::commands::common;

/// Work with policy files.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check a policy file: says what it holds, or what is wrong and where.
    Check {
        /// The policy (TOML).
        file: PathBuf,
    },
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Command::Check { file } = &args.command;
    let policy = common::load_policy(Some(file))?;
    writeln!(io::stdout().lock(), "{}: {}", policy.id(), policy.summary())?;
    Ok(ExitCode::SUCCESS)
}
