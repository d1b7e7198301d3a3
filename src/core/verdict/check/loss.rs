//! Checks the rate of lost messages.

use super::evidence::{capture_of, journal_of};
use super::runs::RunEvidence;
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::document::statistics::Ratio;
use crate::core::verdict::exchange::flow_judge::{self, Options};
use crate::core::verdict::exchange::input::{ExchangeInput, NOWHERE};

/// Which part of the messages was not answered, as far as the client's files tell. It is never *not met*.
pub(super) fn check(bench: &RunEvidence<'_>) -> RequirementResult {
    let submission = bench.submission;
    let evidence = || -> Vec<FrameRef> {
        [journal_of(submission.client), capture_of(submission.client)].into_iter().flatten().collect()
    };
    let unknown = |reason| RequirementResult::new(Requirement::LossRate, Status::CannotBeTold, reason, [], evidence());
    let (Some(host), Some(client)) = (submission.client, bench.client) else { return unknown("no_client") };
    let server = bench.server.filter(|_| bench.is_joined());
    let summaries = [Some(host.summary), submission.server.map(|host| host.summary).filter(|_| server.is_some())];
    let case = ExchangeInput {
        client: Some(client),
        server,
        elsewhere: &NOWHERE,
        same_host: flow_judge::same_host(summaries, [Some(client), server]),
        timeout_ns: host.summary.run.as_ref().and_then(|run| run.timeout_ns),
        client_file: None,
        server_file: None,
        resolution_ns: client.annotations.resolution_ns.max(1),
    };
    let Some(loss) = flow_judge::analyze_flow(case, 1, &Options::default(), &mut Vec::new()).loss.round_trip else {
        return unknown("no_messages");
    };
    let Ratio { lost, of, unknown: open, ratio, at_least, .. } = loss.within_deadline;
    let [low, high] = loss.within_deadline.bounds().map_or([None; 2], |bounds| bounds.map(Some));
    // Of what reached the wire, the application may have missed some.
    let (status, reason) = match (ratio, of + open, client.reply_app.is_some()) {
        (None, 0, _) => return unknown("no_messages"),
        _ if at_least => (Status::CannotBeTold, "rate_at_least"),
        (Some(_), _, true) => (Status::Met, "rate_known"),
        (Some(_), _, false) => (Status::Met, "wire_rate_known"),
        (None, _, true) => (Status::CannotBeTold, "rate_between"),
        (None, _, false) => (Status::CannotBeTold, "wire_rate_between"),
    };
    let values = [
        ("lost", lost.into()),
        ("of", of.into()),
        ("unknown", open.into()),
        ("ratio", ratio.into()),
        ("least_ratio", low.into()),
        ("most_ratio", high.into()),
    ];
    RequirementResult::new(Requirement::LossRate, status, reason, values, evidence())
}
