//! Actions that Waylay asks for: a person says whether they are done.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::access::Who;
use super::problem::Failure;
use super::{App, Shared};
use crate::policy::Action;
use crate::store::{Store, StoreError};
use crate::wire::action::{ActionData, NewAnswer};
use crate::wire::stream::Problem;
use crate::worker::ActError;

/// Approves or rejects what Waylay asks for about an incident. What is approved is done at once; the answer says what came of
/// it. What the platform is to carry out, it hears of by an event.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/action", tag = "ingest", params(("id" = String, Path)), request_body = NewAnswer, responses(
    (status = 200, body = ActionData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is no such incident"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "Nothing is asked for, it was answered, two must confirm it, or the mode is `off`"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(super) async fn answer(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewAnswer>, JsonRejection>,
) -> Result<Json<ActionData>, Failure> {
    let Json(NewAnswer { approve }) = body?;
    if approve {
        app.takes_one(&id).await?;
    }
    let data = app.parts.acting.answer(&id, approve, &who.name).await?;
    let detail = json!({"action": data.id, "approve": approve});
    app.audit(&who, "action.answered", &id, detail).await?;
    Ok(Json(data))
}

impl App {
    /// Refuses where it takes two persons to do what `incident` asks for: they decide on it.
    pub(super) async fn takes_one(&self, incident: &str) -> Result<(), Failure> {
        if self.parts.rules.two_for_cuts && asks_cut(&self.parts.store, incident).await? {
            return Err(Failure::conflict(
                "two persons must confirm a cut: they decide on the incident",
            ));
        }
        Ok(())
    }
}

/// Whether the stream of this incident is, or ever was, to be cut for it.
async fn asks_cut(store: &Store, incident: &str) -> Result<bool, StoreError> {
    let is_cut = |action: Option<&str>| action == Some(Action::Cut.as_str());
    let item = store.item(incident).await?;
    if is_cut(item.as_ref().map(|item| item.action.as_str())) {
        return Ok(true);
    }
    let events = store.action_events(incident).await?;
    Ok(events.iter().any(|(_, event)| {
        // What cannot be read is taken for what it may be.
        serde_json::from_str::<Value>(event)
            .map_or(true, |event| is_cut(event["data"]["action"].as_str()))
    }))
}

impl From<ActError> for Failure {
    fn from(error: ActError) -> Self {
        match error {
            ActError::UnknownIncident(_) => Self::not_found(error.to_string()),
            ActError::OtherStream(_) => Self::bad(error.to_string()),
            ActError::NotAsked | ActError::Answered | ActError::Off => {
                Self::conflict(error.to_string())
            }
            ActError::Cut(error) => error.into(),
            ActError::Store(error) => error.into(),
        }
    }
}
