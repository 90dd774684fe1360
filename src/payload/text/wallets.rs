//! Wallets and mobile money that are paid by a number or a name: each a row of a table.

use super::super::Payload;
use super::super::schemes::Scheme;
use super::cues::{Cue, Place};
use super::scan::Lead;
use super::{Findings, Line, checked, in_currency, mail, scan, to};

/// What the payee of a wallet looks like.
enum Form {
    /// Digits, where `#` is any.
    Digits(&'static str),
    /// So many digits, where something says that a number follows: a colon, or one of these words.
    Length(usize, usize, &'static [&'static str]),
    /// `@name`, and a name alone where something says that one follows.
    Handle,
    /// `$name`, with the sign.
    Tag(char),
    /// A mail address.
    Mail,
    /// A code of so many digits, which goes into the reference.
    Code(usize),
}

/// One wallet.
pub(super) struct Wallet {
    scheme: Scheme,
    currency: &'static str,
    /// Its names, in small letters.
    pub(super) cues: &'static [&'static str],
    forms: &'static [Form],
}

const fn wallet(
    scheme: &str,
    currency: &'static str,
    cues: &'static [&'static str],
    forms: &'static [Form],
) -> Wallet {
    Wallet {
        scheme: Scheme::named(scheme),
        currency,
        cues,
        forms,
    }
}

use Form::{Code, Digits, Handle, Length, Mail, Tag};

