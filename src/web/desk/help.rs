//! The sheet that says which keys do what.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::text::{M, Text};
use crate::web::Shared;
use crate::web::access::Who;
use crate::web::pages::{Asked, Shell, show};

/// Keys that belong together.
pub(in crate::web) struct Group {
    pub(in crate::web) title: M,
    pub(in crate::web) rows: Vec<Keys>,
}

/// Some keys and what they do.
pub(in crate::web) struct Keys {
    pub(in crate::web) keys: &'static [&'static str],
    pub(in crate::web) does: M,
}

/// A decision and what it means.
pub(in crate::web) struct Meaning {
    pub(in crate::web) name: M,
    pub(in crate::web) means: M,
}

pub(in crate::web) fn keys(t: &Text) -> Vec<Group> {
    let group = |title, rows: &[(&'static [&'static str], M)]| Group {
        title,
        rows: rows
            .iter()
            .map(|(keys, does)| Keys { keys, does: *does })
            .collect(),
    };
    vec![
        group(
            t.keys_everywhere,
            &[
                (&["?"], t.key_help),
                (&["/"], t.key_search),
                (&["Esc"], t.key_leave),
            ],
        ),
        group(
            t.keys_lists,
            &[
                (&["j", "k"], t.key_move),
                (&["Enter"], t.key_open),
                (&["x"], t.key_next),
                (&["l"], t.key_arrived),
                (&["]"], t.key_older),
                (&["[", "]"], t.key_pages),
                (&["K"], t.key_cut),
            ],
        ),
        group(
            t.keys_incident,
            &[
                (&["1"], t.confirm),
                (&["2"], t.allow_once),
                (&["3"], t.misread),
                (&["4", "5"], t.key_allow),
                (&["e"], t.escalate),
                (&["n"], t.note),
                (&["u"], t.undo),
                (&["s"], t.key_skip),
                (&["m"], t.campaign),
                (&["⌫"], t.key_back),
            ],
        ),
        group(
            t.keys_media,
            &[
                (&["r"], t.key_reveal),
                (&["a"], t.key_marked),
                (&["g", "b"], t.key_grey),
                (&["p"], t.key_play),
                (&[",", "."], t.key_step),
            ],
        ),
    ]
}

pub(in crate::web) fn decisions(t: &Text) -> Vec<Meaning> {
    let all = [
        (t.confirm, t.confirm_means),
        (t.allow_once, t.allow_once_means),
        (t.misread, t.misread_means),
        (t.allow_seller, t.allow_seller_means),
        (t.allow_platform, t.allow_platform_means),
        (t.escalate, t.escalate_means),
    ];
    all.into_iter()
        .map(|(name, means)| Meaning { name, means })
        .collect()
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    shell: Shell,
}

/// The same as a page, where there is no script to show the sheet.
pub(in crate::web) async fn page(State(app): State<Shared>, asked: Asked, who: Who) -> Response {
    let shell = Shell::new(&app, &asked, Some(&who));
    show(StatusCode::OK, &HelpPage { shell })
}
