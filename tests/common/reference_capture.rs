//! Captures made by the tests themselves: a few lines over libpcap, run inside a host, independent of the capture code
//! under test. (tcpdump without root fails: it changes its groups, which a user namespace forbids.)
//!
//! The capturing process is this test binary, run again inside the host: see [`agent`].

use std::env;
use std::fs::OpenOptions;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::lab::Host;
use super::process::{Running, STEP_TIMEOUT};
use super::rerun::test_path;

const DEVICE: &str = "MEDIDOR_TAP_DEVICE";
const FILE: &str = "MEDIDOR_TAP_FILE";
const FILTER: &str = "MEDIDOR_TAP_FILTER";

/// Not a test: the capturing process inside a host. It captures until its standard input ends and the kernel's ring is
/// empty.
#[test]
#[ignore = "run by the tests that capture in the lab"]
fn agent() {
    let Ok(device) = env::var(DEVICE) else { return };
    // In immediate mode each frame takes a slot of the snapshot length: a short one leaves room for many frames.
    let capture = pcap::Capture::from_device(device.as_str()).unwrap().immediate_mode(true).snaplen(2048);
    let mut capture = capture.buffer_size(16 << 20).open().unwrap().setnonblock().unwrap();
    capture.filter(&env::var(FILTER).unwrap(), true).unwrap();
    let mut file = capture.savefile(env::var_os(FILE).unwrap()).unwrap();

    eprintln!("listening");
    let input = io::stdin();
    let (mut written, mut received, mut stopping) = (0, 0, false);
    // Frames that passed before the end of the input are counted by then. Frames that pass while the rest is read are
    // counted and read too.
    while !stopping || written < received {
        if !stopping {
            // A blocking read would wait forever on an idle wire.
            let mut events =
                [PollFd::new(capture.as_fd(), PollFlags::POLLIN), PollFd::new(input.as_fd(), PollFlags::POLLIN)];
            poll(&mut events, PollTimeout::NONE).unwrap();
            stopping = events[1].any().unwrap_or(true);
        }
        loop {
            match capture.next_packet() {
                Ok(packet) => file.write(&packet),
                Err(pcap::Error::TimeoutExpired) => break,
                Err(error) => panic!("the capture broke: {error}"),
            }
            written += 1;
        }
        let statistics = capture.stats().unwrap();
        assert_eq!(statistics.dropped, 0, "the reference capture lost frames");
        received = statistics.received;
    }
    file.flush().unwrap();
}

/// A running capture.
pub struct ReferenceCapture {
    process: Running,
    file: PathBuf,
}

impl ReferenceCapture {
    /// Starts a capture on a host's device and returns once it is live. The file is a classic pcap without a journal,
    /// as any other tool would write it.
    ///
    /// # Panics
    /// When the capture does not start, with libpcap's message.
    pub fn start(host: &Host, file: &Path, filter: &str) -> Self {
        Self::start_on(host, host.device(), file, filter)
    }

    /// Starts a capture on another device of the host, except loopback, whose frames are counted twice.
    ///
    /// # Panics
    /// As [`ReferenceCapture::start`].
    pub fn start_on(host: &Host, device: &str, file: &Path, filter: &str) -> Self {
        // Reports a wrong path here rather than in the other process.
        let created = OpenOptions::new().create(true).append(true).open(file);
        created.unwrap_or_else(|error| panic!("cannot create {}: {error}", file.display()));
        let mut command = host.test_command(test_path!("agent"));
        command.env(DEVICE, device).env(FILE, file).env(FILTER, filter);
        let process = Running::start_test_with_input(command);
        process.wait_for_line(|line| line == "listening", STEP_TIMEOUT);
        Self { process, file: file.to_owned() }
    }

    /// Ends the capture and reads its file, which holds every frame that has passed so far.
    ///
    /// # Panics
    /// When frames were lost, or the file cannot be read.
    pub fn stop(mut self) -> Vec<Frame> {
        self.process.close_input();
        // It fails when a frame was lost.
        let _ = self.process.wait(STEP_TIMEOUT).expect_code(0);
        frames(&self.file)
    }
}

/// The identifying fields of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    Udp {
        source: SocketAddr,
        destination: SocketAddr,
        text: Vec<u8>,
    },
    /// An ICMP error.
    Icmp {
        source: IpAddr,
        destination: IpAddr,
        /// Type and code as in RFC 792; port unreachable is (3, 3).
        kind: (u8, u8),
    },
    /// Anything else.
    Other,
}

impl Frame {
    /// Whether it is a datagram with exactly this text.
    pub fn has_text(&self, wanted: &str) -> bool {
        matches!(self, Self::Udp { text, .. } if text == wanted.as_bytes())
    }
}

/// The number of datagrams with exactly this text.
pub fn count(frames: &[Frame], text: &str) -> usize {
    frames.iter().filter(|frame| frame.has_text(text)).count()
}

/// Reads a capture file of an Ethernet device.
///
/// # Panics
/// When it is not such a file.
pub fn frames(file: &Path) -> Vec<Frame> {
    stamped_frames(file).into_iter().map(|(_, frame)| frame).collect()
}

/// [`frames`] with the time of each, in nanoseconds since 1970 and a resolution of 1 µs.
///
/// # Panics
/// When it is not such a file.
pub fn stamped_frames(file: &Path) -> Vec<(i64, Frame)> {
    let opened = pcap::Capture::from_file(file);
    let mut capture = opened.unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display()));
    let mut frames = Vec::new();
    loop {
        match capture.next_packet() {
            Ok(packet) => {
                let time = packet.header.ts;
                frames.push((time.tv_sec * 1_000_000_000 + time.tv_usec * 1_000, decode(packet.data)));
            }
            Err(pcap::Error::NoMorePackets) => return frames,
            Err(error) => panic!("{} is broken after frame {}: {error}", file.display(), frames.len()),
        }
    }
}

fn decode(data: &[u8]) -> Frame {
    let Ok(packet) = SlicedPacket::from_ethernet(data) else { return Frame::Other };
    let (source, destination): (IpAddr, IpAddr) = match &packet.net {
        Some(NetSlice::Ipv4(ip)) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        Some(NetSlice::Ipv6(ip)) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        _ => return Frame::Other,
    };
    match &packet.transport {
        Some(TransportSlice::Udp(udp)) => Frame::Udp {
            source: (source, udp.source_port()).into(),
            destination: (destination, udp.destination_port()).into(),
            text: udp.payload().to_vec(),
        },
        Some(TransportSlice::Icmpv4(icmp)) => {
            Frame::Icmp { source, destination, kind: (icmp.type_u8(), icmp.code_u8()) }
        }
        _ => Frame::Other,
    }
}
