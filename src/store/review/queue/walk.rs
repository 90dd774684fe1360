//! How lists are asked for: along which index, from where on, and what is asked of each incident on the way.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::{QueryBuilder, Sqlite};

use super::{Cursor, Filter, Waits};
use crate::review::{FIRST_OPEN, Review};

/// Characters of the shortest text that the text index knows.
const SHORTEST_INDEXED: usize = 3;
/// Bytes of the longest cursor.
const LONGEST_CURSOR: usize = 512;

/// What is walked along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// The order of the queue.
    Turn,
    /// The newest first.
    Time,
    /// What holds a text, the newest first.
    Text,
}

impl Filter {
    pub(super) fn walk(&self) -> Walk {
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
    pub(super) fn push_walk(
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
    pub(super) fn push_rest(&self, query: &mut QueryBuilder<Sqlite>) {
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
        if !self.hidden.is_empty() {
            let hidden = serde_json::json!(self.hidden).to_string();
            query.push(" AND i.id NOT IN (SELECT value FROM json_each(");
            query.push_bind(hidden).push("))");
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
    pub(super) fn of(
        walk: Walk,
        turn: Option<i64>,
        opened_us: i64,
        number: i64,
        id: String,
    ) -> Self {
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
