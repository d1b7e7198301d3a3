//! Opens a device for capturing: permission, link type, timestamps, ring, filter.
//!
//! The order is fixed: [`open`] returns the link type, then the savefile is created, then the writer thread starts. From
//! [`CaptureInfo::live`] on, the kernel's ring holds every packet that passes the filter, even before the thread starts.

use std::io;
use std::os::fd::AsFd;

use nix::net::if_::if_nametoindex;
use nix::sys::stat::fstat;
use pcap::{Active, Capture, Linktype, Precision};
use thiserror::Error;

use super::device::{ANY, names};
use super::drop_counters::DropCounters;
use super::filter::for_link;
use super::interface_drops::InterfaceDrops;
use super::link_type::{LinkType, UnsupportedLinkType};
use super::pcap_error;
use super::savefile::{Resolution, Savefile};
use super::wall_clock;
use crate::core::evidence::journal_run::CaptureInfo;
use crate::core::time::Wall;

/// Default size of the kernel's ring, bytes. libpcap 1.10 divides it into blocks of 256 KiB, each delivered after one
/// retire timeout (20 ms) however full it is. So while this process is stopped, 16 MiB (64 blocks) hold 1.28 s of slow
/// traffic and 64 MiB hold 5 s; both measured. Later packets are counted as dropped.
pub const RING_BYTES: u32 = 64 * 1024 * 1024;

/// Snapshot length unless asked otherwise: all of any frame.
pub const SNAPLEN: u32 = 262_144;

/// The kernel delivers a partly filled block after this many milliseconds.
pub(super) const RETIRE_MS: u16 = 20;

#[derive(Clone, Debug)]
pub struct CaptureSettings {
    /// The device, [`ANY`] for all.
    pub device: String,
    pub filter: String,
    /// On Ethernet, admit VLAN-tagged frames as well ([`for_link`]). For our own filters; a user's is set as it is.
    pub include_vlan: bool,
    pub snaplen: u32,
    /// Size of the kernel's ring, bytes.
    pub ring_bytes: u32,
}

/// Why a device cannot be captured on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenError {
    /// This process may not capture.
    #[error("no right to capture on {device}: {detail}")]
    PermissionDenied { device: String, detail: String },
    #[error("no device {device}; there are {}", available.join(", "))]
    NoSuchDevice { device: String, available: Vec<String> },
    /// libpcap does not compile the filter.
    #[error("bad filter {filter:?}: {detail}")]
    BadFilter {
        /// The expression, as it was to be set.
        filter: String,
        detail: String,
    },
    /// The device's frames cannot be read.
    #[error("{device}: {link}")]
    UnsupportedLink { device: String, link: UnsupportedLinkType },
    #[error("cannot capture on {device}: {detail}")]
    Other { device: String, detail: String },
}

pub struct LiveCapture {
    pub(super) capture: Capture<Active>,
    pub(super) device: String,
    /// Interface index, to check that the interface still exists; `None` for [`ANY`].
    pub(super) index: Option<u32>,
    pub(super) counters: DropCounters,
    filter: String,
    link: LinkType,
    resolution: Resolution,
    snaplen: u32,
    ring_bytes: u32,
    since: Wall,
}

/// Opens a device and makes its ring live.
///
/// Never promiscuous; in block mode, which at speed loses least and costs least; without blocking, because on an idle link
/// libpcap's own waiting has no end.
///
/// # Errors
/// [`OpenError`], nothing having been captured.
pub fn open(settings: CaptureSettings) -> Result<LiveCapture, OpenError> {
    let CaptureSettings { device, filter, include_vlan: tagged_too, snaplen, ring_bytes } = settings;
    let index = if_nametoindex(device.as_str()).ok();
    let available = names().unwrap_or_default();
    if index.is_none() && !available.contains(&device) {
        return Err(OpenError::NoSuchDevice { device, available });
    }
    let failed = |error: pcap::Error| refusal(&device, available.clone(), &pcap_error::message_of(&error));
    // libpcap gives nanoseconds on Linux always; elsewhere mostly not, and does not say so through this interface.
    let resolution = if cfg!(target_os = "linux") { Resolution::Nano } else { Resolution::Micro };
    let mut capture = Capture::from_device(device.as_str())
        .map_err(failed)?
        .promisc(false)
        .immediate_mode(false)
        .timeout(i32::from(RETIRE_MS))
        .snaplen(i32::try_from(snaplen).unwrap_or(i32::MAX))
        .buffer_size(i32::try_from(ring_bytes).unwrap_or(i32::MAX))
        .precision(if resolution == Resolution::Nano { Precision::Nano } else { Precision::Micro })
        .open()
        .map_err(failed)?
        .setnonblock()
        .map_err(failed)?;
    if device == ANY {
        // Older versions of libpcap know only the first version of the header, which does as well, without the interface.
        let _ = capture.set_datalink(Linktype(LinkType::Sll2.number()));
    }
    let link = LinkType::from_number(capture.get_datalink().0)
        .map_err(|link| OpenError::UnsupportedLink { device: device.clone(), link })?;
    let filter = if tagged_too { for_link(&filter, link) } else { filter };
    // Packets that came in before this are dropped by libpcap, or run through the filter as they are read.
    if let Err(error) = capture.filter(&filter, true) {
        return Err(OpenError::BadFilter { filter, detail: pcap_error::message_of(&error) });
    }
    let since = wall_clock::now();
    let counters = DropCounters::new(&mut capture, InterfaceDrops::open(&device)).map_err(failed)?;
    Ok(LiveCapture {
        capture,
        index: index.filter(|_| device != ANY),
        device,
        counters,
        filter,
        link,
        resolution,
        snaplen,
        ring_bytes,
        since,
    })
}

