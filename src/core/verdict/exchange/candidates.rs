//! Judges a client's flow with each server flow that may be its own, and says only what all of them say.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::flow_judge::FlowJudge;
use super::host_summary::HostSummary;
use crate::core::document::counts::SegmentCounts;
use crate::core::document::envelope::{Envelope, Perspective};
use crate::core::document::exchange::{Document, Flow};
use crate::core::document::identification::{Candidate, Identification, IdentificationBasis};
use crate::core::document::message::Message;
use crate::core::document::outcome::Outcome;
use crate::core::document::path::SegmentName;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::identify::candidates::{self, ClientMatch};
use crate::core::identify::flow_comparison;

/// With more candidates than this, the client's flow is judged as if the server had not been heard.
const MAX_CANDIDATES: usize = 8;

/// One flow of the result, and the evidence that it rests on.
pub struct FlowCase<'a> {
    /// The client's side.
    pub client: Option<&'a HostFlow>,
    /// The server's side, if it is known which of its flows it is.
    pub server: Option<Cow<'a, HostFlow>>,
    /// How many of the server's flows that is.
    pub server_flows: usize,
    /// Numbers that the server may have received in another flow.
    elsewhere: BTreeSet<u64>,
    /// The server's flows of which one may be the client's, each with such numbers.
    candidates: Vec<(&'a HostFlow, BTreeSet<u64>)>,
    /// Or none of them may be.
    may_be_missing: bool,
}

impl<'a> FlowCase<'a> {
    fn of_one_host(client: Option<&'a HostFlow>, server: Option<&'a HostFlow>) -> Self {
        Self {
            client,
            server: server.map(Cow::Borrowed),
            server_flows: usize::from(server.is_some()),
            elsewhere: BTreeSet::new(),
            candidates: Vec::new(),
            may_be_missing: false,
        }
    }
}

/// The flows of the result. Without `matches` only one host speaks.
pub fn cases<'a>(
    client: Option<&'a HostSummary>,
    server: Option<&'a HostSummary>,
    matches: Option<&[ClientMatch]>,
) -> Vec<FlowCase<'a>> {
    let flows = |side: Option<&'a HostSummary>| side.map_or(&[][..], |side| &side.flows);
    let (clients, servers) = (flows(client), flows(server));
    let Some(matches) = matches else {
        let of_client = clients.iter().map(|flow| FlowCase::of_one_host(Some(flow), None));
        return of_client.chain(servers.iter().map(|flow| FlowCase::of_one_host(None, Some(flow)))).collect();
    };
    let case = |(client, found): (&'a HostFlow, &ClientMatch)| {
        let elsewhere = |own: &[usize]| candidates::numbers_elsewhere(own, servers, found, matches);
        let server = match found.own[..] {
            [only] => Some(Cow::Borrowed(&servers[only])),
            _ => candidates::joined(&found.own, servers).map(Cow::Owned),
        };
        let others = server.as_deref().map(|server| flow_comparison::other_packets(client, server)).unwrap_or_default();
        let server = if others.is_empty() {
            server
        } else {
            server.map(|server| Cow::Owned(server.into_owned().without(&others)))
        };
        let few = found.candidates.iter().take_while(|_| found.candidates.len() <= MAX_CANDIDATES);
        FlowCase {
            elsewhere: &(if server.is_some() { elsewhere(&found.own) } else { BTreeSet::new() }) | &others,
            server,
            server_flows: found.own.len(),
            candidates: few.map(|index| (&servers[*index], elsewhere(&[*index]))).collect(),
            may_be_missing: found.may_be_missing,
            ..FlowCase::of_one_host(Some(client), None)
        }
    };
    clients.iter().zip(matches).map(case).collect()
}

/// Judges one flow of the result, and adds its candidates and warnings to the envelope.
pub fn judge(judge: &FlowJudge<'_>, case: &FlowCase<'_>, id: u32, envelope: &mut Envelope) -> Flow {
    let mut flow = judge.analyze([case.client, case.server.as_deref()], &case.elsewhere, id, &mut envelope.warnings);
    let mut candidate_flows = Vec::new();
    for (server, elsewhere) in &case.candidates {
        // What it would warn of may not be so.
        candidate_flows.push(judge.analyze([case.client, Some(server)], elsewhere, id, &mut Vec::new()));
    }
    if !case.may_be_missing && !candidate_flows.is_empty() {
        narrow(&mut flow, &candidate_flows);
    }
    flow.candidate_blames = candidate_flows.into_iter().map(|candidate| candidate.blame).collect();
    flow
}

