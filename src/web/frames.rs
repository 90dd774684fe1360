//! Stills that a platform sends in place of a video.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use jiff::Timestamp;
use tokio::time::timeout;

use super::Shared;
use super::problem::Failure;
use super::streams::check_labels;
use crate::config::{STREAM_ID, is_stream_id};
use crate::source::{SentError, SentKind};
use crate::wire::still::StillData;
use crate::wire::stream::Problem;
use crate::worker::{NotTaken, Offer, Reason};

/// How long the sender of one may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes a still picture of a stream, in place of a video: it is looked at as soon as there is time, and what it shows
/// makes the same incidents.
///
/// The stream begins with its first still, and ends when none has come for `frames.idle_ms`; one that was added with the URL
/// `stills:` stays. A stream has one still that waits: a newer one takes its place, which is counted as a look that was dropped.
#[utoipa::path(post, path = "/api/v1/frames", tag = "streams", params(
    ("stream" = String, Query, description = "The stream's id", example = "room-42"),
    ("at" = Option<String>, Query, description = "When it was taken (RFC 3339), after the stream's still before it, at most ten minutes ago; just now unless it is given", example = "2026-01-31T12:00:00.250Z"),
    ("label" = Option<Vec<String>>, Query, description = "What the platform says of the stream, once for each label; it counts where the stream began with a still, and what was said before stays where there is none"),
), request_body(
    description = "The picture as it is; what it is has to stand in `Content-Type`",
    content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"))
), responses(
    (status = 202, body = StillData, description = "It will be looked at"),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "A parameter is missing or wrong"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "`frames.enabled` is off"),
    (status = 408, body = Problem, content_type = "application/problem+json", description = "It did not come in ten seconds"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The stream has shown a later one, or is watched as a video"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "It has too many bytes or pixels"),
    (status = 415, body = Problem, content_type = "application/problem+json", description = "It is not said to be a JPEG, PNG or WebP"),
    (status = 422, body = Problem, content_type = "application/problem+json", description = "It is no such picture, or cut short, or was not taken about now"),
    (status = 429, body = Problem, content_type = "application/problem+json", description = "Too many come, or are on their way", headers(("retry-after" = u32, description = "After how many seconds there is room"))),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "All streams are taken"),
))]
pub(super) async fn send(
    State(app): State<Shared>,
    request: Request,
) -> Result<(StatusCode, Json<StillData>), Failure> {
    let stills = &app.parts.stills;
    if !stills.limits().enabled {
        drain(request, stills.limits().max_bytes).await;
        return Err(Failure::not_found(
            "no stills are taken here: see frames.enabled",
        ));
    }
    let place = match stills.place() {
        Ok(place) => place,
        Err(full) => {
            drain(request, stills.limits().max_bytes).await;
            return Err(full.into());
        }
    };
    let asked = Asked::of(request.uri().query().unwrap_or_default(), request.headers());
    // What is wrong is told once all of it came: who is still sending does not listen.
    let received = timeout(PATIENCE, Bytes::from_request(request, &())).await;
    let too_large = |error| too_large(&error, stills.limits().max_bytes);
    let bytes = match received {
        Ok(body) => body.map_err(too_large),
        Err(_) => Err(Failure::new(
            StatusCode::REQUEST_TIMEOUT,
            format!("it did not come in {} s", PATIENCE.as_secs()),
        )),
    };
    let asked = bytes.and_then(|bytes| Ok((asked?, bytes)));
    let (asked, bytes) = asked.inspect_err(|_| stills.refuse(Reason::Request))?;
    let Asked {
        stream,
        at_us,
        labels,
        kind,
    } = asked;

    let sent = stills.picture(kind, bytes.into())?;
    if stills.is_new(&stream, at_us)? {
        let _held = app.changes.lock().await;
        let history = app.parts.store.has_history(&stream).await?;
        stills.begin(&stream, labels.as_deref().unwrap_or_default(), history)?;
    }
    let (width, height) = sent.size();
    let offer = Offer {
        sent,
        at_us,
        labels,
        place,
    };
    let media_ms = stills.show(&stream, offer)?;
    let data = StillData {
        stream,
        media_ms,
        width,
        height,
    };
    Ok((StatusCode::ACCEPTED, Json(data)))
}

/// Takes in what is still being sent, `most` bytes of it, and keeps nothing: who is still sending does not listen, and would find
/// the connection broken in place of an answer. Whoever waits for being told to go on is answered at once.
async fn drain(request: Request, most: usize) {
    if request.headers().contains_key(header::EXPECT) {
        return;
    }
    let mut body = request.into_body().into_data_stream();
    let all = async {
        let mut taken = 0;
        while let Some(Ok(chunk)) = body.next().await {
            taken += chunk.len();
            if taken > most {
                return;
            }
        }
    };
    // Nobody is waited for longer than those who have a place.
    let _ = timeout(PATIENCE, all).await;
}

