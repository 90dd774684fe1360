//! Who asks, its own sessions, and its own password.

use askama::Template;
use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::access::{Address, By, Who};
use super::pages::{Asked, Shell, see_other, show};
use super::problem::Failure;
use super::time::{rfc3339, short};
use super::words::Words;
use super::{App, Shared};
use crate::account::{LONGEST_PASSWORD, Permission, check_password};
use crate::store::SessionRow;
use crate::wire::account::{MeData, SessionData, SessionsData};
use crate::wire::stream::Problem;

/// Who asks, and what it may.
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses((status = 200, body = MeData)))]
pub(super) async fn me(who: Who) -> Json<MeData> {
    let csrf = who.csrf();
    Json(MeData {
        role: who.role.into(),
        by: who.by.as_str(),
        permissions: who.permissions().iter().map(Into::into).collect(),
        csrf: Some(csrf).filter(|csrf| !csrf.is_empty()),
        id: who.id,
        name: who.name,
    })
}

/// The sessions of whoever asks; none where it asks with a token.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "accounts", operation_id = "sessions", responses((status = 200, body = SessionsData)))]
pub(super) async fn list(
    State(app): State<Shared>,
    who: Who,
) -> Result<Json<SessionsData>, Failure> {
    let rows = app.sessions(&who).await?;
    let sessions = rows.into_iter().map(|row| SessionData {
        own: is_own(&who, &row),
        id: row.id,
        agent: row.agent,
        created: rfc3339(row.created_us),
        seen: rfc3339(row.seen_us),
    });
    Ok(Json(SessionsData {
        sessions: sessions.collect(),
    }))
}

/// Ends one of them.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "accounts", operation_id = "end_session", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
))]
pub(super) async fn end(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    app.end_session(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all of them, the one that asks included.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "accounts", operation_id = "end_sessions", responses((status = 204)))]
pub(super) async fn end_all(State(app): State<Shared>, who: Who) -> Result<StatusCode, Failure> {
    app.end_sessions(&who).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn is_own(who: &Who, row: &SessionRow) -> bool {
    who.session.as_ref().is_some_and(|own| own.0 == row.id)
}

impl App {
    async fn sessions(&self, who: &Who) -> Result<Vec<SessionRow>, Failure> {
        if who.by != By::User {
            return Ok(Vec::new());
        }
        let (idle_us, old_us) = self.parts.accounts.oldest(self.parts.clock.wall_us());
        let mut rows = self.parts.store.sessions(&who.id).await?;
        rows.retain(|row| row.seen_us >= idle_us && row.created_us >= old_us);
        Ok(rows)
    }

    async fn end_session(&self, who: &Who, id: &str) -> Result<(), Failure> {
        let detail = json!({});
        let line = who.line(self.parts.clock.wall_us(), "session.ended", id, &detail);
        let is_user = who.by == By::User;
        if is_user && self.parts.store.end_session(&who.id, id, &line).await? {
            return Ok(());
        }
        Err(Failure::not_found("there is no such session"))
    }

    async fn end_sessions(&self, who: &Who) -> Result<(), Failure> {
        if who.by == By::User {
            let detail = json!({});
            let now_us = self.parts.clock.wall_us();
            let line = who.line(now_us, "session.all_ended", &who.id, &detail);
            self.parts.store.end_sessions(&who.id, &line).await?;
        }
        Ok(())
    }
}

/// A session on the page.
struct ShownSession {
    id: String,
    own: bool,
    agent: String,
    created: String,
    seen: String,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    shell: Shell,
    w: &'static Words,
    name: &'a str,
    role: &'a str,
    may: String,
    /// Whether it has sessions.
    is_user: bool,
    /// Whether it has a password.
    has_password: bool,
    sessions: Vec<ShownSession>,
    error: Option<&'a str>,
}

/// The form that changes the password.
#[derive(Deserialize)]
pub(super) struct PasswordForm {
    #[serde(default)]
    old: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// The page of one's own account.
pub(super) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
) -> Result<Response, Failure> {
    app.account_page(&asked, &who, StatusCode::OK, None).await
}

/// Changes one's own password. All sessions end, and one begins anew.
pub(super) async fn change_password(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    axum::Extension(Address(address)): axum::Extension<Address>,
    headers: HeaderMap,
    form: Result<Form<PasswordForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    if who.by != By::User {
        return Err(Failure::conflict("there is no password to change"));
    }
    let user = app.parts.store.user(&who.id).await?;
    let mut user = user.ok_or_else(Failure::unauthorized)?;
    let now_us = app.parts.clock.wall_us();
    let words = asked.words();
    let wrong = match check_password(&form.password, &user.name) {
        Err(error) => Some(words.password(error)),
        Ok(()) if form.password != form.again => Some(words.not_the_same),
        Ok(()) => None,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    if let Some(wrong) = wrong {
        return app.account_page(&asked, &who, status, Some(wrong)).await;
    }
    // Whoever finds a browser that was left open cannot guess here either.
    if let Err(seconds) = app.limits.attempt(&user.name, address, now_us) {
        return Err(Failure::too_often(seconds));
    }
    let is_short = form.old.len() <= LONGEST_PASSWORD;
    if !is_short || !app.hashing.is(form.old, user.password.clone()).await? {
        let wrong = words.wrong_password;
        return app.account_page(&asked, &who, status, Some(wrong)).await;
    }
    app.limits.succeeded(&user.name);
    let hash = app.hashing.hash(form.password).await?;
    let detail = json!({});
    let line = who.line(now_us, "user.changed_password", &user.id, &detail);
    app.parts.store.set_password(&user.id, &hash, &line).await?;
    user.password = Some(hash);
    app.begin_session(&user, &headers, "/account").await
}

/// Ends one of one's own sessions from the page.
pub(super) async fn end_form(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    app.end_session(&who, &id).await?;
    Ok(see_other("/account"))
}

/// Ends all of one's own sessions from the page.
pub(super) async fn end_all_form(State(app): State<Shared>, who: Who) -> Result<Response, Failure> {
    app.end_sessions(&who).await?;
    Ok(see_other("/login"))
}

impl App {
    async fn account_page(
        &self,
        asked: &Asked,
        who: &Who,
        status: StatusCode,
        error: Option<&str>,
    ) -> Result<Response, Failure> {
        let rows = self.sessions(who).await?;
        let sessions = rows.into_iter().map(|row| ShownSession {
            own: is_own(who, &row),
            id: row.id,
            agent: row.agent,
            created: short(row.created_us),
            seen: short(row.seen_us),
        });
        let user = match who.by {
            By::User => self.parts.store.user(&who.id).await?,
            By::Token | By::Local => None,
        };
        let may: Vec<_> = who.permissions().iter().map(Permission::as_str).collect();
        let page = AccountPage {
            shell: Shell::new(self, asked, Some(who)),
            w: asked.words(),
            name: &who.name,
            role: who.role.as_str(),
            may: may.join(", "),
            is_user: who.by == By::User,
            has_password: user.is_some_and(|user| user.password.is_some()),
            sessions: sessions.collect(),
            error,
        };
        Ok(show(status, &page))
    }
}
