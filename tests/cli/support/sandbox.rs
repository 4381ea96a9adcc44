//! A synthetic company, served inside the tests' own process, and an archive of it.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use callbook_sandbox::{CompanyOptions, Credentials, Options, Plan, bind};
use callbook_synth::{ExtensionKind, Scope, View};
use secrecy::ExposeSecret as _;
use serde_json::Value;

use super::{Place, RUNTIME};

pub struct Company {
    pub url: String,
    pub credentials: Credentials,
    /// Of a user who may read their own calls alone.
    pub ordinary_jwt: String,
    synthetic: Arc<callbook_synth::Company>,
}

/// Small, but with every kind of call. Served until the tests end.
static COMPANY: LazyLock<Company> = LazyLock::new(|| Company::serve(1, 3_000, Plan::Off));

/// The file that its whole call log was downloaded into, once.
static ARCHIVE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let place = company().place();
    place.output("sync");
    std::fs::read(place.archive()).unwrap()
});

/// The company that most tests read from.
pub fn company() -> &'static Company {
    &COMPANY
}

/// A place with a copy of the company's archive, to do with as one likes.
pub fn archived() -> Place {
    let place = company().place();
    std::fs::write(place.archive(), &*ARCHIVE).unwrap();
    place
}

impl Company {
    pub fn serve(seed: u64, calls: u32, plan: Plan) -> Self {
        Self::start(Options { plan, ..Self::options(seed, calls) })
    }

    /// A company without a rate limit.
    pub fn options(seed: u64, calls: u32) -> Options {
        let until = "2024-06-01T00:00:00Z".parse().ok();
        let company = CompanyOptions { seed, calls, users: 12, until, ..CompanyOptions::default() };
        let listen = ([127, 0, 0, 1], 0).into();
        Options { listen, company, plan: Plan::Off, ..Options::default() }
    }

    pub fn start(options: Options) -> Self {
        let sandbox = RUNTIME.block_on(bind(options)).unwrap();
        let synthetic = Arc::clone(sandbox.company());
        let ordinary =
            |each: &&callbook_synth::Extension| each.kind == ExtensionKind::User && !each.admin;
        let ordinary = synthetic.extensions().iter().find(ordinary).unwrap();
        let served = Self {
            url: sandbox.server_url().to_owned(),
            credentials: sandbox.credentials().clone(),
            ordinary_jwt: sandbox.user_jwt(ordinary.id).unwrap().expose_secret().to_owned(),
            synthetic,
        };
        RUNTIME.spawn(sandbox.run(std::future::pending()));
        served
    }

    /// A place that signs in as the company's administrator.
    pub fn place(&self) -> Place {
        let place = self.place_of(self.credentials.jwt.expose_secret());
        place.with("RC_APP_CLIENT_SECRET", self.credentials.client_secret.expose_secret())
    }

    /// A place that signs in with this JWT; the app's secret is not set.
    pub fn place_of(&self, jwt: &str) -> Place {
        let place = Place::new().with("RC_SERVER_URL", &self.url).with("RC_USER_JWT", jwt);
        place.with("RC_APP_CLIENT_ID", &self.credentials.client_id)
    }

    /// A place of the app without a secret, where nobody is signed in.
    pub fn place_of_nobody(&self) -> Place {
        let place = Place::new().with("RC_SERVER_URL", &self.url);
        place.with("RC_APP_CLIENT_ID", &self.credentials.public_client_id)
    }

    /// What an env file has.
    pub fn env_file(&self) -> String {
        let (url, secret) = (&self.url, self.secret());
        let Credentials { client_id, jwt, .. } = &self.credentials;
        let jwt = jwt.expose_secret();
        format!(
            "RC_SERVER_URL={url}\nRC_APP_CLIENT_ID={client_id}\nRC_APP_CLIENT_SECRET={secret}\nRC_USER_JWT={jwt}\n"
        )
    }

    pub fn secret(&self) -> String {
        self.credentials.client_secret.expose_secret().to_owned()
    }

    /// Every call that was not deleted, newest first, with its legs: the truth.
    pub fn calls(&self) -> Vec<Value> {
        let records = self.synthetic.entries(Scope::Account);
        let records = records.records(View::Detailed);
        let records = records.map(|record| serde_json::from_str(&record).unwrap());
        let mut calls: Vec<Value> =
            records.filter(|call: &Value| call["deleted"] != true).collect();
        calls.reverse();
        calls
    }

    /// How many call queues there are.
    pub fn queues(&self) -> u64 {
        let is_queue = |each: &&callbook_synth::Extension| each.kind == ExtensionKind::Queue;
        self.synthetic.extensions().iter().filter(is_queue).count() as u64
    }

    /// An extension of this kind.
    pub fn extension(&self, kind: ExtensionKind) -> &callbook_synth::Extension {
        self.synthetic.extensions().iter().find(|each| each.kind == kind).unwrap()
    }
}

/// Whether only its owner may read a file.
pub fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777 == 0o600
}
