//! Selects the run to be checked among the flows of a submission.

use std::borrow::Cow;

use super::evidence::{frame_reference, sightings};
use super::other_texts;
use super::same_run::{self, RunMatch};
use super::submission::{Host, Submission};
use crate::core::document::check::{RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::document::identification::{IdentificationBasis, Refutation};
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::journal_run::Role;
use crate::core::evidence::track::{ObservationJoin, PointObservations};
use crate::core::identify::candidates::{self, ClientMatch, identify};
use crate::core::identify::pair_evidence::HostRelation;

/// The evidence of one run.
pub(super) struct RunEvidence<'a> {
    /// The submission.
    pub submission: &'a Submission<'a>,
    /// The run at the client's host.
    pub client: Option<&'a HostFlow>,
    /// The run at the server's host.
    pub server: Option<&'a HostFlow>,
    /// How they go together.
    pub fit: RunMatch,
    /// Whether both are the same one.
    pub same_run: RequirementResult,
}

/// Numbers that are further than this from all others number nothing: a text was altered on its way, or is none of the messages.
const MAX_GAP: u64 = 10;

/// So many numbers too many are no accident where the texts have no form in common.
const MIN_SURPLUS: u64 = 3;

impl<'a> RunEvidence<'a> {
    pub fn new(submission: &'a Submission<'a>, paired: &'a PairedRun<'a>) -> Self {
        let PairedRun { client, server, fit, basis } = paired;
        let (client, server, fit) = (*client, server.as_deref(), *fit);
        let same_run = same_run::check(submission, [client, server], fit, *basis);
        Self { submission, client, server, fit, same_run }
    }

    /// What one side saw holds for the other.
    pub fn is_joined(&self) -> bool {
        self.same_run.status == Status::Met
    }

    /// The numbers of the requests that are known to have been given out, ascending; and whether these are all of them,
    /// because the client's complete journal has it.
    pub fn numbers(&self) -> (Vec<u64>, bool) {
        let journal = self.client.filter(|flow| flow.annotations.whole && flow.request_app.is_some());
        let unsent = || self.client.iter().flat_map(|flow| flow.annotations.unsent.keys().copied());
        if let Some(flow) = journal {
            return (united(numbers_of([flow.request_app.as_ref()]), unsent()), true);
        }
        let of = |flow: &HostFlow| near_others(&numbers_of([flow.request_app.as_ref(), flow.request_wire.as_ref()]));
        let Some(client) = self.client else {
            return (self.server.map(of).unwrap_or_default(), false);
        };
        let own = united(of(client), unsent());
        let theirs = self.server.filter(|_| self.is_joined()).map(of).unwrap_or_default();
        // What the server saw fills gaps and goes on from the end; another number may have been altered on its way.
        let last = own.last().copied().unwrap_or(0);
        let after = theirs.iter().copied().filter(|number| *number > last);
        let after = (last + 1..).zip(after).take_while(|(next, number)| next == number).map(|(_, number)| number);
        let inside = theirs.iter().copied().filter(|number| *number < last);
        (united(own, inside.chain(after)), false)
    }

    /// Whether one host's files show alone that the client gave out more numbers: the client's, where there are any.
    pub fn sent_more_than(&self, count: u64) -> bool {
        let sides = [(self.submission.client, self.client), (self.submission.server, self.server)];
        let Some((host, flow)) = sides.into_iter().find_map(|(host, flow)| host.zip(flow)) else { return false };
        let shown = near_others(&numbers_of([flow.request_app.as_ref(), flow.request_wire.as_ref()]));
        let shown = shown.iter().filter(|number| **number > 0).count() as u64;
        // At the server one number may have been altered; and where each text has a form of its own, the last words are texts
        // like any other.
        let is_certain = host.role == Role::Client
            && (flow.request_app.is_some() || host.capture.is_some_and(other_texts::have_one_form));
        shown > if is_certain { count } else { count + MIN_SURPLUS - 1 }
    }

    /// Where a request can be seen: at the client, else at the server.
    pub fn request(&self, number: u64) -> Option<FrameRef> {
        let at = |host: Option<Host<'_>>, flow: Option<&HostFlow>| {
            frame_reference(host?, flow?.request_wire.as_ref(), number)
        };
        at(self.submission.client, self.client).or_else(|| at(self.submission.server, self.server))
    }
}

/// The numbers that any of these shows, ascending.
fn numbers_of<const N: usize>(tracks: [Option<&PointObservations>; N]) -> Vec<u64> {
    ObservationJoin::new(tracks.map(sightings)).map(|(key, _)| key).collect()
}

/// All of these numbers, ascending.
fn united(mut numbers: Vec<u64>, others: impl Iterator<Item = u64>) -> Vec<u64> {
    numbers.extend(others);
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Those of ascending numbers that have another one near; all, if none has.
fn near_others(numbers: &[u64]) -> Vec<u64> {
    let is_near = |pair: [Option<&u64>; 2]| matches!(pair, [Some(a), Some(b)] if b - a <= MAX_GAP);
    let has_other = |index: usize| {
        let before = index.checked_sub(1).and_then(|before| numbers.get(before));
        is_near([before, numbers.get(index)]) || is_near([numbers.get(index), numbers.get(index + 1)])
    };
    let near: Vec<u64> = (0..numbers.len()).filter(|index| has_other(*index)).map(|index| numbers[index]).collect();
    if near.is_empty() { numbers.to_vec() } else { near }
}

/// How many different requests a flow shows.
fn requests(flow: &HostFlow) -> usize {
    numbers_of([flow.request_app.as_ref(), flow.request_wire.as_ref()]).len()
}

/// A client's flow and the server's that belongs to it.
pub(super) struct PairedRun<'a> {
    client: Option<&'a HostFlow>,
    /// Of several ones where the client's NAT took a new port.
    server: Option<Cow<'a, HostFlow>>,
    fit: RunMatch,
    /// What identifies the server's.
    basis: Option<IdentificationBasis>,
}

