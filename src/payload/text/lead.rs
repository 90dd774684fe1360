//! What stands between a word that asks for something and its value: signs, and words that only fill.

use std::sync::LazyLock;

use super::scan;

/// Words between a name of a place and what is to be found there; no sentence has a number behind them
/// by chance. Those of the first row tell that what follows is an account.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "号码", "號碼", "账号", "帐号", "賬號", "帳號", "账户", "号", "號", "同号", "同步", "是", "为", "為", "id", "no", "nº",
    "number", "num", "username", "user", "handle", "はこちら", "アカウント", "番号", "아이디", "번호", "계정", "추가",
    "친추", "주소", "주문", "예약", "문의", "ไอดี", "เบอร์", "คือ", "नंबर", "नम्बर", "आईडी", "número",
    "numero", "núm", "usuario", "usuário", "contato", "contacto", "nomor", "номер", "ник", "số",
    "sđt", "chave", "key", "acc", "a/c", "account", "addr", "address", "地址", "搜索", "搜 索", "搜", "is",
    "é", "es", "同手机", "同手机号", "手机同号", "同微信", "nr", "nummer", "numéro", "num.", "n°", "номеру",
    "по номеру", "নম্বর", "নাম্বার", "رقم", "رقم الهاتف", "interbancaria", "tài khoản", "esse aqui",
    "este", "esse", "抖音同号", "快手同号", "同名", "नं", "नं.", "নং",
];
#[rustfmt::skip]
const FILLING: &[&str] = &[
    "o meu", "é o", "é o meu", "o nosso", "a minha", "meu", "minha", "mi", "канал", "группа", "频道",
    "群组", "채널", "チャンネル", "grupo", "canal", "group", "联系", "咨询", "请", "加我", "加", "我", "群", "裙", "也",
    "都", "客服", "老师", "本人", "官方", "唯一", "や", "は", "の", "を", "で", "로", "은", "는", "ของ", "ที่", "นะ",
    "पर", "से", "का", "को", "us", "me", "my", "on", "do", "da", "no", "de", "el", "al", "la", "via",
    "para", "pelo", "personal", "agent", "merchant", "send", "money", "official", "channel",
    "business", "only", "oficial", "di", "ke", "în", "cho", "đến", "cpf", "cnpj", "celular", "cel",
    "telefone", "tel", "phone", "mobile", "email", "e-mail", "mail", "correo", "aleatória",
    "aleatoria", "tag", "name", "upi", "vpa", "pay", "bhim", "cùng", "at", "to", "le", "au", "il",
    "by", "now", "or", "and", "direct", "anytime", "ngay", "já", "agora", "ahora", "hoy",
    "aqui", "aquí", "abaixo", "vendedor", "gente", "loja", "copia", "copie", "pedidos", "ventas",
    "compras", "encomendas", "orders", "info", "consultas", "reservas", "wallet", "ewallet",
    "e-wallet", "karo", "करें", "कर", "पर्सनल", "পার্সোনাল", "এজেন্ট", "по", "на", "注文", "予約",
    "お問い合わせ", "بنا", "على", "واتساب", "nosotros", "page", "profile", "please", "pls", "here", "群主",
    "店主", "老板", "主播", "店长", "小编", "助理", "小助理", "长按复制", "点击复制", "长按", "复制", "เลย", "ด่วน", "ได้ที่",
    "ได้เลย", "มาที่", "করুন", "apple pay", "apple cash", "o", "сбера", "сбербанка", "сбер", "visa",
    "mastercard", "мир", "聊", "聊聊", "在这里", "这里", "追加", "ko", "ku", "فقط", "sms", "交流",
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
    /// Whether there are words between the two that are not known.
    pub(super) far: bool,
}

impl Lead {
    /// Both of them in a row.
    pub(super) fn then(self, next: Self) -> Self {
        Self {
            end: next.end,
            told: self.told || next.told,
            far: self.far || next.far,
        }
    }
}

/// Skips signs and filling from `from` on. `lower` is in small letters.
pub(super) fn skip(lower: &str, from: usize) -> Lead {
    let mut lead = Lead {
        end: from,
        told: false,
        far: false,
    };
    for _ in 0..12 {
        lead.end += stop(lower, lead.end);
        let rest = lower.get(lead.end..).unwrap_or_default();
        let signs = rest
            .find(|c| !is_sign(c) && !is_telling_sign(c))
            .unwrap_or(rest.len());
        let between = &rest[..signs];
        lead.told |=
            between.contains(is_telling_sign) || between.contains("->") || between.contains("=>");
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

/// What is told of the app itself in front of a colon: 微信在线人数：1234567.
#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "数", "量", "人", "户", "价", "费", "版", "分", "额", "期", "日", "天", "排", "榜", "活", "峰", "强",
    "ผู้ใช้", "사용자", "利用者",
];

/// The most letters that are passed over in search of a colon.
const FAR: usize = 10;

/// Where a sign that tells stands behind a few words of another script than Latin that are not known:
/// `VX（同抖音）：...`.
pub(super) fn sign_behind(lower: &str, from: usize) -> Option<usize> {
    let rest = lower.get(from..)?;
    // Latin words would be those of a sentence: `WhatsApp record: 1234567890`.
    let ends = |c: char| c.is_ascii_alphanumeric() || ",.;!?、。@$+_".contains(c);
    let (at, _) = rest
        .char_indices()
        .take(FAR)
        .take_while(|(_, c)| !ends(*c))
        .find(|(_, c)| is_telling_sign(*c))?;
    let words = rest.get(..at)?;
    let counted = COUNTED.iter().any(|word| words.contains(word));
    (!counted).then_some(from + at)
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
                before.ends_with(**word) && scan::is_edge(before, before.len() - word.len())
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
    scan::joins(last, next)
        || next == Some(&b'@')
        || next == Some(&b'.') && text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
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
            let lead = skip(text, 0);
            assert_eq!((&text[lead.end..], lead.told), (rest, told), "{text}");
        }
    }
}
