//! Who asks, and whether it may: by a session's cookie, by a token, or from this machine while there are no accounts.

mod csrf;
mod needs;
mod openapi;
mod origin;
mod token;

pub(super) use needs::{Needs, ROUTES, needs};
pub(super) use openapi::Secured;
pub(super) use origin::cookie;
pub use token::{Token, TokenError};

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::problem::Failure;
use super::{App, Shared, login, pages};
use crate::account::{Permission, Permissions, Role};
use crate::ids;
use crate::store::{NewAudit, SignedIn, TokenRow};

/// What every token begins with, so that one is known where it should not be.
pub(super) const TOKEN_PREFIX: &str = "wl_";

/// A session notes that it was used at most this often, in µs.
const SEEN_US: i64 = 60_000_000;
/// A day, in µs.
pub(super) const DAY_US: i64 = 86_400_000_000;

/// The name of the token of the configuration, and of whoever asks from this machine while there are no accounts. Nobody
/// else takes it.
pub(super) const API: &str = "api";

/// Whether nobody may be called so: what is done by Waylay itself is told by that name.
pub(super) fn is_reserved(name: &str) -> bool {
    [API, "waylay"]
        .iter()
        .any(|reserved| name.eq_ignore_ascii_case(reserved))
}

/// By what somebody is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// A session.
    User,
    /// A token.
    Token,
    /// Nothing but that it asks from this machine, and that there are no accounts.
    Local,
}

impl By {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Token => "token",
            Self::Local => "local",
        }
    }
}

/// Names a session; it is no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SessionId(pub(super) String);

/// Who asks.
#[derive(Debug, Clone)]
pub(super) struct Who {
    /// The id of the user or token.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) by: By,
    /// The session, where it is known by one.
    pub(super) session: Option<SessionId>,
    may: Permissions,
    csrf: String,
}

impl Who {
    /// Whether it may.
    pub(super) fn may(&self, permission: Permission) -> bool {
        self.may.contains(permission)
    }

    /// All that it may.
    pub(super) fn permissions(&self) -> Permissions {
        self.may
    }

    /// Refuses what it may not.
    pub(super) fn require(&self, permission: Permission) -> Result<(), Failure> {
        if self.may(permission) {
            return Ok(());
        }
        Err(Failure::forbidden(format!(
            "this takes the permission `{}`",
            permission.as_str()
        )))
    }

    /// Refuses to give anybody what it may not itself: a token that is held to `users` alone would make itself one of everything.
    pub(super) fn require_to_give(&self, permissions: Permissions) -> Result<(), Failure> {
        if permissions.is_within(self.may) {
            return Ok(());
        }
        Err(Failure::forbidden(
            "nobody gives others what they may not themselves",
        ))
    }

    /// What the forms of this session carry as `csrf`, and scripts as `X-CSRF-Token`; empty where there is no session.
    pub(super) fn csrf(&self) -> String {
        self.csrf.clone()
    }

    /// A line of the audit log about what it did.
    pub(super) fn line<'a>(
        &'a self,
        at_us: i64,
        action: &'static str,
        subject: &'a str,
        detail: &'a Value,
    ) -> NewAudit<'a> {
        NewAudit {
            at_us,
            by_kind: self.by.as_str(),
            by_id: &self.id,
            by_name: &self.name,
            action,
            subject,
            detail,
        }
    }

    fn configured() -> Self {
        Self::api(By::Token)
    }

    fn local() -> Self {
        Self::api(By::Local)
    }

    fn api(by: By) -> Self {
        Self {
            id: API.to_owned(),
            name: API.to_owned(),
            role: Role::Admin,
            by,
            session: None,
            may: Role::Admin.permissions(),
            csrf: String::new(),
        }
    }

    /// Who has this session; nobody where the records name a role that this version does not know.
    fn signed_in(row: SignedIn, secret: &str) -> Option<Self> {
        let role = Role::parse(&row.role)?;
        Some(Self {
            id: row.user,
            name: row.name,
            role,
            by: By::User,
            session: Some(SessionId(row.session)),
            may: role.permissions(),
            csrf: csrf::token(secret),
        })
    }

    fn token(row: TokenRow) -> Option<Self> {
        let role = Role::parse(&row.role)?;
        Some(Self {
            may: scopes(row.scopes.as_deref(), role),
            id: row.id,
            name: row.name,
            role,
            by: By::Token,
            session: None,
            csrf: String::new(),
        })
    }
}

