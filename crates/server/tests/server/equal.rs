//! An archive of an archive that is served is equal to it.

use callbook_model::{Scope, Span, content_hash};
use callbook_store::{CallFilter, Store};
use jiff::Timestamp;

use crate::company::{Archived, client, company};
use crate::kinds::conformance;
use crate::serving::Served;

/// Id, links left out content, and whether it is deleted, of every call of the company's log.
async fn calls(archived: &Archived) -> Vec<(String, [u8; 16], bool)> {
    let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
    let filter = CallFilter { deleted: true, ..CallFilter::new(Scope::Account, span) };
    let store: &Store = &archived.store;
    let rows = store.whole_calls(archived.account.key, filter, None, 10_000).await.unwrap();
    let each = rows.into_iter();
    let mut calls: Vec<_> =
        each.map(|row| (row.id, content_hash(&row.json.unwrap()).0, row.deleted)).collect();
    calls.sort();
    calls
}

conformance! {
    async fn a_sync_from_it_gives_the_same_calls(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let jwt = format!("jwt-of-{}", company().admin).into();
        let client = client(&served.url, "app", None, jwt);
        let copy = Archived::of(kind, &client, &served.url).await;
        let (ours, theirs) = (calls(&copy).await, calls(&served.archived).await);
        assert!(ours.len() > 1_000);
        assert_eq!(ours, theirs);
        assert_eq!(copy.account.id, served.archived.account.id);
        assert_eq!(copy.account.main_number, served.archived.account.main_number);
        let names = async |archived: &Archived| {
            archived.store.extensions(archived.account.key).await.unwrap()
        };
        assert_eq!(names(&copy).await, names(&served.archived).await);
    }
}
