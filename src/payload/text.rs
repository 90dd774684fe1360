//! Writing in the picture: ids, numbers and addresses that a viewer is asked to use, in the forms that
//! people write them in.
//!
//! A line is made plain first (`normal`), its words that ask for something are found in one pass
//! (`cues`), and then each kind of finding has a reader that looks behind its cues, or at shapes that
//! prove themselves by a checksum. Where two readers want the same letters, the first in [`READERS`] has
//! them. Most lines hold none of this, and cost one pass.

mod bank;
mod coins;
mod cues;
mod handles;
mod hints;
mod lead;
mod links;
mod mail;
mod normal;
mod phones;
mod pix;
mod scan;
mod tokens;
mod wallets;
mod wechat;
mod words;

use std::cell::OnceCell;

use self::cues::{Cue, Place};
use self::hints::Hints;
use self::lead::Lead;
use self::links::Links;
use self::normal::Normal;
use self::phones::Region;
use super::schemes::Scheme;
use super::{Category, Payload, empty};

const GAMBLING: Scheme = Scheme::named("gambling-hint");

/// The readers in the order in which they may take letters.
const READERS: &[fn(&Line<'_>, &mut Findings)] = &[
    tokens::find,
    links::find_known,
    mail::find_upi,
    pix::find,
    wallets::find,
    coins::find,
    bank::find,
    wechat::find,
    handles::find,
    mail::find,
    links::find_bare,
    phones::find,
    wechat::find_intent,
    handles::find_intent,
    gambling,
];

/// The most findings that a line is said to have.
pub(super) const MOST: usize = 16;

/// Finds the most serious of what a line holds.
pub(super) fn parse(line: &str) -> Option<Payload> {
    // `min_by_key` takes the first of several.
    find(line).into_iter().min_by_key(rank)
}

/// Finds what a line asks the viewer to use, in the order of their places. The text of each is the part
/// of the line that says it.
pub(super) fn find(line: &str) -> Vec<Payload> {
    find_all(line).0
}

/// The same, and whether the line may hold more than was looked at or is told.
pub(super) fn find_all(line: &str) -> (Vec<Payload>, bool) {
    let line = Line::new(line);
    let mut findings = Findings::default();
    if line.may_hold() {
        for reader in READERS {
            reader(&line, &mut findings);
        }
    }
    let more = line.more || findings.more || findings.found.len() > MOST;
    (findings.in_order(&line), more)
}

/// The less, the more serious: money first, then people, then places.
pub(super) fn rank(payload: &Payload) -> u8 {
    match payload.category {
        Category::Payment | Category::Donation => 0,
        Category::WalletCrypto => 1,
        Category::Contact | Category::GroupInvite => 2,
        Category::Login => 3,
        _ if payload.scheme.ends_with("-token") || payload.scheme.ends_with("-text") => 4,
        Category::Tel | Category::Sms | Category::Email => 6,
        Category::Other if payload.scheme == GAMBLING.id => 7,
        _ => 5,
    }
}

/// A line as the readers see it.
struct Line<'a> {
    normal: Normal<'a>,
    cues: Vec<Place>,
    /// Whether it has more cues than these.
    more: bool,
    /// Whether it warns of what it tells.
    is_warning: bool,
    /// How many digits it has.
    digits: usize,
    links: OnceCell<Links>,
    hints: OnceCell<Hints>,
    home: OnceCell<Option<&'static Region>>,
    holder: OnceCell<Option<String>>,
}

impl<'a> Line<'a> {
    fn new(line: &'a str) -> Self {
        let normal = Normal::new(line);
        let (cues, more) = cues::find(&normal.lower);
        let digits = normal.text.bytes().filter(u8::is_ascii_digit).count();
        Self {
            normal,
            more,
            is_warning: cues.iter().any(|place| place.cue == Cue::Warning),
            cues,
            digits,
            links: OnceCell::new(),
            hints: OnceCell::new(),
            home: OnceCell::new(),
            holder: OnceCell::new(),
        }
    }

    fn text(&self) -> &str {
        &self.normal.text
    }

    fn lower(&self) -> &str {
        &self.normal.lower
    }

    /// Whether there is anything to read: a cue, or a shape that needs none.
    fn may_hold(&self) -> bool {
        let bytes = self.text().as_bytes();
        !self.cues.is_empty()
            || self.digits >= 6
            || bytes.iter().any(|b| matches!(b, b'@' | b'$' | b'='))
            || links::may_hold(self.text())
            || tokens::may_hold(self.text())
            || scan::has_long_word(self.text())
    }

    fn hints(&self) -> &Hints {
        self.hints.get_or_init(|| Hints::of(self.lower()))
    }

