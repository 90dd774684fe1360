//! The command line: one file per subcommand, with its arguments and its `run`.
//!
//! stdout is data and stderr is for people. Exit codes: 0 fine, 1 found a failure, 2 bad usage or bad
//! input.

mod admin_link;
mod common;
mod config;
mod configured;
mod deliveries;
mod evidence;
mod explain;
mod policies;
mod policy;
mod replay;
mod scan;
mod serve;
mod top;
mod watch;

use std::fmt::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

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
    Serve(serve::Args),
    Top(top::Args),
    Scan(scan::Args),
    Explain(explain::Args),
    Replay(replay::Args),
    Evidence(evidence::Args),
    Policy(policy::Args),
    Config(config::Args),
    Deliveries(deliveries::Args),
    AdminLink(admin_link::Args),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    // Pictures come and go in megabytes. Without glibc, or where it refuses, that takes more time and all goes on.
    let _ = glibc_heap::hold();
    crate::telemetry::init();
    crate::source::init();
    let done = match &cli.command {
        Command::Watch(args) => watch::run(args),
        Command::Serve(args) => serve::run(args),
        Command::Top(args) => top::run(args),
        Command::Scan(args) => scan::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Evidence(args) => evidence::run(args),
        Command::Policy(args) => policy::run(args),
        Command::Config(args) => config::run(args),
        Command::Deliveries(args) => deliveries::run(args),
        Command::AdminLink(args) => admin_link::run(args),
    };
    done.unwrap_or_else(|error| failed(&error))
}

/// The width of the help in the reference, in characters: a terminal has no say in it.
const REFERENCE_WIDTH: usize = 100;

const REFERENCE_HEAD: &str = "\
# The command line

Written from the program itself: change the help in `src/commands/`, then run the tests with `UPDATE=1`.

stdout is data and stderr is for people. Exit codes: 0 fine, 1 found a failure, 2 bad usage or bad input;
`watch` ends with 130 at the second Ctrl-C.
`WAYLAY_LOG` filters the log on stderr: `WAYLAY_LOG=warn`, or `debug` for more.
";

/// The command line as Markdown: `docs/ref/cli.md`, with the whole help of each command.
pub fn reference() -> String {
    let mut command = Cli::command().term_width(REFERENCE_WIDTH);
    command.build();
    let mut text = REFERENCE_HEAD.to_owned();
    describe(&mut command, &mut text);
    text
}

/// Adds `command` to `text`, and what is below it.
fn describe(command: &mut clap::Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    // A `String` takes whatever is written to it.
    let _ = write!(text, "\n## `{name}`\n\n```text\n");
    for line in command.render_long_help().to_string().trim_end().lines() {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push_str("```\n");
    for below in command.get_subcommands_mut() {
        // `help` says again what is said here.
        if below.get_name() != "help" {
            describe(below, text);
        }
    }
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
