//! What is known of one payload: a line of `waylay explain`, and part of every line that reports one.

use serde::Serialize;

use crate::destination::Destination;
use crate::payload::{Fields, Payload};
use crate::policy::Verdict;

/// A payload, where it leads and what the policy says of it. Flattened into other lines.
#[derive(Debug, Serialize)]
pub struct Explained<'a> {
    payload: &'a str,
    scheme: &'static str,
    category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid: Option<bool>,
    flags: &'a [&'static str],
    fields: ExplainedFields<'a>,
    destination: ExplainedDestination<'a>,
    verdict: ExplainedVerdict<'a>,
}

/// The fields that the payload has.
#[derive(Debug, Serialize)]
struct ExplainedFields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a str>,
}

/// Where it leads.
#[derive(Debug, Serialize)]
struct ExplainedDestination<'a> {
    kind: &'static str,
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registrable_domain: Option<&'a str>,
}

/// What the policy says of it. Also stands alone, beside a symbol that could not be decoded.
#[derive(Debug, Serialize)]
pub struct ExplainedVerdict<'a> {
    class: &'static str,
    severity: &'static str,
    action: &'static str,
    reasons: &'a [String],
    policy: &'a str,
}

impl<'a> Explained<'a> {
    /// Puts the three together.
    pub fn new(payload: &'a Payload, destination: &'a Destination, verdict: &'a Verdict) -> Self {
        Self {
            payload: &payload.text,
            scheme: payload.scheme,
            category: payload.category.as_str(),
            valid: payload.valid,
            flags: &payload.flags,
            fields: ExplainedFields::new(&payload.fields),
            destination: ExplainedDestination {
                kind: destination.kind.as_str(),
                key: &destination.key,
                host: destination.host.as_deref(),
                registrable_domain: destination.registrable_domain.as_deref(),
            },
            verdict: ExplainedVerdict::new(verdict),
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

impl<'a> ExplainedVerdict<'a> {
    /// The verdict as JSON has it.
    pub fn new(verdict: &'a Verdict) -> Self {
        Self {
            class: verdict.class.as_str(),
            severity: verdict.severity.as_str(),
            action: verdict.action.as_str(),
            reasons: &verdict.reasons,
            policy: &verdict.policy,
        }
    }
}
