//! Lists of incidents. A list walks along one index in the order of its pages, from where the last page ended; what the
//! index does not say is asked of each incident on the way. A walk is bounded: where it saw [`STEPS`] incidents and
//! found too few, the page is short and the next one goes on from there. So no page takes long, whatever is asked.

mod walk;

use sqlx::QueryBuilder;

use super::super::{Store, StoreError};
use super::Blind;
use super::item::{COLUMNS, Item};
use crate::review::Review;
use walk::Walk;

/// How many incidents one page looks at.
const STEPS: i64 = 5_000;
/// Incidents of one page at most.
pub(super) const LARGEST_PAGE: usize = 500;
/// Beyond how many incidents nobody counts.
const MOST_COUNTED: i64 = 10_000;

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
    /// The ids of incidents that are left out.
    pub hidden: Vec<String>,
}

impl Filter {
    /// Leaves those out that somebody is to decide without seeing what was decided, where that is what is asked for.
    pub fn hide(&mut self, blind: &[Blind]) {
        let asks = self.decision.is_some()
            || self.decided_by.is_some()
            || matches!(self.waits, Waits::Stands(_));
        if asks {
            let ids = blind.iter().map(|blind| blind.incident.clone());
            self.hidden.extend(ids);
        }
    }
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
}
