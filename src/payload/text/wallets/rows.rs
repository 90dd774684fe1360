//! The wallets, and what their payees look like.

use super::super::super::schemes::Scheme;

/// What the payee of a wallet looks like.
pub(super) enum Form {
    /// Digits, where `#` is any.
    Digits(&'static str),
    /// So many digits, where something says that a number follows: a colon, or one of these words.
    Length(usize, usize, &'static [&'static str]),
    /// `@name`, and a name alone where something says that one follows.
    Handle,
    /// `$name`, with the sign.
    Tag(char),
    /// A mail address.
    Mail,
    /// A code of so many digits, which goes into the reference.
    Code(usize),
}

/// One wallet.
pub(in super::super) struct Wallet {
    pub(super) scheme: Scheme,
    pub(super) currency: &'static str,
    /// Its names, in small letters.
    pub(in super::super) cues: &'static [&'static str],
    pub(super) forms: &'static [Form],
}

/// Names that stand in front of an id of the FPS and nothing else.
const FPS: &[&str] = &["fps id", "轉數快", "转数快"];

const fn wallet(
    scheme: &str,
    currency: &'static str,
    cues: &'static [&'static str],
    forms: &'static [Form],
) -> Wallet {
    Wallet {
        scheme: Scheme::named(scheme),
        currency,
        cues,
        forms,
    }
}

use Form::{Code, Digits, Handle, Length, Mail, Tag};

