//! Which files a period needs, and which of their rows.

use crate::archive::{Archive, Call, START_MS, ask, moment, tables};

const DAY_MS: i64 = 86_400_000;

/// Calls of four months, some of them with an edit that no file has yet.
async fn four_months(archive: &Archive) -> Vec<i64> {
    let call = |id: u32| Call {
        id,
        session: id,
        start_ms: START_MS + i64::from(id) * 10 * DAY_MS,
        seconds: 60,
        result: "Accepted",
        deleted: false,
    };
    let calls: Vec<_> = (0..12).map(call).collect();
    archive.commit(&calls).await;
    archive.lake("a").update(&mut |_| {}).await.unwrap();
    archive.commit(&[Call { seconds: 90, ..call(4) }]).await;
    calls.iter().map(|call| call.start_ms).collect()
}

#[tokio::test]
async fn bounds_say_which_rows() {
    let archive = Archive::new().await;
    let starts = four_months(&archive).await;
    let tables = tables(&archive.lake("a")).await;
    for ms in starts.iter().flat_map(|ms| [ms - 1, *ms, ms + 1]) {
        let at = moment(ms);
        for (condition, is_so) in [
            ("started >=", (|start, ms| start >= ms) as fn(i64, i64) -> bool),
            ("started >", |start, ms| start > ms),
            ("started <", |start, ms| start < ms),
            ("started <=", |start, ms| start <= ms),
            ("started =", |start, ms| start == ms),
            ("started <>", |start, ms| start != ms),
            ("NOT started <", |start, ms| start >= ms),
        ] {
            let expected = starts.iter().filter(|start| is_so(**start, ms)).count().to_string();
            for what in ["count(*)", "count(started)", "count(DISTINCT session)"] {
                for table in ["interactions", "legs"] {
                    let sql = format!("SELECT {what} FROM {table} WHERE {condition} '{at}'");
                    assert_eq!(ask(&tables, &sql).await, std::slice::from_ref(&expected), "{sql}");
                }
            }
        }
    }
}

#[tokio::test]
async fn two_bounds_and_a_limit() {
    let archive = Archive::new().await;
    let starts = four_months(&archive).await;
    let tables = tables(&archive.lake("a")).await;
    let (from, to) = (moment(starts[2]), moment(starts[9] + 1));
    let within = format!("FROM interactions WHERE started >= '{from}' AND '{to}' > started");
    assert_eq!(ask(&tables, &format!("SELECT count(*) {within}")).await, ["8"]);
    let limited = format!("SELECT count(*) FROM (SELECT session {within} LIMIT 5)");
    assert_eq!(ask(&tables, &limited).await, ["5"]);
    let first = format!("SELECT epoch_ms(started) {within} ORDER BY started LIMIT 1");
    assert_eq!(ask(&tables, &first).await, [starts[2].to_string()]);
    let nothing = format!("SELECT count(*) {within} AND started > '{to}'");
    assert_eq!(ask(&tables, &nothing).await, ["0"]);
}
