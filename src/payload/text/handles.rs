//! Handles and numbers at messengers and social networks that are named in front of them or behind.

use super::super::Payload;
use super::super::schemes::Scheme;
use super::cues::{Cue, Place};
use super::{Findings, Line, phones, scan, to, wechat};

const HANDLE: Scheme = Scheme::named("text-handle");

/// A place that has handles.
pub(super) struct Platform {
    /// Its names, in small letters.
    pub(super) cues: &'static [&'static str],
    /// Whether they mean this and nothing else.
    strong: bool,
    /// Whether a telephone number is a handle there.
    numbers: bool,
}

const fn platform(strong: bool, numbers: bool, cues: &'static [&'static str]) -> Platform {
    Platform {
        cues,
        strong,
        numbers,
    }
}

#[rustfmt::skip]
pub(super) const PLATFORMS: &[Platform] = &[
    platform(
        true,
        true,
        &[
            "whatsapp", "whats app", "whatsap", "watsapp", "watsap", "whatsapp business", "wpp", "w~h~a~t~s~a~p~p", "whats4pp", "wh4tsapp", "whatsaap", "whatapp", "whatsup app", "what app",
            "w/app", "whatts", "zapi", "واتس", "واتسآب", "واتس أب", "واتس آب", "whatsapp no", "z~a~l~o",
            "za lo", "dalo zalo", "ватсапп", "вотсапп", "воцап", "ватс ап", "व्हाट्स एप", "वाट्सएप", "ওয়াটসঅ্যাপ",
            "와츠앱", "왓츠 앱", "ワッツアプリ", "วอทส์แอพ", "วอตส์แอป", "วัตส์แอป", "วอทแอป", "หวอท",
            "whats", "zap", "zapzap", "zap zap", "zapp", "whatssap", "wsp", "wasap", "wassap",
            "guasap", "wasapp", "wathsapp", "ватсап", "вотсап", "вацап", "واتساب", "واتس اب",
            "व्हाट्सएप", "व्हाट्सऐप", "वॉट्सऐप", "व्हाट्सप्प", "হোয়াটসঅ্যাপ", "왓츠앱",
            "ワッツアップ", "วอทแอพ", "viber", "вайбер", "zalo", "imo", "botim", "signal app",
        ],
    ),
    platform(
        false,
        true,
        &["wa", "w/a", "w.a", "signal", "wapp", "what's app", "whats'app"],
    ),
    platform(
        true,
        true,
        &[
            "telegram", "telegran", "telegrm", "电报", "電報", "纸飞机", "紙飛機", "飞机号", "小飞机",
            "飞机群", "飞机联系", "✈", "телеграм", "телеграмм", "телега", "телеге", "тг", "텔레그램",
            "텔레", "テレグラム", "เทเลแกรม", "เทเลแกรม", "टेलीग्राम", "تلگرام", "تيليجرام", "tlgrm",
            "t3legram", "t~e~l~e~g~r~a~m", "telegrama", "telegramm", "телегу", "телегой", "teleqram", "تليجرام", "تلغرام", "تيليغرام",
            "тлг", "телеграмм канал", "телеграмме", "テレグラ", "tg群", "tg号", "tg频道", "电报群", "电报号",
            "飞机频道",
        ],
    ),
    platform(
        false,
        true,
        &[
            "t~g", "tele", "飞机", "飛機", "potato chat", "土豆", "蝙蝠",
        ],
    ),
    platform(
        true,
        true,
        &[
            "line id", "line@", "lineid", "line official", "line oa", "ไลน์", "ไลน์ไอดี", "แอดไลน์",
            "ไอดีไลน์", "ทักไลน์", "加賴", "賴", "加line", "賴的id", "ライン", "公式line",
            "라인 아이디", "kakaotalk", "kakao talk", "kakao", "카카오톡", "카톡", "카톡아이디",
            "오픈채팅", "오픈카톡", "카카오 오픈채팅", "カカオトーク", "カカオ", "skype", "snapchat",
            "スナチャ", "kik", "llne id", "iine id", "1ine id", "l~i~n~e id", "id line", "id ไลน์", "ไอดี line",
            "line ไอดี", "賴id", "line官方", "line官方帳號", "line公式", "line公式アカウント", "公式ライン", "플러스친구",
            "플친", "카카오톡 채널", "카톡 채널", "카카오채널", "카톡아디", "카톡 아이디", "ㅋㅌ아이디", "라인아이디",
            "snap👻", "snapchat👻", "wickr", "facebook messenger",
        ],
    ),
    platform(
        false,
        true,
        &[
            "l~i~n~e", "snap", "sc", "messenger", "옾챗", "옵챗", "👻", "k-talk", "ktalk",
        ],
    ),
    platform(
        true,
        false,
        &[
            "instagram", "insta", "instagran", "イン スタ", "インスタ", "인스타", "인스타그램", "ไอจี",
            "инстаграм", "инста", "इंस्टाग्राम", "抖音号", "抖音ID", "快手号", "小红书号", "微博",
            "discord", "ディスコード", "디스코드", "дискорд", "onlyfans", "tiktok id", "twitter",
            "油管", "facebook", "fb page", "wechat/line", "threads", "kuaishou id", "dc群", "推特",
            "脸书", "小紅書", "小红书搜",
        ],
    ),
    platform(
        false,
        false,
        &[
            "i~g", "ins", "fb", "dc", "ttk", "tiktok", "youtube", "yt", "vk", "вк",
        ],
    ),
];

