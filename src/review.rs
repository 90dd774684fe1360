//! What reviewers decide of incidents: what may follow what, who may, until when, and how well they agree.
//!
//! Pure: who asks, the time and what stands are passed in, and what comes out is written down by the store.

mod measure;

pub use self::measure::{kappa, percentile, share};

use crate::policy::{Action, Severity};
use sha2::{Digest, Sha256};

/// How long after a decision it can be undone by whoever made it, in µs.
pub const UNDO_US: i64 = 30_000_000;

/// How long a claim holds unless it is renewed, in µs.
pub const CLAIM_US: i64 = 120_000_000;

/// The latest that a claim may hold until at `now_us`, both in µs. One that would hold for longer was made before the clock was set
/// back, and is over. Requests are not served in the order in which their time was read, by far less than this allows for.
pub fn latest_claim_us(now_us: i64) -> i64 {
    const OUT_OF_ORDER_US: i64 = 60_000_000;
    now_us.saturating_add(CLAIM_US + OUT_OF_ORDER_US)
}

/// Whether a claim until `until_us` holds at `now_us`, both in µs.
pub fn holds(until_us: i64, now_us: i64) -> bool {
    until_us > now_us && until_us <= latest_claim_us(now_us)
}

/// What a reviewer says of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Decision {
    /// It leads off the platform, and may not.
    Confirm,
    /// It may stay this time.
    AllowOnce,
    /// Its destination belongs to the seller of this stream.
    AllowSeller,
    /// Its destination belongs to the platform.
    AllowPlatform,
    /// It was read or judged wrongly.
    Misread,
    /// Somebody else is to decide.
    Escalate,
}

impl Decision {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Confirm,
        Self::AllowOnce,
        Self::AllowSeller,
        Self::AllowPlatform,
        Self::Misread,
        Self::Escalate,
    ];

    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::AllowOnce => "allow_once",
            Self::AllowSeller => "allow_seller",
            Self::AllowPlatform => "allow_platform",
            Self::Misread => "misread",
            Self::Escalate => "escalate",
        }
    }

    /// The one that has this id.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|decision| decision.as_str() == id)
    }

    /// Whether it says that the verdict was right; `None` where it says neither.
    pub fn confirms(self) -> Option<bool> {
        match self {
            Self::Confirm => Some(true),
            Self::AllowOnce | Self::AllowSeller | Self::AllowPlatform | Self::Misread => {
                Some(false)
            }
            Self::Escalate => None,
        }
    }

    /// Whose registry the destination goes into.
    pub fn scope(self) -> Option<Scope> {
        match self {
            Self::AllowSeller => Some(Scope::Seller),
            Self::AllowPlatform => Some(Scope::Platform),
            _ => None,
        }
    }
}

/// Whose registry an entry is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The platform's.
    Platform,
    /// That of a seller.
    Seller,
}

impl Scope {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Seller => "seller",
        }
    }
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Review {
    /// On record alone: the policy asks nobody to look at it.
    Record,
    /// It waits for a decision.
    Open,
    /// It waits for somebody who may decide what others may not.
    Escalated,
    /// It was decided.
    Decided,
}

impl Review {
    /// The id that is used everywhere outside of the program.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Open => "open",
            Self::Escalated => "escalated",
            Self::Decided => "decided",
        }
    }

    /// The one that has this id.
    pub fn parse(id: &str) -> Option<Self> {
        let all = [Self::Record, Self::Open, Self::Escalated, Self::Decided];
        all.into_iter().find(|review| review.as_str() == id)
    }

    /// Where an incident begins that the policy wants this done about.
    pub fn of(action: Action) -> Self {
        match action {
            Action::Record => Self::Record,
            Action::Review | Action::Notify | Action::Warn | Action::Cut => Self::Open,
        }
    }
}

/// The rank of a severity: 0 for info to 4 for critical.
pub fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Info => 0,
        Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}

/// The place in the queue, the first first: what is escalated, then what is worst; `None` where it does not wait. Those of
/// one place come in the order of their age.
pub fn turn(review: Review, rank: u8) -> Option<u8> {
    match review {
        Review::Escalated => Some(4 - rank.min(4)),
        Review::Open => Some(14 - rank.min(4)),
        Review::Record | Review::Decided => None,
    }
}

/// The first place in the queue that is not an escalated one's.
pub const FIRST_OPEN: i64 = 10;

/// In what time an incident is to be decided, by the rank of its severity, in µs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sla(pub [i64; 5]);

impl Sla {
    /// When an incident is due that was opened at `opened_us`, in µs since 1970 in UTC.
    pub fn due_us(&self, rank: u8, opened_us: i64) -> i64 {
        opened_us.saturating_add(self.0[usize::from(rank.min(4))])
    }
}

/// The rules of the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// In what time incidents are to be decided.
    pub sla: Sla,
    /// Whether two persons must confirm an incident for which the policy wants the stream cut.
    pub two_for_cuts: bool,
    /// The decisions that need a reason.
    pub reason_for: Vec<Decision>,
    /// The share of decisions that somebody else makes again, 0 to 1.
    pub second_share: f64,
    /// The share of incidents with a known answer among those that a reviewer is given, 0 to 1.
    pub golden_share: f64,
}

