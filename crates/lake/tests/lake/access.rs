//! Who may not see all calls, sees their own parts of calls and nothing else.

use std::collections::BTreeSet;

use callbook_lake::{Access, Circle, Lake, Limits, Tables};
use callbook_model::{ExtensionId, project};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::archive::{Archive, START_MS, ask, moment};

/// Users; a queue's members are any of them.
const PEOPLE: [u64; 5] = [1001, 1002, 1003, 1004, 1005];
const QUEUES: [u64; 2] = [2001, 2002];

/// What happens in a call, one thing after the other.
#[derive(Debug, Clone)]
enum Step {
    /// A queue takes it and offers it to some people; one may answer.
    Queue { queue: u64, rung: Vec<u64>, answers: bool },
    /// Somebody is rung, or it is passed on to them.
    Person { person: u64, answers: bool, transfer: bool },
}

#[derive(Debug, Clone)]
struct Path {
    minute: i64,
    caller: Option<u64>,
    steps: Vec<Step>,
    recorded: bool,
}

fn person() -> impl Strategy<Value = u64> {
    prop::sample::select(&PEOPLE[..])
}

fn step() -> impl Strategy<Value = Step> {
    let queue =
        (prop::sample::select(&QUEUES[..]), prop::collection::vec(person(), 0..4), any::<bool>());
    prop_oneof![
        queue.prop_map(|(queue, rung, answers)| Step::Queue { queue, rung, answers }),
        (person(), any::<bool>(), any::<bool>())
            .prop_map(|(person, answers, transfer)| Step::Person { person, answers, transfer }),
    ]
}

fn path() -> impl Strategy<Value = Path> {
    let caller = prop::option::weighted(0.2, person());
    (0i64..50_000, caller, prop::collection::vec(step(), 1..4), any::<bool>())
        .prop_map(|(minute, caller, steps, recorded)| Path { minute, caller, steps, recorded })
}

fn access() -> impl Strategy<Value = Circle> {
    let people = prop::collection::btree_set(person(), 0..3);
    let queues = prop::collection::btree_set(prop::sample::select(&QUEUES[..]), 0..2);
    (people, queues)
        .prop_map(|(people, queues)| Circle { people: ids(people), queues: ids(queues) })
}

fn ids(of: impl IntoIterator<Item = u64>) -> BTreeSet<ExtensionId> {
    of.into_iter().map(ExtensionId).collect()
}

impl Path {
    /// The record, as upstream would write it.
    fn record(&self, id: usize) -> Value {
        let mut at_ms = START_MS + self.minute * 60_000;
        let mut legs: Vec<Value> = Vec::new();
        let from = match self.caller {
            Some(caller) => json!({ "extensionId": caller.to_string(), "extensionNumber": "1" }),
            None => {
                json!({ "phoneNumber": format!("+1650555{id:04}"), "name": format!("Secret {id}") })
            }
        };
        for (extension, action, answers, seconds) in self.steps.iter().flat_map(Step::legs) {
            let mut leg = json!({
                "startTime": moment(at_ms), "duration": seconds, "type": "Voice", "direction": "Inbound",
                "action": action, "result": if answers { "Accepted" } else { "Missed" }, "from": from,
                "to": { "extensionId": extension.to_string() }, "extension": { "id": extension },
                "legType": "Accept",
            });
            if legs.is_empty() {
                leg["master"] = true.into();
            }
            if answers && self.recorded {
                leg["recording"] =
                    json!({ "id": format!("{id}{}", legs.len()), "type": "Automatic" });
            }
            legs.push(leg);
            at_ms += seconds * 1_000;
        }
        let mut record = legs[0].clone();
        record["id"] = format!("c{id}").into();
        record["sessionId"] = id.to_string().into();
        record["telephonySessionId"] = format!("s-{id}").into();
        record["legs"] = legs.into();
        record
    }
}