/// Words that stand behind such a name in ordinary sentences.
#[rustfmt::skip]
const NO_HANDLES: &[&str] = &[
    "page", "live", "story", "stories", "group", "channel", "official", "here", "follow", "link",
    "account", "post", "reels", "video", "profile", "download", "online", "now", "below", "about",
    "https", "http", "premium", "and", "the", "for", "with", "our", "your", "you", "this", "that",
    "down", "offline", "update", "grupo", "canal", "aqui", "aquí", "agora", "sempre", "web", "app",
    "business", "server", "today", "support", "status", "new", "news", "free", "beta", "order", "chat",
    "message", "messages", "call", "calls", "users", "user", "more", "info", "details", "price",
    "prices", "only", "first", "please", "there", "then", "when", "from", "also", "shop", "ventas",
    "pedidos", "para", "gratis", "group:", "icon", "sticker", "stickers", "shares", "plus", "pro",
];

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    for place in &line.cues {
        let Cue::Platform(row) = place.cue else {
            continue;
        };
        let Some(platform) = PLATFORMS.get(row) else {
            continue;
        };
        if let Some((handle, end)) = behind(line, *place, platform) {
            findings.add(place.start, end, to(HANDLE, handle));
        } else if platform.numbers
            && line.text()[..place.start].ends_with(['(', '[', ' '])
            && let Some((number, start)) = scan::number_before(line.text(), place.start)
            && number.starts_with(['0', '+'])
            && (10..=14).contains(&number.len())
        {
            let home = line.home();
            let known = home.and_then(|region| phones::international(region, &number));
            findings.add(start, place.end, handle(known.unwrap_or(number)));
        }
    }
    in_front(line, findings);
}

/// A request without a handle.
pub(super) fn find_intent(line: &Line<'_>, findings: &mut Findings) {
    if findings.any(super::is_contact) {
        return;
    }
    for place in &line.cues {
        let Cue::Platform(row) = place.cue else {
            continue;
        };
        let strong = PLATFORMS.get(row).is_some_and(|platform| platform.strong);
        let cue = line.lower().get(place.start..place.end).unwrap_or_default();
        // The names that are ordinary words need somebody to add: `add me on line`.
        let me = |ask: &str| ask.contains(" me ") || ask.contains(" us ") || !ask.is_ascii();
        let near = line.cues_near(place.start.saturating_sub(8), place.end + 12);
        let asked = near.iter().any(|ask| {
            ask.cue == Cue::Ask
                && (ask.end <= place.start && place.start - ask.end <= 8
                    || ask.start >= place.end && ask.start - place.end <= 12 && !cue.is_ascii()
                    || ask.start >= place.end && ask.start - place.end <= 3)
                && (strong || line.lower().get(ask.start..ask.end).is_some_and(me))
        });
        let own = cue.starts_with(['加', 'แ', 'ท']) && !cue.starts_with("เท")
            || cue.is_ascii() && asks_for_me(line.text(), place.end);
        if (asked || own && strong) && !line.is_warning {
            findings.add(place.start, place.end, wechat::intent(HANDLE));
            return;
        }
    }
}

