//! `waylay policy`, and how every command that classifies loads its policy.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};

use crate::policy::Policy;

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
    let policy = load(Some(file))?;
    writeln!(io::stdout().lock(), "{}: {}", policy.id(), policy.summary())?;
    Ok(ExitCode::SUCCESS)
}

/// The policy in `file`, or the built-in one.
///
/// # Errors
/// `FILE:LINE:COLUMN: message` where the file is wrong.
pub(crate) fn load(file: Option<&Path>) -> anyhow::Result<Policy> {
    let Some(file) = file else {
        return Ok(Policy::default());
    };
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| name.to_string())?;
    Policy::parse(&text)
        .map_err(|error| anyhow!("{name}:{}:{}: {}", error.line, error.column, error.message))
}
