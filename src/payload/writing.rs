//! Writing: lines in the picture, and codes that hold no link, or more than one. Whoever scans such a code is shown the
//! text, and does what it asks for.

use std::borrow::Cow;

use url::Url;

use super::{LONGEST_LINE, PLAIN, Payload, WEB, empty, finish, local, raise, secret, text, web};

/// The scheme of networks, whose name is shown to whoever joins.
const NETWORK: &str = "wifi";

/// The scheme of dates.
const DATE: &str = "calendar";

/// How much of a line that is read in pieces two of them share, in bytes: what one of them may have cut, the other one has.
const SHARED: usize = 512;

/// Says what a line of writing in the picture holds: the most serious account, link or token that somebody
/// is asked to use, the first of several. Ordinary sentences are plain text.
pub fn parse_line(line: &str) -> Payload {
    let shown = shown(line);
    let cut = shown.len() < line.len();
    let (shown, secret) = secret::conceal_in(shown);
    let payload = if let Some(found) = text::parse(&shown) {
        found.said_in(shown.into_owned())
    } else {
        let mut plain = empty(PLAIN);
        plain.say(shown.into_owned());
        plain
    };
    let mut payload = finish(payload, &[(cut, "oversize")]);
    if secret {
        // It is no longer there, so that the rest stays as it is.
        raise(&mut payload.flags, "secret");
    }
    payload
}

/// Everything that [`parse_line`] chooses from, in the order in which it stands in the line; each has the
/// part of the line that says it as its text. Empty for ordinary sentences.
pub fn find_in_line(line: &str) -> Vec<Payload> {
    find_all_in_line(line).0
}

/// The same, and whether the line may hold more.
fn find_all_in_line(line: &str) -> (Vec<Payload>, bool) {
    let (shown, _) = secret::conceal_in(shown(line));
    let (mut found, more) = text::find_all(&shown);
    found.iter_mut().for_each(secret::conceal);
    (found, more)
}

/// As much of a line as a picture can show.
fn shown(line: &str) -> &str {
    line.get(..line.floor_char_boundary(LONGEST_LINE))
        .unwrap_or(line)
}

/// `payload`, as which a code was read, or the most serious of what stands in the writing of its text.
pub(super) fn lead_on(payload: Payload) -> Payload {
    let (found, more) = in_code(&payload);
    let mut payload = the_most_serious(payload, found);
    if more {
        payload.also_unknown();
    }
    payload
}

/// `payload` or one of `found`; the others are told beside it.
fn the_most_serious(mut payload: Payload, mut found: Vec<Payload>) -> Payload {
    let Some(best) = (0..found.len()).min_by_key(|at| text::rank(&found[*at])) else {
        return payload;
    };
    let own = serious(&payload);
    let stays = own.is_some_and(|own| own <= text::rank(&found[best]));
    let told = if stays { &payload } else { &found[best] };
    let beside = found.iter().chain(own.map(|_| &payload));
    // Whoever reads it may as well follow another one.
    let others: Vec<Payload> = beside
        .filter(|other| place(other) != place(told))
        .cloned()
        .collect();
    if !stays {
        let mut told = found.swap_remove(best).said_in(payload.text);
        // What only following can tell is said of a link.
        let signs = payload
            .flags
            .iter()
            .filter(|flag| **flag != "needs-resolve");
        signs.for_each(|flag| raise(&mut told.flags, flag));
        payload = told;
    }
    for other in others {
        payload.add(other);
    }
    payload
}

/// What stands in the writing of a code, and whether there may be more of it.
fn in_code(payload: &Payload) -> (Vec<Payload>, bool) {
    let written = written(payload);
    let found = find(&written);
    // Where nothing else is in a code, a name that is no file's needs no sign that a link is meant.
    if found.0.is_empty() && payload.scheme == PLAIN.id && web::is_bare(&written) {
        return find(&format!("https://{written}"));
    }
    found
}

