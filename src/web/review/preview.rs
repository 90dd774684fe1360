//! What a decision would do, before it is made.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::access::Who;
use super::super::problem::Failure;
use super::super::{App, Shared};
use super::{decision, incidents};
use crate::review::Scope;
use crate::store::{CampaignKind, EntryRow, Item};
use crate::wire::review::api::{EntryPreview, PreviewData};
use crate::wire::stream::Problem;

/// Entries of a registry that are shown around a new one.
const SHOWN: usize = 20;

/// Which decision.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Of {
    /// The decision.
    pub(super) decision: String,
}

/// What a decision on an incident would do: which line of a registry it would add, and what else has this destination.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/preview", tag = "review", params(("id" = String, Path), Of), responses(
    (status = 200, body = PreviewData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "There is no such decision, or nothing that it could allow"),
))]
pub(in crate::web) async fn preview(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    of: Result<Query<Of>, QueryRejection>,
) -> Result<Json<PreviewData>, Failure> {
    let Query(Of { decision: given }) = of?;
    let decision = decision(&given)?;
    let item = app
        .parts
        .store
        .item(&id)
        .await?
        .ok_or_else(incidents::none)?;
    let mut others = 0;
    if let Some(key) = &item.destination {
        let campaign = app
            .parts
            .store
            .campaign(CampaignKind::Destination, key)
            .await?;
        let waits = i64::from(item.turn.is_some());
        others = campaign.map_or(0, |campaign| (campaign.waiting - waits).max(0));
    }
    let entry = match decision.scope() {
        None => None,
        Some(scope) => {
            let nowhere =
                || Failure::bad("what could not be read leads nowhere that could be allowed");
            let key = item.destination.clone().ok_or_else(nowhere)?;
            let seller = (scope == Scope::Seller).then(|| seller(&item));
            Some(app.entry(&who, scope, seller, key).await?)
        }
    };
    Ok(Json(PreviewData {
        entry,
        incidents: 1,
        more: false,
        others,
    }))
}

/// The registry that the seller of its stream has.
fn seller(item: &Item) -> String {
    match &item.host {
        Some(host) => format!("host:{host}"),
        None => format!("stream:{}", item.stream),
    }
}

impl App {
    /// What `key` would add to a registry, as lines of TOML; without what would tell `who` a decision that they are not to see.
    pub(super) async fn entry(
        &self,
        who: &Who,
        scope: Scope,
        seller: Option<String>,
        key: String,
    ) -> Result<EntryPreview, Failure> {
        let rows = self.parts.store.entries_in_force().await?;
        let traces = self.parts.store.traces_for(&who.name).await?;
        let same = |row: &&EntryRow| {
            row.scope == scope.as_str() && row.seller == seller && !traces.entries.contains(&row.id)
        };
        let keys: Vec<&str> = rows
            .iter()
            .filter(same)
            .map(|row| row.key.as_str())
            .collect();
        let shown = &keys[keys.len().saturating_sub(SHOWN)..];
        let hidden = keys.len() - shown.len();
        let mut with: Vec<&str> = shown.to_vec();
        if !keys.contains(&key.as_str()) {
            with.push(&key);
        }
        Ok(EntryPreview {
            before: lines(scope, hidden, shown),
            after: lines(scope, hidden, &with),
            scope: scope.as_str(),
            seller,
            key: key.clone(),
        })
    }
}

/// A registry that holds these destinations, and `hidden` others.
fn lines(scope: Scope, hidden: usize, keys: &[&str]) -> Vec<String> {
    if keys.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        format!("[{}]", scope.as_str()),
        "destinations = [".to_owned(),
    ];
    if hidden > 0 {
        lines.push(format!("    # and {hidden} more"));
    }
    let quoted = keys.iter().map(|key| toml::Value::from(*key).to_string());
    lines.extend(quoted.map(|key| format!("    {key},")));
    lines.push("]".to_owned());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, Registry};

    /// The lines are what a policy's file may hold, whatever is in a key.
    #[test]
    fn the_lines_are_a_registry() {
        let hostile = "text:a\"]\n[platform]\u{202e}'''";
        let keys = ["web:shop.example/a?b=1", hostile];
        let text = lines(Scope::Seller, 0, &keys).join("\n");
        let registry = Registry::parse(&text).unwrap();
        assert!(registry.summary().contains("2 destinations"), "{text}");
        let text = lines(Scope::Platform, 3, &keys).join("\n");
        let text = text.replacen("[platform]\n", "[platform]\nname = \"a\"\n", 1);
        assert!(
            Policy::parse(&text)
                .unwrap()
                .summary()
                .contains("2 destinations")
        );
        assert!(lines(Scope::Platform, 0, &[]).is_empty());
    }
}
