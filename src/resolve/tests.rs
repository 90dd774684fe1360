//! The resolver against real servers on loopback.

mod stage;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use self::stage::{Certificates, PUBLIC, Reply, Stage, body_with, follow, html, to};
use super::{End, Failure, Page, Resolution, Via};

fn page(resolution: &Resolution) -> &Page {
    match &resolution.end {
        End::Page(page) => page,
        other => panic!("{other:?} at {}", resolution.url),
    }
}

fn chain(resolution: &Resolution) -> Vec<&str> {
    resolution.chain().map(Url::as_str).collect()
}

fn links(resolution: &Resolution) -> Vec<&str> {
    resolution.links().iter().map(Url::as_str).collect()
}

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
async fn a_body_without_end_is_cut() {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<a href='//shop.example/'>";
    for lies in [
        "",
        "Content-Length: 99999999999\r\n",
        "Transfer-Encoding: chunked\r\n",
    ] {
        let chunked = lies.starts_with('T');
        let head = head.replace(
            "\r\n\r\n",
            &format!("\r\n{lies}\r\n{}", if chunked { "1b\r\n" } else { "" }),
        );
        let again = if chunked {
            "\r\n100\r\n".to_owned() + &"x".repeat(256)
        } else {
            "x".repeat(4096)
        };
        let (resolver, seen) = Stage::new()
            .open(move |_| Reply::Endless(head.clone().into(), again.clone().into()))
            .await;
        let found = follow(&resolver, "http://s.example/").await;
        assert!(page(&found).cut, "{lies}");
        assert_eq!(links(&found), ["http://shop.example/"]);
        // What stands in the buffers of the machine is more than what was read.
        assert!(seen.sent.load(Ordering::SeqCst) < 16 << 20);
    }
}

#[tokio::test]
async fn the_bytes_are_those_of_all_hops() {
    let padding = "x".repeat(100 << 10);
    let (resolver, _) = Stage::new()
        .open(move |asked| {
            let n: u32 = asked.rsplit('/').next().unwrap().parse().unwrap();
            html(&format!(
                "<meta http-equiv=refresh content='0;/{}'>{padding}",
                n + 1
            ))
        })
        .await;
    let found = follow(&resolver, "http://s.example/1").await;
    assert_eq!(found.end, End::Failed(Failure::TooLarge));
    assert_eq!(found.hops.len(), 3);
}

#[tokio::test]
async fn a_head_counts_too() {
    let huge = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(300 << 10));
    let (resolver, _) = Stage::new()
        .open(move |_| Reply::Bytes(huge.clone().into()))
        .await;
    let found = follow(&resolver, "http://s.example/").await;
    assert_eq!(found.end, End::Failed(Failure::TooLarge));
}

#[tokio::test]
async fn what_needs_no_body_is_not_read() {
    let (resolver, seen) = Stage::new()
        .open(|asked| match asked {
            "s.example/" => Reply::Endless(
                b"HTTP/1.1 301 Moved\r\nLocation: /app\r\n\r\n".to_vec(),
                vec![b'x'; 1024],
            ),
            _ => Reply::Endless(
                b"HTTP/1.1 200 OK\r\nContent-Type: Application/Vnd.Android.Package-Archive; x=1\r\n\r\n"
                    .to_vec(),
                vec![b'x'; 1024],
            ),
        })
        .await;
    let found = follow(&resolver, "http://s.example/").await;
    assert_eq!(
        page(&found).content,
        "application/vnd.android.package-archive"
    );
    assert!(!page(&found).cut && links(&found).is_empty());
    assert_eq!(seen.requests(), 2);
}

#[tokio::test]
async fn a_slow_server_is_left() {
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHi";
    for bytes in [whole.to_owned(), whole.replacen(' ', &" ".repeat(200), 1)] {
        let (resolver, _) = Stage::new()
            .set(|settings| settings.timeout = Duration::from_millis(300))
            .open(move |asked| match asked {
                "s.example/" => to("/slow"),
                _ => Reply::Slowly(bytes.clone().into(), Duration::from_millis(30)),
            })
            .await;
        let begin = tokio::time::Instant::now();
        let found = follow(&resolver, "http://s.example/").await;
        assert_eq!(found.end, End::Failed(Failure::TooSlow));
        assert_eq!((found.hops.len(), found.url.path()), (1, "/slow"));
        assert!(begin.elapsed() < Duration::from_secs(2));
    }
}

