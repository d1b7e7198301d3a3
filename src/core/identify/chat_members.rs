//! Which of a chat server's members is the one that a host's own files are about.
//!
//! Members of different homes may have the same private address, and texts have no numbers. So the two ends are compared by
//! their texts: what one end received, the other end has sent, if it was awake then. A public address, the server's token, the
//! packet IDs and the intervals prove a pair; a private address neither proves nor refutes one.

use std::collections::HashMap;
use std::num::NonZeroU32;

use super::assignment;
use super::candidates::{self, ClientMatch};
use super::pair_evidence::{PairEvidence, is_globally_routable};
use super::pattern::{self, PacketIds, Passage};
use super::same_host::HostView;
use crate::core::document::identification::{IdentificationBasis, Refutation};
use crate::core::evidence::chat_host::{ChatHost, DirectionObservations, MemberTraffic, TextSighting};
use crate::core::protocol::chat::wire::is_challenge;
use crate::core::time::{SECOND, Wall};

/// A witness was awake when a text was due if it was so this long before and after: clocks and delays are known roughly.
const AWAKE_MARGIN_NS: i64 = SECOND;

/// Texts that both ends show once, at times farther apart than this from what is usual between them, are not one text.
const ONE_TEXT_NS: i64 = 5 * SECOND;

/// Stamps of one text by one clock, in order but for this.
const ONE_CLOCK_NS: i64 = 10_000_000;

/// Stamps that two captures of one host give one text are no farther apart.
const ONE_HOST_NS: i64 = 50_000_000;

/// Stamps of hosts whose clocks are right differ by no more than this and the delay of the network.
const CLOCKS_AGREE_NS: i64 = SECOND;

/// So many texts do not agree in time by accident.
const MANY: usize = 8;

/// Minimum of texts that agree on a clock offset.
const MIN_AGREEING: usize = 3;

/// Above this number of pairs none is examined.
const MAX_PAIRS: usize = 1 << 20;

/// One host's view of one member.
#[derive(Clone, Copy)]
pub struct MemberView<'a> {
    /// The host's files.
    pub host: &'a ChatHost,
    /// What they show of the member.
    pub traffic: &'a MemberTraffic,
}

/// Matches members' own files with the server's members.
pub fn identify(homes: &[MemberView<'_>], servers: &[MemberView<'_>]) -> Vec<ClientMatch> {
    if homes.len().saturating_mul(servers.len()) > MAX_PAIRS {
        let unknown = ClientMatch { may_be_missing: true, ..ClientMatch::default() };
        return vec![ClientMatch { candidates: (0..servers.len()).collect(), ..unknown }; homes.len()];
    }
    let summaries: Vec<MemberTexts<'_>> = servers.iter().map(|view| MemberTexts::new(*view)).collect();
    let compare = |home: &MemberView<'_>| {
        let home = MemberTexts::new(*home);
        let evidence = summaries.iter().map(|server| TextComparison::new(&home, server).evidence());
        ClientMatch { evidence: evidence.collect(), ..ClientMatch::default() }
    };
    let mut matches: Vec<ClientMatch> = homes.iter().map(compare).collect();
    let never = |_: assignment::Pair, _: assignment::Pair| false;
    candidates::settle(&mut matches, |own| own.len() <= 1, never);
    matches
}

/// Whether two captures of one host show the same member, so that the second tells nothing new.
pub fn is_same_view(one: MemberView<'_>, other: MemberView<'_>) -> bool {
    let boots = one.host.boot_id.as_ref().zip(other.host.boot_id.as_ref());
    if one.traffic.member != other.traffic.member || boots.is_some_and(|(one, other)| one != other) {
        return false;
    }
    let (one, other) = (MemberTexts::new(one), MemberTexts::new(other));
    let near = |(one, other): (&TextSightings<'_>, &TextSightings<'_>)| {
        one.time().zip(other.time()).is_some_and(|(one, other)| one.since(other).abs() <= ONE_HOST_NS)
    };
    let pairs = shared(&one.inward, &other.inward).chain(shared(&one.outward, &other.outward));
    let fewest = one.len().min(other.len());
    fewest == 0 || pairs.filter(|(_, one, other)| near((one, other))).count() * 2 > fewest
}

/// Where a host saw one text of one direction.
#[derive(Default)]
struct TextSightings<'a> {
    /// The first time at the application and on the wire.
    first: [Option<&'a TextSighting>; 2],
    /// How often.
    count: [usize; 2],
}

