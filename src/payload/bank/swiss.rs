//! The Swiss QR-bill (SIX, implementation guidelines 2.3, section 4.2).

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Payload, checks};
use super::lines::Lines;
use super::{Slip, nine_digits};

const SWISS: Scheme = Scheme::named("swiss-qr-bill");

pub(super) fn read(input: &Input<'_>) -> Option<Payload> {
    let lines = Lines::of(input.text);
    let version = lines.get(2);
    if lines.get(1) != "SPC" || version.len() != 4 || !checks::is_digits(version) {
        return None;
    }
    let mut slip = Slip::new(input, SWISS, lines.get(20));
    slip.lines(&lines);
    slip.require(
        version.starts_with("02") && lines.get(3) == "1",
        "malformed",
    );
    slip.require(lines.count() >= 31, "truncated");
    // Two lines for other procedures may follow the bill information.
    slip.require(lines.count() <= 34, "trailing-data");

    slip.iban(lines.get(4));
    let account = slip.0.fields.payee.clone().unwrap_or_default();
    slip.require(
        account.starts_with("CH") || account.starts_with("LI"),
        "bad-iban",
    );
    slip.require(matches!(lines.get(5), "S" | "K"), "malformed");
    slip.require(!lines.get(6).is_empty(), "malformed");
    slip.name(lines.get(6));
    // The ultimate creditor is for a later version.
    let later = (12..=18).all(|number| lines.get(number).is_empty());
    slip.require(later, "malformed");
    slip.amount(lines.get(19), nine_digits(lines.get(19)));
    slip.require(matches!(lines.get(20), "CHF" | "EUR"), "malformed");

    let reference = lines.get(29);
    let digits: String = reference.split_whitespace().collect();
    // Accounts of these banks are for QR references alone, and the other way round.
    let bank: u32 = account.get(4..9).and_then(|b| b.parse().ok()).unwrap_or(0);
    let is_qr_account = (30_000..=31_999).contains(&bank);
    let holds = match lines.get(28) {
        "QRR" => is_qr_account && digits.len() == 27 && checks::mod_10_recursive(&digits),
        "SCOR" => !is_qr_account && checks::creditor_reference(&digits),
        "NON" => !is_qr_account && digits.is_empty(),
        _ => false,
    };
    slip.require(holds, "bad-reference");
    slip.reference(&[reference, lines.get(30)]);
    slip.require(lines.count() < 31 || lines.get(31) == "EPD", "malformed");
    Some(slip.done())
}

#[cfg(test)]
mod tests {
    use super::super::tests::expect;

    const BILL: &str = "SPC\n0200\n1\nCH9300762011623852957\nS\nMuster AG\nWeg\n1\n3000\nBern\nCH\n\n\n\n\n\n\n\n\
        80.00\nEUR\nS\nAnna Frei\nPlatz\n2\n8000\nZürich\nCH\nSCOR\nRF18539007547034\nThanks\nEPD";

    #[test]
    fn bills_are_read() {
        let payload = expect(BILL, "swiss-qr-bill", &[]);
        assert_eq!(
            payload.fields.payee.as_deref(),
            Some("CH9300762011623852957")
        );
        assert_eq!(payload.fields.payee_name.as_deref(), Some("Muster AG"));
        assert_eq!(payload.fields.amount.as_deref(), Some("80.00"));
        assert_eq!(payload.fields.currency.as_deref(), Some("EUR"));
        assert_eq!(
            payload.fields.reference.as_deref(),
            Some("RF18539007547034")
        );
        expect(&BILL.replace('\n', "\r\n"), "swiss-qr-bill", &[]);
        let qr = BILL.replace("CH9300762011623852957", "CH4431999123000889012");
        for (bill, flags) in [
            (BILL.replace("80.00", ""), &[][..]),
            (BILL.replace("SCOR\nRF18539007547034", "NON\n"), &[]),
            (
                qr.replace("SCOR\nRF18539007547034", "QRR\n210000000003139471430009017"),
                &[],
            ),
            (
                qr.replace("SCOR\nRF18539007547034", "QRR\n210000000003139471430009018"),
                &["bad-reference"],
            ),
            (qr.clone(), &["bad-reference"]),
            (
                BILL.replace("SCOR\nRF18539007547034", "QRR\n210000000003139471430009017"),
                &["bad-reference"],
            ),
            (BILL.replace("SCOR", "NON"), &["bad-reference"]),
            (BILL.replace("RF18", "RF19"), &["bad-reference"]),
            (BILL.replace("CH93", "CH94"), &["bad-iban"]),
            (
                BILL.replace("CH9300762011623852957", "DE89370400440532013000"),
                &["bad-iban"],
            ),
            (BILL.replace("80.00", "80,00"), &["bad-amount"]),
            (BILL.replace("EUR", "USD"), &["malformed"]),
            (BILL.replace("EPD", "END"), &["malformed"]),
            (BILL.replace("\nThanks\nEPD", ""), &["truncated"]),
        ] {
            expect(&bill, "swiss-qr-bill", flags);
        }
    }
}
