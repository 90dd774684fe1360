//! Asks a time-stamping authority when a manifest was there (RFC 3161 section 3.4, over HTTP).

use std::fmt;
use std::time::Duration;

use reqwest::header::CONTENT_TYPE;
use reqwest::redirect;
use ring::rand::{SecureRandom, SystemRandom};
use url::Url;

use crate::evidence::time_stamp::{self, TimeStampError};
use crate::resolve::Network;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of an answer: those that hold certificates have some 8 KiB.
const LARGEST: usize = 256 << 10;

/// Why there is no time stamp.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    /// The authority cannot be reached. What is wrong names no address: there may be a key in it.
    #[error("the time-stamping authority cannot be reached")]
    Http(#[source] reqwest::Error),
    /// It answered with something else.
    #[error("the time-stamping authority answers with status {0}")]
    Status(u16),
    /// Its answer is no time stamp, or one of something else.
    #[error(transparent)]
    Answer(#[from] TimeStampError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandom,
}

impl From<reqwest::Error> for StampError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

/// A time-stamping authority.
#[derive(Clone)]
pub struct Authority {
    client: reqwest::Client,
    url: Url,
}

/// There may be a key in the address.
impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authority")
    }
}

impl Authority {
    /// The one at `url`.
    ///
    /// # Errors
    /// Where there can be no client.
    pub fn new(url: Url) -> Result<Self, StampError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(Network::system().tls())
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { client, url })
    }

    /// The answer of the authority for what has this SHA-256.
    pub(super) async fn stamp(&self, hash: [u8; 32]) -> Result<Vec<u8>, StampError> {
        let mut nonce = [0; 8];
        let random = SystemRandom::new().fill(&mut nonce);
        random.map_err(|_| StampError::NoRandom)?;
        nonce[0] = (nonce[0] & 0x7f) | 0x40;
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/timestamp-query")
            .body(time_stamp::request(hash, nonce));
        let mut response = request.send().await?;
        if !response.status().is_success() {
            return Err(StampError::Status(response.status().as_u16()));
        }
        let mut answer = Vec::new();
        while let Some(piece) = response.chunk().await? {
            answer.extend(piece);
            if answer.len() > LARGEST {
                return Err(TimeStampError::Malformed.into());
            }
        }
        let stamp = time_stamp::read(&answer)?;
        if stamp.hash != hash || stamp.nonce.is_none_or(|own| own != nonce) {
            return Err(TimeStampError::Malformed.into());
        }
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len() as u8;
        let head = if length < 0x80 {
            vec![tag, length]
        } else {
            vec![tag, 0x81, length]
        };
        [head.as_slice(), content].concat()
    }

    /// An answer to `request`, with `nonce` in the place of its own where one is given. Nobody signed it.
    fn answer(request: &[u8], nonce: Option<&[u8]>) -> Vec<u8> {
        let imprint = &request[5..56];
        let nonce = nonce.unwrap_or(&request[58..66]);
        let info = [
            der(0x02, &[1]),
            der(0x06, &[0x2a]),
            imprint.to_vec(),
            der(0x02, &[7]),
            der(0x18, b"20260102030405Z"),
            der(0x02, nonce),
        ];
        let info = der(0x04, &der(0x30, &info.concat()));
        let kind = [
            0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04,
        ];
        let inner = der(0x30, &[der(0x06, &kind), der(0xa0, &info)].concat());
        let signed = der(0x30, &[der(0x02, &[3]), der(0x31, &[]), inner].concat());
        let kind = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
        let token = der(0x30, &[der(0x06, &kind), der(0xa0, &signed)].concat());
        der(0x30, &[der(0x30, &der(0x02, &[0])), token].concat())
    }

    /// What comes of the answer that `make` makes of the request, with this status.
    async fn asked(
        status: &'static str,
        make: impl FnOnce(&[u8]) -> Vec<u8> + Send + 'static,
    ) -> Result<Vec<u8>, StampError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://s3cret@{}/tsr", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            let (mut peer, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let body = loop {
                peer.read_buf(&mut request).await.unwrap();
                let head = request.windows(4).position(|window| window == b"\r\n\r\n");
                if let Some(at) = head.filter(|at| request.len() >= at + 4 + 69) {
                    break at + 4;
                }
            };
            let head = String::from_utf8_lossy(&request[..body]).to_lowercase();
            assert!(
                head.contains("content-type: application/timestamp-query"),
                "{head}"
            );
            let answer = make(&request[body..]);
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n",
                answer.len()
            );
            peer.write_all(&[head.as_bytes(), &answer].concat())
                .await
                .unwrap();
        });
        let authority = Authority::new(url.parse().unwrap()).unwrap();
        let stamped = authority.stamp([5; 32]).await;
        serving.await.unwrap();
        stamped
    }

    #[tokio::test]
    async fn the_answer_is_kept_as_it_came() {
        let stamped = asked("200 OK", |request| answer(request, None))
            .await
            .unwrap();
        let stamp = time_stamp::read(&stamped).unwrap();
        assert_eq!(
            (stamp.hash, stamp.time.as_str()),
            (vec![5; 32], "2026-01-02T03:04:05Z")
        );
    }

    #[tokio::test]
    async fn what_is_no_answer_to_this_request_is_refused() {
        let other = |request: &[u8]| answer(request, Some(&[0x41; 8]));
        assert!(matches!(
            asked("200 OK", other).await,
            Err(StampError::Answer(_))
        ));
        let nothing = |_: &[u8]| b"hello".to_vec();
        assert!(matches!(
            asked("200 OK", nothing).await,
            Err(StampError::Answer(_))
        ));
        let endless = |_: &[u8]| vec![0; LARGEST + 1];
        assert!(matches!(
            asked("200 OK", endless).await,
            Err(StampError::Answer(_))
        ));
        let error = asked("503 Busy", |request| answer(request, None))
            .await
            .unwrap_err();
        assert!(matches!(error, StampError::Status(503)));
    }

    #[tokio::test]
    async fn an_authority_that_is_away_is_not_named() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://s3cret@{}/s3cret", listener.local_addr().unwrap());
        drop(listener);
        let error = Authority::new(url.parse().unwrap())
            .unwrap()
            .stamp([0; 32])
            .await
            .unwrap_err();
        let told = format!("{:#}", anyhow::Error::new(error));
        assert!(!told.contains("s3cret"), "{told}");
    }
}
