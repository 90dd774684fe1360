//! Lists of incidents. A list walks along one index in the order of its pages, from where the last page ended; what the
//! index does not say is asked of each incident on the way. A walk is bounded: where it saw [`STEPS`] incidents and
//! found too few, the page is short and the next one goes on from there. So no page takes long, whatever is asked.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::{FromRow, QueryBuilder, Sqlite};

use super::super::{Store, StoreError};
use crate::review::{FIRST_OPEN, Review};

/// How many incidents one page looks at.
const STEPS: i64 = 5_000;
/// Incidents of one page at most.
pub(super) const LARGEST_PAGE: usize = 500;
/// Beyond how many incidents nobody counts.
const MOST_COUNTED: i64 = 10_000;
/// Characters of the shortest text that the text index knows.
const SHORTEST_INDEXED: usize = 3;
/// Bytes of the longest cursor.
const LONGEST_CURSOR: usize = 512;

/// Whether incidents wait for a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Waits {
    /// Those that do, in the order of the queue.
    #[default]
    Yes,
    /// Those alone that stand so: in the order of the queue where they wait, and else the newest first.
    Stands(Review),
    /// All, the newest first.
    Any,
}

/// Which incidents are listed. What is not given is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Whether they wait.
    pub waits: Waits,
    /// The class of their verdict.
    pub class: Option<String>,
    /// Its severity.
    pub severity: Option<String>,
    /// What the payload is for.
    pub category: Option<String>,
    /// Its scheme.
    pub scheme: Option<String>,
    /// The stream's id.
    pub stream: Option<String>,
    /// Who streams.
    pub host: Option<String>,
    /// A label of the stream.
    pub label: Option<String>,
    /// `open` or `ended`.
    pub state: Option<String>,
    /// The key of the destination.
    pub destination: Option<String>,
    /// Who is paid or contacted.
    pub payee: Option<String>,
    /// The registrable domain of the destination.
    pub domain: Option<String>,
    /// The decision that stands.
    pub decision: Option<String>,
    /// Who made it.
    pub decided_by: Option<String>,
    /// Opened at this time or later, µs since 1970 in UTC.
    pub from_us: Option<i64>,
    /// Opened before this time.
    pub until_us: Option<i64>,
    /// Opened before the time that goes with its rank: those that wait for too long.
    pub opened_before_us: Option<[i64; 5]>,
    /// Stands somewhere in the payload, the payee, its name or the host of the destination.
    pub text: Option<String>,
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// What is walked along.
    walk: Walk,
    turn: i64,
    /// Or the number of the incident where a text is looked for.
    at: i64,
    id: String,
}

/// A page of incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The incidents, in the order of the list.
    pub items: Vec<Item>,
    /// Where the next page begins; `None` where this is the last one.
    pub next: Option<Cursor>,
}

/// How many incidents there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// So many were found.
    pub n: i64,
    /// Whether there may be more: nobody counted on.
    pub more: bool,
}