#[rustfmt::skip]
pub(super) const WALLETS: &[Wallet] = &[
    wallet(
        "bkash-nagad", "BDT",
        &[
            "bkash", "b-kash", "বিকাশ", "nagad", "নগদ", "rocket", "রকেট", "upay bd",
        ],
        &[
            Digits("013########"), Digits("014########"),
            Digits("015########"), Digits("016########"),
            Digits("017########"), Digits("018########"),
            Digits("019########"), Digits("+8801#########"),
            Digits("8801#########"),
        ],
    ),
    wallet(
        "easypaisa-jazzcash", "PKR",
        &[
            "easypaisa", "easy paisa", "jazzcash", "jazz cash", "sadapay", "nayapay", "ایزی پیسہ",
            "جاز کیش",
        ],
        &[
            Digits("03#########"), Digits("+923#########"),
            Digits("923#########"),
        ],
    ),
    wallet(
        "mpesa-text", "KES",
        &[
            "paybill", "pay bill", "till number", "till no", "till", "buy goods", "lipa na mpesa",
            "lipa na m-pesa", "lipa number", "pochi", "pochi la biashara", "m-pesa", "mpesa",
            "airtel money", "mtn momo", "mobile money", "momo pay", "tigo pesa", "ecocash",
        ],
        &[
            Digits("07########"), Digits("01########"),
            Digits("+254#########"), Digits("254#########"),
            Digits("+255#########"), Digits("+256#########"),
            Digits("+233#########"), Digits("02########"),
            Digits("05########"),
            Length(5, 7, &["bill", "till n", "goods", "lipa", "pochi"]),
        ],
    ),
    wallet(
        "text-upi-vpa", "INR",
        &[
            "upi", "upi id", "gpay", "google pay", "g pay", "phonepe", "phone pe", "paytm", "bhim",
            "bhim upi", "यूपीआई", "फोनपे", "गूगल पे", "पेटीएम",
        ],
        &[
            Digits("6#########"), Digits("7#########"),
            Digits("8#########"), Digits("9#########"),
            Digits("+91##########"),
        ],
    ),
    wallet("blik", "PLN", &["blik", "kod blik", "blika"], &[Code(6)]),
    wallet(
        "cashapp", "USD",
        &["cash app", "cashapp", "cashtag", "cash tag", "$cashapp"],
        &[Tag('$')],
    ),
    wallet("venmo", "USD", &["venmo"], &[Handle]),
    wallet(
        "zelle", "USD",
        &["zelle"],
        &[Mail, Digits("##########"), Digits("+1##########")],
    ),
    wallet(
        "paypal", "",
        &["paypal", "pay pal", "paypal friends and family", "贝宝"],
        &[Mail, Handle],
    ),
    wallet(
        "revolut-wise", "",
        &["revolut", "revtag", "wisetag"],
        &[Handle],
    ),
    wallet(
        "au-nz", "AUD",
        &["payid", "pay id", "osko"],
        &[
            Mail,
            Digits("04########"), Digits("+614########"),
            Digits("###########"),
        ],
    ),
    wallet(
        "ca-interac", "CAD",
        &[
            "e-transfer", "etransfer", "e transfer", "interac", "interac e-transfer", "emt",
        ],
        &[Mail],
    ),
    wallet(
        "swish-link", "SEK",
        &["swish", "swisha"],
        &[
            Digits("123#######"), Digits("07########"),
            Digits("+467########"),
        ],
    ),
    wallet(
        "vipps-mobilepay", "",
        &["vipps", "mobilepay", "mobile pay"],
        &[Length(5, 8, &["vipps", "mobile"])],
    ),
    wallet(
        "bizum-mbway-satispay", "EUR",
        &["bizum", "mb way", "mbway"],
        &[
            Digits("6########"), Digits("7########"),
            Digits("9########"), Digits("+346########"),
            Digits("+3519########"),
        ],
    ),
    wallet(
        "yape-plin", "PEN",
        &[
            "yape", "yapea", "yapear", "plin", "yape/plin", "yape y plin",
        ],
        &[Digits("9########"), Digits("+519########")],
    ),
    wallet(
        "picpay-nequi-etc", "COP",
        &["nequi", "daviplata"],
        &[Digits("3#########"), Digits("+573#########")],
    ),
    wallet("picpay-nequi-etc", "BRL", &["picpay"], &[Handle]),
    wallet(
        "mercadopago-link", "ARS",
        &[
            "alias mercado pago", "alias mp", "alias cvu", "alias cbu", "alias de mercado pago",
            "alias",
        ],
        &[Handle],
    ),
    wallet(
        "gcash-maya", "PHP",
        &["gcash", "g-cash", "paymaya", "maya"],
        &[
            Digits("09#########"), Digits("+639#########"),
            Digits("639#########"),
        ],
    ),
    wallet(
        "dana-gopay-ovo", "IDR",
        &["dana", "gopay", "ovo", "shopeepay", "linkaja"],
        &[
            Digits("08########"), Digits("08#########"),
            Digits("08##########"), Digits("+628#########"),
            Digits("+628##########"), Digits("628##########"),
        ],
    ),
    wallet(
        "momo-vn", "VND",
        &["momo", "ví momo", "vi momo"],
        &[
            Digits("03########"), Digits("05########"),
            Digits("07########"), Digits("08########"),
            Digits("09########"), Digits("+84#########"),
        ],
    ),
    wallet(
        "promptpay", "THB",
        &["promptpay", "prompt pay", "พร้อมเพย์", "พร้อมเพ"],
        &[
            Digits("0#########"), Digits("#############"),
            Digits("+66#########"),
        ],
    ),
    wallet(
        "truemoney", "THB",
        &["truemoney", "true money", "ทรูมันนี่", "วอเลท", "ทรูวอเลท"],
        &[Digits("0#########")],
    ),
    wallet(
        "paynow", "SGD",
        &["paynow", "pay now"],
        &[
            Digits("+658#######"), Digits("+659#######"),
            Digits("8#######"), Digits("9#######"),
        ],
    ),
    wallet(
        "fps-hk", "HKD",
        &["轉數快", "转数快", "fps id", "fps"],
        &[
            Digits("#######"), Digits("#########"),
            Digits("+852########"),
        ],
    ),
    wallet(
        "duitnow", "MYR",
        &["duitnow", "duit now", "tng"],
        &[
            Digits("01########"), Digits("01#########"),
            Digits("+601########"), Digits("+601#########"),
        ],
    ),
    wallet(
        "sbp-ru", "RUB",
        &["сбп", "по сбп", "сбербанк", "сбер", "тинькофф", "т-банк"],
        &[
            Digits("+79#########"), Digits("89#########"),
            Digits("79#########"),
        ],
    ),
    wallet(
        "payme-click-uz", "UZS",
        &["payme", "click uz"],
        &[Digits("+998#########")],
    ),
    wallet(
        "alipay-transfer-user", "CNY",
        &[
            "支付宝账号", "支付宝账户", "支付宝号", "支付宝转账", "支付宝收款",
        ],
        &[Mail, Digits("1##########")],
    ),
    wallet(
        "jkopay-tw", "TWD",
        &["街口", "街口支付"],
        &[Digits("09########")],
    ),
];

