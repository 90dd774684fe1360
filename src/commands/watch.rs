//! `waylay watch`: live URLs or files; one line per incident event.

use std::collections::HashSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args as ClapArgs;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::clock::Clock;
use crate::commands::common;
use crate::commands::configured::{self, Sellers};
use crate::commands::policies::Policies;
use crate::config::{Config, Location, STREAM_ID, Sample, is_stream_id};
use crate::detect::Readers;
use crate::resolve::Resolver;
use crate::source::SourceError;
use crate::stop::Stop;
use crate::store::Store;
use crate::wire::event::Event;
use crate::wire::pretty;
use crate::worker::{
    self, Counts, Done, FileError, Follower, Outcome, RecordError, Recorder, Settings, Stream,
};

/// Watch live URLs or files and print one JSON line per incident event.
///
/// Ends when the sources end; a live source is opened again for ever when it breaks off. Ctrl-C ends
/// it too, after the open incidents of live sources were ended and recorded.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    /// rtmp(s)://, http(s):// (FLV, HLS), srt://, rtsp(s)://, udp://, rtp://, a file, or - for standard
    /// input; NAME=SOURCE gives the stream an id
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// The platform's registry and rules; without it nothing is on the platform
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// What belongs to the seller of the streams, where the configuration does not say
    #[arg(long, value_name = "FILE")]
    stream_registry: Option<PathBuf>,
    /// Where records and evidence are kept [default: ./waylay-data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How often to look: auto, keyframes, all, or 1 to 60 looks a second [default: auto]
    #[arg(long, value_name = "HOW")]
    sample: Option<Sample>,
    /// Who reads codes, separated by commas
    #[arg(long, value_name = "LIST", default_value_t = Readers::default())]
    readers: Readers,
    /// Configuration file (TOML); what is given here comes before it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print a line for people instead of JSON
    #[arg(long)]
    pretty: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = common::load_config(args.config.as_deref())?;
    let policies = Policies::load(args.policy.as_deref(), &config)?;
    let registry = args.stream_registry.as_deref();
    let streams = streams(&args.sources, &config, registry, &policies)?;
    let clock = Clock::system();
    let stop = Stop::new();
    let mut settings = Settings::new(&config, policies.main.clone(), stop.clone(), clock);
    settings.readers = args.readers;
    settings.sampling.sample = args.sample.unwrap_or(settings.sampling.sample);
    let data = args
        .data
        .clone()
        .or_else(|| config.data.clone())
        .unwrap_or_else(|| PathBuf::from("waylay-data"));
    std::fs::create_dir_all(&data)
        .with_context(|| format!("cannot make the folder {}", data.display()))?;

    let bars = Bars::new(&streams);
    let evidence = common::evidence(&data, &config);
    let sink = sink(args.pretty, evidence.path().to_owned(), bars.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    if config.resolve.enabled {
        let resolver = Arc::new(Resolver::new(&config.resolve));
        settings.follower = Some(Follower::new(resolver, runtime.handle().clone()));
    }
    let (watched, sealed) = runtime.block_on(async {
        let store = Store::open(&data.join("waylay.sqlite")).await?;
        policies.keep(&store, clock).await?;
        let sealer = common::sealer(&data, &store, &evidence, clock, &config)?;
        let ids: Vec<_> = streams.iter().map(|stream| stream.id.clone()).collect();
        let sealing = sealer.clone().beside(&ids);
        let sealing = sealing.run(None, config.incidents.gap, stop.clone());
        let sealing = tokio::spawn(sealing);
        let mut recorder = Recorder::new(store.clone(), evidence, clock, Box::new(sink));
        tokio::spawn(common::stop_on_signal(stop));
        policies.follow(&store, clock);
        let progress = {
            let bars = bars.clone();
            move |stream: &str, at_ms, whole_ms| bars.set(stream, at_ms, whole_ms)
        };
        let watched = worker::run(streams, &settings, &mut recorder, progress).await;
        sealing.abort();
        let sealed = sealer.finish(ids).await;
        store.close().await;
        anyhow::Ok((watched, sealed))
    })?;
    // A name look-up that hangs must not keep the program from ending.
    runtime.shutdown_background();
    bars.clear();
    match watched {
        Ok(outcome) => {
            sealed?;
            Ok(report(&outcome))
        }
        Err(RecordError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Err(error.into()),
    }
}

/// The streams of the command line and of the configuration, each with an id of its own.
fn streams(
    sources: &[String],
    config: &Config,
    registry: Option<&Path>,
    policies: &Policies,
) -> anyhow::Result<Vec<Stream>> {
    let mut sellers = Sellers::default();
    let mut streams = configured::streams(config, registry, policies, &mut sellers)?;
    let mut taken: HashSet<_> = streams.iter().map(|stream| stream.id.clone()).collect();
    for source in sources {
        let (name, location) = named(source)?;
        let id = match name {
            Some(name) if taken.contains(name) => bail!("two streams have the id `{name}`"),
            Some(name) => name.to_owned(),
            None => unused(&location.default_id(), &taken),
        };
        taken.insert(id.clone());
        streams.push(Stream {
            seller: sellers.get(registry)?,
            ..Stream::new(id, location)
        });
    }
    if streams.is_empty() {
        bail!("nothing to watch: expected a SOURCE, or streams in the configuration");
    }
    let is_stdin = |stream: &&Stream| stream.location == Location::Stdin;
    if streams.iter().filter(is_stdin).count() > 1 {
        bail!("standard input can only be watched once");
    }
    Ok(streams)
}

/// `NAME=SOURCE`, unless there is a file of that very name.
fn named(source: &str) -> anyhow::Result<(Option<&str>, Location)> {
    let parse = |text: &str| text.parse::<Location>();
    match source.split_once('=') {
        Some((name, rest)) if is_stream_id(name) && !std::path::Path::new(source).is_file() => {
            Ok((
                Some(name),
                parse(rest).with_context(|| format!("stream `{name}`"))?,
            ))
        }
        Some((name, rest)) if !name.contains(['/', ':', '.', '?']) && rest.contains("://") => {
            bail!("`{name}` is not a stream id, expected {STREAM_ID}")
        }
        _ => Ok((None, parse(source)?)),
    }
}

fn unused(id: &str, taken: &HashSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{id}-{n}"));
    std::iter::once(id.to_owned())
        .chain(numbered)
        .find(|id| !taken.contains(id))
        .unwrap_or_default()
}

/// Writes each event to stdout at once.
fn sink(
    pretty: bool,
    evidence: PathBuf,
    bars: Bars,
) -> impl FnMut(&Event<'_>) -> io::Result<()> + Send {
    move |event| {
        let line = if pretty {
            pretty::line(event, &evidence)
        } else {
            serde_json::to_string(event)?
        };
        bars.suspend(|| {
            let mut out = io::stdout().lock();
            writeln!(out, "{line}")?;
            out.flush()
        })
    }
}

/// Says what was done for each stream; a source that could not be watched to its end is bad input.
fn report(outcome: &Outcome) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for (stream, ended) in &outcome.streams {
        let id = stream.id.as_str();
        match ended {
            Ok(done) => summary(id, done),
            Err(FileError::Source(SourceError::Stopped)) => {}
            Err(error) => {
                tracing::error!(stream.id = id, "{}: {error}", stream.location);
                code = common::BAD_INPUT.into();
            }
        }
    }
    code
}

