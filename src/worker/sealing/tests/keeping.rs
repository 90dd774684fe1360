//! How long evidence is kept, and from when on.

use serde::Serialize;

use super::*;
use crate::store::Post;
use crate::wire::envelope::{Envelope, Told, Traits};

#[tokio::test]
async fn what_was_kept_for_long_enough_is_removed_and_a_tombstone_says_so() {
    let fixture = Fixture::new().await;
    let id = fixture.record("a", "a/x.jpg", 9).await;
    let sixty_us = THEN_US + 60 * DAY_US;
    assert_eq!(
        fixture.sealer.sweep(sixty_us + DAY_US, &[]).await.unwrap(),
        0,
        "it is not sealed yet"
    );
    fixture.sealer.seal().await.unwrap();
    assert_eq!(
        fixture.sealer.sweep(sixty_us - DAY_US, &[]).await.unwrap(),
        0
    );
    assert!(fixture.file("a/x.jpg").exists());
    assert_eq!(
        fixture.sealer.sweep(sixty_us + DAY_US, &[]).await.unwrap(),
        1
    );
    assert!(!fixture.file("a").exists());
    assert_eq!(
        fixture
            .sealer
            .sweep(sixty_us + 2 * DAY_US, &[])
            .await
            .unwrap(),
        0
    );
    let chain = fixture.chain().await;
    assert_eq!(chain.len(), 2);
    let manifest: Manifest = serde_json::from_str(&chain[1].manifest).unwrap();
    assert_eq!(manifest.incident, id);
    let Content::Tombstone(tombstone) = manifest.content else {
        panic!("{}", chain[1].manifest);
    };
    assert_eq!(
        (tombstone.kept.as_str(), tombstone.from_end_of.as_str()),
        ("60d", "incident")
    );
    assert_eq!(
        (tombstone.files[0].path.as_str(), &tombstone.files[0].sha256),
        ("a/x.jpg", &sha256(b"frame"))
    );
}

#[tokio::test]
async fn it_is_kept_from_the_end_of_its_stream() {
    let fixture = Fixture::new().await;
    fixture.record("a", "a/x.jpg", 9).await;
    fixture.sealer.seal().await.unwrap();
    // Of another stream, of an earlier broadcast, of its own, of a later one.
    for (stream, day) in [("b", 1), ("a", -5), ("a", 10), ("a", 20)] {
        fixture
            .store
            .put_stream_end(stream, THEN_US + day * DAY_US)
            .await
            .unwrap();
    }
    let end_us = THEN_US + 10 * DAY_US;
    assert_eq!(
        fixture
            .sealer
            .sweep(end_us + 60 * DAY_US - 1, &[])
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        fixture
            .sealer
            .sweep(end_us + 60 * DAY_US, &[])
            .await
            .unwrap(),
        1
    );
    assert!(
        fixture.chain().await[1]
            .manifest
            .contains("\"from_end_of\":\"stream\"")
    );
}

/// What is told of an incident beside what happens in it.
#[derive(Serialize)]
struct Note {
    incident: String,
    sequence: i64,
}

impl Told for Note {
    fn subject(&self) -> &str {
        &self.incident
    }

    fn number(&mut self, sequence: i64) {
        self.sequence = sequence;
    }

    fn sequence(&self) -> i64 {
        self.sequence
    }

    fn traits(&self) -> Traits<'_> {
        Traits::default()
    }
}

