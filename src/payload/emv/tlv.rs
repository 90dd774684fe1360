//! Tag, length, value: two digits, two digits, and as many characters.

/// What lengths count. Characters, as EMVCo says; generators and phones that count otherwise take the same code for
/// another one where it is not in ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Unit {
    /// Unicode scalar values.
    #[default]
    Characters,
    /// Bytes of UTF-8.
    Bytes,
    /// Units of UTF-16, as Java and JavaScript count them: two for an emoji.
    Utf16,
}

/// One object of a code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) tag: &'a str,
    pub(super) value: &'a str,
    /// Where `value` begins, in bytes of the whole.
    pub(super) at: usize,
}

/// The objects of a code or of a template in it, and what could not be read after them.
#[derive(Debug, Clone, Default)]
pub(super) struct Tlv<'a> {
    pub(super) objects: Vec<Object<'a>>,
    pub(super) rest: &'a str,
    /// By which it was read.
    pub(super) unit: Unit,
}

impl<'a> Tlv<'a> {
    /// Reads objects until `text` ends or stops making sense.
    pub(super) fn read(text: &'a str) -> Self {
        Self::read_by(text, Unit::Characters)
    }

    /// The same with lengths in `unit`.
    pub(super) fn read_by(text: &'a str, unit: Unit) -> Self {
        let mut objects = Vec::new();
        let mut rest = text;
        while let Some((tag, value, after)) = object(rest, unit) {
            let at = text.len() - after.len() - value.len();
            objects.push(Object { tag, value, at });
            rest = after;
        }
        Self {
            objects,
            rest,
            unit,
        }
    }

    /// The objects of `value`, which stands in it.
    pub(super) fn inside(&self, value: &'a str) -> Self {
        Self::read_by(value, self.unit)
    }

    /// Whether all of it could be read, and the last object is the checksum.
    pub(super) fn ends_with_checksum(&self) -> bool {
        self.rest.is_empty() && self.objects.last().is_some_and(|object| object.tag == "63")
    }

    /// Nothing at all, unless all of it could be read: a value that only begins like a template is none.
    pub(super) fn whole(self) -> Self {
        if self.rest.is_empty() {
            self
        } else {
            Self::default()
        }
    }

    /// The value of the first object with this tag.
    pub(super) fn get(&self, tag: &str) -> Option<&'a str> {
        self.objects.iter().find(|o| o.tag == tag).map(|o| o.value)
    }

    pub(super) fn has_duplicates(&self) -> bool {
        // Two digits make 100 tags at most, so a longer list has duplicates without looking.
        self.objects.len() > 100
            || self
                .objects
                .iter()
                .enumerate()
                .any(|(i, o)| self.objects[..i].iter().any(|p| p.tag == o.tag))
    }

    /// The value at a path: `01`, `01.00` for an object inside of an object, or `#` for the first that
    /// is no identifier.
    fn at_path(&self, path: &str) -> Option<&'a str> {
        match path.split_once('.') {
            Some((outer, inner)) => self.inside(self.get(outer)?).get(inner),
            None if path == "#" => self.objects.iter().find(|o| o.tag != "00").map(|o| o.value),
            None => self.get(path),
        }
    }
}

/// A code, and the template in it that says who is paid.
#[derive(Debug)]
pub(super) struct Parts<'a, 'c> {
    pub(super) code: &'c Tlv<'a>,
    pub(super) template: Tlv<'a>,
    /// The template as it is written.
    pub(super) value: &'a str,
}

impl Parts<'_, '_> {
    /// Values by an expression: `01|02` is the first that is there, `01:02` both with a colon between,
    /// `01.00` and `#` as at [`Tlv::at_path`], `/54` looks in the code and not in the template, and `@`
    /// is the template as it is written. Empty values count as absent.
    pub(super) fn pick(&self, expression: &str) -> Option<String> {
        expression.split('|').find_map(|option| {
            let values: Option<Vec<&str>> = option.split(':').map(|path| self.at(path)).collect();
            Some(values?.join(":"))
        })
    }