/// Narrows the blames of a verdict without the server's side to what its candidates say together.
fn narrow(flow: &mut Flow, candidates: &[Flow]) {
    let find = |candidate: &Flow, n: u64| -> Option<Message> {
        candidate
            .messages
            .binary_search_by_key(&n, |message| message.n)
            .ok()
            .map(|index| candidate.messages[index].clone())
    };
    let mut blame = SegmentCounts::new(&SegmentName::EXCHANGE);
    for message in flow.messages.iter_mut().filter(|message| message.outcome == Outcome::Lost) {
        let said: Vec<Option<Message>> = candidates.iter().map(|candidate| find(candidate, message.n)).collect();
        let is_blamed = |said: &Option<Message>| {
            said.as_ref().is_some_and(|said| said.outcome == Outcome::Lost && !said.blame.is_empty())
        };
        if said.iter().all(is_blamed) {
            let any = |segment: &SegmentName| said.iter().flatten().any(|said| said.blame.contains(segment));
            message.blame = SegmentName::EXCHANGE.into_iter().filter(any).collect();
            let first = said.iter().flatten().next();
            let agreed = |of: fn(&Message) -> _| {
                let value = first.and_then(of);
                value.filter(|_| said.iter().flatten().all(|said| of(said) == value))
            };
            message.after = agreed(|message| message.after);
            message.before = agreed(|message| message.before);
        }
        blame.add(1, &message.blame);
    }
    flow.blame = blame;
}

/// Says in the document which server flows are, may be, or cannot be the client's.
pub fn explain(matches: &[ClientMatch], servers: &[HostFlow], document: &mut Document) {
    let mut candidates = Vec::new();
    for (found, flow) in matches.iter().zip(&mut document.flows) {
        let mut blames = std::mem::take(&mut flow.candidate_blames).into_iter();
        let mut of_flow: Vec<Candidate> = Vec::new();
        for (index, evidence) in found.evidence.iter().enumerate() {
            let is_own = found.own.contains(&index);
            let is_candidate = found.candidates.contains(&index);
            of_flow.push(Candidate {
                client_flow: flow.id,
                flow: Some(index as u32 + 1),
                client_as_seen_by_server: servers[index].client,
                identified_by: evidence.identified.filter(|_| is_own),
                refuted_by: evidence.refuted.filter(|_| !is_own && !is_candidate),
                scatter_ns: (evidence.scatter_ns != i64::MAX).then_some(evidence.scatter_ns),
                blame: if is_candidate { blames.next() } else { is_own.then(|| flow.blame.clone()) },
            });
        }
        if found.own.is_empty() && (found.may_be_missing || found.candidates.is_empty()) {
            of_flow.push(Candidate {
                client_flow: flow.id,
                flow: None,
                client_as_seen_by_server: None,
                identified_by: None,
                refuted_by: None,
                scatter_ns: None,
                blame: Some(flow.blame.clone()),
            });
        }
        of_flow.sort_by_key(|candidate| (candidate.blame.is_none(), candidate.flow.is_none(), candidate.scatter_ns));
        candidates.extend(of_flow);
        document.envelope.warnings.extend(warning(found, servers));
    }
    let mut bases = matches.iter().map(|found| found.basis);
    let basis: Option<IdentificationBasis> =
        bases.next().flatten().filter(|first| bases.all(|basis| basis == Some(*first)));
    document.envelope.identification = Some(Identification { basis, candidates });
    if matches.iter().all(ClientMatch::is_missing) {
        document.envelope.role = Perspective::Client;
    }
    let taken: BTreeSet<usize> =
        matches.iter().flat_map(|found| found.own.iter().chain(&found.candidates)).copied().collect();
    if taken.len() < servers.len() {
        let count = servers.len() - taken.len();
        document.envelope.warnings.push(Warning::new(WarningCode::OtherFlows, [("count", count.into())]));
    }
}

/// What a reader must know of how a client's flow was matched.
fn warning(found: &ClientMatch, servers: &[HostFlow]) -> Option<Warning> {
    let named = |indexes: &[usize]| {
        let name = |index: &usize| {
            let client = servers[*index].client.map_or_else(|| "?".into(), |addr| addr.to_string());
            format!("{} ({client})", index + 1)
        };
        indexes.iter().map(name).collect::<Vec<String>>().join(", ")
    };
    match &found.candidates[..] {
        _ if !found.own.is_empty() => None,
        [] => {
            let nearest = found.evidence.iter().filter_map(|evidence| evidence.refuted).max_by_key(|fact| *fact as u8);
            let fact = nearest.map_or(serde_json::Value::Null, |fact| serde_json::json!(fact));
            Some(Warning::new(WarningCode::OtherRun, [("fact", fact)]))
        }
        only if found.may_be_missing && only.len() == 1 => {
            Some(Warning::new(WarningCode::PerhapsOtherRun, [("flows", named(only).into())]))
        }
        several => Some(Warning::new(WarningCode::FlowTie, [("flows", named(several).into())])),
    }
}
