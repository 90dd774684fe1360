//! Where a payload leads.
//!
//! Pure and off line: a shortener leads to the shortener until somebody has asked it. What is named
//! here decides which sightings make one incident, so it must be the same for the same place, and
//! different for two sellers.

use std::collections::HashSet;

use psl::Psl;
use url::Url;

use crate::ids;
use crate::payload::{self, Category, Payload};

/// The kind of place a payload leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An account that is paid or contacted.
    Account,
    /// A web page.
    Web,
    /// Another app.
    App,
    /// An address on a chain.
    Chain,
    /// Nowhere: Wi-Fi, a place, plain text.
    None,
}

impl Kind {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Web => "web",
            Self::App => "app",
            Self::Chain => "chain",
            Self::None => "none",
        }
    }
}

/// Where a payload leads. Two symbols with the same `key` lead to the same place, and make one
/// incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    /// The kind of place.
    pub kind: Kind,
    /// Names the place, such as `pix:+5511...` or `web:example.com/path`. Never empty, and never
    /// longer than [`LONGEST_KEY`].
    pub key: String,
    /// The host of a link, lower case, punycode.
    pub host: Option<String>,
    /// The part of `host` that somebody registered, by the public suffix list.
    pub registrable_domain: Option<String>,
}

/// The most bytes that a key has. A longer one is cut, and completed with a hash of the whole.
pub const LONGEST_KEY: usize = 256;

/// Whose names the payees of schemes are, where several schemes have the same ones: chains, and systems whose
/// accounts stand in codes and in writing.
const NAMESPACES: &[(&str, &str)] = &[
    ("bitcoin-address", "bitcoin"),
    ("bitcoin-uri", "bitcoin"),
    ("ethereum-eip681", "ethereum"),
    ("evm-address", "ethereum"),
    ("lightning-bolt11", "lightning"),
    ("lightning-bolt12", "lightning"),
    ("swish-link", "swish-qr"),
    ("text-cashtag", "cashapp"),
    ("text-phone", "tel"),
    ("text-pix-key", "pix"),
    ("text-upi-vpa", "upi"),
    ("text-wechat-id", "wechat-contact-scheme"),
    ("tron-address", "tron"),
    ("upi-app-scheme", "upi"),
    ("upi-mandate", "upi"),
];

/// The namespace of accounts that banks of all countries know, whatever code names them (ISO 13616).
const IBAN: &str = "iban";

/// Schemes whose payee is an account at a bank. Elsewhere anybody may be called what reads like an IBAN.
const AT_BANKS: &[&str] = &[
    "bezahlcode",
    "epc-qr",
    "hub3",
    IBAN,
    "mnb-qvik",
    "nbu-qr",
    "paybysquare",
    "raast",
    "sepa-payto",
    "spayd",
    "swiss-qr-bill",
    "text-iban",
    "tr-karekod",
    "upn-qr",
    "zbp-2d",
];

/// Namespaces in which a name is the same in either letter case.
const FOLDED: &[&str] = &["cashapp", "paypal", "telegram", "venmo"];

/// What kinds of `payto` links (RFC 8905) name that have codes of their own.
const PAYTO: &[(&str, &str)] = &[("bitcoin", "bitcoin-uri"), ("upi", "upi")];

/// Schemes that hold an address of some chain: which one, only the address says.
const ANY_CHAIN: &[&str] = &["text-crypto-address", "wallet-universal-links"];

/// Says where `payload` leads: where the innermost link that it holds does.
pub fn of(payload: &Payload) -> Destination {
    let Some(nested) = onward(payload) else {
        return direct(payload);
    };
    let end = of(nested);
    match payload.url() {
        // Whoever is told to go nowhere stays where they are.
        Some(url) if end.kind == Kind::None && payload.is_guessed() => place(url),
        _ => end,
    }
}

/// Where else than [`of`] says whoever scans `payload` may end up: what each is read from, and the place. Another reader takes another
/// one of several accounts, and a link beside an account may be opened as well.
pub fn others(payload: &Payload) -> Vec<(&Payload, Destination)> {
    let named = payload.whole().flat_map(|part| {
        let beside = part.nested.as_deref().filter(|_| onward(part).is_none());
        beside.into_iter().chain(part.others())
    });
    let named: Vec<_> = named
        .filter(|other| !other.category.leads_nowhere())
        .collect();
    if named.is_empty() {
        return Vec::new();
    }
    let mut keys = HashSet::from([of(payload).key]);
    let places = named
        .into_iter()
        .flat_map(|other| unsure(other).chain([(other, of(other))]));
    places
        .filter(|(_, place)| keys.insert(place.key.clone()))
        .collect()
}

