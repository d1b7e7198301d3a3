//! Numbers the datagrams of a client that sends each from a new port: the journal knows which port belongs to which
//! message.

use std::collections::HashMap;
use std::net::SocketAddr;

use super::capture_log::CaptureLog;
use super::flow::FlowKey;
use super::journal::{JournalLog, Record};
use super::journal_run::Run;
use crate::core::time::{Now, Wall};

/// Which message each port stood for, from when on.
struct PortNumbering(HashMap<u16, Vec<(Wall, u64)>>);

impl PortNumbering {
    fn from_journal(journal: &JournalLog) -> Self {
        let mut ports: HashMap<u64, u16> = HashMap::new();
        let mut by_port: HashMap<u16, Vec<(Wall, u64)>> = HashMap::new();
        for record in &journal.records {
            match record {
                Record::Port(port) => _ = ports.insert(port.n, port.l),
                Record::Sent(sent) => {
                    let Now { wall, .. } = sent.at;
                    if let Some(port) = ports.get(&sent.n) {
                        by_port.entry(*port).or_default().push((wall, sent.n));
                    }
                }
                _ => {}
            }
        }
        Self(by_port)
    }

    /// The message for which a port stood at a time: a system may give the same port again.
    fn message(&self, port: u16, at: Wall) -> Option<u64> {
        let messages = self.0.get(&port)?;
        messages.iter().rev().find(|(sent, _)| *sent <= at).map(|(_, number)| *number)
    }
}

/// Whether a journal's messages each left from a port of their own.
fn is_by_ports(journal: &JournalLog) -> bool {
    journal.records.iter().any(|record| matches!(record, Record::Port(_)))
}

/// Numbers the datagrams of a capture by the ports in its journal, and gives them the addresses of the `run` record.
/// Other journals, and datagrams of other runs, are left alone.
pub fn number(log: &mut CaptureLog, journal: &JournalLog) {
    let Some(run) = journal.run() else { return };
    let Some(peer) = run.peer.filter(|_| is_by_ports(journal)) else { return };
    let ports = PortNumbering::from_journal(journal);
    let request = FlowKey { source: run.local, destination: peer };
    let reply = FlowKey { source: peer, destination: run.local };
    let own = |address: SocketAddr| is_own(run, address) && ports.0.contains_key(&address.port());
    // A coarse stamp may seem to come before the sending.
    let slack = i64::from(log.resolution_ns);
    // For each flow of the run: its new key, and the port that identifies the message.
    let becomes: Vec<Option<(FlowKey, u16)>> = log
        .flows
        .iter()
        .map(|flow| match () {
            () if flow.destination == peer && own(flow.source) => Some((request, flow.source.port())),
            () if flow.source == peer && own(flow.destination) => Some((reply, flow.destination.port())),
            () => None,
        })
        .collect();
    if becomes.iter().all(Option::is_none) {
        return;
    }
    let [request_index, reply_index] = [request, reply].map(|flow| index_of(log, flow));
    let index = |flow: FlowKey| if flow == request { request_index } else { reply_index };
    log.datagrams.update(|datagram| {
        if let Some(Some((flow, port))) = becomes.get(datagram.flow as usize).copied()
            && let Some(number) = ports.message(port, datagram.time.shifted(slack))
        {
            datagram.flow = index(flow);
            datagram.number = Some(number);
        }
    });
    for blind in &mut log.blind {
        if let Some(Some((flow, _))) = blind.flow.and_then(|flow| becomes.get(flow as usize).copied()) {
            blind.flow = Some(index(flow));
        }
    }
    log.icmp_errors.update(|error| {
        if error.quoted.destination == peer
            && own(error.quoted.source)
            && let Some(number) = ports.message(error.quoted.source.port(), error.time.shifted(slack))
        {
            error.quoted = request;
            error.number = Some(number);
        }
    });
}

fn is_own(run: &Run, address: SocketAddr) -> bool {
    address.ip() == run.local.ip() || run.addresses.contains(&address.ip())
}

