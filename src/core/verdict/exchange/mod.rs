//! The entry point of exchange verdicts: from the evidence of one host or two to the result document.

mod candidates;
pub mod first_pass;
pub mod flow_judge;
pub mod flow_reordering;
pub mod flow_statistics;
pub mod host_summary;
pub mod input;
pub mod message_numbers;
pub mod outcome;
pub mod places;
#[cfg(test)]
mod random_runs;
pub mod request_sight;
pub mod score;
pub mod time_series;

use thiserror::Error;

use self::candidates::FlowCase;
pub use self::flow_judge::Options;
use self::flow_judge::{FlowJudge, MAX_MESSAGES, same_host};
use self::host_summary::HostSummary;
use self::request_sight::UnseenReason;
use super::warnings;
use crate::core::document::envelope::{Envelope, Kind, Perspective};
use crate::core::document::exchange::{Document, Flow};
use crate::core::document::identification::Refutation;
use crate::core::document::message::{Message, Reason};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::SegmentName;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::document::witness::{Witness, Witnesses};
use crate::core::evidence::exchange_host::{ExchangeHostFiles, HostFlow};
use crate::core::evidence::journal_run::PING;
use crate::core::evidence::track::{ObservationJoin, PointObservations};
use crate::core::identify::candidates::{ClientMatch, identify};
use crate::core::identify::capture_role::NotOneEnd;
use crate::core::identify::flow_comparison;
use crate::core::identify::pair_evidence::HostRelation;

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
        /// Why the server's files would not show them; `None` if they should.
        unseen: Option<UnseenReason>,
    },
    /// The server's files hold messages, and the client's none.
    #[error("the client's files hold no numbered message")]
    NothingAtClient,
    /// A capture was not taken at the end that it is given for.
    #[error("{file} was not captured at this end: {why:?}")]
    NotOneEnd {
        /// The capture.
        file: String,
        /// What it shows.
        why: NotOneEnd,
    },
    /// `server_flow` names one that cannot be the client's.
    #[error("the server's flow {asked} cannot be the client's")]
    FlowRefuted {
        /// The requested number.
        asked: u32,
        /// The hard fact that excludes it.
        fact: Option<Refutation>,
    },
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
    let own_replies = client.zip(server).and_then(|(client, server)| client.without_strays(server));
    let client = own_replies.as_ref().or(client);
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
    let one_capture = client.zip(server).is_some_and(|(client, server)| client.shares_capture(server));
    let misplaced = sides.into_iter().flatten().find_map(|side| Some((side, side.not_one_end?)));
    match misplaced {
        Some(_) if one_capture => return Err(ExchangeVerdictError::SameCapture),
        Some((side, why)) => {
            let file = side.capture_file().unwrap_or_default().to_owned();
            return Err(ExchangeVerdictError::NotOneEnd { file, why });
        }
        None => {}
    }
    let matches = match_flows(client, server, options)?;
    let cases = candidates::cases(client, server, matches.as_deref());
    let on_one_host = |case: &FlowCase<'_>| same_host(sides, [case.client, case.server.as_deref()]);
    document.same_host = cases.iter().all(on_one_host);
    if cases.iter().any(on_one_host) {
        document.envelope.warnings.push(Warning::new(WarningCode::SameHost, []));
    }
    if sides.into_iter().flatten().all(|side| side.capture.is_none()) {
        document.envelope.warnings.push(Warning::new(WarningCode::ApplicationOnly, []));
    }
    if one_capture && !cases.iter().all(on_one_host) {
        return Err(ExchangeVerdictError::SameCapture);
    }
    let resolutions = sides.into_iter().flatten().filter_map(|side| side.capture.as_ref()?.resolution_ns);
    let judge = FlowJudge { sides, options: *options, resolution_ns: resolutions.max().map_or(1, i64::from).max(1) };
    for case in &cases {
        let id = document.flows.len() as u32 + 1;
        document.flows.push(candidates::judge(&judge, case, id, &mut document.envelope));
    }
    if let Some(matches) = &matches {
        candidates::explain(matches, server.map_or(&[][..], |server| &server.flows), &mut document);
    }
    // The counter is the socket's: what it dropped may have been of any flow.
    let received: usize = cases.iter().map(|case| case.server_flows).sum();
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

/// Which of the server's flows are, or may be, the client's; `None` where only one host speaks.
fn match_flows(
    client: Option<&HostSummary>,
    server: Option<&HostSummary>,
    options: &Options,
) -> Result<Option<Vec<ClientMatch>>, ExchangeVerdictError> {
    let flows = |side: Option<&HostSummary>| side.map_or(0, |side| side.flows.len());
    let (client, server) = match (client, server) {
        _ if flows(client) + flows(server) == 0 => return Err(ExchangeVerdictError::NothingFound),
        (Some(client), Some(server)) => (client, server),
        _ => return Ok(None),
    };
    if client.flows.is_empty() {
        return Err(ExchangeVerdictError::NothingAtClient);
    }
    // Packets of which none can be read as a message show no run.
    if server.flows.iter().all(|flow| flow_comparison::numbers(flow).next().is_none()) {
        let sent = client.flows.iter().map(requests).sum();
        return Err(ExchangeVerdictError::NothingAtServer { sent, unseen: server.request_sight.hides(&client.flows) });
    }
    let chosen = options.server_flow.map(|asked| {
        let found = server.flows.len();
        let index = (asked as usize).checked_sub(1).filter(|index| *index < found);
        index.ok_or(ExchangeVerdictError::NoSuchFlow { asked, found })
    });
    let chosen = chosen.transpose()?;
    let matches =
        identify(&client.flows, &server.flows, HostRelation::of(client.run.as_ref(), server.run.as_ref()), chosen);
    if let Some(chosen) = chosen.filter(|chosen| !matches.iter().any(|found| found.own.contains(chosen))) {
        let facts = matches.iter().filter_map(|found| found.evidence[chosen].refuted);
        let asked = chosen as u32 + 1;
        return Err(ExchangeVerdictError::FlowRefuted {
            asked,
            fact: facts.min_by_key(|fact| *fact == Refutation::NothingShared),
        });
    }
    Ok(Some(matches))
}

/// How many different requests one side's flow shows.
fn requests(flow: &HostFlow) -> u64 {
    let tracks = [&flow.request_app, &flow.request_wire].into_iter().flatten();
    ObservationJoin::new(tracks.map(PointObservations::sightings)).count() as u64
}

/// Removes delivered messages from lists that are too long, unless all were asked for.
pub fn shorten(document: &mut Document) {
    for flow in &mut document.flows {
        if flow.messages.len() > MAX_MESSAGES {
            flow.messages.retain(|message| !message.is_plain());
        }
    }
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
