//! A replay as one HTML page: figures, tables, and the frames in which something went wrong. Nothing is
//! loaded, nothing runs, and what strangers wrote is text.

use std::fmt::{self, Display, Write};

use base64::prelude::{BASE64_STANDARD, Engine};

use crate::escape::Escaped;
use crate::replay::pictures::Shot;
use crate::replay::table::{percent, said};
use crate::wire::replay::{Compared, Delta, Figures, Group, Mention, Run, Sample};

const STYLE: &str = include_str!("page.css");
/// More lines of a list are counted and not shown.
const MOST: usize = 200;

/// `run` as a page, with `shots` of what went wrong in it.
pub fn page(title: &str, run: &Run, shots: &[Shot]) -> String {
    let mut page = String::new();
    // A `String` takes whatever is written to it.
    let _ = write(&mut page, title, run, shots);
    page
}

fn write(out: &mut String, title: &str, run: &Run, shots: &[Shot]) -> fmt::Result {
    let title = Escaped(title);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} - waylay replay</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )?;
    let (class, passed) = match run.failures.len() {
        0 => ("good", "passed".to_owned()),
        1 => ("bad", "1 failure".to_owned()),
        many => ("bad", format!("{many} failures")),
    };
    let (version, sampling) = (Escaped(&run.version), Escaped(&run.sampling));
    let readers = Escaped(&run.readers);
    writeln!(
        out,
        "<header><h1>{title}</h1><p><span class=\"badge {class}\">{passed}</span> \
         waylay {version}, <code>--sample {sampling} --readers {readers}</code></p></header>"
    )?;
    summary(out, run)?;
    list(out, "Failures", run.failures.iter())?;
    if let Some(compared) = &run.compared {
        comparison(out, compared)?;
    }
    groups(out, "By tactic", "tactic", &run.tactics)?;
    groups(out, "By size of modules", "px per module", &run.module_px)?;
    pictures(out, shots, run)?;
    samples(out, &run.samples)?;
    out.write_str("</body>\n</html>\n")
}

fn summary(out: &mut String, run: &Run) -> fmt::Result {
    let Figures {
        codes,
        found,
        wrong,
        recall,
        precision,
        first_read_ms,
    } = &run.total;
    let floor = |floor: Option<f64>| {
        floor.map_or(String::new(), |floor| {
            format!(", floor {}", percent(Some(floor)))
        })
    };
    let (floors, mut tile) = (run.floors, Tiles(out));
    tile.0.push_str("<section class=\"tiles\">\n");
    let text = format!("{found} of {codes} codes{}", floor(floors.recall));
    tile.add("recall", percent(*recall), text)?;
    let text = format!("{wrong} wrong{}", floor(floors.precision));
    tile.add("precision", percent(*precision), text)?;
    if let Some(ms) = first_read_ms {
        let text = format!("median; p90 {} ms, max {} ms", ms.p90, ms.max);
        tile.add("first read", format!("{} ms", ms.median), text)?;
    }
    if let Some(cpu) = &run.cpu {
        let (decode, scan, worst) = (cpu.decode_ms, cpu.scan_ms, cpu.worst_scan_ms);
        let text = format!(
            "decode {decode:.1}, scan {scan:.1} (max {worst:.1}), {} frames",
            cpu.frames
        );
        tile.add("CPU a frame", format!("{:.1} ms", decode + scan), text)?;
    }
    tile.0.push_str("</section>\n");
    Ok(())
}

struct Tiles<'a>(&'a mut String);

impl Tiles<'_> {
    fn add(&mut self, name: &str, value: impl Display, more: impl Display) -> fmt::Result {
        writeln!(
            self.0,
            "<div><h2>{name}</h2><p class=\"value\">{value}</p><p>{more}</p></div>"
        )
    }
}

