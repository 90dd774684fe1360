mod back;
mod people;

use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::config::Config;
use crate::detect::{Point, Reader, Symbol, SymbolKind};
use crate::frame::Frame;
use crate::ids::Seed;
use crate::payload;
use crate::policy::{Context, Policy};
use crate::review::{Decision, Rules};
use crate::store::{Act, Entry};
use crate::track::{self, Coverage, Reading, Sighting, Tracker};
use crate::wire::envelope::Envelope;
use crate::wire::event::Event;
use crate::wire::review::ReviewData;
use crate::worker::Origin;

/// When these tests begin, µs since 1970.
const THEN_US: i64 = 1_700_000_000_000_000;

struct Fixture {
    folder: TempDir,
    store: Store,
    acting: Acting,
    hands: Hands,
}

impl Fixture {
    async fn new(actions: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::in_folder(folder, actions).await
    }

    async fn in_folder(folder: TempDir, actions: &str) -> Self {
        let store = Store::open(&folder.path().join("waylay.sqlite"))
            .await
            .unwrap();
        let config = Config::parse(&format!("[actions]\n{actions}")).unwrap();
        let (acting, hands) = Acting::start(
            config.actions,
            store.clone(),
            Mailing::default(),
            Clock::system(),
        )
        .await
        .unwrap();
        Self {
            folder,
            store,
            acting,
            hands,
        }
    }

    /// Records what is found at `second`; what was told of actions.
    async fn record(&self, records: &[Record], second: i64) -> Vec<ActionData> {
        let now_us = THEN_US + second * 1_000_000;
        let mut entries: Vec<_> = records
            .iter()
            .map(|record| Entry {
                event: Event::new(&record.stream, &record.change, &record.coverage, Vec::new()),
                recorded_us: now_us,
                endpoints: Vec::new(),
            })
            .collect();
        let considered = records.iter();
        let mut posts: Vec<_> = considered
            .filter_map(|record| self.acting.consider(record, now_us))
            .collect();
        self.store
            .append_with(&mut entries, &mut posts)
            .await
            .unwrap();
        let told = posts.iter().map(|post| post.event.data.clone()).collect();
        self.acting.recorded(posts);
        told
    }

    /// Decides on `incident`; the id of the decision.
    async fn decide(&self, incident: &str, decision: Decision) -> String {
        let rules = Rules::default();
        let act = act(&rules);
        let decided = self.store.decide(&act, incident, decision, None);
        decided.await.unwrap().id
    }

    /// Has another decision take the place of the one on `incident`; its id.
    async fn reverse(&self, incident: &str, into: Decision) -> String {
        let rules = Rules::default();
        let act = act(&rules);
        let reversed = self.store.reverse(&act, incident, Some(into), "it is not");
        reversed.await.unwrap().id
    }

    /// Takes the last decision on `incident` back.
    async fn undo(&self, incident: &str) {
        let rules = Rules::default();
        self.store.undo(&act(&rules), incident).await.unwrap();
    }

    /// The types of the events about actions on record.
    async fn kinds(&self, incident: &str) -> Vec<String> {
        let events = self.store.action_events(incident).await.unwrap();
        let last = |kind: &str| kind.split('.').nth(2).unwrap().to_owned();
        events.iter().map(|(kind, _)| last(kind)).collect()
    }
}

/// What ann does.
fn act(rules: &Rules) -> Act<'_> {
    Act {
        by: "ann",
        person: true,
        lead: true,
        now_us: THEN_US,
        rules,
        wanted: &nobody,
    }
}

fn nobody(_: &Envelope<ReviewData>, _: &[String]) -> Vec<Arc<str>> {
    Vec::new()
}

/// A stream that shows a code for which the policy wants `action`.
struct Room {
    name: &'static str,
    tracker: Tracker,
    policy: Policy,
    reader: Reader,
    second: i64,
}

impl Room {
    fn new(name: &'static str, action: &str) -> Self {
        let settings = track::Settings {
            gap_ms: 10_000,
            update_ms: 5_000,
            prompt_reads: 3,
        };
        let rule = format!(
            "[[rule]]\nid = 'all'\nwhen = {{ class = ['off_platform'] }}\naction = '{action}'"
        );
        Self {
            name,
            tracker: Tracker::new(Seed::from_parts(&[name.as_bytes()]), settings),
            policy: Policy::parse(&format!("[platform]\nname = 'Test'\n{rule}")).unwrap(),
            reader: Reader::Rqrr,
            second: 0,
        }
    }

