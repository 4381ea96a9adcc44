//! Too much, too early, and nothing at all.

use std::time::Duration;

use callbook_api::{Analytics as _, CallGroups, Grouping};
use serde_json::Value;

use crate::archive::{ANN, Archive, EVE, call, inside, outside, page, query};

/// Calls of Ann's and Eve's, one a second.
fn calls(first: u32, count: u32) -> Vec<Value> {
    let one = |id: u32| {
        let second = i64::from(id % 3_600);
        let user = if id.is_multiple_of(3) { EVE } else { ANN };
        let leg = (user, second, second + 30, "Accept", "Accepted");
        call(id, &outside(), &inside(user), "Inbound", &[leg])
    };
    (first..first + count).map(one).collect()
}

#[tokio::test]
async fn a_company_without_calls_is_a_group_without_cells() {
    let archive = Archive::new().await;
    let analytics = archive.analytics();
    let (groups, total) = page(&analytics, &query(Grouping::Company)).await;
    assert_eq!((total, &*groups[0].key, &*groups[0].cells), (1, "400", &[Vec::new()][..]));
    assert_eq!(page(&analytics, &query(Grouping::Users)).await.1, 0);
}

#[tokio::test]
async fn a_page_has_the_groups_of_its_turn_and_no_more_cells_than_are_wanted() {
    let archive = Archive::new().await;
    archive.commit(&calls(0, 30)).await;
    let analytics = archive.analytics();
    let mut query = query(Grouping::Users);
    (query.skip, query.take) = (1, 1);
    let (groups, total) = page(&analytics, &query).await;
    assert_eq!((total, groups.len(), &*groups[0].key), (2, 1, &*EVE.to_string()));
    query.most_cells = 0;
    assert_eq!(analytics.calls(&query).await.unwrap(), CallGroups::TooMany);
}

#[tokio::test]
async fn a_change_is_told_of_at_once() {
    let archive = Archive::new().await;
    archive.commit(&calls(0, 3)).await;
    let analytics = archive.analytics();
    let count = async || {
        let (groups, _) = page(&analytics, &query(Grouping::Company)).await;
        groups[0].cells[0].iter().map(|cell| cell.calls).sum::<u64>()
    };
    assert_eq!((count().await, count().await), (3, 3));
    archive.commit(&calls(3, 2)).await;
    assert_eq!(count().await, 5);
}

#[tokio::test]
async fn who_asks_of_a_lake_far_behind_is_to_come_again() {
    let archive = Archive::new().await;
    archive.commit(&calls(0, 20_001)).await;
    let analytics = archive.analytics();
    let query = query(Grouping::Company);
    assert_eq!(analytics.calls(&query).await.unwrap(), CallGroups::NotYet);
    let groups = loop {
        match analytics.calls(&query).await.unwrap() {
            CallGroups::NotYet => tokio::time::sleep(Duration::from_millis(20)).await,
            CallGroups::Page { groups, .. } => break groups,
            CallGroups::TooMany => panic!("a few cells are too many"),
        }
    };
    let calls: u64 = groups[0].cells[0].iter().map(|cell| cell.calls).sum();
    assert_eq!(calls, 20_001);
}
