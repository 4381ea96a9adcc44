//! Who may see what, and the directory as it was mirrored.

use serde_json::Value;

use crate::company::{Archived, company};
use crate::kinds::conformance;
use crate::serving::{Served, sandbox_text};

conformance! {
    async fn the_directory_is_the_mirrored_one(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        for path in [
            "/account/~".to_owned(),
            "/account/~/extension?perPage=1000".to_owned(),
            "/account/~/call-queues".to_owned(),
            format!("/account/~/call-queues/{}/members", company().queue),
            "/account/~/business-hours".to_owned(),
            "/account/~/phone-number?perPage=1000".to_owned(),
        ] {
            let sorted = |text: String, url: &str| {
                let mut value: Value = serde_json::from_str(&text.replace(url, "")).unwrap();
                let by_id = |each: &Value| each["id"].to_string();
                if let Some(records) = value["records"].as_array_mut() {
                    records.sort_by_key(by_id);
                }
                value
            };
            let ours = sorted(served.text(&path).await, &served.url);
            let theirs = sorted(sandbox_text(&served.http, &path).await, &company().url);
            assert_eq!(ours, theirs, "{path}");
        }
    }

    async fn a_user_sees_what_is_their_own(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let (admin, user) = (served.token(company().admin).await, served.token(company().user).await);
        let of = |id: u64| format!("/account/~/extension/{id}/call-log");
        for (path, token, status) in [
            ("/account/~/call-log".to_owned(), &user, 403),
            ("/account/~/call-log".to_owned(), &admin, 200),
            (of(company().user), &user, 200),
            ("/account/~/extension/~/call-log".to_owned(), &user, 200),
            (of(company().admin), &user, 403),
            (of(1), &user, 403),
            (of(company().user), &admin, 200),
            (of(1), &admin, 404),
            ("/account/1/call-log".to_owned(), &admin, 404),
            ("/account/~/extension".to_owned(), &user, 200),
        ] {
            assert_eq!(served.get(&path, token).await.status(), status, "{path}");
        }
        // Nobody that the archive knows.
        let stranger = served.token(7).await;
        assert_eq!(served.get("/account/~/extension/~/call-log", &stranger).await.status(), 403);
    }
}