    /// Shows it for a moment.
    fn show(&mut self) -> Vec<Record> {
        self.second += 1;
        let frame = Frame {
            sequence: 0,
            media_ms: self.second * 1_000,
            arrived_us: None,
            width: 640,
            height: 360,
        };
        let reading = Reading::new(payload::parse_str("https://u.wechat.com/abc"));
        let side = [(0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0)];
        let sighting = Sighting {
            symbol: Symbol {
                kind: SymbolKind::Qr,
                bytes: Some(b"https://u.wechat.com/abc".to_vec()),
                corners: side.map(|(x, y)| Point { x, y }),
                read_by: self.reader,
                confirmed_by: None,
                part: None,
                unread: None,
                hash: None,
                joined: None,
                soft: None,
            },
            verdict: self
                .policy
                .judge(&reading.payload, &reading.destination, &Context::default()),
            reading: Some(reading),
        };
        let changes = self.tracker.observe(&frame, vec![sighting]).changes;
        self.records(changes)
    }

    /// It becomes known where the code leads, and the policy wants `action` now.
    fn wants(&mut self, action: &str) -> Vec<Record> {
        self.policy = Self::new(self.name, action).policy;
        let (policy, context) = (&self.policy, Context::default());
        let changes = self.tracker.reconsider(|incident| {
            let reading = incident.reading.as_ref().unwrap();
            let verdict = policy.judge(&reading.payload, &reading.destination, &context);
            track::Reconsidered {
                reading: None,
                verdict,
            }
        });
        self.records(changes)
    }

    fn end(&mut self) -> Vec<Record> {
        let changes = self.tracker.finish();
        self.records(changes)
    }

    fn records(&self, changes: Vec<track::Change>) -> Vec<Record> {
        let changes = changes.into_iter();
        changes
            .map(|change| Record {
                stream: self.name.into(),
                labels: Arc::from([String::from("host:7")]),
                change,
                snapshot: None,
                crop: None,
                origin: Origin::default(),
                coverage: Coverage::default(),
            })
            .collect()
    }
}

fn steps(told: &[ActionData]) -> Vec<(&str, &str, Vec<&str>)> {
    told.iter()
        .map(|data| {
            let reasons = data.reasons.iter().map(String::as_str).collect();
            (data.step.as_str(), data.by_itself.as_str(), reasons)
        })
        .collect()
}

#[tokio::test]
async fn a_cut_waits_for_a_second_read_and_comes_once() {
    let fixture = Fixture::new("mode = 'auto'").await;
    let mut room = Room::new("room", "cut");
    assert_eq!(fixture.record(&room.show(), 0).await, []);
    room.reader = Reader::Zxing;
    let second = room.show();
    assert_eq!(second.len(), 1, "the second read is told at once");
    let told = fixture.record(&second, 1).await;
    assert_eq!(steps(&told), [("do", "do", vec!["read"])]);
    let data = &told[0];
    // No ingest server told of this stream: only the platform can cut it.
    assert_eq!(data.executor.as_deref(), Some("platform"));
    assert_eq!((data.minutes, data.by.as_str()), (Some(60), "waylay"));
    let about = data.about.as_ref().unwrap();
    assert_eq!(
        (about.reads, about.certain, about.rule.as_str()),
        (2, true, "all")
    );
    let notice = data.notice.as_ref().unwrap();
    assert!(notice.contains("Your stream room was cut"), "{notice}");
    assert!(notice.contains(data.incident.as_ref().unwrap()), "{notice}");
    for _ in 0..20 {
        assert_eq!(fixture.record(&room.show(), 90).await, [], "once is enough");
    }
    assert_eq!(fixture.record(&room.end(), 100).await, []);
    let incident = data.incident.clone().unwrap();
    assert_eq!(fixture.kinds(&incident).await, ["requested"]);
    fixture.hands.finish().await;
}

#[tokio::test]
async fn one_read_alone_asks_a_person_when_it_is_over() {
    let fixture = Fixture::new("mode = 'auto'").await;
    let mut room = Room::new("room", "cut");
    assert_eq!(fixture.record(&room.show(), 0).await, []);
    let told = fixture.record(&room.end(), 20).await;
    assert_eq!(steps(&told), [("ask", "ask", vec!["single-read"])]);
}

#[tokio::test]
async fn what_would_have_been_done_is_on_record_where_nothing_is() {
    let fixture = Fixture::new("").await;
    let mut rooms = [
        Room::new("a", "cut"),
        Room::new("b", "warn"),
        Room::new("c", "review"),
    ];
    let mut told = Vec::new();
    for second in 0..3 {
        for room in &mut rooms {
            told.extend(fixture.record(&room.show(), second).await);
        }
    }
    let all: Vec<_> = told
        .iter()
        .map(|data| (&*data.stream, &*data.action))
        .collect();
    assert_eq!(all, [("b", "warn"), ("a", "cut")]);
    for (data, why) in told.iter().zip(["single-read", "read"]) {
        assert_eq!((&*data.step, &*data.by_itself), ("would", "do"));
        assert_eq!(data.reasons, ["mode-off", why]);
        assert_eq!(data.executor, None);
        let answer = fixture
            .acting
            .answer(data.incident.as_ref().unwrap(), true, "me")
            .await;
        assert!(matches!(answer, Err(ActError::Off)), "{answer:?}");
    }
}

