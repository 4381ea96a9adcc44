//! Carrying a log's plan out: ask upstream, commit what came with the plan's state, and so on.

use callbook_model::{Scope, Span};
use callbook_ringcentral::{CallLogQuery, Client, Feed, Since, SyncQuery, View};
use callbook_store::{Account, Batch, Committed, Store, SyncLock, UpstreamDay};
use jiff::Timestamp;

use crate::decode::{self, Page};
use crate::gate::Place;
use crate::plan::{self, Ask, Complete, Outcome, Plan, Sealing, Step, Synced, Wanted};
use crate::run::{CURSOR, load_plan};
use crate::tally::Tally;
use crate::{Error, Options, Progress, Shortfall, Summary};

/// Days that are sealed in one transaction: a few milliseconds of the archive's one writer.
const SEALED_AT_ONCE: usize = 200;

/// One log of an account, and how far it is.
pub(crate) struct Log<'a> {
    client: &'a Client,
    store: &'a Store,
    lock: SyncLock,
    account: Account,
    scope: Scope,
    options: Options,
    plan: Plan,
    /// Nothing was ever read from it.
    new: bool,
    /// The plan was told that a run begins: once, or each pass would ask for what is not due.
    begun: bool,
}

/// An answer, ready to be applied and written.
struct Answer {
    step: Step,
    outcome: Outcome,
    page: Page,
    /// Its place in memory, until it is written.
    place: Option<Place>,
}

/// An answer that was applied: what is to be written.
struct Writing {
    batches: Vec<Batch>,
    upstream_from: Option<Timestamp>,
    absent_in: Option<Span>,
    /// Given back once it is written.
    place: Option<Place>,
}

impl<'a> Log<'a> {
    pub(crate) async fn open(
        client: &'a Client,
        store: &'a Store,
        lock: SyncLock,
        account: &Account,
        scope: Scope,
        options: &Options,
    ) -> Result<Self, Error> {
        let (account, options) = (account.clone(), options.clone());
        let (plan, new, begun) = (Plan::default(), true, false);
        let mut log = Self { client, store, lock, account, scope, options, plan, new, begun };
        log.change_scope(scope).await?;
        Ok(log)
    }

    /// Reads another log of the account from now on.
    pub(crate) async fn change_scope(&mut self, scope: Scope) -> Result<(), Error> {
        let plan = load_plan(self.store, &self.account, scope).await?;
        self.new = plan.is_none();
        self.plan = plan.unwrap_or_default();
        self.scope = scope;
        self.begun = false;
        Ok(())
    }

    pub(crate) fn lock(&self) -> &SyncLock {
        &self.lock
    }

    /// Which log it is.
    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// Whether nothing was ever read from it.
    pub(crate) fn is_new(&self) -> bool {
        self.new
    }

    /// When the next pass is due.
    pub(crate) fn idle_until(&mut self, now: Timestamp) -> Timestamp {
        match self.plan.next(now) {
            Step::Idle { until } => until,
            _ => now,
        }
    }

    /// The server's clock says what it can have listed; ours may be wrong.
    fn now(&self) -> Timestamp {
        self.client.server_time().unwrap_or_else(Timestamp::now)
    }

    /// Does what is due, until nothing is.
    pub(crate) async fn run(
        &mut self,
        progress: &mut impl FnMut(Progress),
    ) -> Result<Summary, Error> {
        if !std::mem::replace(&mut self.begun, true) {
            let log = match self.scope {
                Scope::Account => plan::Log::Account,
                Scope::Extension(_) => plan::Log::Extension,
            };
            let Options { since, upstream_days, .. } = self.options;
            self.plan.begin(self.now(), Wanted { log, since, upstream_days });
        }
        let (mut summary, mut tally, mut total) = (Summary::default(), Tally::default(), None);
        let mut step = self.seal_all(&mut summary).await?;
        let mut answer = self.ask(step.clone()).await?;
        while let Some(current) = answer.take() {
            if let (Step::List(page), Outcome::Page(listed)) = (&current.step, &current.outcome) {
                tally.add(*page, listed.total, current.page.ids.clone());
                total = total.or(listed.total);
            }
            summary.records += current.page.records;
            let writing = self.apply(current).await?;
            let absent_in = writing.absent_in;
            step = self.plan.next(self.now());
            let (written, asked) = match &step {
                // Not before what is sealed is written.
                Step::Seal(_) => {
                    let written = self.write(writing).await;
                    step = self.seal_all(&mut summary).await?;
                    (written, self.ask(step.clone()).await)
                }
                // What comes next is fetched and decoded while this is written.
                _ => tokio::join!(self.write(writing), self.ask(step.clone())),
            };
            let reached = match &step {
                Step::List(page) => page.span.to,
                _ => self.now(),
            };
            let written = written?;
            self.new = false;
            summary.committed += written;
            if let Some(span) = absent_in.filter(|_| written.suspects == 0) {
                self.plan.apply(self.now(), Outcome::Settled { span })?;
            }
            progress(Progress { records: summary.records, total, reached });
            answer = asked?;
        }
        if let Some(Shortfall { announced, listed }) = tally.shortfall() {
            tracing::warn!(announced, listed, "upstream announced more calls than it listed");
        }
        self.seal_again(&mut summary).await?;
        Ok(summary)
    }