/// How serious it is what `payload` leads to by itself; `None` where that is nowhere.
fn serious(payload: &Payload) -> Option<u8> {
    let last = payload.innermost();
    let nowhere = is_nothing(last) || [NETWORK, DATE].contains(&last.scheme);
    (!nowhere).then(|| text::rank(last))
}

/// Whether `payload` is nothing that anything opens: no scheme has it, or it is the beginning of a link and no link.
fn is_nothing(payload: &Payload) -> bool {
    payload.scheme == PLAIN.id || payload.scheme == WEB.id && payload.url().is_none()
}

/// What of the text of `payload` is writing.
fn written(payload: &Payload) -> Cow<'_, str> {
    let text = payload.text.trim();
    if payload.scheme == NETWORK {
        return payload.fields.payee.as_deref().unwrap_or_default().into();
    }
    if payload.scheme == DATE {
        return local::shown(text).into();
    }
    let url = payload.url();
    if url.is_some_and(|url| matches!(url.scheme(), "http" | "https")) {
        // Browsers take blanks and what follows for a part of the link; people do not.
        let behind = text.split_once(char::is_whitespace);
        return behind.map_or("", |(_, behind)| behind).into();
    }
    // A link of an app that nobody knows (RFC 3986 section 2). One without `//` reads as writing.
    let is_link = url.is_some_and(Url::has_host) && text.bytes().all(|b| b.is_ascii_graphic());
    if is_nothing(payload) && !is_link {
        return text.into();
    }
    "".into()
}

/// What stands in the lines of `written`, and whether there may be more of it.
fn find(written: &str) -> (Vec<Payload>, bool) {
    let mut found = Vec::new();
    let mut more = false;
    for line in written.split(['\n', '\r']) {
        let (mut left, mut begins) = (line, 0);
        while !left.is_empty() {
            let (piece, rest) = left.split_at(left.floor_char_boundary(LONGEST_LINE));
            let next = left.floor_char_boundary(LONGEST_LINE - SHARED);
            let (in_piece, more_in_piece) = find_all_in_line(piece);
            more |= more_in_piece;
            let ends = if rest.is_empty() {
                left.len()
            } else {
                next + SHARED / 2
            };
            // Each piece tells what begins in its part, which it has whole.
            let is_own = |payload: &Payload| {
                let (first, last) = (piece.find(&payload.text), piece.rfind(&payload.text));
                first.is_none_or(|at| at < ends) && last.is_none_or(|at| at >= begins)
            };
            found.extend(in_piece.into_iter().filter(is_own));
            if rest.is_empty() {
                break;
            }
            (left, begins) = (&left[next..], SHARED / 2);
        }
    }
    (found, more)
}

/// What tells one place from another: an account, a host, or all that is said.
fn place(payload: &Payload) -> &str {
    let last = payload.innermost();
    let host = || last.url().and_then(Url::host_str);
    let payee = last.fields.payee.as_deref();
    payee.or_else(host).unwrap_or(&last.text)
}

#[cfg(test)]
mod tests {
    use super::super::{Category, parse_str};
    use super::*;

