//! Erlang C: how long callers wait for so many people.
//!
//! Calls come at random at a steady rate, nobody gives up, and each takes as long on average. Quantities are those of
//! an interval: how many calls, how long the interval is, how long a call keeps somebody busy (both in seconds).

/// Nobody plans for more people than this.
const MOST_AGENTS: f64 = 100_000.0;

/// Calls that come, and the work that they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Calls of an interval.
    pub calls: f64,
    /// How long the interval is, in seconds.
    pub interval_s: f64,
    /// How long a call keeps somebody busy, in seconds.
    pub handle_s: f64,
}

impl Load {
    /// People that would be busy all the time: erlangs.
    #[must_use]
    pub fn erlangs(self) -> f64 {
        self.calls * self.handle_s / self.interval_s
    }

    /// The part of callers that have to wait: 1 if there are too few people for all the work.
    #[must_use]
    pub fn probability(self, agents: f64) -> f64 {
        let (erlangs, agents) = (self.erlangs(), agents.floor());
        if erlangs <= 0.0 {
            return 0.0;
        }
        if agents <= erlangs || agents > MOST_AGENTS {
            return if agents <= erlangs { 1.0 } else { 0.0 };
        }
        let mut blocked = 1.0;
        for servers in 1..=agents as u32 {
            blocked = erlangs * blocked / (f64::from(servers) + erlangs * blocked);
        }
        agents * blocked / (agents - erlangs * (1.0 - blocked))
    }

    /// The part of callers that are answered within `target_s` seconds.
    #[must_use]
    pub fn level(self, agents: f64, target_s: f64) -> f64 {
        let spare = agents.floor() - self.erlangs();
        if self.erlangs() <= 0.0 {
            return 1.0;
        }
        if spare <= 0.0 {
            return 0.0;
        }
        1.0 - self.probability(agents) * (-spare * target_s / self.handle_s).exp()
    }

    /// How long callers wait on average, in seconds; infinite if there are too few people for all the work.
    #[must_use]
    pub fn wait_s(self, agents: f64) -> f64 {
        let spare = agents.floor() - self.erlangs();
        if self.erlangs() <= 0.0 {
            return 0.0;
        }
        if spare <= 0.0 { f64::INFINITY } else { self.probability(agents) * self.handle_s / spare }
    }

    /// The part of their time that people are busy; more than 1 if there are too few.
    #[must_use]
    pub fn occupancy(self, agents: f64) -> f64 {
        self.erlangs() / agents.floor()
    }

    /// The fewest people that answer the part `level` of all callers within `target_s` seconds.
    #[must_use]
    pub fn agents(self, target_s: f64, level: f64) -> f64 {
        let is_enough = |agents: f64| self.level(agents, target_s) >= level;
        let fewest = self.erlangs().floor().max(0.0) + 1.0;
        if self.erlangs() <= 0.0 {
            return 0.0;
        }
        if level.is_nan() || level >= 1.0 || !is_enough(MOST_AGENTS) {
            return f64::NAN;
        }
        // Doubling, then halving: each look costs as many steps as there are people.
        let (mut few, mut many) = (fewest - 1.0, fewest);
        while !is_enough(many) {
            (few, many) = (many, (many * 2.0).min(MOST_AGENTS));
        }
        while many - few > 1.0 {
            let middle = ((few + many) / 2.0).floor();
            if is_enough(middle) { many = middle } else { few = middle }
        }
        many
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOAD: Load = Load { calls: 100.0, interval_s: 1800.0, handle_s: 180.0 };

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
    }

    #[test]
    fn the_known_example() {
        near(LOAD.probability(14.0), 0.174_131_9);
        assert!((LOAD.level(14.0, 20.0) - 0.88835).abs() < 5e-6);
        assert!((LOAD.wait_s(14.0) - 7.83594).abs() < 5e-6);
        near(LOAD.occupancy(14.0), 0.714_285_7);
        assert_eq!(LOAD.agents(20.0, 0.8).to_string(), "14");
    }

    #[test]
    fn too_few_people_and_no_calls() {
        near(LOAD.probability(10.0), 1.0);
        near(LOAD.level(10.0, 20.0), 0.0);
        assert!(LOAD.wait_s(9.0).is_infinite());
        let none = Load { calls: 0.0, ..LOAD };
        near(none.agents(20.0, 0.8), 0.0);
        near(none.level(0.0, 20.0), 1.0);
        assert!(LOAD.agents(20.0, 1.0).is_nan());
    }

    proptest! {
        #[test]
        fn more_people_never_hurt(calls in 0.1_f64..500.0, handle_s in 1.0_f64..900.0, agents in 1_u32..200) {
            let load = Load { calls, interval_s: 1800.0, handle_s };
            let agents = f64::from(agents);
            prop_assert!((0.0..=1.0).contains(&load.probability(agents)));
            prop_assert!(load.probability(agents + 1.0) <= load.probability(agents));
            prop_assert!(load.level(agents + 1.0, 20.0) >= load.level(agents, 20.0));
            prop_assert!(load.wait_s(agents + 1.0) <= load.wait_s(agents));
        }

        #[test]
        fn the_fewest_are_enough_and_one_less_is_not(calls in 0.1_f64..500.0, level in 0.01_f64..0.99) {
            let load = Load { calls, ..LOAD };
            let agents = load.agents(20.0, level);
            prop_assert!(load.level(agents, 20.0) >= level);
            prop_assert!(agents <= 1.0 || load.level(agents - 1.0, 20.0) < level);
        }
    }
}
