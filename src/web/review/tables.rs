//! Comma-separated values (RFC 4180), as spreadsheets open them: nothing in a cell is taken for a formula.

/// A line of these cells.
pub(in crate::web) fn line<'c>(cells: impl IntoIterator<Item = &'c str>) -> String {
    let mut line = String::new();
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        push(&mut line, cell);
    }
    line.push_str("\r\n");
    line
}

fn push(line: &mut String, cell: &str) {
    let computes = computes(cell) || cell.starts_with(['\t', '\r', '\n']);
    let quotes = computes || cell.contains(['"', ',', '\r', '\n']);
    if quotes {
        line.push('"');
    }
    if computes {
        line.push('\'');
    }
    // Where semicolons separate, a spreadsheet begins another cell there, and a quote in the middle of one holds nothing together.
    let mut begins = false;
    for (at, c) in cell.char_indices() {
        if begins && self::computes(&cell[at..]) {
            line.push('\'');
        }
        begins = matches!(c, ';' | '\t' | '\r' | '\n');
        if c == '"' {
            line.push('"');
        }
        // Some readers end at a NUL.
        line.push(if c == '\0' { '\u{fffd}' } else { c });
    }
    if quotes {
        line.push('"');
    }
}

/// Whether a spreadsheet computes what begins so, in quotes too; with an apostrophe before it, it is text. White space before it does
/// not help.
fn computes(text: &str) -> bool {
    let text = text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '"']);
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_computed_and_none_breaks_out() {
        for (cell, written) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@sum(a1)", "\"'@sum(a1)\""),
            ("\t=1", "\"'\t'=1\""),
            ("\tplain", "\"'\tplain\""),
            (" =1", "\"' =1\""),
            ("x;=1", "x;'=1"),
            ("x; ;+1;2", "x; ;'+1;2"),
            ("x;\u{feff} @a;;-1", "x;'\u{feff} @a;;'-1"),
            ("x\t=1", "x\t'=1"),
            ("x;\"=1\"", "\"x;'\"\"=1\"\"\""),
            ("x,\r\n=1\r\n\r\nof it", "\"x,\r\n'=1\r\n\r\nof it\""),
            ("a;b=1;c", "a;b=1;c"),
            ("＝1", "\"'＝1\""),
            ("=cmd|' /c calc'!a1", "\"'=cmd|' /c calc'!a1\""),
            ("1-1", "1-1"),
            ("", ""),
            ("张三", "张三"),
        ] {
            assert_eq!(line([cell]), format!("{written}\r\n"), "{cell:?}");
        }
        assert_eq!(line(["a", "", "c"]), "a,,c\r\n");
    }
}
