//! Users: listed, invited, changed. Nobody but the user itself ever knows its password.

use askama::Template;
use axum::Json;
use axum::extract::rejection::{FormRejection, JsonRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::access::{DAY_US, Who, is_reserved};
use super::limit::Limit;
use super::pages::{Asked, Shell, see_other, show};
use super::problem::Failure;
use super::time::{rfc3339, short};
use super::tokens::{self, ShownToken};
use super::words::Words;
use super::{App, Shared};
use crate::account::{NAME, Permission, Role, is_name};
use crate::store::{Changed, NewLink, TokenRow, UserRow};
use crate::wire::account::{InvitedData, NewUser, UserChange, UserData, UsersData};
use crate::wire::stream::Problem;
use crate::{ids, keys};

/// For so long an invitation works, and so long a user may be joined with somebody at the provider, in µs.
const INVITATION_US: i64 = 7 * DAY_US;
/// How many users one answer holds unless it is told otherwise, and at most.
const PAGE: u32 = 200;
const LARGEST_PAGE: u32 = 1_000;

/// Which are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// Those whose names come after this one.
    #[serde(default)]
    after: String,
    /// So many of them, 1 to 1000; 200 unless it is given.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Limit<PAGE, LARGEST_PAGE>,
}

impl Page {
    /// Behind which name they begin, and how many are read: one more than are shown.
    pub(super) fn bounds(&self) -> (&str, u32) {
        (&self.after, self.limit.rows() + 1)
    }

    /// Those of `rows` that are shown, and what the next page begins behind.
    pub(super) fn cut<T>(
        &self,
        mut rows: Vec<T>,
        name: fn(&T) -> &str,
    ) -> (Vec<T>, Option<String>) {
        let limit = self.limit.count();
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|last| name(last).to_owned());
        (rows, next)
    }
}

/// The users.
#[utoipa::path(get, path = "/api/v1/users", tag = "accounts", operation_id = "users", params(Page), responses(
    (status = 200, body = UsersData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is wrong"),
))]
pub(super) async fn list(
    State(app): State<Shared>,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Json<UsersData>, Failure> {
    let Query(page) = page?;
    let (after, limit) = page.bounds();
    let rows = app.parts.store.users(after, limit).await?;
    let (rows, next) = page.cut(rows, |row| &row.name);
    let users = rows.iter().map(data).collect::<Result<_, _>>()?;
    Ok(Json(UsersData { users, next }))
}

/// One user.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "accounts", operation_id = "user", params(("id" = String, Path)), responses(
    (status = 200, body = UserData),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
))]
pub(super) async fn one(
    State(app): State<Shared>,
    Path(id): Path<String>,
) -> Result<Json<UserData>, Failure> {
    Ok(Json(data(&app.user(&id).await?)?))
}

/// Invites a user, who chooses a password with the link in the answer.
#[utoipa::path(post, path = "/api/v1/users", tag = "accounts", operation_id = "invite", request_body = NewUser, responses(
    (status = 201, body = InvitedData, headers(("location" = String, description = "Where it is found"))),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The name is taken, or there are no users yet"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(super) async fn add(
    State(app): State<Shared>,
    who: Who,
    body: Result<Json<NewUser>, JsonRejection>,
) -> Result<Response, Failure> {
    let Json(new) = body?;
    let invited = app.invite(&who, new).await?;
    let location = format!("/api/v1/users/{}", invited.user.id);
    let head = [(header::LOCATION, location)];
    Ok((StatusCode::CREATED, head, Json(invited)).into_response())
}

/// Changes the role of a user, disables or enables it. Its sessions end.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "accounts", operation_id = "change_user", params(("id" = String, Path)), request_body = UserChange, responses(
    (status = 200, body = UserData),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "It is no JSON"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It is the last admin, or there is no single sign-on"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It is too long"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It does not say that it is JSON"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "Something in it is wrong"),
))]
pub(super) async fn change(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    body: Result<Json<UserChange>, JsonRejection>,
) -> Result<Json<UserData>, Failure> {
    let Json(change) = body?;
    let role = change.role.map(Role::from);
    if let Some(join) = change.join {
        app.let_join(&who, &id, join).await?;
    }
    app.change_user(&who, &id, role, change.disabled).await?;
    Ok(Json(data(&app.user(&id).await?)?))
}

/// Makes another link with which a user chooses a password. The one before it works no more; the password that it has
/// holds until the link is followed.
#[utoipa::path(post, path = "/api/v1/users/{id}/invite", tag = "accounts", operation_id = "invite_again", params(("id" = String, Path)), responses(
    (status = 200, body = InvitedData),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "There is none of that id"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "It is disabled"),
))]
pub(super) async fn invite(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<InvitedData>, Failure> {
    Ok(Json(app.invite_again(&who, &id).await?))
}

/// The user as the API has it.
fn data(row: &UserRow) -> Result<UserData, Failure> {
    Ok(UserData {
        id: row.id.clone(),
        name: row.name.clone(),
        role: role(&row.role)?.into(),
        state: state(row),
        single_sign_on: row.joined,
        joinable_until: row.joinable_us.map(rfc3339),
        created: rfc3339(row.created_us),
        changed: rfc3339(row.changed_us),
    })
}

fn state(row: &UserRow) -> &'static str {
    let gets_in = row.password.is_some() || row.joined;
    match (gets_in, row.disabled) {
        (_, true) => "disabled",
        (false, false) => "invited",
        (true, false) => "active",
    }
}

