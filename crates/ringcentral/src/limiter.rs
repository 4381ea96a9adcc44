//! The rate budgets of one signed-in user of one app, by the group that answers name.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use reqwest::Response;

use crate::budget::{Announced, Budget};

/// What was sent, and what waiting for the rate budget cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests sent, sign-ins and further tries included.
    pub requests: u64,
    /// Answers of status 429.
    pub refused: u64,
    /// Time spent waiting for the budget or a penalty.
    pub throttled: Duration,
}

/// A kind of request; requests of a kind share a rate group, whose name their answers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Token,
    Account,
    Extensions,
    CallLog,
}

#[derive(Debug)]
pub(crate) struct Limiter {
    /// The zero of the budgets' moments.
    started: Instant,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Which group each kind of request was last counted in.
    groups: HashMap<Kind, String>,
    /// By group name; a kind whose group is unknown has a budget of its own.
    budgets: HashMap<String, Budget>,
    traffic: Traffic,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), state: Mutex::default() }
    }

    pub(crate) fn traffic(&self) -> Traffic {
        self.state().traffic
    }

    /// Waits until a request of this kind may be sent, and counts it as sent.
    pub(crate) async fn wait(&self, kind: Kind) {
        let asked = self.started.elapsed();
        loop {
            let now = self.started.elapsed();
            let wait = {
                let mut state = self.state();
                match state.budget(kind).ready_at(now) {
                    Some(ready) if ready <= now => {
                        state.budget(kind).sent();
                        state.traffic.requests += 1;
                        state.traffic.throttled += now - asked;
                        return;
                    }
                    Some(ready) => ready - now,
                    // Depends on an answer that another task waits for.
                    None => Duration::from_millis(5),
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// A request of this kind was answered, or (`None`) came to nothing.
    pub(crate) fn answered(&self, kind: Kind, answer: Option<&Response>) {
        let now = self.started.elapsed();
        let mut state = self.state();
        let Some(answer) = answer else { return state.budget(kind).answered(now, None) };
        if let Some(group) = text(answer.headers(), "x-rate-limit-group") {
            state.join_group(kind, group);
        }
        state.budget(kind).answered(now, announced(answer.headers()));
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            let seconds = text(answer.headers(), RETRY_AFTER.as_str());
            let stated = seconds.and_then(|text| text.trim().parse().ok());
            state.budget(kind).refused(now, stated.map(Duration::from_secs));
            state.traffic.refused += 1;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn budget(&mut self, kind: Kind) -> &mut Budget {
        let group = self.groups.get(&kind).cloned().unwrap_or_else(|| format!("{kind:?}?"));
        self.budgets.entry(group).or_default()
    }

    /// The kind's requests count in this group from now on.
    fn join_group(&mut self, kind: Kind, group: String) {
        if self.groups.get(&kind) == Some(&group) {
            return;
        }
        // The request just sent is pending in the budget it was sent under: take that along.
        let before = std::mem::take(self.budget(kind));
        self.budgets.entry(group.clone()).or_insert(before);
        self.groups.insert(kind, group);
    }
}

fn announced(headers: &HeaderMap) -> Option<Announced> {
    let number = |name| text(headers, name)?.trim().parse::<u32>().ok();
    Some(Announced {
        limit: number("x-rate-limit-limit")?,
        remaining: number("x-rate-limit-remaining")?,
        window: Duration::from_secs(number("x-rate-limit-window")?.into()),
    })
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}