/// The start of a table, its first column for names and the others for numbers.
fn head(out: &mut String, title: &str, columns: &[&str]) -> fmt::Result {
    write!(
        out,
        "<section>\n<h2>{title}</h2>\n<div class=\"wide\"><table>\n<tr>"
    )?;
    for column in columns {
        write!(out, "<th>{column}</th>")?;
    }
    out.write_str("</tr>\n")
}

const FOOT: &str = "</table></div>\n</section>\n";

fn groups(out: &mut String, title: &str, what: &str, groups: &[Group]) -> fmt::Result {
    let columns = [
        what,
        "codes",
        "found",
        "recall",
        "wrong",
        "precision",
        "first read",
        "p90",
        "max",
    ];
    head(out, title, &columns)?;
    for Group { name, figures } in groups {
        let share = figures.recall.unwrap_or(0.0) * 100.0;
        // A bar behind the number is the column as a chart.
        let bar = figures.recall.map_or(String::new(), |_| {
            format!(" class=\"bar\" style=\"--share:{share:.1}%\"")
        });
        write!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td{bar}>{}</td>{}<td>{}</td>",
            Escaped(name),
            figures.codes,
            figures.found,
            percent(figures.recall),
            count(figures.wrong),
            percent(figures.precision),
        )?;
        match figures.first_read_ms {
            Some(ms) => writeln!(
                out,
                "<td>{} ms</td><td>{} ms</td><td>{} ms</td></tr>",
                ms.median, ms.p90, ms.max
            )?,
            None => out.push_str("<td>-</td><td>-</td><td>-</td></tr>\n"),
        }
    }
    out.write_str(FOOT)
}

/// A number that should be none.
fn count(wrong: usize) -> String {
    let class = if wrong > 0 { " class=\"bad\"" } else { "" };
    format!("<td{class}>{wrong}</td>")
}

fn comparison(out: &mut String, compared: &Compared) -> fmt::Result {
    let columns = [
        "codes that both know",
        "codes",
        "recall before",
        "now",
        "wrong before",
        "now",
    ];
    head(out, "Compared", &columns)?;
    let all = std::iter::once(&compared.total);
    for Delta { name, before, now } in all.chain(&compared.tactics).chain(&compared.module_px) {
        let class = match now.found.cmp(&before.found) {
            std::cmp::Ordering::Less => " class=\"bad\"",
            std::cmp::Ordering::Equal => "",
            std::cmp::Ordering::Greater => " class=\"good\"",
        };
        let fresh = if now.wrong > before.wrong {
            " class=\"bad\""
        } else {
            ""
        };
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td{class}>{}</td><td>{}</td><td{fresh}>{}</td></tr>",
            Escaped(name),
            now.codes,
            percent(before.recall),
            percent(now.recall),
            before.wrong,
            now.wrong
        )?;
    }
    out.write_str(FOOT)?;
    let (version, sampling) = (Escaped(&compared.version), Escaped(&compared.sampling));
    write!(
        out,
        "<p>With waylay {version}, <code>--sample {sampling}</code>; {} codes are in one of them only.",
        compared.unknown
    )?;
    if let Some(cpu) = &compared.cpu {
        let (decode, scan) = (cpu.decode, cpu.scan);
        write!(out, " CPU a frame: decode × {decode:.2}, scan × {scan:.2}.")?;
    }
    out.push_str("</p>\n");
    let lines = |mentions: &[Mention]| mentions.iter().map(said).collect::<Vec<_>>();
    list(out, "Worse", compared.worse.iter())?;
    list(out, "Newly lost", lines(&compared.newly_lost).iter())?;
    list(out, "Newly found", lines(&compared.newly_found).iter())
}

fn list<'a>(
    out: &mut String,
    title: &str,
    lines: impl ExactSizeIterator<Item = &'a String>,
) -> fmt::Result {
    if lines.len() == 0 {
        return Ok(());
    }
    writeln!(out, "<section>\n<h2>{title}</h2>\n<ul>")?;
    let more = lines.len().saturating_sub(MOST);
    for line in lines.take(MOST) {
        writeln!(out, "<li>{}</li>", Escaped(line))?;
    }
    if more > 0 {
        writeln!(out, "<li>and {more} more</li>")?;
    }
    out.write_str("</ul>\n</section>\n")
}

