//! Checks that the client's capture begins with the first message sent, the server's with the first received.

use super::evidence::{frame_reference, number_list, sightings};
use super::runs::RunEvidence;
use super::submission::Host;
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::track::{PointObservations, Sighting};
use crate::core::time::{SECOND, Wall};

/// A capture that lacks this many messages at its start began late. A single one may have been dropped.
const LATE: usize = 2;

/// Longer than a run and its pauses take.
const SHORTLY_NS: i64 = 120 * SECOND;

/// Whether each capture that is there holds its first message.
pub(super) fn check(bench: &RunEvidence<'_>) -> RequirementResult {
    let sides = [(bench.submission.client, bench.client), (bench.submission.server, bench.server)];
    let captures =
        sides.into_iter().filter_map(|(host, flow)| Some((host.filter(|host| host.capture.is_some())?, flow)));
    let findings: Vec<RequirementResult> = captures.map(|(host, flow)| of_capture(bench, host, flow)).collect();
    let evidence: Vec<FrameRef> = findings.iter().flat_map(|finding| finding.evidence.clone()).collect();
    match findings.into_iter().max_by_key(|finding| finding.status) {
        None => RequirementResult::new(Requirement::FromFirst, Status::CannotBeTold, "no_capture", [], []),
        Some(finding) if finding.status == Status::Met => RequirementResult { evidence, ..finding },
        Some(finding) => finding,
    }
}

fn of_capture(bench: &RunEvidence<'_>, host: Host<'_>, flow: Option<&HostFlow>) -> RequirementResult {
    let file = host.capture.map(|log| log.file.clone()).unwrap_or_default();
    let known = |status, reason, first: Option<u64>, missed: &[u64], evidence: Vec<FrameRef>| {
        let values = [("file", file.as_str().into()), ("first", first.into()), ("numbers", number_list(missed))];
        RequirementResult::new(Requirement::FromFirst, status, reason, values, evidence)
    };
    let wire = flow.and_then(|flow| flow.request_wire.as_ref());
    let (Some(flow), Some(first)) = (flow, sightings(wire).first().map(|sight| sight.key)) else {
        return known(Status::CannotBeTold, "no_messages", None, &[], vec![FrameRef::file(&file)]);
    };
    let frame = || frame_reference(host, wire, first);
    // What passed here before the first that is shown: the application read or answered it, the reply came by, or the other
    // side has seen it further on.
    let before = |track: Option<&PointObservations>| -> Vec<u64> {
        sightings(track).iter().map(|sight| sight.key).take_while(|key| *key < first).collect()
    };
    let other = bench.is_joined();
    let passed: Vec<Option<&PointObservations>> = match host.role {
        Role::Client => {
            let server = bench.server.filter(|_| other);
            vec![
                server.and_then(|server| server.request_wire.as_ref()),
                server.and_then(|server| server.request_app.as_ref()),
                flow.reply_wire.as_ref(),
                flow.reply_app.as_ref(),
            ]
        }
        Role::Server => {
            let client = bench.client.filter(|_| other);
            vec![
                client.and_then(|client| client.reply_wire.as_ref()),
                client.and_then(|client| client.reply_app.as_ref()),
                flow.request_app.as_ref(),
                flow.reply_wire.as_ref(),
            ]
        }
    };
    let mut missed: Vec<u64> = passed.iter().flat_map(|track| before(*track)).collect();
    missed.sort_unstable();
    missed.dedup();
    // An altered number, or a new port, may have made two runs of one.
    let elsewhere = shown_before(host, flow, wire);
    missed.retain(|number| elsewhere.binary_search(number).is_err());
    let first = elsewhere.first().map_or(first, |lowest| first.min(*lowest));
    if first <= 1 && missed.is_empty() {
        return known(Status::Met, "first_there", Some(first), &[], frame().into_iter().collect());
    }
    // A capture known to be live may have missed single frames; one of unknown coverage began late if all earlier
    // messages are missing.
    let awake = wire.is_some_and(|wire| !wire.coverage.assumed && wire.coverage.from <= sent_or_received(flow, wire));
    let is_legible = host.capture.is_some_and(|log| log.blind.is_empty());
    if missed.len() >= LATE && !awake && is_legible {
        let (witness, witness_flow) = match host.role {
            Role::Client => (bench.submission.server, bench.server),
            Role::Server => (bench.submission.client, bench.client),
        };
        let seen = missed.iter().find_map(|number| {
            let (witness, flow) = witness.zip(witness_flow)?;
            let tracks = [flow.request_wire.as_ref(), flow.reply_wire.as_ref()];
            tracks.into_iter().find_map(|track| frame_reference(witness, track, *number))
        });
        return known(Status::NotMet, "late_start", Some(first), &missed, frame().into_iter().chain(seen).collect());
    }
    if awake {
        return known(Status::Met, "awake_before", Some(first), &missed, frame().into_iter().collect());
    }
    known(Status::CannotBeTold, "first_missing", Some(first), &missed, frame().into_iter().collect())
}

/// The numbers of other runs that the same capture shows shortly before this one.
fn shown_before(host: Host<'_>, flow: &HostFlow, wire: Option<&PointObservations>) -> Vec<u64> {
    let Some(start) = sightings(wire).iter().map(|sight| sight.time).min() else { return Vec::new() };
    let others = host.summary.flows.iter().filter(|other| (other.client, other.epoch) != (flow.client, flow.epoch));
    let seen = others.flat_map(|other| sightings(other.request_wire.as_ref()));
    let is_before = |sight: &&Sighting| (0..=SHORTLY_NS).contains(&start.since(sight.time));
    let mut numbers: Vec<u64> = seen.filter(is_before).map(|sight| sight.key).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// When the first message passed this host: at the application, else on the wire.
fn sent_or_received(flow: &HostFlow, wire: &PointObservations) -> Wall {
    let times = |track: Option<&PointObservations>| sightings(track).iter().map(|sight| sight.time).min();
    times(flow.request_app.as_ref()).into_iter().chain(times(Some(wire))).min().unwrap_or_default()
}
