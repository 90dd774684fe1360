//! Words that say where a line comes from or what it is about, wherever in it they stand: its country,
//! the app that it was copied out of. Found in one pass, parts of other words too.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hint {
    India,
    Vietnam,
    Brazil,
    /// A country that is none of those that are told apart.
    Elsewhere,
    Indonesia,
    Taobao,
    Jd,
    /// A text is to be copied.
    Copy,
    Douyin,
    /// Another app whose texts hold a link.
    Share,
    /// An app is to be opened.
    Open,
    /// A bank of China.
    Bank,
}

/// How many hints there are.
const COUNT: usize = Hint::Bank as usize + 1;

#[rustfmt::skip]
const WORDS: &[(Hint, &[&str])] = &[
    (Hint::India, &["₹", "india", "mumbai", "delhi"]),
    (Hint::Vietnam, &["zalo", "za lo", "sdt"]),
    (
        Hint::Brazil,
        &[
            "zap", "chame", "chama", "ligue", "telefone", "fone", "pedido", "celular", "contato",
            "encomend", "compre", "fale", "whats ", "whats:", "wpp",
        ],
    ),
    (
        Hint::Elsewhere,
        &[
            "llama", "llám", "móvil", "teléfono", "escríb", "appelez", "téléphone", "tél", "anrufen",
            "chiama", "zadzwoń", "arayın", "sipariş", "nosotros",
        ],
    ),
    (
        Hint::Indonesia,
        &[
            "hubungi", "telepon", "telp", "pesan", "no hp", "hp:", "nomor", "kontak",
        ],
    ),
    (Hint::Taobao, &["淘", "tao", "天猫", "tb.cn", "桃宝"]),
    (Hint::Jd, &["京东", "jd", "复制", "打开"]),
    (Hint::Copy, &["复制", "複製", "复·制", "长按", "发布了一篇"]),
    (Hint::Douyin, &["抖音", "v.douyin.com"]),
    (
        Hint::Share,
        &[
            "快手", "kuaishou", "小红书", "xhslink", "微视", "拼多多", "京东", "得物",
        ],
    ),
    (Hint::Open, &["打开", "打開", "此条消息", "此消息", "链接", "笔记"]),
    (Hint::Bank, &["开户", "户名", "银行", "支行"]),
];

struct Lexicon {
    words: AhoCorasick,
    /// What each word says: 京东 is an app, and tells what signs mean.
    hints: Vec<Vec<Hint>>,
}

/// The words are constants: where they make no automaton, a test fails, and nothing is found.
static LEXICON: LazyLock<Option<Lexicon>> = LazyLock::new(|| {
    let mut said: BTreeMap<&str, Vec<Hint>> = BTreeMap::new();
    for (hint, words) in WORDS {
        for word in *words {
            said.entry(word).or_default().push(*hint);
        }
    }
    let words = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::DFA))
        .build(said.keys())
        .ok()?;
    let hints = said.into_values().collect();
    Some(Lexicon { words, hints })
});

/// For each hint where the first of its words begins.
pub(super) struct Hints([Option<usize>; COUNT]);

impl Hints {
    /// The hints of a line in small letters.
    pub(super) fn of(lower: &str) -> Self {
        let mut first = [None; COUNT];
        if let Some(lexicon) = LEXICON.as_ref() {
            for found in lexicon.words.find_iter(lower) {
                let hints = lexicon.hints.get(found.pattern().as_usize());
                for hint in hints.into_iter().flatten() {
                    if let Some(place) = first.get_mut(*hint as usize) {
                        place.get_or_insert(found.start());
                    }
                }
            }
        }
        Self(first)
    }

    pub(super) fn first(&self, hint: Hint) -> Option<usize> {
        self.0.get(hint as usize).copied().flatten()
    }

    pub(super) fn has(&self, hint: Hint) -> bool {
        self.first(hint).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_found_wherever_they_stand() {
        assert!(LEXICON.is_some());
        let hints = Hints::of("看 v.douyin.com，复制打开京东");
        assert_eq!(hints.first(Hint::Douyin), Some(4));
        assert_eq!(hints.first(Hint::Copy), hints.first(Hint::Jd));
        assert!(hints.has(Hint::Open) && hints.has(Hint::Share));
        assert!(!hints.has(Hint::Brazil));
    }
}
