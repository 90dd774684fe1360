//! The versioned JSON of the command line, the API and webhooks, and later of the message bus. Core types
//! do not serialize: what leaves the program is written down here, key by key, and golden snapshots
//! guard it.

pub mod ban;
pub mod delivery;
pub mod event;
pub mod explain;
pub mod manifest;
pub mod pretty;
pub mod replay;
pub mod scan;
pub mod stream;
pub mod trace;
