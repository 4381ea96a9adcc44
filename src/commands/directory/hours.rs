//! Business hours in words.

use serde_json::Value;

const DAYS: [(&str, &str); 7] = [
    ("monday", "Mon"),
    ("tuesday", "Tue"),
    ("wednesday", "Wed"),
    ("thursday", "Thu"),
    ("friday", "Fri"),
    ("saturday", "Sat"),
    ("sunday", "Sun"),
];

/// `Mon–Fri 09:00–18:00, Sat 10:00–12:00`; without a schedule it is around the clock.
pub fn in_words(json: &str) -> String {
    let hours: Value = serde_json::from_str(json).unwrap_or_default();
    let week = &hours["schedule"]["weeklyRanges"];
    let mut spans: Vec<(&str, &str, String)> = Vec::new();
    for (day, short) in DAYS {
        let day = ranges(&week[day]);
        match spans.last_mut() {
            Some((_, last, ranges)) if *ranges == day => *last = short,
            _ => spans.push((short, short, day)),
        }
    }
    spans.retain(|(.., ranges)| !ranges.is_empty());
    if spans.is_empty() {
        return "around the clock".to_owned();
    }
    let span = |(first, last, ranges): &(&str, &str, String)| match first == last {
        true => format!("{first} {ranges}"),
        false => format!("{first}–{last} {ranges}"),
    };
    spans.iter().map(span).collect::<Vec<_>>().join(", ")
}

/// `09:00–12:00 13:00–18:00`.
fn ranges(day: &Value) -> String {
    let text = |time: &Value| time.as_str().map_or_else(|| time.to_string(), str::to_owned);
    let range = |range: &Value| format!("{}–{}", text(&range["from"]), text(&range["to"]));
    let ranges = day.as_array().into_iter().flatten().map(range);
    ranges.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn days_that_are_alike_are_one() {
        let day = r#"[{"from":"09:00","to":"12:00"},{"from":"13:00","to":"18:00"}]"#;
        let week = format!(
            r#"{{"schedule":{{"weeklyRanges":{{"monday":{day},"tuesday":{day},"thursday":{day},
                "sunday":[{{"from":"10:00","to":1080}}]}}}}}}"#
        );
        let expected =
            "Mon–Tue 09:00–12:00 13:00–18:00, Thu 09:00–12:00 13:00–18:00, Sun 10:00–1080";
        assert_eq!(in_words(&week), expected);
        for always in [r#"{"schedule":{}}"#, "{}", "7"] {
            assert_eq!(in_words(always), "around the clock");
        }
    }
}
