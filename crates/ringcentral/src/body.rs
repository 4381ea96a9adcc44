//! The bodies of answers.

use reqwest::Response;
use serde::Deserialize;
use serde::de::Error as _;

use crate::Error;

/// Reads a body to its end, unless it is longer than `limit` bytes.
pub(crate) async fn read(mut answer: Response, url: &str, limit: usize) -> Result<String, Error> {
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) =
        answer.chunk().await.map_err(|source| Error::unreachable(url, source))?
    {
        if body.len() + chunk.len() > limit {
            return Err(Error::TooLarge { url: url.to_owned(), limit_mb: limit >> 20 });
        }
        body.extend_from_slice(&chunk);
    }
    String::from_utf8(body).map_err(|error| {
        let readable = String::from_utf8_lossy(error.as_bytes());
        Error::not_the_api(url, status, &readable)
    })
}

/// Reads an object's members into `T`: alone, serde would take a list for them, in order.
pub(crate) fn object<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, serde_json::Error> {
    if body.trim_ascii_start().starts_with('[') {
        return Err(serde_json::Error::custom("a list"));
    }
    serde_json::from_str(body)
}