/// The role as records name it.
pub(super) fn role(name: &str) -> Result<Role, Failure> {
    Role::parse(name).ok_or_else(|| Failure::internal("the records name a role that is none"))
}

fn none() -> Failure {
    Failure::not_found("there is no such user")
}

impl App {
    async fn user(&self, id: &str) -> Result<UserRow, Failure> {
        self.parts.store.user(id).await?.ok_or_else(none)
    }

    async fn invite(&self, who: &Who, new: NewUser) -> Result<InvitedData, Failure> {
        if !is_name(&new.name) {
            return Err(Failure::bad(format!("`name`: expected {NAME}")));
        }
        let taken = || Failure::conflict(format!("the name `{}` is taken", new.name));
        if !self.is_free(&new.name).await? {
            return Err(taken());
        }
        if !self.has_users() {
            // From the first user on nobody else gets in: it must be one who can.
            return Err(Failure::conflict(
                "the first user is an admin, made with the link that the service prints at its start",
            ));
        }
        let role = Role::from(new.role);
        who.require_to_give(role.permissions())?;
        let (role, now_us) = (role.as_str(), self.parts.clock.wall_us());
        let user = UserRow {
            id: ids::random(),
            name: new.name.clone(),
            role: role.to_owned(),
            password: None,
            disabled: false,
            created_us: now_us,
            changed_us: now_us,
            joined: false,
            joinable_us: None,
        };
        let secret = secret()?;
        let link = NewLink {
            sha256: &ids::sha256(secret.as_bytes()),
            until_us: now_us + INVITATION_US,
        };
        let detail = json!({"name": user.name, "role": role});
        let line = who.line(now_us, "user.invited", &user.id, &detail);
        if !self.parts.store.add_user(&user, link, &line).await? {
            return Err(taken());
        }
        self.invited(&user, &secret, link.until_us)
    }

    async fn invite_again(&self, who: &Who, id: &str) -> Result<InvitedData, Failure> {
        let user = self.user(id).await?;
        if user.disabled {
            return Err(Failure::conflict("the user is disabled"));
        }
        // Whoever follows the link is this user.
        who.require_to_give(role(&user.role)?.permissions())?;
        let (secret, now_us) = (secret()?, self.parts.clock.wall_us());
        let link = NewLink {
            sha256: &ids::sha256(secret.as_bytes()),
            until_us: now_us + INVITATION_US,
        };
        let detail = json!({"name": user.name});
        let line = who.line(now_us, "user.invited_again", &user.id, &detail);
        self.parts.store.add_link(Some(id), link, &line).await?;
        self.invited(&user, &secret, link.until_us)
    }

    /// Whether a user may be called so as far as tokens are concerned: what is done by one is told by its name.
    pub(super) async fn is_free(&self, name: &str) -> Result<bool, Failure> {
        Ok(!is_reserved(name) && !self.parts.store.has_token(name).await?)
    }

    fn invited(&self, user: &UserRow, secret: &str, until_us: i64) -> Result<InvitedData, Failure> {
        Ok(InvitedData {
            user: data(user)?,
            link: self.link_to("invite", secret),
            until: rfc3339(until_us),
        })
    }

    async fn change_user(
        &self,
        who: &Who,
        id: &str,
        role: Option<Role>,
        disabled: Option<bool>,
    ) -> Result<(), Failure> {
        if role.is_none() && disabled.is_none() {
            // Nothing is to change: not even its sessions end.
            return self.user(id).await.map(drop);
        }
        if let Some(role) = role {
            who.require_to_give(role.permissions())?;
        }
        let role = role.map(Role::as_str);
        let detail = json!({"role": role, "disabled": disabled});
        let line = who.line(self.parts.clock.wall_us(), "user.changed", id, &detail);
        let changed = self.parts.store.change_user(id, role, disabled, &line);
        match changed.await? {
            Changed::Done => Ok(()),
            Changed::Unknown => Err(none()),
            Changed::LastAdmin => Err(Failure::conflict(
                "it is the last admin: nobody would be left who says who may what",
            )),
        }
    }
}

impl App {
    /// Lets a user be joined with whomever the provider calls so; or no more, also where it was.
    async fn let_join(&self, who: &Who, id: &str, join: bool) -> Result<(), Failure> {
        if join && self.parts.oidc.is_none() {
            return Err(Failure::conflict("there is no single sign-on here"));
        }
        if join {
            let user = self.user(id).await?;
            who.require_to_give(role(&user.role)?.permissions())?;
        }
        let now_us = self.parts.clock.wall_us();
        let until_us = join.then_some(now_us + INVITATION_US);
        let detail = json!({"join": join});
        let line = who.line(now_us, "user.changed", id, &detail);
        match self.parts.store.let_join(id, until_us, &line).await? {
            Changed::Done => Ok(()),
            Changed::Unknown | Changed::LastAdmin => Err(none()),
        }
    }
}

