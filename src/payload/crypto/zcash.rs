//! Zcash: addresses, and payment requests (ZIP-321).

use std::collections::BTreeMap;

use super::super::input::{Input, Uri};
use super::super::{Payload, amount, checks};
use super::alphabet::{self, BASE64_URL};
use super::bech32::Variant::{Bech32, Bech32m};
use super::bitcoin::demands;
use super::forms::{Chain, Verdict, base58, bech32, chain};
use super::{body, settle, text};

/// Transparent (also ZIP-320), Sapling and unified (ZIP-316) addresses.
pub(super) static ADDRESS: Chain = chain(
    "zcash",
    "ZEC",
    &[],
    &[
        base58(&["t1"], &[0x1c, 0xb8]).told(),
        base58(&["t3"], &[0x1c, 0xbd]).told(),
        base58(&["tm"], &[0x1d, 0x25]),
        base58(&["t2"], &[0x1c, 0xba]),
        bech32(&["zs1", "ztestsapling1"], Bech32),
        bech32(&["u1", "utest1"], Bech32m).checked(),
        bech32(&["tex1", "textest1"], Bech32m),
    ],
);

const LONGEST_MEMO: usize = 512;

/// All coins that there will ever be.
const MOST: u64 = 21_000_000;

/// What is asked for under one number.
#[derive(Default)]
struct Payment<'a> {
    address: Option<&'a str>,
    amount: Option<&'a str>,
    memo: Option<&'a str>,
    label: Option<&'a str>,
}

pub(super) fn request(input: &Input<'_>, uri: &Uri) -> Payload {
    let mut payload = input.payload(ADDRESS.scheme);
    let body = body(uri);
    // Several payments have numbered parameters: `address.1`.
    let mut payments: BTreeMap<u16, Payment<'_>> = BTreeMap::new();
    payments.entry(0).or_default().address = body.as_deref();
    let (mut twice, mut odd) = (repeats(uri), false);
    for (key, value) in uri.query.iter() {
        let (name, number) = key.split_once('.').unwrap_or((key, ""));
        let Some(slot) = Name::of(name) else { continue };
        let Some(number) = index(number, key.contains('.')) else {
            odd = true;
            continue;
        };
        let payment = payments.entry(number).or_default();
        let place = match slot {
            Name::Address => &mut payment.address,
            Name::Amount => &mut payment.amount,
            Name::Memo => &mut payment.memo,
            Name::Label => &mut payment.label,
        };
        twice |= place.replace(value).is_some();
    }
    payments.retain(|number, payment| *number > 0 || payment.address.is_some());

    let first = payments.values().next();
    let fields = &mut payload.fields;
    fields.payee = first.and_then(|p| p.address).map(str::to_owned);
    fields.payee_name = first.and_then(|p| p.label).and_then(text);
    fields.amount = first.and_then(|p| p.amount).and_then(coins);
    fields.currency = Some("ZEC".into());
    fields.reference = first.and_then(|p| p.memo).and_then(words);
    for other in payments.values().skip(1).filter_map(|p| p.address) {
        payload.also(other);
    }
    // More payments are in no code that somebody means.
    let verdict = payments
        .values()
        .take(16)
        .find_map(|payment| match payment.address {
            None => Some(Verdict::Wrong("truncated")),
            Some(address) => {
                Some(ADDRESS.verdict(address)).filter(|v| matches!(v, Verdict::Wrong(_)))
            }
        });
    let verdict = match verdict {
        _ if payments.is_empty() => Verdict::Wrong("truncated"),
        wrong => wrong.unwrap_or(Verdict::Right),
    };
    if payments
        .values()
        .filter_map(|p| p.amount)
        .any(|amount| coins(amount).is_none())
    {
        payload.flags.push("bad-amount");
    }
    if odd || payments.values().any(|payment| !payment.memo_fits()) {
        payload.flags.push("malformed");
    }
    if twice {
        payload.flags.push("duplicate-param");
    }
    if demands(uri, &[]) {
        payload.flags.push("unknown-requirement");
    }
    settle(payload, verdict)
}

/// The parameters that are read.
enum Name {
    Address,
    Amount,
    Memo,
    Label,
}

impl Name {
    fn of(text: &str) -> Option<Self> {
        let is = |name| text.eq_ignore_ascii_case(name);
        match () {
            () if is("address") => Some(Self::Address),
            () if is("amount") => Some(Self::Amount),
            () if is("memo") => Some(Self::Memo),
            () if is("label") => Some(Self::Label),
            () => None,
        }
    }
}

impl Payment<'_> {
    /// Nobody can read a memo at a transparent address.
    fn memo_fits(&self) -> bool {
        self.memo.is_none_or(|memo| {
            let open = self.address.is_some_and(|address| address.starts_with('t'));
            let bytes = alphabet::decode(&BASE64_URL, 6, memo);
            !open && bytes.is_some_and(|bytes| bytes.len() <= LONGEST_MEMO)
        })
    }
}

/// The number of a payment: 1 to 9999, and none of the first.
fn index(number: &str, given: bool) -> Option<u16> {
    match number {
        "" => (!given).then_some(0),
        _ if number.len() > 4 || number.starts_with('0') || !checks::is_digits(number) => None,
        _ => number.parse().ok(),
    }
}

/// At most eight places, and no more coins than there are.
fn coins(text: &str) -> Option<String> {
    let amount = amount::precise(text, 8).filter(|_| !text.ends_with('.'))?;
    let (whole, part) = amount.split_once('.').unwrap_or((&amount, ""));
    let whole: u64 = whole.parse().ok()?;
    let exceeds = whole > MOST || whole == MOST && part.bytes().any(|b| b != b'0');
    (!exceeds).then_some(amount)
}

fn words(memo: &str) -> Option<String> {
    let bytes = alphabet::decode(&BASE64_URL, 6, memo)?;
    String::from_utf8(bytes)
        .ok()
        .filter(|words| !words.is_empty())
}

/// Whether a parameter is given twice. Only so many are compared as a code can mean.
fn repeats(uri: &Uri) -> bool {
    const MOST: usize = 64;
    let keys = || uri.query.iter().take(MOST).map(|(key, _)| key);
    keys()
        .enumerate()
        .any(|(i, key)| keys().take(i).any(|other| other == key))
}
