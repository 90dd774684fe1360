//! Profiles and posts of social networks, invitations to meetings, and the smaller messengers.

use super::{Link, link};

macro_rules! facebook {
    ($path:literal) => {
        concat!(
            "facebook.com|www.facebook.com|m.facebook.com|web.facebook.com|fb.com|www.fb.com",
            $path
        )
    };
}

macro_rules! instagram {
    ($path:literal) => {
        concat!(
            "instagram.com|www.instagram.com|instagr.am|www.instagr.am",
            $path
        )
    };
}

macro_rules! x {
    ($path:literal) => {
        concat!(
            "x.com|www.x.com|twitter.com|www.twitter.com|mobile.twitter.com|mobile.x.com",
            $path
        )
    };
}

macro_rules! pinterest {
    ($path:literal) => {
        concat!(
            "*.pinterest.com|*.pinterest.co.uk|*.pinterest.de|*.pinterest.fr|*.pinterest.es|",
            "*.pinterest.it|*.pinterest.jp|*.pinterest.co.kr|*.pinterest.com.mx|*.pinterest.ca|",
            "*.pinterest.com.au|*.pinterest.ph|*.pinterest.pt",
            $path
        )
    };
}

macro_rules! youtube {
    ($path:literal) => {
        concat!("youtube.com|www.youtube.com|m.youtube.com", $path)
    };
}