/// What `payload` leads on to. Whose page an account names beside is no proof of whose it is. What leads to an account has it
/// from there.
fn onward(payload: &Payload) -> Option<&Payload> {
    let nested = payload.nested.as_deref()?;
    let payee = &payload.fields.payee;
    let is_account = payee.is_some() && *payee != nested.fields.payee;
    (!is_account || !stands_for_itself(payload.category)).then_some(nested)
}

/// Whether an account of that category is what is paid, called or written to, whatever link stands beside it.
fn stands_for_itself(category: Category) -> bool {
    matches!(
        category,
        Category::Payment
            | Category::WalletCrypto
            | Category::Donation
            | Category::Invoice
            | Category::Sms
            | Category::Tel
            | Category::Email
            | Category::Vcard
    )
}

/// The pages and apps on the way of `payload` that may as well stay where they are: what they lead on to is only what their link
/// says in some place.
pub fn unsure(payload: &Payload) -> impl Iterator<Item = (&Payload, Destination)> {
    let way = std::iter::successors(Some(payload), |part| onward(part));
    way.filter(|page| page.is_guessed())
        .filter_map(|page| Some((page, place(page.url()?))))
}

/// The page or the app that opens `url`.
fn place(url: &Url) -> Destination {
    let is_web = matches!(url.scheme(), "http" | "https");
    let host = url.host_str().filter(|_| is_web);
    let host = host.map(|host| host.trim_end_matches('.').to_owned());
    let (kind, prefix) = if is_web {
        (Kind::Web, "web:".to_owned())
    } else {
        (Kind::App, format!("app:{}://", url.scheme()))
    };
    Destination {
        kind,
        key: bounded(page(&prefix, url)),
        registrable_domain: host.as_deref().and_then(registrable_domain),
        host,
    }
}

/// Where `payload` itself leads, whatever it holds.
fn direct(payload: &Payload) -> Destination {
    let url = payload.url();
    let web = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    let app = url.is_some_and(|url| web.is_none() && url.has_host());
    let host = web
        .and_then(Url::host_str)
        .map(|host| host.trim_end_matches('.').to_owned());
    let kind = kind(payload, web.is_some(), app);
    let key = match (kind, url) {
        (Kind::None, _) => format!("text:{}", payload.text.trim()),
        (Kind::Web, Some(url)) => page("web:", url),
        (Kind::App, Some(url)) if app && payload.category != Category::MiniProgram => {
            page(&format!("app:{}://", url.scheme()), url)
        }
        (_, url) => named(payload, url),
    };
    Destination {
        kind,
        key: bounded(key),
        registrable_domain: host.as_deref().and_then(registrable_domain),
        host,
    }
}

fn kind(payload: &Payload, web: bool, app: bool) -> Kind {
    match payload.category {
        Category::Payment
        | Category::Invoice
        | Category::Donation
        | Category::Contact
        | Category::GroupInvite
        | Category::Tel
        | Category::Sms
        | Category::Email
        | Category::Vcard => Kind::Account,
        Category::WalletCrypto => Kind::Chain,
        Category::MiniProgram => Kind::App,
        Category::Wifi | Category::Geo | Category::Otp | Category::Calendar => Kind::None,
        _ if web => Kind::Web,
        // What says that it is a web link and is broken still means to be one.
        Category::Redirect => Kind::Web,
        Category::Login | Category::AppDownload | Category::Shop => Kind::App,
        Category::Other if app => Kind::App,
        // `javascript:` and `data:` have no host, and yet open something.
        Category::Other if payload.flags.contains(&"dangerous-scheme") => Kind::App,
        Category::Other => Kind::None,
    }
}

/// The key of the account `name` of `scheme`, as a registry writes it. An account that several schemes name has
/// one key.
pub fn account_key(scheme: &str, name: &str) -> String {
    let name = name.trim();
    if AT_BANKS.contains(&scheme) && payload::is_iban(name) {
        return format!("{IBAN}:{name}");
    }
    let known = NAMESPACES.iter().find(|(id, _)| *id == scheme);
    let prefix = known.map_or(scheme, |(_, namespace)| namespace);
    if let Some(account) = Some(name)
        .filter(|_| prefix == "ton")
        .and_then(payload::ton_account)
    {
        return format!("{prefix}:{account}");
    }
    // The prefix of a `CashAddr` may be left out.
    let name = name.strip_prefix("bitcoincash:").unwrap_or(name);
    bounded(if FOLDED.contains(&prefix) || ignores_case(name) {
        format!("{prefix}:{}", name.to_lowercase())
    } else {
        format!("{prefix}:{name}")
    })
}

