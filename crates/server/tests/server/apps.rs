//! Apps, JWTs and passwords.

use callbook_api::{App, AppScope, Apps, ExtensionId};
use callbook_server::{NewApp, NewCredential, hash_password};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret as _, SecretString};

use crate::place::{ANN, BOB, EVE, Place, QUEUE};

fn new_app(public: bool) -> NewApp {
    NewApp {
        name: "Wallboard".into(),
        scopes: vec![AppScope::ReadCallLog],
        public,
        redirect_uris: vec!["http://127.0.0.1/back".into()],
        plan: None,
        masks_numbers: true,
    }
}

impl Place {
    async fn register(&self, public: bool) -> (String, Option<SecretString>) {
        let (app, secret) = new_app(public).register(Timestamp::now()).unwrap();
        let client_id = app.client_id.clone();
        self.open().await.put_app(self.account, app).await.unwrap();
        (client_id, secret)
    }

    async fn sign(
        &self,
        extension: ExtensionId,
        app: Option<&str>,
        lasts_s: i64,
    ) -> (String, SecretString) {
        let now = Timestamp::now();
        let expires = Some(now + SignedDuration::from_secs(lasts_s));
        let (app, server_url) = (app.map(str::to_owned), "http://a".to_owned());
        let new = NewCredential { extension, app, server_url, expires };
        let (credential, jwt) = new.sign(now).unwrap();
        let id = credential.id.clone();
        self.open().await.put_credential(self.account, credential).await.unwrap();
        (id, jwt)
    }
}

fn other(secret: &SecretString) -> SecretString {
    let mut text = secret.expose_secret().to_owned();
    let last = if text.pop() == Some('A') { 'B' } else { 'A' };
    text.push(last);
    text.into()
}

#[tokio::test]
async fn an_app_proves_itself_by_its_secret_until_it_is_revoked() {
    let place = Place::sqlite().await;
    let apps = place.apps().await;
    let (client_id, secret) = place.register(false).await;
    let (public, none) = place.register(true).await;
    let secret = secret.unwrap();
    assert!(none.is_none());
    let found = apps.authenticate(&client_id, Some(&secret)).await.unwrap().unwrap();
    let expected = App {
        client_id: client_id.clone(),
        name: "Wallboard".into(),
        scopes: vec![AppScope::ReadCallLog],
        public: false,
        redirect_uris: vec!["http://127.0.0.1/back".into()],
        masks_numbers: true,
    };
    assert_eq!(found, expected);
    assert!(apps.authenticate(&public, None).await.unwrap().unwrap().public);
    for (id, secret) in [
        (&client_id, None),
        (&client_id, Some(other(&secret))),
        (&client_id, Some("".into())),
        (&public, Some(secret.clone())),
        (&"app-unknown".to_owned(), Some(secret.clone())),
    ] {
        assert_eq!(apps.authenticate(id, secret.as_ref()).await.unwrap(), None, "{id}");
    }
    place.open().await.revoke_app(place.account, &client_id, 1).await.unwrap();
    assert_eq!(apps.authenticate(&client_id, Some(&secret)).await.unwrap(), None);
    assert_eq!(apps.find(&client_id).await.unwrap(), None);
}

