//! Makes the seeds: `seeds RECORDED OUT`. RECORDED is a folder of files written by the program and recorded by
//! `make-seeds`; this example builds the rest frame by frame.

use std::path::{Path, PathBuf};
use std::{env, fs};

use etherparse::{IpNumber, PacketBuilder};
use medidor::capture::LinkType;
use medidor::capture::savefile::{Resolution, Savefile};
use medidor::core::time::{SECOND, Wall};

#[path = "../../tests/common/pcap.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod pcap;

use pcap::{Frame, Order, link};

/// Texts that other programs send, and texts that only look similar.
const TEXTS: [&str; 16] = [
    "Mensagem 7",
    "7",
    "7 - oi",
    "7) oi",
    "0-conexão",
    "mensagem 12 de 30",
    "ACK 7",
    "ACK7",
    "ack: 7",
    "ACK + 7",
    "Ack#7",
    " ack \t7\r\n",
    "ACKNOWLEDGE 7",
    "ack 99999999999999999999999",
    "18446744073709551615",
    "{n}) oi",
];

fn main() {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [recorded, out] = &folders[..] else { panic!("seeds RECORDED OUT") };
    for target in ["message", "frame", "journal", "capture", "evidence", "chat", "smtp", "control", "config", "http"] {
        fs::create_dir_all(out.join(target)).unwrap();
    }
    messages(&out.join("message"));
    peers(out);
    for (link, ipv6) in LinkType::ALL.into_iter().flat_map(|link| [(link, false), (link, true)]) {
        if matches!((link, ipv6), (LinkType::Ipv4, true) | (LinkType::Ipv6, false)) {
            continue;
        }
        let name = format!("{}-{}", link.name().to_lowercase(), if ipv6 { "v6" } else { "v4" });
        let frames = frames(link, ipv6);
        for (number, frame) in frames.iter().enumerate().skip(2) {
            let index = LinkType::ALL.iter().position(|other| *other == link).unwrap() as u8;
            let input = [&[index, 0, 0], &frame[..]].concat();
            fs::write(out.join("frame").join(format!("{name}-{number}")), input).unwrap();
        }
        save(&out.join("capture").join(format!("{name}.pcap")), link, &frames);
    }
    others(&out.join("capture"));
    let read = |name: &str| fs::read(recorded.join(name)).unwrap();
    for entry in fs::read_dir(recorded).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let target = if name.ends_with(".jsonl") { "journal" } else { "capture" };
        fs::copy(&path, out.join(target).join(name)).unwrap();
    }
    for name in ["v4", "v6", "udp", "classic", "quic", "tcp"] {
        let part = |role: &str, kind: &str| read(&format!("{name}-{role}.{kind}"));
        let (client, server) = (part("client", "journal.jsonl"), part("server", "journal.jsonl"));
        fs::write(out.join("journal").join(format!("{name}-both")), [&client[..], &[0], &server].concat()).unwrap();
        let all = [client, part("client", "pcap"), server, part("server", "pcap")];
        let parts = all.into_iter().flat_map(|part| [(part.len() as u32).to_le_bytes().to_vec(), part]);
        fs::write(out.join("evidence").join(name), parts.collect::<Vec<_>>().concat()).unwrap();
    }
}

