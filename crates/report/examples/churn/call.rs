//! Calls as a program makes them up, and what it knows that reports must say of them.

use std::collections::BTreeMap;

use callbook_store::{Decoder, Incoming};
use jiff::Timestamp;
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// 2024-01-01T00:00:00Z.
pub const START_MS: i64 = 1_704_067_200_000;
pub const DAYS: i64 = 120;
const DAY_MS: i64 = 86_400_000;
pub const USERS: u64 = 40;
pub const QUEUES: u64 = 5;

/// A record of the company's log.
#[derive(Debug, Clone)]
pub struct Call {
    pub id: u32,
    /// Mostly its own; two records may be of one session.
    session: u32,
    pub start_ms: i64,
    path: Path,
    recorded: bool,
    cost_cents: i64,
    pub deleted: bool,
}

#[derive(Debug, Clone)]
enum Path {
    /// To one person; how it ended.
    Direct { user: u64, result: &'static str, seconds: i64 },
    /// To a queue, which rings one after the other; the last of them answers, or nobody.
    Queue { queue: u64, seconds: i64, rung: Vec<u64>, answered: bool },
    /// From a person.
    Outbound { user: u64, connected: bool, seconds: i64 },
}

/// A leg: whose, how it was offered, what came of it, its length.
type Leg = (u64, &'static str, &'static str, i64);

const RINGING_S: i64 = 15;

impl Call {
    /// Any state of a call with this id.
    pub fn any(id: u32, random: &mut ChaCha8Rng) -> Self {
        let session = if random.random_ratio(1, 8) { id ^ 1 } else { id };
        let within_ms = random.random_range(0..DAYS * DAY_MS / 1_000) * 1_000;
        let user = 1001 + random.random_range(0..USERS);
        let seconds = random.random_range(1..600);
        let path = match random.random_range(0..4) {
            0 => Path::Outbound { user, connected: random.random(), seconds },
            1 => {
                let many = random.random_range(1..4);
                let rung = (0..many).map(|place| 1001 + (user + place * 7) % USERS).collect();
                let queue = 2001 + random.random_range(0..QUEUES);
                Path::Queue { queue, seconds: seconds % 90 + 1, rung, answered: random.random() }
            }
            _ => {
                let results = ["Accepted", "Accepted", "Missed", "Voicemail", "Declined"];
                let result = results[random.random_range(0..results.len())];
                Path::Direct { user, result, seconds }
            }
        };
        Self {
            id,
            session,
            start_ms: START_MS + within_ms,
            path,
            recorded: random.random(),
            cost_cents: random.random_range(0..200),
            deleted: random.random_ratio(1, 10),
        }
    }

    pub fn key(&self) -> String {
        format!("s-{:08}", self.session)
    }

    /// The number outside.
    fn customer(&self) -> String {
        format!("+1650555{:04}", self.id % 5_000)
    }

    fn result(&self) -> &'static str {
        match &self.path {
            Path::Direct { result, .. } => result,
            Path::Queue { answered: true, .. } => "Accepted",
            Path::Queue { .. } => "Abandoned",
            Path::Outbound { connected: true, .. } => "Call connected",
            Path::Outbound { .. } => "No Answer",
        }
    }

    fn legs(&self) -> Vec<Leg> {
        match &self.path {
            Path::Direct { user, result, seconds } => vec![(*user, "Phone Call", result, *seconds)],
            Path::Outbound { user, seconds, .. } => {
                vec![(*user, "VoIP Call", self.result(), *seconds)]
            }
            Path::Queue { queue, seconds, rung, answered } => {
                let mut legs = vec![(*queue, "Phone Call", self.result(), *seconds)];
                legs.extend(rung.iter().map(|user| (*user, "Hunting", "Missed", RINGING_S)));
                if let (true, Some(last)) = (answered, legs.last_mut()) {
                    (last.2, last.3) = ("Accepted", 10 * seconds);
                }
                legs
            }
        }
    }

    fn is_outbound(&self) -> bool {
        matches!(self.path, Path::Outbound { .. })
    }

    fn is_answered(&self) -> bool {
        matches!(self.result(), "Accepted" | "Call connected")
    }

    fn seconds(&self) -> i64 {
        self.legs().iter().map(|(.., seconds)| seconds).sum()
    }

    /// The record, as it is stored.
    pub fn decoded(&self, decoder: &mut Decoder) -> Option<Incoming> {
        decoder.decode(&self.record().to_string()).ok()?.ok()
    }