fn index_of(log: &mut CaptureLog, flow: FlowKey) -> u32 {
    let known = log.flows.iter().position(|known| *known == flow);
    let index = known.unwrap_or_else(|| {
        log.flows.push(flow);
        log.flows.len() - 1
    });
    index as u32
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::capture_log::{Datagram, IcmpError};
    use super::*;
    use crate::core::evidence::journal_messages::{Port, Sent};
    use crate::core::evidence::journal_run::{PING, Role, SCHEMA};
    use crate::core::time::Mono;

    const HERE: &str = "192.168.1.10";

    fn at(ns: i64) -> Now {
        Now { wall: Wall(ns), mono: Mono(ns) }
    }

    fn address(port: u16) -> SocketAddr {
        SocketAddr::new(HERE.parse().unwrap(), port)
    }

    fn peer() -> SocketAddr {
        "203.0.113.2:12345".parse().unwrap()
    }

    fn journal(sent: &[(i64, u64, u16)]) -> JournalLog {
        let run = Run {
            schema: SCHEMA.to_owned(),
            version: String::new(),
            dialect: PING.to_owned(),
            role: Role::Client,
            at: at(0),
            local: address(sent[0].2),
            peer: Some(peer()),
            gateway: None,
            addresses: vec![HERE.parse().unwrap()],
            parameters: json!({}),
            timeout_ns: None,
            boot_id: None,
            hop_limit: None,
            clocks: None,
            capture: None,
        };
        let probes = sent.iter().flat_map(|(time, n, l)| {
            let sent = Sent { n: *n, p: 1, at: at(*time), send_duration_ns: 0, lateness_ns: None, h: 0, dropped: None };
            [Record::Port(Port { n: *n, p: 1, l: *l }), Record::Sent(sent)]
        });
        let records = std::iter::once(Record::Run(Box::new(run))).chain(probes).collect();
        JournalLog { records, ..JournalLog::default() }
    }

    /// A capture of datagrams: when, from where, to where.
    fn capture(datagrams: &[(i64, SocketAddr, SocketAddr)]) -> CaptureLog {
        let mut log = CaptureLog { resolution_ns: 1, ..CaptureLog::default() };
        for (time, source, destination) in datagrams.iter().copied() {
            let flow = index_of(&mut log, FlowKey { source, destination });
            log.datagrams.push(Datagram {
                time: Wall(time),
                frame: log.datagrams.len() as u32 + 1,
                flow,
                number: None,
                reads_as_reply: false,
                digest: None,
                packet_id: None,
                length: 4,
                ttl: 64,
                direction: None,
                bad_checksum: false,
                incomplete: false,
            });
        }
        log
    }

    #[test]
    fn source_ports_number_messages_and_time_separates_reuse() {
        let journal = journal(&[(10, 7, 40_001), (20, 8, 40_002), (30, 9, 40_001)]);
        let stranger: SocketAddr = "198.51.100.7:40001".parse().unwrap();
        let mut log = capture(&[
            (5, address(40_001), peer()),
            (11, address(40_001), peer()),
            (15, peer(), address(40_001)),
            (21, address(40_002), peer()),
            (31, address(40_001), peer()),
            (32, peer(), address(40_001)),
            (33, peer(), address(40_002)),
            (34, stranger, peer()),
            (35, address(40_003), peer()),
        ]);
        log.icmp_errors.push(IcmpError {
            time: Wall(22),
            frame: 10,
            from: peer().ip(),
            quoted: FlowKey { source: address(40_002), destination: peer() },
            number: None,
            kind: 3,
            code: 3,
        });
        number(&mut log, &journal);
        let numbers: Vec<Option<u64>> = log.datagrams.iter().map(|datagram| datagram.number).collect();
        let known = [None, Some(7), Some(7), Some(8), Some(9), Some(9), Some(8), None, None];
        assert_eq!(numbers, known);
        let flows: Vec<FlowKey> = log.datagrams.iter().map(|seen| log.flows[seen.flow as usize]).collect();
        let ends = |index: usize| flows[index];
        let request = FlowKey { source: address(40_001), destination: peer() };
        assert!([1, 3, 4].map(ends).iter().all(|flow| *flow == request));
        assert!([2, 5, 6].map(ends).iter().all(|flow| flow.destination == address(40_001)));
        let errors: Vec<_> = log.icmp_errors.iter().map(|error| (error.number, error.quoted)).collect();
        assert_eq!(errors, [(Some(8), request)]);
    }

    #[test]
    fn a_journal_without_ports_changes_nothing() {
        let mut journal = journal(&[(10, 7, 40_001)]);
        journal.records.remove(1);
        let mut log = capture(&[(11, address(40_001), peer())]);
        number(&mut log, &journal);
        assert!(log.datagrams.iter().all(|datagram| datagram.number.is_none()));
    }
}
