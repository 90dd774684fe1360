//! Links whose scheme, host and path say whose they are. Each is a row of a table, and one more
//! scheme is one more row; how a row reads is told at [`Link`].

mod alipay;
mod crypto;
mod messengers;
mod pages;
mod redirects;
mod shops;
mod wallets;
mod wechat;

use super::input::{Input, Uri, strip_prefix_ignore_case};
use super::schemes::Scheme;
use super::{Fields, Payload, amount};

/// The tables in the order in which they are asked; the first row that fits wins.
const TABLES: &[&[Link]] = &[
    redirects::LINKS,
    wechat::LINKS,
    alipay::LINKS,
    wallets::LINKS,
    crypto::LINKS,
    messengers::LINKS,
    shops::LINKS,
    pages::LINKS,
];

/// One row: a scheme and the places where its links lead.
///
/// A place is written like the link itself, `scheme://host/path?query#fragment`:
/// - without `scheme://` it is a web link, and a host `*.x.com` is `x.com` and all below it;
/// - the path is a beginning: what follows is free. `*` is any one part of it;
/// - `a|b` is either of the two, in every part; letters match in either case;
/// - `{field}` takes the value: `payee`, `name`, `reference`, `target`, `amount`, `cents` (minor
///   units), `money` (amount with its currency) or `account` (joins the payee, which is the bank then).
///   `~{payee}.html` takes what stands between, and `{payee:$}` the whole of a value that begins so;
/// - every key of the query must be there, in any order, save those that end in `?`.
pub(super) struct Link {
    scheme: Scheme,
    at: &'static [&'static str],
    currency: Option<&'static str>,
    flags: &'static [&'static str],
    check: Option<Check>,
    folds: bool,
}

/// A rule on the fields that holds or is broken; the error is the flag that says so.
type Check = fn(&Fields) -> Result<(), &'static str>;

/// A row for `scheme` at the places `at`.
const fn link(scheme: &str, at: &'static [&'static str]) -> Link {
    Link {
        scheme: Scheme::named(scheme),
        at,
        currency: None,
        flags: &[],
        check: None,
        folds: false,
    }
}

impl Link {
    /// Everything there is paid in `currency`.
    const fn currency(mut self, currency: &'static str) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Raises `flags`.
    const fn flags(mut self, flags: &'static [&'static str]) -> Self {
        self.flags = flags;
        self
    }

    /// Is valid where `check` holds.
    const fn check(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    /// Its names mean the same in either letter case: they are given in lower case.
    const fn folds(mut self) -> Self {
        self.folds = true;
        self
    }

    fn payload(&self, input: &Input<'_>, mut fields: Fields) -> Payload {
        if self.folds {
            for name in [&mut fields.payee, &mut fields.reference] {
                *name = name.take().map(|n| n.to_lowercase());
            }
        }
        if fields.currency.is_none() {
            fields.currency = self.currency.map(str::to_owned);
        }
        let mut payload = input.payload(self.scheme);
        payload.flags.extend(self.flags);
        if let Some(check) = self.check {
            let result = check(&fields);
            payload.valid = Some(result.is_ok());
            payload.flags.extend(result.err());
        }
        payload.fields = fields;
        payload
    }
}

/// Finds the row that `input` belongs to.
pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    TABLES.iter().copied().flatten().find_map(|link| {
        let fields = link.at.iter().find_map(|place| read(place, uri))?;
        Some(link.payload(input, fields))
    })
}

/// What `uri` holds, where it lies at `place`.
fn read(place: &str, uri: &Uri) -> Option<Fields> {
    let (scheme, rest) = place.split_once("://").unwrap_or(("http|https", place));
    if !is_one_of(scheme, uri.url.scheme()) {
        return None;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (host, path) = path.split_once('/').unwrap_or((path, ""));

    let mut fields = Fields::default();
    if uri.is_web() {
        is_host(host, &uri.host).then_some(())?;
    } else {
        take(host, &uri.host, &mut fields)?;
    }
    take_path(path, uri.path.iter().map(String::as_str), &mut fields)?;
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (pair, optional) = pair.strip_suffix('?').map_or((pair, false), |p| (p, true));
        let (keys, value) = pair.split_once('=').unwrap_or((pair, "*"));
        let found = keys
            .split('|')
            .find_map(|key| uri.get(key))
            .and_then(|given| take(value, given, &mut fields));
        if found.is_none() && !optional {
            return None;
        }
    }
    let given = uri.fragment.as_deref().unwrap_or_default();
    take_path(fragment, given.split('/'), &mut fields)?;
    Some(fields)
}

fn take_path<'u>(
    path: &str,
    mut given: impl Iterator<Item = &'u str>,
    fields: &mut Fields,
) -> Option<()> {
    path.split('/')
        .filter(|part| !part.is_empty())
        .try_for_each(|part| take(part, given.next()?, fields))
}

/// Holds one part of a place against one part of a link.
fn take(part: &str, given: &str, fields: &mut Fields) -> Option<()> {
    let Some((before, field)) = part.split_once('{') else {
        return (part == "*" || is_one_of(part, given)).then_some(());
    };
    let (field, after) = field.split_once('}')?;
    let (name, begins) = field.split_once(':').unwrap_or((field, ""));
    let value = strip_prefix_ignore_case(given, before)?.strip_suffix(after)?;
    let fits = begins
        .split('|')
        .any(|begin| strip_prefix_ignore_case(value, begin).is_some());
    if value.is_empty() || !fits {
        return None;
    }
    set(fields, name, value)
}

