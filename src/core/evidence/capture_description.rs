//! Whether a journal describes a capture: decided by the contents of both, never by a file's name.
//!
//! The kernel stamps a received datagram once, for the socket and for the tap alike, so the `k` of a `received` record is
//! the time of its frame to the nanosecond. No other host's capture has that stamp.

use std::net::{IpAddr, SocketAddr};

use super::capture_log::{CaptureLog, Datagram};
use super::hop_limit;
use super::journal::{JournalLog, Record};
use super::journal_run::{CaptureInfo, Role, Run};
use super::run_window;
use crate::core::time::{SECOND, Wall};

/// Records compared with frames at most.
const MAX_COMPARED: usize = 4_096;

/// Longer datagrams may have been sent in fragments: IPv6 over Ethernet, bytes of payload.
const MAX_UNFRAGMENTED: u16 = 1_452;

/// Frames lie at most this far outside the capture's live interval, nanoseconds.
const INTERVAL_MARGIN_NS: i64 = SECOND;

/// Stamps of this resolution, nanoseconds, are never those of another host.
const FINE_STAMPS_NS: u32 = 1_000;

/// A longer time without a frame counts as this long where chance is estimated, nanoseconds.
const MAX_GAP_NS: i64 = 20 * SECOND;

/// How a journal and a capture relate, by their contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Something contradicts that the journal describes the capture, or nothing confirms it.
    Unrelated,
    /// Nothing contradicts it, and the packet counts agree.
    Consistent,
    /// The kernel's stamps in the journal are those of the frames.
    Confirmed,
}

/// One kernel stamp may have no frame; if none of this many has one, the capture is another host's.
const MIN_COMPARED: u32 = 2;

/// Compares a journal with a capture. A wall clock that moved by `clock_moved` ns in the run widens the time limits.
pub fn relation(journal: &JournalLog, log: &CaptureLog, clock_moved: i64) -> Relation {
    let Some(info) = journal.run().and_then(|run| run.capture.as_ref()) else { return Relation::Unrelated };
    if info.link_type != log.link_type || !fits_interval(journal, info, log, clock_moved) || !fits_count(journal, log) {
        return Relation::Unrelated;
    }
    match stamps_agree(journal, log) {
        // Coarse stamps may be those of another host whose clock is right.
        Some(true) if log.resolution_ns > FINE_STAMPS_NS && is_elsewhere(journal, log) => Relation::Unrelated,
        Some(true) => Relation::Confirmed,
        None if has_own_flow(journal, log)
            && is_complete(journal, log)
            && !is_elsewhere(journal, log)
            && !lacks_stamps(journal, log)
            && sends_agree(journal, log, clock_moved) =>
        {
            Relation::Consistent
        }
        Some(false) | None => Relation::Unrelated,
    }
}

fn fits_interval(journal: &JournalLog, info: &CaptureInfo, log: &CaptureLog, clock_moved: i64) -> bool {
    let margin = INTERVAL_MARGIN_NS.saturating_add(clock_moved);
    let close = journal.end().and_then(|end| end.capture.as_ref()).map(|capture| capture.close);
    log.first.is_none_or(|first| first >= info.live.shifted(margin.saturating_neg()))
        && log.last.zip(close).is_none_or(|(last, close)| last <= close.shifted(margin))
}

/// A capture has at most the packets that were written to it; fewer if it was cut.
fn fits_count(journal: &JournalLog, log: &CaptureLog) -> bool {
    let written = journal.end().and_then(|end| end.capture.as_ref()).map(|capture| capture.counters.written);
    written.is_none_or(|written| log.packets <= written)
}

/// All packets that the journal counts are there.
fn is_complete(journal: &JournalLog, log: &CaptureLog) -> bool {
    let at_end = journal.end().and_then(|end| end.capture.as_ref()).map(|capture| capture.counters.written);
    let last_sample = || {
        journal.records.iter().rev().find_map(|record| match record {
            Record::Counters(sample) => sample.capture.map(|counters| counters.written),
            _ => None,
        })
    };
    match at_end {
        Some(written) => log.packets == written,
        // The run was killed: the file may hold more than the last sample counted.
        None => log.packets >= last_sample().unwrap_or(0),
    }
}

