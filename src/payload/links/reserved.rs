//! Pages of the services themselves, on hosts where the first part of the path is otherwise somebody's
//! name: `venmo.com/about` is nobody whom one could pay. They are web pages like any other.

use super::{Link, link};

pub(super) const LINKS: &[Link] = &[link(
    "web-link",
    &[
        "venmo.com|www.venmo.com/about|account|blog|business|careers|checkout|contact|\
            resources|security|signin|sign-in|signup|sign-up",
        "venmo.com|www.venmo.com/legal|help|faq|press|privacy|privacy-policy|terms|settings|\
            download|developers|pay|send|receive|login|log-in",
        "revolut.me|monzo.me|settleup.starlingbank.com|bunq.me/about|app|download|help|legal|\
            login|privacy|terms",
        "ko-fi.com|www.ko-fi.com/about|account|apps|art|blog|discord|explore|features|gold|\
            help|home|login|manage|membership|privacy|register|settings|terms",
        "patreon.com|www.patreon.com/about|apps|create|creators|download|explore|help|home|\
            login|membership|messages|policy|pricing|privacy|product|search|settings|signup",
        "buymeacoffee.com|www.buymeacoffee.com/about|apps|explore|faq|help-center|home|\
            integrations|login|privacy-policy|settings|signup|terms",
        "liberapay.com|en.liberapay.com/about|explore|log-in|search|sign-up",
        "opencollective.com/about|become-a-sponsor|collectives|contact|create|discover|help|\
            home|pricing|search|signin|solutions",
        "onlyfans.com|fansly.com/about|contact|dmca|explore|faq|help|login|my|privacy|settings|\
            signup|terms",
        "throne.com|throne.me/about|blog|explore|help|login|privacy|signup|terms",
        "boosty.to/app|help|login|terms|user-agreement",
        "afdian.com|afdian.net|ifdian.net/dashboard|home|login|register|rank|setting",
        "saweria.co|trakteer.id|sociabuzz.com/about|admin|auth|blog|explore|faq|help|login|\
            overlays|privacy|register|signup|terms|transactions",
        "linktr.ee/about|admin|blog|discover|help|login|marketplace|pricing|privacy|register|s|\
            templates",
        "about.me/about|contact|help|login|legal|privacy|signup|terms",
        "t.me|telegram.me|telegram.dog/contact-us|faq|privacy|tos",
        "instagram.com|www.instagram.com/about|accounts|api|challenge|developer|direct|\
            directory|emails|explore|legal|press|privacy|session|terms|web",
        "x.com|www.x.com|twitter.com|www.twitter.com|mobile.twitter.com/about|account|compose|\
            explore|hashtag|help|home|jobs|login|logout|messages",
        "x.com|www.x.com|twitter.com|www.twitter.com|mobile.twitter.com/notifications|oauth|\
            privacy|search|search-advanced|settings|share|signup|tos",
        "twitch.tv|www.twitch.tv|m.twitch.tv/directory|downloads|friends|inventory|jobs|login|\
            p|prime|products|search|settings|signup|store|subscriptions|turbo|wallet",
        "kick.com/about|browse|categories|category|community-guidelines|dashboard|following|\
            help|privacy-policy|search|terms-of-service",
        "facebook.com|www.facebook.com|m.facebook.com|web.facebook.com/about|ads|business|\
            careers|dialog|friends|gaming|hashtag|help|home.php|legal",
        "facebook.com|www.facebook.com|m.facebook.com|web.facebook.com/login|login.php|\
            notifications|plugins|policies|policy.php|privacy|r.php|recover|search|settings|\
            sharer|sharer.php|terms|terms.php|v2.0",
        "reddit.com|www.reddit.com/about|login|policies|rules|search|settings|submit",
        "pinterest.com|www.pinterest.com/pin/create",
        "pinterest.com|www.pinterest.com/about|business|explore|ideas|login|search|settings|today",
        "vk.com|vk.ru|m.vk.com/about|feed|groups|im|login|mail|privacy|restore|search|settings|\
            support|terms",
        "depop.com|www.depop.com/about|category|explore|login|search|sell|signup",
        "smartstore.naver.com|brand.naver.com/main|search|category|best",
        "me.momo.vn/about|help|login",
        "picpay.me/ajuda|login|site|sobre",
        "promptpay.io/about|faq|privacy",
        "cash.me/about|help|login|legal",
        "paypal.me|www.paypal.me/my|my_settings|settings|create|help|login|signin|grab",
        "paypal.com|www.paypal.com/paypalme/my|my_settings|settings|grab|landing|create",
    ],
)
.check(|_| Ok(()))];
