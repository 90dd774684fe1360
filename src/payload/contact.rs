//! Telephone numbers, messages, mail and address cards: the formats of RFC 3966, RFC 5724, RFC 6068 and
//! RFC 6350, and those that phones write.

mod docomo;
mod vcard;

pub(super) use self::docomo::{ends, value};
use super::input::{Input, Uri, decode, strip_prefix_ignore_case};
use super::schemes::Scheme;
use super::{Payload, nested};

const TEL: Scheme = Scheme::named("tel");
const SMS: Scheme = Scheme::named("sms");
const EMAIL: Scheme = Scheme::named("email");
const VCARD: Scheme = Scheme::named("vcard");
const MECARD: Scheme = Scheme::named("mecard");
const BOOKMARK: Scheme = Scheme::named("mebkm-urlto");

/// One format: what it begins with, its scheme, and who reads the rest into the payload.
type Format = (&'static str, Scheme, fn(&str, &mut Payload));

const FORMATS: &[Format] = &[
    ("tel:", TEL, number),
    ("wtai://wp/mc;", TEL, number),
    ("smsto:", SMS, message),
    ("sms:", SMS, message),
    ("mmsto:", SMS, message),
    ("mms:", SMS, message),
    ("mailto:", EMAIL, mail),
    ("MATMSG:", EMAIL, docomo::matmsg),
    ("SMTP:", EMAIL, smtp),
    ("BEGIN:VCARD", VCARD, vcard::read),
    ("MECARD:", MECARD, docomo::mecard),
    ("BIZCARD:", MECARD, docomo::bizcard),
    ("MEBKM:", BOOKMARK, docomo::bookmark),
    ("urlto:", BOOKMARK, docomo::titled_url),
    ("URL:http", BOOKMARK, web),
    ("URI:http", BOOKMARK, web),
];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    let known = FORMATS.iter().find_map(|(prefix, scheme, read)| {
        let rest = input.after(prefix)?;
        let mut payload = input.payload(*scheme);
        read(rest, &mut payload);
        Some(payload)
    });
    known.or_else(|| {
        let rest = input.text.strip_prefix("MEMORY:")?;
        let mut payload = input.payload(MECARD);
        docomo::memory(rest, &mut payload)?;
        Some(payload)
    })
}

/// Whether `text` begins like a format of these, which may hold a text in its turn.
pub(super) fn begins(text: &str) -> bool {
    FORMATS
        .iter()
        .any(|(prefix, ..)| strip_prefix_ignore_case(text, prefix).is_some())
}

/// An e-mail address that stands alone. Asked late: wallets have addresses of the same shape.
pub(super) fn bare(input: &Input<'_>) -> Option<Payload> {
    if !is_address(input.text) {
        return None;
    }
    let mut payload = input.payload(EMAIL);
    payload.valid = Some(true);
    payload.fields.payee = Some(input.text.to_owned());
    Some(payload)
}

/// A link that says of itself that it is one.
fn web(rest: &str, payload: &mut Payload) {
    payload.fields.target = Some(format!("http{rest}"));
}

/// The number in front of parameters, without the marks that people put between digits.
fn number(rest: &str, payload: &mut Payload) {
    let given = rest.trim_start_matches('/');
    let given = given.split([':', '?', ';']).next().unwrap_or_default();
    let number = dialled(&decode(given));
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#' | ',');
    let holds = number.contains(|c: char| c.is_ascii_digit()) && number.chars().all(dialled);
    payload.valid = Some(holds);
    if !holds {
        payload.flags.push("bad-account");
    }
    // A code such as *#06# is run and not called.
    if number.contains(['*', '#']) {
        payload.flags.push("ussd");
    }
    payload.fields.payee = some(number);
}

/// `text` as it is dialled.
fn dialled(text: &str) -> String {
    let mark = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')');
    text.chars().filter(|c| !mark(*c)).collect()
}

