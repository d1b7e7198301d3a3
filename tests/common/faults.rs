//! Ways to lose, duplicate or delay a datagram, and the points at which each is visible.
//!
//! "Wire" means the packets that a capture on that host's device shows. On Linux a capture sees incoming packets before
//! any firewall, and outgoing packets after all firewalls and after the queueing discipline.
//!
//! Faults apply to IPv4 and IPv6. Each fault is an nft table of its own (or a qdisc, for [`slow_link`]), so several
//! work on one host at the same time. They stay until they are lifted or flushed, or the lab ends. A fault that the
//! kernel may lack returns an `Option`: `None` after a `SKIPPED` report.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::lab::{Host, LAN_DEVICE, Lab, PORT};

/// The datagrams that a fault applies to: requests (by destination port) or replies (by source port), optionally with
/// one exact text, optionally a part of them.
#[derive(Clone, Debug)]
pub struct Match {
    transport: &'static str,
    port_field: &'static str,
    port: u16,
    client: Option<u16>,
    text: Option<Vec<u8>>,
    choice: Option<String>,
    later_fragments_to: Option<IpAddr>,
}

impl Match {
    /// Requests with exactly this text: `Mensagem 4` does not match `Mensagem 40`.
    pub fn request(text: impl AsRef<[u8]>) -> Self {
        Self { text: Some(text.as_ref().to_vec()), ..Self::any_request() }
    }

    /// Replies with exactly this text.
    pub fn reply(text: impl AsRef<[u8]>) -> Self {
        Self { text: Some(text.as_ref().to_vec()), ..Self::any_reply() }
    }

    pub fn any_request() -> Self {
        Self {
            transport: "udp",
            port_field: "dport",
            port: PORT,
            client: None,
            text: None,
            choice: None,
            later_fragments_to: None,
        }
    }

    pub fn any_reply() -> Self {
        Self { port_field: "sport", ..Self::any_request() }
    }

    /// The fragments after the first one of every packet to this address, which have no ports. Before a NAT it is the
    /// address that the sender uses. Only for faults that see fragments: [`fragment_drop_from_home`],
    /// [`fragment_drop_to_home`], and for IPv6 [`forward_drop`].
    pub fn later_fragments_to(address: impl Into<IpAddr>) -> Self {
        Self { later_fragments_to: Some(address.into()), ..Self::any_request() }
    }

    /// Sets the server's port, if it is not [`PORT`].
    #[must_use]
    pub fn on_port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Only the datagrams of the client with this port, as the faulty host sees it: behind a NAT it is another one.
    #[must_use]
    pub fn of_client(mut self, port: u16) -> Self {
        self.client = Some(port);
        self
    }

    /// TCP segments from the server's port that carry data: IP and TCP headers together are at most 80 bytes.
    pub fn any_segment_from_server() -> Self {
        Self { transport: "meta length > 80 tcp", ..Self::any_reply() }
    }

    /// Only datagrams whose payload byte at `place` has one of these values.
    #[must_use]
    pub fn with_byte(mut self, place: usize, values: &[u8]) -> Self {
        let values: Vec<String> = values.iter().map(|value| format!("{value:#04x}")).collect();
        self.choice = Some(format!("@th,{},8 {{ {} }}", (UDP_HEADER + place) * 8, values.join(", ")));
        self
    }

    /// Only the first datagram and then one in every `n`.
    #[must_use]
    pub fn one_in(mut self, n: u32) -> Self {
        self.choice = Some(format!("numgen inc mod {n} 0"));
        self
    }

    /// All datagrams after the first `n`.
    #[must_use]
    pub fn after_first(mut self, n: u32) -> Self {
        self.choice = Some(format!("numgen inc mod {} >= {n}", u32::MAX));
        self
    }

