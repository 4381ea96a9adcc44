//! Every registered account in a line, the worst first.

use callbook_store::{Account, Registration, Store};
use callbook_sync::due_at;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::commands::account::state;
use crate::commands::print_json;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note};
use crate::time;

pub async fn run(store: &Store, json: bool) -> anyhow::Result<ExitCodeNumber> {
    let now = Timestamp::now();
    let mut registrations = store.registrations().await?;
    registrations.sort_by_cached_key(|each| badness(each, now));
    let failing = registrations.iter().any(|each| !each.paused && each.last_error.is_some());
    let verdict = if failing { failure::PARTLY } else { failure::OK };
    let accounts = store.accounts().await?;
    if json {
        let entries = registrations.iter().map(|each| as_json(each, &accounts, now));
        print_json(&entries.collect::<Vec<_>>())?;
        return Ok(verdict);
    }
    if registrations.is_empty() {
        note!("no accounts yet: `callbook account add NAME --credentials FILE`");
        return Ok(failure::OK);
    }
    let zone = TimeZone::system();
    let mut table = output::table(&["NAME", "LAST SYNC", "LATE BY", "FAILURES", "STATE"], &[4]);
    for each in &registrations {
        let last = each.last_success_ms.map_or("never".to_owned(), |ms| time::minute(ms, &zone));
        let late = late_ms(each, now).map_or_else(String::new, time::length);
        table.add_row(output::row([
            each.name.clone(),
            last,
            late,
            each.failures.to_string(),
            state(each),
        ]));
    }
    output::print(&table)?;
    Ok(verdict)
}

/// By how much its turn is overdue, in milliseconds.
fn late_ms(registration: &Registration, now: Timestamp) -> Option<i64> {
    let late = now.duration_since(due_at(registration)?).as_millis();
    i64::try_from(late).ok().filter(|late| *late > 0 && !registration.paused)
}

/// Sorts failing ones first, the longest failing before the others; paused ones come last.
fn badness(registration: &Registration, now: Timestamp) -> (bool, bool, i64, String) {
    let Registration { paused, last_error, last_success_ms, name, .. } = registration;
    let success = last_success_ms.unwrap_or(i64::MIN);
    let order =
        if last_error.is_some() { success } else { -late_ms(registration, now).unwrap_or(0) };
    (*paused, last_error.is_none(), order, name.clone())
}

fn as_json(registration: &Registration, accounts: &[Account], now: Timestamp) -> Value {
    let account = accounts.iter().find(|account| Some(account.key) == registration.account);
    let moment = |ms: Option<i64>| ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    json!({
        "name": registration.name,
        "account_id": account.map(|account| account.id.0),
        "paused": registration.paused,
        "last_success": moment(registration.last_success_ms),
        "last_error": registration.last_error,
        "failures": registration.failures,
        "late_ms": late_ms(registration, now),
    })
}
