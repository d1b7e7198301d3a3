//! Decides which of the server's flows are, may be, or cannot be the other ends of a client's flows.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use super::assignment::{self, Pair};
use super::flow_comparison::{self, Extent, precedes};
use super::pair_evidence::{HostRelation, PairEvidence};
use crate::core::document::identification::{IdentificationBasis, Refutation};
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::track::{PointObservations, Sighting};
use crate::core::time::SECOND;

/// How far from its neighbours in number a message may have come for it to belong among them.
const NEAR_NS: i64 = SECOND;

/// Which of the server's flows may be one client flow's own.
#[derive(Clone, Debug, Default)]
pub struct ClientMatch {
    /// What speaks for and against each of the server's flows, by index.
    pub evidence: Vec<PairEvidence>,
    /// The server flows that are proven to be its own, or the only ones that can be: several where a NAT took a new port.
    pub own: Vec<usize>,
    /// The server flows of which one may be its own; empty where `own` is not.
    pub candidates: Vec<usize>,
    /// Its server flow may not be in the files.
    pub may_be_missing: bool,
    /// What `own` rests on.
    pub basis: Option<IdentificationBasis>,
}

/// Matches client flows with server flows. `chosen` is a server flow, by index, that the user knows to be a client's own.
pub fn identify(
    clients: &[HostFlow],
    servers: &[HostFlow],
    hosts: HostRelation,
    chosen: Option<usize>,
) -> Vec<ClientMatch> {
    let mut matches: Vec<ClientMatch> = clients
        .iter()
        .map(|client| ClientMatch {
            evidence: servers.iter().map(|server| PairEvidence::new(client, server, hosts)).collect(),
            ..ClientMatch::default()
        })
        .collect();
    leave_ambiguous_addresses(&mut matches, clients, servers);
    let extents = |flows: &[HostFlow]| -> Vec<Option<(Extent, Extent)>> {
        // A single flow has none to precede.
        flows.iter().map(|flow| if flows.len() > 1 { flow_comparison::extent(flow) } else { None }).collect()
    };
    let (client_extents, server_extents) = (extents(clients), extents(servers));
    // What was over at one end before the other began is not the other way round at the other end.
    let crosses = |(client, server): Pair, (other_client, other_server): Pair| {
        let exchanged = |clients: (usize, usize), servers: (usize, usize)| {
            precedes(client_extents[clients.0], client_extents[clients.1])
                && precedes(server_extents[servers.1], server_extents[servers.0])
        };
        exchanged((client, other_client), (server, other_server))
            || exchanged((other_client, client), (other_server, server))
    };
    // A NAT that takes a new port makes several flows of one run, but no number is in two of them.
    settle(&mut matches, |own| are_disjoint(own.iter().map(|server| &servers[*server])), crosses);
    if let Some(chosen) = chosen {
        choose(&mut matches, chosen);
    }
    matches
}

/// Settles which pairs are proven, which are possible, and which the others exclude, once each pair's own evidence is known.
///
/// `are_one_run` tells whether several server flows can all be one client's; `crosses`, whether two pairs cannot both be true.
pub fn settle(
    matches: &mut [ClientMatch],
    are_one_run: impl Fn(&[usize]) -> bool,
    crosses: impl Fn(Pair, Pair) -> bool,
) {
    settle_proven(matches, are_one_run);
    let allowed: Vec<Vec<usize>> = matches.iter().map(ClientMatch::unrefuted).collect();
    let possible = assignment::possible_pairs(&allowed, crosses);
    for ((found, servers), may_be_alone) in matches.iter_mut().zip(possible.servers).zip(possible.may_be_alone) {
        if found.own.is_empty() {
            found.settle_possible(servers, may_be_alone);
        }
    }
}

impl ClientMatch {
    /// The server flows that may be its own, for all that is known of this pair alone.
    fn unrefuted(&self) -> Vec<usize> {
        if !self.own.is_empty() {
            return Vec::new();
        }
        (0..self.evidence.len()).filter(|server| self.evidence[*server].refuted.is_none()).collect()
    }