    /// Each datagram with this probability, in thousandths: 1 to 1000.
    #[must_use]
    pub fn at_random(mut self, per_mille: u32) -> Self {
        assert!((1..=1000).contains(&per_mille), "not a probability that nft can express: {per_mille}");
        self.choice = Some(format!("numgen random mod 1000 <= {}", per_mille - 1));
        self
    }

    /// The nft expression. nft compares at most 128 bits at once.
    fn expression(&self) -> String {
        let mut rule = match self.later_fragments_to {
            None => format!("{} {} {}", self.transport, self.port_field, self.port),
            Some(IpAddr::V4(address)) => format!("ip daddr {address} ip frag-off & 0x1fff != 0"),
            Some(IpAddr::V6(address)) => format!("ip6 daddr {address} frag frag-off != 0"),
        };
        if let Some(port) = self.client {
            let field = if self.port_field == "dport" { "sport" } else { "dport" };
            // Writing to a string cannot fail.
            let _ = write!(rule, " udp {field} {port}");
        }
        if let Some(text) = &self.text {
            // nft stores the offset in 8 bits.
            assert!(text.len() <= 200, "too long to be matched: {} bytes", text.len());
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

/// The kernel object that implements a fault.
#[derive(Clone, Debug)]
enum Mechanism {
    NftTable { family: &'static str, name: String },
    Qdisc { device: &'static str },
}

/// An active fault. It stays active when this value is dropped.
pub struct Fault<'lab> {
    host: &'lab Host,
    mechanism: Mechanism,
}

impl Fault<'_> {
    /// The number of datagrams it has matched, counted by the kernel.
    ///
    /// # Panics
    /// When it was flushed.
    pub fn hits(&self) -> u64 {
        let (output, label) = match &self.mechanism {
            Mechanism::NftTable { family, name } => (self.host.run("nft", &["list", "table", family, name]), "packets"),
            Mechanism::Qdisc { device } => (self.host.run("tc", &["-s", "qdisc", "show", "dev", device]), "(dropped"),
        };
        let output = output.unwrap_or_else(|why| panic!("{why}"));
        let mut words = output.split_ascii_whitespace().skip_while(|word| *word != label).skip(1);
        let count = words.next().and_then(|word| word.trim_end_matches(',').parse().ok());
        count.unwrap_or_else(|| panic!("no count in {output}"))
    }

    /// Removes it.
    ///
    /// # Panics
    /// When it was flushed.
    pub fn lift(self) {
        let done = match &self.mechanism {
            Mechanism::NftTable { family, name } => self.host.run("nft", &["delete", "table", family, name]),
            Mechanism::Qdisc { device } => self.host.run("tc", &["qdisc", "delete", "dev", device, "root"]),
        };
        done.unwrap_or_else(|why| panic!("{why}"));
    }
}

/// Removes all faults of a host, and clears its route cache (a path MTU outlives a test case).
///
/// # Panics
/// When the kernel refuses.
pub fn flush(host: &Host) {
    let tables = host.run("nft", &["list", "tables"]).unwrap_or_else(|why| panic!("{why}"));
    for table in tables.lines().filter(|table| table.contains(TABLE)) {
        host.nft(&format!("delete {table}")).unwrap_or_else(|why| panic!("{why}"));
    }
    for device in [host.device(), LAN_DEVICE] {
        // Most devices have no qdisc of ours, and homes have no LAN device.
        let _ = host.run("tc", &["qdisc", "delete", "dev", device, "root"]);
    }
    host.run("ip", &["route", "flush", "cache"]).unwrap_or_else(|why| panic!("{why}"));
}

/// Drops exactly this request between the routers, at router A.
///
/// `send()`: ok. Client's wire: yes. Server's wire: no. True segment: `network_forward`.
pub fn drop_forward_message<'lab>(lab: &'lab Lab, text: &str) -> Fault<'lab> {
    forward_drop(lab.router_a(), &Match::request(text))
}

/// Drops exactly this reply between the routers, at router A.
///
/// Server's wire: request and reply. Client's wire: the request only. True segment: `network_return`.
pub fn drop_return_message<'lab>(lab: &'lab Lab, text: &str) -> Fault<'lab> {
    forward_drop(lab.router_a(), &Match::reply(text))
}

