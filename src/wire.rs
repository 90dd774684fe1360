//! The versioned JSON of the command line and the API, and later of webhooks and the message bus. Core types
//! do not serialize: what leaves the program is written down here, key by key, and golden snapshots
//! guard it.

pub mod event;
pub mod explain;
pub mod pretty;
pub mod replay;
pub mod scan;
pub mod stream;
pub mod trace;
