//! One incident: what was seen, what it says, where it leads, and the decision.

use std::collections::HashSet;

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::html::Html;
use super::rows::{View, mask, rank, severity_id};
use super::text::{M, Text};
use super::told::{Fact, Link, Reason, Told, tone};
use super::undo::{Flash, Undo};
use super::when::{Due, When, media, seconds};
use super::wish::{Wish, with};
use crate::account::Permission;
use crate::review::holds;
use crate::store::{Blind, CampaignKind, Filter, Item, Waits};
use crate::web::access::Who;
use crate::web::pages::{Asked, Shell, show};
use crate::web::problem::Failure;
use crate::web::{App, Shared};

mod choices;
mod history;
mod pictures;

pub(in crate::web) use choices::{Button, buttons};

use choices::{Allow, Way, allows, into, reason_hint};
use history::Event;
use pictures::{Clip, Frame, clip, frame};

/// Other incidents that are shown beside it, and how many are looked at for them.
const OTHERS: usize = 8;
const LOOKED_AT: usize = 200;
/// Events of its history that are shown.
const EVENTS: u32 = 200;
/// How often a claim is renewed, in s: it holds for two minutes.
const RENEW_S: u32 = 45;

#[derive(Template)]
#[template(path = "incident.html")]
struct IncidentPage {
    shell: Shell,
    case: Case,
    undo: Option<Undo>,
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each decides of a part of the page"
)]
struct Case {
    id: String,
    href: String,
    back: String,
    query: String,
    title: String,
    says: Html,
    tone: &'static str,
    class: String,
    severity_id: &'static str,
    severity: String,
    open: bool,
    due: Option<Due>,
    appeal: Option<Appeal>,
    held: Option<Html>,
    second: bool,
    may_decide: bool,
    may_note: bool,
    renew_s: Option<u32>,
    decisions: Vec<Button>,
    allows: Vec<Allow>,
    reason_hint: String,
    reasons: Vec<&'static str>,
    decided: Option<Decided>,
    reversible: bool,
    /// Whether an appeal against the decision can be filed.
    appealable: bool,
    golden: Option<Golden>,
    into: Vec<Way>,
    frame: Option<Frame>,
    clip: Option<Clip>,
    destination: Html,
    facts: Vec<Fact>,
    chain: Vec<Link>,
    rules: Vec<Reason>,
    policy: Html,
    payload: Html,
    history: Vec<Event>,
    others: Vec<Other>,
    campaign: Option<Campaign>,
    earlier: Vec<Other>,
    details: Vec<Fact>,
}

struct Decided {
    name: String,
    by: Html,
    at: When,
}

/// Whether reviewers are tested with it, for whoever may say so.
struct Golden {
    used: bool,
    /// The decision that stands, which is the right one then.
    decision: String,
}

struct Appeal {
    id: String,
    text: Html,
    decision: String,
    by: Html,
    at: When,
    may_settle: bool,
}

struct Other {
    href: String,
    stream: Html,
    tone: &'static str,
    says: Html,
    at: When,
}

struct Campaign {
    href: String,
    name: String,
}

/// How the page is shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Shown {
    view: String,
}

/// The page of an incident.
pub(in crate::web) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    Path(id): Path<String>,
    wish: Result<Query<Wish>, QueryRejection>,
    flash: Result<Query<Flash>, QueryRejection>,
    shown: Result<Query<Shown>, QueryRejection>,
) -> Result<Response, Failure> {
    let store = &app.parts.store;
    let item = store.item(&id).await?.ok_or_else(none)?;
    let query = wish?.0.query();
    let now_us = app.parts.clock.wall_us();
    let undo = match flash {
        Ok(Query(flash)) => flash.undo(store, &query, now_us, asked.text()).await?,
        Err(_) => None,
    };
    let view = View {
        t: asked.text(),
        rules: &app.parts.rules,
        now_us,
        by: &who.name,
        query: &query,
    };
    let annotated = shown.is_ok_and(|Query(shown)| shown.view == "annotated");
    let case = app.case(&view, &who, item, annotated).await?;
    let shell = Shell::new(&app, &asked, Some(&who));
    Ok(show(StatusCode::OK, &IncidentPage { shell, case, undo }))
}

