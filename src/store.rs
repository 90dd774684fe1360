//! Incidents and their events in SQLite.
//!
//! An event is committed before anybody hears of it: whatever was printed survives a `kill -9`. What is to be
//! delivered of it is committed with it.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{FromRow, Sqlite, Transaction};
use tokio::sync::watch;

use crate::policy::Severity;
use crate::review::rank;
use crate::stop::Stop;
use crate::wire::envelope::{Envelope, Told};
use crate::wire::event::{Data, Event, EvidenceData};

mod accounts;
mod actions;
mod audit;
mod bans;
mod desk;
mod health;
mod manifests;
mod outbox;
mod retention;
mod review;
mod streams;

pub use accounts::{
    Changed, IdentifiedRow, Identity, LinkRow, NewLink, Proof, SessionRow, SignedIn, TokenRow,
    UserRow,
};
pub use audit::{AuditFilter, AuditRow, NewAudit};
pub use bans::BanRow;
pub use desk::{FrameRow, WallRow};
pub use health::Health;
pub use manifests::{
    Head, ManifestRow, NONE_BEFORE, NewManifest, RecordedEvent, SealedState, Whole,
};
pub use outbox::{DeliveryRow, Due, Fate, Listed, Miss, Queue, Replayed};
pub use retention::{EvidenceRow, Expired, Past};
pub use review::{
    Act, AppealRow, Blind, CampaignDone, CampaignKind, CampaignOrder, CampaignPage, CampaignRow,
    CampaignSeen, Claim, ClaimKind, Count, Counts, Cursor, Decided, DecisionRow, EntryRow,
    EventRow, FeedRow, FileRow, Filter, Given, GoldenRow, Item, Page, Preview, Quality,
    QualityOfReviewer, QualityOfRule, QualityOfSeconds, Reply, ReviewError, SavedFilter, Span,
    Traces, Undone, Waits, Wanted,
};
pub use streams::StreamRow;

use health::{Attempts, Endurance};

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long a write waits for another process that writes to the same file.
const BUSY: Duration = Duration::from_secs(10);

/// Connections to the file. Each has a thread of its own once it is used.
const CONNECTIONS: u32 = 6;

/// What can go wrong with the records.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened or made.
    #[error("cannot open the records in {}", .path.display())]
    Open {
        /// Where it is.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// The file is of a newer version, or not ours.
    #[error("cannot bring the records in {} up to date", .path.display())]
    Migrate {
        /// Where it is.
        path: PathBuf,
        /// What is wrong.
        source: sqlx::migrate::MigrateError,
    },
    /// An event could not be kept, or a query failed.
    #[error("the records cannot be used")]
    Query(#[from] sqlx::Error),
    /// An event could not be written as JSON.
    #[error("an event cannot be written")]
    Json(#[from] serde_json::Error),
}

/// The records in one SQLite file.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
    /// Wakes those who listen to what happens.
    bell: Arc<watch::Sender<()>>,
    health: Health,
    endurance: Option<Endurance>,
}

/// An event that is to be recorded.
#[derive(Debug)]
pub struct Entry<'a> {
    /// What happened. Its place among the events of its incident is the store's to give.
    pub event: Event<'a>,
    /// The time, µs since 1970 in UTC.
    pub recorded_us: i64,
    /// The names of the endpoints that it is to be delivered to.
    pub endpoints: Vec<Arc<str>>,
}

/// An event that changes nothing of its incident and is to be recorded beside those that do.
#[derive(Debug, Clone)]
pub struct Post<D> {
    /// What it tells.
    pub event: Envelope<D>,
    /// The time, µs since 1970 in UTC.
    pub recorded_us: i64,
    /// The names of the endpoints that it is to be delivered to.
    pub endpoints: Vec<Arc<str>>,
}

