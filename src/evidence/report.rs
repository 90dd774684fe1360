//! A case as one HTML page: what was seen, when, what it says, where it leads, what the policy says of it, and what
//! proves it. Nothing is loaded from outside, nothing runs, nothing can be clicked, and what strangers wrote is text.

use std::cmp::Reverse;
use std::fmt::{self, Write};

use serde_json::Value;

use crate::escape::{Defanged, Escaped};
use crate::evidence::bundle::{Case, events_name, file_name, manifest_name};
use crate::evidence::time_stamp;
use crate::wire::manifest::{Act, Content, FileData, Sealed, Step, VerdictData};

const STYLE: &str = include_str!("report/page.css");

/// What is shown of an event about what was done or decided.
const TOLD: [&str; 15] = [
    "action", "step", "reasons", "review", "decision", "about", "by", "executor", "reason", "text",
    "outcome", "until", "kick", "error", "notice",
];

/// More steps of a log are counted and not shown: the events hold them all.
const MOST: usize = 200;

/// `cases` as a page, signed with `key`; `exported` is the time of day (RFC 3339).
pub(super) fn page(cases: &[Case], key: &str, exported: &str) -> String {
    let mut page = String::new();
    // A `String` takes whatever is written to it.
    let _ = write(&mut page, cases, key, exported);
    page
}

fn write(out: &mut String, cases: &[Case], key: &str, exported: &str) -> fmt::Result {
    let many = match cases.len() {
        1 => "1 incident".to_owned(),
        many => format!("{many} incidents"),
    };
    let (key, exported) = (Escaped(key), Escaped(exported));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"format-detection\" content=\"telephone=no, address=no, email=no, date=no\">\n\
         <title>Waylay evidence: {many}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header><h1>Evidence of {many}</h1>\n<p>Exported {exported}, signed with <code>{key}</code></p>\n\
         <p>This page is for reading. What counts are the files beside it: <code>waylay evidence verify</code> says \
         whether they are what was signed, and <code>README.txt</code> how to check that by hand.</p></header>\n"
    )?;
    for case in cases {
        match case.sealed() {
            Some(sealed) => incident(out, case, sealed)?,
            None => writeln!(
                out,
                "<article><h2>Incident {}</h2></article>",
                Escaped(&case.incident)
            )?,
        }
    }
    out.write_str("</body>\n</html>\n")
}

fn incident(out: &mut String, case: &Case, sealed: &Sealed) -> fmt::Result {
    let VerdictData {
        class, severity, ..
    } = &sealed.verdict;
    let tone = match class.as_str() {
        "off_platform" => "bad",
        "on_platform" => "good",
        _ => "warn",
    };
    let scheme = sealed
        .reading
        .as_ref()
        .map_or("unread", |reading| &reading.scheme);
    writeln!(
        out,
        "<article>\n<h2><span class=\"badge {tone}\">{}</span> <span class=\"badge\">{}</span> {} in stream {}</h2>",
        Escaped(class),
        Escaped(severity),
        Escaped(scheme),
        Escaped(&sealed.stream),
    )?;
    pictures(out, case, sealed)?;
    facts(out, case, sealed)?;
    history(out, case, &sealed.history)?;
    log(out, case, &sealed.decode_log)?;
    chain(out, case)?;
    out.write_str("</article>\n")
}

/// The best frame is the last one, and annotated it says most.
fn pictures(out: &mut String, case: &Case, sealed: &Sealed) -> fmt::Result {
    if case.is_entombed() {
        return out.write_str("<p class=\"note\">The files were kept for as long as they had to be, and are kept no more.</p>\n");
    }
    if sealed.files.is_empty() {
        return out
            .write_str("<p class=\"note\">There are no pictures: none could be written.</p>\n");
    }
    let mut files: Vec<&FileData> = sealed.files.iter().collect();
    files.sort_by_key(|file| (file.kind != "annotated_frame", Reverse(file.media_ms)));
    out.write_str("<div class=\"pictures\">\n")?;
    for file in files {
        let (name, kind) = (file_name(&file.path), file.kind.replace('_', " "));
        out.write_str("<figure>")?;
        let (src, alt) = (Escaped(&name), Escaped(&kind));
        if file.kind == "clip" {
            write!(
                out,
                "<video src=\"{src}\" controls preload=\"metadata\"></video>"
            )?;
        } else {
            write!(out, "<img src=\"{src}\" alt=\"{alt}\">")?;
        }
        writeln!(
            out,
            "<figcaption>{kind} at {}<br><code>{}</code><br>SHA-256 <code>{}</code></figcaption></figure>",
            seconds(file.media_ms),
            Escaped(&name),
            Escaped(&file.sha256),
            kind = Escaped(&kind),
        )?;
    }
    out.write_str("</div>\n")
}

