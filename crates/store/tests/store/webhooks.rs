//! Who is told of what happens, and who tells them.

use callbook_model::ExtensionId;
use callbook_store::{AccountKey, Location, Open, RegisteredApp, Store, StoredWebhook};
use secrecy::ExposeSecret as _;

use crate::place::conformance;
use crate::support::Archive;

const ANN: ExtensionId = ExtensionId(101);

fn webhook(id: &str, app: &str) -> StoredWebhook {
    StoredWebhook {
        id: id.into(),
        app: app.into(),
        extension: ANN,
        filters: vec!["/a?b=“c”".into(), "/d".into()],
        address: "https://example.com/é".into(),
        verification_token: Some("token".into()),
        created_ms: 1,
        expires_ms: 2,
        blacklisted: None,
        position: 3,
    }
}

/// Everything of a webhook, to compare.
fn told(webhook: &StoredWebhook) -> String {
    let token = webhook.verification_token.as_ref().map(|token| token.expose_secret());
    format!("{webhook:?} {token:?}")
}

async fn all(store: &Store, account: AccountKey) -> Vec<String> {
    store.webhooks(account).await.unwrap().iter().map(told).collect()
}

conformance! {
    async fn webhooks_are_kept_as_they_were_made_and_changed(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        let plain = StoredWebhook { verification_token: None, created_ms: 0, ..webhook("b", "x") };
        for webhook in [webhook("a", "x"), plain.clone()] {
            assert!(store.add_webhook(account, webhook, 9).await.unwrap());
        }
        assert_eq!(all(store, account).await, [told(&plain), told(&webhook("a", "x"))]);
        store.change_webhook(account, "a", vec!["/e".into()], 7).await.unwrap();
        store.blacklist_webhook(account, "a", 5, "it is “gone”").await.unwrap();
        store.advance_webhook(account, "a", 8).await.unwrap();
        store.advance_webhook(account, "none", 8).await.unwrap();
        let changed = StoredWebhook {
            filters: vec!["/e".into()],
            expires_ms: 7,
            blacklisted: Some((5, "it is “gone”".into())),
            position: 8,
            ..webhook("a", "x")
        };
        let again = Store::open(&archive.place.location(), Open::Existing).await.unwrap();
        assert_eq!(all(&again, account).await, [told(&plain), told(&changed)]);
        assert!(store.remove_webhook(account, "a").await.unwrap());
        assert!(!store.remove_webhook(account, "a").await.unwrap());
        assert_eq!(all(store, account).await, [told(&plain)]);
    }

    async fn a_person_has_so_many_with_an_app_and_others_as_many(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        let other = StoredWebhook { extension: ExtensionId(102), ..webhook("d", "x") };
        for (webhook, kept) in [
            (webhook("a", "x"), true),
            (webhook("b", "x"), true),
            (webhook("c", "x"), false),
            (other, true),
            (webhook("e", "y"), true),
        ] {
            assert_eq!(store.add_webhook(account, webhook.clone(), 2).await.unwrap(), kept, "{webhook:?}");
        }
        assert!(store.remove_webhook(account, "a").await.unwrap());
        assert!(store.add_webhook(account, webhook("c", "x"), 2).await.unwrap());
    }

    async fn one_at_a_time_delivers(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        let lease = async |holder, now_ms| {
            store.lease_webhooks(account, holder, now_ms, now_ms + 10).await.unwrap()
        };
        assert!(lease("a", 100).await);
        assert!(!lease("b", 109).await);
        assert!(lease("a", 105).await, "prolonged");
        assert!(!lease("b", 114).await);
        assert!(lease("b", 115).await, "it was over");
        assert!(!lease("a", 116).await);
    }

    async fn they_go_with_their_app_and_their_account(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, account) = (&archive.store, archive.account.key);
        for app in ["x", "y"] {
            let app = RegisteredApp {
                client_id: app.into(),
                name: app.into(),
                secret_hash: None,
                scopes: vec![],
                redirect_uris: vec![],
                plan: None,
                masks_numbers: false,
                created_ms: 1,
                revoked_ms: None,
            };
            store.put_app(account, app).await.unwrap();
        }
        store.add_webhook(account, webhook("a", "x"), 9).await.unwrap();
        store.add_webhook(account, webhook("b", "y"), 9).await.unwrap();
        store.lease_webhooks(account, "a", 1, 2).await.unwrap();
        assert!(store.revoke_app(account, "x", 3).await.unwrap());
        assert_eq!(all(store, account).await, [told(&webhook("b", "y"))]);
        // They go on where a whole archive is restored; a copy of an account tells nobody of anything.
        let told = [vec![told(&webhook("b", "y"))], vec![]];
        for (of, expected) in [None, Some(account)].into_iter().zip(told) {
            let copy = archive.place.folder().join(format!("copy-{}.db", of.is_some()));
            store.backup(&copy, of).await.unwrap();
            let copied = Store::open(&Location::Sqlite(copy), Open::Existing).await.unwrap();
            assert_eq!(all(&copied, account).await, expected);
        }
        store.purge(&archive.lock, None).await.unwrap();
        assert!(store.webhooks(account).await.unwrap().is_empty());
    }
}