    /// Sends what a step asks for; `None` when nothing is due.
    async fn ask(&self, step: Step) -> Result<Option<Answer>, Error> {
        let place = match (&step, &self.options.gate) {
            (Step::Idle { .. } | Step::Seal(_), _) => return Ok(None),
            (_, None) => None,
            (_, Some(gate)) => {
                // Nobody waits for a rate budget inside the gate.
                self.client.ready().await;
                Some(gate.enter().await)
            }
        };
        let (outcome, page) = match &step {
            Step::List(page) => self.list(*page).await?,
            Step::Probe(span) => (self.probe(*span).await?, Page::default()),
            Step::Changes(ask) | Step::Deletions(ask) => self.changes(&step, ask).await?,
            Step::Seal(_) | Step::Idle { .. } => return Ok(None),
        };
        Ok(Some(Answer { step, outcome, page, place }))
    }

    async fn list(&self, page: plan::ListPage) -> Result<(Outcome, Page), Error> {
        let per_page = self.options.per_page;
        let plan::ListPage { span, page: number, .. } = page;
        let (scope, view) = (self.scope, View::Detailed);
        let query = CallLogQuery { scope, view, span, page: number, per_page };
        let answer = self.client.call_log(&query).await?;
        let home = self.account.home;
        let (listed, page) =
            decode::aside(move || decode::page(&answer, home, span, per_page)).await?;
        Ok((Outcome::Page(listed), page))
    }

    async fn probe(&self, span: Span) -> Result<Outcome, Error> {
        let (scope, view) = (self.scope, View::Simple);
        let query = CallLogQuery { scope, view, span, page: 1, per_page: 1 };
        let answer = self.client.call_log(&query).await?;
        let home = self.account.home;
        let (listed, _) = decode::page(&answer, home, span, 1)?;
        Ok(Outcome::Probed { newest: listed.oldest })
    }

    async fn changes(&self, step: &Step, ask: &Ask) -> Result<(Outcome, Page), Error> {
        let (feed, count) = match (step, self.scope) {
            (Step::Changes(_), Scope::Account) => (Feed::Extract, plan::EXTRACT_COUNT),
            (_, scope) => (Feed::Sync(scope), plan::SYNC_COUNT),
        };
        let since = match ask {
            Ask::Full { from } => Since::Moment(*from, count.min(self.options.per_page)),
            Ask::Token(token) => Since::Token(token.clone()),
        };
        use callbook_ringcentral::Error as Upstream;
        let answer = match self.client.changes(&SyncQuery { feed, since }).await {
            Ok(answer) => answer,
            Err(Upstream::TokenRefused { .. }) => {
                return Ok((Outcome::TokenRefused, Page::default()));
            }
            Err(error) if error.is_unavailable() => {
                tracing::info!(%error, ?feed, "not available: found by listing instead");
                return Ok((Outcome::Unavailable, Page::default()));
            }
            // Lists may well be answered; if not either, they end the run.
            Err(error @ (Upstream::Unavailable { .. } | Upstream::Malformed { .. })) => {
                tracing::warn!(%error, ?feed, "fails: found by listing instead");
                return Ok((Outcome::Failing, Page::default()));
            }
            Err(error) => return Err(error.into()),
        };
        let synced = Synced {
            token: answer.token.clone(),
            sync_time: answer.sync_time.unwrap_or_else(|| self.now()),
            newer: answer.newer_records_exist,
            records: answer.records().len(),
        };
        let home = self.account.home;
        let page = decode::aside(move || decode::records(answer.records(), home)).await?;
        Ok((Outcome::Synced(synced), page))
    }