/// Puts `value` into the field `name`; `None` where it cannot be one.
fn set(fields: &mut Fields, name: &str, value: &str) -> Option<()> {
    let text = || Some(value.to_owned());
    match name {
        "payee" => fields.payee = text(),
        "name" => fields.payee_name = Some(value.replace('+', " ")),
        "reference" => fields.reference = text(),
        "target" => fields.target = text(),
        "amount" => fields.amount = Some(amount::plain(value)?),
        "account" => {
            let bank = fields.payee.take().unwrap_or_default();
            fields.payee = Some(format!("{bank}:{value}"));
        }
        "cents" => fields.amount = Some(amount::scaled(value, -2)?),
        "money" => {
            let (amount, currency) = amount::with_currency(value)?;
            fields.amount = Some(amount);
            fields.currency = currency;
        }
        _ => return None,
    }
    Some(())
}

fn is_one_of(options: &str, given: &str) -> bool {
    options.split('|').any(|o| o.eq_ignore_ascii_case(given))
}

/// Whether `host`, lower case, is one of `options`.
fn is_host(options: &str, host: &str) -> bool {
    options
        .split('|')
        .any(|option| match option.strip_prefix("*.") {
            None => option == host,
            Some(domain) => host
                .strip_suffix(domain)
                .is_some_and(|below| below.is_empty() || below.ends_with('.')),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(place: &str, link: &str) -> Option<Fields> {
        read(place, &Uri::parse(link).unwrap())
    }

    #[test]
    fn places_match_as_written() {
        for (place, link, fits) in [
            ("a.com", "https://a.com", true),
            ("a.com", "http://A.COM/x", true),
            ("a.com", "https://a.com./x", true),
            ("a.com", "https://www.a.com/", false),
            ("a.com", "https://a.com.evil.top/", false),
            ("a.com", "https://a.com@evil.top/", false),
            ("*.a.com", "https://a.com/", true),
            ("*.a.com", "https://x.y.a.com/", true),
            ("*.a.com", "https://evila.com/", false),
            ("a.com|b.com/p", "HTTPS://B.COM/P/more", true),
            ("a.com/p", "https://a.com/page", false),
            ("a.com/p", "https://a.com", false),
            ("a.com/*/p", "https://a.com/x/p", true),
            ("a.com/*/p", "https://a.com/p", false),
            ("app://host/p", "APP://HOST/p", true),
            ("app://host/p", "https://host/p", false),
            ("a.com/?k", "https://a.com/?x=1&K=", true),
            ("a.com/?k", "https://a.com/?x=1", false),
            ("a.com/?k=1|2", "https://a.com/?k=2", true),
            ("a.com/?k=1|2", "https://a.com/?k=3", false),
            ("a.com/#/p", "https://a.com/#p", true),
            ("a.com/#p", "https://a.com/p", false),
        ] {
            assert_eq!(fields(place, link).is_some(), fits, "{place} at {link}");
        }
    }

    #[test]
    fn fields_are_taken() {
        let all = fields(
            "a.com/@{payee}/{money}?r={reference}&n={name}?&t={target}?",
            "https://a.com/@shop/12.5EUR?t=https%3A%2F%2Fb.c%2F%3Fd&r=7",
        );
        let expected = Fields {
            payee: Some("shop".into()),
            amount: Some("12.5".into()),
            currency: Some("EUR".into()),
            reference: Some("7".into()),
            target: Some("https://b.c/?d".into()),
            ..Fields::default()
        };
        assert_eq!(all, Some(expected));
        assert_eq!(fields("a.com/@{payee}", "https://a.com/@"), None);
        assert_eq!(fields("a.com/{payee}.html", "https://a.com/7"), None);
        let item = fields("a.com/{reference}.html", "https://a.com/7.html").unwrap();
        assert_eq!(item.reference.as_deref(), Some("7"));
        let bank = fields("app://pay?b={payee}&n={account}", "app://pay?n=12&b=KB").unwrap();
        assert_eq!(bank.payee.as_deref(), Some("KB:12"));
        let whole = fields("a.com/{payee:$|£}", "https://a.com/$me").unwrap();
        assert_eq!(whole.payee.as_deref(), Some("$me"));
        let token = fields("wxp://{payee:f2f}", "WXP://f2fAbC").unwrap();
        assert_eq!(
            token.payee.as_deref(),
            Some("f2fAbC"),
            "a token keeps its case"
        );
    }

    /// A field that is misspelt would make its row match nothing, silently.
    #[test]
    fn every_row_is_well_formed() {
        for place in TABLES.iter().copied().flatten().flat_map(|link| link.at) {
            let web = place.split("://").last().unwrap();
            for field in web.split('{').skip(1) {
                let (name, _) = field.split_once('}').expect(place);
                let name = name.split(':').next().unwrap();
                let value = if matches!(name, "amount" | "cents" | "money") {
                    "1"
                } else {
                    "x"
                };
                assert!(
                    set(&mut Fields::default(), name, value).is_some(),
                    "{place}"
                );
            }
            let host = web.split(['/', '?', '#']).next().unwrap();
            assert!(
                place.contains("://") || host == host.to_lowercase(),
                "{place}: hosts are compared in lower case"
            );
        }
    }
}
