//! Which scheme a merchant account template (tags 26 to 51) belongs to, and where its parts stand.

use super::super::schemes::Scheme;
use super::accounts::{self, Check};
use super::tlv::Parts;

/// One row: how a template is told, and what stands where in it.
pub(super) struct Guid {
    pub(super) scheme: Scheme,
    /// The template's tag 00, or all of it where it is no template, in lower case; `*` is any run of
    /// characters. Some schemes have no identifier of their own there and are told by the country.
    pattern: &'static str,
    /// The code's tag 58; empty for any.
    country: &'static str,
    /// Where payee, reference and target stand, see `Parts::pick`.
    pub(super) payee: &'static str,
    pub(super) reference: &'static str,
    pub(super) target: &'static str,
    pub(super) checksum: Checksum,
    /// When an amount without a decimal point is in minor units.
    pub(super) minor: Minor,
    pub(super) check: Option<Check>,
    /// Whether each of the places of the payee is an account by itself, so that a template may name several.
    are_accounts: bool,
}

/// When an amount without a decimal point is in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Minor {
    Never,
    /// Where it has twelve digits (Türkiye).
    Padded,
    /// Kyrgyzstan.
    Always,
}

/// What tag 63 holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Checksum {
    /// CRC-16/CCITT-FALSE, as EMVCo says.
    Crc16,
    /// The last four hexadecimal digits of a SHA-256 over what stands before tag 63 (Kyrgyzstan).
    Sha256Tail,
}

impl Guid {
    /// Whether a template with this tag 00, in lower case, in a code of this country, belongs to the row.
    pub(super) fn fits(&self, guid: &str, country: &str) -> bool {
        (self.country.is_empty() || self.country.eq_ignore_ascii_case(country))
            && matches(self.pattern, guid)
    }

    /// Whether a template says by itself that it belongs to the row, whatever the country.
    pub(super) fn is_of_its_own(&self) -> bool {
        self.pattern != "*"
    }

    /// Whom a template names.
    pub(super) fn accounts(&self, parts: &Parts<'_, '_>) -> Vec<String> {
        if self.are_accounts {
            let places = self.payee.split('|');
            places.filter_map(|place| parts.pick(place)).collect()
        } else {
            parts.pick(self.payee).into_iter().collect()
        }
    }

    /// Wallets differ in which of the accounts they pay.
    const fn each(mut self) -> Self {
        self.are_accounts = true;
        self
    }

    const fn reference(mut self, at: &'static str) -> Self {
        self.reference = at;
        self
    }

    const fn target(mut self, at: &'static str) -> Self {
        self.target = at;
        self
    }