/// Whether the hop limits show that the capture was not taken where the journal's program ran: all that its host sent had passed
/// a router. The hop limit with which it left shows that it had not.
fn is_elsewhere(journal: &JournalLog, log: &CaptureLog) -> bool {
    let Some(run) = journal.run() else { return false };
    let is_own = |source: SocketAddr| has_address(run, source.ip()).unwrap_or(source.port() == run.local.port());
    let own = (0..).zip(&log.flows).filter(|(_, flow)| is_own(flow.source));
    let mut limits = own.flat_map(|(flow, _)| log.datagrams.summary(flow).hop_limits.iter()).peekable();
    limits.peek().is_some() && limits.all(|limit| hop_limit::hops(limit) > 0 && run.hop_limit != Some(limit))
}

/// Whether no frame has a stamp of what the application received, of a capture that has all packets.
fn lacks_stamps(journal: &JournalLog, log: &CaptureLog) -> bool {
    let mut times: Vec<Wall> = log.datagrams.iter().map(|datagram| datagram.time).collect();
    times.sort_unstable();
    let resolution_ns = i64::from(log.resolution_ns.max(1));
    let is_shown = |stamp: Wall| {
        let before = times.partition_point(|time| *time <= stamp);
        before > 0 && stamp.since(times[before - 1]) < resolution_ns
    };
    let mut stamps = received_stamps(journal).take(MAX_COMPARED).peekable();
    !times.is_empty() && stamps.peek().is_some() && !stamps.any(is_shown)
}

/// The kernel's receive stamps.
fn received_stamps(journal: &JournalLog) -> impl Iterator<Item = Wall> {
    journal.records.iter().filter_map(|record| match record {
        Record::Received(received) => received.k,
        _ => None,
    })
}

/// Some UDP or TCP flow has one of the host's own addresses, if flows and addresses are known at all.
pub(super) fn has_own_flow(journal: &JournalLog, log: &CaptureLog) -> bool {
    let Some(run) = journal.run() else { return false };
    let is_own = |address: SocketAddr| has_address(run, address.ip()).unwrap_or(true);
    let mut flows = log.flows.iter().chain(&log.tcp.flows).peekable();
    flows.peek().is_none() || flows.any(|flow| is_own(flow.source) || is_own(flow.destination))
}

/// Whether a run's host has this address; `None` if its addresses are not known.
fn has_address(run: &Run, ip: IpAddr) -> Option<bool> {
    let is_known = !run.local.ip().is_unspecified() || !run.addresses.is_empty();
    is_known.then(|| run.local.ip() == ip || run.addresses.contains(&ip))
}

/// Whether what a client's journal has as sent left when its frames did. The other end's capture shows the same numbers, by
/// another clock.
fn sends_agree(journal: &JournalLog, log: &CaptureLog, clock_moved: i64) -> bool {
    let Some(port) = own_port(journal).filter(|_| journal.run().is_some_and(|run| run.role == Role::Client)) else {
        return true;
    };
    let sent = journal.records.iter().filter_map(|record| match record {
        Record::Sent(sent) => Some((sent.at.wall, sent.n)),
        _ => None,
    });
    let own = log.datagrams.iter().filter(|datagram| log.flows[datagram.flow as usize].source.port() == port);
    run_window::agree(own.filter_map(|datagram| Some((datagram.time, datagram.number?))), sent, clock_moved)
}

/// The port that all of the run's messages pass on its host; `None` if each message has a port of its own.
fn own_port(journal: &JournalLog) -> Option<u16> {
    let by_ports = journal.records.iter().any(|record| matches!(record, Record::Port(_)));
    journal.run().map(|run| run.local.port()).filter(|port| !by_ports && *port != 0)
}

