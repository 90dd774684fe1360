//! What the bytes of a symbol say: the scheme, its category, its fields, and whether they hold together.
//!
//! Total: every input has a [`Payload`], the last resort being plain text. The ids of schemes and
//! categories are part of the contract of `waylay explain`.
//!
//! A family of schemes is a module here that is asked in turn; links that are told by their host and
//! path are rows of a table (`links`). Nothing here says where a payload leads or what is thought of
//! it: that is for `destination` and `policy`.

mod alphabet;
mod amount;
mod bank;
mod base64;
mod charset;
mod checks;
mod contact;
mod crypto;
mod emv;
mod follow;
mod iban;
mod input;
mod lines;
mod links;
mod local;
mod national;
mod nested;
mod others;
mod schemes;
mod secret;
mod session;
mod text;
mod texts;
mod upi;
mod web;
mod writing;

use url::Url;

use self::charset::Decoded;
pub(crate) use self::crypto::ton_account;
use self::input::Input;
use self::others::Others;
pub use self::schemes::{Scheme, schemes};
pub use self::writing::{find_in_line, parse_line};

/// What a payload is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Category {
    /// Moves money, bills included.
    Payment,
    /// A crypto address or payment request.
    WalletCrypto,
    /// A receipt or proof, not a request to pay.
    Invoice,
    /// A person's or an official account in a messenger.
    Contact,
    /// An invitation to a group chat.
    GroupInvite,
    /// A shop or an item of another platform.
    Shop,
    /// A mini-program inside another app.
    MiniProgram,
    /// Installs an app.
    AppDownload,
    /// Leads on to somewhere else that cannot be seen from here.
    Redirect,
    /// Joins a wireless network.
    Wifi,
    /// An address-book card.
    Vcard,
    /// A place.
    Geo,
    /// A text message.
    Sms,
    /// A telephone number.
    Tel,
    /// An e-mail.
    Email,
    /// A calendar entry.
    Calendar,
    /// A one-time-password secret.
    Otp,
    /// Lets the scanned party log in as the scanner.
    Login,
    /// Gives money without a purchase.
    Donation,
    /// Anything else: web pages, plain text, product codes.
    Other,
}

impl Category {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::WalletCrypto => "wallet-crypto",
            Self::Invoice => "invoice",
            Self::Contact => "contact",
            Self::GroupInvite => "group-invite",
            Self::Shop => "shop",
            Self::MiniProgram => "mini-program",
            Self::AppDownload => "app-download",
            Self::Redirect => "redirect",
            Self::Wifi => "wifi",
            Self::Vcard => "vcard",
            Self::Geo => "geo",
            Self::Sms => "sms",
            Self::Tel => "tel",
            Self::Email => "email",
            Self::Calendar => "calendar",
            Self::Otp => "otp",
            Self::Login => "login",
            Self::Donation => "donation",
            Self::Other => "other",
        }
    }

    /// Whether what is for this leads to nobody and to no page.
    pub(crate) fn leads_nowhere(self) -> bool {
        matches!(self, Self::Wifi | Self::Geo | Self::Otp | Self::Calendar)
    }
}

/// The fields that schemes have in common; each `None` where the payload does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields {
    /// Account, handle or key that is paid or contacted; `bank:account` where two parts identify it.
    pub payee: Option<String>,
    /// The payee's name as the payload gives it. Anyone can write anything here.
    pub payee_name: Option<String>,
    /// Decimal amount in major units, as written.
    pub amount: Option<String>,
    /// ISO 4217 code or coin symbol.
    pub currency: Option<String>,
    /// Order, invoice or transaction reference.
    pub reference: Option<String>,
    /// A nested URL or host.
    pub target: Option<String>,
}

impl Fields {
    /// Takes from `inner` what is not known yet, the target aside.
    fn complete(&mut self, inner: &Self) {
        for (own, inner) in [
            (&mut self.payee, &inner.payee),
            (&mut self.payee_name, &inner.payee_name),
            (&mut self.amount, &inner.amount),
            (&mut self.currency, &inner.currency),
            (&mut self.reference, &inner.reference),
        ] {
            if own.is_none() {
                own.clone_from(inner);
            }
        }
    }
}

