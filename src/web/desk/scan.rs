//! The scan desk: what Waylay says of a picture, a short clip or a text, by the same pipeline as its commands.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use askama::Template;
use axum::extract::multipart::{Field, MultipartRejection};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::Semaphore;

use super::html::Html;
use super::rows::severity_id;
use super::say;
use super::text::{M, Text};
use super::told::{Fact, Link, Reason, Told, tone};
use super::when::media;
use crate::config::Location;
use crate::detect::Reach;
use crate::ids;
use crate::payload::{self, LONGEST};
use crate::policy::Context;
use crate::source::still;
use crate::stop::Stop;
use crate::track::{Reading, Sighting};
use crate::web::Shared;
use crate::web::access::Who;
use crate::web::pages::{Asked, Shell, show};
use crate::web::problem::Failure;
use crate::wire::event::Event;
use crate::wire::explain::Explained;
use crate::wire::scan::Line;
use crate::worker::{Found as WorkerFound, Looks, Mode, Settings, Stream, watch_file};

/// Bytes of the largest file, and of the form around it.
const LARGEST_FILE: usize = 32 << 20;
pub(in crate::web) const LARGEST_FORM: usize = LARGEST_FILE + (1 << 20);
/// How much of a clip is watched, in ms of its time.
const LONGEST_CLIP_MS: i64 = 60_000;
/// Bytes of the longest text.
const LONGEST_TEXT: usize = 4 * LONGEST;
/// What is shown of all that was found.
const MOST_FOUND: usize = 60;
/// Files that are looked at at a time.
const AT_A_TIME: usize = 2;

/// Who may look at files just now.
pub(in crate::web) struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(AT_A_TIME))
    }
}

#[derive(Template)]
#[template(path = "scan.html")]
struct ScanPage {
    shell: Shell,
    limits: String,
    text: String,
    error: Option<M>,
    found: Option<Found>,
}

struct Found {
    title: String,
    items: Vec<Seen>,
}

/// Something that was found.
struct Seen {
    tone: &'static str,
    says: Html,
    class: String,
    severity_id: &'static str,
    severity: String,
    scheme: String,
    destination: Html,
    facts: Vec<Fact>,
    payload: Html,
    chain: Vec<Link>,
    rules: Vec<Reason>,
}

/// What was sent: a file in a place of its own, that goes with this.
#[derive(Default)]
struct Sent {
    file: Option<Upload>,
    text: String,
    is_line: bool,
}

/// A file that is removed when nobody needs it any more.
struct Upload(PathBuf);

