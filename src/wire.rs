//! The versioned JSON of the command line, and later of the API, webhooks and the message bus. Core types
//! do not serialize: what leaves the program is written down here, key by key, and golden snapshots
//! guard it.

pub mod event;
pub mod explain;
pub mod pretty;
pub mod replay;
pub mod scan;
pub mod trace;
