//! Text of strangers in HTML and XML.

use std::fmt::{self, Display, Formatter, Write};

use crate::telemetry::{has_shape, plain};

/// A longer text is cut, in characters: a label may hold a book.
const LONGEST: usize = 400;

/// Shows a text so that it is nothing but text, in HTML and XML, between tags and in quoted attributes.
/// What neither may hold, and what would turn the line around, becomes U+FFFD.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let end = self.0.char_indices().nth(LONGEST);
        let text = end.map_or(self.0, |(end, _)| &self.0[..end]);
        for c in plain(text).chars() {
            escape(f, c)?;
        }
        f.write_str(if end.is_some() { "…" } else { "" })
    }
}

/// Shows all of a text that is evidence, between the tags of HTML: what has an effect and no shape stands there as its
/// number, and what looks like a link is broken up, so that no program makes one of it.
pub(crate) struct Defanged<'a>(pub(crate) &'a str);

impl Display for Defanged<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut before = None;
        for (at, c) in self.0.char_indices() {
            let rest = &self.0[at + c.len_utf8()..];
            match c {
                ':' if rest.starts_with("//") => f.write_str("[:]")?,
                '.' if joins(before, rest.chars().next()) => f.write_str("[.]")?,
                '@' => f.write_str("[@]")?,
                c if is_evident(c) => escape(f, c)?,
                c => write!(f, "<mark>U+{:04X}</mark>", u32::from(c))?,
            }
            before = Some(c);
        }
        Ok(())
    }
}

/// Shows all of a text on a page of the desk: what has an effect and no shape stands there as its number, and a line goes
/// on below after the mark of its end. No program makes a link of what is disarmed.
pub(crate) struct Visible<'a> {
    text: &'a str,
    disarmed: bool,
}

impl<'a> Visible<'a> {
    /// Of a text that leads nowhere, such as a name.
    pub(crate) fn plain(text: &'a str) -> Self {
        Self {
            text,
            disarmed: false,
        }
    }

    /// Of a text that may lead somewhere: `hxxps://a[.]example`.
    pub(crate) fn disarmed(text: &'a str) -> Self {
        Self {
            text,
            disarmed: true,
        }
    }
}

impl Display for Visible<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut before = None;
        let mut skip = 0;
        for (at, c) in self.text.char_indices() {
            if at < skip {
                continue;
            }
            let rest = &self.text[at + c.len_utf8()..];
            if self.disarmed
                && let Some(secure) = web_scheme(&self.text[at..])
            {
                f.write_str(if secure { "hxxps://" } else { "hxxp://" })?;
                skip = at + if secure { 8 } else { 7 };
                before = Some('/');
                continue;
            }
            match c {
                ':' if self.disarmed && rest.starts_with("//") => f.write_str("[:]")?,
                '.' if self.disarmed && joins(before, rest.chars().next()) => f.write_str("[.]")?,
                '@' if self.disarmed => f.write_str("[@]")?,
                c if is_evident(c) => escape(f, c)?,
                c => write!(f, "<mark class=\"cc\">U+{:04X}</mark>", u32::from(c))?,
            }
            if c == '\n' {
                f.write_char('\n')?;
            }
            before = Some(c);
        }
        Ok(())
    }
}

/// Whether `text` begins with `http://` or, true, with `https://`.
fn web_scheme(text: &str) -> Option<bool> {
    let begins = |with: &str| {
        let head = text.as_bytes().get(..with.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(with.as_bytes()))
    };
    if begins("https://") {
        Some(true)
    } else {
        begins("http://").then_some(false)
    }
}

/// Whether a dot between the two may be one of a host; an amount is none.
fn joins(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    is_part(before) && is_part(after) && (!before.is_ascii_digit() || !after.is_ascii_digit())
}

/// Whether one sees that it is there and what it is.
fn is_evident(c: char) -> bool {
    let is_space = c.is_whitespace() && c != ' ';
    has_shape(c) && !is_space && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn escape(f: &mut Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '&' => f.write_str("&amp;"),
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        '"' => f.write_str("&quot;"),
        '\'' => f.write_str("&#39;"),
        // No character of XML 1.0 (section 2.2).
        '\u{fffe}' | '\u{ffff}' => f.write_char('\u{fffd}'),
        c => f.write_char(c),
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

    #[test]
    fn what_hides_is_shown_and_nothing_is_left_out() {
        assert_eq!(
            Defanged("<a\u{202e}b\0\u{a0}\n\u{200b}> 微").to_string(),
            "&lt;a<mark>U+202E</mark>b<mark>U+0000</mark><mark>U+00A0</mark><mark>U+000A</mark><mark>U+200B</mark>&gt; 微"
        );
        let long = "a".repeat(10_000);
        assert_eq!(Defanged(&long).to_string(), long);
    }

    #[test]
    fn the_desk_shows_what_hides_and_disarms_what_leads_on() {
        for (text, shown) in [
            (
                "https://a.example/x.y?u=HTTP://b.example",
                "hxxps://a[.]example/x[.]y?u=hxxp://b[.]example",
            ),
            ("weixin://wxpay/x", "weixin[:]//wxpay/x"),
            ("https:/a", "https:/a"),
            ("a@b.example 12.50", "a[@]b[.]example 12.50"),
            (
                "<b>\u{202e}\n微",
                "&lt;b&gt;<mark class=\"cc\">U+202E</mark><mark class=\"cc\">U+000A</mark>\n微",
            ),
        ] {
            assert_eq!(Visible::disarmed(text).to_string(), shown);
        }
        let name = Visible::plain("a.example @x \u{200b}\"'").to_string();
        assert_eq!(
            name,
            "a.example @x <mark class=\"cc\">U+200B</mark>&quot;&#39;"
        );
    }

    #[test]
    fn no_link_is_left_whole() {
        for (text, shown) in [
            (
                "https://a.example/x.y?z=1",
                "https[:]//a[.]example/x[.]y?z=1",
            ),
            ("weixin://wxpay/x", "weixin[:]//wxpay/x"),
            ("支付.com", "支付[.]com"),
            ("163.com", "163[.]com"),
            ("a@b.example", "a[@]b[.]example"),
            // What is none stays as it is.
            ("12.50", "12.50"),
            ("The end. Next: 1.", "The end. Next: 1."),
        ] {
            assert_eq!(Defanged(text).to_string(), shown);
        }
    }
}
