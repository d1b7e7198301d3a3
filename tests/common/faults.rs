//! Ways to lose, repeat or hold up a datagram, each with the place where it can be seen.
//!
//! "Wire" is what a capture on that computer's device shows. On Linux a tap sees what comes in before any firewall,
//! and what goes out after all of them and after the queue.
//!
//! Faults strike IPv4 and IPv6 alike. Every fault is a table of its own (or a queue, for [`slow_link`]), so several work side by side on one host. They
//! stay until lifted, flushed, or the lab is gone. What a kernel may lack returns an `Option`: `None` after having
//! said `SKIPPED`.

use std::fmt::Write as _;

use super::lab::{Host, LAN_DEVICE, Lab, PORT};

/// Which datagrams a fault strikes: requests (by destination port) or replies (by source port), all or those with
/// exactly one text, all of these or some.
#[derive(Clone, Debug)]
pub struct Match {
    transport: &'static str,
    port_field: &'static str,
    port: u16,
    text: Option<Vec<u8>>,
    choice: Option<String>,
}

impl Match {
    /// Requests with exactly this text: `Mensagem 4` does not strike `Mensagem 40`.
    pub fn request(text: impl AsRef<[u8]>) -> Self {
        Self { text: Some(text.as_ref().to_vec()), ..Self::any_request() }
    }

    /// Replies with exactly this text.
    pub fn reply(text: impl AsRef<[u8]>) -> Self {
        Self { text: Some(text.as_ref().to_vec()), ..Self::any_reply() }
    }

    /// All requests.
    pub fn any_request() -> Self {
        Self { transport: "udp", port_field: "dport", port: PORT, text: None, choice: None }
    }

    /// All replies.
    pub fn any_reply() -> Self {
        Self { port_field: "sport", ..Self::any_request() }
    }

    /// The server's port, where it is not [`PORT`].
    #[must_use]
    pub fn on_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The same of TCP: segments from the server's port that carry more than their headers, which are shorter than 80 bytes.
    pub fn any_segment_from_server() -> Self {
        Self { transport: "meta length > 80 tcp", ..Self::any_reply() }
    }

    /// Of those, the ones whose payload has one of these values at a place.
    #[must_use]
    pub fn with_byte(mut self, place: usize, values: &[u8]) -> Self {
        let values: Vec<String> = values.iter().map(|value| format!("{value:#04x}")).collect();
        self.choice = Some(format!("@th,{},8 {{ {} }}", (UDP_HEADER + place) * 8, values.join(", ")));
        self
    }

    /// Of those, the first and then one in every `n`.
    #[must_use]
    pub fn one_in(mut self, n: u32) -> Self {
        self.choice = Some(format!("numgen inc mod {n} 0"));
        self
    }

    /// Of those, each with this probability, in thousandths: 1 to 1000.
    #[must_use]
    pub fn at_random(mut self, per_mille: u32) -> Self {
        assert!((1..=1000).contains(&per_mille), "not a probability that nft can express: {per_mille}");
        self.choice = Some(format!("numgen random mod 1000 <= {}", per_mille - 1));
        self
    }

    /// The same in the language of nft. What is compared at once may have 128 bits at most.
    fn expression(&self) -> String {
        let mut rule = format!("{} {} {}", self.transport, self.port_field, self.port);
        if let Some(text) = &self.text {
            // Offsets are bytes in a field of 8 bits.
            assert!(text.len() <= 200, "too long to be matched: {} bytes", text.len());
            // Writing to a string cannot fail.
            let _ = write!(rule, " udp length {}", UDP_HEADER + text.len());
            for (index, part) in text.chunks(16).enumerate() {
                let (offset, bits) = ((UDP_HEADER + index * 16) * 8, part.len() * 8);
                let _ = write!(rule, " @th,{offset},{bits} 0x");
                for byte in part {
                    let _ = write!(rule, "{byte:02x}");
                }
            }
        }
        if let Some(choice) = &self.choice {
            rule.push(' ');
            rule.push_str(choice);
        }
        rule
    }
}

const UDP_HEADER: usize = 8;

/// A fault at work.
#[derive(Clone, Debug)]
enum Means {
    /// A table of this family and name.
    Table { family: &'static str, name: String },
    /// The queue of this device.
    Queue { device: &'static str },
}

/// A fault at work; it stays when this is dropped.
pub struct Fault<'lab> {
    host: &'lab Host,
    means: Means,
}

impl Fault<'_> {
    /// How many datagrams it has struck, by the kernel's own count.
    ///
    /// # Panics
    /// When it has been flushed.
    pub fn hits(&self) -> u64 {
        let (said, label) = match &self.means {
            Means::Table { family, name } => (self.host.run("nft", &["list", "table", family, name]), "packets"),
            Means::Queue { device } => (self.host.run("tc", &["-s", "qdisc", "show", "dev", device]), "(dropped"),
        };
        let said = said.unwrap_or_else(|why| panic!("{why}"));
        let mut words = said.split_ascii_whitespace().skip_while(|word| *word != label).skip(1);
        let count = words.next().and_then(|word| word.trim_end_matches(',').parse().ok());
        count.unwrap_or_else(|| panic!("no count in {said}"))
    }

