//! The figures of a replay for people, at a terminal.

use std::io::{self, Write};

use crate::telemetry::plain;
use crate::wire::replay::{Compared, Delta, Figures, Group, Mention, Run};

/// Writes `run` as tables.
pub fn table(out: &mut impl Write, run: &Run) -> io::Result<()> {
    samples(out, run)?;
    groups(out, "tactic", &run.tactics)?;
    groups(out, "px per module", &run.module_px)?;
    if let Some(cpu) = &run.cpu {
        let (decode, scan, worst) = (cpu.decode_ms, cpu.scan_ms, cpu.worst_scan_ms);
        writeln!(
            out,
            "\nCPU a frame: decode {decode:.1} ms, scan {scan:.1} ms (at most {worst:.1} ms), over {} frames",
            cpu.frames
        )?;
    }
    if let Some(compared) = &run.compared {
        comparison(out, compared)?;
    }
    writeln!(
        out,
        "\n{} found, {} missed, {} beyond the product and not found, {} wrong",
        run.found, run.missed, run.beyond, run.wrong
    )?;
    let Figures {
        recall, precision, ..
    } = run.total;
    let (recall, precision) = (percent(recall), percent(precision));
    writeln!(out, "recall {recall}, precision {precision}")
}

fn samples(out: &mut impl Write, run: &Run) -> io::Result<()> {
    let head = ["found", "of", "wrong", "located", "first read", "CPU ms"];
    let [found, of, wrong, located, delay, cpu] = head;
    writeln!(
        out,
        "{:<32} {found:>6} {of:>6} {wrong:>6} {located:>8} {delay:>10} {cpu:>8}",
        "sample"
    )?;
    for sample in &run.samples {
        let file = plain(&sample.file);
        if let Some(error) = &sample.error {
            writeln!(out, "{file:<32} {}", plain(error))?;
            continue;
        }
        let codes = &sample.codes;
        let found = codes.iter().filter(|code| code.found).count();
        let delay = codes.iter().filter_map(|code| code.delay_ms).max();
        let delay = delay.map_or(String::new(), |ms| format!("{ms} ms"));
        let cpu = sample.cpu.as_ref().map(|cpu| cpu.decode_ms + cpu.scan_ms);
        let cpu = cpu.map_or(String::new(), |ms| format!("{ms:.1}"));
        writeln!(
            out,
            "{file:<32} {found:>6} {:>6} {:>6} {:>8} {delay:>10} {cpu:>8}",
            codes.len(),
            sample.wrong.len(),
            sample.located
        )?;
    }
    Ok(())
}

fn groups(out: &mut impl Write, what: &str, groups: &[Group]) -> io::Result<()> {
    let [found, of, recall] = ["found", "of", "recall"];
    let [wrong, precision] = ["wrong", "precision"];
    let delay = "first read: median, p90, max";
    writeln!(
        out,
        "\n{what:<32} {found:>6} {of:>6} {recall:>8} {wrong:>6} {precision:>10}   {delay}"
    )?;
    for Group { name, figures } in groups {
        let delay = figures.first_read_ms.map_or(String::new(), |ms| {
            format!("{:>6} {:>6} {:>6} ms", ms.median, ms.p90, ms.max)
        });
        let line = format!(
            "{:<32} {:>6} {:>6} {:>8} {:>6} {:>10}   {delay}",
            plain(name),
            figures.found,
            figures.codes,
            percent(figures.recall),
            figures.wrong,
            percent(figures.precision),
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn comparison(out: &mut impl Write, compared: &Compared) -> io::Result<()> {
    let (version, sampling) = (plain(&compared.version), plain(&compared.sampling));
    writeln!(
        out,
        "\ncompared with waylay {version} at --sample {sampling}, over the codes that both know:"
    )?;
    let all = std::iter::once(&compared.total);
    let changed = compared.tactics.iter().chain(&compared.module_px);
    for delta in all.chain(changed.filter(|delta| delta.before != delta.now)) {
        let Delta { name, before, now } = delta;
        writeln!(
            out,
            "  {:<30} recall {:>6} → {:<6}  wrong {} → {}",
            plain(name),
            percent(before.recall),
            percent(now.recall),
            before.wrong,
            now.wrong
        )?;
    }
    for (what, mentions) in [
        ("newly found", &compared.newly_found),
        ("newly lost", &compared.newly_lost),
    ] {
        for mention in mentions {
            writeln!(out, "  {what}: {}", plain(&said(mention)))?;
        }
    }
    for worse in &compared.worse {
        writeln!(out, "  worse: {}", plain(worse))?;
    }
    if compared.unknown > 0 {
        writeln!(out, "  {} codes are in one of them only", compared.unknown)?;
    }
    if let Some(cpu) = &compared.cpu {
        let (decode, scan) = (cpu.decode, cpu.scan);
        writeln!(out, "  CPU a frame: decode × {decode:.2}, scan × {scan:.2}")?;
    }
    Ok(())
}

/// A code or a payload in a line.
pub(super) fn said(mention: &Mention) -> String {
    let payload = mention.payload.as_deref();
    let payload = payload.unwrap_or("a code that cannot be read");
    let (file, from_ms) = (&mention.file, mention.from_ms);
    format!("{file} at {from_ms} ms: {payload}")
}

/// A share in %, or nothing to be said.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| {
        let text = format!("{:.1} %", share * 100.0);
        // Not "100.0 %" for one that is missed in ten thousand: that is what people look for.
        text.replace("100.0 %", if share < 1.0 { "99.9 %" } else { "100 %" })
    })
}
