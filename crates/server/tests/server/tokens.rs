//! Sessions over restarts, and in several processes.

use callbook_api::{KeptSession, TokenChanges, TokenDigest, Tokens};
use callbook_server::ArchiveTokens;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::place::{ANN, Place};

const TOKEN: TokenDigest = TokenDigest([1; 32]);
const NEXT: TokenDigest = TokenDigest([2; 32]);

fn session() -> KeptSession {
    let (app, state) = ("app".to_owned(), "{}".to_owned());
    KeptSession { id: Uuid::new_v4(), app, user: ANN, state, revision: 0 }
}

fn added(token: TokenDigest) -> TokenChanges {
    let expires = Timestamp::now() + SignedDuration::from_hours(1);
    TokenChanges { added: vec![(token, expires)], ..TokenChanges::default() }
}

#[tokio::test]
async fn a_session_is_found_after_a_restart_and_changed_once() {
    let place = Place::sqlite().await;
    let open = async || ArchiveTokens::new(place.open().await, place.account);
    let (before, new) = (open().await, session());
    assert!(before.put(&new, &added(TOKEN)).await.unwrap());
    let after = open().await;
    let found = after.find(&TOKEN).await.unwrap().unwrap();
    assert_eq!(found.session, KeptSession { revision: 1, ..new });

    // Both know it as it is; one of them changes it.
    assert!(before.find(&TOKEN).await.unwrap().is_some());
    let next = TokenChanges { removed: vec![TOKEN], ..added(NEXT) };
    assert!(after.put(&found.session, &next).await.unwrap());
    assert!(after.find(&TOKEN).await.unwrap().is_none());
    assert!(!before.put(&found.session, &added(TokenDigest([3; 32]))).await.unwrap());
    assert!(before.find(&TOKEN).await.unwrap().is_none());
    assert_eq!(before.find(&NEXT).await.unwrap().unwrap().session.revision, 2);
}

#[tokio::test]
async fn what_another_process_ends_is_soon_unknown_here() {
    let place = Place::sqlite().await;
    let (one, other) = (
        ArchiveTokens::new(place.open().await, place.account),
        ArchiveTokens::new(place.open().await, place.account),
    );
    let new = session();
    assert!(one.put(&new, &added(TOKEN)).await.unwrap());
    assert!(other.find(&TOKEN).await.unwrap().is_some());
    one.remove(new.id).await.unwrap();
    assert!(one.find(&TOKEN).await.unwrap().is_none());
    while other.find(&TOKEN).await.unwrap().is_some() {
        tokio::task::yield_now().await;
    }
}