fn facts(out: &mut String, case: &Case, sealed: &Sealed) -> fmt::Result {
    let Sealed {
        times,
        verdict,
        reading,
        ..
    } = sealed;
    let mut table = Facts(out);
    table.0.push_str("<table class=\"facts\">\n");
    if let Some(reading) = reading {
        table.add(
            "says",
            format_args!("<pre>{}</pre>", Defanged(&reading.payload)),
        )?;
        let (scheme, category) = (Escaped(&reading.scheme), Escaped(&reading.category));
        table.add("scheme", format_args!("{scheme} ({category})"))?;
        let (kind, key) = (
            Escaped(&reading.destination_kind),
            Defanged(&reading.destination),
        );
        table.add("leads to", format_args!("{kind}: <code>{key}</code>"))?;
    } else {
        table.add("says", "nobody could read it")?;
    }
    let (class, severity, action) = (&verdict.class, &verdict.severity, &verdict.action);
    let said = format!("{class}, severity {severity}, action {action}");
    table.add("verdict", Escaped(&said))?;
    table.add("reasons", Escaped(&verdict.reasons.join(", ")))?;
    table.add("policy", Escaped(&verdict.policy))?;
    if let Some(hash) = &verdict.policy_sha256 {
        table.add(
            "policy file",
            format_args!("SHA-256 <code>{}</code>", Escaped(hash)),
        )?;
    }
    table.add("stream", Escaped(&sealed.stream))?;
    if !sealed.labels.is_empty() {
        table.add("labels", Escaped(&sealed.labels.join(", ")))?;
    }
    let (from, to) = (seconds(times.first_seen_ms), seconds(times.last_seen_ms));
    let visible = seconds(times.visible_ms);
    table.add(
        "in the stream",
        format_args!("from {from} to {to}, in view {visible}"),
    )?;
    let ended = times.ended.as_deref().unwrap_or("not seen to its end");
    let recorded = format!("{} to {ended}", times.opened);
    table.add("recorded", Escaped(&recorded))?;
    table.add(
        "incident",
        format_args!("<code>{}</code>", Escaped(&case.incident)),
    )?;
    table.0.push_str("</table>\n");
    Ok(())
}

struct Facts<'a>(&'a mut String);

impl Facts<'_> {
    fn add(&mut self, name: &str, value: impl fmt::Display) -> fmt::Result {
        writeln!(self.0, "<tr><th>{name}</th><td>{value}</td></tr>")
    }
}

/// What was done and decided, with whatever of it is plain text in the event: who, why, and what the host was told.
fn history(out: &mut String, case: &Case, acts: &[Act]) -> fmt::Result {
    if acts.is_empty() {
        return Ok(());
    }
    out.write_str(
        "<h3>What was done and decided</h3>\n<div class=\"wide\"><table>\n\
         <tr><th>event</th><th>recorded</th><th>says</th></tr>\n",
    )?;
    for act in acts.iter().take(MOST) {
        let kind = act.event.strip_prefix("waylay.").unwrap_or(&act.event);
        let kind = kind.trim_end_matches(".v1").replace(['.', '_'], " ");
        write!(
            out,
            "<tr><td>{} {}</td><td>{}</td><td>",
            act.sequence,
            Escaped(&kind),
            Escaped(&act.recorded)
        )?;
        let at = usize::try_from(act.sequence.saturating_sub(1)).unwrap_or(usize::MAX);
        let event = case.events.get(at).map_or("", String::as_str);
        let event: Value = serde_json::from_str(event).unwrap_or_default();
        for key in TOLD {
            let said = match &event["data"][key] {
                Value::String(said) => said.clone(),
                Value::Array(said) => {
                    let said = said.iter().filter_map(Value::as_str);
                    said.collect::<Vec<_>>().join(", ")
                }
                _ => continue,
            };
            if key == "notice" {
                out.write_str("notice: <pre>")?;
                for line in said.lines() {
                    writeln!(out, "{}", Defanged(line))?;
                }
                out.write_str("</pre>\n")?;
            } else {
                writeln!(out, "{key}: {}<br>", Defanged(&said))?;
            }
        }
        out.write_str("</td></tr>\n")?;
    }
    out.write_str("</table></div>\n")
}

