//! Links that run code, read local files, or open an app with another link inside.

use super::super::input::{Uri, decode, strip_prefix_ignore_case};
use super::super::{Category, Depth, read};
use super::file;

/// Whether the rest of a link is what its scheme asks for.
type Rule = fn(&str) -> bool;

/// Schemes that run code, read local files or hide another link, and what must stand in the rest for it
/// to be a link and not a remark such as `about: us`.
const SCHEMES: &[(&str, Rule)] = &[
    ("about", is_word),
    ("android-app", is_path),
    ("blob", is_linkish),
    ("chrome", is_path),
    ("chrome-extension", is_path),
    ("content", is_path),
    ("data", is_data),
    ("edge", is_path),
    ("file", is_file),
    ("filesystem", is_linkish),
    ("intent", is_intent),
    ("jar", is_linkish),
    ("javascript", is_code),
    ("livescript", is_code),
    ("mhtml", is_linkish),
    ("moz-extension", is_path),
    ("resource", is_path),
    ("search-ms", is_tight),
    ("smb", is_path),
    ("vbscript", is_code),
    ("view-source", is_linkish),
];

/// What a dangerous link holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Danger {
    /// The link inside.
    pub(super) target: Option<String>,
    /// Those that a phone may open in its place.
    pub(super) others: Vec<String>,
    /// Whether it installs an app.
    pub(super) installs: bool,
}

/// Reads `text`, which `uri` was read from; `None` where it is harmless.
pub(super) fn find(uri: &Uri, text: &str) -> Option<Danger> {
    let scheme = uri.url.scheme();
    let office = scheme.starts_with("ms-");
    let rule = SCHEMES.iter().find(|(name, _)| *name == scheme);
    if rule.is_none() && !office {
        return None;
    }
    let (_, rest) = text.split_once(':')?;
    let holds = rule.map_or(is_tight as Rule, |(_, rule)| *rule);
    if !holds(rest) {
        return None;
    }
    let (target, others) = match scheme {
        "intent" => intent(rest),
        _ => (inner(scheme, rest), Vec::new()),
    };
    Some(Danger {
        target,
        others,
        installs: scheme == "ms-appinstaller",
    })
}

/// The link inside of a link of `scheme`.
fn inner(scheme: &str, rest: &str) -> Option<String> {
    match scheme {
        "android-app" => app(rest),
        "blob" | "filesystem" | "view-source" | "jar" | "mhtml" => Some(rest.to_owned()),
        "ms-appinstaller" => file::source(rest).map(decode),
        // `ms-word:ofe|u|https://...` (Office URI schemes, section 2).
        _ if scheme.starts_with("ms-") => {
            let (_, link) = rest.split_once("|u|")?;
            link.split('|').next().map(str::to_owned)
        }
        _ => None,
    }
}

/// `//host/path#Intent;scheme=https;S.browser_fallback_url=...;end` (Chrome for Android, intents): the
/// link that the app is given, or else the page for those who do not have it. Where these are pages of
/// two owners, the phone decides, and nobody can say where it leads: the one for which it is known what
/// it is for, or none; and what else it may open.
fn intent(rest: &str) -> (Option<String>, Vec<String>) {
    let Some((data, extras)) = rest.split_once("#Intent;") else {
        return (None, Vec::new());
    };
    let extra = |key: &str| {
        let mut extras = extras.split(';').filter_map(|extra| extra.split_once('='));
        extras.find(|(name, value)| *name == key && !value.is_empty())
    };
    let whole = data.contains("://") && !data.starts_with('/');
    let given = match extra("scheme").filter(|_| data.trim_matches('/').len() > 1) {
        _ if whole => Some(data.to_owned()),
        Some((_, scheme)) => Some(format!("{scheme}:{data}")),
        None => None,
    };
    let fallback = extra("S.browser_fallback_url").map(|(_, link)| decode(link));
    let (given, fallback) = match (given, fallback) {
        (Some(given), Some(fallback)) => (given, fallback),
        (given, fallback) => return (given.or(fallback), Vec::new()),
    };
    let page = |link: &str| Uri::parse(link).filter(Uri::is_web);
    let owner = |page: &Uri| psl::domain_str(&page.host).map(str::to_owned);
    let tells = |link: &str| read(link, Depth::NONE).category != Category::Other;
    match (page(&given), page(&fallback)) {
        (Some(one), Some(other)) if owner(&one) != owner(&other) && !tells(&given) => {
            if tells(&fallback) {
                (Some(fallback), vec![given])
            } else {
                (None, vec![given, fallback])
            }
        }
        _ => (Some(given), vec![fallback]),
    }
}

/// `//package/scheme/host/path` (Android app indexing).
fn app(rest: &str) -> Option<String> {
    let (_, link) = rest.strip_prefix("//")?.split_once('/')?;
    let (scheme, path) = link.split_once('/')?;
    (!scheme.is_empty() && !path.is_empty()).then(|| format!("{scheme}://{path}"))
}

fn is_tight(rest: &str) -> bool {
    !rest.is_empty() && !rest.starts_with(char::is_whitespace)
}