fn pictures(out: &mut String, shots: &[Shot], run: &Run) -> fmt::Result {
    if shots.is_empty() {
        return Ok(());
    }
    let all = run.total.codes - run.total.found + run.wrong;
    out.push_str("<section>\n<h2>Missed and wrong</h2>\n");
    if all > shots.len() {
        writeln!(out, "<p>The first {} of {all}.</p>", shots.len())?;
    }
    for shot in shots {
        let (class, what) = if shot.is_wrong {
            ("bad", "wrong")
        } else {
            ("warn", "missed")
        };
        let file = Escaped(&shot.file);
        writeln!(
            out,
            "<figure>\n<figcaption><span class=\"badge {class}\">{what}</span> <b>{file}</b> at {} ms{}{}<br><code>{}</code></figcaption>",
            shot.at_ms,
            shot.tactic
                .as_deref()
                .map_or(String::new(), |t| format!(", {}", Escaped(t))),
            shot.module_px
                .map_or(String::new(), |px| format!(", {px:.1} px per module")),
            Escaped(&shot.payload),
        )?;
        out.push_str("<div class=\"shot\">");
        image(out, shot.frame.as_deref(), format_args!("{what} in {file}"))?;
        image(
            out,
            shot.close_up.as_deref(),
            format_args!("the code in {file}, enlarged"),
        )?;
        if shot.frame.is_none() && shot.close_up.is_none() {
            out.push_str("<p>There is no picture of it.</p>");
        }
        out.push_str("</div>\n</figure>\n");
    }
    out.write_str("</section>\n")
}

/// `alt` is escaped already.
fn image(out: &mut String, jpeg: Option<&[u8]>, alt: fmt::Arguments<'_>) -> fmt::Result {
    let Some(jpeg) = jpeg else {
        return Ok(());
    };
    let data = BASE64_STANDARD.encode(jpeg);
    write!(
        out,
        "<img alt=\"{alt}\" src=\"data:image/jpeg;base64,{data}\">"
    )
}

fn samples(out: &mut String, samples: &[Sample]) -> fmt::Result {
    let columns = [
        "sample",
        "tactic",
        "codes",
        "found",
        "wrong",
        "located",
        "first read",
        "frames",
        "decode",
        "scan",
    ];
    head(out, "Every sample", &columns)?;
    for sample in samples {
        let (file, tactic) = (&sample.file, sample.tactic.as_deref().unwrap_or("-"));
        let (file, tactic) = (Escaped(file), Escaped(tactic));
        if let Some(error) = &sample.error {
            let error = Escaped(error);
            writeln!(
                out,
                "<tr><td>{file}</td><td>{tactic}</td><td colspan=\"8\" class=\"bad\">{error}</td></tr>"
            )?;
            continue;
        }
        let (codes, cpu) = (&sample.codes, sample.cpu.as_ref());
        let found = codes.iter().filter(|code| code.found).count();
        let delay = codes.iter().filter_map(|code| code.delay_ms).max();
        writeln!(
            out,
            "<tr><td>{file}</td><td>{tactic}</td><td>{}</td><td{}>{found}</td>{}<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            codes.len(),
            if found < codes.len() {
                " class=\"warn\""
            } else {
                ""
            },
            count(sample.wrong.len()),
            sample.located,
            delay.map_or("-".to_owned(), |ms| format!("{ms} ms")),
            cpu.map_or(0, |cpu| cpu.frames),
            cpu.map_or("-".to_owned(), |cpu| format!("{:.1} ms", cpu.decode_ms)),
            cpu.map_or("-".to_owned(), |cpu| format!("{:.1} ms", cpu.scan_ms)),
        )?;
    }
    out.write_str(FOOT)
}
