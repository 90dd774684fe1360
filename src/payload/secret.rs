//! Secrets that must not leave with the payload: nobody who judges a code needs the words of a wallet, and
//! whoever reads our records shall not have them. What stands in their place tells two of them apart.

use std::borrow::Cow;

use super::Payload;
use super::crypto::secrets;
use super::input::decode;
use crate::ids;

/// The sign of a payload with a secret.
const SIGN: &str = "secret";

/// Parameters of a key of an authenticator that are none.
const OPEN: &[&str] = &["issuer", "algorithm", "digits", "period", "counter"];

/// As many parameters of such a key are looked at; the mark stands for the others.
const MOST: usize = 16;
/// The letters of the longest name of such a parameter, `algorithm`. What is longer may be the secret.
const LONGEST_KEY: usize = 9;

/// Takes the secrets out of `payload` and what is nested in it.
pub(super) fn conceal(payload: &mut Payload) {
    if payload.flags.contains(&SIGN) {
        hide(payload);
    }
}

/// `line` without the secrets that stand in it as they are, and whether there was one.
pub(super) fn conceal_in(line: &str) -> (Cow<'_, str>, bool) {
    /// As many are looked for. Whoever shows more has none of them on a wallet.
    const MOST: usize = 4;
    let mut shown = Cow::Borrowed(line);
    for _ in 0..MOST {
        let Some(place) = secrets::find_in(&shown) else {
            break;
        };
        let mark = mark(&shown[place.clone()]);
        shown.to_mut().replace_range(place, &mark);
    }
    let found = matches!(shown, Cow::Owned(_));
    (shown, found)
}

/// The text of `payload` as it was and as it is now, where it holds a secret.
fn hide(payload: &mut Payload) -> Option<(String, String)> {
    if !payload.flags.contains(&SIGN) {
        return None;
    }
    let inner = payload.nested.as_deref_mut().and_then(hide);
    let others = payload.others.found.iter_mut();
    let beside = others.filter_map(hide).count() > 0;
    let old = payload.text.trim().to_owned();
    let new = match (payload.scheme, &inner) {
        ("otpauth" | "otpauth-migration", _) => key(&old),
        // Up to the account, all of it is the secret.
        ("shadowsocks-proxy", _) => match old.find("://") {
            Some(at) => format!("{}{}", &old[..at + 3], mark(&old)),
            None => mark(&old),
        },
        // Nobody knows where in the text the others stand.
        _ if beside => mark(&old),
        (_, Some((was, is))) if old.contains(was.as_str()) => old.replace(was.as_str(), is),
        (_, Some(_)) => wrapper(&old),
        // The secret itself.
        _ => mark(&old),
    };
    let fields = &mut payload.fields;
    if let Some((was, is)) = &inner {
        for field in [
            &mut fields.payee,
            &mut fields.payee_name,
            &mut fields.reference,
        ]
        .into_iter()
        .flatten()
        .filter(|field| field.contains(was.as_str()))
        {
            *field = field.replace(was.as_str(), is);
        }
        // It is what is nested.
        fields.target = fields.target.is_some().then(|| is.clone());
    }
    payload.say(new.clone());
    Some((old, new))
}

/// A link that writes the secret in escapes of its own: whose page it is stays, where nothing else can stand there.
fn wrapper(whole: &str) -> String {
    let mark = mark(whole);
    let page = whole.split_once(['?', '#']).map(|(page, _)| page);
    let page = page.and_then(|page| Some((page, page.split_once("://")?.1)));
    match page {
        Some((page, place)) if !place.contains([':', '%', '@']) => format!("{page}?{mark}"),
        _ => mark,
    }
}

/// What stands for the secret in `whole`: another one for another secret.
fn mark(whole: &str) -> String {
    /// Too few digits to find what is hard to guess, and enough to tell apart.
    const DIGITS: usize = 12;
    format!("***{}", &ids::sha256(whole.as_bytes())[..DIGITS])
}

/// A key of an authenticator without the values of all that is not known to be open.
fn key(whole: &str) -> String {
    let mark = mark(whole);
    let (head, query) = whole.split_once('?').unwrap_or((whole, ""));
    if query.is_empty() || head.to_ascii_lowercase().contains(SIGN) {
        // All that is known of it is its kind.
        let kind = head.find("://").map_or(0, |at| at + 3);
        return format!("{}{mark}", &head[..kind]);
    }
    let mut given = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<Cow<'_, str>> = given
        .by_ref()
        .take(MOST)
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) if is_open(key) && is_plain(value) => pair.into(),
            Some((key, _)) if key.len() <= LONGEST_KEY => format!("{key}={mark}").into(),
            _ => mark.as_str().into(),
        })
        .collect();
    if given.next().is_some() {
        pairs.push(mark.as_str().into());
    }
    format!("{head}?{}", pairs.join("&"))
}