    /// Takes it away.
    ///
    /// # Panics
    /// When it has been flushed.
    pub fn lift(self) {
        let done = match &self.means {
            Means::Table { family, name } => self.host.run("nft", &["delete", "table", family, name]),
            Means::Queue { device } => self.host.run("tc", &["qdisc", "delete", "dev", device, "root"]),
        };
        done.unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Takes all faults of a host away, and forgets what its routes have learnt (path MTU outlives a test case).
///
/// # Panics
/// When the kernel refuses.
pub fn flush(host: &Host) {
    let tables = host.run("nft", &["list", "tables"]).unwrap_or_else(|why| panic!("{why}"));
    for table in tables.lines().filter(|table| table.contains(TABLE)) {
        host.nft(&format!("delete {table}")).unwrap_or_else(|why| panic!("{why}"));
    }
    for device in [host.device(), LAN_DEVICE] {
        // Most have no queue of ours, and homes have no second device.
        let _ = host.run("tc", &["qdisc", "delete", "dev", device, "root"]);
    }
    host.run("ip", &["route", "flush", "cache"]).unwrap_or_else(|why| panic!("{why}"));
}

/// Loses exactly this request between the routers, at router A.
///
/// `send()`: ok. Client's wire: yes. Server's wire: no. True segment: `network_forward`.
pub fn drop_forward_message<'lab>(lab: &'lab Lab, text: &str) -> Fault<'lab> {
    forward_drop(lab.router_a(), &Match::request(text))
}

/// Loses exactly this reply on its way back, at router A.
///
/// Server's wire: request and reply. Client's wire: the request only. True segment: `network_return`.
pub fn drop_return_message<'lab>(lab: &'lab Lab, text: &str) -> Fault<'lab> {
    forward_drop(lab.router_a(), &Match::reply(text))
}

/// Loses datagrams that a router should pass on: the network's loss, `network_forward` for requests and
/// `network_return` for replies, seen on the sender's wire and not on the receiver's.
///
/// # Panics
/// When the kernel refuses.
pub fn forward_drop<'lab>(router: &'lab Host, which: &Match) -> Fault<'lab> {
    firm(filter(router, Hook::Forward, which, "counter drop"))
}

/// Refuses requests or replies at a router with ICMP port unreachable. The kernel limits the rate of such answers: not
/// every datagram earns one.
///
/// `send()`: ok, then ECONNREFUSED on a connected socket. Client's wire: the request, and ICMP. Server's wire: no. True
/// segment: `network_forward`.
///
/// # Panics
/// When the kernel refuses.
pub fn forward_reject<'lab>(router: &'lab Host, which: &Match) -> Fault<'lab> {
    firm(filter(router, Hook::Forward, which, "counter reject with icmp type port-unreachable"))
}

/// Loses datagrams in the receiving host's firewall (INPUT). No error counter rises there.
///
/// Requests at home B: on both wires, not in the server; true segment `server_host_in`. Replies at home A: on both
/// wires, not in the client; true segment `client_host_in`.
///
/// # Panics
/// When the kernel refuses.
pub fn input_drop<'lab>(host: &'lab Host, which: &Match) -> Fault<'lab> {
    firm(filter(host, Hook::Input, which, "counter drop"))
}

/// Loses datagrams in the sending host's firewall (OUTPUT), which the application learns: `send()` fails with EPERM.
/// Nothing is on any wire.
///
/// Requests at home A: not sent. Replies at home B: the server could not answer; true segment `server_app`, reason
/// EPERM.
///
/// # Panics
/// When the kernel refuses.
pub fn output_drop<'lab>(host: &'lab Host, which: &Match) -> Fault<'lab> {
    firm(filter(host, Hook::Output, which, "counter drop"))
}

/// Loses datagrams on their way out of the sending host, behind its firewall (netdev egress). The application learns
/// nothing.
///
/// `send()`: ok. Own wire: **no**. True segment: `client_host_out` for requests at home A, `server_host_out` for replies
/// at home B. Raises `UdpSndbufErrors`. Needs Linux 5.16.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, where the kernel lacks it.
pub fn egress_drop<'lab>(host: &'lab Host, which: &Match) -> Option<Fault<'lab>> {
    offered(host, "egress_drop", filter(host, Hook::Egress, which, "counter drop"))
}

/// Loses datagrams as they come into the receiving host, before its firewall (netdev ingress). The tap comes first.
///
/// Requests at home B: on both wires, not in the server; true segment `server_host_in`. Replies at home A:
/// `client_host_in`.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, where the kernel lacks it.
pub fn ingress_drop<'lab>(host: &'lab Host, which: &Match) -> Option<Fault<'lab>> {
    offered(host, "ingress_drop", filter(host, Hook::Ingress, which, "counter drop"))
}

