//! Tokens for programs: made, listed and revoked. What one is carried as is shown once.

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection, RawFormRejection};
use axum::extract::{Path, Query, RawForm, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::form_urlencoded;

use super::access::{By, DAY_US, TOKEN_PREFIX, Who, is_reserved, scopes};
use super::pages::{Asked, see_other};
use super::problem::Failure;
use super::time::{day, rfc3339, short};
use super::users::{Page, known_role, role, secret};
use super::{App, Shared};
use crate::account::{NAME, Permission, Permissions, Role, is_name};
use crate::ids;
use crate::store::TokenRow;
use crate::wire::account::{MadeTokenData, NewToken, TokenData, TokensData};
use crate::wire::stream::Problem;

/// Days of the token that is good for longest.
const LONGEST: u32 = 365;

/// The tokens, those that are over or were revoked among them.
#[utoipa::path(get, path = "/api/v1/tokens", tag = "accounts", operation_id = "tokens", params(Page), responses(
    (status = 200, body = TokensData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
))]
pub(super) async fn list(
    State(app): State<Shared>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<TokensData>, Failure> {
    let Query(page) = page?;
    let (after, limit) = page.bounds();
    let rows = app.parts.store.tokens(after, limit).await?;
    let (rows, next) = page.cut(rows, |row| &row.name);
    let now_us = app.parts.clock.wall_us();
    let tokens = rows.iter().map(|row| data(row, now_us));
    Ok(Json(TokensData {
        tokens: tokens.collect::<Result<_, _>>()?,
        next,
    }))
}

/// Makes a token. It may what its role may, or those of it alone that are given as scopes.
#[utoipa::path(post, path = "/api/v1/tokens", tag = "accounts", operation_id = "make_token", request_body = NewToken, responses(
    (status = 201, body = MadeTokenData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken, or there are no users"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(super) async fn make(
    State(app): State<Shared>,
    who: Who,
    body: Result<Json<NewToken>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(new) = body?;
    let wanted = Wanted {
        name: new.name,
        role: new.role.into(),
        scopes: new
            .scopes
            .map(|scopes| scopes.into_iter().map(Permission::from).collect()),
        days: new.days,
    };
    let (row, secret) = app.make_token(&who, wanted).await?;
    let token = data(&row, row.created_us)?;
    let made = Json(MadeTokenData { token, secret });
    Ok((StatusCode::CREATED, made).into_response())
}

/// Revokes a token: from then on it is good for nothing. It stays on record.
#[utoipa::path(delete, path = "/api/v1/tokens/{id}", tag = "accounts", operation_id = "revoke_token", params(("id" = String, Path)), responses(
    (status = 204),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id that was not revoked yet"),
))]
pub(super) async fn revoke(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    app.revoke_token(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A token that is to be made.
struct Wanted {
    name: String,
    role: Role,
    scopes: Option<Permissions>,
    days: u32,
}

impl App {
    async fn make_token(&self, who: &Who, wanted: Wanted) -> Result<(TokenRow, String), Failure> {
        let Wanted {
            name,
            role,
            scopes,
            days,
        } = wanted;
        if who.by == By::Local {
            // Who is known by nothing leaves nothing behind that is good for longer.
            return Err(Failure::conflict(
                "tokens are made by users: the first one is made with the link that the service prints at its start",
            ));
        }
        if !is_name(&name) {
            return Err(Failure::bad(format!("`name`: expected {NAME}")));
        }
        if !(1..=LONGEST).contains(&days) {
            return Err(Failure::bad(format!("`days`: expected 1 to {LONGEST}")));
        }
        if let Some(scopes) = scopes
            && (scopes.is_empty() || !scopes.is_within(role.permissions()))
        {
            let role = role.as_str();
            return Err(Failure::bad(format!(
                "`scopes`: expected one or more of what the role `{role}` may"
            )));
        }
        who.require_to_give(scopes.unwrap_or(role.permissions()))?;
        let taken = || Failure::conflict(format!("the name `{name}` is taken"));
        let of_user = self.parts.store.user_by_name(&name).await?;
        if of_user.is_some() || is_reserved(&name) {
            return Err(taken());
        }
        let now_us = self.parts.clock.wall_us();
        let scopes = scopes.map(|scopes| {
            let names: Vec<_> = scopes.iter().map(Permission::as_str).collect();
            names.join(" ")
        });
        let row = TokenRow {
            id: ids::random(),
            name: name.clone(),
            role: role.as_str().to_owned(),
            scopes,
            made_by: who.name.clone(),
            created_us: now_us,
            until_us: now_us + i64::from(days) * DAY_US,
            used_day: None,
            revoked_us: None,
        };
        let secret = format!("{TOKEN_PREFIX}{}", secret()?);
        let sha256 = ids::sha256(secret.as_bytes());
        let detail =
            json!({"name": row.name, "role": row.role, "scopes": row.scopes, "days": days});
        let line = who.line(now_us, "token.made", &row.id, &detail);
        if self.parts.store.add_token(&row, &sha256, &line).await? {
            Ok((row, secret))
        } else {
            Err(taken())
        }
    }

    async fn revoke_token(&self, who: &Who, id: &str) -> Result<(), Failure> {
        let detail = json!({});
        let line = who.line(self.parts.clock.wall_us(), "token.revoked", id, &detail);
        if self.parts.store.revoke_token(id, &line).await? {
            return Ok(());
        }
        Err(Failure::not_found("there is no such token"))
    }
}

/// The token as the API has it.
fn data(row: &TokenRow, now_us: i64) -> Result<TokenData, Failure> {
    let role = role(&row.role)?;
    let may = scopes(row.scopes.as_deref(), role);
    Ok(TokenData {
        id: row.id.clone(),
        name: row.name.clone(),
        role: role.into(),
        permissions: may.iter().map(Into::into).collect(),
        state: state(row, now_us),
        by: row.made_by.clone(),
        created: rfc3339(row.created_us),
        until: rfc3339(row.until_us),
        used: row.used_day.map(day),
    })
}

fn state(row: &TokenRow, now_us: i64) -> &'static str {
    if row.revoked_us.is_some() {
        "revoked"
    } else if row.until_us <= now_us {
        "over"
    } else {
        "active"
    }
}

/// A token on the page.
pub(super) struct ShownToken {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) role: String,
    /// What it is held to; empty where it may all that its role may.
    pub(super) scopes: String,
    pub(super) state: &'static str,
    /// The name of who made it.
    pub(super) by: String,
    pub(super) until: String,
    pub(super) used: String,
}

