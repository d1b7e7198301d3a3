//! The entry point of transfer verdicts: from the evidence of one host or several to the result document.

mod advice;
pub mod blocks;
mod receiver_path;
mod throughput;
mod transfer_host;
pub mod unnumbered_blocks;
mod wires;

use thiserror::Error;

use self::receiver_path::{ReceiverPath, agree};
use self::transfer_host::{Ports, TransferHost};
pub use self::transfer_host::{TransferHostFiles, span};
pub use self::wires::{WiresError, compare_wires, shows_transfer};
use super::warnings;
use crate::core::document::envelope::{Envelope, Kind, Perspective};
use crate::core::document::transfer::TransferDocument;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::evidence::transfer_records::{ControlEvent, FileInfo};
use crate::core::identify::assignment;
use crate::core::identify::clock_offset::Offset;

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
    if numbers.is_empty() {
        // One that was killed before it told its number: the only one of these files.
        numbers.push(1);
    }
    let mut same_host = false;
    let hosts = receivers_by_number(&numbers, sender.as_ref(), &receivers);
    for (number, receiver) in numbers.into_iter().zip(hosts) {
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

/// Which receiver's files there are for each number: those whose journal tells it, else the capture that can only be its own.
fn receivers_by_number<'a, 'b>(
    numbers: &[u16],
    sender: Option<&TransferHost<'a>>,
    receivers: &'b [TransferHost<'a>],
) -> Vec<Option<&'b TransferHost<'a>>> {
    let named = |number: &u16| receivers.iter().find(|host| host.numbers().any(|other| other == *number));
    let mut found: Vec<Option<&TransferHost<'_>>> = numbers.iter().map(named).collect();
    let unnamed: Vec<&TransferHost<'_>> = receivers.iter().filter(|host| host.files.journal.is_none()).collect();
    let account = |number: &u16| sender.and_then(|host| host.account(*number));
    let ports: Vec<Ports> = numbers
        .iter()
        .map(|number| account(number).map_or((None, None), |account| (account.server_port, account.client_port)))
        .collect();
    let may_be = |host: &&TransferHost<'_>| -> Vec<usize> {
        let free = (0..numbers.len()).filter(|index| found[*index].is_none());
        free.filter(|index| host.may_show(ports[*index], &ports)).collect()
    };
    let allowed: Vec<Vec<usize>> = unnamed.iter().map(may_be).collect();
    let possible = assignment::possible_pairs(&allowed, |_, _| false);
    for ((host, indexes), may_be_alone) in unnamed.into_iter().zip(possible.servers).zip(possible.may_be_alone) {
        if let ([only], false) = (&indexes[..], may_be_alone) {
            found[*only] = Some(host);
        }
    }
    found
}

