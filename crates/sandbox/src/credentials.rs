//! The sandbox's apps, its users' JWTs and their password.
//!
//! They follow from the seed, so that an env file stays good over restarts. They protect nothing:
//! whoever knows the seed knows them, which is why each one says that it is of a sandbox.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbook_api::SyncKey;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// What a client connects with.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// `RC_APP_CLIENT_ID`
    pub client_id: String,
    /// `RC_APP_CLIENT_SECRET`
    pub client_secret: SecretString,
    /// `RC_USER_JWT`: the first user's, who is an administrator.
    pub jwt: SecretString,
    /// `SANDBOX_PUBLIC_CLIENT_ID`: an app without a secret.
    pub public_client_id: String,
    /// `SANDBOX_USERNAME`: the first user's extension number.
    pub username: String,
    /// `SANDBOX_PASSWORD`: of every user alike, so that one can sign in as anybody.
    pub password: SecretString,
}

impl Credentials {
    pub(crate) fn new(seed: u64, admin: u64, username: String) -> Self {
        Self {
            client_id: format!("sandbox-{}", derive(seed, "client id", 12)),
            client_secret: format!("sandbox-{}", derive(seed, "client secret", 32)).into(),
            jwt: user_jwt(seed, admin),
            public_client_id: format!("sandbox-public-{}", derive(seed, "public client id", 12)),
            username,
            password: format!("sandbox-{}", derive(seed, "password", 12)).into(),
        }
    }

    /// The variables that RingCentral's own samples read, and what a browser's form wants. No value
    /// needs quotes: all are made of letters, digits, and `-_.:/`.
    #[must_use]
    pub fn variables(&self, server_url: &str) -> [(&'static str, String); 7] {
        let secret = |secret: &SecretString| secret.expose_secret().to_owned();
        [
            ("RC_SERVER_URL", server_url.to_owned()),
            ("RC_APP_CLIENT_ID", self.client_id.clone()),
            ("RC_APP_CLIENT_SECRET", secret(&self.client_secret)),
            ("RC_USER_JWT", secret(&self.jwt)),
            ("SANDBOX_PUBLIC_CLIENT_ID", self.public_client_id.clone()),
            ("SANDBOX_USERNAME", self.username.clone()),
            ("SANDBOX_PASSWORD", secret(&self.password)),
        ]
    }
}

/// What synchronisation tokens are signed with: a restart keeps them good.
pub(crate) fn sync_key(seed: u64) -> SyncKey {
    SyncKey::new(digest(seed, "sync tokens"))
}

/// The personal JWT of one user. It has the three parts of a JWT, but the last is no signature that
/// anybody could verify: the sandbox only compares.
pub(crate) fn user_jwt(seed: u64, user: u64) -> SecretString {
    let header = json!({ "alg": "none", "typ": "JWT", "kid": "sandbox" });
    let payload = json!({ "iss": "callbook-sandbox", "sub": user.to_string(), "sandbox": true });
    let signature = derive(seed, &format!("jwt {user}"), 32);
    format!("{}.{}.{signature}", part(&header), part(&payload)).into()
}

/// Whom a JWT claims to be of; nothing is proven yet.
pub(crate) fn claimed_user(jwt: &str) -> Option<u64> {
    let payload = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let payload: Value = serde_json::from_slice(&payload).ok()?;
    payload["sub"].as_str()?.parse().ok()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn derive(seed: u64, purpose: &str, bytes: usize) -> String {
    let hash = digest(seed, purpose);
    URL_SAFE_NO_PAD.encode(&hash[..bytes.min(hash.len())])
}

fn digest(seed: u64, purpose: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"callbook sandbox credentials 1\0");
    hash.update(seed.to_be_bytes());
    hash.update(purpose.as_bytes());
    hash.finalize().into()
}
