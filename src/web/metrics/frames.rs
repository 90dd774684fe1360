//! Figures of the stills that are sent.

use std::fmt;

use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;

use super::{counter, family};
use crate::worker::{Reason, StillFigures};

/// Writes how many were taken, and how many were not.
pub(super) fn encode(encoder: &mut DescriptorEncoder<'_>, stills: &StillFigures) -> fmt::Result {
    let help = "Stills that were taken";
    let mut taken = family(encoder, "waylay_stills", help, MetricType::Counter)?;
    counter(&mut taken, &stills.taken)?;
    let help = "Stills that were not taken, by the reason";
    let mut refused = family(encoder, "waylay_stills_refused", help, MetricType::Counter)?;
    for (reason, count) in Reason::ALL.iter().zip(&stills.refused) {
        let labels = [("reason", reason.as_str())];
        counter(&mut refused.encode_family(&labels)?, count)?;
    }
    Ok(())
}
