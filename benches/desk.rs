//! How long the desk's answers take where there are many incidents on record: the service is asked over HTTP, one request
//! after the other, and how long each took is told.
//!
//! `cargo bench --bench desk -- 1000000` makes records of a million incidents, as the version before the desk left them, brings
//! them up to date and asks. A folder as second argument is kept, and taken as it is the next time.

#![allow(clippy::print_stdout, clippy::unwrap_used)]
#![allow(
    clippy::disallowed_methods,
    reason = "a benchmark measures the time that passes"
)]
#![allow(dead_code, reason = "what the tests share is more than is needed here")]

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use waylay::store::Store;

use live::{Api, Service, rss_mb};

#[allow(unused_imports, reason = "other benchmarks use the rest")]
mod live;

/// The last migration before the desk's.
const BEFORE: i64 = 7;
/// Incidents that are written in one transaction.
const BATCH: u64 = 20_000;
/// Requests of each kind.
const ROUNDS: u64 = 200;
/// µs between two incidents: a million of them are a month.
const APART_US: i64 = 2_600_000;
/// 2026-11-01T00:00:00Z in µs.
const START_US: i64 = 1_793_491_200_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut numbers = arguments.iter().filter_map(|a| a.parse::<u64>().ok());
    let Some(incidents) = numbers.next() else {
        println!("desk: give a number of incidents, as in `cargo bench --bench desk -- 1000000`");
        return;
    };
    let held = tempfile::tempdir().unwrap();
    let named = arguments
        .iter()
        .find(|a| a.starts_with('/'))
        .map(PathBuf::from);
    let folder = named.unwrap_or_else(|| held.path().to_owned());
    let data = folder.join("data");
    fs::create_dir_all(&data).unwrap();
    let file = data.join("waylay.sqlite");
    if !file.exists() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(make(&file, incidents));
    }
    let size = fs::metadata(&file).unwrap().len() >> 20;
    println!("{incidents} incidents, {size} MiB");
    let config = folder.join("config.toml");
    fs::write(&config, "").unwrap();
    let service = Service::start_with(&folder, &config);
    let asked = ask(&service.api, incidents);
    println!("the service holds {:.0} MiB", rss_mb(service.id()));
    println!("| what is asked | p50 ms | p95 ms | worst ms |\n|---|---|---|---|");
    for (name, mut took) in asked {
        took.sort_unstable();
        let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)];
        let [p50, p95, worst] = [50, 95, 100].map(|percent| at(percent).as_secs_f64() * 1e3);
        println!("| {name} | {p50:.1} | {p95:.1} | {worst:.1} |");
    }
}

/// Makes the records as they were before there was a desk, and brings them up to date.
async fn make(file: &Path, incidents: u64) {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off);
    let pool = SqlitePool::connect_with(options.clone()).await.unwrap();
    let migrations = sqlx::migrate!("./migrations/sqlite");
    migrations.run_to(BEFORE, &pool).await.unwrap();
    let before = write(&pool, 0..incidents, "").await;
    pool.close().await;
    println!("{before:.0} µs to write each as it was");
    let begun = Instant::now();
    let store = Store::open(file).await.unwrap();
    println!("{} s to bring them up to date", begun.elapsed().as_secs());
    store.close().await;
    // What counts and searches is written along from now on, as each incident is recorded.
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let after = write(&pool, incidents..incidents + BATCH, FILLED).await;
    pool.close().await;
    println!("{after:.0} µs to write each with what the desk adds");
}

/// What the desk keeps of an incident, from its event.
const FILLED: &str = "UPDATE incident SET number = (SELECT max(number) + 1 FROM incident), host = ?2,
         payload = ?3 ->> '$.data.payload', payee = ?3 ->> '$.data.fields.payee',
         payee_name = ?3 ->> '$.data.fields.payee_name', target_host = ?3 ->> '$.data.destination.host',
         domain = ?3 ->> '$.data.destination.registrable_domain', action = ?3 ->> '$.data.verdict.action',
         reasons = ?3 ->> '$.data.verdict.reasons', rank = 3, review = 'open'
     WHERE id = ?1";

