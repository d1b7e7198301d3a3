//! Judges one flow: a client's with a server's, or one of them alone.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::flow_statistics::FlowStatistics;
use super::host_summary::HostSummary;
use super::input::ExchangeInput;
use super::outcome::ExchangeAnalysis;
use crate::core::document::exchange::Flow;
use crate::core::document::warning::Warning;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::identify::same_host::{HostView, is_same_host};
use crate::core::verdict::warnings;

/// Beyond this many, delivered messages are left out of the list.
pub const MAX_MESSAGES: usize = 10_000;

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The server's port, if no journal has it.
    pub server_port: Option<u16>,
    /// Which of the server's flows, from 1, is the client's.
    pub server_flow: Option<u32>,
    /// List every message, however many.
    pub all_messages: bool,
}

/// What is the same for all flows of a document.
pub struct FlowJudge<'a> {
    /// The client's host and the server's.
    pub sides: [Option<&'a HostSummary>; 2],
    /// What the user asked for.
    pub options: Options,
    /// Coarsest resolution of the stamps, nanoseconds.
    pub resolution_ns: i64,
}

impl FlowJudge<'_> {
    /// Judges a client's flow with a server's, or one of them alone.
    pub fn analyze(
        &self,
        [client, server]: [Option<&HostFlow>; 2],
        elsewhere: &BTreeSet<u64>,
        id: u32,
        warnings: &mut Vec<Warning>,
    ) -> Flow {
        let [client_side, server_side] = self.sides;
        let case = ExchangeInput {
            client,
            server,
            elsewhere,
            same_host: same_host(self.sides, [client, server]),
            timeout_ns: client_side.and_then(|side| side.run.as_ref()?.timeout_ns),
            client_file: client_side.and_then(HostSummary::capture_file),
            server_file: server_side.and_then(HostSummary::capture_file),
            resolution_ns: self.resolution_ns,
        };
        analyze_flow(case, id, &self.options, warnings)
    }
}

/// Analyzes one run.
pub fn analyze_flow(case: ExchangeInput<'_>, id: u32, options: &Options, warnings: &mut Vec<Warning>) -> Flow {
    let observations = case.observations();
    let analysis = ExchangeAnalysis::new(case, observations.coverages(), observations.rows());
    let list_all = options.all_messages || analysis.keys.len() <= MAX_MESSAGES as u64;
    let mut summary = FlowStatistics::new(&analysis, case.bounds());
    let mut messages = Vec::new();
    for result in analysis.results(observations.rows()) {
        summary.add(&result, case.left(&result.row));
        if let Some(finding) = result.message.filter(|finding| list_all || !finding.is_plain()) {
            messages.push(analysis.message(finding));
        }
    }
    let mut flow = summary.finish(&analysis, case.client.is_some(), case.client.is_some() && case.server.is_some());
    warnings::warn_of_flow(&analysis, case, &messages, warnings);
    let side = |side: Option<&HostFlow>, of: fn(&HostFlow) -> Option<SocketAddr>| side.and_then(of);
    let client_notes = case.client.filter(|flow| flow.request_app.is_some()).map(|flow| &flow.annotations);
    let annotations =
        client_notes.or(case.server.filter(|flow| flow.request_app.is_some()).map(|flow| &flow.annotations));
    flow.counts.malformed = annotations.map(|annotations| annotations.malformed);
    flow.counts.other_source = client_notes.map(|annotations| annotations.other_source);
    Flow {
        id,
        epoch: case.client.or(case.server).map_or(1, |flow| flow.epoch),
        client: side(case.client.or(case.server), |flow| flow.client),
        client_as_seen_by_server: side(case.server, |flow| flow.client),
        server: side(case.client.or(case.server), |flow| flow.server),
        timeout_ns: case.timeout_ns,
        messages,
        ..flow
    }
}

/// Whether both ends of a flow are on one host.
pub fn same_host(sides: [Option<&HostSummary>; 2], flows: [Option<&HostFlow>; 2]) -> bool {
    is_same_host(sides.into_iter().zip(flows).filter_map(|(side, flow)| {
        let HostFlow { client, server, .. } = *flow?;
        Some(HostView { client, server, run: side.and_then(|side| side.run.as_ref()) })
    }))
}
