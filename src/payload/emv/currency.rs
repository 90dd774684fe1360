//! ISO 4217: the numeric codes of EMVCo codes → the letters that people know.

/// Numeric and alphabetic code, sorted; the currencies of countries where EMVCo codes are in use.
const CODES: &[(&str, &str)] = &[
    ("008", "ALL"),
    ("032", "ARS"),
    ("036", "AUD"),
    ("048", "BHD"),
    ("050", "BDT"),
    ("051", "AMD"),
    ("096", "BND"),
    ("104", "MMK"),
    ("116", "KHR"),
    ("124", "CAD"),
    ("144", "LKR"),
    ("152", "CLP"),
    ("156", "CNY"),
    ("170", "COP"),
    ("188", "CRC"),
    ("203", "CZK"),
    ("208", "DKK"),
    ("230", "ETB"),
    ("320", "GTQ"),
    ("340", "HNL"),
    ("344", "HKD"),
    ("348", "HUF"),
    ("356", "INR"),
    ("360", "IDR"),
    ("376", "ILS"),
    ("392", "JPY"),
    ("398", "KZT"),
    ("400", "JOD"),
    ("404", "KES"),
    ("410", "KRW"),
    ("414", "KWD"),
    ("417", "KGS"),
    ("418", "LAK"),
    ("446", "MOP"),
    ("458", "MYR"),
    ("462", "MVR"),
    ("480", "MUR"),
    ("484", "MXN"),
    ("496", "MNT"),
    ("504", "MAD"),
    ("512", "OMR"),
    ("524", "NPR"),
    ("554", "NZD"),
    ("558", "NIO"),
    ("566", "NGN"),
    ("578", "NOK"),
    ("586", "PKR"),
    ("590", "PAB"),
    ("598", "PGK"),
    ("600", "PYG"),
    ("604", "PEN"),
    ("608", "PHP"),
    ("634", "QAR"),
    ("643", "RUB"),
    ("646", "RWF"),
    ("682", "SAR"),
    ("702", "SGD"),
    ("704", "VND"),
    ("710", "ZAR"),
    ("752", "SEK"),
    ("756", "CHF"),
    ("764", "THB"),
    ("784", "AED"),
    ("788", "TND"),
    ("800", "UGX"),
    ("818", "EGP"),
    ("826", "GBP"),
    ("834", "TZS"),
    ("840", "USD"),
    ("858", "UYU"),
    ("860", "UZS"),
    ("901", "TWD"),
    ("936", "GHS"),
    ("941", "RSD"),
    ("949", "TRY"),
    ("950", "XAF"),
    ("952", "XOF"),
    ("972", "TJS"),
    ("978", "EUR"),
    ("980", "UAH"),
    ("981", "GEL"),
    ("985", "PLN"),
    ("986", "BRL"),
];

/// The letters of a numeric code; an unknown one stays as it is, and so do letters, which some
/// countries print in tag 53.
pub(super) fn alphabetic(code: &str) -> &str {
    CODES
        .binary_search_by_key(&code, |(numeric, _)| numeric)
        .map_or(code, |at| CODES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found() {
        assert!(CODES.is_sorted(), "the search needs them sorted");
        assert_eq!((alphabetic("986"), alphabetic("156")), ("BRL", "CNY"));
        assert_eq!((alphabetic("999"), alphabetic("MMK")), ("999", "MMK"));
    }
}