fn log(out: &mut String, case: &Case, steps: &[Step]) -> fmt::Result {
    out.write_str(
        "<details><summary>How it was read, event by event</summary>\n<div class=\"wide\"><table>\n\
         <tr><th>event</th><th>recorded</th><th>frame</th><th>last seen</th><th>looks</th><th>read</th></tr>\n",
    )?;
    for step in steps.iter().take(MOST) {
        let kind = step.event.split('.').nth(2).unwrap_or_default();
        write!(
            out,
            "<tr><td>{} {}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>",
            step.sequence,
            Escaped(kind),
            Escaped(&step.recorded),
            seconds(step.frame_ms),
            seconds(step.last_seen_ms),
            step.sightings,
        )?;
        if let Some(read) = &step.read {
            let (symbol, by) = (Escaped(&read.symbol), Escaped(&read.read_by));
            let certain = if read.certain {
                ", two readers agree"
            } else {
                ""
            };
            write!(out, "{symbol} by {by}{certain}, {}: ", Escaped(&read.class))?;
            match (&read.payload, &read.unread) {
                (Some(payload), _) => write!(out, "<code>{}</code>", Defanged(payload))?,
                (None, Some(why)) => write!(out, "not read, {}", Escaped(why))?,
                (None, None) => out.write_str("not read")?,
            }
        }
        out.write_str("</td></tr>\n")?;
    }
    out.write_str("</table></div>\n")?;
    let more = steps.len().saturating_sub(MOST);
    let events = events_name(&case.incident);
    let events = Escaped(&events);
    if more > 0 {
        write!(out, "<p>And {more} more. ")?;
    } else {
        out.write_str("<p>")?;
    }
    writeln!(
        out,
        "<code>{events}</code> holds all that was recorded.</p></details>"
    )
}

fn chain(out: &mut String, case: &Case) -> fmt::Result {
    out.write_str("<details><summary>Its place in the records</summary>\n<div class=\"wide\"><table>\n<tr><th>manifest</th><th>made</th><th>says</th><th>SHA-256 of the one before</th></tr>\n")?;
    for signed in &case.manifests {
        let manifest = &signed.manifest;
        let file = format!("{}.json", manifest_name(manifest.position));
        write!(
            out,
            "<tr><td><code>{}</code></td><td>{} by {}</td><td>{}",
            Escaped(&file),
            Escaped(&manifest.sealed),
            Escaped(&manifest.software),
            manifest.content.kind(),
        )?;
        match &manifest.content {
            Content::Hold { reason } | Content::Release { reason } => {
                write!(out, ": {}", Escaped(reason))?;
            }
            Content::Tombstone(tombstone) => {
                let (kept, end) = (Escaped(&tombstone.kept), Escaped(&tombstone.from_end_of));
                write!(out, ": kept {kept} from the end of the {end}")?;
            }
            Content::Sealed(_) => {}
        }
        let answer = signed.time_stamp.as_deref();
        if let Some(stamp) = answer.and_then(|answer| time_stamp::read(answer).ok()) {
            write!(out, "<br>time stamp: {}", Escaped(&stamp.time))?;
        }
        writeln!(
            out,
            "</td><td><code>{}</code></td></tr>",
            Escaped(&manifest.previous)
        )?;
    }
    out.write_str("</table></div></details>\n")
}

