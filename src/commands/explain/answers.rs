//! Answers in the order of the payloads, whatever takes longer.

use std::collections::VecDeque;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::{Kind, Question};
use crate::commands::common;
use crate::payload::Payload;
use crate::policy::{self, Policy};
use crate::resolve::{Resolution, Resolver};
use crate::track::Reading;
use crate::wire::explain::{Explained, ExplainedRule};
use crate::worker::{Follower, followed, to_ask};

/// One line of output.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(flatten)]
    explained: Explained<'a>,
    /// Every rule of the policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<ExplainedRule<'a>>>,
}

/// Explains payloads by one policy.
pub(super) struct Explainer<'a> {
    pub(super) policy: Policy,
    pub(super) context: policy::Context<'a>,
    /// Where payloads were read, where they do not say.
    pub(super) kind: Kind,
    /// Whether each line says what became of the rules.
    pub(super) rules: bool,
}

impl Explainer<'_> {
    fn judge(&self, reading: &Reading) -> policy::Verdict {
        self.policy
            .judge(&reading.payload, &reading.destination, &self.context)
    }

    fn answer(
        &self,
        reading: &Reading,
        id: Option<Value>,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let Reading {
            payload,
            destination,
            ..
        } = reading;
        let verdict = self.judge(reading);
        let rules = self
            .rules
            .then(|| self.policy.consider(payload, destination, &self.context));
        let answer = Answer {
            id,
            explained: Explained::new(reading, &verdict),
            rules: rules
                .as_ref()
                .map(|rules| rules.iter().map(ExplainedRule::new).collect()),
        };
        serde_json::to_writer(&mut *out, &answer)?;
        out.write_all(b"\n")?;
        Ok(())
    }
}

/// Asks links over the network, some at a time.
pub(super) struct Asking {
    /// There until this is dropped.
    runtime: Option<Runtime>,
    follower: Follower,
    /// Payloads that may wait for their links, and for those of others before them.
    most: usize,
}

impl Asking {
    pub(super) fn new(config: Option<&Path>) -> anyhow::Result<Self> {
        let settings = common::load_config(config)?.resolve;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let resolver = Arc::new(Resolver::new(&settings));
        Ok(Self {
            follower: Follower::new(resolver, runtime.handle().clone()),
            runtime: Some(runtime),
            most: settings.concurrency.into(),
        })
    }

    fn answer(&self, asked: JoinHandle<Resolution>) -> Option<anyhow::Result<Resolution>> {
        let answered = self.runtime.as_ref()?.block_on(asked);
        Some(answered.context("a link could not be asked"))
    }
}

impl Drop for Asking {
    /// A name look-up that hangs must not keep the program from ending, however it ends.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A payload whose turn has not come.
struct Waiting {
    reading: Reading,
    id: Option<Value>,
    asked: Option<JoinHandle<Resolution>>,
}

/// Answers payloads in the order in which they came.
pub(super) struct Answers<'a, W: Write> {
    explainer: Explainer<'a>,
    asking: Option<Asking>,
    waiting: VecDeque<Waiting>,
    out: W,
}

impl<'a, W: Write> Answers<'a, W> {
    pub(super) fn new(explainer: Explainer<'a>, asking: Option<Asking>, out: W) -> Self {
        Self {
            explainer,
            asking,
            waiting: VecDeque::new(),
            out,
        }
    }

    /// Takes one JSON line. The outer error ends everything, the inner is of this line alone.
    pub(super) fn take_json(
        &mut self,
        line: &[u8],
    ) -> anyhow::Result<Result<(), serde_json::Error>> {
        if line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Ok(()));
        }
        let question: Question = match serde_json::from_slice(line) {
            Ok(question) => question,
            Err(error) => return Ok(Err(error)),
        };
        let kind = question.kind.unwrap_or(self.explainer.kind);
        self.take(kind.parse(question.payload.as_bytes()), question.id)?;
        Ok(Ok(()))
    }

    pub(super) fn take(&mut self, payload: Payload, id: Option<Value>) -> anyhow::Result<()> {
        let reading = Reading::new(payload);
        let Some(asking) = &self.asking else {
            return self.explainer.answer(&reading, id, &mut self.out);
        };
        let link = to_ask(&reading, &self.explainer.judge(&reading));
        let asked = link.map(|link| asking.follower.ask(link));
        let most = asking.most;
        self.waiting.push_back(Waiting { reading, id, asked });
        if self.waiting.len() > most {
            self.answer_first()?;
        }
        Ok(())
    }

    fn answer_first(&mut self) -> anyhow::Result<()> {
        let Some(first) = self.waiting.pop_front() else {
            return Ok(());
        };
        let asked = self.asking.as_ref().zip(first.asked);
        let resolution = asked.and_then(|(asking, asked)| asking.answer(asked));
        let reading = match resolution.transpose()? {
            Some(resolution) => followed(first.reading, &resolution),
            None => first.reading,
        };
        self.explainer.answer(&reading, first.id, &mut self.out)
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        while !self.waiting.is_empty() {
            self.answer_first()?;
        }
        self.out.flush()?;
        Ok(())
    }
}
