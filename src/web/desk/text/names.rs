//! Ids of records in words. One that has none is shown as it is.

use super::Text;

/// The words for `id`, of rows of an id, English and Chinese; `id` itself where there is no row.
fn named<'a>(english: bool, rows: &[(&str, &'static str, &'static str)], id: &'a str) -> &'a str {
    let row = rows.iter().find(|(known, ..)| *known == id);
    row.map_or(id, |&(_, en, zh)| if english { en } else { zh })
}

#[rustfmt::skip]
pub(in crate::web::desk) const CATEGORIES: &[(&str, &str, &str)] = &[
    ("payment", "Payment", "收款"),
    ("wallet-crypto", "Crypto", "加密货币"),
    ("invoice", "Receipt", "票据"),
    ("contact", "Contact", "联系人"),
    ("group-invite", "Group", "群聊"),
    ("shop", "Other shop", "其他店铺"),
    ("mini-program", "Mini-program", "小程序"),
    ("app-download", "App download", "应用下载"),
    ("redirect", "Redirect", "跳转"),
    ("wifi", "Wi-Fi", "Wi-Fi"),
    ("vcard", "Address card", "名片"),
    ("geo", "Place", "地点"),
    ("sms", "Text message", "短信"),
    ("tel", "Telephone", "电话"),
    ("email", "E-mail", "邮件"),
    ("calendar", "Calendar", "日历"),
    ("otp", "One-time password", "动态口令"),
    ("login", "Login", "扫码登录"),
    ("donation", "Donation", "打赏捐助"),
    ("other", "Other", "其他"),
];

#[rustfmt::skip]
const CLASSES: &[(&str, &str, &str)] = &[
    ("off_platform", "Off platform", "站外"),
    ("on_platform", "On platform", "站内"),
    ("unknown", "Unknown", "未知"),
];

#[rustfmt::skip]
const SEVERITIES: &[(&str, &str, &str)] = &[
    ("critical", "Critical", "危急"),
    ("high", "High", "高"),
    ("medium", "Medium", "中"),
    ("low", "Low", "低"),
    ("info", "Info", "提示"),
];

#[rustfmt::skip]
const REVIEWS: &[(&str, &str, &str)] = &[
    ("record", "On record", "仅记录"),
    ("open", "Open", "待审核"),
    ("escalated", "Escalated", "已上报"),
    ("decided", "Decided", "已处置"),
];

#[rustfmt::skip]
const STATES: &[(&str, &str, &str)] = &[
    ("open", "In view now", "正在出现"),
    ("ended", "Gone from view", "已消失"),
    ("connecting", "Connecting", "连接中"),
    ("live", "Live", "直播中"),
    ("waiting", "Reconnecting", "等待重连"),
];

#[rustfmt::skip]
const DECISIONS: &[(&str, &str, &str)] = &[
    ("confirm", "Confirmed off platform", "已确认站外"),
    ("allow_once", "Allowed once", "已放行一次"),
    ("allow_seller", "Allowed for the seller", "已对商家放行"),
    ("allow_platform", "Allowed for the platform", "已对平台放行"),
    ("misread", "Misread", "误读"),
    ("escalate", "Escalated", "已上报"),
];

#[rustfmt::skip]
const ROLES: &[(&str, &str, &str)] = &[
    ("viewer", "Viewer", "观察员"),
    ("reviewer", "Reviewer", "审核员"),
    ("lead", "Lead", "组长"),
    ("admin", "Admin", "管理员"),
];

#[rustfmt::skip]
const ACTIONS: &[(&str, &str, &str)] = &[
    ("record", "record", "记录"),
    ("review", "review", "审核"),
    ("notify", "notify", "通知"),
    ("warn", "warn", "警告"),
    ("mask", "mask", "遮挡"),
    ("cut", "cut", "切断"),
];

#[rustfmt::skip]
const REASONS: &[(&str, &str, &str)] = &[
    ("registry-domain", "its domain is the platform's", "域名属于平台"),
    ("registry-app", "its app is the platform's", "应用属于平台"),
    ("registry-payee", "its payee is the platform's", "收款方属于平台"),
    ("seller-domain", "its domain is this seller's", "域名属于该商家"),
    ("seller-app", "its app is this seller's", "应用属于该商家"),
    ("seller-payee", "its payee is this seller's", "收款方属于该商家"),
    ("payee-mismatch", "the payee is not this seller", "收款方不是该商家"),
    ("unresolved-redirect", "nobody has followed it yet", "尚未跟踪跳转"),
    ("several-payees", "it names several payees", "含多个收款方"),
    ("no-destination", "it leads nowhere", "无指向"),
    ("opaque-text", "no person would write this text", "内容不可读"),
    ("undecoded", "a code that could not be read", "有码但无法识读"),
    ("default", "the policy's default for what leads off the platform", "策略对站外内容的默认规则"),
];

