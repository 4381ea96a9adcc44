//! Secrets that are made here: told once, and kept as what they can be recognised by.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbook_api::{AppScope, ExtensionId, OsRandom, Plan, PortError, Random};
use callbook_store::{AppCredential, RegisteredApp};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// An app to be registered.
#[derive(Debug, Clone)]
pub struct NewApp {
    /// What people call it.
    pub name: String,
    /// What it may do at most.
    pub scopes: Vec<AppScope>,
    /// It has no secret, because it could not keep one.
    pub public: bool,
    /// Where users may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Its own rate plan.
    pub plan: Option<Plan>,
    /// It gets phone numbers without their last digits.
    pub masks_numbers: bool,
}

impl NewApp {
    /// The app as it is kept, and its secret if it has one.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn register(
        self,
        now: Timestamp,
    ) -> Result<(RegisteredApp, Option<SecretString>), PortError> {
        let secret = if self.public { None } else { Some(SecretString::from(random_text(32)?)) };
        let app = RegisteredApp {
            client_id: format!("app-{}", random_text(12)?),
            name: self.name,
            secret_hash: secret.as_ref().map(hash),
            scopes: self.scopes.iter().map(ToString::to_string).collect(),
            redirect_uris: self.redirect_uris,
            plan: self.plan.map(|plan| plan.to_string()),
            masks_numbers: self.masks_numbers,
            created_ms: now.as_millisecond(),
            revoked_ms: None,
        };
        Ok((app, secret))
    }
}

/// A person's JWT to be made.
#[derive(Debug, Clone)]
pub struct NewCredential {
    /// Whose it is.
    pub extension: ExtensionId,
    /// The one app that it is good for; `None`: any.
    pub app: Option<String>,
    /// The server that it is meant for, without a trailing slash.
    pub server_url: String,
    /// When it expires; `None`: never.
    pub expires: Option<Timestamp>,
}

impl NewCredential {
    /// The credential as it is kept, and the JWT itself.
    ///
    /// It is signed with a key that nobody keeps: the archive recognises it by its hash, so that not even who has
    /// the whole archive can make another.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn sign(self, now: Timestamp) -> Result<(AppCredential, SecretString), PortError> {
        let id = Uuid::new_v4().to_string();
        let header = json!({ "alg": "HS256", "typ": "JWT", "kid": id });
        let mut claims = json!({
            "iss": "callbook",
            "sub": self.extension.to_string(),
            "aud": format!("{}/restapi/oauth/token", self.server_url),
            "iat": now.as_second(),
            "jti": id,
        });
        if let Some(expires) = self.expires {
            claims["exp"] = expires.as_second().into();
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let mut key = [0; 32];
        OsRandom.fill(&mut key)?;
        let mac = Hmac::<Sha256>::new_from_slice(&key).map_err(crate::failed)?;
        let signature = mac.chain_update(&signed).finalize().into_bytes();
        let jwt = SecretString::from(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)));
        let credential = AppCredential {
            id,
            extension: self.extension,
            app: self.app,
            hash: hash(&jwt),
            created_ms: now.as_millisecond(),
            expires_ms: self.expires.map(Timestamp::as_millisecond),
            revoked_ms: None,
            last_used_ms: None,
        };
        Ok((credential, jwt))
    }
}

/// Which credential a JWT says that it is; nothing is proven yet.
pub(crate) fn claimed_credential(jwt: &SecretString) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(jwt.expose_secret().split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Some(claims["jti"].as_str()?.to_owned())
}

/// Whether this is the secret that was hashed; it takes as long whatever differs.
pub(crate) fn is_secret(secret: &SecretString, hashed: &[u8]) -> bool {
    hash(secret).as_slice().ct_eq(hashed).into()
}

/// Fast, because what is hashed was drawn at random and cannot be guessed.
fn hash(secret: &SecretString) -> Vec<u8> {
    Sha256::digest(secret.expose_secret()).to_vec()
}

/// A password that was drawn at random.
///
/// # Errors
/// When the system has no random numbers.
pub fn random_password() -> Result<SecretString, PortError> {
    Ok(random_text(15)?.into())
}

/// What a password can be recognised by: Argon2id, a tenth of a second of a processor's time and 19 MiB.
///
/// # Errors
/// When the system has no random numbers, or no memory.
pub fn hash_password(password: &SecretString) -> Result<String, PortError> {
    let hashed = Argon2::default().hash_password(password.expose_secret().as_bytes());
    let hashed: PasswordHash = hashed.map_err(|error| PortError(error.to_string().into()))?;
    Ok(hashed.to_string())
}

/// Whether this is the password that was hashed.
pub(crate) fn is_password(password: &SecretString, hashed: &str) -> bool {
    let hashed = PasswordHash::new(hashed);
    hashed.is_ok_and(|hashed| {
        Argon2::default().verify_password(password.expose_secret().as_bytes(), &hashed).is_ok()
    })
}

fn random_text(bytes: usize) -> Result<String, PortError> {
    let mut drawn = vec![0; bytes];
    OsRandom.fill(&mut drawn)?;
    Ok(URL_SAFE_NO_PAD.encode(drawn))
}