pub(super) const LINKS: &[Link] = &[
    link(
        "messenger-fb",
        &[
            "m.me/j|ch|cm/{payee}",
            "m.me/{payee}",
            "messenger.com|www.messenger.com/t|e2ee/{payee}",
            facebook!("/profile.php?id={payee}"),
            facebook!("/messages/t/{payee}"),
            facebook!("/groups/{payee}"),
            facebook!("/people|pages|p/*/{payee}"),
            facebook!("/events|reel|share|watch|marketplace|stories|photo|video/{reference}"),
            facebook!("/watch?v={reference}"),
            facebook!(
                "/events|reel|share|watch|marketplace|stories|photo|photo.php|story.php|\
                permalink.php|pages|people|p"
            ),
            facebook!("/{payee}"),
            "fb.me|fb.watch|fb.gg|on.fb.me/{reference}",
            "fb://profile|page|group|groups/{payee}",
            "fb-messenger://user|user-thread|groupthreadfbid/{payee}",
            "fb|fb-messenger://*",
        ],
    ),
    link(
        "instagram-snap-x",
        &[
            instagram!("/p|reel|reels|tv|share/{reference}"),
            instagram!("/stories|channel|s/{payee}"),
            instagram!("/j|_n|_u/{payee}"),
            instagram!("/p|reel|reels|tv|share|stories|s"),
            "instagram://user?username={payee}",
            "instagram://*",
            "ig.me/m|j/{payee}",
            "ig.me/{payee}",
            instagram!("/{payee}"),
            "threads.net|threads.com|www.threads.net|www.threads.com/@{payee}",
            "threads.net|threads.com|www.threads.net|www.threads.com/t/{reference}",
            "snapchat.com|www.snapchat.com|web.snapchat.com/add|p/{payee}",
            "snapchat.com|www.snapchat.com/@{payee}",
            "snapchat.com|www.snapchat.com/t|spotlight|lens|unlock/{reference}",
            "t.snapchat.com/{reference}",
            "snapchat://add/{payee}",
            "snapchat://*",
            x!("/intent/user|follow?screen_name={payee}"),
            x!("/i/user/{payee}"),
            x!("/i/status|spaces|communities|web|broadcasts/{reference}"),
            x!("/messages/compose?recipient_id={payee}"),
            x!("/intent|i"),
            x!("/{payee}"),
            "twitter://user?screen_name={payee}",
            "twitter://*",
            "reddit.com|www.reddit.com|old.reddit.com|m.reddit.com/r|u|user/{payee}",
            "reddit.com|www.reddit.com|old.reddit.com/gallery|comments|poll/{reference}",
            "redd.it|v.redd.it|reddit.app.link/{reference}",
            "pin.it/{reference}",
            pinterest!("/pin/{reference}"),
            pinterest!("/{payee}"),
            youtube!("/@{payee}"),
            youtube!("/c|channel|user/{payee}"),
            youtube!("/shorts|live|post|clip/{reference}"),
            youtube!("/watch?v={reference}"),
            youtube!("/playlist?list={reference}"),
            "youtu.be/{reference}",
            "twitch.tv|www.twitch.tv|m.twitch.tv/videos|clip/{reference}",
            "twitch.tv|www.twitch.tv|m.twitch.tv|kick.com|www.kick.com/{payee}",
            "clips.twitch.tv/{reference}",
            "rumble.com|www.rumble.com/c|user/{payee}",
            "rumble.com|www.rumble.com/{reference}",
            "bsky.app/profile/{payee}",
            "mastodon.social|mastodon.online|mstdn.jp|mastodon.world|pawoo.net/@{payee}",
            "nostr:///{payee}",
            "njump.me|primal.net|snort.social/{payee}",
            "primal.net/p/{payee}",
            "ok.ru/profile|group/{payee}",
            "vk.com|vk.ru|m.vk.com/{payee}",
            "vk.me/join/{payee}",
            "vk.me/{payee}",
            "*.linkedin.com/in|company|school/{payee}",
            "truthsocial.com|gettr.com/@{payee}",
            "clubhouse.com|www.clubhouse.com/@{payee}",
            "bigo.tv|www.bigo.tv|nimo.tv|www.nimo.tv|trovo.live|sooplive.co.kr/{payee}",
        ],
    ),
    link(
        "wechat-alternatives",
        &[
            "qr.dingtalk.com/action/joingroup?code={payee}",
            "qr.dingtalk.com/action/*?code|token={reference}",
            "qr.dingtalk.com|im.dingtalk.com|h5.dingtalk.com/{reference}",
            "applink.feishu.cn|applink.larksuite.com/client/chat/chatter/\
                add_by_link?link_token={payee}",
            "applink.feishu.cn|applink.larksuite.com/client/contact/add_by_link|\
                add_contact?token|link_token={payee}",
            "applink.feishu.cn|applink.larksuite.com|vc.feishu.cn|meetings.feishu.cn|\
                vc.larksuite.com",
            "join.slack.com/t/{payee}",
            "join.slack.com",
            "teams.microsoft.com|teams.live.com/meet|invite/{reference}",
            "teams.microsoft.com|teams.live.com/l/meetup-join|invite|team|channel|chat/{reference}",
            "teams.microsoft.com|teams.live.com|aka.teams.microsoft.com",
            "*.zoom.us|zoom.us|*.zoom.com|*.zoom.com.cn/j|s|w/{reference}",
            "*.zoom.us|*.zoom.com|*.zoom.com.cn/my/{payee}",
            "*.zoom.us",
            "meeting.tencent.com/dm|dw|p|s/{reference}",
            "meeting.tencent.com|voovmeeting.com|www.voovmeeting.com",
            "meet.google.com/{reference}",
            "*.webex.com/meet|join/{payee}",
            "dingtalk|lark|feishu|zoommtg|zoomus|msteams|wemeet|slack://*",
        ],
    ),
    link(
        "other-messengers",
        &[
            "skype:///{payee}",
            "skype://{payee}",
            "join.skype.com/invite|bot/{payee}",
            "join.skype.com/{payee}",
            "web.skype.com",
            "xmpp|sip|sips:///{payee}",
            "matrix:///u|user|r|room|roomid/{payee}",
            "matrix.to/#*/{payee}",
            "matrix.to/#{payee}",
            "app.element.io/#*/user|room/{payee}",
            "kik.me|www.kik.me/{payee}",
            "kik.me/u|g/{payee}",
            "kik://users/{payee}",
            "threema.id/{payee}",
            "threema://add|compose?id={payee}",
            "session|threema|kik://{payee}",
            "session:///{payee}",
            "imo.onelink.me|imo.im|call.imo.im|channel.imo.im/{payee}",
            "botim.me|join.botim.me|potato.im|www.potato.im|ptcc.in|pt.im|bat.chat|\
                www.bat.chat/{payee}",
            "letstalk.net|www.letstalk.net/{payee}",
            "icq.im|icq.com|groupme.com|band.us|guilded.gg/join_group|n|i|people/{payee}",
            "icq.im|guilded.gg/{payee}",
            "simplex.chat/contact|invitation|a|g",
            "i.delta.chat",
            "simplex:///contact|invitation",
            "keybase.io/team/{payee}",
            "app.wire.com|wire.com|account.wire.com/conversation-join|user-profile",
            "teamspeak|ts3server|mumble://{payee}",
        ],
    ),
];