impl TextSightings<'_> {
    fn time(&self) -> Option<Wall> {
        self.first[1].or(self.first[0]).map(|seen| seen.time)
    }

    fn is_single(&self) -> bool {
        self.count.iter().all(|count| *count <= 1)
    }

    fn is_challenge(&self) -> bool {
        self.first.iter().flatten().any(|seen| seen.text.as_deref().is_some_and(is_challenge))
    }
}

/// By digest.
type Texts<'a> = HashMap<u32, TextSightings<'a>>;

fn texts(direction: &[Option<DirectionObservations>; 2]) -> Texts<'_> {
    let mut texts = Texts::new();
    for (place, observations) in direction.iter().enumerate() {
        for seen in observations.iter().flat_map(|observations| &observations.seen) {
            let sightings = texts.entry(seen.digest).or_default();
            sightings.first[place].get_or_insert(seen);
            sightings.count[place] += 1;
        }
    }
    texts
}

/// The texts that two hosts have in common.
fn shared<'a, 'b>(
    one: &'b Texts<'a>,
    other: &'b Texts<'a>,
) -> impl Iterator<Item = (u32, &'b TextSightings<'a>, &'b TextSightings<'a>)> {
    one.iter().filter_map(|(digest, sightings)| Some((*digest, sightings, other.get(digest)?)))
}

/// What a host saw of a member, by text.
struct MemberTexts<'a> {
    view: MemberView<'a>,
    inward: Texts<'a>,
    outward: Texts<'a>,
}

impl<'a> MemberTexts<'a> {
    fn new(view: MemberView<'a>) -> Self {
        Self { view, inward: texts(&view.traffic.inward), outward: texts(&view.traffic.outward) }
    }

    fn len(&self) -> usize {
        self.inward.len() + self.outward.len()
    }

    fn is_within_host(&self) -> bool {
        HostView { client: self.view.traffic.member, server: self.view.host.server, run: None }.is_within_host()
    }
}

/// A member's own files beside one member of the server's.
struct TextComparison<'a> {
    home: &'a MemberTexts<'a>,
    server: &'a MemberTexts<'a>,
    /// Texts that both show.
    shared: usize,
    /// Those whose stamps agree with clocks that are both right.
    in_time: usize,
    /// The server's token for the member reached it.
    challenge_shared: bool,
    /// Texts that each end shows once, to the server and from it.
    passages: [Vec<Passage>; 2],
    /// Passages before those that do not fit the others were left out.
    single: usize,
}

impl<'a> TextComparison<'a> {
    fn new(home: &'a MemberTexts<'a>, server: &'a MemberTexts<'a>) -> Self {
        let hosts = [home.view.host, server.view.host];
        let wide = hosts.iter().map(|host| host.clock_moved.saturating_add(host.resolution_ns));
        let agreement_ns = wide.fold(CLOCKS_AGREE_NS, i64::saturating_add);
        let challenge_shared = shared(&home.outward, &server.outward).any(|(_, home, _)| home.is_challenge());
        let mut comparison = Self {
            home,
            server,
            shared: 0,
            in_time: 0,
            challenge_shared,
            passages: [Vec::new(), Vec::new()],
            single: 0,
        };
        for (direction, [from, to]) in
            [[&home.inward, &server.inward], [&server.outward, &home.outward]].into_iter().enumerate()
        {
            for (_, from, to) in shared(from, to) {
                let Some((left, came)) = from.time().zip(to.time()) else { continue };
                comparison.shared += 1;
                comparison.in_time += usize::from(came.since(left).saturating_abs() <= agreement_ns);
                if from.is_single() && to.is_single() {
                    let id = |seen: &TextSightings<'_>| seen.first[1]?.packet_id.map(NonZeroU32::get);
                    let packet_ids = id(from).zip(id(to)).map(|(from, to)| [from, to]);
                    comparison.passages[direction].push(Passage { key: 0, left: left.0, came: came.0, packet_ids });
                }
            }
        }
        comparison.single = comparison.passages.iter().map(Vec::len).sum();
        comparison.drop_outliers();
        comparison
    }

    /// Leaves out what is not one text at both ends, and puts the others in order.
    fn drop_outliers(&mut self) {
        let Some(usual) = self.offset() else { return };
        for (passages, ahead) in self.passages.iter_mut().zip([usual, usual.saturating_neg()]) {
            passages.retain(|way| way.came.saturating_sub(way.left).abs_diff(ahead) <= ONE_TEXT_NS as u64);
            passages.sort_unstable_by_key(|way| (way.left, way.came));
            for (key, way) in (0..).zip(passages) {
                way.key = key;
            }
        }
    }

