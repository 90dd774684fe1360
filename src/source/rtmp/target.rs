//! What of an `rtmp://` URL is asked of the server in which place.
//!
//! RTMP knows no percent-encoding: a server takes a name as it is. A URL does, and so what its path says is what is meant
//! and not how it is written: `a%20b` asks for `a b`, and `100%25` for `100%`, as does `100%`. The query is handed on as it is
//! written, since servers take it apart themselves.

use std::net::{SocketAddr, ToSocketAddrs};

use url::Url;

/// Where a stream is on its server.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::source) struct Target {
    host: String,
    port: u16,
    /// Without TLS and without a user, which is all that is played here.
    is_plain: bool,
    /// The application that plays it.
    pub(in crate::source) app: String,
    /// The URL of the application.
    pub(super) tc_url: String,
    /// The name of the stream, with its query.
    pub(in crate::source) play_path: String,
}

/// Without the stream key.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({}:{})", self.host, self.port)
    }
}

impl Target {
    /// `None` where `url` is no RTMP.
    pub(in crate::source) fn of(url: &Url) -> Option<Self> {
        let (is_tls, port) = match url.scheme() {
            "rtmp" => (false, 1935),
            "rtmps" => (true, 443),
            _ => return None,
        };
        let has_user = !url.username().is_empty() || url.password().is_some();
        let written = url.host_str()?;
        // The brackets around an IPv6 address are the URL's.
        let host = written.trim_matches(['[', ']']).to_owned();
        let port = url.port().unwrap_or(port);
        let path = url.path().trim_start_matches('/');
        // The application may have an instance: two parts, where there are three (`live/room/key`), unless the second
        // says what it is (`vod/mp4:films/a`).
        let parts: Vec<&str> = path.splitn(3, '/').collect();
        let (app, name) = match parts.as_slice() {
            [app, kind, name] if kind.contains(':') => (*app, format!("{kind}/{name}")),
            [app, instance, name] => {
                let app = &path[..app.len() + 1 + instance.len()];
                (app, (*name).to_owned())
            }
            [app, name] => (*app, (*name).to_owned()),
            _ => ("", path.to_owned()),
        };
        let query = url.query().map(|query| format!("?{query}"));
        let app = meant(app);
        Some(Self {
            tc_url: format!("{}://{written}:{port}/{app}", url.scheme()),
            play_path: meant(&name) + query.as_deref().unwrap_or_default(),
            app,
            host,
            port,
            is_plain: !is_tls && !has_user,
        })
    }

    /// Whether it is played here, and not by libav.
    pub(in crate::source) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// The addresses of its server. Nothing interrupts this look-up.
    pub(super) fn addresses(&self) -> std::io::Result<Vec<SocketAddr>> {
        let found = (self.host.as_str(), self.port).to_socket_addrs()?;
        Ok(found.collect())
    }
}

/// What a part of a path stands for. A `%` that begins no encoded byte is one, and what would be no line of text stays as it is
/// written.
fn meant(written: &str) -> String {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let encoded = after.first_chunk::<2>().filter(|_| first == b'%');
        let byte = encoded.and_then(|[high, low]| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
        });
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    let text = String::from_utf8(bytes).ok();
    text.filter(|text| !text.contains(char::is_control))
        .unwrap_or_else(|| written.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_an_application_and_a_name() {
        let of = |url: &str| {
            let target = Target::of(&url.parse().unwrap())?;
            Some((target.app, target.play_path, target.tc_url))
        };
        for (url, app, name) in [
            ("rtmp://h/live/key", "live", "key"),
            ("rtmp://h:1935/live/key?token=a&b", "live", "key?token=a&b"),
            ("rtmp://h/live/room/key", "live/room", "key"),
            ("rtmp://h/live/room/key/more", "live/room", "key/more"),
            ("rtmp://h/vod/mp4:films/a.mp4", "vod", "mp4:films/a.mp4"),
            ("rtmp://h/key", "", "key"),
            ("rtmp://h", "", ""),
        ] {
            let (found_app, found_name, tc_url) = of(url).unwrap();
            assert_eq!(
                (found_app.as_str(), found_name.as_str()),
                (app, name),
                "{url}"
            );
            assert_eq!(tc_url, format!("rtmp://h:1935/{app}"));
        }
        assert_eq!(
            Target::of(&"rtmp://[::1]:5/a/b".parse().unwrap())
                .unwrap()
                .tc_url,
            "rtmp://[::1]:5/a"
        );
        assert_eq!(of("http://h/live.flv"), None);
        for (url, is_plain, tc_url) in [
            ("rtmp://h/live/key", true, "rtmp://h:1935/live"),
            ("rtmps://h/live/key", false, "rtmps://h:443/live"),
            ("rtmp://user:pass@h/live/key", false, "rtmp://h:1935/live"),
        ] {
            let target = Target::of(&url.parse().unwrap()).unwrap();
            assert_eq!((target.is_plain(), &*target.tc_url), (is_plain, tc_url));
        }
        let shown = format!("{:?}", Target::of(&"rtmp://h/live/s3cret".parse().unwrap()));
        assert!(!shown.contains("s3cret"), "{shown}");
    }
    #[test]
    fn a_path_says_what_is_meant_and_a_query_what_is_written() {
        for (path, app, name) in [
            ("live/a%20b", "live", "a b"),
            ("live/a b", "live", "a b"),
            ("live/%E5%BE%AE%E4%BF%A1", "live", "微信"),
            ("live/微信", "live", "微信"),
            ("live/100%", "live", "100%"),
            ("live/100%25", "live", "100%"),
            ("live/%2541", "live", "%41"),
            ("live/%4", "live", "%4"),
            ("live/%zz%41", "live", "%zzA"),
            // An application and a name with slashes in them are told apart by how they are written.
            ("live%2Froom/key", "live/room", "key"),
            ("a%2Fb%2Fc/d%2F..%2Fe", "a/b/c", "d/../e"),
            ("vod/mp4%3Afilms%2Fa", "vod", "mp4:films/a"),
            ("live/a%23b?token=c%20d", "live", "a#b?token=c%20d"),
            // No line of text.
            ("live/%ff%41", "live", "%ff%41"),
            ("live/a%00b", "live", "a%00b"),
            ("live/a%0Ab", "live", "a%0Ab"),
        ] {
            let target = Target::of(&format!("rtmp://h/{path}").parse().unwrap()).unwrap();
            assert_eq!(
                (target.app.as_str(), target.play_path.as_str()),
                (app, name),
                "{path}"
            );
            assert_eq!(target.tc_url, format!("rtmp://h:1935/{app}"));
        }
    }
}
