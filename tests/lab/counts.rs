//! tshark, tcpdump and medidor agree on the number of datagrams of each flow and direction in a capture, and on the
//! time of each, for every capture format.

use std::collections::BTreeMap;
use std::fs;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::pcap;
use crate::common::pcap::{Frame, Order, link, read_capture};
use crate::common::process::{Running, STEP_TIMEOUT};
use crate::common::rerun::test_path;
use crate::common::{PRIVATE_NETWORK, inside, skip};
use medidor::core::evidence::capture_log::CaptureLog;

const LITTLE: Order = Order { big: false };
const BIG: Order = Order { big: true };

/// The number of datagrams by source and destination, in the notation of `SocketAddr`.
type Counts = BTreeMap<(String, String), u64>;

/// Packets of an exchange with two clients, over IPv4 and IPv6, with losses, among other traffic.
fn packets() -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    for number in 1..=20 {
        let (request, reply) = (format!("Mensagem {number}"), format!("ACK {number}"));
        for (ipv6, client) in [(false, (1, 40_001)), (false, (3, 40_001)), (true, (1, 40_002))] {
            packets.push(pcap::datagram(ipv6, client, (2, 5005), request.as_bytes()));
            if number % 7 != 0 {
                packets.push(pcap::datagram(ipv6, (2, 5005), client, reply.as_bytes()));
            }
        }
        packets.push(pcap::datagram(false, (1, 6001), (9, 6002), &[0xff; 700]));
        // Not UDP.
        let mut tcp = Vec::new();
        let builder = etherparse::PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).tcp(40_001, 5005, 1, 1000);
        builder.write(&mut tcp, b"Mensagem 1").unwrap();
        packets.push(tcp);
        let mut error = Vec::new();
        let quoted = pcap::datagram(false, (1, 40_001), (2, 5005), request.as_bytes());
        let builder = etherparse::PacketBuilder::ipv4([10, 0, 0, 2], [10, 0, 0, 1], 64);
        let message = [&[3, 3, 0, 0, 0, 0, 0, 0], &quoted[..]].concat();
        builder.write(&mut error, etherparse::IpNumber::ICMP, &message).unwrap();
        packets.push(error);
    }
    packets
}

/// The packets as frames, a few microseconds and nanoseconds apart.
fn frames(link: u32, tags: &[u16]) -> Vec<Frame> {
    let of_link = |packet: &Vec<u8>| match link {
        link::IPV4 => packet[0] >> 4 == 4,
        link::IPV6 => packet[0] >> 4 == 6,
        _ => true,
    };
    let packets = packets().into_iter().filter(of_link).enumerate();
    let time = |index: usize| 1_700_000_000_999_000_000 + index as u64 * 1_234_567;
    packets.map(|(index, packet)| Frame::whole(time(index), pcap::framed(link, tags, &packet))).collect()
}

/// The counts by medidor.
fn read(path: &Path) -> CaptureLog {
    read_capture(path).unwrap_or_else(|error| panic!("{error}"))
}

fn ours(log: &CaptureLog) -> Counts {
    let mut counts = Counts::new();
    for datagram in &log.datagrams {
        let flow = log.flows[datagram.flow as usize];
        *counts.entry((flow.source.to_string(), flow.destination.to_string())).or_default() += 1;
    }
    counts
}

/// A tool's output. The exit status is ignored, because for a broken file a tool prints the readable part and fails.
fn run(tool: &str, arguments: &[&str]) -> Option<String> {
    match Command::new(tool).args(arguments).output() {
        Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
        Err(error) => {
            skip(tool, &error.to_string());
            None
        }
    }
}

