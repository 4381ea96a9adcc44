//! Departments, menus, shared lines, members of a queue.

use callbook_api::{CallGroup, Cell, Facet, Grouping, Membership, Side};
use serde_json::json;

use crate::archive::{
    ANN, Archive, BOB, EVE, LINE, MENU, QUEUE, call, inside, outside, page, query,
};

/// The word for a side of a facet.
fn word(facet: Facet, side: Side, words: &[&'static str]) -> &'static str {
    match side {
        Side::Unknown => "?",
        Side::Neither => "-",
        word => words.iter().find(|known| facet.side(Some(known)) == Some(word)).unwrap(),
    }
}

/// What a group had, as `direction response calls seconds`, in order.
fn told(group: &CallGroup) -> Vec<String> {
    let responses = ["Answered", "NotAnswered", "Connected", "NotConnected"];
    let line = |cell: &Cell| {
        let side = |facet: Facet| cell.sides[facet as usize];
        let direction = word(Facet::Direction, side(Facet::Direction), &["Inbound", "Outbound"]);
        let response = word(Facet::Response, side(Facet::Response), &responses);
        format!("{direction} {response} {} {}", cell.calls, cell.spent_ms / 1000)
    };
    let mut told: Vec<String> = group.cells[0].iter().map(line).collect();
    told.sort_unstable();
    told
}

async fn archive() -> Archive {
    let archive = Archive::new().await;
    let (from, to) = (outside(), json!({ "phoneNumber": "+16505550100" }));
    archive
        .commit(&[
            // Bob answers what Ann has not: one call of their department.
            call(
                1,
                &from,
                &to,
                "Inbound",
                &[(ANN, 0, 20, "FindMe", "Missed"), (BOB, 20, 80, "FindMe", "Accepted")],
            ),
            // Ann calls Bob: the department's own call, outbound.
            call(
                2,
                &inside(ANN),
                &inside(BOB),
                "Outbound",
                &[(ANN, 0, 30, "ExtensionToExtension", "Call connected")],
            ),
            // Eve reaches nobody outside.
            call(
                3,
                &inside(EVE),
                &from,
                "Outbound",
                &[(EVE, 0, 15, "SipToPstnMetered", "No Answer")],
            ),
            call(
                4,
                &from,
                &to,
                "Inbound",
                &[
                    (MENU, 0, 60, "PstnToSip", "Accepted"),
                    (LINE, 10, 20, "Hunting", "Missed"),
                    (EVE, 20, 60, "Accept", "Accepted"),
                ],
            ),
        ])
        .await;
    archive
}

#[tokio::test]
async fn a_departments_calls_are_its_peoples_each_once() {
    let archive = archive().await;
    let analytics = archive.analytics();
    let (groups, total) = page(&analytics, &query(Grouping::Departments)).await;
    assert_eq!((total, &*groups[0].key, &*groups[1].key), (2, "Sales", "Support"));
    assert_eq!(told(&groups[0]), ["Inbound Answered 1 80", "Outbound Connected 1 30"]);
    assert_eq!(told(&groups[1]), ["Inbound Answered 1 40", "Outbound NotConnected 1 15"]);
}

#[tokio::test]
async fn menus_and_shared_lines_have_what_came_to_them() {
    let archive = archive().await;
    let analytics = archive.analytics();
    for (grouping, extension, told_) in
        [(Grouping::Menus, MENU, "Inbound ? 1 60"), (Grouping::SharedLines, LINE, "Inbound ? 1 10")]
    {
        let (groups, total) = page(&analytics, &query(grouping)).await;
        assert_eq!((total, &*groups[0].key), (1, &*extension.to_string()));
        assert_eq!(groups[0].name.as_deref(), Some(&*format!("Extension {extension}")));
        assert_eq!(told(&groups[0]), [told_]);
    }
}

#[tokio::test]
async fn people_can_be_those_of_a_queue_or_a_department() {
    let archive = archive().await;
    let analytics = archive.analytics();
    let keys = async |membership: Membership, keys: &[&str]| {
        let mut query = query(Grouping::Users);
        query.membership = Some(membership);
        query.keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let (groups, _) = page(&analytics, &query).await;
        groups.into_iter().map(|group| group.key.parse().unwrap()).collect::<Vec<u64>>()
    };
    assert_eq!(keys(Membership::Queues, &[]).await, [BOB]);
    assert_eq!(keys(Membership::Queues, &[&QUEUE.to_string()]).await, [BOB]);
    assert_eq!(keys(Membership::Queues, &["7"]).await, [0; 0]);
    assert_eq!(keys(Membership::Departments, &["Support"]).await, [EVE]);
    assert_eq!(keys(Membership::Departments, &[]).await, [ANN, BOB, EVE]);
    assert_eq!(keys(Membership::Sites, &[]).await, [0; 0]);
}

#[tokio::test]
async fn hours_that_nobody_has_archived_are_not_known() {
    let archive = archive().await;
    let analytics = archive.analytics();
    let (groups, _) = page(&analytics, &query(Grouping::Company)).await;
    let known = groups[0].cells[0].iter().map(|cell| cell.sides[Facet::CompanyHours as usize]);
    assert!(known.clone().count() > 0);
    assert!(known.clone().all(|side| side == Side::Unknown));
}
