//! What is done about one incident: decided, undone, reversed, escalated, noted, appealed against.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::json;

use super::super::access::Who;
use super::super::problem::Failure;
use super::super::{App, Shared};
use super::{LONGEST_TEXT, decision, incidents, reason, show, text};
use crate::account::Permission;
use crate::review::{Decision, Step};
use crate::store::Decided;
use crate::wire::review::api::{
    AppealData, DecidedData, NewAppeal, NewDecision, NewReversal, NewSettlement, NewText,
    RecordedData, StandsData,
};
use crate::wire::stream::Problem;

/// Bytes of the longest name that the platform has for an appeal.
const LONGEST_REFERENCE: usize = 200;

/// Decides on an incident. It can be undone for 30 s. A decision for the whole platform takes somebody who may decide on many
/// incidents at once.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/decision", tag = "review", params(("id" = String, Path)), request_body = NewDecision, responses(
    (status = 200, body = DecidedData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 403, body = Problem, content_type = "application/problem+json", description = "This decision is for others to make"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It was decided already, or somebody else has it"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong, or a reason is missing"),
))]
pub(in crate::web) async fn decide(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewDecision>, JsonRejection>,
) -> Result<Json<DecidedData>, Failure> {
    let Json(new) = body?;
    let decision = decision(&new.decision)?;
    let why = reason(new.reason.as_deref())?;
    app.decide(&who, &id, decision, why)
        .await
        .map(|done| Json(data(&done)))
}

/// Hands an incident to somebody who may decide what others may not.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/escalate", tag = "review", params(("id" = String, Path)), request_body = NewText, responses(
    (status = 200, body = DecidedData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It was decided or escalated already, or somebody else has it"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(in crate::web) async fn escalate(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewText>, JsonRejection>,
) -> Result<Json<DecidedData>, Failure> {
    let Json(NewText { text: given }) = body?;
    let why = text("text", &given, LONGEST_TEXT)?;
    let done = app.decide(&who, &id, Decision::Escalate, Some(why)).await?;
    Ok(Json(data(&done)))
}

