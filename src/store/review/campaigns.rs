//! Campaigns: the same destination, payee or domain over streams, hosts and days. Triggers count them as incidents
//! change, so that no page counts anew. One decision settles all of a campaign that waits, and one undo takes it back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::{FromRow, QueryBuilder, Sqlite, Transaction};

use super::super::{Store, StoreError};
use super::decisions::apply;
use super::queue::LARGEST_PAGE;
use super::undo::take_back_part;
use super::{Act, ReviewError, Subject, registry};
use crate::ids;
use crate::review::{self, Decision, Made, Refused, Scope, Step, UNDO_US};

/// Incidents that one decision settles at most: all of it is one transaction, for which the recorder waits.
const MOST: usize = 10_000;

/// What the incidents of a campaign have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignKind {
    /// The destination.
    Destination,
    /// Who is paid or contacted.
    Payee,
    /// The registrable domain of the destination.
    Domain,
}

impl CampaignKind {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Destination => "destination",
            Self::Payee => "payee",
            Self::Domain => "domain",
        }
    }

    /// The one that has this id.
    pub fn parse(id: &str) -> Option<Self> {
        let all = [Self::Destination, Self::Payee, Self::Domain];
        all.into_iter().find(|kind| kind.as_str() == id)
    }

    /// The incidents of one that wait.
    fn waiting(self) -> &'static str {
        match self {
            Self::Destination => {
                "SELECT id FROM incident INDEXED BY incident_by_destination
                 WHERE destination = ? AND turn IS NOT NULL ORDER BY opened_us, id LIMIT ?"
            }
            Self::Payee => {
                "SELECT id FROM incident INDEXED BY incident_by_payee
                 WHERE payee = ? AND turn IS NOT NULL ORDER BY opened_us, id LIMIT ?"
            }
            Self::Domain => {
                "SELECT id FROM incident INDEXED BY incident_by_domain
                 WHERE domain = ? AND turn IS NOT NULL ORDER BY opened_us, id LIMIT ?"
            }
        }
    }
}

/// In which order campaigns are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CampaignOrder {
    /// Those alone of which something waits: the one of which most does first.
    #[default]
    Waiting,
    /// The one that was seen last first.
    Latest,
}

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CampaignRow {
    /// Its id.
    pub id: i64,
    /// `destination`, `payee` or `domain`.
    pub kind: String,
    /// What its incidents have in common.
    pub key: String,
    /// How many there are.
    pub incidents: i64,
    /// How many of them wait for a decision.
    pub waiting: i64,
    /// In how many streams.
    pub streams: i64,
    /// Of how many hosts.
    pub hosts: i64,
    /// When the first of them was opened, µs since 1970 in UTC.
    pub first_us: i64,
    /// When the last of them was.
    pub last_us: i64,
}

/// A page of campaigns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignPage {
    /// In the order of the list.
    pub campaigns: Vec<CampaignRow>,
    /// Where the next page begins; `None` where this is the last one.
    pub next: Option<String>,
}

/// Where a campaign was seen.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CampaignSeen {
    /// The stream, the host, or the day (`YYYY-MM-DD` in UTC).
    pub name: String,
    /// How many of its incidents.
    pub incidents: i64,
}

/// What a decision on a campaign would settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// How many incidents.
    pub incidents: i64,
    /// Whether they are more than one decision settles at once.
    pub more: bool,
    /// The destination that goes into the platform's registry.
    pub entry: Option<String>,
}

/// A decision on a campaign that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignDone {
    /// Its id.
    pub id: String,
    /// How many incidents it settled.
    pub incidents: i64,
    /// How many wait for a second person, who has to say the same.
    pub proposed: i64,
    /// How many it left as they were.
    pub left: i64,
    /// Until when it can be undone, µs since 1970 in UTC.
    pub undo_until_us: i64,
}

impl Store {
    /// The campaigns of more than one incident, from where the page before ended.
    ///
    /// # Errors
    /// Where the query failed, or `after` is no cursor of such a list.
    pub async fn campaigns(
        &self,
        kind: CampaignKind,
        order: CampaignOrder,
        after: Option<&str>,
        limit: usize,
    ) -> Result<CampaignPage, ReviewError> {
        let limit = limit.clamp(1, LARGEST_PAGE);
        let after = after.map(|after| {
            let wrong = || ReviewError::Wrong("`cursor`: not one of this list".to_owned());
            decode(after, order).ok_or_else(wrong)
        });
        let after = after.transpose()?;
        let mut query = QueryBuilder::new(
            "SELECT id, kind, key, incidents, waiting, streams, hosts, first_us, last_us FROM campaign INDEXED BY ",
        );
        query.push(match order {
            CampaignOrder::Waiting => "campaign_by_waiting WHERE waiting > 0",
            CampaignOrder::Latest => "campaign_by_time WHERE true",
        });
        query
            .push(" AND incidents > 1 AND kind = ")
            .push_bind(kind.as_str());
        if let Some((waiting, last_us, id)) = after {
            match order {
                CampaignOrder::Waiting => {
                    query
                        .push(" AND (waiting, last_us, id) < (")
                        .push_bind(waiting)
                        .push(", ");
                }
                CampaignOrder::Latest => {
                    query.push(" AND (last_us, id) < (");
                }
            }
            query.push_bind(last_us).push(", ").push_bind(id).push(")");
        }
        query.push(match order {
            CampaignOrder::Waiting => " ORDER BY waiting DESC, last_us DESC, id DESC LIMIT ",
            CampaignOrder::Latest => " ORDER BY last_us DESC, id DESC LIMIT ",
        });
        query.push_bind(i64::try_from(limit + 1).unwrap_or(i64::MAX));
        let mut campaigns: Vec<CampaignRow> = query.build_query_as().fetch_all(&self.pool).await?;
        let more = campaigns.len() > limit;
        campaigns.truncate(limit);
        let next = campaigns
            .last()
            .filter(|_| more)
            .map(|last| encode(last, order));
        Ok(CampaignPage { campaigns, next })
    }

