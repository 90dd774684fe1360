//! One question to one host: check its addresses, ask one of them, and read as much as the answer needs.

use std::error::Error;
use std::future::ready;
use std::io::{self, ErrorKind, Read};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, retry};
use url::{Host, Url};

use super::answer::{self, Answer};
use super::network::Network;
use super::{Failure, guard};

/// The most fields in the head of an answer: more than servers send.
const MOST_FIELDS: usize = 128;

/// How many of a host's addresses are tried, and how long a connection may take, its TLS included.
const TRIES: usize = 3;
const CONNECT: Duration = Duration::from_secs(3);

/// The limits of one resolution, and who asks.
pub(super) struct Terms<'a> {
    pub(super) agent: &'a str,
    /// How many bytes may still come, over all hops.
    pub(super) left: usize,
}

/// Asks for `url`; says who answered, and what.
pub(super) async fn ask(
    network: &Network,
    url: &Url,
    terms: &mut Terms<'_>,
) -> Result<(IpAddr, Answer), Failure> {
    let port = url.port_or_known_default().ok_or(Failure::NotHttp)?;
    let addresses = checked(network, &url.host().ok_or(Failure::NotHttp)?).await?;
    let pinned = addresses.into_iter().take(TRIES);
    let pinned = pinned.map(|ip| (ip, (network.dial)(SocketAddr::new(ip, port))));
    let pinned = Pinned(pinned.collect());
    let client = client(network, pinned.clone(), terms.agent).map_err(|_| Failure::NotHttp)?;
    let response = client
        .get(url.clone())
        .header(header::ACCEPT, "text/html,*/*;q=0.8")
        .header(header::ACCEPT_ENCODING, "gzip")
        .header(header::CONNECTION, "close")
        .send()
        .await
        .map_err(|error| why(&error))?;
    // It cannot be another; were it one, its answer is not for us.
    let address = response
        .remote_addr()
        .and_then(|there| pinned.behind(there));
    let address = address.ok_or(Failure::ForbiddenAddress)?;
    Ok((address, read(response, terms).await?))
}

/// A client for one question: of nothing that it could keep is there a second use.
fn client(network: &Network, pinned: Pinned, agent: &str) -> reqwest::Result<Client> {
    Client::builder()
        .tls_backend_preconfigured(network.tls.as_ref().clone())
        .dns_resolver(pinned)
        .no_proxy()
        .redirect(Policy::none())
        .retry(retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(MOST_FIELDS)
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT)
        .user_agent(agent)
        .build()
}

/// The addresses that were checked, and where a connection to each really goes. Whatever name is asked for,
/// there are no others: what a second look-up would say has not been checked.
#[derive(Clone)]
struct Pinned(Vec<(IpAddr, SocketAddr)>);

impl Pinned {
    /// The checked address whose connection ended up `there`.
    fn behind(&self, there: SocketAddr) -> Option<IpAddr> {
        let mut pairs = self.0.iter();
        let found = pairs.find(|(ip, dialled)| dialled.ip() == there.ip() || *ip == there.ip());
        found.map(|(ip, _)| *ip)
    }
}

impl Resolve for Pinned {
    fn resolve(&self, _: Name) -> Resolving {
        let dialled: Vec<_> = self.0.iter().map(|(_, dialled)| *dialled).collect();
        let addresses: Addrs = Box::new(dialled.into_iter());
        Box::pin(ready(Ok(addresses)))
    }
}

/// Why there is no answer.
fn why(error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        return Failure::NotHttp;
    }
    match error.is_connect() {
        true if is_of_tls(error) => Failure::Tls,
        true => Failure::Connect,
        false => Failure::BadResponse,
    }
}

