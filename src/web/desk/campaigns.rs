//! Campaigns: the same place in several streams, and one decision for all of it.

use askama::Template;
use axum::Json;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use url::form_urlencoded;

use super::html::Html;
use super::incident::{Button, buttons};
use super::rows::{Row, View, mask};
use super::say::Said;
use super::text::{M, Text};
use super::undo::Undo;
use super::when::When;
use super::wish::{and, with};
use crate::account::Permission;
use crate::review::{Decision, UNDO_US};
use crate::store::{
    CampaignKind, CampaignOrder, CampaignRow, CampaignSeen, Cursor, Filter, Item, Waits,
};
use crate::web::access::Who;
use crate::web::pages::{Asked, Shell, see_other, show};
use crate::web::problem::Failure;
use crate::web::{Shared, review, time};
use crate::wire::review::api::NewCampaignDecision;

/// Rows of a page.
const PAGE: usize = 50;
/// Days of the chart, and hosts that are named.
const DAYS: usize = 60;
const HOSTS: usize = 30;

#[derive(Template)]
#[template(path = "campaigns.html")]
struct CampaignsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    rows: Vec<Listed>,
    older: Option<String>,
}

#[derive(Template)]
#[template(path = "campaign.html")]
struct CampaignPage {
    shell: Shell,
    says: Html,
    destination: Html,
    row: Listed,
    chart: Chart,
    preview: String,
    /// How many are settled, as far as is known.
    expected: i64,
    decisions: Vec<Button>,
    may_decide: bool,
    hosts: Vec<Host>,
    rows: Vec<Row>,
    older: Option<String>,
    undo: Option<Undo>,
}

/// One of several views of a page.
pub(in crate::web) struct Tab {
    pub(in crate::web) href: String,
    pub(in crate::web) name: String,
    pub(in crate::web) here: bool,
}

struct Listed {
    id: i64,
    href: String,
    says: Html,
    destination: Html,
    tone: &'static str,
    open: i64,
    incidents: i64,
    streams: i64,
    hosts: i64,
    first: When,
    last: When,
}

struct Host {
    href: String,
    name: Html,
    count: i64,
}

/// How many incidents there were each day.
struct Chart {
    width: usize,
    bars: Vec<Bar>,
    from: String,
    until: String,
    says: &'static str,
}

struct Bar {
    x: usize,
    y: i64,
    width: usize,
    height: i64,
    title: String,
}

/// Which campaigns are listed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Which {
    by: String,
    order: String,
    after: String,
}

/// Which campaign, and what was decided of it before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Named {
    after: String,
    /// The decision that can be undone, what it was, how many it settled, how many wait for a second person, how many it left, and
    /// until when (µs since 1970 in UTC).
    undo: String,
    did: String,
    n: i64,
    proposed: i64,
    left: i64,
    by: i64,
}

/// What a form about a campaign sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Sent {
    decision: String,
    reason: String,
    expected: Option<i64>,
    event: String,
}

/// Where a campaign is found.
pub(in crate::web) fn href(id: i64) -> String {
    format!("/campaigns/{id}")
}

/// The campaigns, those first of which most waits.
pub(in crate::web) async fn list(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(which) = which?;
    let t = asked.text();
    let kind = CampaignKind::parse(&which.by).unwrap_or(CampaignKind::Destination);
    let order = if which.order == "latest" {
        CampaignOrder::Latest
    } else {
        CampaignOrder::Waiting
    };
    let after = (!which.after.is_empty()).then_some(which.after.as_str());
    let store = &app.parts.store;
    let page = store.campaigns(kind, order, after, PAGE).await?;
    let now_us = app.parts.clock.wall_us();
    let mut rows = Vec::new();
    for row in &page.campaigns {
        let newest = store.queue(&filter(kind, &row.key), None, 1).await?;
        rows.push(listed(row, kind, newest.items.first(), now_us, t));
    }
    let latest = order == CampaignOrder::Latest;
    let query = format!(
        "by={}{}",
        kind.as_str(),
        if latest { "&order=latest" } else { "" }
    );
    let page = CampaignsPage {
        tabs: tabs(kind, latest, t),
        rows,
        older: page
            .next
            .map(|next| with("/campaigns", &and(&query, "after", &next))),
        shell: Shell::new(&app, &asked, Some(&who)),
    };
    Ok(show(StatusCode::OK, &page))
}

