//! `GET /ws?access_token=…&wsc=…`: a connection, to a new session or to one whose connection was lost.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::StatusCode;
use axum::response::Response;

use super::connection::Connection;
use super::message::{self, Mark};
use super::session::Session;
use crate::auth::TokenError;
use crate::params::Params;
use crate::ports::{Clock, PortError, Ports};
use crate::router::Api;

/// The longest message of a client, in bytes: as long as any body.
const MAX_MESSAGE_BYTES: usize = 64 * 1024;

/// Why there is no session.
struct Refusal(StatusCode, &'static str, &'static str);

/// A session, and whether it is the one that was asked for, if one was.
struct Opened {
    session: Arc<Session>,
    seen: Option<u64>,
    recovered: Option<bool>,
}

/// What is wrong is said on the connection: clients cannot read the answer to a handshake.
pub(crate) async fn connect<P: Ports>(
    State(api): State<Api<P>>,
    params: Params,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = upgrade.max_message_size(MAX_MESSAGE_BYTES).max_frame_size(MAX_MESSAGE_BYTES);
    upgrade.on_upgrade(async move |socket| match open(&api, &params) {
        Ok(opened) => serve(api, socket, opened).await,
        Err(refusal) => refuse(socket, refusal).await,
    })
}

async fn serve<P: Ports>(api: Api<P>, socket: WebSocket, opened: Opened) {
    let Opened { session, seen, recovered } = opened;
    let (turn, mark) = session.take_over(seen);
    let details = message::connection_details(mark, session.created, recovered);
    Connection::new(api, socket, Arc::clone(&session), turn).run(details).await;
}

async fn refuse(mut socket: WebSocket, Refusal(status, code, message): Refusal) {
    let text = message::error(None, status, code, message);
    let close = CloseFrame { code: close_code::POLICY, reason: code.into() };
    for message in [Message::Text(text.into()), Message::Close(Some(close))] {
        // Whoever has gone already is told nothing.
        if socket.send(message).await.is_err() {
            return;
        }
    }
}

fn open<P: Ports>(api: &Api<P>, params: &Params) -> Result<Opened, Refusal> {
    let (push, now) = (api.push(), api.ports().clock().now());
    let token = params.texts("access_token").next().unwrap_or_default();
    let (grant, before) = push.tokens.check(token, now)?;
    let wsc = params.texts("wsc").next().filter(|wsc| !wsc.is_empty());
    let mark = wsc.and_then(Mark::parse);
    let found = mark.and_then(|mark| push.switchboard.find(mark, &grant, now));
    let recovered = wsc.map(|_| found.is_some());
    let seen = mark.filter(|_| found.is_some()).map(|mark| mark.sequence);
    let session = match found {
        Some(found) => found,
        None if before.is_some() => return Err(TokenError::Unknown.into()),
        None => push.switchboard.open(grant, now, api.ports().random())?.ok_or(Refusal::FULL)?,
    };
    if push.tokens.claim(token, session.id) {
        return Ok(Opened { session, seen, recovered });
    }
    if recovered != Some(true) {
        push.switchboard.end(session.id);
    }
    Err(TokenError::Unknown.into())
}

impl Refusal {
    const FULL: Self =
        Self(StatusCode::SERVICE_UNAVAILABLE, "CMN-201", "Service Temporary Unavailable");
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => {
                Self(StatusCode::UNAUTHORIZED, "OAU-128", "Access token expired")
            }
            TokenError::Unknown | TokenError::Unparsable => {
                Self(StatusCode::UNAUTHORIZED, "OAU-129", "Access token corrupted")
            }
            TokenError::Internal(error) => error.into(),
        }
    }
}

impl From<PortError> for Refusal {
    fn from(PortError(error): PortError) -> Self {
        tracing::error!(error = &*error as &dyn std::error::Error, "a session was not opened");
        Self(StatusCode::INTERNAL_SERVER_ERROR, "CMN-203", "Internal Server Error")
    }
}
