//! Packet capture with libpcap: devices, filters, live capture, and reading capture files.
//!
//! Capturing: [`device`] chooses the interface, [`filter`] the packets; [`live`] opens the kernel's ring, and
//! [`writer_thread`] copies packets to a [`savefile`]. Reading: [`reader`] iterates over the packets of any capture file, and
//! [`log_reader`] turns them into a [`CaptureLog`] with [`decode`].
//!
//! ```text
//!  device ─┐
//!          ├─ live ── writer_thread ──> X.pcap ──> reader ──> packet_loop ──> log_builder ──> CaptureLog
//!  filter ─┘            │                             │            │              └─ block_collector, duplicate_frames
//!     │                 │                             │            └─ decode ── decapsulation, reassembly
//!     │                 └─ interface_drops            └─ pcap_file, pcapng ── buffered_source
//!     └─ filter_match: would this capture have kept that datagram?
//! ```
//!
//! [`CaptureLog`]: crate::core::evidence::capture_log::CaptureLog

pub mod annotate;
pub mod bare_replies;
mod blind_intervals;
mod block_collector;
pub mod buffered_source;
mod captured_datagram;
pub mod coalesced;
mod decapsulation;
pub mod decode;
pub mod device;
mod drop_counters;
pub mod duplicate_frames;
pub mod filter;
pub mod filter_match;
pub mod interface_drops;
mod ip;
mod link_header;
pub mod link_type;
pub mod live;
mod log_builder;
pub mod log_reader;
mod number_columns;
pub mod packet;
mod packet_loop;
pub mod packet_ring;
pub mod packet_sink;
mod pcap_error;
pub mod pcap_file;
pub mod pcapng;
mod portless_fragments;
pub mod reader;
pub mod reassembly;
mod retain;
pub mod savefile;
mod stamp_unit;
pub mod tcp;
mod transfer_form;
mod udp_checksum;
mod unidentified_texts;
mod wall_clock;
pub mod writer_thread;

pub use self::filter_match::{CompiledFilter, Visibility};
pub use self::link_type::{LinkType, UnsupportedLinkType};
pub use self::live::LiveCapture;
pub use self::packet_ring::PacketRing;
pub use self::savefile::Savefile;
pub use self::writer_thread::CaptureThread;
