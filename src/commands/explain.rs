//! `waylay explain`: payloads in, one JSON line each out. Nothing is looked up on the network unless asked for.

mod answers;

use std::io::{self, BufRead, BufWriter};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;

use self::answers::{Answers, Asking, Explainer};
use crate::commands::common::{self, BAD_INPUT, complain};
use crate::payload::{self, Payload};
use crate::policy;

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
    /// The platform's policy; without one nothing is on the platform. Each line then says of every rule
    /// whether it fits, and why.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// What belongs to the stream's seller.
    #[arg(long, value_name = "FILE")]
    stream_registry: Option<PathBuf>,
    /// The id of the stream, for rules that hold for a share of the streams.
    #[arg(long, value_name = "ID")]
    stream: Option<String>,
    /// A label of the stream, for rules that ask for it; may be given again.
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,
    /// The moment to judge at, such as 2026-11-11T20:30:00Z, for rules that ask for the time.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    at: Option<i64>,
    /// Where the payloads were read, where a line does not say: in a code or in the picture.
    #[arg(long, value_enum, default_value_t)]
    kind: Kind,
    /// Ask short links where they lead, over the network. Whoever runs them can see that somebody asked.
    #[arg(long)]
    resolve: bool,
    /// How links are asked: `[resolve]` in this configuration file.
    #[arg(long, value_name = "FILE", requires = "resolve")]
    config: Option<PathBuf>,
}

/// RFC 3339 as µs since 1970.
fn moment(text: &str) -> Result<i64, String> {
    let moment: Result<jiff::Timestamp, _> = text.parse();
    moment
        .map(jiff::Timestamp::as_microsecond)
        .map_err(|error| error.to_string())
}

/// One line of `--jsonl`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    payload: String,
    id: Option<Value>,
    kind: Option<Kind>,
}

/// Where a payload was read.
#[derive(Debug, Clone, Copy, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// In a code.
    #[default]
    Qr,
    /// In the picture, as writing.
    Text,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let policy = common::load_policy(args.policy.as_deref())?;
    let seller = common::load_seller(args.stream_registry.as_deref())?;
    let asking = args
        .resolve
        .then(|| Asking::new(args.config.as_deref()))
        .transpose()?;
    let explainer = Explainer {
        rules: args.policy.is_some(),
        policy,
        context: policy::Context {
            stream: args.stream.as_deref(),
            labels: &args.label,
            seller: seller.as_ref(),
            at_us: args.at,
        },
        kind: args.kind,
    };
    let mut answers = Answers::new(explainer, asking, BufWriter::new(io::stdout().lock()));
    let mut code = ExitCode::SUCCESS;
    if args.text.is_empty() {
        let mut line = Vec::new();
        for at in 1.. {
            if !read_line(&mut io::stdin().lock(), &mut line).context("standard input")? {
                break;
            }
            if args.jsonl {
                if let Err(error) = answers.take_json(&line)? {
                    complain(format_args!("standard input, line {at}: {error}"));
                    code = ExitCode::from(BAD_INPUT);
                }
            } else if !line.is_empty() {
                answers.take(args.kind.parse(&line), None)?;
            }
        }
    } else {
        for text in &args.text {
            answers.take(args.kind.parse(text.as_bytes()), None)?;
        }
    }
    answers.finish()?;
    Ok(code)
}

/// The most bytes of a line that are read: no code and no writing in a picture is nearly as long, escaped
/// or not.
const LONGEST_LINE: usize = 1 << 20;

/// Reads the next line into `line`, without its end and without what is longer than the longest line;
/// false where there is none.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut any = false;
    loop {
        let part = match input.fill_buf() {
            Ok(part) => part,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if part.is_empty() {
            break;
        }
        any = true;
        let end = part.iter().position(|byte| *byte == b'\n');
        let text = &part[..end.unwrap_or(part.len())];
        let room = LONGEST_LINE - line.len();
        line.extend_from_slice(&text[..text.len().min(room)]);
        let used = text.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(any)
}

impl Kind {
    /// What `bytes` say, read as this.
    fn parse(self, bytes: &[u8]) -> Payload {
        match self {
            Self::Qr => payload::parse(bytes),
            Self::Text => payload::parse_line(&String::from_utf8_lossy(bytes)),
        }
    }
}