/// Whether no parameter that somebody has written wrong is in `value`, in escapes or not.
fn is_plain(value: &str) -> bool {
    !value.contains(char::is_whitespace) && !decode(value).contains(['?', ';', '=', '&', '#', '%'])
}

fn is_open(key: &str) -> bool {
    OPEN.iter().any(|open| key.eq_ignore_ascii_case(open))
}

#[cfg(test)]
mod tests {
    use crate::destination;
    use crate::payload::{Payload, find_in_line, parse_line, parse_str};

    /// All that leaves the program of a payload.
    fn said(payload: &Payload) -> String {
        format!("{payload:?} {}", destination::of(payload).key)
    }

    const WORDS: &str = "egg food margin caught draw owner universe blush edge duty lady brush";
    const KEY: &str = "L4ErTcKUJShyK5AuFMp12eCsHXCZDbYYehzKHn2rorrrLbYqjQcP";

    #[test]
    fn no_secret_leaves() {
        for (text, secret) in [
            (WORDS, "margin"),
            (
                "EGG, FOOD, MARGIN, CAUGHT, DRAW, OWNER, UNIVERSE, BLUSH, EDGE, DUTY, LADY, BRUSH",
                "MARGIN",
            ),
            ("056607261087029105311265190201960562054809960233", "1087"),
            (KEY, "KUJShy"),
            (
                "otpauth://totp/Ours:jo?secret=GEZDGNBVGY3TQOJQ&issuer=Ours",
                "GEZDGN",
            ),
            (
                "otpauth://totp/Ours:jo?x=GEZDGNBVGY3TQOJQ&secret=GEZDGNBVGY3TQOJQ#GEZDGN",
                "GEZDGN",
            ),
            (
                "otpauth://totp/jo?issuer=Ours;secret=GEZDGNBVGY3TQOJQ",
                "GEZDGN",
            ),
            (
                "otpauth://totp/jo?issuer=Ours%3Bsecret%3DGEZDGNBVGY3TQOJQ",
                "GEZDGN",
            ),
            (
                "otpauth://totp/jo?issuer=Ours?secret=GEZDGNBVGY3TQOJQ",
                "GEZDGN",
            ),
            (
                "otpauth://totp/jo?secret=GEZDGNBVGY3TQOJQ&GEZDGNBVGY3TQOJQ=",
                "GEZDGN",
            ),
            ("otpauth://totp/jo&secret=GEZDGNBVGY3TQOJQ", "GEZDGN"),
            (
                "otpauth://totp/jo&secret=GEZDGNBVGY3TQOJQ?issuer=Ours",
                "GEZDGN",
            ),
            ("OTPAUTH://TOTP/JO?SECRET=GEZDGNBVGY3TQOJQ", "GEZDGN"),
            (
                "otpauth-migration://offline?data=CgkKBU9VUlMxEgA%3D",
                "CgkKBU9",
            ),
            (
                "phonefactor://activate_account?code=123456789&url=https%3A%2F%2Fa.example",
                "123456789",
            ),
            (
                "ss://YWVzLTI1Ni1nY206b3Vycw@vpn.example:8388#Ours",
                "YWVzLTI1",
            ),
            ("trojan://ours-own@vpn.example:443#Ours", "ours-own"),
            (
                "MEBKM:URL:otpauth\\://totp/jo?secret=GEZDGNBVGY3TQOJQ;;",
                "GEZDGN",
            ),
            (
                "BEGIN:VCARD\nFN:Jo\nTEL:1\nNOTE:otpauth://totp/jo?secret=GEZDGNBVGY3TQOJQ\nEND:VCARD",
                "GEZDGN",
            ),
            (
                "BEGIN:VCARD\nFN:Jo\nTEL:1\nNOTE:otpauth://totp/jo?secret=GEZD\n GNBVGY3TQOJQ\nEND:VCARD",
                "GEZD",
            ),
            (
                "BEGIN:VCARD\nFN:Jo\nTEL:1\nNOTE:https://wa.me/1 otpauth://totp/jo?secret=GEZDGNBVGY3TQOJQ\nEND:VCARD",
                "GEZDGN",
            ),
            (
                "https://www.google.com/url?q=otpauth%3A%2F%2Ftotp%2Fjo%3Fsecret%3DGEZDGNBVGY3TQOJQ",
                "GEZDGN",
            ),
        ] {
            let payload = parse_str(text);
            assert!(payload.flags.contains(&"secret"), "{text}");
            let said = said(&payload);
            assert!(!said.contains(secret), "{said}");
            assert!(said.contains("***"), "{said}");
        }
    }