impl Step {
    fn legs(&self) -> Vec<(u64, &'static str, bool, i64)> {
        match self {
            Self::Queue { queue, rung, answers } => {
                let mut legs = vec![(*queue, "Phone Call", false, 20)];
                let last = rung.len();
                let offered = rung.iter().enumerate();
                legs.extend(offered.map(|(place, person)| {
                    let answers = *answers && place + 1 == last;
                    (*person, "Hunting", answers, if answers { 300 } else { 15 })
                }));
                legs
            }
            Self::Person { person, answers, transfer } => {
                let action = if *transfer { "Transfer" } else { "Phone Call" };
                vec![(*person, action, *answers, if *answers { 200 } else { 25 })]
            }
        }
    }
}

async fn commit(archive: &Archive, paths: &[Path], first: usize) -> Vec<String> {
    let records = paths.iter().enumerate();
    let records: Vec<_> = records.map(|(id, path)| path.record(first + id).to_string()).collect();
    archive.commit_texts(&records).await;
    records
}

async fn seen(lake: &Lake, circle: &Circle) -> Tables {
    lake.tables(&Limits::default(), &Access::Only(circle.clone())).await.unwrap()
}

/// A table's rows, each column a text.
async fn rows<const N: usize>(tables: &Tables, sql: &str) -> Vec<[String; N]> {
    let cells = |line: String| -> [String; N] {
        line.split(' ').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap()
    };
    ask(tables, sql).await.into_iter().map(cells).collect()
}

const LEGS: &str = "SELECT session, leg, extension FROM legs ORDER BY session, leg";
const OFFERS: &str = "SELECT session, extension, queue, epoch_ms(started), outcome FROM offers ORDER BY 1, 4, 2, 3, 5";
const VISITS: &str = "SELECT session, visit, queue, answered_by FROM queue_visits ORDER BY 1, 2";
const RECORDINGS: &str = "SELECT session, leg, recording FROM recordings ORDER BY 1, 3";
const INTERACTIONS: &str =
    "SELECT session, caller_extension, called_extension FROM interactions ORDER BY session";

/// The rows of all tables that are to be seen, by other code than that which filters.
async fn compare(all: &Tables, seen: &Tables, circle: &Circle) {
    let texts = |ids: &BTreeSet<ExtensionId>| -> BTreeSet<String> {
        ids.iter().map(ToString::to_string).collect()
    };
    let (people, queues) = (texts(&circle.people), texts(&circle.queues));
    let either = |id: &String| people.contains(id) || queues.contains(id);
    let offers: Vec<[String; 5]> = rows(all, OFFERS).await;
    let of_queue: BTreeSet<(&str, &str)> = offers
        .iter()
        .filter(|[_, _, queue, ..]| queues.contains(queue))
        .map(|[session, person, ..]| (session.as_str(), person.as_str()))
        .collect();
    let mut legs: Vec<[String; 3]> = rows(all, LEGS).await;
    let all_legs = legs.clone();
    legs.retain(|[session, _, id]| either(id) || of_queue.contains(&(session, id)));
    assert_eq!(rows::<3>(seen, LEGS).await, legs);
    let mut recordings: Vec<[String; 3]> = rows(all, RECORDINGS).await;
    recordings.retain(|[session, leg, _]| {
        legs.iter().any(|[of, place, _]| of == session && place == leg)
    });
    assert_eq!(rows::<3>(seen, RECORDINGS).await, recordings);
    let mut interactions: Vec<[String; 3]> = rows(all, INTERACTIONS).await;
    interactions.retain(|[session, caller, called]| {
        let has_leg = all_legs.iter().any(|[of, _, id]| of == session && either(id));
        has_leg || either(caller) || either(called)
    });
    assert_eq!(rows::<3>(seen, INTERACTIONS).await, interactions);
    let mut visits: Vec<[String; 4]> = rows(all, VISITS).await;
    visits.retain(|[_, _, queue, by]| queues.contains(queue) || people.contains(by));
    assert_eq!(rows::<4>(seen, VISITS).await, visits);
    let mut own = offers;
    own.retain(|[_, person, queue, ..]| people.contains(person) || queues.contains(queue));
    assert_eq!(rows::<5>(seen, OFFERS).await, own);
}

