//! Notices when the route to a peer moves to another interface or source address.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use netlink_packet_core::NetlinkPayload;
use netlink_packet_route::route::{RouteAddress, RouteAttribute, RouteMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::Socket;
use netlink_sys::protocols::NETLINK_ROUTE;
use nix::errno::Errno;
use nix::net::if_::if_indextoname;
use nix::sys::socket::{MsgFlags, recv};

use super::namespace::exchange;

/// The multicast groups (`RTMGRP_*` of linux/rtnetlink.h) of links, IPv4 and IPv6 addresses, and IPv4 and IPv6 routes.
const GROUPS: u32 = 0x1 | 0x10 | 0x100 | 0x40 | 0x400;

/// How datagrams to a peer leave this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub interface: String,
    pub source: IpAddr,
}

/// Readable when something changed in this host's network.
#[derive(Debug)]
pub struct RouteWatch {
    notifications: Socket,
    local: IpAddr,
    peer: SocketAddr,
    /// `None` while there has not been a route.
    last: Option<Route>,
}

impl RouteWatch {
    /// Subscribes to changes, and remembers the present route from a socket bound to `local` to `peer`.
    ///
    /// # Errors
    /// Those of `socket()` and `bind()`, where the system has no rtnetlink.
    pub fn start(local: IpAddr, peer: SocketAddr) -> io::Result<Self> {
        let mut notifications = Socket::new(NETLINK_ROUTE)?;
        notifications.set_non_blocking(true)?;
        notifications.bind(&netlink_sys::SocketAddr::new(0, GROUPS))?;
        // Asked after the subscription, so that no change falls in between.
        let last = route(local, peer).ok();
        Ok(Self { notifications, local, peer, last })
    }

    /// The new route, if it has changed since the last call. A host without any route keeps its last one. Never blocks.
    ///
    /// # Errors
    /// Those of `recv()`; the watch is of no use afterwards.
    pub fn changed(&mut self) -> io::Result<Option<Route>> {
        if !self.drain()? {
            return Ok(None);
        }
        let Ok(route) = route(self.local, self.peer) else { return Ok(None) };
        if self.last.as_ref() == Some(&route) {
            return Ok(None);
        }
        self.last = Some(route.clone());
        Ok(Some(route))
    }

    /// Reads all notifications; returns whether there were any. Their contents do not matter: the kernel is asked anew.
    fn drain(&self) -> io::Result<bool> {
        let mut any = false;
        loop {
            // A notification that does not fit is cut off.
            let mut start = [0; 64];
            match recv(self.notifications.as_raw_fd(), &mut start, MsgFlags::MSG_DONTWAIT) {
                // ENOBUFS: the kernel dropped notifications because the queue was full.
                Ok(_) | Err(Errno::ENOBUFS) => any = true,
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return Ok(any),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl AsFd for RouteWatch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.notifications.as_fd()
    }
}

/// Asks the kernel for the route (`RTM_GETROUTE`) from a socket bound to `local` to `peer`.
fn route(local: IpAddr, peer: SocketAddr) -> io::Result<Route> {
    let (local, remote) = (local.to_canonical(), peer.ip().to_canonical());
    let mut message = RouteMessage::default();
    let (family, bits) = match remote {
        IpAddr::V4(_) => (AddressFamily::Inet, 32),
        IpAddr::V6(_) => (AddressFamily::Inet6, 128),
    };
    message.header.address_family = family;
    message.header.destination_prefix_length = bits;
    message.attributes.push(RouteAttribute::Destination(remote.into()));
    let bound = !local.is_unspecified() && local.is_ipv4() == remote.is_ipv4();
    if bound {
        message.header.source_prefix_length = bits;
        message.attributes.push(RouteAttribute::Source(local.into()));
    }
    if let SocketAddr::V6(peer) = peer
        && peer.scope_id() != 0
    {
        message.attributes.push(RouteAttribute::Oif(peer.scope_id()));
    }
    let invalid = || io::Error::from(io::ErrorKind::InvalidData);
    let message = match exchange(RouteNetlinkMessage::GetRoute(message), 0)? {
        NetlinkPayload::InnerMessage(RouteNetlinkMessage::NewRoute(route)) => route,
        NetlinkPayload::Error(error) => return Err(error.to_io()),
        _ => return Err(invalid()),
    };
    let (mut index, mut source) = (None, bound.then_some(local));
    for attribute in message.attributes {
        match attribute {
            RouteAttribute::Oif(oif) => index = Some(oif),
            RouteAttribute::PrefSource(RouteAddress::Inet(address)) if !bound => source = Some(address.into()),
            RouteAttribute::PrefSource(RouteAddress::Inet6(address)) if !bound => source = Some(address.into()),
            _ => {}
        }
    }
    let interface = if_indextoname(index.ok_or_else(invalid)?)?;
    let interface = interface.to_string_lossy().into_owned();
    Ok(Route { interface, source: source.ok_or_else(invalid)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loopback() -> Route {
        Route { interface: "lo".to_owned(), source: "127.0.0.1".parse().unwrap() }
    }

    #[test]
    fn the_route_to_this_host_is_the_loopback_interface() {
        let peer = "127.0.0.1:5005".parse().unwrap();
        assert_eq!(route("0.0.0.0".parse().unwrap(), peer).unwrap(), loopback());
        let bound = "127.0.0.7".parse().unwrap();
        assert_eq!(route(bound, peer).unwrap(), Route { source: bound, ..loopback() });
    }

    #[test]
    fn an_unchanged_route_is_not_reported() {
        let mut watch = RouteWatch::start("0.0.0.0".parse().unwrap(), "127.0.0.1:5005".parse().unwrap()).unwrap();
        assert_eq!(watch.last, Some(loopback()));
        assert_eq!(watch.changed().unwrap(), None);
    }
}
