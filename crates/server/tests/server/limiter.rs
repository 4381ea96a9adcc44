//! What is counted survives restarts, and is counted together.

use callbook_api::{Decision, Group, LimitKey, Limiter, Plan};
use callbook_server::{ArchiveLimiter, NewApp};
use jiff::{SignedDuration, Timestamp};

use crate::place::{ANN, BOB, Place};

fn plan() -> Plan {
    "10/60s".parse().unwrap()
}

/// How many of so many requests may go on.
async fn allowed(limiter: &ArchiveLimiter, requests: u32, now: Timestamp) -> u32 {
    allowed_of(limiter, "app", Group::Heavy, requests, now).await
}

async fn allowed_of(
    limiter: &ArchiveLimiter,
    app: &str,
    group: Group,
    requests: u32,
    now: Timestamp,
) -> u32 {
    let key = LimitKey { app: app.to_owned(), user: Some(ANN) };
    let mut allowed = 0;
    for _ in 0..requests {
        let verdict = limiter.check(&key, group, now).await.unwrap();
        allowed += u32::from(matches!(verdict, None | Some(Decision::Allowed(_))));
    }
    allowed
}

#[tokio::test]
async fn a_restart_forgets_nothing_that_was_written() {
    let place = Place::sqlite().await;
    let now = Timestamp::now();
    let before = place.limiter(plan()).await;
    assert_eq!(allowed(&before, 7, now).await, 7);
    // What `stop` ends writes first.
    before.keep(std::future::ready(())).await;
    let after = place.limiter(plan()).await;
    assert_eq!(allowed(&after, 7, now).await, 3);
    let later = now + SignedDuration::from_secs(61);
    assert_eq!(allowed(&after, 20, later).await, 10);
}

#[tokio::test]
async fn processes_on_one_file_count_together_once_they_have_written() {
    let place = Place::sqlite().await;
    let now = Timestamp::now();
    let (one, other) = (place.limiter(plan()).await, place.limiter(plan()).await);
    let at = |step: i64| now + SignedDuration::from_millis(step);
    assert_eq!(allowed(&one, 1, at(0)).await + allowed(&one, 1, at(1)).await, 2);
    assert_eq!(allowed(&other, 1, at(2)).await + allowed(&other, 1, at(3)).await, 2);
    one.write().await.unwrap();
    // What the one has written is found, and both are written the next time.
    other.write().await.unwrap();
    other.write().await.unwrap();
    assert_eq!(allowed(&other, 20, at(4)).await, 6);
    assert_eq!(allowed(&one, 1, at(5)).await, 1);
    other.write().await.unwrap();
    one.write().await.unwrap();
    assert_eq!(allowed(&one, 1, at(6)).await, 0);
}

#[tokio::test]
async fn processes_on_one_server_count_together_at_once() {
    let Some(place) = Place::postgres().await else { return };
    let now = Timestamp::now();
    let (one, other) = (place.limiter(plan()).await, place.limiter(plan()).await);
    let (a, b) = tokio::join!(allowed(&one, 20, now), allowed(&other, 20, now));
    assert_eq!(a + b, 10);
    assert_eq!(allowed(&*place.limiter(plan()).await, 1, now).await, 0);
    let key = LimitKey { app: "app".into(), user: Some(BOB) };
    let verdict = one.check(&key, Group::Heavy, now).await.unwrap();
    assert!(matches!(verdict, Some(Decision::Allowed(quota)) if quota.remaining == 9));
}

#[tokio::test]
async fn an_app_may_have_a_plan_of_its_own() {
    let place = Place::sqlite().await;
    let now = Timestamp::now();
    let limiter = place.limiter(plan()).await;
    let mut ids = vec![];
    for plan in [Some("3/60s".parse().unwrap()), Some(Plan::Off), None] {
        let (name, masks_numbers) = ("app".to_owned(), false);
        let new = NewApp {
            name,
            scopes: vec![],
            public: true,
            redirect_uris: vec![],
            plan,
            masks_numbers,
        };
        let (app, _) = new.register(now).unwrap();
        ids.push(app.client_id.clone());
        place.open().await.put_app(place.account, app).await.unwrap();
    }
    for (id, expected) in ids.iter().zip([3, 20, 10]) {
        assert_eq!(allowed_of(&limiter, id, Group::Heavy, 20, now).await, expected, "{id}");
    }
    assert_eq!(allowed_of(&limiter, &ids[0], Group::NoThrottling, 99, now).await, 99);
}
