//! Which addresses and ports are asked, and who is trusted.

use std::net::SocketAddr;

use super::page;
use super::stage::{Certificates, PUBLIC, Stage, follow, html, to};
use crate::resolve::{End, Failure};

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