/// How many bytes of this socket are mapped into memory, by the table of this process's mappings (proc(5)); `None` where
/// there are none.
fn mapped(table: &str, inode: u64) -> Option<u64> {
    let name = format!("socket:[{inode}]");
    let sizes = table.lines().filter(|line| line.ends_with(&name)).filter_map(|line| {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        let address = |text| u64::from_str_radix(text, 16).ok();
        address(to)?.checked_sub(address(from)?)
    });
    Some(sizes.sum()).filter(|sum| *sum > 0)
}

fn refusal(device: &str, available: Vec<String>, text: &str) -> OpenError {
    let (device, detail) = (device.to_owned(), text.to_owned());
    let lower = text.to_lowercase();
    if ["permission", "permitted", "cap_net_raw"].iter().any(|sign| lower.contains(sign)) {
        OpenError::PermissionDenied { device, detail }
    } else if lower.contains("no such device") {
        OpenError::NoSuchDevice { device, available }
    } else {
        OpenError::Other { device, detail }
    }
}

impl LiveCapture {
    /// The link type, for the savefile and the reader.
    pub const fn link(&self) -> LinkType {
        self.link
    }

    pub const fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// Requested and granted size of the ring, bytes, if the kernel granted clearly less: libpcap silently retries with
    /// smaller sizes.
    pub fn refused_ring(&self) -> Option<(u32, u64)> {
        let inode = fstat(self.capture.as_fd()).ok()?.st_ino;
        let granted = mapped(&std::fs::read_to_string("/proc/self/maps").ok()?, inode)?;
        // A ring is made of whole blocks.
        (granted < u64::from(self.ring_bytes) / 10 * 9).then_some((self.ring_bytes, granted))
    }

    /// The capture's entry in the journal, for the file name `file`.
    pub fn info(&self, file: &str) -> CaptureInfo {
        CaptureInfo {
            file: file.to_owned(),
            device: self.device.clone(),
            link_type: self.link.name().to_owned(),
            link_number: self.link.number(),
            filter: self.filter.clone(),
            snaplen: self.snaplen,
            resolution_ns: self.resolution.ns(),
            ring_bytes: self.ring_bytes,
            live: self.since,
        }
    }

    /// Makes the savefile that fits this capture.
    ///
    /// # Errors
    /// As [`Savefile::create`].
    pub fn savefile(&self, path: &std::path::Path) -> io::Result<Savefile> {
        Savefile::create(path, self.link.number(), self.snaplen, self.resolution)
    }

    pub const fn snaplen(&self) -> u32 {
        self.snaplen
    }

    pub const fn live(&self) -> Wall {
        self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libpcap_errors_are_classified() {
        let understood = |words: &str| refusal("eth0", vec!["lo".to_owned()], words);
        for words in [
            "Attempt to create packet socket failed - CAP_NET_RAW may be required",
            "eth0: You don't have permission to capture on that device (socket: Operation not permitted)",
            "socket: Operation not permitted",
            "(cannot open BPF device) /dev/bpf0: Permission denied",
        ] {
            assert!(matches!(understood(words), OpenError::PermissionDenied { detail, .. } if detail == words));
        }
        assert!(matches!(understood("eth0: No such device exists"), OpenError::NoSuchDevice { .. }));
        assert!(matches!(understood("eth0: That device is not up"), OpenError::Other { .. }));
    }

    #[test]
    fn a_ring_is_found_among_the_mappings() {
        let table = "\
55d0c8a00000-55d0c8a28000 r--p 00000000 fe:00 1 /usr/bin/medidor
7f1c00000000-7f1c04000000 rw-s 00000000 00:08 4711                       socket:[4711]
7f1c04000000-7f1c04040000 rw-s 00000000 00:08 47110                      socket:[47110]
broken socket:[4711]
";
        assert_eq!(mapped(table, 4711), Some(RING_BYTES.into()));
        assert_eq!(mapped(table, 47_110), Some(256 * 1024));
        assert_eq!(mapped(table, 471), None);
    }

    #[test]
    fn the_size_of_the_kernel_ring_is_as_asked_or_reported() {
        let open_with = |ring_bytes| {
            let lo = "lo".to_owned();
            open(CaptureSettings {
                device: lo,
                filter: String::new(),
                include_vlan: false,
                snaplen: SNAPLEN,
                ring_bytes,
            })
        };
        match open_with(16 * 1024 * 1024) {
            Err(error @ OpenError::PermissionDenied { .. }) => {
                assert!(std::env::var("MEDIDOR_LAB").as_deref() != Ok("required"), "{error}");
                eprintln!("SKIPPED: the size of a ring ({error})");
            }
            Err(error) => panic!("{error}"),
            Ok(live) => {
                assert_eq!(live.refused_ring(), None);
                // As if it had been asked for more.
                let live = LiveCapture { ring_bytes: RING_BYTES, ..live };
                assert_eq!(live.refused_ring(), Some((RING_BYTES, 16 * 1024 * 1024)));
            }
        }
    }

    #[test]
    fn a_device_that_is_not_there_is_refused_with_those_that_are() {
        let settings = CaptureSettings {
            device: "nonexistent0".to_owned(),
            filter: String::new(),
            include_vlan: false,
            snaplen: SNAPLEN,
            ring_bytes: RING_BYTES,
        };
        let Err(OpenError::NoSuchDevice { device, .. }) = open(settings) else { panic!("it opened") };
        assert_eq!(device, "nonexistent0");
    }
}
