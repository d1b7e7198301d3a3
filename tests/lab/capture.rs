//! Live captures on loopback and in a network namespace.

use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::common::disk::{PLACE, PRIVATE_MOUNTS};
use crate::common::pcap::read_capture;
use crate::common::rerun::test_path;
use crate::common::{PRIVATE_NETWORK, inside, skip};
use medidor::capture::live::{self, CaptureSettings, LiveCapture, OpenError, RING_BYTES, SNAPLEN};
use medidor::capture::{CaptureThread, CompiledFilter, LinkType, Visibility, filter};
use medidor::core::evidence::capture_log::CaptureLog;
use medidor::core::evidence::exchange_host::DatagramForm;
use medidor::core::evidence::journal_run::CaptureCounters;
use medidor::core::time::Wall;

fn wall_now() -> Wall {
    Wall(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as i64)
}

fn settings(device: &str, filter: &str) -> CaptureSettings {
    CaptureSettings {
        device: device.to_owned(),
        filter: filter.to_owned(),
        include_vlan: true,
        snaplen: SNAPLEN,
        ring_bytes: RING_BYTES,
    }
}

/// Opens a capture. `None`, after a report, where this machine does not allow it.
fn open(device: &str, filter: &str) -> Option<LiveCapture> {
    match live::open(settings(device, filter)) {
        Ok(live) => Some(live),
        Err(error @ OpenError::PermissionDenied { .. }) => {
            skip("live capture", &error.to_string());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Starts a capture into a file. The receiver gets its counters, and is disconnected when the capture's thread ends.
fn start(live: LiveCapture, path: &Path) -> (CaptureThread, Receiver<CaptureCounters>) {
    let (sender, receiver) = channel();
    let savefile = live.savefile(path).unwrap();
    let running =
        CaptureThread::start(live, savefile, move |counters| sender.send(counters).unwrap_or_default()).unwrap();
    (running, receiver)
}

fn pair() -> (UdpSocket, UdpSocket) {
    let (from, to) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    from.connect(to.local_addr().unwrap()).unwrap();
    (from, to)
}

fn numbers(log: &CaptureLog) -> Vec<u64> {
    log.datagrams.iter().map(|seen| seen.number.unwrap()).collect()
}

/// Checks that the file contains everything up to the stop, once, and nothing else.
fn catches_all(device: &str) {
    let (from, to) = pair();
    let port = to.local_addr().unwrap().port();
    // Other traffic before and while the capture opens must not get into the file.
    let (noise, _sink) = pair();
    let over = Arc::new(AtomicBool::new(false));
    let noisy = std::thread::spawn({
        let over = over.clone();
        move || {
            while !over.load(Ordering::Relaxed) {
                noise.send(b"noise 1").unwrap();
                std::thread::yield_now();
            }
        }
    });
    let live = open(device, &filter::server(port));
    over.store(true, Ordering::Relaxed);
    noisy.join().unwrap();
    let Some(live) = live else { return };

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pcap");
    let info = live.info("x.pcap");
    assert_eq!(info.link_type, if device == "any" { "LINUX_SLL2" } else { "EN10MB" });
    let (first, begun) = (info.live, wall_now());
    // The kernel's ring holds frames even before the thread runs.
    from.send(b"Mensagem 1").unwrap();
    let (running, _counters) = start(live, &path);
    for number in 2..=100 {
        from.send(format!("Mensagem {number}").as_bytes()).unwrap();
    }
    let ended = wall_now();
    let end = running.stop();

    assert_eq!(end.failure, None);
    assert_eq!((end.counters.written, end.counters.dropped), (100, 0));
    assert!(end.counters.received >= 100);
    assert!(first <= begun && end.close >= ended);
    let log = read_capture(&path).unwrap();
    assert_eq!(numbers(&log), (1..=100).collect::<Vec<_>>());
    assert_eq!((log.packets, log.damage.as_ref(), log.resolution_ns), (100, None, info.resolution_ns));
    assert!(log.datagrams.iter().all(|seen| seen.direction.is_none()), "loopback has no direction");
    assert!(log.first.unwrap() >= first && log.last.unwrap() <= end.close);

    let link = LinkType::from_number(info.link_number).unwrap();
    let admission = CompiledFilter::new(&info.filter, link, info.snaplen).unwrap();
    let flow = log.flows[0];
    let form = DatagramForm { length: 11, fragmented: false };
    assert_eq!(admission.admits(flow.source, flow.destination, form), Visibility::Whole);
}

#[test]
fn a_loopback_capture_has_every_datagram() {
    catches_all("lo");
}

#[test]
fn any_captures_each_loopback_packet_once() {
    catches_all("any");
}

#[test]
fn the_file_grows_while_the_capture_runs() {
    let (from, to) = pair();
    let Some(live) = open("lo", &filter::server(to.local_addr().unwrap().port())) else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pcap");
    let (running, counters) = start(live, &path);
    from.send(b"Mensagem 1").unwrap();
    let written = std::iter::from_fn(|| counters.recv_timeout(Duration::from_secs(10)).ok());
    assert!(written.map(|counters| counters.written).any(|written| written == 1));
    assert_eq!(numbers(&read_capture(&path).unwrap()), [1]);
    assert!(!running.has_failed());
    assert_eq!(running.stop().failure, None);
}

#[test]
fn icmp_errors_about_the_exchange_are_captured() {
    let (from, to) = pair();
    let (local, remote) = (from.local_addr().unwrap(), to.local_addr().unwrap());
    let Some(live) = open("lo", &filter::client(remote.port(), local.port())) else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pcap");
    let (running, _counters) = start(live, &path);
    drop(to);
    from.send(b"Mensagem 7").unwrap();
    assert_eq!(running.stop().failure, None);
    let log = read_capture(&path).unwrap();
    assert_eq!((log.datagrams.len(), log.icmp_errors.len(), log.other), (1, 1, 0));
    let error = log.icmp_errors.iter().next().unwrap();
    assert_eq!((error.kind, error.code, error.number), (3, 3, Some(7)));
    assert_eq!((error.quoted.source, error.quoted.destination), (local, remote));
}

#[test]
fn a_bad_filter_is_refused() {
    match live::open(settings("lo", "udp prt 5")) {
        Err(OpenError::BadFilter { filter, detail }) => {
            assert!(filter.contains("udp prt 5"));
            assert!(!detail.is_empty());
        }
        Err(error @ OpenError::PermissionDenied { .. }) => skip("live capture", &error.to_string()),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[test]
fn a_full_disk_ends_the_capture_and_leaves_a_readable_file() {
    // A file system of 64 KiB, in a mount namespace that ends with its process.
    inside(test_path!("a_full_disk_ends_the_capture_and_leaves_a_readable_file"), &PRIVATE_MOUNTS, || {
        let folder = tempfile::tempdir_in(PLACE).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=64k", "none"]).arg(folder.path()).status();
        assert!(mounted.unwrap().success());
        let (from, to) = pair();
        let Some(live) = open("lo", &filter::server(to.local_addr().unwrap().port())) else { return };
        let path = folder.path().join("x.pcap");
        let (running, counters) = start(live, &path);
        let text = format!("Mensagem 1 {}", "x".repeat(1000));
        for _ in 0..200 {
            from.send(text.as_bytes()).unwrap();
        }
        while counters.recv_timeout(Duration::from_secs(10)).is_ok() {}
        let end = running.stop();
        assert!(end.failure.unwrap().contains("No space left"), "the reason is named");
        let log = read_capture(&path).unwrap();
        assert_eq!(log.damage, None, "whole records only");
        assert_eq!(log.packets, end.counters.written);
        assert!(log.packets > 20 && log.packets < 200, "{}", log.packets);
        assert!(end.close >= log.last.unwrap());
        assert!(Command::new("umount").arg(folder.path()).status().unwrap().success());
    });
}

#[test]
fn an_interface_that_vanishes_ends_the_capture() {
    inside(test_path!("an_interface_that_vanishes_ends_the_capture"), &PRIVATE_NETWORK, || {
        let ip = |arguments: &str| {
            let status = Command::new("ip").args(arguments.split(' ')).status().unwrap();
            assert!(status.success(), "ip {arguments}");
        };
        ip("link add mdr0 type veth peer name mdr1");
        ip("link set mdr0 up");
        ip("link set mdr1 up");
        let Some(live) = open("mdr0", "udp port 5005") else { return };
        let folder = tempfile::tempdir().unwrap();
        let (running, counters) = start(live, &folder.path().join("x.pcap"));
        counters.recv_timeout(Duration::from_secs(10)).unwrap();
        let before = wall_now();
        ip("link delete mdr0");
        while counters.recv_timeout(Duration::from_secs(10)).is_ok() {}
        let end = running.stop();
        assert!(end.failure.is_some());
        assert!(before.since(end.close) < 1_000_000_000 && end.close <= wall_now());
    });
}
