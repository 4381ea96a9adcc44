//! Accounts to be synced.

use callbook_store::{Attempt, Registration, Settings};

use crate::place::conformance;
use crate::support::Archive;

fn settings() -> Settings {
    Settings {
        server_url: "https://a".into(),
        credentials: "file:/run/secrets/a".into(),
        every_s: 900,
        retention_days: None,
        upstream_days: 365,
    }
}

conformance! {
    async fn a_registration_keeps_what_became_of_it(kind: Kind) {
        let archive = Archive::new(kind).await;
        let store = &archive.store;
        for name in ["zoo", "bar"] {
            store.put_registration(name, settings()).await.unwrap();
        }
        let failed = Attempt { at_ms: 1, account: None, error: Some("refused".into()), login_refused: true };
        for _ in 0..2 {
            assert!(store.note_attempt("bar", failed.clone()).await.unwrap());
        }
        let mut bar = Registration {
            name: "bar".into(),
            settings: settings(),
            paused: false,
            account: None,
            last_attempt_ms: Some(1),
            last_success_ms: None,
            last_error: Some("refused".into()),
            failures: 2,
            login_refused: true,
            created_ms: store.registrations().await.unwrap()[0].created_ms,
        };
        let all = store.registrations().await.unwrap();
        assert_eq!((all.len(), &all[0], all[1].name.as_str()), (2, &bar, "zoo"));

        let account = Some(archive.account.key);
        let well = Attempt { at_ms: 2, account, error: None, login_refused: false };
        store.note_attempt("bar", well).await.unwrap();
        store.note_attempt("bar", Attempt { at_ms: 3, ..failed }).await.unwrap();
        assert!(store.set_paused("bar", true).await.unwrap());
        let later = Settings { every_s: 60, retention_days: Some(30), ..settings() };
        store.put_registration("bar", later.clone()).await.unwrap();
        bar = Registration {
            settings: later,
            paused: true,
            account,
            last_attempt_ms: Some(3),
            last_success_ms: Some(2),
            failures: 1,
            ..bar
        };
        assert_eq!(store.registrations().await.unwrap()[0], bar);
        let status = store.status().await.unwrap();
        assert_eq!(status.accounts[0].last_success_ms, Some(2));

        assert!(store.remove_registration("bar").await.unwrap());
        assert!(!store.remove_registration("bar").await.unwrap());
        assert!(!store.set_paused("bar", true).await.unwrap());
        assert_eq!(store.registrations().await.unwrap().len(), 1);
        assert_eq!(store.accounts().await.unwrap().len(), 1);
    }
}
