//! Files of evidence, as the records name them: whole, in parts, and pictures with their codes covered.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path as FilePath;
use std::sync::{Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use image::RgbImage;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;

use super::incident::none;
use super::told::Told;
use crate::detect::{Budget, Corners, Point, Reach, Readers, scan};
use crate::evidence;
use crate::frame::Luma;
use crate::source::still;
use crate::web::Shared;
use crate::web::access::Who;
use crate::web::problem::Failure;

/// Bytes of a file that are sent at once at most; of a longer one a browser asks for the next part.
const MOST: u64 = 32 << 20;
/// Bytes of it that are in memory at once, whoever takes how long.
const CHUNK: u64 = 256 << 10;
/// Pictures that are covered at a time.
const AT_A_TIME: usize = 2;
/// Bytes of covered pictures that are kept.
const KEPT: usize = 32 << 20;
/// Widths in px that small pictures may have.
const WIDTHS: [u32; 2] = [224, 480];
/// JPEG quality of what only people look at.
const QUALITY: u8 = 82;

/// Covered pictures that were asked for before, the newest last.
pub(in crate::web) struct Covers {
    kept: Mutex<VecDeque<(String, Bytes)>>,
    turns: Semaphore,
}

impl Default for Covers {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            turns: Semaphore::new(AT_A_TIME),
        }
    }
}

impl Covers {
    fn get(&self, key: &str) -> Option<Bytes> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .find(|(known, _)| known == key)
            .map(|(_, bytes)| bytes.clone())
    }

    fn put(&self, key: String, bytes: Bytes) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back((key, bytes));
        let mut sum: usize = kept.iter().map(|(_, bytes)| bytes.len()).sum();
        while sum > KEPT {
            let Some((_, oldest)) = kept.pop_front() else {
                break;
            };
            sum -= oldest.len();
        }
    }
}

/// How a file is wanted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::web) struct How {
    /// Whether its codes are covered.
    cover: Option<String>,
    /// How wide a covered picture is, in px.
    width: Option<u32>,
}

/// Sends a file of evidence.
pub(in crate::web) async fn file(
    State(app): State<Shared>,
    who: Who,
    Path((incident, name)): Path<(String, String)>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Query(how) = how?;
    let store = &app.parts.store;
    // The records say which files there are, and not the address.
    let files = store.files(&incident).await?;
    let found = files
        .iter()
        .find(|file| file.path.rsplit('/').next() == Some(name.as_str()));
    let file = found.ok_or_else(none)?;
    if file.removed_us.is_some() {
        return Err(Failure::new(
            StatusCode::GONE,
            "the file was kept for long enough and is kept no more",
        ));
    }
    let path = evidence::inside(app.parts.evidence.path(), &file.path).ok_or_else(none)?;
    let covered = how.cover.is_some();
    let width = how.width.filter(|width| covered && WIDTHS.contains(width));
    if width.is_none() {
        // A small picture with its codes covered is no evidence; everything else is.
        let detail = json!({ "file": file.path, "covered": covered });
        app.audit(&who, "evidence.read", &incident, detail).await?;
    }
    if !covered {
        let range = headers
            .get(header::RANGE)
            .and_then(|range| range.to_str().ok())
            .map(str::to_owned);
        let kind = kind(&file.kind);
        let part = blocking(move || Part::open(&path, range.as_deref())).await?;
        return Ok(part.send(kind));
    }
    if !matches!(
        file.kind.as_str(),
        "clean_frame" | "annotated_frame" | "crop"
    ) {
        return Err(Failure::not_found("only pictures can be covered"));
    }
    let key = format!("{} {incident} {}", file.path, width.unwrap_or(0));
    let mut bytes = app.covers.get(&key);
    if bytes.is_none() {
        let told = Told::read(&store.last_told(&incident).await?.unwrap_or_default());
        let same = told.frame.media_ms == file.media_ms;
        let corners = told.corners.map(|[x, y]| Point { x, y });
        // A crop is nothing but the code.
        let all = file.kind == "crop";
        let turn = app.covers.turns.acquire().await;
        let _turn = turn.map_err(|_| Failure::full("try again"))?;
        let own = same.then_some(corners);
        let covered = blocking(move || covered_picture(&path, own, all, width)).await?;
        app.covers.put(key, covered.clone());
        bytes = Some(covered);
    }
    let kind = HeaderValue::from_static("image/jpeg");
    Ok(([(header::CONTENT_TYPE, kind)], bytes.unwrap_or_default()).into_response())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Failure::internal("the file could not be read")))
}

