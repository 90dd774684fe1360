//! What somebody prefers: cookies of a year, set by forms that work without a script.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::Deserialize;

use crate::web::pages::{BLUR, GREY, KEYS, LANGUAGE, THEME, ours, see_other};
use crate::web::problem::Failure;

/// A year, in s.
const FOR: u32 = 31_536_000;

/// What is preferred from now on; what is not given stays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Preferred {
    lang: Option<String>,
    theme: Option<String>,
    grey: Option<String>,
    blur: Option<String>,
    keys: Option<String>,
    back: String,
}

/// Keeps it in the browser, and leads back.
pub(in crate::web) async fn prefer(
    preferred: Result<Form<Preferred>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(preferred) = preferred?;
    let mut response = see_other(ours(&preferred.back));
    let switches = &["on", "off"][..];
    for (name, value, known) in [
        (LANGUAGE, &preferred.lang, &["en", "zh"][..]),
        (THEME, &preferred.theme, &["system", "light", "dark"][..]),
        (GREY, &preferred.grey, switches),
        (BLUR, &preferred.blur, switches),
        (KEYS, &preferred.keys, switches),
    ] {
        let Some(value) = value else { continue };
        let Some(value) = known.iter().find(|known| *known == value) else {
            return Err(Failure::bad("a preference is none that there is"));
        };
        let cookie = format!("{name}={value}; Path=/; Max-Age={FOR}; SameSite=Strict; HttpOnly");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn what_is_preferred_is_kept_and_nothing_else_is() {
        let preferred = Preferred {
            lang: Some("zh".to_owned()),
            grey: Some("on".to_owned()),
            back: "//evil.example".to_owned(),
            ..Preferred::default()
        };
        let response = prefer(Ok(Form(preferred))).await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/");
        let cookies: Vec<_> = response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .collect();
        assert_eq!(cookies.len(), 2);
        assert!(
            cookies[0]
                .to_str()
                .unwrap()
                .starts_with("waylay_lang=zh; Path=/;")
        );
        let hostile = Preferred {
            theme: Some("dark; Domain=evil.example".to_owned()),
            ..Preferred::default()
        };
        assert!(prefer(Ok(Form(hostile))).await.is_err());
    }
}
