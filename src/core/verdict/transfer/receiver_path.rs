//! The way of one file to one receiver: whether both ends tell of it, how much came, and where blocks were lost.

use super::advice::advice;
use super::blocks::{self, BlockWitness, BlocksInput};
use super::throughput::throughput;
use super::transfer_host::TransferHost;
use super::unnumbered_blocks::{self, ReadBlocks};
use crate::core::document::counts::PointCounts;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::document::transfer::{Loss, LossBySegment, LossMap, Throughput, Transfer, Wire};
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::transfer_records::{BlockEvent, ControlEvent, FileInfo, ProgressRecord, ReceiverReport};
use crate::core::identify::clock_offset::Offset;
use crate::core::identify::same_host::{HostView, is_same_host};
use crate::core::protocol::transfer::Mode;
use crate::core::time::SECOND;

/// Numbers of blocks have 32 bits.
const MAX_BLOCKS: u64 = 1 << 32;

/// Clocks that nobody set move apart by less than this in the course of a transfer, nanoseconds.
const DRIFT: i64 = SECOND;

/// Whether two ends say the same, where both say something.
pub(super) fn agree<T: PartialEq + Copy>(one: Option<T>, other: Option<T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

/// The way to one receiver.
pub(super) struct ReceiverPath<'a, 'b> {
    pub(super) file_info: &'a FileInfo,
    pub(super) number: u16,
    pub(super) sender: Option<&'b TransferHost<'a>>,
    pub(super) receiver: Option<&'b TransferHost<'a>>,
}

impl ReceiverPath<'_, '_> {
    pub(super) fn judge(&self, warnings: &mut Vec<Warning>) -> Transfer {
        let mut account = self.account();
        let mode = self.file_info.mode;
        let read = (mode == Mode::Classic).then(|| self.read_blocks(&mut account));
        let mut transfer = Transfer::of(account.clone());
        let account = &account;
        transfer.wire = Wire {
            sender: self.sender.and_then(|host| host.traffic(account, mode)),
            receiver: self.receiver.and_then(|host| host.traffic(account, mode)),
        };
        transfer.throughput = self.throughput();
        if mode.has_blocks() {
            let (points, loss) = self.blocks(account, read.flatten(), warnings);
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

    /// How many of the unnumbered blocks that were sent were read. What the receiver counted are datagrams: the account gets the
    /// number of different blocks instead, where it is known.
    fn read_blocks(&self, account: &mut ReceiverReport) -> Option<ReadBlocks> {
        let blocks = account.blocks.as_mut()?;
        let datagrams = std::mem::take(&mut blocks.arrived.received)?;
        let sent = blocks.sent.and_then(|count| self.sender?.all_blocks(self.number, BlockEvent::Sent, count));
        let read = self.receiver?.all_blocks(self.number, BlockEvent::Read, datagrams)?;
        let found = unnumbered_blocks::read_blocks(sent.as_ref(), &read);
        (blocks.arrived.received, blocks.arrived.duplicates) = (found.exact(), found.duplicates);
        sent.is_some().then_some(found)
    }

    /// Whether both ends tell that they spoke with each other: a token is of one transfer alone.
    pub(super) fn shares_token(&self) -> bool {
        let token = |host: Option<&TransferHost<'_>>| host.and_then(|host| host.file_info)?.token;
        token(self.sender).is_some() && token(self.sender) == token(self.receiver)
    }

    /// Whether what both ends tell of this receiver can be of one transfer, where no token says so.
    pub(super) fn is_one(&self) -> bool {
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

    pub(super) fn is_same_host(&self) -> bool {
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
    pub(super) fn offset(&self) -> Offset {
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

    /// `read`: what is known of blocks without numbers.
    fn blocks(
        &self,
        account: &ReceiverReport,
        read: Option<ReadBlocks>,
        warnings: &mut Vec<Warning>,
    ) -> (Option<PointCounts>, Option<Loss>) {
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
            let numbered =
                unnumbered_blocks::number(watches, offset, self.sender.is_some_and(|host| host.tells_all(self.number)));
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
            found.unread_copies += repeated.unread_copies();
        }
        // One that was killed, or lost records, did more than its journal tells.
        for (host, point) in [(self.sender, PointName::AppSent), (self.receiver, PointName::AppReceived)] {
            if host.is_some_and(|host| !host.tells_all(self.number)) {
                found.points.set_unknown(point);
            }
        }
        let file_info = |watch: &Option<BlockWitness<'_>>| watch.is_some();
        let any = case.watches.iter().any(file_info);
        let points = any.then(|| found.points.clone());
        (points, self.loss(account, &case, found, read))
    }

    fn loss(
        &self,
        account: &ReceiverReport,
        case: &BlocksInput<'_>,
        found: blocks::BlocksResult,
        read: Option<ReadBlocks>,
    ) -> Option<Loss> {
        let counts = account.blocks.as_ref()?;
        let numbered = self.file_info.mode != Mode::Classic;
        let (mut at, mut map) = (found.at, found.map);
        let accounted = at.counts.total();
        let (lost, lost_at_most, sent) = match (counts.sent, counts.arrived.received, read) {
            (Some(sent), _, Some(read)) => {
                (sent.saturating_sub(read.at_most), sent.saturating_sub(read.at_least), sent)
            }
            (Some(sent), Some(received), None) if numbered => {
                let lost = sent.saturating_sub(received);
                (lost, lost, sent)
            }
            // The receiver alone knows what it lacks, of a transfer that came to its end.
            (None, Some(received), None) if numbered && account.error.is_none() => {
                let lost = case.blocks.saturating_sub(received);
                (lost, lost, case.blocks)
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
        at.widen_by_arrivals(case.watches[2].as_ref().map_or(0, |watch| watch.unidentified));
        let others = self.other_drops(account, case, found.unread_copies, found.contradictions.contains_key(&2));
        at.attribute_socket_drops(counts.arrived.socket_drops, others);
        if self.sender.is_none()
            && let Some(missing) = case.missing
        {
            map = LossMap::new(case.blocks);
            for (first, last) in missing {
                map.add(*first, *last);
            }
        }
        let mapped = numbered && map.lost.iter().sum::<u64>() == lost;
        let has_capture = |host: Option<&TransferHost<'_>>| host.is_some_and(|host| host.files.capture.is_some());
        let captured = (has_capture(self.sender), has_capture(self.receiver));
        let advice = if lost > 0 { advice(self.file_info.mode, account, &at, captured) } else { Vec::new() };
        Some(Loss { lost, lost_at_most, sent, lost_by_segment: at, map: mapped.then_some(map), advice })
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

    /// What the drop counter of the receiver's socket may have counted beside lost blocks; `None` if unknown. Only a capture at
    /// the receiver shows copies, wrong checksums and datagrams of others; on one host no network makes copies.
    fn other_drops(
        &self,
        account: &ReceiverReport,
        case: &BlocksInput<'_>,
        unread_copies: u64,
        is_contradicted: bool,
    ) -> Option<u64> {
        if self.parts_before_receiver(case) && !is_contradicted {
            let others = self.receiver?.other_arrivals(account, self.file_info.mode)?;
            return Some(others + unread_copies);
        }
        let copies = account.blocks.as_ref()?.arrived.duplicates?;
        (case.same_host && copies == 0).then_some(0)
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
