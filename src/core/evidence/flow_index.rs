//! A capture indexed by address pair, for captures with thousands of flows.

use std::collections::HashMap;

use super::capture_log::{BlindInterval, CaptureLog};
use super::datagram::Datagram;
use super::flow::FlowKey;

/// A capture, by its flows.
pub struct FlowIndex<'a> {
    /// The capture.
    pub log: &'a CaptureLog,
    flows: HashMap<FlowKey, u32>,
    /// Intervals with unreadable packets by flow; `None` is for packets of unknown flow.
    blind: HashMap<Option<u32>, Vec<BlindInterval>>,
}

impl<'a> FlowIndex<'a> {
    /// Lays a capture out.
    pub fn new(log: &'a CaptureLog) -> Self {
        let flows = log.flows.iter().enumerate().map(|(index, flow)| (*flow, index as u32)).collect();
        let mut blind: HashMap<Option<u32>, Vec<BlindInterval>> = HashMap::new();
        for interval in &log.blind {
            blind.entry(interval.flow).or_default().push(*interval);
        }
        Self { log, flows, blind }
    }

    /// The unnumbered datagrams of one direction, in file order.
    pub fn unnumbered(&self, ends: FlowKey) -> impl Iterator<Item = &'a Datagram> {
        let (log, flow) = (self.log, self.flows.get(&ends).copied());
        flow.into_iter().flat_map(move |flow| log.datagrams.unnumbered(flow))
    }

    /// All datagrams of one direction, in the order of the file.
    pub fn between(&self, ends: FlowKey) -> impl Iterator<Item = &'a Datagram> {
        let (log, flow) = (self.log, self.flows.get(&ends).copied());
        flow.into_iter().flat_map(move |flow| log.datagrams.of_flow(flow))
    }

    /// When messages between these two ends may have passed unread: those in these flows included, which may run between
    /// other ends.
    pub fn blind_for(&self, ends: Option<FlowKey>, flows: impl Iterator<Item = u32>) -> Vec<BlindInterval> {
        if self.blind.is_empty() {
            return Vec::new();
        }
        let mut concerned: Vec<Option<u32>> = vec![None];
        concerned.extend(ends.and_then(|ends| self.flows.get(&ends)).copied().map(Some));
        for flow in flows.map(Some) {
            if concerned.last() != Some(&flow) {
                concerned.push(flow);
            }
        }
        concerned.sort_unstable();
        concerned.dedup();
        concerned.iter().filter_map(|flow| self.blind.get(flow)).flatten().copied().collect()
    }
}
