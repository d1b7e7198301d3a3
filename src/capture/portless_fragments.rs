//! Later fragments of UDP datagrams without their first fragment, which alone has the ports.

use std::collections::HashMap;
use std::net::IpAddr;

use super::blind_intervals::BlindIntervals;
use crate::core::evidence::capture_log::{BlindInterval, UnreadableReason};
use crate::core::evidence::flow::FlowKey;
use crate::core::time::Wall;

/// With more flows than this between two hosts, their fragments blind every flow.
const MAX_FLOWS_OF_PAIR: usize = 64;

#[derive(Default)]
pub(super) struct PortlessFragments {
    /// Index of each pair of hosts.
    pairs: HashMap<(IpAddr, IpAddr), u32>,
    blindness: BlindIntervals,
}

impl PortlessFragments {
    pub(super) fn note(&mut self, source: IpAddr, destination: IpAddr, first: Wall, last: Wall) {
        let next = self.pairs.len() as u32;
        let pair = *self.pairs.entry((source, destination)).or_insert(next);
        self.blindness.note_span(Some(pair), UnreadableReason::Fragment, first, last);
    }

    /// Blinds the flows that the fragments may belong to: those between the same two hosts. Fragments between hosts that
    /// exchange nothing else belong to other applications, because a filter cannot reject them by their ports.
    pub(super) fn blind_flows(&mut self, flows: &[FlowKey], blindness: &mut BlindIntervals) {
        // Of each pair its flows, and whether it exchanges nothing else in a capture that shows something.
        let mut of_pair = vec![(Vec::new(), !flows.is_empty()); self.pairs.len()];
        for (index, flow) in flows.iter().enumerate() {
            let (source, destination) = (flow.source.ip(), flow.destination.ip());
            if let Some(pair) = self.pairs.get(&(source, destination)) {
                let (of_pair, strangers) = &mut of_pair[*pair as usize];
                of_pair.push(Some(index as u32));
                *strangers = false;
            }
            if let Some(pair) = self.pairs.get(&(destination, source)) {
                of_pair[*pair as usize].1 = false;
            }
        }
        for interval in std::mem::take(&mut self.blindness).into_intervals() {
            let Some((of_pair, strangers)) = interval.flow.map(|pair| &of_pair[pair as usize]) else { continue };
            let any = of_pair.is_empty() || of_pair.len() > MAX_FLOWS_OF_PAIR;
            if *strangers {
                continue;
            }
            for flow in if any { &[None][..] } else { of_pair } {
                blindness.add(BlindInterval { flow: *flow, ..interval });
            }
        }
    }
}
