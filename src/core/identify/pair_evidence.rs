//! What speaks for and against one server flow being a client's own: hard facts refute a pair, identifications prove it.
//!
//! Likelihood decides nothing: that a flow scatters less, is nearer in time or has the same private address only orders the
//! candidates for the reader.

use std::net::IpAddr;

use super::clock_offset::{self, Offset, OffsetBound};
use super::flow_comparison::FlowComparison;
use super::pattern::{self, PacketIds, Passage};
use super::same_host::HostView;
use crate::core::document::identification::{IdentificationBasis, Refutation};
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::journal_run::Run;

/// Round trips between two wires take longer than this; between two captures of one wire they take none.
const SAME_WIRE_NS: i64 = 1_000;

/// Coarser stamps than this cannot tell one wire from two.
const FINE_STAMPS_NS: i64 = 1_000;

/// Messages that are enough to recognize one wire.
const MIN_SAME_WIRE: usize = 3;

/// What the files of two hosts say of each other as a whole.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostRelation {
    /// Both journals name one boot ID: one host, and one clock.
    pub one_boot: bool,
}

impl HostRelation {
    /// By the `run` records of both journals.
    pub fn of(client: Option<&Run>, server: Option<&Run>) -> Self {
        let boot = |run: Option<&Run>| run.and_then(|run| run.boot_id.clone());
        Self { one_boot: boot(client).is_some_and(|id| boot(server) == Some(id)) }
    }
}

/// What speaks for and against a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairEvidence {
    /// The hard fact that excludes it.
    pub refuted: Option<Refutation>,
    /// What proves it.
    pub identified: Option<IdentificationBasis>,
    /// Nothing excludes or proves it, and something is odd: it may be a pair, or the client's server flow is not in the files.
    pub doubtful: bool,
    /// Spread of the stamps around the client's, nanoseconds, to order candidates.
    pub scatter_ns: i64,
}

impl PairEvidence {
    /// Compares a client's flow with a server's.
    pub fn new(client: &HostFlow, server: &HostFlow, hosts: HostRelation) -> Self {
        let comparison = FlowComparison::new(client, server);
        let pair = Pair { client, server, hosts, comparison };
        let refuted = pair.refutation();
        let identified = if refuted.is_none() { pair.identification() } else { None };
        // A step that is only assumed to be impossible does not outweigh a proof.
        let refuted = refuted.or_else(|| pair.assumed_refutation().filter(|_| identified.is_none()));
        Self {
            refuted,
            identified,
            doubtful: refuted.is_none() && identified.is_none() && pair.is_doubtful(),
            scatter_ns: pair.comparison.scatter_ns(),
        }
    }
}

/// A pair under examination.
struct Pair<'a> {
    client: &'a HostFlow,
    server: &'a HostFlow,
    hosts: HostRelation,
    comparison: FlowComparison,
}

