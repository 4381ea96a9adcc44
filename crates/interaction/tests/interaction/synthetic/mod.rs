//! A synthetic company, which knows how its calls go.

pub mod directory;

use callbook_interaction::{Derived, Disposition, Kind, Record, VisitOutcome, derive};
use callbook_synth::{Company, Scenario, Scope, View};
use serde_json::Value;

use crate::plain;
use directory::{Directory, sessions, synthetic};

/// What is derived from records of one session.
fn rows<'a>(texts: &[&'a str], directory: &'a Directory) -> Option<Derived<'a>> {
    let records: Vec<_> = texts.iter().map(|text| Record::read(text).unwrap()).collect();
    derive(&records, directory)
}

/// The records of an interaction that goes a certain way.
fn played(company: &Company, number: u32, scenario: Scenario) -> Vec<String> {
    let start_ms = company.config().from.as_millisecond() + i64::from(number % 1000) * 3_600_000;
    let extras = company.improvise(company.config().calls + 2 * number, start_ms, Some(scenario));
    let text = |extra: &callbook_synth::Extra| {
        let call = company.extra(extra);
        call.record(&call.entry(Scope::Account).unwrap(), View::Detailed)
    };
    extras.iter().map(text).collect()
}

/// What a scenario's sessions come to.
fn expected(scenario: Scenario) -> &'static [Disposition] {
    use Disposition::{
        Abandoned, Answered, Blocked, Busy, CallbackRequested, Declined, Missed, Voicemail,
    };
    match scenario {
        Scenario::Missed | Scenario::InternalMissed | Scenario::OutboundNoAnswer => &[Missed],
        Scenario::Voicemail | Scenario::QueueVoicemail => &[Voicemail],
        Scenario::HungUp | Scenario::QueueAbandoned | Scenario::Menu => &[Abandoned],
        Scenario::Declined => &[Declined],
        Scenario::Busy => &[Busy],
        Scenario::Blocked => &[Blocked],
        Scenario::QueueCallback => &[CallbackRequested, Answered],
        Scenario::TransferWarm => &[Answered, Answered],
        Scenario::Answered
        | Scenario::FindMe
        | Scenario::QueueAnswered
        | Scenario::QueueOverflowed
        | Scenario::TransferBlind
        | Scenario::TransferBlindTwoRecords
        | Scenario::Park
        | Scenario::Conference
        | Scenario::Fax
        | Scenario::FaxSent
        | Scenario::Internal
        | Scenario::Outbound
        | Scenario::RingOut
        | Scenario::Delegated
        | Scenario::Hold
        | Scenario::Recorded
        | Scenario::VeryLong => &[Answered],
    }
}

/// Hops, transfers, queues that overflowed and messages left, of a scenario's first session.
fn counts(scenario: Scenario) -> (u32, u32, usize, bool) {
    match scenario {
        Scenario::TransferBlind | Scenario::TransferBlindTwoRecords | Scenario::TransferWarm => {
            (1, 1, 0, false)
        }
        Scenario::Park | Scenario::Conference => (1, 0, 0, false),
        // Upstream writes the way into the next queue as a transfer.
        Scenario::QueueOverflowed => (0, 1, 1, false),
        Scenario::Voicemail | Scenario::QueueVoicemail => (0, 0, 0, true),
        _ => (0, 0, 0, false),
    }
}

#[test]
fn each_scenario_comes_to_what_it_is() {
    for seed in 0..4 {
        let company = synthetic(seed, 12 + 9 * seed as u32, 50);
        let directory = Directory::of(&company);
        for (number, &scenario) in (0..).zip(Scenario::ALL.iter().cycle().take(300)) {
            let texts = played(&company, number, scenario);
            let sessions = sessions(&texts);
            let rows: Vec<Derived<'_>> =
                sessions.iter().map(|texts| rows(texts, &directory).unwrap()).collect();
            let found: Vec<Disposition> =
                rows.iter().map(|rows| rows.interaction.disposition).collect();
            assert_eq!(found, expected(scenario), "{scenario} {number} {texts:#?}");
            let (first, visits) = (&rows[0].interaction, &rows[0].queue_visits);
            let overflowed = visits.iter().filter(|it| it.outcome == VisitOutcome::Overflow);
            let found = (first.hops, first.transfers, overflowed.count(), first.voicemail);
            assert_eq!(found, counts(scenario), "{scenario} {number} {texts:#?}");
        }
    }
}

#[test]
fn a_whole_log_is_what_plain_code_makes_of_it() {
    for (seed, users) in [(1, 6), (2, 30), (3, 80), (4, 200)] {
        let company = synthetic(seed, users, 2000);
        let directory = Directory::of(&company);
        let texts: Vec<String> = company.entries(Scope::Account).records(View::Detailed).collect();
        let mut count = 0;
        for texts in sessions(&texts) {
            let values = texts.iter().map(|text| serde_json::from_str(text).unwrap());
            let values: Vec<Value> = values.filter(|it: &Value| it["deleted"] != true).collect();
            let rows = rows(&texts, &directory);
            assert_eq!(rows.is_some(), !values.is_empty());
            let Some(rows) = rows.filter(|rows| rows.interaction.kind == Kind::Voice) else {
                continue;
            };
            plain::check(&rows, &values, &directory);
            count += 1;
        }
        assert!(count > 1_000);
    }
}
