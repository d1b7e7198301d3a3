//! Makes the captures and journals of both hosts of an exchange of any size, with known losses, without running it.
//!
//! ```text
//! cargo run --release --example pair -- FOLDER [MESSAGES] [SEED]
//! ```
//!
//! Writes `client.pcap` and `server.pcap` and, in the folder `with-journals`, the same captures with their journals.
//! Prints the number of lost messages by segment as JSON. Each of four segments loses one message in a thousand.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::net::SocketAddr;
use std::path::Path;

use etherparse::PacketBuilder;
use medidor::capture::savefile::{Resolution, Savefile};
use medidor::core::evidence::capture_log::digest;
use medidor::core::evidence::journal::Record;
use medidor::core::evidence::journal_messages::{Peer, Received, Sent};
use medidor::core::evidence::journal_run::{
    CaptureCounters, CaptureEnd, CaptureInfo, Counters, End, EndReason, Role, Run, SCHEMA,
};
use medidor::core::time::{Mono, Now, Wall};

/// `LINKTYPE_ETHERNET`.
const ETHERNET: i32 = 1;
const SNAPLEN: u32 = 65_535;
const START_NS: i64 = 1_750_000_000_000_000_000;
/// Interval between two messages.
const INTERVAL_NS: i64 = 5_000;
/// Offset of the server's clock from the client's.
const OFFSET_NS: i64 = 730_000_000;
/// Each segment in [`DEADLY`] loses one message in this many.
const LOST_ONE_IN: u64 = 1_000;
const PATIENCE_NS: i64 = 1_000_000_000;

const CLIENT: ([u8; 4], u16) = ([192, 168, 1, 10], 40_001);
/// The client's address and port as the server sees them, behind the NAT.
const ROUTER: ([u8; 4], u16) = ([203, 0, 113, 1], 61_000);
const SERVER: ([u8; 4], u16) = ([203, 0, 113, 2], 5_005);

/// The segments that lose messages, each with the index of the last of eight points that a lost message passes.
const DEADLY: [(usize, &str); 4] =
    [(1, "network_forward"), (2, "server_host_in"), (5, "network_return"), (6, "client_host_in")];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: pair FOLDER [MESSAGES] [SEED]")?;
    let messages = arguments.next().map_or(Ok(1_000_000), |count| count.parse::<u64>())?;
    let seed = arguments.next().map_or(Ok(1), |seed| seed.parse())?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder.join("with-journals"))?;
    let mut client = Host::create(folder, Role::Client)?;
    let mut server = Host::create(folder, Role::Server)?;
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut lost = [0_u64; DEADLY.len()];
    for n in 1..=messages {
        let fate = dice.u64(0..LOST_ONE_IN);
        let last = DEADLY.get(fate as usize).map_or(7, |(last, _)| *last);
        if let Some(count) = lost.get_mut(fate as usize) {
            *count += 1;
        }
        let at = n as i64 * INTERVAL_NS;
        // The delays of the forward path, of the server and of the return path.
        let (out, turn, back) = (dice.i64(200_000..203_000), dice.i64(9_000..10_000), dice.i64(210_000..213_000));
        let times =
            [0, 1_500, 1_500 + out, 4_500 + out, 6_000 + out, turn + out, turn + out + back, turn + out + back + 3_000];
        let request = format!("Mensagem {n}");
        let reply = format!("ACK {n}");
        for (point, time) in times.iter().enumerate().take(last + 1) {
            let text = if point < 4 { &request } else { &reply };
            let host = if matches!(point, 0 | 1 | 6 | 7) { &mut client } else { &mut server };
            host.note(at + time, point, n, text);
        }
        // Later messages have no earlier events, so these events can be written in the order of time.
        client.settle(at)?;
        server.settle(at)?;
    }
    let end = (messages + 1) as i64 * INTERVAL_NS + PATIENCE_NS + 2_000_000_000;
    client.finish(end)?;
    server.finish(end)?;
    let lost: Vec<String> =
        DEADLY.iter().zip(lost).map(|((_, segment), count)| format!("\"{segment}\":{count}")).collect();
    println!("{{\"messages\":{messages},\"lost\":{{{}}}}}", lost.join(","));
    Ok(())
}

/// An event at a host, not yet written.
struct Event {
    /// True time, nanoseconds from the start.
    time: i64,
    point: usize,
    n: u64,
    text: String,
}

/// The capture and the journal of one host.
struct Host {
    role: Role,
    capture: Savefile,
    packets: u64,
    journal: BufWriter<File>,
    waiting: Vec<Event>,
    folder: std::path::PathBuf,
}

