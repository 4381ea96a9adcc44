//! Same seed, same bytes; exact totals; ascending; within the span.

use callbook_synth::{Company, Config, Scope, View};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::support::{at, company, config, records, scopes};

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let (one, other) = (company(7, 30, 800), company(7, 30, 800));
    for scope in scopes(&one) {
        let texts = |company: &Company| -> Vec<String> {
            company.entries(scope).records(View::Detailed).collect()
        };
        assert_eq!(texts(&one), texts(&other));
    }
    assert_eq!(one.account_json(), other.account_json());
    assert_eq!(one.phone_numbers(), other.phone_numbers());
}

#[test]
fn another_seed_gives_another_company() {
    let (one, other) = (company(1, 30, 50), company(2, 30, 50));
    assert_ne!(one.account_id(), other.account_id());
    let first = |company: &Company| company.entries(Scope::Account).records(View::Simple).next();
    assert_ne!(first(&one), first(&other));
}

#[test]
fn the_server_url_changes_nothing_but_uris() {
    let (server_url, media_url) = ("https://sandbox.example", "https://media.example");
    let there = Company::new(Config {
        server_url: server_url.to_owned(),
        media_url: media_url.to_owned(),
        ..config(3, 12, 60)
    });
    let here = company(3, 12, 60);
    let texts = here.entries(Scope::Account).records(View::Detailed);
    for (here, there) in texts.zip(there.entries(Scope::Account).records(View::Detailed)) {
        let here = here.replace("http://127.0.0.1:8710", server_url);
        assert_eq!(here.replace("http://localhost:8710", media_url), there);
    }
}

#[test]
fn some_calls_start_in_the_same_millisecond() {
    let company = company(5, 40, 6000);
    let starts: Vec<i64> =
        company.entries(Scope::Account).iter().map(|entry| entry.start_ms).collect();
    let ties = starts.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!((8..60).contains(&ties), "{ties} ties");
}

#[test]
fn the_first_user_has_calls_in_january_2024() {
    for seed in 0..5 {
        let company = Company::new(Config {
            from: at("2015-01-01T00:00:00Z"),
            until: at("2026-01-01T00:00:00Z"),
            ..config(seed, 200, 500)
        });
        let first = &company.extensions()[0];
        assert_eq!((first.number.as_str(), first.admin), ("101", true));
        let january = company.entries(Scope::Extension(first.id)).between(
            at("2024-01-01T00:00:00Z").as_millisecond(),
            at("2024-02-01T00:00:00Z").as_millisecond(),
        );
        assert!(january.len() >= 5, "{january:?}");
        assert_eq!(january.len(), january.iter().count());
    }
}

#[test]
fn an_empty_log_is_empty() {
    let company = company(1, 0, 0);
    assert!(company.entries(Scope::Account).is_empty());
    assert!(company.entries(Scope::Extension(1)).is_empty());
    assert_eq!(company.entries(Scope::Account).get(0), None);
    assert_eq!(company.extensions()[3].number, "104");
}

fn configs() -> impl Strategy<Value = Config> {
    let span = prop_oneof![1_i64..5_000, 5_000_i64..7_200_000, 7_200_000_i64..40_000_000_000];
    (any::<u64>(), 0_u32..40, 0_u32..120, 0_i64..1_800_000_000_000, span).prop_map(
        |(seed, users, calls, from, span)| Config {
            seed,
            users,
            calls,
            from: Timestamp::from_millisecond(from).unwrap(),
            until: Timestamp::from_millisecond(from + span).unwrap(),
            server_url: "https://sandbox.example".to_owned(),
            media_url: "https://media.example".to_owned(),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn logs_are_complete_ascending_and_within_the_span(config in configs()) {
        let company = Company::new(config);
        let config = company.config();
        prop_assert_eq!(company.entries(Scope::Account).len(), config.calls as usize);
        let (from, until) = (config.from.as_millisecond(), config.until.as_millisecond());
        for scope in scopes(&company) {
            let entries: Vec<_> = company.entries(scope).iter().collect();
            let places: Vec<_> = entries.iter().map(|entry| (entry.start_ms, entry.call)).collect();
            prop_assert!(places.is_sorted());
            for (entry, record) in entries.iter().zip(records(&company, scope)) {
                let start = crate::support::ms(&record, "startTime");
                prop_assert_eq!(start, entry.start_ms);
                prop_assert!(from <= start);
                prop_assert!(start + record["durationMs"].as_i64().unwrap() <= until);
            }
        }
    }

    #[test]
    fn positions_and_spans_agree_with_a_walk(seed in any::<u64>(), from in 0_usize..300, to in 0_usize..300) {
        let company = company(seed, 8, 300);
        let entries = company.entries(Scope::Account);
        let (from, to) = (entries.get(from).unwrap().start_ms, entries.get(to).unwrap().start_ms);
        let inside = entries.iter().filter(|entry| from <= entry.start_ms && entry.start_ms < to);
        let between: Vec<_> = entries.between(from, to).iter().collect();
        prop_assert_eq!(inside.collect::<Vec<_>>(), between);
    }
}
