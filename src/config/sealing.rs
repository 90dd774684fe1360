//! Who says when a manifest was made.

use serde::Deserialize;

use crate::config::Location;

/// How incidents that have ended are sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sealing {
    /// The time-stamping authority (RFC 3161) that is asked for a time stamp of each manifest; nobody is asked without one.
    #[serde(deserialize_with = "authority")]
    pub time_stamp_url: Option<Location>,
}

fn authority<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Location>, D::Error> {
    let location: Location = String::deserialize(deserializer)?
        .parse()
        .map_err(serde::de::Error::custom)?;
    match &location {
        Location::Url(url) if matches!(url.scheme(), "http" | "https") => Ok(Some(location)),
        _ => Err(serde::de::Error::custom("expected a URL, http or https")),
    }
}