/// Whether row `row` is one that pays UPI addresses.
pub(super) fn is_upi(row: usize) -> bool {
    WALLETS
        .get(row)
        .is_some_and(|wallet| wallet.scheme.id == "text-upi-vpa")
}

const CASHTAG: Scheme = Scheme::named("text-cashtag");
const MPESA: Scheme = Scheme::named("mpesa-text");

pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    for place in &line.cues {
        let Cue::Wallet(row) = place.cue else {
            continue;
        };
        let Some(wallet) = WALLETS.get(row) else {
            continue;
        };
        let lead = behind(line, *place);
        let found = wallet
            .forms
            .iter()
            .find_map(|form| read(line, wallet, form, lead));
        if let Some((payload, end)) = found {
            findings.add(place.start, end, payload);
        }
    }
    cashtags(line, findings);
    short_codes(line, findings);
}

/// Where the value is: behind other wallets too (bKash/Nagad: ...), and behind a bracket (bKash (personal)).
fn behind(line: &Line<'_>, place: Place) -> Lead {
    let mut lead = line.lead(place);
    for _ in 0..3 {
        let Some(next) = line.cues.iter().find(|next| {
            next.start == lead.end
                && matches!(
                    next.cue,
                    Cue::Wallet(_) | Cue::Account | Cue::Phone | Cue::Tip
                )
        }) else {
            break;
        };
        let after = scan::lead(line.lower(), next.end);
        lead = Lead {
            end: after.end,
            told: lead.told || after.told,
        };
    }
    lead
}

fn read(line: &Line<'_>, wallet: &Wallet, form: &Form, lead: Lead) -> Option<(Payload, usize)> {
    let text = line.text();
    let (payee, end) = match form {
        Digits(template) => {
            let (plus, digits) = template
                .strip_prefix('+')
                .map_or(("", *template), |t| ("+", t));
            let rest = text.get(lead.end..)?;
            if rest.starts_with('+') == plus.is_empty() {
                return None;
            }
            let from = lead.end + plus.len();
            let fits = |n: &str| scan::fits(digits, n);
            let (number, end) =
                scan::number(text, from, 9, fits).or_else(|| scan::number(text, from, 13, fits))?;
            (format!("{plus}{number}"), end)
        }
        Length(least, most, words) => {
            let (number, end) =
                scan::number(text, lead.end, 4, |n| (*least..=*most).contains(&n.len())).or_else(
                    || {
                        scan::number(text, lead.end, *most, |n| {
                            (*least..=*most).contains(&n.len())
                        })
                    },
                )?;
            let rest = text.get(end..)?;
            let counted = rest.starts_with([':', '%', '/'])
                || [" %", " k", " people", "-"]
                    .iter()
                    .any(|unit| rest.starts_with(unit));
            let said = line.lower().get(..lead.end)?;
            let sure = lead.told || words.iter().any(|word| said.contains(word));
            (sure && !counted).then_some((number, end))?
        }
        Code(len) => {
            let (code, end) = scan::number(text, lead.end, 3, |n| n.len() == *len)
                .or_else(|| scan::number(text, lead.end, *len, |n| n.len() == *len))?;
            let mut payload = in_currency(super::empty(wallet.scheme), wallet.currency);
            payload.fields.reference = Some(code);
            return Some((checked(payload, true, "bad-reference"), end));
        }
        Handle => {
            let rest = text.get(lead.end..)?;
            let at = usize::from(rest.starts_with('@'));
            let name = scan::word(text, lead.end + at, b"_-.");
            let end = lead.end + at + name.len();
            let goes_on =
                super::wechat::is_sentence(text.get(end..)?) || text[end..].starts_with('@');
            let said = at == 1
                || lead.told && !goes_on && name.contains(|c: char| c.is_ascii_alphabetic());
            (said && (4..=40).contains(&name.len())).then(|| (name.to_owned(), end))?
        }
        Tag(sign) => {
            let rest = text.get(lead.end..)?;
            let sign = if rest.starts_with('£') { '£' } else { *sign };
            let name = scan::word(rest.strip_prefix(sign)?, 0, b"_-");
            if !is_tag(name) {
                return None;
            }
            let end = lead.end + sign.len_utf8() + name.len();
            let currency = if sign == '£' { "GBP" } else { wallet.currency };
            let payload = in_currency(to(CASHTAG, format!("{sign}{name}")), currency);
            return Some((checked(payload, true, "bad-account"), end));
        }
        Mail => {
            let (start, end, host) =
                mail::addresses(line).find(|(start, ..)| *start == lead.end)?;
            mail::is_registrable(host).then_some((text.get(start..end)?.to_owned(), end))?
        }
    };
    let mut payload = to(wallet.scheme, payee);
    if !wallet.currency.is_empty() {
        payload = in_currency(payload, wallet.currency);
    }
    if wallet.scheme == MPESA {
        payload = with_account(line, payload, end);
    }
    Some((checked(payload, true, "bad-account"), end))
}

