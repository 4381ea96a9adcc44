//! Whether everything that was kept is still there, as it was.

use callbook_store::{Account, RecordingQuery, RecordingRow, RecordingStep, Store};
use jiff::Timestamp;

use crate::{Error, Place};

/// Rows read at a time.
const BATCH: u32 = 500;

/// What is wrong with a recording that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Its object is not there.
    Missing,
    /// Its object is of another length, or has other bytes.
    Changed,
}

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Audit {
    /// Recordings whose content was read and is right.
    pub right: u64,
    /// Their length together.
    pub bytes: u64,
    /// The others.
    pub wrong: u64,
}

/// Reads every recording that is kept, and hands the faults to `report`. With `refetch`, those are wanted again.
///
/// # Errors
/// When the archive or the place cannot be read.
pub async fn audit(
    store: &Store,
    account: &Account,
    place: &Place,
    refetch: bool,
    mut report: impl FnMut(&Audit, Option<(&RecordingRow, Fault)>),
) -> Result<Audit, Error> {
    let (mut audit, mut after) = (Audit::default(), String::new());
    loop {
        let query = RecordingQuery::Kept(after.clone(), BATCH);
        let rows = store.recordings(account.key, query).await?;
        let Some(last) = rows.last() else { return Ok(audit) };
        after.clone_from(&last.id);
        for row in &rows {
            let fault = look(place, row).await?;
            match fault {
                None => {
                    audit.right += 1;
                    audit.bytes += row.bytes.unwrap_or_default().unsigned_abs();
                }
                Some(_) => audit.wrong += 1,
            }
            if fault.is_some() && refetch {
                let now_ms = Timestamp::now().as_millisecond();
                store.note_recording(account.key, &row.id, RecordingStep::Damaged, now_ms).await?;
            }
            report(&audit, fault.map(|fault| (row, fault)));
        }
    }
}

async fn look(place: &Place, row: &RecordingRow) -> Result<Option<Fault>, Error> {
    let Some(object) = &row.object else { return Ok(Some(Fault::Missing)) };
    let Some(found) = place.hash(object).await? else { return Ok(Some(Fault::Missing)) };
    let bytes = row.bytes.and_then(|bytes| u64::try_from(bytes).ok());
    let same = bytes == Some(found.bytes) && row.sha256.as_ref() == Some(&found.sha256);
    Ok((!same).then_some(Fault::Changed))
}
