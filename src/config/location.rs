//! Where a stream comes from, and how that is written where others can read it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::Url;

use crate::config::is_stream_id;
use crate::ids;
use crate::telemetry::plain;

/// Where a stream comes from.
///
/// `Display` and `Debug` are for logs: they leave out the user, the query, and all of the path but
/// its first part: somewhere in it is the stream key.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file.
    File(PathBuf),
    /// MPEG-TS, or any other container that can be read forwards, on standard input.
    Stdin,
    /// Live, or at least remote.
    Url(Box<Url>),
    /// Still pictures that somebody sends to the service: it opens nothing.
    Stills,
}

/// What is wrong with a source as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// The scheme is none that is supported.
    #[error("unsupported source `{scheme}://`: expected a file, `-`, or one of {}", SCHEMES.join(", "))]
    Scheme {
        /// As it was written.
        scheme: String,
    },
    /// It does not parse.
    #[error("not a source: {why}")]
    Malformed {
        /// What the parser says; it quotes nothing of the source.
        why: String,
    },
}

/// What stands in the place of a URL for a stream of still pictures.
pub const STILLS: &str = "stills:";

/// URL schemes that can be watched.
const SCHEMES: &[&str] = &[
    "rtmp", "rtmps", "http", "https", "srt", "rtsp", "rtsps", "udp", "rtp",
];

impl Location {
    /// The file `path`.
    pub fn file(path: &Path) -> Self {
        Self::File(path.to_owned())
    }

    /// A name for a stream that was given none: the name of the file, or the host and a hash of the
    /// whole URL, since the path of a URL may be a secret. Letters, digits, `.`, `_` and `-` alone.
    pub fn default_id(&self) -> String {
        match self {
            Self::File(path) => match name(&path.file_stem().unwrap_or_default().to_string_lossy())
            {
                // `..` is a name that a path must not contain, and a leading `-` looks like an option.
                stem if is_stream_id(&stem) => stem,
                stem => format!("file{stem}"),
            },
            Self::Stdin => "stdin".to_owned(),
            Self::Stills => "stills".to_owned(),
            Self::Url(url) => {
                let hash = ids::sha256(url.as_str().as_bytes());
                let host = name(url.host_str().unwrap_or("any"));
                format!("{}-{host}-{}", url.scheme(), &hash[..8])
            }
        }
    }

    /// What of it must not be read by others, as it is written and as it is meant, the longest first: user, password,
    /// all of the path but its first part, the query and what is in it.
    pub fn secrets(&self) -> Vec<String> {
        let Self::Url(url) = self else {
            return Vec::new();
        };
        let path = url.path().trim_start_matches('/');
        let (first, rest) = path.split_once('/').unwrap_or(("", path));
        let mut raw: Vec<&str> = rest.split('/').collect();
        raw.extend([url.username(), url.password().unwrap_or_default()]);
        let query = url.query().unwrap_or_default();
        raw.extend([query, url.fragment().unwrap_or_default()]);
        raw.extend(
            query
                .split('&')
                .filter_map(|pair| Some(pair.split_once('=')?.1)),
        );
        let meant = raw.iter().flat_map(|part| {
            let pair = format!("_={part}").into_bytes();
            let decoded = url::form_urlencoded::parse(&pair).map(|(_, value)| value.into_owned());
            decoded.collect::<Vec<_>>()
        });
        let mut all: Vec<String> = meant
            .chain(raw.iter().map(|&part| part.to_owned()))
            .collect();
        all.retain(|part| !part.is_empty() && part != first);
        all.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        all
    }

    /// Whether it is watched as it happens; a file is read as fast as the machine goes.
    pub fn is_live(&self) -> bool {
        !matches!(self, Self::File(_))
    }

    /// Whether it is listened for, and not asked for: nobody is there to be spared by waiting.
    pub fn is_listened_for(&self) -> bool {
        let Self::Url(url) = self else {
            return false;
        };
        match url.scheme() {
            "udp" | "rtp" => true,
            "srt" => url
                .query_pairs()
                .any(|(name, value)| name == "mode" && value == "listener"),
            _ => false,
        }
    }
}