impl Drop for Upload {
    fn drop(&mut self) {
        // Where that fails, whoever cleans the folder for temporary files does it.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The page before anything was sent.
pub(in crate::web) async fn page(State(app): State<Shared>, asked: Asked, who: Who) -> Response {
    let page = ScanPage {
        limits: limits(asked.text()),
        shell: Shell::new(&app, &asked, Some(&who)),
        text: String::new(),
        error: None,
        found: None,
    };
    show(StatusCode::OK, &page)
}

/// Looks at what was sent.
pub(in crate::web) async fn scan(
    State(app): State<Shared>,
    asked: Asked,
    who: Who,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Failure> {
    let t = asked.text();
    let form = form.map_err(|rejection| Failure::new(rejection.status(), rejection.body_text()))?;
    let mut text = String::new();
    let outcome = match receive(form).await {
        Ok(sent) => {
            // A text beside a file was not looked at.
            if sent.file.is_none() {
                text.clone_from(&sent.text);
            }
            app.look(sent, t).await
        }
        Err(error) => Err(error),
    };
    let (status, error, found) = match outcome {
        Ok(found) => (StatusCode::OK, None, Some(found)),
        Err(Refusal(status, which)) => (status, Some(which(t)), None),
    };
    let page = ScanPage {
        limits: limits(t),
        shell: Shell::new(&app, &asked, Some(&who)),
        text,
        error,
        found,
    };
    Ok(show(status, &page))
}

/// Why nothing was looked at: the status, and the message.
struct Refusal(StatusCode, fn(&Text) -> M);

const NOTHING: Refusal = Refusal(StatusCode::UNPROCESSABLE_ENTITY, |t| t.scan_nothing);
const TOO_LARGE: Refusal = Refusal(StatusCode::PAYLOAD_TOO_LARGE, |t| t.scan_too_large);
const UNREADABLE: Refusal = Refusal(StatusCode::UNPROCESSABLE_ENTITY, |t| t.scan_unreadable);
const BUSY: Refusal = Refusal(StatusCode::SERVICE_UNAVAILABLE, |t| t.scan_busy);

fn limits(t: &Text) -> String {
    let mib = (LARGEST_FILE >> 20).to_string();
    let seconds = (LONGEST_CLIP_MS / 1_000).to_string();
    t.scan_limits
        .get()
        .replace("{n}", &mib)
        .replace("{s}", &seconds)
}

async fn receive(mut form: Multipart) -> Result<Sent, Refusal> {
    let mut sent = Sent::default();
    loop {
        let Ok(field) = form.next_field().await else {
            return Err(UNREADABLE);
        };
        let Some(field) = field else {
            return Ok(sent);
        };
        match field.name().unwrap_or_default() {
            "file" => sent.file = keep(field).await?,
            "text" => sent.text = read(field, LONGEST_TEXT).await?,
            "kind" => sent.is_line = read(field, 16).await? == "line",
            _ => {}
        }
    }
}

async fn read(mut field: Field<'_>, most: usize) -> Result<String, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| TOO_LARGE)? {
        if bytes.len() + chunk.len() > most {
            return Err(TOO_LARGE);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Writes the file into the folder for temporary ones, under a name of our own and for nobody else; `None` where it is
/// empty, as a form sends it where no file was chosen.
async fn keep(mut field: Field<'_>) -> Result<Option<Upload>, Refusal> {
    let path = std::env::temp_dir().join(format!("waylay-scan-{}", ids::random()));
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    let mut file = file.map_err(|error| {
        tracing::error!(%error, "a file for the scan desk cannot be written");
        BUSY
    })?;
    let upload = Upload(path);
    let mut length = 0;
    while let Some(chunk) = field.chunk().await.map_err(|_| TOO_LARGE)? {
        length += chunk.len();
        if length > LARGEST_FILE {
            return Err(TOO_LARGE);
        }
        file.write_all(&chunk).map_err(|_| BUSY)?;
    }
    Ok((length > 0).then_some(upload))
}

impl crate::web::App {
    async fn look(&self, sent: Sent, t: &'static Text) -> Result<Found, Refusal> {
        let settings = self.parts.scanning.clone();
        if let Some(file) = sent.file {
            let Ok(_turn) = self.scans.0.try_acquire() else {
                return Err(BUSY);
            };
            let done = tokio::task::spawn_blocking(move || look_at(&file.0, &settings, t));
            return done.await.unwrap_or(Err(UNREADABLE));
        }
        let text = sent.text.trim();
        if text.is_empty() {
            return Err(NOTHING);
        }
        let payload = if sent.is_line {
            payload::parse_line(text)
        } else {
            payload::parse_str(text)
        };
        let reading = Reading::new(payload);
        let policy = settings.policy.get();
        let verdict = policy.judge(&reading.payload, &reading.destination, &Context::default());
        let line = serde_json::to_string(&Explained::new(&reading, &verdict)).unwrap_or_default();
        let seen = seen(&told(&line), None, t);
        Ok(found(vec![seen], t))
    }
}

/// What is in the picture or the clip at `path`.
fn look_at(path: &Path, settings: &Settings, t: &'static Text) -> Result<Found, Refusal> {
    if let Ok(picture) = still::open(path) {
        let policy = settings.policy.get();
        let looks = Looks {
            readers: settings.readers,
            reach: Reach::Whole,
            policy: &policy,
            context: &Context::default(),
            mode: Mode::Recorded,
        };
        let sightings = picture
            .luma()
            .map(|luma| looks.at_still(&luma))
            .unwrap_or_default();
        let items = sightings
            .iter()
            .take(MOST_FOUND)
            .map(|sighting| of_picture(sighting, t));
        return Ok(found(items.collect(), t));
    }
    // What is not over yet where the watching ends is shown too.
    let mut incidents: Vec<(String, String, i64)> = Vec::new();
    let stop = Stop::new();
    let mut settings = settings.clone();
    settings.limits.stop = stop.clone();
    let stream = Stream::new("scan", Location::File(path.to_owned()));
    let mut take = |found: WorkerFound| {
        let WorkerFound::Change(record) = found else {
            return;
        };
        let event = Event::new("scan", &record.change, &record.coverage, Vec::new());
        let line = serde_json::to_string(&event.data).unwrap_or_default();
        let (id, at_ms) = (event.subject, record.change.incident.first_seen_ms);
        if let Some(at) = incidents.iter().position(|(known, ..)| *known == id) {
            incidents[at].1 = line;
        } else if incidents.len() < MOST_FOUND && at_ms <= LONGEST_CLIP_MS {
            incidents.push((id, line, at_ms));
        }
    };
    let watched = watch_file(&stream, &settings, &mut take, &mut |media_ms, _| {
        if media_ms > LONGEST_CLIP_MS {
            stop.ask();
        }
    });
    if watched.is_err() && incidents.is_empty() && !stop.is_asked() {
        return Err(UNREADABLE);
    }
    let items = incidents
        .iter()
        .map(|(_, line, at_ms)| seen(&told(line), Some(*at_ms), t));
    Ok(found(items.collect(), t))
}

fn of_picture(sighting: &Sighting, t: &'static Text) -> Seen {
    let line = serde_json::to_string(&Line::new("", sighting)).unwrap_or_default();
    seen(&told(&line), None, t)
}

/// What a line of JSON tells, which is the data of no event.
fn told(line: &str) -> Told {
    Told::read(&format!("{{\"data\": {line}}}"))
}

fn seen(told: &Told, at_ms: Option<i64>, t: &'static Text) -> Seen {
    let mut facts = told.facts(t);
    if let Some(ms) = at_ms {
        facts.push(Fact {
            name: t.first_time.get(),
            value: Html::of(&media(ms)),
        });
    }
    let verdict = &told.verdict;
    Seen {
        tone: tone(&verdict.class),
        says: told.says(t),
        class: t.class_of(&verdict.class).to_owned(),
        severity_id: severity_id(&verdict.severity),
        severity: t.severity_of(&verdict.severity).to_owned(),
        scheme: told
            .scheme
            .as_deref()
            .map_or_else(String::new, |scheme| say::app(scheme, t)),
        destination: told.leads_to(),
        facts,
        payload: told.payload(t),
        chain: told.chain(t),
        rules: told.rules(t),
    }
}

fn found(items: Vec<Seen>, t: &Text) -> Found {
    let n = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Found {
        title: if n == 0 {
            t.found_none.get().to_owned()
        } else {
            t.found_n.text(n)
        },
        items,
    }
}
