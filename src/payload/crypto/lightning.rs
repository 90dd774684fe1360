//! Lightning: invoices (BOLT 11), offers (BOLT 12) and the services that hand them out (LNURL).

use url::Url;

use super::super::input::{Input, Uri, origin, strip_prefix_ignore_case};
use super::super::schemes::Scheme;
use super::super::{Fields, Payload, amount};
use super::alphabet::{self, hex, is_hex};
use super::bech32::{self, Variant};
use super::forms::Verdict;
use super::{bolt12, settle};

const INVOICE: Scheme = Scheme::named("lightning-bolt11");
const LNURL: Scheme = Scheme::named("lightning-lnurl");
const ADDRESS: Scheme = Scheme::named("lightning-address");

/// BOLT 11, "Human-Readable Part", and signet. A prefix comes after those that it is the beginning of.
const NETWORKS: &[&str] = &["lnbcrt", "lntbs", "lnbc", "lntb", "lnsb"];

/// Powers of ten of the multipliers (BOLT 11).
const MULTIPLIERS: &[(char, i32)] = &[('m', -3), ('u', -6), ('n', -9), ('p', -12)];

/// The schemes of LUD-17, which some put behind another one.
const SERVICES: &[&str] = &["lnurlp:", "lnurlw:", "lnurlc:", "keyauth:"];

/// Groups of five bits of the timestamp in front and of the signature at the end.
const TIMESTAMP: usize = 7;
const SIGNATURE: usize = 104;

/// An invoice, an offer or a service in Bech32.
pub(super) struct Token {
    pub(super) scheme: Scheme,
    pub(super) verdict: Verdict,
    pub(super) fields: Fields,
}

impl Token {
    pub(super) fn new(scheme: Scheme, verdict: Verdict) -> Self {
        let fields = Fields::default();
        Self {
            scheme,
            verdict,
            fields,
        }
    }
}

/// Whether `text` begins like a token.
pub(super) fn begins(text: &str) -> bool {
    // An offer may be parted anywhere.
    let mut letters = text.bytes().filter(|b| *b != b'+').take(2);
    letters
        .next()
        .is_some_and(|b| b.eq_ignore_ascii_case(&b'l'))
        && letters
            .next()
            .is_some_and(|b| b.eq_ignore_ascii_case(&b'n'))
}

/// Reads a text that begins like a token, whether it holds or not.
pub(super) fn token(text: &str) -> Option<Token> {
    if !begins(text) {
        return None;
    }
    if strip_prefix_ignore_case(text, "lnurl1").is_some() {
        return Some(service(text));
    }
    bolt12::token(text).or_else(|| invoice(text))
}

/// An address behind the sign of Lightning or of Bitcoin (BIP-353), as people write it to tell it from
/// one of e-mail.
pub(super) fn marked(input: &Input<'_>) -> Option<Payload> {
    let rest = input.text.strip_prefix(['⚡', '₿'])?;
    let address = rest.trim_start_matches('\u{fe0f}').trim();
    is_address(address).then(|| {
        let mut payload = input.payload(ADDRESS);
        payload.fields.payee = Some(address.to_owned());
        payload.fields.currency = Some("BTC".into());
        settle(payload, Verdict::Right)
    })
}

/// A token that stands alone. What is short and wrong is a word.
pub(super) fn bare(input: &Input<'_>) -> Option<Payload> {
    const SHORTEST: usize = 48;
    let token = token(input.text)?;
    let right = token.verdict == Verdict::Right;
    (right || input.text.len() >= SHORTEST).then(|| payload(input, token))
}

/// What follows `lightning:`, and the schemes of LUD-17, which stand for https.
pub(super) fn uri(input: &Input<'_>, uri: &Uri) -> Option<Payload> {
    let (scheme, rest) = input.text.split_once(':')?;
    let rest = rest.trim_start_matches('/');
    let is_service = uri.url.scheme() == "lightning"
        && SERVICES
            .iter()
            .any(|scheme| strip_prefix_ignore_case(rest, scheme).is_some());
    let (scheme, rest) = if is_service {
        let (scheme, rest) = rest.split_once(':')?;
        (scheme, rest.trim_start_matches('/'))
    } else {
        (scheme, rest)
    };
    if is_service || !matches!(uri.url.scheme(), "lightning" | "lnurl") {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority
            .rsplit('@')
            .next()
            .and_then(|host| host.split(':').next());
        let onion = host.is_some_and(|host| is_onion(&host.to_ascii_lowercase()));
        let web = if onion { "http" } else { "https" };
        let auth = scheme.eq_ignore_ascii_case("keyauth");
        let mut payload = linked(input, &format!("{web}://{rest}"));
        if auth {
            hijack(&mut payload);
            // LUD-04.
            if !uri.get("k1").is_some_and(|k1| is_hex(k1, 64)) {
                payload.flags.push("malformed");
                payload.valid = Some(false);
            }
        }
        return Some(payload);
    }
    let text = rest.split(['?', '&']).next().unwrap_or_default();
    if let Some(token) = token(text) {
        return Some(payload(input, token));
    }
    if text.contains('@') {
        let mut payload = input.payload(ADDRESS);
        payload.fields.payee = Some(text.to_owned());
        payload.fields.currency = Some("BTC".into());
        return Some(settle(payload, Verdict::shape(is_address(text))));
    }
    let mut payload = input.payload(INVOICE);
    payload.fields.currency = Some("BTC".into());
    let flag = if text.is_empty() {
        "truncated"
    } else {
        "malformed"
    };
    Some(settle(payload, Verdict::Wrong(flag)))
}

