//! Links that open a wallet, an exchange or a merchant service of crypto coins.

use super::super::input::Input;
use super::super::schemes::Scheme;
use super::super::{Category, Depth, Payload, read};
use super::{Fields, Link, link};

const GATEWAYS: Scheme = Scheme::named("crypto-gateways");

/// Trust Wallet's links; SLIP-44 numbers the coins, and Trust's assets have the same numbers.
macro_rules! trust {
    ($($query:literal)*) => {
        concat!("link.trustwallet.com|share.trustwallet.com/send?", $($query),*)
    };
}

/// A row for the coin of one chain.
macro_rules! send {
    ($coin:literal, $asset:literal, $symbol:literal, $check:ident) => {
        link(
            "wallet-universal-links",
            &[
                trust!("coin=" $coin "&address={payee}&amount={amount}?"),
                trust!("asset=" $asset "&address={payee}&amount={amount}?"),
            ],
        )
        .currency($symbol)
        .check($check)
    };
}

macro_rules! metamask {
    ($path:literal) => {
        concat!("metamask.app.link|link.metamask.io", $path)
    };
}

pub(super) const LINKS: &[Link] = &[
    link(
        "binance-pay",
        &[
            "app.binance.com|www.binance.com/qr|payment|uni-qr/{reference}",
            "www.binance.com|app.binance.com/*/qr|payment/{reference}",
            "www.binance.com|app.binance.com/*/qr|payment|pay/*/{reference}",
            "pay.binance.com/*/checkout/{reference}",
            "pay.binance.com/checkout|qr/{reference}",
            "pay.binance.com|s.binance.com/{reference}",
            "bnc://app.binance.com/payment|qr|uni-qr/{reference}",
            "bnc://app.binance.com",
            "www.okx.com|okx.com/pay|p2p-pay/{reference}",
            "www.okx.com|okx.com/*/pay|p2p-pay/{reference}",
            "www.okx.com|okx.com/*/pay",
            "i.bybit.com/{reference}",
            "*.bybit.com/*/pay/{reference}",
            "*.bybit.com/pay/{reference}",
            "www.kucoin.com|pay.kucoin.com|www.gate.io|www.gate.com/pay/{reference}",
            "www.kucoin.com|www.gate.io|www.gate.com/*/pay",
            "www.htx.com|www.bitget.com/*/pay",
        ],
    ),
    link(
        "crypto-gateways",
        &[
            "commerce.coinbase.com|beta.commerce.coinbase.com/checkout|pay|charges|invoices/\
                {reference}",
            "payments.coinbase.com/payment-links|checkout/{reference}",
            "nowpayments.io/payment|donation/{reference}",
            "nowpayments.io/payment?iid={reference}",
            "*.btcpayserver.org/i|apps|pull-payments|payment-requests/{reference}",
            "coinpayments.net|www.coinpayments.net/index.php?cmd=_pay|_pay_simple|_donate|\
                checkout&merchant|id={payee}?",
            "a-api.coinpayments.net|coinpayments.net|www.coinpayments.net|\
                checkout.coinpayments.net",
            "pay.cryptomus.com|app.cryptomus.com/pay|wallet/{reference}",
            "bitpay.com|www.bitpay.com|test.bitpay.com/i|invoice/{reference}",
            "bitpay.com|www.bitpay.com|test.bitpay.com/invoice?id={reference}",
            "link.bitpay.com/i/{reference}",
            "checkout.opennode.com/{reference}",
            "strike.me|www.strike.me/{payee}",
            "pay.request.network|app.request.finance|pay.request.finance/{reference}",
            "plisio.net|www.plisio.net/invoice|donate/{reference}",
            "confirmo.net|gateway.confirmo.net|pay.coingate.com|invoice.coinremitter.com/\
                {reference}",
            "coingate.com|sandbox.coingate.com/invoice|pay/{reference}",
            "oxapay.com|pay.oxapay.com|pay.heleket.com|pay.changenow.io/{reference}",
            "blockonomics.co|www.blockonomics.co/invoice|pay-url|payment/{reference}",
            "zaprite.com|pay.zaprite.com|swiss-bitcoin-pay.ch|app.swiss-bitcoin-pay.ch/{reference}",
            "app.hel.io|hel.io|moonpay.hel.io/pay|x|s/{reference}",
            "buy.moonpay.com|buy.ramp.network|global.transak.com|buy.simplex.com|\
                checkout.banxa.com",
            "tippin.me/@{payee}",
            "getalby.com/p/{payee}",
            "coindrop.to/{payee}",
        ],
    ),
    send!("0", "c0", "BTC", known),
    send!("60", "c60", "ETH", known),
    send!("2", "c2", "LTC", address),
    send!("3", "c3", "DOGE", address),
    send!("144", "c144", "XRP", address),
    send!("195", "c195", "TRX", known),
    send!("501", "c501", "SOL", address),
    send!("607", "c607", "TON", address),
    send!("714|20000714", "c714|c20000714", "BNB", address),
    send!("966", "c966", "POL", known),
    link(
        "wallet-universal-links",
        &["metamask.app.link|link.metamask.io/send/*/transfer?address={payee}"],
    )
    .check(address),
    link(
        "wallet-universal-links",
        &[
            trust!("address={payee}&amount={amount}?"),
            metamask!("/send/pay-{payee}@1"),
            metamask!("/send/pay-{payee}"),
            metamask!("/send/{payee}@1"),
            metamask!("/send/{payee}@5"),
            metamask!("/send/{payee}@10"),
            metamask!("/send/{payee}@56"),
            metamask!("/send/{payee}@137"),
            metamask!("/send/{payee}@8453"),
            metamask!("/send/{payee}@42161"),
            metamask!("/send/{payee}@43114"),
            metamask!("/send/{payee}@59144"),
            metamask!("/send/{payee}"),
            "go.cb-w.com|wallet.coinbase.com/send|pay?address={payee}&amount={amount}?",
            "connect.tokenpocket.pro|tp-lab.tptool.pro/transfer?to={payee}&amount={amount}?",
        ],
    )
    .check(address),
    link(
        "wallet-universal-links",
        &[
            "app.tonkeeper.com|tonhub.com|test.tonhub.com|tonkeeper.com/transfer/{payee}",
            "tonkeeper|tonhub://transfer/{payee}",
        ],
    )
    .currency("TON")
    .check(address),
    // What a wallet is asked to open or to pair with stands in the link.
    link(
        "wallet-universal-links",
        &[
            metamask!("/dapp/{target...}"),
            metamask!("/wc?uri={target}"),
            "link.trustwallet.com/open_url|open_dapp|browser?url={target}",
            "link.trustwallet.com|rnbwapp.com|rainbow.me|uniswap.org|www.ledger.com|\
                go.cb-w.com/wc?uri={target}",
            "link.zerion.io|app.zerion.io|bkcode.vip|link.safepal.io|m.imtoken.com|zengo.com/\
                wc?uri={target}",
            "go.cb-w.com|wallet.coinbase.com/dapp?cb_url|url={target}",
            "go.cb-w.com|wallet.coinbase.com/wsegue?p|url={target}",
            "phantom.app|phantom.com/ul/browse/{target}",
            "phantom.app|phantom.com/ul/v1/browse/{target}",
            "solflare.com/ul/v1/browse/{target}",
            "backpack.app/ul/v1/browse/{target}",
            "www.okx.com|okx.com/download?deeplink={target}",
            "www.okx.com|okx.com/*/download?deeplink={target}",
            "connect.token.im|connect.im.token.im/link/*?url|uri={target}",
            "bkcode.vip?action=dapp&url={target}",
            "unisat.io/download|share?url={target}",
            "metamask|trust|rainbow|uniswap|ledgerlive|imtokenv2|safe|zerion|cbwallet|okex|\
                exodus://wc?uri={target}",
            "metamask://dapp/{target...}",
            "trust://open_url|browser_enable?url={target}",
            "imtokenv2|okx|bitkeep|bitget|safepalwallet://*/*?url|dappUrl={target}",
            "imtokenv2|okx|bitkeep|bitget|safepalwallet://*?url|dappUrl={target}",
        ],
    ),
    link(
        "wallet-universal-links",
        &[
            metamask!("/buy"),
            "go.cb-w.com|wallet.coinbase.com|rnbwapp.com|connect.token.im|connect.tokenpocket.pro",
            "link.trustwallet.com|share.trustwallet.com|metamask.app.link|link.metamask.io",
            "phantom.app|phantom.com|solflare.com/ul",
            "www.okx.com|okx.com/download",
            "www.okx.com|okx.com/web3",
            "unisat.io/wallet-api-v5",
            "trust|metamask|imtokenv2|okx|okex|bnc|phantom|safepalwallet|bitkeep|cbwallet://\
                {reference}",
            "tpoutside|tpdapp|unisat|rainbow|uniswap|exodus|tonkeeper|tonhub|solflare|\
                ledgerlive://*",
        ],
    ),
];

