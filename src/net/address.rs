//! Resolves names; finds this host's addresses and its gateway.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::os::fd::OwnedFd;

use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, socket, sockopt};
use thiserror::Error;

use super::error_queue::plain;

/// Why a text is not an address to send to or to listen on.
#[derive(Debug, Error)]
pub enum HostError {
    /// It has no host; a number alone is not one.
    #[error("{text:?} names no host")]
    NoHost { text: String },
    /// The part after the colon is not a port from 1 (0 to listen on) to 65535.
    #[error("invalid port {port:?}")]
    BadPort { port: String },
    /// Brackets that do not hold an IPv6 address, or something between them and the port.
    #[error("{text:?} is not an IPv6 address in brackets")]
    BadBrackets { text: String },
    /// The name could not be resolved.
    #[error("host {host:?} is unknown: {source}")]
    Unknown { host: String, source: io::Error },
}

/// The addresses that `HOST`, `HOST:PORT`, `IPV6` or `[IPV6]:PORT` means, IPv4 first; at least one.
///
/// # Errors
/// [`HostError`], where the text is none of these or the name has no address.
pub fn resolve(text: &str, default_port: u16) -> Result<Vec<SocketAddr>, HostError> {
    let (host, port) = named(text, default_port)?;
    look_up(host, port)
}

/// The host and the port in a text, without resolving the name.
///
/// # Errors
/// As [`resolve`], but for names without an address.
pub fn named(text: &str, default_port: u16) -> Result<(&str, u16), HostError> {
    let (host, port) = split(text)?;
    let port = match port {
        Some(port) => number(port).filter(|&port| port > 0).ok_or_else(|| bad_port(port))?,
        None => default_port,
    };
    // The resolver would read a number alone as an IPv4 address: 5005 is 0.0.19.141.
    if host.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HostError::NoHost { text: text.to_owned() });
    }
    Ok((host, port))
}

/// The address that `ADDR:PORT`, `ADDR`, `:PORT` or `PORT` means for a socket of this host; where no address is given,
/// all of IPv4. Port 0 lets the system choose.
///
/// # Errors
/// [`HostError`], where the text is none of these or the name has no address.
pub fn listen(text: &str, default_port: u16) -> Result<SocketAddr, HostError> {
    let all = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let trimmed = text.trim();
    if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
        return number(trimmed).map(|port| SocketAddr::new(all, port)).ok_or_else(|| bad_port(trimmed));
    }
    let (host, port) = split(text)?;
    let (given, port) = match port {
        Some(port) => (true, number(port).ok_or_else(|| bad_port(port))?),
        None => (false, default_port),
    };
    if host.is_empty() && given {
        return Ok(SocketAddr::new(all, port));
    }
    if host.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(HostError::NoHost { text: text.to_owned() });
    }
    let found = look_up(host, port)?;
    found.first().copied().ok_or_else(|| HostError::NoHost { text: text.to_owned() })
}

/// Host and port of a text, apart. More than one colon without brackets is an IPv6 address.
fn split(text: &str) -> Result<(&str, Option<&str>), HostError> {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('[') {
        let bad = || HostError::BadBrackets { text: text.to_owned() };
        let (host, rest) = rest.split_once(']').ok_or_else(bad)?;
        // A zone may follow the address: fe80::1%eth0.
        let address = host.split('%').next().unwrap_or(host);
        address.parse::<Ipv6Addr>().map_err(|_| bad())?;
        return match rest {
            "" => Ok((host, None)),
            _ => Ok((host, Some(rest.strip_prefix(':').ok_or_else(bad)?))),
        };
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => Ok((host, Some(port))),
        _ => Ok((text, None)),
    }
}

/// A port; unlike the standard library's reading, without a sign.
fn number(text: &str) -> Option<u16> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn bad_port(port: &str) -> HostError {
    HostError::BadPort { port: port.to_owned() }
}

fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, HostError> {
    let unknown = |source| HostError::Unknown { host: host.to_owned(), source };
    let mut found: Vec<SocketAddr> = Vec::new();
    for address in (host, port).to_socket_addrs().map_err(unknown)? {
        if !found.contains(&address) {
            found.push(address);
        }
    }
    if found.is_empty() {
        return Err(unknown(io::ErrorKind::NotFound.into()));
    }
    found.sort_by_key(SocketAddr::is_ipv6);
    Ok(found)
}

/// The unspecified address with port 0, of the same IP version as `peer`.
pub fn unspecified_like(peer: SocketAddr) -> SocketAddr {
    match peer {
        SocketAddr::V4(_) => SocketAddr::from(([0, 0, 0, 0], 0)),
        SocketAddr::V6(_) => SocketAddr::from(([0_u16; 8], 0)),
    }
}

/// All addresses of this host's interfaces, each once; none where the system does not tell.
pub fn addresses() -> Vec<IpAddr> {
    let mut found = Vec::new();
    for interface in getifaddrs().into_iter().flatten() {
        if let Some(address) = interface.address.as_ref().and_then(plain)
            && !found.contains(&address.ip())
        {
            found.push(address.ip());
        }
    }
    found
}

/// Whether datagrams to this address stay on this host.
pub fn is_own(address: IpAddr) -> bool {
    let address = address.to_canonical();
    // The unspecified address as destination also means this host.
    address.is_loopback() || address.is_unspecified() || addresses().contains(&address)
}

/// The address from which this host sends to `remote`. No datagram is sent.
///
/// # Errors
/// Those of `connect()`: above all, no route.
pub fn local_address_towards(remote: SocketAddr) -> io::Result<IpAddr> {
    let any = if remote.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(remote)?;
    Ok(socket.local_addr()?.ip().to_canonical())
}

