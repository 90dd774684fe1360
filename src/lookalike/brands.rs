//! Names that people trust with their money, their accounts and their messages, and the public suffixes
//! under which they are their owners' own. One more is one more row.

use super::Known;
use super::fold::Folded;

const fn row(name: &'static str, suffixes: &'static str, word: bool) -> Known<&'static str> {
    Known {
        name,
        suffixes,
        word,
        folded: Folded::new(name),
    }
}

/// A name that means nothing else.
const fn name(name: &'static str, suffixes: &'static str) -> Known<&'static str> {
    row(name, suffixes, false)
}

/// A name that is a word as well, or so short that others have it too.
const fn word(name: &'static str, suffixes: &'static str) -> Known<&'static str> {
    row(name, suffixes, true)
}

#[rustfmt::skip]
pub(super) static KNOWN: &[Known<&'static str>] = &[
    // China
    name("alipay", "com cn hk com.hk com.cn net"), name("alipayplus", "com"), name("alipayhk", "com"),
    name("alipayobjects", "com"), name("tenpay", "com"), name("wechat", "com"),
    name("wechatpay", "cn com.cn com"), name("weixin", "com"), name("wxpay", "com"),
    name("unionpay", "com cn com.cn"), name("unionpayintl", "com"), name("chinaums", "com"),
    name("taobao", "com cn org *"), name("tmall", "com hk com.hk"), name("alibaba", "com *"),
    name("alibabagroup", "com"), name("aliexpress", "com *"), name("alicdn", "com"), name("aliyun", "com"),
    name("aliyuncs", "com"), name("pinduoduo", "com net cn"), name("yangkeduo", "com"),
    name("meituan", "com net cn"), name("dianping", "com"), name("douyin", "com cn"),
    name("iesdouyin", "com"), name("jinritemai", "com"), name("xiaohongshu", "com"),
    name("xhslink", "com"), name("bilibili", "com cn tv"), name("kuaishou", "com cn"),
    name("weidian", "com"), name("youzan", "com"), name("goofish", "com"), name("shouqianba", "com"),
    name("icbc", "com.cn *"), name("cmbchina", "com"), name("abchina", "com"), name("bankcomm", "com"),
    name("lakala", "com com.cn"), name("dingtalk", "com"), name("weibo", "com cn"),
    word("ccb", "com com.cn"), word("boc", "cn"), word("jd", "com hk *"), word("qq", "com"),
    word("95516", "com"), word("1688", "com"),
    // Payment services
    name("paypal", "com me cn de fr it es nl be at ch pl se dk no fi ie pt ca co.uk com.au com.br com.mx com.sg com.hk co.il jp"),
    name("paypalobjects", "com"), name("venmo", "com"), name("zellepay", "com"), name("zelle", "com"),
    name("cashapp", "com"), name("squareup", "com"), name("klarna", "com *"),
    name("revolut", "com me *"), name("transferwise", "com"), name("payoneer", "com"),
    name("skrill", "com"), name("neteller", "com"), name("paysafecard", "com *"), name("paysafe", "com"),
    name("remitly", "com *"), name("westernunion", "com *"), name("moneygram", "com *"),
    name("worldremit", "com"), name("sumup", "com me *"), word("mollie", "com *"), name("adyen", "com *"),
    name("payconiq", "com *"), name("bancontact", "com be"), name("vipps", "no"),
    name("mobilepay", "dk fi no com"), name("satispay", "com *"), name("bizum", "es"),
    name("tikkie", "me nl"), name("bunq", "com me *"), name("twint", "ch"),
    name("americanexpress", "com *"), name("mastercard", "com *"), name("monzo", "com me"),
    name("qiwi", "com *"), name("yoomoney", "ru"), name("sberbank", "ru com *"), name("tinkoff", "ru *"),
    name("monobank", "ua com.ua"), name("privatbank", "ua *"), name("kaspi", "kz"),
    name("googlepay", "com"), name("applepay", "com"), name("samsungpay", "com"),
    word("stripe", "com network me *"), word("wise", "com"), word("cash", "app"), word("square", "com site"),
    word("payu", "com in *"),
    // Asia, Africa, Latin America
    name("paytm", "com in me"), name("phonepe", "com"), name("razorpay", "com me in"),
    name("bharatpe", "com in"), name("mobikwik", "com"), name("hdfcbank", "com"), name("icicibank", "com *"),
    name("flipkart", "com"), name("gcash", "com"), name("grabpay", "com"), name("gojek", "com"),
    name("gopay", "com co.id"), name("shopee", "com *"), name("shopeepay", "com *"),
    name("lazada", "com *"), name("tokopedia", "com link net"), name("bukalapak", "com"),
    name("linkaja", "id"), name("truemoney", "com *"), name("promptpay", "io"), name("zalopay", "vn com.vn"),
    name("vnpay", "vn com.vn"), name("vietcombank", "com.vn"), name("touchngo", "com.my"),
    name("maybank2u", "com.my"), name("maybank", "com *"), name("bkash", "com"), name("jazzcash", "com.pk"),
    name("easypaisa", "com.pk"), name("safaricom", "co.ke com et"), name("kakao", "com"),
    name("kakaopay", "com"), name("kakaocorp", "com"), name("paypay", "ne.jp co.jp"),
    name("rakuten", "com co.jp ne.jp *"), name("mercari", "com jp *"), name("coupang", "com"),
    name("jkopay", "com"), name("mercadopago", "com *"), name("mercadolibre", "com *"),
    name("mercadolivre", "com com.br"), name("picpay", "com me"), name("nubank", "com.br"),
    name("pagseguro", "com.br com"), name("pagbank", "com.br"), name("nequi", "com.co com"),
    name("bancolombia", "com *"), name("snapscan", "co.za io"), name("ocbc", "com *"), name("cimb", "com *"),
    word("grab", "com"), word("momo", "vn"), word("maya", "ph"), word("dana", "id"), word("ovo", "id"),
    word("toss", "im"), word("naver", "com me *"), word("dbs", "com *"), word("rappi", "com *"),
    word("line", "me biz"), word("yape", "com.pe"), word("nagad", "com.bd"),
    // Banks
    name("bankofamerica", "com"), name("wellsfargo", "com"), name("citibank", "com *"),
    name("capitalone", "com co.uk ca"), name("hsbc", "com *"), name("barclays", "com *"),
    name("santander", "com *"), name("natwest", "com *"), name("lloydsbank", "com co.uk"),
    name("bbva", "com *"), name("unicredit", "it *"), name("rabobank", "com nl *"),
    name("commerzbank", "com de *"), name("sparkasse", "de *"), name("commbank", "com.au"),
    name("westpac", "com.au *"), word("nationwide", "com co.uk"), name("standardchartered", "com *"),
    word("chase", "com"), word("citi", "com *"), word("amex", "com"),
    // Coins
    name("binance", "com us me info bh je org charity *"), name("coinbase", "com"), name("kucoin", "com"),
    name("bitget", "com site"), name("bybit", "com *"), name("huobi", "com *"), name("bitfinex", "com"),
    name("bitpay", "com"), name("bitstamp", "net"), name("metamask", "io"), name("trustwallet", "com"),
    name("trezor", "io"), name("uniswap", "org"), name("opensea", "io"), name("walletconnect", "com org network"),
    name("tronscan", "org"), name("etherscan", "io"), name("imtoken", "im"), name("tokenpocket", "pro"),
    name("pancakeswap", "finance"),
    word("kraken", "com"), word("ledger", "com"), word("phantom", "app com"), word("okx", "com *"),
    word("crypto", "com"), word("blockchain", "com info"),
    // Messengers, media, shops, stores of apps
    name("whatsapp", "com net org *"), name("facebook", "com net *"), name("instagram", "com net"),
    name("snapchat", "com"), name("tiktok", "com *"), name("tiktokv", "com us"), name("linkedin", "com cn"),
    name("youtube", "com *"), name("google", "com net org dev *"), name("gmail", "com"),
    name("googleapis", "com cn"), name("icloud", "com com.cn"), name("appleid", "com"),
    name("microsoft", "com net *"), name("microsoftonline", "com"), name("netflix", "com net"),
    name("spotify", "com net *"), name("amazon", "com dev jobs science *"), name("amazonaws", "com"),
    name("ebay", "com *"), name("etsy", "com"), name("walmart", "com *"), name("shein", "com *"),
    name("temu", "com"), name("shopify", "com dev *"), name("myshopify", "com"), name("roblox", "com"),
    name("steamcommunity", "com"), name("steampowered", "com"), name("patreon", "com"),
    name("onlyfans", "com"), name("airbnb", "com *"), name("fedex", "com"),
    word("apple", "com news *"), word("telegram", "org me dog"), word("signal", "org me art group"),
    word("viber", "com"), word("skype", "com"), word("discord", "com gg gift new dev media"),
    word("messenger", "com"), word("twitter", "com"), word("twitch", "tv com"), word("steam", "com tv"),
    word("zoom", "us com"), word("t", "me"), word("wa", "me"), word("x", "com"), word("booking", "com"),
    word("kick", "com"), word("m", "me"), word("zalo", "me vn"), word("outlook", "com"),
];
