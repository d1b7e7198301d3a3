//! The entry point of transfer verdicts: from the evidence of one host or several to the result document.

pub mod blocks;
pub mod unnumbered_blocks;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use thiserror::Error;

use self::blocks::{BlockSource, BlockWitness, BlocksInput};
use super::{warnings, witness_quality};
use crate::core::document::counts::PointCounts;
use crate::core::document::envelope::{Envelope, Kind, Perspective};
use crate::core::document::path::SegmentName;
use crate::core::document::transfer::{
    Advice, Loss, LossBySegment, LossMap, MAX_CELLS, Throughput, Traffic, Transfer, TransferDocument, Wire,
};
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::document::witness::Witness;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::coverage::{Coverage, UnusableReason};
use crate::core::evidence::exchange_host::{DatagramForm, FilterCheck};
use crate::core::evidence::flow::FlowKey;
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::transfer_records::{
    BlockEvent, ControlEvent, FileInfo, ProgressRecord, ReceiverReport, ReceiverReportRecord, WireBlock, WireFlow,
};
use crate::core::identify::clock_offset::Offset;
use crate::core::identify::same_host::{HostView, is_same_host};
use crate::core::protocol::transfer::Mode;
use crate::core::time::{SECOND, Wall};

/// The receive buffer that is advised at the least, bytes.
const ENOUGH_BUFFER: u64 = 8 << 20;

/// Numbers of blocks have 32 bits.
const MAX_BLOCKS: u64 = 1 << 32;

/// A fixed rate that is advised leaves this part of what the receiver took.
const RATE_MARGIN: f64 = 0.8;

/// So long after the last block a sender whose files are kept stays there: none follows it sooner, nanoseconds.
const CAPTURE_DRAIN_NS: i64 = 2 * SECOND;

/// Clocks that nobody set move apart by less than this in the course of a transfer, nanoseconds.
const DRIFT: i64 = SECOND;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TransferVerdictError {
    /// No journal tells what was transferred.
    #[error("no journal tells what was transferred")]
    NoFileInfo,
    /// The files are of different transfers.
    #[error("the files are of different transfers")]
    NothingShared,
}

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

/// An end, with what its journal tells apart from the blocks.
struct TransferHost<'a> {
    files: TransferHostFiles<'a>,
    coverage: Option<JournalCoverage<'a>>,
    file_info: Option<&'a FileInfo>,
    accounts: BTreeMap<u16, &'a ReceiverReportRecord>,
}

impl<'a> TransferHost<'a> {
    fn new(files: TransferHostFiles<'a>) -> Self {
        let records = files.journal.map_or(&[][..], |journal| &journal.records);
        let file_info = files.journal.and_then(JournalLog::file_info);
        let accounts = records.iter().filter_map(|record| match record {
            Record::ReceiverReport(closing) => Some((closing.account.number, &**closing)),
            _ => None,
        });
        Self { files, coverage: files.journal.map(JournalCoverage::new), file_info, accounts: accounts.collect() }
    }

    /// The receivers that its journal tells of.
    fn numbers(&self) -> impl Iterator<Item = u16> {
        let peers = self.files.journal.into_iter().flat_map(|journal| &journal.records);
        let peers = peers.filter_map(|record| match record {
            Record::Peer(peer) => u16::try_from(peer.p).ok(),
            _ => None,
        });
        peers.chain(self.accounts.keys().copied())
    }

