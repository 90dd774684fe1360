//! The whole of it against a provider that says whatever a test wants, and every check of a token by itself.

mod fake;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use super::*;
use crate::config::Config;
use crate::trust;
use fake::Fake;

const S: i64 = 1_000_000;
/// A time, s since 1970.
const NOW_S: i64 = 1_800_000_000;
const NOW: i64 = NOW_S * S;
const BACK: &str = "https://way.example/login/oidc/callback";

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A key of a provider.
struct Signer {
    pair: EcdsaKeyPair,
    name: &'static str,
}

impl Signer {
    fn new(name: &'static str) -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self { pair, name }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (encode(&point[1..33]), encode(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.name, "x": x, "y": y})
    }

    /// A token with this header and these claims.
    fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        format!("{message}.{}", encode(signature.unwrap()))
    }

    fn token(&self, claims: &Value) -> String {
        self.sign(&json!({"alg": "ES256", "kid": self.name}), claims)
    }
}

fn keys(jwks: &[Value]) -> Keys {
    Keys::parse(json!({"keys": jwks}).to_string().as_bytes()).unwrap()
}

/// Claims that are as they have to be for the attempt with this nonce.
fn claims(nonce: &str) -> Value {
    json!({
        "iss": "https://id.example", "sub": "1", "aud": "waylay", "nonce": nonce,
        "iat": NOW_S, "exp": NOW_S + 300,
    })
}

/// What is found of `token` with these keys.
fn check(token: &str, keys: &Keys) -> Result<String, TokenError> {
    let signed = Signed::parse(token)?;
    keys.verify(&signed)?;
    let expected = Expected {
        issuer: "https://id.example",
        client_id: "waylay",
        nonce: "n",
        now_s: NOW_S,
    };
    expected.subject_of(&signed.claims()?)
}

#[test]
fn what_is_not_as_it_has_to_be_is_refused() {
    use TokenError::{Audience, Early, Expired, Issuer, Malformed, Nonce};
    let signer = Signer::new("a");
    let keys = keys(&[signer.jwk()]);
    assert_eq!(
        check(&signer.token(&claims("n")), &keys),
        Ok("1".to_owned())
    );
    for (claim, value, found) in [
        ("iss", json!("https://id.example/"), Some(Issuer)),
        ("iss", json!(null), Some(Issuer)),
        ("iss", json!(["https://id.example"]), Some(Issuer)),
        ("aud", json!("other"), Some(Audience)),
        ("aud", json!(null), Some(Audience)),
        ("aud", json!([]), Some(Audience)),
        ("aud", json!(["waylay"]), None),
        ("aud", json!(["waylay", "other"]), Some(Audience)),
        ("azp", json!("waylay"), None),
        ("azp", json!("other"), Some(Audience)),
        ("azp", json!(null), Some(Audience)),
        ("nonce", json!("m"), Some(Nonce)),
        ("nonce", json!(null), Some(Nonce)),
        ("exp", json!(NOW_S - 59), None),
        ("exp", json!(NOW_S - 60), Some(Expired)),
        ("exp", json!((NOW_S + 1).to_string()), Some(Malformed)),
        ("exp", json!(null), Some(Malformed)),
        ("exp", json!(1e300), None),
        ("exp", json!(-1e300), Some(Expired)),
        ("iat", json!(NOW_S + 60), None),
        ("iat", json!(NOW_S as f64 + 60.5), None),
        ("iat", json!(NOW_S + 61), Some(Early)),
        ("iat", json!(null), Some(Malformed)),
        ("nbf", json!(NOW_S + 60), None),
        ("nbf", json!(NOW_S + 61), Some(Early)),
        ("nbf", json!("soon"), Some(Malformed)),
        ("sub", json!(""), Some(Malformed)),
        ("sub", json!(7), Some(Malformed)),
        ("sub", json!("a\nb"), Some(Malformed)),
        ("sub", json!("s".repeat(256)), Some(Malformed)),
    ] {
        let mut changed = claims("n");
        changed[claim] = value.clone();
        let checked = check(&signer.token(&changed), &keys);
        assert_eq!(checked.err(), found, "{claim} {value}");
    }
    for claim in ["iss", "sub", "aud", "nonce", "iat", "exp"] {
        let mut lacking = claims("n");
        lacking.as_object_mut().unwrap().remove(claim);
        assert!(check(&signer.token(&lacking), &keys).is_err(), "{claim}");
    }
    let mut both = claims("n");
    (both["aud"], both["azp"]) = (json!(["other", "waylay"]), json!("waylay"));
    assert!(check(&signer.token(&both), &keys).is_ok());
    both["aud"] = json!(["other"]);
    assert_eq!(check(&signer.token(&both), &keys), Err(Audience));
}

