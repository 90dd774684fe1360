//! `waylay explain`: payloads in, one JSON line each out. Nothing is looked up on the network.

use std::io::{self, BufRead, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::commands::common::{self, BAD_INPUT, complain};
use crate::policy::Policy;
use crate::wire::explain::Explained;
use crate::{destination, payload};

/// Say what payloads hold, where they lead and what the policy says of them.
///
/// Takes payloads as arguments, or one a line on standard input; writes one JSON line each.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Payloads; standard input where there are none.
    text: Vec<String>,
    /// Read JSON lines such as {"payload": "...", "id": 7, "kind": "qr"}; `id` is given back.
    #[arg(long, conflicts_with = "text")]
    jsonl: bool,
    /// The platform's policy; without one nothing is on the platform.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// One line of `--jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    payload: String,
    id: Option<Value>,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "it is checked; both kinds are read in the same way so far"
    )]
    kind: Kind,
}

/// Where a payload was read.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// In a code.
    #[default]
    Qr,
    /// In the picture, as writing.
    Text,
}

/// One line of output.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(flatten)]
    explained: Explained<'a>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let policy = common::load_policy(args.policy.as_deref())?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut code = ExitCode::SUCCESS;
    if args.text.is_empty() {
        for (at, line) in (1..).zip(io::stdin().lock().split(b'\n')) {
            let line = line.context("standard input")?;
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            if args.jsonl {
                if let Err(error) = answer_json(line, &policy, &mut out)? {
                    complain(format_args!("standard input, line {at}: {error}"));
                    code = ExitCode::from(BAD_INPUT);
                }
            } else if !line.is_empty() {
                answer(&payload::parse(line), None, &policy, &mut out)?;
            }
        }
    } else {
        for text in &args.text {
            answer(&payload::parse_str(text), None, &policy, &mut out)?;
        }
    }
    out.flush()?;
    Ok(code)
}

/// Answers one JSON line. The outer error ends everything, the inner is of this line alone.
fn answer_json(
    line: &[u8],
    policy: &Policy,
    out: &mut impl Write,
) -> anyhow::Result<Result<(), serde_json::Error>> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(Ok(()));
    }
    let question: Question = match serde_json::from_slice(line) {
        Ok(question) => question,
        Err(error) => return Ok(Err(error)),
    };
    answer(
        &payload::parse_str(&question.payload),
        question.id,
        policy,
        out,
    )?;
    Ok(Ok(()))
}

fn answer(
    payload: &payload::Payload,
    id: Option<Value>,
    policy: &Policy,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let destination = destination::of(payload);
    let verdict = policy.judge(payload, &destination);
    let explained = Explained::new(payload, &destination, &verdict);
    serde_json::to_writer(&mut *out, &Answer { id, explained })?;
    out.write_all(b"\n")?;
    Ok(())
}
