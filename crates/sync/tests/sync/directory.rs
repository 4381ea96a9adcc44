//! The directory: when which list is looked at, and what becomes of what it says.

use std::collections::BTreeSet;

use callbook_model::{DirectoryKind, ExtensionId};
use callbook_ringcentral::Resource;
use callbook_sync::{DirectoryPlan, DirectoryTask, Options, directory_plan};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Place, list, upstream};

const START: Timestamp = Timestamp::constant(1_700_000_000, 0);
const SEVEN: ExtensionId = ExtensionId(7);

fn minutes(minutes: i64) -> Timestamp {
    START + SignedDuration::from_mins(minutes)
}

/// Reads what is due, of one queue; which lists were asked for.
fn pass(plan: &mut DirectoryPlan, now: Timestamp) -> Vec<Resource> {
    let mut asked = Vec::new();
    while let Some(resource) = plan.next(now, &[]) {
        plan.read(resource, now, BTreeSet::from([SEVEN]));
        asked.push(resource);
    }
    asked
}

const ALL: [Resource; 8] = [
    Resource::Extensions,
    Resource::Account,
    Resource::Queues,
    Resource::Sites,
    Resource::CompanyHours,
    Resource::Members(SEVEN),
    Resource::Hours(SEVEN),
    Resource::Numbers,
];

#[test]
fn each_list_is_read_once_a_day() {
    let mut plan = DirectoryPlan::default();
    assert_eq!(pass(&mut plan, START), ALL);
    for minute in 1..24 * 60 {
        assert_eq!(plan.next(minutes(minute), &[]), None, "{minute}");
    }
    let saved = serde_json::to_string(&plan).unwrap();
    let mut plan: DirectoryPlan = serde_json::from_str(&saved).unwrap();
    assert_eq!(pass(&mut plan, minutes(24 * 60)), ALL);
}

#[test]
fn what_is_refused_or_fails_holds_no_other_up() {
    let mut plan = DirectoryPlan::default();
    let mut asked = Vec::new();
    while let Some(resource) = plan.next(START, &[]) {
        match resource {
            Resource::Sites => plan.failed(resource, START),
            Resource::Members(_) => plan.refused(resource, START, "no".to_owned()),
            _ => plan.read(resource, START, BTreeSet::from([SEVEN, ExtensionId(8)])),
        }
        asked.push(resource);
    }
    // Of the queues' members one was asked for: the others would be refused as well.
    assert_eq!(asked.len(), 9, "{asked:?}");
    assert_eq!(plan.refusals().collect::<Vec<_>>(), [(DirectoryTask::Members, "no")]);
    assert_eq!(plan.failures().collect::<Vec<_>>(), [DirectoryTask::Sites]);
    assert_eq!(plan.next(minutes(59), &[]), None);
    assert_eq!(pass(&mut plan, minutes(60)), [Resource::Sites]);
    let next_day = pass(&mut plan, minutes(24 * 60));
    assert!(next_day.contains(&Resource::Members(SEVEN)), "{next_day:?}");
    assert_eq!(plan.refusals().count() + plan.failures().count(), 0);
}

#[test]
fn a_queue_that_always_fails_holds_no_other_up() {
    let mut plan = DirectoryPlan::default();
    let mut members = Vec::new();
    for hour in 0..30 {
        let now = minutes(60 * hour);
        while let Some(resource) = plan.next(now, &[]) {
            match resource {
                Resource::Members(SEVEN) => plan.failed(resource, now),
                _ => plan.read(resource, now, BTreeSet::from([SEVEN, ExtensionId(8)])),
            }
            if let Resource::Members(queue) = resource {
                members.push((hour, queue.0));
            }
        }
    }
    assert_eq!(members, [(0, 7), (1, 8), (24, 7), (25, 8)]);
}

#[test]
fn what_is_postponed_comes_later() {
    let mut plan = DirectoryPlan::default();
    let mut asked = Vec::new();
    while let Some(resource) = plan.next(START, &[DirectoryTask::Numbers]) {
        plan.read(resource, START, BTreeSet::new());
        asked.push(resource);
    }
    assert!(!asked.contains(&Resource::Numbers), "{asked:?}");
    assert_eq!(pass(&mut plan, minutes(15)), [Resource::Numbers]);
}

/// Answers a list from now on.
async fn says(server: &MockServer, below: &str, answer: ResponseTemplate) {
    let at = format!("/restapi/v1.0/account/~{below}");
    let mock = Mock::given(method("GET")).and(path(at)).respond_with(answer);
    mock.with_priority(1).mount(server).await;
}

fn ok(records: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "records": records }))
}