/// What a token may that is held to these scopes: never more than its role.
pub(super) fn scopes(scopes: Option<&str>, role: Role) -> Permissions {
    let held = scopes.map(|scopes| {
        let named = scopes.split(' ').filter_map(Permission::parse);
        named.collect::<Permissions>()
    });
    held.map_or(role.permissions(), |held| held.and(role.permissions()))
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let who = parts.extensions.get::<Self>().cloned();
        who.ok_or_else(Failure::unauthorized)
    }
}

/// The address that a request came from, for limits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address(pub(super) IpAddr);

/// Lets through whoever may ask.
pub(super) async fn check(
    State(app): State<Shared>,
    route: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let page = is_for_page(&request).then(|| login::path(&request));
    let request = match (app.admit(route.as_str(), request).await, page) {
        (Ok(request), _) => request,
        (Err(refused), Some(login)) if refused.status() == StatusCode::UNAUTHORIZED => {
            return pages::see_other(&login);
        }
        (Err(refused), _) => return refuse(refused, route.as_str()),
    };
    let who = request.extensions().get::<Who>().cloned();
    let mut response = next.run(request).await;
    if let Some(who) = who {
        // For the page in place of a problem.
        response.extensions_mut().insert(who);
    }
    response
}

fn refuse(refused: Failure, route: &str) -> Response {
    let status = refused.status();
    let mut response = refused.into_response();
    if status == StatusCode::METHOD_NOT_ALLOWED
        && let Ok(allowed) = HeaderValue::from_str(&needs::allowed(route))
    {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}

/// Whether a person in front of a browser waits for the answer.
pub(super) fn is_for_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT);
    let accepts_html = accept.is_some_and(|a| a.to_str().is_ok_and(|a| a.contains("text/html")));
    accepts_html && !request.uri().path().starts_with("/api/")
}

impl App {
    /// The request with who asks in its extensions, where it may.
    async fn admit(&self, route: &str, mut request: Request) -> Result<Request, Failure> {
        let Some(needs) = needs(request.method(), route) else {
            return Err(if needs::allowed(route).is_empty() {
                Failure::forbidden("nobody may do this")
            } else {
                Failure::method()
            });
        };
        if !origin::is_text(request.uri().path()) {
            return Err(Failure::not_found("there is nothing here"));
        }
        let who = self.identify(request.headers(), true).await?;
        let is_safe = matches!(*request.method(), Method::GET | Method::HEAD);
        let by_browser = who.as_ref().is_none_or(|who| who.by != By::Token);
        let public = self.parts.accounts.public_url.as_ref();
        if by_browser
            && (who.is_some() || !is_safe)
            && origin::is_foreign(request.headers(), public)
        {
            return Err(Failure::forbidden(
                "this was sent by a page of another site",
            ));
        }
        if let Some(who) = &who {
            match needs {
                Needs::May(permission) => who.require(permission)?,
                Needs::Nothing | Needs::Somebody => {}
            }
            if who.session.is_some() && !is_safe && needs != Needs::Nothing {
                request = csrf::check(request, &who.csrf).await?;
            }
        } else if needs != Needs::Nothing {
            return Err(if self.is_open() {
                // A page that a browser on this machine has open could have its own name lead here, and a proxy brings others.
                Failure::forbidden(
                    "there are no accounts: only this machine may ask, and through no proxy; the link at the start of the service makes the first one",
                )
            } else {
                Failure::unauthorized()
            });
        }
        let address = self.address(&request);
        request.extensions_mut().insert(address);
        if let Some(who) = who {
            request.extensions_mut().insert(who);
        }
        Ok(request)
    }

    /// Who asks; `None` where it does not say, or has a session that is over. What it is known by is noted to be used where it
    /// `uses` it.
    pub(super) async fn identify(
        &self,
        headers: &HeaderMap,
        uses: bool,
    ) -> Result<Option<Who>, Failure> {
        if let Some(carried) = token::bearer(headers) {
            return match self.token(carried, uses).await? {
                Some(who) => Ok(Some(who)),
                None => Err(Failure::unauthorized()),
            };
        }
        if let Some(secret) = origin::cookie(headers, self.cookie()) {
            return self.session(secret, uses).await;
        }
        let is_local = self.is_open() && !self.is_behind_proxy() && origin::is_local(headers);
        Ok(is_local.then(Who::local))
    }

