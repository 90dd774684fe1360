//! QQ: groups, channels and profiles. Most of their codes are opaque keys; some name the number.

use super::super::checks;
use super::{Fields, Link, link};

pub(super) const LINKS: &[Link] = &[
    // The same page takes friends, by a parameter of the code.
    link(
        "qq-profile",
        &["qm.qq.com/cgi-bin/qm/qr?k={payee}&personal_qrcode_source"],
    ),
    link(
        "qq-group",
        &[
            "mqqapi://card/show_pslcard?card_type=group&uin={payee}",
            "mqqapi|mqqwpa|mqq://im/chat?chat_type=group|crowd&uin={payee}",
            "mqqopensdkapi://bizAgent/qm/qr?url={target}",
            "mqqopensdkapi://bizAgent/qm/qr?k={payee}",
            "jq.qq.com?k={payee}",
            "qm.qq.com?k={payee}",
            "qm.qq.com/cgi-bin/qm/qr?group_code={payee}",
            "qm.qq.com/q/{payee}",
            "shang.qq.com/wpa/qunwpa?idkey={payee}",
            "shang.qq.com/wpa/g_wpa_get",
            "pd.qq.com/s|g/{payee}",
            "qun.qq.com/*/*/share?inviteCode={payee}",
            "qun.qq.com|jq.qq.com|pd.qq.com",
        ],
    ),
    link(
        "qq-profile",
        &[
            "mqqapi|mqqwpa|mqq|tencent://card|im|message|contact|addcontact|ntqq-open/*?uin|\
                fromId={payee}",
            "mqqapi|mqqwpa|mqq|tencent://card|im|message|contact|addcontact|ntqq-open?uin|\
                fromId={payee}",
            "wpa.qq.com|sighttp.qq.com/msgrd?uin={payee}",
            "wpa.qq.com/pa?p={payee}",
            "res.abeim.cn/api/qq?qq|uin={payee}",
            "user.qzone.qq.com|m.qzone.qq.com/{payee}",
            "m.qzone.com|h5.qzone.qq.com|mobile.qzone.qq.com/*?hostuin|uin|res_uin={payee}",
        ],
    )
    .check(qq_number),
    link(
        "qq-profile",
        &[
            "wpa1.qq.com|wpa.qq.com/{reference}",
            "wpa.b.qq.com/cgi/wpa.php",
            "res.abeim.cn/api/qq",
            "mqqapi|mqqwpa|tencent://*",
        ],
    ),
];

/// QQ numbers have 5 to 11 digits.
fn qq_number(fields: &Fields) -> Result<(), &'static str> {
    match fields.payee.as_deref() {
        Some(number) if checks::is_digits(number) && (5..=11).contains(&number.len()) => Ok(()),
        _ => Err("bad-account"),
    }
}