pub(in crate::web) fn none() -> Failure {
    Failure::not_found("there is no such incident")
}

impl App {
    #[expect(clippy::too_many_lines, reason = "it says one thing after the other")]
    async fn case(
        &self,
        view: &View<'_>,
        who: &Who,
        item: Item,
        annotated: bool,
    ) -> Result<Case, Failure> {
        let View {
            t,
            rules,
            now_us,
            by,
            query,
        } = *view;
        let store = &self.parts.store;
        let event = store.last_told(&item.id).await?.unwrap_or_default();
        let told = Told::read(&event);
        let files = store.files(&item.id).await?;
        // Whoever decides again is not to see what was decided.
        let blind_of = store.blind_of(by).await?;
        let blind = blind_of.iter().any(|blind| blind.incident == item.id);
        let history = store.newest_history(&item.id, EVENTS).await?;
        let appeals = if blind {
            Vec::new()
        } else {
            store.appeals_of(&item.id).await?
        };
        let others = match &item.destination {
            Some(key) => {
                let filter = Filter {
                    waits: Waits::Any,
                    destination: Some(key.clone()),
                    ..Filter::default()
                };
                let mut found = store.queue(&filter, None, LOOKED_AT).await?.items;
                // One of each other stream: what one shows again and again is not to hide the rest.
                let mut streams = HashSet::from([item.stream.clone()]);
                found.retain(|other| streams.insert(other.stream.clone()));
                listed(view, found, &blind_of)
            }
            None => Vec::new(),
        };
        let earlier = match &item.host {
            Some(host) => {
                let filter = Filter {
                    waits: Waits::Any,
                    host: Some(host.clone()),
                    ..Filter::default()
                };
                let mut found = store.queue(&filter, None, OTHERS + 1).await?.items;
                found.retain(|other| other.id != item.id);
                listed(view, found, &blind_of)
            }
            None => Vec::new(),
        };
        let campaign = match &item.destination {
            Some(key) => store.campaign(CampaignKind::Destination, key).await?,
            None => None,
        };
        let is_lead = who.may(Permission::DecideMany);
        let is_decided = item.review == "decided" && !blind;
        let may_decide = who.may(Permission::Decide)
            && !is_decided
            && (is_lead || blind || item.review != "escalated");
        let may_note = who.may(Permission::Decide);
        let second = rules.two_for_cuts && item.action == "cut";
        let held = item
            .claimed_by
            .as_deref()
            .filter(|holder| *holder != by && !blind);
        let held = held.filter(|_| {
            item.claimed_until_us
                .is_some_and(|until_us| holds(until_us, now_us))
        });
        let href = format!("/incidents/{}", item.id);
        let says = told.says(t);
        let due_us = rules.sla.due_us(rank(&item), item.opened_us);
        let appeal = appeals.iter().find(|appeal| appeal.outcome.is_none());
        let may_reverse = who.may(Permission::Quality);
        let golden = if is_decided && may_reverse {
            let used = store.is_golden(&item.id).await?;
            let decision = item.decision.clone().unwrap_or_default();
            Some(Golden { used, decision })
        } else {
            None
        };
        Ok(Case {
            title: says.plain(),
            back: with("/", query),
            query: query.to_owned(),
            tone: tone(&item.class),
            class: t.class_of(&item.class).to_owned(),
            severity_id: severity_id(&item.severity),
            severity: t.severity_of(&item.severity).to_owned(),
            open: item.state == "open",
            due: (item.turn.is_some() || blind)
                .then(|| Due::new(due_us, item.opened_us, now_us, t)),
            appeal: appeal.map(|appeal| Appeal {
                id: appeal.id.clone(),
                text: Html::note(&appeal.reason, t),
                decision: t.decision_of(&appeal.original).to_owned(),
                by: Html::name(&appeal.decided_by),
                at: When::new(appeal.made_us, now_us, t),
                may_settle: may_reverse,
            }),
            held: held.map(|holder| Html::fill(t.claimed_by_other, &[("who", Html::name(holder))])),
            second,
            may_decide,
            may_note,
            renew_s: may_decide.then_some(RENEW_S),
            decisions: buttons(rules, t),
            allows: allows(&item, &told, rules, is_lead, t),
            reason_hint: reason_hint(rules, t),
            reasons: [
                t.reason_payment,
                t.reason_contact,
                t.reason_ours,
                t.reason_goods,
                t.reason_unclear,
            ]
            .map(M::get)
            .to_vec(),
            decided: item
                .decision
                .as_deref()
                .filter(|_| is_decided)
                .map(|decision| Decided {
                    name: t.decision_of(decision).to_owned(),
                    by: Html::name(item.decided_by.as_deref().unwrap_or_default()),
                    at: When::new(item.decided_us.unwrap_or_default(), now_us, t),
                }),
            reversible: is_decided && may_reverse,
            appealable: is_decided && appeal.is_none() && who.may(Permission::Decide),
            golden,
            into: into(item.decision.as_deref(), second, t),
            frame: frame(&item.id, &told, &files, annotated, &href, query, t),
            clip: clip(&item.id, &told, &files, t),
            destination: told.leads_to(),
            facts: facts(&told, t),
            chain: told.chain(t),
            rules: told.rules(t),
            policy: Html::name(&told.verdict.policy),
            payload: told.payload(t),
            history: history::events(&history, blind, now_us, t),
            campaign: campaign
                .as_ref()
                .filter(|c| c.incidents > 1)
                .map(|campaign| Campaign {
                    href: super::campaigns::href(campaign.id),
                    name: t.campaign_of.text(campaign.incidents),
                }),
            others,
            earlier,
            details: details(&item, &told, t),
            says,
            href,
            id: item.id,
        })
    }
}

