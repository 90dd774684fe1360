//! An incident as its last event tells it.

use serde::Deserialize;

use super::html::Html;
use super::say::Said;
use super::text::Text;
use crate::destination::registrable_domain;

/// The data of an event of the tracker, as far as the desk shows it. What is missing is not shown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Told {
    pub(in crate::web) state: String,
    pub(in crate::web) kind: String,
    pub(in crate::web) payload: Option<String>,
    pub(in crate::web) scheme: Option<String>,
    pub(in crate::web) category: Option<String>,
    pub(in crate::web) valid: Option<bool>,
    pub(in crate::web) flags: Vec<String>,
    pub(in crate::web) fields: Fields,
    pub(in crate::web) destination: Destination,
    pub(in crate::web) resolution: Option<Resolution>,
    pub(in crate::web) verdict: Verdict,
    pub(in crate::web) first_seen_ms: i64,
    pub(in crate::web) last_seen_ms: i64,
    pub(in crate::web) visible_ms: i64,
    pub(in crate::web) sightings: i64,
    pub(in crate::web) frame: Frame,
    pub(in crate::web) corners: [[f32; 2]; 4],
    pub(in crate::web) read_by: String,
    pub(in crate::web) certain: bool,
    pub(in crate::web) unread: Option<Unread>,
    pub(in crate::web) hash: Option<String>,
    pub(in crate::web) latency_ms: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Fields {
    pub(in crate::web) payee: Option<String>,
    pub(in crate::web) payee_name: Option<String>,
    pub(in crate::web) amount: Option<String>,
    pub(in crate::web) currency: Option<String>,
    pub(in crate::web) reference: Option<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Destination {
    pub(in crate::web) key: String,
    pub(in crate::web) host: Option<String>,
    pub(in crate::web) registrable_domain: Option<String>,
    pub(in crate::web) chain: Vec<String>,
    pub(in crate::web) others: Vec<String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Resolution {
    pub(in crate::web) hops: Vec<Hop>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Hop {
    pub(in crate::web) url: String,
    pub(in crate::web) via: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Verdict {
    pub(in crate::web) class: String,
    pub(in crate::web) severity: String,
    pub(in crate::web) reasons: Vec<String>,
    pub(in crate::web) policy: String,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Frame {
    pub(in crate::web) width: u32,
    pub(in crate::web) height: u32,
    pub(in crate::web) media_ms: i64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct Unread {
    pub(in crate::web) reason: String,
}

/// A fact with its name.
pub(in crate::web) struct Fact {
    pub(in crate::web) name: &'static str,
    pub(in crate::web) value: Html,
}

/// A link on the way.
pub(in crate::web) struct Link {
    pub(in crate::web) via: String,
    pub(in crate::web) shown: Html,
}

/// A reason for a verdict.
pub(in crate::web) struct Reason {
    pub(in crate::web) id: Html,
    pub(in crate::web) means: String,
}

impl Told {
    /// What the event (JSON) tells; nothing where it is none.
    pub(in crate::web) fn read(event: &str) -> Self {
        #[derive(Deserialize)]
        struct Event {
            data: Told,
        }
        serde_json::from_str::<Event>(event)
            .map(|event| event.data)
            .unwrap_or_default()
    }

    pub(in crate::web) fn says(&self, t: &Text) -> Html {
        let (fields, destination) = (&self.fields, &self.destination);
        let said = Said {
            scheme: self.scheme.as_deref(),
            category: self.category.as_deref(),
            payee: fields.payee.as_deref(),
            payee_name: fields.payee_name.as_deref(),
            amount: fields.amount.as_deref(),
            currency: fields.currency.as_deref(),
            with_amount: true,
            host: destination.host.as_deref(),
            domain: destination.registrable_domain.as_deref(),
        };
        said.sentence(t)
    }

    pub(in crate::web) fn leads_to(&self) -> Html {
        let Destination {
            key,
            host,
            registrable_domain,
            ..
        } = &self.destination;
        if key.is_empty() {
            return Html::of("—");
        }
        Html::destination(key, host.as_deref(), registrable_domain.as_deref())
    }

    pub(in crate::web) fn payload(&self, t: &Text) -> Html {
        match self.payload.as_deref() {
            Some(payload) => Html::long(payload, t),
            None => Html::of("—"),
        }
    }

    /// The links that were opened on the way: those that the payload holds, and those that asking it showed.
    pub(in crate::web) fn chain(&self, t: &Text) -> Vec<Link> {
        /// More than these nobody follows with the eye.
        const MOST: usize = 20;
        let held = self
            .destination
            .chain
            .iter()
            .map(|link| ("nested", link.as_str()));
        let hops = self
            .resolution
            .iter()
            .flat_map(|resolution| &resolution.hops);
        let asked = hops.map(|hop| (hop.via.as_str(), hop.url.as_str()));
        let all = held.chain(asked).take(MOST);
        all.map(|(via, link)| Link {
            via: t.via_of(via).to_owned(),
            shown: Html::link(link),
        })
        .collect()
    }

    pub(in crate::web) fn rules(&self, t: &Text) -> Vec<Reason> {
        let reasons = self.verdict.reasons.iter().take(40);
        reasons
            .map(|reason| Reason {
                id: Html::name(reason),
                means: t.why(reason),
            })
            .collect()
    }

    /// Where else whoever scans it may end up.
    fn others(&self) -> Option<Html> {
        // A payload names 32 others at most, and each may have pages on its way.
        const MOST: usize = 40;
        let others = &self.destination.others;
        let shown = others.iter().take(MOST).map(|key| {
            let after = key.strip_prefix("web:").unwrap_or_default();
            let host = after.split(['/', ':', '?', '#']).next();
            let domain = host.and_then(registrable_domain);
            Html::destination(key, host, domain.as_deref())
        });
        let more = (others.len() > MOST).then(|| Html::of("…"));
        (!others.is_empty()).then(|| Html::join(shown.chain(more), ", "))
    }

    /// What the payload says beside where it leads.
    pub(in crate::web) fn facts(&self, t: &Text) -> Vec<Fact> {
        let fields = &self.fields;
        let amount = fields
            .amount
            .as_deref()
            .map(|amount| match &fields.currency {
                Some(currency) => format!("{currency} {amount}"),
                None => amount.to_owned(),
            });
        let others = self.others().map(|value| Fact {
            name: t.may_lead_to.get(),
            value,
        });
        let mut facts: Vec<_> = others.into_iter().collect();
        for (name, value) in [
            (t.payee_name, fields.payee_name.as_deref()),
            (t.payee, fields.payee.as_deref()),
            (t.amount, amount.as_deref()),
            (t.reference, fields.reference.as_deref()),
        ] {
            if let Some(value) = value {
                let value = Html::account(value);
                facts.push(Fact {
                    name: name.get(),
                    value,
                });
            }
        }
        if !self.flags.is_empty() {
            let flags = self.flags.iter().take(20).map(|flag| Html::name(flag));
            facts.push(Fact {
                name: t.flags.get(),
                value: Html::join(flags, ", "),
            });
        }
        if let Some(valid) = self.valid {
            facts.push(Fact {
                name: t.valid.get(),
                value: Html::of(if valid { t.yes.get() } else { t.no.get() }),
            });
        }
        if let Some(unread) = &self.unread {
            facts.push(Fact {
                name: t.not_read_why.get(),
                value: Html::of(t.unread_of(&unread.reason)),
            });
        }
        facts
    }
}

/// How a class looks.
pub(in crate::web) fn tone(class: &str) -> &'static str {
    match class {
        "off_platform" => "bad",
        "on_platform" => "good",
        _ => "warn",
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::ENGLISH;
    use super::*;

    #[test]
    fn an_event_is_told_in_words() {
        let event = r#"{"type": "waylay.incident.opened.v1", "data": {"incident": "i", "state": "open", "kind": "qr",
            "payload": "https://s.example/x", "scheme": "shortener", "category": "redirect", "flags": ["needs-resolve"],
            "fields": {"target": "https://pay.example.com"},
            "destination": {"kind": "web", "key": "web:pay.example.com", "host": "pay.example.com",
                            "registrable_domain": "example.com", "chain": ["https://pay.example.com"],
                            "others": ["upi:<b>@ybl", "web:evil.example.co.uk/x"]},
            "resolution": {"end": "page", "hops": [{"url": "https://s.example/x", "via": "redirect", "address": "x"}]},
            "verdict": {"class": "off_platform", "severity": "high", "action": "review", "reasons": ["category-redirect"],
                        "policy": "p@1"},
            "corners": [[1.0, 2.0], [3.0, 2.0], [3.0, 4.0], [1.0, 4.0]], "frame": {"width": 640, "height": 360, "media_ms": 5}}}"#;
        let told = Told::read(event);
        assert_eq!(
            told.says(&ENGLISH).plain(),
            "Leads on to somewhere else: pay[.]example[.]com"
        );
        assert_eq!(told.leads_to().plain(), "web:pay[.]example[.]com");
        let chain: Vec<_> = told
            .chain(&ENGLISH)
            .iter()
            .map(|link| format!("{} {}", link.via, link.shown.plain()))
            .collect();
        assert_eq!(
            chain,
            [
                "holds the link hxxps://pay[.]example[.]com",
                "redirects to hxxps://s[.]example/x"
            ]
        );
        assert_eq!(
            told.rules(&ENGLISH)[0].means,
            "it leads off the platform: redirect"
        );
        let others = &told.facts(&ENGLISH)[0];
        assert_eq!(
            (others.name, others.value.plain().as_str()),
            (
                "May also lead to",
                "upi:<b>[@]ybl, web:evil[.]example[.]co[.]uk/x"
            )
        );
        assert_eq!(told.frame.width, 640);
    }

    #[test]
    fn what_is_no_event_tells_nothing() {
        for event in ["", "{}", "[]", r#"{"data": {"corners": "x"}}"#] {
            let told = Told::read(event);
            assert_eq!(told.says(&ENGLISH).plain(), "A code that could not be read");
        }
    }
}