/// Drops datagrams that a router forwards: network loss, `network_forward` for requests and `network_return` for
/// replies. They are on the sender's wire and not on the receiver's.
///
/// # Panics
/// When the kernel refuses.
pub fn forward_drop<'lab>(router: &'lab Host, which: &Match) -> Fault<'lab> {
    required(filter(router, Hook::Forward, which, "counter drop"))
}

/// Drops fragments that a router receives from its home (netdev ingress on the LAN), before its connection tracking
/// joins them. Over IPv4 a router with NAT forwards nothing of a packet whose fragments are not complete; over IPv6,
/// without NAT, it forwards the other fragments.
///
/// At router A for requests: `send()` ok. Client's wire: all fragments. Server's wire: none over IPv4, the other
/// fragments over IPv6. True segment: `network_forward`. At router B for replies: `network_return`.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, if the kernel lacks it.
pub fn fragment_drop_from_home<'lab>(router: &'lab Host, which: &Match) -> Option<Fault<'lab>> {
    optional(router, "fragment_drop_from_home", filter(router, Hook::LanIngress, which, "counter drop"))
}

/// Drops fragments that a router sends into its home (netdev egress on the LAN), after its NAT has split the packet
/// again. The fragments before it arrive; the kernel does not send those after it.
///
/// At router B for requests: `send()` ok. Client's wire: all fragments. Server's wire: the fragments before it. True
/// segment: `network_forward`. At router A for replies: `network_return`. Needs Linux 5.16.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, if the kernel lacks it.
pub fn fragment_drop_to_home<'lab>(router: &'lab Host, which: &Match) -> Option<Fault<'lab>> {
    optional(router, "fragment_drop_to_home", filter(router, Hook::LanEgress, which, "counter drop"))
}

/// Rejects requests or replies at a router with ICMP port unreachable. The kernel limits the rate of ICMP errors, so
/// not every datagram gets one.
///
/// `send()`: ok, then ECONNREFUSED on a connected socket. Client's wire: the request, and ICMP. Server's wire: no. True
/// segment: `network_forward`.
///
/// # Panics
/// When the kernel refuses.
pub fn forward_reject<'lab>(router: &'lab Host, which: &Match) -> Fault<'lab> {
    required(filter(router, Hook::Forward, which, "counter reject with icmp type port-unreachable"))
}

/// Drops datagrams in the receiving host's firewall (INPUT). No error counter increases.
///
/// Requests at home B: on both wires, not in the server; true segment `server_host_in`. Replies at home A: on both
/// wires, not in the client; true segment `client_host_in`.
///
/// # Panics
/// When the kernel refuses.
pub fn input_drop<'lab>(host: &'lab Host, which: &Match) -> Fault<'lab> {
    required(filter(host, Hook::Input, which, "counter drop"))
}

/// Drops datagrams in the sending host's firewall (OUTPUT). `send()` fails with EPERM, and nothing is on any wire.
///
/// Requests at home A: not sent. Replies at home B: the server could not answer; true segment `server_app`, reason
/// EPERM.
///
/// # Panics
/// When the kernel refuses.
pub fn output_drop<'lab>(host: &'lab Host, which: &Match) -> Fault<'lab> {
    required(filter(host, Hook::Output, which, "counter drop"))
}

/// Drops datagrams that leave the sending host, after its firewall (netdev egress). `send()` succeeds.
///
/// `send()`: ok. Own wire: **no**. True segment: `client_host_out` for requests at home A, `server_host_out` for
/// replies at home B. Raises `UdpSndbufErrors`. Needs Linux 5.16.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, if the kernel lacks it.
pub fn egress_drop<'lab>(host: &'lab Host, which: &Match) -> Option<Fault<'lab>> {
    optional(host, "egress_drop", filter(host, Hook::Egress, which, "counter drop"))
}