    /// Whether none of the server's flows can be its own.
    pub fn is_missing(&self) -> bool {
        self.own.is_empty() && self.candidates.is_empty()
    }

    fn settle_possible(&mut self, servers: Vec<usize>, may_be_alone: bool) {
        for server in (0..self.evidence.len()).filter(|server| !servers.contains(server)) {
            self.evidence[server].refuted.get_or_insert(Refutation::NoAssignment);
        }
        self.may_be_missing = may_be_alone || servers.iter().all(|server| self.evidence[*server].doubtful);
        if let ([only], false) = (&servers[..], self.may_be_missing) {
            self.own = vec![*only];
            self.basis = Some(IdentificationBasis::OnlyCandidate);
        } else {
            self.candidates = servers;
        }
    }
}

/// An address identifies no flow where another run from the same address may be meant: clocks can be wrong by more than lies
/// between two runs.
fn leave_ambiguous_addresses(matches: &mut [ClientMatch], clients: &[HostFlow], servers: &[HostFlow]) {
    let may_be = |client: usize, server: usize| {
        let evidence = &matches[client].evidence[server];
        evidence.refuted.is_none() && matches!(evidence.identified, None | Some(IdentificationBasis::Address))
    };
    let is_rival =
        |one: &HostFlow, other: &HostFlow| one.client == other.client && !are_disjoint([one, other].into_iter());
    let mut ambiguous = Vec::new();
    for (client, found) in matches.iter().enumerate() {
        for (server, evidence) in found.evidence.iter().enumerate() {
            let others = |count: usize, own: usize| (0..count).filter(move |other| *other != own);
            if evidence.identified == Some(IdentificationBasis::Address)
                && (others(servers.len(), server)
                    .any(|other| may_be(client, other) && is_rival(&servers[server], &servers[other]))
                    || others(clients.len(), client)
                        .any(|other| may_be(other, server) && is_rival(&clients[client], &clients[other])))
            {
                ambiguous.push((client, server));
            }
        }
    }
    for (client, server) in ambiguous {
        matches[client].evidence[server].identified = None;
    }
}

/// Gives clients the server flows that are proven to be their own, and takes these from all others.
fn settle_proven(matches: &mut [ClientMatch], are_one_run: impl Fn(&[usize]) -> bool) {
    let servers = matches.iter().map(|found| found.evidence.len()).max().unwrap_or(0);
    for found in matches.iter_mut() {
        let proven = |server: &usize| found.evidence[*server].identified.is_some();
        let own: Vec<usize> = (0..servers).filter(proven).collect();
        if are_one_run(&own) {
            found.basis = own.first().and_then(|server| found.evidence[*server].identified);
            found.own = own;
        }
    }
    let mut owners = vec![0_usize; servers];
    for server in matches.iter().flat_map(|found| &found.own) {
        owners[*server] += 1;
    }
    for found in matches.iter_mut() {
        // What two claim is proven for none.
        if found.own.iter().any(|server| owners[*server] > 1) {
            (found.own, found.basis) = (Vec::new(), None);
        }
    }
    let taken: BTreeSet<usize> = matches.iter().flat_map(|found| found.own.iter().copied()).collect();
    for found in matches {
        for server in (0..servers).filter(|server| !found.own.contains(server)) {
            let fact = if taken.contains(&server) { Refutation::Taken } else { Refutation::OtherProven };
            if taken.contains(&server) || !found.own.is_empty() {
                found.evidence[server].refuted.get_or_insert(fact);
            }
        }
    }
}