/// Takes back what whoever asks has just decided: the incident is theirs again.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/undo", tag = "review", params(("id" = String, Path)), responses(
    (status = 200, body = StandsData),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It is too late, or it was not theirs"),
))]
pub(in crate::web) async fn undo(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<StandsData>, Failure> {
    let wanted = app.wanted();
    let undone = app.parts.store.undo(&app.act(&who, &wanted), &id).await?;
    if undone.registry {
        app.allow().await?;
    }
    if !undone.blind {
        app.withdrawn(vec![id.clone()], &who.name);
        // What stood before it stands again, with what it brings.
        if let Some((made, stands)) = app.parts.store.standing(&id).await? {
            app.confirmed(&id, stands, &made, &who.name);
        }
    }
    app.done(&who, "incident.undone", &id, json!({})).await?;
    Ok(Json(StandsData {
        review: undone.review.as_str(),
    }))
}

/// Replaces a decision by another one, or by none: then the incident waits again. Takes somebody who sees how well decisions
/// are made.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/reversal", tag = "review", params(("id" = String, Path)), request_body = NewReversal, responses(
    (status = 200, body = DecidedData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 403, body = Problem, content_type = "application/problem+json", description = "This is for others to do"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It was not decided, or is decided so already"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(in crate::web) async fn reverse(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewReversal>, JsonRejection>,
) -> Result<Json<DecidedData>, Failure> {
    who.require(Permission::Quality)?;
    let Json(new) = body?;
    let into = new.decision.as_deref().map(decision).transpose()?;
    if into == Some(Decision::AllowPlatform) {
        who.require(Permission::DecideMany)?;
    }
    let why = text("reason", &new.reason, LONGEST_TEXT)?;
    let wanted = app.wanted();
    let act = app.act(&who, &wanted);
    let done = app.parts.store.reverse(&act, &id, into, why).await?;
    app.settled(&who, &id, into, &done).await?;
    let detail = json!({ "decision": into.map(Decision::as_str) });
    app.done(&who, "incident.reversed", &id, detail).await?;
    Ok(Json(data(&done)))
}

/// Writes a note on an incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/notes", tag = "review", params(("id" = String, Path)), request_body = NewText, responses(
    (status = 201, body = RecordedData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(in crate::web) async fn note(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewText>, JsonRejection>,
) -> Result<(StatusCode, Json<RecordedData>), Failure> {
    let Json(NewText { text: given }) = body?;
    let given = text("text", &given, LONGEST_TEXT)?;
    let wanted = app.wanted();
    let note = app
        .parts
        .store
        .note(&app.act(&who, &wanted), &id, given)
        .await?;
    app.done(&who, "incident.noted", &id, json!({})).await?;
    Ok((StatusCode::CREATED, Json(RecordedData { id: note })))
}

/// The appeals against decisions on an incident, oldest first.
#[utoipa::path(get, path = "/api/v1/incidents/{id}/appeals", tag = "review", params(("id" = String, Path)), responses(
    (status = 200, body = Vec<AppealData>),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
))]
pub(in crate::web) async fn appeals(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<Vec<AppealData>>, Failure> {
    let store = &app.parts.store;
    store.item(&id).await?.ok_or_else(incidents::none)?;
    if store.is_blind(&id, &who.name).await? {
        return Ok(Json(Vec::new()));
    }
    let appeals = store.appeals_of(&id).await?;
    Ok(Json(appeals.into_iter().map(show::appeal).collect()))
}

/// Files an appeal: the case is open again and goes to somebody who may decide what others may not. The decision stands until the
/// appeal is settled.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/appeals", tag = "review", params(("id" = String, Path)), request_body = NewAppeal, responses(
    (status = 201, body = RecordedData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It was not decided, or an appeal is open"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(in crate::web) async fn appeal(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewAppeal>, JsonRejection>,
) -> Result<(StatusCode, Json<RecordedData>), Failure> {
    let Json(new) = body?;
    let why = text("reason", &new.reason, LONGEST_TEXT)?;
    let reference = new.reference.as_deref();
    let reference = reference.map(|given| text("reference", given, LONGEST_REFERENCE));
    let wanted = app.wanted();
    let act = app.act(&who, &wanted);
    let appeal = app
        .parts
        .store
        .appeal(&act, &id, why, reference.transpose()?)
        .await?;
    app.done(&who, "incident.appealed", &id, json!({ "appeal": appeal }))
        .await?;
    Ok((StatusCode::CREATED, Json(RecordedData { id: appeal })))
}

/// Settles the open appeal against the decision on an incident: it is upheld, or another decision takes its place. Takes
/// somebody who sees how well decisions are made.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/appeals/settlement", tag = "review", params(("id" = String, Path)), request_body = NewSettlement, responses(
    (status = 200, body = Vec<AppealData>),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 403, body = Problem, content_type = "application/problem+json", description = "This is for others to do"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "No appeal is open, or it is decided so already"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(in crate::web) async fn settle(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<NewSettlement>, JsonRejection>,
) -> Result<Json<Vec<AppealData>>, Failure> {
    who.require(Permission::Quality)?;
    let Json(new) = body?;
    let into = new.decision.as_deref().map(decision).transpose()?;
    if into == Some(Decision::AllowPlatform) {
        who.require(Permission::DecideMany)?;
    }
    let why = text("reason", &new.reason, LONGEST_TEXT)?;
    let wanted = app.wanted();
    let act = app.act(&who, &wanted);
    let done = app.parts.store.settle_appeal(&act, &id, into, why).await?;
    if let Some(done) = &done {
        app.settled(&who, &id, into, done).await?;
    }
    let detail = json!({ "decision": into.map(Decision::as_str) });
    app.done(&who, "appeal.settled", &id, detail).await?;
    let appeals = app.parts.store.appeals_of(&id).await?;
    Ok(Json(appeals.into_iter().map(show::appeal).collect()))
}

impl App {
    /// Decides on an incident, and has follow what follows from it.
    pub(in crate::web) async fn decide(
        &self,
        who: &Who,
        id: &str,
        decision: Decision,
        why: Option<&str>,
    ) -> Result<Decided, Failure> {
        if decision == Decision::AllowPlatform {
            who.require(Permission::DecideMany)?;
        }
        let wanted = self.wanted();
        let act = self.act(who, &wanted);
        let done = self.parts.store.decide(&act, id, decision, why).await?;
        if done.step == Step::Decide {
            self.settled(who, id, Some(decision), &done).await?;
        }
        let detail = json!({ "decision": decision.as_str() });
        self.done(who, "incident.decided", id, detail).await?;
        Ok(done)
    }

    /// A decision stands in the place of what stood before: the registries and who acts on incidents go by it.
    async fn settled(
        &self,
        who: &Who,
        id: &str,
        decision: Option<Decision>,
        done: &Decided,
    ) -> Result<(), Failure> {
        if done.blind {
            return Ok(());
        }
        if done.entry.is_some() || done.revoked {
            self.allow().await?;
        }
        self.withdrawn(vec![id.to_owned()], &who.name);
        if let Some(decision) = decision {
            self.confirmed(id, decision, &done.id, &who.name);
        }
        Ok(())
    }
}

fn data(done: &Decided) -> DecidedData {
    DecidedData {
        id: done.id.clone(),
        step: match done.step {
            Step::Decide => "decided",
            Step::Propose => "proposed",
            Step::Escalate => "escalated",
        },
        undo_until: show::time(done.undo_until_us),
    }
}
