//! Judges a UDP chat: one leg from each member to the server, and one from the server to every other member.

mod common_clock;
mod datagrams;
mod members;
mod messages;
mod speakers;
mod text_matching;

use self::datagrams::{INWARD, OUTWARD};
pub use self::members::ChatHostRef;
use self::members::{MemberEvidence, match_members};
use self::messages::MessageTable;
use self::text_matching::{Aligned, Link, within};
use crate::core::document::chat::{ChatMessage, DatagramResult, DirectionTotals, Member, Totals};
use crate::core::document::identification::Identification;
use crate::core::document::warning::Warning;
use crate::core::evidence::chat_host::MemberTraffic;
use crate::core::identify::clock_offset::Offset;

/// What a chat over UDP comes to.
#[derive(Default)]
pub struct UdpResult {
    /// Who took part.
    pub members: Vec<Member>,
    /// What was said.
    pub messages: Vec<ChatMessage>,
    /// Both directions of all.
    pub totals: Totals,
    /// Which of the server's members each member's own files may be of.
    pub identification: Option<Identification>,
    /// What a reader must know of that.
    pub warnings: Vec<Warning>,
}

/// Works a chat out.
pub fn findings(server: Option<ChatHostRef<'_>>, homes: &[ChatHostRef<'_>]) -> UdpResult {
    let mut findings = UdpResult::default();
    let matched = match_members(server, homes);
    (findings.identification, findings.warnings) = (matched.identification, matched.warnings);
    let matched = matched.members;
    let mut book = MessageTable::new(server);
    let mut copies: Vec<(&MemberEvidence<'_>, Aligned, Vec<DatagramResult>, Link)> = Vec::with_capacity(matched.len());
    for evidence in &matched {
        let (inward, outward) = (evidence.inward(None), evidence.outward(None));
        let offset = evidence.offset(&inward, &outward);
        // What bears only its text is told apart by time, once the clocks are known.
        let link = if evidence.same_host { Some((0, 0)) } else { within(offset) };
        let (inward, outward) = (evidence.inward(link), evidence.outward(link.map(|(low, high)| (-high, -low))));
        let back = match offset {
            Offset::Within { low_ns, high_ns } => {
                Offset::Within { low_ns: high_ns.saturating_neg(), high_ns: low_ns.saturating_neg() }
            }
            other => other,
        };
        let mut member = evidence.member();
        let (way, results) = evidence.judge(&inward, offset, &INWARD);
        for (item, result) in inward.items.iter().zip(results) {
            book.add_text(evidence.id, item, result, link);
        }
        member.inward = Some(with_unsent(way, evidence.at_home));
        let (way, results) = evidence.judge(&outward, back, &OUTWARD);
        member.outward = Some(with_unsent(way, evidence.at_server));
        copies.push((evidence, outward, results, link));
        findings.members.push(member);
    }
    // Whose copy one is shows when all that was said is known.
    for (evidence, outward, results, link) in copies {
        for (item, result) in outward.items.iter().zip(results) {
            book.add_copy(evidence.id, item, result, link);
        }
        for (n, time, why) in evidence.at_server.into_iter().flat_map(|(talk, _)| &talk.unsent) {
            book.unsent(evidence.id, *n, *time, why);
        }
    }
    for member in &findings.members {
        add(&mut findings.totals.inward, member.inward.as_ref());
        add(&mut findings.totals.outward, member.outward.as_ref());
    }
    findings.messages = book.finish();
    findings
}

/// Counts what an application could not send.
fn with_unsent(mut way: DirectionTotals, sender: Option<(&MemberTraffic, Option<&str>)>) -> DirectionTotals {
    way.not_sent = sender.map_or(0, |(talk, _)| talk.unsent.len() as u64);
    way.datagrams += way.not_sent;
    way
}

fn add(total: &mut DirectionTotals, part: Option<&DirectionTotals>) {
    let Some(part) = part else { return };
    total.datagrams += part.datagrams;
    total.delivered += part.delivered;
    total.lost += part.lost;
    total.not_sent += part.not_sent;
    total.unobserved += part.unobserved;
    total.inconclusive += part.inconclusive;
    total.duplicates += part.duplicates;
    total.blame.add_all(&part.blame);
    total.points.add(&part.points);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::SocketAddr;

    use super::*;
    use crate::core::document::outcome::Outcome;
    use crate::core::document::path::{PointName, SegmentName};
    use crate::core::document::warning::WarningCode;
    use crate::core::evidence::capture_log::digest;
    use crate::core::evidence::chat_host::{ChatHost, DirectionObservations, TextSighting};
    use crate::core::evidence::coverage::Coverage;
    use crate::core::time::{SECOND, Wall};

    const MS: i64 = 1_000_000;

    /// What a witness saw, awake for a minute: (milliseconds, text).
    #[expect(clippy::unnecessary_wraps, reason = "a place has a lane, or none")]
    fn observation(seen: &[(i64, &str)]) -> Option<DirectionObservations> {
        let seen = seen.iter().map(|(ms, text)| TextSighting {
            time: Wall(ms * MS),
            frame: None,
            packet_id: None,
            digest: digest(text.as_bytes()),
            n: None,
            text: Some((*text).to_owned()),
            dropped: None,
        });
        let coverage = Coverage { from: Wall(-1_000 * MS), to: Wall(60_000 * MS), ..Coverage::default() };
        Some(DirectionObservations { seen: seen.collect(), coverage })
    }

    const MEMBER: &str = "192.168.1.10:40001";

    fn account(
        server: bool,
        inward: [Option<DirectionObservations>; 2],
        outward: [Option<DirectionObservations>; 2],
    ) -> ChatHost {
        let member: SocketAddr = MEMBER.parse().unwrap();
        let talk = MemberTraffic { member: Some(member), inward, outward, ..MemberTraffic::default() };
        let at = if server { "192.168.2.20:12345" } else { "203.0.113.2:12345" };
        ChatHost {
            talks: BTreeMap::from([(member, talk)]),
            server: Some(at.parse().unwrap()),
            resolution_ns: 1,
            ..ChatHost::default()
        }
    }

    fn of(server: Option<&ChatHost>, home: Option<&ChatHost>) -> UdpResult {
        let party = |account| ChatHostRef { account, file: None };
        let homes: Vec<ChatHostRef<'_>> = home.map(party).into_iter().collect();
        findings(server.map(party), &homes)
    }

    /// A conversation that both captures and both journals saw, but for what is left out of the server's side.
    fn both(sent: &[(i64, &str)], arrivals: &[(i64, &str)]) -> (ChatHost, ChatHost) {
        let back = [(500, "a"), (1_500, "b"), (30_000, "c")];
        let late: Vec<(i64, &str)> = back.iter().map(|(ms, text)| (ms + 10, *text)).collect();
        let home = account(false, [observation(sent), observation(sent)], [observation(&late), observation(&late)]);
        let server =
            account(true, [observation(arrivals), observation(arrivals)], [observation(&back), observation(&back)]);
        (home, server)
    }

    #[test]
    fn a_text_that_did_not_come_was_lost_in_the_network() {
        let sent = [(0, "one"), (1_000, "two"), (2_000, "three"), (20_000, "four")];
        let arrivals = [(10, "one"), (1_010, "two"), (20_010, "four")];
        let (home, server) = both(&sent, &arrivals);
        let found = of(Some(&server), Some(&home));
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered, inward.lost), (4, 3, 1), "{inward:#?}");
        assert_eq!((inward.blame.get(SegmentName::NetworkIn), inward.blame.total()), (Some(1), 1));
        let alone = of(None, Some(&home));
        let inward = alone.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.unobserved, inward.lost), (4, 0), "its own files do not know");
        let alone = of(Some(&server), None);
        let inward = alone.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered), (3, 3), "what never came nobody there can know of");
    }

    #[test]
    fn likes_are_told_apart_by_their_times() {
        let sent = [(0, "ok"), (1_000, "two"), (2_000, "ok"), (3_500, "ok"), (20_000, "four")];
        let arrivals = [(10, "ok"), (1_010, "two"), (3_510, "ok"), (20_010, "four")];
        let (home, server) = both(&sent, &arrivals);
        let found = of(Some(&server), Some(&home));
        let results = found.messages.iter().filter_map(|message| message.inward.as_ref());
        let lost: Vec<bool> = results.map(|result| result.outcome == Outcome::Lost).collect();
        assert_eq!(lost, [false, false, true, false, false]);
    }

    #[test]
    fn of_two_likes_one_may_be_lost_and_the_other_doubled() {
        let sent = [(0, "one"), (1_000, "ok"), (1_030, "ok"), (20_000, "four")];
        for (second, third) in [(1_040, 1_040), (1_010, 1_011), (1_025, 1_055)] {
            let arrivals = [(10, "one"), (second, "ok"), (third, "ok"), (20_010, "four")];
            let (home, server) = both(&sent, &arrivals);
            let found = of(Some(&server), Some(&home));
            let inward = found.members[0].inward.as_ref().unwrap();
            let counts = (inward.delivered, inward.lost, inward.inconclusive);
            assert!(counts == (2, 0, 2) || counts == (3, 1, 0), "{second} {third}: {counts:?}");
        }
    }

    #[test]
    fn files_that_may_be_of_either_of_two_members_are_left_out() {
        let sent = [(0, "one"), (1_000, "two"), (20_000, "three")];
        let (home, mut server) = both(&sent, &sent.map(|(ms, text)| (ms + 10, text)));
        let other: SocketAddr = "203.0.113.1:9".parse().unwrap();
        let [(_, talk)] = server.talks.iter().collect::<Vec<_>>()[..] else { panic!() };
        let talk = MemberTraffic { member: Some(other), ..talk.clone() };
        server.talks.insert(other, talk);
        let found = of(Some(&server), Some(&home));
        assert_eq!(found.members.len(), 2);
        assert_eq!((found.totals.inward.datagrams, found.totals.inward.lost), (6, 0));
        assert_eq!(found.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), [WarningCode::MemberTie]);
        let candidates = found.identification.unwrap().candidates;
        let listed: Vec<_> = candidates.iter().map(|candidate| (candidate.client_flow, candidate.flow)).collect();
        assert_eq!(listed, [(3, Some(1)), (3, Some(2))]);
    }

    #[test]
    fn a_member_that_the_server_never_heard_is_one_of_its_own() {
        let (_, server) = both(&[], &[(0, "one"), (1_000, "two")]);
        let home = account(false, [None, observation(&[(0, "never"), (900, "came")])], [None, observation(&[])]);
        let found = of(Some(&server), Some(&home));
        assert_eq!(found.members.len(), 2);
        assert_eq!((found.totals.inward.unobserved, found.totals.inward.lost), (2, 0));
        assert_eq!(found.warnings.iter().map(|warning| warning.code).collect::<Vec<_>>(), [WarningCode::MemberMissing]);
    }

    #[test]
    fn a_second_copy_is_a_duplicate() {
        let sent = [(0, "one"), (1_000, "two"), (20_000, "three")];
        let arrivals = [(10, "one"), (1_010, "two"), (1_011, "two"), (20_010, "three")];
        let (home, server) = both(&sent, &arrivals);
        let found = of(Some(&server), Some(&home));
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered, inward.duplicates), (3, 3, 1));
        assert_eq!(inward.points.get(PointName::ServerReceived), Some(4));
    }

    #[test]
    fn a_copy_belongs_to_what_was_said_just_before() {
        let ana: SocketAddr = MEMBER.parse().unwrap();
        let ze: SocketAddr = "192.168.1.10:40002".parse().unwrap();
        let mut server = account(true, [None, observation(&[(0, "oi")])], [None, observation(&[])]);
        let copy = format!("{ana} disse: oi");
        let talk = MemberTraffic {
            member: Some(ze),
            inward: [None, observation(&[(-500, "Novo participante no chat.")])],
            outward: [None, observation(&[(1, &copy)])],
            ..MemberTraffic::default()
        };
        server.talks.insert(ze, talk);
        let found = of(Some(&server), None);
        let sent = found.messages.iter().find(|message| message.text.as_deref() == Some("oi")).unwrap();
        assert_eq!(
            sent.copies.as_ref().map(|copies| (copies.to, copies.unobserved)),
            Some((1, 1)),
            "{found:#?}",
            found = found.messages
        );
    }

    /// A lane of a capture of which nothing says when it was awake.
    fn guessed(seen: &[(i64, &str)]) -> Option<DirectionObservations> {
        let observation = observation(seen)?;
        let coverage = Coverage::assumed(observation.seen.iter().map(|seen| seen.time));
        Some(DirectionObservations { coverage, ..observation })
    }

    /// A chat of which the member's capture begins late, and a text is lost after that. Seconds.
    fn late(sent: &[(i64, &'static str)], lost: i64, begins: i64) -> UdpResult {
        let at = |seconds: i64, ms: i64| seconds * 1_000 + ms;
        let shown = |seconds: &i64| *seconds >= begins;
        let home: Vec<_> = sent.iter().filter(|(s, _)| shown(s)).map(|(s, text)| (at(*s, 0), *text)).collect();
        let arrivals: Vec<_> = sent.iter().filter(|(s, _)| *s != lost).map(|(s, text)| (at(*s, 10), *text)).collect();
        let replies = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let back: Vec<(i64, &str)> = sent.iter().zip(replies).map(|((s, _), text)| (at(*s, 1_000), text)).collect();
        let replies_seen: Vec<_> =
            back.iter().filter(|(ms, _)| shown(&(ms / 1_000))).map(|(ms, text)| (ms + 10, *text)).collect();
        let home = account(false, [None, guessed(&home)], [None, guessed(&replies_seen)]);
        let server = account(true, [None, guessed(&arrivals)], [None, guessed(&back)]);
        of(Some(&server), Some(&home))
    }

    #[test]
    fn equal_texts_do_not_match_by_order_if_a_capture_began_late() {
        let sent =
            [(0, "hi"), (5, "ok"), (20, "two"), (25, "ok"), (40, "three"), (45, "ok"), (50, "four"), (55, "bye")];
        let found = late(&sent, 45, 18);
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered, inward.lost), (8, 7, 1), "{inward:#?}");
        let lost: Vec<i64> = found
            .messages
            .iter()
            .filter(|message| message.inward.as_ref().is_some_and(|result| result.outcome == Outcome::Lost))
            .map(|message| message.time_ns / SECOND)
            .collect();
        assert_eq!(lost, [45]);
    }

    #[test]
    fn equal_texts_close_in_time_stay_ambiguous_after_a_late_start() {
        let sent = [(0, "hi"), (5, "ok"), (6, "two"), (7, "ok"), (8, "three"), (9, "ok"), (50, "four"), (55, "bye")];
        let found = late(&sent, 7, 6);
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.delivered, inward.lost, inward.inconclusive), (5, 0, 2), "{inward:#?}");
        for result in found.messages.iter().filter_map(|message| message.inward.as_ref()) {
            let at = |point: PointName| result.times.get(&point);
            assert!(
                at(PointName::MemberWireOut)
                    .zip(at(PointName::ServerWireIn))
                    .is_none_or(|(left, arrivals)| left <= arrivals)
            );
        }
    }

    #[test]
    fn a_text_that_each_end_saw_once_may_be_two() {
        let sent =
            [(0, "hi"), (5, "ok"), (20, "two"), (25, "three"), (40, "ok"), (45, "four"), (50, "five"), (55, "bye")];
        let found = late(&sent, 40, 18);
        let inward = found.members[0].inward.as_ref().unwrap();
        assert_eq!((inward.datagrams, inward.delivered, inward.lost), (8, 7, 1), "{inward:#?}");
    }

    /// The same lane of a witness that was awake up to so many milliseconds.
    fn until(ms: i64, lane: Option<DirectionObservations>) -> Option<DirectionObservations> {
        let mut lane = lane?;
        lane.coverage.to = Wall(ms * MS);
        Some(lane)
    }

    fn outcomes(found: &UdpResult) -> Vec<(i64, Outcome, Vec<SegmentName>)> {
        let inward = found.messages.iter().filter_map(|message| Some((message.time_ns / MS, message.inward.as_ref()?)));
        inward.map(|(ms, result)| (ms, result.outcome, result.blame.clone())).collect()
    }

    #[test]
    fn a_text_after_a_capture_ended_is_not_a_copy_of_one_before() {
        let sent = [(0, "one"), (1_000, "ok"), (4_000, "ok"), (20_000, "four")];
        let arrivals = sent.map(|(ms, text)| (ms + 10, text));
        let (mut home, server) = both(&sent, &arrivals);
        let traffic = home.talks.values_mut().next().unwrap();
        traffic.inward[1] = until(2_000, observation(&sent[..2]));
        let delivered = outcomes(&of(Some(&server), Some(&home)));
        assert!(delivered.iter().all(|(_, outcome, _)| *outcome == Outcome::Delivered), "{delivered:?}");
        assert_eq!(delivered.len(), 4);
    }

    #[test]
    fn equal_counts_of_a_witness_that_ended_early_prove_nothing() {
        let sent = [(0, "one"), (1_000, "ok"), (10_000, "ok"), (20_000, "four")];
        let read = [(10, "one"), (10_010, "ok"), (20_010, "four")];
        let (home, mut server) = both(&sent, &read);
        let traffic = server.talks.values_mut().next().unwrap();
        traffic.inward[1] = until(5_000, observation(&[(10, "one"), (1_010, "ok")]));
        let found = outcomes(&of(Some(&server), Some(&home)));
        assert_eq!(found[1], (1_000, Outcome::Lost, vec![SegmentName::ServerHostIn]), "{found:?}");
        assert_eq!(found[2].1, Outcome::Delivered, "{found:?}");
    }

    #[test]
    fn a_text_that_only_the_later_witness_was_awake_for_is_another() {
        let read = [(10, "one"), (1_010, "ok"), (30_010, "ok"), (40_010, "four")];
        let (_, mut server) = both(&[], &read);
        let traffic = server.talks.values_mut().next().unwrap();
        traffic.inward[1] = until(5_000, observation(&read[..2]));
        assert_eq!(outcomes(&of(Some(&server), None)).len(), 4);
    }

    /// What a member's own files show: what it said and what came, in milliseconds.
    fn own(member: &str, said: &[(i64, &str)], came: &[(i64, &str)]) -> ChatHost {
        let mut host = account(false, [None, observation(said)], [None, observation(came)]);
        let (_, traffic) = host.talks.pop_first().unwrap();
        let member: SocketAddr = member.parse().unwrap();
        host.talks.insert(member, MemberTraffic { member: Some(member), ..traffic });
        host
    }

    fn without_server(homes: [&ChatHost; 2]) -> UdpResult {
        findings(None, &homes.map(|account| ChatHostRef { account, file: None }))
    }

    #[test]
    fn without_a_server_equal_words_of_somebody_else_are_no_copies() {
        for around in ["", "caio: "] {
            let (later, soon) = (format!("{around}ok"), format!("{around}sim"));
            let ana =
                own(MEMBER, &[], &[(20, "b1"), (5_020, "b2"), (40_000, &later), (50_000, &soon), (50_900, &soon)]);
            let bia = own("192.168.1.11:7", &[(0, "b1"), (5_000, "b2"), (10_000, "ok"), (49_000, "sim")], &[]);
            let found = without_server([&ana, &bia]);
            let copies = |text: &str| {
                let said = found
                    .messages
                    .iter()
                    .find(|message| message.from.is_some() && message.text.as_deref() == Some(text));
                said.and_then(|message| message.copies.as_ref()).map_or(0, |copies| copies.delivered)
            };
            assert_eq!([copies("b1"), copies("b2"), copies("ok"), copies("sim")], [1, 1, 0, 0], "{around}");
        }
    }

    #[test]
    fn a_relayed_text_at_clocks_an_hour_apart_counts_once() {
        let hour = 3_600_000;
        let ana = own(MEMBER, &[(0, "a1")], &[(8_000, "caio: c1")]);
        let bia = own("192.168.1.11:7", &[], &[(hour + 10, "ana: a1"), (hour + 8_010, "caio: c1")]);
        for found in [without_server([&ana, &bia]), without_server([&own(MEMBER, &[], &[(8_000, "caio: c1")]), &bia])] {
            let relayed = found.messages.iter().filter(|message| message.text.as_deref() == Some("caio: c1"));
            let copies: Vec<u64> = relayed.map(|message| message.copies.as_ref().unwrap().to).collect();
            assert_eq!(copies, [2]);
        }
    }
}