/// The times of all datagrams and the counts by tshark.
fn by_tshark(path: &Path) -> Option<(Vec<(u32, String)>, Counts)> {
    let fields = ["ip.src", "ipv6.src", "udp.srcport", "ip.dst", "ipv6.dst", "udp.dstport"];
    let mut arguments = vec!["-r", path.to_str().unwrap(), "-Y", "udp and not icmp and not icmpv6", "-T", "fields"];
    // Of a tunnel the last header is the innermost. A fragmented datagram is shown at the fragment that completes it.
    arguments.extend(["-E", "occurrence=l"]);
    arguments.extend(["-e", "frame.number", "-e", "frame.time_epoch"]);
    arguments.extend(fields.iter().flat_map(|field| ["-e", field]));
    let (mut seen, mut counts) = (Vec::new(), Counts::new());
    for line in run("tshark", &arguments)?.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [number, time, source4, source6, from, destination4, destination6, to] = fields[..] else {
            panic!("{line}")
        };
        let end =
            |v4: &str, v6: &str, port| if v4.is_empty() { format!("[{v6}]:{port}") } else { format!("{v4}:{port}") };
        seen.push((number.parse().unwrap(), time.to_owned()));
        *counts.entry((end(source4, source6, from), end(destination4, destination6, to))).or_default() += 1;
    }
    Some((seen, counts))
}

/// The counts by tcpdump.
fn by_tcpdump(path: &Path) -> Option<Counts> {
    let mut counts = Counts::new();
    for line in run("tcpdump", &["-n", "-t", "-r", path.to_str().unwrap()])?.lines() {
        // `IP 10.0.0.1.40001 > 10.0.0.2.5005: UDP, length 10`, after other words.
        let Some((before, after)) = line.split_once(" > ") else { continue };
        let Some((destination, rest)) = after.split_once(": ") else { continue };
        if !rest.starts_with("UDP,") {
            continue;
        }
        let end = |text: &str| {
            let (address, port) = text.rsplit_once('.').unwrap_or_else(|| panic!("{line}"));
            if address.contains(':') { format!("[{address}]:{port}") } else { format!("{address}:{port}") }
        };
        let source = before.rsplit(' ').next().unwrap();
        *counts.entry((end(source), end(destination))).or_default() += 1;
    }
    Some(counts)
}