    /// Takes an answer into the plan; what is to be written comes with the plan's new state.
    async fn apply(&mut self, answer: Answer) -> Result<Writing, Error> {
        let Answer { outcome, page, place, .. } = answer;
        let now = self.now();
        let kept_before = self.plan.upstream_from();
        let complete = self.plan.apply(now, outcome)?;
        let mut batches = page.batches;
        if batches.is_empty() {
            batches.push(Batch::default());
        }
        let mut absent_in = None;
        if let Some(complete) = complete {
            let absent = self.absent(&complete).await?;
            if !absent.is_empty() {
                let span = complete.span;
                absent_in = Some(span);
                self.plan.apply(now, Outcome::Absent { span })?;
            }
            if let Some(last) = batches.last_mut() {
                last.absent = absent;
            }
        }
        let state = serde_json::to_string(&self.plan).map_err(Error::State)?;
        batches.iter_mut().for_each(|batch| batch.observed_ms = now.as_millisecond());
        if let Some(last) = batches.last_mut() {
            last.cursors.push((CURSOR, state));
        }
        let upstream_from = self.plan.upstream_from().filter(|from| Some(*from) != kept_before);
        Ok(Writing { batches, upstream_from, absent_in, place })
    }

    /// Calls that the archive has and the list has not.
    async fn absent(&self, complete: &Complete) -> Result<Vec<String>, Error> {
        let here = self.store.listed(self.account.key, self.scope, complete.span).await?;
        let ids = here.into_iter().map(|call| call.id);
        Ok(ids.filter(|id| !complete.ids.contains(id)).collect())
    }

    async fn write(&self, writing: Writing) -> Result<Committed, Error> {
        let Writing { batches, upstream_from, place, .. } = writing;
        if let Some(from) = upstream_from {
            let from_ms = from.as_millisecond();
            self.store.set_upstream_from(&self.lock, self.scope, from_ms).await?;
        }
        let mut committed = Committed::default();
        for batch in batches {
            committed += self.store.commit(&self.lock, self.scope, batch).await?;
        }
        drop(place);
        Ok(committed)
    }

    /// Seals the days that are to be sealed, many in a transaction; gives the next step that is none. The
    /// plan's state is written once for all: a day that is sealed twice is none the worse for it.
    async fn seal_all(&mut self, summary: &mut Summary) -> Result<Step, Error> {
        let (before, mut days) = (summary.sealed, Vec::new());
        loop {
            let now = self.now();
            let step = self.plan.next(now);
            let sealing = matches!(step, Step::Seal(_));
            if let Step::Seal(Sealing { day, upstream }) = &step {
                days.push((*day, upstream.as_ref().map(upstream_day)));
                self.plan.apply(now, Outcome::Sealed)?;
            }
            if days.len() == SEALED_AT_ONCE || (!sealing && !days.is_empty()) {
                summary.sealed += days.len() as u64;
                let days = std::mem::take(&mut days);
                let now_ms = now.as_millisecond();
                self.store.seal_days(&self.lock, self.scope, days, now_ms).await?;
            }
            if sealing {
                continue;
            }
            if summary.sealed > before {
                let state = serde_json::to_string(&self.plan).map_err(Error::State)?;
                let batch = Batch { cursors: vec![(CURSOR, state)], ..Batch::default() };
                self.store.commit(&self.lock, self.scope, batch).await?;
            }
            return Ok(step);
        }
    }

    /// Sealed days that have changed since are sealed anew.
    async fn seal_again(&self, summary: &mut Summary) -> Result<(), Error> {
        let now_ms = self.now().as_millisecond();
        let days = self.store.stale_seals(self.account.key, self.scope).await?;
        for days in days.chunks(SEALED_AT_ONCE) {
            let days: Vec<_> = days.iter().map(|day| (*day, None)).collect();
            summary.sealed += days.len() as u64;
            self.store.seal_days(&self.lock, self.scope, days, now_ms).await?;
        }
        Ok(())
    }
}

fn upstream_day(plan::UpstreamDay { calls, ids }: &plan::UpstreamDay) -> UpstreamDay {
    UpstreamDay { calls: calls.cast_signed(), ids_hash: ids.clone() }
}
