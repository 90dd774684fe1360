//! What stands behind a word that asks for something: the filling between the two, numbers in groups,
//! handles, and addresses with an @.

use std::sync::LazyLock;

/// Words between a name of a place and what is to be found there; no sentence has a number behind them
/// by chance. Those of the first row tell that what follows is an account.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "号码", "號碼", "账号", "帐号", "賬號", "帳號", "账户", "号", "號", "同号", "同步", "是", "为",
    "為", "id", "no", "nº", "number", "num", "username", "user", "handle", "はこちら", "アカウント",
    "番号", "아이디", "번호", "계정", "추가", "친추", "주소", "주문", "예약", "문의", "ไอดี", "เบอร์", "คือ", "नंबर", "नम्बर", "आईडी", "número",
    "numero", "núm", "usuario", "usuário", "contato", "contacto", "nomor", "номер", "ник", "số", "sđt",
    "chave", "key", "acc", "a/c", "account", "addr", "address", "地址", "搜索", "搜 索", "搜", "is", "é",
    "es", "同手机", "同手机号", "手机同号", "同微信", "nr", "nummer", "numéro", "num.", "n°", "номеру",
    "по номеру", "নম্বর", "নাম্বার", "رقم", "رقم الهاتف", "interbancaria", "tài khoản", "esse aqui",
    "este", "esse",
];
#[rustfmt::skip]
const FILLING: &[&str] = &[
    "o meu", "é o", "é o meu", "o nosso", "a minha", "meu", "minha", "mi", "канал", "группа", "频道",
    "群组", "채널", "チャンネル", "grupo", "canal", "group", "联系", "咨询", "请", "加我", "加", "我",
    "群", "裙", "也", "都", "客服", "老师", "本人", "官方", "唯一", "や", "は", "の", "を", "で", "로",
    "은", "는", "ของ", "ที่", "นะ", "पर", "से", "का", "को", "us", "me", "my", "on", "do", "da", "no",
    "de", "el", "al", "la", "via", "para", "pelo", "personal", "agent", "merchant", "send", "money",
    "official", "channel", "business", "only", "oficial", "di", "ke", "în", "cho", "đến", "cpf",
    "cnpj", "celular", "cel", "telefone", "tel", "phone", "mobile", "email", "e-mail", "mail",
    "correo", "aleatória", "aleatoria", "tag", "name", "upi", "vpa", "pay", "bhim", "cùng", "at", "to",
    "le", "au", "il", "by", "now", "today", "or", "and", "direct", "anytime", "ngay", "já", "agora",
    "ahora", "hoy", "aqui", "aquí", "abaixo", "vendedor", "gente", "loja", "copia", "copie", "pedidos",
    "ventas", "compras", "encomendas", "orders", "info", "consultas", "reservas",
    "wallet", "ewallet", "e-wallet", "karo", "करें", "कर", "पर्सनल", "পার্সোনাল", "এজেন্ট",
    "по", "на", "注文", "予約", "お問い合わせ", "بنا", "على", "واتساب", "nosotros", "page", "profile",
    "only", "please", "pls", "here",
];

/// Signs between the two. A comma or a full stop ends what was said before.
fn is_sign(c: char) -> bool {
    matches!(
        c,
        ' ' | '-'
            | '='
            | '>'
            | '→'
            | '➡'
            | '~'
            | '('
            | ')'
            | '['
            | ']'
            | '【'
            | '】'
            | '「'
            | '」'
            | '“'
            | '”'
            | '"'
            | '\''
            | '《'
            | '》'
            | '<'
            | '*'
            | '/'
            | '|'
            | '_'
            | '…'
            | '#'
            | '丨'
            | '•'
    )
}

fn is_telling_sign(c: char) -> bool {
    matches!(
        c,
        ':' | ';'
            | '='
            | '👉'
            | '👇'
            | '→'
            | '➡'
            | '➜'
            | '➤'
            | '►'
            | '▶'
            | '☞'
            | '↓'
            | '⬇'
            | '📲'
            | '📱'
            | '☎'
            | '📞'
            | '∶'
            | '︰'
            | '꞉'
    )
}

