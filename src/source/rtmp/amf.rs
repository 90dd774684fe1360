//! The little of AMF 0 that asking for a stream takes (Adobe, "Action Message Format – AMF 0", 2007).

/// A value, as far as it matters here.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Number(f64),
    Bool(bool),
    Text(String),
    Null,
    Object(Vec<(String, Value)>),
    /// Something that this reader does not take apart.
    Other,
}

/// How deep objects lie within one another; what is deeper is refused.
const DEEPEST: usize = 8;

impl Value {
    pub(super) fn text(of: &str) -> Self {
        Self::Text(of.to_owned())
    }

    /// The property `name` of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(properties) = self else {
            return None;
        };
        let found = properties.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value)
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Appends it as AMF 0 (2.2 to 2.7, 2.14).
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Number(number) => {
                out.push(0);
                out.extend(number.to_be_bytes());
            }
            Self::Bool(is) => out.extend([1, u8::from(*is)]),
            Self::Text(text) if text.len() > usize::from(u16::MAX) => {
                out.push(12);
                out.extend((text.len() as u32).to_be_bytes());
                out.extend(text.as_bytes());
            }
            Self::Text(text) => {
                out.push(2);
                write_name(text, out);
            }
            Self::Object(properties) => {
                out.push(3);
                for (name, value) in properties {
                    write_name(name, out);
                    value.write(out);
                }
                out.extend([0, 0, 9]);
            }
            Self::Null | Self::Other => out.push(5),
        }
    }
}

fn write_name(name: &str, out: &mut Vec<u8>) {
    out.extend((name.len() as u16).to_be_bytes());
    out.extend(name.as_bytes());
}

/// Values one after the other.
pub(super) fn write_all(values: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    for value in values {
        value.write(&mut out);
    }
    out
}

/// The values in `bytes`, up to the end or to the first that is broken or unknown.
pub(super) fn read_all(bytes: &[u8]) -> Vec<Value> {
    let mut reader = Reader(bytes);
    let mut values = Vec::new();
    while let Some(value) = reader.value(0) {
        let known = value != Value::Other;
        values.push(value);
        if !known {
            break;
        }
    }
    values
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn text(&mut self, length: usize) -> Option<String> {
        Some(String::from_utf8_lossy(self.take(length)?).into_owned())
    }

    fn name(&mut self) -> Option<String> {
        let length = u16::from_be_bytes(self.array()?);
        self.text(usize::from(length))
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let [kind] = self.array()?;
        Some(match kind {
            0 => Value::Number(f64::from_be_bytes(self.array()?)),
            1 => Value::Bool(self.array::<1>()? != [0]),
            2 => Value::Text(self.name()?),
            3 => self.object(depth)?,
            5 | 6 => Value::Null,
            8 => {
                // An array with names is an object that first says how many it may have.
                self.take(4)?;
                self.object(depth)?
            }
            12 => {
                let length = u32::from_be_bytes(self.array()?);
                Value::Text(self.text(length as usize)?)
            }
            _ => Value::Other,
        })
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        if depth == DEEPEST {
            return Some(Value::Other);
        }
        let mut properties = Vec::new();
        loop {
            let name = self.name()?;
            if name.is_empty() && self.0.first() == Some(&9) {
                self.0 = &self.0[1..];
                return Some(Value::Object(properties));
            }
            let value = self.value(depth + 1)?;
            if value == Value::Other {
                // How long it is is not known, and so not where the next one begins.
                return Some(Value::Other);
            }
            properties.push((name, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let long = "x".repeat(70_000);
        let values = [
            Value::text("play"),
            Value::Number(-2_000.0),
            Value::Null,
            Value::Bool(true),
            Value::Object(vec![
                ("app".to_owned(), Value::text("live")),
                ("in".to_owned(), Value::Object(Vec::new())),
            ]),
            Value::Text(long),
        ];
        assert_eq!(read_all(&write_all(&values)), values);
    }

    #[test]
    fn what_is_cut_or_unknown_or_endless_ends_it() {
        let whole = write_all(&[
            Value::text("a"),
            Value::Object(vec![("b".to_owned(), Value::Null)]),
        ]);
        for end in 0..whole.len() {
            assert!(read_all(&whole[..end]).len() < 2, "{end}");
        }
        assert_eq!(read_all(&[5, 0x11, 5]), [Value::Null, Value::Other]);
        let nested = [3, 0, 1, b'a'].repeat(100_000);
        assert_eq!(read_all(&nested), [Value::Other]);
        // An array with a name in it, as servers send it with their status.
        let array = [8, 0, 0, 0, 1, 0, 1, b'a', 1, 1, 0, 0, 9];
        assert_eq!(read_all(&array)[0].get("a"), Some(&Value::Bool(true)));
    }
}
