//! Couriers and a real receiver on loopback, in simulated time where time matters.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};

use super::*;
use crate::config::Config;
use crate::store::{Entry, Listed};
use crate::wire::event::tests::event;

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;

/// What the receiver does. It answers 204 unless it is told otherwise.
struct Receiver {
    port: u16,
    /// Every request: the path, which names the endpoint, and the event's id.
    arrived: mpsc::UnboundedReceiver<(String, String)>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// The status for this path or this event; 0 for an answer that waits for the gate.
    answers: Mutex<BTreeMap<String, u16>>,
    /// Events that it took, in their order.
    taken: Mutex<Vec<String>>,
    refused: AtomicUsize,
    /// Incidents of which an event is being answered.
    open: Mutex<HashSet<String>>,
    /// Events that came while another one of their incident was being answered.
    clashes: AtomicUsize,
    most_open: AtomicUsize,
}

impl Receiver {
    async fn start() -> (Self, Arc<Semaphore>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, arrived) = mpsc::unbounded_channel();
        let (state, gate) = (Arc::new(State::default()), Arc::new(Semaphore::new(0)));
        let router = {
            let (state, gate) = (Arc::clone(&state), Arc::clone(&gate));
            Router::new().fallback(async move |request: Request| {
                let path = request.uri().path().to_owned();
                let id = request.headers()["webhook-id"].to_str().unwrap().to_owned();
                let incident = id.split('.').next().unwrap().to_owned();
                let (is_first, open) = {
                    let mut open = state.open.lock().unwrap();
                    (open.insert(format!("{path} {incident}")), open.len())
                };
                state
                    .clashes
                    .fetch_add(usize::from(!is_first), Ordering::SeqCst);
                state.most_open.fetch_max(open, Ordering::SeqCst);
                sender.send((path.clone(), id.clone())).unwrap();
                let answer = {
                    let answers = state.answers.lock().unwrap();
                    answers.get(&path).or(answers.get(&id)).copied()
                };
                if answer == Some(0) {
                    gate.acquire().await.unwrap().forget();
                }
                state
                    .open
                    .lock()
                    .unwrap()
                    .remove(&format!("{path} {incident}"));
                match answer {
                    None | Some(0) => {
                        state.taken.lock().unwrap().push(id);
                        StatusCode::NO_CONTENT
                    }
                    Some(status) => {
                        state.refused.fetch_add(1, Ordering::SeqCst);
                        StatusCode::from_u16(status).unwrap()
                    }
                }
            })
        };
        tokio::spawn(async move { axum::serve(listener, router).await });
        let receiver = Self {
            port,
            arrived,
            state,
        };
        (receiver, gate)
    }

    fn answer(&self, what: &str, status: u16) {
        let mut answers = self.state.answers.lock().unwrap();
        answers.insert(what.to_owned(), status);
    }

    fn answer_well(&self) {
        self.state.answers.lock().unwrap().clear();
    }

    fn taken(&self) -> Vec<String> {
        self.state.taken.lock().unwrap().clone()
    }

    /// The endpoint `name`: its path is its name.
    fn endpoint(&self, name: &str) -> Endpoint {
        let tls = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let text = format!(
            "[[webhooks]]\nname = {name:?}\nurl = 'http://127.0.0.1:{}/{name}'\nsecret_files = [{:?}]\ntimeout_ms = 60000\n",
            self.port,
            file.to_str().unwrap(),
        );
        let config = Config::parse(&text).unwrap();
        Endpoint::new(&config.webhooks[0], tls).unwrap()
    }
}

/// A courier whose time is simulated.
struct Simulated {
    courier: Courier,
    counters: Arc<Counters>,
    now_us: i64,
}

impl Simulated {
    fn new(store: &Store, endpoint: Endpoint) -> Self {
        let counters = Arc::<Counters>::default();
        let (store, endpoint) = (store.clone(), Arc::new(endpoint));
        Self {
            courier: Courier::new(store, endpoint, Arc::clone(&counters)),
            counters,
            now_us: 0,
        }
    }

    fn attempts(&self) -> u64 {
        let Counters {
            delivered, failed, ..
        } = &*self.counters;
        delivered.load(Ordering::SeqCst) + failed.load(Ordering::SeqCst)
    }