fn summary(id: &str, done: &Done) {
    let Counts {
        looks,
        dropped,
        failed,
        broken,
        skipped,
        panics,
        ignored,
        cpu,
        ..
    } = done.counts;
    let (longest_gap_ms, blind_ms) = (done.coverage.longest_gap_ms, done.coverage.blind_ms);
    let cpu_ms = (cpu.decode_us + cpu.scan_us) / 1_000;
    let gap_s = longest_gap_ms as f64 / 1_000.0;
    tracing::info!(
        stream.id = id,
        looks,
        dropped,
        failed,
        broken,
        skipped,
        panics,
        ignored,
        longest_gap_ms,
        blind_ms,
        cpu_ms,
        "{id}: {looks} looks, at most {gap_s:.1} s apart"
    );
}

/// A progress bar on stderr for each recorded file, where stderr is a terminal.
#[derive(Clone)]
struct Bars {
    all: MultiProgress,
    files: Arc<Vec<(String, ProgressBar)>>,
}

impl Bars {
    /// More bars than this fill the screen and tell nothing.
    const MOST: usize = 16;

    fn new(streams: &[Stream]) -> Self {
        let shown = io::stderr().is_terminal();
        let all = MultiProgress::with_draw_target(if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        let files = streams
            .iter()
            .filter(|stream| !stream.location.is_live())
            .take(Self::MOST);
        let bar = |stream: &Stream| {
            let style =
                ProgressStyle::with_template("{prefix:20!} {bar:40} {percent:>3} % {eta:>5}");
            let bar = all.add(ProgressBar::no_length().with_prefix(stream.id.clone()));
            (
                stream.id.clone(),
                if let Ok(style) = style {
                    bar.with_style(style)
                } else {
                    bar
                },
            )
        };
        let files = Arc::new(files.map(bar).collect());
        Self { all, files }
    }

    fn set(&self, stream: &str, at_ms: i64, whole_ms: Option<i64>) {
        if let Some((_, bar)) = self.files.iter().find(|(id, _)| id == stream) {
            bar.set_length(whole_ms.unwrap_or(at_ms).max(0).cast_unsigned());
            bar.set_position(at_ms.max(0).cast_unsigned());
        }
    }

    fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.all.suspend(print)
    }

    fn clear(&self) {
        // A terminal that cannot be written to has nothing to clear.
        let _ = self.all.clear();
    }
}