    const fn check(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    const fn minor(mut self, minor: Minor) -> Self {
        self.minor = minor;
        self
    }

    /// Türkiye: in twelve digits, the amount is in kuruş; accounts are an IBAN, or the number of a shop.
    const fn karekod(self) -> Self {
        let row = self.minor(Minor::Padded).reference("/51.03|/62.05|/62.01");
        row.check(accounts::iban)
    }

    const fn hashed(mut self) -> Self {
        self.checksum = Checksum::Sha256Tail;
        self
    }
}

/// A row for any country.
const fn row(scheme: &str, pattern: &'static str, payee: &'static str) -> Guid {
    within(scheme, "", pattern, payee)
}

/// A row for one country.
const fn within(
    scheme: &str,
    country: &'static str,
    pattern: &'static str,
    payee: &'static str,
) -> Guid {
    Guid {
        scheme: Scheme::named(scheme),
        pattern,
        country,
        payee,
        reference: "",
        target: "",
        checksum: Checksum::Crc16,
        minor: Minor::Never,
        check: None,
        are_accounts: false,
    }
}

/// In the order of precedence: codes carry templates of several schemes, and the national one is first.
/// Rows of a country for `*` are last: there an unknown template belongs to the scheme of the country.
pub(super) const GUIDS: &[Guid] = &[
    // A charge that is fetched from the payee's bank has its place in 25, without `https://`; one that
    // comes again and again has it in a template of its own.
    row("pix", "br.gov.bcb.pix", "01")
        .target("25|/80.25")
        .check(accounts::pix),
    row("qris", "id.co.qris.www", "02|01")
        .each()
        .check(accounts::nmid),
    row("paynow", "sg.paynow", "02")
        .reference("/62.01|/62.05|05")
        .check(accounts::paynow),
    row("promptpay", "a000000677010111", "01|02|03|04")
        .each()
        .check(accounts::promptpay),
    row("promptpay", "a000000677010114", "01|02|03|04")
        .each()
        .check(accounts::promptpay),
    row("promptpay-bill", "a000000677010112", "01")
        .reference("02")
        .check(accounts::biller),
    row("promptpay-bill", "a000000677010113", "01").reference("04|02"),
    row("promptpay-bill", "a000000677012006", "01")
        .reference("02")
        .check(accounts::biller),
    row("duitnow", "a0000006150001", "02|01"),
    row("duitnow", "my.paynet.duitnow", "02|01"),
    row("vietqr", "a000000727", "01.00:01.01").check(accounts::vietqr),
    row("zalopay-vnpay", "a000000775", "01"),
    row("fps-hk", "hk.com.hkicl*", "02|03|04")
        .each()
        .check(accounts::fps),
    row("lao-qr", "a005266284662577", "03|02"),
    row("lao-qr", "mch*", "00|@"),
    row("nepal-qr", "fonepay.com*", "07|01"),
    // The merchant stands in the next template, which has no identifier.
    row(
        "nepal-qr",
        "c81d4e2ebcf211e6869b7df92533d2db",
        "01|/29.01|/29",
    ),
    row("nepal-qr", "nepalpay*", "01"),
    row("nepal-qr", "np.gov.nrb*", "01"),
    // Tag 26 has the address, 27 the transaction, 28 the Aadhaar number; cards stand in front of them.
    row(
        "bharat-qr",
        "a000000524",
        "/26.01|/02|/04|/06|/11|/08|/28.01",
    )
    .each()
    .reference("/27.01")
    .check(accounts::bharat),
    within("bharat-qr", "IN", "*upi", "01"),
    row("qrph", "com.p2pqrpay", "01:04|01:03|01:05"),
    row("qrph", "ph.ppmi.*", "01:03|01:04|01"),
    within("qrph", "PH", "*", "01:03|01:04|01:05|01"),
    row("raast", "pk.raast", "01").check(accounts::iban),
    row("raast", "a000000736", "01").check(accounts::iban),
    row("mmqr", "mm.com.mmqr", "02|01"),
    row("jpqr", "jp.or.paymentsjapan", "01:02:03:04|01").check(accounts::jpqr),
    row("zeropay", "com.zeropay", "01"),
    row("zeropay", "d4100000014010", "01|#"),
    row("zeropay", "a000000642*", "01|#"),
    row("twqr-emv", "tw.com.twqrp", "01"),
    row("mercadopago-emv", "com.mercadolibre", "01|02").check(accounts::argentina),
    row("bre-b", "co.com.*.lla", BRE_B)
        .each()
        .reference(BRE_B_ID),
    row("ghqr", "gh.net.ghipss.ghqr", "01"),
    // Mobile money in 28, banks in 29; the tag of the account is the number of the institution.
    row("ke-qr", "ke.go.qr", "01|68|#"),
    row("tanqr", "tz.go.bot.tips", "02|01"),
    row("nqr", "ng.com.nibss*", "01:02|01").reference("05"),
    row("nqr", "org.paycashless.qpi", "01|#"),
    row("meeza-qr", "a000000732100001", "01"),
    row("pi-spi", "int.bceao.pi", "01"),
    row("za-emv", "za.co.*", "").reference("01"),
    row("qpay-mn", "a0000008430001", "01:02|02"),
    row("uz-qr-online", "qr-online.uz", "01"),
    // 11 is the transaction; the amount is in tyiyn.
    row("elqr-kg", "*.kg", "10")
        .reference("11")
        .minor(Minor::Always)
        .hashed(),
    row("elqr-kg", "bakai.app", "10|01")
        .reference("11")
        .minor(Minor::Always)
        .hashed(),
    row("tr-karekod", "tr.com.bkm*", KAREKOD).karekod(),
    row("tr-karekod", "tr.gov.tcmb.*", KAREKOD).karekod(),
    row("codi", "mx.com.banxico.*", "01|#"),
    row("qris", "id.*.www", "01|02").each(),
    row("qris", "com.*.www", "01|02").each(),
    within("khqr", "KH", "*@*", "00").check(accounts::bakong),
    within("mercadopago-emv", "AR", "*", "01|98|/51.00|/50.00").check(accounts::argentina),
    within("bangla-qr", "BD", "*", "03|02|01"),
    within("bre-b", "CO", "*", BRE_B).each().reference(BRE_B_ID),
    within("eth-qr", "ET", "*", "02|01"),
    within("ghqr", "GH", "*", "01|#"),
    within("ke-qr", "KE", "*", "68|01|#"),
    within("lanka-qr", "LK", "*", "00|@"),
    within("mmqr", "MM", "*", "01|00|@"),
    within("nepal-qr", "NP", "*", "01|#|@"),
    within("yape-plin", "PE", "*", "/39|@"),
    within("raast", "PK", "*", "02|01").check(accounts::iban),
    within("rwanda-qr", "RW", "*", "00"),
    within("sgqr", "SG", "*", "01|#"),
    within("tr-karekod", "TR", "*", KAREKOD).karekod(),
    within("tanqr", "TZ", "*", "02|01"),
    row("sgqr", "sg.sgqr", "01"),
];

/// FAST has the account in its own template, BKM the number of the shop beside it.
const KAREKOD: &str = "01|/30.01|/49|06|#";

/// EASPBV: a telephone or identity number, a name with `@`, an e-mail address, or the number of a merchant.
const BRE_B: &str = "/26.02|/26.04|/26.03|/26.05|/26.01|/50.01|01";
const BRE_B_ID: &str = "/62.05|/62.01|/91.01";

/// Whether `text` fits `pattern`. Taking each part at its first place is enough,
/// so nothing is tried twice.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((begin, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut left) = text.strip_prefix(begin) else {
        return false;
    };
    for part in middle.split('*') {
        let Some(at) = left.find(part) else {
            return false;
        };
        left = &left[at + part.len()..];
    }
    left.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, fits) in [
            ("a.b", "a.b", true),
            ("a.b", "a.bc", false),
            ("id.*.www", "id.co.bri.www", true),
            ("id.*.www", "id.www", false),
            ("*@*", "name@bank", true),
            ("*@*", "name", false),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} on {text}");
        }
    }
}