#[tokio::test]
async fn after_too_many_cuts_a_person_is_asked() {
    let fixture = Fixture::new("mode = 'auto'\nbrake_cuts = 2").await;
    let names = ["a", "b", "c"];
    let mut told = Vec::new();
    for name in names {
        let mut room = Room::new(name, "cut");
        for second in 0..3 {
            told.extend(fixture.record(&room.show(), second).await);
        }
    }
    assert_eq!(
        steps(&told),
        [
            ("do", "do", vec!["read"]),
            ("do", "do", vec!["read"]),
            ("ask", "ask", vec!["brake", "read"]),
        ]
    );
}

#[tokio::test]
async fn what_a_crash_has_left_undone_is_told_by_the_next_start() {
    let fixture = Fixture::new("mode = 'auto'").await;
    let mut room = Room::new("room", "cut");
    let opened = room.show();
    fixture.record(&opened, 0).await;
    // As if it had come from an ingest server, and the program had ended before anything was done.
    let now_us = fixture.acting.0.clock.wall_us();
    let incident = opened[0].change.incident.id.to_string();
    let mut posts = Vec::new();
    for id in ["banned", "not"] {
        let data = ActionData {
            id: id.to_owned(),
            incident: Some(incident.clone()),
            stream: "room".to_owned(),
            action: "cut".to_owned(),
            executor: Some(WAYLAY.to_owned()),
            ..ActionData::default()
        };
        posts.push(fixture.acting.post(ActionStep::Requested, data, now_us));
    }
    fixture.store.tell(&mut posts).await.unwrap();
    let ban = crate::ban::Ban {
        id: "banned".to_owned(),
        server: "edge".to_owned(),
        key: crate::ban::StreamKey::new("live", "room"),
        stream: "room".to_owned(),
        publisher: None,
        reason: String::new(),
        by: WAYLAY.to_owned(),
        created_us: now_us,
        until_us: now_us + 60_000_000,
    };
    fixture.store.add_ban(&ban).await.unwrap();
    fixture.hands.finish().await;
    fixture.store.close().await;
    let again = Fixture::in_folder(fixture.folder, "mode = 'auto'").await;
    let kinds = again.kinds(&incident).await;
    assert_eq!(kinds, ["requested", "requested", "done", "failed"]);
    let events = again.store.action_events(&incident).await.unwrap();
    assert!(
        events[2].1.contains(r#""kick":"listed""#),
        "{}",
        events[2].1
    );
    assert!(events[3].1.contains("the program ended"), "{}", events[3].1);
    // The cut of the run before counts: the same stream is not cut again at once.
    let facts = Facts {
        action: Action::Cut,
        frames: 3,
        certain: true,
        confirmed: None,
    };
    let decision = again
        .acting
        .state()
        .ladder
        .decide("room", facts, now_us / 1_000 + 1);
    assert_eq!(decision.step, Step::Would);
    again.acting.take_up().await.unwrap();
    assert_eq!(again.kinds(&incident).await.len(), 4, "told once");
}

/// A short link is a warning until it is known where it leads.
#[tokio::test]
async fn a_stream_that_was_warned_can_still_be_cut() {
    let fixture = Fixture::new("mode = 'auto'").await;
    let mut room = Room::new("room", "warn");
    let warned = fixture.record(&room.show(), 0).await;
    assert_eq!((&*warned[0].action, &*warned[0].step), ("warn", "do"));
    let incident = warned[0].incident.clone().unwrap();

    let mut told = fixture.record(&room.wants("cut"), 1).await;
    room.reader = Reader::Zxing;
    for second in 2..5 {
        told.extend(fixture.record(&room.show(), second).await);
    }
    let told: Vec<_> = told.iter().map(|t| (&*t.action, &*t.step)).collect();
    assert_eq!(told, [("cut", "do")], "once, and on the second read");
    assert_eq!(fixture.kinds(&incident).await, ["requested", "requested"]);

    // And back: nobody is warned whose stream is cut.
    let again = room.wants("warn");
    assert_eq!(again.len(), 1);
    assert_eq!(fixture.record(&again, 5).await, []);
}

/// What is decided by itself takes a moment to come to the records; a person who answers meanwhile does not do it again.
#[tokio::test]
async fn nothing_is_done_twice_that_is_on_its_way_to_the_records() {
    let fixture = Fixture::new("mode = 'auto'").await;
    let mut room = Room::new("room", "cut");
    let opened = room.show();
    fixture.record(&opened, 0).await;
    let incident = opened[0].change.incident.id.to_string();
    room.reader = Reader::Zxing;
    let second = room.show();
    let post = fixture.acting.consider(&second[0], THEN_US).unwrap();
    assert_eq!(post.event.data.step, "do");
    let decision = fixture.decide(&incident, Decision::Confirm).await;
    let confirmed = fixture.acting.confirmed(&incident, true, "ann", &decision);
    assert_eq!(confirmed.await.unwrap(), None);
    assert_eq!(fixture.kinds(&incident).await, Vec::<String>::new());
}
