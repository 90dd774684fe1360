//! Pieces of pages that hold text of strangers: everything from outside goes through here, is shown as it is, and runs
//! nothing.

use std::fmt::{self, Display, Formatter, Write};

use url::Url;

use super::text::{M, Text};
use crate::destination::registrable_domain;
use crate::escape::Visible;

/// Characters of a text that are shown before the rest has to be asked for.
const SHORT: usize = 280;
/// Characters of a name that are shown at all.
const NAME: usize = 120;

/// HTML that was made here: what strangers wrote is escaped in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::web) struct Html(String);

impl Display for Html {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Nothing gets into it but through the functions of this module.
impl askama::filters::HtmlSafe for Html {}

impl Html {
    /// A text of our own.
    pub(in crate::web) fn of(text: &str) -> Self {
        Self(Visible::plain(text).to_string())
    }

    /// A name that somebody gave: on one line, cut where it is long.
    pub(in crate::web) fn name(text: &str) -> Self {
        let (short, cut) = cut(text, NAME);
        Self(format!("<bdi>{}{}</bdi>", Visible::plain(short), dots(cut)))
    }

    /// A name of an account or the like, which may look like a link: on one line.
    pub(in crate::web) fn account(text: &str) -> Self {
        let (short, cut) = cut(text, NAME);
        Self(format!(
            "<bdi>{}{}</bdi>",
            Visible::disarmed(short),
            dots(cut)
        ))
    }

    /// The same in a sentence: of one that is long the middle is left out.
    pub(in crate::web) fn brief(text: &str) -> Self {
        /// Characters of one that is shown whole, and what is shown of both ends of another.
        const WHOLE: usize = 30;
        const ENDS: (usize, usize) = (14, 6);
        let count = text.chars().count();
        let places = |n: usize| text.char_indices().nth(n).map(|(at, _)| at);
        match (places(ENDS.0), places(count.saturating_sub(ENDS.1))) {
            (Some(head), Some(tail)) if count > WHOLE => Self(format!(
                "<bdi>{}…{}</bdi>",
                Visible::disarmed(&text[..head]),
                Visible::disarmed(&text[tail..])
            )),
            _ => Self::account(text),
        }
    }

    /// A text that may lead somewhere: the beginning, and all of it where somebody asks.
    pub(in crate::web) fn long(text: &str, t: &Text) -> Self {
        let (short, is_cut) = cut(text, SHORT);
        if !is_cut {
            return Self(format!(
                "<bdi dir=\"auto\">{}</bdi>",
                Visible::disarmed(text)
            ));
        }
        let all = t
            .show_all
            .text(i64::try_from(text.chars().count()).unwrap_or(i64::MAX));
        Self(format!(
            "<details class=\"long\"><summary><bdi dir=\"auto\">{}…</bdi> <span class=\"all\">{}</span></summary>\
             <div class=\"rest\"><bdi dir=\"auto\">{}</bdi></div></details>",
            Visible::disarmed(short),
            Visible::plain(&all),
            Visible::disarmed(text),
        ))
    }

    /// A note that a person wrote.
    pub(in crate::web) fn note(text: &str, t: &Text) -> Self {
        Self::long(text, t)
    }

    /// A link, its registrable domain marked.
    pub(in crate::web) fn link(text: &str) -> Self {
        let mut out = String::from("<bdi>");
        write_link(&mut out, text);
        out.push_str("</bdi>");
        Self(out)
    }

    /// Where something leads: `key` as events have it, with the domain of `host` marked.
    pub(in crate::web) fn destination(key: &str, host: Option<&str>, domain: Option<&str>) -> Self {
        let (short, is_cut) = cut(key, 2 * NAME);
        let mut out = String::from("<bdi>");
        let at = host
            .filter(|host| !host.is_empty())
            .and_then(|host| short.find(host).map(|at| (host, at)));
        match at {
            Some((host, at)) => {
                let (before, after) = (&short[..at], &short[at + host.len()..]);
                let _ = write!(out, "{}", Visible::disarmed(before));
                write_host(&mut out, host, domain);
                let _ = write!(out, "{}", Visible::disarmed(after));
            }
            None => {
                let _ = write!(out, "{}", Visible::disarmed(short));
            }
        }
        out.push_str(dots(is_cut));
        out.push_str("</bdi>");
        Self(out)
    }

    /// The message with pieces at its places: `{payee}` is where the piece `payee` goes.
    pub(in crate::web) fn fill(message: M, pieces: &[(&str, Self)]) -> Self {
        let mut out = String::new();
        let mut rest = message.get();
        while let Some((before, place)) = rest.split_once('{') {
            let _ = write!(out, "{}", Visible::plain(before));
            let Some((name, after)) = place.split_once('}') else {
                break;
            };
            if let Some((_, piece)) = pieces.iter().find(|(known, _)| *known == name) {
                out.push_str(&piece.0);
            }
            rest = after;
        }
        let _ = write!(out, "{}", Visible::plain(rest));
        Self(out)
    }

    /// The same in a tag for emphasis.
    pub(in crate::web) fn strong(self) -> Self {
        Self(format!("<strong>{}</strong>", self.0))
    }

    /// One after the other, `between` them.
    pub(in crate::web) fn join(parts: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let parts: Vec<_> = parts.into_iter().map(|part| part.0).collect();
        Self(parts.join(&Visible::plain(between).to_string()))
    }