/// Whether the journal's kernel stamps are those of the frames; `None` if nothing can be compared.
fn stamps_agree(journal: &JournalLog, log: &CaptureLog) -> Option<bool> {
    let own_port = own_port(journal);
    let agree = |stamps: &mut dyn Iterator<Item = Wall>, is_received: bool, max_delay_ns: i64| {
        let is_compared = |datagram: &&Datagram| {
            let flow = log.flows[datagram.flow as usize];
            let here = if is_received { flow.destination } else { flow.source };
            // The kernel stamps the first fragment on the way out and the last one on the way in; the capture shows the
            // datagram at its last one, or not at all.
            let is_stamped_there = is_received || datagram.length <= MAX_UNFRAGMENTED;
            !datagram.incomplete && is_stamped_there && own_port.is_none_or(|port| port == here.port())
        };
        let mut times: Vec<Wall> = log.datagrams.iter().filter(is_compared).map(|datagram| datagram.time).collect();
        times.sort_unstable();
        let (first, last) = (*times.first()?, *times.last()?);
        let (mut equal, mut compared) = (0_u32, 0_u32);
        for stamp in stamps.filter(|stamp| first <= *stamp && *stamp <= last.shifted(max_delay_ns)).take(MAX_COMPARED) {
            let before = times.partition_point(|time| *time <= stamp);
            compared += 1;
            equal += u32::from(before > 0 && stamp.since(times[before - 1]) < max_delay_ns);
        }
        // Silences, as where a clock was set, do not make the frames rarer where there are any.
        let gaps = times.windows(2).map(|pair| pair[1].since(pair[0]).min(MAX_GAP_NS));
        let span = gaps.fold(max_delay_ns, i64::saturating_add);
        let density = times.len() as f64 * max_delay_ns as f64 / span as f64;
        let by_chance = f64::from(compared) * density.min(1.0);
        // A capture may have dropped most frames, so the bar is chance (Poisson, eight standard deviations), not a share.
        // Stamps so few or frames so dense that chance may explain even full agreement prove nothing.
        let bar = by_chance + 8.0 * by_chance.sqrt();
        if f64::from(compared) > bar {
            return Some(f64::from(equal) > bar);
        }
        // Frames of the run itself have its stamps, few as they are.
        (compared >= MIN_COMPARED && equal == 0).then_some(false)
    };
    let mut received = received_stamps(journal);
    let mut sent = journal.records.iter().filter_map(|record| match record {
        Record::TxTimestamp(departed) => Some(departed.k),
        _ => None,
    });
    let resolution_ns = i64::from(log.resolution_ns.max(1));
    agree(&mut received, true, resolution_ns)
        .or_else(|| agree(&mut sent, false, resolution_ns.saturating_add(run_window::KERNEL_STAMP_LAG_NS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::capture_log::digest;
    use crate::core::evidence::datagram_source::DatagramSource;
    use crate::core::evidence::flow::FlowKey;
    use crate::core::evidence::journal_messages::Received;
    use crate::core::evidence::journal_run::{CaptureCounters, CaptureEnd, End, EndReason};
    use crate::core::time::{Mono, Now};

    fn at(second: i64) -> Now {
        Now { wall: Wall(second * SECOND), mono: Mono(second * SECOND) }
    }

    /// A server's journal: two messages received at 2 s and 3 s, and `written` packets in its capture.
    fn journal(written: u64) -> JournalLog {
        let info = CaptureInfo {
            file: "server.pcap".into(),
            device: "eth0".into(),
            link_type: "EN10MB".into(),
            link_number: 1,
            filter: String::new(),
            snaplen: 65_535,
            resolution_ns: 1,
            ring_bytes: 0,
            live: Wall(SECOND),
        };
        let run = Run {
            schema: crate::core::evidence::journal_run::SCHEMA.into(),
            version: String::new(),
            dialect: "exchange".into(),
            role: Role::Server,
            at: at(1),
            local: "192.0.2.1:5005".parse().unwrap(),
            peer: None,
            gateway: None,
            addresses: Vec::new(),
            parameters: serde_json::Value::Null,
            timeout_ns: None,
            boot_id: None,
            hop_limit: None,
            clocks: None,
            capture: Some(info),
        };
        let received = |n: i64| {
            let k = Some(Wall((n + 1) * SECOND + 7));
            Record::Received(Received { n: n as u64, p: 1, at: at(n + 2), k, h: digest(b"1") })
        };
        let counters = CaptureCounters { written, ..CaptureCounters::default() };
        let capture = Some(CaptureEnd { close: Wall(9 * SECOND), counters, failure: None });
        let end = End { at: at(9), reason: EndReason::Done, socket_drops: None, capture, clocks: None };
        let records = vec![Record::Run(Box::new(run)), received(1), received(2), Record::End(Box::new(end))];
        JournalLog { records, ..JournalLog::default() }
    }

    /// A capture with two datagrams, each `late_ns` after the journal's stamp.
    fn log(late_ns: i64) -> CaptureLog {
        let flow =
            FlowKey { source: "198.51.100.1:4000".parse().unwrap(), destination: "192.0.2.1:5005".parse().unwrap() };
        let datagram = |n: i64| Datagram {
            time: Wall((n + 1) * SECOND + 7 + late_ns),
            frame: n as u32,
            flow: 0,
            number: Some(n as u64),
            reads_as_reply: false,
            digest: None,
            packet_id: None,
            length: 1,
            ttl: 64,
            direction: None,
            bad_checksum: false,
            incomplete: false,
        };
        let datagrams = vec![datagram(1), datagram(2)];
        let (first, last) = (datagrams.first().map(|first| first.time), datagrams.last().map(|last| last.time));
        CaptureLog {
            link_type: "EN10MB".into(),
            resolution_ns: 1,
            packets: 2,
            flows: vec![flow],
            datagrams: datagrams.into(),
            first,
            last,
            ..CaptureLog::default()
        }
    }

    #[test]
    fn equal_kernel_stamps_confirm_whatever_the_name() {
        assert_eq!(relation(&journal(2), &log(0), 0), Relation::Confirmed);
        assert_eq!(relation(&journal(60), &log(0), 0), Relation::Confirmed, "a capture that was cut");
    }

    #[test]
    fn stamps_that_chance_explains_prove_nothing() {
        let dense = CaptureLog { resolution_ns: 1_000_000_000, ..log(0) };
        assert_eq!(relation(&journal(60), &dense, 0), Relation::Unrelated, "stamps of whole seconds");
        assert_eq!(relation(&journal(2), &dense, 0), Relation::Consistent, "but the count agrees");
    }

    #[test]
    fn a_hop_limit_of_its_own_is_no_sign_of_a_router() {
        let requests = log(0);
        let FlowKey { source, destination } = requests.flows[0];
        let reply = |request: &Datagram| Datagram {
            flow: 1,
            frame: request.frame + 2,
            ttl: 20,
            reads_as_reply: true,
            ..*request
        };
        let datagrams: Vec<Datagram> =
            requests.datagrams.iter().copied().chain(requests.datagrams.iter().map(reply)).collect();
        let flows = vec![requests.flows[0], FlowKey { source: destination, destination: source }];
        let coarse =
            CaptureLog { resolution_ns: 1_000_000_000, packets: 4, flows, datagrams: datagrams.into(), ..requests };
        let relation_with = |hop_limit| {
            let mut journal = journal(4);
            if let Some(Record::Run(run)) = journal.records.first_mut() {
                run.hop_limit = hop_limit;
            }
            relation(&journal, &coarse, 0)
        };
        assert_eq!(relation_with(Some(64)), Relation::Unrelated, "its replies left with 64 and are here with 20");
        assert_eq!(relation_with(Some(20)), Relation::Consistent);
    }

    #[test]
    fn the_other_hosts_capture_has_other_stamps() {
        assert_eq!(relation(&journal(2), &log(-20_000), 0), Relation::Unrelated);
    }

    #[test]
    fn more_packets_than_were_written_contradict() {
        assert_eq!(relation(&journal(1), &log(0), 0), Relation::Unrelated);
    }

    #[test]
    fn without_comparable_stamps_the_count_decides() {
        let silent = |packets| CaptureLog { datagrams: DatagramSource::default(), packets, ..log(0) };
        assert_eq!(relation(&journal(2), &silent(2), 0), Relation::Consistent);
        assert_eq!(relation(&journal(3), &silent(2), 0), Relation::Unrelated);
        let strangers = CaptureLog {
            flows: vec![FlowKey {
                source: "198.51.100.1:4000".parse().unwrap(),
                destination: "198.51.100.2:5005".parse().unwrap(),
            }],
            ..silent(2)
        };
        assert_eq!(relation(&journal(2), &strangers, 0), Relation::Unrelated, "none of its own addresses");
    }

    #[test]
    fn frames_outside_the_live_interval_contradict() {
        let early = CaptureLog { first: Some(Wall(-SECOND)), ..log(0) };
        assert_eq!(relation(&journal(2), &early, 0), Relation::Unrelated);
        assert_eq!(relation(&journal(2), &early, 2 * SECOND), Relation::Confirmed, "the clock was set in the run");
    }
}
