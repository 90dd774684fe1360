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

/// As many templates are looked at as there are tags: more are duplicates.
const MOST: usize = 85;

/// The row of the table that a code belongs to, and the template it was found by.
pub(super) struct Found<'a, 'c> {
    pub(super) guid: Option<&'static Guid>,
    parts: Parts<'a, 'c>,
    card: Option<(u8, &'a str)>,
    /// Every account that the code names, that of the row as well.
    pub(super) payees: Vec<(Scheme, String)>,
    /// Whether there are accounts that cannot be told.
    pub(super) is_unclear: bool,
}

/// A template that may name an account.
struct Template<'a> {
    /// Its tag 00, or all of it where it is no template, in lower case.
    guid: String,
    value: &'a str,
    objects: Tlv<'a>,
    /// Whether its tag is for anything: then it names an account only where its scheme is known.
    is_open: bool,
}

/// Where the account of a scheme that nobody knows is looked for.
const ANY: &str = "01|02|03|#|@";

/// The register of Singapore's codes. It says which code this is, and nobody pays it.
const REGISTER: &str = "sg.sgqr";

impl<'a, 'c> Found<'a, 'c> {
    pub(super) fn in_code(code: &'c Tlv<'a>) -> Self {
        let country = code.get("58").unwrap_or_default();
        let templates = |from: u8, to: u8| {
            let within = move |tag: &str| tag.parse().is_ok_and(|tag| from <= tag && tag <= to);
            code.objects.iter().filter(move |o| within(o.tag))
        };
        let read = |object: &Object<'a>, is_open: bool| {
            let objects = code.inside(object.value).whole();
            let guid = objects.get("00");
            let raw = objects.objects.is_empty().then_some(object.value);
            Template {
                guid: guid.or(raw).unwrap_or_default().to_ascii_lowercase(),
                value: object.value,
                objects,
                is_open,
            }
        };
        // EMVCo keeps these for cards and for itself, and some have a template there all the same.
        let (kept, cards): (Vec<_>, Vec<_>) = templates(2, 25)
            .take(MOST)
            .map(|object| (object, read(object, false)))
            .partition(|(_, template)| {
                let first = template.objects.objects.first();
                first.is_some_and(|object| object.tag == "00" && !is_digits(object.value))
            });
        // Accounts, and then what schemes have made of the tags that are left to them.
        let mut accounts: Vec<_> = templates(26, 51)
            .map(|object| read(object, false))
            .chain(kept.into_iter().map(|(_, template)| template))
            .chain(templates(65, 99).map(|object| read(object, true)))
            .take(MOST)
            .collect();
        let is_payee = |account: &Template<'_>| !account.is_open && account.guid != REGISTER;
        if !cards.is_empty() || accounts.iter().any(is_payee) {
            accounts.retain(|account| account.guid != REGISTER);
        }
        let row = GUIDS.iter().find_map(|row| {
            let fits = |account: &Template<'_>| row.fits(&account.guid, country);
            Some((row, accounts.iter().position(fits)?))
        });
        let at = row.map_or(0, |(_, at)| at);
        let (value, template) = accounts
            .get(at)
            .map(|account| (account.value, account.objects.clone()))
            .unwrap_or_default();
        let card = code.objects.iter().find_map(|object| {
            let tag = object.tag.parse().ok()?;
            (2..=25).contains(&tag).then_some((tag, object.value))
        });
        let mut found = Self {
            guid: row.map(|(guid, _)| guid),
            parts: Parts {
                code,
                template,
                value,
            },
            card,
            payees: Vec::new(),
            is_unclear: false,
        };
        let is_main = |place: usize| place == at && (row.is_some() || card.is_none());
        for (place, account) in accounts.iter().enumerate() {
            found.name(account, is_main(place), country);
        }
        for (object, _) in cards {
            found.payees.extend(card_account(object, country));
        }
        found
    }

    /// Adds whom `template` names; `is_main`: it is whom the code counts as.
    fn name(&mut self, template: &Template<'a>, is_main: bool, country: &str) {
        let mut rows = GUIDS.iter();
        let row = rows.find(|row| {
            row.fits(&template.guid, country) && (!template.is_open || row.is_of_its_own())
        });
        let parts = Parts {
            code: self.parts.code,
            template: template.objects.clone(),
            value: template.value,
        };
        let Some(row) = row else {
            let name = parts.pick(if is_main { ANY } else { "@" });
            let name = name.filter(|_| !template.is_open);
            self.payees.extend(name.map(|name| (EMV, name)));
            return;
        };
        self.is_unclear |= template.objects.has_duplicates();
        let named = row.accounts(&parts);
        // A charge that is fetched takes the place of the account beside it.
        let fetched = Some(row.target).filter(|_| !is_main || !named.is_empty());
        let fetched = fetched.and_then(|target| parts.pick(target));
        let nameless = named.is_empty() && fetched.is_none() && !is_main;
        let whole = parts.pick("@").filter(|_| nameless);
        let all = named.into_iter().chain(fetched).chain(whole);
        self.payees.extend(all.map(|name| (row.scheme, name)));
    }

    /// A code without a known template is told by the card networks it names, if any (EMV QRCPS MPM
    /// table 3.3), or is of no particular scheme; it asks for money all the same.
    pub(super) fn scheme(&self) -> Scheme {
        match (self.guid, self.card, self.parts.code.get("58")) {
            (Some(guid), ..) => guid.scheme,
            (None, Some((tag, _)), country) => of_card(tag, country.unwrap_or_default()),
            (None, None, _) => EMV,
        }
    }

    pub(super) fn fields(&self) -> Fields {
        let code = self.parts.code;
        let pick = |expression| self.parts.pick(expression);
        Fields {
            payee: match (self.guid, self.card) {
                (Some(guid), _) => pick(guid.payee),
                (None, Some((tag, number))) => Some(on_card(tag, number).to_owned()),
                (None, None) => pick(ANY),
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

/// The scheme of the card networks that have `tag` (EMV QRCPS MPM table 3.3).
fn of_card(tag: u8, country: &str) -> Scheme {
    match (tag, country) {
        (2..=12, "IN") => BHARAT,
        (15..=16, _) => UNIONPAY,
        _ => EMV,
    }
}

/// Whom the number at `tag` names.
fn on_card(tag: u8, number: &str) -> &str {
    match tag {
        15..=16 => accounts::unionpay(number).unwrap_or(number),
        _ => number,
    }
}

/// The account at a tag of the card networks.
fn card_account(object: &Object<'_>, country: &str) -> Option<(Scheme, String)> {
    let tag = object.tag.parse().ok()?;
    let name = on_card(tag, object.value).to_owned();
    (!name.is_empty()).then(|| (of_card(tag, country), name))
}
