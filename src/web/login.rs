//! Signing in and out.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use url::form_urlencoded;

use super::access::{Address, By, Who};
use super::pages::{Asked, Shell, see_other, show};
use super::problem::Failure;
use super::words::Words;
use super::{App, Shared};
use crate::account::{LONGEST_PASSWORD, is_name};
use crate::store::{NewAudit, Proof, SessionRow, UserRow};
use crate::telemetry::plain;
use crate::{ids, keys};

/// Where somebody goes who has signed in and did not want to go anywhere.
pub(super) const HOME: &str = "/";
/// Bytes of the longest path to go on to.
const LONGEST_NEXT: usize = 1_000;
/// Characters that are kept of what a browser calls itself.
const LONGEST_AGENT: usize = 200;
/// Where to go on to.
#[derive(Debug, Deserialize)]
pub(super) struct Onward {
    #[serde(default)]
    pub(super) next: String,
}

/// What the page to sign in sends.
#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    shell: Shell,
    w: &'static Words,
    name: &'a str,
    next: &'a str,
    /// What else one may sign in with, and where.
    provider: Option<(&'a str, String)>,
    error: Option<&'a str>,
}

/// The page to sign in, with a name and where to go on to, and what went wrong.
pub(super) fn show_page(
    app: &App,
    asked: &Asked,
    status: StatusCode,
    (name, next): (&str, &str),
    error: Option<&str>,
) -> Response {
    let encoded: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let provider = app.parts.oidc.as_ref();
    let provider = provider.map(|p| (p.name(), format!("/login/oidc?next={encoded}")));
    let mut shell = Shell::new(app, asked, None);
    // Wherever it is shown: what the provider answered is not asked for again.
    shell.back = format!("/login?next={encoded}");
    let page = LoginPage {
        shell,
        w: asked.words(),
        name,
        next,
        provider,
        error,
    };
    show(status, &page)
}

/// The page to sign in.
pub(super) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Option<Extension<Who>>,
    onward: Result<Query<Onward>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(Onward { next }) = onward?;
    if who.is_some_and(|Extension(who)| who.by == By::User) {
        return Ok(see_other(own(&next)));
    }
    let fields = ("", own(&next));
    Ok(show_page(&app, &asked, StatusCode::OK, fields, None))
}

/// Signs in.
pub(super) async fn sign_in(
    State(app): State<Shared>,
    asked: Asked,
    who: Option<Extension<Who>>,
    Extension(Address(address)): Extension<Address>,
    headers: HeaderMap,
    form: Result<Form<Credentials>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(form) = form?;
    let Credentials {
        name,
        password,
        next,
    } = form;
    // What cannot be a name is counted as one account, so that nobody fills the memory with them.
    let account = if is_name(&name) { name.as_str() } else { "" };
    let now_us = app.parts.clock.wall_us();
    let refuse =
        |status, error: &str| show_page(&app, &asked, status, (account, own(&next)), Some(error));
    if let Err(seconds) = app.limits.attempt(account, address, now_us) {
        let failure = Failure::too_often(seconds);
        let mut response = refuse(failure.status(), asked.words().too_often);
        failure.add_to(response.headers_mut());
        return Ok(response);
    }
    let user = app.parts.store.user_by_name(account).await?;
    let hash = user.as_ref().filter(|user| !user.disabled);
    let hash = hash.and_then(|user| user.password.clone());
    let fits = password.len() <= LONGEST_PASSWORD && app.hashing.is(password, hash).await?;
    let user = match user {
        Some(user) if fits => user,
        refused => {
            if let Some(user) = refused {
                // Nobody waits for it: how long the answer takes must not say that there is such a user.
                tokio::spawn(note_refused(Arc::clone(&app), user, now_us));
            }
            return Ok(refuse(StatusCode::FORBIDDEN, asked.words().wrong));
        }
    };
    app.limits.succeeded(account);
    if let Some(Extension(who)) = &who {
        // The session that this one takes the place of.
        app.end_own_session(who).await?;
    }
    app.begin_session(&user, &headers, own(&next)).await
}

/// Signs out.
pub(super) async fn sign_out(State(app): State<Shared>, who: Who) -> Result<Response, Failure> {
    app.end_own_session(&who).await?;
    Ok(with_cookie(&app, see_other("/login"), "", 0))
}

impl App {
    /// Begins a session of `user`, whose password was typed, in the browser that sent `headers`, and leads on to `next`.
    pub(super) async fn begin_session(
        &self,
        user: &UserRow,
        headers: &HeaderMap,
        next: &str,
    ) -> Result<Response, Failure> {
        // No hash is empty.
        let proof = Proof::Password(user.password.as_deref().unwrap_or_default());
        self.add_session(user, proof, headers, see_other(next))
            .await
    }