/// What lies between a cue and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lead {
    /// Where the value begins.
    pub(super) end: usize,
    /// Whether something says that a value follows, such as a colon.
    pub(super) told: bool,
}

/// Skips signs and filling from `from` on. `lower` is in small letters.
pub(super) fn lead(lower: &str, from: usize) -> Lead {
    let mut lead = Lead {
        end: from,
        told: false,
    };
    for _ in 0..12 {
        lead.end += stop(lower, lead.end);
        let rest = lower.get(lead.end..).unwrap_or_default();
        let signs = rest
            .find(|c| !is_sign(c) && !is_telling_sign(c))
            .unwrap_or(rest.len());
        lead.told |= rest[..signs].contains(is_telling_sign);
        lead.end += signs;
        let rest = &rest[signs..];
        let Some((word, tells)) = word_of(rest) else {
            break;
        };
        lead.told |= tells;
        lead.end += word;
    }
    lead
}

/// Words that are written with a full stop at their end.
const SHORT: &[&str] = &[
    "tel",
    "telp",
    "no",
    "nr",
    "num",
    "núm",
    "ph",
    "mob",
    "cel",
    "acc",
    "โทร",
    "тел",
    "hp",
    "rek",
    "ном",
    "tlf",
    "fone",
    "hub",
    "a.n",
    "a/n",
    "id",
    "st",
];

/// The length of what a short word before `at` has at its end, and of an `@` that stands alone.
fn stop(lower: &str, at: usize) -> usize {
    let rest = lower.as_bytes().get(at..).unwrap_or_default();
    match rest {
        [b'@', b' ', ..] => 1,
        [b' ', b'@', b' ', ..] => 2,
        [b'.', b' ' | b':' | b'0'..=b'9' | b'+' | b'(' | b'-', ..] => {
            let before = lower.get(..at).unwrap_or_default();
            let is_end = |word: &&&str| {
                before.ends_with(**word) && is_edge(before, before.len() - word.len())
            };
            usize::from(SHORT.iter().any(|word| is_end(&word)))
        }
        _ => 0,
    }
}

/// The words between the two by their first byte, each with whether it tells.
static BETWEEN: LazyLock<Vec<Vec<(&str, bool)>>> = LazyLock::new(|| {
    let mut table = vec![Vec::new(); 256];
    let words = TELLING.iter().map(|word| (*word, true));
    for (word, tells) in words.chain(FILLING.iter().map(|word| (*word, false))) {
        let first = word.bytes().next().map(usize::from);
        if let Some(row) = first.and_then(|first| table.get_mut(first)) {
            row.push((word, tells));
        }
    }
    table
});

/// The length of the word that `text` begins with, the longest of those that tell or else of the others.
fn word_of(text: &str) -> Option<(usize, bool)> {
    let first = text.bytes().next()?;
    let row = BETWEEN.get(usize::from(first))?;
    row.iter()
        .filter(|(word, _)| text.starts_with(word) && !goes_on(text.as_bytes(), word.len()))
        .map(|(word, tells)| (word.len(), *tells))
        .max_by_key(|(len, tells)| (*tells, *len))
}

/// Whether the Latin word that ends in front of `at` goes on: `pay` is none of `pay@a.example`.
fn goes_on(text: &[u8], at: usize) -> bool {
    let last = at.checked_sub(1).and_then(|i| text.get(i));
    let next = text.get(at);
    joins(last, next)
        || next == Some(&b'@')
        || next == Some(&b'.') && text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
}

/// Whether two bytes are of one Latin word.
fn joins(a: Option<&u8>, b: Option<&u8>) -> bool {
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
    fn filling_is_skipped() {
        for (text, rest, told) in [
            ("：x", "：x", false),
            (": x", "x", true),
            ("号码是 x", "x", true),
            (" x", "x", false),
            (", x", ", x", false),
            (" id: x", "x", true),
            (" idol", "idol", false),
            (" no. 1", "1", true),
            (" me @ +1", "+1", false),
            (" me. 1", ". 1", false),
            ("联系我👉x", "x", true),
            ("", "", false),
        ] {
            let lead = lead(text, 0);
            assert_eq!((&text[lead.end..], lead.told), (rest, told), "{text}");
        }
    }

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