/// An incident as its events leave it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct IncidentRow {
    /// Its id.
    pub id: String,
    /// The stream's id.
    pub stream: String,
    /// The sequence number of its last event.
    pub sequence: i64,
    /// `open` or `ended`.
    pub state: String,
    /// Where it leads; `None` where it could not be decoded.
    pub destination: Option<String>,
    /// The class of its verdict.
    pub class: String,
    /// Media time of the last sighting in ms.
    pub last_seen_ms: i64,
    /// In how many looks it was seen.
    pub sightings: i64,
}

impl Store {
    /// Opens the file at `path`, made and brought up to date where needed.
    ///
    /// # Errors
    /// Where the file cannot be used.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        make_private(path);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        // SQLite has one writer; the other connections serve reads beside it, and hold those who wait for their turn to write.
        let pool = SqlitePoolOptions::new()
            .max_connections(CONNECTIONS)
            .connect_with(options)
            .await;
        let pool = pool.map_err(|source| StoreError::Open {
            path: path.to_owned(),
            source,
        })?;
        let migrated = MIGRATIONS.run(&pool).await;
        migrated.map_err(|source| StoreError::Migrate {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            pool,
            bell: Arc::new(watch::Sender::new(())),
            health: Health::default(),
            endurance: None,
        })
    }

    /// The same, where events that cannot be written are held for so long and tried again, until `stop` is asked for: a full disk
    /// is no reason to end.
    #[must_use]
    pub fn enduring(self, patience: Duration, stop: Stop) -> Self {
        Self {
            endurance: Some(Endurance { patience, stop }),
            ..self
        }
    }

    /// How the writing of events goes, now and later.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Keeps events, folds each into its incident and puts it into the outbox, in one transaction; all of it is on
    /// disk when this returns, and every event holds the sequence number under which it is on record. An event that
    /// is there already (the same file was watched before) changes nothing.
    ///
    /// # Errors
    /// Where the events could not be kept; nothing of them is.
    pub async fn append(&self, entries: &mut [Entry<'_>]) -> Result<(), StoreError> {
        self.append_with::<Data<'_>>(entries, &mut []).await
    }

    /// The same, and in the same transaction what else is to be told of these incidents.
    ///
    /// # Errors
    /// Where the events could not be kept; nothing of them is.
    pub async fn append_with<D: Told + Send + Sync>(
        &self,
        entries: &mut [Entry<'_>],
        posts: &mut [Post<D>],
    ) -> Result<(), StoreError> {
        let mut attempts = Attempts::new();
        while let Err(error) = self.append_now(entries, posts).await {
            let endurance = self.endurance.as_ref();
            attempts.another(error, endurance, &self.health).await?;
        }
        self.health.written();
        Ok(())
    }

    async fn append_now<D: Told + Send + Sync>(
        &self,
        entries: &mut [Entry<'_>],
        posts: &mut [Post<D>],
    ) -> Result<(), StoreError> {
        // Taking the write lock at once spares a deadlock between two that read first.
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for entry in entries {
            add(&mut transaction, entry).await?;
        }
        for post in posts {
            tell(&mut transaction, post).await?;
        }
        transaction.commit().await?;
        self.ring();
        Ok(())
    }

    /// Something was recorded: those who listen look what it is.
    pub fn ring(&self) {
        self.bell.send_replace(());
    }

    /// Hears of it when this program records something.
    pub fn listen(&self) -> watch::Receiver<()> {
        self.bell.subscribe()
    }

    /// Keeps events that change nothing of their incidents, in one transaction with their deliveries.
    ///
    /// # Errors
    /// Where the events could not be kept; nothing of them is.
    pub async fn tell<D: Told + Send + Sync>(
        &self,
        posts: &mut [Post<D>],
    ) -> Result<(), StoreError> {
        self.append_with(&mut [], posts).await
    }

    /// All incidents, in the order of opening.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn incidents(&self) -> Result<Vec<IncidentRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT id, stream, sequence, state, destination, class, last_seen_ms, sightings
             FROM incident ORDER BY opened_us, id",
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The events of all incidents as they were recorded, oldest first (JSON).
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn events(&self) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar("SELECT event FROM incident_event ORDER BY position");
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Closes the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Makes the file where it is not there yet, for its owner alone: it holds stream keys. What SQLite puts beside it has
/// the same mode.
fn make_private(path: &Path) {
    let mut options = OpenOptions::new();
    // One that is there stays as it is; where it cannot be made, opening it says why.
    let _ = options.write(true).create_new(true).mode(0o600).open(path);
}

async fn add(
    transaction: &mut Transaction<'_, Sqlite>,
    entry: &mut Entry<'_>,
) -> Result<(), StoreError> {
    let (event, recorded_us) = (&mut entry.event, entry.recorded_us);
    if !put(transaction, event, recorded_us, &entry.endpoints).await? {
        return Ok(());
    }
    fold(transaction, event, recorded_us).await?;
    for file in &event.data.evidence {
        keep(transaction, &event.data.incident, file).await?;
    }
    Ok(())
}

/// Keeps an event beside those that change its incident, which from then on has something new to be sealed.
async fn tell<D: Told + Sync>(
    transaction: &mut Transaction<'_, Sqlite>,
    post: &mut Post<D>,
) -> Result<(), StoreError> {
    let (event, recorded_us) = (&mut post.event, post.recorded_us);
    if put(transaction, event, recorded_us, &post.endpoints).await? {
        sqlx::query(
            "UPDATE incident SET sequence = ?, changed_us = max(changed_us, ?) WHERE id = ?",
        )
        .bind(event.data.sequence())
        .bind(recorded_us)
        .bind(&event.subject)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

/// Keeps an event and puts it into the outbox; false where it is on record already.
async fn put<D: Told + Sync>(
    transaction: &mut Transaction<'_, Sqlite>,
    event: &mut Envelope<D>,
    recorded_us: i64,
    endpoints: &[Arc<str>],
) -> Result<bool, StoreError> {
    let recorded = sqlx::query_as("SELECT sequence, event FROM incident_event WHERE id = ?");
    let recorded = recorded.bind(&event.id).fetch_optional(&mut **transaction);
    let recorded: Option<(i64, String)> = recorded.await?;
    if let Some((sequence, json)) = recorded {
        event.data.number(sequence);
        compare(event, &json)?;
        return Ok(false);
    }
    let last = "SELECT coalesce(max(sequence), 0) FROM incident_event WHERE incident = ?";
    let last = sqlx::query_scalar(last).bind(&event.subject);
    let last: i64 = last.fetch_one(&mut **transaction).await?;
    event.data.number(last + 1);
    sqlx::query(
        "INSERT INTO incident_event (id, incident, sequence, type, recorded_us, event) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&event.id)
    .bind(&event.subject)
    .bind(last + 1)
    .bind(&event.kind)
    .bind(recorded_us)
    .bind(serde_json::to_string(event)?)
    .execute(&mut **transaction)
    .await?;
    for endpoint in endpoints {
        let (event, incident) = (&event.id, &event.subject);
        outbox::put(transaction, endpoint, event, incident, recorded_us).await?;
    }
    Ok(true)
}

/// A label that begins so names who streams.
const HOST: &str = "host:";

/// Characters of a payload that are kept beside the incident: the event has all of it.
const PAYLOAD: usize = 4_096;
/// Characters of a payee, and of its name.
const PAYEE: usize = 512;

/// Every event carries the whole incident, so folding in is putting the newest in the place of the last. What was decided
/// of it stays; what was not waits for a decision as long as the policy wants it to be looked at.
async fn fold(
    transaction: &mut Transaction<'_, Sqlite>,
    event: &Event<'_>,
    recorded_us: i64,
) -> Result<(), StoreError> {
    let data = &event.data;
    let (read, verdict) = (data.about.read(), data.about.verdict());
    let host = data
        .labels
        .iter()
        .find_map(|label| label.strip_prefix(HOST));
    let fields = read.map(|explained| &explained.fields);
    let payee = fields
        .and_then(|fields| fields.payee)
        .filter(|payee| !payee.is_empty());
    let payee_name = fields.and_then(|fields| fields.payee_name);
    let waits = if verdict.action == "record" {
        "record"
    } else {
        "open"
    };
    sqlx::query(
        "INSERT INTO incident (id, stream, sequence, state, decoded, scheme, category, destination, class, severity,
                               policy, first_seen_ms, last_seen_ms, visible_ms, sightings, opened_us, changed_us,
                               number, labels, host, payload, payee, payee_name, target_host, domain, action, reasons,
                               rank, review, tracked_us)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?16, ?16,
                 (SELECT coalesce(max(number), 0) + 1 FROM incident), ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25,
                 ?26, ?27, ?16)
         ON CONFLICT (id) DO UPDATE SET
             sequence = excluded.sequence, state = excluded.state, decoded = excluded.decoded,
             scheme = excluded.scheme, category = excluded.category, destination = excluded.destination,
             class = excluded.class, severity = excluded.severity, policy = excluded.policy,
             last_seen_ms = excluded.last_seen_ms, visible_ms = excluded.visible_ms,
             sightings = excluded.sightings, changed_us = excluded.changed_us,
             tracked_us = excluded.tracked_us, labels = excluded.labels,
             host = excluded.host, payload = excluded.payload, payee = excluded.payee,
             payee_name = excluded.payee_name, target_host = excluded.target_host, domain = excluded.domain,
             action = excluded.action, reasons = excluded.reasons, rank = excluded.rank,
             review = CASE WHEN review IN ('record', 'open') THEN excluded.review ELSE review END
         WHERE excluded.sequence > incident.sequence",
    )
    .bind(&data.incident)
    .bind(&data.stream)
    .bind(data.sequence)
    .bind(data.state)
    .bind(data.decoded)
    .bind(read.map(|explained| explained.scheme))
    .bind(read.map(|explained| explained.category))
    .bind(read.map(|explained| explained.destination.key))
    .bind(verdict.class)
    .bind(verdict.severity)
    .bind(verdict.policy)
    .bind(data.first_seen_ms)
    .bind(data.last_seen_ms)
    .bind(data.visible_ms)
    .bind(data.sightings)
    .bind(recorded_us)
    .bind(serde_json::to_string(data.labels)?)
    .bind(host.filter(|host| !host.is_empty()))
    .bind(read.map(|explained| head(explained.payload, PAYLOAD)))
    .bind(payee.map(|payee| head(payee, PAYEE)))
    .bind(payee_name.map(|name| head(name, PAYEE)))
    .bind(read.and_then(|explained| explained.destination.host))
    .bind(read.and_then(|explained| explained.destination.registrable_domain))
    .bind(verdict.action)
    .bind(serde_json::to_string(verdict.reasons)?)
    .bind(Severity::parse(verdict.severity).map_or(0, rank))
    .bind(waits)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// The first `longest` characters of `text`.
fn head(text: &str, longest: usize) -> &str {
    text.char_indices()
        .nth(longest)
        .map_or(text, |(end, _)| &text[..end])
}

/// An event that is there already says the same, unless the file was watched under other circumstances,
/// such as a full disk.
fn compare<D: Told>(event: &Envelope<D>, recorded: &str) -> Result<(), serde_json::Error> {
    if serde_json::to_string(event)? != recorded {
        tracing::warn!(
            event.id = event.id,
            "event {} is on record with other contents, which stay",
            event.id
        );
    }
    Ok(())
}

async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    incident: &str,
    file: &EvidenceData,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO evidence (incident, path, kind, sha256, bytes, media_ms) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (incident, path) DO NOTHING",
    )
    .bind(incident)
    .bind(&file.path)
    .bind(file.kind)
    .bind(&file.sha256)
    .bind(file.bytes.cast_signed())
    .bind(file.media_ms)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