/// `WhatsApp me for prices`; `WhatsApp US` is a country.
fn asks_for_me(text: &str, end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    let me = [" me", " us"].iter().find_map(|me| rest.strip_prefix(me));
    me.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

pub(super) fn handle(value: impl Into<String>) -> Payload {
    to(HANDLE, value)
}

/// Whether a row of [`PLATFORMS`] takes telephone numbers.
pub(super) fn takes_numbers(cue: Cue) -> bool {
    matches!(cue, Cue::Platform(row) if PLATFORMS.get(row).is_some_and(|p| p.numbers && p.strong))
}

/// The handle or the number behind `place`.
fn behind(line: &Line<'_>, place: Place, platform: &Platform) -> Option<(String, usize)> {
    let (text, lead) = (line.text(), line.lead(place));
    let rest = text.get(lead.end..)?;
    if platform.numbers
        && let Some((number, end)) = phones::number_at(line, lead.end)
    {
        // `SC1234567890`, `tg 12345678`: a name of two letters says less.
        let sure = (platform.strong || lead.told) && !lead.far
            || number.starts_with(['+', '0'])
            || number.len() > 10 && !lead.far;
        let apart = platform.strong || lead.end > place.end;
        return (sure && apart).then_some((number, end));
    }
    // 小红书号 95...: what has a number of its own for everybody.
    if line.lower()[place.start..place.end].ends_with('号')
        && let Some(found) = scan::number(text, lead.end, 4, |n| (6..=12).contains(&n.len()))
    {
        return Some(found);
    }
    let at = usize::from(rest.starts_with('@'));
    if let Some((id, end)) = scan::spelled(text, lead.end + at)
        && lead.told
        && id.contains(|c: char| c.is_ascii_alphabetic())
    {
        return Some((id, end));
    }
    let word = scan::word(text, lead.end + at, b"_.-");
    let end = lead.end + at + word.len();
    let end = end + discriminator(text.get(end..)?);
    let rest = text.get(end..)?;
    let lower = word.to_ascii_lowercase();
    let has_letter = word.contains(|c: char| c.is_ascii_alphabetic());
    let has_digit = word.contains(|c: char| c.is_ascii_digit() || c == '_');
    let least = if at == 1 || lead.told && platform.strong {
        3
    } else {
        4
    };
    let fits = (least..=32).contains(&word.len()) && (has_letter || lead.told && at == 1);
    // `zap@a.example` is mail.
    let mail = at == 1 && lead.end == place.end && super::mail::is_registrable(&lower);
    if !fits || mail || rest.starts_with(['@', ':']) {
        return None;
    }
    let said = at == 1
        || has_digit && (lead.told || platform.strong && starts_small(word))
        || lead.told
            && !lead.far
            && word.len() >= 4
            && !wechat::is_sentence(rest)
            && !NO_HANDLES.contains(&lower.as_str());
    said.then(|| (text[lead.end..end].to_owned(), end))
}

/// The length of the `#1234` that Discord once put behind its names.
fn discriminator(rest: &str) -> usize {
    let digits = |d: &str| d.bytes().take_while(u8::is_ascii_digit).count();
    match rest.strip_prefix('#').map(digits) {
        Some(4) => 5,
        _ => 0,
    }
}

/// Whether `word` begins with a letter that is no capital: `Snapchat Android14` names no one.
fn starts_small(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && !word.starts_with("v1")
        && !word.starts_with("iphone")
}

/// `@handle on Telegram`, `@handle (IG)`.
fn in_front(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    for (at, _) in text.match_indices('@') {
        let word = scan::word(text, at + 1, b"_.-");
        let end = at + 1 + word.len();
        let is_platform = |cue| matches!(cue, Cue::Platform(_));
        if (3..=32).contains(&word.len())
            && scan::is_edge(text, at)
            && line.is_before(end, 5, is_platform)
            && !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric())
        {
            findings.add(at, end, to(HANDLE, &text[at..end]));
        }
    }
}
