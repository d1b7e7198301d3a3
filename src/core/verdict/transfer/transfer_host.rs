//! One end of a transfer: what its journal and its capture say.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::net::{IpAddr, SocketAddr};

use super::blocks::{BlockSource, BlockWitness, batches};
use super::unnumbered_blocks;
use crate::core::document::transfer::{Traffic, TransferDocument};
use crate::core::document::witness::Witness;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::coverage::{Coverage, UnusableReason};
use crate::core::evidence::exchange_host::{DatagramForm, FilterCheck};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::transfer_records::{
    BlockEvent, ControlEvent, CorruptBlock, FileInfo, ReceiverReport, ReceiverReportRecord, WireBlock, WireFlow,
};
use crate::core::protocol::transfer::Mode;
use crate::core::time::{SECOND, Wall};
use crate::core::verdict::{warnings, witness_quality};

/// So long after the last block a sender whose files are kept stays there: none follows it sooner, nanoseconds.
const CAPTURE_DRAIN_NS: i64 = 2 * SECOND;

/// What one end has to say.
#[derive(Clone, Copy)]
pub struct TransferHostFiles<'a> {
    /// Sender ([`Role::Server`]) or receiver.
    pub role: Role,
    /// Its application's account.
    pub journal: Option<&'a JournalLog>,
    /// Its capture.
    pub capture: Option<&'a CaptureLog>,
    /// Judges frames by the capture's filter, where that is known.
    pub filter_check: Option<&'a FilterCheck<'a>>,
}

/// The ports of a sender and of its receiver.
pub(super) type Ports = (Option<u16>, Option<u16>);

/// An end, with what its journal tells apart from the blocks.
pub(super) struct TransferHost<'a> {
    pub(super) files: TransferHostFiles<'a>,
    pub(super) coverage: Option<JournalCoverage<'a>>,
    pub(super) file_info: Option<&'a FileInfo>,
    pub(super) accounts: BTreeMap<u16, &'a ReceiverReportRecord>,
}

impl<'a> TransferHost<'a> {
    pub(super) fn new(files: TransferHostFiles<'a>) -> Self {
        let records = files.journal.map_or(&[][..], |journal| &journal.records);
        let file_info = files.journal.and_then(JournalLog::file_info);
        let accounts = records.iter().filter_map(|record| match record {
            Record::ReceiverReport(closing) => Some((closing.account.number, &**closing)),
            _ => None,
        });
        Self { files, coverage: files.journal.map(JournalCoverage::new), file_info, accounts: accounts.collect() }
    }

