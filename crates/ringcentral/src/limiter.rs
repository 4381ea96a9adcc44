//! The rate budgets of one signed-in user of one app, by the group that answers name.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use reqwest::Response;
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::budget::{Announced, Budget, Priority};
use crate::clock;

/// An answer that somebody waits for may be there after so long.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The same where each look is a transaction.
const LOOK_AGAIN_SHARED: Duration = Duration::from_millis(100);

/// What was sent, and what waiting for the rate budget cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests sent, sign-ins and further tries included.
    pub requests: u64,
    /// Answers of status 429.
    pub refused: u64,
    /// Time in which some request waited for the budget or a penalty. Where several wait at once, it counts once.
    pub throttled: Duration,
}

/// A kind of request; requests of a kind share a rate group, whose name their answers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Token,
    Account,
    Extensions,
    CallLog,
    Recording,
    RecordingContent,
    Queues,
    Members,
    Sites,
    Numbers,
    Hours,
}

impl Kind {
    fn in_words(self) -> &'static str {
        match self {
            Self::Token => "sign-ins",
            Self::CallLog => "the call log",
            Self::Recording | Self::RecordingContent => "recordings",
            Self::Account | Self::Extensions | Self::Queues | Self::Members => "the directory",
            Self::Sites | Self::Numbers | Self::Hours => "the directory",
        }
    }
}

/// A request that was let out.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sent {
    /// When, since 1970.
    at: Duration,
    /// How long it had to wait for that.
    pub(crate) waited: Duration,
}

/// Where the budgets of a signed-in user of an app are kept, for every process that sends requests
/// on their behalf.
pub trait SharedBudgets: Send + Sync + fmt::Debug {
    /// Changes what is kept under `key`, in one step that no other process can come between. The change is
    /// made exactly once, whether or not its result can be kept.
    fn update<'a>(&'a self, key: String, change: Change) -> Updating<'a>;
}

/// Makes the new text of the old one.
pub type Change = Box<dyn FnOnce(Option<String>) -> String + Send>;

/// A change under way.
pub type Updating<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

#[derive(Debug)]
pub(crate) struct Limiter {
    clock: WallClock,
    shared: Option<Arc<dyn SharedBudgets>>,
    /// Whose budgets: the server, the app and, once signed in, the user.
    key: Mutex<String>,
    /// What this process knows, where nothing is shared.
    own: Mutex<Budgets>,
    traffic: Mutex<Traffic>,
    /// Until when waiting has been counted in it.
    counted: Mutex<Duration>,
}

/// Moments since 1970 that never go back.
#[derive(Debug)]
struct WallClock {
    started: Instant,
    since_1970: Duration,
}

/// Everything known of the budgets of one user of one app.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Budgets {
    /// Which group each kind of request was last counted in.
    groups: BTreeMap<String, String>,
    /// By group name; a kind whose group is unknown has a budget of its own.
    budgets: BTreeMap<String, Budget>,
}

/// The limits that answers have named so far, by rate group; `kept` is the text that
/// [`SharedBudgets`] keep.
pub fn limits_seen(kept: &str) -> BTreeMap<String, Announced> {
    let budgets: Budgets = serde_json::from_str(kept).unwrap_or_default();
    let limits = budgets.budgets.into_iter();
    limits.filter_map(|(group, budget)| Some((group, budget.announced()?))).collect()
}

/// May it be sent?
enum Turn {
    Now,
    At(Duration),
    /// Depends on an answer that somebody waits for.
    Unknown,
}

impl WallClock {
    fn new() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { started: Instant::now(), since_1970 }
    }

    fn now(&self) -> Duration {
        self.since_1970 + self.started.elapsed()
    }
}

impl Limiter {
    /// Shares budgets with other processes through `shared`, if given; `key` tells the server, the app
    /// and the credential.
    pub(crate) fn new(key: String, shared: Option<Arc<dyn SharedBudgets>>) -> Self {
        Self {
            clock: WallClock::new(),
            shared,
            key: Mutex::new(key),
            own: Mutex::default(),
            traffic: Mutex::default(),
            counted: Mutex::default(),
        }
    }

    pub(crate) fn traffic(&self) -> Traffic {
        *locked(&self.traffic)
    }

    /// From now on the budgets are those of this key.
    pub(crate) fn belongs_to(&self, key: String) {
        *locked(&self.key) = key;
    }

