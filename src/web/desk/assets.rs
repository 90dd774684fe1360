//! The stylesheet, the scripts and the icon: in the program, under names that change with their contents, so that browsers
//! may keep them for ever.

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A year, in s: as long as caches keep anything.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Whether the program was built with the file `name`.
pub(in crate::web) fn has(name: &str) -> bool {
    FILES.iter().any(|(known, ..)| *known == name)
}

/// Where the file `name` is found; at a place where nothing is, if the program was built without it.
pub(in crate::web) fn href(name: &str) -> String {
    let hashed = FILES.iter().find(|(known, ..)| *known == name);
    format!("/assets/{}", hashed.map_or(name, |(_, hashed, _)| hashed))
}

/// Sends a file.
pub(in crate::web) async fn asset(Path(name): Path<String>) -> Response {
    let Some((_, _, bytes)) = FILES.iter().find(|(_, hashed, _)| *hashed == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, FOR_EVER),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, *bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_found_where_pages_look_for_it_and_nowhere_else() {
        for name in ["desk.css", "desk.js", "icon.svg"] {
            let href = href(name);
            let hashed = href.strip_prefix("/assets/").unwrap();
            assert_ne!(hashed, name);
            let found = asset(Path(hashed.to_owned())).await;
            assert_eq!(found.status(), StatusCode::OK);
            assert_eq!(found.headers()[header::CACHE_CONTROL], FOR_EVER);
            assert_eq!(
                asset(Path(name.to_owned())).await.status(),
                StatusCode::NOT_FOUND
            );
        }
        let nowhere = asset(Path("../Cargo.toml".to_owned())).await;
        assert_eq!(nowhere.status(), StatusCode::NOT_FOUND);
    }

    /// The policy of pages allows neither, and a style that is not in the file would be lost in silence.
    #[test]
    fn nothing_is_loaded_from_outside_and_nothing_is_inline() {
        let files = std::fs::read_dir("templates")
            .unwrap()
            .chain(std::fs::read_dir("templates/parts").unwrap());
        let mut templates = 0;
        for file in files {
            let path = file.unwrap().path();
            if path.is_dir() {
                continue;
            }
            templates += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            for bad in [
                " style=",
                "<style",
                "onclick",
                "onload",
                "javascript:",
                "https://",
                "http://",
                "data:",
            ] {
                assert!(!text.contains(bad), "{}: {bad}", path.display());
            }
            let inline = text
                .match_indices("<script")
                .filter(|(at, _)| !text[*at..].starts_with("<script defer src="));
            assert_eq!(inline.count(), 0, "{}", path.display());
        }
        assert!(templates > 10);
        for (name, _, bytes) in FILES.iter().filter(|(name, ..)| name.starts_with("desk.")) {
            let text = std::str::from_utf8(bytes).unwrap();
            for bad in ["url(", "@import", "http:", "https:", "eval(", "innerHTML ="] {
                assert!(!text.contains(bad), "{name}: {bad}");
            }
        }
    }
}