    fn at(&self, path: &str) -> Option<&str> {
        let value = match path.strip_prefix('/') {
            Some(path) => self.code.at_path(path),
            None if path == "@" => Some(self.value),
            None => self.template.at_path(path),
        };
        value.filter(|value| !value.is_empty())
    }
}

impl Unit {
    /// Where in `text` so many units end, in bytes; `None` where it is shorter, or a character stands across that.
    fn end(self, text: &str, length: usize) -> Option<usize> {
        match self {
            Self::Characters => {
                let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                ends.nth(length)
            }
            Self::Bytes => text.is_char_boundary(length).then_some(length),
            Self::Utf16 => {
                let mut units = 0;
                for (at, letter) in text.char_indices() {
                    if units >= length {
                        return (units == length).then_some(at);
                    }
                    units += letter.len_utf16();
                }
                (units == length).then_some(text.len())
            }
        }
    }
}

/// The tag and value of the object that `text` begins with, and what follows it.
fn object(text: &str, unit: Unit) -> Option<(&str, &str, &str)> {
    let header = text
        .get(..4)
        .filter(|h| h.bytes().all(|b| b.is_ascii_digit()))?;
    let (tag, length) = header.split_at(2);
    let body = &text[4..];
    let (value, rest) = body.split_at_checked(unit.end(body, length.parse().ok()?)?)?;
    Some((tag, value, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_until_they_stop_making_sense() {
        let tlv = Tlv::read("0002015903小店x6304AB");
        let values: Vec<_> = tlv.objects.iter().map(|o| (o.tag, o.value, o.at)).collect();
        assert_eq!(values, [("00", "01", 4), ("59", "小店x", 10)]);
        assert_eq!(tlv.rest, "6304AB");
        assert!(tlv.whole().objects.is_empty());
        assert!(Tlv::read("00x201").objects.is_empty());
        assert!(Tlv::read("００02xx").objects.is_empty());
        assert_eq!(Tlv::read("5900").get("59"), Some(""));
    }

    #[test]
    fn lengths_count_what_is_asked_for() {
        let text = "小😀x";
        for (unit, ends) in [
            (
                Unit::Characters,
                [Some(0), Some(3), Some(7), Some(8), None, None],
            ),
            (Unit::Bytes, [Some(0), None, None, Some(3), None, None]),
            (
                Unit::Utf16,
                [Some(0), Some(3), None, Some(7), Some(8), None],
            ),
        ] {
            let found: Vec<_> = (0..6).map(|length| unit.end(text, length)).collect();
            assert_eq!(found, ends, "{unit:?}");
        }
        let value = "0005小😀xx0102ab";
        let tlv = Tlv::read_by("26150005小😀xx0102ab", Unit::Utf16);
        assert_eq!(tlv.get("26"), Some(value));
        assert_eq!(tlv.inside(value).get("01"), Some("ab"));
        assert_eq!(Tlv::read(value).get("01"), None);
    }

    #[test]
    fn values_are_picked_by_expression() {
        let code = Tlv::read("5902Jo54017622201040102");
        let value = "0002xy0104AAAA0210000397040301";
        let value = &format!("{value}030");
        let parts = Parts {
            code: &code,
            template: Tlv::read(value),
            value,
        };
        for (expression, expected) in [
            ("01", Some("AAAA")),
            ("09|01", Some("AAAA")),
            ("03|01", Some("AAAA")),
            ("01:02", Some("AAAA:0003970403")),
            ("01:09", None),
            ("02.00", Some("970")),
            ("#", Some("AAAA")),
            ("/59", Some("Jo")),
            ("/59:01", Some("Jo:AAAA")),
            ("@", Some(value.as_str())),
            ("", None),
        ] {
            assert_eq!(parts.pick(expression).as_deref(), expected, "{expression}");
        }
    }
}