    /// The country that the line is written in.
    fn home(&self) -> Option<&'static Region> {
        *self
            .home
            .get_or_init(|| phones::home(self.lower(), self.hints()))
    }

    /// Whose account it is that the line tells.
    fn holder(&self) -> Option<String> {
        self.holder.get_or_init(|| bank::holder(self)).clone()
    }

    /// The links and dotted words of the line.
    fn links(&self) -> &Links {
        self.links.get_or_init(|| Links::of(self.text()))
    }

    fn has(&self, cue: Cue) -> bool {
        self.cues.iter().any(|place| place.cue == cue)
    }

    fn places(&self, cue: Cue) -> impl Iterator<Item = Place> {
        self.cues
            .iter()
            .copied()
            .filter(move |place| place.cue == cue)
    }

    /// The cues that end at `start` or later and begin at `end` or earlier. Cues have their order and share no letters.
    fn cues_near(&self, start: usize, end: usize) -> &[Place] {
        let first = self.cues.partition_point(|place| place.end < start);
        let behind = self.cues.partition_point(|place| place.start <= end);
        self.cues.get(first..behind).unwrap_or_default()
    }

    /// What lies between `place` and its value. Cues in a row have one value: 微信QQ同号：...
    fn lead(&self, place: Place) -> Lead {
        let near = self.near(place);
        let Some(sign) = lead::sign_behind(self.lower(), near.end) else {
            return near;
        };
        let mut between = self.cues_near(near.end, sign).iter();
        if between.any(|cue| cue.start >= near.end) {
            return near;
        }
        let far = lead::skip(self.lower(), sign);
        Lead { far: true, ..far }
    }

    /// The same, where all that lies between is known.
    fn near(&self, place: Place) -> Lead {
        let mut lead = lead::skip(self.lower(), place.end);
        for _ in 0..3 {
            let Some(next) = self.cue_at(lead.end) else {
                break;
            };
            if !matches!(
                next.cue,
                Cue::Wechat | Cue::MaybeWechat | Cue::Qq | Cue::Phone | Cue::Ask | Cue::Platform(_)
            ) {
                break;
            }
            let after = lead::skip(self.lower(), next.end);
            lead = lead.then(after);
        }
        lead
    }

    /// The cue that begins at `at`, but for one that is the user of an address: `PayPal: donate@...`.
    fn cue_at(&self, at: usize) -> Option<&Place> {
        let cue = self.cues_near(at, at).iter().find(|cue| cue.start == at)?;
        (!self.lower()[cue.end..].starts_with('@')).then_some(cue)
    }

    /// Whether one of the cues that `is` names ends in the `within` bytes before `at`.
    fn is_after(&self, at: usize, within: usize, is: impl Fn(Cue) -> bool) -> bool {
        let near = self.cues_near(at.saturating_sub(within), at);
        near.iter().any(|p| p.end <= at && is(p.cue))
    }

    /// Whether one of the cues that `is` names begins in the `within` bytes from `at` on.
    fn is_before(&self, at: usize, within: usize, is: impl Fn(Cue) -> bool) -> bool {
        let near = self.cues_near(at, at.saturating_add(within));
        near.iter().any(|p| p.start >= at && is(p.cue))
    }

    /// Whether somebody is asked to get in contact at `place`, and not warned of it.
    fn asks(&self, place: Place) -> bool {
        let is_ask = |cue| cue == Cue::Ask;
        let own = self.lower().get(place.start..place.end).unwrap_or_default();
        // `V我50` asks for money, as a joke.
        let me = own.ends_with('我')
            && !self.lower()[place.end..].starts_with(|c: char| c.is_ascii_digit());
        let asked = me
            || own.starts_with(['加', '+', '➕', '迦', '伽', '私'])
            || self.is_after(place.start, 12, is_ask)
            || self.is_before(place.end, 12, is_ask);
        asked && !self.is_warning
    }
}

/// One finding at its place.
struct Finding {
    start: usize,
    end: usize,
    payload: Payload,
}

#[derive(Default)]
struct Findings {
    found: Vec<Finding>,
    /// Whether a reader gave up before the end of the line.
    more: bool,
}

impl Findings {
    /// Whether nobody has taken any of these letters.
    fn is_free(&self, start: usize, end: usize) -> bool {
        !self.is_full() && self.found.iter().all(|f| end <= f.start || f.end <= start)
    }

    /// Whether there are more than anybody is told of: nothing is added any more.
    fn is_full(&self) -> bool {
        self.found.len() >= 2 * MOST
    }

    fn add(&mut self, start: usize, end: usize, payload: Payload) {
        if self.is_free(start, end) {
            self.found.push(Finding {
                start,
                end,
                payload,
            });
        }
    }

    fn any(&self, is: impl Fn(&Payload) -> bool) -> bool {
        self.found.iter().any(|finding| is(&finding.payload))
    }

    fn in_order(mut self, line: &Line<'_>) -> Vec<Payload> {
        self.found.sort_by_key(|finding| finding.start);
        let found = self.found.into_iter().take(MOST);
        found
            .map(
                |Finding {
                     start,
                     end,
                     mut payload,
                 }| {
                    let said = line.normal.original(start, end).trim();
                    payload.say(said.to_owned());
                    payload
                },
            )
            .collect()
    }
}

/// A payload of `scheme` to `payee`.
fn to(scheme: Scheme, payee: impl Into<String>) -> Payload {
    let mut payload = empty(scheme);
    payload.fields.payee = Some(payee.into());
    payload
}

