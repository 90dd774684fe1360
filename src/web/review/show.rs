//! Rows of the records as JSON has them.

use jiff::Timestamp;

use crate::review::{Sla, holds};
use crate::store::{
    AppealRow, Blind, CampaignRow, CampaignSeen, Claim, Count, DecisionRow, EntryRow, EventRow,
    FileRow, Item,
};
use crate::wire::review::api::{
    AppealData, CampaignData, ClaimData, CountData, DecisionData, EntryData, EvidenceFileData,
    HistoryData, IncidentData, SeenData,
};

/// RFC 3339 in UTC.
pub(super) fn time(us: i64) -> String {
    Timestamp::from_microsecond(us)
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// How incidents are shown to one who asks.
pub(super) struct Shown<'a> {
    /// In what time they are to be decided.
    pub(super) sla: &'a Sla,
    /// The time, µs since 1970 in UTC.
    pub(super) now_us: i64,
    /// Whoever asks.
    pub(super) by: &'a str,
    /// Those that they decide without seeing what was decided.
    pub(super) blind: &'a [Blind],
}

impl Shown<'_> {
    /// The incident as JSON has it.
    pub(super) fn incident(&self, item: Item) -> IncidentData {
        let rank = u8::try_from(item.rank).unwrap_or_default();
        let due_us = self.sla.due_us(rank, item.opened_us);
        let blind = self.blind.iter().find(|blind| blind.incident == item.id);
        let is_blind = blind.is_some();
        let (holder, until_us) = match blind {
            Some(blind) => (Some(self.by.to_owned()), Some(blind.until_us)),
            None => (item.claimed_by, item.claimed_until_us),
        };
        let until_us = until_us.filter(|until_us| holds(*until_us, self.now_us));
        IncidentData {
            id: item.id,
            number: item.number,
            stream: item.stream,
            host: item.host,
            labels: serde_json::from_str(&item.labels).unwrap_or_default(),
            state: item.state,
            decoded: item.decoded,
            scheme: item.scheme,
            category: item.category,
            payload: item.payload,
            payee: item.payee,
            payee_name: item.payee_name,
            destination: item.destination,
            target_host: item.target_host,
            domain: item.domain,
            class: item.class,
            severity: item.severity,
            action: item.action,
            reasons: serde_json::from_str(&item.reasons).unwrap_or_default(),
            policy: item.policy,
            first_seen_ms: item.first_seen_ms,
            last_seen_ms: item.last_seen_ms,
            visible_ms: item.visible_ms,
            sightings: item.sightings,
            opened: time(item.opened_us),
            changed: time(item.changed_us),
            due: time(due_us),
            overdue: (item.turn.is_some() || is_blind) && due_us < self.now_us,
            review: if is_blind {
                "open".to_owned()
            } else {
                item.review
            },
            decision: item.decision.filter(|_| !is_blind),
            decided_by: item.decided_by.filter(|_| !is_blind),
            decided: item.decided_us.filter(|_| !is_blind).map(time),
            first_by: item.first_by.filter(|_| !is_blind),
            claimed_by: holder.filter(|_| until_us.is_some()),
            claimed_until: until_us.map(time),
        }
    }

    pub(super) fn incidents(&self, items: Vec<Item>) -> Vec<IncidentData> {
        items.into_iter().map(|item| self.incident(item)).collect()
    }
}

pub(super) fn claim(claim: &Claim) -> ClaimData {
    ClaimData {
        incident: claim.incident.clone(),
        until: time(claim.until_us),
    }
}

pub(super) fn count(count: Count) -> CountData {
    CountData {
        n: count.n,
        more: count.more,
    }
}

pub(super) fn event(row: EventRow) -> HistoryData {
    HistoryData {
        sequence: row.sequence,
        kind: row.kind,
        recorded: time(row.recorded_us),
        event: serde_json::from_str(&row.event).unwrap_or_default(),
    }
}

pub(super) fn file(row: FileRow) -> EvidenceFileData {
    EvidenceFileData {
        path: row.path,
        kind: row.kind,
        sha256: row.sha256,
        bytes: row.bytes,
        media_ms: row.media_ms,
        removed: row.removed_us.map(time),
    }
}

pub(super) fn decision(row: DecisionRow) -> DecisionData {
    DecisionData {
        id: row.id,
        incident: row.incident,
        decision: row.decision,
        reason: row.reason,
        by: row.made_by,
        made: time(row.made_us),
        waited_ms: row.waited_us / 1_000,
        took_ms: row.took_us.map(|us| us / 1_000),
        late: row.late,
        state: row.state,
        campaign: row.campaign,
    }
}

pub(super) fn appeal(row: AppealRow) -> AppealData {
    AppealData {
        id: row.id,
        incident: row.incident,
        reference: row.reference,
        reason: row.reason,
        original: row.original,
        decided_by: row.decided_by,
        by: row.made_by,
        made: time(row.made_us),
        outcome: row.outcome,
        settled_by: row.settled_by,
        settled: row.settled_us.map(time),
    }
}

pub(super) fn campaign(row: CampaignRow) -> CampaignData {
    CampaignData {
        id: row.id,
        kind: row.kind,
        key: row.key,
        incidents: row.incidents,
        waiting: row.waiting,
        streams: row.streams,
        hosts: row.hosts,
        first: time(row.first_us),
        last: time(row.last_us),
    }
}

pub(super) fn seen(rows: Vec<CampaignSeen>) -> Vec<SeenData> {
    let rows = rows.into_iter();
    rows.map(|CampaignSeen { name, incidents }| SeenData { name, incidents })
        .collect()
}

pub(super) fn entry(row: EntryRow) -> EntryData {
    EntryData {
        id: row.id,
        scope: row.scope,
        seller: row.seller,
        key: row.key,
        by: row.made_by,
        made: time(row.made_us),
        revoked: row.revoked_us.map(time),
        revoked_by: row.revoked_by,
    }
}
