//! The entry point of exchange verdicts: from the evidence of one host or two to the result document.

pub mod flow_statistics;
pub mod host_summary;
pub mod outcome;
pub mod score;
pub mod time_series;

use std::net::SocketAddr;

use thiserror::Error;

use self::flow_statistics::FlowStatistics;
use self::host_summary::HostSummary;
use self::outcome::{ExchangeAnalysis, ExchangeInput};
use super::warnings;
use crate::core::document::envelope::{Envelope, Kind, Perspective};
use crate::core::document::exchange::{Document, Flow};
use crate::core::document::message::{Message, Reason};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::SegmentName;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::document::witness::{Witness, Witnesses};
use crate::core::evidence::exchange_host::{ExchangeHostFiles, HostFlow};
use crate::core::evidence::journal_run::PING;
use crate::core::evidence::track::{ObservationJoin, PointObservations};
use crate::core::identify::flow_matching::{self, FlowMatch};
use crate::core::identify::same_host::{HostView, is_same_host};

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

/// Why there is no verdict.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExchangeVerdictError {
    /// Neither side shows a numbered message.
    #[error("the files hold no numbered messages")]
    NothingFound,
    /// The client's files hold messages, and the server's none.
    #[error("the server's files hold no numbered message, the client's {sent}")]
    NothingAtServer {
        /// How many different messages the client's files show.
        sent: u64,
    },
    /// The server's files hold messages, and the client's none.
    #[error("the client's files hold no numbered message")]
    NothingAtClient,
    /// Both sides have messages, and none of them in common.
    #[error("the two sides share no message")]
    NothingShared,
    /// Both captures are the same one, which proves nothing about a network between two hosts.
    #[error("the client's capture and the server's are the same")]
    SameCapture,
    /// `server_flow` names none.
    #[error("the server's files hold {found} flows, not {asked}")]
    NoSuchFlow {
        /// The requested number.
        asked: u32,
        /// How many there are.
        found: usize,
    },
}

/// Judges an exchange from what its witnesses say.
///
/// # Errors
/// [`ExchangeVerdictError`] where the evidence is about nothing, or about two different things.
pub fn analyze(
    client: Option<&ExchangeHostFiles<'_>>,
    server: Option<&ExchangeHostFiles<'_>>,
    options: &Options,
) -> Result<Document, ExchangeVerdictError> {
    let received = |side: &ExchangeHostFiles<'_>| HostSummary::new(side, options.server_port);
    analyze_hosts(client.map(received).as_ref(), server.map(received).as_ref(), options)
}

/// Judges an exchange from what its hosts' evidence comes to.
///
/// # Errors
/// [`ExchangeVerdictError`] where the evidence is about nothing, or about two different things.
pub fn analyze_hosts(
    client: Option<&HostSummary>,
    server: Option<&HostSummary>,
    options: &Options,
) -> Result<Document, ExchangeVerdictError> {
    let sides = [client, server];
    let witnesses = |side: Option<&HostSummary>| -> [Option<Witness>; 2] {
        [side.and_then(|side| side.journal.clone()), side.and_then(|side| side.capture.clone())]
    };
    let mut document = Document {
        envelope: Envelope {
            witnesses: Witnesses::of_exchange(witnesses(client), witnesses(server)),
            warnings: sides.into_iter().flatten().flat_map(|side| side.warnings.clone()).collect(),
            ..Envelope::new(client.map_or(Kind::Exchange, kind), Perspective::of(client.is_some(), server.is_some()))
        },
        same_host: false,
        flows: Vec::new(),
    };
    let pairs = pair(client, server, options, &mut document.envelope.warnings)?;
    let on_one_host = |pair: &FlowPair| same_host(sides, [pair.0, pair.1]);
    document.same_host = pairs.iter().all(on_one_host);
    if pairs.iter().any(on_one_host) {
        document.envelope.warnings.push(Warning::new(WarningCode::SameHost, []));
    }
    if sides.into_iter().flatten().all(|side| side.capture.is_none()) {
        document.envelope.warnings.push(Warning::new(WarningCode::ApplicationOnly, []));
    }
    let one_capture = client.zip(server).is_some_and(|(client, server)| client.shares_capture(server));
    if one_capture && !pairs.iter().all(on_one_host) {
        return Err(ExchangeVerdictError::SameCapture);
    }
    let received = pairs.iter().filter(|(_, server)| server.is_some()).count();
    let resolutions = sides.into_iter().flatten().filter_map(|side| side.capture.as_ref()?.resolution_ns);
    let resolution_ns = resolutions.max().map_or(1, i64::from).max(1);
    for flow_pair in pairs {
        let (client_flow, server_flow) = flow_pair;
        let case = ExchangeInput {
            client: client_flow,
            server: server_flow,
            same_host: on_one_host(&flow_pair),
            timeout_ns: client.and_then(|side| side.run.as_ref()?.timeout_ns),
            client_file: client.and_then(HostSummary::capture_file),
            server_file: server.and_then(HostSummary::capture_file),
            resolution_ns,
        };
        let id = document.flows.len() as u32 + 1;
        document.flows.push(analyze_flow(case, id, options, &mut document.envelope.warnings));
    }
    // The counter is the socket's: what it dropped may have been of any flow.
    if let Some(server) = server.filter(|server| server.flows.len() == received) {
        attribute_socket_drops(&mut document.flows, server.socket_drops);
    }
    warnings::merge(&mut document.envelope.warnings);
    Ok(document)
}

/// The kind of run, from the client's journal; a capture alone does not show it.
fn kind(client: &HostSummary) -> Kind {
    let dialect = client.run.as_ref().map(|run| run.dialect.as_str());
    if dialect == Some(PING) { Kind::Ping } else { Kind::Exchange }
}

