//! The policy file: TOML → registry and rules. What is wrong is refused with its place, since a rule
//! that is misspelt would silently match nothing.

use serde::Deserialize;
use toml::Spanned;
use url::{Host, Url};

use super::hours::{Offset, Window};
use super::money::Range;
use super::registry::Registry;
use super::rules::{Condition, EVERY_STREAM, Outcome, Rule};
use super::{Action, Class, Severity};
use crate::destination::{LONGEST_KEY, account_key, registrable_domain};
use crate::locate::{TextError, from_toml};
use crate::lookalike::Known;
use crate::payload::{self, Category, FLAGS};

/// What a policy file holds.
pub(super) struct PolicyFile {
    pub(super) name: String,
    pub(super) platform: Registry,
    pub(super) rules: Vec<Rule>,
    pub(super) default: Outcome,
    pub(super) offset: Offset,
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
    utc_offset: Option<Spanned<String>>,
    // What it has in common with a seller, which `flatten` would read without places.
    #[serde(default)]
    domains: Vec<Spanned<String>>,
    #[serde(default)]
    app_schemes: Vec<Spanned<String>>,
    #[serde(default)]
    short_links: Vec<Spanned<String>>,
    #[serde(default)]
    payees: Vec<RawPayee>,
    #[serde(default)]
    destinations: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStream {
    seller: RawSeller,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSeller {
    /// For people; nothing is judged by it.
    #[serde(rename = "name")]
    _name: Option<String>,
    #[serde(default)]
    domains: Vec<Spanned<String>>,
    #[serde(default)]
    app_schemes: Vec<Spanned<String>>,
    #[serde(default)]
    short_links: Vec<Spanned<String>>,
    #[serde(default)]
    payees: Vec<RawPayee>,
    #[serde(default)]
    destinations: Vec<Spanned<String>>,
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
    #[serde(default)]
    shadow: bool,
    share: Option<Spanned<f64>>,
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
    amount: List<Spanned<String>>,
    label: List<Spanned<String>>,
    time: List<Spanned<String>>,
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
    let platform = raw.platform;
    check.that(
        !platform.name.get_ref().trim().is_empty(),
        &platform.name,
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
        rules.push(check.rule(rule)?);
    }
    Ok(PolicyFile {
        name: platform.name.get_ref().trim().to_owned(),
        offset: match &platform.utc_offset {
            Some(given) => check.read(given, Offset::parse, "an offset such as `+08:00` or `Z`")?,
            None => Offset::default(),
        },
        platform: check.registry(
            &platform.domains,
            &platform.app_schemes,
            &platform.short_links,
            &platform.payees,
            &platform.destinations,
        )?,
        rules,
        default: Outcome {
            class: None,
            severity: raw.default.severity,
            action: raw.default.action,
        },
    })
}

/// Reads the registry of a stream's seller.
pub(super) fn parse_seller(text: &str) -> Result<Registry, TextError> {
    let RawStream { seller } = from_toml(text)?;
    Check { text }.registry(
        &seller.domains,
        &seller.app_schemes,
        &seller.short_links,
        &seller.payees,
        &seller.destinations,
    )
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

    fn read<T>(
        &self,
        given: &Spanned<String>,
        parse: fn(&str) -> Option<T>,
        expected: &str,
    ) -> Result<T, TextError> {
        let text = given.get_ref();
        let message = || format!("`{text}` cannot be understood, expected {expected}");
        parse(text).ok_or_else(|| TextError::at(self.text, Some(given.span()), message()))
    }

    fn registry(
        &self,
        domains: &[Spanned<String>],
        app_schemes: &[Spanned<String>],
        short_links: &[Spanned<String>],
        payees: &[RawPayee],
        destinations: &[Spanned<String>],
    ) -> Result<Registry, TextError> {
        let each =
            |list: &[Spanned<String>],
             read: fn(&Self, &Spanned<String>) -> Result<String, TextError>| {
                list.iter()
                    .map(|item| read(self, item))
                    .collect::<Result<Vec<_>, _>>()
            };
        let domains = each(domains, Self::domain)?;
        Ok(Registry {
            known: domains.iter().filter_map(|d| Known::of(d)).collect(),
            domains,
            app_schemes: each(app_schemes, Self::app_scheme)?,
            short_links: each(short_links, Self::domain)?,
            payees: payees
                .iter()
                .map(|payee| self.payee(payee))
                .collect::<Result<_, _>>()?,
            destinations: each(destinations, Self::destination)?,
        })
    }

    fn rule(&self, raw: RawRule) -> Result<Rule, TextError> {
        let share = match &raw.share {
            None => EVERY_STREAM,
            Some(share) => {
                let percent = *share.get_ref();
                self.that(
                    (0.0..=100.0).contains(&percent),
                    share,
                    format!("`{percent}` is no share of the streams, expected 0 to 100 percent"),
                )?;
                (percent * 100.0).round() as u16
            }
        };
        Ok(Rule {
            id: raw.id.into_inner(),
            when: self.when(raw.when)?,
            outcome: Outcome {
                class: raw.class,
                severity: raw.severity,
                action: raw.action,
            },
            shadow: raw.shadow,
            share,
        })
    }

    fn when(&self, raw: Spanned<RawWhen>) -> Result<Vec<Condition>, TextError> {
        let span = raw.span();
        let raw = raw.into_inner();
        let plain = |_: &Self, text: &Spanned<String>| Ok(text.get_ref().clone());
        let when: Vec<Condition> = [
            self.list(raw.class)?.map(Condition::Class),
            self.list(raw.category)?.map(Condition::Category),
            self.each(raw.scheme, Self::scheme)?.map(Condition::Scheme),
            self.each(raw.host, Self::domain)?.map(Condition::Host),
            self.each(raw.payee, plain)?.map(Condition::Payee),
            self.each(raw.flag, Self::flag)?.map(Condition::Flag),
            self.each(raw.amount, |check, text| {
                check.read(
                    text,
                    Range::parse,
                    "a range such as `100..500 CNY` or `100..`",
                )
            })?
            .map(Condition::Amount),
            self.each(raw.label, plain)?.map(Condition::Label),
            self.each(raw.time, |check, text| {
                let expected = "days, hours or dates such as `mon-fri 18:00-02:00`, `sat,sun` or \
                                `2026-11-01..2026-11-12`";
                check.read(text, Window::parse, expected)
            })?
            .map(Condition::Time),
        ]
        .into_iter()
        .flatten()
        .collect();
        if when.is_empty() {
            return Err(TextError::at(
                self.text,
                Some(span),
                "`when` asks for nothing, expected one of `class`, `category`, `scheme`, `host`, \
                 `payee`, `flag`, `amount`, `label`, `time`",
            ));
        }
        Ok(when)
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

    fn each<T>(
        &self,
        list: List<Spanned<String>>,
        read: fn(&Self, &Spanned<String>) -> Result<T, TextError>,
    ) -> Result<Option<Vec<T>>, TextError> {
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

    /// The key of a destination, as events name it.
    fn destination(&self, given: &Spanned<String>) -> Result<String, TextError> {
        let key = given.get_ref();
        let names = key
            .split_once(':')
            .is_some_and(|(kind, name)| !kind.is_empty() && !name.is_empty());
        self.that(
            names && key.len() <= LONGEST_KEY,
            given,
            format!("`{key}` is no key of a destination, expected one as events have it, such as `web:example.live/a`"),
        )?;
        Ok(key.clone())
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
mod tests;
