//! Links whose scheme, host and path say whose they are. Each is a row of a table, and one more
//! scheme is one more row; how a row reads is told at [`Link`].

pub(super) mod alipay;
pub(super) mod crypto;
mod donations;
mod index;
mod logins;
mod maps;
mod messengers;
mod pages;
mod pattern;
mod qq;
mod redirects;
mod reserved;
mod shops;
mod shorteners;
mod social;
pub(super) mod wallets;
pub(super) mod wechat;

use std::sync::LazyLock;

use self::index::Index;
use super::input::Input;
use super::schemes::Scheme;
use super::{Category, Fields, Payload};
use crate::lookalike;

/// The tables in the order in which they are asked; the first row that fits wins.
const TABLES: &[&[Link]] = &[
    redirects::LINKS,
    logins::LINKS,
    reserved::LINKS,
    wechat::LINKS,
    alipay::LINKS,
    wallets::china::LINKS,
    wallets::global::LINKS,
    wallets::america::LINKS,
    wallets::europe::LINKS,
    wallets::russia::LINKS,
    wallets::middle_east::LINKS,
    wallets::south_asia::LINKS,
    wallets::southeast_asia::LINKS,
    wallets::east_asia::LINKS,
    donations::LINKS,
    crypto::LINKS,
    messengers::LINKS,
    qq::LINKS,
    social::LINKS,
    shops::china::LINKS,
    shops::world::LINKS,
    maps::LINKS,
    pages::LINKS,
    shorteners::LINKS,
];

/// One row: a scheme and the places where its links lead.
///
/// A place is written like the link itself, `scheme://host/path?query#fragment`:
/// - without `scheme://` it is a web link, and a host `*.x.com` is `x.com` and all below it; below
///   `{payee}.x.com`, the name of the host is the payee's;
/// - the path is a beginning: what follows is free. `*` is any one part of it;
/// - `a|b` is either of the two, in every part; letters match in either case;
/// - `{field}` takes the value: `payee`, `name`, `reference`, `target`, `amount`, `cents` (minor
///   units), `money` (amount with its currency), `currency`, `phone` (a payee of digits alone) or
///   `account` (joins the payee, which is the bank then). `{target...}` at the end of a path takes all
///   that follows.
///   `~{payee}.html` takes what stands between, and `{payee:$}` the whole of a value that begins so;
/// - every key of the query must be there, in any order, save those that end in `?`. Where what decides is there twice
///   and differs, nobody knows from here which of them counts.
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

    /// Whether its links pay, or lead to somebody.
    fn names_somebody(&self) -> bool {
        use Category::{Contact, Donation, GroupInvite, Payment, WalletCrypto};
        matches!(
            self.scheme.category,
            Payment | Donation | WalletCrypto | Contact | GroupInvite
        )
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

/// The rows, taken apart when the first link is read.
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::of(TABLES));

/// Finds the row that `input` belongs to.
pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let uri = input.uri.as_ref()?;
    // `Grab: 20 % off today` begins like the link of an app and is a sentence.
    if uri.url.cannot_be_a_base() && input.text.contains(char::is_whitespace) {
        return None;
    }
    let found = INDEX.find(uri)?;
    let mut payload = found.link.payload(input, found.fields);
    payload
        .flags
        .extend(found.twice.then_some("duplicate-param"));
    Some(payload)
}

/// Whether `host` belongs to one of the services here, whomever its name reminds of: `shope.ee` is
/// Shopee's. Of what stands below a domain, only the domain is known.
pub(super) fn owns(host: &str) -> bool {
    let domain = INDEX.domain_of(host);
    INDEX.names(host) || domain.is_some_and(|domain| lookalike::brand(domain).is_some())
}

#[cfg(test)]
mod tests {
    use super::pattern::Place;
    use super::*;

