//! Who somebody is, as far as the provider's claims say it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::account::{Role, is_name};
use crate::config;

/// The claim that is believed only with another one beside it.
const EMAIL: &str = "email";

/// Somebody whom the provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is among all of the provider's: the one thing that never changes.
    pub subject: String,
    /// What it would be called here.
    pub name: Result<String, Nameless>,
    /// The highest of the roles that go with what the provider says.
    pub role: Option<Role>,
}

/// Why somebody has no name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Nameless {
    /// The claim is missing.
    #[error("the provider does not tell the claim that is the name")]
    Absent,
    /// The address was never shown to be the person's.
    #[error("the provider has not verified the address")]
    Unverified,
    /// It cannot be a name.
    #[error("what the provider calls somebody cannot be a name")]
    Unfit,
}

/// What claims mean here.
#[derive(Debug)]
pub(super) struct Mapping {
    claim: String,
    roles_claim: Option<String>,
    roles: BTreeMap<String, Role>,
}

impl Mapping {
    pub(super) fn new(config: &config::Oidc) -> Self {
        let roles = config.roles.iter();
        let roles = roles.filter_map(|(value, role)| Some((value.clone(), Role::parse(role)?)));
        Self {
            claim: config.claim.clone(),
            roles_claim: config.roles_claim.clone(),
            roles: roles.collect(),
        }
    }

    /// Whether `claims` do not say all that they could.
    pub(super) fn is_lacking(&self, claims: &Map<String, Value>) -> bool {
        let name = self.name(claims);
        let roles = self.roles_claim.as_deref();
        matches!(name, Err(Nameless::Absent))
            || roles.is_some_and(|claim| found(claims, claim).is_none())
    }

    /// Who `subject` is by `documents`, of which the first that says something is right.
    pub(super) fn person(&self, subject: String, documents: &[Map<String, Value>]) -> Person {
        let names = documents.iter().map(|claims| self.name(claims));
        let mut told = names.filter(|name| !matches!(name, Err(Nameless::Absent)));
        let values = self.roles_claim.as_deref().and_then(|claim| {
            let mut all = documents.iter();
            all.find_map(|claims| found(claims, claim))
        });
        Person {
            subject,
            name: told.next().unwrap_or(Err(Nameless::Absent)),
            role: values.and_then(|values| self.role(values)),
        }
    }

    /// Both claims of an address must stand in one document: each may tell of another one.
    fn name(&self, claims: &Map<String, Value>) -> Result<String, Nameless> {
        let name = match found(claims, &self.claim) {
            None | Some(Value::Null) => return Err(Nameless::Absent),
            Some(name) => name.as_str().filter(|name| is_name(name)),
        };
        if self.claim == EMAIL {
            match claims.get("email_verified") {
                None => return Err(Nameless::Absent),
                Some(verified) if verified != true => return Err(Nameless::Unverified),
                Some(_) => {}
            }
        }
        name.map(str::to_owned).ok_or(Nameless::Unfit)
    }

    /// The highest role that goes with one of these values.
    fn role(&self, values: &Value) -> Option<Role> {
        let values = match values {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        let named = values.iter().filter_map(Value::as_str);
        named
            .filter_map(|value| self.roles.get(value))
            .max()
            .copied()
    }
}

/// The claim called so; where it begins with `/`, what that JSON pointer (RFC 6901) leads to.
fn found<'a>(claims: &'a Map<String, Value>, claim: &str) -> Option<&'a Value> {
    let Some(path) = claim.strip_prefix('/') else {
        return claims.get(claim);
    };
    let unescape = |step: &str| step.replace("~1", "/").replace("~0", "~");
    let mut steps = path.split('/').map(unescape);
    let first = claims.get(&steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mapping(claim: &str, roles_claim: &str) -> Mapping {
        let roles = [("staff", Role::Reviewer), ("heads", Role::Lead)];
        Mapping {
            claim: claim.to_owned(),
            roles_claim: Some(roles_claim.to_owned()),
            roles: roles
                .map(|(value, role)| (value.to_owned(), role))
                .into_iter()
                .collect(),
        }
    }

    fn claims(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    fn person(mapping: &Mapping, documents: &[Value]) -> Person {
        let documents: Vec<_> = documents.iter().cloned().map(claims).collect();
        mapping.person("1".to_owned(), &documents)
    }

    #[test]
    fn an_address_is_a_name_where_it_was_verified() {
        let mapping = mapping("email", "groups");
        for (document, name) in [
            (
                json!({"email": "ana@a.example", "email_verified": true}),
                Ok("ana@a.example".to_owned()),
            ),
            (
                json!({"email": "ana@a.example", "email_verified": false}),
                Err(Nameless::Unverified),
            ),
            (
                json!({"email": "ana@a.example", "email_verified": "true"}),
                Err(Nameless::Unverified),
            ),
            (json!({"email": "ana@a.example"}), Err(Nameless::Absent)),
            (json!({"email_verified": true}), Err(Nameless::Absent)),
            (
                json!({"email": "a+b@a.example", "email_verified": true}),
                Err(Nameless::Unfit),
            ),
            (
                json!({"email": 1, "email_verified": true}),
                Err(Nameless::Unfit),
            ),
        ] {
            assert_eq!(person(&mapping, &[document]).name, name);
        }
        let apart = [
            json!({"email": "ana@a.example"}),
            json!({"email": "eve@a.example", "email_verified": true}),
        ];
        assert!(mapping.is_lacking(&claims(apart[0].clone())));
        let name = person(&mapping, &apart).name;
        assert_eq!(name.unwrap(), "eve@a.example", "the one that was verified");
    }

    #[test]
    fn the_highest_role_counts() {
        let flat = mapping("preferred_username", "groups");
        let deep = mapping("preferred_username", "/realm_access/my~1roles");
        for (mapping, document, role) in [
            (
                &flat,
                json!({"groups": ["x", "staff"]}),
                Some(Role::Reviewer),
            ),
            (
                &flat,
                json!({"groups": ["heads", "staff", 7, null]}),
                Some(Role::Lead),
            ),
            (&flat, json!({"groups": "staff"}), Some(Role::Reviewer)),
            (&flat, json!({"groups": ["Staff", "staff "]}), None),
            (&flat, json!({"groups": {"staff": true}}), None),
            (&flat, json!({"realm_access": {"groups": ["staff"]}}), None),
            (
                &deep,
                json!({"realm_access": {"my/roles": ["staff"]}}),
                Some(Role::Reviewer),
            ),
            (&deep, json!({"realm_access": ["staff"]}), None),
        ] {
            let told = document.to_string();
            assert_eq!(person(mapping, &[document]).role, role, "{told}");
        }
    }

    #[test]
    fn the_token_comes_before_what_is_asked_for() {
        let mapping = mapping("preferred_username", "groups");
        let token = json!({"preferred_username": "ana"});
        assert!(mapping.is_lacking(&claims(token.clone())));
        let asked = json!({"preferred_username": "eve", "groups": ["heads"]});
        let both = person(&mapping, &[token, asked.clone()]);
        assert_eq!(
            (both.name.unwrap(), both.role),
            ("ana".to_owned(), Some(Role::Lead))
        );
        assert!(!mapping.is_lacking(&claims(asked)));
        let none = json!({"preferred_username": null, "groups": []});
        assert!(mapping.is_lacking(&claims(none.clone())));
        let none = person(&mapping, &[none]);
        assert_eq!((none.name, none.role), (Err(Nameless::Absent), None));
    }
}
