//! Syncs of a company, one after the other, until the time is over.

use callbook_sync::{Ask, Outcome, PAUSE, Plan, Step, Wanted};

use super::archive::Archive;
use super::company::{Company, DAY, HOUR, MINUTE};
use super::draw::Draw;
use super::upstream::{Changes, Record, at};
use super::wire::Wire;

/// Everything that was due was done.
#[derive(Debug, Clone, Copy)]
pub struct Pass {
    pub from: i64,
    pub to: i64,
    /// New calls are known up to its beginning, says the plan.
    pub fresh: bool,
    /// The feed had no more.
    pub extracted: bool,
    pub synced: bool,
}

/// What happened in a pass so far.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    feeds: usize,
    /// Answers that led to another question.
    more: usize,
    other: usize,
    extracted: bool,
    synced: bool,
}

pub struct Life<'a> {
    company: &'a Company,
    draw: Draw,
    pub wire: Wire,
    pub archive: Archive,
    pub now: i64,
    /// When the first run began.
    pub begun: i64,
    pub passes: Vec<Pass>,
    /// As it was committed.
    committed: Option<Plan>,
    /// Whether every step is printed.
    told: bool,
}

/// The process ended.
struct Ended;

impl<'a> Life<'a> {
    pub fn new(company: &'a Company, seed: u64) -> Self {
        let wire = Wire::new(Draw::new(seed, 2), company.traits.faults_per_mille);
        let mut draw = Draw::new(seed, 3);
        let begun = super::company::BEGIN + draw.between(0, DAY);
        let (archive, passes) = (Archive::default(), Vec::new());
        let (now, committed) = (begun, None);
        let told = std::env::var_os("SIMULATED_STEPS").is_some();
        Self { company, draw, wire, archive, now, begun, passes, committed, told }
    }

    pub fn live(&mut self) {
        while self.now < self.company.traits.until {
            let _ = self.process();
            let follows = self.now < self.company.traits.follow_until;
            let pause = if follows { MINUTE } else { self.company.traits.every };
            self.now += self.draw.between(pause / 2, pause * 3 / 2);
            if let Some((from, to)) = self.company.traits.off
                && (from..to).contains(&self.now)
            {
                self.now = to;
            }
        }
    }

    fn clock(&self) -> jiff::Timestamp {
        at(self.company.clock(self.now))
    }

    fn process(&mut self) -> Result<(), Ended> {
        let traits = &self.company.traits;
        // What was not committed is lost.
        let mut plan: Plan = match &self.committed {
            Some(plan) => serde_json::from_str(&serde_json::to_string(plan).unwrap()).unwrap(),
            None => Plan::default(),
        };
        plan.begin(self.clock(), Wanted { log: traits.log, ..Wanted::default() });
        let mut last_asked = [None; 2];
        loop {
            let idle_until = self.pass(&mut plan, &mut last_asked)?;
            let now = self.clock();
            assert!(now < idle_until, "idle until {idle_until} at {now}");
            let off = traits.off.is_some_and(|(from, to)| (from..to).contains(&self.now));
            if traits.follow_until <= self.now || off {
                return Ok(());
            }
            let wait = idle_until.duration_since(now).as_millis() as i64;
            // Nobody turns a clock while a process sleeps longer than this.
            self.now += wait.min(HOUR);
        }
    }

    /// Everything that is due; returns when something will be again.
    fn pass(
        &mut self,
        plan: &mut Plan,
        last_asked: &mut [Option<i64>; 2],
    ) -> Result<jiff::Timestamp, Ended> {
        let (from, mut asked) = (self.now, Asked::default());
        loop {
            let step = plan.next(self.clock());
            let (feed, ask) = match &step {
                Step::Idle { until } => {
                    self.passed(plan, from, asked);
                    return Ok(*until);
                }
                Step::Changes(ask) => (Some(0), Some(ask)),
                Step::Deletions(ask) => (Some(1), Some(ask)),
                Step::Seal(_) => (None, None),
                _ => {
                    asked.other += 1;
                    (None, None)
                }
            };
            if let (Some(feed), Some(Ask::Token(_))) = (feed, ask) {
                let pause = PAUSE.as_millis() as i64;
                let rested = last_asked[feed].is_none_or(|last| last + pause <= self.now);
                let turned = self.company.traits.clock.is_some();
                assert!(rested || turned, "{step:?} in a pause");
            }
            let before = self.now;
            let done = self.step(plan, &step)?;
            if let Some(feed) = feed {
                asked.feeds += 1;
                asked.more += usize::from(!done);
                last_asked[feed] = done.then_some(before);
                let there = [self.company.traits.extract, self.company.traits.sync][feed];
                asked.extracted |= done && feed == 0 && there.is_there(self.now);
                asked.synced |= done && feed == 1 && there.is_there(self.now);
            }
            assert!(self.wire.requests < 200_000, "requests without an end");
        }
    }

