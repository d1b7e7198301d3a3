//! Who took part in a UDP chat: each member's own files and what the server's files say of it.

use std::collections::HashMap;

use super::text_matching::{Aligned, Link, SOON_NS};
use crate::core::document::chat::Member;
use crate::core::document::identification::{Candidate, Identification};
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::evidence::chat_host::{ChatHost, MemberTraffic};
use crate::core::identify::candidates::ClientMatch;
use crate::core::identify::chat_members::{self, MemberView};
use crate::core::identify::clock_offset::{self, Offset, OffsetBound};
use crate::core::identify::same_host::HostView;
use crate::core::time::Wall;

/// Of the server's members, no more than this many are listed for each member's own files.
const MAX_LISTED: usize = 64;

/// One host's account, and its capture's name.
#[derive(Clone, Copy)]
pub struct ChatHostRef<'a> {
    /// What it says.
    pub account: &'a ChatHost,
    /// The name of its capture.
    pub file: Option<&'a str>,
}

/// One member's evidence of both hosts.
pub(super) struct MemberEvidence<'a> {
    pub(super) id: u32,
    pub(super) at_server: Option<(&'a MemberTraffic, Option<&'a str>)>,
    pub(super) at_home: Option<(&'a MemberTraffic, Option<&'a str>)>,
    pub(super) same_host: bool,
    pub(super) resolution_ns: i64,
    pub(super) moved_ns: i64,
    /// Its place before the members were put in order.
    slot: usize,
}

/// Who took part, and how that was found out.
#[derive(Default)]
pub(super) struct MatchedMembers<'a> {
    pub(super) members: Vec<MemberEvidence<'a>>,
    pub(super) identification: Option<Identification>,
    pub(super) warnings: Vec<Warning>,
}

/// What a member's own files show.
#[derive(Clone, Copy)]
struct Home<'a> {
    traffic: &'a MemberTraffic,
    host: ChatHostRef<'a>,
}

impl<'a> Home<'a> {
    fn view(self) -> MemberView<'a> {
        MemberView { host: self.host.account, traffic: self.traffic }
    }

    fn name(self) -> String {
        let address = self.traffic.member.map_or_else(|| "?".into(), |addr| addr.to_string());
        self.host.file.map_or_else(|| address.clone(), |file| format!("{file} ({address})"))
    }
}

/// Who took part, with the evidence of both hosts.
pub(super) fn match_members<'a>(server: Option<ChatHostRef<'a>>, homes: &[ChatHostRef<'a>]) -> MatchedMembers<'a> {
    let homes = own_files(homes);
    let mut matched = MatchedMembers::default();
    let mut views = Vec::new();
    if let Some(server) = server {
        for traffic in server.account.talks.values() {
            let view = MemberView { host: server.account, traffic };
            views.push(view);
            let member = matched.add(view);
            member.at_server = Some((traffic, server.file));
            member.moved_ns = server.account.clock_moved;
        }
    }
    let matches = if server.is_some() {
        chat_members::identify(&homes.iter().map(|home| home.view()).collect::<Vec<_>>(), &views)
    } else {
        vec![ClientMatch::default(); homes.len()]
    };
    // Where the server's files know several that may be it, or one that need not be it, the member's own are left out.
    let mut slots: Vec<Option<usize>> = Vec::with_capacity(homes.len());
    for (home, found) in homes.iter().zip(&matches) {
        if server.is_some() && first_seen(home.traffic).is_some() {
            matched.warnings.extend(warning(*home, found, &views));
        }
        let member = match found.own[..] {
            [own, ..] => &mut matched.members[own],
            [] if found.is_missing() => matched.add(home.view()),
            [] => {
                slots.push(None);
                continue;
            }
        };
        member.at_home = Some((home.traffic, home.host.file));
        member.resolution_ns = member.resolution_ns.max(home.host.account.resolution_ns);
        member.moved_ns = member.moved_ns.saturating_add(home.host.account.clock_moved);
        slots.push(Some(member.slot));
    }
    let first =
        |member: &MemberEvidence<'_>| member.at_server.or(member.at_home).and_then(|(traffic, _)| first_seen(traffic));
    // An address without any text took no part.
    matched.members.retain(|member| first(member).is_some());
    matched.members.sort_by_key(first);
    for (id, member) in (1..).zip(&mut matched.members) {
        member.id = id;
    }
    if server.is_some() && !homes.is_empty() {
        matched.identification = Some(matched.identification(&matches, &slots, &views));
    }
    matched
}

/// What members' own files show, in an order that does not depend on that of the files. Whoever has a journal speaks for
/// itself; what another capture of the same host shows of it as well is no second member.
fn own_files<'a>(homes: &[ChatHostRef<'a>]) -> Vec<Home<'a>> {
    let mut all: Vec<Home<'a>> = homes
        .iter()
        .flat_map(|host| host.account.talks.values().map(|traffic| Home { traffic, host: *host }))
        .collect();
    all.sort_by_key(|home| (home.traffic.inward[0].is_none(), first_seen(home.traffic), home.host.file));
    let mut kept: HashMap<_, Vec<Home<'a>>> = HashMap::new();
    all.retain(|home| {
        let known = kept.entry(home.traffic.member).or_default();
        let is_copy = |other: &Home<'_>| chat_members::is_same_view(other.view(), home.view());
        let is_new = home.traffic.inward[0].is_some() || !known.iter().any(is_copy);
        known.extend(is_new.then_some(*home));
        is_new
    });
    all
}

