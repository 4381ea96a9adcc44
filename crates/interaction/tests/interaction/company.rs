//! The company that written cases are about.

use callbook_interaction::{Company, ExtensionKind, Hours};
use callbook_model::{ExtensionId, Region};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

/// Name, id and kind.
pub const EXTENSIONS: [(&str, u64, Option<ExtensionKind>); 13] = [
    ("ann", 101, Some(ExtensionKind::User)),
    ("bob", 102, Some(ExtensionKind::User)),
    ("cal", 103, Some(ExtensionKind::User)),
    ("dee", 104, Some(ExtensionKind::User)),
    ("sales", 201, Some(ExtensionKind::Queue)),
    ("support", 202, Some(ExtensionKind::Queue)),
    ("night", 203, Some(ExtensionKind::Queue)),
    ("menu", 301, Some(ExtensionKind::Menu)),
    ("mailbox", 302, Some(ExtensionKind::Other)),
    ("ghost", 901, None),
    ("spook", 902, None),
    ("limbo", 903, None),
    ("wraith", 904, None),
];

/// Its numbers.
pub const NUMBERS: [&str; 3] = ["+16505550100", "+16505550101", "+16505550102"];

/// A company whose clocks are New York's: open Monday to Friday from 9 to 17; the queue `night` from 22 to 6 in Berlin,
/// every day; closed on 4 July.
pub struct Acme {
    day: Hours,
    night: Hours,
}

impl Acme {
    pub fn new() -> Self {
        let hours = |days: &[&str], from: &str, to: &str| {
            let range = serde_json::json!([{"from": from, "to": to}]);
            let week: serde_json::Map<_, _> =
                days.iter().map(|day| ((*day).to_owned(), range.clone())).collect();
            serde_json::json!({"schedule": {"weeklyRanges": week}}).to_string()
        };
        let week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let new_york = TimeZone::get("America/New_York").unwrap();
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let day = Hours::read(&hours(&week[..5], "09:00", "17:00"), new_york).unwrap();
        Self {
            day: day.closed_on([date(2024, 7, 4)]),
            night: Hours::read(&hours(&week, "22:00", "06:00"), berlin).unwrap(),
        }
    }
}

pub fn id(name: &str) -> Option<ExtensionId> {
    let mut all = EXTENSIONS.iter();
    all.find(|(known, ..)| *known == name).map(|(_, id, _)| ExtensionId(*id))
}

pub fn name(id: ExtensionId) -> &'static str {
    EXTENSIONS.iter().find(|(_, known, _)| *known == id.0).map_or("?", |(name, ..)| name)
}

impl Company for Acme {
    fn home(&self) -> Region {
        Region::US
    }

    fn kind(&self, extension: ExtensionId, _: Timestamp) -> Option<ExtensionKind> {
        EXTENSIONS.iter().find(|(_, id, _)| *id == extension.0).and_then(|(.., kind)| *kind)
    }

    fn name(&self, extension: ExtensionId, _: Timestamp) -> Option<&str> {
        EXTENSIONS.iter().find(|(_, id, _)| *id == extension.0).map(|(name, ..)| *name)
    }

    fn owns(&self, number: &str, _: Timestamp) -> bool {
        NUMBERS.contains(&number)
    }

    fn hours(&self, queue: Option<ExtensionId>, _: Timestamp) -> Option<&Hours> {
        match queue {
            None => Some(&self.day),
            Some(queue) => (Some(queue) == id("night")).then_some(&self.night),
        }
    }
}