impl Default for Rules {
    fn default() -> Self {
        const MINUTE: i64 = 60_000_000;
        Self {
            sla: Sla([24 * 60, 4 * 60, 60, 15, 5].map(|minutes| minutes * MINUTE)),
            two_for_cuts: false,
            reason_for: vec![
                Decision::AllowSeller,
                Decision::AllowPlatform,
                Decision::Escalate,
            ],
            second_share: 0.05,
            golden_share: 0.02,
        }
    }
}

/// What stands of an incident before somebody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Where it stands.
    pub review: Review,
    /// Who confirmed it where two must.
    pub first_by: Option<&'a str>,
    /// Whether the policy wants the stream cut.
    pub is_cut: bool,
    /// Whether a person decides: who stands behind a token nobody knows, and it counts for none where two must.
    pub by_person: bool,
    /// Whether whoever decides may decide what was escalated.
    pub by_lead: bool,
}

/// What a decision does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It stands.
    Decide,
    /// It stands once a second person says the same.
    Propose,
    /// It goes to somebody else.
    Escalate,
}

/// Why a decision cannot be made, or not be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Somebody was faster.
    #[error("it was decided already")]
    Decided,
    /// It was escalated already.
    #[error("it was escalated already")]
    Escalated,
    /// It was escalated, and goes to those who may decide on many.
    #[error("it was escalated: this takes the permission `decide_many`")]
    ForLeads,
    /// Two persons must confirm it, and this is the first one again.
    #[error("a second person must confirm it")]
    SamePerson,
    /// Two persons must confirm it, and no person asks.
    #[error("two persons must confirm it, each signed in")]
    NoPerson,
    /// Two persons must confirm it, and a reversal is one person's.
    #[error("two persons must confirm it: put it back into the queue")]
    TwoMust,
    /// The decision needs a reason.
    #[error("`reason`: this decision needs one")]
    NoReason,
    /// The time for it is over.
    #[error("it can be undone for 30 s; it can still be reversed")]
    TooLate,
    /// Only whoever made it can undo it.
    #[error("only who made it can undo it; it can be reversed")]
    NotYours,
    /// It does not stand any more.
    #[error("it does not stand any more")]
    Gone,
    /// There is nothing that could be reversed or appealed against.
    #[error("it was not decided")]
    Undecided,
    /// It is decided so already.
    #[error("it is decided so already")]
    Same,
}

/// Says what the decision of `by` does, if it may be made.
///
/// # Errors
/// Why it may not.
pub fn decide(
    rules: &Rules,
    standing: &Standing<'_>,
    decision: Decision,
    reason: Option<&str>,
    by: &str,
) -> Result<Step, Refused> {
    if rules.reason_for.contains(&decision) && reason.is_none_or(|reason| reason.trim().is_empty())
    {
        return Err(Refused::NoReason);
    }
    match (standing.review, decision) {
        (Review::Decided, _) => Err(Refused::Decided),
        (Review::Escalated, Decision::Escalate) => Err(Refused::Escalated),
        (Review::Escalated, _) if !standing.by_lead => Err(Refused::ForLeads),
        (_, Decision::Escalate) => Ok(Step::Escalate),
        (_, Decision::Confirm) if rules.two_for_cuts && standing.is_cut => {
            match standing.first_by {
                _ if !standing.by_person => Err(Refused::NoPerson),
                None => Ok(Step::Propose),
                Some(first) if first == by => Err(Refused::SamePerson),
                Some(_) => Ok(Step::Decide),
            }
        }
        _ => Ok(Step::Decide),
    }
}

/// A decision that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made<'a> {
    /// Who made it.
    pub by: &'a str,
    /// When, in µs since 1970 in UTC.
    pub at_us: i64,
    /// Whether it was neither undone nor reversed.
    pub stands: bool,
}

/// Whether `by` may undo what was made.
///
/// # Errors
/// Why not.
pub fn undo(made: &Made<'_>, by: &str, now_us: i64) -> Result<(), Refused> {
    if !made.stands {
        Err(Refused::Gone)
    } else if made.by != by {
        Err(Refused::NotYours)
    } else if now_us.saturating_sub(made.at_us) > UNDO_US {
        Err(Refused::TooLate)
    } else {
        Ok(())
    }
}

/// Whether what `stands` may be reversed: into another decision, or into none.
///
/// # Errors
/// Why not.
pub fn reverse(
    rules: &Rules,
    standing: &Standing<'_>,
    stands: Option<Decision>,
    into: Option<Decision>,
) -> Result<(), Refused> {
    match (standing.review, stands) {
        (Review::Decided, Some(stands)) if Some(stands) == into => Err(Refused::Same),
        (Review::Decided, Some(_))
            if rules.two_for_cuts && standing.is_cut && into == Some(Decision::Confirm) =>
        {
            Err(Refused::TwoMust)
        }
        (Review::Decided, Some(_)) => Ok(()),
        _ => Err(Refused::Undecided),
    }
}

/// Whether `what` is among the `share` of all, 0 to 1, by its hash: the same whoever asks, and no order shows it.
pub fn is_sampled(what: &str, share: f64) -> bool {
    let hash: [u8; 32] = Sha256::digest(what.as_bytes()).into();
    let head = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
    f64::from(head) < share.clamp(0.0, 1.0) * 4_294_967_296.0
}

#[cfg(test)]
mod tests;
