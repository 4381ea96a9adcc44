//! The reports that come with Callbook: the files of `reports/`.

macro_rules! reports {
    ($($name:literal,)+) => {
        /// Name and text of each.
        pub(crate) const REPORTS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../reports/", $name, ".sql"))),)+];
    };
}

reports! {
    "abandon-analysis",
    "after-hours",
    "agent-scorecard",
    "agent-timeline",
    "answer-rate",
    "call-cost",
    "call-history",
    "call-path",
    "callback-time",
    "caller-lookup",
    "concurrency",
    "data-quality",
    "first-contact",
    "heat-map",
    "numbers",
    "overview",
    "period-comparison",
    "queue-summary",
    "recording-coverage",
    "repeat-callers",
    "service-level",
    "staffing",
    "team-comparison",
    "transfers",
    "unreturned-missed",
    "voicemail",
}
