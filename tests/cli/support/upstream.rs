//! A server that answers as a test tells it to.

use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::{CANARY, Place, RUNTIME};

const TOKEN: &str = "/restapi/oauth/token";
const ACCOUNT: &str = "/restapi/v1.0/account/~";
const EXTENSIONS: &str = "/restapi/v1.0/account/~/extension";
const CALL_LOG: &str = "/restapi/v1.0/account/~/call-log";

pub struct Upstream {
    server: MockServer,
}

impl Upstream {
    /// Signs everybody in, and has an account with one extension; there is no call log yet.
    pub fn new() -> Self {
        let upstream = Self { server: RUNTIME.block_on(MockServer::start()) };
        let token = json!({ "access_token": format!("{CANARY}-token"), "expires_in": 3600 });
        upstream.fallback("POST", TOKEN, ok(&token));
        upstream.fallback("GET", ACCOUNT, ok(&json!({ "id": 37_439_510 })));
        let extension = json!({ "id": 101_001, "extensionNumber": "101", "name": "Ann" });
        upstream.fallback("GET", EXTENSIONS, ok(&json!({ "records": [extension] })));
        upstream
    }

    /// The call log's answers, one after the other; the last one again and again.
    pub fn call_log<const N: usize>(self, answers: [ResponseTemplate; N]) -> Self {
        self.answers("GET", CALL_LOG, answers)
    }

    /// A call log of this one page, whatever it says of others.
    pub fn only_page(self, answer: ResponseTemplate) -> Self {
        let first = Mock::given(method("GET")).and(path(CALL_LOG)).and(query_param("page", "1"));
        RUNTIME.block_on(first.respond_with(answer).mount(&self.server));
        self.call_log([page(&[], false)])
    }

    /// The answers to sign-ins.
    pub fn token<const N: usize>(self, answers: [ResponseTemplate; N]) -> Self {
        self.answers("POST", TOKEN, answers)
    }

    /// The answers to the question whose account it is.
    pub fn account<const N: usize>(self, answers: [ResponseTemplate; N]) -> Self {
        self.answers("GET", ACCOUNT, answers)
    }

    /// The answer to a list of the directory; those that have none are not there.
    pub fn directory(self, below: &str, answer: ResponseTemplate) -> Self {
        self.answers("GET", &format!("{ACCOUNT}{below}"), [answer])
    }

    fn answers<const N: usize>(self, verb: &str, at: &str, answers: [ResponseTemplate; N]) -> Self {
        for (place, answer) in answers.into_iter().enumerate() {
            let mock = Mock::given(method(verb)).and(path(at)).respond_with(answer);
            // What was mounted first answers first, until it has answered often enough.
            let mock = if place + 1 < N { mock.up_to_n_times(1) } else { mock };
            RUNTIME.block_on(mock.mount(&self.server));
        }
        self
    }

    fn fallback(&self, verb: &str, at: &str, answer: ResponseTemplate) {
        let mock = Mock::given(method(verb)).and(path(at)).respond_with(answer);
        RUNTIME.block_on(mock.with_priority(u8::MAX).mount(&self.server));
    }

    pub fn url(&self) -> String {
        self.server.uri()
    }

    /// A place that signs in here.
    pub fn place(&self) -> Place {
        let place = Place::new().with("RC_SERVER_URL", &self.url());
        let place = place.with("RC_APP_CLIENT_ID", "an-app");
        place
            .with("RC_APP_CLIENT_SECRET", &format!("{CANARY}-secret"))
            .with("RC_USER_JWT", &format!("{CANARY}-jwt"))
    }

    /// How many requests for the call log have come.
    pub fn asked_for_calls(&self) -> usize {
        self.count(CALL_LOG)
    }

    /// How many sign-ins have come.
    pub fn sign_ins(&self) -> usize {
        self.count(TOKEN)
    }

    fn count(&self, at: &str) -> usize {
        let requests = RUNTIME.block_on(self.server.received_requests()).unwrap();
        requests.iter().filter(|request: &&Request| request.url.path() == at).count()
    }
}

/// An answer of 200 and JSON.
pub fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

/// A page of the call log; `more` when there is one after it.
pub fn page(records: &[Value], more: bool) -> ResponseTemplate {
    let next = json!({ "nextPage": { "uri": "https://example.com/next" } });
    ok(&json!({ "records": records, "navigation": if more { next } else { json!({}) } }))
}

/// A record with nothing but what is indispensable; a later `minute` is an earlier call.
pub fn record(id: &str, minute: u32) -> Value {
    json!({ "id": id, "startTime": format!("2024-01-31T12:{:02}:00.000Z", 59 - minute) })
}

/// RingCentral's form of an error.
pub fn error(status: u16, code: &str, message: &str) -> ResponseTemplate {
    let detail = json!({ "errorCode": code, "message": message });
    let body = json!({ "errorCode": code, "message": message, "errors": [detail] });
    ResponseTemplate::new(status).set_body_json(body)
}