/// An incident as the desk shows it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Counts incidents in the order of recording, from 1.
    pub number: i64,
    /// The stream's id.
    pub stream: String,
    /// The labels of the stream, a list (JSON).
    pub labels: String,
    /// Who streams.
    pub host: Option<String>,
    /// The sequence number of its last event.
    pub sequence: i64,
    /// `open` or `ended`.
    pub state: String,
    /// Whether it could be read.
    pub decoded: bool,
    /// The id of the scheme.
    pub scheme: Option<String>,
    /// What it is for.
    pub category: Option<String>,
    /// The first 4096 characters of the payload.
    pub payload: Option<String>,
    /// Who is paid or contacted.
    pub payee: Option<String>,
    /// Its name.
    pub payee_name: Option<String>,
    /// The key of the destination.
    pub destination: Option<String>,
    /// Its host.
    pub target_host: Option<String>,
    /// Its registrable domain.
    pub domain: Option<String>,
    /// The class of the verdict.
    pub class: String,
    /// Its severity.
    pub severity: String,
    /// The rank of that, 0 for info to 4 for critical.
    pub rank: i64,
    /// What the policy wants done.
    pub action: String,
    /// The reasons for the verdict, a list (JSON).
    pub reasons: String,
    /// `name@version` of the policy.
    pub policy: String,
    /// Media time of the first sighting in ms.
    pub first_seen_ms: i64,
    /// Media time of the last one.
    pub last_seen_ms: i64,
    /// For how long it was in view in ms.
    pub visible_ms: i64,
    /// In how many looks it was seen.
    pub sightings: i64,
    /// When it was opened, µs since 1970 in UTC as all times here.
    pub opened_us: i64,
    /// When it last changed.
    pub changed_us: i64,
    /// `record`, `open`, `escalated` or `decided`.
    pub review: String,
    /// The decision that stands.
    pub decision: Option<String>,
    /// Who made it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_us: Option<i64>,
    /// Who confirmed it where two must.
    pub first_by: Option<String>,
    /// Who has it.
    pub claimed_by: Option<String>,
    /// Until when.
    pub claimed_until_us: Option<i64>,
    /// Its place in the queue.
    pub turn: Option<i64>,
}

/// An event of an incident.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct EventRow {
    /// Its place among those of its incident.
    pub sequence: i64,
    /// Its type.
    #[sqlx(rename = "type")]
    pub kind: String,
    /// When it was recorded, µs since 1970 in UTC.
    pub recorded_us: i64,
    /// The whole event (JSON).
    pub event: String,
}

/// A file of evidence.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct FileRow {
    /// Below the evidence folder.
    pub path: String,
    /// What it shows.
    pub kind: String,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Its size.
    pub bytes: i64,
    /// Media time in ms.
    pub media_ms: i64,
    /// When it was removed, µs since 1970 in UTC.
    pub removed_us: Option<i64>,
}

/// The columns of an [`Item`], of the incident `i`.
pub(super) const COLUMNS: &str = "i.id, i.number, i.stream, i.labels, i.host, i.sequence, i.state, i.decoded, i.scheme,
    i.category, i.payload, i.payee, i.payee_name, i.destination, i.target_host, i.domain, i.class, i.severity, i.rank,
    i.action, i.reasons, i.policy, i.first_seen_ms, i.last_seen_ms, i.visible_ms, i.sightings, i.opened_us,
    i.changed_us, i.review, i.decision, i.decided_by, i.decided_us, i.first_by, i.claimed_by, i.claimed_until_us,
    i.turn";

/// What is walked along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    /// The order of the queue.
    Turn,
    /// The newest first.
    Time,
    /// What holds a text, the newest first.
    Text,
}

impl Filter {
    fn walk(&self) -> Walk {
        match (&self.text, &self.waits) {
            (Some(text), _) if text.chars().count() >= SHORTEST_INDEXED => Walk::Text,
            (_, Waits::Yes | Waits::Stands(Review::Open | Review::Escalated)) => Walk::Turn,
            _ => Walk::Time,
        }
    }

