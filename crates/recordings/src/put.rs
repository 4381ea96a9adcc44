//! A content, looked at and put where recordings are kept.

use std::io;

use callbook_model::AccountId;
use callbook_store::{Account, Kept, RecordingRow, RecordingStep, Store};
use jiff::Timestamp;
use tokio::fs::File;

use crate::hash::Hash;
use crate::place::Place;
use crate::sound::{Sound, inspect};
use crate::{Error, crash};

/// A sound may differ so much from the length that upstream states, which knows whole seconds.
const TOLERANCE_MS: i64 = 2_000;

/// What was found out about a content.
pub(crate) struct Found {
    pub(crate) hash: Hash,
    sound: Option<Sound>,
    content_type: String,
    pub(crate) note: Option<String>,
}

/// Puts a recording's content away; `false` if nobody wants it any more. Its id is one that can be part of a name.
pub(crate) async fn put(
    store: &Store,
    account: &Account,
    place: &Place,
    row: &RecordingRow,
    mut file: File,
    found: Found,
) -> Result<bool, Error> {
    let note = async |step| {
        let at_ms = Timestamp::now().as_millisecond();
        store.note_recording(account.key, &row.id, step, at_ms).await
    };
    let object = object(account.id, row, &found);
    if !note(RecordingStep::Placed(object.clone())).await? {
        return Ok(false);
    }
    callbook_crash::point(crash::PLACED);
    place.put(&object, &mut file, &found.hash).await?;
    callbook_crash::point(crash::PUT);
    let kept = Kept {
        content_type: found.content_type,
        bytes: i64::try_from(found.hash.bytes).unwrap_or(i64::MAX),
        duration_ms: found.sound.map(|sound| sound.duration_ms),
        sha256: found.hash.sha256,
        note: found.note,
    };
    let kept = note(RecordingStep::Kept(kept)).await?;
    callbook_crash::point(crash::KEPT);
    if !kept {
        // Its call was erased meanwhile.
        store.doom_object(&object).await?;
    }
    Ok(kept)
}

pub(crate) async fn look_at(
    file: File,
    named: Option<String>,
    stated_ms: Option<i64>,
) -> io::Result<Found> {
    let file = file.into_std().await;
    let looked = tokio::task::spawn_blocking(move || {
        let sound = inspect(&file)?;
        io::Seek::rewind(&mut &file)?;
        io::Result::Ok((Hash::of(&file)?, sound))
    });
    let (hash, sound) = match looked.await {
        Ok(looked) => looked?,
        Err(join) => std::panic::resume_unwind(join.into_panic()),
    };
    let note = oddity(sound.as_ref(), named.as_deref(), stated_ms);
    let content_type = match (&named, &sound) {
        (Some(named), _) => named.clone(),
        (None, Some(sound)) => sound.format.content_type().to_owned(),
        (None, None) => "application/octet-stream".to_owned(),
    };
    Ok(Found { hash, sound, content_type, note })
}

/// What is wrong with a content.
fn oddity(sound: Option<&Sound>, named: Option<&str>, stated_ms: Option<i64>) -> Option<String> {
    let Some(sound) = sound else { return Some("it is no sound that Callbook knows".to_owned()) };
    if sound.cut_short {
        return Some("it ends in the middle".to_owned());
    }
    if let Some(named) = named.filter(|named| !sound.format.is_called(named)) {
        return Some(format!("it is called {named}, and is {}", sound.format.content_type()));
    }
    let stated_ms = stated_ms?;
    let off = (sound.duration_ms - stated_ms).abs() > TOLERANCE_MS.max(stated_ms / 50);
    let seconds = |ms: i64| (ms + 500) / 1000;
    off.then(|| {
        let (found, stated) = (seconds(sound.duration_ms), seconds(stated_ms));
        format!("it lasts {found} s, and upstream says {stated} s")
    })
}

/// Where a recording's content goes: by day, and by its content, so that it is never written over another.
fn object(account: AccountId, row: &RecordingRow, found: &Found) -> String {
    let start = Timestamp::from_millisecond(row.start_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let extension = found.sound.as_ref().map_or("bin", |sound| sound.format.extension());
    let (day, content) = (start.strftime("%Y/%m/%d"), &found.hash.sha256[..12]);
    format!("{account}/{day}/{}-{content}.{extension}", row.id)
}
