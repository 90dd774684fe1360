//! What following a link showed, put where a nested link stands: a short link that was followed reads like
//! a wrapper that says its target.

use super::{Category, Depth, PLAIN, Payload, Scheme, WEB, raise, read_nested, secret};

/// The sign of a link that says nothing before somebody asks it.
const UNFOLLOWED: &str = "needs-resolve";

/// A page that opens the wallet of whoever scans its code.
const CASHIER: Scheme = Scheme::named("merged-cashier-page");

/// Pages that are lists of links.
const LISTS: &[&str] = &["linkinbio", "qr-service"];

impl Payload {
    /// The link to ask where this payload leads; `None` where it says so itself.
    pub fn to_follow(&self) -> Option<&str> {
        let last = self.innermost();
        let asks = last.flags.contains(&UNFOLLOWED) || LISTS.contains(&last.scheme);
        asks.then(|| last.text.trim())
    }

    /// The payload as it reads once its last link was followed. `way` is every link on the way after it,
    /// `links` those on the page at the end; `ends` is false where the way broke off.
    #[must_use]
    pub fn followed(self, way: &[&str], links: &[&str], ends: bool) -> Self {
        let mut chain = self.unchained();
        if let Some((last, hops)) = way.split_last() {
            // Where these lead on to was seen.
            if let Some(asked) = chain.last_mut() {
                asked.guessed = false;
            }
            chain.extend(hops.iter().map(|hop| Self {
                guessed: false,
                ..read_link(hop, Depth::NONE)
            }));
            chain.extend(read_link(last, Depth::WHOLE).unchained());
        }
        if let Some(link) = chosen(&chain, links) {
            if let Some(page) = chain
                .last_mut()
                .filter(|page| page.category == Category::Other)
            {
                (page.scheme, page.category) = (CASHIER.id, CASHIER.category);
            }
            chain.extend(link.unchained());
        }
        let Some(mut inner) = chain.pop() else {
            return read_nested("", Depth::NONE);
        };
        inner.flags.retain(|flag| *flag != UNFOLLOWED);
        if !ends {
            inner.flags.push(UNFOLLOWED);
        }
        while let Some(mut outer) = chain.pop() {
            outer.flags.retain(|flag| *flag != UNFOLLOWED);
            outer
                .fields
                .target
                .get_or_insert_with(|| inner.text.clone());
            outer.wrap(inner);
            inner = outer;
        }
        inner
    }

    /// The payload and what is nested in it, each for itself.
    fn unchained(mut self) -> Vec<Self> {
        let mut nested = self.nested.take();
        let mut chain = vec![self];
        while let Some(mut payload) = nested {
            nested = payload.nested.take();
            chain.push(*payload);
        }
        chain
    }

    /// Says that `nested` is what the target says. A wrapper is for what its target is for: an Alipay page
    /// that opens a transfer is a payment, and has the payee of the transfer. A target that says nothing
    /// more leaves the wrapper as it is.
    pub(super) fn wrap(&mut self, nested: Self) {
        let leads_on = self.category == Category::Redirect
            || self.scheme == WEB.id
            || self.flags.contains(&"dangerous-scheme");
        // An app that nobody knows is one.
        let opens_app = leads_on && nested.url().is_some_and(url::Url::has_host);
        if nested.scheme == PLAIN.id && !opens_app {
            return;
        }
        // What may as well stay where it is is no place and no key for what its link says.
        let takes_after = nested.category != Category::Other
            && !(self.guessed && nested.category.leads_nowhere());
        if leads_on && takes_after {
            self.category = nested.category;
        }
        if self.category == nested.category {
            self.fields.complete(&nested.fields);
        }
        for flag in &nested.flags {
            raise(&mut self.flags, flag);
        }
        self.nested = Some(Box::new(nested));
    }
}

/// Reads a link that following showed, and which keeps its secrets.
fn read_link(link: &str, depth: Depth) -> Payload {
    let mut payload = read_nested(link, depth);
    secret::conceal(&mut payload);
    payload
}

