//! Links in the free text of cards, messages and dates: what a viewer is led to by way of them.

use super::{Category, Depth, PLAIN, Payload, contact, local, read};

/// How many are looked at, and as many words that may be one.
const MOST: usize = 8;

/// What ends a link in a sentence, white space aside.
const ENDS: &[char] = &[
    '"', '<', '>', '`', '，', '。', '；', '！', '？', '、', '（', '）', '「', '」', '【', '】',
    '《', '》',
];

/// What may stand after a link without being part of it.
const AFTER: &[char] = &['.', ',', ';', ':', '!', '?', ')', ']', '\''];

/// Has `payload` lead where `texts` do: to the first link in them that pays, or leads to somebody, else to the first of
/// all, and to the others besides.
pub(super) fn lead<'a>(payload: &mut Payload, texts: impl IntoIterator<Item = &'a str>) {
    let (mut links_left, mut words_left) = (MOST, MOST);
    let mut found: Vec<(&str, bool)> = Vec::new();
    for text in texts {
        let mut links = links(text);
        for link in links.by_ref().take(links_left) {
            links_left -= 1;
            found.push((link, true));
        }
        let mut is_full = links.next().is_some();
        if let Some(word) = word(text) {
            if words_left > 0 {
                words_left -= 1;
                found.push((word, false));
            } else {
                is_full = true;
            }
        }
        if is_full {
            payload.also_unknown();
            break;
        }
    }
    let tells = |(text, is_link): &&(&str, bool)| {
        // What may hold a text itself is not opened here, or texts in texts would have no end.
        if contact::begins(text) || local::is_date(text) {
            return true;
        }
        let payload = read(text, Depth::NONE);
        payload.category != Category::Other && (*is_link || payload.scheme != PLAIN.id)
    };
    let best = match found.as_slice() {
        [one @ (_, true)] => Some(one),
        more => more
            .iter()
            .find(tells)
            .or_else(|| more.iter().find(|(_, is_link)| *is_link)),
    };
    let others = found.iter().filter(|one| Some(*one) != best);
    for (text, _) in others.filter(|one| one.1 || tells(one)) {
        payload.also_to(text);
    }
    payload.fields.target = best.map(|(text, _)| (*text).to_owned());
}

/// The links in `text`, in their order.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let mut left = text;
    std::iter::from_fn(move || {
        loop {
            let at = left.find("://")?;
            let in_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
            let begin = left[..at].trim_end_matches(in_scheme).len();
            let (_, link) = left.split_at_checked(begin)?;
            let ends = |c: char| c.is_whitespace() || c.is_control() || ENDS.contains(&c);
            let (link, rest) = link.split_at_checked(link.find(ends).unwrap_or(link.len()))?;
            left = rest;
            if begin < at {
                return Some(link.trim_end_matches(AFTER));
            }
        }
    })
}

/// The whole of `text`, where it is one word, and no link with an authority.
fn word(text: &str) -> Option<&str> {
    let text = text.trim();
    let is = text.len() >= 8 && !text.contains("://") && !text.contains(char::is_whitespace);
    is.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::super::{Depth, empty};
    use super::*;

    /// Where `texts` lead, and the others.
    fn led<'a>(texts: impl IntoIterator<Item = &'a str>) -> (Option<String>, Vec<String>) {
        let mut payload = empty(PLAIN);
        lead(&mut payload, texts);
        let others = payload.others().iter().map(|other| other.text.clone());
        let others = others.collect();
        (payload.fields.target, others)
    }

    #[test]
    fn links_in_sentences_are_found() {
        for (text, link) in [
            ("", None),
            ("no link :// here", None),
            (
                "see https://a.example/x, or call",
                Some("https://a.example/x"),
            ),
            ("看（https://a.example/x）吧", Some("https://a.example/x")),
            (
                "加我https://u.wechat.com/OurOwn",
                Some("https://u.wechat.com/OurOwn"),
            ),
            (
                "https://a.example then https://wa.me/15550100.",
                Some("https://wa.me/15550100"),
            ),
            (
                "wxp://f2f0OurOwnToken0123456789",
                Some("wxp://f2f0OurOwnToken0123456789"),
            ),
            ("tel:+15550100", Some("tel:+15550100")),
            ("Tuesday-afternoon", None),
        ] {
            assert_eq!(led([text]).0.as_deref(), link, "{text}");
        }
        let words = ["https://a.example", "https://wa.me/1", "Tuesday-afternoon"];
        let (first, others) = led(words.into_iter().chain(["tel:+15550100"]));
        assert_eq!(first.as_deref(), Some("https://wa.me/1"));
        assert_eq!(others, ["https://a.example", "tel:+15550100"]);
        assert_eq!(links(&"://".repeat(1000)).count(), 0);
    }

    #[test]
    fn more_links_than_are_looked_at_are_told_of() {
        for (links, words, more) in [
            (MOST, MOST, false),
            (MOST + 1, 0, true),
            (0, MOST + 1, true),
        ] {
            let mut payload = empty(PLAIN);
            let text = "https://a.example ".repeat(links);
            lead(
                &mut payload,
                [text.as_str()].into_iter().chain(vec!["afternoon"; words]),
            );
            assert_eq!(payload.may_name_others(), more, "{links} {words}");
        }
    }

    /// Each is a message that holds the rest.
    #[test]
    fn texts_in_texts_end() {
        for begin in [
            "smsto:1:",
            "sms:1?body=",
            "mailto:a@b.example?body=",
            "MECARD:NOTE:",
            "MEMORY:",
            "MEBKM:URL:",
            "BEGIN:VCARD\\nNOTE:",
            "BEGIN:VEVENT\\nURL:",
        ] {
            let payload = crate::payload::parse_str(&begin.repeat(7_000 / begin.len()));
            assert!(payload.chain().count() <= Depth::WHOLE.links + 1, "{begin}");
        }
    }
}