/// Media time as people read it.
fn seconds(ms: i64) -> String {
    format!("{:.1} s", ms as f64 / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::bundle::Signed;
    use crate::wire::manifest::{Manifest, ReadingData, SCHEMA, Times};

    fn case(payload: &str) -> Case {
        let sealed = Sealed {
            stream: "<i>room".to_owned(),
            labels: vec!["<b>label".to_owned()],
            state: "ended".to_owned(),
            times: Times {
                opened: "2026-01-01T00:00:00Z".to_owned(),
                ended: None,
                first_seen_ms: 0,
                last_seen_ms: 1_500,
                visible_ms: 1_500,
            },
            reading: Some(ReadingData {
                payload: payload.to_owned(),
                scheme: "web-link".to_owned(),
                category: "other".to_owned(),
                destination_kind: "web".to_owned(),
                destination: payload.to_owned(),
            }),
            verdict: VerdictData {
                class: "off_platform".to_owned(),
                severity: "high".to_owned(),
                action: "review".to_owned(),
                reasons: vec!["off-platform".to_owned()],
                policy: "p@1".to_owned(),
                policy_sha256: None,
            },
            decode_log: Vec::new(),
            history: Vec::new(),
            files: vec![FileData {
                kind: "clean_frame".to_owned(),
                path: "s/i/\"onerror=x.jpg".to_owned(),
                sha256: "00".to_owned(),
                bytes: 1,
                media_ms: 0,
            }],
        };
        Case {
            incident: "i".to_owned(),
            manifests: vec![Signed {
                manifest: Manifest {
                    schema: SCHEMA.into(),
                    position: 1,
                    previous: "0".repeat(64),
                    key: "whpk_".to_owned(),
                    software: "waylay".to_owned(),
                    sealed: "2026-01-01T00:00:00Z".to_owned(),
                    incident: "i".to_owned(),
                    content: Content::Sealed(Box::new(sealed)),
                },
                text: String::new(),
                signature: Vec::new(),
                time_stamp: None,
            }],
            events: Vec::new(),
        }
    }

    #[test]
    fn what_a_code_says_is_text_that_hides_nothing_and_leads_nowhere() {
        let hostile = "https://evil.example/<script>alert(1)</script>\u{202e}gpj.\u{0}";
        let page = page(&[case(hostile)], "whpk_", "now");
        assert!(page.contains("https[:]//evil[.]example/&lt;script&gt;alert(1)&lt;/script&gt;<mark>U+202E</mark>gpj.<mark>U+0000</mark>"), "{page}");
        for forbidden in [
            "<script",
            "<a ",
            "href",
            "<i>",
            "<b>label",
            "\"onerror",
            "://",
            "\u{202e}",
            "\0",
        ] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn what_was_done_is_told_as_the_events_have_it() {
        let mut case = case("x");
        let event = serde_json::json!({"type": "waylay.action.done.v1", "data": {
            "sequence": 1, "action": "cut", "by": "<b>me", "reasons": ["read"], "notice": "one\ntwo.example"}});
        case.events = vec![event.to_string()];
        if let Content::Sealed(sealed) = &mut case.manifests[0].manifest.content {
            sealed.history = [1, 2]
                .map(|sequence| Act {
                    sequence,
                    event: "waylay.action.done.v1".to_owned(),
                    sha256: String::new(),
                    recorded: "2026".to_owned(),
                })
                .into();
        }
        let page = page(&[case], "", "");
        for told in [
            "<td>1 action done</td><td>2026</td><td>action: cut<br>",
            "by: &lt;b&gt;me<br>",
            "reasons: read<br>",
            "notice: <pre>one\ntwo[.]example\n</pre>",
            "<td>2 action done</td>",
        ] {
            assert!(page.contains(told), "{told}: {page}");
        }
    }

    #[test]
    fn a_clip_is_there_to_be_played() {
        let mut case = case("x");
        if let Content::Sealed(sealed) = &mut case.manifests[0].manifest.content {
            sealed.files[0].kind = "clip".to_owned();
            sealed.files[0].path = "s/i/0000000000-clip.mp4".to_owned();
        }
        let page = page(&[case], "", "");
        assert!(
            page.contains("<video src=\"evidence/s/i/0000000000-clip.mp4\" controls"),
            "{page}"
        );
        assert!(!page.contains("<img"));
    }

    #[test]
    fn evidence_that_is_gone_is_said_to_be() {
        let mut case = case("x");
        assert!(page(&[case.clone()], "", "").contains("<img"));
        let mut tombstone = case.manifests[0].clone();
        tombstone.manifest.content = Content::Tombstone(crate::wire::manifest::Tombstone {
            class: "unknown".to_owned(),
            kept: "60d".to_owned(),
            from: String::new(),
            from_end_of: "stream".to_owned(),
            files: Vec::new(),
        });
        case.manifests.push(tombstone);
        let page = page(&[case], "", "");
        assert!(
            !page.contains("<img") && page.contains("are kept no more"),
            "{page}"
        );
    }
}
