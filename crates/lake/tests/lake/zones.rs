//! Every hour by every clock.

use datafusion::common::ScalarValue;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::archive::{Archive, ask, tables};

/// `local` shows what the zone's own clock does, at every half hour of a year and on both sides of every leap.
#[tokio::test]
async fn local_is_what_the_clock_on_the_wall_shows() {
    let archive = Archive::new().await;
    let tables = tables(&archive.lake("a")).await;
    let sql = "SELECT local(moment, $tz) FROM (SELECT unnest(generate_series(
        TIMESTAMP '2024-01-01T00:00:00Z', TIMESTAMP '2025-01-01T00:00:00Z', INTERVAL '30 minutes')) AS moment)
        ORDER BY moment";
    for name in jiff::tz::db().available() {
        let zone = TimeZone::get(name.as_str()).unwrap();
        let tz = ("tz".to_owned(), ScalarValue::Utf8(Some(name.to_string())));
        let shown = tables.ask(sql, vec![tz]).await.unwrap().all().await.unwrap();
        let mut at: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
        for batch in shown {
            let column = batch.column(0);
            for row in 0..batch.num_rows() {
                let shown = ScalarValue::try_from_array(column, row).unwrap();
                let ScalarValue::TimestampMillisecond(Some(ms), None) = shown else {
                    panic!("{shown}")
                };
                let wall = zone.to_datetime(at).to_zoned(TimeZone::UTC).unwrap();
                assert_eq!(ms, wall.timestamp().as_millisecond(), "{at} in {name}");
                at += jiff::SignedDuration::from_mins(30);
            }
        }
        assert_eq!(at.to_string(), "2025-01-01T00:30:00Z");
    }
}

#[tokio::test]
async fn hours_that_come_twice_are_two_hours() {
    let archive = Archive::new().await;
    let tables = tables(&archive.lake("a")).await;
    let sql = "SELECT local(TIMESTAMP '2024-10-27T00:30:00Z', 'Europe/Berlin'),
        local(TIMESTAMP '2024-10-27T01:30:00Z', 'Europe/Berlin'), local(NULL, 'Europe/Berlin')";
    assert_eq!(ask(&tables, sql).await, ["2024-10-27T02:30:00 2024-10-27T02:30:00 null"]);
}
