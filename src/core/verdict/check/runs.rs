//! Selects the run to be checked among the flows of a submission.

use super::evidence::{frame_reference, sightings};
use super::same_run::{self, RunMatch};
use super::submission::{Host, Submission};
use crate::core::document::check::{RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::document::identification::Refutation;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::track::{ObservationJoin, PointObservations};
use crate::core::identify::candidates::{ClientMatch, identify};
use crate::core::identify::pair_evidence::HostRelation;

/// The evidence of one run.
pub(super) struct RunEvidence<'a> {
    /// The submission.
    pub submission: &'a Submission<'a>,
    /// The run at the client's host.
    pub client: Option<&'a HostFlow>,
    /// The run at the server's host.
    pub server: Option<&'a HostFlow>,
    /// Whether both are the same one.
    pub same_run: RequirementResult,
}

impl<'a> RunEvidence<'a> {
    pub fn new(submission: &'a Submission<'a>) -> Self {
        let flows = |host: Option<Host<'a>>| host.map_or(&[][..], |host| &host.summary.flows);
        let run = |host: Option<Host<'a>>| host.and_then(|host| host.summary.run.as_ref());
        let relation = HostRelation::of(run(submission.client), run(submission.server));
        let (client, server, fit) = pair(flows(submission.client), flows(submission.server), relation);
        let same_run = same_run::check(submission, client, server, fit);
        Self { submission, client, server, same_run }
    }

    /// What one side saw holds for the other.
    pub fn is_joined(&self) -> bool {
        self.same_run.status == Status::Met
    }

    /// The numbers of the requests that are known to have been given out, ascending; and whether these are all of them,
    /// because the client's complete journal has it.
    pub fn numbers(&self) -> (Vec<u64>, bool) {
        let journal = self.client.filter(|flow| flow.annotations.whole && flow.request_app.is_some());
        let of = |flow: &'a HostFlow| [flow.request_app.as_ref(), flow.request_wire.as_ref()];
        let mut tracks: Vec<&PointObservations> = Vec::new();
        match (journal, self.client) {
            (Some(flow), _) => tracks.extend(&flow.request_app),
            (None, Some(flow)) => tracks.extend(of(flow).into_iter().flatten()),
            (None, None) => {}
        }
        if journal.is_none() && (self.client.is_none() || self.is_joined()) {
            tracks.extend(self.server.into_iter().flat_map(of).flatten());
        }
        let mut numbers: Vec<u64> =
            ObservationJoin::new(tracks.into_iter().map(PointObservations::sightings)).map(|(key, _)| key).collect();
        numbers.extend(self.client.iter().flat_map(|flow| flow.annotations.unsent.keys()));
        numbers.sort_unstable();
        numbers.dedup();
        (numbers, journal.is_some())
    }

    /// Where a request can be seen: at the client, else at the server.
    pub fn request(&self, number: u64) -> Option<FrameRef> {
        let at = |host: Option<Host<'_>>, flow: Option<&HostFlow>| {
            frame_reference(host?, flow?.request_wire.as_ref(), number)
        };
        at(self.submission.client, self.client).or_else(|| at(self.submission.server, self.server))
    }
}

/// How many different requests a flow shows.
fn requests(flow: &HostFlow) -> usize {
    ObservationJoin::new([sightings(flow.request_app.as_ref()), sightings(flow.request_wire.as_ref())]).count()
}

/// The client's flow with the most requests to which one of the server's belongs; the largest of each, where none does.
fn pair<'a>(
    clients: &'a [HostFlow],
    servers: &'a [HostFlow],
    hosts: HostRelation,
) -> (Option<&'a HostFlow>, Option<&'a HostFlow>, RunMatch) {
    let mut by_size: Vec<&HostFlow> = clients.iter().collect();
    by_size.sort_by_key(|flow| std::cmp::Reverse(requests(flow)));
    let largest = servers.iter().max_by_key(|flow| requests(flow));
    let Some(first) = by_size.first().copied() else { return (None, largest, RunMatch::OneSide) };
    if servers.is_empty() {
        return (Some(first), None, RunMatch::OneSide);
    }
    let mut matched: Vec<(&HostFlow, ClientMatch)> =
        clients.iter().zip(identify(clients, servers, hosts, None)).collect();
    matched.sort_by_key(|(flow, _)| std::cmp::Reverse(requests(flow)));
    let mut tie = None;
    for (client, found) in &matched {
        match (&found.own[..], &found.candidates[..]) {
            ([only], _) | ([], [only]) => return (Some(client), Some(&servers[*only]), RunMatch::One),
            ([], []) => {}
            (several, []) | (_, several) => {
                // Of several runs on one schedule, one was at the time of the client's.
                let at_once = |index: &&usize| same_run::clocks_agree(client, &servers[**index]);
                let at_once: Vec<usize> = several.iter().filter(at_once).copied().collect();
                if let [index] = at_once[..] {
                    return (Some(client), Some(&servers[index]), RunMatch::One);
                }
                tie = tie.or(Some((Some(*client), Some(&servers[several[0]]), RunMatch::Tie)));
            }
        }
    }
    let knows_all = first.annotations.whole && first.request_app.is_some();
    let is_proof = |fact: Option<Refutation>| match fact {
        Some(Refutation::OtherNumbers) => knows_all,
        fact => fact.is_some_and(|fact| fact != Refutation::NothingShared),
    };
    let refuted =
        matched.first().is_some_and(|(_, found)| found.evidence.iter().all(|evidence| is_proof(evidence.refuted)));
    tie.unwrap_or((Some(first), largest, if refuted { RunMatch::Refuted } else { RunMatch::None }))
}
