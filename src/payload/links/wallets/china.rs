//! Payment links of China: UnionPay, QQ Wallet, JD, Meituan, the digital yuan, banks, and the acquirers
//! whose one code takes every wallet.

use super::super::super::checks;
use super::{Fields, Link, digits, link};

pub(in super::super) const LINKS: &[Link] = &[
    link(
        "unionpay-qr-wrap",
        &[
            "qr.95516.com/qrcGtwWeb-web?qrCode={target}",
            "qr.95516.com/qrcGtwWeb-web?redirectUrl={target}",
            "qr.95516.com/qrcGtwWeb-web",
        ],
    ),
    link("unionpay-qr", &["qr.95516.com/*/{reference}"])
        .currency("CNY")
        .check(is_number),
    link(
        "qq-pay",
        &["i.qianbao.qq.com|vac.qq.com/wallet/sqrcode.htm|qrcode.htm?u={payee}&n={name}?"],
    )
    .currency("CNY")
    .check(|fields| digits(fields, 5, 11)),
    link(
        "qq-pay",
        &[
            "qpay.qq.com/qr/{reference}",
            "myun.tenpay.com/mqq/pay/qrcode.html?t={reference}",
        ],
    )
    .currency("CNY"),
    link(
        "jd-pay",
        &[
            "h5pay.jd.com|wepay.jd.com|pay.jd.com|qr.jd.com|payrisk.jd.com",
            "m.jdpay.com|mapi.jdpay.com|qr.jdpay.com|h5.jdpay.com|*.jdpay.com",
            "jdpay|jdpaysdk://*",
        ],
    )
    .currency("CNY"),
    link(
        "meituan-pay",
        &[
            "meituanpayment://{reference}",
            "meituanpayment://*",
            "imeituan://www.meituan.com/pay|cashier|barcodecashier|quickpass",
            "g.meituan.com|i.meituan.com|q.meituan.com|pay.meituan.com|npay.meituan.com",
            "qr.meituan.com|mpay.meituan.com|paymp.meituan.com",
        ],
    )
    .currency("CNY"),
    link(
        "ecny",
        &[
            "ch5.dcep.ccb.com?MERCHANTID={payee}&ORDERID={reference}?&PAYMENT={amount}?",
            "*.dcep.ccb.com|dcep.icbc.com.cn|dcep.boc.cn|dcep.bankofchina.com|dcep.abchina.com",
            "dcep.bankcomm.com|dcep.psbc.com|dcep.cmbchina.com|dcep.cib.com.cn|dcep.mybank.cn",
            "dcep|dcepay|dcepecny|ecny://*",
        ],
    )
    .currency("CNY"),
    link(
        "ccb-pay",
        &[
            "ibsbjstar.ccb.com.cn|mbspay.ccb.com|merchant.ccb.com/CCBIS?\
                MERCHANTID={payee}&ORDERID={reference}?&PAYMENT={amount}?",
            "ibsbjstar.ccb.com.cn|mbspay.ccb.com|merchant.ccb.com/CCBIS?QRCODE={reference}",
            "ibsbjstar.ccb.com.cn|mbspay.ccb.com|merchant.ccb.com/CCBIS|qrpay",
        ],
    )
    .currency("CNY"),
    link(
        "shouqianba",
        &[
            "qr.shouqianba.com|qr.wosai.cn|m.wosai.cn|v3-pay.shouqianba.com/gateway?\
                terminal_sn={payee}&total_amount={cents}?&client_sn={reference}?",
            "qr.shouqianba.com|qr.wosai.cn|m.wosai.cn|v3-pay.shouqianba.com",
            "*.shouqianba.com|*.wosai.cn",
        ],
    )
    .currency("CNY"),
    link("lakala", &["*.lakala.com|*.lakala.com.cn"]).currency("CNY"),
    // One code for every wallet: which of them is used cannot be told from the link.
    link(
        "aggregate-cashier-cn",
        &[
            "*.duolabao.com|*.duolabao.cn|*.fuiou.com|*.fuioupay.com|*.chinaums.com",
            "*.allinpay.com|*.vbill.cn|*.suixingpay.com|*.ysepay.com|*.cloudpnr.com",
            "*.chinapnr.com|*.huifu.com|*.leshuazf.com|*.yeahka.com|*.lehuipay.com|*.iboxpay.com",
            "*.qfpay.com|*.shengpay.com|*.99bill.com|*.kuaiqian.com|*.postar.cn|*.lcsw.cn",
            "*.chinagpay.com|*.candypay.com|pay.xinduopay.com|*.51youdian.com|*.hualala.com",
            "uepay.mo|*.uepay.mo|*.sandpay.com.cn|*.sandgate.cn|*.heepay.com|*.yeepay.com",
            "*.helipay.com|*.umfintech.com|*.umpay.com|*.swiftpass.cn|*.jlpay.com|*.hkrt.cn",
            "*.ipaynow.cn|*.payeco.com|*.payjs.cn|*.xorpay.com|*.joinpay.com|*.keruyun.com",
        ],
    )
    .currency("CNY"),
];

/// Order numbers of UnionPay are digits.
fn is_number(fields: &Fields) -> Result<(), &'static str> {
    match fields.reference.as_deref() {
        Some(order) if checks::is_digits(order) => Ok(()),
        _ => Err("malformed"),
    }
}
