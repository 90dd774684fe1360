//! What a configuration file may have several of, each with all its keys.

use std::io::Write;

use super::{given, or};
use crate::config::{Config, Ingest, WatchedStream, Webhook};

/// What there may be several of, each on a line: what says which it is, then every other key with its value.
pub(super) fn show(out: &mut impl Write, config: &Config) -> std::io::Result<()> {
    for stream in &config.streams {
        show_stream(out, stream)?;
    }
    for server in &config.ingest {
        show_server(out, server)?;
    }
    for webhook in &config.webhooks {
        show_webhook(out, webhook)?;
    }
    Ok(())
}

fn show_stream(out: &mut impl Write, stream: &WatchedStream) -> std::io::Result<()> {
    let WatchedStream {
        id,
        url,
        labels,
        registry,
        policy,
    } = stream;
    let registry = or(registry.as_deref(), "none");
    let policy = policy
        .as_ref()
        .map_or("none", |name| name.as_ref().as_str());
    writeln!(
        out,
        "streams                    {} {url} labels {labels:?} registry {registry} policy {policy}",
        id.as_ref()
    )
}

fn show_server(out: &mut impl Write, server: &Ingest) -> std::io::Result<()> {
    let Ingest {
        id,
        kind,
        pull,
        api,
        ca_file,
        user,
        secret_file,
        secret_env,
        hook_secret_file,
        hook_secret_env,
        gate,
        on_error,
        apps,
        labels,
        hide_names,
        poll,
    } = server;
    let (id, kind) = (id.as_ref(), kind.as_ref().as_str());
    let api = api.as_ref().and_then(url::Url::host_str).unwrap_or("none");
    let ca_file = or(ca_file.as_deref(), "none");
    let user = given(user.is_some());
    let secret = given(secret_file.is_some() || secret_env.is_some());
    let hook_secret = given(hook_secret_file.is_some() || hook_secret_env.is_some());
    let (on_error, poll_ms) = (on_error.as_str(), poll.as_millis());
    writeln!(
        out,
        "ingest                     {id} {kind} {pull} api {api} ca_file {ca_file} user {user} secret {secret} \
         hook_secret {hook_secret} gate {gate} on_error {on_error} apps {apps:?} labels {labels:?} \
         hide_names {hide_names} poll_ms {poll_ms}"
    )
}

fn show_webhook(out: &mut impl Write, webhook: &Webhook) -> std::io::Result<()> {
    let Webhook {
        name,
        url,
        insecure,
        ca_file,
        secret_files,
        secret_env,
        types,
        classes,
        severities,
        categories,
        labels,
        concurrency,
        timeout,
    } = webhook;
    let (name, url) = (name.as_ref(), url.as_ref());
    let ca_file = or(ca_file.as_deref(), "none");
    let secrets = secret_files.len() + secret_env.len();
    let [types, classes, severities, categories] =
        [types, classes, severities, categories].map(|chosen| {
            let chosen = chosen.iter().map(|id| id.as_ref().as_str());
            chosen.collect::<Vec<_>>()
        });
    let timeout_ms = timeout.as_millis();
    writeln!(
        out,
        "webhooks                   {name} {url} insecure {insecure} ca_file {ca_file} secrets {secrets} types {types:?} \
         classes {classes:?} severities {severities:?} categories {categories:?} labels {labels:?} \
         concurrency {concurrency} timeout_ms {timeout_ms}"
    )
}
