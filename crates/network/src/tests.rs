//! Which addresses count as the Internet's, and what is left of an answer.

use super::*;

const PUBLIC: &[&str] = &[
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "66.81.240.1",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.254",
    "2001:200::1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
    "2002:101:101::1",
];

const PRIVATE: &[&str] = &[
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:0:a9fe:a9fe::1",
    "2001:1ff::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:c0a8:1::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
];

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

async fn resolved(lookup: Lookup, trusted: &[&str]) -> Option<Vec<IpAddr>> {
    let trusted = trusted.iter().map(|name| (*name).to_owned()).collect();
    let resolver = PublicResolver { trusted, loopback: false, lookup };
    let found = resolver.resolve("media.example.com".parse().unwrap()).await;
    found.ok().map(|found| found.map(|address| address.ip()).collect())
}

fn fixed(lists: &[&[&str]]) -> Lookup {
    let lists: VecDeque<_> = lists.iter().map(|list| addresses(list)).collect();
    Lookup::Fixed(Arc::new(Mutex::new(lists)))
}

#[test]
fn addresses_are_the_internets_or_not() {
    for address in addresses(PUBLIC) {
        assert!(is_public(address), "{address}");
    }
    for address in addresses(PRIVATE) {
        assert!(!is_public(address), "{address}");
    }
}

#[tokio::test]
async fn private_addresses_are_left_out() {
    let mixed = fixed(&[&["10.0.0.1", "1.1.1.1", "::1", "2606:4700::1111", "64:ff9b::7f00:1"]]);
    let left = resolved(mixed, &[]).await;
    assert_eq!(left, Some(addresses(&["1.1.1.1", "2606:4700::1111"])));
    for address in PRIVATE {
        assert_eq!(resolved(fixed(&[&[address]]), &[]).await, None, "{address}");
        // A name that only looks like a trusted one is not.
        let alike = ["media.example.com.", "example.com", "edia.example.com", ""];
        assert_eq!(resolved(fixed(&[&[address]]), &alike).await, None, "{address}");
    }
    assert_eq!(resolved(fixed(&[&[]]), &[]).await, None);
}

#[tokio::test]
async fn a_trusted_name_may_be_anywhere() {
    let found = resolved(fixed(&[&["10.0.0.1"]]), &["media.example.com"]).await;
    assert_eq!(found, Some(addresses(&["10.0.0.1"])));
}

#[tokio::test]
async fn a_name_that_leads_elsewhere_later_is_refused_then() {
    let lookup = fixed(&[&["1.1.1.1"], &["127.0.0.1"], &["1.1.1.1", "169.254.169.254"]]);
    let public = Some(addresses(&["1.1.1.1"]));
    assert_eq!(resolved(lookup.clone(), &[]).await, public);
    assert_eq!(resolved(lookup.clone(), &[]).await, None);
    assert_eq!(resolved(lookup, &[]).await, public);
}

#[tokio::test]
async fn this_machine_is_a_choice_that_opens_no_other() {
    let lookup = fixed(&[&["127.0.0.1", "10.0.0.1", "::1", "169.254.169.254", "1.1.1.1"]]);
    let resolver = PublicResolver { trusted: HashSet::new(), loopback: true, lookup };
    let found = resolver.resolve("hooks.example.com".parse().unwrap()).await;
    let found: Vec<IpAddr> = found.ok().unwrap().map(|address| address.ip()).collect();
    assert_eq!(found, addresses(&["127.0.0.1", "::1", "1.1.1.1"]));
}
