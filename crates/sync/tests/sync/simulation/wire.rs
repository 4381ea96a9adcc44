//! Between the two: a rate limit, and answers that do not arrive. No sockets.

use std::collections::VecDeque;
use std::time::Duration;

use callbook_ringcentral::{Announced, Budget, Priority};

use super::company::{MINUTE, SECOND};
use super::draw::Draw;

/// Requests a minute.
const LIMIT: usize = 10;

/// Tries of a request that fails, as the client's.
const TRIES: u32 = 9;

/// Every try failed.
#[derive(Debug)]
pub struct GaveUp;

pub struct Wire {
    draw: Draw,
    faults_per_mille: i64,
    budget: Budget,
    /// When requests arrived, in the last minute.
    arrived: VecDeque<i64>,
    /// A request before this moment would be punished.
    penalty_until: i64,
    pub requests: u64,
}

/// What the server made of a request.
enum Fate {
    Answered,
    /// Status 429 and its `Retry-After`.
    Throttled(Option<Duration>),
    /// 5xx, or a body that was cut short.
    Failed,
    Reset,
}

fn since_1970(ms: i64) -> Duration {
    Duration::from_millis(ms.cast_unsigned())
}

impl Wire {
    pub fn new(draw: Draw, faults_per_mille: i64) -> Self {
        let (budget, arrived) = (Budget::default(), VecDeque::new());
        Self { draw, faults_per_mille, budget, arrived, penalty_until: 0, requests: 0 }
    }

    /// Sends a request until it is answered; `now` becomes the moment of the answer.
    pub fn request(&mut self, now: &mut i64) -> Result<(), GaveUp> {
        let mut failures = 0;
        loop {
            let ready = self.budget.ready_at(since_1970(*now), Priority::High).unwrap();
            *now = i64::try_from(ready.as_millis()).unwrap();
            let sent = since_1970(*now);
            self.budget.sent(sent);
            *now += self.draw.between(20, 2000);
            let fate = self.arrive(*now);
            *now += self.draw.between(20, 2000);
            let reset = matches!(fate, Fate::Reset);
            let used = self.arrived.iter().filter(|at| *now - MINUTE < **at).count().min(LIMIT);
            let (limit, remaining) = (LIMIT as u32, (LIMIT - used) as u32);
            let announced = Announced { limit, remaining, window: Duration::from_secs(60) };
            self.budget.answered(sent, since_1970(*now), (!reset).then_some(announced));
            match fate {
                Fate::Answered => {
                    self.budget.accepted();
                    return Ok(());
                }
                Fate::Throttled(retry_after) => {
                    self.budget.refused(since_1970(*now), retry_after);
                    continue;
                }
                Fate::Failed => self.budget.accepted(),
                Fate::Reset => {}
            }
            failures += 1;
            if failures == TRIES {
                return Err(GaveUp);
            }
            *now += (SECOND << failures).min(MINUTE);
        }
    }

    fn arrive(&mut self, now: i64) -> Fate {
        self.requests += 1;
        assert!(self.penalty_until <= now, "a request inside a penalty");
        self.arrived.retain(|at| now - MINUTE < *at);
        assert!(self.arrived.len() < LIMIT, "more requests than the limit");
        self.arrived.push_back(now);
        if !self.draw.per_mille(self.faults_per_mille) {
            return Fate::Answered;
        }
        match self.draw.between(0, 7) {
            0 => {
                let seconds = self.draw.between(1, 120);
                self.penalty_until = now + seconds * SECOND;
                Fate::Throttled(Some(since_1970(seconds * SECOND)))
            }
            1 => {
                self.penalty_until = now + 30 * SECOND;
                Fate::Throttled(None)
            }
            2 => Fate::Throttled(Some(Duration::ZERO)),
            3 => Fate::Throttled(Some(Duration::MAX)),
            4 | 5 => Fate::Failed,
            _ => Fate::Reset,
        }
    }
}