#[test]
fn a_token_is_signed_as_its_key_signs() {
    let (signer, other) = (Signer::new("a"), Signer::new("b"));
    let (good, both) = (
        signer.token(&claims("n")),
        keys(&[signer.jwk(), other.jwk()]),
    );
    assert!(check(&good, &both).is_ok());
    let forged = |header: Value| signer.sign(&header, &claims("n"));
    for alg in [
        "none", "None", "HS256", "HS512", "RS512", "ES384", "PS256", "EdDSA", "",
    ] {
        let token = forged(json!({"alg": alg, "kid": "a"}));
        assert_eq!(check(&token, &both), Err(TokenError::Algorithm), "{alg}");
        let (bare, _) = token.rsplit_once('.').unwrap();
        assert_eq!(
            check(&format!("{bare}."), &both),
            Err(TokenError::Algorithm)
        );
    }
    assert_eq!(
        check(&forged(json!({"kid": "a"})), &both),
        Err(TokenError::Algorithm)
    );
    // The key of the one algorithm is none of the other.
    let crossed = forged(json!({"alg": "RS256", "kid": "a"}));
    assert_eq!(check(&crossed, &both), Err(TokenError::UnknownKey));
    let critical = forged(json!({"alg": "ES256", "kid": "a", "crit": ["b64"]}));
    assert_eq!(check(&critical, &both), Err(TokenError::Malformed));
    // What a token brings with it is no key.
    let own = json!({"alg": "ES256", "kid": "a", "jwk": other.jwk()});
    assert_eq!(
        check(&other.sign(&own, &claims("n")), &both),
        Err(TokenError::Signature)
    );
    let unknown = forged(json!({"alg": "ES256", "kid": "c"}));
    assert_eq!(check(&unknown, &both), Err(TokenError::UnknownKey));
    // Without a name each key that fits is tried.
    assert!(check(&forged(json!({"alg": "ES256"})), &both).is_ok());
    let nameless = check(&forged(json!({"alg": "ES256"})), &keys(&[other.jwk()]));
    assert_eq!(nameless, Err(TokenError::UnknownKey));

    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let mut admin = claims("n");
    admin["sub"] = json!("2");
    let changed = format!("{header}.{}.{signature}", encode(admin.to_string()));
    assert_eq!(check(&changed, &both), Err(TokenError::Signature));
    let long = format!("{}.{}.{signature}", header, "a".repeat(128 << 10));
    for broken in [
        "",
        "..",
        "a.b",
        message,
        &good[..good.len() - 4],
        &format!("{good}.{signature}"),
        &format!("{good}="),
        &long,
    ] {
        assert!(check(broken, &both).is_err(), "{broken:.80}");
    }
}