/// What is said of a still.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    stream: String,
    at_us: Option<i64>,
    labels: Option<Vec<String>>,
    kind: SentKind,
}

impl Asked {
    fn of(query: &str, headers: &HeaderMap) -> Result<Self, Failure> {
        let bad = |detail: &str| Failure::new(StatusCode::BAD_REQUEST, detail);
        let (mut stream, mut at_us) = (None, None);
        let mut labels = Vec::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "stream" if stream.is_none() => stream = Some(value.into_owned()),
                "at" if at_us.is_none() => {
                    let time: Timestamp = value.parse().map_err(|_| {
                        bad("`at` is no time as RFC 3339 writes it; a `+` in it is written `%2B`")
                    })?;
                    at_us = Some(time.as_microsecond());
                }
                "label" => labels.push(value.into_owned()),
                "stream" | "at" => return Err(bad("`stream` and `at` are given once")),
                _ => return Err(bad("expected `stream`, `at` and `label` alone")),
            }
        }
        let stream = stream.ok_or_else(|| bad("`stream` is missing"))?;
        if !is_stream_id(&stream) {
            let why = format!("`stream` is not a stream id, expected {STREAM_ID}");
            return Err(bad(&why));
        }
        check_labels(&labels).map_err(|why| bad(&why))?;
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| SentKind::of_type(kind.to_str().ok()?));
        let kind = kind.ok_or_else(|| {
            Failure::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "expected `Content-Type: image/jpeg`, `image/png` or `image/webp`",
            )
        })?;
        Ok(Self {
            stream,
            at_us,
            labels: (!labels.is_empty()).then_some(labels),
            kind,
        })
    }
}

fn too_large(error: &BytesRejection, most: usize) -> Failure {
    match error.status() {
        status @ StatusCode::PAYLOAD_TOO_LARGE => {
            Failure::new(status, format!("it has more than {most} bytes"))
        }
        status => Failure::new(status, error.body_text()),
    }
}

impl From<NotTaken> for Failure {
    fn from(error: NotTaken) -> Self {
        let detail = error.to_string();
        match error {
            NotTaken::Full(_) => Self::too_many(detail, 1),
            NotTaken::Rate(seconds) | NotTaken::StreamRate(seconds) => {
                Self::too_many(detail, seconds)
            }
            NotTaken::Late | NotTaken::Watched => Self::conflict(detail),
            NotTaken::Picture(SentError::Pixels { .. }) => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, detail)
            }
            NotTaken::Old | NotTaken::Ahead | NotTaken::Picture(_) => Self::bad(detail),
            NotTaken::Stream(refused) => refused.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<Asked, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "image/png".parse().unwrap());
        Asked::of(query, &headers)
    }

    #[test]
    fn a_request_says_what_the_still_is_of() {
        let query = "stream=room-42&label=host:7&at=2027-01-15T08:00:00.25Z&label=a%2Cb%26c";
        let expected = Asked {
            stream: "room-42".to_owned(),
            at_us: Some(1_800_000_000_250_000),
            labels: Some(vec!["host:7".to_owned(), "a,b&c".to_owned()]),
            kind: SentKind::Png,
        };
        assert_eq!(asked(query).unwrap(), expected);
        let zone = asked("at=2027-01-15T16:00:00%2B08:00&stream=a").unwrap();
        assert_eq!(
            (zone.at_us, zone.labels),
            (Some(1_800_000_000_000_000), None)
        );
        assert_eq!(asked("stream=a").unwrap().at_us, None);
    }

    #[test]
    fn what_is_wrong_with_it_is_said() {
        let long = format!("stream=a&label={}", "x".repeat(200));
        for query in [
            "",
            "stream=",
            "stream=../x",
            "stream=a&stream=b",
            "stream=a&at=yesterday",
            "stream=a&at=2027-01-15T08:00:00",
            "stream=a&at=2027-01-15T16:00:00+08:00",
            "stream=a&at=2027-01-15T08:00:00Z&at=2027-01-15T08:00:01Z",
            "stream=a&labels=b",
            "stream=a&label=",
            &long,
        ] {
            let error = asked(query).unwrap_err();
            assert!(format!("{error:?}").contains("400"), "{query}: {error:?}");
        }
        assert!(Asked::of("stream=a", &HeaderMap::new()).is_err());
    }
}