/// `text` as part of a stream id: what may not stand in one becomes `_`, and it is cut to 40 characters.
fn name(text: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    text.chars()
        .map(|c| if allowed(c) { c } else { '_' })
        .take(40)
        .collect()
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(text: &str) -> Result<Self, LocationError> {
        let malformed = |why: &str| LocationError::Malformed {
            why: why.to_owned(),
        };
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if text.is_empty() {
            return Err(malformed("it is empty"));
        }
        if text.contains('\0') {
            return Err(malformed("it contains a NUL character"));
        }
        let Some((scheme, _)) = text.split_once("://") else {
            return Ok(Self::File(PathBuf::from(text)));
        };
        if scheme.is_empty()
            || !scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        {
            return Ok(Self::File(PathBuf::from(text)));
        }
        let lower = scheme.to_ascii_lowercase();
        if lower != "file" && !SCHEMES.contains(&lower.as_str()) {
            return Err(LocationError::Scheme {
                scheme: scheme.to_owned(),
            });
        }
        let url = Url::parse(text).map_err(|error| malformed(&error.to_string()))?;
        if lower == "file" {
            return url
                .to_file_path()
                .map(Self::File)
                .map_err(|()| malformed("not the URL of a local file"));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(malformed("the URL names no host"));
        }
        Ok(Self::Url(Box::new(url)))
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.write_str(&plain(&path.to_string_lossy())),
            Self::Stdin => f.write_str("standard input"),
            Self::Stills => f.write_str("stills"),
            Self::Url(url) => {
                write!(
                    f,
                    "{}://{}",
                    url.scheme(),
                    url.host_str().unwrap_or_default()
                )?;
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                // The first of several parts is the application; a key may stand anywhere after it.
                match url.path().trim_start_matches('/').split_once('/') {
                    Some((application, _)) => write!(f, "/{application}/***"),
                    None => f.write_str("/***"),
                }
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Location({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        for url in [
            "rtmp://user:s3cret@host.example:1936/live/s3cret?token=s3cret#s3cret",
            "https://host.example/hls/s3cret.m3u8?sig=s3cret",
            "https://host.example/live/s3cret/",
            "https://host.example/live/s3cret/index.m3u8",
            "https://host.example/s3cret",
            "srt://host.example:9000?streamid=s3cret&passphrase=s3cret",
        ] {
            let location: Location = url.parse().unwrap();
            for text in [
                location.to_string(),
                format!("{location:?}"),
                location.default_id(),
            ] {
                assert!(!text.contains("s3cret"), "{text}");
                assert!(text.contains("host.example"), "{text}");
            }
        }
        for wrong in [
            "ftp://u:s3cret@h/s3cret",
            "http://[s3cret",
            "rtmp://:s3cret@/s3cret",
        ] {
            let error = wrong.parse::<Location>().unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn what_is_no_url_is_a_file() {
        assert_eq!("a=b.mp4".parse(), Ok(Location::File("a=b.mp4".into())));
        assert_eq!(
            "dir/a clip.mp4".parse(),
            Ok(Location::File("dir/a clip.mp4".into()))
        );
        assert_eq!(
            "file:///a/b.mp4".parse(),
            Ok(Location::File("/a/b.mp4".into()))
        );
        assert_eq!("-".parse(), Ok(Location::Stdin));
        assert!(
            "RTMP://host.example/live/x"
                .parse::<Location>()
                .unwrap()
                .is_live()
        );
        for wrong in [
            "",
            "a\0b",
            "lavfi://x",
            "concat://x",
            "http://",
            "rtmp:///live/x",
        ] {
            assert!(wrong.parse::<Location>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn it_is_known_who_calls_whom() {
        for (url, listens) in [
            ("udp://0.0.0.0:9000", true),
            ("rtp://239.0.0.1:9000", true),
            ("srt://0.0.0.0:9000?latency=1&mode=listener", true),
            ("srt://h.example:9000?mode=caller", false),
            ("srt://h.example:9000", false),
            ("rtmp://h.example/live/x?mode=listener", false),
            ("-", false),
        ] {
            let location: Location = url.parse().unwrap();
            assert_eq!(location.is_listened_for(), listens, "{url}");
        }
    }

    #[test]
    fn names_are_safe_to_use_in_paths() {
        assert_eq!(
            Location::file(Path::new("x/My clip (1).mp4")).default_id(),
            "My_clip__1_"
        );
        let long = "a".repeat(300);
        for file in [
            "/",
            "...mp4",
            "..mp4",
            ".hidden",
            "-rf.mp4",
            "微信.mp4",
            "a/b c.ts",
            &long,
        ] {
            let id = Location::file(Path::new(file)).default_id();
            assert!(is_stream_id(&id), "{file}: {id}");
        }
        let long = format!("rtmp://{long}/live/x");
        for url in [
            "rtmp://[::1]:1935/live/x",
            "rtmp://a%2f..%2fb/x",
            "srt://h:1?x=../../y",
            &long,
        ] {
            let id = url.parse::<Location>().unwrap().default_id();
            assert!(is_stream_id(&id), "{url}: {id}");
        }
        let one: Location = "rtmp://h/live/x".parse().unwrap();
        let other: Location = "rtmp://h/live/y".parse().unwrap();
        assert_ne!(one.default_id(), other.default_id());
    }
}