/// What peers send, and a configuration.
fn peers(out: &Path) {
    let name = "a".repeat(64);
    let welcome = format!(
        r#"{{"say":"welcome","version":1,"number":1,"clients":2,"name":"a.bin","size":100000,"sha256":"{name}","mode":"udp","block":1000,"token":7,"port":40001}}"#
    );
    let done = r#"{"say":"done","verified":true,"bytes":9,"took_ns":5,"received":1,"duplicates":0,"missing":[[0,3]],"ranges":1,"socket_drops":null}"#;
    let block = [&7u64.to_be_bytes()[..], &3u32.to_be_bytes(), &[1; 1000]].concat();
    let config = include_str!("../../docs/monitor.toml");
    let seeds: [(&str, &str, &[u8]); 17] = [
        (
            "chat",
            "joining",
            b"\x01aNovo participante no chat.\0bNovo participante no chat.\0aoi\0b/nick Bia\0bping\0a/sair",
        ),
        ("chat", "challenged", b"\x00aoi\0a/entrar 0123456789abcdef\0aping\0b/sair"),
        ("chat", "lines", b"\x00aoi\r\nol\xc3\xa1\n\0bmeia linha\0c/nick x\n/ping\n"),
        ("chat", "forged", "\u{1}aoi\nbia disse: a\rb\u{1b}[2J\u{202e}\0bana: oi".as_bytes()),
        (
            "smtp",
            "session",
            b"220 mail ESMTP\r\n250-mail\r\n250-SIZE 100\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n354 go\r\n",
        ),
        ("smtp", "refused", b"220 Ol\xe1\r\n502 what?\r\n451 later\r\n550\r\n"),
        ("smtp", "other", b"SSH-2.0-OpenSSH_9.6\r\n"),
        (
            "control",
            "join",
            b"{\"say\":\"join\",\"version\":1}\n{\"say\":\"ready\",\"port\":9,\"room\":64}\n{\"say\":\"start\"}\n",
        ),
        ("control", "welcome", welcome.as_bytes()),
        ("control", "done", done.as_bytes()),
        ("control", "block", &block),
        ("control", "classic", b"005\0../a\\b.bin"),
        ("config", "documented", config.as_bytes()),
        (
            "config",
            "small",
            b"[[target]]\nhost = \"a:7\"\ninterval = \"10s\"\nalert = \"always\"\n[smtp]\nserver = \"m\"\n",
        ),
        ("config", "wrong", b"[[target]]\nhost = 7\n"),
        ("http", "metrics", b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"),
        (
            "http",
            "others",
            b"POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ),
    ];
    for (target, name, bytes) in seeds {
        fs::write(out.join(target).join(name), bytes).unwrap();
    }
}

fn messages(out: &Path) {
    for (number, text) in TEXTS.iter().enumerate() {
        fs::write(out.join(format!("text-{number:02}")), [b"\x01", text.as_bytes()].concat()).unwrap();
    }
    let talk = (1..=12u8).flat_map(|n| [format!("\x02ACK {n}\0"), format!("{}Mensagem {n}\0", char::from(n))]);
    fs::write(out.join("talk"), talk.collect::<String>()).unwrap();
}

/// Three messages: the first gets a reply, the second an ICMP error, and the third is fragmented.
fn frames(link: LinkType, ipv6: bool) -> Vec<Vec<u8>> {
    let packet = |request: bool, text: &[u8]| {
        let (from, to) = if request { (1, 2) } else { (2, 1) };
        let (source, destination) = if request { (40_001, 5005) } else { (5005, 40_001) };
        let mut packet = Vec::new();
        if ipv6 {
            let builder = PacketBuilder::ipv6([from; 16], [to; 16], 64).udp(source, destination);
            builder.write(&mut packet, text).unwrap();
        } else {
            let builder = PacketBuilder::ipv4([10, 0, 0, from], [10, 0, 0, to], 64).udp(source, destination);
            builder.write(&mut packet, text).unwrap();
        }
        packet
    };
    let refused = packet(true, b"Mensagem 2");
    let message = [&[if ipv6 { 1 } else { 3 }, if ipv6 { 4 } else { 3 }, 0, 0, 0, 0, 0, 0], &refused[..]].concat();
    let mut error = Vec::new();
    if ipv6 {
        PacketBuilder::ipv6([2; 16], [1; 16], 64).write(&mut error, IpNumber::IPV6_ICMP, &message).unwrap();
    } else {
        PacketBuilder::ipv4([10, 0, 0, 2], [10, 0, 0, 1], 64).write(&mut error, IpNumber::ICMP, &message).unwrap();
    }
    let mut fragment = packet(true, b"Mensagem 3 in fragments");
    if ipv6 {
        fragment[6] = 44;
        fragment[5] += 8;
        fragment.splice(40..40, [17, 0, 0, 1, 0, 0, 0, 7]);
    } else {
        fragment[6] = 0x20;
    }
    let mut later = fragment.clone();
    later[if ipv6 { 43 } else { 7 }] |= 8;
    let ways = [4, 0, 4, 0, 4, 4];
    let packets = [packet(true, b"Mensagem 1"), packet(false, b"ACK 1"), refused, error, fragment, later];
    let header = |way: u8| -> Vec<u8> {
        let ether_type: [u8; 2] = if ipv6 { [0x86, 0xdd] } else { [8, 0] };
        let family = if ipv6 { 10 } else { 2 };
        match link {
            LinkType::Raw | LinkType::Ipv4 | LinkType::Ipv6 => Vec::new(),
            LinkType::Null => vec![family, 0, 0, 0],
            LinkType::Loop => vec![0, 0, 0, family],
            // Frames of the return path have a VLAN tag.
            LinkType::Ethernet if way == 0 => [&[2; 12][..], &[0x81, 0, 0, 7], &ether_type].concat(),
            LinkType::Ethernet => [&[2; 12][..], &ether_type].concat(),
            LinkType::Sll => [&[0, way, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], &ether_type[..]].concat(),
            LinkType::Sll2 => [&ether_type[..], &[0, 0, 0, 0, 0, 2, 0, 1, way, 6, 2, 0, 0, 0, 0, 1, 0, 0]].concat(),
        }
    };
    ways.into_iter().zip(packets).map(|(way, packet)| [header(way), packet].concat()).collect()
}

/// File formats that the program reads but does not write.
fn others(out: &Path) {
    let time = |index: usize| 1_700_000_000_000_000_000 + index as u64 * 10_000_000;
    let of = |link: LinkType| -> Vec<Frame> {
        let frames = frames(link, false).into_iter().enumerate();
        frames.map(|(index, data)| Frame::whole(time(index), data)).collect()
    };
    let (little, big) = (Order { big: false }, Order { big: true });
    let ethernet = of(LinkType::Ethernet);
    for (name, order, nano) in [("micro", little, false), ("big-micro", big, false), ("big-nano", big, true)] {
        let file = pcap::classic(order, nano, link::ETHERNET, &ethernet);
        fs::write(out.join(format!("{name}.pcap")), file).unwrap();
    }
    // Two sections: one with several interfaces of different clock resolutions and an unknown block, one with the other
    // byte order.
    let mut file = pcap::section(little);
    file.extend(pcap::interface(little, link::ETHERNET, 262_144, &[(2, b"eth0"), (9, &[9])]));
    file.extend(pcap::interface(little, link::SLL2, 0, &[(9, &[0x94]), (14, &60i64.to_le_bytes())]));
    file.extend(pcap::interface(little, link::WIFI, 0, &[(9, &[12])]));
    file.extend(pcap::block(little, 0x0bad, &[7; 21]));
    for (index, frame) in ethernet.iter().chain(&of(LinkType::Sll2)).enumerate() {
        let interface = (index / ethernet.len()) as u32;
        file.extend(pcap::enhanced(little, interface, if interface == 0 { 1_000_000_000 } else { 1 << 20 }, frame));
    }
    file.extend(pcap::enhanced(little, 2, 1_000_000_000_000, &ethernet[0]));
    file.extend(pcap::section(big));
    file.extend(pcap::interface(big, link::RAW, 40, &[]));
    for frame in &of(LinkType::Raw) {
        file.extend(pcap::old(big, 0, frame));
        file.extend(pcap::simple(
            big,
            &Frame { data: frame.data[..frame.data.len().min(40)].to_vec(), ..frame.clone() },
        ));
    }
    fs::write(out.join("sections.pcapng"), file).unwrap();
    // Texts joined by the system (GSO), and a frame truncated by the snapshot length.
    let text = |text: &[u8]| pcap::datagram(false, (1, 40_001), (2, 5005), text);
    let mut joined: Vec<Frame> = [&b"Mensagem 1"[..], b"Mensagem 2Mensagem 3", b"4) oi5) oi", b"6", b"789"]
        .iter()
        .enumerate()
        .map(|(index, bytes)| Frame::whole(time(index), text(bytes)))
        .collect();
    let mut cut = Frame::whole(time(9), text(b"Mensagem 10"));
    cut.data.truncate(38);
    joined.push(cut);
    fs::write(out.join("joined.pcap"), pcap::classic(little, true, link::RAW, &joined)).unwrap();
}

fn save(path: &Path, link: LinkType, frames: &[Vec<u8>]) {
    let mut file = Savefile::create(path, link.number(), 65_535, Resolution::Nano).unwrap();
    for (number, frame) in frames.iter().enumerate() {
        let time = Wall(1_700_000_000 * SECOND + number as i64 * 10_000_000);
        file.push(time, frame.len() as u32, frame).unwrap();
    }
    file.flush().unwrap();
}
