//! Recordings: what is known of one, and its content.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use callbook_model::lenient::{Raw, integer, text};
use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_RANGE, RANGE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use reqwest::Response;
use serde::Deserialize;

use crate::client::Request;
use crate::limiter::Kind;
use crate::tries::Try;
use crate::{Client, Error, Priority, body};

/// No id is longer.
const LONGEST_ID: usize = 64;

/// A recording's id that can be part of a path: letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordingId(String);

/// A text that is no recording's id. It is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the recording's id is none")]
pub struct OddId;

impl FromStr for RecordingId {
    type Err = OddId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let good = (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain);
        if good { Ok(Self(text.to_owned())) } else { Err(OddId) }
    }
}

impl fmt::Display for RecordingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What upstream knows of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordingInfo {
    /// `audio/mpeg`, `audio/wav`, or whatever else upstream says.
    pub content_type: Option<String>,
    /// How long it is, in milliseconds; upstream knows whole seconds.
    pub duration_ms: Option<i64>,
    /// Where its content is. Not to be trusted.
    pub content_uri: Option<String>,
}

/// What is there already of a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    /// So many bytes from the beginning.
    pub offset: u64,
    /// Which content it is, if upstream said.
    pub etag: Option<String>,
}

/// An answer to a request for content.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and it is taken apart at once"
)]
pub enum ContentAnswer {
    /// It comes: from where it was left, or from its beginning.
    Content(Content),
    /// There is nothing from that offset on, or it is another content by now.
    RangeRefused,
}

/// Content on its way.
#[derive(Debug)]
pub struct Content {
    /// Where in the whole it begins.
    pub offset: u64,
    /// Length of the whole, in bytes, if upstream says.
    pub total: Option<u64>,
    /// Which content it is.
    pub etag: Option<String>,
    /// Such as `audio/mpeg`.
    pub content_type: Option<String>,
    answer: Response,
}

/// The contract's `GetCallRecordingResponse`; nothing of it is indispensable.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireInfo<'a> {
    #[serde(borrow)]
    content_uri: Raw<'a>,
    #[serde(borrow)]
    content_type: Raw<'a>,
    #[serde(borrow)]
    duration: Raw<'a>,
}

impl RecordingInfo {
    fn parse(body: &str) -> Result<Self, serde_json::Error> {
        let wire: WireInfo<'_> = body::object(body)?;
        let owned = |field| text(field).map(Cow::into_owned);
        let duration_ms = integer(wire.duration).map(|seconds| seconds.saturating_mul(1000));
        Ok(Self {
            content_type: owned(wire.content_type),
            duration_ms: duration_ms.filter(|duration_ms| *duration_ms >= 0),
            content_uri: owned(wire.content_uri),
        })
    }
}

impl Content {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// When the connection breaks, or ends before as many bytes came as were announced.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = self.answer.chunk().await;
        chunk.map_err(|source| Error::unreachable(self.answer.url().as_str(), source))
    }

    /// Reads the head of an answer of 200 or 206.
    fn begin(answer: Response) -> Result<Self, Error> {
        let (headers, partial) = (answer.headers(), answer.status() == StatusCode::PARTIAL_CONTENT);
        let content_type = header(headers, CONTENT_TYPE);
        let range = header(headers, CONTENT_RANGE).and_then(|range| content_range(&range));
        let (offset, total) = match (partial, range) {
            (false, _) => (0, header(headers, CONTENT_LENGTH).and_then(|text| text.parse().ok())),
            (true, Some((offset, total))) => (offset, total),
            (true, None) => return Err(not_content(&answer)),
        };
        let media = content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        if media.contains("json") || media.contains("html") {
            return Err(not_content(&answer));
        }
        Ok(Self { offset, total, etag: header(headers, ETAG), content_type, answer })
    }

    /// Reads the head of an answer of 206, which must go on where that ended, with the same content.
    fn go_on(answer: Response, resume: &Resume) -> Result<ContentAnswer, Error> {
        let content = Self::begin(answer)?;
        if content.offset != resume.offset {
            return Err(not_content(&content.answer));
        }
        let another =
            content.etag.is_some() && resume.etag.is_some() && content.etag != resume.etag;
        Ok(if another { ContentAnswer::RangeRefused } else { ContentAnswer::Content(content) })
    }
}