    /// Without tags and marks, for titles and labels. What is escaped in it is escaped once more where it is put.
    pub(in crate::web) fn plain(&self) -> String {
        let mut out = String::new();
        let mut inside = false;
        for c in self.0.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => out.push(c),
                _ => {}
            }
        }
        for (entity, c) in [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&amp;", "&"),
        ] {
            out = out.replace(entity, c);
        }
        out
    }
}

/// The first characters of `text`, and whether there are more.
fn cut(text: &str, most: usize) -> (&str, bool) {
    match text.char_indices().nth(most) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

fn dots(is_cut: bool) -> &'static str {
    if is_cut { "…" } else { "" }
}

fn write_link(out: &mut String, text: &str) {
    let (short, is_cut) = cut(text, 3 * NAME);
    let host = Url::parse(text.trim())
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    // What stands in the text is shown, so the host is marked where it is written as it is understood.
    let at = host.as_deref().and_then(|host| {
        let from = short.find("://").map_or(0, |at| at + 3);
        let from = short[from..]
            .find('@')
            .filter(|at| !short[from..from + at].contains('/'))
            .map_or(from, |at| from + at + 1);
        let head = short.get(from..from + host.len())?;
        head.eq_ignore_ascii_case(host).then_some((from, host))
    });
    if let Some((at, host)) = at {
        let _ = write!(out, "{}", Visible::disarmed(&short[..at]));
        write_host(
            out,
            &short[at..at + host.len()],
            registrable_domain(host).as_deref(),
        );
        let _ = write!(out, "{}", Visible::disarmed(&short[at + host.len()..]));
    } else {
        let _ = write!(out, "{}", Visible::disarmed(short));
    }
    out.push_str(dots(is_cut));
}

fn write_host(out: &mut String, host: &str, domain: Option<&str>) {
    let dotted = |part: &str| Visible::plain(part).to_string().replace('.', "[.]");
    let ends = domain.is_some_and(|domain| {
        let tail = host
            .len()
            .checked_sub(domain.len())
            .and_then(|at| host.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(domain))
    });
    let at = match domain {
        Some(domain) if ends => host.len() - domain.len(),
        // An address of numbers is all that there is to look at.
        _ => 0,
    };
    let _ = write!(
        out,
        "{}<b class=\"domain\">{}</b>",
        dotted(&host[..at]),
        dotted(&host[at..])
    );
}

#[cfg(test)]
mod tests {
    use super::super::text::ENGLISH;
    use super::*;

    #[test]
    fn strangers_write_text_and_nothing_else() {
        let hostile = "<script>alert(1)</script>\"'&\u{202e}gpj";
        for html in [
            Html::name(hostile),
            Html::account(hostile),
            Html::long(hostile, &ENGLISH),
            Html::link(hostile),
            Html::destination(hostile, Some("<script>"), Some("<b>")),
            Html::fill(ENGLISH.amount, &[("x", Html::name(hostile))]),
        ] {
            let html = html.to_string();
            assert!(
                !html.contains("<script") && !html.contains('\u{202e}'),
                "{html}"
            );
            assert!(!html.contains("\"'"), "{html}");
        }
    }

    #[test]
    fn the_domain_stands_out_and_nothing_can_be_clicked() {
        for (link, shown) in [
            (
                "https://pay.evil.example.com/a.b?x=http://c.de",
                "<bdi>hxxps://pay[.]evil[.]<b class=\"domain\">example[.]com</b>/a[.]b?x=hxxp://c[.]de</bdi>",
            ),
            (
                "HTTP://user@EVIL.co.uk:80/",
                "<bdi>hxxp://user[@]<b class=\"domain\">EVIL[.]co[.]uk</b>:80/</bdi>",
            ),
            (
                "http://10.0.0.1/x",
                "<bdi>hxxp://<b class=\"domain\">10[.]0[.]0[.]1</b>/x</bdi>",
            ),
            (
                "weixin://wxpay/x",
                "<bdi>weixin[:]//<b class=\"domain\">wxpay</b>/x</bdi>",
            ),
            ("no link", "<bdi>no link</bdi>"),
        ] {
            assert_eq!(Html::link(link).to_string(), shown);
        }
        let web = Html::destination(
            "web:a.example.com/x",
            Some("a.example.com"),
            Some("example.com"),
        );
        assert_eq!(
            web.to_string(),
            "<bdi>web:a[.]<b class=\"domain\">example[.]com</b>/x</bdi>"
        );
    }

    #[test]
    fn what_is_long_is_asked_for() {
        let long = "微".repeat(100 << 10);
        let html = Html::long(&long, &ENGLISH).to_string();
        assert!(html.starts_with("<details"));
        assert!(html.contains("102400 characters"), "{}", &html[..2_000]);
        assert!(Html::name(&long).to_string().len() < 1_000);
        let brief = Html::brief("f2f0Qm7TzK2vXnR9wLd4HsYpB6cJ8uEgA1oN3iVtM5kDxZw").plain();
        assert_eq!(brief, "f2f0Qm7TzK2vXn…5kDxZw");
        assert_eq!(Html::brief("+5511999999999").plain(), "+5511999999999");
        assert!(Html::link(&long).to_string().len() < 2_000);
    }

    #[test]
    fn pieces_go_to_their_places() {
        let pays = M::new("Pays {payee} by {app} & {gone}.");
        let filled = Html::fill(
            pays,
            &[("app", Html::of("PIX")), ("payee", Html::name("<A>"))],
        );
        assert_eq!(
            filled.to_string(),
            "Pays <bdi>&lt;A&gt;</bdi> by PIX &amp; ."
        );
        assert_eq!(filled.plain(), "Pays <A> by PIX & .");
    }
}