    /// The services that are known here pass for nobody.
    #[test]
    fn known_hosts_are_their_own() {
        let places = TABLES.iter().copied().flatten().flat_map(|link| link.at);
        let hosts = places
            .filter_map(|place| Place::parse(place))
            .filter(|place| place.schemes.contains(&"https"))
            .flat_map(|place| place.hosts);
        for host in hosts {
            let host = ["*", "{payee}"]
                .iter()
                .find_map(|any| host.strip_prefix(any))
                .map_or(host.to_owned(), |domain| format!("pay{domain}"));
            let flags = super::super::parse_str(&format!("https://{host}/")).flags;
            let signs = ["lookalike-domain", "homograph", "subdomain-spoof"];
            assert!(!flags.iter().any(|flag| signs.contains(flag)), "{host}");
        }
    }

    const TO_CARD: &str = "alipays://platformapi/startapp?appId=09999988&actionType=toCard";

    /// A right payee beside what decides is there to be found first.
    #[test]
    fn an_order_beside_a_payee_decides() {
        let card = format!("{TO_CARD}&cardNo=4111111111111111&cardIndex=THIEF");
        for text in [
            "weixin://wxpay/bizpayurl?mch_id=1900000109&pr=THIEF",
            "weixin://pay.weixin.qq.com/bizpayurl/up?pr=THIEF",
            "https://paypal.com/donate?business=ours&hosted_button_id=THIEF",
            "https://www.paypal.com/cgi-bin/webscr?business=ours&hosted_button_id=THIEF",
            card.as_str(),
        ] {
            let payload = super::super::parse_str(text);
            let fields = payload.fields;
            assert_eq!(fields.payee, None, "{text}");
            assert_eq!(fields.reference.as_deref(), Some("THIEF"), "{text}");
        }
        let payload = super::super::parse_str("weixin://wxpay/bizpayurl?pr=&mch_id=1900000109");
        assert_eq!(payload.fields.payee.as_deref(), Some("1900000109"));
    }

    #[test]
    fn who_is_named_twice_is_told() {
        let masked = format!("{TO_CARD}&cardNo=****&cardIndex=1");
        for (text, twice) in [
            ("weixin://wxpay/bizpayurl?mch_id=1900000109&mch_id=1", true),
            (
                "https://paypal.com/donate?business=ours&business=thief",
                true,
            ),
            ("https://venmo.com/?recipients=ours&recipients=thief", true),
            ("https://venmo.com/u/ours?recipients=thief", true),
            ("tg://resolve?domain=ours&domain=thief", true),
            ("tg://resolve?phone=15550100&domain=thief", true),
            (
                "alipays://platformapi/startapp?appId=20000067&url=https://a.com/&url=https://b.com/",
                true,
            ),
            (
                "alipays://platformapi/startapp?appId=20000067&url=https://a.com/&\
                 appId=09999988&actionType=toCard&cardNo=4111111111111111",
                true,
            ),
            ("https://venmo.com/?recipients=ours&recipients=ours", false),
            ("https://venmo.com/u/ours?recipients=ours", false),
            (
                "https://www.paypal.com/donate?business=ours&item_number=1&invoice=2",
                false,
            ),
            (
                "https://www.paypal.com/cgi-bin/webscr?business=ours&item_number=1&invoice=2",
                false,
            ),
            ("whatsapp://send?phone=+15550100&text=a&text=b", false),
            ("tg://resolve?phone=+15550100", false),
            (masked.as_str(), false),
        ] {
            let flags = super::super::parse_str(text).flags;
            assert_eq!(flags.contains(&"duplicate-param"), twice, "{text}");
        }
    }

    #[test]
    fn the_name_of_an_app_and_a_colon_may_begin_a_sentence() {
        for text in [
            "Grab: 20% off today",
            "momo: big sale",
            "zalo: see the shop page",
            "Maya: hi there",
        ] {
            assert_eq!(super::super::parse_str(text).scheme, "plain-text", "{text}");
        }
        for text in ["grab:open?screen=pay", "grab://open", "skype:jo?chat"] {
            assert_ne!(super::super::parse_str(text).scheme, "plain-text", "{text}");
        }
    }

    /// A place that is misspelt would match nothing, silently.
    #[test]
    fn every_place_is_well_formed() {
        for place in TABLES.iter().copied().flatten().flat_map(|link| link.at) {
            assert!(Place::parse(place).is_some(), "{place}");
        }
    }
}
