//! The ports of the tests: small enough to read, and they remember what they were asked.

use std::ops::Range;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use callbook_api::{
    AccountId, ActiveQuery, App, AppScope, Apps, Availability, ByteStream, CallLog, CallLogPage,
    Changes, ChangesQuery, Clock, Deletion, Directory, ExtensionId, ListQuery, Mark,
    MemorySubscriptions, MemoryTokens, OsRandom, Plan, PlanLimiter, PortError, Ports, Recording,
    Recordings, Scope, Telephony, UserPermission, View,
};
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::counted::TestAnalytics;
use crate::push::TestJournal;

pub const ADMIN: ExtensionId = ExtensionId(101_001);
pub const USER: ExtensionId = ExtensionId(101_002);
/// Somebody whose role allows nothing at all.
pub const GUEST: ExtensionId = ExtensionId(101_003);
pub const QUEUE: ExtensionId = ExtensionId(101_009);
pub const ACCOUNT: AccountId = AccountId(400_001);

pub const NOW: &str = "2024-02-01T12:00:00Z";

/// Records that exist, and a number in them that no float holds.
pub const RECORD_IDS: [&str; 3] = ["rec-1", "rec-2", "rec-3"];
pub const ODD_NUMBER: &str = "12345678901234567890.10";

/// A clock that stands still until it is told otherwise.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub fn advance_s(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Default for TestClock {
    fn default() -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        Self(Arc::new(AtomicI64::new(now.as_millisecond())))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

#[derive(Clone)]
pub struct TestPorts {
    pub clock: TestClock,
    pub limiter: Arc<PlanLimiter>,
    pub tokens: Arc<MemoryTokens>,
    pub asked: Arc<Mutex<Option<(Scope, ListQuery)>>>,
    pub changes: Arc<Mutex<Option<ChangesQuery>>>,
    pub subscriptions: Arc<MemorySubscriptions>,
    pub journal: TestJournal,
    pub hidden: Arc<Mutex<Option<(ExtensionId, Deletion)>>>,
    pub analytics: TestAnalytics,
}

impl TestPorts {
    pub fn new(plan: Plan) -> Self {
        Self {
            clock: TestClock::default(),
            limiter: Arc::new(PlanLimiter::new(plan)),
            tokens: Arc::default(),
            asked: Arc::default(),
            changes: Arc::default(),
            subscriptions: Arc::default(),
            journal: TestJournal::default(),
            hidden: Arc::default(),
            analytics: TestAnalytics::default(),
        }
    }
}

impl Ports for TestPorts {
    type CallLog = Self;
    type Recordings = Self;
    type Directory = Self;
    type Telephony = Self;
    type Apps = Self;
    type Clock = TestClock;
    type Limiter = PlanLimiter;
    type Tokens = MemoryTokens;
    type Random = OsRandom;
    type Subscriptions = MemorySubscriptions;
    type Journal = TestJournal;
    type Analytics = TestAnalytics;

    fn call_log(&self) -> &Self {
        self
    }
    fn recordings(&self) -> &Self {
        self
    }
    fn directory(&self) -> &Self {
        self
    }
    fn telephony(&self) -> &Self {
        self
    }
    fn apps(&self) -> &Self {
        self
    }
    fn clock(&self) -> &TestClock {
        &self.clock
    }
    fn limiter(&self) -> &PlanLimiter {
        &self.limiter
    }
    fn tokens(&self) -> &MemoryTokens {
        &self.tokens
    }
    fn random(&self) -> &OsRandom {
        &OsRandom
    }
    fn subscriptions(&self) -> &MemorySubscriptions {
        &self.subscriptions
    }
    fn journal(&self) -> &TestJournal {
        &self.journal
    }
    fn analytics(&self) -> &TestAnalytics {
        &self.analytics
    }
}

