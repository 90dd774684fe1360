//! The command line: one file per subcommand, which holds its arguments and its `run`.
//!
//! Standard output is data and standard error is for people. Exit code 0: fine; 1: a failure was found;
//! 2: bad usage or bad input.

mod explain;
mod policy;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Bad usage or bad input.
const BAD_INPUT: u8 = 2;

/// Watches live video for QR codes and payment links, and says of each where it leads: on the platform
/// or off it.
#[derive(Debug, Parser)]
#[command(name = "waylay", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Explain(explain::Args),
    Policy(policy::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let result = match &Cli::parse().command {
        Command::Explain(args) => explain::run(args),
        Command::Policy(args) => policy::run(args),
    };
    result.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            return ExitCode::SUCCESS;
        }
        complain(format_args!("{error:#}"));
        ExitCode::from(BAD_INPUT)
    })
}

/// Whether whoever read our output has had enough, as `head` does.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause
            .downcast_ref::<serde_json::Error>()
            .and_then(serde_json::Error::io_error_kind);
        io.or(json) == Some(ErrorKind::BrokenPipe)
    })
}

/// Tells a person. There is nobody left to tell where that fails.
fn complain(message: std::fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr(), "{message}");
}
