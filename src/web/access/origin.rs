//! Where a request comes from: this machine, our own pages, or somewhere else.

use std::net::IpAddr;

use axum::http::{HeaderMap, header};
use url::Url;

/// A cookie of a request; of several with one name the first.
pub(in crate::web) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(n, value)| (n == name).then_some(value))
}

/// Whether a page of another site sent the request: browsers name the origin of every form that is posted.
pub(super) fn is_foreign(headers: &HeaderMap, public: Option<&Url>) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let Ok(origin) = origin.to_str() else {
        return true;
    };
    if public.is_some_and(|url| url.origin().ascii_serialization() == origin) {
        return false;
    }
    // Behind a proxy the scheme is the proxy's; the name and the port are those that the browser asked for.
    let named = origin.split_once("://").map(|(_, authority)| authority);
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    match (named, host) {
        (Some(named), Some(host)) => !named.eq_ignore_ascii_case(host),
        _ => true,
    }
}

/// Whether a path is text once it is decoded: one that is not leads nowhere.
pub(super) fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        let digits = more.get(..2).filter(|_| first == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &more[2..] } else { more };
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// Who asks, as far as its address says it: limits hold for this. Of IPv6 the network of a customer counts, who has as many
/// addresses there as there are.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(ip) => {
            let mut octets = ip.octets();
            octets[8..].fill(0);
            IpAddr::V6(octets.into())
        }
        ip @ IpAddr::V4(_) => ip,
    }
}

/// The address that the proxy nearest to us heard the request from.
pub(super) fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?;
    let last = last.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().ok()
}

/// What proxies add to what they pass on (RFC 7239, RFC 9110 section 7.6.3, and what came before them).
const OF_PROXIES: &[&str] = &[
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Whether the request was meant for this machine by name, and no proxy says that it passed it on: from one anybody's would come
/// from this machine.
pub(super) fn is_local(headers: &HeaderMap) -> bool {
    if OF_PROXIES.iter().any(|name| headers.contains_key(*name)) {
        return false;
    }
    let host = headers.get(header::HOST).map(|host| host.to_str());
    let Some(Ok(host)) = host else { return false };
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let is_loopback = name
        .parse()
        .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    is_loopback || name.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn this_machine_is_known_by_its_names() {
        for (host, local) in [
            ("localhost", true),
            ("LocalHost:8088", true),
            ("127.0.0.1:8088", true),
            ("127.9.9.9", true),
            ("[::1]:8088", true),
            ("evil.example:8088", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("10.0.0.1", false),
            ("", false),
        ] {
            assert_eq!(is_local(&with(header::HOST, host)), local, "{host}");
        }
        assert!(!is_local(&HeaderMap::new()));
        for name in OF_PROXIES {
            let mut headers = with(header::HOST, "localhost");
            headers.insert(*name, header::HeaderValue::from_static("10.0.0.1"));
            assert!(!is_local(&headers), "{name}");
        }
    }

    #[test]
    fn only_our_own_pages_post() {
        let public = Url::parse("https://way.example").unwrap();
        for (origin, host, foreign) in [
            ("http://127.0.0.1:8088", "127.0.0.1:8088", false),
            ("https://desk.example", "desk.example", false),
            ("https://Desk.example", "desk.EXAMPLE", false),
            ("https://way.example", "10.0.0.1:8088", false),
            ("http://way.example", "10.0.0.1:8088", true),
            ("https://way.example.evil.example", "10.0.0.1:8088", true),
            ("http://evil.example", "127.0.0.1:8088", true),
            ("http://127.0.0.1:9999", "127.0.0.1:8088", true),
            ("null", "127.0.0.1:8088", true),
            ("", "127.0.0.1:8088", true),
        ] {
            let mut headers = with(header::ORIGIN, origin);
            headers.insert(header::HOST, host.parse().unwrap());
            assert_eq!(is_foreign(&headers, Some(&public)), foreign, "{origin}");
        }
        assert!(!is_foreign(&with(header::HOST, "a"), None), "no browser");
        assert!(is_foreign(&with(header::ORIGIN, "http://a"), None));
    }

    #[test]
    fn a_path_is_text() {
        for (path, text) in [
            ("/a", true),
            ("/%E5%BE%AE", true),
            ("/%e5%be", false),
            ("/%ff", false),
            ("/%2e%2e", true),
            ("/%", true),
            ("/%zz%f", true),
        ] {
            assert_eq!(is_text(path), text, "{path}");
        }
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let headers = with(
            header::COOKIE,
            "a=1; waylay_session=x=y;waylay_session=z; b",
        );
        assert_eq!(cookie(&headers, "waylay_session"), Some("x=y"));
        assert_eq!(cookie(&headers, "session"), None);
        assert_eq!(cookie(&HeaderMap::new(), "a"), None);
    }

    #[test]
    fn the_nearest_proxy_is_believed_and_no_other() {
        let name = header::HeaderName::from_static("x-forwarded-for");
        let last = |value: &str| forwarded(&with(name.clone(), value)).map(|ip| ip.to_string());
        assert_eq!(last("1.2.3.4, 10.0.0.1"), Some("10.0.0.1".to_owned()));
        assert_eq!(last("2001:db8::1"), Some("2001:db8::1".to_owned()));
        assert_eq!(last("10.0.0.1, x"), None);
        let network = |ip: &str| network(ip.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("::ffff:10.0.0.1"), "10.0.0.1");
        assert_eq!(network("10.0.0.1"), "10.0.0.1");
    }
}
