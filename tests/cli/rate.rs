//! The rate budget is used, and never exceeded.

use crate::support::Company;

/// Requests of the heavy group in a window, and its seconds.
const LIMIT: u64 = 10;

#[test]
fn no_request_is_refused_and_the_budget_is_used() {
    // 49 new records a page, since each repeats one: 160 pages, 15 windows to wait for.
    let company = Company::serve(3, 49 * 160, "10/1s".parse().unwrap());
    let summary = company.place().json("sync --json --per-page 50");
    let count = |field: &str| summary[field].as_u64().unwrap();
    assert_eq!(count("refused"), 0, "{summary}");
    // All but the sign-in, the account, its extensions, and the rest of the directory but for its phone numbers,
    // which may be left for another time.
    let lists = 4 + 2 * company.queues();
    let pages = count("requests") - 3 - lists;
    assert!(pages >= 160, "{summary}");
    // The first window's requests need no waiting. How close the time comes to this depends on the
    // machine; `benches/rate_budget.py` measures it.
    let least_ms = (pages.div_ceil(LIMIT) - 1) * 1_000;
    assert!(count("elapsed_ms") >= least_ms, "{summary}");
    assert!(count("throttled_ms") > 0, "{summary}");
    let used = 100.0 * least_ms as f64 / count("elapsed_ms") as f64;
    println!("{used:.1} % of the rate budget used, start included");
}