/// The numbers, and the links in the message: `smsto:NUMBER,NUMBER:BODY` or `sms:NUMBER?body=BODY`.
fn message(rest: &str, payload: &mut Payload) {
    let end = rest.find([',', ':', '?', ';', '&']).unwrap_or(rest.len());
    number(&rest[..end], payload);
    let to = rest.split([':', '?', '&']).next().unwrap_or_default();
    // A parameter has a name.
    let others = to.split([',', ';']).skip(1).filter(|to| !to.contains('='));
    for other in others {
        payload.also(&dialled(&decode(other)));
    }
    let bodies = match rest.find([':', '?', '&', ';']) {
        Some(at) if rest[at..].starts_with(':') => vec![decode(&rest[at + 1..])],
        // Phones disagree on the sign in front, and on which of two they take.
        Some(at) => bodies(&rest[at + 1..]),
        None => Vec::new(),
    };
    nested::lead(payload, bodies.iter().map(String::as_str));
}

/// RFC 6068: the addresses stand in front, or in the headers.
fn mail(rest: &str, payload: &mut Payload) {
    let (front, headers) = rest.split_once('?').unwrap_or((rest, ""));
    let front = front.trim_start_matches('/');
    let first = |to: &str| {
        let to = decode(to);
        to.split(',').next().unwrap_or_default().trim().to_owned()
    };
    let to = some(first(front)).or_else(|| query(headers, "to").map(|to| first(&to)));
    address(to.unwrap_or_default(), payload);
    let headers = Uri::parse(&format!("x:?{headers}"));
    let headers = || headers.iter().flat_map(|uri| uri.query.iter());
    let is = |key: &str, names: &[&str]| names.iter().any(|name| key.eq_ignore_ascii_case(name));
    let others = headers().filter(|(key, _)| is(key, &["to", "cc", "bcc"]));
    let front = decode(front);
    for list in [front.as_str()].into_iter().chain(others.map(|(_, to)| to)) {
        list.split(',').for_each(|other| payload.also(other));
    }
    let bodies = headers().filter(|(key, _)| is(key, &["body"]));
    nested::lead(payload, bodies.map(|(_, body)| body));
}

/// `SMTP:ADDRESS:SUBJECT:BODY`.
fn smtp(rest: &str, payload: &mut Payload) {
    let mut parts = rest.splitn(3, ':');
    address(parts.next().unwrap_or_default().to_owned(), payload);
    nested::lead(payload, parts.nth(1));
}

fn address(to: String, payload: &mut Payload) {
    let holds = is_address(&to);
    payload.valid = Some(holds);
    if !holds {
        payload.flags.push("bad-account");
    }
    payload.fields.payee = some(to);
}

/// The value of `key` in a query.
fn query(text: &str, key: &str) -> Option<String> {
    Uri::parse(&format!("x:?{text}"))?.get_some(key)
}

/// The bodies in a query.
fn bodies(text: &str) -> Vec<String> {
    let uri = Uri::parse(&format!("x:?{text}"));
    let bodies = uri.iter().flat_map(|uri| uri.all("body"));
    bodies.map(str::to_owned).collect()
}

