//! Answers that are remembered for some seconds.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// More are not remembered at once.
const MOST: usize = 10_000;

/// What was answered, by what was asked.
#[derive(Debug)]
pub(crate) struct Memory<K, V> {
    answers: Mutex<HashMap<K, (Instant, V)>>,
    lasts: Duration,
}

impl<K: Eq + Hash, V: Clone> Memory<K, V> {
    pub(crate) fn new(lasts: Duration) -> Self {
        Self { answers: Mutex::default(), lasts }
    }

    pub(crate) fn get(&self, asked: &K) -> Option<V> {
        let answers = self.lock();
        let (at, answer) = answers.get(asked)?;
        (at.elapsed() < self.lasts).then(|| answer.clone())
    }

    pub(crate) fn put(&self, asked: K, answer: V) {
        let mut answers = self.lock();
        if answers.len() >= MOST {
            answers.retain(|_, (at, _)| at.elapsed() < self.lasts);
        }
        if answers.len() < MOST {
            answers.insert(asked, (Instant::now(), answer));
        }
    }

    pub(crate) fn forget(&self, gone: impl Fn(&V) -> bool) {
        self.lock().retain(|_, (_, answer)| !gone(answer));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        // No change leaves it half done.
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