/// What a symbol says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The text, with the charset decided. A secret in it is no longer there: `***` and a mark that tells it
    /// from others stand for it.
    pub text: String,
    /// The scheme's id, such as `pix` or `wechat-contact`.
    pub scheme: &'static str,
    /// What it is for.
    pub category: Category,
    /// Whether every structural rule of the scheme holds, checksum included; `None` where the scheme
    /// has no rule that can be checked off line.
    pub valid: Option<bool>,
    /// Signs of deception, by name.
    pub flags: Vec<&'static str>,
    /// The fields in common.
    pub fields: Fields,
    /// What the target says, where it is one that can be read here.
    pub nested: Option<Box<Payload>>,
    /// The text as a link, where it is one: to take a long one apart is most of what it costs to read it.
    url: Option<Url>,
    /// Whether it was taken for where this leads that stands in a place of the link where pages are told so: whoever made the link
    /// wrote it there, and nobody knows from here whether the page goes there.
    guessed: bool,
    /// Whom else whoever scans it may pay or reach.
    others: Others,
}

impl Payload {
    /// The text as a link, where it is one.
    pub(crate) fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// Whether it may as well stay where it is, in place of leading on to what is nested in it.
    pub(crate) fn is_guessed(&self) -> bool {
        self.guessed
    }

    /// Replaces the text. Several words are no link, though a parser takes them for one with blanks in it.
    fn say(&mut self, text: String) {
        let is_word = !text.trim().contains(char::is_whitespace);
        self.url = Some(text.trim()).filter(|_| is_word).and_then(input::url);
        self.text = text;
    }

    /// The same, found in the writing `text`: a link at its beginning is not what was found.
    fn said_in(self, text: String) -> Self {
        Self {
            text,
            url: None,
            ..self
        }
    }

    /// The payload itself, what its target says, what that one's target says, and so on.
    pub fn chain(&self) -> impl Iterator<Item = &Payload> {
        std::iter::successors(Some(self), |payload| payload.nested.as_deref())
    }

    /// The last of the chain: what cannot be opened any further.
    pub fn innermost(&self) -> &Payload {
        let mut inner = self;
        while let Some(nested) = &inner.nested {
            inner = nested;
        }
        inner
    }
}

/// Signs that a payload can carry, sorted: part of the contract, and what a policy may name.
pub const FLAGS: &[&str] = &[
    "bad-account",
    "bad-amount",
    "bad-checksum",
    "bad-crc",
    "bad-iban",
    "bad-reference",
    "bidi-control",
    "bom",
    "confusable-slash",
    "control-character",
    "dangerous-scheme",
    "double-extension",
    "duplicate-param",
    "duplicate-tag",
    "expired",
    "full-width",
    "homograph",
    "intent-only",
    "ip-host",
    "lookalike-domain",
    "malformed",
    "mixed-script",
    "needs-resolve",
    "odd-port",
    "open-redirect",
    "oversize",
    "payee-mismatch",
    "payer-code",
    "punycode",
    "secret",
    "session-hijack",
    "sideload",
    "subdomain-spoof",
    "too-deep",
    "trailing-data",
    "truncated",
    "unknown-requirement",
    "userinfo",
    "ussd",
];

/// The families in the order in which they are asked; the first that knows the text has it. What none
/// knows and is a link is for `web`.
const FAMILIES: &[fn(&Input<'_>) -> Option<Payload>] = &[
    emv::parse,
    upi::parse,
    bank::parse,
    session::parse,
    links::alipay::transfer,
    links::alipay::bare_code,
    links::wechat::short_link,
    links::crypto::btcpay,
    links::wallets::europe::pairing,
    links::wallets::russia::payme,
    links::parse,
    contact::parse,
    local::parse,
    crypto::parse,
    contact::bare,
];

const PLAIN: Scheme = Scheme::named("plain-text");

/// A web page that no family knows.
const WEB: Scheme = Scheme::named("web-link");

/// The most characters that a QR code holds (ISO/IEC 18004, version 40-L, digits). What is longer was
/// not in a code, and is cut.
pub const LONGEST: usize = 7_089;

/// The most bytes of a line of writing that are read. Across 4K UHD there is room for 480 letters of 8 px, and each
/// has four bytes at most (UTF-8).
pub const LONGEST_LINE: usize = 2_048;

/// Whether `account` is an IBAN, as payloads give it: in capitals, without spaces.
pub(crate) fn is_iban(account: &str) -> bool {
    iban::holds(account)
}

/// How far links inside of links are still opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Depth {
    links: usize,
    /// Bytes of these links together. Each link is a part of the one around it, so that a long code would be read
    /// once more with each of them.
    bytes: usize,
}

impl Depth {
    /// Four links, or one that fills a QR code (2,953 bytes, ISO/IEC 18004 version 40-L) and what is shorter in it.
    const WHOLE: Self = Self {
        links: 4,
        bytes: 4096,
    };
    /// For a look at what a text is, whatever it leads to.
    const NONE: Self = Self {
        links: 0,
        bytes: usize::MAX,
    };

