//! Shops and items of other platforms.

pub(super) mod china;
pub(super) mod world;

use super::{Link, link};