#[tokio::test]
async fn what_is_no_answer_is_told() {
    let huge = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X: 1\r\n".repeat(1000));
    let bad_location = "HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n";
    let long_location = format!(
        "HTTP/1.1 302 Found\r\nLocation: /{}\r\n\r\n",
        "x".repeat(5000)
    );
    for bytes in [
        "",
        "SSH-2.0-x\r\n",
        "\0\0\0",
        &huge,
        &many,
        bad_location,
        &long_location,
    ] {
        let reply = bytes.to_owned();
        let (resolver, _) = Stage::new()
            .open(move |_| Reply::Bytes(reply.clone().into()))
            .await;
        let found = follow(&resolver, "http://s.example/").await;
        assert_eq!(found.end, End::Failed(Failure::BadResponse), "{bytes:.20}");
    }
}

#[tokio::test]
async fn nothing_private_is_asked() {
    for location in [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.0.0.1./",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fd00:ec2::254]/",
        "http://10.1.2.3/",
        "http://0/",
        "http://inside.example/",
        "http://mixed.example/",
        "http://mapped.example/",
    ] {
        let (resolver, seen) = Stage::new()
            .name("inside.example", &[&["192.168.0.7"]])
            .name("mixed.example", &[&["93.184.216.34", "127.0.0.1"]])
            .name("mapped.example", &[&["::ffff:10.0.0.1"]])
            .open(move |asked| match asked {
                "s.example/" => to(location),
                _ => unreachable!("{asked}"),
            })
            .await;
        let found = follow(&resolver, "http://s.example/").await;
        assert_eq!(
            found.end,
            End::Failed(Failure::ForbiddenAddress),
            "{location}"
        );
        assert_eq!(
            (found.hops.len(), seen.dialled.lock().unwrap().len()),
            (1, 1)
        );
        let found = follow(&resolver, location).await;
        assert_eq!(
            found.end,
            End::Failed(Failure::ForbiddenAddress),
            "{location}"
        );
        assert_eq!(seen.dialled.lock().unwrap().len(), 1);
    }
}

/// A name is looked up once, and what was checked is what is dialled.
#[tokio::test]
async fn a_name_that_changes_gains_nothing() {
    let (resolver, seen) = Stage::new()
        .name("rebind.example", &[&["93.184.216.34"], &["127.0.0.1"]])
        .open(|asked| match asked {
            "rebind.example/" => to("/again"),
            _ => unreachable!("{asked}"),
        })
        .await;
    let found = follow(&resolver, "http://rebind.example/").await;
    assert_eq!(
        found.end,
        End::Failed(Failure::ForbiddenAddress),
        "at the second hop"
    );
    assert_eq!(found.hops.len(), 1);
    assert_eq!(
        *seen.looked_up.lock().unwrap(),
        ["rebind.example", "rebind.example"]
    );
    assert_eq!(*seen.dialled.lock().unwrap(), [SocketAddr::new(PUBLIC, 80)]);
}

#[tokio::test]
async fn addresses_are_dialled_in_turn_version_4_first() {
    let (resolver, _) = Stage::new()
        .name("both.example", &[&["2606:4700::1", "8.8.8.8"]])
        .name("none.example", &[&[]])
        .name("unknown.example", &[])
        .open(|_| html(""))
        .await;
    assert_eq!(
        page(&follow(&resolver, "http://both.example/").await)
            .address
            .to_string(),
        "8.8.8.8"
    );
    for link in ["http://none.example/", "http://unknown.example/"] {
        assert_eq!(follow(&resolver, link).await.end, End::Failed(Failure::Dns));
    }
}

#[tokio::test]
async fn other_ports_are_for_those_who_want_them() {
    let (resolver, seen) = Stage::new().open(|_| to("http://t.example:8080/")).await;
    let found = follow(&resolver, "http://s.example:8080/").await;
    assert_eq!(found.end, End::Failed(Failure::ForbiddenPort));
    assert_eq!(
        follow(&resolver, "http://s.example/").await.end,
        End::Failed(Failure::ForbiddenPort)
    );
    assert_eq!(seen.requests(), 1);
    let stage = Stage::new();
    let port = stage.port();
    let (resolver, seen) = stage
        .set(|settings| settings.ports = vec![port])
        .open(|_| html(""))
        .await;
    let link = format!("http://s.example:{port}/");
    assert_eq!(page(&follow(&resolver, &link).await).status, 200);
    assert_eq!(
        *seen.dialled.lock().unwrap(),
        [SocketAddr::new(PUBLIC, port)]
    );
    assert!(seen.heads.lock().unwrap()[0].contains(&format!("host: s.example:{port}\r\n")));
}

