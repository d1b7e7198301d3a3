//! The sending end: waits for everybody, then serves each on a thread of its own, so that none holds up the others.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::gate::{Gate, Guest, News, refuse};
use super::source::{Chunks, Source};
use super::{GLANCE, Meter, PATIENCE, classic, quic, tcp, trouble_of, udp};
use crate::core::dialect::transfer::block::Cut;
use crate::core::dialect::transfer::control::{Outcome, Say, Welcome};
use crate::core::dialect::transfer::pace::{Pacer, Rate};
use crate::core::dialect::transfer::{Mode, Trouble};
use crate::core::time::Mono;
use crate::core::verdict::transfer::{Blocks, Transfer};
use crate::net::blocks::Outlet;
use crate::net::clock::Clock;

/// What is to be done.
#[derive(Debug)]
pub struct Order<'a> {
    /// The file.
    pub source: &'a Source,
    /// How it is cut.
    pub cut: Cut,
    /// What receivers are told.
    pub welcome: Welcome,
    /// How fast blocks go.
    pub rate: Rate,
    /// How long to wait for everybody.
    pub barrier: Duration,
    /// What the sender proves itself with, in the QUIC mode.
    pub identity: Option<quic::Identity>,
    /// Addresses of this host: what goes to them meets no network.
    pub own: Vec<std::net::IpAddr>,
}

/// What one receiver's thread works with.
pub struct Service<'a> {
    /// What is to be done.
    pub order: &'a Order<'a>,
    /// The file as datagrams, in the modes that have some.
    pub chunks: &'a Chunks<'a>,
    /// The clock of the run.
    pub clock: Clock,
    /// How far this receiver is.
    pub meter: &'a Meter,
    /// To be stopped.
    pub stop: &'a AtomicBool,
}

/// Sends the file to all who come. `meters` are as many as receivers, by number.
pub fn run(
    order: &Order<'_>,
    listener: &TcpListener,
    meters: &[Meter],
    clock: Clock,
    stop: &AtomicBool,
    news: &(dyn Fn(News) + Sync),
    started: &dyn Fn(),
) -> std::io::Result<Vec<Transfer>> {
    let guests = Gate::new(listener, order.welcome.clone())?.gather(order.barrier, stop, news);
    let mode = order.welcome.mode;
    let token = (mode == Mode::Udp).then_some(order.welcome.token);
    let chunks = Chunks::new(order.source, order.cut, token, 1);
    let per_chunk = if mode.has_blocks() { Outlet::most(chunks.stride()) } else { 1 };
    let chunks = Chunks::new(order.source, order.cut, token, per_chunk);
    let present: Vec<u16> = guests.iter().map(|guest| guest.number).collect();
    if !guests.is_empty() {
        started();
    }
    let over = AtomicBool::new(false);
    let mut transfers: Vec<Transfer> = thread::scope(|scope| {
        let threads: Vec<_> = guests
            .into_iter()
            .filter_map(|guest| {
                let meter = meters.get(usize::from(guest.number).checked_sub(1)?)?;
                let chunks = &chunks;
                let serve = move || serve(guest, &Service { order, chunks, clock, meter, stop });
                Some(scope.spawn(serve))
            })
            .collect();
        let door = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                refuse(listener, mode, news);
                thread::park_timeout(GLANCE);
            }
        });
        let served = threads.into_iter().filter_map(|thread| thread.join().ok()).collect();
        over.store(true, Ordering::Relaxed);
        door.thread().unpark();
        served
    });
    let absent = (1..=order.welcome.clients).filter(|number| !present.contains(number));
    transfers.extend(absent.map(|number| Transfer {
        number,
        complete: Some(false),
        trouble: Some(if stop.load(Ordering::Relaxed) { Trouble::Interrupted } else { Trouble::Absent }),
        bytes_sent: Some(0),
        ..Transfer::default()
    }));
    transfers.sort_by_key(|transfer| transfer.number);
    Ok(transfers)
}

/// Blocks on their way to one receiver.
#[derive(Debug, Default)]
pub struct Volley {
    /// The next block's number.
    pub next: u64,
    taken: u64,
    refused: u64,
}

