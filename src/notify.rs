//! Signed webhooks: which events an endpoint is told of, how they are signed and sent, and when what failed is tried
//! again.
//!
//! Signed as the Standard Webhooks specification 1.0.0 says, the body a CloudEvents object in structured mode. It
//! knows nothing of what is to be sent: that is the outbox's.

mod breaker;
mod endpoint;
mod filter;
mod message;
mod schedule;
mod secret;

pub use breaker::Breaker;
pub use endpoint::{Endpoint, EndpointError, Refusal};
pub use filter::{Filter, check};
pub use message::Message;
pub use schedule::{Tried, delay};
pub use secret::{Secret, SecretError};
