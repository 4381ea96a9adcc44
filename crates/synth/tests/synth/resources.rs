//! The company besides its calls.

use std::collections::HashSet;

use callbook_synth::ExtensionKind;

use crate::support::{company, ids_of};

#[test]
fn users_come_first_and_numbers_are_distinct() {
    for users in [4, 60, 900, 9000] {
        let company = company(71, users, 10);
        let extensions = company.extensions();
        assert!(extensions[..users as usize].iter().all(|e| e.kind == ExtensionKind::User));
        assert_eq!((extensions[0].number.as_str(), extensions[0].admin), ("101", true));
        let ids: HashSet<u64> = extensions.iter().map(|extension| extension.id).collect();
        let numbers: HashSet<&str> = extensions.iter().map(|e| e.number.as_str()).collect();
        assert_eq!((ids.len(), numbers.len()), (extensions.len(), extensions.len()));
        assert!(numbers.iter().all(|number| number.len() <= 6));
    }
}

#[test]
fn numbers_are_distinct_and_fictional() {
    let company = company(72, 500, 10);
    let mut seen = HashSet::new();
    for number in company.phone_numbers() {
        let number = number["phoneNumber"].as_str().unwrap().to_owned();
        let fictional = (number.starts_with("+1") && &number[5..9] == "5550")
            || ["+442079460", "+493023125", "+6125550"].iter().any(|p| number.starts_with(p));
        assert!(fictional, "{number}");
        assert!(seen.insert(number));
    }
    assert!(seen.iter().any(|number| number.starts_with("+1800")));
    assert!(seen.len() > 350, "{} numbers", seen.len());
}

#[test]
fn queues_have_members_and_a_service_level() {
    let company = company(73, 60, 10);
    let queues = ids_of(&company, ExtensionKind::Queue);
    assert!(queues.len() >= 2);
    for id in queues {
        let members: HashSet<u64> =
            company.extension(id).unwrap().members.iter().copied().collect();
        assert!((3..=10).contains(&members.len()));
        let users = ids_of(&company, ExtensionKind::User);
        assert!(members.iter().all(|member| users.contains(member)));
        let json = company.queue_json(id).unwrap();
        assert!(json["serviceLevelSettings"]["slaThresholdSeconds"].as_i64().unwrap() > 0);
        assert!(!company.extension_phone_numbers(id).is_empty());
    }
    assert_eq!(company.queue_json(company.extensions()[0].id), None);
    assert!(company.extension_phone_numbers(1).is_empty());
}

#[test]
fn sites_lie_in_several_countries_and_time_zones() {
    let company = company(74, 200, 10);
    let setting = |path: &str| -> HashSet<String> {
        let users = &company.extensions()[..200];
        users.iter().map(|user| user.json.pointer(path).unwrap().to_string()).collect()
    };
    assert!(setting("/regionalSettings/homeCountry/isoCode").len() >= 4);
    assert!(setting("/regionalSettings/timezone/name").len() >= 5);
}
