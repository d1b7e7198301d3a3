//! Who took part in a UDP chat: each member's own files and what the server's files say of it.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;

use super::text_matching::{Aligned, Link, SOON_NS};
use crate::core::document::chat::Member;
use crate::core::evidence::chat_host::{ChatHost, DirectionObservations, MemberTraffic};
use crate::core::identify::clock_offset::{self, Offset, OffsetBound};
use crate::core::identify::same_host::HostView;

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
}

/// Who took part, with the evidence of both hosts.
pub(super) fn match_members<'a>(server: Option<ChatHostRef<'a>>, homes: &[ChatHostRef<'a>]) -> Vec<MemberEvidence<'a>> {
    let mut members: Vec<MemberEvidence<'a>> = Vec::new();
    if let Some(server) = server {
        for talk in server.account.talks.values() {
            members.push(MemberEvidence {
                id: 0,
                at_server: Some((talk, server.file)),
                at_home: None,
                same_host: HostView { client: talk.member, server: server.account.server, run: None }.is_within_host(),
                resolution_ns: server.account.resolution_ns,
                moved_ns: server.account.clock_moved,
            });
        }
    }
    // Whoever has an account of its own speaks for itself; what another's capture on the same host shows of it as well is
    // no second member.
    let mut talks: Vec<(&MemberTraffic, ChatHostRef<'_>)> =
        homes.iter().flat_map(|home| home.account.talks.values().map(|talk| (talk, *home))).collect();
    talks.sort_by_key(|(talk, _)| talk.inward[0].is_none());
    let mut known: HashSet<SocketAddr> = HashSet::new();
    for (talk, home) in talks {
        let is_new = talk.member.is_none_or(|member| known.insert(member));
        if !is_new && talk.inward[0].is_none() {
            continue;
        }
        let found = find_server_member(talk, &members);
        let index = found.unwrap_or_else(|| {
            members.push(MemberEvidence {
                id: 0,
                at_server: None,
                at_home: None,
                same_host: HostView { client: talk.member, server: home.account.server, run: None }.is_within_host(),
                resolution_ns: 1,
                moved_ns: 0,
            });
            members.len() - 1
        });
        let member = &mut members[index];
        member.at_home = Some((talk, home.file));
        member.resolution_ns = member.resolution_ns.max(home.account.resolution_ns);
        member.moved_ns = member.moved_ns.saturating_add(home.account.clock_moved);
    }
    let first = |talk: &MemberTraffic| {
        let observations = talk.inward.iter().chain(&talk.outward).flatten();
        observations.filter_map(|observation| observation.seen.first()).map(|seen| seen.time).min()
    };
    members.sort_by_key(|member| member.at_server.or(member.at_home).and_then(|(talk, _)| first(talk)));
    // An address without any text took no part.
    members.retain(|member| member.at_server.or(member.at_home).is_some_and(|(talk, _)| first(talk).is_some()));
    for (index, member) in members.iter_mut().enumerate() {
        member.id = index as u32 + 1;
    }
    members
}

/// The server's member that a member's own files are about: the one of the same address, else the only one that shares
/// most of what was said. Addresses change on the way (NAT), texts do not.
fn find_server_member(talk: &MemberTraffic, members: &[MemberEvidence<'_>]) -> Option<usize> {
    let free = |member: &MemberEvidence<'_>| member.at_home.is_none();
    let same = |member: &MemberEvidence<'_>| member.at_server.is_some_and(|(known, _)| known.member == talk.member);
    if let Some(index) = members.iter().position(|member| free(member) && same(member)) {
        return Some(index);
    }
    let mut scores: Vec<(usize, usize)> = members
        .iter()
        .enumerate()
        .filter(|(_, member)| free(member))
        .filter_map(|(index, member)| Some((shared(talk, member.at_server?.0), index)))
        .filter(|(score, _)| *score > 0)
        .collect();
    scores.sort_unstable_by(|a, b| b.cmp(a));
    match scores[..] {
        [] => None,
        [(_, only)] => Some(only),
        [(best, index), (next, _), ..] => (best > next).then_some(index),
    }
}

/// How many texts two hosts' views have in common, each way.
fn shared(one: &MemberTraffic, other: &MemberTraffic) -> usize {
    let count = |observations: &[Option<DirectionObservations>; 2]| {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for seen in observations
            .iter()
            .flatten()
            .max_by_key(|observation| observation.seen.len())
            .into_iter()
            .flat_map(|observation| &observation.seen)
        {
            *counts.entry(seen.digest).or_default() += 1;
        }
        counts
    };
    let common = |one: HashMap<u32, usize>, other: HashMap<u32, usize>| {
        one.iter().map(|(digest, count)| (*count).min(other.get(digest).copied().unwrap_or(0))).sum::<usize>()
    };
    common(count(&one.inward), count(&other.inward)) + common(count(&one.outward), count(&other.outward))
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
