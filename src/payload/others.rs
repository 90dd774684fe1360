//! Whom else than the one that a payload counts as whoever scans it may pay or reach, and where else they may be led.
//! Readers disagree on which of several they take, so that the one that we take proves nothing by itself.

use super::{Depth, PLAIN, Payload, Scheme, empty, raise, read_nested};

/// As many are told of. An EMVCo code has 50 tags for accounts, and no shop has an account in each.
const MOST: usize = 32;

/// The others that a payload names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Others {
    pub(super) found: Vec<Payload>,
    /// Whether there are more, or some that cannot be told from here.
    pub(super) more: bool,
}

impl Payload {
    /// Whom else it may pay or reach and where else it may lead, each as a payload of its own.
    pub(crate) fn others(&self) -> &[Payload] {
        &self.others.found
    }

    /// Whether another reader may find somebody in it whom nobody finds here.
    pub(crate) fn may_name_others(&self) -> bool {
        const TWICE: [&str; 2] = ["duplicate-param", "duplicate-tag"];
        self.others.more || self.flags.iter().any(|flag| TWICE.contains(flag))
    }

    /// The payload itself, what is nested in it, the others that it names, and all that these hold.
    pub(crate) fn whole(&self) -> impl Iterator<Item = &Payload> {
        let mut left = vec![self];
        std::iter::from_fn(move || {
            let next = left.pop()?;
            left.extend(&next.others.found);
            left.extend(next.nested.as_deref());
            Some(next)
        })
    }

    /// Says that `name`, an account of the same scheme, may be paid or reached as well.
    pub(super) fn also(&mut self, name: &str) {
        let mut other = empty(PLAIN);
        (other.scheme, other.category) = (self.scheme, self.category);
        self.also_account(other, name);
    }

    /// The same of an account of `scheme`.
    pub(super) fn also_of(&mut self, scheme: Scheme, name: &str) {
        self.also_account(empty(scheme), name);
    }

    fn also_account(&mut self, mut other: Self, name: &str) {
        let name = name.trim();
        let is_own = other.scheme == self.scheme && self.fields.payee.as_deref() == Some(name);
        if !name.is_empty() && !is_own {
            other.fields.payee = Some(name.to_owned());
            self.add(other);
        }
    }

    /// Says that `link` may be opened as well. What it says is read with the links inside of the payload.
    pub(super) fn also_to(&mut self, link: &str) {
        let link = link.trim();
        if !link.is_empty() {
            let mut other = empty(PLAIN);
            link.clone_into(&mut other.text);
            self.add(other);
        }
    }

    /// Says that there are others that cannot be told from here.
    pub(super) fn also_unknown(&mut self) {
        self.others.more = true;
    }

    /// Says that `other` may be meant as well.
    pub(super) fn add(&mut self, other: Self) {
        let Others { found, more } = &mut self.others;
        if found.contains(&other) {
            return;
        }
        if found.len() < MOST {
            found.push(other);
        } else {
            *more = true;
        }
    }

    /// Reads the links among the others as far as `depth` says.
    pub(super) fn open_others(&mut self, depth: Depth) {
        let mut secret = false;
        for other in &mut self.others.found {
            if other.scheme != PLAIN.id {
                continue;
            }
            match depth.inside(&other.text) {
                Some(depth) => *other = read_nested(&other.text, depth),
                // A look at what a text is asks for no more.
                None => self.others.more |= depth != Depth::NONE,
            }
            secret |= other.flags.contains(&"secret");
        }
        if secret {
            raise(&mut self.flags, "secret");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::parse_str;

    /// The payees and texts of the others.
    fn names(payload: &Payload) -> Vec<&str> {
        let others = payload.others().iter();
        others
            .map(|other| other.fields.payee.as_deref().unwrap_or(&other.text))
            .collect()
    }

    #[test]
    fn everybody_is_told_once() {
        let mut payload = parse_str("upi://pay?pa=shop@ybl");
        for name in ["shop@ybl", "thief@ybl", " thief@ybl ", "", "b@ybl"] {
            payload.also(name);
        }
        assert_eq!(names(&payload), ["thief@ybl", "b@ybl"]);
        assert!(payload.others().iter().all(|other| other.scheme == "upi"));
        assert!(!payload.may_name_others());
        for number in 0..MOST {
            payload.also(&format!("{number}@ybl"));
        }
        assert_eq!(payload.others().len(), MOST);
        assert!(payload.may_name_others(), "there are more");
    }

    #[test]
    fn what_others_hold_is_read_too() {
        let payload = parse_str(
            "mailto:a@b.example?body=https://wa.me/15550100 https://t.example/?url=https://c.example",
        );
        assert_eq!(
            names(&payload),
            ["https://t.example/?url=https://c.example"]
        );
        let texts: Vec<_> = payload.whole().map(|part| part.text.as_str()).collect();
        assert_eq!(
            texts[1..],
            [
                "https://wa.me/15550100",
                "https://t.example/?url=https://c.example",
                "https://c.example"
            ]
        );
    }
}
