//! An independent witness of the wire: a few lines over libpcap, run inside a host, that owe nothing to the capture code
//! under test. (tcpdump cannot serve without root: it insists on changing its groups, which a user namespace forbids.)
//!
//! The witness is this test binary, run again inside the host: see [`agent`].

use std::env;
use std::fs::OpenOptions;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd as _;
use std::path::{Path, PathBuf};

use etherparse::{NetSlice, SlicedPacket, TransportSlice};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::lab::Host;
use super::process::{PATIENCE, Running};
use super::rerun::test_path;

const DEVICE: &str = "MEDIDOR_TAP_DEVICE";
const FILE: &str = "MEDIDOR_TAP_FILE";
const FILTER: &str = "MEDIDOR_TAP_FILTER";

/// Not a test: the witness, as it runs inside a host. It captures until its standard input ends, and then on until the
/// kernel has nothing left for it.
#[test]
#[ignore = "run by the tests that tap a wire in the lab"]
fn agent() {
    let Ok(device) = env::var(DEVICE) else { return };
    // Frames of immediate mode lie in slots of the snapshot length: a short one leaves room for many.
    let capture = pcap::Capture::from_device(device.as_str()).unwrap().immediate_mode(true).snaplen(2048);
    let mut capture = capture.buffer_size(16 << 20).open().unwrap().setnonblock().unwrap();
    capture.filter(&env::var(FILTER).unwrap(), true).unwrap();
    let mut file = capture.savefile(env::var_os(FILE).unwrap()).unwrap();

    eprintln!("listening");
    let input = io::stdin();
    let (mut written, mut seen, mut told_to_stop) = (0, 0, false);
    // What passed before we were told is there by then; what passes while the last of it is read is counted, and is read
    // as well.
    while !told_to_stop || written < seen {
        if !told_to_stop {
            // A blocking read would wait on an idle wire for ever.
            let mut events =
                [PollFd::new(capture.as_fd(), PollFlags::POLLIN), PollFd::new(input.as_fd(), PollFlags::POLLIN)];
            poll(&mut events, PollTimeout::NONE).unwrap();
            told_to_stop = events[1].any().unwrap_or(true);
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
        assert_eq!(statistics.dropped, 0, "the witness lost frames");
        seen = statistics.received;
    }
    file.flush().unwrap();
}

/// A capture that runs.
pub struct Tap {
    witness: Running,
    file: PathBuf,
}

impl Tap {
    /// Starts capturing on a host's device and returns once it is live. The file is a classic pcap without a journal:
    /// what any foreign tool would leave.
    ///
    /// # Panics
    /// When the capture does not come up, with what libpcap said.
    pub fn start(host: &Host, file: &Path, filter: &str) -> Self {
        Self::start_on(host, host.device(), file, filter)
    }

    /// The same on another device of the host, the loopback excepted (its frames are counted twice).
    ///
    /// # Panics
    /// As [`Tap::start`].
    pub fn start_on(host: &Host, device: &str, file: &Path, filter: &str) -> Self {
        // A file that cannot be made is the test's mistake, and better told here.
        let made = OpenOptions::new().create(true).append(true).open(file);
        made.unwrap_or_else(|error| panic!("cannot create {}: {error}", file.display()));
        let mut command = host.test_command(test_path!("agent"));
        command.env(DEVICE, device).env(FILE, file).env(FILTER, filter);
        let witness = Running::start_test_with_input(command);
        witness.wait_for_line(|line| line == "listening", PATIENCE);
        Self { witness, file: file.to_owned() }
    }

    /// Ends the capture, with every frame that has passed so far in its file, and reads that.
    ///
    /// # Panics
    /// When frames were lost, or the file cannot be read.
    pub fn stop(mut self) -> Vec<Frame> {
        self.witness.close_input();
        // Its status is bad when a frame was lost.
        let _ = self.witness.wait(PATIENCE).expect_code(0);
        frames(&self.file)
    }
}

/// What of a frame tells it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A UDP datagram.
    Udp {
        /// Source address and port.
        source: SocketAddr,
        /// Destination address and port.
        destination: SocketAddr,
        /// The payload.
        text: Vec<u8>,
    },
    /// An ICMP error.
    Icmp {
        /// Who complains.
        source: IpAddr,
        /// To whom.
        destination: IpAddr,
        /// Type and code as in RFC 792; port unreachable is (3, 3).
        kind: (u8, u8),
    },
    /// Anything else.
    Other,
}

impl Frame {
    /// Whether it is a datagram with exactly this text.
    pub fn says(&self, wanted: &str) -> bool {
        matches!(self, Self::Udp { text, .. } if text == wanted.as_bytes())
    }
}

/// How many frames are datagrams with exactly this text.
pub fn count(frames: &[Frame], text: &str) -> usize {
    frames.iter().filter(|frame| frame.says(text)).count()
}

/// Reads a capture file of an Ethernet device.
///
/// # Panics
/// When it is no such file.
pub fn frames(file: &Path) -> Vec<Frame> {
    stamped_frames(file).into_iter().map(|(_, frame)| frame).collect()
}

/// The same with the time of each frame, nanoseconds since 1970, to the microsecond.
///
/// # Panics
/// When it is no such file.
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