impl Place {
    /// Forgets when the lists were last read.
    async fn next_day(&self) {
        self.sql("DELETE FROM cursor WHERE name = 'directory'");
        self.sync(Options::default()).await.unwrap();
    }

    /// The ids of what there is now, as `list/id`.
    async fn now(&self, kind: DirectoryKind) -> Vec<String> {
        let account = self.store.accounts().await.unwrap().remove(0);
        let facts = self.store.directory_at(account.key, kind, i64::MAX).await.unwrap();
        facts.into_iter().map(|fact| format!("{}/{}", fact.part, fact.entry.id)).collect()
    }
}

#[tokio::test]
async fn lists_that_cannot_be_had_close_nothing() {
    let server = upstream().await;
    list(&server, vec![]).await;
    says(&server, "/call-queues", ok(&json!([{ "id": "7" }, { "id": "8" }]))).await;
    for queue in [7, 8] {
        let members = format!("/call-queues/{queue}/members");
        says(&server, &members, ok(&json!([{ "id": 1 }, { "id": 2 }]))).await;
        let hours = format!("/extension/{queue}/business-hours");
        says(&server, &hours, ResponseTemplate::new(200).set_body_json(json!({}))).await;
    }
    let place = Place::new(&server).await;
    let summary = place.sync(Options::default()).await.unwrap();
    assert_eq!(summary.directory, 9, "2 queues, 4 members, 2 hours, the account");
    assert_eq!(place.now(DirectoryKind::Member).await, ["7/1", "7/2", "8/1", "8/2"]);

    // A queue's members fail, another's cannot be found, the list of queues announces more than it has.
    server.reset().await;
    let server = refill(&server).await;
    let short = json!({ "records": [{ "id": "8" }], "paging": { "totalElements": 2 } });
    let short = ResponseTemplate::new(200).set_body_json(short);
    says(server, "/call-queues", short).await;
    place.next_day().await;
    assert_eq!(place.now(DirectoryKind::Queue).await, ["0/7", "0/8"]);
    assert_eq!(place.now(DirectoryKind::Member).await.len(), 4);
    let account = place.store.accounts().await.unwrap().remove(0);
    let plan = directory_plan(&place.store, &account).await.unwrap();
    assert!(plan.failures().any(|task| task == DirectoryTask::Queues), "{plan:?}");

    // A queue is gone for good, and what belonged to it.
    server.reset().await;
    let server = refill(server).await;
    says(server, "/call-queues", ok(&json!([{ "id": "8" }]))).await;
    says(server, "/call-queues/8/members", ResponseTemplate::new(503)).await;
    let denied = json!({ "errorCode": "InsufficientPermissions", "message": "no",
        "permissionName": "ReadExtensions" });
    let denied = ResponseTemplate::new(403).set_body_json(denied);
    says(server, "/extension/8/business-hours", denied).await;
    place.next_day().await;
    assert_eq!(place.now(DirectoryKind::Queue).await, ["0/8"]);
    assert_eq!(place.now(DirectoryKind::Member).await, ["8/1", "8/2"]);
    assert_eq!(place.now(DirectoryKind::Hours).await, ["8/hours"]);
    let plan = directory_plan(&place.store, &account).await.unwrap();
    let refused: Vec<_> = plan.refusals().collect();
    let why = "the permission ReadExtensions is missing";
    assert!(refused.contains(&(DirectoryTask::QueueHours, why)), "{refused:?}");
    assert!(plan.failures().any(|task| task == DirectoryTask::Members), "{plan:?}");
}

/// What every upstream has, again.
async fn refill(server: &MockServer) -> &MockServer {
    crate::support::answer_basics(server).await;
    list(server, vec![]).await;
    server
}

#[tokio::test]
async fn a_sign_in_that_is_refused_ends_the_sync_and_a_failing_directory_does_not() {
    let server = upstream().await;
    let calls = list(&server, vec![crate::support::call("a")]).await;
    says(&server, "/extension", ResponseTemplate::new(500)).await;
    let place = Place::new(&server).await;
    place.sync(Options::default()).await.unwrap();
    assert_eq!(place.ids().await, ["a"]);
    drop(calls);
    let expired = json!({ "errorCode": "TokenExpired", "message": "Token is expired" });
    says(&server, "/sites", ResponseTemplate::new(401).set_body_json(expired)).await;
    place.sql("DELETE FROM cursor WHERE name = 'directory'");
    let error = place.sync(Options::default()).await.unwrap_err();
    let refused = callbook_ringcentral::Error::LoginRefused { reason: "Token is expired".into() };
    assert_eq!(error.to_string(), refused.to_string());
}