/// Drops datagrams that enter the receiving host, before its firewall (netdev ingress) but after a capture.
///
/// Requests at home B: on both wires, not in the server; true segment `server_host_in`. Replies at home A:
/// `client_host_in`.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, if the kernel lacks it.
pub fn ingress_drop<'lab>(host: &'lab Host, which: &Match) -> Option<Fault<'lab>> {
    optional(host, "ingress_drop", filter(host, Hook::Ingress, which, "counter drop"))
}

/// Duplicates datagrams on the sending host's device (netdev egress).
///
/// `send()`: ok, once. Requests at home A: twice on the server's wire and in the server, and so two replies. No loss:
/// duplicates. Needs Linux 5.16.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, if the kernel lacks it.
pub fn duplicate<'lab>(host: &'lab Host, which: &Match) -> Option<Fault<'lab>> {
    // The copy passes the hook again and is recognised by its mark. Marks do not leave the host.
    let verdict = format!("meta mark != {COPY} counter meta mark set {COPY} dup to {}", host.device());
    optional(host, "duplicate", filter(host, Hook::Egress, which, &verdict))
}

/// Changes the first byte of the texts that a router forwards, and does not correct their checksum.
///
/// With checksum offload, as between virtual devices unless [`finish_checksums`] was called, the receiver reads the
/// changed text: no loss, altered. Otherwise a NAT that verifies checksums (the default, see [`verify_checksums`])
/// drops it: true segment `network_forward`. Without such a NAT the receiving host drops it: on both wires, the second
/// time with a bad checksum; true segment `server_host_in`.
///
/// # Panics
/// When the kernel refuses.
pub fn alter<'lab>(router: &'lab Host, which: &Match) -> Fault<'lab> {
    required(filter(router, Hook::Forward, which, "counter @th,64,8 set 0x78"))
}

/// Makes a host compute checksums in software, before any capture. `None`, after a report, if that is not possible.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, if it is not possible.
pub fn finish_checksums(host: &Host, on: bool) -> Option<()> {
    let mode = if on { "off" } else { "on" };
    let done = host.run("ethtool", &["-K", host.device(), "tx", mode]);
    done.map(drop).map_err(|why| super::skip(&format!("{}: finish_checksums", host.test()), &why)).ok()
}

/// Sets whether a router's NAT drops datagrams with a bad checksum, as it does by default.
///
/// # Panics
/// When the kernel refuses.
pub fn verify_checksums(router: &Host, on: bool) {
    let script = format!("echo {} > /proc/sys/net/netfilter/nf_conntrack_checksum", u8::from(on));
    router.run("sh", &["-c", &script]).unwrap_or_else(|why| panic!("{why}"));
}

/// Drops nothing, and counts the datagrams that enter a host: [`Fault::hits`].
///
/// # Panics
/// When the kernel refuses.
pub fn count_arrivals<'lab>(host: &'lab Host, which: &Match) -> Fault<'lab> {
    required(filter(host, Hook::Input, which, "counter"))
}

/// Limits a host's outgoing rate to `bits_per_second`, with a queue of `queue_bytes`. Frames that do not fit are
/// dropped.
///
/// At a router (its public side): on the client's wire, a part on the server's; true segment `network_forward` at
/// router A, `network_return` at router B. At a home: `send()` ok (ENOBUFS with `IP_RECVERR`), own wire **no**; true
/// segment `client_host_out` or `server_host_out`. One per host: a second replaces the first.
///
/// # Panics
/// With `MEDIDOR_LAB=required`, if the kernel lacks it.
pub fn slow_link(host: &Host, bits_per_second: u32, queue_bytes: u32) -> Option<Fault<'_>> {
    let device = host.device();
    let (rate, limit) = (format!("{bits_per_second}bit"), queue_bytes.to_string());
    // The bucket must hold the largest frame, or that frame never leaves.
    let shape = ["root", "tbf", "rate", &rate, "burst", "1600", "limit", &limit];
    let added = host.run("tc", &[["qdisc", "replace", "dev", device].as_slice(), &shape].concat());
    optional(host, "slow_link", added.map(|_| Fault { host, mechanism: Mechanism::Qdisc { device } }))
}

