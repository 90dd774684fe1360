//! The forms of what is looked for: numbers in groups, handles, words spelled out, and addresses with an @.

/// Whether two bytes are of one Latin word.
pub(super) fn joins(a: Option<&u8>, b: Option<&u8>) -> bool {
    let is_part = |c: Option<&u8>| c.is_some_and(|c| c.is_ascii_alphanumeric() || *c == b'_');
    is_part(a) && is_part(b)
}

/// Whether a word may begin at `at`.
pub(super) fn is_edge(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    !joins(at.checked_sub(1).and_then(|i| bytes.get(i)), bytes.get(at))
}

/// A row of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group<'t> {
    pub(super) digits: &'t str,
    pub(super) end: usize,
}

/// The most groups that are read: a card number with each digit alone has 19.
const MOST_GROUPS: usize = 24;

/// Digits in groups from `from` on, the groups parted by a space, a dash, a bracket or the like.
pub(super) fn groups(text: &str, from: usize) -> impl Iterator<Item = Group<'_>> {
    let mut at = Some(from);
    std::iter::from_fn(move || {
        let start = at?;
        let rest = text.get(start..)?;
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 {
            return None;
        }
        let end = start + len;
        let is_gap = |b: &u8| matches!(b, b' ' | b'-' | b'.' | b'(' | b')');
        let behind = rest.as_bytes().get(len..).unwrap_or_default();
        let gap = behind.iter().take(3).take_while(|b| is_gap(b)).count();
        at = (gap > 0).then_some(end + gap);
        Some(Group {
            digits: &rest[..len],
            end,
        })
    })
    .take(MOST_GROUPS)
}

/// The first of the groups at `from`, and how many there are of these; there are no more than `N`.
pub(super) fn first_groups<const N: usize>(text: &str, from: usize) -> ([Group<'_>; N], usize) {
    let mut found = [Group { digits: "", end: 0 }; N];
    let places = found.iter_mut().zip(groups(text, from));
    let count = places.map(|(place, group)| *place = group).count();
    (found, count)
}

/// Joins the groups at `from`, of `widest` digits at most where they are several, into the longest
/// number that `fits`. The number, and where it ends.
pub(super) fn number(
    text: &str,
    from: usize,
    widest: usize,
    fits: impl Fn(&str) -> bool,
) -> Option<(String, usize)> {
    let mut joined = String::new();
    let mut best = None;
    for (i, group) in groups(text, from).enumerate() {
        if group.digits.len() > widest && i > 0 || joined.len() > 40 {
            break;
        }
        joined.push_str(group.digits);
        let ends = !text[group.end..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if ends && fits(&joined) {
            best = Some((joined.clone(), group.end));
        }
        if group.digits.len() > widest {
            break;
        }
    }
    best
}

/// The number that ends in front of `at`, with its plus and without its groups, and where it begins.
pub(super) fn number_before(text: &str, at: usize) -> Option<(String, usize)> {
    let before = text.get(..at)?;
    let before = before.trim_end_matches([' ', '(', '[', '/', '-', ':']);
    let part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+');
    let row = before.get(before.trim_end_matches(part).len()..)?;
    let start = before.len() - row.trim_start_matches([' ', '-']).len();
    let signs = before.get(start..)?.chars();
    let number: String = signs.filter(|c| !matches!(c, ' ' | '-')).collect();
    (!number.is_empty() && is_edge(text, start)).then_some((number, start))
}

/// Whether `digits` is of the form `template`, where `#` is any digit and `a-b` at its end is a range of
/// lengths that `#` then stands for.
pub(super) fn fits(template: &str, digits: &str) -> bool {
    let right = |(t, d): (u8, u8)| t == d || t == b'#';
    template.len() == digits.len() && template.bytes().zip(digits.bytes()).all(right)
}

/// A word of letters, digits and `signs` at `from`, without signs at its end but `_`.
pub(super) fn word<'t>(text: &'t str, from: usize, signs: &[u8]) -> &'t str {
    let rest = text.get(from..).unwrap_or_default();
    let len = rest
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || signs.contains(b))
        .count();
    rest[..len].trim_end_matches(['.', '-'])
}

