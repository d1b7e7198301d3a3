//! Reading of captures and journals, and the verdict on them.

use medidor::capture::log_reader::{self, Retain};
use medidor::commands::run::inputs::HostFiles;
use medidor::commands::run::judge_exchange::judge;
use medidor::core::document::exchange::{Document, Flow};
use medidor::core::document::path::SegmentName;
use medidor::core::document::statistics::Ratio;
use medidor::core::document::transfer::Loss;
use medidor::core::evidence::capture_log::CaptureLog;
use medidor::core::evidence::journal::{JournalLog, Record};
use medidor::core::evidence::journal_run::Role;
use medidor::core::identify::capture_role;
use medidor::core::time::SECOND;
use medidor::core::verdict::exchange::Options;
use medidor::core::verdict::transfer::{self, TransferHostFiles};
use medidor::i18n::{Language, Texts};
use medidor::journal::reader;
use medidor::report::transfer as transfer_report;
use medidor::report::{json, text};

/// Number of files in an input of [`evidence`]: client's journal and capture, server's journal and capture. Before each
/// file is its length in four bytes, little-endian; length 0 means that the file does not exist.
const PARTS: usize = 4;

/// Shortest packet record of a capture file: a Simple Packet Block of pcapng without data.
const MIN_RECORD_LEN: usize = 16;

/// Shortest block of pcapng. Some blocks that are not packets have a frame number too.
const MIN_BLOCK_LEN: usize = 12;

/// Most messages per byte of the files; with more, memory would not be bounded by the size of the files.
const MESSAGES_A_BYTE: usize = 1;

/// Most messages added to fill gaps in the numbering, whatever the size of the files.
const FREE_MESSAGES: usize = 20_000;

/// One journal, or two separated by a NUL byte.
pub fn journal(input: &[u8]) {
    let logs: Vec<JournalLog> = input.splitn(2, |byte| *byte == 0).filter_map(read_journal).collect();
    for log in &logs {
        let alone = HostFiles { journal: Some(log.clone()), capture: None };
        verdict(Some(&alone), None, input.len());
        verdict(None, Some(&alone), input.len());
    }
    if let [first, second] = &logs[..] {
        let loaded = |log: &JournalLog| HostFiles { journal: Some(log.clone()), capture: None };
        verdict(Some(&loaded(first)), Some(&loaded(second)), input.len());
    }
}

/// One capture file, as the client's, as the server's, and as both.
pub fn capture(input: &[u8]) {
    let Some(log) = read_capture(input) else { return };
    let port = log.flows.first().map(|flow| flow.destination.port());
    let _ = capture_role::of_capture(&log, None);
    let _ = capture_role::of_capture(&log, port);
    let other = other_end(&log);
    let _ = capture_role::of_pair(&log, &other, None);
    let loaded = |log: CaptureLog| HostFiles { capture: Some(log), journal: None };
    let (here, there) = (loaded(log), loaded(other));
    verdict(Some(&here), None, input.len());
    verdict(None, Some(&here), input.len());
    verdict(Some(&here), Some(&there), input.len());
}

/// The files of both hosts; see [`PARTS`].
pub fn evidence(mut input: &[u8]) {
    let size = input.len();
    let mut parts = [&[][..]; PARTS];
    for part in &mut parts {
        let Some((length, rest)) = input.split_first_chunk() else { break };
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        (*part, input) = rest.split_at(length.min(rest.len()));
    }
    let side = |journal: &[u8], capture: &[u8]| HostFiles {
        journal: Some(journal).filter(|bytes| !bytes.is_empty()).and_then(read_journal),
        capture: Some(capture).filter(|bytes| !bytes.is_empty()).and_then(read_capture),
    };
    let (client, server) = (side(parts[0], parts[1]), side(parts[2], parts[3]));
    transfer([(&client, parts[1]), (&server, parts[3])]);
    verdict(Some(&client), Some(&server), size);
    verdict(Some(&client), None, size);
    verdict(None, Some(&server), size);
}

/// Judges the files of a transfer's receiver and sender, if one of the journals describes a transfer.
fn transfer(ends: [(&HostFiles, &[u8]); 2]) {
    let file_of = |(loaded, _): &(&HostFiles, &[u8])| loaded.journal.as_ref()?.file_info().cloned();
    let Some(told) = ends.iter().find_map(file_of) else { return };
    let footage = ends.map(|(loaded, bytes)| {
        let during = loaded.journal.as_ref().and_then(|journal| transfer::span(journal, told.mode));
        log_reader::read(bytes, "x.pcap", 0, Retain::Blocks(&told, during)).ok()
    });
    let party = |end: usize, role| {
        let capture = footage[end].as_ref();
        TransferHostFiles { role, journal: ends[end].0.journal.as_ref(), capture, filter_check: None }
    };
    let (receiver, sender) = (party(0, Role::Client), party(1, Role::Server));
    for document in [
        transfer::judge(Some(sender), &[receiver]),
        transfer::judge(Some(sender), &[]),
        transfer::judge(None, &[receiver]),
    ] {
        let Ok(mut document) = document else { continue };
        for transfer in &document.transfers {
            let Some(Loss { lost, lost_by_segment: at, map, .. }) = &transfer.loss else { continue };
            assert_eq!(at.counts.total(), *lost, "{at:?}");
            assert!(at.receiver_socket <= Some(at.get(SegmentName::ReceiverHost)), "{at:?}");
            assert_eq!(at.possible.is_empty(), at.counts.undetermined == 0, "{at:?}");
            assert!(map.as_ref().is_none_or(|map| map.lost.iter().sum::<u64>() == *lost));
        }
        let texts = Texts::new(Language::ALL[document.envelope.warnings.len() % Language::ALL.len()]);
        assert!(json::render(&mut document, texts).len() > 2);
        let text = transfer_report::text(&document, texts);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "a file's text must not steer a terminal");
    }
}