    /// Waits until a request of this kind could be sent; another may still come first.
    pub(crate) async fn ready(&self, kind: Kind) {
        self.take_turn(kind, Priority::High, false).await;
    }

    /// Whether a request of this kind could be sent now, with places left for more urgent ones.
    pub(crate) async fn has_room(&self, kind: Kind) -> bool {
        let now = self.clock.now();
        let ready =
            move |budgets: &mut Budgets| budgets.budget(kind, now).ready_at(now, Priority::Low);
        self.update(ready).await.is_some_and(|ready| ready <= now)
    }

    /// Waits until a request of this kind may be sent, and counts it as sent.
    pub(crate) async fn wait(&self, kind: Kind, priority: Priority) -> Sent {
        let asked = self.clock.now();
        let at = self.take_turn(kind, priority, true).await;
        let waited = at.saturating_sub(asked);
        let mut traffic = locked(&self.traffic);
        traffic.requests += 1;
        let mut counted = locked(&self.counted);
        traffic.throttled += at.saturating_sub(asked.max(*counted));
        *counted = at.max(*counted);
        Sent { at, waited }
    }

    /// How many requests of a kind and priority fit into a day; `None` before an answer to one.
    pub(crate) async fn a_day(&self, kind: Kind, priority: Priority) -> Option<u64> {
        let now = self.clock.now();
        self.update(move |budgets| budgets.budget(kind, now).a_day(priority)).await
    }

    async fn take_turn(&self, kind: Kind, priority: Priority, count: bool) -> Duration {
        loop {
            let now = self.clock.now();
            let turn = move |budgets: &mut Budgets| {
                let budget = budgets.budget(kind, now);
                match budget.ready_at(now, priority) {
                    Some(ready) if ready <= now => {
                        if count {
                            budget.sent(now);
                        }
                        Turn::Now
                    }
                    Some(ready) => Turn::At(ready),
                    None => Turn::Unknown,
                }
            };
            match self.update(turn).await {
                Turn::Now => return now,
                Turn::At(ready) => tokio::time::sleep(ready.saturating_sub(now)).await,
                Turn::Unknown if self.shared.is_some() => {
                    tokio::time::sleep(LOOK_AGAIN_SHARED).await;
                }
                Turn::Unknown => tokio::time::sleep(LOOK_AGAIN).await,
            }
        }
    }

    /// A request of this kind was answered, or (`None`) came to nothing.
    pub(crate) async fn answered(&self, kind: Kind, sent: Sent, answer: Option<&Response>) {
        let now = self.clock.now();
        let heard = answer.map(Heard::of);
        let refused = heard.as_ref().is_some_and(|heard| heard.refused);
        let wait = self.update(move |budgets| budgets.hear(kind, sent.at, now, heard)).await;
        if refused {
            locked(&self.traffic).refused += 1;
            let wait_s = wait.map_or(0, |wait| wait.as_secs_f32().ceil() as u64);
            let what = kind.in_words();
            tracing::warn!("the server asked to wait {wait_s} s (rate limit of {what})");
        }
    }

