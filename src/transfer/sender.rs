//! The sending end: waits for everybody, then serves each on a thread of its own, so that none holds up the others.

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

/// Sends the file to all who come. `meters` are as many as receivers, by number.
pub fn run(
    order: &SendConfig<'_>,
    listener: &TcpListener,
    meters: &[Progress],
    diary: TransferJournal<'_>,
    stop: &AtomicBool,
    news: &(dyn Fn(AcceptEvent) + Sync),
    started: &dyn Fn(),
) -> std::io::Result<Vec<ReceiverReport>> {
    let guests = ReceiverAcceptor::new(listener, order.welcome.clone(), diary.clock)?.wait_for_receivers(
        order.barrier,
        stop,
        news,
    );
    let mode = order.welcome.mode;
    let token = (mode == Mode::Udp).then_some(order.welcome.token);
    let chunks = ChunkReader::new(order.source, order.cut, token, 1);
    let per_chunk = if mode.has_blocks() { BlockSender::most(chunks.stride()) } else { 1 };
    let chunks = ChunkReader::new(order.source, order.cut, token, per_chunk);
    let present: Vec<u16> = guests.iter().map(|guest| guest.number).collect();
    if !guests.is_empty() {
        started();
    }
    let over = AtomicBool::new(false);
    let mut accounts: Vec<ReceiverReport> = thread::scope(|scope| {
        let threads: Vec<_> = guests
            .into_iter()
            .filter_map(|guest| {
                let meter = meters.get(usize::from(guest.number).checked_sub(1)?)?;
                let chunks = &chunks;
                let serve = move || serve(guest, &SendContext { order, chunks, diary, meter, stop });
                Some(scope.spawn(serve))
            })
            .collect();
        let door = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                refuse(listener, mode, news);
                thread::park_timeout(POLL_INTERVAL);
            }
        });
        let served = threads.into_iter().filter_map(|thread| thread.join().ok()).collect();
        over.store(true, Ordering::Relaxed);
        door.thread().unpark();
        served
    });
    let absent = (1..=order.welcome.clients).filter(|number| !present.contains(number));
    accounts.extend(absent.map(|number| ReceiverReport {
        number,
        complete: Some(false),
        trouble: Some(if stop.load(Ordering::Relaxed) { TransferError::Interrupted } else { TransferError::Absent }),
        bytes_sent: Some(0),
        ..ReceiverReport::default()
    }));
    accounts.sort_by_key(|account| account.number);
    for account in &accounts {
        // Those that were served have closed their accounts.
        if !present.contains(&account.number) {
            let closing = ReceiverReportRecord { at: diary.clock.now(), account: account.clone() };
            diary.write(Some(Record::Account(Box::new(closing))));
        }
    }
    Ok(accounts)
}

/// Serves one receiver from the start to its last word.
fn serve(mut guest: ReadyReceiver, service: &SendContext<'_>) -> ReceiverReport {
    let mode = service.order.welcome.mode;
    let (diary, number, peer) = (service.diary, guest.number, guest.line.peer());
    let server_port = match (&guest.outlet, &guest.socket) {
        (Some(outlet), _) => outlet.local_addr().ok(),
        (_, Some(socket)) => socket.local_addr().ok(),
        _ => guest.line.local().ok(),
    };
    let mut account = ReceiverReport {
        number,
        peer: Some(peer),
        client_port: (guest.port > 0).then_some(guest.port),
        server_port: server_port.map(|address| address.port()),
        bytes_sent: Some(0),
        blocks: mode.has_blocks().then(Blocks::default),
        ..ReceiverReport::default()
    };
    diary.write(Some(Record::Peer(Peer { p: number.into(), addr: peer })));
    diary.word_at(number, ControlEvent::Ready, guest.ready);
    if let Some(outlet) = guest.outlet.as_mut().filter(|_| service.order.captured) {
        outlet.disable_gso();
    }
    let start = diary.clock.mono();
    let ended = match mode {
        Mode::Udp => udp::send(&mut guest, service, &mut account).map(Some),
        Mode::Classic => classic::send(&mut guest, service, &mut account).map(|()| None),
        Mode::Tcp => tcp::send(&mut guest, service, &mut account).map(Some),
        Mode::Quic => quic::send(&mut guest, service, &mut account).map(Some),
    };
    let at = diary.clock.now();
    account.took_ns = Some(at.mono.since(start));
    match ended {
        Ok(Some(outcome)) => {
            diary.word_at(number, ControlEvent::Done, at);
            take(&mut account, outcome);
        }
        Ok(None) => {}
        Err(trouble) => {
            account.complete = Some(false);
            account.trouble = Some(trouble);
        }
    }
    diary.write(Some(Record::Account(Box::new(ReceiverReportRecord { at, account: account.clone() }))));
    service.meter.over.store(true, Ordering::Relaxed);
    account
}

/// What the receiver told at its end.
fn take(account: &mut ReceiverReport, outcome: Outcome) {
    account.complete = Some(outcome.verified);
    account.bytes_received = Some(outcome.bytes);
    account.took_ns = Some(outcome.took_ns);
    if let Some(blocks) = &mut account.blocks {
        blocks.arrived = outcome.arrived;
    }
}
