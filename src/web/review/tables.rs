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
    // A spreadsheet computes what begins so, in quotes too; with an apostrophe before it, it is text. White space before it does
    // not help.
    let begins = |c: char| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    let first = cell
        .trim_start_matches([' ', '\u{a0}', '\u{feff}'])
        .chars()
        .next();
    let computes = first.is_some_and(begins);
    let quoted = computes || cell.contains(['"', ',', '\r', '\n']);
    if !quoted {
        line.push_str(cell);
        return;
    }
    line.push('"');
    if computes {
        line.push('\'');
    }
    for c in cell.chars() {
        if c == '"' {
            line.push('"');
        }
        // Some readers end at a NUL.
        line.push(if c == '\0' { '\u{fffd}' } else { c });
    }
    line.push('"');
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
            ("\t=1", "\"'\t=1\""),
            (" =1", "\"' =1\""),
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