    /// The index that leaves the least to look at: its name, and the column that it begins with where that is one.
    fn index(&self) -> (&'static str, Option<(&'static str, &str)>) {
        let in_turn = self.walk() == Walk::Turn;
        let known = [
            (
                "stream",
                &self.stream,
                "incident_by_stream",
                "incident_in_turn_of_stream",
            ),
            (
                "destination",
                &self.destination,
                "incident_by_destination",
                "",
            ),
            ("payee", &self.payee, "incident_by_payee", ""),
            ("domain", &self.domain, "incident_by_domain", ""),
            (
                "host",
                &self.host,
                "incident_by_host",
                "incident_in_turn_of_host",
            ),
            (
                "scheme",
                &self.scheme,
                "incident_by_scheme",
                "incident_in_turn_of_scheme",
            ),
            ("decision", &self.decision, "incident_by_decision", ""),
            (
                "category",
                &self.category,
                "incident_by_category",
                "incident_in_turn_of_category",
            ),
        ];
        let mut given = known
            .into_iter()
            .filter_map(|(column, value, by_time, by_turn)| {
                let index = if in_turn { by_turn } else { by_time };
                let value = value.as_deref()?;
                (!index.is_empty()).then_some((index, Some((column, value))))
            });
        let all = if in_turn {
            "incident_in_turn"
        } else {
            "incident_by_time"
        };
        given.next().unwrap_or((all, None))
    }

    /// The incidents on the way, as `walk (r)`: their row ids, `steps` of them from `after` on, the first `skip` left out.
    fn push_walk(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        after: Option<&Cursor>,
        steps: i64,
        skip: i64,
    ) {
        let (index, first) = self.index();
        match self.walk() {
            Walk::Text => {
                query.push("(SELECT rowid AS r FROM incident_text WHERE incident_text MATCH ");
                query.push_bind(phrase(self.text.as_deref().unwrap_or_default()));
                if let Some(cursor) = after {
                    query.push(" AND rowid < ").push_bind(cursor.at);
                }
                query.push(" ORDER BY rowid DESC LIMIT ").push_bind(steps);
            }
            Walk::Turn => {
                query
                    .push("(SELECT rowid AS r FROM incident INDEXED BY ")
                    .push(index);
                query.push(" WHERE turn IS NOT NULL");
                push_first(query, first);
                match self.waits {
                    Waits::Stands(Review::Open) => {
                        query.push(" AND turn >= ").push_bind(FIRST_OPEN);
                    }
                    Waits::Stands(Review::Escalated) => {
                        query.push(" AND turn < ").push_bind(FIRST_OPEN);
                    }
                    _ => {}
                }
                if let Some(cursor) = after {
                    query
                        .push(" AND (turn, opened_us, id) > (")
                        .push_bind(cursor.turn);
                    query.push(", ").push_bind(cursor.at);
                    query.push(", ").push_bind(cursor.id.clone()).push(")");
                }
                query
                    .push(" ORDER BY turn, opened_us, id LIMIT ")
                    .push_bind(steps);
            }
            Walk::Time => {
                query
                    .push("(SELECT rowid AS r FROM incident INDEXED BY ")
                    .push(index);
                query.push(" WHERE true");
                push_first(query, first);
                if let Some(from_us) = self.from_us {
                    query.push(" AND opened_us >= ").push_bind(from_us);
                }
                if let Some(until_us) = self.until_us {
                    query.push(" AND opened_us < ").push_bind(until_us);
                }
                if let Some(cursor) = after {
                    query.push(" AND (opened_us, id) < (").push_bind(cursor.at);
                    query.push(", ").push_bind(cursor.id.clone()).push(")");
                }
                query
                    .push(" ORDER BY opened_us DESC, id DESC LIMIT ")
                    .push_bind(steps);
            }
        }
        query.push(" OFFSET ").push_bind(skip).push(") AS walk ");
    }

    /// Joins the incidents on the way as `i`, and asks of them what the walk did not.
    fn push_rest(&self, query: &mut QueryBuilder<Sqlite>) {
        // A cross join keeps its order: the incidents come as they are walked along.
        query.push("CROSS JOIN incident AS i ON ");
        query.push(match self.walk() {
            Walk::Text => "i.number = walk.r WHERE true",
            Walk::Turn | Walk::Time => "i.rowid = walk.r WHERE true",
        });
        for (column, value) in [
            ("class", &self.class),
            ("severity", &self.severity),
            ("category", &self.category),
            ("scheme", &self.scheme),
            ("stream", &self.stream),
            ("host", &self.host),
            ("state", &self.state),
            ("destination", &self.destination),
            ("payee", &self.payee),
            ("domain", &self.domain),
            ("decision", &self.decision),
            ("decided_by", &self.decided_by),
        ] {
            if let Some(value) = value {
                query
                    .push(" AND i.")
                    .push(column)
                    .push(" = ")
                    .push_bind(value.clone());
            }
        }
        match &self.waits {
            Waits::Yes => {
                query.push(" AND i.turn IS NOT NULL");
            }
            Waits::Stands(review) => {
                query.push(" AND i.review = ").push_bind(review.as_str());
            }
            Waits::Any => {}
        }
        if let Some(label) = &self.label {
            query.push(
                " AND EXISTS (SELECT 1 FROM json_each(i.labels) AS label WHERE label.value = ",
            );
            query.push_bind(label.clone()).push(")");
        }
        if let Some(from_us) = self.from_us {
            query.push(" AND i.opened_us >= ").push_bind(from_us);
        }
        if let Some(until_us) = self.until_us {
            query.push(" AND i.opened_us < ").push_bind(until_us);
        }
        if let Some(before_us) = self.opened_before_us {
            query.push(" AND i.opened_us < CASE i.rank");
            for (rank, us) in before_us.into_iter().enumerate() {
                query.push(" WHEN ").push(rank).push(" THEN ").push(us);
            }
            query.push(" END");
        }
        if let Some(text) = self.text.as_ref().filter(|_| self.walk() != Walk::Text) {
            // Too short for the index: each on the way is read.
            query.push(
                " AND instr(lower(concat_ws(char(10), i.payload, i.payee, i.payee_name, i.target_host)), ",
            );
            query.push_bind(text.to_lowercase()).push(") > 0");
        }
    }
}

