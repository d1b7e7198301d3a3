//! Drop counters of the network interfaces: packets lost before libpcap could see them.
//!
//! libpcap's `ps_ifdrop` is filled in promiscuous mode only, so Linux's own counters are read.

use std::fs;
use std::path::PathBuf;

use nix::net::if_::if_nametoindex;

use super::device::ANY;

/// Where Linux keeps one folder for each interface.
const FOLDER: &str = "/sys/class/net";

/// Counters of frames that came in and were lost inside the card or its driver. `rx_dropped` is not among them: it
/// counts what the kernel itself threw away, after the tap had seen it.
const COUNTERS: [&str; 3] = ["rx_missed_errors", "rx_fifo_errors", "rx_over_errors"];

/// The losses of a capture's interfaces, counted from when this was made.
#[derive(Debug)]
pub struct InterfaceDrops {
    interfaces: Vec<InterfaceCounters>,
}

#[derive(Debug)]
struct InterfaceCounters {
    statistics: PathBuf,
    start: u64,
    /// Lost since the start, by the last reading that succeeded.
    lost: u64,
}

impl InterfaceDrops {
    /// Begins to count, for one device or for all there are now ([`ANY`]). Without such counters the losses are 0.
    pub fn open(device: &str) -> Self {
        let names: Vec<String> = if device == ANY {
            let entries = fs::read_dir(FOLDER).into_iter().flatten().flatten();
            entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
        } else {
            vec![device.to_owned()]
        };
        let interfaces = names.iter().filter_map(|name| InterfaceCounters::open(name)).collect();
        Self { interfaces }
    }

    /// Frames lost since the start. An interface that went away counts as it was last read.
    pub fn count(&mut self) -> u64 {
        for interface in &mut self.interfaces {
            if let Some(now) = sum(&interface.statistics) {
                interface.lost = now.saturating_sub(interface.start);
            }
        }
        self.interfaces.iter().map(|interface| interface.lost).fold(0, u64::saturating_add)
    }
}

impl InterfaceCounters {
    fn open(name: &str) -> Option<Self> {
        let folder = PathBuf::from(FOLDER).join(name);
        // In a network namespace of one's own, the folder may still show the host's interfaces.
        let index: u32 = fs::read_to_string(folder.join("ifindex")).ok()?.trim().parse().ok()?;
        if if_nametoindex(name) != Ok(index) {
            return None;
        }
        let statistics = folder.join("statistics");
        sum(&statistics).map(|start| Self { statistics, start, lost: 0 })
    }
}

fn sum(statistics: &std::path::Path) -> Option<u64> {
    COUNTERS.iter().try_fold(0u64, |sum, counter| {
        let count: u64 = fs::read_to_string(statistics.join(counter)).ok()?.trim().parse().ok()?;
        Some(sum.saturating_add(count))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_the_start_and_keeps_what_it_knew() {
        let folder = tempfile::tempdir().unwrap();
        let write = |counter: &str, value: u64| fs::write(folder.path().join(counter), format!("{value}\n")).unwrap();
        for counter in COUNTERS {
            write(counter, 10);
        }
        let start = sum(folder.path()).unwrap();
        assert_eq!(start, 30);
        let interface = InterfaceCounters { statistics: folder.path().to_owned(), start, lost: 0 };
        let mut losses = InterfaceDrops { interfaces: vec![interface] };
        assert_eq!(losses.count(), 0);
        write("rx_missed_errors", 15);
        assert_eq!(losses.count(), 5);
        fs::remove_file(folder.path().join("rx_missed_errors")).unwrap();
        assert_eq!(losses.count(), 5);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn finds_this_hosts_interfaces() {
        assert!(InterfaceDrops::open("nonexistent0").interfaces.is_empty());
        assert!(InterfaceDrops::open(ANY).interfaces.len() >= InterfaceDrops::open("lo").interfaces.len());
    }
}
