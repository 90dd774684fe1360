//! What stands behind a word that asks for something: the filling between the two, numbers in groups,
//! handles, and addresses with an @.

/// Words between a name of a place and what is to be found there; no sentence has a number behind them
/// by chance. Those of the first row tell that what follows is an account.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "号码", "號碼", "账号", "帐号", "賬號", "帳號", "账户", "号", "號", "同号", "同步", "是", "为",
    "為", "id", "no", "nº", "number", "num", "username", "user", "handle", "はこちら", "アカウント",
    "番号", "아이디", "번호", "계정", "ไอดี", "เบอร์", "คือ", "नंबर", "नम्बर", "आईडी", "número",
    "numero", "núm", "usuario", "usuário", "contato", "contacto", "nomor", "номер", "ник", "số", "sđt",
    "chave", "key", "acc", "a/c", "account", "addr", "address", "地址", "搜索", "搜", "at", "to", "is",
    "é", "es",
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
    "correo", "aleatória", "aleatoria", "tag", "name", "upi", "vpa", "pay", "bhim", "cùng",
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
        let rest = lower.get(lead.end..).unwrap_or_default();
        let signs = rest
            .find(|c| !is_sign(c) && !is_telling_sign(c))
            .unwrap_or(rest.len());
        lead.told |= rest[..signs].contains(is_telling_sign);
        lead.end += signs;
        let rest = &rest[signs..];
        if let Some(word) = word_of(TELLING, rest) {
            lead.told = true;
            lead.end += word;
        } else if let Some(word) = word_of(FILLING, rest) {
            lead.end += word;
        } else {
            break;
        }
    }
    lead
}

/// The length of the longest of `words` that `text` begins with.
fn word_of(words: &[&str], text: &str) -> Option<usize> {
    let first = *text.as_bytes().first()?;
    words
        .iter()
        .filter(|word| word.as_bytes().first() == Some(&first) && text.starts_with(**word))
        .map(|word| word.len())
        .filter(|len| !goes_on(text.as_bytes(), *len))
        .max()
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
pub(super) fn groups(text: &str, from: usize) -> Vec<Group<'_>> {
    let mut found = Vec::new();
    let mut at = from;
    while found.len() < MOST_GROUPS {
        let rest = text.get(at..).unwrap_or_default();
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 {
            break;
        }
        at += len;
        found.push(Group {
            digits: &rest[..len],
            end: at,
        });
        let rest = &rest[len..];
        let gap = rest
            .bytes()
            .take(3)
            .take_while(|b| matches!(b, b' ' | b'-' | b'.' | b'(' | b')'))
            .count();
        if gap == 0 {
            break;
        }
        at += gap;
    }
    found
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
    for (i, group) in groups(text, from).iter().enumerate() {
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
        assert_eq!(groups(&"1 ".repeat(99), 0).len(), MOST_GROUPS);
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
