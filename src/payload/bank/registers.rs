//! Receipts that cash registers sign with a unit of their own: Germany (DSFinV-K 2.0, annex I) and Austria
//! (cash register security ordinance, RKSV, annex section 12).

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, amount, checks};
use super::{Slip, some};

const RECEIPT: Scheme = Scheme::named("fiscal-receipts");

/// `V0;register;Kassenbeleg-V1;data;transaction;signatures;begin;end;algorithm;clock;signature;key`.
pub(super) fn german(input: &Input<'_>) -> Option<Payload> {
    let parts: Vec<&str> = input.text.split(';').take(13).map(str::trim).collect();
    let part = |n: usize| parts.get(n).copied().unwrap_or_default();
    if part(2) != "Kassenbeleg-V1" {
        return None;
    }
    let mut slip = Slip::new(input, RECEIPT, "EUR");
    slip.0.fields.payee = some(part(1));
    // The kind of receipt, what was taken at each rate of tax, and how it was paid.
    let taken = part(3).split('^').nth(1).unwrap_or_default();
    let taken = taken.split('_').map(|text| cents(text, '.'));
    slip.amount(part(3), total(taken));
    slip.reference(&[part(4)]);
    slip.require(parts.len() >= 12, "truncated");
    slip.require(parts.len() <= 12, "trailing-data");
    let counted = [part(4), part(5)]
        .iter()
        .all(|text| checks::is_digits(text));
    slip.require(counted || parts.len() < 6, "malformed");
    Some(slip.done())
}

/// `_R1-AT0_register_receipt_time_sums of five rates_turnover_certificate_previous_signature`.
pub(super) fn austrian(input: &Input<'_>) -> Option<Payload> {
    let parts: Vec<&str> = input.text.split('_').skip(1).take(14).collect();
    let part = |n: usize| parts.get(n).copied().unwrap_or_default();
    if parts.len() < 4 || !part(3).contains('T') {
        return None;
    }
    let mut slip = Slip::new(input, RECEIPT, "EUR");
    slip.0.fields.payee = some(part(1));
    let sums = parts.get(4..9).unwrap_or_default();
    slip.amount(
        &sums.concat(),
        total(sums.iter().map(|text| cents(text, ','))),
    );
    slip.reference(&[part(2)]);
    slip.require(parts.len() >= 13, "truncated");
    slip.require(parts.len() <= 13, "trailing-data");
    Some(slip.done())
}

/// An amount with two places behind `point`, which may be below zero.
fn cents(text: &str, point: char) -> Option<i64> {
    let (whole, part) = text.split_once(point)?;
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    if !checks::is_digits(digits) || !checks::is_digits(part) || part.len() != 2 {
        return None;
    }
    format!("{whole}{part}").parse().ok()
}

/// The sum of `amounts`; `None` where one could not be read.
fn total(amounts: impl Iterator<Item = Option<i64>>) -> Option<String> {
    let add = |sum: i64, cents: Option<i64>| sum.checked_add(cents?);
    let cents = { amounts }.try_fold(0, add)?;
    let digits = amount::scaled(&cents.unsigned_abs().to_string(), -2)?;
    Some(if cents < 0 {
        format!("-{digits}")
    } else {
        digits
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{expect, read};

    const FISCAL: &str = "fiscal-receipts";

    #[test]
    fn german_receipts() {
        let text = "V0;our-77;Kassenbeleg-V1;Beleg^0.00_2.55_0.00_0.00_1.00^3.55:Bar;18;112;\
            2026-07-10T18:41:04.000Z;2026-07-10T18:41:05.000Z;ecdsa-plain-SHA256;unixTime;MEQC;BHhW";
        let payload = expect(text, FISCAL, &[]);
        assert_eq!(payload.fields.payee.as_deref(), Some("our-77"));
        assert_eq!(payload.fields.amount.as_deref(), Some("3.55"));
        assert_eq!(payload.fields.reference.as_deref(), Some("18"));
        let back = expect(&text.replace("2.55_", "-2.55_"), FISCAL, &[]);
        assert_eq!(back.fields.amount.as_deref(), Some("-1.55"));
        expect(&text.replace("2.55_", "2,55_"), FISCAL, &["bad-amount"]);
        expect(&text.replace(";MEQC;BHhW", ""), FISCAL, &["truncated"]);
        expect(&format!("{text};x"), FISCAL, &["trailing-data"]);
        assert!(read("V0; version nought").is_none());
    }

    #[test]
    fn austrian_receipts() {
        let text = "_R1-AT0_our-77_FS77_2026-01-05T18:30:00_12,50_0,00_1,00_0,00_0,00_AbCd=_4bc9a4a1_Ef=_Gh==";
        let payload = expect(text, FISCAL, &[]);
        assert_eq!(payload.fields.payee.as_deref(), Some("our-77"));
        assert_eq!(payload.fields.amount.as_deref(), Some("13.50"));
        assert_eq!(payload.fields.reference.as_deref(), Some("FS77"));
        expect(&text.replace("12,50", "12.50"), FISCAL, &["bad-amount"]);
        expect(&text.replace("_Gh==", ""), FISCAL, &["truncated"]);
        assert!(read("_R1-AT0_what is it").is_none());
    }
}
