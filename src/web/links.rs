//! Links that work once: the one that makes an admin, for a first start and for whoever is locked out, and invitations.

use askama::Template;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::login::{HOME, by_user};
use super::pages::{Asked, Shell, show};
use super::problem::Failure;
use super::words::Words;
use super::{App, Shared};
use crate::account::{Role, check_password, is_name};
use crate::clock::Clock;
use crate::ids;
use crate::keys::{self, KeyError};
use crate::store::{NewAudit, NewLink, Store, StoreError, UserRow};

/// For so long it works, in µs.
const GOOD_US: i64 = 24 * 60 * 60 * 1_000_000;

/// Bytes of the longest secret of a link.
const LONGEST_SECRET: usize = 64;
/// What is said of a link.
const GONE: &str = "this link does not work, or not any more: ask for another one";

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no secret.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a link to the service at `url`, with which whoever has it becomes an admin: once, within 24 hours. The one before
/// it works no more.
///
/// # Errors
/// Where there is no secret, or it could not be kept.
pub async fn admin_link(store: &Store, url: &str, clock: Clock) -> Result<String, LinkError> {
    let (secret, now_us) = (keys::secret()?, clock.wall_us());
    let link = NewLink {
        sha256: &ids::sha256(secret.as_bytes()),
        until_us: now_us + GOOD_US,
    };
    let line = NewAudit {
        at_us: now_us,
        by_kind: "local",
        by_id: "",
        by_name: "",
        action: "link.made",
        subject: "setup",
        detail: &json!({}),
    };
    store.add_link(None, link, &line).await?;
    Ok(to(url, "setup", &secret))
}

fn to(url: &str, page: &str, secret: &str) -> String {
    format!("{}/{page}?token={secret}", url.trim_end_matches('/'))
}

/// The secret of a link.
#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// What the pages behind a link send.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

#[derive(Template)]
#[template(path = "choose.html")]
struct ChoosePage<'a> {
    shell: Shell,
    w: &'static Words,
    /// Where the form goes: `/setup` or `/invite`.
    action: &'a str,
    token: &'a str,
    name: &'a str,
    /// Whether the name is chosen too.
    names: bool,
    error: Option<&'a str>,
}

/// The page behind the link that makes an admin.
pub(super) async fn setup_page(
    State(app): State<Shared>,
    asked: Asked,
    link: Result<Query<Link>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(Link { token }) = link?;
    app.setup_link(&token).await?;
    Ok(choose(&app, &asked, "/setup", &token, ("", true), None))
}

/// Makes an admin.
pub(super) async fn set_up(
    State(app): State<Shared>,
    asked: Asked,
    headers: HeaderMap,
    form: Result<Form<Chosen>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let sha256 = app.setup_link(&form.token).await?;
    let refuse = |error: &str| {
        let name = (form.name.as_str(), true);
        choose(&app, &asked, "/setup", &form.token, name, Some(error))
    };
    if !is_name(&form.name) {
        return Ok(refuse(asked.words().name_rule));
    }
    if !app.is_free(&form.name).await? {
        return Ok(refuse(asked.words().name_taken));
    }
    if let Some(error) = wrong(&form, &form.name, asked.words()) {
        return Ok(refuse(error));
    }
    let known = app.parts.store.user_by_name(&form.name).await?;
    let now_us = app.parts.clock.wall_us();
    let user = UserRow {
        id: known.map_or_else(ids::random, |known| known.id),
        name: form.name,
        role: Role::Admin.as_str().to_owned(),
        password: Some(app.hashing.hash(form.password).await?),
        disabled: false,
        created_us: now_us,
        changed_us: now_us,
        joined: false,
        joinable_us: None,
    };
    let detail = json!({"name": user.name});
    let line = by_user(&user, now_us, "user.set_up", &user.id, &detail);
    if !app.parts.store.follow_setup(&sha256, &user, &line).await? {
        return Err(Failure::not_found(GONE));
    }
    app.users_came();
    app.begin_session(&user, &headers, HOME).await
}

/// The page behind an invitation.
pub(super) async fn invitation_page(
    State(app): State<Shared>,
    asked: Asked,
    link: Result<Query<Link>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(Link { token }) = link?;
    let (_, user) = app.invitation(&token).await?;
    let name = (user.name.as_str(), false);
    Ok(choose(&app, &asked, "/invite", &token, name, None))
}

/// Chooses a password.
pub(super) async fn follow_invitation(
    State(app): State<Shared>,
    asked: Asked,
    headers: HeaderMap,
    form: Result<Form<Chosen>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let (sha256, mut user) = app.invitation(&form.token).await?;
    if let Some(error) = wrong(&form, &user.name, asked.words()) {
        let name = (user.name.as_str(), false);
        return Ok(choose(
            &app,
            &asked,
            "/invite",
            &form.token,
            name,
            Some(error),
        ));
    }
    let hash = app.hashing.hash(form.password).await?;
    let (now_us, detail) = (app.parts.clock.wall_us(), json!({}));
    let line = by_user(&user, now_us, "user.chose_password", &user.id, &detail);
    let followed = app
        .parts
        .store
        .follow_invitation(&sha256, &user.id, &hash, &line);
    if !followed.await? {
        return Err(Failure::not_found(GONE));
    }
    user.password = Some(hash);
    app.begin_session(&user, &headers, HOME).await
}

/// What is wrong with the password that was chosen, for people.
fn wrong(form: &Chosen, name: &str, words: &Words) -> Option<&'static str> {
    if let Err(error) = check_password(&form.password, name) {
        return Some(words.password(error));
    }
    (form.password != form.again).then_some(words.not_the_same)
}

fn choose(
    app: &App,
    asked: &Asked,
    action: &str,
    token: &str,
    (name, names): (&str, bool),
    error: Option<&str>,
) -> Response {
    let status = if error.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = ChoosePage {
        shell: Shell::new(app, asked, None),
        w: asked.words(),
        action,
        token,
        name,
        names,
        error,
    };
    show(status, &page)
}

impl App {
    /// The link to a page of ours with this secret.
    pub(super) fn link_to(&self, page: &str, secret: &str) -> String {
        to(&self.parts.url, page, secret)
    }

    /// The hash of the secret of a link that makes an admin, where it works.
    async fn setup_link(&self, token: &str) -> Result<String, Failure> {
        let (sha256, user) = self.link(token).await?;
        if user.is_some() {
            return Err(Failure::not_found(GONE));
        }
        Ok(sha256)
    }

    /// The same of an invitation, and who is invited.
    async fn invitation(&self, token: &str) -> Result<(String, UserRow), Failure> {
        let gone = || Failure::not_found(GONE);
        let (sha256, user) = self.link(token).await?;
        let user = self.parts.store.user(&user.ok_or_else(gone)?).await?;
        Ok((sha256, user.ok_or_else(gone)?))
    }

    async fn link(&self, token: &str) -> Result<(String, Option<String>), Failure> {
        if token.len() > LONGEST_SECRET {
            return Err(Failure::not_found(GONE));
        }
        let sha256 = ids::sha256(token.as_bytes());
        let now_us = self.parts.clock.wall_us();
        let link = self.parts.store.link(&sha256, now_us).await?;
        let link = link.ok_or_else(|| Failure::not_found(GONE))?;
        Ok((sha256, link.user))
    }
}
