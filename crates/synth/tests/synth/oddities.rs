//! Unknown fields, unknown words and odd numbers: there, but rare.

use callbook_synth::{Scope, View};

use crate::support::{company, records};

fn texts(calls: u32) -> Vec<String> {
    company(61, 40, calls).entries(Scope::Account).records(View::Detailed).collect()
}

#[test]
fn odd_numbers_keep_their_digits() {
    let texts = texts(5000);
    for odd in [
        r#""aiScore":0.10,"#,
        r#""weight":1E2,"#,
        r#""revision":9007199254740993,"#,
        r#""traceNumber":12345678901234567890123,"#,
        r#""jitter":-0.0,"#,
        r#""costIncluded":0.10}"#,
        r#""costPurchased":1.50}"#,
        r#""packets":18446744073709551617"#,
    ] {
        assert!(texts.iter().any(|text| text.contains(odd)), "{odd}");
    }
}

#[test]
fn names_test_the_reader() {
    let texts = texts(5000);
    for name in ["The \\\"Old\\\" Mill", "Route 9\\\\Annex", "Ridge\\tRoofing", "田中", "🌞"] {
        assert!(texts.iter().any(|text| text.contains(name)), "{name}");
    }
    assert!(texts.iter().any(|text| text.contains(r#""phoneNumber":"("#)), "formatted numbers");
}

#[test]
fn one_record_in_500_has_a_word_the_contract_does_not_list() {
    let company = company(62, 40, 20_000);
    let new = ["AI Receptionist", "Video Call", "Answered By Assistant", "Screened"];
    let mut marked = 0;
    for record in records(&company, Scope::Account) {
        let unknown = new.iter().any(|new| record["action"] == *new || record["result"] == *new);
        assert_eq!(record["x-sandbox"] == "unknown-enum", unknown);
        marked += u32::from(unknown);
    }
    assert!((20..70).contains(&marked), "{marked} records");
}

#[test]
fn few_records_are_deleted() {
    let company = company(63, 40, 10_000);
    let deleted = records(&company, Scope::Account)
        .iter()
        .filter(|record| record.get("deleted").is_some())
        .count();
    assert!((5..50).contains(&deleted), "{deleted} records");
}
