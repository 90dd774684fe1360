//! Where a payload leads.
//!
//! Pure and off line: a shortener leads to the shortener until somebody has asked it. What is named
//! here decides which sightings make one incident, so it must be the same for the same place, and
//! different for two sellers.

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

/// Schemes that hold an address of some chain: which one, only the address says.
const ANY_CHAIN: &[&str] = &["text-crypto-address", "wallet-universal-links"];

/// Says where `payload` leads: where the innermost link that it holds does.
pub fn of(payload: &Payload) -> Destination {
    let mut inner = payload;
    while let Some(nested) = &inner.nested {
        // A card leads to the person on it. Whose page it names beside is no proof of whose it is.
        if inner.category == Category::Vcard && inner.fields.payee.is_some() {
            break;
        }
        inner = nested;
    }
    direct(inner)
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
    if payload::is_iban(name) {
        return format!("{IBAN}:{name}");
    }
    let known = NAMESPACES.iter().find(|(id, _)| *id == scheme);
    let prefix = known.map_or(scheme, |(_, namespace)| namespace);
    // The prefix of a `CashAddr` may be left out.
    let name = name.strip_prefix("bitcoincash:").unwrap_or(name);
    bounded(if prefix == "cashapp" || ignores_case(name) {
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
        .find(|name| !name.trim().is_empty());
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
        (Some(name), _) => account_key(payload.scheme, name),
        (None, Some(url)) => account_key(payload.scheme, &page("", url)),
        (None, None) => account_key(payload.scheme, &payload.text),
    }
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

/// A link without what does not change where it leads: scheme, user, default port, fragment. `prefix`
/// stands in front.
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
    page
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
mod tests {
    use super::*;
    use crate::payload;

    fn to(text: &str) -> Destination {
        of(&payload::parse_str(text))
    }

    #[test]
    fn keys_name_the_place() {
        for (text, kind, key) in [
            (
                "https://EXAMPLE.com:443/a?b=1#c",
                Kind::Web,
                "web:example.com/a?b=1",
            ),
            ("http://example.com./", Kind::Web, "web:example.com"),
            (
                "https://example.com:8443/",
                Kind::Web,
                "web:example.com:8443",
            ),
            ("https://u:p@example.com/", Kind::Web, "web:example.com"),
            (
                "HTTPS://QR.ALIPAY.COM/FKX0ABCDEFGHIJKLMNOP1",
                Kind::Account,
                "alipay-personal:fkx0abcdefghijklmnop1",
            ),
            (
                "https://u.wechat.com/EAVY3ybGnYOWXwGHConsOv?s=2",
                Kind::Account,
                "wechat-contact:EAVY3ybGnYOWXwGHConsOv",
            ),
            ("upi://pay?pa=SHOP@YBL&am=5", Kind::Account, "upi:shop@ybl"),
            (
                "weixin://wxpay/bizpayurl?pr=NwY5Mz9",
                Kind::Account,
                "wechat-pay-native:NwY5Mz9",
            ),
            (
                "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=1",
                Kind::Chain,
                "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            ),
            (
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                Kind::Chain,
                "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            ),
            ("tel:+1 212 555 0100", Kind::Account, "tel:+12125550100"),
            (
                "ExampleLive://room/7",
                Kind::App,
                "app:examplelive://room/7",
            ),
            (
                "taobao://item.taobao.com/item.htm?id=7",
                Kind::App,
                "app:taobao://item.taobao.com/item.htm?id=7",
            ),
            (
                "https://mp.weixin.qq.com/a/~token~~",
                Kind::App,
                "wechat-mini-program:~token~~",
            ),
            (
                "http://bank.example\u{ff0f}.evil.example",
                Kind::Web,
                "url-homograph:evil.example",
            ),
            ("geo:1,2", Kind::None, "text:geo:1,2"),
            ("Hi.", Kind::None, "text:Hi."),
            ("", Kind::None, "text:"),
        ] {
            let found = to(text);
            assert_eq!((found.kind, found.key.as_str()), (kind, key), "{text}");
        }
    }

    #[test]
    fn the_innermost_link_decides() {
        let direct = to("https://qr.alipay.com/fkx0abcdefghijklmnop1");
        for wrapped in [
            "alipays://platformapi/startapp?saId=10000007&qrcode=https%3A%2F%2Fqr.alipay.com%2Ffkx0abcdefghijklmnop1",
            "https://www.google.com/url?q=https%3A%2F%2Fqr.alipay.com%2FFKX0ABCDEFGHIJKLMNOP1&sa=D",
            "MEBKM:TITLE:x;URL:https\\://qr.alipay.com/fkx0abcdefghijklmnop1;;",
        ] {
            assert_eq!(to(wrapped), direct, "{wrapped}");
        }
    }

    /// What stands around an account must not lend it a name that somebody trusts.
    #[test]
    fn an_account_has_no_host_that_only_carries_it() {
        let code = "00020126180014br.gov.bcb.pix5204000053039865802BR5901X6304";
        let carried = to(&format!("https://example.live/q#{code}"));
        assert_eq!((carried.kind, carried.host.clone()), (Kind::Account, None));
        assert_eq!(carried, to(code));
        let card = to("MECARD:N:X;TEL:+15550100;URL:https\\://example.live/;;");
        assert_eq!((card.kind, card.host), (Kind::Account, None));
        let onward = to("https://example.live/go?to=https%3A%2F%2Fwa.me%2F15550100");
        assert_eq!(onward.key, "whatsapp-contact:15550100");
    }

    #[test]
    fn what_runs_or_reads_something_leads_there() {
        for text in [
            "javascript:fetch('//a.example')",
            "data:text/html,<b>Hi.</b>",
            "file:///etc/hosts",
            "https://example.live/go?url=javascript:alert(1)",
        ] {
            assert_eq!(to(text).kind, Kind::App, "{text}");
        }
        assert_eq!(to("note: see you at 8").kind, Kind::None);
    }

    #[test]
    fn an_address_is_one_place_however_it_is_written() {
        let evm = "0x00000000219ab540356cbb839cbe05303d7705fa";
        let segwit = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq";
        let cash = "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a";
        for (one, other) in [
            (evm.to_owned(), format!("ethereum:{evm}?value=1")),
            (
                evm.to_owned(),
                format!("https://link.trustwallet.com/send?coin=60&address={evm}"),
            ),
            (
                segwit.to_owned(),
                format!("BITCOIN:{}", segwit.to_uppercase()),
            ),
            (
                cash.to_owned(),
                format!("BITCOINCASH:{}", cash.to_uppercase()),
            ),
        ] {
            assert_eq!(to(&one).key, to(&other).key, "{one}");
        }
        let base58 = "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
        assert_eq!(to(base58).key, base58);
    }

    #[test]
    fn an_account_is_one_place_in_a_code_and_in_writing() {
        let epc = "BCD\n002\n1\nSCT\n\nBags\nDE89370400440532013000\nEUR5";
        for (code, line) in [
            (epc, "IBAN DE89 3704 0044 0532 0130 00"),
            ("upi://pay?pa=ravi.k@OKICICI", "UPI ID: ravi.k@okicici"),
            ("gpay://upi/pay?pa=ravi.k@okicici", "UPI ID: ravi.k@okicici"),
            ("https://cash.app/$demoName1", "Cash App: $demoname1"),
            ("tel:+8613800138000", "联系电话 138 0013 8000"),
        ] {
            let written = of(&payload::parse_line(line));
            assert_eq!(to(code).key, written.key, "{line}");
        }
        assert_eq!(to(epc).key, "iban:DE89370400440532013000");
        assert_eq!(
            account_key("spayd", "DE89370400440532013000"),
            to(epc).key,
            "whatever scheme a registry names"
        );
    }

    #[test]
    fn hosts_and_domains() {
        for (text, host, domain) in [
            (
                "https://a.b.example.co.uk/x",
                Some("a.b.example.co.uk"),
                Some("example.co.uk"),
            ),
            (
                "https://bücher.example/",
                Some("xn--bcher-kva.example"),
                Some("xn--bcher-kva.example"),
            ),
            ("https://127.0.0.1/", Some("127.0.0.1"), None),
            ("https://[::1]/", Some("[::1]"), None),
            ("https://co.uk/", Some("co.uk"), None),
            ("https://localhost/", Some("localhost"), None),
            ("weixin://wxpay/bizpayurl?pr=1", None, None),
        ] {
            let found = to(text);
            assert_eq!(found.host.as_deref(), host, "{text}");
            assert_eq!(found.registrable_domain.as_deref(), domain, "{text}");
        }
    }

    #[test]
    fn long_keys_are_cut_and_stay_different() {
        let long = |end: &str| to(&format!("https://example.com/{}{end}", "é".repeat(500))).key;
        assert!(long("a").len() <= LONGEST_KEY && long("a").len() > LONGEST_KEY - 8);
        assert_ne!(long("a"), long("b"));
        assert_eq!(long("a"), long("a"));
        assert!(to(&"微".repeat(300)).key.len() <= LONGEST_KEY);
    }
}
