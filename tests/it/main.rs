//! All integration tests are one binary: one link, and helpers are shared.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(
    clippy::disallowed_methods,
    reason = "waiting for a real process needs a real deadline"
)]

mod accounts;
mod actions;
mod browser;
mod capture;
mod clips;
mod codecs;
mod desk;
mod detect;
mod docs;
mod evidence;
mod explain;
mod faults;
mod follow;
mod frames;
mod hostile;
mod ingest;
mod joined;
mod kills;
mod live;
mod names;
mod oidc;
mod openapi;
mod policy;
mod readers;
mod replay;
mod review;
#[path = "../../src/detect/round/drawn.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod round;
mod rules;
mod samples;
mod scan;
mod serve;
mod support;
mod trust;
mod unread;
mod watch;
mod webhooks;