/// The link of a page that the page is for: the worst on a list of links, and on any page a link that opens
/// a wallet, because that is what a cashier page does.
fn chosen(chain: &[Payload], links: &[&str]) -> Option<Payload> {
    let is_list = chain.iter().any(|payload| LISTS.contains(&payload.scheme));
    let worth = |payload: &Payload| {
        let rank = match payload.category {
            Category::Payment => 0,
            Category::WalletCrypto => 1,
            Category::Login => 2,
            Category::Donation => 3,
            Category::GroupInvite | Category::Contact => 4,
            Category::AppDownload | Category::Tel | Category::Sms | Category::Email => 5,
            Category::Shop | Category::MiniProgram => 6,
            _ => return None,
        };
        let opens_wallet = rank < 2 && !payload.text.starts_with("http");
        let alipay = payload.scheme.starts_with("alipay-");
        (is_list || opens_wallet || alipay).then_some(rank)
    };
    let ranked = links
        .iter()
        .map(|link| read_link(link, Depth::WHOLE))
        .filter_map(|p| Some((worth(&p)?, p)));
    // The first of the worst.
    ranked
        .reduce(|best, next| if next.0 < best.0 { next } else { best })
        .map(|(_, payload)| payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::parse_str;

    fn texts(payload: &Payload) -> Vec<&str> {
        payload.chain().map(|p| p.text.as_str()).collect()
    }

    #[test]
    fn a_short_link_reads_like_what_it_leads_to() {
        let short = parse_str("https://bit.ly/3abcDEF");
        assert_eq!(short.to_follow(), Some("https://bit.ly/3abcDEF"));
        let way = ["https://t.co/x", "https://wa.me/15550100"];
        let followed = short.clone().followed(&way, &[], true);
        assert_eq!(
            (followed.scheme, followed.category),
            ("shortener", Category::Contact)
        );
        assert_eq!(followed.fields.payee.as_deref(), Some("15550100"));
        assert_eq!(
            texts(&followed),
            [
                "https://bit.ly/3abcDEF",
                "https://t.co/x",
                "https://wa.me/15550100"
            ]
        );
        assert_eq!(
            (followed.flags.as_slice(), followed.to_follow()),
            ([].as_slice(), None)
        );

        let nested = short.clone().followed(
            &["https://www.google.com/url?q=https%3A%2F%2Fwa.me%2F15550100"],
            &[],
            true,
        );
        assert_eq!(
            (nested.chain().count(), nested.category),
            (3, Category::Contact)
        );
        assert!(nested.flags.contains(&"open-redirect"));

        let seen = [
            "https://t.example/?url=https%3A%2F%2Fshop.example%2Fa",
            "https://shop.example/a",
        ];
        let seen = short.clone().followed(&seen, &[], true);
        assert!(!seen.chain().any(Payload::is_guessed), "it was seen");

        let broken = short
            .clone()
            .followed(&["https://shop.example/a"], &[], false);
        assert_eq!(broken.to_follow(), Some("https://shop.example/a"));
        let nothing = short.followed(&[], &[], true);
        assert_eq!(
            (nothing.category, nothing.to_follow()),
            (Category::Redirect, None)
        );
    }

    #[test]
    fn a_wrapped_short_link_is_followed_from_where_it_stands() {
        let wrapped = parse_str("https://www.google.com/url?q=https%3A%2F%2Fbit.ly%2F3abcDEF");
        let followed = wrapped.followed(&["weixin://wxpay/bizpayurl?pr=NwY5Mz9"], &[], true);
        assert_eq!(followed.category, Category::Payment);
        assert_eq!(followed.innermost().scheme, "wechat-pay-native");
        assert!(
            !followed.flags.contains(&"needs-resolve"),
            "{:?}",
            followed.flags
        );
    }

    #[test]
    fn a_page_of_links_is_for_the_worst_of_them() {
        let page = parse_str("https://linktr.ee/bags");
        let links = [
            "https://instagram.com/bags",
            "https://wa.me/15550100",
            "https://paypal.me/bags",
            "https://bags.example/",
        ];
        let followed = page.clone().followed(&[], &links, true);
        assert_eq!(
            (followed.category, followed.innermost().scheme),
            (Category::Payment, "paypal")
        );
        assert_eq!(
            page.followed(&[], &[], true).innermost().scheme,
            "linkinbio"
        );

        // Any other page is itself, whatever it links to, unless it opens a wallet.
        let short = parse_str("https://bit.ly/3abcDEF");
        let shop = short
            .clone()
            .followed(&["https://bags.example/"], &links, true);
        assert_eq!(shop.innermost().text, "https://bags.example/");
        let cashier = [
            "https://help.example/",
            "alipays://platformapi/startapp?saId=10000007&qrcode=https%3A%2F%2Fqr.alipay.com%2Ffkx0abcdefghijklmnop1",
        ];
        let cashier = short.followed(&["https://pay.example/q/1"], &cashier, true);
        assert_eq!(cashier.category, Category::Payment);
        let schemes: Vec<_> = cashier.chain().map(|p| p.scheme).collect();
        assert_eq!(
            schemes,
            [
                "shortener",
                "merged-cashier-page",
                "alipay-scheme-qr",
                "alipay-personal"
            ]
        );
    }
}
