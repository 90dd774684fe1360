//! A place as a row writes it, taken apart once, and held against many links.

use std::borrow::Cow;

use super::super::input::{Uri, is_web, strip_prefix_ignore_case};
use super::super::{Fields, amount, checks};

/// A place; [`super::Link`] tells how it is written.
pub(super) struct Place {
    /// URI schemes, lower case.
    pub(super) schemes: Vec<&'static str>,
    /// Hosts of a web link, lower case, `*.` in front for what is below as well.
    pub(super) hosts: Vec<&'static str>,
    /// The domains below which the name of a host is the payee's.
    named: Vec<&'static str>,
    /// What stands at the place of the host in an app link.
    first: Part,
    path: Vec<Part>,
    query: Vec<Pair>,
    fragment: Vec<Part>,
}

/// One part of a path, or the value of a query.
enum Part {
    Anything,
    /// All that follows is the target.
    Rest,
    OneOf(Vec<&'static str>),
    Takes {
        field: Field,
        before: &'static str,
        begins: Vec<&'static str>,
        after: &'static str,
    },
}

struct Pair {
    keys: Vec<&'static str>,
    value: Part,
    optional: bool,
}

/// What `{...}` can name.
#[derive(Clone, Copy)]
enum Field {
    Payee,
    Name,
    Reference,
    Target,
    Amount,
    Cents,
    Money,
    Account,
    Phone,
    Currency,
}

impl Place {
    /// Takes `place` apart; `None` where it is misspelt, and would match nothing.
    pub(super) fn parse(place: &'static str) -> Option<Self> {
        let (schemes, rest) = place.split_once("://").unwrap_or(("http|https", place));
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = path.split_once('/').unwrap_or((path, ""));
        let (schemes, hosts) = (options(schemes), options(host));
        let web = schemes.iter().any(|scheme| is_web(scheme));
        let app = schemes.iter().any(|scheme| !is_web(scheme));
        let well_formed = schemes.iter().all(|scheme| is_scheme(scheme))
            && (!web || hosts.iter().all(|host| is_host(host)));
        well_formed.then_some(Self {
            schemes,
            named: hosts
                .iter()
                .filter_map(|h| h.strip_prefix("{payee}"))
                .collect(),
            hosts,
            first: Part::parse(if app { host } else { "*" })?,
            path: parts(path)?,
            query: query
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(Pair::parse)
                .collect::<Option<_>>()?,
            fragment: parts(fragment)?,
        })
    }

    /// What `uri` holds, where it lies here. That a web link has one of the hosts, and an app link one
    /// of the schemes, is for whoever asks to know; `host` is the one that was asked for.
    pub(super) fn read<'u>(&self, uri: &'u Uri, host: &'u str) -> Option<Fields> {
        let mut found = Found::default();
        let begins = if uri.is_web() {
            self.schemes.contains(&uri.url.scheme()) && self.takes_name(host, &mut found)
        } else {
            self.first.take(&uri.host, &mut found)
        };
        let path = uri.path.iter();
        // A page that keeps its path behind the `#` keeps its query there too.
        let fragment = uri.fragment.iter().filter_map(|f| f.split('?').next());
        let fragment = fragment.flat_map(|f| f.split('/'));
        let fragment = fragment.filter(|part| !part.is_empty());
        let fits = begins
            && take_all(&self.path, path, &mut found)
            && self.query.iter().all(|pair| pair.take(uri, &mut found))
            && take_all(&self.fragment, fragment, &mut found);
        fits.then(|| {
            let rest = matches!(self.path.last(), Some(Part::Rest));
            let rest = rest.then(|| uri.rest(self.path.len() - 1));
            let mut fields = found.fields();
            fields.target = rest.or(fields.target);
            fields
        })
    }

    /// Whether `uri`, which holds `fields` here, has what decides twice, and not the same: each reader takes another one.
    /// Beside a payee, a reference decides nothing.
    pub(super) fn differs(&self, uri: &Uri, fields: &Fields) -> bool {
        let decides = |pair: &&Pair| match pair.value.field() {
            Some(Field::Reference) => fields.payee.is_none(),
            field => field.is_none_or(Field::decides),
        };
        self.query.iter().filter(decides).any(|pair| {
            let mut given = pair.given(uri);
            let first = given.next();
            first.is_some_and(|first| given.any(|other| other != first))
        })
    }

