//! Severity and action before any rule.

use super::{Action, Class, Severity};
use crate::payload::Category;

/// Why a class is unknown, and what goes with it: what may still lead somewhere is worth more than what
/// leads nowhere.
const UNKNOWN: &[(&str, Severity, Action)] = &[
    ("unresolved-redirect", Severity::Medium, Action::Review),
    ("several-payees", Severity::Medium, Action::Review),
    ("undecoded", Severity::Low, Action::Record),
];

/// How bad it is that a payload of `category` has this class for this reason, and what to do about it.
pub(super) fn of(class: Class, category: Category, reason: &str) -> (Severity, Action) {
    match class {
        Class::OnPlatform => (Severity::Info, Action::Record),
        Class::Unknown => UNKNOWN
            .iter()
            .find(|(id, ..)| *id == reason)
            .map_or((Severity::Info, Action::Record), |(_, severity, action)| {
                (*severity, *action)
            }),
        Class::OffPlatform => {
            let severity = severity(category);
            let action = if severity >= Severity::Medium {
                Action::Review
            } else {
                Action::Record
            };
            (severity, action)
        }
    }
}

fn severity(category: Category) -> Severity {
    match category {
        Category::Login => Severity::Critical,
        Category::Payment
        | Category::WalletCrypto
        | Category::Contact
        | Category::GroupInvite
        | Category::AppDownload => Severity::High,
        Category::Shop
        | Category::MiniProgram
        | Category::Donation
        | Category::Redirect
        | Category::Vcard
        | Category::Sms
        | Category::Tel
        | Category::Email => Severity::Medium,
        Category::Invoice | Category::Otp | Category::Other => Severity::Low,
        Category::Wifi | Category::Geo | Category::Calendar => Severity::Info,
    }
}
