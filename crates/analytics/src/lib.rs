//! Figures about calls for the Analytics API, counted in the lake.
//!
//! `api` reads requests and makes numbers of counted calls; here calls are counted, by static SQL (`sql/`), in tables
//! that are as new as the archive ([`LakeAnalytics`]).

mod current;
mod error;
mod parameters;
mod questions;
mod rows;

use std::sync::Arc;
use std::time::Duration;

use callbook_api::{Analytics, CallGroup, CallGroups, CallsQuery, Grouping, PortError};
use callbook_lake::{Lake, Limits, Tables};
use callbook_model::{AccountId, Region};
use tokio::sync::Semaphore;

use current::{Current, State};
use error::Error;
use parameters::Parameters;
use questions::{MEMBERS, Questions};

/// What one question may take; two are answered at one time.
const LIMITS: Limits =
    Limits { memory_bytes: 512 << 20, disk_bytes: 4 << 30, time: Duration::from_secs(60) };

const AT_ONCE: usize = 2;

/// An account's figures.
pub struct LakeAnalytics {
    current: Current,
    places: Semaphore,
    account: AccountId,
    home: Region,
}

impl LakeAnalytics {
    /// Counts in a lake, which is that of `account`; numbers without a country code are those of `home`.
    #[must_use]
    pub fn new(lake: Lake, account: AccountId, home: Region) -> Self {
        let current = Current::new(Arc::new(lake), LIMITS);
        Self { current, places: Semaphore::new(AT_ONCE), account, home }
    }

    async fn counted(&self, query: &CallsQuery) -> Result<CallGroups, Error> {
        let _place = self.places.acquire().await.map_err(|_| Error::Closed)?;
        let tables = match self.current.tables().await? {
            State::Ready(tables) => tables,
            State::Behind => return Ok(CallGroups::NotYet),
        };
        let mut parameters = Parameters::new(query, self.account, self.home)?;
        if let Some(membership) = query.membership {
            parameters.belong(membership);
            let members = tables.ask(MEMBERS, parameters.all()).await?;
            parameters.only(&rows::keys(members).await?);
        }
        page(&tables, query, &mut parameters).await
    }
}

/// Counts the calls of a page of groups.
async fn page(
    tables: &Tables,
    query: &CallsQuery,
    parameters: &mut Parameters,
) -> Result<CallGroups, Error> {
    let questions = Questions::of(query.grouping);
    let mut groups = rows::groups(tables.ask(questions.groups, parameters.all()).await?).await?;
    if groups.is_empty() && query.grouping == Grouping::Company {
        groups.push(parameters.company());
    }
    let total = groups.len() as u64;
    let skip = usize::try_from(query.skip).unwrap_or(usize::MAX);
    let groups = groups.into_iter().skip(skip).take(query.take as usize);
    let mut groups: Vec<CallGroup> = groups.collect();
    let keys: Vec<String> = groups.iter().map(|group| group.key.clone()).collect();
    parameters.only(&keys);
    let mut left = query.most_cells;
    for interval in &query.intervals {
        if groups.is_empty() {
            break;
        }
        parameters.tell_apart(*interval);
        let answer = tables.ask(questions.cells, parameters.all()).await?;
        if !rows::add_cells(answer, &mut groups, &mut left).await? {
            return Ok(CallGroups::TooMany);
        }
    }
    Ok(CallGroups::Page { groups, total })
}

impl Analytics for LakeAnalytics {
    async fn calls(&self, query: &CallsQuery) -> Result<CallGroups, PortError> {
        match self.counted(query).await {
            Ok(groups) => Ok(groups),
            // It would take more than it may: the client can ask for less.
            Err(Error::Lake(
                callbook_lake::Error::Memory { .. } | callbook_lake::Error::Time { .. },
            )) => Ok(CallGroups::TooMany),
            Err(error) => Err(PortError(Box::new(error))),
        }
    }
}
