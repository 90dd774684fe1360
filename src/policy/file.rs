//! The policy file: TOML → registry and rules. What is wrong is refused with its place, since a rule
//! that is misspelt would silently match nothing.

use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

use super::registry::Registry;
use super::rules::{Outcome, Rule, When};
use super::{Action, Class, Severity};
use crate::destination::{account_key, registrable_domain};
use crate::locate::{TextError, from_toml};
use crate::payload::{self, Category, FLAGS};

/// What a policy file holds.
pub(super) struct PolicyFile {
    pub(super) name: String,
    pub(super) platform: Registry,
    pub(super) rules: Vec<Rule>,
    pub(super) default: Outcome,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    platform: RawPlatform,
    #[serde(default)]
    rule: Vec<RawRule>,
    #[serde(default)]
    default: RawDefault,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlatform {
    name: Spanned<String>,
    #[serde(default)]
    domains: Vec<Spanned<String>>,
    #[serde(default)]
    app_schemes: Vec<Spanned<String>>,
    #[serde(default)]
    short_links: Vec<Spanned<String>>,
    #[serde(default)]
    payees: Vec<RawPayee>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPayee {
    scheme: Spanned<String>,
    payee: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    id: Spanned<String>,
    when: Spanned<RawWhen>,
    class: Option<Class>,
    severity: Option<Severity>,
    action: Option<Action>,
}

type List<T> = Option<Spanned<Vec<T>>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWhen {
    class: List<Class>,
    category: List<Category>,
    scheme: List<Spanned<String>>,
    host: List<Spanned<String>>,
    payee: List<Spanned<String>>,
    flag: List<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDefault {
    severity: Option<Severity>,
    action: Option<Action>,
}

/// Reads a policy file.
pub(super) fn parse(text: &str) -> Result<PolicyFile, TextError> {
    let raw: Raw = from_toml(text)?;
    let check = Check { text };
    check.that(
        !raw.platform.name.get_ref().trim().is_empty(),
        &raw.platform.name,
        "the name is empty",
    )?;
    let mut rules: Vec<Rule> = Vec::new();
    for rule in raw.rule {
        check.that(!rule.id.get_ref().is_empty(), &rule.id, "the id is empty")?;
        let twice = rules.iter().any(|other| other.id == *rule.id.get_ref());
        check.that(
            !twice,
            &rule.id,
            format!("a second rule with the id `{}`", rule.id.get_ref()),
        )?;
        rules.push(Rule {
            id: rule.id.into_inner(),
            when: check.when(rule.when)?,
            outcome: Outcome {
                class: rule.class,
                severity: rule.severity,
                action: rule.action,
            },
        });
    }
    Ok(PolicyFile {
        name: raw.platform.name.get_ref().trim().to_owned(),
        platform: check.registry(raw.platform)?,
        rules,
        default: Outcome {
            class: None,
            severity: raw.default.severity,
            action: raw.default.action,
        },
    })
}

/// Holds values against what they must be; an error carries their place in `text`.
struct Check<'t> {
    text: &'t str,
}

impl Check<'_> {
    fn that<T>(
        &self,
        holds: bool,
        at: &Spanned<T>,
        message: impl Into<String>,
    ) -> Result<(), TextError> {
        if holds {
            Ok(())
        } else {
            Err(TextError::at(self.text, Some(at.span()), message))
        }
    }

    fn registry(&self, raw: RawPlatform) -> Result<Registry, TextError> {
        let each =
            |list: Vec<Spanned<String>>,
             read: fn(&Self, &Spanned<String>) -> Result<String, TextError>| {
                list.iter()
                    .map(|item| read(self, item))
                    .collect::<Result<Vec<_>, _>>()
            };
        Ok(Registry {
            domains: each(raw.domains, Self::domain)?,
            app_schemes: each(raw.app_schemes, Self::app_scheme)?,
            short_links: each(raw.short_links, Self::domain)?,
            payees: raw
                .payees
                .iter()
                .map(|payee| self.payee(payee))
                .collect::<Result<_, _>>()?,
        })
    }

    fn when(&self, raw: Spanned<RawWhen>) -> Result<When, TextError> {
        let span = raw.span();
        let raw = raw.into_inner();
        let when = When {
            class: self.list(raw.class)?,
            category: self.list(raw.category)?,
            scheme: self.each(raw.scheme, Self::scheme)?,
            host: self.each(raw.host, Self::domain)?,
            payee: self.each(raw.payee, |_, payee| Ok(payee.get_ref().clone()))?,
            flag: self.each(raw.flag, Self::flag)?,
        };
        let When {
            class,
            category,
            scheme,
            host,
            payee,
            flag,
        } = &when;
        let asks = [
            class.is_some(),
            category.is_some(),
            scheme.is_some(),
            host.is_some(),
            payee.is_some(),
            flag.is_some(),
        ];
        if asks.contains(&true) {
            Ok(when)
        } else {
            Err(TextError::at(
                self.text,
                Some(span),
                "`when` asks for nothing, expected one of `class`, `category`, `scheme`, `host`, `payee`, `flag`",
            ))
        }
    }

    fn list<T>(&self, list: List<T>) -> Result<Option<Vec<T>>, TextError> {
        if let Some(list) = &list {
            self.that(
                !list.get_ref().is_empty(),
                list,
                "the list is empty, expected at least one value",
            )?;
        }
        Ok(list.map(Spanned::into_inner))
    }

    fn each(
        &self,
        list: List<Spanned<String>>,
        read: fn(&Self, &Spanned<String>) -> Result<String, TextError>,
    ) -> Result<Option<Vec<String>>, TextError> {
        let list = self.list(list)?;
        list.map(|list| list.iter().map(|item| read(self, item)).collect())
            .transpose()
    }

    /// A domain that somebody can own, lower case and punycode.
    fn domain(&self, given: &Spanned<String>) -> Result<String, TextError> {
        let text = given.get_ref();
        let bare = !text.contains(['/', '@', ':', '?', '#', '\\', '*'])
            && !text.contains(char::is_whitespace);
        let url = Url::parse(&format!("https://{text}")).ok().filter(|_| bare);
        let domain = match url.as_ref().and_then(Url::host) {
            Some(Host::Domain(domain)) => domain.trim_end_matches('.').to_owned(),
            _ => String::new(),
        };
        let expected = "expected a domain such as `example.live`, without scheme, port or path";
        self.that(
            domain.contains('.'),
            given,
            format!("`{text}` is not a domain, {expected}"),
        )?;
        let owned = registrable_domain(&domain).is_some();
        self.that(
            owned,
            given,
            format!("`{text}` is a public suffix, under which anybody can register, {expected}"),
        )?;
        Ok(domain)
    }

    fn app_scheme(&self, given: &Spanned<String>) -> Result<String, TextError> {
        let text = given.get_ref();
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let well_formed =
            text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(letters);
        let own = !matches!(text.to_ascii_lowercase().as_str(), "http" | "https");
        self.that(
            well_formed && own,
            given,
            format!("`{text}` is not a URI scheme of an app, expected one such as `examplelive`"),
        )?;
        Ok(text.to_ascii_lowercase())
    }

    fn payee(&self, given: &RawPayee) -> Result<String, TextError> {
        let scheme = self.scheme(&given.scheme)?;
        let payee = given.payee.get_ref();
        self.that(!payee.trim().is_empty(), &given.payee, "the payee is empty")?;
        Ok(account_key(&scheme, payee))
    }

    fn scheme(&self, given: &Spanned<String>) -> Result<String, TextError> {
        let known: Vec<&str> = payload::schemes().map(|scheme| scheme.id).collect();
        self.one_of(given, &known, "scheme")
    }

    fn flag(&self, given: &Spanned<String>) -> Result<String, TextError> {
        self.one_of(given, FLAGS, "flag")
    }

    /// `given`, where it is among `known`; the error names those that resemble it.
    fn one_of(
        &self,
        given: &Spanned<String>,
        known: &[&str],
        what: &str,
    ) -> Result<String, TextError> {
        let text = given.get_ref();
        let begin = text.split('-').next().unwrap_or_default();
        let near: Vec<_> = known
            .iter()
            .filter(|id| !begin.is_empty() && id.starts_with(begin))
            .collect();
        let expected = match near.as_slice() {
            [] => format!(
                "expected one of the {} of docs/ref/payloads.md",
                known.len()
            ),
            near => format!(
                "expected one such as {}",
                near.iter()
                    .map(|id| format!("`{id}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        self.that(
            known.contains(&text.as_str()),
            given,
            format!("unknown {what} `{text}`, {expected}"),
        )?;
        Ok(text.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wrong lines under a good head of two lines, and where and how each is refused.
    const REFUSED: &[(&str, usize, usize, &str)] = &[
        ("domain = ['a.example']", 3, 1, "unknown field `domain`"),
        ("domains = 'a.example'", 3, 11, "expected a sequence"),
        (
            "domains = ['a.example', 'https://b.example/']",
            3,
            25,
            "not a domain",
        ),
        ("domains = ['*.a.example']", 3, 12, "not a domain"),
        ("domains = ['127.0.0.1']", 3, 12, "not a domain"),
        ("domains = ['localhost']", 3, 12, "not a domain"),
        ("domains = ['co.uk']", 3, 12, "public suffix"),
        ("domains = ['']", 3, 12, "not a domain"),
        ("short_links = ['a b.example']", 3, 16, "not a domain"),
        ("app_schemes = ['my app']", 3, 16, "not a URI scheme"),
        ("app_schemes = ['https']", 3, 16, "not a URI scheme"),
        (
            "payees = [{ scheme = 'pixx', payee = 'x' }]",
            3,
            22,
            "unknown scheme `pixx`",
        ),
        ("payees = [{ scheme = 'pix', payee = ' ' }]", 3, 37, "empty"),
        (
            "payees = [{ scheme = 'pix' }]",
            3,
            11,
            "missing field `payee`",
        ),
        ("[[rule]]\nid = 'a'", 3, 1, "missing field `when`"),
        ("[[rule]]\nid = 'a'\nwhen = {}", 5, 8, "asks for nothing"),
        (
            "[[rule]]\nid = 'a'\nwhen = { category = [] }",
            5,
            21,
            "empty",
        ),
        (
            "[[rule]]\nid = 'a'\nwhen = { category = ['contacts'] }",
            5,
            22,
            "unknown variant `contacts`",
        ),
        (
            "[[rule]]\nid = 'a'\nwhen = { scheme = ['wechat-pay'] }",
            5,
            20,
            "`wechat-pay-native`",
        ),
        (
            "[[rule]]\nid = 'a'\nwhen = { flag = ['bad-crcs'] }",
            5,
            18,
            "`bad-crc`",
        ),
        (
            "[[rule]]\nid = 'a'\nwhen = { colour = ['red'] }",
            5,
            10,
            "unknown field `colour`",
        ),
        (
            "[[rule]]\nid = 'a'\nwhen = { class = ['off'] }",
            5,
            19,
            "expected one of",
        ),
        (
            "[[rule]]\nid = 'a'\nwhen = { category = ['tel'] }\nseverity = 'bad'",
            6,
            12,
            "unknown variant `bad`",
        ),
        (
            "[[rule]]\nid = 'a'\nwhen = { category = ['tel'] }\n[[rule]]\nid = 'a'\nwhen = { category = ['sms'] }",
            7,
            6,
            "second rule",
        ),
        (
            "[default]\nclass = 'unknown'",
            4,
            1,
            "unknown field `class`",
        ),
        ("name = 'y'", 3, 1, "duplicate key"),
    ];

    #[test]
    fn what_is_wrong_is_refused_at_its_place() {
        for (lines, line, column, says) in REFUSED {
            let text = format!("[platform]\nname = 'x'\n{lines}\n");
            let error = parse(&text)
                .err()
                .unwrap_or_else(|| panic!("accepted: {lines}"));
            assert!(error.message.contains(says), "{lines}: {error}");
            assert_eq!(
                (error.line, error.column),
                (*line, *column),
                "{lines}: {error}"
            );
        }
        assert!(
            parse("")
                .err()
                .unwrap()
                .message
                .contains("missing field `platform`")
        );
        assert!(parse("[platform]\nname = ' '").is_err());
    }

    #[test]
    fn domains_are_normalised() {
        let file =
            parse("[platform]\nname = 'x'\ndomains = ['Bücher.Example', 'a.example.']").unwrap();
        assert_eq!(
            file.platform.domains,
            ["xn--bcher-kva.example", "a.example"]
        );
    }
}
