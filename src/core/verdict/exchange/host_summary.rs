//! One host's files reduced to what the verdict needs, so that their contents can be dropped and two hosts read in
//! parallel.

use std::collections::BTreeSet;

use super::request_sight::RequestSight;
use crate::core::document::warning::Warning;
use crate::core::document::witness::Witness;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::exchange_host::{ExchangeHostFiles, HostFlow};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::journal_run::Run;
use crate::core::identify::capture_role::{self, NotOneEnd};
use crate::core::identify::stray_replies::stray_replies;
use crate::core::time::Wall;
use crate::core::verdict::{warnings, witness_quality};

/// Timestamps of a capture that are kept to recognize a copy of it.
const FIRST_STAMPS: usize = 1_000;

/// Clocks of two hosts that tick no slower than this never stamp a datagram alike, on any network.
const FINE_TICK_NS: u32 = 1_000;

/// One host's evidence, worked out.
#[derive(Clone, Debug)]
pub struct HostSummary {
    /// One for each client and run.
    pub flows: Vec<HostFlow>,
    /// Its journal.
    pub journal: Option<Witness>,
    /// Its capture.
    pub capture: Option<Witness>,
    /// What weakens its witnesses.
    pub warnings: Vec<Warning>,
    /// Its journal's `run` line.
    pub run: Option<Run>,
    /// Datagrams that the kernel dropped at the application's socket.
    pub socket_drops: Option<u64>,
    /// Whether its files could have shown requests.
    pub request_sight: RequestSight,
    /// Why the capture is not of this host's end, where no journal speaks for it.
    pub not_one_end: Option<NotOneEnd>,
    /// The stamps and addresses of the capture's first datagrams, and how many datagrams it holds.
    first_datagrams: (Vec<(Wall, FlowKey)>, usize),
}

impl HostSummary {
    /// Summarizes a host. `server_port` is used if no journal has it.
    pub fn new(side: &ExchangeHostFiles<'_>, server_port: Option<u16>) -> Self {
        let journal_coverage = side.journal.map(JournalCoverage::new);
        let coverage = journal_coverage.as_ref();
        let mut warnings = Vec::new();
        warnings::warn(side.capture, coverage, &mut warnings);
        let is_own = |log| coverage.is_some_and(|coverage| coverage.describes_capture(log).is_some());
        let foreign = side.capture.filter(|log| !is_own(log));
        let addressed = |log: &CaptureLog| {
            let first = log.datagrams.iter().take(FIRST_STAMPS);
            let first = first.map(|datagram| (datagram.time, log.flows[datagram.flow as usize]));
            (first.collect(), log.datagrams.len())
        };
        Self {
            not_one_end: foreign.and_then(|log| capture_role::not_one_end(log, Some(side.role), server_port)),
            flows: side.flows(coverage, server_port),
            journal: coverage.map(witness_quality::of_journal),
            capture: side.capture.map(|log| witness_quality::of_capture(log, coverage)),
            request_sight: RequestSight::new(side, coverage),
            warnings,
            run: side.journal.and_then(JournalLog::run).cloned(),
            socket_drops: coverage.and_then(|coverage| coverage.socket_drops),
            first_datagrams: side.capture.map(addressed).unwrap_or_default(),
        }
    }

    /// The client's summary without the replies that, as the server's shows, answer another run; `None` if there are none.
    pub fn without_strays(&self, server: &Self) -> Option<Self> {
        let strays: Vec<_> = self.flows.iter().map(|flow| stray_replies(flow, &server.flows)).collect();
        let flows = |strays: Vec<BTreeSet<u64>>| {
            self.flows.iter().cloned().zip(strays).map(|(flow, strays)| flow.without_replies(strays)).collect()
        };
        let is_any = strays.iter().any(|strays| !strays.is_empty());
        is_any.then(|| Self { flows: flows(strays), ..self.clone() })
    }

    /// The name of its capture file.
    pub fn capture_file(&self) -> Option<&str> {
        self.capture.as_ref().map(|capture| capture.file.as_str())
    }

    /// Whether both hosts have the same capture, or a part of it: two hosts never stamp all datagrams alike, unless their clocks
    /// are coarse or there is only one datagram. Then the addresses must be the same as well.
    pub fn shares_capture(&self, other: &Self) -> bool {
        let [(ours, our_count), (theirs, their_count)] = [&self.first_datagrams, &other.first_datagrams];
        let ticks = [self, other].map(|host| host.capture.as_ref().and_then(|capture| capture.resolution_ns));
        let is_fine = ticks.iter().all(|tick| tick.is_none_or(|tick| tick <= FINE_TICK_NS));
        let count = *our_count.min(their_count);
        let is_same = |(our, their): (&(Wall, FlowKey), &(Wall, FlowKey))| {
            our.0 == their.0 && (is_fine && count > 1 || our.1 == their.1)
        };
        (count > 1 || is_fine && count == 1) && ours.iter().zip(theirs).all(is_same)
    }
}