impl Pair<'_> {
    fn refutation(&self) -> Option<Refutation> {
        let comparison = &self.comparison;
        let facts = [
            (!comparison.shared, Refutation::NothingShared),
            (comparison.has_other_texts(), Refutation::OtherTexts),
            (comparison.has_other_numbers(self.client), Refutation::OtherNumbers),
            (comparison.is_impossible(), Refutation::SlowerThanTheWait),
            (self.is_one_clock() && comparison.is_at_another_time(), Refutation::OtherTime),
            (self.has_other_port(), Refutation::OtherPort),
            (self.needs_excluded_step(), Refutation::ClockStep),
            (self.is_one_wire(), Refutation::SameWire),
        ];
        facts.into_iter().find(|(holds, _)| *holds).map(|(_, fact)| fact)
    }

    /// Of clocks about which nothing is known: two steps in one run are assumed not to happen.
    fn assumed_refutation(&self) -> Option<Refutation> {
        (self.unsteady_ns().is_none() && self.needs_two_steps()).then_some(Refutation::ClockSteps)
    }

    fn identification(&self) -> Option<IdentificationBasis> {
        let comparison = &self.comparison;
        let in_time = comparison.clocks_agree();
        let has_same_ids = || self.packet_ids().contains(&PacketIds::Same);
        let is_followed = || pattern::is_followed(&comparison.forward) || pattern::is_followed(&comparison.back);
        if self.hosts.one_boot && in_time && comparison.is_answered {
            Some(IdentificationBasis::BootId)
        } else if has_same_ids() {
            Some(IdentificationBasis::IpId)
        } else if (in_time || self.client.annotations.spacing_drawn) && is_followed() {
            // The same program may draw the same intervals again if its seed is fixed; medidor's never is.
            Some(IdentificationBasis::Spacing)
        } else if comparison.clocks_agree_throughout()
            && !self.client.annotations.has_other_runs
            && self.has_same_public_address()
        {
            Some(IdentificationBasis::Address)
        } else {
            None
        }
    }

    /// What the packet IDs say of the way out and of the way back.
    fn packet_ids(&self) -> [PacketIds; 2] {
        [&self.comparison.forward, &self.comparison.back].map(|way| pattern::packet_ids(way))
    }

    /// Whether the two may just as well be of different runs.
    fn is_doubtful(&self) -> bool {
        // A whole journal of the server's has every run that got a reply.
        let is_whole = self.server.annotations.whole && self.server.reply_app.is_some();
        let is_complete = is_whole && !self.comparison.shows_others();
        !is_complete && self.packet_ids().contains(&PacketIds::Different)
            || !self.comparison.clocks_agree()
            || self.comparison.is_short() && self.needs_step()
            || self.client.annotations.has_other_runs && !is_whole
            || !self.comparison.is_answered
            || self.comparison.unexplained_replies > 0
            || self.client.annotations.may_be_part
            || self.server.annotations.may_be_part
    }

    fn resolution_ns(&self) -> i64 {
        self.client.annotations.resolution_ns.max(self.server.annotations.resolution_ns).max(1)
    }

    /// Whether both hosts' stamps are of one clock.
    fn is_one_clock(&self) -> bool {
        self.hosts.one_boot || self.is_within_host()
    }

    fn is_within_host(&self) -> bool {
        view(self.client).is_within_host() && view(self.server).is_within_host()
    }

    /// Whether both flows go to one server within a host, and from different ports.
    fn has_other_port(&self) -> bool {
        let (client, server) = (self.client, self.server);
        self.is_within_host() && client.server == server.server && client.client != server.client
    }

    /// Whether the client's address is routed everywhere, and the server knows the client by it.
    fn has_same_public_address(&self) -> bool {
        let (client, server) = (self.client, self.server);
        let is_public =
            |address: Option<std::net::SocketAddr>| address.is_some_and(|addr| is_globally_routable(addr.ip()));
        client.client == server.client && is_public(client.client)
    }

    /// How far both clocks departed from a steady rate; `None` unless both hosts' journals know.
    fn unsteady_ns(&self) -> Option<i64> {
        let (ours, theirs) = self.client.annotations.clock_unsteady.zip(self.server.annotations.clock_unsteady)?;
        Some(ours.saturating_add(theirs))
    }

    /// Whether the stamps fit only if a clock was set, and both journals prove that none was.
    fn needs_excluded_step(&self) -> bool {
        let Some(unsteady) = self.unsteady_ns() else { return false };
        let (forward, back) = self.comparison.bounds();
        clock_offset::offset(&forward, &back, self.resolution_ns(), unsteady) == Offset::Stepped
    }

    /// Whether the stamps fit only if a clock was set.
    fn needs_step(&self) -> bool {
        let (forward, back) = self.comparison.bounds();
        clock_offset::offset(&forward, &back, self.resolution_ns(), self.moved_ns()) == Offset::Stepped
    }

    /// How far both clocks moved, as far as journals know, nanoseconds.
    fn moved_ns(&self) -> i64 {
        let annotations = [&self.client.annotations, &self.server.annotations];
        annotations.into_iter().map(|annotations| annotations.clock_moved).fold(0, i64::saturating_add)
    }

    /// Whether the stamps fit only if a clock was set twice.
    fn needs_two_steps(&self) -> bool {
        let moved = self.moved_ns();
        // By number, because a clock that was set gives no order.
        let (forward, back) = (&self.comparison.forward, &self.comparison.back);
        let fits = |from: u64, to: u64| {
            let inside = |way: &&Passage| (from..to).contains(&way.key);
            let forward: Vec<OffsetBound> = forward.iter().filter(inside).map(Passage::bound_above).collect();
            let back: Vec<OffsetBound> = back.iter().filter(inside).map(Passage::bound_below).collect();
            clock_offset::offset(&forward, &back, self.resolution_ns(), moved) != Offset::Stepped
        };
        if fits(0, u64::MAX) {
            return false;
        }
        let mut numbers: Vec<u64> = forward.iter().chain(back).map(|way| way.key).collect();
        numbers.sort_unstable();
        numbers.dedup();
        // The longest beginning that fits, and whether all that follows does. The clock may have been set while the message
        // between them was on its way.
        let first_misfit = numbers.partition_point(|number| fits(0, number.saturating_add(1)));
        numbers.get(first_misfit + 1).is_some_and(|number| !fits(*number, u64::MAX))
    }

    /// Whether both hosts' files show one wire: every round trip between them takes no time.
    fn is_one_wire(&self) -> bool {
        let FlowComparison { forward, back, .. } = &self.comparison;
        if self.is_within_host()
            || self.resolution_ns() > FINE_STAMPS_NS
            || forward.len().min(back.len()) < MIN_SAME_WIRE
        {
            return false;
        }
        let differences = forward
            .iter()
            .map(|way| way.came.saturating_sub(way.left))
            .chain(back.iter().map(|way| way.left.saturating_sub(way.came)));
        let (least, most) = differences
            .fold((i64::MAX, i64::MIN), |(least, most), difference| (least.min(difference), most.max(difference)));
        most.saturating_sub(least) <= SAME_WIRE_NS
    }
}

fn view(flow: &HostFlow) -> HostView<'static> {
    HostView { client: flow.client, server: flow.server, run: None }
}

/// Whether an address is one of the whole Internet (RFC 6890): then no two hosts have it.
pub(super) fn is_globally_routable(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let protocol = (a, b, c) == (192, 0, 0);
            let benchmark = a == 198 && (18..20).contains(&b);
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_documentation()
                || ip.is_multicast()
                || shared
                || protocol
                || benchmark
                || a == 0
                || a >= 240)
        }
        IpAddr::V6(ip) => {
            let segments = ip.segments();
            segments[0] & 0xe000 == 0x2000 && (segments[0], segments[1]) != (0x2001, 0x0db8)
        }
    }
}
