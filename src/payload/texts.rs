//! Many short texts in one piece of memory. A link has as many parts as its sender likes, and an allocation for
//! each of them is most of what it costs to read one.

/// Texts in their order.
#[derive(Debug, Default)]
pub(super) struct Texts {
    all: String,
    /// Where each ends in `all`.
    ends: Vec<usize>,
}

impl Texts {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            all: String::with_capacity(bytes),
            ends: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    pub(super) fn get(&self, at: usize) -> Option<&str> {
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.all.get(start..*self.ends.get(at)?)
    }

    pub(super) fn first(&self) -> Option<&str> {
        self.get(0)
    }

    pub(super) fn last(&self) -> Option<&str> {
        self.get(self.ends.len().checked_sub(1)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map_while(move |end| {
            let text = self.all.get(start..*end);
            start = *end;
            text
        })
    }
}

/// Keys and values in their order.
#[derive(Debug, Default)]
pub(super) struct Pairs(Texts);

impl Pairs {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(Texts::with_capacity(bytes))
    }

    pub(super) fn push(&mut self, key: &str, value: &str) {
        self.0.push(key);
        self.0.push(value);
    }

    pub(super) fn first(&self) -> Option<(&str, &str)> {
        self.iter().next()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut texts = self.0.iter();
        std::iter::from_fn(move || Some((texts.next()?, texts.next()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        for texts in [&[][..], &[""], &["a"], &["", "微", "", "ab"]] {
            let mut held = Texts::default();
            for text in texts {
                held.push(text);
            }
            assert_eq!(held.iter().collect::<Vec<_>>(), texts);
            assert_eq!(held.first(), texts.first().copied());
            assert_eq!(held.last(), texts.last().copied());
            for at in 0..=texts.len() {
                assert_eq!(held.get(at), texts.get(at).copied());
            }
        }
        let mut pairs = Pairs::default();
        assert_eq!(pairs.first(), None);
        pairs.push("a", "1");
        pairs.push("", "微");
        assert_eq!(pairs.iter().collect::<Vec<_>>(), [("a", "1"), ("", "微")]);
    }
}
