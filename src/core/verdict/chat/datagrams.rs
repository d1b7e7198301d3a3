//! A chat over UDP in the ledger's terms: one leg from each member to the server, one from the server to each member. What
//! one says is one leg in, and as many out as there are others.
//!
//! Texts have no numbers. At each place, the first text of a kind is taken for the first of its kind everywhere, the
//! second for the second. Where one place shows fewer than another, it is certain how many are missing, and not which:
//! those are `alike`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::SocketAddr;

use super::document::{Copies, Copy, Fate, Frame, Kind, Member, Message, Outcome, Totals, Way};
use crate::core::evidence::chat::is_for_the_server;
use crate::core::evidence::leg::{Place, Point, Route, Segment};
use crate::core::evidence::track::{Sight, Track};
use crate::core::evidence::utterance::{Account, Lane, Seen, Talk, parts};
use crate::core::time::{SECOND, Wall};
use crate::core::verdict::clock::{self, Bound, Offset};
use crate::core::verdict::ledger::{Host, Journey, Ledger};

/// Where a datagram is seen on its way to the server.
const INWARD: [&str; 4] = ["member_sent", "member_wire_out", "server_wire_in", "server_received"];

/// Where it is seen on its way from the server.
const OUTWARD: [&str; 4] = ["server_sent", "server_wire_out", "member_wire_in", "member_received"];

/// A copy that nothing but its text joins to a message followed it within so long.
const SOON_NS: i64 = 5 * SECOND;

/// One host's account, and its capture's name.
#[derive(Clone, Copy)]
pub struct Party<'a> {
    /// What it says.
    pub account: &'a Account,
    /// The name of its capture.
    pub file: Option<&'a str>,
}

/// What a chat over UDP comes to.
#[derive(Default)]
pub struct Findings {
    /// Who took part.
    pub members: Vec<Member>,
    /// What was said.
    pub messages: Vec<Message>,
    /// Both directions of all.
    pub totals: Totals,
}

/// One member's evidence of both hosts.
struct Case<'a> {
    id: u32,
    at_server: Option<(&'a Talk, Option<&'a str>)>,
    at_home: Option<(&'a Talk, Option<&'a str>)>,
    same_host: bool,
    resolution_ns: i64,
    moved_ns: i64,
}

/// A datagram of one direction.
struct Item {
    digest: u32,
    n: Option<u64>,
    text: Option<String>,
    time: Wall,
    dropped: Option<String>,
    alike: bool,
}

/// One direction, put in order.
struct Aligned {
    tracks: [Option<Track>; 4],
    items: Vec<Item>,
}

/// Works a chat out.
pub fn findings(server: Option<Party<'_>>, homes: &[Party<'_>]) -> Findings {
    let mut findings = Findings::default();
    let cases = cases(server, homes);
    let mut book = Book::new(server);
    for case in &cases {
        let (inward, outward) = (case.inward(), case.outward());
        let offset = case.offset(&inward, &outward);
        let back = match offset {
            Offset::Within { low_ns, high_ns } => {
                Offset::Within { low_ns: high_ns.saturating_neg(), high_ns: low_ns.saturating_neg() }
            }
            other => other,
        };
        let mut member = case.member();
        let (way, fates) = case.judge(&inward, offset, INWARD);
        for (item, fate) in inward.items.iter().zip(fates) {
            book.said(case.id, item, fate);
        }
        member.inward = Some(with_unsent(way, case.at_home));
        let (way, fates) = case.judge(&outward, back, OUTWARD);
        for (item, fate) in outward.items.iter().zip(fates) {
            book.copied(case.id, item, fate);
        }
        member.outward = Some(with_unsent(way, case.at_server));
        for (n, time, why) in case.at_server.into_iter().flat_map(|(talk, _)| &talk.unsent) {
            book.unsent(case.id, *n, *time, why);
        }
        findings.members.push(member);
    }
    for member in &findings.members {
        add(&mut findings.totals.inward, member.inward.as_ref());
        add(&mut findings.totals.outward, member.outward.as_ref());
    }
    findings.messages = book.finish();
    findings
}