fn not_content(answer: &Response) -> Error {
    let url = answer.url().as_str().to_owned();
    Error::NotTheApi { url, status: answer.status(), what: "something else" }
}

/// `bytes 100-199/2000` as 100 and 2000; `*` for the whole is no length. A range that cannot be is none.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let total: Option<u64> = match total.trim() {
        "*" => None,
        total => Some(total.parse().ok()?),
    };
    (first <= last && total.is_none_or(|total| last < total)).then_some((first, total))
}

/// What `If-Range` may say. A weak tag does not say that the bytes are the same.
fn if_range(etag: &str) -> Option<HeaderValue> {
    let strong = !etag.starts_with("W/") && etag.bytes().all(|byte| byte.is_ascii_graphic());
    HeaderValue::from_str(etag).ok().filter(|_| strong && !etag.is_empty())
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

impl Client {
    /// What upstream knows of a recording.
    ///
    /// # Errors
    /// [`Error::Refused`] with 404 when it does not have it (any more); otherwise as [`Client::account`].
    pub async fn recording(
        &self,
        id: &RecordingId,
        priority: Priority,
    ) -> Result<RecordingInfo, Error> {
        let path = format!("/restapi/v1.0/account/~/recording/{id}");
        let request = Request::new(Kind::Recording, &path, "a recording");
        let request = Request { priority, ..request };
        self.get(&request, |body| RecordingInfo::parse(&body)).await
    }

    /// Asks for a recording's content, from where it was left. `named` is what its record says of where it
    /// is: it chooses among the allowed hosts.
    ///
    /// # Errors
    /// As [`Client::recording`]; [`Error::Redirected`] when the server sends us elsewhere.
    pub async fn recording_content(
        &self,
        id: &RecordingId,
        named: Option<&str>,
        resume: Option<&Resume>,
        priority: Priority,
    ) -> Result<ContentAnswer, Error> {
        let path = format!("/restapi/v1.0/account/~/recording/{id}/content");
        let url = self.media.url(&self.connection, &path, named);
        let mut tries = self.tries();
        loop {
            let mut get = self.media.http.get(url.clone());
            if let Some(Resume { offset, etag }) = resume {
                get = get.header(RANGE, format!("bytes={offset}-"));
                if let Some(etag) = etag.as_deref().and_then(if_range) {
                    get = get.header(IF_RANGE, etag);
                }
            }
            let tried = match self.signed(Kind::RecordingContent, priority, get).await?.done() {
                Ok(answer) => self.content(answer, resume).await?,
                Err(other) => other,
            };
            if let Some(content) = tries.judge(tried).await? {
                return Ok(content);
            }
        }
    }

    /// How many recordings a day the server lets this user fetch, as far as it has said so.
    pub async fn recordings_a_day(&self, priority: Priority) -> Option<u64> {
        self.limiter.a_day(Kind::RecordingContent, priority).await
    }

    async fn content(
        &self,
        answer: Response,
        resume: Option<&Resume>,
    ) -> Result<Try<ContentAnswer>, Error> {
        let status = answer.status();
        match (status, resume) {
            (StatusCode::OK, _) => Ok(Try::Done(ContentAnswer::Content(Content::begin(answer)?))),
            (StatusCode::PARTIAL_CONTENT, Some(resume)) => {
                Content::go_on(answer, resume).map(Try::Done)
            }
            (StatusCode::RANGE_NOT_SATISFIABLE, Some(_)) => {
                Ok(Try::Done(ContentAnswer::RangeRefused))
            }
            _ if status.is_redirection() => {
                Err(Error::Redirected { url: answer.url().as_str().to_owned(), status })
            }
            _ if status.is_success() => Err(not_content(&answer)),
            _ => {
                let url = answer.url().as_str().to_owned();
                match self.read(answer, &url).await?.done() {
                    Ok(body) => Err(Error::not_the_api(&url, status, &body)),
                    Err(other) => Ok(other),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
