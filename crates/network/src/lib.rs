//! Names of hosts must lead out of the private network: a DNS answer is no reason to send anything to
//! whatever listens in it.
//!
//! Addresses are filtered at every look-up, and connected to as they were found: a name that leads
//! elsewhere later is filtered then. Where the environment names a proxy, only its name is looked up here.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where names are looked up.
#[derive(Debug, Clone)]
pub enum Lookup {
    /// As the system does.
    System,
    /// For tests: every name has the first of these lists of addresses at first, and the last one for ever.
    Fixed(Arc<Mutex<VecDeque<Vec<IpAddr>>>>),
}

/// Looks names up, and leaves addresses out that are not the Internet's.
#[derive(Debug, Clone)]
pub struct PublicResolver {
    /// Hosts that may be anywhere: somebody has chosen them.
    pub trusted: HashSet<String>,
    /// Whether names may lead to this machine.
    pub loopback: bool,
    /// Where names are looked up.
    pub lookup: Lookup,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let host = name.as_str();
            let found = resolver.lookup.addresses(host).await?;
            let trusted = resolver.trusted.contains(host);
            let allowed = |ip: IpAddr| is_public(ip) || (resolver.loopback && ip.is_loopback());
            let usable: Vec<SocketAddr> =
                found.into_iter().filter(|address| trusted || allowed(address.ip())).collect();
            if usable.is_empty() {
                return Err(io::Error::other("the host's addresses are private").into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

impl Lookup {
    async fn addresses(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        match self {
            Self::System => Ok(tokio::net::lookup_host((host, 0)).await?.collect()),
            Self::Fixed(lists) => {
                let mut lists = lists.lock().unwrap_or_else(PoisonError::into_inner);
                let last = lists.len() == 1;
                let list = if last { lists.front().cloned() } else { lists.pop_front() };
                Ok(list.unwrap_or_default().into_iter().map(|ip| (ip, 0).into()).collect())
            }
        }
    }
}

/// Whether an address is the Internet's.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_unspecified()
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_broadcast()
        || address.is_documentation();
    // This network; shared by carriers; protocol assignments; relays of 6to4; benchmarks; reserved.
    let reserved = a == 0
        || (a == 100 && b & 0xc0 == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && b & 0xfe == 18)
        || a >= 240;
    !special && !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = embedded(address) {
        return is_public_v4(inner);
    }
    let [a, b, ..] = address.segments();
    // Protocol assignments, Teredo's tunnels among them; documentation, twice.
    let reserved = (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || (a == 0x3fff && b < 0x1000);
    // Everything that is routed so far lies in there.
    a & 0xe000 == 0x2000 && !reserved
}

/// The IPv4 address that one of IPv6 leads to: mapped, translated (NAT64), or tunnelled (6to4).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match (a, b) {
        (0, 0) if [c, d, e] == [0; 3] && (f == 0xffff || f == 0) => of(g, h),
        (0x64, 0xff9b) if [c, d, e, f] == [0; 4] => of(g, h),
        (0x2002, _) => of(b, c),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
