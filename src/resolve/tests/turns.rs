//! What is remembered, and who is asked when.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::page;
use super::stage::{Reply, Stage, follow, html};
use crate::resolve::{End, Failure};

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