    /// The campaign of this `kind` and `key`.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn campaign(
        &self,
        kind: CampaignKind,
        key: &str,
    ) -> Result<Option<CampaignRow>, StoreError> {
        let row = sqlx::query_as(
            "SELECT id, kind, key, incidents, waiting, streams, hosts, first_us, last_us FROM campaign
             WHERE kind = ? AND key = ? AND incidents > 0",
        );
        let row = row.bind(kind.as_str()).bind(key);
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The campaign with this id.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn campaign_with(&self, id: i64) -> Result<Option<CampaignRow>, StoreError> {
        let row = sqlx::query_as(
            "SELECT id, kind, key, incidents, waiting, streams, hosts, first_us, last_us FROM campaign
             WHERE id = ? AND incidents > 0",
        );
        Ok(row.bind(id).fetch_optional(&self.pool).await?)
    }

    /// The incidents that the decision `id` on a campaign settled, and that stand so.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn part_of(&self, id: &str) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT incident, id FROM review_decision WHERE campaign = ? AND state = 'standing' ORDER BY incident",
        );
        Ok(rows.bind(id).fetch_all(&self.pool).await?)
    }

    /// The incidents of which the decision `id` on a campaign was undone.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn undone_of(&self, id: &str) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query_scalar(
            "SELECT incident FROM review_decision WHERE campaign = ? AND state = 'undone' ORDER BY incident",
        );
        Ok(rows.bind(id).fetch_all(&self.pool).await?)
    }

    /// Where the campaign `id` was seen: in which `stream`s, by which `host`s, most first, or on which `day`s, the newest
    /// first; `limit` at most.
    ///
    /// # Errors
    /// Where the query failed.
    pub async fn campaign_seen(
        &self,
        id: i64,
        what: &str,
        limit: usize,
    ) -> Result<Vec<CampaignSeen>, StoreError> {
        // Days come in the order of the key, and the rest is bounded before it is sorted: of a campaign in more streams
        // than that nobody reads all.
        let query = if what == "day" {
            "SELECT name, incidents FROM campaign_seen WHERE campaign = ? AND what = ? ORDER BY name DESC LIMIT ?"
        } else {
            "SELECT name, incidents FROM
                 (SELECT name, incidents FROM campaign_seen WHERE campaign = ? AND what = ? LIMIT 10000)
             ORDER BY incidents DESC, name LIMIT ?"
        };
        let rows = sqlx::query_as(query).bind(id).bind(what);
        let rows = rows.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// What `decision` on a campaign would settle.
    ///
    /// # Errors
    /// Where it cannot be made on a campaign, or there is none.
    pub async fn preview_campaign(
        &self,
        kind: CampaignKind,
        key: &str,
        decision: Decision,
    ) -> Result<Preview, ReviewError> {
        let entry = entry(kind, key, decision)?;
        let row = self.campaign(kind, key).await?;
        let row = row.ok_or(ReviewError::Unknown("campaign"))?;
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        Ok(Preview {
            incidents: row.waiting.min(most),
            more: row.waiting > most,
            entry: entry.map(str::to_owned),
        })
    }

    /// Decides on all of a campaign that waits, 10000 incidents at most, in one transaction. `expected` is how many the
    /// one who decides was told: where more wait meanwhile, nothing is decided.
    ///
    /// # Errors
    /// Where the rules do not allow it, or there is no such campaign.
    pub async fn decide_campaign(
        &self,
        act: &Act<'_>,
        kind: CampaignKind,
        key: &str,
        decision: Decision,
        reason: Option<&str>,
        expected: Option<i64>,
    ) -> Result<CampaignDone, ReviewError> {
        let in_registry = entry(kind, key, decision)?;
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let waiting: Vec<String> = sqlx::query_scalar(kind.waiting())
            .bind(key)
            .bind(i64::try_from(MOST).unwrap_or(i64::MAX))
            .fetch_all(&mut *transaction)
            .await?;
        if waiting.is_empty() {
            return Err(ReviewError::Conflict("nothing of it waits for a decision"));
        }
        let n = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
        if expected.is_some_and(|expected| n > expected) {
            return Err(ReviewError::Conflict("more incidents wait than were shown"));
        }
        let id = ids::random();
        let (mut settled, mut proposed, mut left) = (0, 0, 0);
        for incident in &waiting {
            let subject = Subject::load(&mut transaction, incident).await?;
            match apply(&mut transaction, act, &subject, decision, reason, Some(&id)).await {
                Ok(done) if done.step == Step::Propose => proposed += 1,
                Ok(_) => settled += 1,
                Err(
                    ReviewError::Refused(
                        Refused::SamePerson | Refused::NoPerson | Refused::Escalated,
                    )
                    | ReviewError::Conflict(_),
                ) => left += 1,
                Err(error) => return Err(error),
            }
        }
        if settled + proposed == 0 {
            return Err(ReviewError::Conflict(
                "a second person must decide on all of it",
            ));
        }
        let entry = match in_registry {
            Some(key) => {
                let added = registry::add(&mut transaction, act, Scope::Platform, None, key);
                Some(added.await?)
            }
            None => None,
        };
        sqlx::query(
            "INSERT INTO campaign_decision (id, kind, key, decision, reason, made_by, made_us, incidents, entry)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&id)
        .bind(kind.as_str())
        .bind(key)
        .bind(decision.as_str())
        .bind(reason)
        .bind(act.by)
        .bind(act.now_us)
        .bind(settled)
        .bind(entry)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(CampaignDone {
            id,
            incidents: settled,
            proposed,
            left,
            undo_until_us: act.now_us.saturating_add(UNDO_US),
        })
    }

    /// Takes the decision `id` on a campaign back, as far as it still stands, with what it added to a registry; how many
    /// incidents wait again.
    ///
    /// # Errors
    /// Where it is too late, or it was somebody else's.
    pub async fn undo_campaign(&self, act: &Act<'_>, id: &str) -> Result<i64, ReviewError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let made: Option<(String, i64, Option<i64>, Option<i64>)> = sqlx::query_as(
            "SELECT made_by, made_us, undone_us, entry FROM campaign_decision WHERE id = ?",
        )
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?;
        let (by, at_us, undone_us, entry) = made.ok_or(ReviewError::Unknown("decision"))?;
        let made = Made {
            by: &by,
            at_us,
            stands: undone_us.is_none(),
        };
        review::undo(&made, act.by, act.now_us)?;
        let undone = sqlx::query("UPDATE campaign_decision SET undone_us = ? WHERE id = ?");
        undone
            .bind(act.now_us)
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        let undone = undo_parts(&mut transaction, act, id).await?;
        if let Some(entry) = entry {
            // Somebody may have revoked it before.
            registry::revoke(&mut transaction, act, entry).await?;
        }
        transaction.commit().await?;
        Ok(undone)
    }
}

