//! Tests of the pure core, which build and run in seconds without the rest:
//! `cargo nextest run --no-default-features`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;
mod harmless;
mod layers;