fn push_first(query: &mut QueryBuilder<Sqlite>, first: Option<(&'static str, &str)>) {
    if let Some((column, value)) = first {
        query
            .push(" AND ")
            .push(column)
            .push(" = ")
            .push_bind(value.to_owned());
    }
}

/// `text` as one phrase of FTS5: nothing in it is an operator.
fn phrase(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\"").replace('\0', " "))
}

impl Cursor {
    fn of(walk: Walk, turn: Option<i64>, opened_us: i64, number: i64, id: String) -> Self {
        Self {
            walk,
            turn: turn.unwrap_or_default(),
            at: if walk == Walk::Text {
                number
            } else {
                opened_us
            },
            id,
        }
    }

    /// As it stands in a URL.
    pub fn encode(&self) -> String {
        let walk = match self.walk {
            Walk::Turn => 'q',
            Walk::Time => 't',
            Walk::Text => 'x',
        };
        let Self { turn, at, id, .. } = self;
        URL_SAFE_NO_PAD.encode(format!("{walk}:{turn}:{at}:{id}"))
    }

    /// The cursor that stands in a URL, where it is one for `filter`.
    pub fn decode(text: &str, filter: &Filter) -> Option<Self> {
        if text.len() > LONGEST_CURSOR {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.splitn(4, ':');
        let walk = match parts.next()? {
            "q" => Walk::Turn,
            "t" => Walk::Time,
            "x" => Walk::Text,
            _ => return None,
        };
        let cursor = Self {
            walk,
            turn: parts.next()?.parse().ok()?,
            at: parts.next()?.parse().ok()?,
            id: parts.next()?.to_owned(),
        };
        (walk == filter.walk()).then_some(cursor)
    }
}

impl Store {
    /// The incidents that `filter` asks for, from `after` on. A page may hold fewer than `limit`, even none, and yet
    /// not be the last one.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn queue(
        &self,
        filter: &Filter,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let limit = limit.clamp(1, LARGEST_PAGE);
        let mut query = QueryBuilder::new(format!("SELECT {COLUMNS} FROM "));
        filter.push_walk(&mut query, after, STEPS, 0);
        filter.push_rest(&mut query);
        query
            .push(" LIMIT ")
            .push_bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let mut items: Vec<Item> = query.build_query_as().fetch_all(&self.pool).await?;
        let walk = filter.walk();
        let next = if items.len() > limit {
            items.truncate(limit);
            items.last().map(|item| {
                Cursor::of(
                    walk,
                    item.turn,
                    item.opened_us,
                    item.number,
                    item.id.clone(),
                )
            })
        } else {
            self.last_step(filter, after).await?
        };
        Ok(Page { items, next })
    }