/// One campaign.
pub(in crate::web) async fn page(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    Path(id): Path<i64>,
    named: Result<Query<Named>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(named) = named?;
    let (t, store) = (asked.text(), &app.parts.store);
    let none = || Failure::not_found("there is no such campaign");
    let row = store.campaign_with(id).await?.ok_or_else(none)?;
    let kind = CampaignKind::parse(&row.kind).ok_or_else(none)?;
    let now_us = app.parts.clock.wall_us();
    let rules = &app.parts.rules;
    let filter = filter(kind, &row.key);
    let after = Cursor::decode(&named.after, &filter);
    let mut items = store.queue(&filter, after.as_ref(), PAGE).await?;
    let blind = store.blind_of(&who.name).await?;
    mask(&mut items.items, &blind, &who.name);
    // How many are settled at once is the same for each.
    let settles = store.preview_campaign(kind, &row.key, Decision::Confirm);
    let settles = settles.await?;
    let view = View {
        t,
        rules,
        now_us,
        by: &who.name,
        query: "",
    };
    let days = store.campaign_seen(row.id, "day", DAYS).await?;
    let hosts = store.campaign_seen(row.id, "host", HOSTS).await?;
    let listed = listed(&row, kind, items.items.first(), now_us, t);
    let page = CampaignPage {
        says: listed.says.clone(),
        destination: listed.destination.clone(),
        chart: chart(days, t),
        preview: if settles.more {
            t.preview_first.text(settles.incidents)
        } else {
            t.preview.text(settles.incidents)
        },
        expected: settles.incidents,
        decisions: buttons(rules, t)
            .into_iter()
            .filter(|button| button.id != "escalate")
            .collect(),
        may_decide: who.may(Permission::DecideMany),
        hosts: hosts.into_iter().map(|host| host_row(&host)).collect(),
        rows: view.rows(store, &items.items).await?,
        older: items
            .next
            .map(|next| with(&href(row.id), &and("", "after", &next.encode()))),
        undo: undo(&named, &listed, now_us, t),
        row: listed,
        shell: Shell::new(&app, &asked, Some(&who)),
    };
    Ok(show(StatusCode::OK, &page))
}

/// Decides on all of it that waits.
pub(in crate::web) async fn decide(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<i64>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    let new = NewCampaignDecision {
        decision: sent.decision.clone(),
        reason: Some(sent.reason),
        expected: sent.expected,
    };
    let Json(done) =
        review::campaigns::decide(State(app), who, Path(id.to_string()), Ok(Json(new))).await?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("undo", &done.id);
    query.append_pair("did", &sent.decision);
    for (name, n) in [
        ("n", done.incidents),
        ("proposed", done.proposed),
        ("left", done.left),
    ] {
        query.append_pair(name, &n.to_string());
    }
    let until_us = time::micros(&done.undo_until).unwrap_or_default();
    query.append_pair("by", &until_us.to_string());
    Ok(see_other(&with(&href(id), &query.finish())))
}

/// Takes all of it back.
pub(in crate::web) async fn take_back(
    State(app): State<Shared>,
    who: Who,
    Path(id): Path<i64>,
    sent: Result<Form<Sent>, FormRejection>,
) -> Result<Response, Failure> {
    let Form(sent) = sent?;
    let Json(_) = review::campaigns::undo(State(app), who, Path(sent.event)).await?;
    Ok(see_other(&href(id)))
}

/// The incidents of a campaign, the newest first.
fn filter(kind: CampaignKind, key: &str) -> Filter {
    let key = Some(key.to_owned());
    let all = Filter {
        waits: Waits::Any,
        ..Filter::default()
    };
    match kind {
        CampaignKind::Destination => Filter {
            destination: key,
            ..all
        },
        CampaignKind::Payee => Filter { payee: key, ..all },
        CampaignKind::Domain => Filter { domain: key, ..all },
    }
}

