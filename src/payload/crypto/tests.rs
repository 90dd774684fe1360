//! Addresses and requests of every chain, and what is none.

use super::super::input::Input;
use super::parse;

#[test]
fn addresses_and_uris() {
    for (text, scheme, payee, amount, valid) in [
        // The first block's address, and the first example of BIP-173.
        (
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?amount=0.5&label=Satoshi",
            "bitcoin-uri",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            Some("0.5"),
            Some(true),
        ),
        (
            "BITCOIN:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4?AMOUNT=1",
            "bitcoin-uri",
            "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
            Some("1"),
            Some(true),
        ),
        (
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "bitcoin-uri",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            None,
            Some(false),
        ),
        (
            "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa?req-x=1",
            "bitcoin-uri",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            None,
            Some(false),
        ),
        (
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            "bitcoin-address",
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            None,
            Some(true),
        ),
        (
            "ethereum:0x00000000219ab540356cbb839cbe05303d7705fa@1?value=3.2e19",
            "ethereum-eip681",
            "0x00000000219ab540356cbb839cbe05303d7705fa",
            Some("32"),
            Some(true),
        ),
        (
            "ethereum:0x00000000219ab540356cBB839Cbe05303d7705Fa",
            "ethereum-eip681",
            "0x00000000219ab540356cBB839Cbe05303d7705Fa",
            None,
            Some(true),
        ),
        (
            "ethereum:0xdac17f958d2ee523a2206206994597c13d831ec7/transfer?address=0x00000000219ab540356cbb839cbe05303d7705fa&uint256=1",
            "ethereum-eip681",
            "0x00000000219ab540356cbb839cbe05303d7705fa",
            Some("0.000001"),
            Some(true),
        ),
        (
            "ethereum:nonsense",
            "ethereum-eip681",
            "nonsense",
            None,
            Some(false),
        ),
        (
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            "tron-address",
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
            None,
            Some(true),
        ),
    ] {
        let payload = parse(&Input::new(text)).expect(text);
        assert_eq!(payload.scheme, scheme, "{text}");
        assert_eq!(payload.fields.payee.as_deref(), Some(payee), "{text}");
        assert_eq!(payload.fields.amount.as_deref(), amount, "{text}");
        assert_eq!(payload.valid, valid, "{text}");
    }
}

#[test]
fn other_words_are_no_addresses() {
    for text in ["Tomorrow", "0x1234", "bc1qqqq", "hello", ""] {
        assert!(parse(&Input::new(text)).is_none(), "{text}");
    }
}

/// A line of chat, a link of a shop and the like are refused before anything is hashed.
#[test]
fn hostile_texts_take_linear_time() {
    let long = 4_096;
    for begin in [
        "",
        "1",
        "3",
        "T",
        "0x",
        "bc1",
        "lnbc1",
        "lno1",
        "lnurl1",
        "LNURL1",
        "4",
        "DdzFF",
        "nano_",
        "bitcoin:",
        "bitcoin:?bc=",
        "lightning:",
        "lightning:lnbc1",
        "ethereum:",
        "ethereum:pay-",
        "solana:",
        "solana:http",
        "ton://transfer/",
        "web+cardano:",
        "web+stellar:pay?memo=",
        "web+stellar:tx?xdr=",
        "zcash:?",
        "monero:",
        "xrp:r",
        "kaspa:q",
        "nano:nano_1",
        "filecoin:f1",
        "filecoin:f4",
        "polkadot:1",
        "algorand://",
        "hedera:0.0.",
        "near:",
        "keyauth://",
        "lnurlp://",
    ] {
        for fill in [
            "1", "q", "z", "é", "=&", "a.1=&", "abandon ", "%", "-0x", ":", "lno1+", "0",
        ] {
            let text = format!("{begin}{}", fill.repeat(long / fill.len()));
            for end in [0, 1, 7, 40, 95, long] {
                if let Some(cut) = text.get(..end.min(text.len())) {
                    let _ = parse(&Input::new(cut));
                    let _ = super::bare(&Input::new(cut));
                }
            }
        }
    }
}
