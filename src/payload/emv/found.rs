//! What a code says by its templates: the scheme, and who is paid how much.

use super::super::checks::is_digits;
use super::super::schemes::Scheme;
use super::super::{Fields, amount};
use super::guids::{GUIDS, Guid, Minor};
use super::tlv::{Object, Parts, Tlv};
use super::{accounts, currency};

const EMV: Scheme = Scheme::named("emv-mpm");
const UNIONPAY: Scheme = Scheme::named("unionpay-emv");
const BHARAT: Scheme = Scheme::named("bharat-qr");

/// The row of the table that a code belongs to, and the template it was found by.
pub(super) struct Found<'a, 'c> {
    pub(super) guid: Option<&'static Guid>,
    parts: Parts<'a, 'c>,
    card: Option<(u8, &'a str)>,
}

impl<'a, 'c> Found<'a, 'c> {
    pub(super) fn in_code(code: &'c Tlv<'a>) -> Self {
        let country = code.get("58").unwrap_or_default();
        let templates = |from: u8, to: u8| {
            let within = move |tag: &str| tag.parse().is_ok_and(|tag| from <= tag && tag <= to);
            code.objects.iter().filter(move |o| within(o.tag))
        };
        let read = |object: &Object<'a>| {
            let template = Tlv::read(object.value).whole();
            let guid = template.get("00");
            let raw = template.objects.is_empty().then_some(object.value);
            let guid = guid.or(raw).unwrap_or_default().to_ascii_lowercase();
            (guid, object.value, template)
        };
        // EMVCo keeps these for cards and for itself, and some have a template there all the same.
        let kept = templates(2, 25).map(read).filter(|(.., template)| {
            let first = template.objects.first();
            first.is_some_and(|object| object.tag == "00" && !is_digits(object.value))
        });
        // Accounts, and then what schemes have made of the tags that are left to them.
        let accounts: Vec<_> = templates(26, 51)
            .map(read)
            .chain(kept)
            .chain(templates(65, 99).map(read))
            // As many as there are tags: more are duplicates.
            .take(85)
            .collect();
        let row = GUIDS.iter().find_map(|row| {
            let account = accounts.iter().find(|(g, ..)| row.fits(g, country))?;
            Some((row, account))
        });
        let account = row.map(|(_, account)| account).or(accounts.first());
        let (value, template) = account
            .map(|(_, value, template)| (*value, template.clone()))
            .unwrap_or_default();
        let card = code.objects.iter().find_map(|object| {
            let tag = object.tag.parse().ok()?;
            (2..=25).contains(&tag).then_some((tag, object.value))
        });
        Self {
            guid: row.map(|(guid, _)| guid),
            parts: Parts {
                code,
                template,
                value,
            },
            card,
        }
    }

    /// A code without a known template is told by the card networks it names, if any (EMV QRCPS MPM
    /// table 3.3), or is of no particular scheme; it asks for money all the same.
    pub(super) fn scheme(&self) -> Scheme {
        match (self.guid, self.card, self.parts.code.get("58")) {
            (Some(guid), ..) => guid.scheme,
            (None, Some((2..=12, _)), Some("IN")) => BHARAT,
            (None, Some((15..=16, _)), _) => UNIONPAY,
            _ => EMV,
        }
    }

    pub(super) fn fields(&self) -> Fields {
        let code = self.parts.code;
        let pick = |expression| self.parts.pick(expression);
        Fields {
            payee: match (self.guid, self.card) {
                (Some(guid), _) => pick(guid.payee),
                (None, Some((15..=16, value))) => {
                    Some(accounts::unionpay(value).unwrap_or(value).to_owned())
                }
                (None, Some((_, number))) => Some(number.to_owned()),
                (None, None) => pick("01|02|03|#|@"),
            },
            // The name in the language of the country stands beside it, and not in place of it.
            payee_name: pick("/59")
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .or_else(|| pick("/64.01")),
            amount: code.get("54").and_then(|text| self.amount(text)),
            currency: pick("/53").map(|code| currency::alphabetic(&code).to_owned()),
            reference: self.reference(),
            target: self.guid.and_then(|guid| pick(guid.target)),
        }
    }

    /// Where the scheme has it, or else the reference, the bill or the purpose that the code names. `***`
    /// says that it is somewhere else (BR Code manual section 1.6.6), or that the payer is to say it.
    fn reference(&self) -> Option<String> {
        let own = self.guid.map_or("", |guid| guid.reference).split('|');
        own.chain(["/62.05", "/62.01", "/62.08"])
            .filter_map(|place| self.parts.pick(place))
            .find(|reference| !reference.starts_with("***"))
    }

    /// Up to 13 digits with a decimal point (EMV QRCPS MPM section 4.7.6), or in minor units.
    fn amount(&self, text: &str) -> Option<String> {
        let is_minor = match self.guid.map_or(Minor::Never, |guid| guid.minor) {
            Minor::Never => false,
            Minor::Padded => text.len() == 12,
            Minor::Always => true,
        };
        if is_minor && is_digits(text) {
            return amount::scaled(text, -2);
        }
        amount::plain(text).filter(|_| text.len() <= 13)
    }

    /// What is wrong with what the scheme is told by, as flags.
    pub(super) fn faults(&self, fields: &Fields) -> impl Iterator<Item = &'static str> {
        let given = |tag| self.parts.code.get(tag).is_some_and(|v| !v.is_empty());
        let account = match (self.guid, self.card) {
            (Some(guid), _) => guid
                .check
                .map_or(Ok(()), |check| check(&self.parts, fields)),
            (None, Some(_)) if self.scheme() == BHARAT => accounts::bharat(&self.parts, fields),
            (None, Some((15..=16, value))) => {
                accounts::unionpay(value).map(|_| ()).ok_or("bad-account")
            }
            _ => Ok(()),
        };
        let amount = (given("54") && fields.amount.is_none()).then_some("bad-amount");
        let twice = self.parts.template.has_duplicates();
        let twice = twice.then_some("duplicate-tag");
        account.err().into_iter().chain(amount).chain(twice)
    }
}