    /// Whether `who`, which asked with these headers, may still do this. To be answered for long is no use of a session: one
    /// that nobody uses any more ends.
    pub(super) async fn still_may(
        &self,
        headers: &HeaderMap,
        who: &Who,
        permission: Permission,
    ) -> Result<bool, Failure> {
        let now = match self.identify(headers, false).await {
            Err(refused) if refused.status() == StatusCode::UNAUTHORIZED => return Ok(false),
            now => now?,
        };
        Ok(now.is_some_and(|now| now.id == who.id && now.may(permission)))
    }

    /// Whether whoever is on this machine may ask, since nobody else could be told apart.
    fn is_open(&self) -> bool {
        self.parts.token.is_none() && !self.has_users()
    }

    /// Whether the configuration knows of a proxy: what comes from this machine is anybody's then, and says what it likes.
    fn is_behind_proxy(&self) -> bool {
        let accounts = &self.parts.accounts;
        accounts.forwarded || accounts.public_url.is_some()
    }

    async fn token(&self, carried: &str, uses: bool) -> Result<Option<Who>, Failure> {
        if self.parts.token.as_ref().is_some_and(|t| t.is(carried)) {
            return Ok(Some(Who::configured()));
        }
        if !carried.starts_with(TOKEN_PREFIX) {
            return Ok(None);
        }
        let sha256 = ids::sha256(carried.as_bytes());
        let now_us = self.parts.clock.wall_us();
        let good = |row: &TokenRow| row.revoked_us.is_none() && row.until_us > now_us;
        let Some(row) = self.parts.store.token(&sha256).await?.filter(good) else {
            return Ok(None);
        };
        let today = now_us / DAY_US;
        if uses && row.used_day != Some(today) {
            self.parts.store.use_token(&row.id, today).await?;
        }
        Ok(Who::token(row))
    }

    async fn session(&self, secret: &str, uses: bool) -> Result<Option<Who>, Failure> {
        let store = &self.parts.store;
        let Some(row) = store.session(&ids::sha256(secret.as_bytes())).await? else {
            return Ok(None);
        };
        let now_us = self.parts.clock.wall_us();
        let (idle_us, old_us) = self.parts.accounts.oldest(now_us);
        if row.seen_us < idle_us || row.created_us < old_us {
            return Ok(None);
        }
        if uses && now_us - row.seen_us >= SEEN_US {
            store.see_session(&row.session, now_us).await?;
        }
        Ok(Who::signed_in(row, secret))
    }

    fn address(&self, request: &Request) -> Address {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let told = self
            .parts
            .accounts
            .forwarded
            .then(|| origin::forwarded(request.headers()));
        Address(origin::network(told.flatten().unwrap_or(peer)))
    }

    /// The name of the cookie that holds a session. Where browsers come by https, no other host and no page without it can
    /// set one of this name (RFC 6265bis section 4.1.3.2).
    pub(super) fn cookie(&self) -> &'static str {
        if self.parts.accounts.is_https() {
            "__Host-waylay_session"
        } else {
            "waylay_session"
        }
    }

    /// Notes in the audit log what `who` did.
    pub(super) async fn audit(
        &self,
        who: &Who,
        action: &'static str,
        subject: &str,
        detail: Value,
    ) -> Result<(), Failure> {
        let line = who.line(self.parts.clock.wall_us(), action, subject, &detail);
        Ok(self.parts.store.audit(&line).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_no_more_than_its_role() {
        let may = |scopes: Option<&str>, role| {
            let may = super::scopes(scopes, role);
            may.iter().map(Permission::as_str).collect::<Vec<_>>()
        };
        assert_eq!(may(None, Role::Viewer), ["read", "read_evidence"]);
        assert_eq!(may(Some("read"), Role::Admin), ["read"]);
        assert_eq!(may(Some("read users"), Role::Viewer), ["read"]);
        assert!(may(Some(""), Role::Admin).is_empty());
        assert!(may(Some("everything"), Role::Admin).is_empty());
    }

    #[test]
    fn what_is_not_allowed_is_named() {
        let mut who = Who::local();
        assert_eq!(who.require(Permission::Users), Ok(()));
        who.may = Role::Viewer.permissions();
        let refused = who.require(Permission::Users).unwrap_err();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    }
}