    /// Where the walk from `after` on stopped, if there may be more behind it.
    async fn last_step(
        &self,
        filter: &Filter,
        after: Option<&Cursor>,
    ) -> Result<Option<Cursor>, StoreError> {
        let mut query = QueryBuilder::new("SELECT i.turn, i.opened_us, i.number, i.id FROM ");
        filter.push_walk(&mut query, after, 1, STEPS - 1);
        query.push(match filter.walk() {
            Walk::Text => "CROSS JOIN incident AS i ON i.number = walk.r",
            Walk::Turn | Walk::Time => "CROSS JOIN incident AS i ON i.rowid = walk.r",
        });
        let last: Option<(Option<i64>, i64, i64, String)> =
            query.build_query_as().fetch_optional(&self.pool).await?;
        Ok(last.map(|(turn, opened_us, number, id)| {
            Cursor::of(filter.walk(), turn, opened_us, number, id)
        }))
    }

    /// How many incidents `filter` asks for, as far as counting goes.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn count(&self, filter: &Filter) -> Result<Count, StoreError> {
        let mut query = QueryBuilder::new("SELECT count(*) FROM (SELECT 1 FROM ");
        filter.push_walk(&mut query, None, MOST_COUNTED + 1, 0);
        filter.push_rest(&mut query);
        query.push(" LIMIT ").push_bind(MOST_COUNTED).push(")");
        let n: i64 = query.build_query_scalar().fetch_one(&self.pool).await?;
        let mut query = QueryBuilder::new("SELECT EXISTS (SELECT 1 FROM ");
        filter.push_walk(&mut query, None, 1, MOST_COUNTED);
        query.push(")");
        let more: bool = query.build_query_scalar().fetch_one(&self.pool).await?;
        Ok(Count { n, more })
    }

    /// The incident `id` as the desk shows it.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn item(&self, id: &str) -> Result<Option<Item>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM incident AS i WHERE i.id = ?"
        ));
        let row = sqlx::query_as(query).bind(id);
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The last event of the incident `id` that tells how it is (JSON).
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn last_told(&self, id: &str) -> Result<Option<String>, StoreError> {
        let query = sqlx::query_scalar(
            "SELECT event FROM incident_event WHERE incident = ? AND type LIKE 'waylay.incident.%'
             ORDER BY sequence DESC LIMIT 1",
        );
        Ok(query.bind(id).fetch_optional(&self.pool).await?)
    }

    /// The events of the incident `id` behind the one with the number `after`, `limit` at most; without `all` those
    /// are left out that only say that it goes on.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn history(
        &self,
        id: &str,
        after: i64,
        all: bool,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        let query = sqlx::query_as(
            "SELECT sequence, type, recorded_us, event FROM incident_event
             WHERE incident = ? AND sequence > ? AND (? OR type <> 'waylay.incident.updated.v1')
             ORDER BY sequence LIMIT ?",
        );
        let limit = i64::try_from(limit.clamp(1, LARGEST_PAGE + 1)).unwrap_or(i64::MAX);
        let rows = query.bind(id).bind(after).bind(all).bind(limit);
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// The files that prove the incident `id`, those that were removed included.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn files(&self, id: &str) -> Result<Vec<FileRow>, StoreError> {
        let query = sqlx::query_as(
            "SELECT path, kind, sha256, bytes, media_ms, removed_us FROM evidence WHERE incident = ?
             ORDER BY media_ms, path LIMIT 500",
        );
        Ok(query.bind(id).fetch_all(&self.pool).await?)
    }
}
