//! Open redirects of well-known hosts: pages that send the viewer wherever the link itself says, under
//! a name that the viewer trusts. They are asked before the other links of the same hosts.

use super::{Link, link};

pub(super) const LINKS: &[Link] = &[link(
    "open-redirect",
    &[
        "google.com|www.google.com/url?q|url={target}",
        "l.facebook.com|lm.facebook.com/l.php?u={target}",
        "l.instagram.com?u={target}",
        "youtube.com|www.youtube.com/redirect?q={target}",
        "link.zhihu.com?target={target}",
        "www.douyin.com/link?target={target}",
        "c.pc.qq.com/*?pfurl|url={target}",
        "mp.weixin.qq.com/mp/redirect?url={target}",
        "t.umblr.com/redirect?z={target}",
        "steamcommunity.com/linkfilter?u|url={target}",
        "away.vk.com|vk.com/away.php?to={target}",
        "duckduckgo.com/l?uddg={target}",
    ],
)
.flags(&["open-redirect"])];
