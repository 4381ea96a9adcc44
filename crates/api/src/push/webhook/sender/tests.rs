//! A name that led into the Internet when it was checked may lead elsewhere when something is sent.

use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{IpAddr, TcpListener};
use std::sync::Mutex;

use super::*;

/// Every name leads to these addresses.
fn leading_to(addresses: &[&str]) -> Lookup {
    let addresses: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
    Lookup::Fixed(Arc::new(Mutex::new(VecDeque::from([addresses]))))
}

#[tokio::test]
async fn nobody_in_the_private_network_is_connected_to() {
    let inside = TcpListener::bind("127.0.0.1:0").unwrap();
    inside.set_nonblocking(true).unwrap();
    let port = inside.local_addr().unwrap().port();
    for address in ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"] {
        let sender = Sender::new(false, leading_to(&[address]));
        let url = format!("https://hooks.example.com:{port}/x");
        let failure = sender.deliver(&url, None, "{}".to_owned()).await.unwrap_err();
        assert!(matches!(failure, Failure::Unreachable), "{address}: {failure:?}");
    }
    assert_eq!(inside.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "nobody came");
}