/// Writes these incidents, each with the statement `and` where there is one; µs that each took.
async fn write(pool: &SqlitePool, incidents: Range<u64>, and: &'static str) -> f64 {
    let begun = Instant::now();
    for first in incidents.clone().step_by(BATCH as usize) {
        let mut transaction = pool.begin().await.unwrap();
        for n in first..(first + BATCH).min(incidents.end) {
            let row = Row::of(n);
            sqlx::query(
                "INSERT INTO incident_event (id, incident, sequence, type, recorded_us, event)
                 VALUES (?, ?, 1, 'waylay.incident.ended.v1', ?, ?)",
            )
            .bind(format!("{}.1", row.id))
            .bind(&row.id)
            .bind(row.opened_us)
            .bind(row.event.to_string())
            .execute(&mut *transaction)
            .await
            .unwrap();
            sqlx::query(
                "INSERT INTO incident (id, stream, sequence, state, decoded, scheme, category, destination, class,
                     severity, policy, first_seen_ms, last_seen_ms, visible_ms, sightings, opened_us, changed_us, sealed)
                 VALUES (?1, ?2, 1, 'ended', 1, ?3, ?4, ?5, ?6, ?7, 'p@1', 0, 9000, 9000, 10, ?8, ?8, 1)",
            )
            .bind(&row.id)
            .bind(&row.stream)
            .bind(row.scheme)
            .bind(row.category)
            .bind(&row.key)
            .bind(row.class)
            .bind(row.severity)
            .bind(row.opened_us)
            .execute(&mut *transaction)
            .await
            .unwrap();
            if !and.is_empty() {
                let filled = sqlx::query(and).bind(&row.id).bind(&row.host);
                let filled = filled.bind(row.event.to_string());
                filled.execute(&mut *transaction).await.unwrap();
            }
        }
        transaction.commit().await.unwrap();
    }
    begun.elapsed().as_secs_f64() * 1e6 / (incidents.end - incidents.start) as f64
}

/// Asks for everything; how long each answer took.
fn ask(api: &Api, incidents: u64) -> Vec<(&'static str, Vec<Duration>)> {
    let row = |n: u64| Row::of(random(n) % incidents);
    let deep = deep_cursor(api);
    let campaigns = api.get("/api/v1/campaigns?limit=100").json();
    let campaigns = campaigns["campaigns"].as_array().unwrap().clone();
    assert!(campaigns.len() > 50, "there are campaigns");
    let campaign = |n: u64| campaigns[n as usize % campaigns.len()]["id"].clone();
    let mut asked: Vec<(&'static str, Vec<Duration>)> = Vec::new();
    let mut time = |name, path: &dyn Fn(u64) -> String| {
        let rounds = (0..ROUNDS).map(|n| {
            let path = path(n);
            let begun = Instant::now();
            let answer = api.get(&path);
            let took = begun.elapsed();
            assert_eq!(answer.status, 200, "{path}: {answer:?}");
            took
        });
        asked.push((name, rounds.collect()));
    };
    let list = "/api/v1/incidents?";
    time("queue, first page", &|_| list.to_owned());
    time("queue, page 200", &|_| format!("{list}cursor={deep}"));
    time("queue, counts", &|_| "/api/v1/queue/counts".to_owned());
    time("filter: class and severity", &|_| {
        format!("{list}class=off_platform&severity=critical")
    });
    time("filter: category", &|n| {
        format!("{list}category={}", row(n).category)
    });
    time("filter: scheme", &|n| {
        format!("{list}scheme={}", row(n).scheme)
    });
    time("filter: stream", &|n| {
        format!("{list}stream={}", row(n).stream)
    });
    time("filter: host, all states", &|n| {
        format!("{list}review=any&host={}", row(n).host)
    });
    time("filter: label of few", &|_| format!("{list}label=label-7"));
    time("filter: label of none", &|_| format!("{list}label=none"));
    time("filter: a day, all states", &|n| {
        let day = 1 + n % 25;
        format!(
            "{list}review=any&from=2026-11-{day:02}T00:00:00Z&until=2026-11-{:02}T00:00:00Z",
            day + 1
        )
    });
    time("filter: overdue, with its count", &|_| {
        format!("{list}overdue=true&count=true")
    });
    time("text: a word of many", &|_| {
        format!("{list}review=any&text=example")
    });
    time("text: of one", &|n| {
        format!("{list}review=any&text={}", row(n).word)
    });
    time("text: Chinese name", &|n| {
        format!(
            "{list}review=any&text={}",
            escaped(NAMES[n as usize % NAMES.len()])
        )
    });
    time("text: two characters", &|_| {
        format!("{list}review=any&text={}", escaped("张伟"))
    });
    time("text: of none", &|_| {
        format!("{list}review=any&text=zzzqqqxxx")
    });
    time("incident", &|n| format!("/api/v1/incidents/{}", row(n).id));
    time("campaigns, most waiting", &|_| {
        "/api/v1/campaigns".to_owned()
    });
    time("campaigns, latest, by payee", &|_| {
        "/api/v1/campaigns?order=latest&kind=payee".to_owned()
    });
    time("campaign", &|n| {
        format!("/api/v1/campaigns/{}", campaign(n))
    });
    time("quality of a week", &|_| "/api/v1/quality".to_owned());
    time("page: queue", &|_| "/".to_owned());
    time("page: queue of a category", &|n| {
        format!("/?category={}", row(n).category)
    });
    time("page: text in all states", &|n| {
        format!("/?review=any&q={}", row(n).word)
    });
    time("page: incident", &|n| format!("/incidents/{}", row(n).id));
    time("page: campaigns", &|_| "/campaigns".to_owned());
    time("page: campaign", &|n| format!("/campaigns/{}", campaign(n)));
    time("page: quality", &|_| "/quality".to_owned());
    asked.extend(decide(api, &campaigns));
    asked
}

/// Decides on campaigns, takes it back, and decides on what is next in the queue.
fn decide(api: &Api, campaigns: &[Value]) -> Vec<(&'static str, Vec<Duration>)> {
    let mut asked = Vec::new();
    let (mut decided, mut undone) = (Vec::new(), Vec::new());
    for row in campaigns.iter().take(5) {
        let body = json!({"decision": "confirm"});
        let begun = Instant::now();
        let done = api.post(&format!("/api/v1/campaigns/{}/decision", row["id"]), &body);
        decided.push(begun.elapsed());
        assert_eq!(done.status, 200, "{done:?}");
        let done = done.json();
        assert_eq!(done["incidents"], row["waiting"]);
        let path = format!(
            "/api/v1/campaigns/decisions/{}/undo",
            done["id"].as_str().unwrap()
        );
        let begun = Instant::now();
        assert_eq!(
            api.ask("POST", &path, "").json()["incidents"],
            row["waiting"]
        );
        undone.push(begun.elapsed());
    }
    println!(
        "campaigns of {} incidents that wait are decided",
        campaigns[0]["waiting"]
    );
    asked.push(("a campaign is decided", decided));
    asked.push(("and undone", undone));
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let next = api.post("/api/v1/queue/next", &json!({})).json();
        took.push(begun.elapsed());
        let id = next["claim"]["incident"].as_str().unwrap().to_owned();
        let decided = api.post(
            &format!("/api/v1/incidents/{id}/decision"),
            &json!({"decision": "confirm"}),
        );
        assert_eq!(decided.status, 200, "{decided:?}");
    }
    asked.push(("next of the queue", took));
    asked
}

