//! Waylay watches live video for QR codes and payment links and says of each where it leads.
//!
//! The data flows one way: frame → symbol → payload → destination → verdict → sighting → incident →
//! evidence. Each arrow is a module; `ARCHITECTURE.md` draws the layers and
//! `docs/design/glossary.md` defines the words.

// core: pure, no I/O, no threads, no clock
pub mod destination;
pub mod detect;
pub mod frame;
pub mod lookalike;
pub mod payload;
pub mod policy;
pub mod track;

// base
pub mod clock;
pub mod config;
pub mod ids;
pub mod locate;
pub mod stop;
pub mod telemetry;

// wire and edges
pub mod evidence;
pub mod resolve;
pub mod source;
pub mod store;
pub mod wire;

// application
pub mod commands;
pub mod replay;
pub mod worker;
