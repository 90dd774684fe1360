//! All integration tests are one binary: one link, and helpers are shared.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;
mod explain;
mod layers;
mod policy;