    /// By how much the server's clock is ahead of the member's, roughly.
    fn offset(&self) -> Option<i64> {
        let [forward, back] = &self.passages;
        let mut all: Vec<i64> = forward.iter().map(|way| way.came.saturating_sub(way.left)).collect();
        all.extend(back.iter().map(|way| way.left.saturating_sub(way.came)));
        all.sort_unstable();
        all.get(all.len() / 2).copied()
    }

    /// The same where it does not rest on texts that were said twice, of which each end saw another: several agree, or one
    /// with clocks that are right.
    fn certain_offset(&self) -> Option<i64> {
        let offset = self.offset()?;
        let fits =
            |ahead: i64| move |way: &&Passage| way.came.saturating_sub(way.left).abs_diff(ahead) <= SECOND as u64;
        let [forward, back] = &self.passages;
        let agreeing =
            forward.iter().filter(fits(offset)).count() + back.iter().filter(fits(offset.saturating_neg())).count();
        let fewest = if offset.saturating_abs() <= CLOCKS_AGREE_NS { 1 } else { MIN_AGREEING };
        (agreeing >= fewest && agreeing * 2 > self.single).then_some(offset)
    }

    fn evidence(&self) -> PairEvidence {
        let refuted = self.refutation();
        let identified = if refuted.is_none() { self.identification() } else { None };
        let doubtful = refuted.is_none() && identified.is_none() && !self.clocks_agree();
        PairEvidence { refuted, identified, doubtful, scatter_ns: i64::MAX }
    }

    fn refutation(&self) -> Option<Refutation> {
        let facts = [
            (self.shared == 0 && self.was_awake_for_other_texts(), Refutation::NothingShared),
            (self.has_other_texts(), Refutation::OtherTexts),
            (self.is_one_clock() && self.is_at_another_time(), Refutation::OtherTime),
            (self.has_other_port(), Refutation::OtherPort),
        ];
        facts.into_iter().find(|(holds, _)| *holds).map(|(_, fact)| fact)
    }

    fn identification(&self) -> Option<IdentificationBasis> {
        let is = |ids| self.passages.iter().any(|way| pattern::packet_ids(way) == ids);
        if self.challenge_shared {
            Some(IdentificationBasis::Token)
        } else if is(PacketIds::Same) {
            Some(IdentificationBasis::IpId)
        } else if self.clocks_agree() && self.has_same_public_address() {
            Some(IdentificationBasis::Address)
        } else if self.clocks_agree() && self.passages.iter().any(|way| pattern::is_followed(way)) {
            Some(IdentificationBasis::Spacing)
        } else {
            None
        }
    }

    fn clocks_agree(&self) -> bool {
        self.in_time * 2 > self.shared || self.in_time >= MANY
    }

    /// Whether one end received what the other never sent, although it was awake when that was due.
    fn has_other_texts(&self) -> bool {
        let Some(offset) = self.certain_offset() else { return false };
        let (home, server) = (self.home, self.server);
        let is_unsent = |received: &Texts<'_>, sent: &Texts<'_>, sender: &[Option<DirectionObservations>; 2], ahead| {
            let unknown = received.iter().filter(|(digest, _)| !sent.contains_key(*digest));
            unknown.filter_map(|(_, text)| text.time()).any(|time| was_awake(sender, time.shifted(ahead)))
        };
        is_unsent(&server.inward, &home.inward, &home.view.traffic.inward, offset.saturating_neg())
            || is_unsent(&home.outward, &server.outward, &server.view.traffic.outward, offset)
    }

