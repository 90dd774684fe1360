//! `waylay config`: says whether a configuration file holds together, and what is in force.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args as ClapArgs, Subcommand};

use crate::commands::common;
use crate::commands::policies::Policies;
use crate::config::{Accounts, Actions, Config, Frames, Oidc, Resolve, Review};

mod tables;

/// Check a configuration file, or show what is in force.
#[derive(Debug, ClapArgs)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check a configuration file, and the policies and registries that it names
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
            Policies::load(None, &config)?;
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
        actions,
        serve,
        accounts,
        oidc,
        frames,
        incidents,
        retention,
        sealing,
        review,
        timeouts,
        resolve,
        streams: _,
        ingest: _,
        webhooks: _,
    } = config;
    writeln!(
        out,
        "data                       {}",
        or(data.as_deref(), "./waylay-data")
    )?;
    writeln!(
        out,
        "policy                     {}",
        or(policy.as_deref(), "none")
    )?;
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
        ("actions.per_stream_ms", actions.per_stream),
        ("actions.brake_ms", actions.brake),
        ("frames.gap_ms", frames.gap),
        ("frames.idle_ms", frames.idle),
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
    show_resolve(out, resolve)?;
    writeln!(out, "boost.share                {}", boost.share)?;
    writeln!(out, "boost.looks                {}", boost.looks)?;
    writeln!(out, "priority.history           {}", priority.history)?;
    for (label, weight) in &priority.labels {
        writeln!(out, "priority.labels            {label} {weight}")?;
    }
    writeln!(out, "ring.max_bytes             {}", ring.max_bytes)?;
    writeln!(out, "clips.classes              {:?}", clips.classes)?;
    show_actions(out, actions)?;
    writeln!(out, "serve.listen               {}", serve.listen)?;
    writeln!(out, "serve.max_streams          {}", serve.max_streams)?;
    writeln!(
        out,
        "serve.token_file           {}",
        or(serve.token_file.as_deref(), "none")
    )?;
    show_accounts(out, accounts)?;
    if let Some(oidc) = oidc {
        show_oidc(out, oidc)?;
    }
    show_review(out, review)?;
    show_frames(out, frames)?;
    for (name, file) in policies {
        writeln!(out, "policies                   {name} {}", file.display())?;
    }
    tables::show(out, config)
}

/// Where something is, or what stands for its absence.
fn or(path: Option<&Path>, none: &str) -> String {
    path.map_or(none.to_owned(), |path| path.display().to_string())
}

fn show_resolve(out: &mut impl Write, resolve: &Resolve) -> std::io::Result<()> {
    let agent = resolve.user_agent.as_deref().unwrap_or("Waylay");
    writeln!(out, "resolve.enabled            {}", resolve.enabled)?;
    writeln!(out, "resolve.max_hops           {}", resolve.max_hops)?;
    writeln!(out, "resolve.max_bytes          {}", resolve.max_bytes)?;
    writeln!(out, "resolve.ports              {:?}", resolve.ports)?;
    writeln!(out, "resolve.user_agent         {agent}")?;
    writeln!(out, "resolve.concurrency        {}", resolve.concurrency)
}

fn show_actions(out: &mut impl Write, actions: &Actions) -> std::io::Result<()> {
    writeln!(out, "actions.mode               {}", actions.mode.as_str())?;
    writeln!(out, "actions.ban_minutes        {}", actions.ban_minutes)?;
    writeln!(out, "actions.appeal             {}", actions.appeal)?;
    writeln!(out, "actions.frames             {}", actions.frames)?;
    let alone = actions.frames_of_one_reader;
    writeln!(out, "actions.frames_of_one_reader {alone}")?;
    writeln!(out, "actions.brake_cuts         {}", actions.brake_cuts)
}

fn show_frames(out: &mut impl Write, frames: &Frames) -> std::io::Result<()> {
    writeln!(out, "frames.enabled             {}", frames.enabled)?;
    writeln!(out, "frames.max_bytes           {}", frames.max_bytes)?;
    writeln!(out, "frames.max_pixels          {}", frames.max_pixels)?;
    writeln!(out, "frames.stream_rate         {}", frames.stream_rate)?;
    writeln!(out, "frames.rate                {}", frames.rate)?;
    writeln!(out, "frames.waiting             {}", frames.waiting)
}

fn show_accounts(out: &mut impl Write, accounts: &Accounts) -> std::io::Result<()> {
    let public = accounts.public_url.as_ref();
    let public = public.map_or("none", url::Url::as_str);
    writeln!(out, "accounts.public_url        {public}")?;
    writeln!(out, "accounts.idle_minutes      {}", accounts.idle_minutes)?;
    writeln!(out, "accounts.session_days      {}", accounts.session_days)?;
    writeln!(out, "accounts.forwarded         {}", accounts.forwarded)
}

fn show_review(out: &mut impl Write, review: &Review) -> std::io::Result<()> {
    let due = review.due_minutes.by_rank();
    writeln!(out, "review.due_minutes         {due:?}")?;
    writeln!(out, "review.two_for_cuts        {}", review.two_for_cuts)?;
    writeln!(out, "review.reason_for          {:?}", review.reason_for)?;
    writeln!(out, "review.second_share        {}", review.second_share)?;
    writeln!(out, "review.golden_share        {}", review.golden_share)
}

fn show_oidc(out: &mut impl Write, oidc: &Oidc) -> std::io::Result<()> {
    let secret = oidc.client_secret_file.is_some() || oidc.client_secret_env.is_some();
    writeln!(out, "oidc.issuer                {}", oidc.issuer.as_ref())?;
    writeln!(out, "oidc.client_id             {}", oidc.client_id)?;
    writeln!(out, "oidc.client_secret         {}", given(secret))?;
    writeln!(out, "oidc.name                  {}", oidc.name)?;
    writeln!(out, "oidc.scopes                {:?}", oidc.scopes)?;
    writeln!(out, "oidc.claim                 {}", oidc.claim)?;
    let roles_claim = oidc.roles_claim.as_deref().unwrap_or("none");
    writeln!(out, "oidc.roles_claim           {roles_claim}")?;
    for (value, role) in &oidc.roles {
        writeln!(out, "oidc.roles                 {value} {role}")?;
    }
    let role = oidc.role.as_deref().unwrap_or("none");
    writeln!(out, "oidc.role                  {role}")?;
    let ca_file = or(oidc.ca_file.as_deref(), "none");
    writeln!(out, "oidc.ca_file               {ca_file}")
}

/// What is said of a secret.
fn given(is_given: bool) -> &'static str {
    if is_given { "given" } else { "none" }
}