    /// The receivers that its journal tells of.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u16> {
        let peers = self.files.journal.into_iter().flat_map(|journal| &journal.records);
        let peers = peers.filter_map(|record| match record {
            Record::Peer(peer) => u16::try_from(peer.p).ok(),
            _ => None,
        });
        peers.chain(self.accounts.keys().copied())
    }

    pub(super) fn account(&self, number: u16) -> Option<&'a ReceiverReport> {
        self.accounts.get(&number).map(|closing| &closing.account)
    }

    /// When a word passed here.
    pub(super) fn word(&self, number: u16, word: ControlEvent) -> Option<Wall> {
        self.files.journal?.records.iter().find_map(|record| match record {
            Record::Control(spoken) if spoken.p == u32::from(number) && spoken.event == word => Some(spoken.at.wall),
            _ => None,
        })
    }

    /// By how much its clock moved during the run, nanoseconds.
    pub(super) fn clock_moved(&self) -> i64 {
        self.coverage.as_ref().map_or(0, |coverage| coverage.clock_moved)
    }

    /// What its application says of a receiver's blocks.
    pub(super) fn app(&self, number: u16, deed: BlockEvent) -> Option<BlockWitness<'a>> {
        let mut coverage = self.coverage.as_ref()?.covered.clone();
        // Once it has closed the account it reads nothing more. One that was killed had not written yet what came last.
        let closed = self.accounts.get(&number).map(|closing| closing.at.wall);
        let written = || {
            let ends = batches(self.files.journal?, number, deed).map(|batch| batch.at.wall.shifted(batch.duration_ns));
            ends.max()
        };
        coverage.to = coverage.to.min(closed.or_else(written).unwrap_or(coverage.from));
        Some(BlockWitness::new(BlockSource::Told(self.files.journal?, number, deed), coverage))
    }

    /// What its application says of a receiver's unnumbered blocks, where it tells each of so many.
    pub(super) fn all_blocks(&self, number: u16, deed: BlockEvent, count: u64) -> Option<BlockWitness<'a>> {
        let told = self.app(number, deed).filter(|_| self.tells_all(number))?;
        (unnumbered_blocks::count(&told) == count).then_some(told)
    }

    /// Whether its journal tells all that its application did with a receiver's blocks: it closed the account, and no record
    /// was lost.
    pub(super) fn tells_all(&self, number: u16) -> bool {
        self.accounts.contains_key(&number) && self.coverage.as_ref().is_some_and(|coverage| coverage.lost == 0)
    }

    /// The flows of its capture on which a receiver's blocks travel; `None` where there is no capture, or one that shows
    /// several transfers and nobody can tell them apart.
    fn flows(&self, account: &ReceiverReport, mode: Mode) -> Option<Vec<&'a WireFlow>> {
        let (server, client) = (account.server_port, account.client_port);
        let all = &self.files.capture?.wire_flows;
        let own = if self.files.role == Role::Server { server } else { client };
        if own.is_none() {
            return self.only_flow(account, mode);
        }
        let from_server = |flow: &&WireFlow| Some(flow.ends.source.port()) == server;
        let to_client = |flow: &&WireFlow| Some(flow.ends.destination.port()) == client;
        let mut flows: Vec<&WireFlow> =
            all.iter().filter(|flow| flow.is_tcp == (mode == Mode::Tcp) && flow.packets > 0).collect();
        let other_end: &dyn Fn(&&WireFlow) -> bool = match self.files.role {
            Role::Server => {
                flows.retain(from_server);
                &to_client
            }
            Role::Client => {
                flows.retain(to_client);
                &from_server
            }
        };
        // A router may have changed the other end's port: only then is there none with it.
        if flows.iter().any(other_end) || mode == Mode::Tcp && self.files.role == Role::Server {
            flows.retain(other_end);
        }
        // Receivers in several homes may have one port. The sender knows each by its address.
        let peer = account.peer.map(|peer| peer.ip());
        let to_peer = |flow: &&WireFlow| Some(flow.ends.destination.ip()) == peer;
        if self.files.role == Role::Server && flows.iter().any(to_peer) {
            flows.retain(to_peer);
        }
        let is_bounded = self.files.journal.is_some_and(|journal| span(journal, mode).is_some());
        (is_bounded || flows.iter().all(|flow| !flow.mixed)).then_some(flows)
    }

    /// The flow of its capture on which a receiver's blocks travel where its own end never told its port, as one that was killed:
    /// the only one that can be.
    fn only_flow(&self, account: &ReceiverReport, mode: Mode) -> Option<Vec<&'a WireFlow>> {
        let is_possible = |flow: &&WireFlow| {
            let [source, destination] = [flow.ends.source, flow.ends.destination];
            let fits = |known: Option<u16>, port: u16| known.is_none_or(|known| known == port);
            let to_peer = self.files.role == Role::Client
                || account.peer.is_none_or(|peer| peer.ip().to_canonical() == destination.ip());
            let shows = !flow.blocks.is_empty() || !flow.corrupt.is_empty() || !mode.has_blocks();
            shows
                && !flow.is_tcp
                && flow.packets > 0
                && !flow.mixed
                && to_peer
                && fits(account.server_port, source.port())
                && fits(account.client_port, destination.port())
        };
        let mut flows = self.files.capture?.wire_flows.iter().filter(is_possible);
        let only = flows.next().filter(|_| mode != Mode::Tcp)?;
        flows.next().is_none().then(|| vec![only])
    }

    /// Whether its capture may be of the receiver with these ports of sender and receiver, where all have those: a router may
    /// have changed them, but not into another's.
    pub(super) fn may_show(&self, own: Ports, all: &[Ports]) -> bool {
        let flows = self.files.capture.map_or(&[][..], |log| &log.wire_flows);
        let ports = |flow: &WireFlow| (Some(flow.ends.source.port()), Some(flow.ends.destination.port()));
        let shows = |wanted: &Ports| flows.iter().any(|flow| flow.packets > 0 && ports(flow) == *wanted);
        shows(&own) || !all.iter().any(shows)
    }

    /// What its capture shows of a receiver's blocks.
    pub(super) fn wire(&self, account: &ReceiverReport, mode: Mode, block: u16) -> Option<BlockWitness<'a>> {
        let log = self.files.capture?;
        let all = &log.wire_flows;
        let flows = self.flows(account, mode)?;
        let (mut corrupt, unidentified) = self.corrupt_blocks(&flows, mode);
        let by_digest = if mode == Mode::Classic { std::mem::take(&mut corrupt) } else { Vec::new() };
        let shown = match &flows[..] {
            [one] if corrupt.is_empty() => Cow::Borrowed(&one.blocks),
            several => {
                let mut shown: Vec<WireBlock> = several.iter().flat_map(|flow| &flow.blocks).copied().collect();
                shown.extend(corrupt);
                shown.sort_by_key(|block| block.frame);
                Cow::Owned(shown.into())
            }
        };
        let own = self
            .coverage
            .as_ref()
            .and_then(|coverage| Some(coverage.coverage_of(coverage.describes_capture(log)?, log)));
        let mut coverage = own.unwrap_or_else(|| Coverage::assumed(shown.iter().map(|block| block.time)));
        if let Some((from, to)) = self.files.journal.and_then(|journal| span(journal, mode)) {
            (coverage.from, coverage.to) = (coverage.from.max(from), coverage.to.min(to));
        }
        coverage.blind.extend(log.blind.iter().map(|blind| (blind.from, blind.to)));
        let ends = flows.first().map(|flow| flow.ends).or_else(|| self.expected(account));
        if let (Some(ends), Some(admission)) = (ends, self.files.filter_check) {
            let form = DatagramForm { length: block, fragmented: flows.iter().any(|flow| flow.fragmented > 0) };
            coverage.void = coverage.void.or_else(|| admission(ends, form));
        }
        // One that shows nothing of the transfer, not even its control connection, looked elsewhere. And of a block in
        // fragments the first one says nothing.
        if all.is_empty() {
            coverage.void.get_or_insert(UnusableReason::NeverAwake);
        } else if flows.iter().any(|flow| flow.fragmented > 0 || flow.cut > 0) {
            coverage.void.get_or_insert(UnusableReason::Snaplen);
        }
        Some(BlockWitness { seen: BlockSource::Shown(shown), coverage, unidentified, corrupt: by_digest })
    }

    /// The blocks of datagrams with a wrong checksum, and how many such datagrams can be of any block. A number that another
    /// datagram has may have been altered.
    fn corrupt_blocks(&self, flows: &[&WireFlow], mode: Mode) -> (Vec<WireBlock>, u64) {
        let corrupt: Vec<&CorruptBlock> = flows.iter().flat_map(|flow| &flow.corrupt).collect();
        if corrupt.is_empty() {
            return (Vec::new(), 0);
        }
        let is_receivers = self.files.role == Role::Client;
        let mut known: HashSet<u32> = HashSet::new();
        if is_receivers && mode != Mode::Classic {
            known.extend(flows.iter().flat_map(|flow| &flow.blocks).map(|block| block.key));
        }
        let (mut blocks, mut unidentified) = (Vec::new(), 0);
        for CorruptBlock { time, frame, key } in corrupt.into_iter().copied() {
            match key.filter(|key| mode == Mode::Classic || !is_receivers || known.insert(*key)) {
                Some(key) => blocks.push(WireBlock { time, frame, key }),
                None => unidentified += u64::from(is_receivers),
            }
        }
        (blocks, unidentified)
    }

    /// What the drop counter of the receiver's socket may have counted beside its blocks, by its capture: datagrams with a wrong
    /// checksum, and those of others to its port.
    pub(super) fn other_arrivals(&self, account: &ReceiverReport, mode: Mode) -> Option<u64> {
        let own = self.flows(account, mode)?;
        let port = own.first()?.ends.destination.port();
        let to_port = self.files.capture?.wire_flows.iter().filter(|flow| flow.ends.destination.port() == port);
        // Name and size are datagrams of their own in the classic mode; those that were read were not dropped.
        let unread = |is_known: Option<bool>| u64::from(mode == Mode::Classic && is_known != Some(true));
        let named = unread(self.file_info.map(|info| info.name.is_some()));
        let sized = unread(self.file_info.map(|info| info.size_bytes.is_some()));
        let arrivals = |flow: &WireFlow| {
            let is_own = own.iter().any(|own| own.ends == flow.ends);
            let strangers = if is_own || mode == Mode::Udp { 0 } else { flow.packets };
            flow.others + flow.corrupt.len() as u64 + strangers
        };
        Some(named + sized + to_port.map(arrivals).sum::<u64>())
    }

    /// Between which addresses blocks would have passed here.
    fn expected(&self, account: &ReceiverReport) -> Option<FlowKey> {
        let peer = account.peer?.ip();
        let own = self.files.journal?.run()?.local.ip();
        let sender = |ip: IpAddr| Some(SocketAddr::new(ip, account.server_port?));
        let receiver = |ip: IpAddr| Some(SocketAddr::new(ip, account.client_port?));
        Some(match self.files.role {
            Role::Server => FlowKey { source: sender(own)?, destination: receiver(peer)? },
            Role::Client => FlowKey { source: sender(peer)?, destination: receiver(own)? },
        })
    }

    pub(super) fn traffic(&self, account: &ReceiverReport, mode: Mode) -> Option<Traffic> {
        let flows = self.flows(account, mode)?;
        let sum = |figure: fn(&WireFlow) -> u64| flows.iter().map(|flow| figure(flow)).sum();
        Some(Traffic {
            packets: sum(|flow| flow.packets),
            bytes: sum(|flow| flow.bytes),
            repeated: (mode == Mode::Tcp).then(|| sum(|flow| flow.repeated)),
        })
    }

    /// The witnesses themselves, and what weakens them.
    pub(super) fn describe(&self, document: &mut TransferDocument) {
        let role = self.files.role;
        let number = (role == Role::Client).then(|| self.numbers().next()).flatten();
        let witnesses = &mut document.envelope.witnesses;
        let mut add = |witness: Witness| {
            let witness = Witness { role: Some(role), number, ..witness };
            witnesses.add(role, (role == Role::Client).then(|| number.unwrap_or(1)), witness);
        };
        if let Some(coverage) = &self.coverage {
            add(witness_quality::of_journal(coverage));
        }
        let log = self.files.capture;
        if let Some(log) = log {
            add(witness_quality::of_capture(log, self.coverage.as_ref()));
        }
        warnings::warn(log, self.coverage.as_ref(), &mut document.envelope.warnings);
    }
}

/// From when to when blocks that nothing tells from another transfer's can be this one's, by the clock of the end whose
/// journal it is: from the receiver's word that they may come to the end of the account, at the sender some time more, for
/// what has left its application. `None` where blocks are told by more than the time, or no time is told.
pub fn span(journal: &JournalLog, mode: Mode) -> Option<(Wall, Wall)> {
    if mode != Mode::Classic {
        return None;
    }
    let words = journal.records.iter().filter_map(|record| match record {
        Record::Control(spoken) => Some(spoken.at.wall),
        _ => None,
    });
    let closings = journal.records.iter().filter_map(|record| match record {
        Record::ReceiverReport(closing) => Some(closing.at.wall),
        _ => None,
    });
    let coverage = JournalCoverage::new(journal);
    let late = match journal.run().map(|run| run.role) {
        Some(Role::Client) => 0,
        _ => CAPTURE_DRAIN_NS,
    };
    let (from, to) = (words.min()?, closings.max().unwrap_or(coverage.covered.to));
    Some((from.shifted(-coverage.clock_moved), to.shifted(coverage.clock_moved.saturating_add(late))))
}
