//! A company's calls and how its upstream behaves, all drawn beforehand: what upstream shows is a
//! function of the moment. Moments are milliseconds since 1970.

use callbook_sync::Log;

use super::draw::Draw;

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// When the first sync begins, save for some hours. (2024-03-01T00:00:00Z)
pub const BEGIN: i64 = 1_709_251_200_000;

#[derive(Debug, Clone)]
pub struct Call {
    pub id: u32,
    pub start: i64,
    /// When the feeds show it.
    pub visible: i64,
    /// When lists show it: later, where the index of lists lags behind.
    pub listed: i64,
    /// When it changed.
    pub edits: Vec<i64>,
    pub deleted: Option<i64>,
    /// Lists lack it between the two, and count it.
    pub hidden: Option<(i64, i64)>,
    /// No feed says so.
    pub silently: bool,
}

impl Call {
    pub fn version(&self, now: i64) -> usize {
        self.edits.iter().filter(|edit| **edit <= now).count()
    }

    pub fn modified(&self, now: i64) -> i64 {
        self.edits.iter().copied().filter(|edit| *edit <= now).chain([self.visible]).max().unwrap()
    }

    pub fn is_hidden(&self, now: i64) -> bool {
        self.hidden.is_some_and(|(from, to)| (from..to).contains(&now))
    }

    pub fn is_deleted(&self, now: i64) -> bool {
        self.deleted.is_some_and(|deleted| deleted <= now)
    }
}

/// When an endpoint answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Available {
    Always,
    Never,
    /// Not between the two.
    Except(i64, i64),
}

impl Available {
    fn draw(draw: &mut Draw, until: i64) -> Self {
        match draw.between(0, 10) {
            0..6 => Self::Always,
            6 | 7 => Self::Never,
            _ => {
                let from = draw.between(BEGIN, until);
                Self::Except(from, from + draw.between(HOUR, 6 * DAY))
            }
        }
    }

    pub fn is_there(self, now: i64) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Except(from, to) => !(from..to).contains(&now),
        }
    }
}

/// How tokens end.
#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    pub life: i64,
    pub refused_per_mille: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Totals {
    Always,
    Never,
    Sometimes,
}

/// How the server's clock goes: wrong by `by` between the two moments.
#[derive(Debug, Clone, Copy)]
pub struct WrongClock {
    pub from: i64,
    pub to: i64,
    pub by: i64,
}

/// How upstream and the syncs behave.
#[derive(Debug, Clone)]
pub struct Traits {
    pub log: Log,
    pub until: i64,
    pub retention: i64,
    pub per_page: usize,
    pub sorted: bool,
    pub includes_end: bool,
    pub totals: Totals,
    pub extract: Available,
    pub extract_tokens: Tokens,
    /// How far back the first question may go.
    pub extract_reach: i64,
    pub sync: Available,
    pub sync_tokens: Tokens,
    /// More changes than this are refused.
    pub sync_limit: usize,
    /// A token stands for the calls of its first answer alone.
    pub frame: bool,
    pub clock: Option<WrongClock>,
    pub faults_per_mille: i64,
    pub crashes_per_mille: i64,
    /// One run follows until then.
    pub follow_until: i64,
    /// Between two runs otherwise.
    pub every: i64,
    /// Nothing runs between the two.
    pub off: Option<(i64, i64)>,
}

pub struct Company {
    /// Earliest first.
    pub calls: Vec<Call>,
    pub traits: Traits,
}

impl Company {
    pub fn draw(seed: u64) -> Self {
        let mut draw = Draw::new(seed, 1);
        let long = seed % 50 == 49;
        let days = if long { 395 } else { 30 };
        let until = BEGIN + days * DAY;
        let mut traits = traits(&mut draw, until);
        let history = draw.one_of(&[0, 5, 60, 260]) * DAY;
        let per_day = match long || history > 100 * DAY {
            true => 1,
            false => draw.between(1, 9),
        };
        if long {
            traits.every = traits.every.max(6 * HOUR);
        }
        let lag = draw.one_of(&[0, 0, 0, 10 * MINUTE]);
        if !traits.sorted {
            // A page that is sorted by chance hides the next ones; of 12 calls, hardly one is.
            traits.per_page = traits.per_page.max(12);
        }
        let first = BEGIN - history.min(traits.retention);
        let count = per_day * (until - first) / DAY;
        let mut starts: Vec<_> = (0..count).map(|_| draw.between(first, until)).collect();
        starts.sort_unstable();
        for place in 1..starts.len() {
            if draw.per_mille(60) {
                starts[place] = starts[place - 1];
            }
        }
        let counted = traits.totals == Totals::Always;
        let call = |(start, id)| {
            let call = call(&mut draw, id, start, lag);
            // Without a total, nobody could tell from a deletion.
            Call { hidden: call.hidden.filter(|_| counted), ..call }
        };
        let calls = starts.into_iter().zip(0..).map(call).collect();
        Self { calls, traits }
    }

