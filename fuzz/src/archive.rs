//! An archive that files are taken into.

use std::cell::RefCell;

use callbook_exchange::{Clock, Error, How, Opened};
use callbook_model::{AccountId, Region, Scope};
use callbook_store::{Account, Location, Open, Store};
use jiff::tz::TimeZone;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// An archive that has taken in so many inputs makes way for a new one.
const INPUTS: u32 = 200;

struct Archive {
    runtime: Runtime,
    folder: TempDir,
    store: Store,
    account: Account,
}

thread_local! {
    static ARCHIVE: RefCell<Option<(u32, Archive)>> = const { RefCell::new(None) };
}

/// Takes a file in; that it cannot be read is no failure.
pub fn import(file: &[u8]) {
    ARCHIVE.with_borrow_mut(|kept| {
        let (inputs, archive) = kept.get_or_insert_with(|| (0, Archive::new()));
        archive.import(file);
        *inputs += 1;
        if *inputs == INPUTS {
            *kept = None;
        }
    });
}

impl Archive {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("a.db"));
        let (store, account) = runtime.block_on(async {
            let store = Store::open(&location, Open::OrCreate).await.unwrap();
            let account = store.put_account(AccountId(400), "http://a", None, Region::US);
            let account = account.await.unwrap();
            (store, account)
        });
        Self { runtime, folder, store, account }
    }

    fn import(&self, bytes: &[u8]) {
        let file = self.folder.path().join("file");
        std::fs::write(&file, bytes).unwrap();
        let Ok(opened) = Opened::open(&file) else { return };
        let clock = Clock { zone: TimeZone::UTC, day_first: bytes.len().is_multiple_of(2) };
        let how = How { scope: Scope::Account, clock: Some(clock) };
        let import = async { opened.import(&self.store, &self.account, how, &mut |_| ()).await };
        if let Err(Error::Store(error)) = self.runtime.block_on(import) {
            panic!("the archive's failure: {error:?}");
        }
    }
}
