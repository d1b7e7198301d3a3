//! Checks that both captures exist and show the same run.
//!
//! All groups send the same texts at the same pace, so numbers and intervals prove nothing. But two runs of one group are at
//! different times: if the clocks agree while the messages do, it is one run. If they do not, either a clock is wrong or the
//! runs are two, and only a contradiction in the evidence decides.

use super::evidence::{capture_of, frame_reference, number_list, sightings};
use super::submission::{Host, Submission};
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::leg::RoutePoint;
use crate::core::evidence::track::ObservationJoin;
use crate::core::identify::clock_offset::{self, Offset};
use crate::core::identify::flow_comparison;
use crate::core::verdict::exchange::flow_judge;
use crate::core::verdict::exchange::input::{ExchangeInput, NOWHERE};
use crate::core::verdict::exchange::outcome::ExchangeAnalysis;
use crate::core::verdict::exchange::places::{CLIENT_WIRE_IN, CLIENT_WIRE_OUT, SERVER_WIRE_IN, SERVER_WIRE_OUT};
use crate::core::verdict::warnings::CLOCKS_APART_NS;

/// This many messages missed by captures of unknown coverage, with clocks that disagree, are no accident.
const CONTRADICTIONS: usize = 2;

/// How the two sides' flows go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RunMatch {
    /// There are not two.
    OneSide,
    /// They can be of one run.
    One,
    /// Several of the server's flows fit as well.
    Tie,
    /// None of the server's flows fits the client's, as far as they were seen.
    None,
    /// None of the server's flows can be the client's.
    Refuted,
}

/// Whether a capture of each side is there.
pub(super) fn captures(submission: &Submission<'_>) -> RequirementResult {
    let Submission { client, server, is_all, .. } = *submission;
    let there = [client, server].map(capture_of);
    let status = if is_all { Status::NotMet } else { Status::CannotBeTold };
    let (status, reason) = match &there {
        [Some(_), Some(_)] => (Status::Met, "both_captures"),
        [Some(_), None] => (status, "no_server_capture"),
        [None, Some(_)] => (status, "no_client_capture"),
        [None, None] => (status, "no_capture"),
    };
    RequirementResult::new(Requirement::Captures, status, reason, [], there.into_iter().flatten())
}

/// Whether both captures are of one run.
pub(super) fn check(
    submission: &Submission<'_>,
    client: Option<&HostFlow>,
    server: Option<&HostFlow>,
    fit: RunMatch,
) -> RequirementResult {
    let files = || [submission.client, submission.server].into_iter().filter_map(capture_of);
    let known = |status, reason| RequirementResult::new(Requirement::SameRun, status, reason, [], files());
    let (Some(client_host), Some(server_host)) = (submission.client, submission.server) else {
        return known(Status::CannotBeTold, "one_side");
    };
    let (Some(client), Some(server)) = (client, server) else { return known(Status::CannotBeTold, "no_messages") };
    let same_host =
        flow_judge::same_host([Some(client_host.summary), Some(server_host.summary)], [Some(client), Some(server)]);
    if !same_host && client_host.summary.shares_capture(server_host.summary) {
        return known(Status::NotMet, "same_capture");
    }
    match fit {
        RunMatch::OneSide => return known(Status::CannotBeTold, "one_side"),
        RunMatch::Tie => return known(Status::CannotBeTold, "several_runs"),
        RunMatch::Refuted => return known(Status::NotMet, "does_not_fit"),
        RunMatch::None if share(client, server) => return known(Status::CannotBeTold, "fits_badly"),
        RunMatch::None => return known(Status::CannotBeTold, "nothing_shared"),
        RunMatch::One => {}
    }
    let apart = differences(client, server);
    let Some(middle) = apart.get(apart.len() / 2).copied() else {
        return known(Status::CannotBeTold, "nothing_shared");
    };
    let frames = || {
        let number = sightings(client.request_wire.as_ref())
            .iter()
            .find(|sight| server.request_wire.as_ref().is_some_and(|track| track.get(sight.key).is_some()));
        let number = number.map_or(0, |sight| sight.key);
        let both = [(client_host, client), (server_host, server)];
        both.into_iter().filter_map(move |(host, flow)| frame_reference(host, flow.request_wire.as_ref(), number))
    };
    let values = [("apart_ns", middle.abs().into())];
    if apart.iter().all(|difference| difference.abs() <= CLOCKS_APART_NS) {
        return RequirementResult::new(Requirement::SameRun, Status::Met, "clocks_agree", values, frames());
    }
    if apart.iter().any(|difference| difference.abs() <= CLOCKS_APART_NS) {
        return RequirementResult::new(Requirement::SameRun, Status::CannotBeTold, "clock_set", values, frames());
    }
    let missed = Missed::find([client_host, server_host], [client, server], same_host);
    if missed.proven || missed.numbers.len() >= CONTRADICTIONS {
        let values = [values[0].clone(), ("numbers", number_list(&missed.numbers))];
        return RequirementResult::new(Requirement::SameRun, Status::NotMet, "contradictions", values, missed.evidence);
    }
    let (forward, back) = flow_comparison::bounds(client, server);
    let annotations = [&client.annotations, &server.annotations];
    let resolution_ns = annotations.iter().map(|annotation| annotation.resolution_ns).max().unwrap_or(1);
    let moves_ns = annotations.iter().map(|annotation| annotation.clock_moved).fold(0, i64::saturating_add);
    let stepped = clock_offset::offset(&forward, &back, resolution_ns, moves_ns) == Offset::Stepped;
    let (status, reason) =
        if stepped { (Status::NotMet, "other_intervals") } else { (Status::CannotBeTold, "clocks_apart") };
    RequirementResult::new(Requirement::SameRun, status, reason, values, frames())
}