/// The default gateway, IPv4 where there is one: at home, the router's local address. `None` without one.
pub fn default_gateway() -> Option<IpAddr> {
    let gateway = netdev::get_default_gateway().ok()?;
    let v4 = gateway.ipv4.first().copied().map(IpAddr::V4);
    v4.or_else(|| gateway.ipv6.first().copied().map(IpAddr::V6))
}

/// The default gateway of the interface by which this host reaches `remote`; `None` where it needs none, because
/// `remote` is this host or a neighbour, and where there is none.
pub fn gateway_towards(remote: IpAddr) -> Option<IpAddr> {
    let remote = remote.to_canonical();
    let local = local_address_towards(SocketAddr::new(remote, 9)).ok()?;
    if remote.is_loopback() || local == remote {
        return None;
    }
    for interface in netdev::get_interfaces() {
        let (ours, neighbour, gateway) = match (local, remote) {
            (IpAddr::V4(local), IpAddr::V4(remote)) => (
                interface.ipv4.iter().any(|net| net.addr() == local),
                interface.ipv4.iter().any(|net| net.contains(&remote)),
                interface.gateway.and_then(|device| device.ipv4.first().copied().map(IpAddr::V4)),
            ),
            (IpAddr::V6(local), IpAddr::V6(remote)) => (
                interface.ipv6.iter().any(|net| net.addr() == local),
                interface.ipv6.iter().any(|net| net.contains(&remote)),
                interface.gateway.and_then(|device| device.ipv6.first().copied().map(IpAddr::V6)),
            ),
            _ => return None,
        };
        if ours {
            return if neighbour { None } else { gateway };
        }
    }
    None
}

/// The time to live or hop limit of datagrams from a new socket of this address's family.
pub fn default_hop_limit(ip: IpAddr) -> Option<u8> {
    let (family, limit): (AddressFamily, fn(&OwnedFd) -> nix::Result<i32>) = match ip {
        IpAddr::V4(_) => (AddressFamily::Inet, |socket| getsockopt(socket, sockopt::Ipv4Ttl)),
        IpAddr::V6(_) => (AddressFamily::Inet6, |socket| getsockopt(socket, sockopt::Ipv6Ttl)),
    };
    let socket = socket(family, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).ok()?;
    u8::try_from(limit(&socket).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> String {
        let found = resolve(text, 5005).unwrap();
        assert_eq!(found.len(), 1, "{text}");
        found[0].to_string()
    }

    #[test]
    fn reads_hosts_with_and_without_a_port() {
        assert_eq!(one("192.0.2.7"), "192.0.2.7:5005");
        assert_eq!(one(" 192.0.2.7:12000 "), "192.0.2.7:12000");
        assert_eq!(one("::1"), "[::1]:5005");
        assert_eq!(one("2001:db8::5005"), "[2001:db8::5005]:5005");
        assert_eq!(one("[::1]"), "[::1]:5005");
        assert_eq!(one("[::1]:12000"), "[::1]:12000");
    }

    #[test]
    fn says_what_is_wrong_with_the_rest() {
        for text in ["", "  ", ":12000", "5005", "5005:5005"] {
            assert!(matches!(resolve(text, 1), Err(HostError::NoHost { .. })), "{text:?}");
        }
        for text in ["192.0.2.7:", "192.0.2.7:0", "192.0.2.7:65536", "192.0.2.7:+80", "192.0.2.7:http", "[::1]:x"] {
            assert!(matches!(resolve(text, 1), Err(HostError::BadPort { .. })), "{text:?}");
        }
        for text in ["[::1", "[]", "[192.0.2.7]:80", "[::1]80", "["] {
            assert!(matches!(resolve(text, 1), Err(HostError::BadBrackets { .. })), "{text:?}");
        }
        let long = "x".repeat(300);
        assert!(matches!(resolve(&long, 1), Err(HostError::Unknown { host, .. }) if host == long));
    }

    #[test]
    fn a_listener_may_leave_out_the_address() {
        for (text, address) in [
            (":12000", "0.0.0.0:12000"),
            ("12000", "0.0.0.0:12000"),
            ("0", "0.0.0.0:0"),
            ("127.0.0.1", "127.0.0.1:5005"),
            ("127.0.0.1:0", "127.0.0.1:0"),
            ("::", "[::]:5005"),
            ("[::]:12000", "[::]:12000"),
        ] {
            assert_eq!(listen(text, 5005).unwrap().to_string(), address, "{text}");
        }
        assert!(matches!(listen("", 1), Err(HostError::NoHost { .. })));
        assert!(matches!(listen("70000", 1), Err(HostError::BadPort { .. })));
        assert!(matches!(listen(":x", 1), Err(HostError::BadPort { .. })));
    }

    #[test]
    fn knows_its_own_addresses() {
        assert!(addresses().contains(&IpAddr::V4(Ipv4Addr::LOCALHOST)));
        for own in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "0.0.0.0"] {
            assert!(is_own(own.parse().unwrap()), "{own}");
        }
        for own in addresses() {
            assert!(is_own(own), "{own}");
        }
        assert!(!is_own("192.0.2.7".parse().unwrap()));
        let local = local_address_towards("127.0.0.1:9".parse().unwrap()).unwrap();
        assert_eq!(local, IpAddr::V4(Ipv4Addr::LOCALHOST));
    }

    #[test]
    fn a_host_needs_no_gateway_to_reach_itself() {
        for own in addresses() {
            assert_eq!(gateway_towards(own), None, "{own}");
        }
        // Whatever this machine has: a result is an address of another host.
        assert!(default_gateway().is_none_or(|gateway| !is_own(gateway)));
    }
}