/// Compares the three tools. `tcpdump` is false for a format that libpcap does not read.
fn all_agree(path: &Path, tcpdump: bool) -> CaptureLog {
    let log = read(path);
    let (counts, name) = (ours(&log), path.display());
    assert!(!counts.is_empty(), "{name}");
    if let Some((seen, other)) = by_tshark(path) {
        assert_eq!(counts, other, "{name}: medidor, tshark");
        if log.untimed == 0 {
            let stamp = |ns: i64| format!("{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000);
            let ours: Vec<_> = log.datagrams.iter().map(|seen| (seen.frame, stamp(seen.time.0))).collect();
            assert_eq!(ours, seen, "{name}: frames and times");
        }
    }
    if tcpdump && let Some(other) = by_tcpdump(path) {
        assert_eq!(counts, other, "{name}: medidor, tcpdump");
    }
    log
}

fn save(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn counts_agree_for_each_byte_order_and_resolution() {
    let folder = tempfile::tempdir().unwrap();
    for (order, nano) in [(LITTLE, false), (LITTLE, true), (BIG, false), (BIG, true)] {
        let bytes = pcap::classic(order, nano, link::ETHERNET, &frames(link::ETHERNET, &[]));
        let log = all_agree(&save(folder.path(), &format!("{order:?}-{nano}.pcap"), &bytes), true);
        assert_eq!((log.resolution_ns, log.damage.as_ref()), (if nano { 1 } else { 1000 }, None));
        assert_eq!(log.icmp_errors.len(), 20);
    }
}

#[test]
fn counts_agree_for_every_link_type() {
    let folder = tempfile::tempdir().unwrap();
    for number in [link::NULL, link::LOOP, link::SLL, link::SLL2, link::RAW, link::IPV4, link::IPV6] {
        let bytes = pcap::classic(LITTLE, true, number, &frames(number, &[]));
        let log = all_agree(&save(folder.path(), &format!("link-{number}.pcap"), &bytes), true);
        assert!(log.blind.is_empty() && log.damage.is_none());
    }
    // From a host with the other byte order.
    let mut swapped = frames(link::NULL, &[]);
    for frame in &mut swapped {
        frame.data[..4].reverse();
    }
    all_agree(&save(folder.path(), "null-big.pcap", &pcap::classic(BIG, true, link::NULL, &swapped)), true);
}

#[test]
fn counts_agree_with_vlan_tags() {
    let folder = tempfile::tempdir().unwrap();
    for (name, tags) in [("802.1Q", &[0x8100][..]), ("QinQ", &[0x88a8, 0x8100]), ("old-QinQ", &[0x9100, 0x8100])] {
        let bytes = pcap::classic(LITTLE, true, link::ETHERNET, &frames(link::ETHERNET, tags));
        all_agree(&save(folder.path(), name, &bytes), true);
    }
}

#[test]
fn counts_agree_for_fragments() {
    let folder = tempfile::tempdir().unwrap();
    let mut packets = packets();
    let long = pcap::datagram(false, (1, 40_001), (2, 5005), format!("Mensagem 21 {}", "x".repeat(2_000)).as_bytes());
    let (header, payload) = long.split_at(20);
    for (offset, part) in payload.chunks(1_000).enumerate() {
        let mut header = header.to_vec();
        header[2..4].copy_from_slice(&(20 + part.len() as u16).to_be_bytes());
        let more = if (offset + 1) * 1_000 < payload.len() { 0x2000 } else { 0 };
        header[6..8].copy_from_slice(&(more + offset as u16 * 125).to_be_bytes());
        packets.push([&header, part].concat());
    }
    let frames: Vec<Frame> =
        packets.into_iter().map(|packet| Frame::whole(1_700_000_000_000_000_000, packet)).collect();
    let log = all_agree(&save(folder.path(), "x.pcap", &pcap::classic(LITTLE, true, link::RAW, &frames)), true);
    assert_eq!((log.later_fragments, log.datagrams.iter().last().unwrap().number), (2, Some(21)));
}

#[test]
fn counts_agree_in_tunnels() {
    let tunnel = |protocol: u8, payload: &[u8]| {
        let mut packet = Vec::new();
        let builder = etherparse::PacketBuilder::ipv4([192, 0, 2, 1], [192, 0, 2, 2], 64);
        builder.write(&mut packet, etherparse::IpNumber(protocol), payload).unwrap();
        packet
    };
    let framed = |packet: &[u8]| pcap::framed(link::ETHERNET, &[], packet);
    let behind = |ether_type: u16, header: &[u8], packet: &[u8]| {
        [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2][..], &ether_type.to_be_bytes(), header, packet].concat()
    };
    let mut frames = Vec::new();
    // tshark names the addresses of both versions, where one is in the other.
    for packet in packets().into_iter().filter(|packet| packet[0] >> 4 == 4 && packet[9] == 17) {
        let length = (packet.len() as u16 + 2).to_be_bytes();
        let session = [&[0x11, 0, 0, 7][..], &length, &[0, 0x21]].concat();
        let datagram = [&[8, 0, 0, 0, 0, 0, 9, 0][..], &framed(&packet)].concat();
        frames.extend([
            behind(0x8864, &session, &packet),
            behind(0x8847, &[0, 1, 0x20, 64, 0, 2, 0x21, 64], &packet),
            framed(&tunnel(4, &packet)),
            framed(&tunnel(47, &[&[0, 0, 8, 0][..], &packet].concat())),
            framed(&tunnel(47, &[&[0x30, 0, 8, 0, 0, 0, 0, 1, 0, 0, 0, 2][..], &packet].concat())),
            framed(&tunnel(47, &[&[0, 0, 0x65, 0x58][..], &framed(&packet)].concat())),
            framed(&pcap::datagram(false, (20, 50_000), (21, 4789), &datagram)),
        ]);
    }
    // Within a second they would be copies of one datagram.
    let time = |index: usize| 1_700_000_000_000_000_000 + index as u64 * 2_000_000_000;
    let frames: Vec<Frame> =
        frames.into_iter().enumerate().map(|(index, data)| Frame::whole(time(index), data)).collect();
    let folder = tempfile::tempdir().unwrap();
    // tcpdump prints tunnels in several ways.
    let log = all_agree(&save(folder.path(), "x.pcap", &pcap::classic(LITTLE, true, link::ETHERNET, &frames)), false);
    assert_eq!(log.datagrams.len() % 7, 0);
}

#[test]
fn counts_agree_for_truncated_captures() {
    let folder = tempfile::tempdir().unwrap();
    let whole =
        save(folder.path(), "whole.pcap", &pcap::classic(LITTLE, true, link::ETHERNET, &frames(link::ETHERNET, &[])));
    let log = all_agree(&whole, true);
    let short = folder.path().join("short.pcap");
    // 14 bytes of Ethernet, 40 of IPv6 and 8 of UDP.
    if run("editcap", &["-s", "62", "-F", "nsecpcap", whole.to_str().unwrap(), short.to_str().unwrap()]).is_some() {
        let cut = all_agree(&short, true);
        assert_eq!(ours(&cut), ours(&log));
        assert!(cut.cut > 0 && cut.datagrams.iter().any(|datagram| datagram.digest.is_none()));
    }
    let bytes = fs::read(&whole).unwrap();
    for length in [bytes.len() - 3, bytes.len() / 2, 24 + 16 + 100] {
        let broken = all_agree(&save(folder.path(), "broken.pcap", &bytes[..length]), true);
        assert!(broken.damage.is_some() && broken.packets < log.packets);
    }
}

#[test]
fn counts_agree_for_formats_of_other_tools() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = pcap::classic(LITTLE, false, link::ETHERNET, &frames(link::ETHERNET, &[]));
    let whole = save(folder.path(), "whole.pcap", &bytes);
    // The last format is known to libpcap only.
    for form in ["pcap", "nsecpcap", "pcapng", "modpcap"] {
        let path = folder.path().join(form);
        if run("editcap", &["-F", form, whole.to_str().unwrap(), path.to_str().unwrap()]).is_some() {
            let log = all_agree(&path, true);
            assert_eq!(log.packets, 20 * 9 - 6, "{form}");
        }
    }
}