fn in_currency(mut payload: Payload, currency: &str) -> Payload {
    payload.fields.currency = Some(currency.to_owned());
    payload
}

/// Says whether the rule that `flag` stands for holds.
fn checked(mut payload: Payload, holds: bool, flag: &'static str) -> Payload {
    payload.valid = Some(holds);
    if !holds {
        payload.flags.push(flag);
    }
    payload
}

fn gambling(line: &Line<'_>, findings: &mut Findings) {
    if let Some(place) = line.places(Cue::Gamble).next() {
        findings.add(place.start, place.end, empty(GAMBLING));
    }
}

fn is_contact(payload: &Payload) -> bool {
    matches!(payload.category, Category::Contact | Category::GroupInvite)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pieces that the readers look at, and letters of each length in between.
    const PIECES: &[&str] = &[
        "微信",
        "加",
        "号",
        "：",
        "vx",
        "QQ",
        "tg",
        "@",
        ".",
        "点",
        " dot ",
        "com",
        "://",
        "https",
        "$",
        "¥",
        "😆",
        "❤",
        "1",
        "13800138000",
        "(",
        ")",
        "+",
        "-",
        " ",
        "pix",
        "iban",
        "DE89",
        "卡号",
        "户名",
        "국민은행",
        "bKash",
        "é",
        "i\u{307}",
        "\u{200b}",
        "①",
        "一",
        "*",
        "#",
        "tk=",
        ":/",
        "支付宝",
        "搜",
        "“",
        "ไลน์",
        "t.me",
        "paypal.me",
        "l",
        "是我的",
        "同号",
        "TDmBYPoeCoXehmEsQF4A44Shs9WHQZ7Tff",
        "а",
        "blik",
        "till",
        "!",
        "《",
        "add me on",
        "whatsapp",
        "ifsc",
        "/",
    ];

    proptest! {
        #[test]
        fn any_line_is_read(
            pieces in prop::collection::vec((0..PIECES.len(), any::<char>(), 0..8), 0..24),
        ) {
            let line: String = pieces
                .iter()
                .map(|(i, c, odd)| if *odd == 0 { c.to_string() } else { PIECES[*i].to_owned() })
                .collect();
            let found = find(&line);
            prop_assert!(found.len() <= MOST);
            prop_assert!(found.iter().all(|payload| line.contains(&payload.text)));
            prop_assert_eq!(parse(&line).is_some(), !found.is_empty());
        }
    }

    #[test]
    fn findings_stand_in_their_order() {
        let found = find("TG：@abc_shop，ＶＸ：ａｂｃ12345，官网 abc-shop点com");
        let said: Vec<_> = found.iter().map(|p| (p.scheme, p.text.as_str())).collect();
        assert_eq!(
            said,
            [
                ("text-handle", "TG：@abc_shop"),
                ("text-wechat-id", "ＶＸ：ａｂｃ12345"),
                ("text-bare-domain", "abc-shop点com"),
            ]
        );
        let many = "vx：abc12345，".repeat(40);
        assert_eq!(find(&many).len(), MOST);
    }

    /// Whoever writes a line may put anything in front of what is meant.
    #[test]
    fn what_is_nothing_hides_nothing() {
        for nothing in [
            "qq ", "@ ", "a@b ", "$ ", "* ", "￥ ", "tk= ", ":/ ", "a:// ", "http:// ", "DE12 ",
            "Fim.Com ",
        ] {
            let flood = nothing.repeat(60);
            for meant in [
                "加微信 abc12345",
                "pay thief@ybl",
                "telegram @thief_one",
                "cash app $thiefone",
                "DE75512108001245126199",
                "卡号 4111111111111111",
                "￥AbC12dEfGh3￥",
                "https://evil-shop.com/x",
                "weixin://dl/business/?t=abc",
            ] {
                let known = parse(meant).map(|payload| payload.scheme);
                let (found, more) = find_all(&format!("{flood}{meant}"));
                assert!(known.is_some(), "{meant}");
                let is_found = found.iter().any(|payload| Some(payload.scheme) == known);
                // Not all of what takes long is tried, and that is said.
                let is_costly = |text: &str| {
                    text.contains("//") || text.contains(".Com") || text.starts_with("DE")
                };
                let may_be_passed_over = is_costly(nothing) && is_costly(meant) && more;
                assert!(is_found || may_be_passed_over, "{nothing}{meant}");
            }
        }
    }

    #[test]
    fn the_most_serious_is_told() {
        let line = "www.abc-shop.com 电话 13800138000 VX：abc12345 卡号：6217000030001234567";
        assert_eq!(parse(line).map(|p| p.scheme), Some("text-bank-card"));
        let line = "电话 13800138000，官网 www.abc-shop.com";
        assert_eq!(parse(line).map(|p| p.scheme), Some("text-bare-domain"));
    }

    #[test]
    fn a_link_leads_where_it_leads() {
        let found = parse("官网 abc-shop点com 下单").unwrap();
        let innermost = found.chain().last().unwrap();
        assert_eq!(innermost.text, "https://abc-shop.com");
    }
}