    /// Whether one end was awake when the other shows a text, if both clocks are right.
    fn was_awake_for_other_texts(&self) -> bool {
        let (home, server) = (self.home, self.server);
        let (home_traffic, server_traffic) = (home.view.traffic, server.view.traffic);
        let was = |texts: &Texts<'_>, direction| {
            texts.values().filter_map(TextSightings::time).any(|time| was_awake(direction, time))
        };
        was(&home.inward, &server_traffic.inward)
            || was(&home.outward, &server_traffic.outward)
            || was(&server.inward, &home_traffic.inward)
            || was(&server.outward, &home_traffic.outward)
    }

    /// Whether both ends' stamps are of one clock.
    fn is_one_clock(&self) -> bool {
        let boot = |side: &MemberTexts<'a>| side.view.host.boot_id.as_ref();
        let one_boot = boot(self.home).zip(boot(self.server)).is_some_and(|(home, server)| home == server);
        one_boot || self.home.is_within_host() && self.server.is_within_host()
    }

    /// Whether, by one clock, most texts came before they were sent.
    fn is_at_another_time(&self) -> bool {
        let is_early = |way: &&Passage| way.came < way.left.saturating_sub(ONE_CLOCK_NS);
        self.passages.iter().any(|way| way.iter().filter(is_early).count() * 2 > way.len())
    }

    /// Whether both are within one host, with one server, and have different ports.
    fn has_other_port(&self) -> bool {
        let (home, server) = (self.home, self.server);
        home.is_within_host()
            && server.is_within_host()
            && home.view.host.server == server.view.host.server
            && home.view.traffic.member != server.view.traffic.member
    }

    fn has_same_public_address(&self) -> bool {
        let address = self.home.view.traffic.member;
        address == self.server.view.traffic.member && address.is_some_and(|addr| is_globally_routable(addr.ip()))
    }
}

