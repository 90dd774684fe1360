//! What reviewers do about an incident: each is a form that does what the API does and leads on to the next page.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::queue::{lead_on, lead_past};
use super::undo::flash;
use super::wish::{Wish, with};
use crate::web::access::Who;
use crate::web::pages::see_other;
use crate::web::problem::Failure;
use crate::web::{Shared, review, time};
use crate::wire::review::api::{
    NewAppeal, NewDecision, NewGolden, NewReversal, NewSettlement, NewText,
};

/// What a form about an incident sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Sent {
    decision: String,
    reason: String,
    text: String,
    /// What it is reversed into; nothing where it is to wait again.
    into: String,
    outcome: String,
    /// What the platform calls an appeal.
    reference: String,
    /// Whether reviewers are tested with it from now on: `yes` or `no`.
    golden: String,
    /// The filter that the reviewer works through.
    query: String,
}

type Sending = Result<Form<Sent>, FormRejection>;

/// Nothing where nothing was written.
fn some(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// Decides, and leads to the next incident.
pub(in crate::web) async fn decide(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    sent: Sending,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    let new = NewDecision {
        decision: sent.decision.clone(),
        reason: some(sent.reason),
    };
    let state = State(Arc::clone(&app));
    let Json(done) =
        review::decisions::decide(state, who.clone(), Path(id.clone()), Ok(Json(new))).await?;
    let until_us = time::micros(&done.undo_until).unwrap_or_default();
    let flash = flash(&id, &sent.decision, until_us);
    lead_on(&app, &who, &sent.query, Some(&id), &flash).await
}

/// Takes the last decision back, and leads to its incident.
pub(in crate::web) async fn undo(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Result<Response, Failure> {
    let query = wish?.0.query();
    let Json(_) = review::decisions::undo(State(app), who, Path(id.clone())).await?;
    Ok(see_other(&with(&format!("/incidents/{id}"), &query)))
}

/// Replaces a decision by another one.
pub(in crate::web) async fn reverse(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    sent: Sending,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    let new = NewReversal {
        decision: some(sent.into),
        reason: sent.reason,
    };
    let Json(_) =
        review::decisions::reverse(State(app), who, Path(id.clone()), Ok(Json(new))).await?;
    Ok(see_other(&format!("/incidents/{id}")))
}

/// Settles an appeal.
pub(in crate::web) async fn settle(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    sent: Sending,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    let decision = match sent.outcome.as_str() {
        "upheld" => None,
        "overturned" if !sent.into.is_empty() => Some(sent.into),
        _ => return Err(Failure::bad("`into`: say what takes the decision's place")),
    };
    let new = NewSettlement {
        decision,
        reason: sent.reason,
    };
    let Json(_) =
        review::decisions::settle(State(app), who, Path(id.clone()), Ok(Json(new))).await?;
    Ok(see_other(&format!("/incidents/{id}")))
}

/// Files an appeal: the case is open again.
pub(in crate::web) async fn appeal(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    sent: Sending,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    let new = NewAppeal {
        reason: sent.reason.replace("\r\n", "\n"),
        reference: some(sent.reference),
    };
    let (_, Json(_)) =
        review::decisions::appeal(State(app), who, Path(id.clone()), Ok(Json(new))).await?;
    Ok(see_other(&format!("/incidents/{id}")))
}

/// Has reviewers tested with an incident, or no more.
pub(in crate::web) async fn golden(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    sent: Sending,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    match sent.golden.as_str() {
        "yes" => {
            let new = NewGolden {
                decision: sent.decision,
            };
            review::measures::put_golden(State(app), who, Path(id.clone()), Ok(Json(new))).await?
        }
        "no" => match review::measures::remove_golden(State(app), who, Path(id.clone())).await {
            // It was not used any more, which is what was wanted.
            Err(failure) if failure.status() == StatusCode::NOT_FOUND => StatusCode::NO_CONTENT,
            done => done?,
        },
        _ => return Err(Failure::bad("`golden`: expected `yes` or `no`")),
    };
    Ok(see_other(&format!("/incidents/{id}")))
}

/// Keeps a note.
pub(in crate::web) async fn note(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    sent: Sending,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    // A form ends its lines with a carriage return too.
    let new = NewText {
        text: sent.text.replace("\r\n", "\n"),
    };
    let (_, Json(_)) =
        review::decisions::note(State(app), who, Path(id.clone()), Ok(Json(new))).await?;
    Ok(see_other(&format!("/incidents/{id}#notes")))
}

/// Has the incident for as long as somebody looks at it: a script asks for it again and again.
pub(in crate::web) async fn claim(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    // Held on to where it is theirs: only that it was taken is for the audit log.
    if review::queue::renew(State(Arc::clone(&app)), who.clone(), Path(id.clone()))
        .await
        .is_err()
    {
        let Json(_) = review::queue::claim(State(app), who, Path(id)).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Gives the incident back, and leads to the one behind it.
pub(in crate::web) async fn release(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    sent: Sending,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    let next = lead_past(&app, &who, &sent.query, &id).await?;
    match review::queue::release(State(app), who, Path(id)).await {
        Err(failure) if failure.status() != StatusCode::CONFLICT => Err(failure),
        // It was not theirs any more, which is what was wanted.
        _ => Ok(next),
    }
}
