//! One connection of a session.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use axum::http::StatusCode;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::request::{Answer, Incoming};
use super::session::{Next, Session};
use super::{IDLE_TIMEOUT_S, MAX_ACTIVE_REQUESTS, message};
use crate::ports::{Clock, Ports};
use crate::router::{self, Api};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(250);

/// How long notifications wait after the message that lets the client listen to them: some clients begin to
/// listen when they have understood it, and miss what came in the same packet.
const HEAD_START: Duration = Duration::from_millis(200);

/// Silence after which the client is pinged.
const PING_AFTER: Duration = Duration::from_secs(30);

/// How long a client may take to answer a ping, or to take a message.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Connection<P> {
    api: Api<P>,
    /// What answers requests.
    rest: Router,
    socket: WebSocket,
    session: Arc<Session>,
    /// Which of the session's connections this is.
    turn: u64,
    /// Answers that are being made.
    answers: JoinSet<Answer>,
    /// Until when there are no notifications.
    quiet_until: Instant,
    /// When a message came or went, by the server's clock.
    active: Timestamp,
    /// When anything came, by the machine's clock.
    heard: Instant,
    pinged: Option<Instant>,
}

/// The connection is over.
struct Over;

impl<P: Ports> Connection<P> {
    pub(super) fn new(api: Api<P>, socket: WebSocket, session: Arc<Session>, turn: u64) -> Self {
        let (rest, active) = (router::router(api.clone()), api.ports().clock().now());
        let (answers, heard, pinged) = (JoinSet::new(), Instant::now(), None);
        let quiet_until = heard + HEAD_START;
        Self { api, rest, socket, session, turn, answers, quiet_until, active, heard, pinged }
    }

    pub(super) async fn run(mut self, details: String) {
        if self.send(details).await.is_ok() {
            let Err(Over) = self.talk().await;
        }
        self.session.lose(self.turn, self.api.ports().clock().now());
    }

    async fn talk(&mut self) -> Result<std::convert::Infallible, Over> {
        let mut ticks = tokio::time::interval(TICK);
        let session = Arc::clone(&self.session);
        loop {
            let quiet = Instant::now() < self.quiet_until;
            match session.next(self.turn, quiet) {
                Next::Send(text) => {
                    self.send(text).await?;
                    continue;
                }
                Next::Leave => return Err(Over),
                Next::Wait => {}
            }
            tokio::select! {
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.hear(message).await?,
                    _ => return Err(Over),
                },
                Some(answer) = self.answers.join_next() => {
                    // What panicked has no answer.
                    if let Ok(answer) = answer {
                        self.answer(answer).await?;
                    }
                }
                () = sleep_until(self.quiet_until), if quiet => {}
                () = session.wake.notified() => {}
                _ = ticks.tick() => self.look_at_clocks().await?,
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Over> {
        (self.heard, self.pinged) = (Instant::now(), None);
        let text = match message {
            Message::Text(text) => text,
            Message::Close(_) => return Err(Over),
            // Pings are answered by the library.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(_) => {
                let status = StatusCode::BAD_REQUEST;
                return self.send(message::error(None, status, "WSG-808", "Not a text")).await;
            }
        };
        self.active = self.api.ports().clock().now();
        match Incoming::parse(&text, self.api.server_url()) {
            Incoming::Heartbeat { id } => self.send(message::heartbeat(&id)).await,
            Incoming::Unreadable(answer) => self.send(answer).await,
            Incoming::Request(request) if self.answers.len() >= MAX_ACTIVE_REQUESTS => {
                let answer = request.refuse().await;
                self.answer(answer).await
            }
            Incoming::Request(request) => {
                let (rest, session) = (self.rest.clone(), Arc::clone(&self.session));
                self.answers.spawn(request.answer(rest, session));
                Ok(())
            }
        }
    }

    async fn answer(&mut self, answer: Answer) -> Result<(), Over> {
        if answer.subscribes {
            self.quiet_until = Instant::now() + HEAD_START;
        }
        self.send(answer.text).await
    }

    async fn look_at_clocks(&mut self) -> Result<(), Over> {
        let now = self.api.ports().clock().now();
        if self.session.end() <= now {
            self.api.push().switchboard.end(self.session.id);
            return self.close("WSG-903", "Absolute timeout expired").await;
        }
        if now.duration_since(self.active) >= SignedDuration::from_secs(IDLE_TIMEOUT_S) {
            return self.close("WSG-902", "Idle timeout expired").await;
        }
        match self.pinged {
            Some(pinged) if pinged.elapsed() >= PATIENCE => Err(Over),
            None if self.heard.elapsed() >= PING_AFTER => {
                self.pinged = Some(Instant::now());
                self.write(Message::Ping(Bytes::new())).await
            }
            _ => Ok(()),
        }
    }

    /// Says why, and closes.
    async fn close(&mut self, code: &'static str, why: &str) -> Result<(), Over> {
        self.send(message::error(None, StatusCode::REQUEST_TIMEOUT, code, why)).await?;
        let close = CloseFrame { code: close_code::AWAY, reason: format!("{code} {why}").into() };
        self.write(Message::Close(Some(close))).await?;
        Err(Over)
    }

    async fn send(&mut self, text: String) -> Result<(), Over> {
        self.active = self.api.ports().clock().now();
        self.write(Message::Text(text.into())).await
    }

    /// Who takes nothing is not waited for.
    async fn write(&mut self, message: Message) -> Result<(), Over> {
        match timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over),
        }
    }
}
