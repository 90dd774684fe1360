//! Telephone numbers, messages, mail and address cards: the formats of RFC 3966, RFC 5724, RFC 6068 and
//! RFC 6350, and NTT DoCoMo's, which phones write.

use super::Payload;
use super::input::{Input, decode, strip_prefix_ignore_case};
use super::schemes::Scheme;

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
    ("smsto:", SMS, number),
    ("sms:", SMS, number),
    ("mmsto:", SMS, number),
    ("mms:", SMS, number),
    ("mailto:", EMAIL, address),
    ("MATMSG:", EMAIL, matmsg),
    ("SMTP:", EMAIL, address),
    ("BEGIN:VCARD", VCARD, vcard),
    ("MECARD:", MECARD, mecard),
    ("MEBKM:", BOOKMARK, bookmark),
    ("urlto:", BOOKMARK, titled_url),
];

pub(super) fn parse(input: &Input<'_>) -> Option<Payload> {
    FORMATS.iter().find_map(|(prefix, scheme, read)| {
        let rest = input.after(prefix)?;
        let mut payload = input.payload(*scheme);
        read(rest, &mut payload);
        Some(payload)
    })
}

/// The number in front of a body or of parameters, without the marks that people put between digits.
fn number(rest: &str, payload: &mut Payload) {
    let given = decode(
        rest.trim_start_matches('/')
            .split([':', '?', ';'])
            .next()
            .unwrap_or_default(),
    );
    let number: String = given
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')'))
        .collect();
    let dialled = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '#' | ',');
    payload.valid = Some(!number.is_empty() && number.chars().all(dialled));
    // A code such as *#06# is run and not called.
    if number.contains(['*', '#']) {
        payload.flags.push("ussd");
    }
    payload.fields.payee = some(number);
}

fn address(rest: &str, payload: &mut Payload) {
    let to = decode(rest.split([':', '?', ',']).next().unwrap_or_default());
    payload.valid = Some(is_address(&to));
    payload.fields.payee = some(to);
}

fn is_address(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !text.contains(char::is_whitespace)
    })
}

/// DoCoMo's `KEY:value;` list, `\` before a sign that is meant as such.
fn docomo<'a>(rest: &'a str, key: &str) -> Option<String> {
    let mut escaped = false;
    let items = rest.split(move |c| {
        let ends = c == ';' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    items
        .filter_map(|item: &'a str| strip_prefix_ignore_case(item.trim(), key)?.strip_prefix(':'))
        .find(|value| !value.is_empty())
        .map(unescaped)
}

/// `text` without the `\` that stand before signs.
fn unescaped(text: &str) -> String {
    let mut escaped = false;
    let keep = |c: &char| {
        escaped = *c == '\\' && !escaped;
        !escaped
    };
    text.chars().filter(keep).collect()
}

fn matmsg(rest: &str, payload: &mut Payload) {
    payload.fields.payee = docomo(rest, "TO");
    payload.valid = Some(payload.fields.payee.as_deref().is_some_and(is_address));
}

fn mecard(rest: &str, payload: &mut Payload) {
    payload.fields.payee = docomo(rest, "TEL").or_else(|| docomo(rest, "EMAIL"));
    payload.fields.payee_name = docomo(rest, "N").map(|name| name.replace(',', " "));
    payload.fields.target = docomo(rest, "URL").map(|url| with_scheme(&url));
    payload.valid = Some(rest.ends_with(';'));
}

fn bookmark(rest: &str, payload: &mut Payload) {
    payload.fields.payee_name = docomo(rest, "TITLE");
    payload.fields.target = docomo(rest, "URL").map(|url| with_scheme(&url));
}

/// `urlto:TITLE:URL`.
fn titled_url(rest: &str, payload: &mut Payload) {
    let (title, url) = rest.split_once(':').unwrap_or(("", rest));
    payload.fields.payee_name = some(title.to_owned());
    payload.fields.target = some(url.to_owned()).map(|url| with_scheme(&url));
}

/// Phones open an address without a scheme as a web page.
fn with_scheme(url: &str) -> String {
    if url.contains(':') {
        url.to_owned()
    } else {
        format!("http://{url}")
    }
}

/// RFC 6350: one `NAME;PARAMETER=...:value` a line, folded lines continued after white space.
fn vcard(rest: &str, payload: &mut Payload) {
    let unfolded = rest
        .replace("\r\n ", "")
        .replace("\n ", "")
        .replace("\n\t", "");
    let value = |name: &str| {
        unfolded.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            let key = key.split(';').next()?.rsplit('.').next()?;
            let value = value.trim();
            (key.eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
        })
    };
    let number = value("TEL").map(|tel| tel.trim_start_matches("tel:").to_owned());
    payload.fields.payee = number.or_else(|| value("EMAIL"));
    payload.fields.payee_name = value("FN").or_else(|| value("N"));
    payload.fields.target = value("URL");
    payload.valid = Some(
        unfolded
            .lines()
            .any(|line| line.trim().eq_ignore_ascii_case("END:VCARD")),
    );
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
                Some("Doe Jo"),
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
