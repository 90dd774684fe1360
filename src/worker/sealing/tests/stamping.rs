//! Time stamps of an authority, which may say nothing.

use tokio::net::TcpListener;

use super::*;

/// Most of the time none is missing, and that is known without a look at all of them.
#[tokio::test]
async fn what_has_its_time_stamp_is_not_looked_at_again() {
    let mut fixture = Fixture::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let authority = Authority::new(url.parse().unwrap()).unwrap();
    fixture.sealer = fixture.sealer.stamped_by(authority);
    let (store, sealer) = (&fixture.store, &fixture.sealer);
    for stream in ["a", "b"] {
        fixture.record(stream, &format!("{stream}/x.jpg"), 9).await;
    }
    sealer.seal().await.unwrap();
    store.put_time_stamp(1, b"stamp").await.unwrap();
    assert!(sealer.stamp().await.is_err(), "nobody gives one");
    assert_eq!(sealer.stamped.load(Relaxed), 0);
    store.put_time_stamp(2, b"stamp").await.unwrap();
    sealer.stamp().await.unwrap();
    assert_eq!(sealer.stamped.load(Relaxed), 2);
    fixture.record("c", "c/x.jpg", 9).await;
    sealer.seal().await.unwrap();
    assert!(sealer.stamp().await.is_err());
    assert_eq!(sealer.stamped.load(Relaxed), 2);
    let missing = |after| async move {
        let missing = store.unstamped(after, 9).await.unwrap();
        missing.into_iter().map(|(position, _)| position).collect()
    };
    sqlx::query("DELETE FROM time_stamp")
        .execute(&fixture.pool().await)
        .await
        .unwrap();
    let after_two: Vec<i64> = missing(2).await;
    let all: Vec<i64> = missing(0).await;
    assert_eq!((after_two, all), (vec![3], vec![3, 2, 1]));
}

/// An authority that takes a request and says nothing.
#[tokio::test]
async fn an_authority_that_says_nothing_holds_nobody_up() {
    let mut fixture = Fixture::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let authority = Authority::new(url.parse().unwrap()).unwrap();
    fixture.sealer = fixture.sealer.stamped_by(authority);
    fixture.record("a", "a/x.jpg", 9).await;
    let stop = Stop::new();
    let running = fixture.sealer.clone();
    let running = tokio::spawn(running.run(None, Duration::ZERO, stop.clone()));
    let (_asked, _) = listener.accept().await.unwrap();
    fixture.record("b", "b/x.jpg", 9).await;
    let soon = Duration::from_secs(8);
    let both = timeout(soon, async {
        while fixture.chain().await.len() < 2 {
            sleep(Duration::from_millis(20)).await;
        }
    });
    both.await.expect("sealed while it is asked");
    stop.ask();
    timeout(soon, running).await.expect("it ends").unwrap();
    let finished = timeout(soon, fixture.sealer.finish(Vec::new())).await;
    finished.expect("it is not waited for").unwrap();
}
