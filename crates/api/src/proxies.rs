//! Behind which proxies the platform stands, and where a request then really comes from.
//!
//! `X-Forwarded-For` and `Forwarded` are words of the sender. They are believed only as far as a proxy that is trusted wrote them: read
//! from the right, the first address that is not a trusted proxy is the client. Whatever a client wrote itself stands further left.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::http::{HeaderMap, header};

/// Proxies passed at most; a longer chain is a fault or an attack, and the last address read stands.
const HOPS_MAX: usize = 32;
/// Networks configured at most.
pub const TRUSTED_PROXIES_MAX: usize = 64;

/// A network: an address and how many of its leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    bits: u128,
    length: u32,
}

/// Why a text is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no network: write an address, or an address with the number of its leading bits, such as 10.0.0.0/8 or fd00::/8")]
pub struct NetworkError(String);

/// As one kind of address, so that `::ffff:10.0.0.1` is `10.0.0.1`.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_ipv6_mapped()),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        let mask = u128::MAX.checked_shl(128 - self.length).unwrap_or(0);
        (self.bits ^ bits(address)) & mask == 0
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let fault = || NetworkError(text.to_owned());
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| fault())?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Ok(whole), str::parse::<u32>).map_err(|_| fault())?;
        if length > whole {
            return Err(fault());
        }
        Ok(Self { bits: bits(address), length: length + 128 - whole })
    }
}

/// Which header the trusted proxies write. Only one is read: a proxy that writes one passes the other on as the client sent it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For: client, proxy`.
    #[default]
    XForwardedFor,
    /// `Forwarded: for=client, for=proxy` (RFC 7239).
    Forwarded,
}

/// The proxies that are believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    /// Their networks; none when the platform faces its clients itself.
    pub networks: Vec<Network>,
    /// What they write.
    pub header: ForwardedHeader,
}

impl TrustedProxies {
    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.holds(address))
    }

    /// Where a request comes from that reached this process from `peer`.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.trusts(client) {
            return client;
        }
        let name = match self.header {
            ForwardedHeader::XForwardedFor => header::HeaderName::from_static("x-forwarded-for"),
            ForwardedHeader::Forwarded => header::FORWARDED,
        };
        // Several lines of one header are one list, in order.
        let lines: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("")).collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(',')).take(HOPS_MAX);
        for hop in hops {
            // What is no address was written by nobody who is trusted.
            let Some(address) = self.hop(hop) else { break };
            client = address.to_canonical();
            if !self.trusts(client) {
                break;
            }
        }
        client
    }

    fn hop(&self, hop: &str) -> Option<IpAddr> {
        match self.header {
            ForwardedHeader::XForwardedFor => node(hop.trim()),
            ForwardedHeader::Forwarded => hop.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                name.trim().eq_ignore_ascii_case("for").then(|| node(value.trim().trim_matches('"')))?
            }),
        }
    }
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn node(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(networks: &[&str], header: ForwardedHeader) -> TrustedProxies {
        TrustedProxies { networks: networks.iter().map(|n| n.parse().expect("a network")).collect(), header }
    }

    fn client(proxies: &TrustedProxies, peer: &str, name: &'static str, lines: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().expect("a value"));
        }
        proxies.client(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn a_header_counts_only_as_far_as_a_trusted_proxy_wrote_it() {
        let two = proxies(&["127.0.0.1/32", "10.1.0.0/16"], ForwardedHeader::XForwardedFor);
        let check =
            |peer: &str, lines: &[&str], expected: &str| assert_eq!(client(&two, peer, "x-forwarded-for", lines), expected, "{lines:?}");
        check("127.0.0.1", &["203.0.113.9"], "203.0.113.9");
        // The client claims to be somebody else; the proxy adds where it really came from.
        check("127.0.0.1", &["198.51.100.1, 203.0.113.9"], "203.0.113.9");
        check("127.0.0.1", &["198.51.100.1", "203.0.113.9, 10.1.2.3"], "203.0.113.9");
        // Past a stranger nothing is read, trusted as it may look.
        check("127.0.0.1", &["10.1.0.1, 203.0.113.9, 10.1.2.3"], "203.0.113.9");
        // Who is no proxy is not believed.
        check("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
        check("10.2.0.1", &["198.51.100.1"], "10.2.0.1");
        // Nothing, or nonsense: the last proxy stands.
        check("127.0.0.1", &[], "127.0.0.1");
        check("127.0.0.1", &["unknown"], "127.0.0.1");
        check("127.0.0.1", &["198.51.100.1, evil, 10.1.2.3"], "10.1.2.3");
        check("127.0.0.1", &["[2001:db8::7]:443"], "2001:db8::7");
        check("127.0.0.1", &["203.0.113.9:5000"], "203.0.113.9");
        check("::ffff:127.0.0.1", &["::ffff:203.0.113.9"], "203.0.113.9");
    }

    #[test]
    fn the_other_header_is_not_read() {
        let forwarded = proxies(&["::1", "fd00::/8"], ForwardedHeader::Forwarded);
        assert_eq!(client(&forwarded, "::1", "x-forwarded-for", &["198.51.100.1"]), "::1");
        let line = "for=198.51.100.1, For=\"[2001:db8::9]:4711\";proto=https;by=203.0.113.43, for=\"[fd00::2]\"";
        assert_eq!(client(&forwarded, "::1", "forwarded", &[line]), "2001:db8::9");
        assert_eq!(client(&forwarded, "::1", "forwarded", &["proto=https"]), "::1");
    }

    #[test]
    fn long_chains_are_cut() {
        let all = proxies(&["0.0.0.0/0"], ForwardedHeader::XForwardedFor);
        let chain: Vec<String> = (0..40).map(|n| format!("10.0.0.{n}")).collect();
        assert_eq!(client(&all, "127.0.0.1", "x-forwarded-for", &[&chain.join(",")]), "10.0.0.8", "the 32nd from the right");
    }

    #[test]
    fn networks_are_read_and_nonsense_is_refused() {
        for good in ["10.0.0.0/8", "10.0.0.1", "fd00::/8", "::/0", "0.0.0.0/0", " 192.0.2.1/32 "] {
            good.parse::<Network>().expect(good);
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "proxy.example", "10.0.0.0/-1", "10.0.0.0/"] {
            assert_eq!(bad.parse::<Network>(), Err(NetworkError(bad.to_owned())));
        }
    }
}
