//! The XRP Ledger: addresses in an alphabet of its own, and X-addresses (XLS-5), which hold the
//! destination tag.

use super::base58::{RIPPLE, check_in};
use super::forms::{Chain, Verdict, chain, own};

pub(super) static CHAIN: Chain = chain(
    "xrp",
    "XRP",
    &["ripple", "xrp", "xrpl", "xrpledger"],
    &[
        own(&["r"], (33, 34), &RIPPLE, classic).told(),
        own(&["r"], (25, 35), &RIPPLE, classic),
        own(&["X", "T"], (47, 47), &RIPPLE, tagged).told(),
        own(&["X", "T"], (46, 48), &RIPPLE, tagged),
    ],
);

fn classic(text: &str) -> Verdict {
    let data = check_in(&RIPPLE, text);
    Verdict::checksum(data.is_some_and(|data| data.len() == 21 && data.starts_with(&[0])))
}

/// The network, the account, whether there is a tag, and the tag.
fn tagged(text: &str) -> Verdict {
    let data = check_in(&RIPPLE, text);
    Verdict::checksum(data.is_some_and(|data| {
        let network = data.starts_with(&[0x05, 0x44]) || data.starts_with(&[0x04, 0x93]);
        data.len() == 31 && network && matches!(data[22], 0 | 1)
    }))
}
