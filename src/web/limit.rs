//! How many rows an answer holds, as the parameter `limit` says it.

use serde::de::{Deserialize, Deserializer, Error};

/// 1 to `MOST` rows; `USUAL` where nothing is given. Anything else is refused: whoever asks for more than there are in one
/// answer would take its end for the end of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limit<const USUAL: u32, const MOST: u32>(u32);

impl<const USUAL: u32, const MOST: u32> Limit<USUAL, MOST> {
    pub(super) fn rows(self) -> u32 {
        self.0
    }

    pub(super) fn count(self) -> usize {
        self.0 as usize
    }
}

impl<const USUAL: u32, const MOST: u32> Default for Limit<USUAL, MOST> {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl<'de, const USUAL: u32, const MOST: u32> Deserialize<'de> for Limit<USUAL, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let given = u32::deserialize(deserializer)?;
        if (1..=MOST).contains(&given) {
            return Ok(Self(given));
        }
        Err(D::Error::custom(format!("`limit`: expected 1 to {MOST}")))
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;
    use axum::http::Uri;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Page {
        #[serde(default)]
        limit: Limit<50, 200>,
    }

    #[test]
    fn what_is_beyond_it_is_refused() {
        for (query, rows) in [
            ("", Some(50)),
            ("limit=1", Some(1)),
            ("limit=200", Some(200)),
            ("limit=0", None),
            ("limit=201", None),
            ("limit=-1", None),
            ("limit=", None),
            ("limit=ten", None),
            ("limit=4294967297", None),
        ] {
            let uri: Uri = format!("/?{query}").parse().unwrap();
            let page = Query::<Page>::try_from_uri(&uri);
            let read = page.ok().map(|Query(page)| page.limit.rows());
            assert_eq!(read, rows, "{query}");
        }
        assert_eq!(Limit::<50, 200>::default().count(), 50);
    }
}