/// A hidden service has no certificates, and needs none.
fn is_onion(host: &str) -> bool {
    host.rsplit('.').next() == Some("onion")
}

/// A web page with a service in its query, for those without a wallet (LUD-01).
pub(super) fn fallback(input: &Input<'_>, uri: &Uri) -> Option<Payload> {
    let text = uri.get("lightning")?;
    let token = token(text).filter(|token| token.verdict == Verdict::Right)?;
    let mut payload = payload(input, token);
    payload.guessed = true;
    Some(payload)
}

/// LUD-16: letters, digits and `-_.+`, small.
fn is_address(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
    text.split_once('@').is_some_and(|(user, domain)| {
        !user.is_empty()
            && user.chars().all(name)
            && domain.contains('.')
            && Url::parse(&format!("https://{domain}/")).is_ok()
    })
}

fn payload(input: &Input<'_>, token: Token) -> Payload {
    if let Some(target) = &token.fields.target {
        return linked(input, target);
    }
    let mut payload = input.payload(token.scheme);
    payload.fields = token.fields;
    settle(payload, token.verdict)
}

/// The payload of a service at `target`.
fn linked(input: &Input<'_>, target: &str) -> Payload {
    let url = Url::parse(origin(target)).ok();
    let onion = |url: &Url| url.host_str().is_some_and(is_onion);
    let safe = url.as_ref().is_some_and(|url| match url.scheme() {
        "https" => url.host_str().is_some(),
        "http" => onion(url),
        _ => false,
    });
    let mut payload = input.payload(LNURL);
    payload.fields.target = Some(target.to_owned());
    let verdict = if safe {
        Verdict::Right
    } else {
        Verdict::Wrong("malformed")
    };
    let mut payload = settle(payload, verdict);
    let before = target.split('#').next().unwrap_or_default();
    let (_, query) = before.split_once('?').unwrap_or_default();
    if url::form_urlencoded::parse(query.as_bytes())
        .any(|(key, value)| key == "tag" && value == "login")
    {
        hijack(&mut payload);
    }
    payload
}

/// LUD-04: the wallet that scans it logs in whoever shows it.
fn hijack(payload: &mut Payload) {
    if !payload.flags.contains(&"session-hijack") {
        payload.flags.push("session-hijack");
    }
}

/// LUD-01: a link in Bech32.
fn service(text: &str) -> Token {
    let link = bech32::decode(text)
        .filter(|found| found.prefix == "lnurl" && found.variant == Variant::Bech32)
        .and_then(|found| String::from_utf8(found.bytes()?).ok());
    let mut token = Token::new(LNURL, Verdict::checksum(link.is_some()));
    token.fields.target = link;
    token
}

/// The amount, and what tells the invoice from others: the hash that its payment reveals.
fn invoice(text: &str) -> Option<Token> {
    let begins = |network: &&&str| strip_prefix_ignore_case(text, network).is_some();
    let network = NETWORKS.iter().find(begins)?;
    let (head, data) = text.rsplit_once('1')?;
    let money = head.get(network.len()..)?.to_ascii_lowercase();
    let found = bech32::decode(text).filter(|found| found.variant == Variant::Bech32);
    // What is no invoice at all has other letters.
    if found.is_none()
        && !data
            .bytes()
            .all(|b| bech32::LETTERS.value(b.to_ascii_lowercase()).is_some())
    {
        return None;
    }
    let paid = match money.chars().last() {
        None => Some(None),
        Some(last) => match MULTIPLIERS.iter().find(|(letter, _)| *letter == last) {
            // Thousandths of a millisatoshi cannot be paid.
            Some((_, -12)) if !money.ends_with("0p") => None,
            Some((_, power)) => amount::scaled(&money[..money.len() - 1], *power).map(Some),
            None => amount::plain(&money).map(Some),
        },
    };
    let mut token = Token::new(INVOICE, Verdict::Right);
    token.fields.currency = Some("BTC".into());
    match paid {
        Some(paid) => token.fields.amount = paid,
        None => token.verdict = Verdict::Wrong("bad-amount"),
    }
    let Some(found) = found else {
        token.verdict = Verdict::Wrong("bad-checksum");
        return Some(token);
    };
    let end = found.data.len().saturating_sub(SIGNATURE);
    let tagged = found.data.get(TIMESTAMP..end).unwrap_or_default();
    for (tag, value) in Tagged(tagged) {
        let value = || alphabet::bytes(value, 5).map(|bytes| hex(&bytes));
        match tag {
            // `p`, the payment hash, and `n`, the node that is paid.
            1 if token.fields.reference.is_none() => token.fields.reference = value(),
            19 if token.fields.payee.is_none() => token.fields.payee = value(),
            _ => {}
        }
    }
    if token.fields.reference.is_none() && token.verdict == Verdict::Right {
        token.verdict = Verdict::Wrong("malformed");
    }
    Some(token)
}

/// The tagged fields of an invoice: a tag, the length in two groups, the groups.
struct Tagged<'a>(&'a [u8]);

impl<'a> Iterator for Tagged<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let ([tag, high, low], rest) = self.0.split_first_chunk::<3>()?;
        let length = usize::from(*high) * 32 + usize::from(*low);
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, value))
    }
}
