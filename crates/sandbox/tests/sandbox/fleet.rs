//! Many companies in one process.

use std::collections::HashSet;

use callbook_sandbox::{CompanyOptions, Error, Options, bind_fleet, run_fleet};
use tokio::sync::oneshot;

use crate::server::options;

fn small() -> Options {
    let company = CompanyOptions { calls: 20, ..options().company };
    Options { company, faults: vec!["503=1".parse().unwrap()], ..options() }
}

#[tokio::test]
async fn each_company_is_another_one_with_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let env_dir = folder.path().join("companies");
    let faulty = "company-002,company-005".parse().unwrap();
    let members = bind_fleet(&small(), 5, &env_dir, Some(&faulty)).await.unwrap();
    let distinct = |values: Vec<String>| values.into_iter().collect::<HashSet<_>>().len();
    let of = |value: fn(&callbook_sandbox::Member) -> String| members.iter().map(value).collect();
    assert_eq!(distinct(of(|each| each.sandbox.company().account_id().to_string())), 5);
    assert_eq!(distinct(of(|each| each.sandbox.server_url().to_owned())), 5);
    assert_eq!(distinct(of(|each| each.sandbox.credentials().client_id.clone())), 5);
    assert_eq!(std::fs::read_dir(&env_dir).unwrap().count(), 5);
    let text = std::fs::read_to_string(env_dir.join("company-003.env")).unwrap();
    assert!(text.starts_with(&format!("RC_SERVER_URL={}\n", members[2].sandbox.server_url())));

    let urls: Vec<_> = members.iter().map(|each| each.sandbox.server_url().to_owned()).collect();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(run_fleet(members, async { drop(stopped.await) }));
    for (place, url) in urls.iter().enumerate() {
        let status = reqwest::get(format!("{url}/restapi")).await.unwrap().status();
        let expected = if [1, 4].contains(&place) { 503 } else { 200 };
        assert_eq!(status, expected, "{place}");
    }
    drop(stop);
    running.await.unwrap().unwrap();
    assert!(reqwest::get(&urls[0]).await.unwrap_err().is_connect());
}

#[tokio::test]
async fn names_and_ports_have_to_be_there() {
    let folder = tempfile::tempdir().unwrap();
    let faulty = "company-003".parse().unwrap();
    let refused = bind_fleet(&small(), 2, folder.path(), Some(&faulty)).await;
    assert!(matches!(refused, Err(Error::NoSuchAccount { name }) if name == "company-003"));
    let listen = "127.0.0.1:65535".parse().unwrap();
    let last = Options { listen, ..small() };
    let refused = bind_fleet(&last, 2, folder.path(), None).await.err().unwrap();
    assert!(matches!(refused, Error::NoPortsLeft { first: 65_535 } | Error::PortTaken { .. }));
}
