//! The usage plan: a sliding window of request instants and a penalty for going over.
//!
//! Nothing here reads a clock; the instant comes with each request.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::operation::Group;
use crate::ports::{LimitKey, Limiter, PortError, Verdict};

/// How many requests a group takes in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Requests that any window may hold.
    pub requests: u32,
    /// The length of the window.
    pub window: Duration,
    /// How long every request is refused after one was over the limit.
    pub penalty: Duration,
}

/// What the rate headers of one answer say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Requests that a window may hold.
    pub limit: u32,
    /// How many of them are left now.
    pub remaining: u32,
    /// The length of the window.
    pub window: Duration,
}

/// The outcome for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It was counted and may go on.
    Allowed(Quota),
    /// It is over the limit, or came during a penalty, which starts anew with it.
    Refused(Quota, Duration),
}

/// Runs of requests that a log holds before it merges those that are close together.
const EXACT_RUNS: usize = 256;

/// The requests of one (app, user, group) within the last window.
///
/// Limits of up to 256 requests are counted exactly. Of more, those within 1/256 of the window count as one run, at
/// the time of its last, so that a log stays small; no window ever holds more than the limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlidingLog {
    /// When, in microseconds since 1970-01-01T00:00:00Z, and how many; oldest first.
    allowed: VecDeque<(i64, u32)>,
    penalty_until: Option<Timestamp>,
}

impl SlidingLog {
    /// Counts a request at `now`. Refused requests are not counted, but restart the penalty.
    pub fn check(&mut self, limit: &Limit, now: Timestamp) -> Decision {
        let window_start = before(now, limit.window).as_microsecond();
        while self.allowed.front().is_some_and(|&(instant, _)| instant <= window_start) {
            self.allowed.pop_front();
        }
        let used: u32 = self.allowed.iter().map(|(_, requests)| requests).sum();
        let in_penalty = self.penalty_until.is_some_and(|until| now < until);
        if in_penalty || used >= limit.requests {
            self.penalty_until = Some(after(now, limit.penalty));
            return Decision::Refused(self.quota(limit, 0), limit.penalty);
        }
        self.penalty_until = None;
        self.count(limit, now.as_microsecond());
        Decision::Allowed(self.quota(limit, limit.requests - used - 1))
    }

    fn count(&mut self, limit: &Limit, now: i64) {
        let shortest = limit.window.as_micros() / EXACT_RUNS as u128;
        let before = self.allowed.len().checked_sub(2).map(|place| self.allowed[place].0);
        let near = |from: i64| u128::from(now.abs_diff(from)) <= shortest;
        let full = self.allowed.len() > EXACT_RUNS && before.is_some_and(near);
        match self.allowed.back_mut() {
            // A clock that was set back does not put them out of order.
            Some(last) if full || now <= last.0 => *last = (now.max(last.0), last.1 + 1),
            _ => self.allowed.push_back((now, 1)),
        }
    }

    /// Takes in what another process has counted since both were one log; what both counted in the same
    /// microsecond counts as one's.
    pub fn merge(&mut self, other: &Self) {
        let mut runs: BTreeMap<i64, u32> = self.allowed.iter().copied().collect();
        for &(instant, requests) in &other.allowed {
            let run = runs.entry(instant).or_default();
            *run = requests.max(*run);
        }
        self.allowed = runs.into_iter().collect();
        self.penalty_until = self.penalty_until.max(other.penalty_until);
    }

    /// When it says no more than an empty one would.
    #[must_use]
    pub fn expires(&self, limit: &Limit) -> Timestamp {
        let last =
            self.allowed.back().and_then(|&(last, _)| Timestamp::from_microsecond(last).ok());
        let counted = last.map(|last| after(last, limit.window));
        counted.max(self.penalty_until).unwrap_or(Timestamp::MIN)
    }

    fn quota(&self, limit: &Limit, remaining: u32) -> Quota {
        Quota { limit: limit.requests, remaining, window: limit.window }
    }
}

fn before(now: Timestamp, duration: Duration) -> Timestamp {
    signed(duration).and_then(|d| now.checked_sub(d).ok()).unwrap_or(Timestamp::MIN)
}

fn after(now: Timestamp, duration: Duration) -> Timestamp {
    signed(duration).and_then(|d| now.checked_add(d).ok()).unwrap_or(Timestamp::MAX)
}

fn signed(duration: Duration) -> Option<SignedDuration> {
    SignedDuration::try_from(duration).ok()
}

/// Limits for all groups, or none at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Nothing is limited, and no rate headers are sent.
    Off,
    /// Every group has its limit; windows and penalties are equally long.
    Limited {
        /// Requests of the heavy group.
        heavy: u32,
        /// The window of every group, and its penalty.
        window: Duration,
    },
}

impl Plan {
    /// Ten heavy requests a minute, as upstream grants by default.
    pub const DEFAULT: Self = Self::Limited { heavy: 10, window: Duration::from_secs(60) };

    const LIGHT_REQUESTS: u32 = 50;
    const MEDIUM_REQUESTS: u32 = 40;
    const AUTH_REQUESTS: u32 = 5;

    /// The limit of one group.
    #[must_use]
    pub fn limit(&self, group: Group) -> Option<Limit> {
        let Self::Limited { heavy, window } = *self else { return None };
        let requests = match group {
            Group::NoThrottling => return None,
            Group::Light => Self::LIGHT_REQUESTS,
            Group::Medium => Self::MEDIUM_REQUESTS,
            Group::Heavy => heavy,
            Group::Auth => Self::AUTH_REQUESTS,
        };
        Some(Limit { requests, window, penalty: window })
    }
}

impl Default for Plan {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A plan that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate: write requests/seconds such as `10/60s`, or `off`")]
pub struct ParsePlanError(String);

impl FromStr for Plan {
    type Err = ParsePlanError;

    fn from_str(text: &str) -> Result<Self, ParsePlanError> {
        if text == "off" {
            return Ok(Self::Off);
        }
        parse_rate(text).ok_or_else(|| ParsePlanError(text.to_owned()))
    }
}

fn parse_rate(text: &str) -> Option<Plan> {
    let (requests, window) = text.split_once('/')?;
    let heavy = requests.parse().ok().filter(|&n: &u32| n > 0)?;
    let seconds = window.strip_suffix('s')?.parse().ok().filter(|&s: &u64| s > 0)?;
    Some(Plan::Limited { heavy, window: Duration::from_secs(seconds) })
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Limited { heavy, window } => write!(f, "{heavy}/{}s", window.as_secs()),
        }
    }
}

/// Applies a [`Plan`], with a [`SlidingLog`] for each app, user and group.
#[derive(Debug)]
pub struct PlanLimiter {
    plan: Plan,
    logs: Mutex<HashMap<(LimitKey, Group), SlidingLog>>,
}

impl PlanLimiter {
    /// A limiter that has seen nothing yet.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self { plan, logs: Mutex::default() }
    }
}

impl Limiter for PlanLimiter {
    async fn check(
        &self,
        key: &LimitKey,
        group: Group,
        now: Timestamp,
    ) -> Result<Verdict, PortError> {
        let Some(limit) = self.plan.limit(group) else { return Ok(None) };
        // A panic elsewhere cannot leave a log half-written, so a poisoned lock is still good.
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(logs.entry((key.clone(), group)).or_default().check(&limit, now)))
    }
}