/// Whether two ends tell of the same transfer, as far as they tell.
fn is_same(one: &FileInfo, other: &FileInfo) -> bool {
    one.mode == other.mode
        && agree(one.token, other.token)
        && agree(one.size_bytes, other.size_bytes)
        && agree(one.clients, other.clients)
        && one.sha256.iter().zip(&other.sha256).all(|(one, other)| one.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::core::document::path::PointName;
    use crate::core::document::transfer::Transfer;
    use crate::core::evidence::capture_log::CaptureLog;
    use crate::core::evidence::flow::FlowKey;
    use crate::core::evidence::journal::{JournalLog, Record};
    use crate::core::evidence::journal_run::Role;
    use crate::core::evidence::source::Source;
    use crate::core::evidence::transfer_records::{
        BlockBatch, BlockEvent, Blocks, ControlEventRecord, ReceiverReport, ReceiverReportRecord, WireBlock, WireFlow,
    };
    use crate::core::protocol::transfer::Mode;
    use crate::core::time::{Mono, Now, SECOND, Wall};

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
    fn a_receiver_killed_before_it_tells_anything_is_unknown() {
        let told = FileInfo { name: None, size_bytes: None, clients: None, ..file_info(Mode::Classic, None, None) };
        let journal = JournalLog { records: vec![Record::File(Box::new(told))], ..JournalLog::default() };
        let files =
            TransferHostFiles { role: Role::Client, journal: Some(&journal), capture: None, filter_check: None };
        let document = judge(None, &[files]).unwrap();
        let [Transfer { complete, bytes_received, blocks, loss, points, .. }] = &document.transfers[..] else {
            panic!("one receiver")
        };
        assert_eq!((complete, bytes_received, blocks, loss), (&None, &None, &None, &None));
        assert_eq!(points.as_ref().and_then(|points| points.get(PointName::AppReceived)), None);
    }

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
        let blocks: Source<WireBlock> =
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
            corrupt: Vec::new(),
            others: 0,
            form: None,
            hop_limit: 60,
            longest: 1024,
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
    fn an_end_that_was_killed_has_the_only_flow_of_its_capture() {
        let flows = [flow(5_007, 6_001, 0..3, false), flow(5_008, 6_002, 0..5, false)];
        let unknown = ReceiverReport { number: 1, ..ReceiverReport::default() };
        for role in [Role::Server, Role::Client] {
            assert_eq!(packets(role, None, &flows[..1], &unknown), Some(3), "{role:?}");
            assert_eq!(packets(role, None, &flows, &unknown), None, "of either, and not none: {role:?}");
            assert_eq!(packets(role, None, &[], &unknown), None, "{role:?}");
        }
        let known = ReceiverReport { server_port: Some(5_008), ..unknown };
        assert_eq!(packets(Role::Client, None, &flows, &known), Some(5), "the other end tells its port");
    }

    #[test]
    fn a_killed_receivers_count_is_unknown() {
        let sender = journal(file_info(Mode::Udp, None, Some(7)), SAID, 40_001, FAR, BlockEvent::Sent, "");
        let mut receiver = journal(file_info(Mode::Udp, None, Some(7)), HEARD, 40_001, FAR, BlockEvent::Read, "");
        let read = |receiver: &JournalLog| {
            let document = joined(&sender, receiver).unwrap();
            document.transfers[0].points.as_ref().unwrap().get(PointName::AppReceived)
        };
        assert_eq!(read(&receiver), Some(1));
        receiver.records.pop();
        assert_eq!(read(&receiver), None, "it may have read more than it got to write");
    }

    /// A sender's journal of two receivers in two homes, which have one private address, and its ports for them.
    fn two_homes() -> JournalLog {
        let sent = |number: u16| BlockBatch {
            p: number.into(),
            at: at(SAID.start + 1),
            duration_ns: 0,
            event: BlockEvent::Sent,
            r: vec![(0, 4)].into(),
            h: None,
        };
        let account = |number: u16| ReceiverReport {
            number,
            peer: format!("203.0.113.{number}:40000").parse().ok(),
            client_port: Some(6_001),
            server_port: Some(5_006 + number),
            blocks: Some(Blocks { sent: Some(4), ..Blocks::default() }),
            ..ReceiverReport::default()
        };
        let word = |number: u16, event, ms| Record::Control(ControlEventRecord { p: number.into(), at: at(ms), event });
        let mut records = vec![Record::File(Box::new(file_info(Mode::Udp, None, Some(7))))];
        for number in [1, 2] {
            records.extend([
                word(number, ControlEvent::Ready, SAID.ready),
                word(number, ControlEvent::Start, SAID.start),
                Record::Blocks(sent(number)),
                Record::ReceiverReport(Box::new(ReceiverReportRecord { at: at(9_000), account: account(number) })),
            ]);
        }
        JournalLog { records, ..JournalLog::default() }
    }

    /// The packets on each receiver's wire, by captures of receivers that have no journal.
    fn received(sender: &JournalLog, captures: &[&WireFlow]) -> Vec<Option<u64>> {
        let logs: Vec<CaptureLog> = captures
            .iter()
            .map(|flow| CaptureLog { wire_flows: vec![(*flow).clone()], ..CaptureLog::default() })
            .collect();
        let host = |role, journal, capture| TransferHostFiles { role, journal, capture, filter_check: None };
        let receivers: Vec<TransferHostFiles<'_>> =
            logs.iter().map(|log| host(Role::Client, None, Some(log))).collect();
        let document = judge(Some(host(Role::Server, Some(sender), None)), &receivers).unwrap();
        let packets = |transfer: &Transfer| transfer.wire.receiver.as_ref().map(|traffic| traffic.packets);
        document.transfers.iter().map(packets).collect()
    }

    #[test]
    fn the_capture_of_one_home_is_not_that_of_another() {
        let sender = two_homes();
        let (first, second) = (flow(5_007, 6_001, 0..3, false), flow(5_008, 6_001, 0..4, false));
        assert_eq!(received(&sender, &[&first]), [Some(3), None]);
        assert_eq!(received(&sender, &[&second]), [None, Some(4)]);
        for captures in [[&first, &second], [&second, &first]] {
            assert_eq!(received(&sender, &captures), [Some(3), Some(4)], "in any order");
        }
        let rewritten = flow(61_234, 6_001, 0..3, false);
        assert_eq!(received(&sender, &[&rewritten]), [None, None], "a router changed the port: of either");
        assert_eq!(received(&sender, &[&rewritten, &second]), [Some(3), Some(4)], "only the first is left");
    }

    #[test]
    fn equal_ports_of_two_homes_are_told_by_address() {
        let to = |last: u8, seconds| {
            let mut flow = flow(5_006, 6_001, seconds, false);
            flow.is_tcp = true;
            flow.ends.destination.set_ip([203, 0, 113, last].into());
            flow
        };
        let log = CaptureLog { wire_flows: vec![to(1, 0..3), to(2, 0..4)], ..CaptureLog::default() };
        let files = TransferHostFiles { role: Role::Server, journal: None, capture: Some(&log), filter_check: None };
        let packets = |peer: &str| {
            let (client_port, server_port) = (Some(6_001), Some(5_006));
            let account =
                ReceiverReport { peer: peer.parse().ok(), client_port, server_port, ..ReceiverReport::default() };
            TransferHost::new(files).traffic(&account, Mode::Tcp).map(|traffic| traffic.packets)
        };
        assert_eq!((packets("203.0.113.1:9"), packets("203.0.113.2:9")), (Some(3), Some(4)));
        assert_eq!(packets("198.51.100.1:9"), Some(7), "nothing tells which is its own");
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
