//! A transfer of which only captures are there: how many of the blocks on the sender's wire are on the receiver's.

use std::collections::{BTreeSet, HashSet};

use thiserror::Error;

use crate::core::document::counts::PointCounts;
use crate::core::document::envelope::{Envelope, Kind, Perspective};
use crate::core::document::path::PointName;
use crate::core::document::transfer::{Traffic, Transfer, TransferDocument, Wire};
use crate::core::document::witness::Witness;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::transfer_records::{TransferForm, WireFlow};
use crate::core::protocol::transfer::{Mode, block};
use crate::core::time::Wall;
use crate::core::verdict::{warnings, witness_quality};

/// Why captures alone give no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WiresError {
    /// A capture shows no transfer.
    #[error("a capture shows no transfer")]
    NoTransfer,
    /// Two captures are senders'.
    #[error("two captures are senders'")]
    TwoSenders,
}

/// Hop limits that hosts begin with: a datagram that has one has passed no router.
const INITIAL_HOP_LIMITS: [u8; 3] = [64, 128, 255];

/// Whether a capture, read without any journal, shows a file transfer.
pub fn shows_transfer(log: &CaptureLog) -> bool {
    transfers(log).next().is_some()
}

fn transfers(log: &CaptureLog) -> impl Iterator<Item = &WireFlow> {
    log.wire_flows.iter().filter(|flow| flow.form.is_some())
}

/// Different contents of a flow's blocks; `None` where some could not be read.
fn contents(flow: &WireFlow) -> Option<HashSet<u32>> {
    let is_readable = flow.cut == 0 && flow.fragmented == 0;
    is_readable.then(|| flow.blocks.iter().map(|block| block.key).collect())
}

/// Compares the wires of a sender and of its receivers by the contents of the blocks. A role that is not given is that of a sender
/// where datagrams have passed no router, or where the other capture shows less.
///
/// # Errors
/// [`WiresError::NoTransfer`] where a capture shows none, [`WiresError::TwoSenders`] where two are senders'.
pub fn compare_wires(captures: &[(Option<Role>, &CaptureLog)]) -> Result<TransferDocument, WiresError> {
    if captures.is_empty() || !captures.iter().all(|(_, log)| shows_transfer(log)) {
        return Err(WiresError::NoTransfer);
    }
    let roles = roles(captures);
    let of =
        |wanted: Role| captures.iter().zip(&roles).filter(move |(_, role)| **role == wanted).map(|((_, log), _)| *log);
    let senders: Vec<&CaptureLog> = of(Role::Server).collect();
    if senders.len() > 1 {
        return Err(WiresError::TwoSenders);
    }
    let sent: Vec<&WireFlow> = senders.iter().copied().flat_map(transfers).collect();
    let mut came: Vec<&WireFlow> = of(Role::Client).flat_map(transfers).collect();
    let all = || sent.iter().chain(&came);
    let start_ns = all().filter_map(|flow| flow.blocks.iter().map(|block| block.time).min()).min().unwrap_or(Wall(0));
    let form = all().find_map(|flow| flow.form).unwrap_or(TransferForm::Raw);
    let longest = all().map(|flow| flow.longest).max().map(u32::from);
    let mut document = TransferDocument {
        envelope: Envelope::new(Kind::Transfer, Perspective::of(!came.is_empty(), !sent.is_empty())),
        // Raw blocks without numbers are those of the bare dialect, whoever sent them.
        mode: if form == TransferForm::Numbered { Mode::Udp } else { Mode::Classic },
        name: None,
        size_bytes: None,
        sha256: None,
        clients: None,
        block_bytes: match form {
            TransferForm::Numbered => longest.map(|longest| longest.saturating_sub(block::HEADER as u32)),
            _ => longest,
        },
        start_ns,
        transfers: Vec::new(),
    };
    for flow in sent {
        let best = came.iter().enumerate().max_by_key(|(_, other)| shared(flow, other));
        let at = best.filter(|(_, other)| shared(flow, other) > 0).map(|(at, _)| at);
        let other = at.map(|at| came.remove(at));
        document.transfers.push(transfer(document.transfers.len(), Some(flow), other));
    }
    for flow in came {
        document.transfers.push(transfer(document.transfers.len(), None, Some(flow)));
    }
    let mut number = 0;
    for ((_, log), role) in captures.iter().zip(roles) {
        let own = (role == Role::Client).then(|| {
            number += 1;
            number
        });
        let witness = Witness { role: Some(role), number: own, ..witness_quality::of_capture(log, None) };
        document.envelope.witnesses.add(role, own, witness);
        warnings::warn(Some(log), None, &mut document.envelope.warnings);
    }
    warnings::merge(&mut document.envelope.warnings);
    Ok(document)
}

fn shared(one: &WireFlow, other: &WireFlow) -> usize {
    let (one, other): (BTreeSet<u32>, BTreeSet<u32>) =
        (one.blocks.iter().map(|block| block.key).collect(), other.blocks.iter().map(|block| block.key).collect());
    one.intersection(&other).count()
}