impl<'a> PairedRun<'a> {
    /// The run of a submission that is checked.
    pub fn of(submission: &Submission<'a>) -> Self {
        let flows = |host: Option<Host<'a>>| host.map_or(&[][..], |host| &host.summary.flows);
        let run = |host: Option<Host<'a>>| host.and_then(|host| host.summary.run.as_ref());
        let relation = HostRelation::of(run(submission.client), run(submission.server));
        pair(flows(submission.client), flows(submission.server), relation)
    }
}

/// The client's flow with the most requests to which one of the server's belongs; the largest of each, where none does.
fn pair<'a>(clients: &'a [HostFlow], servers: &'a [HostFlow], hosts: HostRelation) -> PairedRun<'a> {
    let paired = |client, server: Option<&'a HostFlow>, fit| PairedRun {
        client,
        server: server.map(Cow::Borrowed),
        fit,
        basis: None,
    };
    let mut by_size: Vec<&HostFlow> = clients.iter().collect();
    by_size.sort_by_key(|flow| std::cmp::Reverse(requests(flow)));
    let largest = servers.iter().max_by_key(|flow| requests(flow));
    let Some(first) = by_size.first().copied() else { return paired(None, largest, RunMatch::OneSide) };
    if servers.is_empty() {
        return paired(Some(first), None, RunMatch::OneSide);
    }
    let mut matched: Vec<(&HostFlow, ClientMatch)> =
        clients.iter().zip(identify(clients, servers, hosts, None)).collect();
    matched.sort_by_key(|(flow, _)| std::cmp::Reverse(requests(flow)));
    let is_owned = |server: usize| matched.iter().any(|(_, found)| found.own.contains(&server));
    let pairs = matched.iter().filter_map(|(client, found)| {
        // Of several runs on one schedule, one was at the time of the client's.
        let at_once = |index: &usize| same_run::clocks_agree(client, &servers[*index]);
        let one = |own: &[usize], basis: Option<IdentificationBasis>| {
            let server = match own {
                [only] => Some(Cow::Borrowed(&servers[*only])),
                several => candidates::joined(several, servers).map(Cow::Owned),
            };
            let basis = basis.filter(|basis| *basis != IdentificationBasis::OnlyCandidate);
            PairedRun { client: Some(*client), server, fit: RunMatch::One, basis }
        };
        match (&found.own[..], &found.candidates[..]) {
            ([], []) => None,
            ([], [only]) => Some(one(&[*only], None)),
            ([], several) => {
                let near: Vec<usize> = several.iter().copied().filter(at_once).collect();
                if !near.is_empty() && candidates::are_disjoint(near.iter().map(|server| &servers[*server])) {
                    return Some(one(&near, None));
                }
                Some(paired(Some(*client), Some(&servers[several[0]]), RunMatch::Tie))
            }
            (own, _) => {
                // The client's NAT may have taken a new port, and each flow has other numbers.
                let mut own = own.to_vec();
                for server in (0..servers.len()).filter(|server| !is_owned(*server)).filter(at_once) {
                    let is_excluded = !matches!(found.evidence[server].refuted, None | Some(Refutation::OtherProven));
                    let all = own.iter().chain([&server]).map(|server| &servers[*server]);
                    if !is_excluded && candidates::are_disjoint(all) {
                        own.push(server);
                    }
                }
                own.sort_unstable();
                Some(one(&own, found.basis))
            }
        }
    });
    let pairs: Vec<PairedRun<'_>> = pairs.collect();
    // The largest, but of runs about as large, one that both sides show at the same time.
    let largest_size = pairs.first().and_then(|pair| pair.client).map_or(0, requests);
    let is_at_once = |pair: &PairedRun<'_>| {
        let flows = pair.client.zip(pair.server.as_deref());
        flows.is_some_and(|(client, server)| {
            requests(client) * 2 >= largest_size && same_run::clocks_agree(client, server)
        })
    };
    let best = pairs.into_iter().min_by_key(|pair| (pair.fit != RunMatch::One, !is_at_once(pair)));
    best.unwrap_or_else(|| paired(Some(first), largest, refutation(first, matched.first().map(|(_, found)| found))))
}

/// How strongly all of the server's flows are excluded.
fn refutation(client: &HostFlow, found: Option<&ClientMatch>) -> RunMatch {
    let knows_all = client.annotations.whole && client.request_app.is_some();
    let facts = || found.into_iter().flat_map(|found| &found.evidence).map(|evidence| evidence.refuted);
    let is_proof = |fact: Option<Refutation>| match fact {
        // Without a journal, a number may have been missed.
        Some(Refutation::OtherNumbers) => knows_all,
        // Both clocks may have been set, and one of them twice.
        fact => fact.is_some_and(|fact| !matches!(fact, Refutation::NothingShared | Refutation::ClockSteps)),
    };
    if facts().any(|fact| fact == Some(Refutation::SameWire)) {
        RunMatch::SameWire
    } else if found.is_some() && facts().all(is_proof) {
        RunMatch::Refuted
    } else if facts().any(|fact| fact == Some(Refutation::ClockSteps)) {
        RunMatch::Stepped
    } else {
        RunMatch::None
    }
}
