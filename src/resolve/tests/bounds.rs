//! Bounds of time and bytes.

use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::stage::{Reply, Stage, body_with, follow, html, to};
use super::{links, page};
use crate::resolve::{End, Failure};

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