#[tokio::test]
async fn what_is_said_of_it_later_keeps_it_no_longer() {
    let fixture = Fixture::new().await;
    let ids = [
        fixture.record("a", "a/x.jpg", 9).await,
        fixture.record("b", "b/x.jpg", 9).await,
    ];
    let end_us = THEN_US + DAY_US;
    fixture.store.put_stream_end("a", end_us).await.unwrap();
    for incident in &ids {
        let note = Note {
            incident: incident.clone(),
            sequence: 0,
        };
        let kind = "waylay.review.noted.v1";
        let id = format!("note-{incident}");
        let post = Post {
            event: Envelope::told(id, kind, "a", String::new(), note),
            recorded_us: THEN_US + 59 * DAY_US,
            endpoints: Vec::new(),
        };
        fixture.store.tell(&mut [post]).await.unwrap();
    }
    assert_eq!(fixture.sealer.seal().await.unwrap(), 2);
    let late_us = end_us + 60 * DAY_US;
    assert_eq!(fixture.sealer.sweep(late_us, &[]).await.unwrap(), 2);
    let mut begins = Vec::new();
    for row in &fixture.chain().await[2..] {
        let manifest: Manifest = serde_json::from_str(&row.manifest).unwrap();
        let Content::Tombstone(tombstone) = manifest.content else {
            panic!("{}", row.manifest);
        };
        begins.push((manifest.incident, tombstone.from_end_of, tombstone.from));
    }
    let last_us = THEN_US + changes("b").len() as i64 - 1;
    let expected = [
        (ids[1].clone(), "incident".to_owned(), time(last_us)),
        (ids[0].clone(), "stream".to_owned(), time(end_us)),
    ];
    assert_eq!(begins, expected);
}

/// Of a stream that goes on nobody knows the end yet, however long ago something was in it.
#[tokio::test]
async fn what_is_of_a_stream_that_goes_on_is_kept() {
    let fixture = Fixture::new().await;
    for stream in ["a", "b"] {
        fixture.record(stream, &format!("{stream}/x.jpg"), 9).await;
    }
    fixture.sealer.seal().await.unwrap();
    let late_us = THEN_US + 1_000 * DAY_US;
    let going = ["a".to_owned()];
    let swept = fixture.sealer.sweep(late_us, &going).await;
    assert_eq!(swept.unwrap(), 1);
    assert!(fixture.file("a/x.jpg").exists() && !fixture.file("b/x.jpg").exists());
    // An earlier broadcast of it has ended.
    let end_us = THEN_US + DAY_US;
    fixture.store.put_stream_end("a", end_us).await.unwrap();
    let swept = fixture.sealer.sweep(late_us, &going).await;
    assert_eq!(swept.unwrap(), 1);
}

#[tokio::test]
async fn an_end_that_cannot_be_kept_is_kept_later() {
    let fixture = Fixture::new().await;
    let pool = fixture.pool().await;
    let full =
        "CREATE TRIGGER full BEFORE INSERT ON stream_end BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(full).execute(&pool).await.unwrap();
    let mut streams = Streams::new(0);
    let live = ["a".to_owned(), "b".to_owned()];
    let (sealer, mut turns) = (&fixture.sealer, Turns::new(0));
    let first = sealer.tick(&mut streams, Some(&live), &mut turns);
    first.await.unwrap();
    let broken = sealer.tick(&mut streams, Some(&[]), &mut turns);
    broken.await.unwrap_err();
    sqlx::query("DROP TRIGGER full")
        .execute(&pool)
        .await
        .unwrap();
    let again = sealer.tick(&mut streams, Some(&[]), &mut turns);
    again.await.unwrap();
    let ended = sqlx::query_scalar("SELECT stream FROM stream_end ORDER BY stream");
    let ended: Vec<String> = ended.fetch_all(&pool).await.unwrap();
    assert_eq!(ended, live);
}

#[test]
fn a_stream_has_ended_when_it_does_not_come_back() {
    let ids = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let mut streams = Streams::new(10);
    assert!(streams.ended(&ids(&["a", "b"]), 0).is_empty());
    assert!(streams.ended(&ids(&["b"]), 5).is_empty());
    assert!(
        streams.ended(&ids(&["a", "b"]), 14).is_empty(),
        "it came back"
    );
    assert!(streams.ended(&ids(&["b"]), 20).is_empty());
    assert_eq!(streams.ended(&ids(&["b"]), 30), ["a"]);
    assert_eq!(streams.ended(&ids(&["b"]), 31), ["a"], "nobody kept it");
    streams.forget("a");
    assert!(streams.ended(&ids(&["b"]), 99).is_empty(), "it ends once");
    assert_eq!(streams.left(), ["b"]);
}