/// The role of each capture.
fn roles(captures: &[(Option<Role>, &CaptureLog)]) -> Vec<Role> {
    let given: Vec<Option<Role>> = captures.iter().map(|(role, _)| *role).collect();
    let has_sender = given.contains(&Some(Role::Server));
    let is_near = |log: &CaptureLog| transfers(log).all(|flow| INITIAL_HOP_LIMITS.contains(&flow.hop_limit));
    let near: Vec<bool> = captures.iter().map(|(role, log)| role.is_none() && is_near(log)).collect();
    let blocks = |log: &CaptureLog| transfers(log).map(|flow| flow.blocks.len()).sum::<usize>();
    let open = || (0..captures.len()).filter(|index| given[*index].is_none());
    let sender = match near.iter().filter(|near| **near).count() {
        _ if has_sender => None,
        1 => near.iter().position(|near| *near),
        0 if captures.len() == 1 => None,
        // The receiver's wire does not show more than the sender's; of equal ones either may be first.
        _ => open().max_by_key(|index| (blocks(captures[*index].1), usize::MAX - index)),
    };
    let role = |index: usize| given[index].unwrap_or(if sender == Some(index) { Role::Server } else { Role::Client });
    (0..captures.len()).map(role).collect()
}

fn transfer(index: usize, sent: Option<&WireFlow>, came: Option<&WireFlow>) -> Transfer {
    let traffic = |flow: &WireFlow| Traffic { packets: flow.packets, bytes: flow.bytes, repeated: None };
    let (out, read) = (sent.map(contents), came.map(contents));
    let at_receiver = match (&out, &read) {
        (Some(Some(out)), Some(Some(read))) => Some(out.intersection(read).count()),
        (None, Some(Some(read))) => Some(read.len()),
        _ => None,
    };
    let counts = [None, out.flatten().map(|out| out.len() as u64), at_receiver.map(|count| count as u64), None];
    Transfer {
        number: index as u16 + 1,
        client_port: came.or(sent).map(|flow| flow.ends.destination.port()),
        server_port: sent.or(came).map(|flow| flow.ends.source.port()),
        points: Some(PointCounts::new(PointName::TRANSFER.into_iter().zip(counts))),
        wire: Wire { sender: sent.map(traffic), receiver: came.map(traffic) },
        ..Transfer::default()
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use crate::core::evidence::flow::FlowKey;
    use crate::core::evidence::transfer_records::WireBlock;

    /// A capture of blocks with these contents, to a port, whose datagrams have this hop limit.
    fn capture(port: u16, hop_limit: u8, contents: &[u32]) -> CaptureLog {
        let ends = FlowKey {
            source: SocketAddr::from(([203, 0, 113, 2], 5_006)),
            destination: SocketAddr::from(([192, 168, 1, 10], port)),
        };
        let flow = WireFlow {
            ends,
            is_tcp: false,
            packets: contents.len() as u64,
            bytes: 0,
            repeated: 0,
            blocks: contents.iter().map(|key| WireBlock { time: Wall(9), frame: 1, key: *key }).collect(),
            fragmented: 0,
            cut: 0,
            mixed: false,
            corrupt: Vec::new(),
            others: 0,
            form: Some(TransferForm::Raw),
            hop_limit,
            longest: 1_024,
        };
        CaptureLog { wire_flows: vec![flow], ..CaptureLog::default() }
    }

    fn wires(captures: &[(Option<Role>, &CaptureLog)]) -> Vec<[Option<u64>; 2]> {
        let document = compare_wires(captures).unwrap();
        let points = |transfer: &Transfer| {
            let points = transfer.points.as_ref().unwrap();
            [PointName::WireOut, PointName::WireIn].map(|point| points.get(point))
        };
        document.transfers.iter().map(points).collect()
    }

    #[test]
    fn the_blocks_of_one_wire_are_sought_on_the_other() {
        // One was lost, one was altered, and one came twice.
        let (sender, receiver) = (capture(40_001, 64, &[1, 2, 3, 4]), capture(40_001, 60, &[1, 9, 4, 4]));
        for captures in [[(None, &sender), (None, &receiver)], [(None, &receiver), (None, &sender)]] {
            assert_eq!(wires(&captures), [[Some(4), Some(2)]], "the hop limit tells the sender's");
        }
        assert_eq!(wires(&[(Some(Role::Client), &sender), (Some(Role::Server), &receiver)]), [[Some(3), Some(2)]]);
        assert_eq!(wires(&[(None, &sender)]), [[Some(4), None]]);
        assert_eq!(wires(&[(None, &receiver)]), [[None, Some(3)]]);
        let mut cut = receiver;
        cut.wire_flows[0].cut = 1;
        assert_eq!(wires(&[(None, &sender), (None, &cut)]), [[Some(4), None]], "the one that was cut may be any");
    }

    #[test]
    fn each_receivers_wire_is_compared_with_its_own_blocks() {
        let mut sender = capture(40_001, 64, &[11, 12, 13]);
        sender.wire_flows.extend(capture(40_002, 64, &[21, 22]).wire_flows);
        let (first, second) = (capture(1, 60, &[11, 13]), capture(2, 60, &[21, 22]));
        let all = [[Some(3), Some(2)], [Some(2), Some(2)]];
        assert_eq!(wires(&[(None, &second), (None, &sender), (None, &first)]), all);
        let other = capture(3, 60, &[7]);
        assert_eq!(wires(&[(None, &sender), (None, &other)])[2], [None, Some(1)], "of another transfer");
    }

    #[test]
    fn captures_without_blocks_are_declined() {
        let sender = capture(40_001, 64, &[1]);
        assert_eq!(compare_wires(&[(None, &sender), (None, &CaptureLog::default())]), Err(WiresError::NoTransfer));
        let server = Some(Role::Server);
        assert_eq!(compare_wires(&[(server, &sender), (server, &sender)]), Err(WiresError::TwoSenders));
    }
}
