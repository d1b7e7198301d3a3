//! What a transport of a sender works with: the file, its blocks, and the receiver's result.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::accept::ReadyReceiver;
use super::control_connection::ControlConnection;
use super::source_file::{ChunkReader, SourceFile};
use super::tls_identity::TlsIdentity;
use super::{IDLE_TIMEOUT, Progress, TransferJournal, trouble_of};
use crate::core::evidence::block_log::BlockLog;
use crate::core::evidence::transfer_records::{BlockEvent, ReceiverReport};
use crate::core::protocol::transfer::TransferError;
use crate::core::protocol::transfer::block::BlockLayout;
use crate::core::protocol::transfer::control::{ControlMessage, Outcome, SessionOffer};
use crate::core::protocol::transfer::pacing::{Pacer, Rate};
use crate::core::time::{Mono, Now};
use crate::net::block_sockets::BlockSender;

#[derive(Debug)]
pub struct SendConfig<'a> {
    pub source: &'a SourceFile,
    pub layout: BlockLayout,
    pub welcome: SessionOffer,
    pub rate: Rate,
    pub barrier: Duration,
    /// What the sender proves itself with, in the QUIC mode.
    pub identity: Option<TlsIdentity>,
    /// A capture runs on this host: each block goes as a frame of its own.
    pub captured: bool,
}

pub struct SendContext<'a> {
    pub config: &'a SendConfig<'a>,
    /// The file as datagrams, in the modes that have some.
    pub chunks: &'a ChunkReader<'a>,
    /// Where the account goes, and the clock of the run.
    pub journal: TransferJournal<'a>,
    pub progress: &'a Progress,
    pub stop: &'a AtomicBool,
}

#[derive(Debug)]
pub struct BlockStream {
    pub next: u64,
    taken: u64,
    refused: u64,
    sent: BlockLog,
    unsent: BlockLog,
}

impl BlockStream {
    /// Blocks for the receiver of this number; none has gone yet.
    pub fn new(receiver: u16) -> Self {
        let batch = |event| BlockLog::new(receiver, event);
        Self { next: 0, taken: 0, refused: 0, sent: batch(BlockEvent::Sent), unsent: batch(BlockEvent::Unsent) }
    }

    /// Sends the next blocks, as many as are allowed and go in one call.
    ///
    /// # Errors
    /// Why the file could not be read.
    pub fn send(
        &mut self,
        allowed: u64,
        block_sender: &mut BlockSender,
        context: &SendContext<'_>,
        report: &mut ReceiverReport,
        pacer: &mut Pacer,
        now: Mono,
    ) -> Result<(), TransferError> {
        let (first, chunk) = context.chunks.block(self.next).map_err(|error| trouble_of(&error))?;
        let (chunk, digests) = (&chunk.datagrams, &chunk.digests);
        let stride = context.chunks.stride();
        let from = (self.next - first) as usize * stride;
        let to = chunk.len().min(from.saturating_add((allowed as usize).saturating_mul(stride)));
        let at = context.journal.clock.now();
        let blocks = if let Ok(sent) = block_sender.send_many(&chunk[from..to], stride) {
            let sent = sent as u64;
            let last = self.next + sent - 1;
            let bytes = context.chunks.layout().bytes(self.next, last);
            report.bytes_sent = report.bytes_sent.map(|before| before + bytes);
            self.note(last, first, digests, at, context.journal);
            context.progress.add(bytes);
            self.taken += sent;
            sent
        } else {
            // This host itself refuses, as by a firewall: the blocks are counted as never sent.
            let refused = (to - from).div_ceil(stride) as u64;
            self.refused += refused;
            context.journal.write(self.unsent.add(self.next, self.next + refused - 1, at));
            refused
        };
        self.next += blocks;
        pacer.sent(blocks, now);
        Ok(())
    }

    /// Notes the blocks up to `last`, of a chunk that begins with `first`.
    fn note(&mut self, last: u64, first: u64, digests: &[u32], at: Now, journal: TransferJournal<'_>) {
        if digests.is_empty() {
            journal.write(self.sent.add(self.next, last, at));
            return;
        }
        for (number, digest) in (first..).zip(digests).take((last + 1 - first) as usize) {
            if number >= self.next {
                journal.write(self.sent.add(number, number, at));
                self.sent.digest(*digest);
            }
        }
    }

    /// Writes down what left and what did not.
    pub fn close(mut self, context: &SendContext<'_>, report: &mut ReceiverReport) {
        context.journal.write(self.sent.close());
        context.journal.write(self.unsent.close());
        if let Some(blocks) = &mut report.blocks {
            (blocks.sent, blocks.unsent) = (Some(self.taken), Some(self.refused));
        }
    }
}

/// Waits for the receiver's last word. As long as it gives signs of life, it is given time to read its file back.
///
/// # Errors
/// Why there is none.
pub fn await_result(receiver: &mut ReadyReceiver, stop: &AtomicBool) -> Result<Outcome, TransferError> {
    loop {
        match receiver.line.wait(IDLE_TIMEOUT, stop, ControlConnection::try_recv)? {
            ControlMessage::Done(outcome) => return Ok(*outcome),
            ControlMessage::Failed { why } => return Err(why),
            ControlMessage::Progress { .. } => {}
            _ => return Err(TransferError::Dialect),
        }
    }
}