/// Takes the user's word for which server flow is a client's, where that is possible.
fn choose(matches: &mut [ClientMatch], chosen: usize) {
    let is_possible = |found: &ClientMatch| found.own.contains(&chosen) || found.candidates.contains(&chosen);
    // Of several clients, one that has no other.
    let of = (0..matches.len()).filter(|client| is_possible(&matches[*client]));
    let Some(client) = of.min_by_key(|client| (matches[*client].own.is_empty(), matches[*client].candidates.len()))
    else {
        return;
    };
    for (index, found) in matches.iter_mut().enumerate() {
        if index == client {
            let basis = found.basis.unwrap_or(IdentificationBasis::OnlyCandidate);
            *found = ClientMatch {
                own: vec![chosen],
                basis: Some(basis),
                evidence: found.evidence.clone(),
                ..ClientMatch::default()
            };
            for server in (0..found.evidence.len()).filter(|server| *server != chosen) {
                found.evidence[server].refuted.get_or_insert(Refutation::NotChosen);
            }
        } else if found.candidates.contains(&chosen) {
            found.evidence[chosen].refuted.get_or_insert(Refutation::Taken);
            let rest: Vec<usize> = found.candidates.iter().copied().filter(|server| *server != chosen).collect();
            found.candidates = Vec::new();
            found.settle_possible(rest, found.may_be_missing);
        }
    }
}

/// Whether no number is in two of these flows.
pub fn are_disjoint<'a>(flows: impl Iterator<Item = &'a HostFlow>) -> bool {
    let flows: Vec<&HostFlow> = flows.collect();
    let mut seen = BTreeSet::new();
    // Each flow has a number once.
    flows.len() < 2 || flows.into_iter().flat_map(flow_comparison::numbers).all(|number| seen.insert(number))
}

/// The numbers that the server may have received from this client in another flow than `own`: flows that nobody else is proven
/// to own, that hold no number of `own`, and that hold such a number at the time when it was due.
pub fn numbers_elsewhere(
    own: &[usize],
    servers: &[HostFlow],
    found: &ClientMatch,
    all: &[ClientMatch],
) -> BTreeSet<u64> {
    let own_numbers = LazyCell::new(|| -> BTreeSet<u64> {
        own.iter().flat_map(|server| flow_comparison::numbers(&servers[*server])).collect()
    });
    let is_owned = |server: usize| all.iter().any(|other| other.own.contains(&server));
    let may_hold = |server: &usize| {
        !own.contains(server)
            && !is_owned(*server)
            && matches!(
                found.evidence[*server].refuted,
                None | Some(Refutation::Taken | Refutation::OtherProven | Refutation::NotChosen)
            )
            && flow_comparison::numbers(&servers[*server]).all(|number| !own_numbers.contains(&number))
    };
    let own_flows = || own.iter().map(|server| &servers[*server]);
    let others = (0..servers.len()).filter(may_hold);
    others
        .flat_map(|server| sightings(&servers[server]))
        .filter(|sight| is_due(own_flows(), sight))
        .map(|sight| sight.key)
        .collect()
}

fn sightings(flow: &HostFlow) -> impl Iterator<Item = &Sighting> {
    [&flow.request_app, &flow.request_wire, &flow.reply_wire, &flow.reply_app]
        .into_iter()
        .flatten()
        .flat_map(PointObservations::sightings)
}

/// Whether a message came when its number was due in these flows: between its neighbours in number, or before or after all.
fn is_due<'a>(flows: impl Iterator<Item = &'a HostFlow>, sight: &Sighting) -> bool {
    let (mut before, mut after) = (None, None);
    for other in flows.flat_map(sightings) {
        if other.key < sight.key {
            before = before.max(Some((other.key, other.time)));
        } else {
            after = Some(after.map_or((other.key, other.time), |after: (u64, _)| after.min((other.key, other.time))));
        }
    }
    before.is_none_or(|(_, time)| time.shifted(-NEAR_NS) <= sight.time)
        && after.is_none_or(|(_, time)| sight.time <= time.shifted(NEAR_NS))
}

/// One flow of several that belong to one client.
pub fn joined(own: &[usize], servers: &[HostFlow]) -> Option<HostFlow> {
    let mut flows = own.iter().map(|server| &servers[*server]);
    let first = flows.next()?.clone();
    Some(flows.fold(first, HostFlow::joined_with))
}
