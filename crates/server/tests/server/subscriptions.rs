//! Webhooks over restarts, and in several processes.

use callbook_api::{Blacklisted, Subscription, Subscriptions, Webhook};
use callbook_server::ArchiveSubscriptions;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use crate::place::{ANN, Place};

fn webhook() -> Webhook {
    let created: Timestamp = "2024-02-01T12:00:00.123Z".parse().unwrap();
    Webhook {
        subscription: Subscription {
            id: Uuid::new_v4(),
            app: "app".to_owned(),
            user: ANN,
            filters: vec!["/restapi/v1.0/account/400/call-log".to_owned()],
            created,
            expires: created + SignedDuration::from_hours(1),
        },
        address: "https://example.com/hook".to_owned(),
        verification_token: Some("secret".into()),
        blacklisted: None,
        position: 7,
    }
}

async fn open(place: &Place) -> ArchiveSubscriptions {
    ArchiveSubscriptions::new(place.open().await, place.account)
}

#[tokio::test]
async fn a_webhook_goes_on_after_a_restart_from_where_it_was() {
    let place = Place::sqlite().await;
    let (before, new) = (open(&place).await, webhook());
    let id = new.subscription.id;
    assert!(before.add(&new, 30).await.unwrap());
    before.advance(id, 12).await.unwrap();
    let longer = Subscription { expires: Timestamp::UNIX_EPOCH, ..new.subscription.clone() };
    before.change(&longer).await.unwrap();
    let why = Blacklisted { at: new.subscription.created, reason: "it is gone".to_owned() };
    before.blacklist(id, &why).await.unwrap();

    let found = open(&place).await.find(id).await.unwrap().unwrap();
    assert_eq!((found.subscription, found.position), (longer, 12));
    assert_eq!((found.address, found.blacklisted), (new.address, Some(why)));
    assert_eq!(found.verification_token.unwrap().expose_secret(), "secret");
    assert!(before.remove(id).await.unwrap());
    assert!(open(&place).await.find(id).await.unwrap().is_none());
}

#[tokio::test]
async fn the_next_process_delivers_once_the_first_says_no_more_that_it_does() {
    let place = Place::sqlite().await;
    let (one, other) = (open(&place).await, open(&place).await);
    assert!(one.leads().await.unwrap());
    assert!(!other.leads().await.unwrap());
    assert!(one.leads().await.unwrap());
    while !other.leads().await.unwrap() {
        tokio::task::yield_now().await;
    }
    assert!(!one.leads().await.unwrap());
}