    /// Does all that is to be done until `end_us`.
    async fn run_until(&mut self, end_us: i64) {
        loop {
            let before = self.attempts();
            let wake_us = self.courier.begin(self.now_us).await.unwrap();
            let now_us = self.now_us;
            self.courier.finish(|| now_us).await;
            if self.attempts() > before {
                continue;
            }
            match wake_us {
                Some(wake_us) if wake_us < end_us => self.now_us = wake_us,
                _ => break,
            }
        }
        self.now_us = end_us;
    }
}

async fn store(folder: &tempfile::TempDir) -> Store {
    let path = folder.path().join("waylay.sqlite");
    Store::open(&path).await.unwrap()
}

/// Records the events `numbers` of each of `incidents`, for `endpoints`.
async fn record(
    store: &Store,
    incidents: std::ops::Range<u32>,
    numbers: std::ops::RangeInclusive<u32>,
    endpoints: &[&str],
    at_us: i64,
) {
    let mut entries = Vec::new();
    for number in numbers {
        entries.extend(incidents.clone().map(|incident| Entry {
            event: event(&format!("i{incident}"), number),
            recorded_us: at_us,
            endpoints: endpoints.iter().map(|&name| name.into()).collect(),
        }));
    }
    store.append(&mut entries).await.unwrap();
}

/// Every event of every incident is there once, those of each incident in their order.
fn assert_all_in_order(taken: &[String], incidents: u32, numbers: u32) {
    assert_eq!(taken.len(), (incidents * numbers) as usize);
    for incident in 0..incidents {
        let prefix = format!("i{incident}.");
        let of = taken.iter().filter(|id| id.starts_with(&prefix));
        let expected = (1..=numbers).map(|number| format!("{prefix}{number}"));
        assert!(of.eq(&expected.collect::<Vec<_>>()), "{taken:?}");
    }
}

#[tokio::test]
async fn after_an_hour_of_silence_everything_arrives_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (receiver, _gate) = Receiver::start().await;
    let mut simulated = Simulated::new(&store, receiver.endpoint("ops"));
    receiver.answer("/ops", 503);
    record(&store, 0..20, 1..=3, &["ops"], 0).await;
    simulated.run_until(HOUR / 2).await;
    record(&store, 0..20, 4..=5, &["ops"], HOUR / 2).await;
    simulated.run_until(HOUR).await;
    assert!(receiver.taken().is_empty());
    // One attempt each half minute, and those before anybody knew.
    let refused = receiver.state.refused.load(Ordering::SeqCst);
    assert!((100..=130).contains(&refused), "{refused}");

    receiver.answer_well();
    simulated.run_until(3 * HOUR).await;
    assert_all_in_order(&receiver.taken(), 20, 5);
    assert!(store.queues().await.unwrap().is_empty());
}

#[tokio::test]
async fn nobody_waits_for_a_slow_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (mut receiver, gate) = Receiver::start().await;
    receiver.answer("/slow", 0);
    let endpoints = ["slow", "fast"].map(|name| receiver.endpoint(name));
    let mailing = Mailing::new(endpoints.into());
    let couriers = mailing.start(&store, Clock::system()).await.unwrap();
    record(&store, 0..20, 1..=2, &["slow", "fast"], 0).await;
    mailing.ring();
    let mut arrived = BTreeMap::<_, usize>::new();
    while arrived.get("/fast") != Some(&40) {
        let (path, _) = receiver.arrived.recv().await.unwrap();
        *arrived.entry(path).or_default() += 1;
    }
    assert!(arrived.get("/slow") <= Some(&4), "{arrived:?}");
    receiver.answer_well();
    gate.add_permits(100);
    while arrived.get("/slow") != Some(&40) {
        let (path, _) = receiver.arrived.recv().await.unwrap();
        *arrived.entry(path).or_default() += 1;
    }
    couriers.finish().await;
    assert!(store.queues().await.unwrap().is_empty());
    let delivered: Vec<_> = mailing.tallies().iter().map(|t| t.delivered).collect();
    assert_eq!(delivered, [40, 40]);
}

#[tokio::test]
async fn so_many_at_once_and_of_each_incident_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (mut receiver, gate) = Receiver::start().await;
    let mut simulated = Simulated::new(&store, receiver.endpoint("ops"));
    receiver.answer("/ops", 0);
    record(&store, 0..6, 1..=3, &["ops"], 0).await;
    simulated.courier.begin(0).await.unwrap();
    for _ in 0..4 {
        receiver.arrived.recv().await.unwrap();
    }
    // There is no room for another.
    simulated.courier.begin(0).await.unwrap();
    gate.add_permits(100);
    simulated.run_until(SECOND).await;
    assert_all_in_order(&receiver.taken(), 6, 3);
    assert_eq!(receiver.state.most_open.load(Ordering::SeqCst), 4);
    assert_eq!(receiver.state.clashes.load(Ordering::SeqCst), 0);
}