    /// Whether `uri`, which holds `fields` at `other`, names somebody else under a key that only this place asks for.
    pub(super) fn names_another(&self, uri: &Uri, other: &Self, fields: &Fields) -> bool {
        let asked = |key: &str| other.query.iter().any(|pair| pair.has(key));
        let parts = || self.path.iter().chain(&self.fragment).chain([&self.first]);
        let payee = |field: Option<Field>| matches!(field, Some(Field::Payee | Field::Phone));
        let in_query = |is: &dyn Fn(Option<Field>) -> bool| {
            self.query.iter().find(|pair| is(pair.value.field()))
        };
        let pair = in_query(&payee).or_else(|| {
            let elsewhere = !self.named.is_empty() || parts().any(|part| payee(part.field()));
            in_query(&|field| !elsewhere && matches!(field, Some(Field::Reference)))
        });
        let Some(pair) = pair.filter(|pair| !pair.keys.iter().any(|key| asked(key))) else {
            return false;
        };
        let own = [&fields.payee, &fields.reference];
        // A sign in front is none of the name.
        let bare = |name: &str| {
            name.trim_start_matches(['+', ',', '@', '$', '£'])
                .to_lowercase()
        };
        pair.given(uri).any(|given| {
            !own.into_iter()
                .flatten()
                .any(|own| bare(own) == bare(given))
        })
    }

    /// Whether `host` is as it is written here, and the name in it where one is asked for.
    fn takes_name<'u>(&self, host: &'u str, found: &mut Found<'u>) -> bool {
        if self.named.is_empty() {
            return true;
        }
        // Hosts of the service itself.
        let own = [
            "www", "m", "app", "help", "support", "api", "blog", "status",
        ];
        let mut names = self.named.iter().filter_map(|end| host.strip_suffix(end));
        let name = names.find(|name| !own.contains(name));
        name.filter(|name| !name.is_empty()).is_some_and(|name| {
            found.set(Field::Payee, name);
            true
        })
    }
}

impl Part {
    fn parse(part: &'static str) -> Option<Self> {
        if part == "{target...}" {
            return Some(Self::Rest);
        }
        let Some((before, rest)) = part.split_once('{') else {
            let literal = !part.contains('}') && (part == "*" || !part.contains('*'));
            return literal.then(|| match part {
                "*" => Self::Anything,
                _ => Self::OneOf(options(part)),
            });
        };
        let (field, after) = rest.split_once('}')?;
        let (name, begins) = field.split_once(':').unwrap_or((field, ""));
        (!after.contains(['{', '}'])).then_some(Self::Takes {
            field: Field::named(name)?,
            before,
            begins: options(begins),
            after,
        })
    }

    /// What it takes, if anything.
    fn field(&self) -> Option<Field> {
        match self {
            Self::Takes { field, .. } => Some(*field),
            _ => None,
        }
    }

    /// Whether `given` fits; what it holds is `found` then.
    fn take<'u>(&self, given: &'u str, found: &mut Found<'u>) -> bool {
        match self {
            Self::Anything | Self::Rest => true,
            Self::OneOf(options) => options.iter().any(|o| o.eq_ignore_ascii_case(given)),
            Self::Takes {
                field,
                before,
                begins,
                after,
            } => strip_prefix_ignore_case(given, before)
                .and_then(|value| value.strip_suffix(after))
                .filter(|value| !value.is_empty() && field.can_be(value))
                .filter(|value| {
                    let begins_so = |begin| strip_prefix_ignore_case(value, begin).is_some();
                    begins.iter().any(|begin| begins_so(begin))
                })
                .is_some_and(|value| {
                    found.set(*field, value);
                    true
                }),
        }
    }
}

impl Pair {
    fn parse(pair: &'static str) -> Option<Self> {
        let (pair, optional) = pair.strip_suffix('?').map_or((pair, false), |p| (p, true));
        let (keys, value) = pair.split_once('=').unwrap_or((pair, "*"));
        Some(Self {
            keys: options(keys),
            value: Part::parse(value)?,
            optional,
        })
    }

    fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|own| own.eq_ignore_ascii_case(key))
    }

    /// All that `uri` has under its keys and is not empty.
    fn given<'u>(&self, uri: &'u Uri) -> impl Iterator<Item = &'u str> {
        let pairs = uri.query.iter();
        pairs
            .filter(|(key, value)| !value.is_empty() && self.has(key))
            .map(|(_, value)| value)
    }

    fn take<'u>(&self, uri: &'u Uri, found: &mut Found<'u>) -> bool {
        let given = self.keys.iter().find_map(|key| uri.get(key));
        given.is_some_and(|given| self.value.take(given, found)) || self.optional
    }
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "payee" => Self::Payee,
            "name" => Self::Name,
            "reference" => Self::Reference,
            "target" => Self::Target,
            "amount" => Self::Amount,
            "cents" => Self::Cents,
            "money" => Self::Money,
            "account" => Self::Account,
            "phone" => Self::Phone,
            "currency" => Self::Currency,
            _ => return None,
        })
    }

    /// Whether it says who is paid or where a link leads.
    fn decides(self) -> bool {
        matches!(
            self,
            Self::Payee | Self::Account | Self::Phone | Self::Target
        )
    }

    fn can_be(self, value: &str) -> bool {
        match self {
            Self::Amount => amount::plain(&point(value)).is_some(),
            Self::Cents => amount::scaled(value, -2).is_some(),
            Self::Money => amount::with_currency(&point(value)).is_some(),
            Self::Phone => checks::is_digits(value) && (7..=15).contains(&value.len()),
            Self::Currency => value.len() == 3 && value.bytes().all(|b| b.is_ascii_alphabetic()),
            _ => true,
        }
    }
}

/// What has been found so far, by [`Field`]: most places do not fit in the end, and nothing is copied
/// for them.
#[derive(Default)]
struct Found<'u>([Option<&'u str>; 10]);

impl<'u> Found<'u> {
    fn set(&mut self, field: Field, value: &'u str) {
        if let Some(slot) = self.0.get_mut(field as usize) {
            *slot = Some(value);
        }
    }

    fn fields(self) -> Fields {
        let Self(
            [
                payee,
                name,
                reference,
                target,
                plain,
                cents,
                money,
                account,
                phone,
                currency,
            ],
        ) = self;
        let (money, joined) = money.and_then(|m| amount::with_currency(&point(m))).unzip();
        let currency = currency.map(str::to_ascii_uppercase);
        Fields {
            payee: match (payee.or(phone), account) {
                (bank, Some(account)) => Some(format!("{}:{account}", bank.unwrap_or_default())),
                (payee, None) => payee.map(str::to_owned),
            },
            payee_name: name.map(|name| name.replace('+', " ")),
            amount: (plain.and_then(|plain| amount::plain(&point(plain))))
                .or_else(|| amount::scaled(cents?, -2))
                .or(money),
            currency: joined.flatten().or(currency),
            reference: reference.map(str::to_owned),
            target: target.map(str::to_owned),
        }
    }
}

/// An amount with a decimal comma, as most of the world writes it, with a point.
fn point(amount: &str) -> Cow<'_, str> {
    let one = amount.bytes().filter(|b| *b == b',').count() == 1 && !amount.contains('.');
    let cents = |(_, part): (&str, &str)| part.bytes().take_while(u8::is_ascii_digit).count() <= 2;
    if one && amount.split_once(',').is_some_and(cents) {
        Cow::Owned(amount.replace(',', "."))
    } else {
        Cow::Borrowed(amount)
    }
}

fn options(text: &'static str) -> Vec<&'static str> {
    text.split('|').collect()
}

fn parts(path: &'static str) -> Option<Vec<Part>> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(Part::parse).collect()
}

fn take_all<'u>(
    parts: &[Part],
    mut given: impl Iterator<Item = &'u str>,
    found: &mut Found<'u>,
) -> bool {
    parts
        .iter()
        .all(|part| given.next().is_some_and(|given| part.take(given, found)))
}

fn is_scheme(text: &str) -> bool {
    let known = |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    !text.is_empty() && text.bytes().all(known)
}

/// Hosts are compared in lower case and punycode.
fn is_host(option: &str) -> bool {
    let any = ["*.", "{payee}."];
    let host = any.iter().find_map(|any| option.strip_prefix(any));
    let host = host.unwrap_or(option);
    let known = |b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    host.contains('.') && host.bytes().all(known)
}

#[cfg(test)]
mod tests;