    /// What is left inside of `link`; `None` where that is not opened any more.
    fn inside(self, link: &str) -> Option<Self> {
        Some(Self {
            links: self.links.checked_sub(1)?,
            bytes: self.bytes.checked_sub(link.len())?,
        })
    }
}

/// Whether `c` changes the order or the look of others without being seen.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}'
    )
}

/// Says what the bytes of a code hold, whatever they are.
pub fn parse(bytes: &[u8]) -> Payload {
    whole(charset::decode(bytes))
}

/// Says what the text of a code holds.
pub fn parse_str(text: &str) -> Payload {
    whole(charset::strip_bom(text.to_owned()))
}

fn whole(decoded: Decoded) -> Payload {
    let Decoded { mut text, bom } = decoded;
    let cut = shorten(&mut text);
    let mut payload = read(&text, Depth::WHOLE);
    payload.text = text;
    let payload = writing::lead_on(payload);
    finish(payload, &[(bom, "bom"), (cut, "oversize")])
}

/// Takes off what is longer than any code, and says whether there was such.
fn shorten(text: &mut String) -> bool {
    if text.len() <= LONGEST {
        return false;
    }
    let end = text.char_indices().nth(LONGEST);
    if let Some((end, _)) = end {
        text.truncate(end);
    }
    end.is_some()
}

fn finish(mut payload: Payload, signs: &[(bool, &'static str)]) -> Payload {
    for (_, flag) in signs.iter().filter(|(is, _)| *is) {
        raise(&mut payload.flags, flag);
    }
    secret::conceal(&mut payload);
    payload
}

/// Reads `text`, and links inside of it as far as `depth` says. The text itself is for whoever asks to put in.
fn read(text: &str, depth: Depth) -> Payload {
    let input = Input::new(text);
    let known = FAMILIES.iter().find_map(|parse| parse(&input));
    let mut leads_on = false;
    let mut payload = match known.filter(|known| known.scheme != WEB.id) {
        Some(mut payload) => {
            web::raise_signs(&input, &mut payload);
            leads_on = web::lead_on(&input, &mut payload);
            payload
        }
        None => web::parse(&input).unwrap_or_else(|| input.payload(PLAIN)),
    };
    if !text.is_ascii() && text.contains(is_invisible) {
        raise(&mut payload.flags, "bidi-control");
    }
    // What leads on takes after what it leads to, where that is known for anything.
    let own = payload.category;
    if leads_on {
        payload.category = Category::Redirect;
    }
    unwrap_target(&mut payload, depth);
    payload.open_others(depth);
    if leads_on && payload.category == Category::Redirect {
        payload.category = own;
    }
    payload.url = input.uri.map(|uri| uri.url);
    payload
}

/// What `link` is for by itself: what it leads on to is not looked for, or links in links would have no end.
fn is_for(link: &str) -> Category {
    let input = Input::new(link);
    let known = FAMILIES.iter().find_map(|parse| parse(&input));
    known.map_or(Category::Other, |known| known.category)
}

/// Reads what the target says, if anything.
fn unwrap_target(payload: &mut Payload, depth: Depth) {
    let Some(target) = payload.fields.target.as_deref() else {
        return;
    };
    let Some(depth) = depth.inside(target) else {
        if depth != Depth::NONE && (target.contains(':') || web::leading_host(target).is_some()) {
            raise(&mut payload.flags, "too-deep");
        }
        return;
    };
    // A wrapper may leave the scheme out. The target of a link that deceives is its own host.
    let wraps = matches!(
        payload.category,
        Category::Redirect | Category::WalletCrypto
    ) && !payload.scheme.starts_with("url-");
    let nested = if wraps && web::leading_host(target).is_some() {
        read_nested(&format!("http://{target}"), depth)
    } else {
        read_nested(target, depth)
    };
    payload.wrap(nested);
}

/// Reads a link inside of another payload.
fn read_nested(text: &str, depth: Depth) -> Payload {
    let mut payload = read(text, depth);
    text.trim().clone_into(&mut payload.text);
    payload
}

/// A payload of `scheme` that says nothing yet.
fn empty(scheme: Scheme) -> Payload {
    Payload {
        text: String::new(),
        scheme: scheme.id,
        category: scheme.category,
        valid: None,
        flags: Vec::new(),
        fields: Fields::default(),
        nested: None,
        url: None,
        guessed: false,
        others: Others::default(),
    }
}

fn raise(flags: &mut Vec<&'static str>, flag: &'static str) {
    if !flags.contains(&flag) {
        flags.push(flag);
    }
}

#[cfg(test)]
mod tests;
