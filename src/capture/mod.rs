//! libpcap: devices, filters, live capture, savefiles, decoding, offline reading.
//!
//! The room has two doors. On the way in, [`device`] picks where to listen, [`filter`] says what for, [`live`] opens the
//! kernel's ring and [`savefile`] writes what comes out of it. On the way back, [`packets`] takes any capture file apart
//! and [`offline`] makes a [`CaptureLog`] of it, frame by frame through [`decode`].
//!
//! ```text
//!  device ─┐
//!          ├─ live ── savefile ──> X.pcap ──> packets ──> offline ── decode ──> CaptureLog
//!  filter ─┘   └─ running, interface              │            └─ twins, superpacket, blind
//!     │                                           └─ classic, pcapng ── pieces
//!     └─ admission: would this capture have shown that datagram?
//! ```
//!
//! | file | what it answers |
//! |---|---|
//! | [`link`] | which link types are read, by number and name |
//! | [`device`] | on which device to capture |
//! | [`filter`] | the filters, and reading one from the command line |
//! | [`admission`] | would a filter and a snapshot length have let a datagram be seen |
//! | [`live`] | opening a device: rights, link type, filter, ring |
//! | [`running`] | the thread that copies packets to the file, and its orderly end |
//! | [`interface`] | what the interfaces themselves lost |
//! | [`ring`] | the packets of the last moments, in memory |
//! | [`savefile`] | whole records on disk, whatever happens |
//! | [`pieces`] | a file in pieces, and the place in it |
//! | [`classic`], [`pcapng`] | the two formats, record by record |
//! | [`packets`] | the packets of a file of any format |
//! | [`decode`] | one frame: a datagram, a TCP segment, an ICMP error, a later fragment, something else |
//! | [`segment`] | one TCP segment |
//! | [`twins`] | one datagram shown on two interfaces counts once |
//! | [`superpacket`] | are there several datagrams in one frame |
//! | [`blind`] | when something passed unread |
//! | [`offline`] | one capture file, read leniently |
//! | [`parcels`] | the same of a transfer: its blocks, and what travelled beside them |
//! | [`annotate`] | a capture once more, with comments on its packets |
//!
//! [`CaptureLog`]: crate::core::evidence::capture::CaptureLog

pub mod admission;
pub mod annotate;
pub mod blind;
pub mod classic;
pub mod decode;
pub mod device;
pub mod filter;
pub mod interface;
pub mod link;
pub mod live;
pub mod offline;
pub mod packets;
pub mod parcels;
pub mod pcapng;
pub mod pieces;
pub mod ring;
pub mod running;
pub mod savefile;
pub mod segment;
pub mod superpacket;
pub mod twins;

pub use admission::{Admission, Admittance};
pub use link::{Link, UnsupportedLink};
pub use live::Live;
pub use ring::Ring;
pub use running::Running;
pub use savefile::Savefile;

use std::time::SystemTime;

use crate::core::time::{Wall, nanos};

/// The wall clock, now.
fn wall_now() -> Wall {
    Wall(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, nanos))
}

/// libpcap's own words, without the wrapper's.
fn pcap_words(error: &pcap::Error) -> String {
    match error {
        pcap::Error::PcapError(words) => words.clone(),
        other => other.to_string(),
    }
}
