//! Users, queues, menus and sites.

use serde_json::{Value, json};

use super::{base, regional_settings, service_level, site_position};
use crate::Config;
use crate::company::Extension;
use crate::company::people::{Desk, ExtensionKind, People};
use crate::company::sites::SITES;

pub(in crate::company) fn extensions(config: &Config, people: &People) -> Vec<Extension> {
    let members = |desk: &Desk| desk.members.iter().map(|&user| people.desk(user).id).collect();
    people
        .desks
        .iter()
        .enumerate()
        .map(|(position, desk)| Extension {
            id: desk.id,
            number: desk.number.clone(),
            name: desk.name.clone(),
            kind: desk.kind,
            admin: is_admin(position, desk),
            members: members(desk),
            json: extension(config, people, position, desk),
        })
        .collect()
}

/// The first user, and one in fifty others.
fn is_admin(position: usize, desk: &Desk) -> bool {
    desk.kind == ExtensionKind::User && position.is_multiple_of(50)
}

fn extension(config: &Config, people: &People, position: usize, desk: &Desk) -> Value {
    let base = base(config, people);
    let site = people.desk(site_position(people, desk.site));
    let mut value = json!({
        "id": desk.id,
        "uri": format!("{base}/extension/{}", desk.id),
        "extensionNumber": desk.number,
        "name": desk.name,
        "type": match desk.kind {
            ExtensionKind::User => "User",
            ExtensionKind::Queue => "Department",
            ExtensionKind::Ivr => "IvrMenu",
            ExtensionKind::Site => "Site",
        },
        "status": "Enabled",
        "hidden": false,
        "account": {"id": people.account_id.to_string(), "uri": base},
        "site": {
            "uri": format!("{base}/sites/{}", site.id),
            "name": site.name,
            "code": SITES[desk.site].code,
        },
        "regionalSettings": regional_settings(config, desk.site),
        "creationTime": "2019-03-04T15:30:00.000Z",
    });
    match desk.kind {
        ExtensionKind::User => add_person(&mut value, &base, is_admin(position, desk), desk),
        ExtensionKind::Queue => value["callQueueInfo"] = service_level(desk),
        ExtensionKind::Ivr | ExtensionKind::Site => {}
    }
    value
}

fn add_person(value: &mut Value, base: &str, admin: bool, desk: &Desk) {
    let site = &SITES[desk.site];
    value["contact"] = json!({
        "firstName": desk.first_name,
        "lastName": desk.last_name,
        "company": "Callbook Sandbox",
        "email": format!("user{}@sandbox.example", desk.number),
        "businessAddress": {
            "country": site.country.name(), "state": site.state, "city": site.name,
        },
    });
    value["permissions"] =
        json!({"admin": {"enabled": admin}, "internationalCalling": {"enabled": true}});
    value["setupWizardState"] = json!("Completed");
    let role = if admin { ("1", "Super Admin") } else { ("5", "Standard") };
    value["roles"] = json!([{
        "uri": format!("{base}/user-role/{}", role.0),
        "id": role.0,
        "displayName": role.1,
    }]);
}
