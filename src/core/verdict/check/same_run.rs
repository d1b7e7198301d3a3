//! Checks that both captures exist and show the same run.
//!
//! All groups send the same texts at the same pace, so numbers and intervals prove nothing. But two runs of one group are at
//! different times: if the clocks agree while the messages do, it is one run. If they do not, either a clock is wrong or the
//! runs are two, and only a contradiction in the evidence decides.

use super::evidence::{capture_of, frame_reference, number_list, sightings};
use super::one_capture;
use super::submission::{Host, Submission};
use super::two_clocks;
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::document::identification::IdentificationBasis;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::leg::RoutePoint;
use crate::core::evidence::track::ObservationJoin;
use crate::core::identify::flow_comparison;
use crate::core::verdict::exchange::flow_judge;
use crate::core::verdict::exchange::input::{ExchangeInput, NOWHERE};
use crate::core::verdict::exchange::outcome::ExchangeAnalysis;
use crate::core::verdict::exchange::places::{CLIENT_WIRE_IN, CLIENT_WIRE_OUT, SERVER_WIRE_IN, SERVER_WIRE_OUT};
use crate::core::verdict::warnings::CLOCKS_APART_NS;

/// This many times that a capture of unknown coverage missed messages, with clocks that disagree, are no accident.
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
    /// One fits only if the clocks were set several times.
    Stepped,
    /// None of the server's flows can be the client's.
    Refuted,
    /// Both show one host's wire.
    SameWire,
}

/// Whether a capture of each side is there.
pub(super) fn captures(submission: &Submission<'_>) -> RequirementResult {
    let Submission { client, server, is_all, other_log, .. } = *submission;
    let there = [client, server].map(capture_of);
    if let (Some(file), true) = (other_log, there.iter().any(Option::is_none)) {
        let values = [("file", file.into())];
        let evidence = there.into_iter().flatten().chain([FrameRef::file(file)]);
        return RequirementResult::new(
            Requirement::Captures,
            Status::CannotBeTold,
            "no_capture_file",
            values,
            evidence,
        );
    }
    let status = if is_all { Status::NotMet } else { Status::CannotBeTold };
    let (status, reason) = match &there {
        [Some(_), Some(_)] => (Status::Met, "both_captures"),
        [Some(_), None] => (status, "no_server_capture"),
        [None, Some(_)] => (status, "no_client_capture"),
        [None, None] => (status, "no_capture"),
    };
    RequirementResult::new(Requirement::Captures, status, reason, [], there.into_iter().flatten())
}

/// Whether both captures are of one run. `basis` is what identifies it.
pub(super) fn check(
    submission: &Submission<'_>,
    [client, server]: [Option<&HostFlow>; 2],
    fit: RunMatch,
    basis: Option<IdentificationBasis>,
) -> RequirementResult {
    let files = || [submission.client, submission.server].into_iter().filter_map(capture_of);
    let known = |status, reason| RequirementResult::new(Requirement::SameRun, status, reason, [], files());
    let (Some(client_host), Some(server_host)) = (submission.client, submission.server) else {
        return known(Status::CannotBeTold, "one_side");
    };
    let hosts = [client_host, server_host];
    let same_host = flow_judge::same_host(hosts.map(|host| Some(host.summary)), [client, server]);
    let logs = client_host.capture.zip(server_host.capture);
    let is_one = logs.is_some_and(|(client, server)| one_capture::is_one(client, server));
    if !same_host && (fit == RunMatch::SameWire || is_one) {
        return known(Status::NotMet, "same_capture");
    }
    let (Some(client), Some(server)) = (client, server) else { return known(Status::CannotBeTold, "no_messages") };
    let tick_ns = hosts.map(|host| two_clocks::tick_ns(host.capture));
    match fit {
        RunMatch::OneSide => return known(Status::CannotBeTold, "one_side"),
        RunMatch::Tie => return known(Status::CannotBeTold, "several_runs"),
        RunMatch::Refuted | RunMatch::SameWire => return known(Status::NotMet, "does_not_fit"),
        RunMatch::Stepped => return known(Status::CannotBeTold, "clocks_set"),
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
    let found = |status, reason| RequirementResult::new(Requirement::SameRun, status, reason, values.clone(), frames());
    let missed = Missed::find(hosts, [client, server], same_host);
    let are_near = |difference: &i64| difference.abs() <= CLOCKS_APART_NS;
    let agree = apart.iter().all(are_near);
    if missed.is_proof() {
        let values = [values[0].clone(), ("numbers", number_list(&missed.numbers))];
        let (status, reason) = match (agree, apart.iter().any(are_near)) {
            // At the same time it may be one run all the same, and a capture with gaps.
            (true, _) | (_, true) => (Status::CannotBeTold, "contradicted"),
            (false, false) => (Status::NotMet, "contradictions"),
        };
        return RequirementResult::new(Requirement::SameRun, status, reason, values, missed.evidence);
    }
    let is_coarse = tick_ns.iter().any(|tick| *tick > two_clocks::MAX_TICK_NS);
    if agree && !is_coarse {
        return found(Status::Met, "clocks_agree");
    }
    if basis.is_some() {
        return found(Status::Met, "identified");
    }
    if is_coarse {
        return found(Status::CannotBeTold, "coarse_stamps");
    }
    if apart.iter().any(are_near) {
        return found(Status::CannotBeTold, "clock_set");
    }
    found(Status::CannotBeTold, "clocks_apart")
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
    /// Whether they are more than what a capture may miss. Messages in a row are missed at once.
    fn is_proof(&self) -> bool {
        let times = 1 + self.numbers.windows(2).filter(|pair| pair[0] + 1 < pair[1]).count();
        self.proven || !self.numbers.is_empty() && times >= CONTRADICTIONS
    }

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