async fn undo_parts(
    transaction: &mut Transaction<'_, Sqlite>,
    act: &Act<'_>,
    id: &str,
) -> Result<i64, ReviewError> {
    let parts: Vec<String> = sqlx::query_scalar(
        "SELECT incident FROM review_decision WHERE campaign = ? AND state IN ('standing', 'proposed')",
    )
    .bind(id)
    .fetch_all(&mut **transaction)
    .await?;
    let mut undone = 0;
    for incident in parts {
        let subject = Subject::load(transaction, &incident).await?;
        undone += i64::from(take_back_part(transaction, act, &subject, id).await?);
    }
    Ok(undone)
}

/// What `decision` on the campaign puts into the platform's registry.
fn entry(kind: CampaignKind, key: &str, decision: Decision) -> Result<Option<&str>, ReviewError> {
    match (decision.scope(), kind) {
        (None, _) => Ok(None),
        (Some(Scope::Platform), CampaignKind::Destination) => Ok(Some(key)),
        (Some(Scope::Platform), _) => Err(ReviewError::Wrong(
            "an entry of the registry names one destination: decide on the campaign of that"
                .to_owned(),
        )),
        (Some(Scope::Seller), _) => Err(ReviewError::Wrong(
            "a campaign has no one seller: decide on its incidents".to_owned(),
        )),
    }
}

fn encode(row: &CampaignRow, order: CampaignOrder) -> String {
    let order = match order {
        CampaignOrder::Waiting => 'w',
        CampaignOrder::Latest => 'l',
    };
    let text = format!("{order}:{}:{}:{}", row.waiting, row.last_us, row.id);
    URL_SAFE_NO_PAD.encode(text)
}

fn decode(text: &str, order: CampaignOrder) -> Option<(i64, i64, i64)> {
    if text.len() > 128 {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let mut parts = text.split(':');
    let of = match parts.next()? {
        "w" => CampaignOrder::Waiting,
        "l" => CampaignOrder::Latest,
        _ => return None,
    };
    let mut number = || parts.next()?.parse().ok();
    let place = (number()?, number()?, number()?);
    (of == order).then_some(place)
}