/// Files, files with rows that are out of date, and memory; then the same of one person by the API's own code.
async fn live_through(before: &[Path], after: &[Path], circle: &Circle) {
    let archive = Archive::new().await;
    commit(&archive, before, 0).await;
    let lake = archive.lake("a");
    lake.update(&mut |_| {}).await.unwrap();
    let first = before.len() / 2;
    commit(&archive, after, first).await;
    let all = lake.tables(&Limits::default(), &Access::Everything).await.unwrap();
    compare(&all, &seen(&lake, circle).await, circle).await;
    let mut records: Vec<String> =
        before.iter().enumerate().map(|(id, path)| path.record(id).to_string()).collect();
    for (id, path) in after.iter().enumerate() {
        let text = path.record(first + id).to_string();
        match records.get_mut(first + id) {
            Some(record) => *record = text,
            None => records.push(text),
        }
    }
    for person in PEOPLE {
        let own = Circle { people: ids([person]), queues: ids([]) };
        let mut by_api: Vec<String> = records
            .iter()
            .enumerate()
            .filter(|(_, record)| project(record, ExtensionId(person)).is_some())
            .map(|(id, _)| format!("s-{id}"))
            .collect();
        by_api.sort();
        let sql = "SELECT session FROM interactions ORDER BY session";
        assert_eq!(ask(&seen(&lake, &own).await, sql).await, by_api, "{person}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_seen_is_what_other_code_finds(
        before in prop::collection::vec(path(), 1..30),
        after in prop::collection::vec(path(), 0..20),
        circle in access(),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(live_through(&before, &after, &circle));
    }
}

/// One call of 1001's, whose caller is `Mine`, and others of colleagues, whose callers are `Secret…`.
async fn two_worlds() -> Archive {
    let archive = Archive::new().await;
    let path = |minute, person| Path {
        minute,
        caller: None,
        steps: vec![
            Step::Queue { queue: 2001, rung: vec![person], answers: true },
            Step::Person { person, answers: true, transfer: true },
        ],
        recorded: true,
    };
    let mut mine = path(0, 1001).record(0);
    let name = json!({ "phoneNumber": "+16505559999", "name": "Mine" });
    mine["from"] = name.clone();
    for leg in mine["legs"].as_array_mut().unwrap() {
        leg["from"] = name.clone();
    }
    archive.commit_texts(&[mine.to_string()]).await;
    let others: Vec<_> = (1..40).map(|minute| path(minute, 1002 + minute as u64 % 3)).collect();
    commit(&archive, &others, 1).await;
    archive.lake("a").update(&mut |_| {}).await.unwrap();
    // Some of others' are in memory.
    commit(&archive, &others[..5], 40).await;
    archive
}

/// Each way to reach what is another's; `Ok` is what comes, which must tell nothing of it.
const ATTEMPTS: [&str; 34] = [
    "SELECT * FROM interactions",
    "SELECT * FROM datafusion.public.interactions",
    "SELECT * FROM public.legs",
    "SELECT * FROM offers o FULL JOIN interactions i ON o.session = i.session",
    "SELECT l.* FROM interactions i CROSS JOIN legs l",
    "SELECT * FROM legs WHERE session NOT IN (SELECT session FROM interactions)",
    "SELECT * FROM interactions WHERE EXISTS (SELECT 1 FROM legs WHERE legs.extension = 1002)",
    "SELECT * FROM (SELECT * FROM interactions UNION ALL SELECT * FROM interactions) x WHERE customer_name <> 'Mine'",
    "WITH RECURSIVE r AS (SELECT session, 0 AS n FROM interactions UNION ALL
        SELECT i.session, n + 1 FROM r JOIN interactions i ON true WHERE n < 3) SELECT * FROM r",
    "SELECT customer_name FROM interactions ORDER BY customer_name DESC LIMIT 10",
    "SELECT * FROM interactions WHERE CAST(customer_name AS BIGINT) = 1",
    "SELECT * FROM interactions WHERE CAST(customer_name AS TIMESTAMP) > now()",
    "SELECT * FROM interactions WHERE TRY_CAST(customer_name AS BIGINT) IS NULL AND CAST(customer_number AS BIGINT) / 0 = 1",
    "SELECT count(*) FROM interactions WHERE 1 / (CASE WHEN customer_name LIKE 'Secret%' THEN 0 ELSE 1 END) = 1",
    "SELECT count(*) FROM interactions WHERE arrow_cast(customer_name, 'Int32') = 1",
    "SELECT count(*) FROM interactions WHERE local(started, customer_name) IS NULL",
    "SELECT count(*) FROM legs WHERE local(started, from_number) IS NULL",
    "SELECT count(*) FROM interactions WHERE regexp_like('x', customer_name || '(')",
    "SELECT sum(CAST(customer_name AS BIGINT)) OVER () FROM interactions",
    "SELECT i.session FROM interactions i JOIN legs l ON CAST(i.customer_name AS BIGINT) = l.leg",
    "SELECT * FROM legs l WHERE l.leg = (SELECT max(CAST(customer_name AS BIGINT)) FROM interactions)",
    "SELECT array_agg(customer_name) FROM interactions",
    "SELECT count(*), min(customer_name), max(customer_name), approx_distinct(customer_name) FROM interactions",
    "SELECT unnest(calls) FROM interactions",
    "SELECT first_value(customer_name) OVER (ORDER BY started DESC) FROM interactions",
    "EXPLAIN SELECT * FROM interactions WHERE customer_number = '+16505550007'",
    "EXPLAIN VERBOSE SELECT * FROM interactions",
    "EXPLAIN ANALYZE SELECT * FROM interactions WHERE customer_number = '+16505550007'",
    "EXPLAIN ANALYZE VERBOSE SELECT count(*) FROM legs WHERE extension = 1002",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM information_schema.views",
    "SELECT * FROM information_schema.columns",
    "SHOW CREATE TABLE interactions",
    "SELECT * FROM part",
];

