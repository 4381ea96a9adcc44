//! When to look at which list of the directory: a state machine of its own, as pure as the other.
//!
//! Each list is read once a day; what is refused is asked for again a day later, what fails an hour later, and the
//! others go on. Upstream tells no changes of it, so a look is a whole list. The lists of queues follow that of the
//! queues, one request each.

use std::collections::{BTreeMap, BTreeSet};

use callbook_model::ExtensionId;
use callbook_ringcentral::Resource;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::clock::{DAY, due};

/// What fails is left alone for so long.
const RETRY: SignedDuration = SignedDuration::from_hours(1);

/// A list, or the same list of each queue; in the order in which they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryTask {
    /// Everything that has an extension: names are wanted first.
    Extensions,
    /// The company's profile.
    Account,
    /// The call queues.
    Queues,
    /// The sites.
    Sites,
    /// The company's business hours.
    CompanyHours,
    /// Who answers each queue.
    Members,
    /// The business hours of each queue.
    QueueHours,
    /// The phone numbers.
    Numbers,
}

/// When each list was read, and what is to be read next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DirectoryPlan {
    tasks: BTreeMap<DirectoryTask, State>,
}

/// How it stands with one list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct State {
    /// When it was last read or refused.
    asked: Option<Timestamp>,
    /// When it failed, if it did the last time.
    failed: Option<Timestamp>,
    /// Why it is refused, if it is.
    refused: Option<String>,
    /// Queues whose lists are to be read.
    queues: BTreeSet<ExtensionId>,
}

impl DirectoryTask {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Extensions,
        Self::Account,
        Self::Queues,
        Self::Sites,
        Self::CompanyHours,
        Self::Members,
        Self::QueueHours,
        Self::Numbers,
    ];

    /// What it is, for people.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Extensions => "extensions",
            Self::Account => "the account's profile",
            Self::Queues => "call queues",
            Self::Sites => "sites",
            Self::CompanyHours => "business hours",
            Self::Members => "members of call queues",
            Self::QueueHours => "business hours of call queues",
            Self::Numbers => "phone numbers",
        }
    }

    /// Whose list it is.
    fn of(resource: Resource) -> Self {
        match resource {
            Resource::Extensions => Self::Extensions,
            Resource::Account => Self::Account,
            Resource::Queues => Self::Queues,
            Resource::Sites => Self::Sites,
            Resource::CompanyHours => Self::CompanyHours,
            Resource::Members(_) => Self::Members,
            Resource::Hours(_) => Self::QueueHours,
            Resource::Numbers => Self::Numbers,
        }
    }
}

impl DirectoryPlan {
    /// The list to read now, but for those of `postponed`.
    pub fn next(&self, now: Timestamp, postponed: &[DirectoryTask]) -> Option<Resource> {
        let tasks = DirectoryTask::ALL.into_iter().filter(|task| !postponed.contains(task));
        tasks.filter_map(|task| self.due(task, now)).next()
    }

    fn due(&self, task: DirectoryTask, now: Timestamp) -> Option<Resource> {
        let none = State::default();
        let state = self.tasks.get(&task).unwrap_or(&none);
        if due(state.failed, now, RETRY) > now {
            return None;
        }
        let queue = state.queues.first().copied();
        let resource = match task {
            DirectoryTask::Members => return queue.map(Resource::Members),
            DirectoryTask::QueueHours => return queue.map(Resource::Hours),
            DirectoryTask::Extensions => Resource::Extensions,
            DirectoryTask::Account => Resource::Account,
            DirectoryTask::Queues => Resource::Queues,
            DirectoryTask::Sites => Resource::Sites,
            DirectoryTask::CompanyHours => Resource::CompanyHours,
            DirectoryTask::Numbers => Resource::Numbers,
        };
        (due(state.asked, now, DAY) <= now).then_some(resource)
    }

    /// A list was read to its end; `queues` are those of the list of them.
    pub fn read(&mut self, resource: Resource, now: Timestamp, queues: BTreeSet<ExtensionId>) {
        if resource == Resource::Queues {
            self.state(DirectoryTask::Members).queues = queues.clone();
            self.state(DirectoryTask::QueueHours).queues = queues;
        }
        let state = self.state(DirectoryTask::of(resource));
        state.asked = Some(now);
        state.failed = None;
        state.refused = None;
        resource.of().map(|queue| state.queues.remove(&queue));
    }

    /// A queue is not there (any more).
    pub fn gone(&mut self, resource: Resource) {
        let queue = resource.of();
        queue.map(|queue| self.state(DirectoryTask::of(resource)).queues.remove(&queue));
    }

    /// Not for this app or user, whichever queue it is of.
    pub fn refused(&mut self, resource: Resource, now: Timestamp, why: String) {
        let state = self.state(DirectoryTask::of(resource));
        *state = State { asked: Some(now), refused: Some(why), ..State::default() };
    }

    /// Every try failed, or a part of it is missing. A queue's turn comes again with the next day's queues, so that
    /// one whose list always fails holds no other up.
    pub fn failed(&mut self, resource: Resource, now: Timestamp) {
        let state = self.state(DirectoryTask::of(resource));
        state.failed = Some(now);
        resource.of().map(|queue| state.queues.remove(&queue));
    }

    /// What is refused, and why.
    pub fn refusals(&self) -> impl Iterator<Item = (DirectoryTask, &str)> {
        self.tasks.iter().filter_map(|(task, state)| Some((*task, state.refused.as_deref()?)))
    }

    /// What failed the last time.
    pub fn failures(&self) -> impl Iterator<Item = DirectoryTask> {
        self.tasks.iter().filter(|(_, state)| state.failed.is_some()).map(|(task, _)| *task)
    }

    fn state(&mut self, task: DirectoryTask) -> &mut State {
        self.tasks.entry(task).or_default()
    }
}