fn first_seen(traffic: &MemberTraffic) -> Option<Wall> {
    let observations = traffic.inward.iter().chain(&traffic.outward).flatten();
    observations.filter_map(|observation| observation.seen.first()).map(|seen| seen.time).min()
}

/// What a reader must know of how a member's own files were matched.
fn warning(home: Home<'_>, found: &ClientMatch, servers: &[MemberView<'_>]) -> Option<Warning> {
    let member = ("member", home.name().into());
    if !found.own.is_empty() {
        None
    } else if found.is_missing() {
        Some(Warning::new(WarningCode::MemberMissing, [member]))
    } else {
        let address = |server: &usize| servers[*server].traffic.member.map(|addr| addr.to_string());
        let possible: Vec<String> = found.candidates.iter().take(MAX_LISTED).filter_map(address).collect();
        Some(Warning::new(WarningCode::MemberTie, [member, ("members", possible.join(", ").into())]))
    }
}

impl<'a> MatchedMembers<'a> {
    fn add(&mut self, view: MemberView<'_>) -> &mut MemberEvidence<'a> {
        let slot = self.members.len();
        self.members.push(MemberEvidence {
            id: 0,
            at_server: None,
            at_home: None,
            same_host: HostView { client: view.traffic.member, server: view.host.server, run: None }.is_within_host(),
            resolution_ns: view.host.resolution_ns,
            moved_ns: 0,
            slot,
        });
        &mut self.members[slot]
    }

    /// Which of the server's members each member's own files may be of. `slots` has the places of those that are members.
    fn identification(
        &self,
        matches: &[ClientMatch],
        slots: &[Option<usize>],
        servers: &[MemberView<'_>],
    ) -> Identification {
        let ids: HashMap<usize, u32> = self.members.iter().map(|member| (member.slot, member.id)).collect();
        let mut left_out = (self.members.len() as u32 + 1)..;
        let mut candidates = Vec::new();
        for (found, slot) in matches.iter().zip(slots) {
            let id = match slot {
                Some(slot) => ids.get(slot).copied(),
                None => left_out.next(),
            };
            let Some(client_flow) = id else { continue };
            let mut of_member: Vec<Candidate> = Vec::new();
            for (server, evidence) in found.evidence.iter().enumerate() {
                let is_own = found.own.contains(&server);
                of_member.push(Candidate {
                    client_flow,
                    flow: ids.get(&server).copied(),
                    client_as_seen_by_server: servers[server].traffic.member,
                    identified_by: evidence.identified.filter(|_| is_own),
                    refuted_by: evidence.refuted.filter(|_| !is_own && !found.candidates.contains(&server)),
                    scatter_ns: None,
                    blame: None,
                });
            }
            of_member.retain(|candidate| candidate.flow.is_some());
            if found.own.is_empty() && (found.may_be_missing || found.is_missing()) {
                of_member.push(Candidate {
                    client_flow,
                    flow: None,
                    client_as_seen_by_server: None,
                    identified_by: None,
                    refuted_by: None,
                    scatter_ns: None,
                    blame: None,
                });
            }
            of_member.sort_by_key(|it| (it.refuted_by.is_some(), it.flow.is_none(), it.flow));
            candidates.extend(of_member.into_iter().take(MAX_LISTED));
        }
        candidates.sort_by_key(|candidate| candidate.client_flow);
        let mut bases = matches.iter().map(|found| found.basis);
        let basis = bases.next().flatten().filter(|first| bases.all(|basis| basis == Some(*first)));
        Identification { basis, candidates }
    }
}

impl MemberEvidence<'_> {
    pub(super) fn member(&self) -> Member {
        let server = self.at_server.map(|(talk, _)| talk);
        let home = self.at_home.map(|(talk, _)| talk);
        Member {
            id: self.id,
            address: server.or(home).and_then(|talk| talk.member),
            own_address: home.and_then(|talk| talk.member),
            nick: server.and_then(|talk| talk.nick.clone()),
            joined_ns: server.and_then(|talk| talk.joined).map(|time| time.0),
            left_ns: server.and_then(|talk| talk.left).map(|(time, _)| time.0),
            reason: server.and_then(|talk| talk.left).map(|(_, reason)| reason),
            same_host: Some(self.same_host),
            inward: None,
            outward: None,
        }
    }

    /// `link`: how far the server's clock is ahead of the member's.
    pub(super) fn inward(&self, link: Link) -> Aligned {
        let (home, server) = (self.at_home.map(|(talk, _)| talk), self.at_server.map(|(talk, _)| talk));
        let observation =
            |talk: Option<&'_ MemberTraffic>, place: usize| talk.and_then(|talk| talk.inward[place].clone());
        Aligned::of([observation(home, 0), observation(home, 1), observation(server, 1), observation(server, 0)], link)
    }

    /// `link`: how far the member's clock is ahead of the server's.
    pub(super) fn outward(&self, link: Link) -> Aligned {
        let (home, server) = (self.at_home.map(|(talk, _)| talk), self.at_server.map(|(talk, _)| talk));
        let observation =
            |talk: Option<&'_ MemberTraffic>, place: usize| talk.and_then(|talk| talk.outward[place].clone());
        Aligned::of([observation(server, 0), observation(server, 1), observation(home, 1), observation(home, 0)], link)
    }

    /// How far the server's clock is from the member's.
    pub(super) fn offset(&self, inward: &Aligned, outward: &Aligned) -> Offset {
        if self.same_host {
            return Offset::Unknown;
        }
        let mut forward: Vec<OffsetBound> = inward
            .crossings()
            .map(|(left, arrivals)| OffsetBound { at: left.0, difference: arrivals.since(left) })
            .collect();
        let mut back: Vec<OffsetBound> = outward
            .crossings()
            .map(|(left, arrivals)| OffsetBound { at: arrivals.0, difference: left.since(arrivals) })
            .collect();
        // Where a witness woke late, even a text that each end saw once may be two: those are far off from the others.
        if inward.is_guessed() || outward.is_guessed() {
            let mut all: Vec<i64> = forward.iter().chain(&back).map(|bound| bound.difference).collect();
            all.sort_unstable();
            let middle = all.get(all.len() / 2).copied().unwrap_or(0);
            forward.retain(|bound| bound.difference.abs_diff(middle) <= SOON_NS as u64);
            back.retain(|bound| bound.difference.abs_diff(middle) <= SOON_NS as u64);
        }
        clock_offset::offset(&forward, &back, self.resolution_ns, self.moved_ns)
    }
}
