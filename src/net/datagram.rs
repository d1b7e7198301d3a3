//! A datagram of the UDP socket: the tag of a message that is sent, and the metadata of one that was received.

use std::net::SocketAddr;

use nix::sys::socket::{ControlMessageOwned, RecvMsg, SockaddrStorage};

use super::clock::nanoseconds;
use super::error_queue;
use crate::core::time::Wall;

/// Identifies a message in the endpoint's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MessageTag {
    pub number: u64,
    pub peer: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvMeta {
    /// The sender; IPv4-mapped addresses are shown as IPv4.
    pub from: SocketAddr,
    /// Bytes in the buffer, which truncates longer datagrams.
    pub length: usize,
    /// The kernel's software receive stamp. The first socket of a host that asks for stamps may have to do without for
    /// its first milliseconds: the kernel switches them on in its own time.
    pub kernel: Option<Wall>,
}

impl RecvMeta {
    /// `room`: the buffer's bytes. `None` where the sender's address is neither IPv4 nor IPv6.
    pub(super) fn from_message(message: &RecvMsg<'_, '_, SockaddrStorage>, room: usize) -> Option<Self> {
        let from = message.address.as_ref().and_then(error_queue::plain)?;
        let kernel = message.cmsgs().into_iter().flatten().find_map(|item| match item {
            ControlMessageOwned::ScmTimestampsns(stamps) => Some(Wall(nanoseconds(stamps.system))),
            _ => None,
        });
        let kernel = kernel.filter(|stamp| stamp.0 != 0);
        Some(Self { from, length: message.bytes.min(room), kernel })
    }
}
