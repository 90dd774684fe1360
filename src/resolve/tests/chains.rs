//! Where chains and pages lead.

use super::stage::{PUBLIC, Reply, Stage, body_with, follow, html, to};
use super::{chain, links, page};
use crate::resolve::{End, Failure, Via};

#[tokio::test]
async fn a_chain_is_followed_to_its_page() {
    let (resolver, seen) = Stage::new()
        .open(|asked| match asked {
            "s.example/a?u=1" => to("//other.example/b/c"),
            "other.example/b/c" => to("../d?x={1}|2"),
            "other.example/d?x={1}|2" => html("<p>Hi.</p>"),
            _ => unreachable!("{asked}"),
        })
        .await;
    let found = follow(&resolver, "http://user:secret@s.example/a?u=1#part").await;
    assert_eq!(
        chain(&found),
        [
            "http://s.example/a?u=1#part",
            "http://other.example/b/c#part",
            "http://other.example/d?x={1}|2#part",
        ]
    );
    assert!(
        found
            .hops
            .iter()
            .all(|hop| hop.via == Via::Redirect(302) && hop.address == PUBLIC)
    );
    let page = page(&found);
    assert_eq!(
        (page.status, page.content.as_str(), page.cut),
        (200, "text/html", false)
    );
    assert_eq!(page.address, PUBLIC);
    for head in seen.heads.lock().unwrap().iter() {
        let head = head.to_lowercase();
        assert!(head.contains(&format!("user-agent: waylay/{}", env!("CARGO_PKG_VERSION"))));
        for secret in ["cookie", "authorization", "referer", "secret", "#"] {
            assert!(!head.contains(secret), "{head}");
        }
    }
}

#[tokio::test]
async fn every_redirect_counts_and_nothing_else_does() {
    for (status, leads) in [
        (300, false),
        (301, true),
        (302, true),
        (303, true),
        (304, false),
        (307, true),
        (308, true),
        (200, false),
        (404, false),
    ] {
        let (resolver, _) = Stage::new()
            .open(move |asked| match asked {
                "s.example/" => Reply::Bytes(
                    format!("HTTP/1.1 {status} X\r\nLocation: /on\r\nContent-Length: 0\r\n\r\n")
                        .into(),
                ),
                _ => html(""),
            })
            .await;
        let found = follow(&resolver, "http://s.example/").await;
        let expected = if leads { 200 } else { status };
        assert_eq!(
            (found.hops.len(), page(&found).status),
            (usize::from(leads), expected)
        );
    }
}

#[tokio::test]
async fn chains_without_end_have_one() {
    let (resolver, seen) = Stage::new()
        .open(|asked| match asked {
            "s.example/1" => to("/2"),
            "s.example/2" => to("/1#new"),
            "s.example/self" => to("/self"),
            _ => {
                let n: u32 = asked.rsplit('/').next().unwrap().parse().unwrap();
                to(&format!("http://h{n}.example/{}", n + 1))
            }
        })
        .await;
    let found = follow(&resolver, "http://s.example/1").await;
    assert_eq!(found.end, End::Failed(Failure::Loop));
    assert_eq!(found.hops.len(), 2);
    let found = follow(&resolver, "http://s.example/self").await;
    assert_eq!(
        (found.end, found.hops.len()),
        (End::Failed(Failure::Loop), 1)
    );
    let before = seen.requests();
    let found = follow(&resolver, "http://s.example/10000").await;
    assert_eq!(found.end, End::Failed(Failure::TooManyHops));
    assert_eq!((found.hops.len(), seen.requests() - before), (8, 8));
    assert_eq!(
        found.url.as_str(),
        "http://h10007.example/10008",
        "what is known is kept"
    );
}

#[tokio::test]
async fn pages_lead_on_too() {
    for (body, via, next) in [
        (
            "<meta http-equiv=refresh content='0; url=/on'>",
            Via::MetaRefresh,
            "http://s.example/on",
        ),
        (
            "<base href='//b.example/x/'><META HTTP-EQUIV='Refresh' CONTENT=\"5;URL='y'\">",
            Via::MetaRefresh,
            "http://b.example/x/y",
        ),
        (
            "<script>window.location.replace('https:\\/\\/on.example\\/')</script>",
            Via::Script,
            "https://on.example/",
        ),
        (
            "<script>location.href = \"/on\";</script>",
            Via::Script,
            "http://s.example/on",
        ),
    ] {
        let (resolver, _) = Stage::new()
            .set(|settings| settings.ports = vec![80])
            .open(move |asked| {
                if asked == "s.example/" {
                    html(body)
                } else {
                    html("")
                }
            })
            .await;
        let found = follow(&resolver, "http://s.example/").await;
        assert_eq!(
            (found.hops[0].via, found.url.as_str()),
            (via, next),
            "{body}"
        );
    }
    let (resolver, _) = Stage::new()
        .open(|asked| match asked {
            "s.example/" => body_with("Refresh: 0;url=http://on.example/\r\n", b""),
            _ => html(""),
        })
        .await;
    let found = follow(&resolver, "http://s.example/").await;
    assert_eq!(
        (found.hops[0].via, found.url.as_str()),
        (Via::MetaRefresh, "http://on.example/")
    );
}

#[tokio::test]
async fn an_app_is_the_end() {
    for app in [
        "weixin://dl/business/?t=AbC",
        "alipays://platformapi/startapp?saId=10000007",
        "tg://resolve?domain=x",
        "tel:+15550100",
        "intent://x#Intent;scheme=weixin;end",
    ] {
        let (resolver, seen) = Stage::new().open(move |_| to(app)).await;
        let found = follow(&resolver, "http://s.example/#kept").await;
        assert_eq!((&found.end, found.url.as_str()), (&End::App, app));
        assert_eq!((found.hops.len(), seen.requests()), (1, 1));
        assert_eq!(
            follow(&resolver, app).await.end,
            End::Failed(Failure::NotHttp)
        );
    }
    for own in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://f.example/",
    ] {
        let (resolver, _) = Stage::new().open(move |_| to(own)).await;
        let found = follow(&resolver, "http://s.example/").await;
        assert_eq!(
            (found.end, found.hops.len()),
            (End::Failed(Failure::NotHttp), 1),
            "{own}"
        );
    }
}

#[tokio::test]
async fn a_page_of_links_gives_them() {
    let more: Vec<_> = (0..100)
        .map(|n| format!("<a href=https://m{n}.example/>"))
        .collect();
    let more = more.concat();
    let body = format!(
        "<a href='/about'>us</a><a href='#top'><a href='javascript:x()'>
         <a class=b target=_blank href='https://wa.me/15550100?text=a&amp;b=1'>Chat</a>
         <!-- <a href='https://hidden.example/'> --><a href='https://wa.me/15550100?text=a&amp;b=1'>
         <script>var pay = {{\"wx\":\"wxp:\\/\\/f2f0AbC\\u0026x=1\"}}; open('alipays://x/y')</script>
         <title><a href='//title.example/'></title><iframe src=//frame.example/></iframe>{more}"
    );
    let (resolver, _) = Stage::new().open(move |_| html(&body)).await;
    let found = follow(&resolver, "http://bio.example/me").await;
    let links = links(&found);
    assert_eq!(
        links[..5],
        [
            "https://wa.me/15550100?text=a&b=1",
            "wxp://f2f0AbC&x=1",
            "alipays://x/y",
            "http://frame.example/",
            "https://m0.example/",
        ]
    );
    assert_eq!(links.len(), 64);
}
