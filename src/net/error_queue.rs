//! Reads a socket's error queue (`MSG_ERRQUEUE`, ip(7) under `IP_RECVERR`): transmit timestamps and ICMP errors.

use std::io::IoSliceMut;
use std::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6, UdpSocket};
use std::os::fd::AsRawFd;

use nix::errno::Errno;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrIn, SockaddrIn6, SockaddrStorage, recvmsg};

use super::clock::nanoseconds;
use crate::core::time::Wall;

/// Origins of an entry, from `linux/errqueue.h`; entries of other origins are of no interest here.
const ORIGIN_ICMP: u8 = 2;
const ORIGIN_ICMP6: u8 = 3;
const ORIGIN_TIMESTAMPING: u8 = 4;

/// Bytes kept of a quoted text; Linux quotes at most 548, many routers none.
const MAX_QUOTE_LEN: usize = 600;

/// Room for the control messages of one entry: a time stamp (48 bytes), an extended error with its offender's address
/// (16 + 28), and their headers, with as much to spare.
pub(super) const CONTROL: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Stamp {
        counter: u32,
        kernel: Wall,
    },
    Icmp {
        to: SocketAddr,
        /// As much of its text as was quoted.
        quoted: Vec<u8>,
        from: Option<IpAddr>,
        kind: u8,
        code: u8,
    },
    Other,
}

/// The next entry of the error queue; `None` when it is empty.
pub(super) fn next(socket: &UdpSocket, control: &mut [u8]) -> Option<Entry> {
    let mut quote = [0; MAX_QUOTE_LEN];
    loop {
        let mut parts = [IoSliceMut::new(&mut quote)];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message = match recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(control), flags) {
            Ok(message) => message,
            Err(Errno::EINTR) => continue,
            Err(_) => return None,
        };
        let length = message.bytes.min(MAX_QUOTE_LEN);
        let mut stamp = None;
        let mut error = None;
        for item in message.cmsgs().into_iter().flatten() {
            match item {
                ControlMessageOwned::ScmTimestampsns(stamps) => stamp = Some(Wall(nanoseconds(stamps.system))),
                ControlMessageOwned::Ipv4RecvErr(extended, offender) => {
                    error = Some((extended, offender.map(|address| v4(address.into()))));
                }
                ControlMessageOwned::Ipv6RecvErr(extended, offender) => {
                    error = Some((extended, offender.map(|address| v6(address.into()))));
                }
                _ => {}
            }
        }
        let Some((extended, offender)) = error else { return Some(Entry::Other) };
        return Some(match (extended.ee_origin, stamp) {
            (ORIGIN_TIMESTAMPING, Some(kernel)) => Entry::Stamp { counter: extended.ee_data, kernel },
            // Only these entries carry a name; for others the address was not written.
            (ORIGIN_ICMP | ORIGIN_ICMP6, _) => match message.address.as_ref().and_then(plain) {
                Some(to) => Entry::Icmp {
                    to,
                    quoted: quote[..length].to_vec(),
                    from: offender.map(|address| address.ip()).filter(|ip| !ip.is_unspecified()),
                    kind: extended.ee_type,
                    code: extended.ee_code,
                },
                None => Entry::Other,
            },
            _ => Entry::Other,
        });
    }
}

/// A socket address as the standard library writes it, IPv4 where it is IPv4 mapped into IPv6.
pub(super) fn plain(address: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = address.as_sockaddr_in().copied().map(v4);
    v4.or_else(|| address.as_sockaddr_in6().copied().map(v6))
}

fn v4(address: SockaddrIn) -> SocketAddr {
    SocketAddr::V4(SocketAddrV4::from(address))
}

fn v6(address: SockaddrIn6) -> SocketAddr {
    let address = SocketAddrV6::from(address);
    match address.ip().to_ipv4_mapped() {
        Some(ip) => SocketAddr::from((ip, address.port())),
        None => SocketAddr::V6(address),
    }
}