#[tokio::test]
async fn a_bomb_is_not_inflated() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed
        .write_all(b"<a href='weixin://wxpay/bizpayurl?pr=1'>")
        .unwrap();
    packed.write_all(&vec![b'x'; 100 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    assert!(packed.len() < 256 << 10);
    for (encoding, cut, expected) in [
        ("gzip", true, &["weixin://wxpay/bizpayurl?pr=1"][..]),
        ("br", false, &[]),
        ("gzip, gzip", false, &[]),
    ] {
        let lines = format!("Content-Type: text/html\r\nContent-Encoding: {encoding}\r\n");
        let packed = packed.clone();
        let (resolver, _) = Stage::new().open(move |_| body_with(&lines, &packed)).await;
        let found = follow(&resolver, "http://s.example/").await;
        assert_eq!(
            (page(&found).cut, &links(&found)[..]),
            (cut, expected),
            "{encoding}"
        );
    }
}

#[tokio::test]
async fn trust_is_not_given_away() {
    let link = "https://secure.example/a";
    let (resolver, seen) = Stage::new()
        .tls(Certificates::new(true))
        .open(|_| html(""))
        .await;
    assert_eq!(page(&follow(&resolver, link).await).status, 200);
    assert_eq!(
        *seen.dialled.lock().unwrap(),
        [SocketAddr::new(PUBLIC, 443)]
    );
    let found = follow(&resolver, "https://other.example/").await;
    assert_eq!(
        found.end,
        End::Failed(Failure::Tls),
        "the name is not in the certificate"
    );
    let (resolver, seen) = Stage::new()
        .tls(Certificates::new(false))
        .open(|_| html(""))
        .await;
    assert_eq!(follow(&resolver, link).await.end, End::Failed(Failure::Tls));
    assert_eq!(seen.requests(), 0);
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

#[tokio::test]
async fn an_answer_is_remembered() {
    let (resolver, seen) = Stage::new()
        .set(|settings| settings.cache_ttl = Duration::from_mins(1))
        .open(|_| html(""))
        .await;
    let first = follow(&resolver, "http://s.example/").await;
    assert_eq!(follow(&resolver, "http://u:p@s.example").await, first);
    assert_eq!(seen.requests(), 1);
    follow(&resolver, "http://s.example/other").await;
    assert_eq!(seen.requests(), 2);
}

#[tokio::test]
async fn a_passing_failure_is_not_remembered() {
    let (resolver, seen) = Stage::new()
        .open(|_| Reply::Bytes(b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n".to_vec()))
        .await;
    for n in 1..=3 {
        assert_eq!(
            page(&follow(&resolver, "http://s.example/").await).status,
            503
        );
        assert_eq!(seen.requests(), n);
    }
}

#[tokio::test]
async fn who_asks_for_the_same_waits_for_the_same() {
    let gate = Arc::new(Semaphore::new(0));
    let held = gate.clone();
    let (resolver, seen) = Stage::new()
        .open(move |_| Reply::Held(held.clone(), b"HTTP/1.1 204 No\r\n\r\n".to_vec()))
        .await;
    let ask = || {
        let resolver = resolver.clone();
        tokio::spawn(async move { follow(&resolver, "http://s.example/").await })
    };
    let first = ask();
    while seen.requests() == 0 {
        tokio::task::yield_now().await;
    }
    let others: Vec<_> = (0..9).map(|_| ask()).collect();
    gate.add_permits(10);
    let first = first.await.unwrap();
    for other in others {
        assert_eq!(other.await.unwrap(), first);
    }
    assert_eq!(seen.requests(), 1);
}

/// Who asked first may go away; somebody else who waits then asks.
#[tokio::test]
async fn one_who_gives_up_does_not_take_the_others_along() {
    let gate = Arc::new(Semaphore::new(0));
    let held = gate.clone();
    let (resolver, seen) = Stage::new()
        .open(move |_| Reply::Held(held.clone(), b"HTTP/1.1 204 No\r\n\r\n".to_vec()))
        .await;
    let ask = || {
        let resolver = resolver.clone();
        tokio::spawn(async move { follow(&resolver, "http://s.example/").await })
    };
    let (first, second) = (ask(), ask());
    while seen.requests() == 0 {
        tokio::task::yield_now().await;
    }
    first.abort();
    while seen.requests() == 1 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(2);
    assert_eq!(page(&second.await.unwrap()).status, 204);
}

#[tokio::test]
async fn a_host_that_fails_is_left_alone() {
    let (resolver, seen) = Stage::new()
        .open(|asked| {
            if asked.starts_with("bad") {
                Reply::Bytes(Vec::new())
            } else {
                html("")
            }
        })
        .await;
    let mut ends = Vec::new();
    for n in 0..7 {
        ends.push(
            follow(&resolver, &format!("http://bad.example/{n}"))
                .await
                .end,
        );
    }
    let (failed, left) = ends.split_at(5);
    assert!(
        failed
            .iter()
            .all(|end| *end == End::Failed(Failure::BadResponse))
    );
    assert!(
        left.iter()
            .all(|end| *end == End::Failed(Failure::CircuitOpen))
    );
    assert_eq!(seen.requests(), 5);
    assert_eq!(
        page(&follow(&resolver, "http://good.example/").await).status,
        200
    );
}

#[tokio::test]
async fn a_thousand_at_once_stay_within_the_bound() {
    let gate = Arc::new(Semaphore::new(0));
    let held = gate.clone();
    let (resolver, seen) = Stage::new()
        .set(|settings| settings.timeout = Duration::from_mins(1))
        .open(move |_| Reply::Held(held.clone(), b"HTTP/1.1 204 No\r\n\r\n".to_vec()))
        .await;
    let tasks: Vec<_> = (0..1000)
        .map(|n| {
            let resolver = resolver.clone();
            tokio::spawn(async move { follow(&resolver, &format!("http://h{n}.example/")).await })
        })
        .collect();
    while seen.requests() < 16 {
        tokio::task::yield_now().await;
    }
    gate.add_permits(1000);
    for task in tasks {
        assert_eq!(page(&task.await.unwrap()).status, 204);
    }
    assert_eq!(seen.requests(), 1000);
    assert_eq!(seen.most_open.load(Ordering::SeqCst), 16);
}

#[tokio::test]
async fn one_host_is_asked_one_thing_at_a_time_and_holds_up_nobody_else() {
    let gate = Arc::new(Semaphore::new(0));
    let held = gate.clone();
    let (resolver, seen) = Stage::new()
        .set(|settings| settings.concurrency = 2)
        .open(move |asked| {
            if asked.starts_with("busy") {
                Reply::Held(held.clone(), b"HTTP/1.1 204 No\r\n\r\n".to_vec())
            } else {
                html("")
            }
        })
        .await;
    let tasks: Vec<_> = (0..10)
        .map(|n| {
            let resolver = resolver.clone();
            tokio::spawn(
                async move { follow(&resolver, &format!("http://busy.example/{n}")).await },
            )
        })
        .collect();
    while seen.requests() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        page(&follow(&resolver, "http://free.example/").await).status,
        200
    );
    assert_eq!(seen.requests(), 2, "the other nine wait for their turn");
    gate.add_permits(10);
    for task in tasks {
        assert_eq!(page(&task.await.unwrap()).status, 204);
    }
    assert_eq!(seen.most_open.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn who_never_gets_a_turn_is_told() {
    let gate = Arc::new(Semaphore::new(0));
    let (resolver, seen) = Stage::new()
        .set(|settings| settings.timeout = Duration::from_millis(200))
        .open(move |_| Reply::Held(gate.clone(), Vec::new()))
        .await;
    let (one, other) = tokio::join!(
        follow(&resolver, "http://s.example/1"),
        follow(&resolver, "http://s.example/2")
    );
    assert_eq!(one.end, End::Failed(Failure::TooSlow));
    assert_eq!(other.end, End::Failed(Failure::Busy));
    assert_eq!(seen.requests(), 1);
}