/// Sends datagrams twice, from the sending host's own device (netdev egress).
///
/// `send()`: ok, once. Requests at home A: twice on the server's wire and in the server, and so two replies. No loss:
/// duplicates. Needs Linux 5.16.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, where the kernel lacks it.
pub fn duplicate<'lab>(host: &'lab Host, which: &Match) -> Option<Fault<'lab>> {
    // The copy passes the hook again: the mark, which leaves the host with neither of them, tells it apart.
    let verdict = format!("meta mark != {COPY} counter meta mark set {COPY} dup to {}", host.device());
    offered(host, "duplicate", filter(host, Hook::Egress, which, &verdict))
}

/// Changes the first byte of the texts that a router passes on, and does not repair their checksum.
///
/// Where checksums are left to be finished on the way, as between virtual devices unless [`finish_checksums`] was
/// called, the receiver reads the changed text: no loss, altered. Else a NAT on the way that verifies checksums eats it
/// (true segment `network_forward`, which is the default of [`verify_checksums`]), or the receiving host does: on both
/// wires, the second time with a bad checksum; true segment `server_host_in`.
///
/// # Panics
/// When the kernel refuses.
pub fn alter<'lab>(router: &'lab Host, which: &Match) -> Fault<'lab> {
    firm(filter(router, Hook::Forward, which, "counter @th,64,8 set 0x78"))
}

/// Lets a host compute its checksums itself, before any tap: `None`, after saying why, where that cannot be had.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, where it cannot.
pub fn finish_checksums(host: &Host, on: bool) -> Option<()> {
    let mode = if on { "off" } else { "on" };
    let done = host.run("ethtool", &["-K", host.device(), "tx", mode]);
    done.map(drop).map_err(|why| super::skip(&format!("{}: finish_checksums", host.test()), &why)).ok()
}

/// Whether a router's NAT eats datagrams with a bad checksum. It does, unless told otherwise.
///
/// # Panics
/// When the kernel refuses.
pub fn verify_checksums(router: &Host, on: bool) {
    let script = format!("echo {} > /proc/sys/net/netfilter/nf_conntrack_checksum", u8::from(on));
    router.run("sh", &["-c", &script]).unwrap_or_else(|why| panic!("{why}"));
}

/// Strikes nothing, and counts what comes into a host: [`Fault::hits`].
///
/// # Panics
/// When the kernel refuses.
pub fn count_arrivals<'lab>(host: &'lab Host, which: &Match) -> Fault<'lab> {
    firm(filter(host, Hook::Input, which, "counter"))
}

/// Narrows a host's way out to `bits_per_second`, with room for `queue_bytes` of waiting frames; what does not fit is
/// lost.
///
/// At a router (its public side): on the client's wire, a part on the server's; true segment `network_forward` at router A,
/// `network_return` at router B. At a home: `send()` ok (ENOBUFS with `IP_RECVERR`), own wire **no**; true segment
/// `client_host_out` or `server_host_out`. One per host: a second replaces the first.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, where the kernel lacks it.
pub fn slow_link(host: &Host, bits_per_second: u32, queue_bytes: u32) -> Option<Fault<'_>> {
    let device = host.device();
    let (rate, limit) = (format!("{bits_per_second}bit"), queue_bytes.to_string());
    // The bucket must hold the largest frame, or that one never leaves.
    let shape = ["root", "tbf", "rate", &rate, "burst", "1600", "limit", &limit];
    let laid = host.run("tc", &[["qdisc", "replace", "dev", device].as_slice(), &shape].concat());
    offered(host, "slow_link", laid.map(|_| Fault { host, means: Means::Queue { device } }))
}

/// What the names of all tables of faults start with.
const TABLE: &str = "fault_";
/// The mark of a copy made by [`duplicate`].
const COPY: u32 = 0x6d65;

#[derive(Clone, Copy, Debug)]
enum Hook {
    Input,
    Output,
    Forward,
    Ingress,
    Egress,
}

fn filter<'lab>(host: &'lab Host, hook: Hook, which: &Match, verdict: &str) -> Result<Fault<'lab>, String> {
    let (family, hook, device) = match hook {
        Hook::Input => ("inet", "input", None),
        Hook::Output => ("inet", "output", None),
        Hook::Forward => ("inet", "forward", None),
        Hook::Ingress => ("netdev", "ingress", Some(host.device())),
        Hook::Egress => ("netdev", "egress", Some(host.device())),
    };
    let device = device.map_or_else(String::new, |device| format!("device {device} "));
    let name = format!("{TABLE}{}", host.next_serial());
    host.nft(&format!(
        "table {family} {name} {{\nchain struck {{\ntype filter hook {hook} {device}priority 0;\n{} {verdict}\n}}\n}}",
        which.expression(),
    ))?;
    Ok(Fault { host, means: Means::Table { family, name } })
}

/// A fault that every kernel with nftables offers.
fn firm(fault: Result<Fault<'_>, String>) -> Fault<'_> {
    fault.unwrap_or_else(|why| panic!("{why}"))
}

/// A fault that the kernel may lack.
fn offered<'lab>(host: &Host, what: &str, fault: Result<Fault<'lab>, String>) -> Option<Fault<'lab>> {
    fault.map_err(|why| super::skip(&format!("{}: {what}", host.test()), &why)).ok()
}