    /// What the server takes for now.
    pub fn clock(&self, now: i64) -> i64 {
        let wrong = self.traits.clock.filter(|clock| (clock.from..clock.to).contains(&now));
        now + wrong.map_or(0, |clock| clock.by)
    }

    /// Not yet forgotten, nor deleted.
    pub fn shows(&self, call: &Call, now: i64) -> bool {
        call.visible <= now && self.keeps(call, now) && !call.is_deleted(now)
    }

    pub fn keeps(&self, call: &Call, now: i64) -> bool {
        now - self.traits.retention <= call.start
    }
}

fn traits(draw: &mut Draw, until: i64) -> Traits {
    let tokens = |draw: &mut Draw| Tokens {
        life: draw.one_of(&[400 * DAY, 400 * DAY, 2 * DAY, 5 * HOUR]),
        refused_per_mille: draw.one_of(&[0, 0, 30, 100]),
    };
    let clock = draw.per_mille(100).then(|| {
        let from = draw.between(BEGIN, until - 8 * DAY);
        let by = draw.one_of(&[-3 * DAY, -2 * HOUR, 2 * HOUR, 3 * DAY, 400 * DAY]);
        WrongClock { from, to: from + draw.between(HOUR, 3 * DAY), by }
    });
    let off = draw.per_mille(200).then(|| {
        let from = draw.between(BEGIN, until);
        (from, from + draw.between(DAY, 12 * DAY))
    });
    Traits {
        log: if draw.per_mille(750) { Log::Account } else { Log::Extension },
        until,
        retention: draw.one_of(&[365, 280, 280, 45, 20]) * DAY,
        per_page: draw.between(2, 40) as usize,
        sorted: !draw.per_mille(50),
        includes_end: draw.per_mille(500),
        totals: draw.one_of(&[Totals::Always, Totals::Always, Totals::Never, Totals::Sometimes]),
        extract: Available::draw(draw, until),
        extract_tokens: tokens(draw),
        extract_reach: draw.one_of(&[400, 400, 3]) * DAY,
        sync: Available::draw(draw, until),
        sync_tokens: tokens(draw),
        sync_limit: draw.one_of(&[250, 250, 12, 3]),
        frame: draw.per_mille(500),
        clock,
        faults_per_mille: draw.one_of(&[0, 20, 100]),
        crashes_per_mille: draw.one_of(&[0, 5, 20]),
        follow_until: if draw.per_mille(300) { draw.between(BEGIN, BEGIN + 9 * DAY) } else { 0 },
        every: draw.one_of(&[2 * HOUR, 6 * HOUR, 6 * HOUR, DAY, DAY]),
        off,
    }
}

fn call(draw: &mut Draw, id: u32, start: i64, lag: i64) -> Call {
    let end = start + draw.between(0, 15 * MINUTE);
    let straggles = draw.per_mille(50);
    let late = if straggles { draw.between(HOUR, 6 * DAY) } else { draw.between(15, 30) * SECOND };
    let visible = end + late;
    let edits = match draw.between(0, 20) {
        0 => vec![visible + draw.between(0, HOUR)],
        1 => vec![visible + draw.between(0, 20 * DAY)],
        2 => vec![visible + draw.between(0, DAY), visible + draw.between(DAY, 40 * DAY)],
        _ => vec![],
    };
    let deleted = draw.per_mille(50).then(|| visible + draw.between(MINUTE, 40 * DAY));
    let silently = draw.per_mille(500);
    let hidden = draw.per_mille(30).then(|| {
        let from = visible + draw.between(0, 9 * DAY);
        (from, from + draw.between(0, 2 * DAY))
    });
    let listed = visible + draw.between(0, lag);
    Call { id, start, visible, listed, edits, deleted, hidden, silently }
}