#[test]
fn counts_agree_for_pcapng_interfaces_and_sections() {
    let folder = tempfile::tempdir().unwrap();
    // Link types, clock ticks and offsets differ; the second section has the other byte order and obsolete blocks.
    let mut file = pcap::section(LITTLE);
    file.extend(pcap::interface(LITTLE, link::ETHERNET, 262_144, &[(2, b"eth0"), (9, &[9])]));
    file.extend(pcap::interface(LITTLE, link::SLL, 0, &[(9, &[3]), (14, &1_000_000i64.to_le_bytes())]));
    // Custom blocks, a journal entry, names, statistics, and an unknown type: tshark numbers the first three.
    let long = vec![7; 700_000];
    for (kind, body) in [
        (0x0bad, &[7; 45][..]),
        (0x4000_0bad, &[7; 45]),
        (9, b"__REALTIME_TIMESTAMP=1700000000000000\n"),
        (4, &[0; 8]),
        (5, &[0; 12]),
        (0x7777, &long),
    ] {
        file.extend(pcap::block(LITTLE, kind, body));
    }
    file.extend(pcap::interface(LITTLE, link::RAW, 0, &[(9, &[0x94])]));
    let kinds = [(link::ETHERNET, 1_000_000_000), (link::SLL, 1_000), (link::RAW, 1 << 20)];
    let all: Vec<Vec<Frame>> = kinds.iter().map(|(link, _)| frames(*link, &[])).collect();
    let count = all[0].len();
    for (which, index) in [0, 1, 2].into_iter().cycle().zip(0..count) {
        let mut frame = all[which][index].clone();
        if which == 1 {
            frame.time -= 1_000_000 * 1_000_000_000;
        }
        file.extend(pcap::enhanced(LITTLE, which as u32, kinds[which].1, &frame));
    }
    let one = save(folder.path(), "one.pcapng", &file);
    let log = all_agree(&one, false);
    assert_eq!((log.link_type.as_str(), log.resolution_ns), ("EN10MB, LINUX_SLL, RAW", 1_000_000));
    assert_eq!(log.packets as usize, count);

    file.extend(pcap::section(BIG));
    file.extend(pcap::interface(BIG, link::NULL, 0, &[]));
    for frame in &frames(link::NULL, &[])[..40] {
        // Later in time, or they would be duplicates of the same datagrams.
        file.extend(pcap::old(BIG, 0, &Frame { time: frame.time + 10_000_000_000, ..frame.clone() }));
    }
    let two = all_agree(&save(folder.path(), "two.pcapng", &file), false);
    assert_eq!(two.packets, log.packets + 40);
    assert!(two.datagrams.len() > log.datagrams.len());
}

