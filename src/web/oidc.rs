//! Signing in with the provider of single sign-on.
//!
//! Nothing is remembered here of who is on the way to the provider and back: a cookie of the browser holds what binds the
//! answer to it. That cookie comes along when the provider leads back, since it is `SameSite=Lax`; the one of a session does
//! not, and is not sent with what a redirect from there leads to either. A session therefore begins with a page of ours,
//! which leads on by itself.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::access::{Address, By, Who, cookie};
use super::login::{self, Onward, by_user, own};
use super::pages::{Asked, Shell, see_other, show};
use super::problem::Failure;
use super::words::Words;
use super::{App, Shared};
use crate::account::Role;
use crate::ids;
use crate::oidc::{Attempt, Nameless, OidcError, Person, Provider, Returned};
use crate::store::{Changed, Identity, NewAudit, Proof, UserRow};

/// For so long somebody may take to sign in at the provider, in s.
const PATIENCE_S: u32 = 10 * 60;

/// What the provider sends a browser back with.
#[derive(Deserialize)]
pub(super) struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Why somebody whom the provider vouches for is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// There are no users yet: the first one must be able to get in without the provider.
    NoUsers,
    Disabled,
    /// The name is somebody's whom no admin lets be joined.
    Taken,
    Nameless(Nameless),
    NoRole,
}

impl Refused {
    fn as_str(self) -> &'static str {
        match self {
            Self::NoUsers => "no_users",
            Self::Disabled => "disabled",
            Self::Taken => "name_taken",
            Self::Nameless(Nameless::Absent) => "no_name",
            Self::Nameless(Nameless::Unverified) => "not_verified",
            Self::Nameless(Nameless::Unfit) => "no_fit_name",
            Self::NoRole => "no_role",
        }
    }

    fn said(self, w: &'static Words) -> &'static str {
        match self {
            Self::NoUsers => w.sso_no_users,
            Self::Disabled => w.sso_disabled,
            Self::Taken => w.sso_taken,
            Self::Nameless(Nameless::Unverified) => w.sso_not_verified,
            Self::Nameless(_) => w.sso_no_name,
            Self::NoRole => w.sso_no_role,
        }
    }
}

#[derive(Template)]
#[template(path = "onward.html")]
struct OnwardPage<'a> {
    shell: Shell,
    w: &'static Words,
    next: &'a str,
}

/// Leads to the provider.
pub(super) async fn begin(
    State(app): State<Shared>,
    asked: Asked,
    who: Option<Extension<Who>>,
    onward: Result<Query<Onward>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(Onward { next }) = onward?;
    let provider = app.provider()?;
    if who.is_some_and(|Extension(who)| who.by == By::User) {
        return Ok(see_other(own(&next)));
    }
    let attempt = Attempt::new().map_err(|error| Failure::internal(error.to_string()))?;
    let (back, now_us) = (app.back(), app.parts.clock.wall_us());
    let url = match provider.address(&attempt, &back, now_us).await {
        Ok(url) => url,
        Err(error) => return Ok(app.failed(&asked, own(&next), &error)),
    };
    let mut response = see_other(url.as_str());
    let next: String = form_urlencoded::byte_serialize(own(&next).as_bytes()).collect();
    app.keep(&mut response, &format!("{}.{next}", attempt.secret()));
    Ok(response)
}

/// Takes the provider's answer.
pub(super) async fn callback(
    State(app): State<Shared>,
    asked: Asked,
    Extension(Address(address)): Extension<Address>,
    headers: HeaderMap,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(answer) = answer?;
    let provider = app.provider()?;
    let (attempt, next) = match app.attempt(&headers) {
        Some((attempt, next)) if answer.state.as_deref().is_some_and(|s| attempt.is(s)) => {
            (attempt, next)
        }
        // The cookie stays: it may be of another window that is on its way.
        _ => {
            let (status, said) = (StatusCode::FORBIDDEN, asked.words().sso_over);
            return Ok(login::show_page(
                &app,
                &asked,
                status,
                ("", "/"),
                Some(said),
            ));
        }
    };
    let mut response = app
        .answered(
            provider,
            &attempt,
            &answer,
            &next,
            (&asked, &headers, address),
        )
        .await?;
    // It was of use once.
    app.keep(&mut response, "");
    Ok(response)
}

impl App {
    fn provider(&self) -> Result<&Provider, Failure> {
        let provider = self.parts.oidc.as_ref();
        provider.ok_or_else(|| Failure::not_found("there is no single sign-on here"))
    }

    /// Where the provider leads back to: it knows this URL by heart.
    fn back(&self) -> String {
        format!("{}/login/oidc/callback", self.parts.url)
    }

