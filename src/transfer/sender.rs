//! The sending end: waits for all receivers, then serves each in a thread of its own, so that a slow one does not delay
//! the others.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::accept::{AcceptEvent, ReadyReceiver, ReceiverAcceptor, refuse};
use super::send_context::{SendConfig, SendContext};
use super::source_file::ChunkReader;
use super::{POLL_INTERVAL, Progress, TransferJournal, classic, quic, tcp, udp};
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::Peer;
use crate::core::evidence::transfer_records::{Blocks, ControlEvent, ReceiverReport, ReceiverReportRecord};
use crate::core::protocol::transfer::control::Outcome;
use crate::core::protocol::transfer::{Mode, TransferError};
use crate::net::block_sockets::BlockSender;

/// Sends the file to all receivers. There is one progress entry per receiver, by number.
pub fn run(
    send_config: &SendConfig<'_>,
    listener: &TcpListener,
    meters: &[Progress],
    transfer_journal: TransferJournal<'_>,
    stop: &AtomicBool,
    on_event: &(dyn Fn(AcceptEvent) + Sync),
    started: &dyn Fn(),
) -> std::io::Result<Vec<ReceiverReport>> {
    let receivers = ReceiverAcceptor::new(listener, send_config.welcome.clone(), transfer_journal.clock)?
        .wait_for_receivers(send_config.barrier, stop, on_event);
    let mode = send_config.welcome.mode;
    let token = (mode == Mode::Udp).then_some(send_config.welcome.token);
    let chunks = ChunkReader::new(send_config.source, send_config.layout, token, 1);
    let per_chunk = if mode.has_blocks() { BlockSender::most(chunks.stride()) } else { 1 };
    let chunks = ChunkReader::new(send_config.source, send_config.layout, token, per_chunk);
    let present: Vec<u16> = receivers.iter().map(|receiver| receiver.number).collect();
    if !receivers.is_empty() {
        started();
    }
    let over = AtomicBool::new(false);
    let mut accounts: Vec<ReceiverReport> = thread::scope(|scope| {
        let threads: Vec<_> = receivers
            .into_iter()
            .filter_map(|ready_receiver| {
                let progress_meter = meters.get(usize::from(ready_receiver.number).checked_sub(1)?)?;
                let chunks = &chunks;
                let serve = move || {
                    serve(
                        ready_receiver,
                        &SendContext {
                            config: send_config,
                            chunks,
                            journal: transfer_journal,
                            progress: progress_meter,
                            stop,
                        },
                    )
                };
                Some(scope.spawn(serve))
            })
            .collect();
        let door = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                refuse(listener, mode, on_event);
                thread::park_timeout(POLL_INTERVAL);
            }
        });
        let served = threads.into_iter().filter_map(|thread| thread.join().ok()).collect();
        over.store(true, Ordering::Relaxed);
        door.thread().unpark();
        served
    });
    let absent = (1..=send_config.welcome.clients).filter(|number| !present.contains(number));
    accounts.extend(absent.map(|number| ReceiverReport {
        number,
        complete: Some(false),
        error: Some(if stop.load(Ordering::Relaxed) { TransferError::Interrupted } else { TransferError::Absent }),
        bytes_sent: Some(0),
        ..ReceiverReport::default()
    }));
    accounts.sort_by_key(|report| report.number);
    for receiver_report in &accounts {
        // Those that were served have closed their accounts.
        if !present.contains(&receiver_report.number) {
            let closing = ReceiverReportRecord { at: transfer_journal.clock.now(), account: receiver_report.clone() };
            transfer_journal.write(Some(Record::ReceiverReport(Box::new(closing))));
        }
    }
    Ok(accounts)
}

/// Serves one receiver from the start to its last word.
fn serve(mut receiver: ReadyReceiver, context: &SendContext<'_>) -> ReceiverReport {
    let mode = context.config.welcome.mode;
    let (journal, number, peer) = (context.journal, receiver.number, receiver.line.peer());
    let server_port = match (&receiver.block_sender, &receiver.socket) {
        (Some(block_sender), _) => block_sender.local_addr().ok(),
        (_, Some(socket)) => socket.local_addr().ok(),
        _ => receiver.line.local().ok(),
    };
    let mut report = ReceiverReport {
        number,
        peer: Some(peer),
        client_port: (receiver.port > 0).then_some(receiver.port),
        server_port: server_port.map(|address| address.port()),
        bytes_sent: Some(0),
        blocks: mode.has_blocks().then(Blocks::default),
        ..ReceiverReport::default()
    };
    journal.write(Some(Record::Peer(Peer { p: number.into(), addr: peer })));
    journal.word_at(number, ControlEvent::Ready, receiver.ready);
    if let Some(outlet) = receiver.block_sender.as_mut().filter(|_| context.config.captured) {
        outlet.disable_gso();
    }
    let start = journal.clock.mono();
    let ended = match mode {
        Mode::Udp => udp::send(&mut receiver, context, &mut report).map(Some),
        Mode::Classic => classic::send(&mut receiver, context, &mut report).map(|()| None),
        Mode::Tcp => tcp::send(&mut receiver, context, &mut report).map(Some),
        Mode::Quic => quic::send(&mut receiver, context, &mut report).map(Some),
    };
    let at = journal.clock.now();
    report.took_ns = Some(at.mono.since(start));
    match ended {
        Ok(Some(outcome)) => {
            journal.word_at(number, ControlEvent::Done, at);
            apply_outcome(&mut report, outcome);
        }
        Ok(None) => {}
        Err(trouble) => {
            report.complete = Some(false);
            report.error = Some(trouble);
        }
    }
    journal.write(Some(Record::ReceiverReport(Box::new(ReceiverReportRecord { at, account: report.clone() }))));
    context.progress.over.store(true, Ordering::Relaxed);
    report
}

fn apply_outcome(report: &mut ReceiverReport, outcome: Outcome) {
    report.complete = Some(outcome.verified);
    report.bytes_received = Some(outcome.bytes);
    report.took_ns = Some(outcome.took_ns);
    if let Some(blocks) = &mut report.blocks {
        blocks.arrived = outcome.arrived;
    }
}
