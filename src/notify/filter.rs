//! Which events an endpoint is told of.

use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};
use toml::Spanned;

use crate::config::Webhook;
use crate::locate::TextError;
use crate::payload::Category;
use crate::policy::{Class, Severity};
use crate::wire;
use crate::wire::envelope::{Envelope, Told};

/// What is asked of an event. A list that is empty asks for nothing; of one that is not the event must fit one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    types: Vec<&'static str>,
    classes: Vec<&'static str>,
    severities: Vec<&'static str>,
    categories: Vec<&'static str>,
    labels: Vec<String>,
}

impl Filter {
    /// As `webhook` says.
    ///
    /// # Errors
    /// The place in the configuration of a word that no event ever holds, and what was expected.
    pub fn new(webhook: &Webhook) -> Result<Self, (std::ops::Range<usize>, String)> {
        let is_type = |name: &str| {
            let known = wire::types().find(|known| *known == name);
            known.ok_or_else(|| {
                let all: Vec<_> = wire::types().collect();
                format!("no type of event, expected one of {}", all.join(", "))
            })
        };
        Ok(Self {
            types: words(&webhook.types, is_type)?,
            classes: words(&webhook.classes, |w| known(w).map(Class::as_str))?,
            severities: words(&webhook.severities, |w| known(w).map(Severity::as_str))?,
            categories: words(&webhook.categories, |w| known(w).map(Category::as_str))?,
            labels: webhook.labels.clone(),
        })
    }

    /// Whether it lets `event` through, which tells of a stream with these labels.
    pub fn fits<D: Told>(&self, event: &Envelope<D>, labels: &[String]) -> bool {
        let traits = event.data.traits();
        let one_of = |list: &[&'static str], word: &str| list.is_empty() || list.contains(&word);
        one_of(&self.types, &event.kind)
            && one_of(&self.classes, traits.class)
            && one_of(&self.severities, traits.severity)
            && one_of(&self.categories, traits.category)
            && (self.labels.is_empty() || self.labels.iter().any(|label| labels.contains(label)))
    }
}

/// Whether every word in the filters of `webhooks`, which stand in `text`, is one that an event may hold.
///
/// # Errors
/// The first that is not, with its place.
pub fn check(text: &str, webhooks: &[Webhook]) -> Result<(), TextError> {
    webhooks.iter().try_for_each(|webhook| {
        let filter = Filter::new(webhook);
        let at = |(span, message)| TextError::at(text, Some(span), message);
        filter.map(drop).map_err(at)
    })
}

fn words(
    list: &[Spanned<String>],
    known: impl Fn(&str) -> Result<&'static str, String>,
) -> Result<Vec<&'static str>, (std::ops::Range<usize>, String)> {
    let words = list.iter();
    words
        .map(|word| known(word.as_ref()).map_err(|why| (word.span(), why)))
        .collect()
}

/// The word as the core knows it.
fn known<'de, T: Deserialize<'de>>(word: &'de str) -> Result<T, String> {
    let word = StrDeserializer::<Error>::new(word);
    T::deserialize(word).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::wire::event::{Event, TYPES};

    fn webhook(lines: &str) -> (String, Vec<Webhook>) {
        let text = format!(
            "[[webhooks]]\nname = 'ops'\nurl = 'https://a.example'\nsecret_files = ['a']\n{lines}\n"
        );
        let webhooks = Config::parse(&text).unwrap().webhooks;
        (text, webhooks)
    }

    /// An event of an incident that was read.
    fn event(kind: &str, category: &'static str) -> Event<'static> {
        let mut event = crate::wire::event::tests::event("a", 1);
        event.kind = kind.to_owned();
        if let crate::wire::explain::About::Read(read) = &mut event.data.about {
            read.category = category;
        }
        event
    }

    #[test]
    fn an_event_must_fit_every_list() {
        let labels = ["host:7".to_owned(), "vip".to_owned()];
        for (lines, fits) in [
            ("", true),
            (
                "types = ['waylay.incident.opened.v1', 'waylay.incident.ended.v1']",
                true,
            ),
            ("types = ['waylay.incident.ended.v1']", false),
            ("classes = ['unknown', 'off_platform']", true),
            ("classes = ['on_platform']", false),
            ("severities = ['high']", true),
            ("severities = ['critical', 'low']", false),
            ("categories = ['payment', 'contact']", true),
            ("categories = ['wallet-crypto']", false),
            ("labels = ['vip', 'other']", true),
            ("labels = ['other']", false),
            ("classes = ['off_platform']\nlabels = ['other']", false),
        ] {
            let (_, webhooks) = webhook(lines);
            let filter = Filter::new(&webhooks[0]).unwrap();
            let event = event(TYPES[0], "payment");
            assert_eq!(filter.fits(&event, &labels), fits, "{lines}");
        }
    }

    #[test]
    fn what_was_not_read_has_no_category() {
        let mut event = event(TYPES[0], "payment");
        let crate::wire::explain::About::Read(read) = event.data.about else {
            panic!("it was read");
        };
        event.data.about = crate::wire::explain::About::Located {
            verdict: read.verdict,
        };
        let filter = |lines| Filter::new(&webhook(lines).1[0]).unwrap();
        assert!(filter("").fits(&event, &[]));
        assert!(!filter("categories = ['payment']").fits(&event, &[]));
    }

    #[test]
    fn a_word_that_no_event_holds_is_named_with_its_place() {
        for (lines, said) in [
            (
                "types = ['opened']",
                "expected one of waylay.incident.opened.v1",
            ),
            ("classes = ['off-platform']", "expected one of"),
            ("severities = ['high', 'severe']", "expected one of"),
            ("categories = ['money']", "expected one of"),
        ] {
            let (text, webhooks) = webhook(lines);
            let error = check(&text, &webhooks).unwrap_err();
            assert_eq!(error.line, 5, "{error}");
            assert!(error.message.contains(said), "{error}");
        }
        let (text, webhooks) = webhook("severities = ['high', 'severe']");
        assert_eq!(check(&text, &webhooks).unwrap_err().column, 23);
    }
}
