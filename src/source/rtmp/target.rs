//! What of an `rtmp://` URL is asked of the server in which place.

use std::net::{SocketAddr, ToSocketAddrs};

use url::Url;

/// Where a stream is on its server.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::source) struct Target {
    host: String,
    port: u16,
    /// The application that plays it.
    pub(super) app: String,
    /// The URL of the application.
    pub(super) tc_url: String,
    /// The name of the stream, with its query.
    pub(super) play_path: String,
}

/// Without the stream key.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({}:{})", self.host, self.port)
    }
}

impl Target {
    /// `None` where `url` is no plain RTMP: it has another scheme, or a user.
    pub(in crate::source) fn of(url: &Url) -> Option<Self> {
        if url.scheme() != "rtmp" || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let written = url.host_str()?;
        // The brackets around an IPv6 address are the URL's.
        let host = written.trim_matches(['[', ']']).to_owned();
        let port = url.port().unwrap_or(1935);
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
        Some(Self {
            tc_url: format!("rtmp://{written}:{port}/{app}"),
            play_path: name + query.as_deref().unwrap_or_default(),
            app: app.to_owned(),
            host,
            port,
        })
    }

    /// The addresses of its server. Nothing interrupts this look-up.
    pub(super) fn addresses(&self) -> std::io::Result<Vec<SocketAddr>> {
        let found = (self.host.as_str(), self.port).to_socket_addrs()?;
        Ok(found.collect())
    }
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
        for other in [
            "rtmps://h/live/key",
            "rtmp://user:pass@h/live/key",
            "http://h/live.flv",
        ] {
            assert_eq!(of(other), None);
        }
        let shown = format!("{:?}", Target::of(&"rtmp://h/live/s3cret".parse().unwrap()));
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