/// As `kill -9` does after the receiver was told and before that is on record.
#[tokio::test]
async fn what_was_on_its_way_when_the_program_died_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (mut receiver, _gate) = Receiver::start().await;
    record(&store, 0..1, 1..=2, &["ops"], 0).await;
    let mut killed = Simulated::new(&store, receiver.endpoint("ops"));
    killed.courier.begin(0).await.unwrap();
    receiver.arrived.recv().await.unwrap();
    drop(killed);

    let mut again = Simulated::new(&store, receiver.endpoint("ops"));
    again.run_until(SECOND).await;
    let taken = receiver.taken();
    assert!(
        taken.ends_with(&["i0.1".to_owned(), "i0.2".to_owned()]),
        "{taken:?}"
    );
    assert!(store.queues().await.unwrap().is_empty());
}

/// A full disk, say: what the receiver has taken is not sent over and over until there is room.
#[tokio::test]
async fn what_was_delivered_is_not_sent_again_while_that_cannot_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (receiver, _gate) = Receiver::start().await;
    let mut simulated = Simulated::new(&store, receiver.endpoint("ops"));
    record(&store, 0..2, 1..=2, &["ops"], 0).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new();
    let options = options.filename(folder.path().join("waylay.sqlite"));
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let full = "CREATE TRIGGER full BEFORE DELETE ON outbox BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::query(full).execute(&pool).await.unwrap();
    simulated.courier.begin(0).await.unwrap();
    simulated.courier.finish(|| 0).await;
    for second in 1..5 {
        let now_us = second * SECOND;
        simulated.courier.begin(now_us).await.unwrap_err();
        simulated.courier.finish(|| now_us).await;
    }
    let mut taken = receiver.taken();
    taken.sort_unstable();
    assert_eq!(taken, ["i0.1", "i1.1"]);
    sqlx::query("DROP TRIGGER full")
        .execute(&pool)
        .await
        .unwrap();
    simulated.run_until(HOUR).await;
    assert_all_in_order(&receiver.taken(), 2, 2);
    assert!(store.queues().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_nobody_takes_for_a_day_is_given_up_and_can_be_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (receiver, _gate) = Receiver::start().await;
    let mut simulated = Simulated::new(&store, receiver.endpoint("ops"));
    // The receiver cannot make anything of one event, and is fine otherwise.
    receiver.answer("i0.1", 400);
    record(&store, 0..2, 1..=2, &["ops"], 0).await;
    simulated.run_until(24 * HOUR).await;
    assert_eq!(receiver.taken(), ["i1.1", "i1.2"], "others do not wait");
    let dead = Listed {
        state: Some("dead"),
        limit: 10,
        ..Listed::default()
    };
    assert!(store.deliveries(&dead).await.unwrap().is_empty());
    simulated.run_until(26 * HOUR).await;
    assert_eq!(receiver.taken(), ["i1.1", "i1.2", "i0.2"]);
    let given_up = store.deliveries(&dead).await.unwrap();
    assert_eq!(given_up.len(), 1);
    assert_eq!(
        (given_up[0].event.as_str(), given_up[0].last_status),
        ("i0.1", Some(400))
    );
    assert!((28..=42).contains(&given_up[0].attempts), "{given_up:?}");

    receiver.answer_well();
    store
        .replay(given_up[0].id, simulated.now_us)
        .await
        .unwrap();
    simulated.run_until(27 * HOUR).await;
    assert_eq!(receiver.taken().last().unwrap(), "i0.1");
    assert!(store.queues().await.unwrap().is_empty());
}

#[tokio::test]
async fn who_is_gone_is_not_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let (receiver, _gate) = Receiver::start().await;
    let mut simulated = Simulated::new(&store, receiver.endpoint("ops"));
    receiver.answer("/ops", 410);
    record(&store, 0..1, 1..=3, &["ops"], 0).await;
    simulated.run_until(SECOND).await;
    assert_eq!(receiver.state.refused.load(Ordering::SeqCst), 3);
    let queues = store.queues().await.unwrap();
    assert_eq!((queues[0].pending, queues[0].dead), (0, 3));
}