    /// Begins a session of `user`, whom `proof` let in, in the browser that sent `headers`, with `response`.
    pub(super) async fn add_session(
        &self,
        user: &UserRow,
        proof: Proof<'_>,
        headers: &HeaderMap,
        response: Response,
    ) -> Result<Response, Failure> {
        let secret = keys::secret().map_err(|error| Failure::internal(error.to_string()))?;
        let now_us = self.parts.clock.wall_us();
        let agent = headers
            .get(header::USER_AGENT)
            .and_then(|a| a.to_str().ok());
        let agent: String = agent
            .unwrap_or_default()
            .chars()
            .take(LONGEST_AGENT)
            .collect();
        let session = SessionRow {
            id: ids::random(),
            user: user.id.clone(),
            agent: plain(&agent),
            created_us: now_us,
            seen_us: now_us,
        };
        let detail = json!({"agent": session.agent});
        let line = by_user(user, now_us, "session.began", &session.id, &detail);
        let sha256 = ids::sha256(secret.as_bytes());
        let oldest = self.parts.accounts.oldest(now_us);
        let store = &self.parts.store;
        let begun = store.add_session(&session, &sha256, proof, oldest, &line);
        if !begun.await? {
            return Err(Failure::forbidden(
                "the account was changed meanwhile: sign in again",
            ));
        }
        let seconds = u64::from(self.parts.accounts.session_days) * 24 * 60 * 60;
        Ok(with_cookie(self, response, &secret, seconds))
    }

    /// Ends the session that `who` is known by, where it is known by one.
    async fn end_own_session(&self, who: &Who) -> Result<(), Failure> {
        if let Some(session) = &who.session {
            let (now_us, detail) = (self.parts.clock.wall_us(), json!({}));
            let line = who.line(now_us, "session.ended", &session.0, &detail);
            self.parts
                .store
                .end_session(&who.id, &session.0, &line)
                .await?;
        }
        Ok(())
    }
}

/// Notes that somebody tried to sign in as `user` and could not. Of names that nobody has nothing is kept: people type
/// passwords into the wrong field.
async fn note_refused(app: Shared, user: UserRow, now_us: i64) {
    let line = NewAudit {
        at_us: now_us,
        by_kind: "nobody",
        by_id: "",
        by_name: "",
        action: "session.refused",
        subject: &user.id,
        detail: &json!({"name": user.name}),
    };
    if let Err(error) = app.parts.store.audit(&line).await {
        tracing::error!(%error, "an attempt to sign in could not be noted");
    }
}

/// A line about what a user did who had no session yet.
pub(super) fn by_user<'a>(
    user: &'a UserRow,
    at_us: i64,
    action: &'a str,
    subject: &'a str,
    detail: &'a serde_json::Value,
) -> NewAudit<'a> {
    NewAudit {
        at_us,
        by_kind: By::User.as_str(),
        by_id: &user.id,
        by_name: &user.name,
        action,
        subject,
        detail,
    }
}

/// Sets the cookie of a session for so many seconds; none takes it away.
fn with_cookie(app: &App, mut response: Response, secret: &str, seconds: u64) -> Response {
    let secure = if app.parts.accounts.is_https() {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}",
        app.cookie()
    );
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Where whoever asked for a page is sent to sign in, and then back to it.
pub(super) fn path(request: &Request) -> String {
    let wanted = request.uri().path_and_query().map_or("/", |p| p.as_str());
    if *request.method() != Method::GET || wanted == "/" || own(wanted) != wanted {
        return "/login".to_owned();
    }
    let next: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    format!("/login?next={next}")
}

/// `next` where it is a path of ours: it may be anything that somebody wrote into a link.
pub(super) fn own(next: &str) -> &str {
    let rest = next.strip_prefix('/');
    let is_own = rest.is_some_and(|rest| !rest.starts_with(['/', '\\']));
    let is_plain = next.bytes().all(|b| b.is_ascii_graphic());
    if is_own && is_plain && next.len() <= LONGEST_NEXT {
        next
    } else {
        HOME
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        for next in ["/", "/incidents/1?a=b", "/users"] {
            assert_eq!(own(next), next);
        }
        let long = format!("/{}", "a".repeat(LONGEST_NEXT));
        for next in [
            "",
            "users",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: a=b",
            "/a b",
            "/\u{202e}",
            &long,
        ] {
            assert_eq!(own(next), HOME, "{next}");
        }
    }

    #[test]
    fn whoever_is_to_sign_in_comes_back() {
        let to = |method: Method, uri: &str| {
            let request = Request::builder().method(method).uri(uri);
            path(&request.body(Body::empty()).unwrap())
        };
        assert_eq!(to(Method::GET, "/users"), "/login?next=%2Fusers");
        assert_eq!(to(Method::GET, "/a?b=c&d"), "/login?next=%2Fa%3Fb%3Dc%26d");
        assert_eq!(to(Method::POST, "/users"), "/login");
        assert_eq!(to(Method::GET, "/"), "/login");
        assert_eq!(to(Method::GET, "//evil.example/"), "/login");
    }
}