/// The key of a payload that has an account: its payee, or else what tells two of them apart.
fn named(payload: &Payload, url: Option<&Url>) -> String {
    let fields = &payload.fields;
    // A target that is no link, such as the address of a dynamic Pix charge, is unique; a reference is
    // only unique to one payee.
    let name = [&fields.payee, &fields.target, &fields.reference]
        .into_iter()
        .flatten()
        // Of a masked number nothing may be left.
        .find(|name| name.contains(char::is_alphanumeric));
    match (name, url) {
        (Some(name), _) if ANY_CHAIN.contains(&payload.scheme) => {
            let known = payload::parse_str(name);
            let is_address = known.category == Category::WalletCrypto;
            let scheme = if is_address {
                known.scheme
            } else {
                payload.scheme
            };
            account_key(scheme, name)
        }
        (Some(name), _) => account_key(scheme_of(payload, url), name),
        (None, Some(url)) => account_key(payload.scheme, &page("", url)),
        (None, None) => account_key(payload.scheme, &payload.text),
    }
}

/// The scheme whose names the payees of `payload` are.
fn scheme_of(payload: &Payload, url: Option<&Url>) -> &'static str {
    let payto = url.filter(|url| url.scheme() == "payto");
    let kind = payto.and_then(Url::host_str).unwrap_or_default();
    let known = PAYTO.iter().find(|(id, _)| id.eq_ignore_ascii_case(kind));
    known.map_or(payload.scheme, |(_, scheme)| scheme)
}

/// E-mail addresses, virtual payment addresses, hexadecimal and Bech32 addresses are the same in either
/// letter case. Other tokens are not.
fn ignores_case(name: &str) -> bool {
    let begins = |prefix: &str| {
        name.get(..prefix.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    };
    name.contains('@') || begins("0x") || is_bech32(name)
}

/// A prefix, a `1`, and letters of one case that leave out four (BIP-173): an address of any chain that
/// writes so. In base 58 the case is mixed.
fn is_bech32(name: &str) -> bool {
    const SHORTEST: usize = 14;
    let cased = |is: fn(&u8) -> bool| name.as_bytes().iter().any(is);
    let data = |c: char| {
        c.is_ascii_alphanumeric() && !matches!(c.to_ascii_lowercase(), '1' | 'b' | 'i' | 'o')
    };
    name.len() >= SHORTEST
        && cased(u8::is_ascii_uppercase) != cased(u8::is_ascii_lowercase)
        && name.split_once('1').is_some_and(|(prefix, rest)| {
            (2..=24).contains(&prefix.len())
                && prefix.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
                && rest
                    .rsplit('1')
                    .next()
                    .is_some_and(|rest| rest.chars().all(data))
        })
}

/// A link without what does not change where it leads: scheme, user, default port, and a fragment that is a place on
/// the page. `prefix` stands in front.
fn page(prefix: &str, url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    let mut page = String::with_capacity(prefix.len() + url.as_str().len());
    page.push_str(prefix);
    page.push_str(host);
    if let Some(port) = url.port() {
        page.push(':');
        page.push_str(&port.to_string());
    }
    page.push_str(url.path().trim_end_matches('/'));
    if let Some(query) = url.query() {
        page.push('?');
        page.push_str(query);
    }
    if let Some(fragment) = url.fragment().and_then(path_of_fragment) {
        page.push('#');
        page.push_str(fragment);
    }
    page
}

/// The fragment as far as it says which page it is, where an app in the page keeps its path or its query there
/// (`#/shop/7`, `#!shop`, `#id=7`). A passage that the browser marks (`:~:text=`) changes nothing.
fn path_of_fragment(fragment: &str) -> Option<&str> {
    let path = fragment
        .split_once(":~:")
        .map_or(fragment, |(path, _)| path);
    (path.starts_with(['/', '!']) || path.contains('=')).then_some(path)
}

/// The part of `host` that somebody registered; `None` for an address of numbers and for a public suffix.
pub fn registrable_domain(host: &str) -> Option<String> {
    let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
    if host.contains(':') || host.rsplit('.').next().is_none_or(is_number) {
        return None;
    }
    let domain = psl::List.domain(host.as_bytes())?;
    std::str::from_utf8(domain.as_bytes())
        .ok()
        .map(str::to_owned)
}

fn bounded(mut key: String) -> String {
    const HASH: usize = 32;
    if key.len() <= LONGEST_KEY {
        return key;
    }
    let hash = ids::sha256(key.as_bytes());
    let mut end = LONGEST_KEY - HASH - 1;
    while !key.is_char_boundary(end) {
        end -= 1;
    }
    key.truncate(end);
    key.push('~');
    key.push_str(&hash[..HASH]);
    key
}

#[cfg(test)]
mod tests;