#[rustfmt::skip]
const UNREAD: &[(&str, &str, &str)] = &[
    ("not-public", "its kind cannot be read by others", "该码制不公开"),
    ("cut-off", "a part is outside of the picture", "部分超出画面"),
    ("too-small", "it is too small", "过小"),
    ("low-contrast", "its contrast is too low", "对比度过低"),
    ("blurred", "it is blurred", "模糊"),
    ("not-tried", "there was no time to try", "来不及尝试"),
    ("covered", "a part is covered", "部分被遮挡"),
    ("damaged", "too many modules are damaged", "损坏过多"),
];

#[rustfmt::skip]
const KINDS: &[(&str, &str, &str)] = &[
    ("qr", "QR code", "二维码"),
    ("micro_qr", "Micro QR code", "微型二维码"),
    ("rmqr", "rMQR code", "矩形微型二维码"),
    ("data_matrix", "Data Matrix", "DM 码"),
    ("aztec", "Aztec code", "阿兹特克码"),
    ("pdf417", "PDF417", "PDF417 条码"),
    ("round", "Round code", "圆形码"),
    ("text", "Writing in the picture", "画面文字"),
];

#[rustfmt::skip]
const VIAS: &[(&str, &str, &str)] = &[
    ("redirect", "redirects to", "跳转至"),
    ("meta-refresh", "page that leads on to", "页面跳转至"),
    ("script", "script that leads on to", "脚本跳转至"),
    ("nested", "holds the link", "内含链接"),
];

#[rustfmt::skip]
const OUTCOMES: &[(&str, &str, &str)] = &[
    ("upheld", "upheld", "维持"),
    ("overturned", "overturned", "推翻"),
];

impl Text {
    /// What became of an appeal.
    pub(in crate::web) fn outcome_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), OUTCOMES, id)
    }

    /// A category of payloads.
    pub(in crate::web) fn category_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), CATEGORIES, id)
    }

    /// A class of verdicts.
    pub(in crate::web) fn class_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), CLASSES, id)
    }

    /// A severity.
    pub(in crate::web) fn severity_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), SEVERITIES, id)
    }

    /// Where an incident stands.
    pub(in crate::web) fn review_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), REVIEWS, id)
    }

    /// Whether a code is in view, and what a stream does.
    pub(in crate::web) fn state_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), STATES, id)
    }

    /// A decision that was made.
    pub(in crate::web) fn decision_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), DECISIONS, id)
    }

    /// What somebody is there for.
    pub(in crate::web) fn role_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), ROLES, id)
    }

    /// What was done to a stream.
    pub(in crate::web) fn action_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), ACTIONS, id)
    }

    /// Why a code could not be read.
    pub(in crate::web) fn unread_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), UNREAD, id)
    }

    /// A kind of symbol.
    pub(in crate::web) fn kind_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), KINDS, id)
    }

    /// How a link led on.
    pub(in crate::web) fn via_of<'a>(&self, id: &'a str) -> &'a str {
        named(self.is_english(), VIAS, id)
    }

    /// Why a verdict is what it is.
    pub(in crate::web) fn why(&self, reason: &str) -> String {
        let english = self.is_english();
        if let Some(category) = reason.strip_prefix("category-") {
            let category = self.category_of(category);
            return if english {
                format!("it leads off the platform: {}", category.to_lowercase())
            } else {
                format!("导向站外：{category}")
            };
        }
        if reason.starts_with("rule:") {
            return (if english {
                "a rule of the policy"
            } else {
                "策略规则"
            })
            .to_owned();
        }
        match named(english, REASONS, reason) {
            // It has no words beside its id.
            same if same == reason => String::new(),
            words => words.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CHINESE, ENGLISH};
    use super::*;
    use crate::payload;

    #[test]
    fn every_category_has_words() {
        for scheme in payload::schemes() {
            let id = scheme.category.as_str();
            assert_ne!(ENGLISH.category_of(id), id);
            assert!(CATEGORIES.iter().any(|(known, ..)| *known == id), "{id}");
        }
        assert_eq!(CHINESE.category_of("payment"), "收款");
        assert_eq!(CHINESE.category_of("new"), "new");
    }

    #[test]
    fn reasons_are_told_in_words() {
        assert_eq!(
            ENGLISH.why("category-payment"),
            "it leads off the platform: payment"
        );
        assert_eq!(CHINESE.why("rule:no-wechat"), "策略规则");
        assert_eq!(
            ENGLISH.why("payee-mismatch"),
            "the payee is not this seller"
        );
        assert_eq!(ENGLISH.why("something-new"), "");
    }
}
