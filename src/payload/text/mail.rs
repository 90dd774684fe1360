//! Addresses with an @: of mail, of UPI, and of the Lightning network.

use psl::Psl;

use super::super::schemes::Scheme;
use super::cues::Cue;
use super::{Findings, Line, checked, in_currency, scan, to};

const EMAIL: Scheme = Scheme::named("email");
const UPI: Scheme = Scheme::named("text-upi-vpa");
const LIGHTNING: Scheme = Scheme::named("lightning-address");

/// Handles of banks and apps at the UPI (NPCI, third-party applications and member banks).
#[rustfmt::skip]
const HANDLES: &[&str] = &[
    "abfspay", "airtel", "allbank", "andb", "apl", "aubank", "axisb", "axisbank", "axl", "barodampay",
    "bpunity", "cboi", "centralbank", "cmsidfc", "cnrb", "cub", "dbs", "dlb", "equitas", "fam", "fbl",
    "federal", "fifederal", "freecharge", "goaxb", "hdfcbank", "hdfcbankjd", "hsbc", "ibl", "icici",
    "idbi", "idfcbank", "idfcfirst", "ikwik", "indianbank", "indus", "inhdfc", "iob", "jio", "jkb",
    "jupiteraxis", "kbl", "kmbl", "kotak", "kvb", "mahb", "naviaxis", "niyoicici", "okaxis",
    "okbizaxis", "okhdfcbank", "okicici", "oksbi", "omni", "paytm", "payzapp", "pingpay", "pnb",
    "postbank", "psb", "ptaxis", "pthdfc", "ptsbi", "ptyes", "pz", "rapl", "rbl", "rmhdfcbank", "sbi",
    "sib", "slc", "sliceaxis", "superyes", "tapicici", "timecosmos", "trans", "uboi", "uco",
    "unionbank", "unionbankofindia", "upi", "utib", "waaxis", "wahdfcbank", "waicici", "wasbi", "yapl",
    "ybl", "yes", "yesbank", "yesfam", "yespay", "yespop",
];

/// UPI addresses, which have no dot behind the @ and a name that the network knows.
pub(super) fn find_upi(line: &Line<'_>, findings: &mut Findings) {
    for (start, end, host) in addresses(line) {
        // A dash may part the word from the address.
        let start = start
            + if line.lower()[start..].starts_with("upi-") {
                4
            } else {
                0
            };
        if host.contains('.') || end - start < 5 {
            continue;
        }
        let known = HANDLES.binary_search(&host).is_ok();
        let named = host.len() >= 3 && line.is_after(start, 16, is_upi);
        if known || named {
            let payload = in_currency(to(UPI, &line.text()[start..end]), "INR");
            findings.add(start, end, checked(payload, known, "bad-account"));
        }
    }
    find_parted(line, findings);
}

/// `ravi @ okaxis`, as a reader of pictures parts it: the address, and where it begins and ends.
fn apart(line: &Line<'_>) -> Option<(String, usize, usize)> {
    let text = line.text();
    text.match_indices('@').find_map(|(at, _)| {
        let before = text.get(..at)?;
        let user = before.trim_end_matches(' ');
        let name = user.rfind(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
        let start = name.map_or(0, |i| {
            i + user[i..].chars().next().map_or(1, char::len_utf8)
        });
        let host = at + 1 + usize::from(text.get(at + 1..)?.starts_with(' '));
        let end = host + scan::word(text, host, b"").len();
        let known = HANDLES.binary_search(&line.lower().get(host..end)?).is_ok();
        let parted = user.len() < at || host > at + 1;
        let name = text.get(start..user.len())?;
        (known && parted && name.len() >= 2)
            .then(|| (format!("{name}@{}", &text[host..end]), start, end))
    })
}

fn is_upi(cue: Cue) -> bool {
    matches!(cue, Cue::Wallet(row) if super::wallets::is_upi(row))
}

/// Addresses of UPI with a space beside the @, where the line speaks of UPI.
fn find_parted(line: &Line<'_>, findings: &mut Findings) {
    if line.cues.iter().any(|place| is_upi(place.cue))
        && let Some((address, start, end)) = apart(line)
    {
        let payload = in_currency(to(UPI, address), "INR");
        findings.add(start, end, checked(payload, true, "bad-account"));
    }
}

/// Mail addresses, and those that are paid over Lightning (LUD-16), which look the same.
pub(super) fn find(line: &Line<'_>, findings: &mut Findings) {
    for (start, end, host) in addresses(line) {
        if !is_registrable(host) {
            continue;
        }
        let lightning = line.is_after(start, 24, |cue| cue == Cue::Lightning);
        let address = &line.text()[start..end];
        let payload = if lightning {
            in_currency(to(LIGHTNING, address.to_ascii_lowercase()), "BTC")
        } else {
            to(EMAIL, address)
        };
        findings.add(start, end, checked(payload, true, "bad-account"));
    }
}

/// Each `user@host` of the line: where it begins and ends, and the host in small letters.
pub(super) fn addresses<'l>(line: &'l Line<'_>) -> impl Iterator<Item = (usize, usize, &'l str)> {
    let signs = line.text().match_indices('@');
    signs.filter_map(|(at, _)| {
        let (start, end) = scan::around_at(line.text(), at)?;
        Some((start, end, line.lower().get(at + 1..end)?))
    })
}

/// Whether somebody can have registered `host`, in small letters.
pub(super) fn is_registrable(host: &str) -> bool {
    let suffix = psl::List.suffix(host.as_bytes());
    suffix.is_some_and(|suffix| suffix.is_known() && host.len() > suffix.as_bytes().len() + 1)
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.len() <= 63)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_sorted() {
        assert!(HANDLES.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
