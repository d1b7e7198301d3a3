//! The sending end: waits for everybody, then serves each on a thread of its own, so that none holds up the others.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::accept::{AcceptEvent, ReadyReceiver, ReceiverAcceptor, refuse};
use super::source_file::{ChunkReader, SourceFile};
use super::{IDLE_TIMEOUT, POLL_INTERVAL, Progress, TransferJournal, classic, quic, tcp, trouble_of, udp};
use crate::core::evidence::block_log::BlockLog;
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::Peer;
use crate::core::evidence::transfer_records::{BlockEvent, Blocks, ControlEvent, ReceiverReport, ReceiverReportRecord};
use crate::core::protocol::transfer::block::BlockLayout;
use crate::core::protocol::transfer::control::{ControlMessage, Outcome, SessionOffer};
use crate::core::protocol::transfer::pacing::{Pacer, Rate};
use crate::core::protocol::transfer::{Mode, TransferError};
use crate::core::time::{Mono, Now};
use crate::net::block_sockets::BlockSender;

/// What is to be done.
#[derive(Debug)]
pub struct SendConfig<'a> {
    /// The file.
    pub source: &'a SourceFile,
    /// How it is cut.
    pub cut: BlockLayout,
    /// What receivers are told.
    pub welcome: SessionOffer,
    /// How fast blocks go.
    pub rate: Rate,
    /// How long to wait for everybody.
    pub barrier: Duration,
    /// What the sender proves itself with, in the QUIC mode.
    pub identity: Option<quic::TlsIdentity>,
    /// A capture runs on this host: each block goes as a frame of its own.
    pub captured: bool,
}

/// What one receiver's thread works with.
pub struct SendContext<'a> {
    /// What is to be done.
    pub order: &'a SendConfig<'a>,
    /// The file as datagrams, in the modes that have some.
    pub chunks: &'a ChunkReader<'a>,
    /// Where the account goes, and the clock of the run.
    pub diary: TransferJournal<'a>,
    /// How far this receiver is.
    pub meter: &'a Progress,
    /// To be stopped.
    pub stop: &'a AtomicBool,
}

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

/// Blocks on their way to one receiver.
#[derive(Debug)]
pub struct BlockStream {
    /// The next block's number.
    pub next: u64,
    taken: u64,
    refused: u64,
    sent: BlockLog,
    unsent: BlockLog,
}

impl BlockStream {
    /// Blocks for the receiver of this number; none has gone yet.
    pub fn new(receiver: u16) -> Self {
        let batch = |deed| BlockLog::new(receiver, deed);
        Self { next: 0, taken: 0, refused: 0, sent: batch(BlockEvent::Sent), unsent: batch(BlockEvent::Unsent) }
    }

    /// Sends the next blocks, as many as are allowed and go in one call.
    ///
    /// # Errors
    /// Why the file could not be read.
    pub fn send(
        &mut self,
        allowed: u64,
        outlet: &mut BlockSender,
        service: &SendContext<'_>,
        account: &mut ReceiverReport,
        pacer: &mut Pacer,
        now: Mono,
    ) -> Result<(), TransferError> {
        let (first, chunk) = service.chunks.of(self.next).map_err(|error| trouble_of(&error))?;
        let (chunk, digests) = (&chunk.datagrams, &chunk.digests);
        let stride = service.chunks.stride();
        let from = (self.next - first) as usize * stride;
        let to = chunk.len().min(from.saturating_add((allowed as usize).saturating_mul(stride)));
        let at = service.diary.clock.now();
        let blocks = if let Ok(sent) = outlet.send_many(&chunk[from..to], stride) {
            let sent = sent as u64;
            let last = self.next + sent - 1;
            let bytes = service.chunks.cut().bytes(self.next, last);
            account.bytes_sent = account.bytes_sent.map(|before| before + bytes);
            self.note(last, first, digests, at, service.diary);
            service.meter.add(bytes);
            self.taken += sent;
            sent
        } else {
            // This host itself refuses, as by a firewall: the blocks are counted as never sent.
            let refused = (to - from).div_ceil(stride) as u64;
            self.refused += refused;
            service.diary.write(self.unsent.add(self.next, self.next + refused - 1, at));
            refused
        };
        self.next += blocks;
        pacer.sent(blocks, now);
        Ok(())
    }

    /// Notes the blocks up to `last`, of a chunk that begins with `first`.
    fn note(&mut self, last: u64, first: u64, digests: &[u32], at: Now, diary: TransferJournal<'_>) {
        if digests.is_empty() {
            diary.write(self.sent.add(self.next, last, at));
            return;
        }
        for (number, digest) in (first..).zip(digests).take((last + 1 - first) as usize) {
            if number >= self.next {
                diary.write(self.sent.add(number, number, at));
                self.sent.digest(*digest);
            }
        }
    }

    /// Writes down what left and what did not.
    pub fn close(mut self, service: &SendContext<'_>, account: &mut ReceiverReport) {
        service.diary.write(self.sent.close());
        service.diary.write(self.unsent.close());
        if let Some(blocks) = &mut account.blocks {
            (blocks.sent, blocks.unsent) = (Some(self.taken), Some(self.refused));
        }
    }
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

/// Waits for the receiver's last word. As long as it gives signs of life, it is given time to read its file back.
///
/// # Errors
/// Why there is none.
pub fn await_result(guest: &mut ReadyReceiver, stop: &AtomicBool) -> Result<Outcome, TransferError> {
    loop {
        match guest.line.wait(IDLE_TIMEOUT, stop, super::control_connection::ControlConnection::try_recv)? {
            ControlMessage::Done(outcome) => return Ok(*outcome),
            ControlMessage::Failed { why } => return Err(why),
            ControlMessage::Progress { .. } => {}
            _ => return Err(TransferError::Dialect),
        }
    }
}