#[test]
fn counts_agree_for_pcapng_in_each_byte_order() {
    let folder = tempfile::tempdir().unwrap();
    for order in [LITTLE, BIG] {
        let head = [pcap::section(order), pcap::interface(order, link::ETHERNET, 0, &[])].concat();
        let all = frames(link::ETHERNET, &[]);
        let enhanced = all.iter().flat_map(|frame| pcap::enhanced(order, 0, 1_000_000, frame));
        all_agree(&save(folder.path(), "enhanced", &[&head[..], &enhanced.collect::<Vec<_>>()].concat()), true);
        let old = all.iter().flat_map(|frame| pcap::old(order, 0, frame));
        all_agree(&save(folder.path(), "old", &[&head[..], &old.collect::<Vec<_>>()].concat()), true);
        let simple = all.iter().flat_map(|frame| pcap::simple(order, frame));
        let log = all_agree(&save(folder.path(), "simple", &[&head[..], &simple.collect::<Vec<_>>()].concat()), true);
        assert_eq!(log.untimed, log.datagrams.len() as u64);
    }
}

/// Twenty datagrams in each direction between two sockets on loopback.
fn talk() -> u64 {
    let (client, server) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let (from, to) = (client.local_addr().unwrap(), server.local_addr().unwrap());
    for number in 1..=20 {
        client.send_to(format!("Mensagem {number}").as_bytes(), to).unwrap();
        server.send_to(format!("ACK {number}").as_bytes(), from).unwrap();
    }
    40
}

#[test]
fn counts_agree_for_live_captures_of_other_tools() {
    inside(test_path!("counts_agree_for_live_captures_of_other_tools"), &PRIVATE_NETWORK, || {
        let folder = tempfile::tempdir().unwrap();
        let up = Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap();
        assert!(up.success());
        // A tool counts a frame once per interface on which it captures it.
        let tools: [(&str, &[&str], u64); 4] = [
            ("tcpdump", &["-i", "lo", "-U", "-Z", "root"], 1),
            ("tcpdump", &["-i", "any", "-U", "-Z", "root", "-y", "LINUX_SLL"], 1),
            ("dumpcap", &["-i", "any"], 1),
            ("dumpcap", &["-i", "lo", "-i", "any"], 2),
        ];
        for (index, (tool, arguments, times)) in tools.into_iter().enumerate() {
            let path = folder.path().join(format!("{index}.capture"));
            let mut command = Command::new(tool);
            command.args(arguments).args(["-c", &(40 * times).to_string(), "-w"]).arg(&path);
            let Ok(_) = Command::new(tool).arg("--version").output() else {
                skip(tool, "not installed");
                continue;
            };
            let running = Running::start(command);
            let live = |line: &str| line.contains("listening on") || line.starts_with("File: ");
            if let Err(end) = running.line_or_end(live, STEP_TIMEOUT) {
                skip(tool, &end);
                continue;
            }
            let sent = talk();
            let _ = running.wait(STEP_TIMEOUT).expect_code(0);
            let log = read(&path);
            assert_eq!((log.datagrams.len() as u64, log.dedup), (sent, sent * (times - 1)), "{tool} {arguments:?}");
            if times == 1 {
                all_agree(&path, true);
            } else if let Some((_, other)) = by_tshark(&path) {
                let twice: Counts = ours(&log).into_iter().map(|(flow, count)| (flow, count * times)).collect();
                assert_eq!(twice, other, "{tool} {arguments:?}");
            }
        }
    });
}
