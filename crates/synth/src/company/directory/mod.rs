//! The company's resources as JSON, besides the calls.

mod extension;
mod phone_number;

use serde_json::{Value, json};

use super::people::{Desk, People};
use super::sites::SITES;
use crate::Config;

pub(super) use extension::extensions;
pub(super) use phone_number::{extension_phone_numbers, phone_numbers};

/// `{server}/restapi/v1.0/account/{id}`
fn base(config: &Config, people: &People) -> String {
    format!("{}/restapi/v1.0/account/{}", config.server_url, people.account_id)
}

fn site_position(people: &People, site: usize) -> u32 {
    (people.desks.len() - SITES.len() + site) as u32
}

pub(super) fn account(config: &Config, people: &People) -> Value {
    let base = base(config, people);
    let operator = people.desk(0);
    json!({
        "id": people.account_id,
        "uri": base,
        "mainNumber": people.numbers[People::MAIN_NUMBER as usize].number,
        "operator": {
            "uri": format!("{base}/extension/{}", operator.id),
            "id": operator.id,
            "extensionNumber": operator.number,
        },
        "serviceInfo": {
            "uri": format!("{base}/service-info"),
            "brand": {"id": "1210", "name": "RingCentral", "homeCountry": country(config, 0)},
            "servicePlan": {"id": "20008", "name": "RingEX Advanced", "edition": "Advanced"},
            "billingPlan": {
                "id": "8080", "name": "Monthly", "durationUnit": "Month", "duration": 1,
                "type": "Regular", "includedPhoneLines": people.users,
            },
        },
        "setupWizardState": "Completed",
        "signupInfo": {
            "tosAccepted": true,
            "signupState": ["AccountCreated", "BillingEntered", "AccountConfirmed"],
            "creationTime": "2019-03-04T15:00:00.000Z",
        },
        "status": "Confirmed",
        "regionalSettings": regional_settings(config, 0),
        "federated": false,
        "limits": {"maxExtensionNumberLength": 6, "shortExtensionNumberLength": 3},
    })
}

pub(super) fn business_hours(config: &Config, people: &People) -> Value {
    let day = json!([{"from": "09:00", "to": "18:00"}]);
    json!({
        "uri": format!("{}/business-hours", base(config, people)),
        "schedule": {"weeklyRanges": {
            "monday": day, "tuesday": day, "wednesday": day, "thursday": day, "friday": day,
        }},
    })
}

fn service_level(desk: &Desk) -> Value {
    json!({
        "slaGoal": 80,
        "slaThresholdSeconds": desk.answer_within_s,
        "includeAbandonedCalls": true,
        "abandonedThresholdSeconds": desk.short_abandon_s,
    })
}

pub(super) fn queue(config: &Config, people: &People, desk: &Desk) -> Value {
    let site = people.desk(site_position(people, desk.site));
    json!({
        "uri": format!("{}/call-queues/{}", base(config, people), desk.id),
        "id": desk.id.to_string(),
        "extensionNumber": desk.number,
        "name": desk.name,
        "status": "Enabled",
        "site": {"id": site.id.to_string(), "name": site.name},
        "serviceLevelSettings": service_level(desk),
        "editableMemberStatus": true,
        "alertTimer": 60,
    })
}

/// RingCentral numbers its countries; these are made up.
fn country(config: &Config, site: usize) -> Value {
    let country = SITES[site].country;
    let id = country.calling_code();
    json!({
        "id": id,
        "uri": format!("{}/restapi/v1.0/dictionary/country/{id}", config.server_url),
        "name": country.name(),
        "isoCode": country.iso_code(),
        "callingCode": country.calling_code(),
    })
}

fn regional_settings(config: &Config, site: usize) -> Value {
    let language = json!({"id": "1033", "localeCode": "en-US", "name": "English (United States)"});
    let id = (58 + site).to_string();
    json!({
        "homeCountry": country(config, site),
        "timezone": {
            "uri": format!("{}/restapi/v1.0/dictionary/timezone/{id}", config.server_url),
            "id": id,
            "name": SITES[site].time_zone,
        },
        "language": language,
        "greetingLanguage": language,
        "formattingLocale": language,
        "timeFormat": if site < 2 { "12h" } else { "24h" },
    })
}
