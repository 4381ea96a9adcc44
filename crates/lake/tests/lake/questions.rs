//! Questions may read their account's tables, and nothing else.

use std::time::Duration;

use callbook_lake::{Access, Error, Limits, Tables};

use crate::archive::{Archive, Call, START_MS, ask, tables};

async fn some(archive: &Archive) -> Tables {
    let call = |id| Call {
        id,
        session: id,
        start_ms: START_MS + i64::from(id) * 60_000,
        seconds: 60,
        result: "Accepted",
        deleted: false,
    };
    archive.commit(&(0..50).map(call).collect::<Vec<_>>()).await;
    archive.lake("a").update(&mut |_| {}).await.unwrap();
    tables(&archive.lake("a")).await
}

pub async fn error(tables: &Tables, sql: &str) -> Error {
    match tables.ask(sql, Vec::new()).await {
        Ok(answer) => answer.all().await.expect_err(sql),
        Err(error) => error,
    }
}

#[tokio::test]
async fn nothing_can_be_written() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    let other = archive.folder.path().join("stolen");
    for sql in [
        "DROP TABLE interactions",
        "CREATE TABLE x AS SELECT 1",
        "CREATE VIEW x AS SELECT 1",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "INSERT INTO interactions SELECT * FROM interactions",
        "DELETE FROM interactions",
        "UPDATE interactions SET session = 'x'",
        "TRUNCATE TABLE interactions",
        "SET datafusion.execution.batch_size = 1",
        "BEGIN",
        &format!("COPY interactions TO '{}'", other.display()),
        &format!("COPY (SELECT 1) TO '{}' STORED AS CSV", other.display()),
        "EXPLAIN ANALYZE INSERT INTO interactions SELECT * FROM interactions",
        "SELECT 1; DROP TABLE interactions",
    ] {
        let error = error(&tables, sql).await;
        assert!(matches!(error, Error::Writes { .. } | Error::Question { .. }), "{sql}: {error:?}");
    }
    assert!(!other.exists());
    assert_eq!(ask(&tables, "SELECT count(*) FROM interactions").await, ["50"]);
}

#[tokio::test]
async fn no_other_file_can_be_read() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    let database = archive.folder.path().join("a.db").display().to_string();
    for sql in [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM \"/etc/passwd\"",
        "SELECT * FROM 'file:///etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('/etc/passwd')",
        "SELECT * FROM 'lake://files/400/manifest.json'",
        "SELECT * FROM other.public.interactions",
        &format!("SELECT * FROM '{database}'"),
    ] {
        let error = error(&tables, sql).await;
        assert!(matches!(error, Error::Question { .. }), "{sql}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_and_time_have_an_end() {
    let archive = Archive::new().await;
    some(&archive).await;
    let limits = Limits { memory_bytes: 8 << 20, disk_bytes: 1 << 20, ..Limits::default() };
    let tables = archive.lake("a").tables(&limits, &Access::Everything).await.unwrap();
    let many = "SELECT count(DISTINCT a.value * 1000000 + b.value) FROM generate_series(1, 1000) a, generate_series(1, 1000) b";
    let found = error(&tables, many).await;
    assert!(matches!(found, Error::Memory { .. }), "{found:?}");
    let limits = Limits { time: Duration::from_millis(50), ..Limits::default() };
    let tables = archive.lake("a").tables(&limits, &Access::Everything).await.unwrap();
    let long = "SELECT sum(sin(a.value * b.value)) FROM generate_series(1, 100000) a, generate_series(1, 100000) b";
    assert!(matches!(error(&tables, long).await, Error::Time { .. }));
}

#[tokio::test]
async fn sums_that_are_named_twice_are_computed_once() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    let marked = "WITH sums AS (SELECT session, uuid() AS mark FROM interactions GROUP BY session)
        SELECT count(*), (SELECT count(DISTINCT mark) FROM sums), count(DISTINCT other.mark)
        FROM sums JOIN sums AS other ON other.session = sums.session AND other.mark = sums.mark";
    assert_eq!(ask(&tables, marked).await, ["50 50 50"]);
    let explained = ask(&tables, &format!("EXPLAIN {marked}")).await.join("\n");
    assert!(explained.contains("interactions"), "{explained}");
}

#[tokio::test]
async fn sums_of_other_things_are_others() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    let others = "WITH few AS (SELECT count(*) AS n FROM generate_series(1, 3)),
            many AS (SELECT count(*) AS n FROM generate_series(1, 1000))
        SELECT few.n, many.n, again.n FROM few CROSS JOIN many CROSS JOIN many AS again";
    assert_eq!(ask(&tables, others).await, ["3 1000 1000"]);
    let recursive = "WITH RECURSIVE steps AS (
            SELECT 1 AS n
            UNION ALL
            SELECT last.n + 1 FROM (SELECT max(n) AS n FROM steps) AS last WHERE last.n < 4
        ) SELECT count(*) FROM steps";
    assert_eq!(ask(&tables, recursive).await, ["4"]);
}