#[rustfmt::skip]
pub(in super::super) const WALLETS: &[Wallet] = &[
    wallet(
        "bkash-nagad", "BDT",
        &[
            "bkash", "b-kash", "b kash", "বিকাশ", "nagad", "নগদ", "rocket", "রকেট", "upay bd",
        ],
        &[
            Digits("013########"), Digits("014########"),
            Digits("015########"), Digits("016########"),
            Digits("017########"), Digits("018########"),
            Digits("019########"), Digits("+8801#########"),
            Digits("8801#########"),
        ],
    ),
    wallet(
        "easypaisa-jazzcash", "PKR",
        &[
            "easypaisa", "easy paisa", "jazzcash", "jazz cash", "sadapay", "nayapay", "ایزی پیسہ",
            "جاز کیش",
        ],
        &[
            Digits("03#########"), Digits("+923#########"),
            Digits("923#########"),
        ],
    ),
    wallet(
        "mpesa-text", "KES",
        &[
            "paybill", "pay bill", "till number", "till no", "till", "buy goods", "lipa na mpesa",
            "lipa na m-pesa", "lipa kwa m-pesa", "lipa kwa mpesa", "lipa number", "lipa namba",
            "send money", "vodafone cash gh", "telecel cash", "orange money", "wave sn", "pochi", "pochi la biashara", "m-pesa", "mpesa",
            "airtel money", "mtn momo", "mobile money", "momo pay", "tigo pesa", "ecocash",
        ],
        &[
            Digits("07########"), Digits("01########"),
            Digits("+254#########"), Digits("254#########"),
            Digits("+255#########"), Digits("+256#########"),
            Digits("+233#########"), Digits("02########"),
            Digits("05########"),
            Length(5, 7, &["bill", "till n", "pesa till", "goods", "lipa", "pochi"]),
        ],
    ),
    wallet(
        "text-upi-vpa", "INR",
        &[
            "upi", "upi id", "gpay", "google pay", "g pay", "g-pay", "गूगलपे", "जीपे", "फोन पे", "फ़ोनपे", "phonepe", "phone pe", "paytm", "bhim",
            "bhim upi", "यूपीआई", "फोनपे", "गूगल पे", "पेटीएम",
        ],
        &[
            Digits("6#########"), Digits("7#########"),
            Digits("8#########"), Digits("9#########"),
            Digits("+91##########"),
        ],
    ),
    wallet("blik", "PLN", &["blik", "kod blik", "blika"], &[Code(6)]),
    wallet(
        "cashapp", "USD",
        &[
            "cash~app", "cashtag", "cash tag", "$cashapp", "c@sh app", "c@shapp", "ca$h app", "ca$happ",
            "ca$happ", "cash@pp", "cash app tag", "casapp", "cashap",
        ],
        &[Tag('$')],
    ),
    wallet("venmo", "USD", &["venmo"], &[Handle]),
    wallet(
        "zelle", "USD",
        &["zelle"],
        &[Mail, Digits("##########"), Digits("+1##########")],
    ),
    wallet(
        "paypal", "",
        &[
            "paypal", "pay pal", "paypal f&f", "paypal fnf", "paypal friends and family",
            "paypal friends & family", "paypal family & friends", "paypal goods & services",
            "paypal g&s", "paypai", "贝宝", "貝寶", "пейпал", "ペイパル", "페이팔",
        ],
        &[Mail, Handle],
    ),
    wallet(
        "revolut-wise", "",
        &["revolut", "revtag", "wisetag"],
        &[Handle],
    ),
    wallet(
        "au-nz", "AUD",
        &["payid", "pay id", "osko"],
        &[
            Mail,
            Digits("04########"), Digits("+614########"),
            Digits("###########"),
        ],
    ),
    wallet(
        "ca-interac", "CAD",
        &[
            "e-transfer", "etransfer", "e transfer", "interac", "interac e-transfer", "emt",
        ],
        &[Mail],
    ),
    wallet(
        "swish-link", "SEK",
        &["swish", "swisha"],
        &[
            Digits("123#######"), Digits("07########"),
            Digits("+467########"),
        ],
    ),
    wallet(
        "vipps-mobilepay", "",
        &["vipps", "mobilepay", "mobile pay"],
        &[Length(5, 8, &["vipps", "mobile"])],
    ),
    wallet(
        "bizum-mbway-satispay", "EUR",
        &["bizum", "mb way", "mbway"],
        &[
            Digits("6########"), Digits("7########"),
            Digits("9########"), Digits("+346########"),
            Digits("+3519########"),
        ],
    ),
    wallet(
        "yape-plin", "PEN",
        &[
            "yape", "yapea", "yapear", "plin", "yape/plin", "yape y plin",
        ],
        &[Digits("9########"), Digits("+519########")],
    ),
    wallet(
        "picpay-nequi-etc", "COP",
        &["nequi", "daviplata"],
        &[Digits("3#########"), Digits("+573#########")],
    ),
    wallet("picpay-nequi-etc", "BRL", &["picpay"], &[Handle]),
    wallet(
        "mercadopago-link", "ARS",
        &[
            "alias mercado pago", "alias mp", "alias cvu", "alias cbu", "alias de mercado pago",
            "alias",
        ],
        &[Handle],
    ),
    wallet(
        "gcash-maya", "PHP",
        &["gcash", "g-cash", "g cash", "paymaya", "maya", "maya wallet", "gcash wallet"],
        &[
            Digits("09#########"), Digits("+639#########"),
            Digits("639#########"),
        ],
    ),
    wallet(
        "dana-gopay-ovo", "IDR",
        &["dana", "gopay", "ovo", "shopeepay", "linkaja"],
        &[
            Digits("08########"), Digits("08#########"),
            Digits("08##########"), Digits("08###########"), Digits("+628#########"),
            Digits("+628##########"), Digits("628##########"),
        ],
    ),
    wallet(
        "momo-vn", "VND",
        &["momo", "ví momo", "vi momo"],
        &[
            Digits("03########"), Digits("05########"),
            Digits("07########"), Digits("08########"),
            Digits("09########"), Digits("+84#########"),
        ],
    ),
    wallet(
        "promptpay", "THB",
        &["promptpay", "prompt pay", "พร้อมเพย์", "พร้อมเพ"],
        &[
            Digits("0#########"), Digits("#############"),
            Digits("+66#########"),
        ],
    ),
    wallet(
        "truemoney", "THB",
        &[
            "truemoney", "true money", "truemoney wallet", "true wallet", "ทรูมันนี่", "วอเลท", "ทรูวอเลท",
            "ทรูมันนี่วอลเล็ท", "ทรูมันนี่วอเลท", "วอลเล็ท", "วอลเล็ต", "ทรูวอลเล็ท", "ทรูมันนี่วอลเล็ต",
        ],
        &[Digits("0#########")],
    ),
    wallet(
        "paynow", "SGD",
        &["paynow"],
        &[
            Digits("+658#######"), Digits("+659#######"),
            Digits("8#######"), Digits("9#######"),
        ],
    ),
    // `Pay now` is on every button.
    wallet(
        "paynow", "SGD",
        &["pay now"],
        &[
            Digits("+658#######"), Digits("+659#######"), Length(8, 8, &[]),
        ],
    ),
    wallet(
        "fps-hk", "HKD",
        &["轉數快", "转数快", "fps id", "fps"],
        &[
            Length(7, 7, FPS), Length(9, 9, FPS), Digits("5#######"), Digits("6#######"),
            Digits("9#######"), Digits("+852########"),
        ],
    ),
    wallet(
        "duitnow", "MYR",
        &["duitnow", "duit now", "tng", "tng ewallet", "touch n go", "touch 'n go", "touch & go"],
        &[
            Digits("01########"), Digits("01#########"),
            Digits("+601########"), Digits("+601#########"),
        ],
    ),
    wallet(
        "sbp-ru", "RUB",
        &[
            "сбп", "по сбп", "сбербанк", "сбер", "тинькофф", "тинек", "т-банк", "тбанк", "альфа-банк",
            "перевод по номеру", "озон банк",
        ],
        &[
            Digits("+79#########"), Digits("89#########"),
            Digits("79#########"),
        ],
    ),
    wallet(
        "kaspi", "KZT",
        &["kaspi", "kaspi gold", "каспи", "каспи голд", "kaspi.kz", "каспий"],
        &[
            Digits("87#########"), Digits("+77#########"), Digits("77#########"),
        ],
    ),
    wallet(
        "twint", "CHF",
        &["twint"],
        &[Digits("07########"), Digits("+417########")],
    ),
    wallet(
        "il-bit-paybox", "ILS",
        &["bit", "paybox", "ביט", "פייבוקס"],
        &[Digits("05########"), Digits("+9725########")],
    ),
    wallet(
        "gulf-wallets", "SAR",
        &["stc pay", "stcpay", "urpay"],
        &[Digits("05########"), Digits("+9665########")],
    ),
    wallet(
        "paypay-jp", "JPY",
        &["paypay", "ペイペイ"],
        &[Handle],
    ),
    wallet(
        "payme-click-uz", "UZS",
        &["payme", "click uz"],
        &[Digits("+998#########")],
    ),
    wallet(
        "alipay-transfer-user", "CNY",
        &[
            "支付宝账号", "支付宝账户", "支付宝号", "支付宝转账", "支付宝收款",
        ],
        &[Mail, Digits("1##########")],
    ),
    wallet(
        "jkopay-tw", "TWD",
        &["街口", "街口支付"],
        &[Digits("09########")],
    ),
];
