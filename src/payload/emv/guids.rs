//! Which scheme a merchant account template (tags 26 to 51) belongs to, and where its parts stand.

use super::super::schemes::Scheme;

/// One row: how a template is told, and what stands where in it.
pub(super) struct Guid {
    pub(super) scheme: Scheme,
    /// The template's tag 00, letter case aside; `*` is any run of characters. Some schemes have no
    /// identifier of their own there and are told by the country.
    pattern: &'static str,
    /// The code's tag 58; empty for any.
    country: &'static str,
    /// Where payee, reference and target stand in the template, see `Tlv::pick`.
    pub(super) payee: &'static str,
    pub(super) reference: &'static str,
    pub(super) target: &'static str,
    pub(super) checksum: Checksum,
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
    /// Whether a template with this tag 00, in a code of this country, belongs to the row.
    pub(super) fn fits(&self, guid: &str, country: &str) -> bool {
        (self.country.is_empty() || self.country == country) && matches(self.pattern, guid)
    }

    const fn reference(mut self, at: &'static str) -> Self {
        self.reference = at;
        self
    }

    const fn target(mut self, at: &'static str) -> Self {
        self.target = at;
        self
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
    }
}

/// In the order of precedence: codes carry templates of several schemes, and the national one is first.
pub(super) const GUIDS: &[Guid] = &[
    row("pix", "br.gov.bcb.pix", "01").target("25"),
    row("qris", "id.co.qris.www", "02"),
    row("sgqr", "sg.sgqr", "01"),
    row("paynow", "sg.paynow", "02"),
    row("promptpay", "a000000677010111", "01|02|03|04"),
    row("promptpay", "a000000677010114", "01|02|03|04"),
    row("promptpay-bill", "a000000677010112", "01").reference("02"),
    row("promptpay-bill", "a000000677010113", "01").reference("04|02"),
    row("promptpay-bill", "a000000677012006", "01").reference("02"),
    row("duitnow", "a0000006150001", "02|01"),
    row("vietqr", "a000000727", "01.00:01.01"),
    row("fps-hk", "hk.com.hkicl*", "02|03|04"),
    row("lao-qr", "a005266284662577", "03|02"),
    row("lao-qr", "mch*", "00"),
    row("nepal-qr", "fonepay.com*", "07|01"),
    row("nepal-qr", "c81d4e2ebcf211e6869b7df92533d2db", "@"),
    row("nepal-qr", "nepalpay", "01"),
    row("bharat-qr", "a000000524", "01"),
    row("qrph", "com.p2pqrpay", "01:04|01:03|01:05"),
    row("qrph", "ph.ppmi.*", "01:03|01:04|01"),
    row("raast", "pk.raast", "01"),
    row("raast", "a000000736", "01"),
    row("mmqr", "mm.com.mmqr", "02|01"),
    row("jpqr", "jp.or.paymentsjapan", "01:02:03:04|01"),
    row("zeropay", "com.zeropay", "01"),
    row("twqr-emv", "tw.com.twqrp", "01"),
    row("mercadopago-emv", "com.mercadolibre", "01"),
    row("bre-b", "co.com.*.lla", "02|04|05|01"),
    row("ghqr", "gh.net.ghipss.ghqr", "01"),
    row("ke-qr", "ke.go.qr", "01|68"),
    row("tanqr", "tz.go.bot.tips", "02"),
    row("nqr", "ng.com.nibss*", "01:02|01"),
    row("meeza-qr", "a000000732100001", "01"),
    row("pi-spi", "int.bceao.pi", "01"),
    row("za-emv", "za.co.*", "01"),
    row("qpay-mn", "a0000008430001", "01:02|02"),
    row("uz-qr-online", "qr-online.uz", "01"),
    row("elqr-kg", "*.mbank.kg", "10").hashed(),
    row("elqr-kg", "qr.*.kg", "10").hashed(),
    row("elqr-kg", "bakai.app", "10").hashed(),
    row("tr-karekod", "tr.com.bkm", "06|01"),
    row("tr-karekod", "tr.gov.tcmb.fast", "06|01"),
    row("qris", "id.*.www", "01|02"),
    row("qris", "com.*.www", "01|02"),
    within("khqr", "KH", "*@*", "00"),
    within("bangla-qr", "BD", "*", "03|02|01"),
    within("lanka-qr", "LK", "*", "00"),
    within("raast", "PK", "*", "02|01"),
    within("rwanda-qr", "RW", "*", "00"),
    within("eth-qr", "ET", "*", "02|01"),
    within("yape-plin", "PE", "", "@"),
];

/// Whether `text` fits `pattern`, letter case aside. Taking each part at its first place is enough,
/// so nothing is tried twice.
fn matches(pattern: &str, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
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
            ("a.b", "A.B", true),
            ("a.b", "a.bc", false),
            ("id.*.www", "ID.CO.BRI.WWW", true),
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