fn kind(kind: &str) -> HeaderValue {
    HeaderValue::from_static(match kind {
        "clip" => "video/mp4",
        "crop" => "image/png",
        _ => "image/jpeg",
    })
}

/// The picture as JPEG, its codes covered: the one that it is evidence of, and every other that can be read in it.
fn covered_picture(
    path: &FilePath,
    own: Option<Corners>,
    all: bool,
    width: Option<u32>,
) -> Result<Bytes, Failure> {
    let still = still::open(path).map_err(|_| lost())?;
    let mut codes: Vec<Corners> = own.into_iter().collect();
    let mut picture = still.rgb.clone();
    if all || own.is_none() {
        codes.push(whole_of(&picture));
    } else if width.is_none()
        && let Some(luma) = still.luma()
    {
        codes.extend(others(&luma));
    }
    evidence::cover(&mut picture, &codes);
    if let Some(width) = width {
        let width = width.min(picture.width());
        let height = (u64::from(picture.height()) * u64::from(width)
            / u64::from(picture.width().max(1)))
        .max(1);
        picture = image::imageops::thumbnail(&picture, width.max(1), height as u32);
        // What can still be read when it is small is looked for there: that costs next to nothing.
        let grey = image::DynamicImage::ImageRgb8(picture.clone()).into_luma8();
        let (width, height) = (grey.width() as usize, grey.height() as usize);
        if let Some(luma) = Luma::new(width, height, width, grey.as_raw()) {
            evidence::cover(&mut picture, &others(&luma));
        }
    }
    let bytes = evidence::jpeg(&picture, QUALITY).map_err(|_| lost())?;
    Ok(bytes.into())
}

/// Every code that can be found in a picture.
fn others(luma: &Luma<'_>) -> Vec<Corners> {
    let budget = Budget {
        candidates: Budget::DEFAULT_CANDIDATES,
        expired: &|| false,
        reach: Reach::Whole,
    };
    let found = scan(luma, Readers::default(), &budget);
    found.symbols.iter().map(|symbol| symbol.corners).collect()
}

fn whole_of(picture: &RgbImage) -> Corners {
    let (x, y) = (picture.width() as f32, picture.height() as f32);
    [(0.0, 0.0), (x, 0.0), (x, y), (0.0, y)].map(|(x, y)| Point { x, y })
}

fn lost() -> Failure {
    Failure::not_found("the file is on record and cannot be read")
}

/// The file, or the part of it that is asked for (RFC 9110 section 14): players look into a clip so.
struct Part {
    /// Read from where the part begins.
    file: File,
    from: u64,
    until: u64,
    /// Of the whole file.
    length: u64,
    /// Whether a part of it was asked for.
    ranged: bool,
}

impl Part {
    fn open(path: &FilePath, range: Option<&str>) -> Result<Self, Failure> {
        let mut file = File::open(path).map_err(|_| lost())?;
        let length = file.metadata().map_err(|_| lost())?.len();
        let asked = range.and_then(|range| part(range, length));
        let (from, until) = asked.unwrap_or((0, length));
        let until = until.min(from.saturating_add(MOST));
        if range.is_none() && length > MOST {
            return Err(Failure::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the file is too large to be sent at once: ask for parts",
            ));
        }
        file.seek(SeekFrom::Start(from)).map_err(|_| lost())?;
        Ok(Self {
            file,
            from,
            until,
            length,
            ranged: asked.is_some(),
        })
    }

    /// Sends it as fast as it is taken.
    fn send(self, kind: HeaderValue) -> Response {
        let Self {
            from,
            until,
            length,
            ..
        } = self;
        let size = until.saturating_sub(from);
        let chunks = stream::try_unfold((self.file, size), |(mut file, left)| async move {
            if left == 0 {
                return Ok(None);
            }
            let reading = tokio::task::spawn_blocking(move || {
                let mut bytes = Vec::new();
                let taken = file
                    .by_ref()
                    .take(left.min(CHUNK))
                    .read_to_end(&mut bytes)?;
                io::Result::Ok((file, Bytes::from(bytes), taken as u64))
            });
            let (file, bytes, taken) = reading.await.map_err(io::Error::other)??;
            if taken == 0 {
                // It is shorter than it was: what was promised is not there.
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            Ok::<_, io::Error>(Some((bytes, (file, left - taken))))
        });
        let mut response = Body::from_stream(chunks).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CONTENT_LENGTH, size.into());
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if self.ranged {
            let range = format!("bytes {from}-{}/{length}", until.saturating_sub(1));
            if let Ok(range) = HeaderValue::from_str(&range) {
                headers.insert(header::CONTENT_RANGE, range);
            }
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        response
    }
}