    fn account(&self, number: u16) -> Option<&'a ReceiverReport> {
        self.accounts.get(&number).map(|closing| &closing.account)
    }

    /// When a word passed here.
    fn word(&self, number: u16, word: ControlEvent) -> Option<Wall> {
        self.files.journal?.records.iter().find_map(|record| match record {
            Record::Control(spoken) if spoken.p == u32::from(number) && spoken.event == word => Some(spoken.at.wall),
            _ => None,
        })
    }

    /// By how much its clock moved during the run, nanoseconds.
    fn clock_moved(&self) -> i64 {
        self.coverage.as_ref().map_or(0, |coverage| coverage.clock_moved)
    }

    /// What its application says of a receiver's blocks.
    fn app(&self, number: u16, deed: BlockEvent) -> Option<BlockWitness<'a>> {
        let mut coverage = self.coverage.as_ref()?.covered.clone();
        // Once it has closed the account it reads nothing more.
        if let Some(closing) = self.accounts.get(&number) {
            coverage.to = coverage.to.min(closing.at.wall);
        }
        Some(BlockWitness { seen: BlockSource::Told(self.files.journal?, number, deed), coverage })
    }

    /// The flows of its capture on which a receiver's blocks travel; `None` where there is no capture, or one that shows
    /// several transfers and nobody can tell them apart.
    fn flows(&self, account: &ReceiverReport, mode: Mode) -> Option<Vec<&'a WireFlow>> {
        let (server, client) = (account.server_port, account.client_port);
        let all = &self.files.capture?.wire_flows;
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
        let is_bounded = self.files.journal.is_some_and(|journal| span(journal, mode).is_some());
        (is_bounded || flows.iter().all(|flow| !flow.mixed)).then_some(flows)
    }

    /// What its capture shows of a receiver's blocks.
    fn wire(&self, account: &ReceiverReport, mode: Mode, block: u16) -> Option<BlockWitness<'a>> {
        let log = self.files.capture?;
        let all = &log.wire_flows;
        let flows = self.flows(account, mode)?;
        let shown = match &flows[..] {
            [one] => Cow::Borrowed(&one.blocks[..]),
            several => {
                let mut shown: Vec<WireBlock> = several.iter().flat_map(|flow| &flow.blocks).copied().collect();
                shown.sort_by_key(|block| block.frame);
                Cow::Owned(shown)
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
        Some(BlockWitness { seen: BlockSource::Shown(shown), coverage })
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

    fn traffic(&self, account: &ReceiverReport, mode: Mode) -> Option<Traffic> {
        let flows = self.flows(account, mode)?;
        let sum = |figure: fn(&WireFlow) -> u64| flows.iter().map(|flow| figure(flow)).sum();
        Some(Traffic {
            packets: sum(|flow| flow.packets),
            bytes: sum(|flow| flow.bytes),
            repeated: (mode == Mode::Tcp).then(|| sum(|flow| flow.repeated)),
        })
    }

    /// The witnesses themselves, and what weakens them.
    fn describe(&self, document: &mut TransferDocument) {
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

/// Analyzes a transfer from the evidence of its ends. The sender comes first, if its files are there.
///
/// # Errors
/// [`TransferVerdictError`] where the evidence is about nothing, or about two different things.
pub fn judge(
    sender: Option<TransferHostFiles<'_>>,
    receivers: &[TransferHostFiles<'_>],
) -> Result<TransferDocument, TransferVerdictError> {
    let sender = sender.map(TransferHost::new);
    let receivers: Vec<TransferHost<'_>> = receivers.iter().copied().map(TransferHost::new).collect();
    let all = || sender.iter().chain(&receivers);
    let file_info = all().find_map(|host| host.file_info).ok_or(TransferVerdictError::NoFileInfo)?;
    if all().filter_map(|host| host.file_info).any(|other| !is_same(file_info, other)) {
        return Err(TransferVerdictError::NothingShared);
    }
    let start = all().find_map(|host| host.numbers().find_map(|number| host.word(number, ControlEvent::Start)));
    let mut document = TransferDocument {
        envelope: Envelope::new(Kind::Transfer, Perspective::of(!receivers.is_empty(), sender.is_some())),
        mode: file_info.mode,
        name: file_info.name.clone(),
        size_bytes: file_info.size_bytes,
        sha256: file_info.sha256.clone(),
        clients: file_info.clients,
        block_bytes: file_info.mode.has_blocks().then_some(file_info.block_bytes),
        start_ns: start.unwrap_or(file_info.at.wall),
        transfers: Vec::new(),
    };
    for host in all() {
        host.describe(&mut document);
    }
    let mut numbers: Vec<u16> = all().flat_map(TransferHost::numbers).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut same_host = false;
    for number in numbers {
        let receiver = receivers.iter().find(|host| host.numbers().any(|other| other == number));
        // A receiver's capture alone belongs to the only receiver there is.
        let receiver = receiver.or_else(|| match &receivers[..] {
            [one] if one.files.journal.is_none() => Some(one),
            _ => None,
        });
        let pair = ReceiverPath { file_info, number, sender: sender.as_ref(), receiver };
        if !pair.is_one() {
            return Err(TransferVerdictError::NothingShared);
        }
        if let (Offset::Within { low_ns, high_ns }, false) = (pair.offset(), pair.shares_token()) {
            // The warning is of the sender's clock minus the receiver's.
            let offset = Offset::Within { low_ns: high_ns.saturating_neg(), high_ns: low_ns.saturating_neg() };
            warnings::warn_of_offset(offset, &mut document.envelope.warnings);
        }
        same_host |= pair.is_same_host();
        let transfer = pair.judge(&mut document.envelope.warnings);
        document.transfers.push(transfer);
    }
    if same_host {
        document.envelope.warnings.push(Warning::new(WarningCode::SameHost, []));
    }
    warnings::merge(&mut document.envelope.warnings);
    Ok(document)
}

/// Whether two ends tell of the same transfer, as far as they tell.
fn is_same(one: &FileInfo, other: &FileInfo) -> bool {
    one.mode == other.mode
        && agree(one.token, other.token)
        && agree(one.size_bytes, other.size_bytes)
        && agree(one.clients, other.clients)
        && one.sha256.iter().zip(&other.sha256).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// Whether two ends say the same, where both say something.
fn agree<T: PartialEq + Copy>(one: Option<T>, other: Option<T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// The way to one receiver.
struct ReceiverPath<'a, 'b> {
    file_info: &'a FileInfo,
    number: u16,
    sender: Option<&'b TransferHost<'a>>,
    receiver: Option<&'b TransferHost<'a>>,
}

impl ReceiverPath<'_, '_> {
    fn judge(&self, warnings: &mut Vec<Warning>) -> Transfer {
        let account = self.account();
        let mode = self.file_info.mode;
        let mut transfer = Transfer::of(account.clone());
        let account = &account;
        transfer.wire = Wire {
            sender: self.sender.and_then(|host| host.traffic(account, mode)),
            receiver: self.receiver.and_then(|host| host.traffic(account, mode)),
        };
        transfer.throughput = self.throughput();
        if mode.has_blocks() {
            let (points, loss) = self.blocks(account, warnings);
            transfer.points = points;
            transfer.loss = loss;
        }
        transfer
    }

    /// What both ends account for: each knows best what it did itself.
    fn account(&self) -> ReceiverReport {
        let sender = self.sender.and_then(|host| host.account(self.number));
        let receiver = self.receiver.and_then(|host| host.account(self.number));
        let (Some(sent), Some(arrived)) = (sender, receiver) else {
            let one = sender.or(receiver).cloned();
            return one.unwrap_or(ReceiverReport { number: self.number, ..ReceiverReport::default() });
        };
        let mut account = ReceiverReport {
            peer: sent.peer,
            server_port: sent.server_port.or(arrived.server_port),
            bytes_sent: sent.bytes_sent,
            transport: sent.transport.or(arrived.transport),
            error: arrived.error.or(sent.error),
            ..arrived.clone()
        };
        if let (Some(blocks), Some(sent)) = (&mut account.blocks, &sent.blocks) {
            (blocks.sent, blocks.unsent) = (sent.sent, sent.unsent);
        }
        account
    }

    /// Whether both ends tell that they spoke with each other: a token is of one transfer alone.
    fn shares_token(&self) -> bool {
        let token = |host: Option<&TransferHost<'_>>| host.and_then(|host| host.file_info)?.token;
        token(self.sender).is_some() && token(self.sender) == token(self.receiver)
    }

    /// Whether what both ends tell of this receiver can be of one transfer, where no token says so.
    fn is_one(&self) -> bool {
        let (Some(sender), Some(receiver)) = (self.sender, self.receiver) else { return true };
        if self.shares_token() {
            return true;
        }
        // The port of blocks is told on the control connection, where no router changes it.
        let port = |host: &TransferHost<'_>| host.account(self.number)?.client_port;
        if self.file_info.mode.has_blocks() && !agree(port(sender), port(receiver)) {
            return false;
        }
        // No control message is received long before it was sent, and one host has one clock.
        let is_possible = self.bounds().is_none_or(|(low, high)| {
            low.saturating_sub(high) <= DRIFT && (!self.is_same_host() || low <= DRIFT && high >= -DRIFT)
        });
        let journals = sender.files.journal.zip(receiver.files.journal);
        is_possible
            && journals.is_none_or(|(sent, read)| {
                self.file_info.mode != Mode::Classic || unnumbered_blocks::could_match(sent, read, self.number)
            })
    }

    fn is_same_host(&self) -> bool {
        is_same_host([self.sender, self.receiver].into_iter().flatten().map(|host| {
            let peer = host.account(self.number).and_then(|account| account.peer);
            let run = host.files.journal.and_then(JournalLog::run);
            match host.files.role {
                Role::Server => HostView { client: peer, server: None, run },
                Role::Client => HostView { client: None, server: peer, run },
            }
        }))
    }

    /// How far the receiver's clock is ahead of the sender's, by what they said to each other.
    fn offset(&self) -> Offset {
        match self.bounds() {
            None => Offset::Unknown,
            Some((low_ns, high_ns)) if low_ns > high_ns => Offset::Stepped,
            Some((low_ns, high_ns)) => Offset::Within { low_ns, high_ns },
        }
    }

    /// The same as its lower and its upper bound, nanoseconds, which leave nothing between them where a clock was set.
    fn bounds(&self) -> Option<(i64, i64)> {
        let (sender, receiver) = (self.sender?, self.receiver?);
        let difference = |word| Some(receiver.word(self.number, word)?.since(sender.word(self.number, word)?));
        // A message is sent before it is received: the receiver's clock is ahead by at least that much.
        let low = [ControlEvent::Ready, ControlEvent::Done].into_iter().filter_map(difference).max()?;
        let high = difference(ControlEvent::Start)?;
        let moved = sender.clock_moved().saturating_add(receiver.clock_moved());
        Some((low.saturating_sub(moved), high.saturating_add(moved)))
    }

    fn blocks(&self, account: &ReceiverReport, warnings: &mut Vec<Warning>) -> (Option<PointCounts>, Option<Loss>) {
        let (mode, same_host, offset) = (self.file_info.mode, self.is_same_host(), self.offset());
        let counts = account.blocks.clone().unwrap_or_default();
        let length = u16::try_from(self.file_info.block_bytes).unwrap_or(u16::MAX);
        let mut watches = [
            self.sender.and_then(|host| host.app(self.number, BlockEvent::Sent)),
            self.sender.and_then(|host| host.wire(account, mode, length)),
            self.receiver.and_then(|host| host.wire(account, mode, length)),
            self.receiver.and_then(|host| host.app(self.number, BlockEvent::Read)),
        ];
        let mut blocks = self
            .file_info
            .size_bytes
            .map_or(0, |size| size.div_ceil(u64::from(self.file_info.block_bytes.max(1))))
            .min(MAX_BLOCKS);
        // Of blocks without numbers those are followed whose contents tell them apart; the others are counted.
        let mut repeated = None;
        if mode == Mode::Classic {
            let numbered = unnumbered_blocks::number(watches, offset);
            blocks = numbered.blocks;
            repeated = Some(numbered.repeated);
            watches = numbered.watches;
        }
        let listed = counts.arrived.ranges == Some(counts.arrived.missing.len() as u64);
        let missing = listed.then_some(&counts.arrived.missing[..]);
        let case = BlocksInput { blocks, same_host, offset, watches, missing };
        let mut found = blocks::analyze(&case);
        for (place, count) in &found.contradictions {
            warnings.push(self.contradiction(*place, *count));
        }
        if let Some(repeated) = &repeated {
            repeated.add_to(&mut found.points);
            repeated.blame(same_host, &mut found.at);
        }
        let file_info = |watch: &Option<BlockWitness<'_>>| watch.is_some();
        let any = case.watches.iter().any(file_info);
        let points = any.then(|| found.points.clone());
        (points, self.loss(account, &case, found, repeated.is_none()))
    }

    fn loss(
        &self,
        account: &ReceiverReport,
        case: &BlocksInput<'_>,
        found: blocks::BlocksResult,
        numbered: bool,
    ) -> Option<Loss> {
        let counts = account.blocks.as_ref()?;
        let (mut at, mut map) = (found.at, found.map);
        let accounted = at.counts.total();
        let (lost, sent) = match (counts.sent, counts.arrived.received) {
            (Some(sent), Some(received)) => (sent.saturating_sub(received), sent),
            // The receiver alone knows what it lacks, of a transfer that came to its end.
            (None, Some(received)) if numbered && account.error.is_none() => {
                (case.blocks.saturating_sub(received), case.blocks)
            }
            _ => return None,
        };
        let before = self.parts_before_receiver(case);
        let unseen = lost.saturating_sub(accounted);
        let nowhere: &[SegmentName] = if self.sender.is_none() && before {
            &[SegmentName::SenderHost, SegmentName::Network]
        } else {
            &SegmentName::TRANSFER
        };
        let nowhere: Vec<SegmentName> =
            nowhere.iter().copied().filter(|part| !(case.same_host && *part == SegmentName::Network)).collect();
        at.add(unseen, &nowhere);
        if accounted > lost {
            // The counts and what was seen contradict each other: then nobody knows where.
            at = LossBySegment::default();
            let parts: Vec<SegmentName> = SegmentName::TRANSFER
                .into_iter()
                .filter(|part| !(case.same_host && *part == SegmentName::Network))
                .collect();
            at.add(lost, &parts);
        }
        at.attribute_socket_drops(counts.arrived.socket_drops);
        if self.sender.is_none()
            && let Some(missing) = case.missing
        {
            map = LossMap::new(case.blocks);
            for (first, last) in missing {
                map.add(*first, *last);
            }
        }
        let mapped = numbered && map.lost.iter().sum::<u64>() == lost;
        let advice = if lost > 0 { self.advice(account, &at) } else { Vec::new() };
        Some(Loss { lost, sent, lost_by_segment: at, map: mapped.then_some(map), advice })
    }

    /// Whether the receiver's capture proves that what it does not show never came to its wire.
    fn parts_before_receiver(&self, case: &BlocksInput<'_>) -> bool {
        let Some(watch) = &case.watches[2] else { return false };
        let Some(receiver) = self.receiver else { return false };
        let Some(stopped) = receiver.accounts.get(&self.number).map(|closing| closing.at.wall) else { return false };
        let began =
            receiver.word(self.number, ControlEvent::Ready).or_else(|| receiver.word(self.number, ControlEvent::Start));
        !watch.coverage.assumed && began.is_some_and(|began| watch.coverage.spans(began, stopped))
    }

    fn contradiction(&self, place: usize, count: u64) -> Warning {
        let (host, role) = if place < 2 { (self.sender, "server") } else { (self.receiver, "client") };
        let wire = place == 1 || place == 2;
        let file = host.and_then(|host| match (wire, host.files.capture, host.files.journal) {
            (true, Some(log), _) => Some(log.file.clone()),
            (false, _, Some(journal)) => Some(journal.file.clone()),
            _ => None,
        });
        let values = [
            ("file", file.unwrap_or_default().into()),
            ("count", count.into()),
            ("role", role.into()),
            ("wire", wire.into()),
        ];
        Warning::new(WarningCode::Contradiction, values)
    }

    fn advice(&self, account: &ReceiverReport, at: &LossBySegment) -> Vec<Advice> {
        let mut advice = Vec::new();
        let open = |part| at.counts.undetermined > 0 && at.possible.contains(&part);
        let taken = account.bytes_received.zip(account.took_ns.filter(|took| *took > 0));
        // In the bare dialect no receiver says what it takes.
        let bits_per_second = taken
            .filter(|_| self.file_info.mode == Mode::Classic)
            .map(|(bytes, took)| (bytes as f64 * 8.0 * RATE_MARGIN * SECOND as f64 / took as f64) as u64);
        if at.receiver_socket > 0 {
            let bytes = account.recv_buffer_bytes.map_or(ENOUGH_BUFFER, |granted| (granted * 2).max(ENOUGH_BUFFER));
            advice.push(Advice::ReceiveBuffer { bytes });
            advice.push(Advice::Rate { bits_per_second });
        }
        if at.get(SegmentName::ReceiverHost) > at.receiver_socket {
            advice.push(Advice::ReceiverHost);
        }
        if at.get(SegmentName::Network) > 0 {
            if at.receiver_socket == 0 {
                advice.push(Advice::Rate { bits_per_second });
            }
            advice.push(Advice::Reliable);
        }
        if at.get(SegmentName::SenderHost) > 0 {
            advice.push(Advice::SenderHost);
        }
        let captured = |host: Option<&TransferHost<'_>>| host.is_some_and(|host| host.files.capture.is_some());
        if open(SegmentName::SenderHost) && !captured(self.sender) {
            advice.push(Advice::CaptureSender);
        }
        if open(SegmentName::ReceiverHost) && !captured(self.receiver) {
            advice.push(Advice::CaptureReceiver);
        }
        advice
    }

    /// Progress over time, from the receiver if its files are there.
    fn throughput(&self) -> Option<Throughput> {
        let tell = |host: &TransferHost<'_>| {
            let start = host.word(self.number, ControlEvent::Start)?;
            let records = &host.files.journal?.records;
            let passed: Vec<ProgressRecord> = records
                .iter()
                .filter_map(|record| match record {
                    Record::Progress(passed) if passed.p == u32::from(self.number) => Some(*passed),
                    _ => None,
                })
                .collect();
            throughput(start, &passed, host.files.role)
        };
        self.receiver.and_then(tell).or_else(|| self.sender.and_then(tell))
    }
}

/// Lays readings of a counter out over the time between the first and the last that tells something new.
fn throughput(start: Wall, passed: &[ProgressRecord], role: Role) -> Option<Throughput> {
    let most = passed.last()?.bytes;
    let until = passed.iter().find(|reading| reading.bytes == most)?.at.wall;
    let whole = until.since(start);
    if most == 0 || whole <= 0 {
        return None;
    }
    let file_info = passed.iter().filter(|reading| reading.at.wall <= until).count() as u64;
    let cells = file_info.clamp(1, MAX_CELLS);
    let cell_ns = (whole as u64).div_ceil(cells).max(1) as i64;
    let mut readings = passed.iter().map(|reading| (reading.at.wall.since(start), reading.bytes)).peekable();
    let (mut bytes, mut counted, mut known) = (Vec::with_capacity(cells as usize), 0, (0, 0));
    for cell in 1..=cells as i64 {
        let edge = cell.saturating_mul(cell_ns).min(whole);
        while let Some(passed) = readings.next_if(|reading| reading.0 <= edge) {
            known = (passed.0.max(known.0), passed.1.max(known.1));
        }
        // Between two readings it is taken to have passed evenly.
        let next = readings.peek().copied().filter(|next| next.0 > known.0).unwrap_or(known);
        let share = (edge - known.0).max(0) as f64 / (next.0 - known.0).max(1) as f64;
        let by_edge = known.1 + (next.1.saturating_sub(known.1) as f64 * share) as u64;
        let by_edge = by_edge.max(counted);
        bytes.push(by_edge - counted);
        counted = by_edge;
    }
    Some(Throughput { role, cell_ns, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::transfer_records::{BlockBatch, ControlEventRecord};
    use crate::core::time::{Mono, Now};

    fn reading(ms: i64, bytes: u64) -> ProgressRecord {
        let at = Now { wall: Wall(SECOND + ms * 1_000_000), mono: Mono(ms * 1_000_000) };
        ProgressRecord { p: 1, at, bytes }
    }

    #[test]
    fn a_course_holds_every_byte_once() {
        let readings: Vec<ProgressRecord> = (0..=500).map(|step: u64| reading(step as i64 * 20, step * step)).collect();
        let course = throughput(Wall(SECOND), &readings, Role::Server).unwrap();
        assert_eq!(course.bytes.len() as u64, MAX_CELLS);
        assert_eq!(course.bytes.iter().sum::<u64>(), 250_000);
        assert!(course.bytes.is_sorted(), "{:?}", course.bytes);
        assert!(course.cell_ns * 60 >= 10 * SECOND);
    }

    #[test]
    fn a_course_ends_when_nothing_more_passes() {
        let readings = [reading(10, 50), reading(20, 100), reading(500, 100)];
        let course = throughput(Wall(SECOND), &readings, Role::Client).unwrap();
        assert_eq!((course.cell_ns, course.bytes), (10_000_000, vec![50, 50]));
        assert_eq!(throughput(Wall(SECOND), &[], Role::Server), None);
        assert_eq!(throughput(Wall(SECOND), &[reading(10, 0)], Role::Server), None);
    }

    /// When the first receiver's control messages were sent or received, milliseconds.
    #[derive(Clone, Copy)]
    struct Words {
        ready: i64,
        start: i64,
    }

    fn at(ms: i64) -> Now {
        Now { wall: Wall(ms * 1_000_000), mono: Mono(ms * 1_000_000) }
    }

    fn file_info(mode: Mode, sha256: Option<&str>, token: Option<u64>) -> FileInfo {
        FileInfo {
            at: at(0),
            mode,
            name: Some("a.bin".into()),
            size_bytes: Some(4096),
            sha256: sha256.map(str::to_owned),
            clients: Some(1),
            block_bytes: 1024,
            token,
        }
    }

    /// The journal of one end, whose blocks have these digests.
    fn journal(
        file_info: FileInfo,
        words: Words,
        client_port: u16,
        peer: &str,
        deed: BlockEvent,
        h: &str,
    ) -> JournalLog {
        let account = ReceiverReport {
            number: 1,
            peer: peer.parse().ok(),
            client_port: Some(client_port),
            server_port: Some(5007),
            ..ReceiverReport::default()
        };
        let batch = BlockBatch {
            p: 1,
            at: at(words.start + 1),
            duration_ns: 0,
            event: deed,
            r: vec![(0, h.len() as u64 / 8)].into(),
            h: (!h.is_empty()).then(|| h.into()),
        };
        let word = |word, ms| Record::Control(ControlEventRecord { p: 1, at: at(ms), event: word });
        let records = vec![
            Record::File(Box::new(file_info)),
            word(ControlEvent::Ready, words.ready),
            word(ControlEvent::Start, words.start),
            Record::Blocks(batch),
            Record::ReceiverReport(Box::new(ReceiverReportRecord { at: at(words.start + 3_000), account })),
        ];
        JournalLog { records, ..JournalLog::default() }
    }

    fn joined(sender: &JournalLog, receiver: &JournalLog) -> Result<TransferDocument, TransferVerdictError> {
        let files =
            |role, journal| TransferHostFiles { role, journal: Some(journal), capture: None, filter_check: None };
        judge(Some(files(Role::Server, sender)), &[files(Role::Client, receiver)])
    }

    const SAID: Words = Words { ready: 1_010, start: 5_020 };
    const HEARD: Words = Words { ready: 1_000, start: 5_030 };
    const FAR: &str = "192.0.2.7:5006";

    #[test]
    fn files_of_different_transfers_are_not_joined() {
        let sender = |file_info, words| journal(file_info, words, 40_001, FAR, BlockEvent::Sent, "");
        let receiver = |file_info, words, port| journal(file_info, words, port, FAR, BlockEvent::Read, "");
        for mode in Mode::ALL {
            let sent = |sha256, token| sender(file_info(mode, Some(sha256), token), SAID);
            let read = |sha256, token| receiver(file_info(mode, Some(sha256), token), HEARD, 40_001);
            assert!(joined(&sent("aa", Some(7)), &read("AA", Some(7))).is_ok(), "{mode:?}");
            assert!(joined(&sent("aa", None), &read("aa", None)).is_ok(), "{mode:?}");
            assert_eq!(
                joined(&sent("aa", None), &read("bb", None)),
                Err(TransferVerdictError::NothingShared),
                "{mode:?}"
            );
            assert_eq!(
                joined(&sent("aa", Some(7)), &read("aa", Some(8))),
                Err(TransferVerdictError::NothingShared),
                "{mode:?}"
            );
            let elsewhere = receiver(file_info(mode, None, None), HEARD, 40_002);
            assert_eq!(
                joined(&sent("aa", None), &elsewhere).is_err(),
                mode.has_blocks(),
                "routers change ports: {mode:?}"
            );
            let hasty = receiver(file_info(mode, None, None), Words { ready: 9_000, start: 9_005 }, 40_001);
            assert_eq!(
                joined(&sent("aa", None), &hasty),
                Err(TransferVerdictError::NothingShared),
                "heard before it was said"
            );
        }
    }

    #[test]
    fn a_transfer_an_hour_later_is_another_one_by_one_hosts_clock() {
        let hour = 3_600_000;
        let later = Words { ready: HEARD.ready + hour, start: HEARD.start + hour };
        let pair = |peer, token| {
            let sent = journal(file_info(Mode::Classic, None, token), SAID, 6_001, peer, BlockEvent::Sent, "");
            joined(&sent, &journal(file_info(Mode::Classic, None, token), later, 6_001, peer, BlockEvent::Read, ""))
        };
        let doubts =
            |document: TransferDocument| document.envelope.warnings.iter().any(|w| w.code == WarningCode::ClocksApart);
        assert_eq!(pair("127.0.0.1:5006", None), Err(TransferVerdictError::NothingShared));
        assert!(doubts(pair(FAR, None).unwrap()));
        assert!(!doubts(pair(FAR, Some(7)).unwrap()), "the token says that it is one");
    }

    #[test]
    fn blocks_of_which_the_sender_sent_none_are_of_another_transfer() {
        let pair = |sent, read| {
            let sent = journal(file_info(Mode::Classic, None, None), SAID, 6_001, FAR, BlockEvent::Sent, sent);
            joined(&sent, &journal(file_info(Mode::Classic, None, None), HEARD, 6_001, FAR, BlockEvent::Read, read))
                .is_ok()
        };
        assert!(pair("0000000100000002", "00000002"));
        assert!(pair("0000000100000002", "0000000300000002"), "one may have been altered on the way");
        assert!(!pair("0000000100000002", "00000003"));
        assert!(pair("0000000100000002", "") && pair("", "00000003"), "nobody says");
    }

    /// What a capture shows of somebody's blocks, from one port to another.
    fn flow(source: u16, destination: u16, seconds: std::ops::Range<i64>, mixed: bool) -> WireFlow {
        let ends = FlowKey {
            source: SocketAddr::from(([192, 0, 2, 7], source)),
            destination: SocketAddr::from(([192, 0, 2, 8], destination)),
        };
        let blocks: Vec<WireBlock> =
            seconds.map(|second| WireBlock { time: Wall(second * SECOND), frame: 1, key: second as u32 }).collect();
        let packets = blocks.len() as u64;
        WireFlow {
            ends,
            is_tcp: false,
            packets,
            bytes: 1024 * packets,
            repeated: 0,
            blocks,
            fragmented: 0,
            cut: 0,
            mixed,
        }
    }

    /// What the only transfer of these flows is said to have had on the wire of one end.
    fn packets(role: Role, journal: Option<&JournalLog>, flows: &[WireFlow], account: &ReceiverReport) -> Option<u64> {
        let log = CaptureLog { wire_flows: flows.to_vec(), ..CaptureLog::default() };
        let host = TransferHost::new(TransferHostFiles { role, journal, capture: Some(&log), filter_check: None });
        host.traffic(account, Mode::Classic).map(|traffic| traffic.packets)
    }

    #[test]
    fn only_what_travels_between_the_ports_of_a_transfer_is_its_own() {
        let account = ReceiverReport {
            number: 1,
            client_port: Some(6_001),
            server_port: Some(5_007),
            ..ReceiverReport::default()
        };
        let flows = [flow(5_007, 6_001, 0..3, false), flow(5_007, 6_002, 0..5, false), flow(5_008, 6_001, 0..7, false)];
        for role in [Role::Server, Role::Client] {
            assert_eq!(packets(role, None, &flows, &account), Some(3), "{role:?}");
        }
        assert_eq!(packets(Role::Server, None, &flows[1..], &account), Some(5), "a router changed the port");
        assert_eq!(packets(Role::Client, None, &flows[1..], &account), Some(7), "a router changed the port");
    }

    #[test]
    fn two_transfers_on_the_same_ports_are_separated_by_time() {
        let account = ReceiverReport {
            number: 1,
            client_port: Some(6_001),
            server_port: Some(5_007),
            ..ReceiverReport::default()
        };
        let journal = journal(file_info(Mode::Classic, None, None), HEARD, 6_001, FAR, BlockEvent::Read, "");
        let flows = [flow(5_007, 6_001, 0..9, true)];
        assert_eq!(packets(Role::Client, None, &flows, &account), None);
        assert_eq!(packets(Role::Client, Some(&journal), &flows, &account), Some(9), "read with the journal's times");
        let ms = |ms| Wall(ms * 1_000_000);
        assert_eq!(span(&journal, Mode::Classic), Some((ms(1_000), ms(HEARD.start + 3_000 + 2_000))));
        assert_eq!(span(&journal, Mode::Udp), None, "the token tells");
        let log = CaptureLog { wire_flows: flows.to_vec(), ..CaptureLog::default() };
        let files =
            TransferHostFiles { role: Role::Client, journal: Some(&journal), capture: Some(&log), filter_check: None };
        let watch = TransferHost::new(files).wire(&account, Mode::Classic, 1024).unwrap();
        assert_eq!((watch.coverage.from, watch.coverage.to), (ms(1_000), ms(8_000)), "silence afterwards says nothing");
    }
}