/// The examples of RFC 7515, appendices A.2 and A.3.
#[test]
fn the_examples_of_the_standard_are_verified() {
    const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let rsa = json!({
        "kty": "RSA", "e": "AQAB",
        "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    });
    let ec = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    });
    let rs256 = format!(
        "eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    );
    let es256 = format!(
        "eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    );
    for (token, jwk) in [(&rs256, &rsa), (&es256, &ec)] {
        let verify = |jwk: &Value| keys(std::slice::from_ref(jwk)).verify(&Signed::parse(token)?);
        assert_eq!(verify(jwk), Ok(()), "{token:.40}");
        let with = |name: &str, value: Value| {
            let mut jwk = jwk.clone();
            jwk[name] = value;
            verify(&jwk)
        };
        assert_eq!(with("key_ops", json!(["verify"])), Ok(()));
        for (name, value) in [
            ("use", json!("enc")),
            ("alg", json!("HS256")),
            ("alg", json!("RS512")),
            ("key_ops", json!(["encrypt"])),
            ("key_ops", json!("verify")),
            ("kty", json!("oct")),
            ("kty", json!(null)),
        ] {
            let verified = with(name, value);
            assert_eq!(verified, Err(TokenError::UnknownKey), "{name}");
        }
    }
    // A number may have zeros before it; a key of 1024 bits is none.
    let signed = Signed::parse(&rs256).unwrap();
    let n = URL_SAFE_NO_PAD.decode(rsa["n"].as_str().unwrap()).unwrap();
    let with = |n: &[u8]| keys(&[json!({"kty": "RSA", "e": "AQAB", "n": encode(n)})]);
    assert_eq!(
        with(&[&[0, 0], n.as_slice()].concat()).verify(&signed),
        Ok(())
    );
    assert!(with(&n[..128]).verify(&signed).is_err());
    assert!(with(&[]).verify(&signed).is_err());
}

#[test]
fn what_is_no_key_is_left_out() {
    for text in ["", "[]", "{}", "{\"keys\": {}}"] {
        assert!(Keys::parse(text.as_bytes()).is_none(), "{text}");
    }
    let signer = Signer::new("a");
    let mut short = signer.jwk();
    short["x"] = json!("AAAA");
    let mut off = signer.jwk();
    off["y"] = off["x"].clone();
    let token = signer.token(&claims("n"));
    let all = [json!(null), json!({}), json!({"kty": "EC"}), short];
    assert_eq!(check(&token, &keys(&all)), Err(TokenError::UnknownKey));
    assert_eq!(
        check(&token, &keys(&[off])),
        Err(TokenError::Signature),
        "no point"
    );
    let mut many = vec![json!({}); 1_000];
    many.push(signer.jwk());
    assert!(check(&token, &keys(&many)).is_ok());
}

/// The provider of a configuration that leads to `issuer`.
fn provider(issuer: &str, more: &str) -> Provider {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "s3cret:/+ \n").unwrap();
    let text = format!(
        "[oidc]\nissuer = '{issuer}'\nclient_id = 'waylay'\nclient_secret_file = {:?}\n{more}",
        file.to_str().unwrap()
    );
    let config = Config::parse(&text).unwrap().oidc.unwrap();
    Provider::new(&config, trust::tls(trust::public())).unwrap()
}

/// Signs in at the provider.
async fn person(provider: &Provider, attempt: &Attempt, now_us: i64) -> Result<Person, OidcError> {
    let returned = Returned {
        code: "c0de",
        issuer: None,
    };
    provider.person(returned, attempt, BACK, now_us).await
}

#[tokio::test]
async fn somebody_signs_in() {
    let signer = Signer::new("a");
    let fake = Fake::start(vec![signer.jwk()]).await;
    let roles = "roles_claim = 'groups'\n[oidc.roles]\nheads = 'lead'";
    let provider = provider(&fake.issuer, roles);
    let attempt = Attempt::new().unwrap();
    let url = provider.address(&attempt, BACK, NOW).await.unwrap();
    let query: std::collections::HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(query.len(), 9, "{url}");
    for (name, value) in [
        ("x", "1"),
        ("response_type", "code"),
        ("client_id", "waylay"),
        ("redirect_uri", BACK),
        ("scope", "openid profile email"),
        ("state", attempt.state().as_str()),
        ("nonce", attempt.nonce().as_str()),
        ("code_challenge", attempt.challenge().as_str()),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(query[name], value, "{name}");
    }
    fake.tells(&signer, &attempt);
    fake.set(|answers| {
        answers.user = json!({"sub": "1", "preferred_username": "ana", "groups": ["heads"]});
    });
    let found = person(&provider, &attempt, NOW).await.unwrap();
    assert_eq!(
        found,
        Person {
            subject: "1".to_owned(),
            name: Ok("ana".to_owned()),
            role: Some(Role::Lead),
        }
    );
    let asked = fake.asked();
    let paths: Vec<_> = asked.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/.well-known/openid-configuration",
            "/token",
            "/jwks",
            "/user"
        ]
    );
    let form: std::collections::HashMap<_, _> =
        url::form_urlencoded::parse(asked[1].body.as_bytes())
            .into_owned()
            .collect();
    assert_eq!(form.len(), 4, "{form:?}");
    for (name, value) in [
        ("grant_type", "authorization_code"),
        ("code", "c0de"),
        ("redirect_uri", BACK),
        ("code_verifier", attempt.verifier().as_str()),
    ] {
        assert_eq!(form[name], value);
    }
    // `waylay:s3cret%3A%2F%2B`.
    let basic = "authorization: Basic d2F5bGF5OnMzY3JldCUzQSUyRiUyQg==";
    assert!(asked[1].head.contains(basic), "{}", asked[1].head);
    assert!(asked[3].head.contains("authorization: Bearer t0ken"));
    for secret in ["s3cret", "c0de", "t0ken"] {
        assert!(!format!("{provider:?} {found:?}").contains(secret));
    }
}

