//! Network namespaces of this process, and the veth pairs between them.
//!
//! Works without root where the system allows user namespaces, and without other programs: it talks to the kernel over
//! rtnetlink. The namespaces have no names, so they disappear with the last process inside.

use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsRawFd;

use netlink_packet_core::{
    Emitable, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::link::{InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::protocols::NETLINK_ROUTE;
use netlink_sys::{Socket, SocketAddr};
use nix::net::if_::if_nametoindex;
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::prctl::set_dumpable;
use nix::unistd::{getegid, geteuid};

/// This thread's network, for a program that may have several.
const OWN_NETWORK: &str = "/proc/thread-self/ns/net";

/// Length of the prefix that the two ends of a cable share.
const PREFIX_LENGTH: u8 = 24;

/// Moves this process into a user namespace of its own, where it has all privileges over namespaces created from there,
/// and no others. There is no way back. Must be called while the process has one thread.
///
/// # Errors
/// Those of `unshare()` and of writing the maps: EPERM where the system lets ordinary users have no such thing, ENOSPC
/// where it limits their number. After an error of the maps the process is nobody, and of no use for anything else.
pub fn enter_user_namespace() -> io::Result<()> {
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER).map_err(|error| with_context("user namespace", error))?;
    // A program that was given rights by its file may not write its own maps before.
    set_dumpable(true)?;
    // user_namespaces(7): without root, the group map may be written only after setgroups is denied.
    let write = |file: &str, text: String| {
        fs::write(format!("/proc/self/{file}"), text)
            .map_err(|error| with_context(&format!("user namespace: {file}"), error))
    };
    write("setgroups", "deny".to_owned())?;
    write("uid_map", format!("0 {user} 1"))?;
    write("gid_map", format!("0 {group} 1"))
}

/// An error with the place where it came up.
fn with_context(place: &str, error: impl Into<io::Error>) -> io::Error {
    let error = error.into();
    io::Error::new(error.kind(), format!("{place}: {error}"))
}

/// A computer's network: a namespace, which lives as long as this value or a process inside.
#[derive(Debug)]
pub struct NetNamespace {
    namespace: File,
}

#[derive(Clone, Copy, Debug)]
pub struct VethEnd<'a> {
    pub network: &'a NetNamespace,
    /// What the interface is called there; 15 bytes at the most.
    pub device: &'a str,
    /// Its address; the other end's begins with the same 24 bits.
    pub address: Ipv4Addr,
}

impl NetNamespace {
    /// A new network, with nothing but its loopback interface. This thread is in it from now on.
    ///
    /// # Errors
    /// Those of `unshare()`, and the kernel's refusal to bring the interface up.
    pub fn create() -> io::Result<Self> {
        unshare(CloneFlags::CLONE_NEWNET).map_err(|error| with_context("network namespace", error))?;
        let network = Self { namespace: File::open(OWN_NETWORK)? };
        bring_up("lo")?;
        Ok(network)
    }

    /// Does something inside: processes started there stay there. This thread has to be in a network made by
    /// [`NetNamespace::create`], to which it comes back.
    ///
    /// # Errors
    /// Those of `setns()`.
    pub fn run_in<T>(&self, act: impl FnOnce() -> T) -> io::Result<T> {
        let before = File::open(OWN_NETWORK)?;
        setns(&self.namespace, CloneFlags::CLONE_NEWNET)?;
        let done = act();
        setns(&before, CloneFlags::CLONE_NEWNET)?;
        Ok(done)
    }
}

/// Lays a cable between two computers (a veth pair), both ends up and with their addresses.
///
/// # Errors
/// The kernel's error, such as EEXIST for an existing device, or EOPNOTSUPP without support for such links.
pub fn create_veth(one: VethEnd<'_>, other: VethEnd<'_>) -> io::Result<()> {
    let mut peer = LinkMessage::default();
    peer.attributes.push(LinkAttribute::IfName(other.device.to_owned()));
    peer.attributes.push(LinkAttribute::NetNsFd(other.network.namespace.as_raw_fd()));
    let mut link = LinkMessage::default();
    link.attributes.push(LinkAttribute::IfName(one.device.to_owned()));
    link.attributes.push(LinkAttribute::LinkInfo(vec![
        LinkInfo::Kind(InfoKind::Veth),
        LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(peer))),
    ]));
    one.network
        .run_in(|| request(RouteNetlinkMessage::NewLink(link), NLM_F_CREATE | NLM_F_EXCL))?
        .map_err(|error| with_context("veth", error))?;
    for end in [one, other] {
        end.network.run_in(|| plug_in(end.device, end.address))??;
    }
    Ok(())
}

/// Gives a device of this thread's network its address, and brings it up.
fn plug_in(device: &str, address: Ipv4Addr) -> io::Result<()> {
    let mut message = AddressMessage::default();
    message.header.family = AddressFamily::Inet;
    message.header.prefix_len = PREFIX_LENGTH;
    message.header.index = if_nametoindex(device)?;
    let address = IpAddr::V4(address);
    message.attributes = vec![AddressAttribute::Local(address), AddressAttribute::Address(address)];
    request(RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE | NLM_F_EXCL)?;
    bring_up(device)
}

/// Brings a device of this thread's network up.
fn bring_up(device: &str) -> io::Result<()> {
    let mut message = LinkMessage::default();
    message.header.index = if_nametoindex(device)?;
    message.header.flags = LinkFlags::Up;
    message.header.change_mask = LinkFlags::Up;
    request(RouteNetlinkMessage::SetLink(message), 0)
}

/// Asks the kernel for something in this thread's network, and waits for its word on it.
fn request(message: RouteNetlinkMessage, flags: u16) -> io::Result<()> {
    match exchange(message, NLM_F_ACK | flags)? {
        NetlinkPayload::Error(word) if word.code.is_none() => Ok(()),
        NetlinkPayload::Error(word) => Err(word.to_io()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Sends the kernel one request about this thread's network, and returns its first reply.
pub(super) fn exchange(message: RouteNetlinkMessage, flags: u16) -> io::Result<NetlinkPayload<RouteNetlinkMessage>> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | flags;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(message));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.emit(&mut bytes);
    let socket = Socket::new(NETLINK_ROUTE)?;
    socket.connect(&SocketAddr::new(0, 0))?;
    socket.send(&bytes, 0)?;
    let (answer, _) = socket.recv_from_full()?;
    let answer = NetlinkMessage::<RouteNetlinkMessage>::deserialize(&answer)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(answer.payload)
}