/// What is made to agree when a question is computed: words, texts, numbers.
#[tokio::test]
async fn sums_of_several_types_can_be_named_twice() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    for sums in [
        "SELECT CASE WHEN customer_name IS NULL THEN 'unknown' ELSE customer_name END AS who, count(*) AS n FROM interactions GROUP BY 1",
        "SELECT CASE WHEN records = 0 THEN 'none' ELSE kind END AS who, count(*) AS n FROM interactions GROUP BY 1",
        "SELECT 'all' AS who, count(*) AS n FROM interactions UNION ALL SELECT disposition, count(*) FROM interactions GROUP BY 1",
        "SELECT kind AS who, sum(CASE WHEN voicemail THEN 0 ELSE 0.5 END) AS n FROM interactions GROUP BY 1",
    ] {
        let once =
            ask(&tables, &format!("WITH s AS ({sums}) SELECT who, n FROM s ORDER BY 1")).await;
        let twice = format!(
            "WITH s AS ({sums}) SELECT s.who, o.n FROM s JOIN s AS o ON o.who = s.who ORDER BY 1"
        );
        assert_eq!(ask(&tables, &twice).await, once, "{sums}");
    }
}

/// Sums that would take too much memory are computed each time.
#[tokio::test]
async fn many_sums_are_not_held() {
    let archive = Archive::new().await;
    some(&archive).await;
    let limits = Limits { memory_bytes: 32 << 20, ..Limits::default() };
    let tables = archive.lake("a").tables(&limits, &Access::Everything).await.unwrap();
    let many =
        "WITH many AS (SELECT value, count(*) AS n FROM generate_series(1, 1000000) GROUP BY 1)
        SELECT count(*), (SELECT max(n) FROM many) FROM many";
    assert_eq!(ask(&tables, many).await, ["1000000 1"]);
}

#[tokio::test]
async fn columns_of_one_name_are_told_apart() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    let sql = "SELECT a.session, b.session, a.kind AS session_1 FROM interactions AS a JOIN interactions AS b USING (started)";
    let answer = tables.ask(sql, Vec::new()).await.unwrap();
    let names: Vec<_> = answer.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names, ["session", "session_2", "session_1"]);
    assert!(!answer.all().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_is_had_several_times() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    let many = "SELECT * FROM generate_series(1, 100000) ORDER BY 1";
    let answer = tables.ask(many, Vec::new()).await.unwrap();
    let mut answers = answer.split(3);
    // Whoever goes away keeps nobody waiting.
    drop(answers.pop());
    let (one, other) = (answers.remove(0), answers.remove(0));
    let (one, other) = tokio::join!(one.all(), other.all());
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one, other);
    assert_eq!(one.iter().map(|batch| batch.num_rows()).sum::<usize>(), 100_000);
    let wrong = "SELECT 1 / (50000 - value) FROM generate_series(1, 100000)";
    let mut answers = tables.ask(wrong, Vec::new()).await.unwrap().split(2);
    let (one, other) = tokio::join!(answers.remove(0).all(), answers.remove(0).all());
    for answer in [one, other] {
        assert!(matches!(answer, Err(Error::Question { .. })), "{answer:?}");
    }
}

/// However old the files are that an update replaces, a question ends on those that it began with.
#[tokio::test]
async fn an_update_takes_no_file_from_a_question() {
    let archive = Archive::new().await;
    let before = some(&archive).await;
    let lake = archive.lake("a");
    let files = lake.files("interactions").await.unwrap();
    for file in &files {
        let file = std::fs::File::options().append(true).open(file).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    }
    let edited = Call {
        id: 0,
        session: 0,
        start_ms: START_MS,
        seconds: 9,
        result: "Missed",
        deleted: false,
    };
    archive.commit(&[edited]).await;
    lake.update(&mut |_| {}).await.unwrap();
    assert!(lake.files("interactions").await.unwrap().iter().all(|file| !files.contains(file)));
    let answered = "SELECT count(*) FROM interactions WHERE disposition = 'answered'";
    assert_eq!(ask(&before, answered).await, ["50"]);
    assert_eq!(ask(&self::tables(&lake).await, answered).await, ["49"]);
    assert!(files.iter().all(|file| std::path::Path::new(file).exists()));
}

/// A file that is gone is an error, and not a table with fewer rows.
#[tokio::test]
async fn no_row_is_left_out_in_silence() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    let files = archive.lake("a").files("interactions").await.unwrap();
    std::fs::remove_file(&files[0]).unwrap();
    let error = error(&tables, "SELECT count(*) FROM interactions").await;
    assert!(matches!(error, Error::Tables(_)), "{error:?}");
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let archive = Archive::new().await;
    let tables = some(&archive).await;
    for (sql, word) in [
        ("SELEC 1", "SELEC"),
        ("SELECT nothing FROM interactions", "nothing"),
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT local(started, 'Europe/Atlantis') FROM interactions", "Atlantis"),
        ("SELECT local(1, 'UTC')", "local takes"),
        ("SELECT $from", "from"),
    ] {
        let message = error(&tables, sql).await.to_string();
        assert!(message.contains(word), "{sql}: {message}");
    }
}
