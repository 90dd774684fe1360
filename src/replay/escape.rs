//! Text of strangers in HTML and XML.

use std::fmt::{self, Display, Formatter, Write};

use crate::telemetry::plain;

/// A longer text is cut, in characters: a label may hold a book.
const LONGEST: usize = 400;

/// Shows a text so that it is nothing but text, in HTML and XML, between tags and in quoted attributes.
/// What neither may hold, and what would turn the line around, becomes U+FFFD.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let end = self.0.char_indices().nth(LONGEST);
        let text = end.map_or(self.0, |(end, _)| &self.0[..end]);
        for c in plain(text).chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                // No character of XML 1.0 (section 2.2).
                '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        f.write_str(if end.is_some() { "…" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_text_comes_through() {
        let hostile = "<b title=\"x\" y='z'>&\u{0}\u{1b}\n\u{202e}\u{ffff}微";
        assert_eq!(
            Escaped(hostile).to_string(),
            "&lt;b title=&quot;x&quot; y=&#39;z&#39;&gt;&amp;\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}微"
        );
        let cut = Escaped(&"&".repeat(1_000)).to_string();
        assert_eq!(cut, format!("{}…", "&amp;".repeat(LONGEST)));
    }
}