    /// The name of the cookie of an attempt; why so: [`Self::cookie`].
    fn attempt_cookie(&self) -> &'static str {
        if self.parts.accounts.is_https() {
            "__Host-waylay_oidc"
        } else {
            "waylay_oidc"
        }
    }

    /// Has the browser keep what binds the provider's answer to it; nothing takes it away.
    fn keep(&self, response: &mut Response, value: &str) {
        let secure = if self.parts.accounts.is_https() {
            "; Secure"
        } else {
            ""
        };
        let seconds = if value.is_empty() { 0 } else { PATIENCE_S };
        let cookie = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}",
            self.attempt_cookie()
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// The attempt that the browser is on its way with, and where it goes on to.
    fn attempt(&self, headers: &HeaderMap) -> Option<(Attempt, String)> {
        let (secret, next) = cookie(headers, self.attempt_cookie())?.split_once('.')?;
        let pairs = format!("next={next}");
        let (_, next) = form_urlencoded::parse(pairs.as_bytes()).next()?;
        Some((Attempt::of(secret)?, own(&next).to_owned()))
    }

    /// What is answered where the provider has answered to an attempt of this browser.
    async fn answered(
        &self,
        provider: &Provider,
        attempt: &Attempt,
        answer: &Answer,
        next: &str,
        (asked, headers, address): (&Asked, &HeaderMap, std::net::IpAddr),
    ) -> Result<Response, Failure> {
        let (w, now_us) = (asked.words(), self.parts.clock.wall_us());
        let refuse = |status, said| login::show_page(self, asked, status, ("", next), Some(said));
        if let Err(seconds) = self.limits.attempt_from(address, now_us) {
            let failure = Failure::too_often(seconds);
            let mut response = refuse(failure.status(), w.too_often);
            failure.add_to(response.headers_mut());
            return Ok(response);
        }
        let code = match (&answer.code, answer.error.as_deref()) {
            (Some(code), None) => code,
            (_, Some("access_denied")) => return Ok(refuse(StatusCode::FORBIDDEN, w.sso_denied)),
            _ => return Ok(refuse(StatusCode::BAD_GATEWAY, w.sso_failed)),
        };
        let returned = Returned {
            code,
            issuer: answer.iss.as_deref(),
        };
        let back = self.back();
        let person = provider.person(returned, attempt, &back, now_us);
        let person = match person.await {
            Ok(person) => person,
            Err(error) => return Ok(self.failed(asked, next, &error)),
        };
        match self.admit_person(provider, &person).await? {
            Ok(user) => {
                let response = self.onward(asked, next);
                let proof = Proof::Identity {
                    issuer: provider.issuer(),
                    subject: &person.subject,
                };
                self.add_session(&user, proof, headers, response).await
            }
            Err(refused) => Ok(refuse(StatusCode::FORBIDDEN, refused.said(w))),
        }
    }

    /// The page with which a session begins.
    fn onward(&self, asked: &Asked, next: &str) -> Response {
        let mut shell = Shell::new(self, asked, None);
        next.clone_into(&mut shell.back);
        let page = OnwardPage {
            shell,
            w: asked.words(),
            next,
        };
        show(StatusCode::OK, &page)
    }

    /// What is shown where the provider is of no help. With a password everybody gets in as before.
    fn failed(&self, asked: &Asked, next: &str, error: &OidcError) -> Response {
        tracing::warn!(%error, "nobody can sign in with the provider");
        let w = asked.words();
        let (status, said) = if error.is_away() {
            (StatusCode::SERVICE_UNAVAILABLE, w.sso_away)
        } else {
            (StatusCode::BAD_GATEWAY, w.sso_failed)
        };
        login::show_page(self, asked, status, ("", next), Some(said))
    }

    /// The user whom `person` is here; made at the first time, and with the role that the provider says now.
    async fn admit_person(
        &self,
        provider: &Provider,
        person: &Person,
    ) -> Result<Result<UserRow, Refused>, Failure> {
        let known = self
            .parts
            .store
            .identified(provider.issuer(), &person.subject);
        let known = known.await?;
        let known = known.map(|known| (known.user, known.mapped));
        let found = match known {
            Some(known) => Ok(known),
            None => self.newcomer(provider, person).await?,
        };
        let (user, mapped) = match found {
            Ok((user, _)) if user.disabled => {
                return self.refused(Refused::Disabled, Some(&user)).await;
            }
            Ok(found) => found,
            Err((refused, user)) => return self.refused(refused, user.as_ref()).await,
        };
        let role = match (person.role, mapped, provider.role()) {
            (Some(role), _, _) => (role, true),
            // The provider had given it a role, and gives it none any more.
            (None, true, Some(role)) => (role, false),
            (None, true, None) => {
                let (now_us, detail) = (self.parts.clock.wall_us(), json!({"why": "no_role"}));
                let line = by_user(&user, now_us, "session.all_ended", &user.id, &detail);
                self.parts.store.end_sessions(&user.id, &line).await?;
                return self.refused(Refused::NoRole, Some(&user)).await;
            }
            (None, false, _) => return Ok(Ok(user)),
        };
        self.mapped(user, mapped, role).await.map(Ok)
    }

    /// Whom somebody is here whom no user was known to be, and whether the role is the provider's; otherwise why nobody, and
    /// whose name it has.
    async fn newcomer(
        &self,
        provider: &Provider,
        person: &Person,
    ) -> Result<Result<(UserRow, bool), (Refused, Option<UserRow>)>, Failure> {
        let store = &self.parts.store;
        let name = match &person.name {
            _ if !self.has_users() => return Ok(Err((Refused::NoUsers, None))),
            Ok(name) => name,
            Err(why) => return Ok(Err((Refused::Nameless(*why), None))),
        };
        let now_us = self.parts.clock.wall_us();
        let role = person.role.or(provider.role());
        let mapped = person.role.is_some();
        let identity = Identity {
            issuer: provider.issuer(),
            subject: &person.subject,
            mapped,
        };
        if let Some(user) = store.user_by_name(name).await? {
            let (identity, detail) = (
                Identity {
                    mapped: false,
                    ..identity
                },
                json!({"name": user.name}),
            );
            let line = by_user(&user, now_us, "user.joined", &user.id, &detail);
            if user.disabled || !store.join(&user.id, identity, &line).await? {
                return Ok(Err((Refused::Taken, Some(user))));
            }
            return Ok(Ok((user, false)));
        }
        if !self.is_free(name).await? {
            return Ok(Err((Refused::Taken, None)));
        }
        let Some(role) = role.map(Role::as_str) else {
            return Ok(Err((Refused::NoRole, None)));
        };
        let user = UserRow {
            id: ids::random(),
            name: name.clone(),
            role: role.to_owned(),
            password: None,
            disabled: false,
            created_us: now_us,
            changed_us: now_us,
            joined: true,
            joinable_us: None,
        };
        let detail = json!({"name": user.name, "role": role});
        let line = by_user(&user, now_us, "user.came", &user.id, &detail);
        if store.add_identified(&user, identity, &line).await? {
            return Ok(Ok((user, mapped)));
        }
        Ok(Err((Refused::Taken, None)))
    }

    /// The user with the role that the provider says.
    async fn mapped(
        &self,
        mut user: UserRow,
        was_mapped: bool,
        (role, mapped): (Role, bool),
    ) -> Result<UserRow, Failure> {
        let role = role.as_str();
        if user.role == role && was_mapped == mapped {
            return Ok(user);
        }
        let now_us = self.parts.clock.wall_us();
        let detail = json!({"role": role, "by": "provider"});
        let line = by_user(&user, now_us, "user.changed", &user.id, &detail);
        let changed = self
            .parts
            .store
            .map_role(&user.id, role, mapped, &line)
            .await?;
        match changed {
            Changed::Done => role.clone_into(&mut user.role),
            // As by hand: somebody must be left who says who may what.
            Changed::LastAdmin => {
                tracing::warn!(user = user.name, "the last admin stays one");
            }
            Changed::Unknown => return Err(Failure::unauthorized()),
        }
        Ok(user)
    }

    /// Notes that the provider vouches for somebody who is not let in.
    async fn refused(
        &self,
        refused: Refused,
        user: Option<&UserRow>,
    ) -> Result<Result<UserRow, Refused>, Failure> {
        let name = user.map(|user| user.name.as_str());
        let line = NewAudit {
            at_us: self.parts.clock.wall_us(),
            by_kind: "nobody",
            by_id: "",
            by_name: "",
            action: "session.refused",
            subject: user.map_or("", |user| &user.id),
            detail: &json!({"name": name, "why": refused.as_str()}),
        };
        self.parts.store.audit(&line).await?;
        Ok(Err(refused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_told_apart_on_record() {
        let all = [
            Refused::NoUsers,
            Refused::Disabled,
            Refused::Taken,
            Refused::Nameless(Nameless::Absent),
            Refused::Nameless(Nameless::Unverified),
            Refused::Nameless(Nameless::Unfit),
            Refused::NoRole,
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all[..at].iter().all(|two| two.as_str() != one.as_str()));
            for chinese in [true, false] {
                assert!(!one.said(Words::of(chinese)).is_empty());
            }
        }
    }
}