/// Counts what an application could not send.
fn with_unsent(mut way: Way, sender: Option<(&Talk, Option<&str>)>) -> Way {
    way.not_sent = sender.map_or(0, |(talk, _)| talk.unsent.len() as u64);
    way.datagrams += way.not_sent;
    way
}

fn add(total: &mut Way, part: Option<&Way>) {
    let Some(part) = part else { return };
    total.datagrams += part.datagrams;
    total.delivered += part.delivered;
    total.lost += part.lost;
    total.not_sent += part.not_sent;
    total.left += part.left;
    total.inconclusive += part.inconclusive;
    total.duplicates += part.duplicates;
    for (segment, count) in &part.blame {
        *total.blame.entry(segment).or_default() += count;
    }
    for (point, count) in &part.points {
        let known = total.points.entry(point).or_insert(Some(0));
        // What is not known of one is not known of all.
        *known = known.zip(*count).map(|(sum, count)| sum + count);
    }
}

/// Who took part, with the evidence of both hosts.
fn cases<'a>(server: Option<Party<'a>>, homes: &[Party<'a>]) -> Vec<Case<'a>> {
    let mut cases: Vec<Case<'a>> = Vec::new();
    if let Some(server) = server {
        for talk in server.account.talks.values() {
            cases.push(Case {
                id: 0,
                at_server: Some((talk, server.file)),
                at_home: None,
                same_host: stays_inside(talk.member, server.account.server),
                resolution_ns: server.account.resolution_ns,
                moved_ns: server.account.clock_moved,
            });
        }
    }
    // Whoever has an account of its own speaks for itself; what another's capture on the same host shows of it as well is
    // no second member.
    let mut talks: Vec<(&Talk, Party<'_>)> =
        homes.iter().flat_map(|home| home.account.talks.values().map(|talk| (talk, *home))).collect();
    talks.sort_by_key(|(talk, _)| talk.inward[0].is_none());
    let mut told: HashSet<SocketAddr> = HashSet::new();
    for (talk, home) in talks {
        let is_new = talk.member.is_none_or(|member| told.insert(member));
        if !is_new && talk.inward[0].is_none() {
            continue;
        }
        let found = partner(talk, &cases);
        let index = found.unwrap_or_else(|| {
            cases.push(Case {
                id: 0,
                at_server: None,
                at_home: None,
                same_host: stays_inside(talk.member, home.account.server),
                resolution_ns: 1,
                moved_ns: 0,
            });
            cases.len() - 1
        });
        let case = &mut cases[index];
        case.at_home = Some((talk, home.file));
        case.resolution_ns = case.resolution_ns.max(home.account.resolution_ns);
        case.moved_ns = case.moved_ns.saturating_add(home.account.clock_moved);
    }
    let first = |talk: &Talk| {
        let lanes = talk.inward.iter().chain(&talk.outward).flatten();
        lanes.filter_map(|lane| lane.seen.first()).map(|seen| seen.time).min()
    };
    cases.sort_by_key(|case| case.at_server.or(case.at_home).and_then(|(talk, _)| first(talk)));
    // Somebody who was never heard took no part.
    cases.retain(|case| case.at_server.or(case.at_home).is_some_and(|(talk, _)| first(talk).is_some()));
    for (index, case) in cases.iter_mut().enumerate() {
        case.id = index as u32 + 1;
    }
    cases
}

/// Whether a member's datagrams never leave a host.
fn stays_inside(member: Option<SocketAddr>, server: Option<SocketAddr>) -> bool {
    let ip = |address: Option<SocketAddr>| address.map(|address| address.ip());
    ip(member).is_some_and(|ip| ip.is_loopback())
        || ip(member).is_some_and(|ip| !ip.is_unspecified()) && ip(member) == ip(server)
}

/// The server's member that a member's own files are about: the one of the same address, else the only one that shares
/// most of what was said. Addresses change on the way (NAT), texts do not.
fn partner(talk: &Talk, cases: &[Case<'_>]) -> Option<usize> {
    let free = |case: &Case<'_>| case.at_home.is_none();
    let same = |case: &Case<'_>| case.at_server.is_some_and(|(known, _)| known.member == talk.member);
    if let Some(index) = cases.iter().position(|case| free(case) && same(case)) {
        return Some(index);
    }
    let mut scores: Vec<(usize, usize)> = cases
        .iter()
        .enumerate()
        .filter(|(_, case)| free(case))
        .filter_map(|(index, case)| Some((shared(talk, case.at_server?.0), index)))
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
fn shared(one: &Talk, other: &Talk) -> usize {
    let count = |lanes: &[Option<Lane>; 2]| {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for seen in lanes.iter().flatten().max_by_key(|lane| lane.seen.len()).into_iter().flat_map(|lane| &lane.seen) {
            *counts.entry(seen.digest).or_default() += 1;
        }
        counts
    };
    let common = |one: HashMap<u32, usize>, other: HashMap<u32, usize>| {
        one.iter().map(|(digest, count)| (*count).min(other.get(digest).copied().unwrap_or(0))).sum::<usize>()
    };
    common(count(&one.inward), count(&other.inward)) + common(count(&one.outward), count(&other.outward))
}

impl Case<'_> {
    fn member(&self) -> Member {
        let server = self.at_server.map(|(talk, _)| talk);
        let home = self.at_home.map(|(talk, _)| talk);
        Member {
            id: self.id,
            address: server.or(home).and_then(|talk| talk.member),
            own_address: home.and_then(|talk| talk.member),
            nick: server.and_then(|talk| talk.nick.clone()),
            joined_ns: server.and_then(|talk| talk.joined).map(|time| time.0),
            left_ns: server.and_then(|talk| talk.left).map(|(time, _)| time.0),
            why: server.and_then(|talk| talk.left).map(|(_, why)| why),
            same_host: Some(self.same_host),
            inward: None,
            outward: None,
        }
    }

    fn inward(&self) -> Aligned {
        let (home, server) = (self.at_home.map(|(talk, _)| talk), self.at_server.map(|(talk, _)| talk));
        let lane = |talk: Option<&'_ Talk>, place: usize| talk.and_then(|talk| talk.inward[place].clone());
        Aligned::of([lane(home, 0), lane(home, 1), lane(server, 1), lane(server, 0)])
    }

    fn outward(&self) -> Aligned {
        let (home, server) = (self.at_home.map(|(talk, _)| talk), self.at_server.map(|(talk, _)| talk));
        let lane = |talk: Option<&'_ Talk>, place: usize| talk.and_then(|talk| talk.outward[place].clone());
        Aligned::of([lane(server, 0), lane(server, 1), lane(home, 1), lane(home, 0)])
    }

    /// How far the server's clock is from the member's.
    fn offset(&self, inward: &Aligned, outward: &Aligned) -> Offset {
        if self.same_host {
            return Offset::Unknown;
        }
        let forward: Vec<Bound> =
            inward.crossings().map(|(left, came)| Bound { at: left.0, difference: came.since(left) }).collect();
        let back: Vec<Bound> =
            outward.crossings().map(|(left, came)| Bound { at: came.0, difference: left.since(came) }).collect();
        clock::offset(&forward, &back, self.resolution_ns, self.moved_ns)
    }

    /// What became of each datagram of a direction.
    fn judge(&self, aligned: &Aligned, offset: Offset, names: [&'static str; 4]) -> (Way, Vec<Fate>) {
        let tracks: Vec<Option<&Track>> = aligned.tracks.iter().map(Option::as_ref).collect();
        let hosts: [Host; 4] = if self.same_host { [0; 4] } else { [0, 0, 1, 1] };
        let mut ledger = Ledger::new(Route::new(1, self.same_host), &tracks, &hosts, offset);
        let keys: Vec<u64> = (0..aligned.items.len() as u64).collect();
        for (key, item) in keys.iter().zip(&aligned.items) {
            if item.dropped.is_some() {
                ledger.claim_absent(*key, Place::new(0, Point::WireOut));
            }
        }
        ledger.cross_examine(&keys);
        let inward = names == INWARD;
        let mut way = Way { datagrams: keys.len() as u64, ..Way::default() };
        for (name, track) in names.iter().zip(&aligned.tracks) {
            let sights = track.as_ref().map(|track| track.sights().iter().map(|sight| u64::from(sight.copies)).sum());
            way.points.insert(name, sights);
        }
        let mut fates = Vec::with_capacity(keys.len());
        for (journey, item) in ledger.journeys(&keys).zip(&aligned.items) {
            let fate = self.fate(&ledger, &journey, item, names, inward, aligned);
            way.duplicates += u64::from(journey.surplus());
            match fate.outcome {
                Outcome::Delivered => way.delivered += 1,
                Outcome::Lost => way.lost += 1,
                Outcome::NotSent => way.not_sent += 1,
                Outcome::Left => way.left += 1,
                Outcome::Inconclusive => way.inconclusive += 1,
            }
            match fate.blame[..] {
                [] => {}
                [only] => *way.blame.entry(only).or_default() += 1,
                _ => *way.blame.entry("undetermined").or_default() += 1,
            }
            fates.push(fate);
        }
        (way, fates)
    }

    fn fate(
        &self,
        ledger: &Ledger<'_>,
        journey: &Journey<'_>,
        item: &Item,
        names: [&'static str; 4],
        inward: bool,
        aligned: &Aligned,
    ) -> Fate {
        let last = journey.last_seen().unwrap_or(0);
        let app_watches = aligned.tracks[3].is_some();
        let blame = ledger.blame(journey, None);
        let watched_beyond = (last + 1..4).any(|place| ledger.is_watched(Place::at(place)));
        // Of a member without files of its own, its wire is the last that anybody sees.
        let outcome = match (last, &blame) {
            (3, _) => Outcome::Delivered,
            (2, _) if !app_watches && !self.same_host => Outcome::Delivered,
            (_, Some(_)) => Outcome::Lost,
            (_, None) if !watched_beyond || self.same_host && last >= 1 && !app_watches => Outcome::Left,
            (_, None) => Outcome::Inconclusive,
        };
        let blame = blame.filter(|_| outcome == Outcome::Lost).map(|blame| blame.segments).unwrap_or_default();
        let (home, server) = (self.at_home.and_then(|(_, file)| file), self.at_server.and_then(|(_, file)| file));
        let files = if inward { [None, home, server, None] } else { [None, server, home, None] };
        let mut evidence: Vec<Frame> = Vec::new();
        let mut times = BTreeMap::new();
        for (place, sight) in journey.seen().iter().take(4).enumerate() {
            let Some(sight) = sight else { continue };
            times.insert(names[place], sight.time.0);
            let other = if place == 1 { files[2] } else { files[1] };
            if let Some((file, frame)) = files[place].or(other.filter(|_| self.same_host)).zip(sight.frame) {
                let frame = Frame { file: file.to_owned(), frame: frame.get() };
                if !evidence.contains(&frame) {
                    evidence.push(frame);
                }
            }
        }
        Fate {
            outcome,
            blame: blame.into_iter().map(|segment| segment_name(segment, inward)).collect(),
            reason: item.dropped.clone(),
            alike: item.alike,
            times,
            evidence,
        }
    }
}

const fn segment_name(segment: Segment, inward: bool) -> &'static str {
    match (segment, inward) {
        (Segment::SenderHost(_), true) => "member_host_out",
        (Segment::Network(_), true) => "network_in",
        (Segment::ReceiverHost(_), true) => "server_host_in",
        (Segment::Application(_), _) => "server_app",
        (Segment::SenderHost(_), false) => "server_host_out",
        (Segment::Network(_), false) => "network_out",
        (Segment::ReceiverHost(_), false) => "member_host_in",
    }
}

impl Aligned {
    /// Puts what four witnesses saw of one direction side by side.
    fn of(lanes: [Option<Lane>; 4]) -> Self {
        let mut groups: HashMap<u32, [Vec<usize>; 4]> = HashMap::new();
        for (place, lane) in lanes.iter().enumerate() {
            for (index, seen) in lane.iter().flat_map(|lane| &lane.seen).enumerate() {
                groups.entry(seen.digest).or_default()[place].push(index);
            }
        }
        let seen = |place: usize, index: usize| lanes[place].as_ref().map(|lane| &lane.seen[index]);
        // Each group's texts, as the first place on the way shows them.
        let mut items: Vec<(Item, usize)> = Vec::new();
        for (digest, places) in &groups {
            let Some(first) = places.iter().position(|shown| !shown.is_empty()) else { continue };
            let count = places[first].len();
            let fewer = |place: usize| lanes[place].is_some() && places[place].len() != count;
            let alike = count > 1 && (first..4).any(fewer);
            for (rank, index) in places[first].iter().enumerate() {
                let Some(shown) = seen(first, *index) else { continue };
                let everywhere = || (0..4).filter_map(|place| seen(place, *places[place].get(rank)?));
                let item = Item {
                    digest: *digest,
                    n: everywhere().find_map(|seen| seen.n),
                    text: everywhere().find_map(|seen| seen.text.clone()),
                    time: shown.time,
                    dropped: shown.dropped.clone(),
                    alike,
                };
                items.push((item, rank));
            }
        }
        items.sort_by_key(|(item, rank)| (item.time, item.digest, *rank));
        let mut keys: HashMap<u32, Vec<u64>> = HashMap::new();
        for (key, (item, _)) in items.iter().enumerate() {
            keys.entry(item.digest).or_default().push(key as u64);
        }
        let track = |lane: Lane| {
            let mut ranks: HashMap<u32, usize> = HashMap::new();
            let sights = lane.seen.iter().filter_map(|Seen { time, frame, digest, .. }| {
                let rank = ranks.entry(*digest).or_default();
                let known = keys.get(digest)?;
                // What is shown more often than it was said are copies of the last.
                let key = *known.get(*rank).or(known.last())?;
                *rank += 1;
                Some(Sight { key, time: *time, frame: *frame, digest: Some(*digest), copies: 1 })
            });
            Track::new(sights.collect(), lane.coverage)
        };
        Self { tracks: lanes.map(|lane| lane.map(track)), items: items.into_iter().map(|(item, _)| item).collect() }
    }

    /// For each text that is certain to be the same at both ends: when it left the one, and came to the other.
    fn crossings(&self) -> impl Iterator<Item = (Wall, Wall)> {
        let at = |place: usize, key: u64| {
            let sight = self.tracks[place].as_ref()?.get(key)?;
            (sight.copies == 1).then_some(sight.time)
        };
        self.items.iter().enumerate().filter(|(_, item)| !item.alike).filter_map(move |(key, _)| {
            let key = key as u64;
            Some((at(1, key).or(at(0, key))?, at(2, key).or(at(3, key))?))
        })
    }
}

/// What was said, as it comes together.
struct Book<'a> {
    server: Option<Party<'a>>,
    /// By the server's number.
    numbered: BTreeMap<u64, Message>,
    /// What bears none.
    others: Vec<Message>,
    /// The latter by text.
    by_text: HashMap<String, Vec<usize>>,
    /// Notices without a number, by text.
    notices: HashMap<String, Vec<usize>>,
}

impl<'a> Book<'a> {
    fn new(server: Option<Party<'a>>) -> Self {
        let mut numbered = BTreeMap::new();
        for (n, (peer, time, text)) in server.iter().flat_map(|server| &server.account.said) {
            let kind = match peer {
                0 => Kind::Notice,
                _ if is_for_the_server(text) => Kind::Control,
                _ => Kind::Message,
            };
            let withheld = server.is_some_and(|server| server.account.withheld.contains(n));
            numbered.insert(*n, message(Some(*n), None, kind, *time, Some(text.clone()), withheld));
        }
        Self { server, numbered, others: Vec::new(), by_text: HashMap::new(), notices: HashMap::new() }
    }

    /// A member said something.
    fn said(&mut self, member: u32, item: &Item, fate: Fate) {
        if let Some(known) = item.n.and_then(|n| self.numbered.get_mut(&n)) {
            known.from = Some(member);
            known.time_ns = known.time_ns.min(item.time.0);
            known.inward = Some(fate);
            return;
        }
        let text = item.text.clone();
        let kind = if text.as_deref().is_some_and(is_for_the_server) { Kind::Control } else { Kind::Message };
        let mut said = message(None, Some(member), kind, item.time, text.clone(), false);
        // Where the server's journal is there, what it does not tell of had no copies.
        if self.server.is_none_or(|server| server.account.said.is_empty()) {
            said.copies = Some(Copies::default()).filter(|_| kind == Kind::Message);
        }
        said.inward = Some(fate);
        self.others.push(said);
        self.by_text.entry(text.unwrap_or_default()).or_default().push(self.others.len() - 1);
    }

    /// The server sent something to a member.
    fn copied(&mut self, member: u32, item: &Item, fate: Fate) {
        if let Some(known) = item.n.and_then(|n| self.numbered.get_mut(&n)) {
            count(known.copies.get_or_insert_default(), member, fate);
            return;
        }
        let text = item.text.clone().unwrap_or_default();
        let soon = |message: &Message| (0..SOON_NS).contains(&item.time.0.saturating_sub(message.time_ns));
        let (of, kind) = match parts(&text) {
            Some((_, said)) => (self.by_text.get(said), Kind::Message),
            None => (None, Kind::Notice),
        };
        let said = of.into_iter().flatten().rev().find(|index| {
            let message = &self.others[**index];
            message.from != Some(member) && soon(message)
        });
        let same = || self.notices.get(&text).into_iter().flatten().rev().find(|index| soon(&self.others[**index]));
        let index = said.or_else(same).copied().unwrap_or_else(|| {
            self.others.push(message(None, None, kind, item.time, item.text.clone(), false));
            self.notices.entry(text.clone()).or_default().push(self.others.len() - 1);
            self.others.len() - 1
        });
        count(self.others[index].copies.get_or_insert_default(), member, fate);
    }

    /// The server could not send something to a member.
    fn unsent(&mut self, member: u32, n: u64, time: Wall, why: &str) {
        if let Some(known) = self.numbered.get_mut(&n) {
            let fate = Fate {
                outcome: Outcome::NotSent,
                blame: Vec::new(),
                reason: Some(why.to_owned()),
                alike: false,
                times: BTreeMap::from([("server_sent", time.0)]),
                evidence: Vec::new(),
            };
            count(known.copies.get_or_insert_default(), member, fate);
        }
    }

    /// All of it, in order.
    fn finish(self) -> Vec<Message> {
        let mut all: Vec<Message> = self.numbered.into_values().chain(self.others).collect();
        all.sort_by_key(|message| (message.time_ns, message.n));
        all
    }
}

fn count(copies: &mut Copies, member: u32, fate: Fate) {
    copies.to += 1;
    match fate.outcome {
        Outcome::Delivered => copies.delivered += 1,
        Outcome::Lost => copies.lost += 1,
        Outcome::NotSent => copies.not_sent += 1,
        Outcome::Left => copies.left += 1,
        Outcome::Inconclusive => copies.inconclusive += 1,
    }
    if !matches!(fate.outcome, Outcome::Delivered | Outcome::Left) {
        copies.failed.push(Copy { to: member, fate });
    }
}

fn message(n: Option<u64>, from: Option<u32>, kind: Kind, time: Wall, text: Option<String>, withheld: bool) -> Message {
    Message { n, from, kind, time_ns: time.0, text, inward: None, evidence: Vec::new(), copies: None, withheld }
}
