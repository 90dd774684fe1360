//! All integration tests are one binary: one link, and helpers are shared.

mod cases;
mod layers;
