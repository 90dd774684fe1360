//! Waylay watches live video for QR codes and payment links and says of each where it leads.
//!
//! The data flows one way: frame → symbol → payload → destination → verdict → sighting → incident →
//! evidence. Each arrow is a module; `ARCHITECTURE.md` draws the layers and
//! `docs/design/glossary.md` defines the words.

// Parts of the core are there for the edges.
#![cfg_attr(not(feature = "product"), allow(dead_code))]

// core: pure, no I/O, no threads, no clock
pub mod account;
pub mod act;
pub mod ban;
pub mod destination;
pub mod detect;
pub mod frame;
pub mod lookalike;
pub mod page;
pub mod payload;
pub mod policy;
pub mod review;
pub mod track;

// base
pub mod clock;
#[cfg(feature = "product")]
pub mod config;
#[cfg(feature = "product")]
mod escape;
pub mod ids;
#[cfg(feature = "product")]
pub mod keys;
pub mod locate;
#[cfg(feature = "product")]
mod secret;
#[cfg(feature = "product")]
pub mod stop;
#[cfg(feature = "product")]
pub mod telemetry;
#[cfg(feature = "product")]
pub mod trust;

// wire and edges
#[cfg(feature = "product")]
pub mod evidence;
#[cfg(feature = "product")]
pub mod ingest;
#[cfg(feature = "product")]
pub mod notify;
#[cfg(feature = "product")]
pub mod oidc;
#[cfg(feature = "product")]
pub mod resolve;
#[cfg(feature = "product")]
pub mod source;
#[cfg(feature = "product")]
pub mod store;
#[cfg(feature = "product")]
pub mod wire;

// application
#[cfg(feature = "product")]
pub mod commands;
#[cfg(feature = "product")]
pub mod replay;
#[cfg(feature = "product")]
pub mod web;
#[cfg(feature = "product")]
pub mod worker;
