//! What a server is told about notifications.

use std::time::Duration;

/// What a server is told about notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PushOptions {
    /// Whether webhooks may be on this machine, and there without TLS.
    pub loopback_webhooks: bool,
    /// Whether one can subscribe to changes of the call log, which upstream does not offer.
    pub call_log_changes: bool,
    /// How long a receiver that fails is borne with.
    pub retries: Retries,
}

/// How often a delivery is tried before its receiver counts as gone for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// The pause after the first failure; each further one is twice as long.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
    /// What all pauses come to, at most.
    pub total: Duration,
}

impl Default for Retries {
    /// Ten minutes, as RingCentral's staff said of its webhooks.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(2),
            longest: Duration::from_secs(60),
            total: Duration::from_secs(600),
        }
    }
}

impl Retries {
    /// The pauses between the tries.
    pub(crate) fn pauses(self) -> impl Iterator<Item = Duration> {
        let doubled = std::iter::successors(Some(self.first), |pause| Some(*pause * 2));
        let mut left = self.total;
        doubled.map_while(move |pause| {
            let pause = pause.min(self.longest);
            left = left.checked_sub(pause)?;
            Some(pause)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_end_after_ten() {
        let pauses: Vec<u64> = Retries::default().pauses().map(|pause| pause.as_secs()).collect();
        assert_eq!(pauses[..7], [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(pauses.len(), 13);
        let none = Retries { total: Duration::ZERO, ..Retries::default() };
        assert_eq!(none.pauses().count(), 0);
    }
}
