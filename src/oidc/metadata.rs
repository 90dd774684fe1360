//! What the provider says of itself (OpenID Connect Discovery 1.0).

use serde::Deserialize;
use url::Url;

use super::OidcError;
use crate::config::is_open;

/// Where it is asked, and how.
#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) jwks_uri: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    /// Whether it says in every answer who has answered (RFC 9207).
    pub(super) names_itself: bool,
    /// Whether it takes the secret of a client in the head of a request, and not in its body alone.
    takes_basic: bool,
}

/// How the service is known to it.
pub(super) enum Known<'a> {
    /// By its id and its secret in the head of a request.
    Basic(&'a str, &'a str),
    /// By both in its body.
    Post(&'a str, &'a str),
    /// By its id alone.
    Public(&'a str),
}

/// The document as it comes; what is not named here does not matter.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Where it says what is to be known of it.
pub(super) fn address(issuer: &str) -> Option<Url> {
    let base = issuer.trim_end_matches('/');
    Url::parse(&format!("{base}/.well-known/openid-configuration")).ok()
}

impl Metadata {
    /// What `json` says of `issuer`.
    pub(super) fn parse(json: &[u8], issuer: &str) -> Result<Self, OidcError> {
        let document: Document =
            serde_json::from_slice(json).map_err(|_| OidcError::Malformed("its metadata"))?;
        if document.issuer != issuer {
            // Section 4.3: letter by letter.
            return Err(OidcError::Malformed("its metadata is of another issuer"));
        }
        let endpoint = |text: &str| {
            let url = Url::parse(text).ok();
            let url = url.filter(|url| matches!(url.scheme(), "http" | "https") && !is_open(url));
            url.ok_or(OidcError::Malformed("an endpoint is not `https`"))
        };
        let methods = document.token_endpoint_auth_methods_supported;
        let userinfo = document.userinfo_endpoint.as_deref();
        Ok(Self {
            authorization_endpoint: endpoint(&document.authorization_endpoint)?,
            token_endpoint: endpoint(&document.token_endpoint)?,
            jwks_uri: endpoint(&document.jwks_uri)?,
            userinfo_endpoint: userinfo.map(endpoint).transpose()?,
            names_itself: document.authorization_response_iss_parameter_supported,
            // What is not said is `client_secret_basic` (section 3).
            takes_basic: methods
                .is_none_or(|methods| methods.iter().any(|m| m == "client_secret_basic")),
        })
    }

    /// How the service with this id and secret is known to it.
    pub(super) fn known_by<'a>(&self, id: &'a str, secret: Option<&'a str>) -> Known<'a> {
        match secret {
            None => Known::Public(id),
            Some(secret) if self.takes_basic => Known::Basic(id, secret),
            Some(secret) => Known::Post(id, secret),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://id.example/realms/a";

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example/auth?x=1",
            "token_endpoint": "https://id.example/token",
            "jwks_uri": "https://keys.example/jwks",
            "response_types_supported": ["code"],
        })
    }

    fn parse(document: &Value) -> Result<Metadata, OidcError> {
        Metadata::parse(document.to_string().as_bytes(), ISSUER)
    }

    #[test]
    fn it_is_found_below_the_issuer() {
        for issuer in [ISSUER, "https://id.example/realms/a/"] {
            assert_eq!(
                address(issuer).unwrap().as_str(),
                "https://id.example/realms/a/.well-known/openid-configuration"
            );
        }
    }

    #[test]
    fn it_is_of_the_issuer_and_leads_nowhere_in_the_open() {
        let metadata = parse(&document()).unwrap();
        assert!(metadata.userinfo_endpoint.is_none() && !metadata.names_itself);
        for (key, value) in [
            ("issuer", "https://id.example/realms/b"),
            ("issuer", "https://id.example/realms/a/"),
            ("token_endpoint", "http://id.example/token"),
            ("jwks_uri", "file:///etc/passwd"),
            ("authorization_endpoint", "javascript:alert(1)"),
            ("userinfo_endpoint", ""),
        ] {
            let mut document = document();
            document[key] = json!(value);
            let error = parse(&document).unwrap_err();
            assert!(matches!(error, OidcError::Malformed(_)), "{key}: {error}");
        }
        for text in ["", "[]", "{}", "<html>"] {
            assert!(Metadata::parse(text.as_bytes(), ISSUER).is_err());
        }
    }

    #[test]
    fn a_secret_goes_where_the_provider_takes_it() {
        let mut document = document();
        let basic = parse(&document).unwrap();
        assert!(matches!(
            basic.known_by("a", Some("b")),
            Known::Basic("a", "b")
        ));
        assert!(matches!(basic.known_by("a", None), Known::Public("a")));
        document["token_endpoint_auth_methods_supported"] =
            json!(["private_key_jwt", "client_secret_post"]);
        let post = parse(&document).unwrap();
        assert!(matches!(
            post.known_by("a", Some("b")),
            Known::Post("a", "b")
        ));
    }
}