fn is_word(rest: &str) -> bool {
    is_tight(rest) && !rest.contains(char::is_whitespace)
}

fn is_path(rest: &str) -> bool {
    rest.starts_with("//")
}

fn is_linkish(rest: &str) -> bool {
    is_tight(rest) && rest.contains(":/")
}

/// RFC 2397: a media type may stand before the comma, and no blank.
fn is_data(rest: &str) -> bool {
    rest.split_once(',').is_some_and(|(kind, _)| {
        !kind.contains(' ') && (kind.is_empty() || kind.contains('/') || kind.starts_with(';'))
    })
}

/// A path, or a drive of Windows.
fn is_file(rest: &str) -> bool {
    rest.starts_with(['/', '\\']) || rest.get(1..3).is_some_and(|at| at == ":\\" || at == ":/")
}

fn is_intent(rest: &str) -> bool {
    is_path(rest) || rest.contains("#Intent;")
}

/// Whether something in it can be run: the title of a book cannot.
fn is_code(rest: &str) -> bool {
    rest.contains(['(', '=', ';', '`', '[', '/', '%', '.'])
}

/// Whether a value begins with a scheme that is dangerous wherever it stands.
pub(super) fn claims(value: &str) -> bool {
    ["javascript:", "vbscript:", "data:text/", "intent:"]
        .iter()
        .any(|scheme| strip_prefix_ignore_case(value, scheme).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Danger> {
        find(&Uri::parse(text)?, text)
    }

    #[test]
    fn dangerous_links() {
        for (text, target) in [
            ("javascript:alert(1)", None),
            ("JAVASCRIPT: alert(1)", None),
            ("vbscript:msgbox(\"x\")", None),
            ("data:text/html;base64,PHNjcmlwdD4=", None),
            ("data:,hello", None),
            ("file:///etc/passwd", None),
            ("file:C:/Windows/x.exe", None),
            ("content://com.example/x", None),
            ("about:blank", None),
            ("smb://host/share", None),
            ("search-ms:query=x&crumb=location:\\\\host\\share", None),
            ("ms-settings:privacy", None),
            ("ms-msdt:/id%20PCWDiagnostic", None),
            ("blob:https://a.example/1", Some("https://a.example/1")),
            ("view-source:https://a.example/", Some("https://a.example/")),
            (
                "ms-word:ofe|u|https://a.example/x.docm",
                Some("https://a.example/x.docm"),
            ),
            (
                "ms-appinstaller:?source=https://a.example/x.msix",
                Some("https://a.example/x.msix"),
            ),
            (
                "android-app://com.example/https/a.example/x",
                Some("https://a.example/x"),
            ),
            ("android-app://com.example", None),
            (
                "intent://pay?pa=x@ybl#Intent;scheme=upi;package=p;S.browser_fallback_url=https%3A%2F%2Fa.example;end",
                Some("upi://pay?pa=x@ybl"),
            ),
            (
                "intent://#Intent;package=p;S.browser_fallback_url=https%3A%2F%2Fa.example;end",
                Some("https://a.example"),
            ),
            (
                "intent:upi://pay?pa=x@ybl#Intent;package=p;end",
                Some("upi://pay?pa=x@ybl"),
            ),
            (
                "intent://a.example/x#Intent;scheme=https;S.browser_fallback_url=https%3A%2F%2Fm.a.example;end",
                Some("https://a.example/x"),
            ),
            (
                "intent://a.example/x#Intent;scheme=https;S.browser_fallback_url=https%3A%2F%2Fwa.me%2F15550100;end",
                Some("https://wa.me/15550100"),
            ),
            (
                "intent://a.example/x#Intent;scheme=https;S.browser_fallback_url=https%3A%2F%2Fb.example;end",
                None,
            ),
            ("intent:#Intent;action=x;end", None),
            ("intent://scan/", None),
        ] {
            let danger = of(text).expect(text);
            assert_eq!(danger.target.as_deref(), target, "{text}");
        }
        let upi = "intent://pay?pa=x@ybl#Intent;scheme=upi;S.browser_fallback_url=https%3A%2F%2Fa.example;end";
        assert_eq!(of(upi).unwrap().others, ["https://a.example"]);
        let contact = "intent://a.example/x#Intent;scheme=https;S.browser_fallback_url=https%3A%2F%2Fwa.me%2F1;end";
        assert_eq!(of(contact).unwrap().others, ["https://a.example/x"]);
        assert!(
            of("ms-appinstaller:?source=https://a.example/x.msix")
                .unwrap()
                .installs
        );
    }

    #[test]
    fn remarks_are_none() {
        for text in [
            "about: us",
            "data: 5 GB, free",
            "data:5GB",
            "file: report",
            "content: milk",
            "chrome: yes",
            "ms-dos: 6.22",
            "JavaScript: The Good Parts",
            "intent: buy",
            "edge: left",
            "blob: x",
            "jar: 3",
            "https://a.example/",
            "ms-x:",
            "intent:",
            "javascript:",
            "smb:",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert!(claims("JavaScript:x") && !claims("java") && !claims("https://a"));
    }
}