#[tokio::test]
async fn a_jwt_is_its_owners_while_it_is_good() {
    let place = Place::sqlite().await;
    let apps = place.apps().await;
    let (client_id, _) = place.register(true).await;
    let (second, _) = place.register(true).await;
    let app = apps.find(&client_id).await.unwrap().unwrap();
    let second = apps.find(&second).await.unwrap().unwrap();
    let (id, jwt) = place.sign(ANN, None, 60).await;
    let (_, bound) = place.sign(BOB, Some(&client_id), 60).await;
    let owner = async |app: &App, jwt: &SecretString| apps.jwt_owner(app, jwt).await.unwrap();
    assert_eq!([owner(&app, &jwt).await, owner(&second, &jwt).await], [Some(ANN), Some(ANN)]);
    assert_eq!([owner(&app, &bound).await, owner(&second, &bound).await], [Some(BOB), None]);
    let store = place.open().await;
    let used = store.credentials(place.account).await.unwrap();
    assert!(used.iter().all(|credential| credential.last_used_ms.is_some()));

    let (_, expired) = place.sign(ANN, None, 0).await;
    let (_, left) = place.sign(EVE, None, 60).await;
    let (_, queue) = place.sign(QUEUE, None, 60).await;
    // The claims of one with the signature of another.
    let spliced = {
        let (head, _) = jwt.expose_secret().rsplit_once('.').unwrap();
        let (_, signature) = bound.expose_secret().rsplit_once('.').unwrap();
        SecretString::from(format!("{head}.{signature}"))
    };
    for bad in [other(&jwt), spliced, expired, left, queue, "a.b.c".into(), "".into()] {
        assert_eq!(owner(&app, &bad).await, None);
    }
    store.revoke_credential(place.account, &id, 1).await.unwrap();
    assert_eq!(owner(&app, &jwt).await, None);
}

#[test]
fn a_jwt_says_whose_it_is_and_until_when() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let now: Timestamp = "2024-01-01T00:00:00Z".parse().unwrap();
    let expires = Some(now + SignedDuration::from_secs(60));
    let new = NewCredential { extension: ANN, app: None, server_url: "https://c".into(), expires };
    let (credential, jwt) = new.sign(now).unwrap();
    let parts: Vec<&str> = jwt.expose_secret().split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("{} parts", parts.len()) };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let json = |part: &str| serde_json::from_slice::<serde_json::Value>(&decode(part)).unwrap();
    assert_eq!(json(header)["alg"], "HS256");
    let claims = json(claims);
    assert_eq!(
        (&claims["sub"], &claims["aud"]),
        (&"1001".into(), &"https://c/restapi/oauth/token".into())
    );
    assert_eq!((&claims["iat"], &claims["exp"]), (&1_704_067_200.into(), &1_704_067_260.into()));
    assert_eq!(claims["jti"], credential.id);
    assert_eq!(decode(signature).len(), 32);
    assert!(!format!("{credential:?} {jwt:?}").contains(signature));
}

#[tokio::test]
async fn people_sign_in_by_number_e_mail_or_name() {
    let place = Place::sqlite().await;
    let (apps, store) = (place.apps().await, place.open().await);
    for (person, password) in [(ANN, "anns-password"), (EVE, "eves-password")] {
        let hash = hash_password(&password.into()).unwrap();
        store.set_password(place.account, person, Some(hash), 1).await.unwrap();
    }
    let owner = async |name: &str, password: &str| {
        apps.password_owner(name, &password.into()).await.unwrap()
    };
    for name in ["101", "ANN@example.com", " ann smith "] {
        assert_eq!(owner(name, "anns-password").await, Some(ANN), "{name}");
    }
    for (name, password) in [
        ("101", "eves-password"),
        ("101", ""),
        // Who has none, who has left, who is nobody.
        ("102", ""),
        ("103", "eves-password"),
        ("104", "anns-password"),
        ("", ""),
    ] {
        assert_eq!(owner(name, password).await, None, "{name} {password}");
    }
}

#[tokio::test]
async fn ten_passwords_can_be_tried_for_somebody_by_whichever_name() {
    let place = Place::sqlite().await;
    let (apps, store) = (place.apps().await, place.open().await);
    for person in [ANN, BOB] {
        let hash = hash_password(&"password".into()).unwrap();
        store.set_password(place.account, person, Some(hash), 1).await.unwrap();
    }
    let owner = async |name: &str, password: &str| {
        apps.password_owner(name, &password.into()).await.unwrap()
    };
    for guess in 0..10 {
        let name = if guess % 2 == 0 { "101" } else { "ann@example.com" };
        assert_eq!(owner(name, "a guess").await, None);
    }
    assert_eq!(owner("101", "password").await, None);
    assert_eq!(owner("102", "password").await, Some(BOB));
}