#[tokio::test]
async fn nobody_is_somebody_else() {
    let signer = Signer::new("a");
    let fake = Fake::start(vec![signer.jwk()]).await;
    let provider = provider(&fake.issuer, "");
    let attempt = Attempt::new().unwrap();
    fake.tells(&signer, &attempt);
    fake.set(|answers| answers.user = json!({"sub": "2", "preferred_username": "eve"}));
    let other = person(&provider, &attempt, NOW).await;
    assert_eq!(other, Err(OidcError::Malformed("it tells of another user")));
    let another = Attempt::new().unwrap();
    let replayed = person(&provider, &another, NOW).await;
    assert_eq!(replayed, Err(OidcError::Token(TokenError::Nonce)));
    let late = person(&provider, &attempt, NOW + 360 * S).await;
    assert_eq!(late, Err(OidcError::Token(TokenError::Expired)));
    for (issuer, found) in [
        ("https://evil.example", Some(OidcError::Issuer)),
        (fake.issuer.as_str(), None),
    ] {
        fake.set(|answers| answers.user = json!({"sub": "1"}));
        let returned = Returned {
            code: "c0de",
            issuer: Some(issuer),
        };
        let found_now = provider.person(returned, &attempt, BACK, NOW).await;
        assert_eq!(found_now.err(), found, "{issuer}");
    }
    let long = "c".repeat(LONGEST_CODE + 1);
    let returned = Returned {
        code: &long,
        issuer: None,
    };
    let refused = provider.person(returned, &attempt, BACK, NOW).await;
    assert_eq!(refused, Err(OidcError::Malformed("the code")));
}

#[tokio::test]
async fn keys_are_asked_for_again_where_one_is_not_known() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let fake = Fake::start(vec![old.jwk()]).await;
    let provider = provider(&fake.issuer, "");
    let attempt = Attempt::new().unwrap();
    let asked = || {
        let all = fake.asked();
        all.iter().filter(|request| request.path == "/jwks").count()
    };
    fake.set(|answers| answers.user = json!({"sub": "1"}));
    fake.tells(&old, &attempt);
    assert!(person(&provider, &attempt, NOW).await.is_ok());
    assert_eq!(asked(), 1);
    // Whoever sends unknown ones all the time does not have the provider asked all the time.
    fake.tells(&new, &attempt);
    let unknown = Err(OidcError::Token(TokenError::UnknownKey));
    assert_eq!(person(&provider, &attempt, NOW + 59 * S).await, unknown);
    assert_eq!(asked(), 1);
    assert_eq!(person(&provider, &attempt, NOW + 60 * S).await, unknown);
    assert_eq!(asked(), 2);
    fake.set(|answers| answers.keys = vec![new.jwk()]);
    assert_eq!(person(&provider, &attempt, NOW + 61 * S).await, unknown);
    assert_eq!(asked(), 2);
    assert!(person(&provider, &attempt, NOW + 120 * S).await.is_ok());
    assert_eq!(asked(), 3);
    let metadata = fake.asked();
    let metadata = metadata.iter().filter(|r| r.path.starts_with("/.well"));
    assert_eq!(metadata.count(), 1, "it is kept");
}

#[tokio::test]
async fn a_provider_that_is_of_no_help_is_told_of() {
    let signer = Signer::new("a");
    let attempt = Attempt::new().unwrap();
    let gone = provider("http://127.0.0.1:9", "");
    let refused = gone.address(&attempt, BACK, NOW).await.unwrap_err();
    assert_eq!(refused, OidcError::Unreachable);
    assert!(refused.is_away());

    let fake = Fake::start(vec![signer.jwk()]).await;
    fake.set(|answers| answers.status = 503);
    let provider = provider(&fake.issuer, "");
    let away = OidcError::Status("its metadata", 503);
    for (after_s, asked) in [(0, 1), (9, 1), (10, 2)] {
        let now_us = NOW + after_s * S;
        let address = provider.address(&attempt, BACK, now_us).await;
        assert_eq!(address.unwrap_err(), away);
        assert_eq!(fake.asked().len(), asked, "after {after_s} s");
    }
    assert!(away.is_away());
    fake.set(|answers| answers.status = 302);
    let led = provider.address(&attempt, BACK, NOW + 20 * S).await;
    assert_eq!(led.unwrap_err(), OidcError::Status("its metadata", 302));
    fake.set(|answers| answers.padding = 512 << 10);
    let long = provider.address(&attempt, BACK, NOW + 30 * S).await;
    assert_eq!(long.unwrap_err(), OidcError::TooLarge);

    fake.set(|answers| (answers.status, answers.padding) = (200, 0));
    let now_us = NOW + 40 * S;
    assert!(provider.address(&attempt, BACK, now_us).await.is_ok());
    fake.set(|answers| {
        answers.status = 400;
        answers.tokens = json!({"error": "invalid_grant", "error_description": "s3cret"});
    });
    let refused = person(&provider, &attempt, now_us).await.unwrap_err();
    assert_eq!(refused, OidcError::Refused("invalid_grant".to_owned()));
    assert!(!refused.is_away());
    fake.set(|answers| answers.status = 200);
    for tokens in [json!({}), json!([]), json!({"id_token": 1})] {
        fake.set(|answers| answers.tokens = tokens.clone());
        let refused = person(&provider, &attempt, now_us).await;
        assert_eq!(refused, Err(OidcError::Malformed("its tokens")), "{tokens}");
    }
}