/// `BTCPay` Server under any host whose name says so: everybody runs their own.
pub(in super::super) fn btcpay(input: &Input<'_>) -> Option<Payload> {
    const PAGES: &[&str] = &["i", "apps", "invoice", "pull-payments", "payment-requests"];
    let uri = input.uri.as_ref().filter(|uri| uri.is_web())?;
    let named = |label: &str| label.starts_with("btcpay");
    let parts: Vec<&str> = uri.path.iter().take(2).collect();
    let [page, reference] = parts.as_slice() else {
        return None;
    };
    let fits = uri.host.split('.').any(named)
        && PAGES.iter().any(|known| known.eq_ignore_ascii_case(page));
    fits.then(|| {
        let mut payload = input.payload(GATEWAYS);
        payload.fields.reference = Some((*reference).to_owned());
        payload
    })
}

/// The address must hold as it would alone. Of a chain whose addresses are not known, nothing is said.
fn address(fields: &Fields) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(address) if address.contains([':', '/']) => Err("bad-account"),
        Some(address) if read(address, Depth::NONE).valid == Some(false) => Err("bad-checksum"),
        _ => Ok(()),
    }
}

/// The same for chains whose addresses are known when they stand alone.
fn known(fields: &Fields) -> Result<(), &'static str> {
    address(fields)?;
    match fields
        .payee
        .as_deref()
        .map(|address| read(address, Depth::NONE))
    {
        Some(alone) if alone.category == Category::WalletCrypto => Ok(()),
        _ => Err("bad-checksum"),
    }
}