    fn passed(&mut self, plan: &Plan, from: i64, asked: Asked) {
        // A pass that goes on for long (a penalty may take an hour) is interrupted by the next questions.
        let quarters = (self.now - from) / PAUSE.as_millis() as i64;
        let turned = self.company.traits.clock.is_some();
        let few = asked.feeds as i64 <= 2 + asked.more as i64 + 2 * quarters;
        assert!(few || turned, "{asked:?}");
        let fresh = plan.covered().is_some_and(|covered| at(from) <= covered.to);
        let Asked { extracted, synced, .. } = asked;
        self.passes.push(Pass { from, to: self.now, fresh, extracted, synced });
    }

    /// Does one step; returns whether it is not to be asked again at once.
    fn step(&mut self, plan: &mut Plan, step: &Step) -> Result<bool, Ended> {
        if !matches!(step, Step::Seal(_)) {
            self.wire.request(&mut self.now).map_err(|_| Ended)?;
        }
        let (outcome, records) = self.answer(step);
        if self.told {
            println!("{} {step:?}\n    {outcome:?}", self.clock());
        }
        let done = match &outcome {
            Outcome::Synced(synced) => !synced.newer,
            Outcome::TokenRefused => false,
            _ => true,
        };
        self.maybe_crash()?;
        let now = self.clock();
        let Ok(complete) = plan.apply(now, outcome) else { panic!("a list without an end") };
        let mut absent = Vec::new();
        if let Some(complete) = &complete {
            absent = self.archive.lacking(self.company, complete.span, &complete.ids);
            if !absent.is_empty() {
                plan.apply(now, Outcome::Absent { span: complete.span }).unwrap();
            }
        }
        self.archive.commit(&records);
        let (suspects, deleted) = self.archive.absent(&absent, now.as_millisecond());
        for id in deleted {
            let call = &self.company.calls[id as usize];
            assert!(call.is_deleted(self.now), "taken for deleted at {now}: {call:?}");
        }
        self.committed = Some(plan.clone());
        self.maybe_crash()?;
        if let Some(complete) = complete.filter(|_| !absent.is_empty() && suspects == 0) {
            plan.apply(now, Outcome::Settled { span: complete.span }).unwrap();
        }
        Ok(done)
    }

    fn maybe_crash(&mut self) -> Result<(), Ended> {
        match self.draw.per_mille(self.company.traits.crashes_per_mille) {
            true => Err(Ended),
            false => Ok(()),
        }
    }

    fn answer(&mut self, step: &Step) -> (Outcome, Vec<Record>) {
        let (company, now) = (self.company, self.now);
        let changes = match step {
            Step::List(page) => {
                let per_page = company.traits.per_page;
                let (listed, records) = company.list(*page, per_page, now, &mut self.draw);
                return (Outcome::Page(listed), records);
            }
            Step::Probe(span) => {
                let page = callbook_sync::ListPage { span: *span, page: 1, numbered: false };
                let (listed, _) = company.list(page, 1, now, &mut self.draw);
                return (Outcome::Probed { newest: listed.oldest }, Vec::new());
            }
            Step::Seal(_) => {
                return (Outcome::Sealed, Vec::new());
            }
            Step::Changes(ask) => company.extract(ask, now, &mut self.draw),
            Step::Deletions(ask) => company.sync(ask, now, &mut self.draw),
            Step::Idle { .. } => panic!("nothing was asked"),
        };
        match changes {
            Changes::Answer(synced, records) => (Outcome::Synced(synced), records),
            Changes::Refused => (Outcome::TokenRefused, Vec::new()),
            Changes::Unavailable if self.draw.per_mille(500) => (Outcome::Failing, Vec::new()),
            Changes::Unavailable => (Outcome::Unavailable, Vec::new()),
        }
    }
}