    #[test]
    fn the_rest_survives() {
        for (text, begins, ends) in [
            (
                "otpauth://totp/Ours:jo?secret=GEZDGNBVGY3TQOJQ&issuer=Ours&digits=6",
                "otpauth://totp/Ours:jo?secret=***",
                "&issuer=Ours&digits=6",
            ),
            ("trojan://ours-own@vpn.example:443#Ours", "trojan://***", ""),
            (
                "MEBKM:TITLE:x;URL:otpauth://totp/jo?secret=GEZDGNBVGY3TQOJQ;;",
                "MEBKM:TITLE:x;URL:otpauth://totp/jo?secret=***",
                ";;",
            ),
            (KEY, "***", ""),
        ] {
            let payload = parse_str(text);
            let said = &payload.text;
            assert!(said.starts_with(begins) && said.ends_with(ends), "{said}");
        }
        let otp = parse_str("otpauth://totp/Ours:jo?secret=GEZDGNBVGY3TQOJQ");
        assert_eq!((otp.scheme, otp.valid), ("otpauth", Some(true)));
        assert_eq!(otp.fields.payee_name.as_deref(), Some("Ours"));
        let proxy = parse_str("trojan://ours-own@vpn.example:443#Ours");
        assert_eq!(proxy.fields.target.as_deref(), Some("vpn.example:443"));
    }

    #[test]
    fn what_stands_for_many_parameters_is_short() {
        for part in ["&", "x&", "a=1&", "secret=GEZDGNBV&"] {
            let text = format!(
                "otpauth://totp/jo?secret=GEZDGNBVGY3TQOJQ&{}",
                part.repeat(1000)
            );
            let said = parse_str(&text).text;
            assert!(
                said.contains("***") && said.len() < 1000,
                "{part}: {}",
                said.len()
            );
        }
    }

    #[test]
    fn two_secrets_are_two_places() {
        let key = |text: &str| destination::of(&parse_str(text)).key;
        let other = WORDS.replace("margin", "market");
        assert_ne!(key(WORDS), key(&other));
        assert_eq!(key(WORDS), key(&format!(" {WORDS}\n")));
        let otp = |secret: &str| key(&format!("otpauth://totp/Ours:jo?secret={secret}"));
        assert_ne!(otp("GEZDGNBVGY3TQOJQ"), otp("GEZDGNBVGY3TQOJR"));
        assert!(otp("GEZDGNBVGY3TQOJQ").starts_with("text:otpauth://totp/Ours:jo?secret=***"));
    }

    #[test]
    fn a_line_keeps_it_too() {
        let line = "scan otpauth://totp/Ours:jo?secret=GEZDGNBVGY3TQOJQ now";
        let found = find_in_line(line);
        assert_eq!(found.len(), 1);
        for payload in [&found[0], &parse_line(line)] {
            assert!(payload.flags.contains(&"secret"), "{payload:?}");
            assert!(!said(payload).contains("GEZDGN"), "{payload:?}");
        }
    }

    #[test]
    fn what_stands_in_a_line_as_it_is_is_taken_out() {
        let numbered: Vec<String> = (1..)
            .zip(WORDS.split(' '))
            .map(|(i, word)| format!("{i}. {word}"))
            .collect();
        let numbered = numbered.join(" ");
        let wrong = WORDS.replace("margin", "market");
        for secret in [WORDS, numbered.as_str(), KEY, wrong.as_str()] {
            for line in [
                format!("my wallet: {secret}"),
                format!("钱包 {secret} ，TG：@abc_shop"),
                format!("{secret} add me on telegram @abc_shop"),
            ] {
                let payload = parse_line(&line);
                assert!(payload.flags.contains(&"secret"), "{line}: {payload:?}");
                let mut all = find_in_line(&line);
                all.push(payload);
                for word in ["universe", "blush", "KUJShy"] {
                    assert!(
                        all.iter().all(|p| !said(p).contains(word)),
                        "{line}: {all:?}"
                    );
                }
            }
        }
        assert_eq!(
            parse_line(&format!("{KEY} TG：@abc_shop")).scheme,
            "text-handle"
        );
        // Words of the list are ordinary words.
        let plain = "the bike and the bread were good, we own a small farm with a lamp and a fence";
        assert_eq!(parse_line(plain).text, plain);
        let eleven = WORDS.replace(" brush", "");
        assert_eq!(parse_line(&eleven).text, eleven);
    }

    #[test]
    fn what_a_link_led_to_keeps_it_too() {
        let link = parse_str("https://bit.ly/OurOwn");
        let payload = link.followed(&["otpauth://totp/jo?secret=GEZDGNBVGY3TQOJQ"], &[], true);
        assert!(payload.flags.contains(&"secret"));
        assert!(!said(&payload).contains("GEZDGN"), "{payload:?}");
    }
}
