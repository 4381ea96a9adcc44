//! The rate budgets of one signed-in user of one app, by the group that answers name.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use reqwest::Response;

use crate::budget::{Announced, Budget};
use crate::clock;

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

/// A request that was let out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sent {
    /// When, since the limiter's start.
    at: Duration,
    /// How long it had to wait for that.
    pub(crate) waited: Duration,
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
    pub(crate) async fn wait(&self, kind: Kind) -> Sent {
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
                        return Sent { at: now, waited: now - asked };
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
    pub(crate) fn answered(&self, kind: Kind, sent: Sent, answer: Option<&Response>) {
        let now = self.started.elapsed();
        let mut state = self.state();
        let Some(answer) = answer else { return state.budget(kind).answered(sent.at, now, None) };
        if let Some(group) = text(answer.headers(), "x-rate-limit-group") {
            state.join_group(kind, group);
        }
        let budget = state.budget(kind);
        budget.answered(sent.at, now, announced(answer.headers()));
        if answer.status() != StatusCode::TOO_MANY_REQUESTS {
            return budget.accepted();
        }
        let stated = retry_after(answer.headers());
        budget.refused(now, stated);
        let wait = budget.ready_at(now).map(|ready| ready.saturating_sub(now).as_secs());
        state.traffic.refused += 1;
        let stated = stated.map(|stated| stated.as_secs());
        tracing::warn!(?kind, stated_s = ?stated, wait_s = ?wait, "the server's rate limit refused");
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

/// How long the server wants to be left alone: seconds, or a moment by its own clock.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let stated = text(headers, RETRY_AFTER.as_str())?;
    if let Ok(seconds) = stated.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = clock::parse(&stated)?.duration_since(clock::date(headers)?);
    Some(wait.try_into().unwrap_or_default())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let mut answer = http::Response::builder().status(status);
        for (name, value) in headers {
            answer = answer.header(*name, *value);
        }
        answer.body("").unwrap().into()
    }

    #[test]
    fn retry_after_is_seconds_or_a_moment_by_the_servers_clock() {
        let date = ("date", "Tue, 15 Nov 1994 08:12:31 GMT");
        for (stated, seconds) in [
            ("0", Some(0)),
            (" 60 ", Some(60)),
            ("Tue, 15 Nov 1994 08:13:01 GMT", Some(30)),
            ("Tue, 15 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let answer = answer(429, &[("retry-after", stated), date]);
            let wait = retry_after(answer.headers());
            assert_eq!(wait, seconds.map(Duration::from_secs), "{stated}");
        }
        let undated = answer(429, &[("retry-after", "Tue, 15 Nov 1994 08:13:01 GMT")]);
        assert_eq!(retry_after(undated.headers()), None);
        assert_eq!(retry_after(answer(429, &[date]).headers()), None);
    }

    /// Seconds that the next request of the kind has to wait.
    fn wait_after(limiter: &Limiter, answer: &Response) -> u64 {
        let now = limiter.started.elapsed();
        limiter.answered(Kind::CallLog, Sent::default(), Some(answer));
        let ready = limiter.state().budget(Kind::CallLog).ready_at(now).unwrap();
        (ready - now).as_secs()
    }

    #[test]
    fn only_an_answer_that_is_no_refusal_ends_a_row_of_them() {
        let mut limiter = Limiter::new();
        let at_once = answer(429, &[("retry-after", "0")]);
        let mut refuse_again = |before: &[Option<&Response>]| {
            // The penalty of the time before has passed.
            limiter.started -= Duration::from_secs(10);
            let unsent = Sent::default();
            before.iter().for_each(|answer| limiter.answered(Kind::CallLog, unsent, *answer));
            wait_after(&limiter, &at_once)
        };
        assert_eq!(refuse_again(&[]), 1);
        assert_eq!(refuse_again(&[]), 2);
        assert_eq!(refuse_again(&[None]), 4);
        assert_eq!(refuse_again(&[Some(&answer(503, &[]))]), 1);
        assert_eq!(limiter.traffic().refused, 4);
    }
}