/// From where on and until where one range goes; `None` where it is none, or outside, or there are several: then all of
/// it is sent.
fn part(range: &str, length: u64) -> Option<(u64, u64)> {
    let (from, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, until) = match (from.trim(), last.trim()) {
        ("", last) => (length.saturating_sub(last.parse().ok()?), length),
        (from, "") => (from.parse().ok()?, length),
        (from, last) => (
            from.parse().ok()?,
            last.parse::<u64>().ok()?.saturating_add(1).min(length),
        ),
    };
    (from < until).then_some((from, until))
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    #[test]
    fn a_part_of_a_file_is_what_was_asked_for() {
        for (range, asked) in [
            ("bytes=0-", Some((0, 100))),
            ("bytes=10-19", Some((10, 20))),
            ("bytes=90-1000", Some((90, 100))),
            ("bytes=-10", Some((90, 100))),
            ("bytes=-1000", Some((0, 100))),
            ("bytes=100-", None),
            ("bytes=20-10", None),
            ("bytes=0-1,5-6", None),
            ("bytes=x-y", None),
            ("lines=1-2", None),
            ("bytes=0-18446744073709551615", Some((0, 100))),
        ] {
            assert_eq!(part(range, 100), asked, "{range}");
        }
        assert_eq!(part("bytes=0-", 0), None);
    }

    #[tokio::test]
    async fn a_file_is_sent_in_pieces_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clip.mp4");
        let bytes: Vec<u8> = (0..600_000_u32).flat_map(u32::to_le_bytes).collect();
        std::fs::write(&path, &bytes).unwrap();
        for (range, status, sent) in [
            (None, 200, 0..bytes.len()),
            (Some("bytes=5-1000004"), 206, 5..1_000_005),
            (Some("bytes=-3"), 206, bytes.len() - 3..bytes.len()),
        ] {
            let part = Part::open(&path, range).unwrap();
            let response = part.send(HeaderValue::from_static("video/mp4"));
            assert_eq!(response.status().as_u16(), status, "{range:?}");
            let length = response.headers()[header::CONTENT_LENGTH].to_str().unwrap();
            assert_eq!(length, sent.len().to_string());
            let mut pieces = response.into_body().into_data_stream();
            let mut all = Vec::new();
            while let Some(piece) = pieces.next().await {
                let piece = piece.unwrap();
                assert!(piece.len() as u64 <= CHUNK, "{}", piece.len());
                all.extend_from_slice(&piece);
            }
            assert!(all == bytes[sent], "{range:?}");
        }
        // What is cut off while it is sent is no whole answer.
        let part = Part::open(&path, None).unwrap();
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(9)
            .unwrap();
        let response = part.send(HeaderValue::from_static("video/mp4"));
        let all = axum::body::to_bytes(response.into_body(), usize::MAX).await;
        assert!(all.is_err());
    }

    #[test]
    fn what_was_covered_is_kept_within_bounds() {
        let covers = Covers::default();
        let large = Bytes::from(vec![0; KEPT / 2 + 1]);
        covers.put("a".to_owned(), large.clone());
        covers.put("b".to_owned(), large.clone());
        assert!(covers.get("a").is_none());
        assert_eq!(covers.get("b"), Some(large));
    }
}
