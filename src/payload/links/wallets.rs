//! Payment links of banks, wallets and payment services, by where they are at home.

pub(super) mod america;
pub(super) mod china;
pub(super) mod east_asia;
pub(in super::super) mod europe;
pub(super) mod global;
pub(super) mod middle_east;
pub(in super::super) mod russia;
pub(super) mod south_asia;
pub(super) mod southeast_asia;

use super::super::checks;
use super::{Fields, Link, link};

/// The payee has digits only, `least` to `most` of them.
fn digits(fields: &Fields, least: usize, most: usize) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(number) if checks::is_digits(number) && (least..=most).contains(&number.len()) => {
            Ok(())
        }
        _ => Err("bad-account"),
    }
}