/// Whether two flows show messages at the same time by both clocks.
pub(super) fn clocks_agree(client: &HostFlow, server: &HostFlow) -> bool {
    let apart = differences(client, server);
    !apart.is_empty() && apart.iter().all(|difference| difference.abs() <= CLOCKS_APART_NS)
}

/// The server's stamps minus the client's, of each datagram that both show, ascending: the clocks' distance and a delay.
fn differences(client: &HostFlow, server: &HostFlow) -> Vec<i64> {
    let (forward, back) = flow_comparison::bounds(client, server);
    let mut differences: Vec<i64> = forward.iter().chain(&back).map(|bound| bound.difference).collect();
    differences.sort_unstable();
    differences
}

/// Whether any number is on both sides.
fn share(client: &HostFlow, server: &HostFlow) -> bool {
    let of = |flow: &HostFlow| -> Vec<u64> {
        let tracks = [&flow.request_app, &flow.request_wire, &flow.reply_wire, &flow.reply_app];
        ObservationJoin::new(tracks.map(|track| sightings(track.as_ref()))).map(|(key, _)| key).collect()
    };
    let theirs = of(server);
    of(client).iter().any(|number| theirs.binary_search(number).is_ok())
}

/// Messages that the other capture proves at a host, but that the host's own capture does not show.
struct Missed {
    numbers: Vec<u64>,
    /// A capture missed one that is known, by its journal, to miss nothing.
    proven: bool,
    evidence: Vec<FrameRef>,
}

impl Missed {
    fn find(hosts: [Host<'_>; 2], flows: [&HostFlow; 2], same_host: bool) -> Self {
        let [client, server] = flows;
        let case = ExchangeInput {
            client: Some(client),
            server: Some(server),
            elsewhere: &NOWHERE,
            same_host,
            timeout_ns: None,
            client_file: None,
            server_file: None,
            resolution_ns: 1,
        };
        let observations = case.observations();
        let analysis = ExchangeAnalysis::new(case, observations.coverages(), observations.rows());
        let found = analysis.ledger.contradictions();
        let at = |places: [RoutePoint; 2]| places.map(|place| found.get(&place.index()).cloned().unwrap_or_default());
        let at_hosts = [at([CLIENT_WIRE_OUT, CLIENT_WIRE_IN]), at([SERVER_WIRE_IN, SERVER_WIRE_OUT])];
        let is_whole =
            |host: &Host<'_>| host.summary.capture.as_ref().is_some_and(|capture| capture.whole == Some(true));
        let known =
            |(host, places): (&Host<'_>, &[Vec<u64>; 2])| if is_whole(host) { places.concat() } else { Vec::new() };
        let mut missed = Self { numbers: Vec::new(), proven: false, evidence: Vec::new() };
        missed.numbers = hosts.iter().zip(&at_hosts).flat_map(known).collect();
        missed.proven = !missed.numbers.is_empty();
        let [_, [asked, answered]] = at_hosts;
        // A capture that has missed single packets may have missed all of a message.
        if !missed.proven && asked == answered && !is_leaky(client, server) {
            missed.numbers = asked;
        }
        missed.numbers.sort_unstable();
        missed.numbers.dedup();
        for number in &missed.numbers {
            let seen = |host: Host<'_>, flow: &HostFlow| {
                let tracks = [&flow.reply_wire, &flow.request_wire];
                tracks.into_iter().find_map(|track| frame_reference(host, track.as_ref(), *number))
            };
            missed.evidence.extend(hosts.into_iter().zip(flows).filter_map(|(host, flow)| seen(host, flow)));
        }
        missed
    }
}

/// Whether the server's capture shows the request or the reply alone of a message that the client got an answer to, or a reply
/// to nothing.
fn is_leaky(client: &HostFlow, server: &HostFlow) -> bool {
    let tracks = [&server.request_wire, &server.reply_wire, &client.reply_wire, &client.reply_app];
    ObservationJoin::new(tracks.map(|track| sightings(track.as_ref()))).any(|(_, row)| match (row[0], row[1]) {
        (Some(_), None) => row[2].or(row[3]).is_some(),
        (None, Some(_)) => true,
        _ => false,
    })
}
