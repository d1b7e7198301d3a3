//! Whether a server's files that show no message could have shown one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::core::evidence::capture_log::UnreadableReason;
use crate::core::evidence::coverage::UnusableReason;
use crate::core::evidence::exchange_host::{DatagramForm, ExchangeHostFiles, HostFlow};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::track::PointObservations;
use crate::core::time::Wall;

/// Bytes of a text with a number.
const SHORT_TEXT: u16 = 12;

/// A client on the Internet: an address for documentation (RFC 5737, RFC 3849) and a dynamic port.
const SOME_CLIENT: (IpAddr, IpAddr, u16) =
    (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)), 50_000);

/// Why files do not show whether messages reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnseenReason {
    /// The capture's filter refuses a client's datagrams, or those of some clients.
    Filter,
    /// Its snapshot length cuts the numbers off.
    Snaplen,
    /// It holds packets that were not read.
    Unread {
        /// How many.
        count: u64,
    },
    /// By the hosts' clocks they end before the client's first message.
    Earlier {
        /// By how much, nanoseconds.
        apart_ns: i64,
    },
    /// By the hosts' clocks they begin after the client's last message.
    Later {
        /// By how much, nanoseconds.
        apart_ns: i64,
    },
}

/// What a host's files could show of requests that come to it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestSight {
    awake: Option<(Wall, Wall)>,
    refuses: Option<UnusableReason>,
    unread: u64,
}

impl RequestSight {
    /// Of a server's files.
    pub fn new(side: &ExchangeHostFiles<'_>, coverage: Option<&JournalCoverage<'_>>) -> Self {
        let own = coverage.zip(side.capture).and_then(|(coverage, log)| {
            let info = coverage.describes_capture(log)?;
            Some(coverage.coverage_of(info, log))
        });
        let of_capture = match (&own, side.capture) {
            (Some(coverage), _) => Some((coverage.from, coverage.to)),
            (None, Some(log)) => log.first.zip(log.last),
            (None, None) => None,
        };
        let of_journal = coverage.map(|coverage| (coverage.covered.from, coverage.covered.to));
        let local = side.journal.and_then(JournalLog::run).map(|run| own_address(run.local, &run.addresses));
        let refuses = local.zip(side.filter_check).filter(|_| own.is_some()).and_then(|(destination, admits)| {
            let (v4, v6, port) = SOME_CLIENT;
            let source = SocketAddr::new(if destination.is_ipv4() { v4 } else { v6 }, port);
            admits(FlowKey { source, destination }, DatagramForm { length: SHORT_TEXT, fragmented: false })
        });
        let unread = side.capture.into_iter().flat_map(|log| &log.blind);
        let unread = unread.filter(|blind| UnreadableReason::IN_FILE.contains(&blind.why)).map(|blind| blind.count);
        Self { awake: of_capture.or(of_journal), refuses, unread: unread.sum() }
    }

    /// Why these files do not show whether a client's messages came.
    pub fn hides(&self, client: &[HostFlow]) -> Option<UnseenReason> {
        match self.refuses {
            Some(UnusableReason::Snaplen) => return Some(UnseenReason::Snaplen),
            Some(_) => return Some(UnseenReason::Filter),
            None if self.unread > 0 => return Some(UnseenReason::Unread { count: self.unread }),
            None => {}
        }
        let tracks = client.iter().flat_map(|flow| [&flow.request_app, &flow.request_wire]).flatten();
        let times = tracks.flat_map(PointObservations::sightings).map(|sight| sight.time);
        let (first, last) = times.fold(None, |span: Option<(Wall, Wall)>, time| {
            Some(span.map_or((time, time), |(first, last)| (first.min(time), last.max(time))))
        })?;
        match self.awake? {
            (from, _) if from > last => Some(UnseenReason::Later { apart_ns: from.since(last) }),
            (_, to) if to < first => Some(UnseenReason::Earlier { apart_ns: first.since(to) }),
            _ => None,
        }
    }
}

/// An address of the host to which datagrams come that its socket receives.
fn own_address(local: SocketAddr, addresses: &[IpAddr]) -> SocketAddr {
    let of_family = |ip: &&IpAddr| ip.is_ipv4() == local.is_ipv4() && !ip.is_loopback();
    let found = addresses.iter().find(of_family).or_else(|| addresses.iter().find(|ip| !ip.is_loopback()));
    if local.ip().is_unspecified() {
        SocketAddr::new(found.copied().unwrap_or(local.ip()), local.port())
    } else {
        local
    }
}
