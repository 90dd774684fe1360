//! Errors in text files, with the place: what a person needs to mend a policy or a configuration.

use std::ops::Range;

use serde::de::DeserializeOwned;

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct TextError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was found and what was expected, on one line.
    pub message: String,
}

impl TextError {
    /// The error at the byte range `span` of `text`; at its start where there is no span.
    pub fn at(text: &str, span: Option<Range<usize>>, message: impl Into<String>) -> Self {
        let mut start = span.map_or(0, |s| s.start).min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into().trim_end().replace('\n', ", "),
        }
    }
}

/// Reads TOML into `T`.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, TextError> {
    toml::from_str(text).map_err(|error| TextError::at(text, error.span(), error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Example {
        #[expect(dead_code, reason = "only its key matters here")]
        known: u8,
    }

    #[test]
    fn the_place_is_counted_in_characters() {
        let error = from_toml::<Example>("# 微信\nknown = 1\n'微信' = 2\n").unwrap_err();
        assert_eq!((error.line, error.column), (3, 1));
        assert!(error.message.contains("expected"), "{error}");
        let error = TextError::at("微信x", Some(6..7), "bad");
        assert_eq!((error.line, error.column), (1, 3));
        assert_eq!(
            TextError::at("微", Some(1..2), "inside a character").column,
            1
        );
        assert_eq!(TextError::at("", Some(5..9), "past the end").line, 1);
    }

    #[test]
    fn a_message_is_one_line() {
        let error = from_toml::<Example>("known = ").unwrap_err();
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}