/// The token as the page has it.
pub(super) fn shown(row: &TokenRow, now_us: i64) -> ShownToken {
    ShownToken {
        id: row.id.clone(),
        name: row.name.clone(),
        role: row.role.clone(),
        scopes: row.scopes.clone().unwrap_or_default(),
        state: state(row, now_us),
        by: row.made_by.clone(),
        until: short(row.until_us),
        used: row.used_day.map(day).unwrap_or_default(),
    }
}

/// Makes a token from the page, which then shows it.
pub(super) async fn make_form(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    form: Result<RawForm, RawFormRejection>,
) -> Result<Response, Failure> {
    let too_long = |_| Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "the form cannot be read");
    let RawForm(form) = form.map_err(too_long)?;
    let made = match wanted(&form) {
        Ok(wanted) => app.make_token(&who, wanted).await,
        Err(failure) => Err(failure),
    };
    app.show_made(&asked, &who, made.map(|(_, secret)| ("token", secret)))
        .await
}

/// What the form wants; a scope is a box that is ticked, and there may be several.
fn wanted(form: &[u8]) -> Result<Wanted, Failure> {
    let (mut name, mut role, mut days) = (String::new(), String::new(), String::new());
    let mut scopes = Vec::new();
    for (field, value) in form_urlencoded::parse(form) {
        match &*field {
            "name" => name = value.into_owned(),
            "role" => role = value.into_owned(),
            "days" => days = value.into_owned(),
            "scope" => scopes.push(
                Permission::parse(&value)
                    .ok_or_else(|| Failure::bad("`scopes`: there is none of that name"))?,
            ),
            _ => {}
        }
    }
    Ok(Wanted {
        name,
        role: known_role(&role)?,
        scopes: (!scopes.is_empty()).then(|| scopes.into_iter().collect()),
        days: days.parse().unwrap_or(0),
    })
}

/// Revokes a token from the page.
pub(super) async fn revoke_form(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    app.revoke_token(&who, &id).await?;
    Ok(see_other("/users"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_may_tick_several_scopes() {
        let form = b"csrf=x&name=platform&role=lead&days=30&scope=read&scope=decide_many";
        let Ok(wanted) = wanted(form) else {
            panic!("it is refused")
        };
        assert_eq!(
            (wanted.name.as_str(), wanted.role, wanted.days),
            ("platform", Role::Lead, 30)
        );
        let scopes: Vec<_> = wanted.scopes.unwrap().iter().collect();
        assert_eq!(scopes, [Permission::Read, Permission::DecideMany]);
        assert!(
            super::wanted(b"name=a&role=lead").is_ok_and(|w| w.scopes.is_none() && w.days == 0)
        );
        assert!(super::wanted(b"name=a&role=boss").is_err());
        assert!(super::wanted(b"name=a&role=lead&scope=all").is_err());
    }

    #[test]
    fn a_token_is_over_at_its_end() {
        let row = TokenRow {
            id: "1".to_owned(),
            name: "a".to_owned(),
            role: "viewer".to_owned(),
            scopes: Some("read".to_owned()),
            made_by: "ana".to_owned(),
            created_us: 0,
            until_us: 10,
            used_day: Some(0),
            revoked_us: None,
        };
        assert_eq!((state(&row, 9), state(&row, 10)), ("active", "over"));
        let revoked = TokenRow {
            revoked_us: Some(5),
            ..row.clone()
        };
        assert_eq!(state(&revoked, 9), "revoked");
        let data = data(&row, 9).unwrap();
        assert_eq!(data.permissions, [Permission::Read.into()]);
        assert_eq!(data.used.as_deref(), Some("1970-01-01"));
    }
}
