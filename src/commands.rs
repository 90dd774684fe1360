//! The command line: one file per subcommand, with its arguments and its `run`.
//!
//! stdout is data and stderr is for people. Exit codes: 0 fine, 1 found a failure, 2 bad usage or bad
//! input.

mod common;
mod config;
mod explain;
mod policy;
mod replay;
mod scan;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Watches live video for QR codes and payment links, and says of each where it leads.
#[derive(Debug, Parser)]
#[command(name = "waylay", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Watch(watch::Args),
    Scan(scan::Args),
    Explain(explain::Args),
    Replay(replay::Args),
    Policy(policy::Args),
    Config(config::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    crate::telemetry::init();
    crate::source::init();
    let done = match &cli.command {
        Command::Watch(args) => watch::run(args),
        Command::Scan(args) => scan::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Policy(args) => policy::run(args),
        Command::Config(args) => config::run(args),
    };
    done.unwrap_or_else(|error| failed(&error))
}

/// Says what is wrong on one line.
fn failed(error: &anyhow::Error) -> ExitCode {
    if common::is_broken_pipe(error) {
        // Whoever read our output has enough: `waylay ... | head` is no failure.
        return ExitCode::SUCCESS;
    }
    common::complain(format_args!("{error:#}"));
    common::BAD_INPUT.into()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_holds_together() {
        super::Cli::command().debug_assert();
    }
}