fn was_awake(direction: &[Option<DirectionObservations>; 2], at: Wall) -> bool {
    let (from, to) = (at.shifted(-AWAKE_MARGIN_NS), at.shifted(AWAKE_MARGIN_NS));
    direction.iter().flatten().any(|observations| observations.coverage.spans(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::capture_log::digest;
    use crate::core::evidence::coverage::Coverage;

    const PRIVATE: &str = "192.168.1.10:7001";
    const SERVER: &str = "203.0.113.2:12345";

    /// Texts with their milliseconds.
    type Said<'a> = &'a [(i64, &'a str)];

    fn direction(said: Said<'_>, coverage: Coverage) -> DirectionObservations {
        let sighting = |(ms, text): &(i64, &str)| TextSighting {
            time: at(*ms),
            frame: None,
            packet_id: None,
            digest: digest(text.as_bytes()),
            n: None,
            text: Some((*text).to_owned()),
            dropped: None,
        };
        DirectionObservations { seen: said.iter().map(sighting).collect(), coverage }
    }

    fn at(ms: i64) -> Wall {
        Wall(ms * 1_000_000)
    }

    /// One host's files, and the one member in them; the host was awake for a minute and a margin.
    fn files(member: &str, inward: Said<'_>, outward: Said<'_>) -> (ChatHost, MemberTraffic) {
        let coverage = Coverage { from: at(-5_000), to: at(65_000), ..Coverage::default() };
        awake(coverage, member, inward, outward)
    }

    fn awake(coverage: Coverage, member: &str, inward: Said<'_>, outward: Said<'_>) -> (ChatHost, MemberTraffic) {
        let host = ChatHost { server: Some(SERVER.parse().unwrap()), resolution_ns: 1, ..ChatHost::default() };
        let traffic = MemberTraffic {
            member: Some(member.parse().unwrap()),
            inward: [None, Some(direction(inward, coverage.clone()))],
            outward: [None, Some(direction(outward, coverage))],
            ..MemberTraffic::default()
        };
        (host, traffic)
    }

    fn view((host, traffic): &(ChatHost, MemberTraffic)) -> MemberView<'_> {
        MemberView { host, traffic }
    }

    fn matched(homes: &[&(ChatHost, MemberTraffic)], servers: &[&(ChatHost, MemberTraffic)]) -> Vec<ClientMatch> {
        let homes: Vec<MemberView<'_>> = homes.iter().map(|files| view(files)).collect();
        let servers: Vec<MemberView<'_>> = servers.iter().map(|files| view(files)).collect();
        identify(&homes, &servers)
    }

    fn own(found: &[ClientMatch]) -> Vec<&[usize]> {
        found.iter().map(|found| &found.own[..]).collect()
    }

    #[test]
    fn homes_with_one_private_address_are_told_apart_by_their_texts() {
        let ana = files(PRIVATE, &[(0, "hi"), (1_000, "a1"), (9_000, "bye")], &[(2_010, "bia: b1")]);
        let bia = files(PRIVATE, &[(0, "hi"), (2_000, "b1"), (9_000, "bye")], &[(1_010, "ana: a1")]);
        let bia_there = files(PRIVATE, &[(10, "hi"), (2_010, "b1"), (9_010, "bye")], &[(1_000, "ana: a1")]);
        let ana_there = files("203.0.113.1:7001", &[(10, "hi"), (1_010, "a1"), (9_010, "bye")], &[(2_000, "bia: b1")]);
        let servers = [&bia_there, &ana_there];
        assert_eq!(own(&matched(&[&ana, &bia], &servers)), [[1], [0]]);
        assert_eq!(own(&matched(&[&bia, &ana], &servers)), [[0], [1]]);
        let alone = matched(&[&ana], &servers);
        assert_eq!(own(&alone), [[1]]);
        assert_eq!(alone[0].evidence[0].refuted, Some(Refutation::OtherTexts));
        assert!(matched(&[&ana], &[&bia_there])[0].is_missing());
    }

    #[test]
    fn a_lost_text_refutes_nothing() {
        let home = files(PRIVATE, &[(0, "hi"), (1_000, "one"), (9_000, "bye")], &[(2_010, "reply")]);
        let server = files("203.0.113.1:9", &[(10, "hi"), (9_010, "bye")], &[(2_000, "reply"), (3_000, "lost")]);
        let found = matched(&[&home], &[&server]);
        assert_eq!((own(&found), found[0].basis), (vec![&[0][..]], Some(IdentificationBasis::OnlyCandidate)));
    }

    #[test]
    fn equal_texts_and_an_equal_private_address_do_not_decide() {
        let home = files(PRIVATE, &[(0, "hi"), (1_000, "ok")], &[]);
        let servers = [files(PRIVATE, &[(10, "hi"), (1_010, "ok")], &[]), files("203.0.113.1:9", &[(10, "hi")], &[])];
        let found = matched(&[&home], &[&servers[0], &servers[1]]);
        assert_eq!((own(&found), &found[0].candidates[..]), (vec![&[][..]], &[0, 1][..]));
    }

    #[test]
    fn a_public_address_decides_between_equal_texts() {
        let address = "8.8.4.4:7001";
        let home = files(address, &[(0, "hi"), (1_000, "ok")], &[]);
        let servers = [files("8.8.8.8:9", &[(10, "hi"), (1_010, "ok")], &[]), files(address, &[(10, "hi")], &[])];
        let found = matched(&[&home], &[&servers[0], &servers[1]]);
        assert_eq!((own(&found), found[0].basis), (vec![&[1][..]], Some(IdentificationBasis::Address)));
        assert_eq!(found[0].evidence[0].refuted, Some(Refutation::OtherProven));
    }

    /// Ten texts that a person typed, so many milliseconds late each; the second member's came at other times.
    const TYPED: [i64; 10] = [0, 1_370, 4_110, 5_020, 7_930, 9_100, 9_880, 12_940, 14_010, 16_700];
    const OTHERS: [i64; 10] = [0, 1_900, 3_700, 5_400, 7_500, 9_500, 10_300, 12_400, 14_500, 16_200];

    fn typed(member: &str, times: &[i64; 10], late: i64) -> (ChatHost, MemberTraffic) {
        let texts: Vec<String> = (0..10).map(|index| format!("text {index}")).collect();
        let said: Vec<(i64, &str)> = times.iter().zip(&texts).map(|(ms, text)| (ms + late, text.as_str())).collect();
        files(member, &said, &[])
    }

    #[test]
    fn intervals_that_a_person_typed_decide_between_equal_texts() {
        let home = typed(PRIVATE, &TYPED, 0);
        let servers = [typed(PRIVATE, &OTHERS, 10), typed("203.0.113.1:9", &TYPED, 10)];
        let found = matched(&[&home], &[&servers[0], &servers[1]]);
        assert_eq!((own(&found), found[0].basis), (vec![&[1][..]], Some(IdentificationBasis::Spacing)));
    }

    #[test]
    fn packet_ids_decide_between_members_who_spoke_at_once() {
        let with_ids = |member: &str, seed: u32| {
            let mut files = typed(member, &[0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000], 0);
            let seen = files.1.inward[1].iter_mut().flat_map(|direction| &mut direction.seen);
            for (index, sighting) in (1_u32..).zip(seen) {
                sighting.packet_id = NonZeroU32::new(index * index * seed % 60_000 + 1);
            }
            files
        };
        let home = with_ids(PRIVATE, 977);
        let servers = [with_ids(PRIVATE, 1_409), with_ids("203.0.113.1:9", 977)];
        let found = matched(&[&home], &[&servers[0], &servers[1]]);
        assert_eq!((own(&found), found[0].basis), (vec![&[1][..]], Some(IdentificationBasis::IpId)));
    }

    #[test]
    fn a_text_before_the_capture_began_refutes_nothing() {
        let late = Coverage::assumed([at(20_000), at(60_000)].into_iter());
        let sent = [(20_000, "three"), (40_000, "ok"), (50_000, "five"), (60_000, "bye")];
        let there = [(10, "one"), (5_010, "ok"), (20_010, "three"), (50_010, "five"), (60_010, "bye")];
        let server = files("203.0.113.1:9", &there, &[]);
        let home = awake(late, PRIVATE, &sent, &[]);
        assert_eq!(own(&matched(&[&home], &[&server])), [[0]]);
        let home = files(PRIVATE, &sent, &[]);
        assert_eq!(matched(&[&home], &[&server])[0].evidence[0].refuted, Some(Refutation::OtherTexts));
    }

    #[test]
    fn an_equal_text_of_another_time_refutes_nothing() {
        let early = Coverage { from: at(0), to: at(15_000), ..Coverage::default() };
        let late = Coverage { from: at(20_000), to: at(60_000), ..Coverage::default() };
        let home = awake(late, PRIVATE, &[(25_000, "ok"), (30_000, "three"), (40_000, "four")], &[]);
        let server = awake(early, "203.0.113.1:9", &[(5_000, "ok"), (10_000, "two"), (12_000, "one")], &[]);
        let found = matched(&[&home], &[&server]);
        assert_eq!((found[0].evidence[0].refuted, found[0].is_missing()), (None, false));
    }

    #[test]
    fn the_token_proves_a_pair_whose_clocks_are_an_hour_apart() {
        let hour = 3_600_000;
        let token = "/entrar 0123456789abcdef";
        let home = files(PRIVATE, &[(0, "hi")], &[(20, token)]);
        let server = files("203.0.113.1:9", &[(hour + 10, "hi")], &[(hour + 12, token)]);
        let found = matched(&[&home], &[&server]);
        assert_eq!((own(&found), found[0].basis), (vec![&[0][..]], Some(IdentificationBasis::Token)));

        let home = files(PRIVATE, &[(0, "hi")], &[(20, "welcome")]);
        let server = files("203.0.113.1:9", &[(hour + 10, "hi")], &[(hour + 12, "welcome")]);
        let found = matched(&[&home], &[&server]);
        assert!(found[0].own.is_empty() && found[0].may_be_missing, "it may be another hour's chat");
    }

    #[test]
    fn on_one_clock_no_text_comes_before_it_was_sent() {
        let boot = |(host, traffic): (ChatHost, MemberTraffic)| {
            (ChatHost { boot_id: Some("boot".to_owned()), ..host }, traffic)
        };
        let home = files(PRIVATE, &[(500, "hi"), (1_500, "ok")], &[]);
        let server = files("203.0.113.1:9", &[(10, "hi"), (1_010, "ok")], &[]);
        assert_eq!(own(&matched(&[&home], &[&server])), [[0]]);
        let found = matched(&[&boot(home)], &[&boot(server)]);
        assert_eq!(found[0].evidence[0].refuted, Some(Refutation::OtherTime));
    }

    #[test]
    fn within_one_host_the_port_tells() {
        let at_loopback = |port: u16| {
            let (host, traffic) = files(&format!("127.0.0.1:{port}"), &[(0, "hi")], &[]);
            (ChatHost { server: Some("127.0.0.1:12345".parse().unwrap()), ..host }, traffic)
        };
        let found = matched(&[&at_loopback(4001)], &[&at_loopback(4002), &at_loopback(4001)]);
        assert_eq!(own(&found), [[1]]);
        assert_eq!(found[0].evidence[0].refuted, Some(Refutation::OtherPort));
    }

    #[test]
    fn two_views_are_of_one_member_only_if_they_show_the_same() {
        let ana = files(PRIVATE, &[(0, "hi"), (1_000, "a1"), (9_000, "a2")], &[]);
        let again = files(PRIVATE, &[(1_000, "a1"), (9_001, "a2")], &[]);
        let bia = files(PRIVATE, &[(0, "hi"), (2_000, "b1"), (9_000, "b2")], &[]);
        assert!(is_same_view(view(&ana), view(&again)) && is_same_view(view(&again), view(&ana)));
        assert!(!is_same_view(view(&ana), view(&bia)));
        let later = files(PRIVATE, &[(3_000, "hi"), (4_000, "a1"), (12_000, "a2")], &[]);
        assert!(!is_same_view(view(&ana), view(&later)));
    }
}
