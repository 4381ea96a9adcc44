//! How fast an archive tells what has changed, session by session, from the beginning:
//! `cargo run --release -p callbook-store --example changed_sessions -- ARCHIVE [CALLS_A_STEP]`.

use std::time::Instant;

use callbook_store::{Open, Store};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let location = arguments.next().ok_or("which archive?")?.parse()?;
    let limit = arguments.next().map_or(Ok(10_000), |limit| limit.parse())?;
    let store = Store::open(&location, Open::Existing).await?;
    for account in store.accounts().await? {
        let (begun, mut upto, mut records, mut sessions, mut bytes) = (Instant::now(), 0, 0, 0, 0);
        loop {
            let changes = store.changed_sessions(account.key, upto, limit).await?;
            let of_each = || changes.sessions.iter().flat_map(|session| &session.records);
            sessions += changes.sessions.len();
            records += of_each().count();
            bytes += of_each().map(|record| record.json.len()).sum::<usize>();
            if changes.upto <= upto {
                break;
            }
            upto = changes.upto;
        }
        let (seconds, megabytes) = (begun.elapsed().as_secs_f64(), bytes / 1_000_000);
        let a_second = records as f64 / seconds;
        println!(
            "{records} records of {sessions} sessions, {megabytes} MB: {a_second:.0} a second"
        );
    }
    Ok(())
}
