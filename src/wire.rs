//! The versioned JSON of the command line, the API and webhooks, and later of the message bus. Core types
//! do not serialize: what leaves the program is written down here, key by key, and golden snapshots
//! guard it.

pub mod account;
pub mod action;
pub mod ban;
pub mod delivery;
pub mod envelope;
pub mod event;
pub mod explain;
pub mod manifest;
pub mod pretty;
pub mod replay;
pub mod review;
pub mod scan;
pub mod still;
pub mod stream;
pub mod trace;
pub mod verification;

/// The types of all events.
pub fn types() -> impl Iterator<Item = &'static str> {
    let of_people = action::TYPES.into_iter().chain(review::TYPES);
    event::TYPES.into_iter().chain(of_people)
}