/// A flow of the client's and the one of the server's that belongs to it.
type FlowPair<'a> = (Option<&'a HostFlow>, Option<&'a HostFlow>);

fn pair<'a>(
    client: Option<&'a HostSummary>,
    server: Option<&'a HostSummary>,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<FlowPair<'a>>, ExchangeVerdictError> {
    let flows = |side: Option<&'a HostSummary>| side.map_or(&[][..], |side| &side.flows);
    let (client_flows, server_flows) = (flows(client), flows(server));
    let chosen = |asked: u32| {
        let found = server_flows.len();
        let index = (asked as usize).checked_sub(1).filter(|index| *index < found);
        index.ok_or(ExchangeVerdictError::NoSuchFlow { asked, found })
    };
    match (client, server) {
        (Some(_) | None, None) | (None, Some(_)) => {
            let pairs: Vec<FlowPair> = client_flows
                .iter()
                .map(|flow| (Some(flow), None))
                .chain(server_flows.iter().map(|flow| (None, Some(flow))))
                .collect();
            return if pairs.is_empty() { Err(ExchangeVerdictError::NothingFound) } else { Ok(pairs) };
        }
        (Some(_), Some(_)) if client_flows.is_empty() && server_flows.is_empty() => {
            return Err(ExchangeVerdictError::NothingFound);
        }
        (Some(_), Some(_)) if client_flows.is_empty() => return Err(ExchangeVerdictError::NothingAtClient),
        (Some(_), Some(_)) if server_flows.is_empty() => {
            return Err(ExchangeVerdictError::NothingAtServer { sent: client_flows.iter().map(requests).sum() });
        }
        (Some(_), Some(_)) => {}
    }
    let mut free: Vec<usize> = (0..server_flows.len()).collect();
    let mut couples: Vec<FlowPair> = Vec::new();
    let mut shared = false;
    for flow in client_flows {
        let candidates: Vec<&HostFlow> = free.iter().map(|index| &server_flows[*index]).collect();
        let pairing = match options.server_flow {
            Some(asked) => FlowMatch::One(chosen(asked)?),
            None => match flow_matching::pair(flow, &candidates) {
                FlowMatch::One(index) => FlowMatch::One(free[index]),
                FlowMatch::Tie(tied) => FlowMatch::Tie(tied.into_iter().map(|index| free[index]).collect()),
                FlowMatch::Nothing => FlowMatch::Nothing,
            },
        };
        match pairing {
            FlowMatch::One(index) => {
                shared = true;
                free.retain(|other| *other != index);
                couples.push((Some(flow), Some(&server_flows[index])));
            }
            FlowMatch::Tie(tied) => {
                shared = true;
                let flows: Vec<String> = tied
                    .iter()
                    .map(|index| {
                        let client = server_flows[*index].client.map_or_else(|| "?".into(), |addr| addr.to_string());
                        format!("{} ({client})", index + 1)
                    })
                    .collect();
                warnings.push(Warning::new(WarningCode::FlowTie, [("flows", flows.join(", ").into())]));
                couples.push((Some(flow), None));
            }
            FlowMatch::Nothing => couples.push((Some(flow), None)),
        }
    }
    if !shared {
        return Err(ExchangeVerdictError::NothingShared);
    }
    if !free.is_empty() {
        warnings.push(Warning::new(WarningCode::OtherFlows, [("count", free.len().into())]));
    }
    Ok(couples)
}

/// How many different requests one side's flow shows.
fn requests(flow: &HostFlow) -> u64 {
    let tracks = [&flow.request_app, &flow.request_wire].into_iter().flatten();
    ObservationJoin::new(tracks.map(PointObservations::sightings)).count() as u64
}

/// Analyzes one run.
pub(super) fn analyze_flow(case: ExchangeInput<'_>, id: u32, options: &Options, warnings: &mut Vec<Warning>) -> Flow {
    let analysis = ExchangeAnalysis::new(case);
    let list_all = options.all_messages || analysis.keys.len() <= MAX_MESSAGES;
    let mut summary = FlowStatistics::new(analysis.keys.len(), case.bounds());
    let mut messages = Vec::new();
    for finding in analysis.findings() {
        summary.add(&finding, case.left(&finding));
        if list_all || !finding.is_plain() {
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

/// Removes delivered messages from lists that are too long, unless all were asked for.
pub fn shorten(document: &mut Document) {
    for flow in &mut document.flows {
        if flow.messages.len() > MAX_MESSAGES {
            flow.messages.retain(|message| !message.is_plain());
        }
    }
}

/// Whether both ends of a flow are on one host.
pub(super) fn same_host(sides: [Option<&HostSummary>; 2], flows: [Option<&HostFlow>; 2]) -> bool {
    is_same_host(sides.into_iter().zip(flows).filter_map(|(side, flow)| {
        let HostFlow { client, server, .. } = *flow?;
        Some(HostView { client, server, run: side.and_then(|side| side.run.as_ref()) })
    }))
}

/// Where the server's socket dropped exactly as many datagrams as its host lost, those are the ones.
fn attribute_socket_drops(flows: &mut [Flow], drops: Option<u64>) {
    let unexplained = |message: &Message| {
        message.outcome == Outcome::Lost && message.blame == [SegmentName::ServerHostIn] && message.reason.is_none()
    };
    let messages = flows.iter_mut().flat_map(|flow| &mut flow.messages);
    let mut lost: Vec<&mut Message> = messages.filter(|message| unexplained(message)).collect();
    if drops == Some(lost.len() as u64) {
        for message in &mut lost {
            message.reason = Some(Reason::SocketOverflow);
        }
    }
}