/// Where the 200th page begins.
fn deep_cursor(api: &Api) -> String {
    let mut cursor = String::new();
    for _ in 0..50 {
        let page: Value = api
            .get(&format!("/api/v1/incidents?limit=200&cursor={cursor}"))
            .json();
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    cursor
}

/// `text` as it stands in a query.
fn escaped(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut escaped, byte| {
        write!(escaped, "%{byte:02X}").unwrap();
        escaped
    })
}

const NAMES: [&str; 5] = [
    "张伟的小店",
    "王芳珠宝行",
    "李娜直播间",
    "陈静服饰城",
    "刘洋数码店",
];
const KINDS: [(&str, &str, &str); 8] = [
    ("web-url", "other", "low"),
    ("wechat-contact", "contact", "high"),
    ("alipay-personal", "payment", "high"),
    ("upi", "payment", "high"),
    ("pix", "payment", "high"),
    ("whatsapp-contact", "contact", "high"),
    ("telegram-login", "login", "critical"),
    ("shop-link", "shop", "medium"),
];

/// An incident, always the same for its number.
struct Row {
    id: String,
    stream: String,
    host: String,
    scheme: &'static str,
    category: &'static str,
    severity: &'static str,
    class: &'static str,
    key: String,
    word: String,
    opened_us: i64,
    event: Value,
}

impl Row {
    fn of(n: u64) -> Self {
        let (a, b, c) = (random(3 * n), random(3 * n + 1), random(3 * n + 2));
        let (scheme, category, severity) = KINDS[(a % 8) as usize];
        // Few destinations have many incidents: every fourth is one of 64, the rest one of a third as many as there are.
        let destination = if b.is_multiple_of(4) {
            (b >> 8) % 64
        } else {
            64 + (b >> 8) % (n / 3 + 1)
        };
        let (stream, host) = ((a >> 8) % 5_000, (a >> 8) % 3_000);
        let on_platform = c.is_multiple_of(5);
        let class = if on_platform {
            "on_platform"
        } else {
            "off_platform"
        };
        let severity = if on_platform { "info" } else { severity };
        let asks = !on_platform && severity != "low";
        let name = NAMES[(c >> 8) as usize % NAMES.len()];
        let word = format!("w{:x}", random(n + 7) >> 24);
        let domain = format!("d{}.example", destination % 40_000);
        let id = format!("{:08x}-{:04x}-8000-8000-{:012x}", a >> 32, b >> 48, n);
        let key = format!("{scheme}:{destination}");
        let event = json!({"data": {
            "labels": [format!("host:{host}"), format!("label-{}", c % 50_000)],
            "payload": format!("https://{domain}/{word}?to={destination}&name={name}"),
            "fields": {"payee": format!("payee-{}", destination % 100_000), "payee_name": name},
            "destination": {"key": key, "host": format!("www.{domain}"), "registrable_domain": domain},
            "verdict": {
                "class": class, "severity": severity, "action": if asks { "review" } else { "record" },
                "reasons": [format!("category-{category}"), "default"], "policy": "p@1"
            }
        }});
        Self {
            id,
            stream: format!("room-{stream}"),
            host: host.to_string(),
            scheme,
            category,
            severity,
            class,
            key,
            word,
            opened_us: START_US + n as i64 * APART_US,
            event,
        }
    }
}

/// The same number for the same `n` (`SplitMix64`).
fn random(n: u64) -> u64 {
    let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
