//! Keys and values on one line, as many formats have them: `K:PR|V:01`, `t=...&s=...`.

pub(super) struct Pairs<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Pairs<'a> {
    /// The pairs of `text`, which end at `end`, and whose key ends at `sign`.
    pub(super) fn of(text: &'a str, end: char, sign: char) -> Self {
        let parts = text.split(end).filter(|part| !part.trim().is_empty());
        let pairs = parts.map(|part| part.split_once(sign).unwrap_or((part, "")));
        Self(pairs.map(|(k, v)| (k.trim(), v.trim())).collect())
    }

    /// The first value of `key`, letter case aside; empty where there is none.
    pub(super) fn get(&self, key: &str) -> &'a str {
        self.all(key).next().unwrap_or_default()
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.all(key).next().is_some()
    }

    /// Whether one of `keys` is given twice: two readers may then see two different payments.
    pub(super) fn repeats(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.all(key).nth(1).is_some())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().copied()
    }

    fn all(&self, key: &str) -> impl Iterator<Item = &'a str> {
        let found = self
            .iter()
            .filter(move |(k, _)| k.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_found() {
        let pairs = Pairs::of("a: 1 |b|| a:2|c:x:y", '|', ':');
        assert_eq!(
            (pairs.get("A"), pairs.get("b"), pairs.get("c")),
            ("1", "", "x:y")
        );
        assert!(pairs.has("b") && !pairs.has("d") && pairs.get("d").is_empty());
        assert!(pairs.repeats(&["b", "a"]) && !pairs.repeats(&["b", "c", "d"]));
        assert_eq!(pairs.iter().count(), 4);
    }
}