fn record(id: &str) -> Bytes {
    format!(r#"{{"id":"{id}","startTime":"2024-02-01T09:00:00.000Z","x-odd":{ODD_NUMBER}}}"#).into()
}

impl CallLog for TestPorts {
    async fn list(&self, scope: Scope, query: &ListQuery) -> Result<CallLogPage, PortError> {
        *self.asked.lock().unwrap() = Some((scope, query.clone()));
        let skip = usize::try_from(query.offset).unwrap();
        let ids = RECORD_IDS.iter().skip(skip).take(query.limit as usize);
        let records: Vec<Bytes> = ids.map(|id| record(id)).collect();
        let more = skip + records.len() < RECORD_IDS.len();
        Ok(CallLogPage { records, total: Some(RECORD_IDS.len() as u64), more, next: None })
    }

    async fn get(&self, _: Scope, id: &str, _: View) -> Result<Option<Bytes>, PortError> {
        if id == "broken" {
            return Err(PortError("the disk is on fire at /srv/secret".into()));
        }
        Ok(RECORD_IDS.contains(&id).then(|| record(id)))
    }

    /// What may have been under way for five seconds is given again.
    async fn mark(&self, _: Scope, moment: Option<Timestamp>) -> Result<Mark, PortError> {
        let now = || self.clock.now().as_millisecond() - 5_000;
        Ok(Mark(moment.map_or_else(now, Timestamp::as_millisecond)))
    }

    /// A call each second of the hour before `NOW`, the first of which were modified first.
    async fn changes(&self, _: Scope, query: &ChangesQuery) -> Result<Option<Changes>, PortError> {
        *self.changes.lock().unwrap() = Some(query.clone());
        let now: Timestamp = NOW.parse().unwrap();
        let all = (0..3_600).map(|second| now.as_second() - 3_599 + second);
        let from = (query.after.0 + 999).div_euclid(1_000);
        let wanted: Vec<i64> = all.filter(|second| *second >= from).collect();
        let shown = &wanted[..wanted.len().min(query.limit as usize)];
        let more = shown.len() < wanted.len();
        let next = shown.last().filter(|_| more).map(|second| second * 1_000 + 1);
        let next = Mark(next.unwrap_or_else(|| self.clock.now().as_millisecond()));
        let records = shown.iter().map(|second| record(&format!("rec-{second}")));
        Ok(Some(Changes { records: records.collect(), next, more }))
    }

    async fn active(&self, _: Scope, query: &ActiveQuery) -> Result<CallLogPage, PortError> {
        let ids = RECORD_IDS.iter().skip(query.offset as usize).take(query.limit as usize);
        let records: Vec<Bytes> = ids.map(|id| record(id)).collect();
        let total = Some(RECORD_IDS.len() as u64);
        Ok(CallLogPage { records, total, more: false, next: None })
    }

    async fn hide(&self, extension: ExtensionId, deletion: &Deletion) -> Result<(), PortError> {
        *self.hidden.lock().unwrap() = Some((extension, deletion.clone()));
        Ok(())
    }
}

/// A call that is under way, of the administrator's.
pub const SESSION: &str = "s-1";

impl Telephony for TestPorts {
    /// Everybody is on the phone.
    async fn presence(
        &self,
        users: &[ExtensionId],
        with_calls: bool,
    ) -> Result<Vec<Value>, PortError> {
        let mut presence = json!({ "presenceStatus": "Busy", "telephonyStatus": "CallConnected" });
        if with_calls {
            presence["activeCalls"] = json!([{ "telephonySessionId": SESSION }]);
        }
        Ok(vec![presence; users.len()])
    }

    async fn availability(
        &self,
        _: ExtensionId,
        members: &[ExtensionId],
    ) -> Result<Vec<Availability>, PortError> {
        let known = Availability { of_queues: Some(true), of_this_queue: None };
        Ok(vec![known; members.len()])
    }

    async fn session(&self, id: &str) -> Result<Option<Value>, PortError> {
        let party = json!({ "id": "p-1", "extensionId": ADMIN.to_string() });
        Ok((id == SESSION).then(|| json!({ "id": id, "parties": [party] })))
    }
}

/// A recording of everybody's, and one of the user's own.
pub const RECORDING: &str = "7001";
pub const OWN_RECORDING: &str = "7002";
/// Its sound, and what is announced of it.
pub const SOUND: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

impl Recordings for TestPorts {
    async fn find(&self, scope: Scope, id: &str) -> Result<Option<Recording>, PortError> {
        let own = id == OWN_RECORDING && scope == Scope::Extension(USER);
        let known = [RECORDING, OWN_RECORDING].contains(&id) && scope == Scope::Account;
        Ok((own || known).then(|| Recording {
            duration_s: 36,
            content_type: "audio/mpeg".to_owned(),
            len_bytes: SOUND.len() as u64,
            tag: "v1".to_owned(),
        }))
    }

    /// In pieces of seven bytes.
    async fn open(&self, _: &str, range: Range<u64>) -> Result<ByteStream, PortError> {
        let part = &SOUND[range.start as usize..range.end as usize];
        let pieces = part.chunks(7).map(|piece| Ok(Bytes::from_static(piece)));
        Ok(stream::iter(pieces).boxed())
    }

    /// Nothing is really deleted.
    async fn delete(&self, ids: &[String]) -> Result<bool, PortError> {
        Ok(ids.iter().all(|id| [RECORDING, OWN_RECORDING].contains(&id.as_str())))
    }
}

impl Directory for TestPorts {
    fn account_id(&self) -> AccountId {
        ACCOUNT
    }

    async fn account(&self) -> Result<Value, PortError> {
        Ok(json!({ "id": ACCOUNT }))
    }

    async fn business_hours(&self) -> Result<Value, PortError> {
        Ok(json!({ "schedule": {} }))
    }

    async fn extensions(&self) -> Result<Vec<Value>, PortError> {
        Ok(vec![
            json!({ "id": ADMIN, "extensionNumber": "101", "type": "User", "status": "Enabled" }),
            json!({ "id": USER, "extensionNumber": "102", "type": "User", "status": "Disabled" }),
            json!({ "id": QUEUE, "extensionNumber": "200", "type": "Department", "status": "Enabled" }),
            json!({ "id": GUEST, "type": "User", "status": "Enabled" }),
        ])
    }

    async fn extension(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok(self.extensions().await?.into_iter().find(|extension| extension["id"] == id.0))
    }

    async fn extension_business_hours(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok(self.extension(id).await?.map(|_| json!({ "schedule": {} })))
    }

    async fn sites(&self) -> Result<Vec<Value>, PortError> {
        Ok(vec![json!({ "id": "101020", "name": "Berlin" })])
    }

    async fn permissions(&self, user: ExtensionId) -> Result<Vec<UserPermission>, PortError> {
        let ordinary = |p: &UserPermission| *p != UserPermission::FullCompanyCallLog;
        let all = UserPermission::ALL.iter().copied();
        Ok(match user {
            ADMIN => all.collect(),
            USER => all.filter(ordinary).collect(),
            _ => vec![],
        })
    }

    async fn phone_numbers(&self) -> Result<Vec<Value>, PortError> {
        Ok(vec![
            json!({ "phoneNumber": "+12025550101", "usageType": "MainCompanyNumber" }),
            json!({ "phoneNumber": "+12025550102", "usageType": "DirectNumber" }),
        ])
    }

    async fn extension_phone_numbers(&self, _: ExtensionId) -> Result<Vec<Value>, PortError> {
        Ok(vec![json!({ "phoneNumber": "+12025550102", "usageType": "DirectNumber" })])
    }

    async fn queues(&self) -> Result<Vec<Value>, PortError> {
        Ok(vec![json!({ "id": QUEUE.to_string() })])
    }

    async fn queue(&self, id: ExtensionId) -> Result<Option<Value>, PortError> {
        Ok((id == QUEUE).then(|| json!({ "id": QUEUE.to_string() })))
    }

    async fn queue_members(&self, id: ExtensionId) -> Result<Option<Vec<ExtensionId>>, PortError> {
        Ok((id == QUEUE).then(|| vec![USER]))
    }
}

/// Where apps may send users back to.
pub const REDIRECT_URIS: [&str; 2] = ["http://127.0.0.1/callback", "https://example.com/back"];

/// `app` is confidential, `narrow` may only read accounts, `public` has no secret.
impl Apps for TestPorts {
    async fn find(&self, client_id: &str) -> Result<Option<App>, PortError> {
        let scopes = match client_id {
            "app" | "public" | "masked" => AppScope::ALL.to_vec(),
            "narrow" => vec![AppScope::ReadAccounts],
            "recordings" => vec![AppScope::ReadCallRecording],
            _ => return Ok(None),
        };
        let redirect_uris = REDIRECT_URIS.map(str::to_owned).to_vec();
        let (client_id, public) = (client_id.to_owned(), client_id == "public");
        let (name, masks_numbers) = (format!("The {client_id}"), client_id == "masked");
        Ok(Some(App { client_id, name, scopes, public, redirect_uris, masks_numbers }))
    }

    async fn authenticate(
        &self,
        client_id: &str,
        secret: Option<&SecretString>,
    ) -> Result<Option<App>, PortError> {
        let secret = secret.map(ExposeSecret::expose_secret);
        let is_known = |app: &App| secret == if app.public { None } else { Some("secret") };
        Ok(Apps::find(self, client_id).await?.filter(is_known))
    }

    async fn jwt_owner(
        &self,
        _: &App,
        jwt: &SecretString,
    ) -> Result<Option<ExtensionId>, PortError> {
        let user = jwt.expose_secret().strip_prefix("jwt-of-");
        Ok(user.and_then(|user| user.parse().ok()))
    }

    async fn password_owner(
        &self,
        username: &str,
        password: &SecretString,
    ) -> Result<Option<ExtensionId>, PortError> {
        Ok((username == "102" && password.expose_secret() == "password").then_some(USER))
    }
}
