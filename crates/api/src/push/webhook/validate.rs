//! Whether an address wants notifications: it has to send back what it is asked with.

use futures_util::StreamExt as _;
use reqwest::{Response, StatusCode};
use secrecy::SecretString;
use uuid::Uuid;

use super::sender::{Failure, Sender, VALIDATION_TOKEN};
use crate::error::ApiError;

/// The longest answer, head and all, in bytes.
const MAX_ANSWER_BYTES: usize = 1_024;

/// Asks an address; refused is what does not answer as it should.
///
/// The public documentation says what SUB-522 and SUB-525 mean; the others' meanings are our reading.
pub(in crate::push) async fn validate(
    sender: &Sender,
    address: &str,
    token: Option<&SecretString>,
) -> Result<(), ApiError> {
    let question = Uuid::new_v4().to_string();
    let response = sender.ask(address, &question, token).await.map_err(explain)?;
    let status = response.status();
    if status != StatusCode::OK {
        return Err(explain(Failure::Status(status)));
    }
    let answer = response.headers().get(VALIDATION_TOKEN);
    let echoed = answer.is_some_and(|answer| answer.as_bytes() == question.as_bytes());
    check_length(response).await?;
    if !echoed {
        return Err(refused("SUB-525", "WebHook server response is invalid"));
    }
    Ok(())
}

async fn check_length(response: Response) -> Result<(), ApiError> {
    let headers = response.headers().iter();
    // A name, a colon, a space, a value, the line's end.
    let mut length: usize =
        headers.map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let mut body = response.bytes_stream();
    while let Some(piece) = body.next().await {
        length += piece.map_err(|error| explain(Failure::of(&error)))?.len();
        if length > MAX_ANSWER_BYTES {
            return Err(refused("SUB-524", "WebHook server response is too large"));
        }
    }
    Ok(())
}

fn explain(failure: Failure) -> ApiError {
    match failure {
        Failure::Unreachable => refused("SUB-520", "WebHook is not reachable"),
        Failure::TimedOut => refused("SUB-521", "WebHook does not respond in time"),
        Failure::Status(status) => {
            let status = status.as_u16();
            let message =
                format!("WebHook responds with incorrect HTTP status. HTTP status is {status}");
            refused("SUB-522", message)
        }
        Failure::Broken => refused("SUB-523", "WebHook connection was broken"),
        Failure::Internal(error) => error.into(),
    }
}

fn refused(code: &'static str, message: impl Into<String>) -> ApiError {
    ApiError::new(axum::http::StatusCode::BAD_REQUEST, code, message)
}
