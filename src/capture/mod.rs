//! Packet capture with libpcap: devices, filters, live capture, and reading capture files.
//!
//! The room has two doors. On the way in, [`device`] picks where to listen, [`filter`] says what for, [`live`] opens the
//! kernel's ring and [`savefile`] writes what comes out of it. On the way back, [`reader`] takes any capture file apart
//! and [`log_reader`] makes a [`CaptureLog`] of it, frame by frame through [`decode`].
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
//! | [`link_type`] | which link types are read, by number and name |
//! | [`device`] | on which device to capture |
//! | [`filter`] | the filters, and reading one from the command line |
//! | [`filter_match`] | would a filter and a snapshot length have let a datagram be seen |
//! | [`live`] | opening a device: rights, link type, filter, ring |
//! | [`writer_thread`] | the thread that copies packets to the file, and its orderly end |
//! | [`interface_drops`] | what the interfaces themselves lost |
//! | [`packet_ring`] | the packets of the last moments, in memory |
//! | [`savefile`] | whole records on disk, whatever happens |
//! | [`buffered_source`] | a file in pieces, and the place in it |
//! | [`pcap_file`], [`pcapng`] | the two formats, record by record |
//! | [`reader`] | the packets of a file of any format |
//! | [`decode`] | one frame: a datagram, a TCP segment, an ICMP error, a later fragment, something else |
//! | [`tcp`] | one TCP segment |
//! | [`duplicate_frames`] | one datagram shown on two interfaces counts once |
//! | [`coalesced`] | are there several datagrams in one frame |
//! | [`blind_intervals`] | when something passed unread |
//! | [`log_reader`] | one capture file, read leniently |
//! | [`transfer_reader`] | the same of a transfer: its blocks, and what travelled beside them |
//! | [`annotate`] | a capture once more, with comments on its packets |
//!
//! [`CaptureLog`]: crate::core::evidence::capture_log::CaptureLog

pub mod annotate;
pub mod blind_intervals;
pub mod buffered_source;
pub mod coalesced;
pub mod decode;
pub mod device;
mod drop_counters;
pub mod duplicate_frames;
pub mod filter;
pub mod filter_match;
pub mod interface_drops;
mod link_header;
pub mod link_type;
pub mod live;
pub mod log_reader;
pub mod packet;
pub mod packet_ring;
pub mod packet_sink;
mod pcap_error;
pub mod pcap_file;
pub mod pcapng;
pub mod reader;
pub mod savefile;
pub mod tcp;
pub mod transfer_reader;
mod udp_checksum;
mod wall_clock;
pub mod writer_thread;

pub use self::filter_match::{CompiledFilter, Visibility};
pub use self::link_type::{LinkType, UnsupportedLinkType};
pub use self::live::LiveCapture;
pub use self::packet_ring::PacketRing;
pub use self::savefile::Savefile;
pub use self::writer_thread::CaptureThread;
