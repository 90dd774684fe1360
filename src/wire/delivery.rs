//! A delivery that was not made yet, as the API and `waylay deliveries` have it.

use serde::Serialize;
use utoipa::ToSchema;

/// An event that is still to be delivered to an endpoint, or that could not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryData {
    /// Its id.
    pub id: i64,
    /// The endpoint's name.
    #[schema(example = "ops")]
    pub endpoint: String,
    /// The id of the event.
    pub event: String,
    /// The incident's id.
    pub incident: String,
    /// `pending`, or `dead` where it was given up.
    #[schema(example = "dead")]
    pub state: String,
    /// Attempts that failed.
    pub attempts: i64,
    /// When the event was recorded, RFC 3339 in UTC as all times here.
    pub created: String,
    /// When it was last tried, given up or brought back.
    pub changed: String,
    /// When it is tried next; absent where it is dead, or another event of its incident comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The status of the answer to the last attempt; absent where none came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why the last attempt failed; absent before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Deliveries that were not made yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveriesData {
    /// In the order of their ids.
    pub deliveries: Vec<DeliveryData>,
    /// What `after` has to be for those that follow; absent where these were the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}
