//! Words that tell an imitation from a name that happens to be near.

use super::fold::Folded;

/// What stands beside a name to make it look like a page of its owner.
#[rustfmt::skip]
const BAIT: &[&str] = &[
    "access", "account", "accounts", "activate", "airdrop", "alert", "app", "auth", "bank", "banking",
    "billing", "bonus", "card", "cash", "center", "checkout", "claim", "cn", "code", "com", "confirm",
    "coupon", "customer", "cz", "de", "en", "find", "free", "gift", "giftcard", "gifts", "global", "help",
    "helpdesk", "hk", "hongbao", "id", "in", "info", "invoice", "jp", "kefu", "kyc", "locked", "login",
    "logon", "mall", "member", "mobile", "money", "my", "net", "official", "online", "order", "org", "pay",
    "payment", "payments", "prize", "promo", "qr", "recover", "recovery", "redpacket", "refund", "reward",
    "rewards", "safe", "safety", "scan", "secure", "secured", "security", "service", "services", "sg",
    "shop", "signin", "store", "support", "transfer", "uk", "unlock", "update", "us", "verification",
    "verified", "verify", "vip", "vn", "wallet", "web", "www",
];

/// What does so beside a word of a language too.
#[rustfmt::skip]
const STRONG: &[&str] = &[
    "account", "airdrop", "auth", "claim", "id", "kyc", "login", "logon", "pay", "payment", "refund",
    "signin", "support", "unlock", "verification", "verify", "wallet",
];

/// What is joined to a name without a hyphen.
#[rustfmt::skip]
const JOINED: &[Folded] = &fold_all(&[
    "account", "airdrop", "app", "bank", "billing", "bonus", "cash", "cn", "com", "gift", "help", "id", "kefu",
    "kyc", "login", "mall", "my", "official", "online", "pay", "payment", "promo", "qr", "refund", "reward",
    "rewards", "safe", "secure", "security", "service", "shop", "signin", "store", "support", "transfer",
    "update", "verify", "vip", "wallet", "web", "www",
]);

/// Suffixes that cost next to nothing, where imitations are registered by the thousand.
#[rustfmt::skip]
const CHEAP: &[&str] = &[
    "asia", "bid", "biz", "bond", "buzz", "cc", "cf", "cfd", "click", "club", "cyou", "date", "download",
    "fun", "ga", "gdn", "gq", "help", "icu", "info", "ink", "life", "link", "live", "loan", "lol", "ltd",
    "men", "ml", "mobi", "mom", "monster", "one", "online", "party", "pro", "pw", "quest", "racing", "rest",
    "review", "sbs", "shop", "site", "space", "store", "stream", "support", "tk", "today", "top", "trade",
    "vip", "wang", "webcam", "website", "win", "work", "world", "ws", "xin", "xyz",
];

/// Words and other firms' names that are near to a known one.
#[rustfmt::skip]
const INNOCENT: &[&str] = &[
    "allay", "allpay", "allyn", "alpay", "amazona", "amazonas", "amazone", "amazons", "applied", "barclay",
    "bilance", "bitbay", "bitnet", "bitplay", "capitaland", "capitaline", "capitalize", "capitation",
    "capitations", "capitoline", "citybank", "doujin", "facelook", "goggle", "goodie", "goodish", "googly",
    "goole", "klara", "klarnet", "mastercare", "mercuri", "microdont", "microdot", "microsome", "microvolt",
    "mobileapp", "mobileplay", "monogram", "papal", "papay", "patron", "patroon", "payal", "payday",
    "payplan", "payway", "phoneme", "picplay", "promptly", "revolt", "revolute", "shoper", "shoppe", "shrill",
    "skill", "stander", "tickle", "tinkle", "tmail", "transferals", "transferase", "tremor", "trevor",
    "venom", "webchat", "weijin", "weilin", "weimin", "weixi", "weixing", "weixun", "weiyin", "welkin", "zaio",
];

/// Domains of the owners of known names that look like imitations of them.
#[rustfmt::skip]
const OWN: &[&str] = &[
    "alipay-eco.com", "amazon-adsystem.com", "amazonpay.com", "cash.app", "discordapp.com",
    "facebook-hardware.com", "google-analytics.com", "googlepay.com", "icloud-content.com", "linkedin-ei.com",
    "maybankonline.com", "microsoftstore.com", "paypal-community.com", "paypal-corp.com", "paypal-gifts.com",
    "shopifypay.com", "spotifycdn.com", "steampay.com", "tiktokcdn.com", "tiktokshop.com",
    "whatsappbusiness.com", "youtube-nocookie.com", "youtubekids.com",
];

/// Domains whose owners let others have names below: firms that are their customers, or pages that they
/// pass through.
#[rustfmt::skip]
const HOSTS: &[&str] = &[
    "akamaized.net", "ampproject.org", "atlassian.net", "auth0.com", "cloudflare.net", "cloudfront.net",
    "edgekey.net", "edgesuite.net", "force.com", "greenhouse.io", "okta.com", "salesforce.com",
    "service-now.com", "sharepoint.com", "slack.com", "statuspage.io", "translate.goog", "zendesk.com",
    "zoom.us",
];

const fn fold_all<const N: usize>(words: &[&str; N]) -> [Folded; N] {
    let mut folded = [Folded::new(""); N];
    let mut i = 0;
    while i < N {
        folded[i] = Folded::new(words[i]);
        i += 1;
    }
    folded
}

fn has(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

/// Whether a word between hyphens is bait; a number is, too.
pub(super) fn is_bait(word: &str) -> bool {
    has(BAIT, word) || !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

pub(super) fn is_strong_bait(word: &str) -> bool {
    has(STRONG, word)
}

/// Whether folded letters are a word that is joined to a name.
pub(super) fn is_joined_bait(letters: &[u8]) -> bool {
    JOINED.iter().any(|bait| bait.as_bytes() == letters)
}

pub(super) fn is_cheap(suffix: &str) -> bool {
    has(CHEAP, suffix)
}

pub(super) fn is_innocent(name: &str) -> bool {
    has(INNOCENT, name)
}

/// Whether a registrable domain is a known owner's.
pub(super) fn is_own(domain: &str) -> bool {
    has(OWN, domain)
}

/// Whether names below this domain, or under this suffix, say who its customers are.
pub(super) fn rents_names(domain: &str, suffix: &str) -> bool {
    has(HOSTS, domain) || has(HOSTS, suffix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        for list in [BAIT, STRONG, CHEAP, INNOCENT, OWN, HOSTS] {
            for pair in list.windows(2) {
                assert!(pair[0] < pair[1], "{pair:?}");
            }
        }
    }
}