    /// Changes the budgets where they are kept.
    async fn update<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Budgets) -> T + Send + 'static,
    ) -> T {
        let Some(shared) = &self.shared else { return change(&mut locked(&self.own)) };
        let key = locked(&self.key).clone();
        let (send, receive) = oneshot::channel();
        let stored = move |before: Option<String>| {
            let before = before.and_then(|text| serde_json::from_str(&text).ok());
            let mut budgets: Budgets = before.unwrap_or_default();
            // Whoever waits for it may have given up.
            let _ = send.send(change(&mut budgets));
            serde_json::to_string(&budgets).unwrap_or_default()
        };
        shared.update(key, Box::new(stored)).await;
        match receive.await {
            Ok(value) => value,
            // The process is shutting down: the change was never made.
            Err(_) => std::future::pending().await,
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an answer says of the rate.
#[derive(Debug)]
struct Heard {
    group: Option<String>,
    announced: Option<Announced>,
    refused: bool,
    retry_after: Option<Duration>,
}

impl Heard {
    fn of(answer: &Response) -> Self {
        Self {
            group: text(answer.headers(), "x-rate-limit-group"),
            announced: announced(answer.headers()),
            refused: answer.status() == StatusCode::TOO_MANY_REQUESTS,
            retry_after: retry_after(answer.headers()),
        }
    }
}

impl Budgets {
    fn budget(&mut self, kind: Kind, now: Duration) -> &mut Budget {
        let group = self.group(kind);
        let budget = self.budgets.entry(group).or_default();
        budget.settle(now);
        budget
    }

    /// The group that requests of a kind count in; until it is known, one of their own.
    fn group(&self, kind: Kind) -> String {
        let name = format!("{kind:?}");
        self.groups.get(&name).cloned().unwrap_or_else(|| format!("{name}?"))
    }

    /// Takes note of an answer; how long the next request has to wait.
    fn hear(
        &mut self,
        kind: Kind,
        sent: Duration,
        now: Duration,
        heard: Option<Heard>,
    ) -> Option<Duration> {
        let Some(Heard { group, announced, refused, retry_after }) = heard else {
            self.budget(kind, now).answered(sent, now, None);
            return None;
        };
        if let Some(group) = group {
            self.join_group(kind, group, sent);
        }
        let budget = self.budget(kind, now);
        budget.answered(sent, now, announced);
        if refused {
            budget.refused(now, retry_after);
        } else {
            budget.accepted();
        }
        budget.ready_at(now, Priority::High).map(|ready| ready.saturating_sub(now))
    }

    /// The kind's requests count in this group from now on, as the one sent at `sent` does.
    fn join_group(&mut self, kind: Kind, group: String, sent: Duration) {
        let before = self.group(kind);
        if before == group {
            return;
        }
        let known = self.groups.insert(format!("{kind:?}"), group.clone()).is_some();
        let mut old = self.budgets.remove(&before).unwrap_or_default();
        let budget = self.budgets.entry(group).or_default();
        if known {
            old.hand_over(sent, budget);
            self.budgets.insert(before, old);
        } else {
            // What was noted before the group was known belongs to it.
            budget.absorb(old);
        }
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
    use std::collections::HashMap;

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

    /// Seconds that the next request has to wait after these answers.
    fn wait_after(budgets: &mut Budgets, now_s: u64, answers: &[Option<&Response>]) -> u64 {
        let now = Duration::from_secs(now_s);
        let hear = |budgets: &mut Budgets, answer: &Option<&Response>| {
            budgets.hear(Kind::CallLog, now, now, answer.map(Heard::of))
        };
        let waits = answers.iter().map(|answer| hear(budgets, answer)).collect::<Vec<_>>();
        waits.last().copied().flatten().map_or(0, |wait| wait.as_secs())
    }

    #[test]
    fn only_an_answer_that_is_no_refusal_ends_a_row_of_them() {
        let mut budgets = Budgets::default();
        let (at_once, failed) = (answer(429, &[("retry-after", "0")]), answer(503, &[]));
        // The penalty of the time before has passed each time.
        assert_eq!(wait_after(&mut budgets, 10, &[Some(&at_once)]), 1);
        assert_eq!(wait_after(&mut budgets, 20, &[Some(&at_once)]), 2);
        assert_eq!(wait_after(&mut budgets, 30, &[None, Some(&at_once)]), 4);
        assert_eq!(wait_after(&mut budgets, 40, &[Some(&failed), Some(&at_once)]), 1);
    }

    /// What processes share, in memory.
    #[derive(Debug, Default)]
    struct Memory(Mutex<HashMap<String, String>>);

    impl SharedBudgets for Memory {
        fn update<'a>(&'a self, key: String, change: Change) -> Updating<'a> {
            let mut values = locked(&self.0);
            let after = change(values.get(&key).cloned());
            values.insert(key, after);
            Box::pin(std::future::ready(()))
        }
    }

    #[tokio::test]
    async fn a_penalty_that_one_process_learns_of_holds_for_all() {
        let shared = Arc::new(Memory::default());
        let limiter = || Limiter::new("one".to_owned(), Some(shared.clone()));
        let (first, second) = (limiter(), limiter());
        let sent = first.wait(Kind::CallLog, Priority::High).await;
        let refusal = answer(429, &[("retry-after", "60"), ("x-rate-limit-group", "heavy")]);
        first.answered(Kind::CallLog, sent, Some(&refusal)).await;
        let ready = second.ready(Kind::CallLog);
        assert!(tokio::time::timeout(Duration::ZERO, ready).await.is_err());
        // A budget of somebody else is not touched by it.
        second.belongs_to("another".to_owned());
        second.ready(Kind::CallLog).await;
    }
}
