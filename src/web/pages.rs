//! What all pages share: what a page depends on, and what stands around it.

use std::convert::Infallible;

use askama::Template;
use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};

use super::App;
use super::access::{By, Who};
use super::desk::help::{self, Group, Meaning};
use super::desk::html;
use super::desk::text::{ENGLISH, M, Text};
use super::problem::Failure;
use super::words::Words;
use crate::account::Permission;

/// The cookies that hold what somebody prefers.
pub(super) const LANGUAGE: &str = "waylay_lang";
pub(super) const THEME: &str = "waylay_theme";
pub(super) const GREY: &str = "waylay_grey";
pub(super) const BLUR: &str = "waylay_blur";
pub(super) const KEYS: &str = "waylay_keys";

/// Bytes of the longest address of a page that is led back to.
const LONGEST_BACK: usize = 2_000;

/// What a page depends on beside who asks.
#[derive(Clone)]
pub(super) struct Asked {
    /// The messages in its language.
    t: &'static Text,
    theme: &'static str,
    grey: bool,
    blur: bool,
    keys: bool,
    /// The path and the query.
    back: String,
}

impl Asked {
    pub(super) fn of(request: &Request) -> Self {
        Self::by(request.headers(), request.uri())
    }

    fn by(headers: &HeaderMap, uri: &Uri) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE);
        let accepted = accepted.and_then(|value| value.to_str().ok());
        let is = |name, value| cookie(headers, name) == Some(value);
        let back = uri.path_and_query().map_or("/", |path| path.as_str());
        Self {
            t: Text::of(cookie(headers, LANGUAGE), accepted),
            theme: match cookie(headers, THEME) {
                Some("light") => "light",
                Some("dark") => "dark",
                _ => "",
            },
            grey: is(GREY, "on"),
            blur: is(BLUR, "on"),
            keys: !is(KEYS, "off"),
            back: if back.len() > LONGEST_BACK {
                uri.path()
            } else {
                back
            }
            .to_owned(),
        }
    }

    /// The messages.
    pub(super) fn text(&self) -> &'static Text {
        self.t
    }

    /// What the pages of accounts say.
    pub(super) fn words(&self) -> &'static Words {
        Words::of(!self.t.is_english())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::by(&parts.headers, &parts.uri))
    }
}

/// A cookie of a request; of several with one name the first.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(known, value)| (known == name).then_some(value))
}

/// What stands around every page.
pub(super) struct Shell {
    pub(super) t: &'static Text,
    pub(super) theme: &'static str,
    pub(super) grey: bool,
    pub(super) blur: bool,
    /// Whether single keys do something.
    pub(super) keys: bool,
    /// Where to come back to.
    pub(super) back: String,
    pub(super) who: Option<Shown>,
    csrf: String,
}

/// Who is signed in, as pages show it.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each decides of a part of the page"
)]
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) role: &'static str,
    /// Whether it has a session, which it can end.
    pub(super) has_account: bool,
    pub(super) users: bool,
    pub(super) audit: bool,
    pub(super) quality: bool,
    pub(super) deliveries: bool,
}

/// A page that the navigation leads to.
pub(super) struct Entry {
    pub(super) href: &'static str,
    pub(super) name: M,
    pub(super) here: bool,
}

impl Shell {
    pub(super) fn new(_app: &App, asked: &Asked, who: Option<&Who>) -> Self {
        let t = asked.text();
        Self {
            t,
            theme: asked.theme,
            grey: asked.grey,
            blur: asked.blur,
            keys: asked.keys,
            back: asked.back.clone(),
            csrf: who.map(Who::csrf).unwrap_or_default(),
            who: who.map(|who| Shown {
                name: who.name.clone(),
                role: t.role_of(who.role.as_str()),
                has_account: who.by == By::User,
                users: who.may(Permission::Users),
                audit: who.may(Permission::Audit),
                quality: who.may(Permission::Quality),
                deliveries: who.may(Permission::Deliveries),
            }),
        }
    }