    fn record(&self) -> Value {
        let (direction, outside) = match self.is_outbound() {
            true => ("Outbound", "to"),
            false => ("Inbound", "from"),
        };
        let mut at_ms = self.start_ms;
        let mut legs = Vec::new();
        for (extension, action, result, seconds) in self.legs() {
            let mut leg = json!({
                "startTime": moment(at_ms), "duration": seconds, "type": "Voice",
                "direction": direction, "action": action, "result": result,
                "extension": { "id": extension }, "legType": "Accept", "master": legs.is_empty(),
                outside: { "phoneNumber": self.customer() },
                (if self.is_outbound() { "from" } else { "to" }): { "extensionId": extension.to_string() },
            });
            if self.recorded && ["Accepted", "Call connected"].contains(&result) {
                leg["recording"] =
                    json!({ "id": format!("{}{}", self.id, legs.len()), "type": "Automatic" });
            }
            legs.push(leg);
            at_ms += seconds * 1_000;
        }
        let mut record = legs[0].clone();
        record["id"] = format!("c{}", self.id).into();
        record["sessionId"] = (1_000_000 + self.session).to_string().into();
        record["telephonySessionId"] = self.key().into();
        record["duration"] = self.seconds().into();
        record["result"] = self.result().into();
        record["billing"] = json!({ "costPurchased": self.cost_cents as f64 / 100.0 });
        record["legs"] = legs.into();
        if self.deleted {
            record["deleted"] = true.into();
        }
        record
    }
}

fn moment(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map(|at| at.to_string()).unwrap_or_default()
}

/// What `docs/metrics.md` says of a session's records, by hand: a line for each interaction, and for each offer of a
/// session with one record.
pub fn lines<'a>(calls: impl Iterator<Item = &'a Call>) -> (Vec<String>, Vec<String>) {
    let mut sessions: BTreeMap<String, Vec<&Call>> = BTreeMap::new();
    for call in calls.filter(|call| !call.deleted) {
        sessions.entry(call.key()).or_default().push(call);
    }
    let mut offers = Vec::new();
    for calls in sessions.values() {
        if let [only] = calls.as_slice() {
            offers.extend(only.offers());
        }
    }
    offers.sort();
    (sessions.values().map(|calls| interaction(calls)).collect(), offers)
}

fn interaction(calls: &[&Call]) -> String {
    let started_ms = calls.iter().map(|call| call.start_ms).min().unwrap_or_default();
    let ends = calls.iter().map(|call| call.start_ms + call.seconds() * 1_000);
    let ended_ms = ends.max().unwrap_or_default();
    let legs: usize = calls.iter().map(|call| call.legs().len()).sum();
    let cents: i64 = calls.iter().map(|call| call.cost_cents).sum();
    let rest = match calls {
        [only] => only.alone(),
        _ => "several".to_owned(),
    };
    let (key, many) = (calls[0].key(), calls.len());
    format!("{key} {started_ms} {ended_ms} {many} {legs} {cents} {rest}")
}

impl Call {
    /// Whoever answers is the last one.
    fn answering(&self) -> Option<Leg> {
        self.legs().last().copied().filter(|_| self.is_answered())
    }

    fn alone(&self) -> String {
        let answer = self.answering();
        let talk_s = answer.map_or(0, |(.., seconds)| seconds);
        let answered_by = answer.map_or("none".to_owned(), |(user, ..)| user.to_string());
        let disposition = match self.result() {
            "Accepted" | "Call connected" => "answered".to_owned(),
            "No Answer" => "missed".to_owned(),
            other => other.to_lowercase(),
        };
        let direction = if self.is_outbound() { "outbound" } else { "inbound" };
        let is_queue = matches!(self.path, Path::Queue { .. });
        format!(
            "{direction} {disposition} {} {answered_by} {} {} {} {} {} {}",
            self.customer(),
            (self.seconds() - talk_s) * 1_000,
            talk_s * 1_000,
            self.offers().len(),
            u8::from(is_queue),
            self.recorded && self.is_answered(),
            self.result() == "Voicemail",
        )
    }

    fn offers(&self) -> Vec<String> {
        let skipped = match self.path {
            Path::Outbound { .. } => usize::MAX,
            Path::Queue { .. } => 1,
            Path::Direct { .. } => 0,
        };
        let offer = |(user, _, result, seconds): Leg| {
            let (outcome, ring_s, talk_s) = match result {
                "Accepted" => ("answered".to_owned(), 0, seconds),
                other => (other.to_lowercase(), seconds, 0),
            };
            format!("{} {user} {outcome} {} {}", self.key(), ring_s * 1_000, talk_s * 1_000)
        };
        self.legs().into_iter().skip(skipped).map(offer).collect()
    }
}
