//! Links that open a wallet, an exchange or a merchant service of crypto coins.

use super::{Link, link};

pub(super) const LINKS: &[Link] = &[
    link(
        "binance-pay",
        &[
            "app.binance.com/qr|payment|uni-qr/{reference}",
            "pay.binance.com|s.binance.com/{reference}",
            "bnc://app.binance.com/payment/{reference}",
        ],
    ),
    link(
        "crypto-gateways",
        &[
            "commerce.coinbase.com/checkout|pay|charges/{reference}",
            "nowpayments.io/payment|donation/{reference}",
            "pay.cryptomus.com/pay/{reference}",
            "bitpay.com/i|invoice/{reference}",
            "strike.me/{payee}",
        ],
    ),
    link(
        "wallet-universal-links",
        &[
            "metamask.app.link/send/{payee}",
            "metamask.app.link/dapp/{target}",
            "link.trustwallet.com/send?address={payee}&amount={amount}?",
            "link.trustwallet.com/open_url?url={target}",
            "phantom.app/ul",
            "app.tonkeeper.com|tonhub.com/transfer/{payee}",
            "trust|metamask|imtokenv2|okx|bnc|phantom|safepalwallet|bitkeep://{reference}",
        ],
    ),
];