/// A name as people say it: the family's goes first in Chinese, Japanese and Korean.
fn full_name(given: &str, family: &str) -> String {
    let (given, family) = (given.trim(), family.trim());
    let eastern = |name: &str| {
        name.chars().all(|c| {
            matches!(c, '\u{3005}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
        })
    };
    if !given.is_empty() && !family.is_empty() && eastern(given) && eastern(family) {
        format!("{family}{given}")
    } else {
        format!("{given} {family}").trim().to_owned()
    }
}

/// Phones open an address without a scheme as a web page.
fn with_scheme(url: &str) -> String {
    match url.split_once(':') {
        // A port follows a host.
        Some((scheme, _)) if !scheme.contains(['.', '/', '?']) => url.to_owned(),
        _ => format!("http://{url}"),
    }
}

/// RFC 5322 section 3.4.1, as far as people use it: no comments, no address literals.
fn is_address(text: &str) -> bool {
    let atom =
        |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-.".contains(&b) || b >= 0x80;
    let quoted = |user: &str| {
        let inner = user.strip_prefix('"').and_then(|u| u.strip_suffix('"'));
        inner.is_some_and(|inner| !inner.is_empty() && !inner.contains(['"', '\\']))
    };
    text.len() <= 254
        && text.rsplit_once('@').is_some_and(|(user, host)| {
            let labels = || host.split('.');
            let label = |l: &str| {
                !l.is_empty()
                    && l.bytes()
                        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b >= 0x80)
            };
            !user.is_empty()
                && (user.bytes().all(atom) || quoted(user))
                && !text.contains(char::is_whitespace)
                && labels().count() >= 2
                && labels().all(label)
                && labels().next_back().is_some_and(|top| {
                    top.len() >= 2 && !top.bytes().any(|b| b.is_ascii_digit())
                        || top.starts_with("xn--")
                })
        })
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read() {
        for (text, scheme, payee, name, target) in [
            (
                "tel:+1 (212) 555-0100",
                "tel",
                Some("+12125550100"),
                None,
                None,
            ),
            ("TEL:*%2306%23", "tel", Some("*#06#"), None, None),
            ("tel:", "tel", None, None, None),
            (
                "SMSTO:+15550100:hi: there",
                "sms",
                Some("+15550100"),
                None,
                None,
            ),
            (
                "sms:+15550100?body=hi",
                "sms",
                Some("+15550100"),
                None,
                None,
            ),
            (
                "mailto:a@b.example?subject=x",
                "email",
                Some("a@b.example"),
                None,
                None,
            ),
            (
                "MATMSG:TO:a@b.example;SUB:x;;",
                "email",
                Some("a@b.example"),
                None,
                None,
            ),
            (
                "MECARD:N:Doe,Jo;TEL:123;URL:a\\;b.example;;",
                "mecard",
                Some("123"),
                Some("Jo Doe"),
                Some("http://a;b.example"),
            ),
            (
                "MEBKM:TITLE:x;URL:http\\://a.example;;",
                "mebkm-urlto",
                None,
                Some("x"),
                Some("http://a.example"),
            ),
            (
                "urlto:Shop:https://a.example/x",
                "mebkm-urlto",
                None,
                Some("Shop"),
                Some("https://a.example/x"),
            ),
            (
                "BEGIN:VCARD\nTEL:\nTEL:tel:123\nTEL:456\nN:Doe\nEND:VCARD",
                "vcard",
                Some("123"),
                Some("Doe"),
                None,
            ),
            (
                "BEGIN:VCARD\nVERSION:3.0\nN:Doe;Jo\nFN:Jo\n  Doe\nitem1.TEL;TYPE=CELL:+1555\nURL:https://a.example\nEND:VCARD",
                "vcard",
                Some("+1555"),
                Some("Jo Doe"),
                Some("https://a.example"),
            ),
        ] {
            let payload = parse(&Input::new(text)).expect(text);
            assert_eq!(payload.scheme, scheme, "{text}");
            assert_eq!(payload.fields.payee.as_deref(), payee, "{text}");
            assert_eq!(payload.fields.payee_name.as_deref(), name, "{text}");
            assert_eq!(payload.fields.target.as_deref(), target, "{text}");
        }
    }

    #[test]
    fn validity_is_told() {
        for (text, valid) in [
            ("tel:+1212", true),
            ("tel:call-me", false),
            ("mailto:nobody", false),
            ("MECARD:N:x", false),
            ("BEGIN:VCARD\nFN:x", false),
        ] {
            assert_eq!(
                parse(&Input::new(text)).expect(text).valid,
                Some(valid),
                "{text}"
            );
        }
    }
}