/// The account that a paybill number is told together with.
fn with_account(line: &Line<'_>, mut payload: Payload, end: usize) -> Payload {
    // The shilling is that of five countries: only the number of a telephone or its word tells.
    if let Some(place) = line.places(Cue::Account).find(|place| place.start >= end) {
        let from = scan::lead(line.lower(), place.end).end;
        let account = scan::word(line.text(), from, b"-");
        payload.fields.reference = (!account.is_empty()).then(|| account.to_owned());
    }
    payload
}

/// 1 to 20 letters and digits, one letter at least (Cash App).
fn is_tag(name: &str) -> bool {
    (1..=20).contains(&name.len()) && name.contains(|c: char| c.is_ascii_alphabetic())
}

/// `$name` in a line that asks for gifts. `$AAPL` is a share, `$5` a price.
fn cashtags(line: &Line<'_>, findings: &mut Findings) {
    let is_cash = |cue| matches!(cue, Cue::Wallet(row) if WALLETS.get(row).is_some_and(|w| w.scheme.id == "cashapp"));
    let app = line.cues.iter().any(|place| is_cash(place.cue));
    if !app && !line.has(Cue::Tip) {
        return;
    }
    for (at, _) in line.text().match_indices('$').take(8) {
        let name = scan::word(line.text(), at + 1, b"_-");
        let share = name.len() <= 5 && name.bytes().all(|b| b.is_ascii_uppercase());
        let begins =
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && scan::is_edge(line.text(), at);
        if begins
            && name.len() >= 3
            && is_tag(name)
            && (app || !share)
            && !line.text()[..at].ends_with(|c: char| c.is_alphanumeric())
        {
            let end = at + 1 + name.len();
            let payload = in_currency(to(CASHTAG, &line.text()[at..end]), "USD");
            findings.add(at, end, checked(payload, true, "bad-account"));
        }
    }
}

/// `*182*8*1*123456#`, which a telephone runs and which pays on many networks. Short ones ask for a
/// balance.
fn short_codes(line: &Line<'_>, findings: &mut Findings) {
    let text = line.text();
    for (start, _) in text.match_indices('*').take(8) {
        let rest = &text[start..];
        let Some(len) = rest.find('#').map(|i| i + 1).filter(|len| *len <= 40) else {
            continue;
        };
        let code = &rest[..len];
        let parts = code.trim_matches(['*', '#']).split('*');
        let digits = parts.clone().all(super::super::checks::is_digits);
        let first = parts.clone().next().map_or(0, str::len);
        if digits && parts.count() >= 3 && (2..=3).contains(&first) {
            let mut payload = to(MPESA, code);
            payload.flags.push("ussd");
            findings.add(start, start + len, payload);
        }
    }
}