/// Whether a word is longer than those of a language are: an address of a chain, or a token.
pub(super) fn has_long_word(text: &str) -> bool {
    let mut len = 0;
    text.bytes().any(|b| {
        len = if b.is_ascii_alphanumeric() {
            len + 1
        } else {
            0
        };
        len >= 26
    })
}

/// Letters and digits that stand alone one by one, `a b c 1 2 3`, and where they end.
pub(super) fn spelled(text: &str, from: usize) -> Option<(String, usize)> {
    let mut found = String::new();
    let mut end = from;
    let mut bytes = text.as_bytes().get(from..)?.iter().peekable();
    while let Some(b) = bytes.next_if(|b| b.is_ascii_alphanumeric() || **b == b'_') {
        if bytes.peek().is_some_and(|b| b.is_ascii_alphanumeric()) {
            break;
        }
        found.push(char::from(*b));
        end += 1;
        if bytes
            .next_if(|b| matches!(b, b' ' | b'-' | b'.' | b'/' | b'|' | b'*'))
            .is_none()
        {
            break;
        }
        end += 1;
    }
    (found.len() >= 5).then(|| {
        let tail = text.get(from..end).unwrap_or_default();
        (
            found,
            from + tail.trim_end_matches([' ', '-', '.', '/', '|', '*']).len(),
        )
    })
}

/// An address `user@host` around the `@` at `at`: where it begins and ends.
pub(super) fn around_at(text: &str, at: usize) -> Option<(usize, usize)> {
    let is_user = |b: &u8| b.is_ascii_alphanumeric() || b"._%+-".contains(b);
    let is_host = |b: &u8| b.is_ascii_alphanumeric() || b".-".contains(b);
    let before = text.as_bytes().get(..at)?;
    let user = before
        .iter()
        .rev()
        .take(64)
        .take_while(|b| is_user(b))
        .count();
    let after = text.as_bytes().get(at + 1..)?;
    let host = after.iter().take(253).take_while(|b| is_host(b)).count();
    let host = text
        .get(at + 1..at + 1 + host)?
        .trim_end_matches(['.', '-']);
    let whole = text.get(at - user..at)?;
    let start = at - whole.trim_start_matches(['.', '-', '+', '%']).len();
    (start < at && !host.is_empty()).then_some((start, at + 1 + host.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_joined() {
        let eleven = |n: &str| n.len() == 11;
        for (text, found) in [
            ("13800138000", Some("13800138000")),
            ("138 0013 8000", Some("13800138000")),
            ("138-0013-8000 2024", Some("13800138000")),
            ("1 3 8 0 0 1 3 8 0 0 0", Some("13800138000")),
            ("138001380001", None),
            ("13800138000x", None),
            ("138, 00138000", None),
            ("", None),
        ] {
            let number = number(text, 0, 4, eleven).map(|(n, _)| n);
            assert_eq!(number.as_deref(), found, "{text}");
        }
        assert!(fits("01###", "01234") && !fits("01###", "11234") && !fits("#", "12"));
        assert_eq!(groups(&"1 ".repeat(99), 0).count(), MOST_GROUPS);
    }

    #[test]
    fn letters_that_stand_alone_are_joined() {
        assert_eq!(spelled("a b c 1 2 3, so", 0), Some(("abc123".into(), 11)));
        assert_eq!(spelled("a-b-c-1-2-3", 0), Some(("abc123".into(), 11)));
        assert_eq!(spelled("a b see", 0), None);
    }

    #[test]
    fn addresses_are_found_around_their_sign() {
        for (text, found) in [
            ("to a.b@c.example.", Some("a.b@c.example")),
            ("@c", None),
            ("a@", None),
            ("@", None),
        ] {
            let at = text.find('@').unwrap();
            let range = around_at(text, at);
            assert_eq!(range.map(|(s, e)| &text[s..e]), found, "{text}");
        }
    }
}
