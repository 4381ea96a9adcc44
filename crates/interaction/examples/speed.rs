//! How fast interactions are derived from a synthetic company's records, beside parsing those into `serde_json::Value`.
//!
//! ```text
//! cargo run --release -p callbook-interaction --example speed -- 2000
//! ```

#![expect(clippy::unwrap_used, reason = "nobody depends on it")]

use std::hint::black_box;
use std::time::Instant;

use callbook_interaction::{Record, derive};
use callbook_synth::{Scope, View};
use serde_json::Value;

#[path = "../tests/interaction/synthetic/directory.rs"]
mod directory;

fn main() {
    let calls = std::env::args().nth(1).map_or(2_000, |text| text.parse().unwrap());
    let company = directory::synthetic(1, 100, calls);
    let texts: Vec<String> = company.entries(Scope::Account).records(View::Detailed).collect();
    let directory = directory::Directory::of(&company);
    let sessions = directory::sessions(&texts);
    let megabytes = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
    println!("{calls} calls, {megabytes:.0} MB");
    // The best of many short rounds: other programs run as well.
    let derived = best(|| {
        for texts in &sessions {
            let records: Vec<_> = texts.iter().filter_map(|text| Record::read(text)).collect();
            black_box(derive(&records, &directory));
        }
    });
    let read = best(|| {
        texts.iter().for_each(|text| {
            black_box(Record::read(text));
        });
    });
    let parsed = best(|| {
        texts.iter().for_each(|text| {
            black_box(serde_json::from_str::<Value>(text).unwrap());
        });
    });
    for (what, seconds) in [("derived", derived), ("of which read", read), ("as Value", parsed)] {
        let (speed, ratio) = (f64::from(calls) / seconds, parsed / seconds);
        println!("{what:14} {speed:9.0} calls/s  {ratio:.2} times as fast as Value");
    }
}

fn best(mut work: impl FnMut()) -> f64 {
    let rounds = (0..40).map(|_| {
        let begun = Instant::now();
        work();
        begun.elapsed().as_secs_f64()
    });
    rounds.fold(f64::INFINITY, f64::min)
}