#[tokio::test]
async fn no_way_leads_to_what_is_anothers() {
    let archive = two_worlds().await;
    let lake = archive.lake("a");
    let all = lake.tables(&Limits::default(), &Access::Everything).await.unwrap();
    let told = told(&all, "SELECT customer_name, customer_number FROM interactions").await;
    assert!(told.contains("Secret 7"), "the others are there");
    let mine = seen(&lake, &Circle { people: ids([1001]), queues: ids([]) }).await;
    for sql in ATTEMPTS {
        let told = told_by(&mine, sql).await;
        // The number that was asked for is the asker's own word.
        let told = told.replace("+16505550007", "");
        for secret in ["Secret", "+165055500", "s-1 ", "s-12", "lake://", ".parquet", "Exact("] {
            assert!(!told.contains(secret), "{sql}: {told}");
        }
    }
    for (sql, few) in [
        ("SELECT count(*) FROM interactions", "1"),
        ("SELECT count(*) FROM legs", "2"),
        ("SELECT count(*) FROM offers WHERE extension <> 1001", "0"),
        ("SELECT count(*) FROM recordings", "2"),
        ("SELECT count(*) FROM interactions WHERE customer_number = '+16505550007'", "0"),
        ("SELECT count(DISTINCT extension) FROM legs", "1"),
    ] {
        assert_eq!(ask(&mine, sql).await, [few], "{sql}");
    }
}

/// Nobody's calls are none.
#[tokio::test]
async fn an_empty_circle_sees_nothing() {
    let archive = two_worlds().await;
    let nobody = seen(&archive.lake("a"), &Circle::default()).await;
    for table in ["interactions", "legs", "offers", "queue_visits", "recordings"] {
        assert_eq!(ask(&nobody, &format!("SELECT count(*) FROM {table}")).await, ["0"], "{table}");
    }
}

async fn told(tables: &Tables, sql: &str) -> String {
    ask(tables, sql).await.join("\n")
}

/// What a question is answered with, be it an error.
async fn told_by(tables: &Tables, sql: &str) -> String {
    let answer = match tables.ask(sql, Vec::new()).await {
        Ok(answer) => answer.all().await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(_) => told(tables, sql).await,
        Err(error) => format!("{error} {error:?}"),
    }
}