/// Whether `error` comes from TLS, however it is wrapped. A handshake that breaks off is one that was begun.
fn is_of_tls(error: &(dyn Error + 'static)) -> bool {
    if let Some(io) = error.downcast_ref::<io::Error>() {
        // What is inside of one is not its source, but the source's source is.
        let is_inside = io.get_ref().is_some_and(|inner| is_of_tls(inner));
        return is_inside || io.kind() == ErrorKind::UnexpectedEof;
    }
    error.is::<rustls::Error>() || error.source().is_some_and(is_of_tls)
}

/// The addresses of `host`, looked up once; all of them public, or none is used: a name with one public
/// and one private address is a trap.
async fn checked(network: &Network, host: &Host<&str>) -> Result<Vec<IpAddr>, Failure> {
    let mut addresses = match host {
        Host::Ipv4(address) => vec![IpAddr::V4(*address)],
        Host::Ipv6(address) => vec![IpAddr::V6(*address)],
        Host::Domain(name) => {
            let found = network.lookup.addresses(name).await;
            found.map_err(|_| Failure::Dns)?
        }
    };
    if addresses.is_empty() {
        return Err(Failure::Dns);
    }
    if !addresses.iter().all(|address| guard::is_public(*address)) {
        return Err(Failure::ForbiddenAddress);
    }
    // Where IPv6 leads nowhere, its addresses would only cost time.
    addresses.sort_by_key(IpAddr::is_ipv6);
    Ok(addresses)
}

/// The answer with as much of its body as says where it leads.
async fn read(response: Response, terms: &mut Terms<'_>) -> Result<Answer, Failure> {
    let headers = response.headers();
    let sizes = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len());
    terms.left = terms
        .left
        .checked_sub(sizes.sum())
        .ok_or(Failure::TooLarge)?;
    let mut answer = Answer {
        status: response.status().as_u16(),
        location: field(headers, &header::LOCATION),
        refresh: field(headers, &header::REFRESH),
        content: answer::media_type(&field(headers, &header::CONTENT_TYPE).unwrap_or_default()),
        body: Vec::new(),
        cut: false,
    };
    if answer.is_in_its_body() {
        if terms.left == 0 {
            return Err(Failure::TooLarge);
        }
        let encoding = field(headers, &header::CONTENT_ENCODING).unwrap_or_default();
        let most = terms.left;
        collect(response, terms, &mut answer).await;
        decode(&encoding.to_ascii_lowercase(), most, &mut answer);
    }
    Ok(answer)
}

fn field(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    Some(String::from_utf8_lossy(value).trim().to_owned())
}

/// Reads the body. What came before it broke off, or grew too long, is still worth a look.
async fn collect(mut response: Response, terms: &mut Terms<'_>, answer: &mut Answer) {
    loop {
        match response.chunk().await {
            Ok(None) => return,
            Ok(Some(data)) => {
                let fits = data.get(..terms.left);
                answer.body.extend_from_slice(fits.unwrap_or(&data));
                terms.left = terms.left.saturating_sub(data.len());
                if fits.is_some_and(|fits| fits.len() < data.len()) {
                    break;
                }
            }
            Err(_) => break,
        }
    }
    answer.cut = true;
}

/// Undoes the one encoding that was asked for, up to `most` bytes: a few KiB can hold gigabytes. A body in
/// any other is opaque.
fn decode(encoding: &str, most: usize, answer: &mut Answer) {
    match encoding {
        "" | "identity" => {}
        "gzip" | "x-gzip" => {
            let packed = std::mem::take(&mut answer.body);
            let unpacking = MultiGzDecoder::new(packed.as_slice());
            let read = unpacking
                .take(most as u64 + 1)
                .read_to_end(&mut answer.body);
            answer.cut |= read.is_err() || answer.body.len() > most;
            answer.body.truncate(most);
        }
        _ => answer.body.clear(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn nothing_is_unpacked_beyond_the_bound() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(&vec![0; 16 << 20]).unwrap();
        let mut answer = Answer {
            body: packed.finish().unwrap(),
            ..Answer::default()
        };
        decode("gzip", 1000, &mut answer);
        assert!(answer.cut && answer.body.len() == 1000);
        assert!(answer.body.capacity() < 1 << 16, "nor kept for it");
    }
}
