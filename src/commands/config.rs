//! `waylay config`: says whether a configuration file holds together, and what is in force.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};

use crate::commands::common;
use crate::config::Config;

/// Check a configuration file, or show what is in force.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a configuration file and the policy that it names
    Check {
        /// The configuration file (TOML)
        file: PathBuf,
    },
    /// Show every setting that is in force, secrets left out
    Show {
        /// The configuration file (TOML); the defaults without it
        file: Option<PathBuf>,
    },
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match &args.command {
        Command::Check { file } => {
            let config = common::load_config(Some(file))?;
            common::load_policy(config.policy.as_deref())?;
            for stream in &config.streams {
                common::load_seller(stream.registry.as_deref())?;
            }
            writeln!(
                out,
                "{}: fine, {} streams, {} ingest servers, {} webhooks",
                file.display(),
                config.streams.len(),
                config.ingest.len(),
                config.webhooks.len()
            )?;
        }
        Command::Show { file } => show(&mut out, &common::load_config(file.as_deref())?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn show(out: &mut impl Write, config: &Config) -> std::io::Result<()> {
    let Config {
        data,
        policy,
        policies,
        sampling,
        boost,
        priority,
        ring,
        clips,
        serve,
        incidents,
        retention,
        sealing,
        timeouts,
        resolve,
        streams: _,
        ingest: _,
        webhooks: _,
    } = config;
    let or = |path: &Option<PathBuf>, none: &str| {
        path.as_ref()
            .map_or(none.to_owned(), |p| p.display().to_string())
    };
    writeln!(
        out,
        "data                       {}",
        or(data, "./waylay-data")
    )?;
    writeln!(out, "policy                     {}", or(policy, "none"))?;
    writeln!(out, "sampling.sample            {}", sampling.sample)?;
    for (key, time) in [
        ("sampling.min_gap_ms", sampling.min_gap),
        ("sampling.max_gap_ms", sampling.max_gap),
        ("sampling.scan_budget_ms", sampling.scan_budget),
        ("boost.evidence_ms", boost.evidence),
        ("boost.turn_ms", boost.turn),
        ("priority.longest_blind_ms", priority.longest_blind),
        ("ring.keep_ms", ring.keep),
        ("clips.before_ms", clips.before),
        ("clips.after_ms", clips.after),
        ("incidents.gap_ms", incidents.gap),
        ("incidents.update_ms", incidents.update),
        ("timeouts.open_ms", timeouts.open),
        ("timeouts.read_ms", timeouts.read),
        ("resolve.timeout_ms", resolve.timeout),
        ("resolve.cache_ttl_ms", resolve.cache_ttl),
    ] {
        writeln!(out, "{key:<26} {}", time.as_millis())?;
    }
    for (key, keep) in [
        ("retention.off_platform", retention.off_platform),
        ("retention.unknown", retention.unknown),
        ("retention.on_platform", retention.on_platform),
    ] {
        writeln!(out, "{key:<26} {keep}")?;
    }
    writeln!(out, "retention.reserve_mb       {}", retention.reserve_mb)?;
    let authority = sealing.time_stamp_url.as_ref();
    writeln!(
        out,
        "sealing.time_stamp_url     {}",
        authority.map_or("none".to_owned(), ToString::to_string)
    )?;
    let agent = resolve.user_agent.as_deref();
    writeln!(out, "resolve.enabled            {}", resolve.enabled)?;
    writeln!(out, "resolve.max_hops           {}", resolve.max_hops)?;
    writeln!(out, "resolve.max_bytes          {}", resolve.max_bytes)?;
    writeln!(out, "resolve.ports              {:?}", resolve.ports)?;
    writeln!(
        out,
        "resolve.user_agent         {}",
        agent.unwrap_or("Waylay")
    )?;
    writeln!(out, "resolve.concurrency        {}", resolve.concurrency)?;
    writeln!(out, "boost.share                {}", boost.share)?;
    writeln!(out, "boost.looks                {}", boost.looks)?;
    writeln!(out, "priority.history           {}", priority.history)?;
    for (label, weight) in &priority.labels {
        writeln!(out, "priority.labels            {label} {weight}")?;
    }
    writeln!(out, "ring.max_bytes             {}", ring.max_bytes)?;
    writeln!(out, "clips.classes              {:?}", clips.classes)?;
    writeln!(out, "serve.listen               {}", serve.listen)?;
    writeln!(out, "serve.max_streams          {}", serve.max_streams)?;
    writeln!(
        out,
        "serve.token_file           {}",
        or(&serve.token_file, "none")
    )?;
    for (name, file) in policies {
        writeln!(out, "policies                   {name} {}", file.display())?;
    }
    show_tables(out, config)
}

/// What there may be several of.
fn show_tables(out: &mut impl Write, config: &Config) -> std::io::Result<()> {
    for stream in &config.streams {
        writeln!(
            out,
            "streams                    {} {}",
            stream.id.as_ref(),
            stream.url
        )?;
    }
    for server in &config.ingest {
        let api = server.api.as_ref().and_then(url::Url::host_str);
        writeln!(
            out,
            "ingest                     {} {} {} api {} gate {} poll_ms {}",
            server.id.as_ref(),
            server.kind.as_ref().as_str(),
            server.pull,
            api.unwrap_or("none"),
            server.gate,
            server.poll.as_millis()
        )?;
    }
    for webhook in &config.webhooks {
        let (name, url) = (webhook.name.as_ref(), webhook.url.as_ref());
        writeln!(out, "webhooks                   {name} {url}")?;
    }
    Ok(())
}
