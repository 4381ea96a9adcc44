//! Simulated months: a company lives, its log is synced, and in the end the archive must be what it can be.
//!
//! `SIMULATED_MONTHS` says how many (2,000), `SIMULATED_SEED` where to begin (0); `SIMULATED_STEPS=1` prints
//! every step.

mod archive;
mod check;
mod company;
mod draw;
mod life;
mod upstream;
mod wire;

use std::env;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use company::Company;
use life::Life;

/// Seeds that once failed.
const FAILED_ONCE: &[u64] = &[1249, 2762, 7373, 24_274, 29_508];

#[derive(Debug, Default)]
struct Totals {
    requests: AtomicU64,
    calls: AtomicU64,
    deleted: AtomicU64,
    demanded: AtomicU64,
    failed: AtomicBool,
}

fn simulate(seed: u64, totals: &Totals) {
    let company = Company::draw(seed);
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| {
        let mut life = Life::new(&company, seed);
        life.live();
        let demanded = check::check(&company, &life);
        totals.requests.fetch_add(life.wire.requests, Ordering::Relaxed);
        totals.calls.fetch_add(life.archive.calls.len() as u64, Ordering::Relaxed);
        let deleted = life.archive.calls.values().filter(|kept| kept.deleted).count();
        totals.deleted.fetch_add(deleted as u64, Ordering::Relaxed);
        totals.demanded.fetch_add(demanded, Ordering::Relaxed);
    }));
    if let Err(failure) = outcome {
        totals.failed.store(true, Ordering::Relaxed);
        println!("{:?}", company.traits);
        println!("seed {seed} failed; to see it again:");
        println!("  SIMULATED_SEED={seed} SIMULATED_MONTHS=1 cargo test -p callbook-sync months");
        panic::resume_unwind(failure);
    }
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn simulated_months_leave_the_archive_complete() {
    let first = number("SIMULATED_SEED", 0);
    let last = first + number("SIMULATED_MONTHS", 2000);
    let (next, totals) = (AtomicU64::new(first), Totals::default());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if last <= seed || totals.failed.load(Ordering::Relaxed) {
                        break;
                    }
                    simulate(seed, &totals);
                }
            });
        }
    });
    println!("{totals:?}");
}

#[test]
fn months_that_failed_once_do_so_no_more() {
    FAILED_ONCE.iter().for_each(|seed| simulate(*seed, &Totals::default()));
}