/// Other incidents as the page lists them, without what was decided of those that whoever looks decides `blind`.
fn listed(view: &View<'_>, mut found: Vec<Item>, blind: &[Blind]) -> Vec<Other> {
    mask(&mut found, blind, view.by);
    let t = view.t;
    let others = found.into_iter().take(OTHERS).map(|other| Other {
        href: with(&format!("/incidents/{}", other.id), view.query),
        stream: Html::name(&other.stream),
        tone: tone(&other.class),
        says: match &other.decision {
            Some(decision) => Html::of(t.decision_of(decision)),
            None => Html::of(&format!(
                "{} · {}",
                t.class_of(&other.class),
                t.review_of(&other.review)
            )),
        },
        at: When::new(other.opened_us, view.now_us, t),
    });
    others.collect()
}

fn facts(told: &Told, t: &Text) -> Vec<Fact> {
    let seen = format!(
        "{} · {}",
        t.seconds_visible
            .get()
            .replace("{s}", &seconds(told.visible_ms)),
        t.looks_many.text(told.sightings)
    );
    let mut facts = told.facts(t);
    facts.push(Fact {
        name: t.seen.get(),
        value: Html::of(&seen),
    });
    facts
}

fn details(item: &Item, told: &Told, t: &Text) -> Vec<Fact> {
    let readers = if told.certain {
        t.two_readers.get().replace("{readers}", &told.read_by)
    } else {
        told.read_by.clone()
    };
    let mut details = Vec::new();
    let mut tell = |name: M, value: Html| {
        details.push(Fact {
            name: name.get(),
            value,
        });
    };
    tell(t.stream, Html::name(&item.stream));
    if let Some(host) = &item.host {
        tell(t.host, Html::name(host));
    }
    let labels: Vec<String> = serde_json::from_str(&item.labels).unwrap_or_default();
    if !labels.is_empty() {
        tell(
            t.label,
            Html::join(labels.iter().take(20).map(|label| Html::name(label)), ", "),
        );
    }
    tell(t.first_time, Html::of(&media(told.first_seen_ms)));
    tell(t.kind, Html::of(t.kind_of(&told.kind)));
    tell(t.read_by, Html::of(&readers));
    if let Some(scheme) = &item.scheme {
        tell(t.scheme, Html::of(scheme));
    }
    if let Some(category) = &item.category {
        tell(t.category, Html::of(t.category_of(category)));
    }
    if let Some(ms) = told.latency_ms {
        tell(t.latency_of, Html::of(&format!("{ms} ms")));
    }
    if let Some(hash) = &told.hash {
        tell(t.hash, Html::name(hash));
    }
    tell(t.incident, Html::of(&item.id));
    details
}