/// Reads a journal, writes its records and reads them again.
fn read_journal(bytes: &[u8]) -> Option<JournalLog> {
    let log = reader::read(bytes, "x.journal.jsonl").ok()?;
    let lines = bytes.split(|byte| *byte == b'\n').count();
    assert!(log.records.len() <= lines && log.broken_at_line.is_none_or(|line| 1 <= line && line <= lines));
    let mut written = Vec::new();
    for record in &log.records {
        serde_json::to_writer(&mut written, record).unwrap();
        written.push(b'\n');
    }
    if !log.records.is_empty() {
        let again = reader::read(&written[..], "x.journal.jsonl").unwrap();
        // Parameters have no fixed format, and the last digit of a floating-point number in them may change.
        let settled = |records: &[Record]| -> Vec<Record> {
            let mut records = records.to_vec();
            for record in &mut records {
                if let Record::Run(run) = record {
                    run.parameters = serde_json::Value::Null;
                }
            }
            records
        };
        assert_eq!((settled(&again.records), again.broken_at_line), (settled(&log.records), None));
    }
    Some(log)
}

fn read_capture(bytes: &[u8]) -> Option<CaptureLog> {
    let log = log_reader::read(bytes, "x.pcap", bytes.len() as u64, Retain::Numbers).ok()?;
    assert!(log.packets as usize <= bytes.len() / MIN_RECORD_LEN);
    let accounted = log.datagrams.len() as u64 + log.icmp_errors.len() as u64 + log.later_fragments + log.other;
    assert!(accounted <= log.packets && log.cut <= log.packets);
    assert!(log.flows.len() <= log.datagrams.len());
    let frames = log.datagrams.iter().map(|datagram| datagram.frame);
    assert!(frames.clone().zip(frames.skip(1)).all(|(frame, next)| frame < next));
    for datagram in &log.datagrams {
        assert!((datagram.flow as usize) < log.flows.len());
        assert!(datagram.frame as usize <= bytes.len() / MIN_BLOCK_LEN);
        assert!(datagram.number.is_some() || !datagram.reads_as_reply || datagram.digest.is_none());
    }
    if let Some(offset) = log.damage.as_ref().and_then(|damage| damage.offset) {
        assert!(offset <= bytes.len() as u64);
    }
    Some(CaptureLog { file: "x.pcap".to_owned(), ..log })
}

/// The same capture as the other host could have made it: its clock one second ahead, every seventh frame lost.
fn other_end(log: &CaptureLog) -> CaptureLog {
    let mut other = log.clone();
    other.datagrams.retain(|datagram| datagram.frame % 7 != 3);
    other.datagrams.update(|datagram| {
        datagram.time = datagram.time.shifted(SECOND + i64::from(datagram.frame));
    });
    other
}

/// Judges the evidence and writes the verdict in every form.
fn verdict(client: Option<&HostFiles>, server: Option<&HostFiles>, size: usize) {
    let Ok(mut document) = judge(client.cloned(), server.cloned(), &Options::default()) else { return };
    for flow in &document.flows {
        adds_up(flow);
    }
    let messages: usize = document.flows.iter().map(|flow| flow.messages.len()).sum();
    assert!(messages <= FREE_MESSAGES + MESSAGES_A_BYTE * size, "{messages} messages out of {size} bytes");
    let language = Language::ALL[document.envelope.warnings.len() % Language::ALL.len()];
    assert!(json::render(&mut document, Texts::new(language)).len() > 2);
    // The text report takes most of the time and its code depends little on the files, so one input in eight is enough.
    if size.is_multiple_of(8) {
        page(&mut document, Texts::new(language));
    }
}

fn adds_up(flow: &Flow) {
    let counts = &flow.counts;
    let known = [counts.delivered, counts.late, counts.not_sent, counts.answered].into_iter().flatten().sum::<u64>();
    assert!(known + counts.lost + counts.inconclusive <= counts.requests, "{counts:?}");
    assert_eq!(flow.blame.total(), counts.lost, "{:?}", flow.blame);
    let loss = &flow.loss;
    let round_trip = loss.round_trip.map(|loss| loss.within_deadline);
    for Ratio { lost, of, ratio, ci95, .. } in [round_trip, loss.forward, loss.back].into_iter().flatten() {
        assert!(lost <= of && ratio.is_none_or(|ratio| (0.0..=1.0).contains(&ratio)));
        assert!(ci95.is_none_or(|[low, high]| 0.0 <= low && low <= high && high <= 1.0));
    }
    assert!(flow.messages.windows(2).all(|pair| pair[0].n < pair[1].n));
    assert_eq!(flow.loss_periods.iter().map(|period| period.length).sum::<u64>(), counts.lost);
}

fn page(document: &mut Document, texts: Texts) {
    // All flows use the same code.
    document.flows.truncate(2);
    for flow in &mut document.flows {
        flow.messages.truncate(40);
    }
    let page = text::render(document, texts, text::Style { details: true, ..text::Style::default() });
    assert!(page.chars().all(|c| c == '\n' || !c.is_control()), "a file's text must not steer a terminal");
}
