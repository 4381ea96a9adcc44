//! Apps, what people sign in with, their sessions, and what was counted.

use callbook_model::ExtensionId;
use callbook_store::{AppCredential, Open, Rate, RegisteredApp, Store, StoredSession, TokenRows};

use crate::place::conformance;
use crate::support::Archive;

const ANN: ExtensionId = ExtensionId(101);
const BOB: ExtensionId = ExtensionId(102);

fn app(client_id: &str) -> RegisteredApp {
    RegisteredApp {
        client_id: client_id.into(),
        name: "Sales “board”".into(),
        secret_hash: Some(vec![7; 32]),
        scopes: vec!["ReadCallLog".into(), "ReadAccounts".into()],
        redirect_uris: vec!["http://127.0.0.1/a b".into()],
        plan: Some("10/60s".into()),
        masks_numbers: true,
        created_ms: 1,
        revoked_ms: None,
    }
}

fn credential(id: &str, app: Option<&str>) -> AppCredential {
    AppCredential {
        id: id.into(),
        extension: ANN,
        app: app.map(str::to_owned),
        hash: vec![8; 32],
        created_ms: 1,
        expires_ms: Some(2),
        revoked_ms: None,
        last_used_ms: None,
    }
}

fn session(id: &str, app: &str, extension: ExtensionId) -> StoredSession {
    let state = r#"{"a": "é"}"#.into();
    StoredSession { id: id.into(), app: app.into(), extension, state, revision: 0 }
}

fn token(number: u8) -> [u8; 32] {
    [number; 32]
}

fn added(number: u8, expires_ms: i64) -> TokenRows {
    TokenRows { added: vec![(token(number), expires_ms)], ..TokenRows::default() }
}

impl Archive {
    async fn has(&self, number: u8) -> bool {
        self.store.find_session(self.account.key, token(number)).await.unwrap().is_some()
    }

    async fn sign_in(&self, number: u8, app: &str, extension: ExtensionId) {
        let session = session(&format!("s{number}"), app, extension);
        assert!(self.store.put_session(self.account.key, session, added(number, 9)).await.unwrap());
    }
}