/// Makes a router's NAT give these public ports to clients by their own ports, instead of keeping theirs. Not a fault, but
/// it is lifted and flushed like one.
///
/// # Panics
/// When the kernel refuses.
pub fn map_ports<'lab>(router: &'lab Host, ports: &[[u16; 2]]) -> Fault<'lab> {
    let (address, device) = (router.address(), router.device());
    let map: Vec<String> = ports.iter().map(|[own, public]| format!("{own} : {public}")).collect();
    let name = format!("{TABLE}{}", router.next_serial());
    // Before the router's own rule, at priority 100.
    let script = format!(
        "table ip {name} {{\nchain fault {{\ntype nat hook postrouting priority 99;\n\
         oifname {device} meta l4proto udp counter snat to {address} : udp sport map {{ {} }}\n}}\n}}",
        map.join(", "),
    );
    router.nft(&script).unwrap_or_else(|why| panic!("{why}"));
    Fault { host: router, mechanism: Mechanism::NftTable { family: "ip", name } }
}

/// Makes a router rewrite the IP identifications of all requests and replies: all to 0, or at random. Not a fault, but it is
/// lifted and flushed like one.
///
/// # Panics
/// When the kernel refuses.
pub fn rewrite_ids(router: &Host, at_random: bool) -> Fault<'_> {
    // The identification takes 16 of the 32 random bits.
    let id = if at_random { "numgen random mod 4294967295" } else { "0" };
    let name = format!("{TABLE}{}", router.next_serial());
    let script = format!(
        "table ip {name} {{\nchain fault {{\ntype filter hook postrouting priority 300;\n\
         udp dport {PORT} counter ip id set {id}\nudp sport {PORT} ip id set {id}\n}}\n}}"
    );
    router.nft(&script).unwrap_or_else(|why| panic!("{why}"));
    Fault { host: router, mechanism: Mechanism::NftTable { family: "ip", name } }
}

/// The prefix of the tables' names.
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
    LanIngress,
    LanEgress,
}

fn filter<'lab>(host: &'lab Host, hook: Hook, which: &Match, verdict: &str) -> Result<Fault<'lab>, String> {
    let (family, hook, device) = match hook {
        Hook::Input => ("inet", "input", None),
        Hook::Output => ("inet", "output", None),
        Hook::Forward => ("inet", "forward", None),
        Hook::Ingress => ("netdev", "ingress", Some(host.device())),
        Hook::Egress => ("netdev", "egress", Some(host.device())),
        Hook::LanIngress => ("netdev", "ingress", Some(LAN_DEVICE)),
        Hook::LanEgress => ("netdev", "egress", Some(LAN_DEVICE)),
    };
    let device = device.map_or_else(String::new, |device| format!("device {device} "));
    let name = format!("{TABLE}{}", host.next_serial());
    host.nft(&format!(
        "table {family} {name} {{\nchain fault {{\ntype filter hook {hook} {device}priority 0;\n{} {verdict}\n}}\n}}",
        which.expression(),
    ))?;
    Ok(Fault { host, mechanism: Mechanism::NftTable { family, name } })
}

/// A fault that every kernel with nftables supports.
fn required(fault: Result<Fault<'_>, String>) -> Fault<'_> {
    fault.unwrap_or_else(|why| panic!("{why}"))
}

/// A fault that the kernel may lack.
fn optional<'lab>(host: &Host, what: &str, fault: Result<Fault<'lab>, String>) -> Option<Fault<'lab>> {
    fault.map_err(|why| super::skip(&format!("{}: {what}", host.test()), &why)).ok()
}
