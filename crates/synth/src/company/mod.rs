//! The company: people, numbers, and the logs of their calls.

mod contacts;
mod directory;
mod logs;
mod names;
mod numbers;
mod people;
pub(crate) mod sites;

use std::collections::HashMap;

pub use logs::Recording;
pub use people::ExtensionKind;

pub(crate) use contacts::Contact;
pub(crate) use people::{Desk, People, Ring};

use serde_json::Value;

use crate::Config;
use crate::plan::Cast;
use crate::schedule::Schedule;
use logs::LogItem;

/// One extension of the company.
#[derive(Debug, Clone)]
pub struct Extension {
    /// RingCentral's internal id.
    pub id: u64,
    /// The short number people dial, such as `101`.
    pub number: String,
    /// Display name.
    pub name: String,
    /// User, queue, menu or site.
    pub kind: ExtensionKind,
    /// May read the whole company's call log.
    pub admin: bool,
    /// Queues only: the member users' extension ids.
    pub members: Vec<u64>,
    /// The contract's `GetExtensionInfoResponse`; its list form is a subset.
    pub json: Value,
}

/// A synthetic company and its calls.
pub struct Company {
    config: Config,
    people: People,
    contacts: Vec<Contact>,
    extensions: Vec<Extension>,
    positions: HashMap<u64, u32>,
    schedule: Schedule,
    /// For each extension, its log, ascending by start and call.
    logs: Vec<Vec<LogItem>>,
}

impl Company {
    /// Makes the company, and finds out when each call starts and whom it concerns.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let people = People::new(config.seed, config.users);
        let contacts = contacts::pool(config.seed, config.calls);
        let extensions = directory::extensions(&config, &people);
        let positions =
            (0..).zip(&people.desks).map(|(position, desk)| (desk.id, position)).collect();
        let schedule = Schedule::new(&config, &Cast::new(&config, &people, &contacts));
        let logs = vec![];
        let mut company = Self { config, people, contacts, extensions, positions, schedule, logs };
        company.logs = company.file_calls();
        company
    }

    /// What the company was made from.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The account's internal id.
    #[must_use]
    pub fn account_id(&self) -> u64 {
        self.people.account_id
    }

    /// Users first (the first one is an administrator with number 101), then queues, menus, sites.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The extension with an internal id.
    #[must_use]
    pub fn extension(&self, id: u64) -> Option<&Extension> {
        self.extensions.get(*self.positions.get(&id)? as usize)
    }

    /// The contract's `GetAccountInfoResponse`.
    #[must_use]
    pub fn account_json(&self) -> Value {
        directory::account(&self.config, &self.people)
    }

    /// The contract's `CompanyBusinessHours`: Monday to Friday, on the main site's clock.
    #[must_use]
    pub fn business_hours_json(&self) -> Value {
        directory::business_hours(&self.config, &self.people)
    }

    /// The contract's `CompanyPhoneNumberInfo` for every number of the company.
    #[must_use]
    pub fn phone_numbers(&self) -> Vec<Value> {
        directory::phone_numbers(&self.config, &self.people)
    }

    /// The contract's `UserPhoneNumberInfo` for every number that one extension may use.
    #[must_use]
    pub fn extension_phone_numbers(&self, id: u64) -> Vec<Value> {
        directory::extension_phone_numbers(&self.config, &self.people, id)
    }

    /// The contract's `CallQueueDetails`, when the extension is a queue.
    #[must_use]
    pub fn queue_json(&self, id: u64) -> Option<Value> {
        let desk = self.people.desk(*self.positions.get(&id)?);
        (desk.kind == ExtensionKind::Queue)
            .then(|| directory::queue(&self.config, &self.people, desk))
    }

    pub(crate) fn people(&self) -> &People {
        &self.people
    }

    pub(crate) fn contacts(&self) -> &[Contact] {
        &self.contacts
    }
}