conformance! {
    async fn apps_are_kept_until_they_are_revoked(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        let public = RegisteredApp {
            secret_hash: None, plan: None, masks_numbers: false, redirect_uris: vec![], ..app("b")
        };
        for app in [app("a"), public.clone()] {
            store.put_app(account, app).await.unwrap();
        }
        assert_eq!(store.apps(account).await.unwrap(), [app("a"), public.clone()]);
        assert_eq!(store.app(account, "b").await.unwrap(), Some(public));
        archive.sign_in(1, "a", ANN).await;
        archive.sign_in(2, "b", ANN).await;

        assert!(store.revoke_app(account, "a", 5).await.unwrap());
        assert!(!store.revoke_app(account, "a", 6).await.unwrap());
        assert!(!store.revoke_app(account, "c", 6).await.unwrap());
        assert_eq!(store.app(account, "a").await.unwrap(), None);
        assert_eq!(store.apps(account).await.unwrap()[0].revoked_ms, Some(5));
        assert_eq!((archive.has(1).await, archive.has(2).await), (false, true));
    }

    async fn what_people_sign_in_with_takes_their_sessions_along(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        for credential in [credential("a", None), credential("b", Some("app"))] {
            store.put_credential(account, credential).await.unwrap();
        }
        store.note_credential_use(account, "b", 4).await.unwrap();
        let used = AppCredential { last_used_ms: Some(4), ..credential("b", Some("app")) };
        assert_eq!(store.credentials(account).await.unwrap(), [credential("a", None), used]);
        archive.sign_in(1, "app", ANN).await;
        archive.sign_in(2, "other", ANN).await;
        archive.sign_in(3, "app", BOB).await;

        assert!(store.revoke_credential(account, "b", 5).await.unwrap());
        assert!(!store.revoke_credential(account, "b", 6).await.unwrap());
        assert_eq!([archive.has(1).await, archive.has(2).await], [false, true]);
        assert!(store.revoke_credential(account, "a", 7).await.unwrap());
        assert_eq!([archive.has(2).await, archive.has(3).await], [false, true]);

        for hash in ["one", "two"] {
            store.set_password(account, BOB, Some(hash.into()), 8).await.unwrap();
        }
        assert_eq!(store.password(account, BOB).await.unwrap().as_deref(), Some("two"));
        assert_eq!(store.password(account, ANN).await.unwrap(), None);
        assert!(!archive.has(3).await);
        store.set_password(account, BOB, None, 9).await.unwrap();
        assert_eq!(store.password(account, BOB).await.unwrap(), None);
    }

    async fn a_session_is_written_by_whoever_has_read_it_last(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        let new = session("s", "app", ANN);
        assert!(store.put_session(account, new.clone(), added(1, 10)).await.unwrap());
        assert!(!store.put_session(account, new.clone(), added(2, 10)).await.unwrap());
        let (first, expires_ms) = store.find_session(account, token(1)).await.unwrap().unwrap();
        assert_eq!((&first, expires_ms), (&StoredSession { revision: 1, ..new }, 10));

        let next = StoredSession { state: "{}".into(), ..first.clone() };
        let tokens = TokenRows { removed: vec![token(1)], ..added(2, 20) };
        assert!(store.put_session(account, next.clone(), tokens.clone()).await.unwrap());
        assert!(!store.put_session(account, first, added(3, 30)).await.unwrap());
        let found = store.find_session(account, token(2)).await.unwrap().unwrap();
        assert_eq!(found, (StoredSession { revision: 2, ..next }, 20));
        assert!(!archive.has(1).await && !archive.has(3).await);

        // It outlives the process that wrote it.
        let again = Store::open(&archive.place.location(), Open::Existing).await.unwrap();
        assert_eq!(again.find_session(account, token(2)).await.unwrap(), Some(found.clone()));
        store.remove_session(account, "s").await.unwrap();
        assert!(!archive.has(2).await);
        assert!(!again.put_session(account, found.0, added(4, 40)).await.unwrap());
    }

    async fn what_has_expired_is_forgotten(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        let both = TokenRows { added: vec![(token(1), 10), (token(2), 20)], ..added(0, 0) };
        assert!(store.put_session(account, session("a", "app", ANN), both).await.unwrap());
        for (number, forget_before_ms) in [(3, 10), (4, 11), (5, 21)] {
            let tokens = TokenRows { forget_before_ms, ..added(number, 90) };
            let new = session(&format!("s{number}"), "app", BOB);
            assert!(store.put_session(account, new, tokens).await.unwrap());
            let left = [archive.has(1).await, archive.has(2).await];
            assert_eq!(left, [forget_before_ms <= 10, forget_before_ms <= 20]);
        }
        let sessions = archive.place.text("SELECT count(*) FROM app_session").await;
        assert_eq!(sessions, "3");
    }

    async fn what_was_counted_is_never_overwritten_unread(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        let rate = |class: &str, revision, log: &str| Rate {
            app: "app".into(), extension: 101, class: class.into(), revision, log: log.into(), expires_ms: 50,
        };
        let put = async |rates| store.put_rates(account, rates).await.unwrap();
        assert_eq!(put(vec![rate("heavy", 0, "a"), rate("light", 0, "b")]).await, [None, None]);
        let there = put(vec![rate("heavy", 0, "c"), rate("light", 1, "d")]).await;
        assert_eq!(there, [Some(rate("heavy", 1, "a")), None]);
        assert_eq!(put(vec![rate("heavy", 1, "c")]).await, [None]);
        let read = async |class| store.rate(account, "app", 101, class).await.unwrap();
        assert_eq!(read("heavy").await, Some(rate("heavy", 2, "c")));
        assert_eq!(read("light").await, Some(rate("light", 2, "d")));
        assert_eq!(read("medium").await, None);
        store.forget_rates(account, 49).await.unwrap();
        assert!(read("heavy").await.is_some());
        store.forget_rates(account, 50).await.unwrap();
        assert_eq!(read("heavy").await, None);
        // A count that was forgotten is begun anew by whoever remembers it.
        assert_eq!(put(vec![rate("heavy", 2, "e")]).await, [None]);
    }

    async fn many_count_at_once_and_nothing_is_lost(kind: Kind) {
        let archive = Archive::new(kind).await;
        let count = async |store: Store| {
            let mut rate = Rate {
                app: "app".into(), extension: 0, class: "auth".into(), revision: 0, log: "0".into(),
                expires_ms: 50,
            };
            for _ in 0..20 {
                loop {
                    let counted: u32 = rate.log.parse().unwrap();
                    let next = Rate { log: (counted + 1).to_string(), ..rate.clone() };
                    match store.put_rates(archive.account.key, vec![next.clone()]).await.unwrap().remove(0) {
                        Some(there) => rate = there,
                        None => {
                            rate = Rate { revision: next.revision + 1, ..next };
                            break;
                        }
                    }
                }
            }
        };
        let store = || archive.store.clone();
        tokio::join!(count(store()), count(store()), count(store()));
        let counted = archive.store.rate(archive.account.key, "app", 0, "auth").await.unwrap().unwrap();
        assert_eq!((counted.log.as_str(), counted.revision), ("60", 60));
    }

    async fn a_copy_has_the_apps_and_a_copy_of_one_account_has_not(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        store.put_app(account, app("a")).await.unwrap();
        store.put_credential(account, credential("a", None)).await.unwrap();
        store.set_password(account, ANN, Some("hash".into()), 1).await.unwrap();
        archive.sign_in(1, "a", BOB).await;
        let folder = tempfile::tempdir().unwrap();
        for (name, wanted) in [("all", None), ("one", Some(account))] {
            let path = folder.path().join(name);
            store.backup(&path, wanted).await.unwrap();
            let location = callbook_store::Location::Sqlite(path);
            let copy = Store::open(&location, Open::Existing).await.unwrap();
            let account = copy.accounts().await.unwrap()[0].key;
            let expected = if wanted.is_none() { 1 } else { 0 };
            assert_eq!(copy.apps(account).await.unwrap().len(), expected);
            assert_eq!(copy.credentials(account).await.unwrap().len(), expected);
            let password = copy.password(account, ANN).await.unwrap();
            assert_eq!(password.is_some(), wanted.is_none());
        }
        store.purge(&archive.lock, None).await.unwrap();
        assert_eq!(archive.place.text("SELECT count(*) FROM app_token").await, "0");
    }
}
