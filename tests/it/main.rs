//! All integration tests are one binary: one link, and helpers are shared.

mod cases;
mod explain;
mod layers;
mod policy;