    #[test]
    fn writing_in_codes_is_read() {
        let event =
            "BEGIN:VEVENT\nSUMMARY:Sale\nDTSTART:20260101\nDESCRIPTION:加微信abc12345\nEND:VEVENT";
        for (text, category, place_of) in [
            ("t.me/our_thief", Category::Contact, "our_thief"),
            ("T.ME/OUR_THIEF", Category::Contact, "OUR_THIEF"),
            ("paypal.me/thief", Category::Payment, "thief"),
            ("请付款 https://paypal.me/thief", Category::Payment, "thief"),
            (
                "www.evil-shop.com/pay",
                Category::Other,
                "www.evil-shop.com",
            ),
            ("evil-shop.cc", Category::Other, "evil-shop.cc"),
            ("微信号：abc12345 加我", Category::Contact, "abc12345"),
            ("Sale!\n\n加微信 abc12345", Category::Contact, "abc12345"),
            (
                "https://example.live/ 加微信 abc12345",
                Category::Contact,
                "abc12345",
            ),
            (
                "https://example.live 加微信 abc12345",
                Category::Contact,
                "abc12345",
            ),
            (
                "https://example.live/\n加微信 abc12345",
                Category::Contact,
                "abc12345",
            ),
            ("examplelive:加微信abc12345", Category::Contact, "abc12345"),
            (
                "examplelive://room/加微信abc12345",
                Category::Contact,
                "abc12345",
            ),
            ("WIFI:S:加微信abc12345;;", Category::Contact, "abc12345"),
            (event, Category::Contact, "abc12345"),
        ] {
            let payload = parse_str(text);
            assert_eq!(payload.category, category, "{text}");
            assert_eq!(place(&payload), place_of, "{text}");
            assert_eq!(payload.text, text);
        }
        let late = format!("{}\n加微信 abc12345", "-".repeat(3 * LONGEST_LINE));
        assert_eq!(place(&parse_str(&late)), "abc12345");
        for across in (0..SHARED + 20).step_by(7).chain(0..20) {
            let late = format!("{} 加微信 abc12345 吧", "-".repeat(LONGEST_LINE - across));
            let payload = parse_str(&late);
            assert_eq!(place(&payload), "abc12345", "{across}");
            assert!(payload.others().is_empty(), "{across}");
        }
    }

    /// What is none makes no link of the platform the only one.
    #[test]
    fn what_was_not_looked_at_may_be_meant() {
        for nothing in ["go.de ", "abc://x ", "1-1 ", "qq vx "] {
            for few in [false, true] {
                let flood = nothing.repeat(if few { 3 } else { 99 });
                for text in [
                    format!("https://example.live/room {flood}"),
                    format!("https://example.live/room\n{flood}"),
                    format!("{flood} t.me/someone_1"),
                ] {
                    assert_eq!(parse_str(&text).may_name_others(), !few, "{text}");
                }
            }
        }
    }

    #[test]
    fn other_codes_stay_what_they_are() {
        for (text, scheme) in [
            ("SN-1234567890ABCDEF", "plain-text"),
            ("订单号 20251124123456", "plain-text"),
            ("SN12345.CC", "plain-text"),
            ("examplelive://room/7?wechat=abc12345", "plain-text"),
            ("note: see you at 8", "plain-text"),
            ("WIFI:T:WPA;S:Home 5G;P:x;;", "wifi"),
            ("https://menu.com/t/red shoes", "web-link"),
            (
                "https://wa.me/15550100?text=Hi, see my-shop.com",
                "whatsapp-contact",
            ),
            (
                "BEGIN:VEVENT\nSUMMARY:Tea\nDTSTART:20260101\nEND:VEVENT",
                "calendar",
            ),
        ] {
            assert_eq!(parse_str(text).scheme, scheme, "{text}");
        }
    }

    /// A right link beside another one is there to be found first.
    #[test]
    fn of_several_places_each_may_be_meant() {
        let many = "https://example.live ".repeat(text::MOST + 1);
        for (text, several) in [
            ("https://example.live/ https://evil-shop.com/", true),
            ("https://evil-shop.com/ https://example.live/", true),
            ("看 https://example.live 或 https://evil-shop.com", true),
            ("https://evil-shop.com/ 加微信 abc12345", true),
            ("https://paypal.me/ours 微信 abc12345", true),
            ("https://example.live/ https://example.live/2", false),
            ("看 https://example.live 直播", false),
            ("加微信 abc12345", false),
            (many.as_str(), true),
        ] {
            let payload = parse_str(text);
            let has_others = !payload.others().is_empty() || payload.may_name_others();
            assert_eq!(has_others, several, "{text}");
        }
    }
}