    /// What every form carries.
    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// The pages of the navigation.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let t = self.t;
        let path = self.back.split('?').next().unwrap_or_default();
        let quality = self.who.as_ref().is_some_and(|who| who.quality);
        let all = [
            ("/", t.queue, path == "/" || path.starts_with("/incidents")),
            ("/campaigns", t.campaigns, path.starts_with("/campaigns")),
            ("/wall", t.wall, path.starts_with("/wall")),
            ("/scan", t.scan_desk, path.starts_with("/scan")),
            ("/quality", t.quality, path.starts_with("/quality")),
        ];
        let entries = all
            .into_iter()
            .filter(|(href, ..)| *href != "/quality" || quality);
        entries
            .map(|(href, name, here)| Entry { href, name, here })
            .collect()
    }

    /// The keys and what they do.
    pub(super) fn keys_help(&self) -> Vec<Group> {
        help::keys(self.t)
    }

    /// The decisions and what they mean.
    pub(super) fn decisions_help(&self) -> Vec<Meaning> {
        help::decisions(self.t)
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    title: M,
    /// What it means, where the detail is in another language than the page.
    means: Option<M>,
    /// What is wrong, where the title does not say it already.
    detail: Option<html::Html>,
    /// What goes for every problem of the kind, where the page does not say what it means.
    hint: Option<M>,
}

/// The page in place of a problem.
pub(super) fn problem(app: &App, asked: &Asked, who: Option<&Who>, failure: &Failure) -> Response {
    let t = asked.text();
    let is_english = t.is_english();
    let is_forbidden = failure.status() == StatusCode::FORBIDDEN;
    let title = match failure.status() {
        StatusCode::NOT_FOUND => t.not_found,
        StatusCode::FORBIDDEN => t.not_allowed,
        _ => t.went_wrong,
    };
    let detail = failure.detail();
    let says_more = !detail.eq_ignore_ascii_case(ENGLISH.not_found.get());
    let page = ProblemPage {
        shell: Shell::new(app, asked, who),
        title,
        means: (!is_english).then(|| means(failure.status(), t)),
        // It may quote what was asked for.
        detail: says_more.then(|| html::Html::of(detail)),
        hint: (is_english && is_forbidden).then_some(t.not_allowed_hint),
    };
    let mut response = show(failure.status(), &page);
    failure.add_to(response.headers_mut());
    response
}

fn means(status: StatusCode, t: &Text) -> M {
    match status {
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => t.problem_forbidden,
        StatusCode::NOT_FOUND | StatusCode::GONE => t.problem_missing,
        StatusCode::CONFLICT => t.problem_conflict,
        StatusCode::PAYLOAD_TOO_LARGE => t.problem_large,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => t.problem_often,
        status if status.is_server_error() => t.problem_internal,
        _ => t.problem_wrong,
    }
}

/// Shows a page.
pub(super) fn show(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            Failure::internal("the page could not be made; the log says why").into_response()
        }
    }
}

/// Leads on to another page of ours, once a form was taken.
pub(super) fn see_other(path: &str) -> Response {
    // What is none, as where somebody wrote it into a URL, leads home.
    let to = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// `path` where it leads to a page of ours, and home where it leads anywhere else.
pub(super) fn ours(path: &str) -> &str {
    let is_ours =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    if is_ours && path.len() <= LONGEST_BACK {
        path
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_come_from_cookies_and_the_language_from_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "zh-CN".parse().unwrap());
        let uri: Uri = "/wall?x=1".parse().unwrap();
        let asked = Asked::by(&headers, &uri);
        assert!(!asked.t.is_english() && asked.keys && !asked.grey && !asked.blur);
        assert_eq!((asked.theme, asked.back.as_str()), ("", "/wall?x=1"));
        let cookies = "waylay_lang=en; waylay_theme=dark; waylay_grey=on; waylay_keys=off; waylay_blur=<script>";
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        let asked = Asked::by(&headers, &uri);
        assert!(asked.t.is_english() && !asked.keys && asked.grey && !asked.blur);
        assert_eq!(asked.theme, "dark");
    }

    #[test]
    fn nobody_is_led_away() {
        for (path, to) in [
            ("/wall?x=1", "/wall?x=1"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example", "/"),
            ("", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
        ] {
            assert_eq!(ours(path), to, "{path}");
        }
    }
}
