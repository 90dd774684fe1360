//! The queue: claims, counts and saved filters.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::incidents::IncidentData;

/// An incident that somebody has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClaimData {
    /// The incident's id.
    pub incident: String,
    /// Until when it is theirs, unless it is renewed.
    pub until: String,
}

/// The next incident of the queue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NextData {
    /// Who has it, and until when; absent where nothing waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimData>,
    /// The incident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentData>,
}

/// What waits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CountsData {
    /// Incidents that wait.
    pub waiting: i64,
    /// Those of them that wait for too long, 10000 at most.
    pub overdue: i64,
    /// When the one that waits for longest was opened; absent where none waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oldest: Option<String>,
    /// How many incidents stand how.
    pub review: BTreeMap<String, i64>,
    /// Those that wait by severity.
    pub severity: BTreeMap<String, i64>,
    /// Those that wait by class.
    pub class: BTreeMap<String, i64>,
    /// Those that wait by category.
    pub category: BTreeMap<String, i64>,
    /// Those that wait by scheme.
    pub scheme: BTreeMap<String, i64>,
}

/// A filter to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFilter {
    /// Its name, 1 to 100 bytes: one that has it is replaced.
    pub name: String,
    /// Whether others see it too.
    #[serde(default)]
    pub shared: bool,
    /// The parameters of the list as they stand in a URL, 4096 bytes at most.
    #[schema(example = "class=off_platform&severity=high")]
    pub query: String,
}

/// A filter that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FilterData {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// Whether others see it too.
    pub shared: bool,
    /// The parameters of the list as they stand in a URL.
    pub query: String,
}

/// Filters that were kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FiltersData {
    /// Those of who asks first.
    pub filters: Vec<FilterData>,
}