impl Volley {
    /// Sends the next blocks, as many as are allowed and go in one call.
    ///
    /// # Errors
    /// Why the file could not be read.
    pub fn send(
        &mut self,
        allowed: u64,
        outlet: &mut Outlet,
        service: &Service<'_>,
        transfer: &mut Transfer,
        pacer: &mut Pacer,
        now: Mono,
    ) -> Result<(), Trouble> {
        let (first, chunk) = service.chunks.of(self.next).map_err(|error| trouble_of(&error))?;
        let stride = service.chunks.stride();
        let from = (self.next - first) as usize * stride;
        let to = chunk.len().min(from.saturating_add((allowed as usize).saturating_mul(stride)));
        let blocks = if let Ok(sent) = outlet.send_many(&chunk[from..to], stride) {
            let sent = sent as u64;
            let bytes = service.chunks.cut().bytes(self.next, self.next + sent - 1);
            transfer.bytes_sent = transfer.bytes_sent.map(|before| before + bytes);
            service.meter.add(bytes);
            self.taken += sent;
            sent
        } else {
            // This host itself refuses, as by a firewall: the blocks are counted as never sent.
            let refused = (to - from).div_ceil(stride) as u64;
            self.refused += refused;
            refused
        };
        self.next += blocks;
        pacer.sent(blocks, now);
        Ok(())
    }

    /// Writes down what left and what did not.
    pub fn close(&self, transfer: &mut Transfer) {
        if let Some(blocks) = &mut transfer.blocks {
            (blocks.sent, blocks.unsent) = (Some(self.taken), Some(self.refused));
        }
    }
}

/// Serves one receiver from the start to its last word.
fn serve(mut guest: Guest, service: &Service<'_>) -> Transfer {
    let mode = service.order.welcome.mode;
    let peer = guest.line.peer();
    let server_port = match (&guest.outlet, &guest.socket) {
        (Some(outlet), _) => outlet.local_addr().ok(),
        (_, Some(socket)) => socket.local_addr().ok(),
        _ => guest.line.local().ok(),
    };
    let mut transfer = Transfer {
        number: guest.number,
        peer: Some(peer),
        client_port: (guest.port > 0).then_some(guest.port),
        server_port: server_port.map(|address| address.port()),
        bytes_sent: Some(0),
        blocks: mode.has_blocks().then(Blocks::default),
        ..Transfer::default()
    };
    let start = service.clock.mono();
    let ended = match mode {
        Mode::Udp => udp::send(&mut guest, service, &mut transfer).map(Some),
        Mode::Classic => classic::send(&mut guest, service, &mut transfer).map(|()| None),
        Mode::Tcp => tcp::send(&mut guest, service, &mut transfer).map(Some),
        Mode::Quic => quic::send(&mut guest, service, &mut transfer).map(Some),
    };
    transfer.took_ns = Some(service.clock.mono().since(start));
    match ended {
        Ok(Some(outcome)) => take(&mut transfer, outcome),
        Ok(None) => {}
        Err(trouble) => {
            transfer.complete = Some(false);
            transfer.trouble = Some(trouble);
        }
    }
    if let Some(blocks) = &mut transfer.blocks {
        blocks.close(peer.ip().is_loopback() || service.order.own.contains(&peer.ip()));
    }
    transfer.close();
    service.meter.over.store(true, Ordering::Relaxed);
    transfer
}

/// What the receiver told at its end.
fn take(transfer: &mut Transfer, outcome: Outcome) {
    transfer.complete = Some(outcome.verified);
    transfer.bytes_received = Some(outcome.bytes);
    transfer.took_ns = Some(outcome.took_ns);
    if let Some(blocks) = &mut transfer.blocks {
        blocks.received = Some(outcome.blocks);
        blocks.duplicates = Some(outcome.duplicates);
        blocks.missing = outcome.missing;
        blocks.ranges = Some(outcome.ranges);
        blocks.socket_drops = outcome.socket_drops;
    }
}

/// Waits for the receiver's last word. As long as it gives signs of life, it is given time to read its file back.
///
/// # Errors
/// Why there is none.
pub fn last_word(guest: &mut Guest, stop: &AtomicBool) -> Result<Outcome, Trouble> {
    loop {
        match guest.line.wait(PATIENCE, stop, super::line::Line::heard)? {
            Say::Done(outcome) => return Ok(*outcome),
            Say::Failed { why } => return Err(why),
            Say::Progress { .. } => {}
            _ => return Err(Trouble::Dialect),
        }
    }
}
