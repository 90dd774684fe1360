//! What is known of one payload: a line of `waylay explain`, and part of every line that reports one.

use std::borrow::Cow;

use serde::Serialize;

use crate::destination;
use crate::payload::Fields;
use crate::policy::{Considered, Shadow, Verdict};
use crate::track::{Followed, Reading};

/// What is known of a symbol: everything where it was read, the verdict alone where it was only located.
/// Flattened into other lines.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for one line, and nearly always holds the large one"
)]
pub enum About<'a> {
    /// It was read.
    Read(Explained<'a>),
    /// It was located and could not be decoded.
    Located {
        /// What the policy says of it.
        verdict: ExplainedVerdict<'a>,
    },
}

/// A payload, where it leads and what the policy says of it. Flattened into other lines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained<'a> {
    /// Its text.
    pub payload: &'a str,
    /// The id of its scheme.
    pub scheme: &'static str,
    /// What it is for.
    pub category: &'static str,
    /// Whether it holds together; absent where the scheme has no rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<bool>,
    /// Signs of deception, those that only the registries show included.
    pub flags: Vec<&'static str>,
    /// Its fields.
    pub fields: ExplainedFields<'a>,
    /// Where it leads.
    pub destination: ExplainedDestination<'a>,
    /// What asking its link showed; absent where nobody asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<ExplainedResolution<'a>>,
    /// What the policy says of it.
    pub verdict: ExplainedVerdict<'a>,
}

/// The fields that the payload has, as [`Fields`] documents them.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "they are those of `Fields`")]
pub struct ExplainedFields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<&'a str>,
}

/// Where it leads, as [`Destination`](crate::destination::Destination) documents it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "they are those of `Destination`")]
pub struct ExplainedDestination<'a> {
    pub kind: &'static str,
    pub key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registrable_domain: Option<&'a str>,
    /// The links that were opened on the way, outermost first; absent where the payload leads there itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<&'a str>,
    /// The keys of where else whoever scans it may end up; absent where it leads to one place alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// What asking a link showed, as [`Followed`] documents it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "they are those of `Followed`")]
pub struct ExplainedResolution<'a> {
    pub end: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<&'static str>,
    pub hops: Vec<ExplainedHop<'a>>,
}

/// A link that led on, as [`Hop`](crate::track::Hop) documents it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "they are those of `Hop`")]
pub struct ExplainedHop<'a> {
    pub url: &'a str,
    pub via: &'static str,
    pub address: &'a str,
}

/// What the policy says of it, as [`Verdict`] documents it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "they are those of `Verdict`")]
pub struct ExplainedVerdict<'a> {
    pub class: &'static str,
    pub severity: &'static str,
    pub action: &'static str,
    pub reasons: &'a [Cow<'static, str>],
    /// What rules in shadow would have said; absent where none fits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shadow: Vec<ExplainedShadow<'a>>,
    pub policy: &'a str,
}

/// What a rule in shadow would have said, as [`Shadow`] documents it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "they are those of `Shadow`")]
pub struct ExplainedShadow<'a> {
    pub rule: &'a str,
    pub class: &'static str,
    pub severity: &'static str,
    pub action: &'static str,
}

/// What became of one rule, as [`Considered`] documents it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "they are those of `Considered`")]
pub struct ExplainedRule<'a> {
    pub rule: &'a str,
    pub fits: bool,
    pub why: &'a str,
}

impl<'a> ExplainedRule<'a> {
    /// The rule as JSON has it.
    pub fn new(considered: &'a Considered) -> Self {
        Self {
            rule: &considered.rule,
            fits: considered.fits,
            why: &considered.why,
        }
    }
}

impl<'a> About<'a> {
    /// What is known of a symbol that says `reading`, or nothing.
    pub fn new(reading: Option<&'a Reading>, verdict: &'a Verdict) -> Self {
        match reading {
            Some(reading) => Self::Read(Explained::new(reading, verdict)),
            None => Self::Located {
                verdict: ExplainedVerdict::new(verdict),
            },
        }
    }

    /// Everything, where it was read.
    pub fn read(&self) -> Option<&Explained<'a>> {
        match self {
            Self::Read(explained) => Some(explained),
            Self::Located { .. } => None,
        }
    }

    /// What the policy says of it.
    pub fn verdict(&self) -> &ExplainedVerdict<'a> {
        match self {
            Self::Read(explained) => &explained.verdict,
            Self::Located { verdict } => verdict,
        }
    }
}

impl<'a> Explained<'a> {
    /// Puts the two together.
    pub fn new(reading: &'a Reading, verdict: &'a Verdict) -> Self {
        let Reading {
            payload,
            destination,
            followed,
        } = reading;
        Self {
            payload: &payload.text,
            scheme: payload.scheme,
            category: payload.category.as_str(),
            valid: payload.valid,
            flags: [payload.flags.as_slice(), &verdict.flags].concat(),
            fields: ExplainedFields::new(&payload.fields),
            destination: ExplainedDestination {
                kind: destination.kind.as_str(),
                key: &destination.key,
                host: destination.host.as_deref(),
                registrable_domain: destination.registrable_domain.as_deref(),
                chain: payload.chain().skip(1).map(|p| p.text.as_str()).collect(),
                others: destination::others(payload)
                    .into_iter()
                    .map(|(_, place)| place.key)
                    .collect(),
            },
            resolution: followed.as_ref().map(ExplainedResolution::new),
            verdict: ExplainedVerdict::new(verdict),
        }
    }
}

impl<'a> ExplainedResolution<'a> {
    fn new(followed: &'a Followed) -> Self {
        let hops = followed.hops.iter().map(|hop| ExplainedHop {
            url: &hop.url,
            via: hop.via,
            address: &hop.address,
        });
        Self {
            end: followed.end,
            failure: followed.failure,
            hops: hops.collect(),
        }
    }
}

impl<'a> ExplainedFields<'a> {
    fn new(fields: &'a Fields) -> Self {
        Self {
            payee: fields.payee.as_deref(),
            payee_name: fields.payee_name.as_deref(),
            amount: fields.amount.as_deref(),
            currency: fields.currency.as_deref(),
            reference: fields.reference.as_deref(),
            target: fields.target.as_deref(),
        }
    }
}

impl<'a> ExplainedShadow<'a> {
    fn new(shadow: &'a Shadow) -> Self {
        Self {
            rule: &shadow.rule,
            class: shadow.class.as_str(),
            severity: shadow.severity.as_str(),
            action: shadow.action.as_str(),
        }
    }
}

impl<'a> ExplainedVerdict<'a> {
    /// The verdict as JSON has it.
    pub fn new(verdict: &'a Verdict) -> Self {
        Self {
            class: verdict.class.as_str(),
            severity: verdict.severity.as_str(),
            action: verdict.action.as_str(),
            reasons: &verdict.reasons,
            shadow: verdict.shadow.iter().map(ExplainedShadow::new).collect(),
            policy: &verdict.policy,
        }
    }
}