fn listed(
    row: &CampaignRow,
    kind: CampaignKind,
    newest: Option<&Item>,
    now_us: i64,
    t: &Text,
) -> Listed {
    let (host, domain) = newest.map_or((None, None), |item| {
        (item.target_host.as_deref(), item.domain.as_deref())
    });
    let said = newest.map_or_else(Said::default, |item| Said {
        scheme: item.scheme.as_deref(),
        category: item.category.as_deref(),
        payee: item.payee.as_deref(),
        payee_name: item.payee_name.as_deref(),
        host,
        domain,
        ..Said::default()
    });
    Listed {
        id: row.id,
        href: href(row.id),
        says: match kind {
            CampaignKind::Domain => Html::destination(&row.key, Some(&row.key), Some(&row.key)),
            _ if newest.is_none() => Html::account(&row.key),
            _ => said.sentence(t),
        },
        destination: match kind {
            CampaignKind::Destination => Html::destination(&row.key, host, domain),
            CampaignKind::Payee | CampaignKind::Domain => Html::account(&row.key),
        },
        tone: newest.map_or("", |item| super::told::tone(&item.class)),
        open: row.waiting,
        incidents: row.incidents,
        streams: row.streams,
        hosts: row.hosts,
        first: When::new(row.first_us, now_us, t),
        last: When::new(row.last_us, now_us, t),
    }
}

fn tabs(kind: CampaignKind, latest: bool, t: &Text) -> Vec<Tab> {
    let kinds = [
        (CampaignKind::Destination, t.by_destination),
        (CampaignKind::Payee, t.by_payee),
        (CampaignKind::Domain, t.by_domain),
    ];
    let orders = [
        (false, t.open_incidents, ""),
        (true, t.last_seen, "&order=latest"),
    ];
    let tab = |href: String, name: M, here| Tab {
        href,
        name: name.get().to_owned(),
        here,
    };
    let suffix = if latest { "&order=latest" } else { "" };
    let mut tabs: Vec<_> = kinds
        .into_iter()
        .map(|(of, name)| {
            tab(
                format!("/campaigns?by={}{suffix}", of.as_str()),
                name,
                of == kind,
            )
        })
        .collect();
    tabs.extend(orders.into_iter().map(|(is, name, order)| {
        tab(
            format!("/campaigns?by={}{order}", kind.as_str()),
            name,
            is == latest,
        )
    }));
    tabs
}

fn host_row(seen: &CampaignSeen) -> Host {
    Host {
        href: with("/", &and("review=any", "host", &seen.name)),
        name: Html::name(&seen.name),
        count: seen.incidents,
    }
}

/// The days on which something was seen, the first on the left.
fn chart(mut days: Vec<CampaignSeen>, t: &Text) -> Chart {
    /// Of a bar and of what lies between two of them.
    const BAR: usize = 16;
    const STEP: usize = 20;
    const HEIGHT: i64 = 120;
    days.reverse();
    let most = days
        .iter()
        .map(|day| day.incidents)
        .max()
        .unwrap_or(1)
        .max(1);
    let bars = days.iter().enumerate().map(|(at, day)| {
        let height = (day.incidents * HEIGHT / most).clamp(3, HEIGHT);
        let title = t.on_day.get().replace("{day}", &day.name);
        Bar {
            x: at * STEP,
            y: 130 - height,
            width: BAR,
            height,
            title: title.replace("{n}", &day.incidents.to_string()),
        }
    });
    Chart {
        width: (days.len() * STEP).max(20 * STEP),
        bars: bars.collect(),
        from: days.first().map(|day| day.name.clone()).unwrap_or_default(),
        until: days.last().map(|day| day.name.clone()).unwrap_or_default(),
        says: t.chart_says.get(),
    }
}

fn undo(named: &Named, row: &Listed, now_us: i64, t: &Text) -> Option<Undo> {
    let left_us = named.by.saturating_sub(now_us);
    let decision = Decision::parse(&named.did)?;
    if named.undo.is_empty() || !(1..=UNDO_US).contains(&left_us) {
        return None;
    }
    let mut settled = vec![Html::of(&t.settled.text(named.n))];
    for (n, says) in [(named.proposed, t.proposed_many), (named.left, t.left_many)] {
        if n > 0 {
            settled.push(Html::of(&says.text(n)));
        }
    }
    settled.push(row.says.clone());
    Some(Undo {
        name: t.decision_of(decision.as_str()).to_owned(),
        what: Html::join(settled, " · "),
        action: format!("{}/undo", row.href),
        event: named.undo.clone(),
        left_s: left_us / 1_000_000,
    })
}