impl Host {
    fn create(folder: &Path, role: Role) -> Result<Self, Box<dyn Error>> {
        let name = name(role);
        let capture = Savefile::create(&folder.join(format!("{name}.pcap")), ETHERNET, SNAPLEN, Resolution::Nano)?;
        let journal = File::create(folder.join("with-journals").join(format!("{name}.journal.jsonl")))?;
        let journal = BufWriter::with_capacity(1 << 20, journal);
        let mut host = Self { role, capture, packets: 0, journal, waiting: Vec::new(), folder: folder.to_owned() };
        let client = role == Role::Client;
        host.write(&Record::Run(Box::new(Run {
            schema: SCHEMA.into(),
            version: "0".into(),
            dialect: "exchange".into(),
            role,
            at: host.now(-2_000_000_000),
            local: SocketAddr::from(if client { CLIENT } else { SERVER }),
            peer: client.then(|| SocketAddr::from(SERVER)),
            gateway: None,
            addresses: vec![std::net::IpAddr::from(if client { CLIENT.0 } else { SERVER.0 })],
            parameters: serde_json::json!({}),
            timeout_ns: client.then_some(PATIENCE_NS),
            boot_id: None,
            hop_limit: None,
            clocks: None,
            capture: Some(CaptureInfo {
                file: format!("{name}.pcap"),
                device: "eth0".into(),
                link_type: "EN10MB".into(),
                link_number: ETHERNET,
                filter: "udp port 5005".into(),
                snaplen: SNAPLEN,
                resolution_ns: 1,
                ring_bytes: 0,
                live: host.now(-1_000_000_000).wall,
            }),
        })))?;
        let peer = if client { SERVER } else { ROUTER };
        host.write(&Record::Peer(Peer { p: 0, addr: SocketAddr::from(peer) }))?;
        Ok(host)
    }

    fn now(&self, time: i64) -> Now {
        let ahead = if self.role == Role::Server { OFFSET_NS } else { 0 };
        Now { wall: Wall(START_NS + time + ahead), mono: Mono(10_000_000_000 + time) }
    }

    fn note(&mut self, time: i64, point: usize, n: u64, text: &str) {
        self.waiting.push(Event { time, point, n, text: text.to_owned() });
    }

    /// Writes the events before `time`, in order. Does nothing while only a few events wait.
    fn settle(&mut self, time: i64) -> Result<(), Box<dyn Error>> {
        // Batches are large, and sorting a nearly sorted list is cheap.
        if self.waiting.len() < 4_096 && time != i64::MAX {
            return Ok(());
        }
        self.waiting.sort_by_key(|event| event.time);
        let due = self.waiting.partition_point(|event| event.time < time);
        for event in self.waiting.drain(..due).collect::<Vec<_>>() {
            self.put(&event)?;
        }
        Ok(())
    }

    fn put(&mut self, event: &Event) -> Result<(), Box<dyn Error>> {
        let at = self.now(event.time);
        let h = digest(event.text.as_bytes());
        match event.point {
            0 | 4 => {
                let behind = (event.point == 0).then_some(900);
                self.write(&Record::Sent(Sent {
                    n: event.n,
                    p: 0,
                    at,
                    send_duration_ns: 1_200,
                    lateness_ns: behind,
                    h,
                    dropped: None,
                }))
            }
            3 | 7 => {
                let k = Some(at.wall.shifted(-2_500));
                self.write(&Record::Received(Received { n: event.n, p: 0, at, k, h }))
            }
            _ => {
                let peer = if self.role == Role::Client { CLIENT } else { ROUTER };
                let (from, to) = if event.point < 4 { (peer, SERVER) } else { (SERVER, peer) };
                let builder = PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
                let builder = builder.ipv4(from.0, to.0, if matches!(event.point, 2 | 6) { 61 } else { 64 });
                let mut frame = Vec::with_capacity(64);
                builder.udp(from.1, to.1).write(&mut frame, event.text.as_bytes())?;
                self.packets += 1;
                Ok(self.capture.push(at.wall, frame.len() as u32, &frame)?)
            }
        }
    }

    fn write(&mut self, record: &Record) -> Result<(), Box<dyn Error>> {
        serde_json::to_writer(&mut self.journal, record)?;
        Ok(self.journal.write_all(b"\n")?)
    }

    fn finish(mut self, end: i64) -> Result<(), Box<dyn Error>> {
        self.settle(i64::MAX)?;
        let counters = CaptureCounters { written: self.packets, received: self.packets, ..CaptureCounters::default() };
        let at = self.now(end);
        self.write(&Record::Counters(Box::new(Counters {
            at,
            socket_drops: None,
            capture: Some(counters),
            clocks: None,
        })))?;
        let capture = Some(CaptureEnd { close: at.wall, counters, failure: None });
        self.write(&Record::End(Box::new(End {
            at,
            reason: EndReason::Done,
            socket_drops: None,
            capture,
            clocks: None,
        })))?;
        self.journal.flush()?;
        self.capture.flush()?;
        let file = format!("{}.pcap", name(self.role));
        let beside = self.folder.join("with-journals").join(&file);
        if beside.exists() {
            std::fs::remove_file(&beside)?;
        }
        std::fs::hard_link(self.folder.join(&file), beside)?;
        Ok(())
    }
}

fn name(role: Role) -> &'static str {
    match role {
        Role::Client => "client",
        Role::Server => "server",
    }
}
