//! How many incidents wait, and of which kinds: counted by triggers, read here.

use std::collections::BTreeMap;

use super::super::{Store, StoreError};
use crate::review::Sla;

/// Beyond how many that wait for too long nobody counts.
const MOST_OVERDUE: i64 = 10_000;

/// What waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many incidents stand how.
    pub review: BTreeMap<String, i64>,
    /// Those that wait, by severity.
    pub severity: BTreeMap<String, i64>,
    /// The same by class.
    pub class: BTreeMap<String, i64>,
    /// The same by category.
    pub category: BTreeMap<String, i64>,
    /// The same by scheme.
    pub scheme: BTreeMap<String, i64>,
    /// Those that wait for too long, 10000 at most.
    pub overdue: i64,
    /// When the one that waits for longest was opened, µs since 1970 in UTC.
    pub oldest_us: Option<i64>,
}

impl Store {
    /// What waits at `now_us`.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn counts(&self, sla: &Sla, now_us: i64) -> Result<Counts, StoreError> {
        let query = "SELECT facet, value, n FROM review_count WHERE n > 0";
        let rows: Vec<(String, String, i64)> = sqlx::query_as(query).fetch_all(&self.pool).await?;
        let mut counts = Counts::default();
        for (facet, value, n) in rows {
            let of = match facet.as_str() {
                "review" => &mut counts.review,
                "severity" => &mut counts.severity,
                "class" => &mut counts.class,
                "category" => &mut counts.category,
                "scheme" => &mut counts.scheme,
                _ => continue,
            };
            of.insert(value, n);
        }
        // Within a place of the queue the oldest come first: what is overdue stands at its beginning.
        for rank in 0..5_u8 {
            for turn in [4 - i64::from(rank), 14 - i64::from(rank)] {
                let left = MOST_OVERDUE - counts.overdue;
                let before_us = now_us.saturating_sub(sla.due_us(rank, 0));
                let (n, oldest_us): (i64, Option<i64>) = sqlx::query_as(
                    "SELECT (SELECT count(*) FROM (SELECT 1 FROM incident INDEXED BY incident_in_turn
                                 WHERE turn = ?1 AND opened_us < ?2 LIMIT ?3)),
                            (SELECT opened_us FROM incident INDEXED BY incident_in_turn
                                 WHERE turn = ?1 ORDER BY opened_us LIMIT 1)",
                )
                .bind(turn)
                .bind(before_us)
                .bind(left)
                .fetch_one(&self.pool)
                .await?;
                counts.overdue += n;
                counts.oldest_us = match (counts.oldest_us, oldest_us) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
            }
        }
        Ok(counts)
    }
}