pub(super) fn secret() -> Result<String, Failure> {
    keys::secret().map_err(|error| Failure::internal(error.to_string()))
}

/// A user on the page.
struct ShownUser {
    id: String,
    name: String,
    role: String,
    state: &'static str,
    created: String,
    /// Whether the provider knows it, and whether it may be joined with somebody there.
    joined: bool,
    joinable: bool,
    /// Whether it is the one who looks.
    own: bool,
}

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage<'a> {
    shell: Shell,
    w: &'static Words,
    users: Vec<ShownUser>,
    tokens: Vec<ShownToken>,
    roles: Vec<&'static str>,
    permissions: Vec<&'static str>,
    /// Whether there is single sign-on.
    sso: bool,
    /// What is shown once: what it is, and the link or the token.
    made: Option<(&'a str, &'a str)>,
    error: Option<&'a str>,
    next: Option<String>,
}

/// The form that invites.
#[derive(Deserialize)]
pub(super) struct InviteForm {
    name: String,
    role: String,
}

/// The form that changes.
#[derive(Deserialize)]
pub(super) struct ChangeForm {
    role: Option<String>,
    disabled: Option<bool>,
    join: Option<bool>,
}

/// The page of users and tokens.
pub(super) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    page: Result<Query<Page>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(page) = page?;
    app.users_page(&asked, &who, StatusCode::OK, &page, Ok(None))
        .await
}

/// Invites from the page, which then shows the link.
pub(super) async fn invite_form(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    form: Result<Form<InviteForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let new = NewUser {
        name: form.name,
        role: known_role(&form.role)?.into(),
    };
    let invited = app.invite(&who, new).await;
    app.show_made(&asked, &who, invited.map(|invited| ("link", invited.link)))
        .await
}

/// Makes another link from the page, which then shows it.
pub(super) async fn invite_again_form(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let invited = app.invite_again(&who, &id).await;
    app.show_made(&asked, &who, invited.map(|invited| ("link", invited.link)))
        .await
}

/// Changes a user from the page.
pub(super) async fn change_form(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<String>,
    form: Result<Form<ChangeForm>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let role = form.role.as_deref().map(known_role).transpose()?;
    if let Some(join) = form.join {
        app.let_join(&who, &id, join).await?;
    }
    app.change_user(&who, &id, role, form.disabled).await?;
    Ok(see_other("/users"))
}

/// The role that a form names.
pub(super) fn known_role(name: &str) -> Result<Role, Failure> {
    Role::parse(name).ok_or_else(|| Failure::bad("`role`: there is none of that name"))
}

impl App {
    /// The page after something was made whose secret is shown there alone.
    pub(super) async fn show_made(
        &self,
        asked: &Asked,
        who: &Who,
        made: Result<(&str, String), Failure>,
    ) -> Result<Response, Failure> {
        let first = Page {
            after: String::new(),
            limit: Limit::default(),
        };
        let status = made
            .as_ref()
            .map_or_else(Failure::status, |_| StatusCode::OK);
        let made = made
            .as_ref()
            .map(|(what, secret)| Some((*what, secret.as_str())));
        self.users_page(asked, who, status, &first, made).await
    }

    async fn users_page(
        &self,
        asked: &Asked,
        who: &Who,
        status: StatusCode,
        page: &Page,
        made: Result<Option<(&str, &str)>, &Failure>,
    ) -> Result<Response, Failure> {
        let (store, (after, limit)) = (&self.parts.store, page.bounds());
        let now_us = self.parts.clock.wall_us();
        let (rows, next) = page.cut(store.users(after, limit).await?, |row| &row.name);
        let users = rows.into_iter().map(|row| ShownUser {
            own: row.id == who.id,
            state: state(&row),
            created: short(row.created_us),
            joined: row.joined,
            joinable: row.joinable_us.is_some_and(|until_us| until_us > now_us),
            id: row.id,
            name: row.name,
            role: row.role,
        });
        let rows: Vec<TokenRow> = store.tokens("", LARGEST_PAGE).await?;
        let page = UsersPage {
            shell: Shell::new(self, asked, Some(who)),
            w: asked.words(),
            users: users.collect(),
            tokens: rows.iter().map(|row| tokens::shown(row, now_us)).collect(),
            roles: Role::ALL.into_iter().map(Role::as_str).collect(),
            permissions: Permission::ALL
                .into_iter()
                .map(Permission::as_str)
                .collect(),
            sso: self.parts.oidc.is_some(),
            made: made.unwrap_or_default(),
            error: made.err().map(Failure::detail),
            next,
        };
        Ok(show(status, &page))
    }
}
