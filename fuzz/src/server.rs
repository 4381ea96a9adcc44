//! A server in this process, without sockets.

use std::cell::RefCell;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use callbook_api::{Api, Config, Hub, Plan, PushOptions, SyncKey, router};
use hyper::service::Service as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::io::DuplexStream;
use tokio::runtime::Runtime;
use url::form_urlencoded::byte_serialize;

use crate::company::{ADMIN, TestPorts};

/// What sync tokens are signed with.
pub const SYNC_KEY: [u8; 32] = [7; 32];

/// A server that has answered so many inputs makes way for a new one: tokens and sessions add up.
const INPUTS: u32 = 500;

/// A connection holds so many bytes that nobody has read yet.
const CONNECTION_BYTES: usize = 1 << 16;

pub struct Server {
    runtime: Runtime,
    router: Router,
    token: String,
}

thread_local! {
    static SERVER: RefCell<Option<(u32, Server)>> = const { RefCell::new(None) };
}

/// Lends the server.
pub fn with(input: impl FnOnce(&Server)) {
    SERVER.with_borrow_mut(|kept| {
        let (inputs, server) = kept.get_or_insert_with(|| (0, Server::new()));
        input(server);
        *inputs += 1;
        if *inputs == INPUTS {
            *kept = None;
        }
    });
}

impl Server {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let guard = runtime.enter();
        let config = Config {
            server_url: "http://127.0.0.1".to_owned(),
            media_url: "http://media.example".to_owned(),
            sync_key: SyncKey::new(SYNC_KEY),
            refresh_grace: Duration::from_secs(60),
            hub: Hub::default(),
            push: PushOptions { call_log_changes: true, ..PushOptions::default() },
        };
        let router = router(Api::new(TestPorts::new(Plan::Off), config));
        drop(guard);
        let mut server = Self { runtime, router, token: String::new() };
        let form = format!(
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=jwt-of-{ADMIN}"
        );
        let form = server.form("/restapi/oauth/token", form.as_bytes());
        server.token = text(&server.ask(form), "access_token");
        server
    }

    /// A request of the administrator.
    pub fn request(&self, method: Method, path: &str, body: Vec<u8>) -> Request<Body> {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {}", self.token));
        request.header("content-type", "application/json").body(Body::from(body)).unwrap()
    }

    /// A request with one parameter, whatever its value.
    pub fn get(&self, path: &str, name: &str, value: &[u8]) -> Request<Body> {
        let value: String = byte_serialize(value).collect();
        let mark = if path.contains('?') { '&' } else { '?' };
        self.request(Method::GET, &format!("{path}{mark}{name}={value}"), vec![])
    }

    /// A form that an app sends.
    pub fn form(&self, path: &str, body: &[u8]) -> Request<Body> {
        let request = Request::post(path).header("authorization", "Basic YXBwOnNlY3JldA==");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(Body::from(body.to_vec())).unwrap()
    }

    /// A request as it is written: `GET /path`, headers, an empty line, a body. `None` if no client could send it.
    pub fn read(&self, data: &[u8]) -> Option<Request<Body>> {
        let mut lines = data.splitn(2, |byte| *byte == b'\n');
        let (method, path) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
        let uri: Uri = path.parse().ok()?;
        let mut request = self.request(method.parse().ok()?, "/", vec![]);
        *request.uri_mut() = uri;
        let mut rest = lines.next().unwrap_or_default();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let (line, behind) = (&rest[..end], &rest[end + 1..]);
            rest = behind;
            let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
            request.headers_mut().insert(name, value);
        }
        *request.body_mut() = Body::from(rest.to_vec());
        Some(request)
    }

    /// The answer, which is neither a failure of the server nor JSON that cannot be read.
    pub fn ask(&self, request: Request<Body>) -> Value {
        let uri = request.uri().clone();
        self.runtime.block_on(async {
            let service = TowerToHyperService::new(self.router.clone());
            let answer = service.call(request).await.unwrap();
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            // The company of the tests has a record that cannot be read.
            assert!(!status.is_server_error() || uri.path().contains("broken"), "{status} {uri}");
            let kind = headers.get("content-type").map(HeaderValue::as_bytes).unwrap_or_default();
            if status == StatusCode::NO_CONTENT || !kind.starts_with(b"application/json") {
                return Value::Null;
            }
            serde_json::from_slice(&body).expect("an answer that says that it is JSON")
        })
    }

    /// Talks over a new connection.
    pub fn talk<T>(&self, say: impl AsyncFnOnce(DuplexStream) -> T) -> T {
        let (ours, theirs) = tokio::io::duplex(CONNECTION_BYTES);
        let service = TowerToHyperService::new(self.router.clone());
        self.runtime.block_on(async {
            let builder = Builder::new(TokioExecutor::new()).http1_only();
            tokio::spawn(async move {
                // What is sent may be no HTTP.
                let _ = builder.serve_connection_with_upgrades(TokioIo::new(theirs), service).await;
            });
            say(ours).await
        })
    }
}

/// A member of an answer.
pub fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap_or_else(|| panic!("{name} in {answer}")).to_owned()
}
