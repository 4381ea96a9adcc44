//! Which request meets which fault.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::{FaultKind, FaultSpec};

/// What befalls one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// How long it takes, or asks to wait.
    pub length: Duration,
    /// Drawn from the seed: decides what the kind leaves open, such as where a body is cut.
    pub draw: u64,
}

/// Decides for each request whether a fault befalls it. Cheap to clone; clones share what they know.
#[derive(Debug, Clone)]
pub struct Injector {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    seed: u64,
    specs: Vec<FaultSpec>,
    state: Mutex<State>,
    stopped: Notify,
}

#[derive(Debug, Default)]
struct State {
    requests: u64,
    /// Faults that were asked for, and how many of each are still to come.
    pending: Vec<(FaultSpec, u32)>,
    given: BTreeMap<&'static str, u64>,
}

impl Injector {
    /// Gives each request the first of `specs` that the draw hits.
    #[must_use]
    pub fn new(seed: u64, specs: Vec<FaultSpec>) -> Self {
        let (state, stopped) = (Mutex::default(), Notify::new());
        Self { shared: Arc::new(Shared { seed, specs, state, stopped }) }
    }

    /// The next `count` requests that this fault can befall meet it, whatever its share.
    pub fn inject(&self, fault: FaultSpec, count: u32) {
        self.state().pending.push((fault, count));
    }

    /// Drops what was injected and has not come yet.
    pub fn clear(&self) {
        self.state().pending.clear();
    }

    /// The fault of a request for this path and query, which counts as made.
    #[must_use]
    pub fn next(&self, target: &str) -> Option<Fault> {
        let mut state = self.state();
        state.requests += 1;
        let request = state.requests;
        let (spec, place) = state
            .take_pending(target)
            .map(|spec| (spec, u64::MAX))
            .or_else(|| self.drawn(request, target))?;
        *state.given.entry(spec.kind.name()).or_default() += 1;
        let draw = self.draw(request, place, "detail");
        Some(Fault { kind: spec.kind, length: spec.length, draw })
    }

    /// How many of each kind there were so far.
    #[must_use]
    pub fn given(&self) -> BTreeMap<&'static str, u64> {
        self.state().given.clone()
    }

    /// Ends every hang, so that a shutdown need not wait for it.
    pub(crate) fn stop(&self) {
        self.shared.stopped.notify_waiters();
    }

    /// Completes once the server shuts down.
    pub(crate) async fn stopped(&self) {
        self.shared.stopped.notified().await;
    }

    /// The first spec that the draw hits, and its place.
    fn drawn(&self, request: u64, target: &str) -> Option<(FaultSpec, u64)> {
        let hit = |&(spec, place): &(&FaultSpec, u64)| {
            spec.can_befall(target) && unit(self.draw(request, place, "share")) < spec.share
        };
        let (spec, place) = self.shared.specs.iter().zip(0..).find(hit)?;
        Some((spec.clone(), place))
    }

    /// A number that depends on nothing but the seed and the request's place in their order.
    fn draw(&self, request: u64, place: u64, purpose: &str) -> u64 {
        let mut hash = Sha256::new();
        hash.update(b"callbook sandbox faults 1\0");
        for number in [self.shared.seed, request, place] {
            hash.update(number.to_be_bytes());
        }
        hash.update(purpose);
        hash.finalize().iter().take(8).fold(0, |number, &byte| number << 8 | u64::from(byte))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whatever panicked has left numbers that are right or one behind.
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take_pending(&mut self, target: &str) -> Option<FaultSpec> {
        let can_befall = |(spec, count): &(FaultSpec, u32)| *count > 0 && spec.can_befall(target);
        let place = self.pending.iter().position(can_befall)?;
        let (spec, count) = self.pending.get_mut(place)?;
        let spec = spec.clone();
        *count -= 1;
        self.pending.retain(|(_, count)| *count > 0);
        Some(spec)
    }
}

/// In 0 ≤ x < 1.
fn unit(draw: u64) -> f64 {
    (draw >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLS: &str = "/restapi/v1.0/account/~/call-log";

    fn injector(seed: u64, specs: &[&str]) -> Injector {
        Injector::new(seed, specs.iter().map(|spec| spec.parse().unwrap()).collect())
    }

    fn thousand(injector: &Injector) -> Vec<Option<Fault>> {
        (0..1_000).map(|_| injector.next(CALLS)).collect()
    }

    #[test]
    fn a_seed_gives_the_same_faults_again() {
        let specs = ["503=0.1", "reset=0.1", "truncate=0.1"];
        let first = thousand(&injector(1, &specs));
        assert_eq!(first, thousand(&injector(1, &specs)));
        assert_ne!(first, thousand(&injector(2, &specs)));
    }

    #[test]
    fn shares_are_kept() {
        let injector = injector(7, &["503=0.1", "slow=0.5:1s"]);
        let faults = thousand(&injector);
        let given = injector.given();
        assert_eq!(given.values().sum::<u64>() as usize, faults.iter().flatten().count());
        // More than five deviations off would be no chance.
        assert!((50..150).contains(&given["503"]), "{given:?}");
        assert!((370..530).contains(&given["slow"]), "{given:?}");
    }

    #[test]
    fn what_is_injected_comes_first_and_as_often_as_told() {
        let injector = injector(1, &[]);
        injector.inject("503@/extension".parse().unwrap(), 1);
        injector.inject("reset".parse().unwrap(), 2);
        let kinds = |path| injector.next(path).map(|fault| fault.kind);
        assert_eq!(kinds(CALLS), Some(FaultKind::Reset));
        assert_eq!(kinds("/restapi/v1.0/account/~/extension"), Some(FaultKind::Unavailable));
        assert_eq!(kinds(CALLS), Some(FaultKind::Reset));
        assert_eq!(kinds(CALLS), None);
        injector.inject("reset".parse().unwrap(), 2);
        injector.clear();
        assert_eq!(injector.next(CALLS), None);
    }
}
