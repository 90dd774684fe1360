//! Single sign-on by OpenID Connect: the table `[oidc]` of the configuration file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer};
use toml::Spanned;
use url::Url;

use super::webhooks::is_open;
use crate::locate::TextError;

/// The roles, as the core calls them.
const ROLES: [&str; 4] = ["viewer", "reviewer", "lead", "admin"];

/// Characters of the longest name on the page to sign in.
const LONGEST_NAME: usize = 40;

/// Bytes of the longest name of a claim, of a value of one, and of an id of ours at the provider.
const LONGEST: usize = 256;

/// The most scopes that are asked for.
const MOST_SCOPES: usize = 20;

/// The provider that people may sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// What it calls itself, letter by letter; what is to be known of it is found below this URL.
    pub issuer: Spanned<String>,
    /// What it calls the service.
    #[serde(deserialize_with = "printable")]
    pub client_id: String,
    /// The file that holds the secret of the service.
    pub client_secret_file: Option<PathBuf>,
    /// The variable of the environment that does.
    pub client_secret_env: Option<String>,
    /// What it is called on the page to sign in.
    #[serde(default = "name", deserialize_with = "short")]
    pub name: String,
    /// What the service asks for; `openid` is asked for in any case.
    #[serde(default = "scopes", deserialize_with = "scope_names")]
    pub scopes: Vec<String>,
    /// The claim whose value is the name of a new user.
    #[serde(default = "claim", deserialize_with = "printable")]
    pub claim: String,
    /// The claim whose values say what somebody is there for: its name, or a JSON pointer to it.
    #[serde(default, deserialize_with = "printable_if_any")]
    pub roles_claim: Option<String>,
    /// The role that goes with each of these values.
    #[serde(default, deserialize_with = "roles")]
    pub roles: BTreeMap<String, String>,
    /// The role of whoever has none of these values; such a person is not let in where it is absent.
    #[serde(default, deserialize_with = "role")]
    pub role: Option<String>,
    /// The file of the authorities that vouch for it, in place of those that everybody trusts.
    pub ca_file: Option<PathBuf>,
}

fn name() -> String {
    "OpenID Connect".to_owned()
}

fn scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).to_vec()
}

fn claim() -> String {
    "preferred_username".to_owned()
}

/// Whether `oidc`, which stands in `text`, holds together.
pub(super) fn check(text: &str, oidc: &Oidc) -> Result<(), TextError> {
    let wrong = |message| Err(TextError::at(text, Some(oidc.issuer.span()), message));
    let url = Url::parse(oidc.issuer.as_ref()).ok().filter(|url| {
        let nobody = url.username().is_empty() && url.password().is_none();
        let bare = url.query().is_none() && url.fragment().is_none();
        matches!(url.scheme(), "http" | "https") && url.has_host() && nobody && bare
    });
    // It could tell whoever it likes that somebody else has signed in: there is no `insecure` here.
    if url.is_none_or(|url| is_open(&url)) {
        return wrong("expected `https://...` without a query: what a provider says is believed");
    }
    if oidc.client_secret_file.is_some() && oidc.client_secret_env.is_some() {
        return wrong("expected one of `client_secret_file` and `client_secret_env`");
    }
    if oidc.roles_claim.is_some() == oidc.roles.is_empty() {
        return wrong("expected both of `roles_claim` and `[oidc.roles]`, or none of them");
    }
    Ok(())
}

fn is_printable(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn printable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if is_printable(&text) {
        return Ok(text);
    }
    Err(serde::de::Error::custom(format!(
        "expected 1 to {LONGEST} printable ASCII characters without spaces"
    )))
}

fn printable_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    printable(deserializer).map(Some)
}

fn short<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
    if fits && text.trim() == text && !text.contains(char::is_control) {
        return Ok(text);
    }
    Err(serde::de::Error::custom(format!(
        "expected 1 to {LONGEST_NAME} characters"
    )))
}

/// Scope tokens (RFC 6749 section 3.3).
fn scope_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let scopes = Vec::<String>::deserialize(deserializer)?;
    let is_scope = |scope: &String| is_printable(scope) && !scope.contains(['"', '\\']);
    if scopes.len() <= MOST_SCOPES && scopes.iter().all(is_scope) {
        return Ok(scopes);
    }
    Err(serde::de::Error::custom(format!(
        "expected up to {MOST_SCOPES} scopes without spaces"
    )))
}

fn roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let roles = BTreeMap::<String, String>::deserialize(deserializer)?;
    for role in roles.values() {
        is_role(role)?;
    }
    Ok(roles)
}

fn role<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let role = String::deserialize(deserializer)?;
    is_role(&role)?;
    Ok(Some(role))
}

fn is_role<E: serde::de::Error>(role: &str) -> Result<(), E> {
    if ROLES.contains(&role) {
        return Ok(());
    }
    Err(E::custom(format!(
        "no role `{role}`, expected one of {}",
        ROLES.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use crate::account::Role;
    use crate::config::Config;

    fn oidc(issuer: &str, more: &str) -> String {
        format!("[oidc]\nissuer = '{issuer}'\nclient_id = 'waylay'\n{more}\n")
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        let good = "https://id.example";
        for (text, line, message) in [
            (oidc("http://id.example", ""), 2, "expected `https://"),
            (oidc("id.example", ""), 2, "expected `https://"),
            (oidc("https://id.example/?a=b", ""), 2, "without a query"),
            (oidc("https://a:b@id.example", ""), 2, "expected `https://"),
            (
                oidc(good, "client_secret_file = 'a'\nclient_secret_env = 'B'"),
                2,
                "one of `client_secret_file`",
            ),
            (oidc(good, "roles_claim = 'groups'"), 2, "both of"),
            (oidc(good, "[oidc.roles]\na = 'lead'"), 2, "both of"),
            (
                oidc(good, "roles_claim = 'groups'\n[oidc.roles]\na = 'boss'"),
                5,
                "no role `boss`",
            ),
            (oidc(good, "role = 'Admin'"), 4, "no role `Admin`"),
            (oidc(good, "name = ''"), 4, "1 to 40 characters"),
            (oidc(good, "claim = 'a b'"), 4, "printable"),
            (oidc(good, "scopes = ['a b']"), 4, "without spaces"),
            (oidc(good, "client_secret = 'x'"), 4, "unknown field"),
            ("[oidc]\nclient_id = 'a'".to_owned(), 1, "missing field"),
        ] {
            let error = Config::parse(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.message.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_not_given_has_a_default() {
        assert!(Config::parse("").unwrap().oidc.is_none());
        for issuer in [
            "https://id.example",
            "https://id.example/realms/a/",
            "http://127.0.0.1:9000",
        ] {
            let config = Config::parse(&oidc(issuer, "")).unwrap();
            let oidc = config.oidc.unwrap();
            assert_eq!(oidc.issuer.as_ref(), issuer, "as it is written");
            assert_eq!(oidc.claim, "preferred_username");
            assert_eq!(oidc.scopes, ["openid", "profile", "email"]);
            assert_eq!(oidc.name, "OpenID Connect");
            assert!(oidc.role.is_none() && oidc.roles.is_empty());
        }
    }

    #[test]
    fn the_roles_are_those_of_the_core() {
        assert_eq!(super::ROLES, Role::ALL.map(Role::as_str));
    }
}
