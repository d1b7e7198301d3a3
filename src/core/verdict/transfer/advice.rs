//! What would help against the losses of a transfer.

use crate::core::document::path::SegmentName;
use crate::core::document::transfer::{Advice, LossBySegment};
use crate::core::evidence::transfer_records::ReceiverReport;
use crate::core::protocol::transfer::Mode;
use crate::core::time::SECOND;

/// The receive buffer that is advised at the least, bytes.
const ENOUGH_BUFFER: u64 = 8 << 20;

/// A fixed rate that is advised leaves this part of what the receiver took.
const RATE_MARGIN: f64 = 0.8;

/// `captured`: whether the sender's and the receiver's capture are there.
pub(super) fn advice(mode: Mode, account: &ReceiverReport, at: &LossBySegment, captured: (bool, bool)) -> Vec<Advice> {
    let mut advice = Vec::new();
    let open = |part| at.counts.undetermined > 0 && at.possible.contains(&part);
    let taken = account.bytes_received.zip(account.took_ns.filter(|took| *took > 0));
    // In the bare dialect no receiver says what it takes.
    let bits_per_second = taken
        .filter(|_| mode == Mode::Classic)
        .map(|(bytes, took)| (bytes as f64 * 8.0 * RATE_MARGIN * SECOND as f64 / took as f64) as u64);
    // Drops of an unknown kind are a reason to look at the buffer, too.
    let dropped = account.blocks.as_ref().and_then(|blocks| blocks.arrived.socket_drops).is_some_and(|drops| drops > 0);
    let suspects_socket = at.receiver_socket.is_none()
        && dropped
        && (at.get(SegmentName::ReceiverHost) > 0 || open(SegmentName::ReceiverHost));
    let in_socket = at.receiver_socket.unwrap_or(0);
    if in_socket > 0 || suspects_socket {
        let bytes = account.recv_buffer_bytes.map_or(ENOUGH_BUFFER, |granted| (granted * 2).max(ENOUGH_BUFFER));
        advice.push(Advice::ReceiveBuffer { bytes });
        advice.push(Advice::Rate { bits_per_second });
    }
    if at.get(SegmentName::ReceiverHost) > in_socket {
        advice.push(Advice::ReceiverHost);
    }
    if at.get(SegmentName::Network) > 0 {
        if in_socket == 0 && !suspects_socket {
            advice.push(Advice::Rate { bits_per_second });
        }
        advice.push(Advice::Reliable);
    }
    if at.get(SegmentName::SenderHost) > 0 {
        advice.push(Advice::SenderHost);
    }
    if open(SegmentName::SenderHost) && !captured.0 {
        advice.push(Advice::CaptureSender);
    }
    if open(SegmentName::ReceiverHost) && !captured.1 {
        advice.push(Advice::CaptureReceiver);
    }
    advice
}
