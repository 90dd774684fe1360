//! nginx with its RTMP module (`on_publish` and its like, `rtmp_stat`, `rtmp_control`).

use roxmltree::{Document, Node, ParsingOptions};

use super::Adapter;
use super::call::{ApiError, Call, Kicked, Listed, Live};
use super::client::Answer;
use super::hook::{Decision, Hook, HookError, HookKind, Reply, Request, hook_key, id, listed_key};
use super::srs::{authorization, with};
use crate::ban::StreamKey;
use crate::config::percent;
use crate::secret::Secret;

/// Elements and texts of the largest `/stat`; each takes about 70 bytes of memory.
const MOST_NODES: u32 = 1_000_000;

/// Attributes of the largest `/stat`, which has next to none: the parser holds each against all others of its element, and
/// those that declare namespaces against those of all elements around it.
const MOST_ATTRIBUTES: usize = 256;

pub(super) struct NginxRtmp {
    /// For `auth_basic` of nginx.
    authorization: Option<String>,
}

impl NginxRtmp {
    pub(super) fn new(user: Option<String>, secret: Option<Secret>) -> Self {
        Self {
            authorization: authorization(user, secret),
        }
    }

    fn get(&self, path: String) -> Call {
        with(Call::get(path), self.authorization.as_deref())
    }
}

impl Adapter for NginxRtmp {
    fn parse(&self, request: &Request<'_>) -> Result<Hook, HookError> {
        let form = request.form();
        let call = form.get("call");
        let kind = match call.as_deref() {
            Some("publish") => HookKind::Admission,
            Some("publish_done") => HookKind::Stop,
            Some("update_publish") => HookKind::Update,
            Some(_) => return Ok(Hook::other()),
            None => return Err(HookError::Malformed("`call`")),
        };
        let (app, name) = (form.get("app"), form.get("name"));
        Ok(Hook {
            kind,
            key: Some(hook_key(None, app.as_deref(), name.as_deref())?),
            publisher: id(form.get("clientid")),
            ip: id(form.get("addr")),
        })
    }

    /// The status alone counts, and an empty answer to `on_update` disconnects.
    fn reply(&self, _: HookKind, decision: Decision) -> Reply {
        match decision {
            Decision::Allow => Reply::plain(200, "ok\n"),
            Decision::Refuse => Reply::plain(403, "refused\n"),
        }
    }

    fn list(&self, _: i64) -> Call {
        self.get("/stat".to_owned())
    }

    fn listed(&self, _: &Call, body: &[u8], _: i64) -> Result<Listed, ApiError> {
        // What a publisher put into its name must not hide the streams of all others.
        let mut text = String::from_utf8_lossy(body).into_owned();
        if text.contains(|c: char| !is_xml(c)) {
            text = text.replace(|c: char| !is_xml(c), "\u{fffd}");
        }
        if attributes(&text) > MOST_ATTRIBUTES {
            return Err(ApiError::Malformed);
        }
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: MOST_NODES,
            ..ParsingOptions::default()
        };
        let document =
            Document::parse_with_options(&text, options).map_err(|_| ApiError::Malformed)?;
        if !document.root_element().has_tag_name("rtmp") {
            return Err(ApiError::Malformed);
        }
        let servers = children(document.root_element(), "server");
        let applications = servers.flat_map(|server| children(server, "application"));
        let streams = applications.flat_map(|application| {
            let app = child(application, "name").unwrap_or_default();
            let streams = children(application, "live").flat_map(|live| children(live, "stream"));
            streams.filter_map(move |stream| live(app, stream))
        });
        Ok(Listed {
            streams: streams.collect(),
            more: Vec::new(),
        })
    }

    /// A byte that is no printable ASCII is a space in `/stat`.
    fn shown(&self, key: &StreamKey) -> StreamKey {
        let shown = |text: &str| {
            let bytes = text.bytes();
            let shown = bytes.map(|byte| {
                if matches!(byte, b' '..=b'~') {
                    char::from(byte)
                } else {
                    ' '
                }
            });
            shown.collect()
        };
        StreamKey {
            vhost: key.vhost.clone(),
            app: shown(&key.app),
            name: shown(&key.name),
        }
    }

    /// Without a name or a client it would disconnect the whole application. Names are held against the query as it is written:
    /// one that has to be encoded is never found, and its publisher is named by the number of the connection, which is the
    /// server's own.
    fn kick(&self, key: &StreamKey, publisher: Option<&str>, _: i64) -> Result<Call, ApiError> {
        let is_plain = |text: &str| !text.is_empty() && percent(text) == text;
        let mut query = Vec::new();
        if is_plain(&key.app) {
            query.push(format!("app={}", key.app));
        }
        if is_plain(&key.app) && is_plain(&key.name) {
            query.push(format!("name={}", key.name));
        } else {
            let is_number = |id: &&str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
            let client = publisher.filter(is_number).ok_or(ApiError::NoPublisher)?;
            query.push(format!("clientid={client}"));
        }
        let query = query.join("&");
        Ok(self.get(format!("/control/drop/publisher?{query}")))
    }

    fn kicked(&self, answer: &Answer) -> Result<Kicked, ApiError> {
        let body = answer.found()?;
        let dropped = std::str::from_utf8(body).ok();
        match dropped.and_then(|text| text.trim().parse::<u32>().ok()) {
            Some(0) => Ok(Kicked::Gone),
            Some(_) => Ok(Kicked::Done),
            None => Err(ApiError::Malformed),
        }
    }
}

/// What may stand in XML 1.0 (section 2.2).
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// How many attributes all elements have, in time that is linear. Of what is no XML it counts as far as the parser gets.
fn attributes(text: &str) -> usize {
    const PASSED_OVER: [(&str, &str); 3] = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
    let (mut rest, mut count) = (text, 0);
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let passed = PASSED_OVER
            .iter()
            .find(|(begin, _)| rest.starts_with(begin));
        if let Some((begin, end)) = passed {
            let Some((_, after)) = rest[begin.len()..].split_once(end) else {
                return count;
            };
            rest = after;
            continue;
        }
        loop {
            // Each text between quotes is the value of one.
            let Some(at) = rest.find(['>', '"', '\'']) else {
                return count;
            };
            let found = rest.as_bytes()[at];
            rest = &rest[at + 1..];
            if found == b'>' {
                break;
            }
            count += 1;
            let Some((_, after)) = rest.split_once(char::from(found)) else {
                return count;
            };
            rest = after;
        }
    }
    count
}

fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |node| node.has_tag_name(name))
}

fn child<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.children().find(|node| node.has_tag_name(name))?.text()
}

/// A stream that is published: one that players wait for is listed too.
fn live(app: &str, stream: Node<'_, '_>) -> Option<Live> {
    let publishes = |node: &Node<'_, '_>| node.children().any(|c| c.has_tag_name("publishing"));
    if !publishes(&stream) {
        return None;
    }
    let mut clients = stream.children().filter(|node| node.has_tag_name("client"));
    let publisher = clients.find(publishes);
    Some(Live {
        key: listed_key("", app, child(stream, "name")?),
        publisher: id(publisher
            .and_then(|client| child(client, "id"))
            .map(Into::into)),
    })
}
