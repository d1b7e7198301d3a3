//! Scores verdicts against a relay's record of the faults that it injected.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use crate::core::document::exchange::{Flow, Score, WrongVerdict};
use crate::core::document::message::Message;
use crate::core::document::outcome::Outcome;
use crate::core::document::path::SegmentName;
use crate::core::evidence::ground_truth::RelayedDatagram;
use crate::core::protocol::relay::Direction;

/// How many mistakes are listed.
const MAX_MISTAKES: usize = 1_000;

/// What a relay did to the copies of one message and of its reply.
#[derive(Clone, Copy, Debug, Default)]
struct InjectedFault {
    came: [u64; 2],
    lost: [u64; 2],
    /// A corrupted text may contain another number, and be taken for another message.
    corrupted: bool,
}

impl InjectedFault {
    /// Lost on the way out and yet answered: another message with a flipped bit took its number.
    fn is_replaced(self) -> bool {
        self.came[0] == self.lost[0] && self.came[1] > 0
    }

    /// The segment on which the relay lost every copy.
    fn truth(self) -> Option<SegmentName> {
        let all_lost = |way: usize| self.came[way] > 0 && self.came[way] == self.lost[way];
        match (all_lost(0), all_lost(1)) {
            (true, _) => Some(SegmentName::NetworkForward),
            (_, true) => Some(SegmentName::NetworkReturn),
            _ => None,
        }
    }
}

/// Holds a flow's messages against a relay's record; `None` where the record does not know the flow's client.
pub fn score(flow: &Flow, record: &[RelayedDatagram]) -> Option<Score> {
    let client = client_of(flow, record)?;
    let mut done: BTreeMap<u64, InjectedFault> = BTreeMap::new();
    for datagram in record.iter().filter(|datagram| datagram.client == client) {
        let Some(number) = datagram.n else { continue };
        let done = done.entry(number).or_default();
        let way = match datagram.heading {
            Direction::Forward => 0,
            Direction::Return => 1,
        };
        done.came[way] += 1;
        done.lost[way] += u64::from(datagram.fate.lost.is_some());
        done.corrupted |= datagram.fate.corrupted;
    }
    let mut score = Score::default();
    for message in &flow.messages {
        let is_itself = |done: &&InjectedFault| !done.corrupted && !done.is_replaced() && !message.altered;
        if let Some(done) = done.get(&message.n).filter(is_itself) {
            score.add(message, done.truth());
        }
    }
    Some(score)
}

/// The client under the address at which the relay met it; behind a NAT, the record's only one.
fn client_of(flow: &Flow, record: &[RelayedDatagram]) -> Option<SocketAddr> {
    let known = |addr: SocketAddr| record.iter().any(|datagram| datagram.client == addr);
    if let Some(client) = flow.client.filter(|client| known(*client)) {
        return Some(client);
    }
    let first = record.first()?.client;
    record.iter().all(|datagram| datagram.client == first).then_some(first)
}

impl Score {
    fn add(&mut self, message: &Message, truth: Option<SegmentName>) {
        self.judged += 1;
        let network = [SegmentName::NetworkForward, SegmentName::NetworkReturn];
        let lost = message.outcome == Outcome::Lost;
        let (right, exact) = match truth {
            _ if message.outcome == Outcome::Inconclusive => {
                self.undecided += 1;
                return;
            }
            Some(segment) => (lost && message.blame.contains(&segment), message.blame == [segment]),
            // The relay forwarded it, so the loss is not this network's alone.
            None => (!lost || message.blame.iter().any(|segment| !network.contains(segment)), !lost),
        };
        self.right += u64::from(right);
        self.exact += u64::from(right && exact);
        self.wrong += u64::from(!right);
        if !right && self.mistakes.len() < MAX_MISTAKES {
            let (outcome, blame) = (message.outcome, message.blame.clone());
            self.mistakes.push(WrongVerdict { n: message.n, truth, outcome, blame });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::document::message::Basis;
    use crate::core::protocol::impairment::{LossCause, RelayAction};
    use crate::core::time::Wall;

    fn message(n: u64, outcome: Outcome, blame: &[SegmentName]) -> Message {
        Message {
            n,
            outcome,
            basis: Some(Basis::Journal),
            after: None,
            before: None,
            blame: blame.to_vec(),
            reason: None,
            duplicates: 0,
            altered: false,
            reply: None,
            rtt_ns: None,
            times: BTreeMap::new(),
            evidence: Vec::new(),
        }
    }

    #[test]
    fn a_reused_number_is_not_scored() {
        let client: SocketAddr = ([192, 168, 1, 10], 40_001).into();
        let datagram = |heading, n, fate| RelayedDatagram { w: Wall(0), client, heading, n: Some(n), fate };
        let lost = RelayAction { lost: Some(LossCause::Random), ..RelayAction::default() };
        let corrupted = RelayAction { corrupted: true, copies: 1, ..RelayAction::default() };
        let passed = RelayAction { copies: 1, ..RelayAction::default() };
        let record = [
            datagram(Direction::Forward, 3, lost),
            datagram(Direction::Forward, 13, corrupted), // it goes on as another 3
            datagram(Direction::Return, 3, passed),
            datagram(Direction::Forward, 4, lost),
        ];
        let lost = |n| message(n, Outcome::Lost, &[SegmentName::NetworkForward]);
        let messages = vec![message(3, Outcome::Late, &[]), lost(4), lost(13)];
        let flow = Flow { client: Some(client), messages, ..Flow::default() };
        let score = score(&flow, &record).expect("its client");
        assert_eq!((score.judged, score.exact, score.wrong), (1, 1, 0), "{score:?}");
    }

    #[test]
    fn score_tells_exact_from_wide_from_wrong_blame() {
        use SegmentName::{NetworkForward, NetworkReturn, ServerApp};
        let mut score = Score::default();
        score.add(&message(1, Outcome::Lost, &[NetworkForward]), Some(NetworkForward));
        score.add(&message(2, Outcome::Lost, &[NetworkForward, ServerApp]), Some(NetworkForward));
        score.add(&message(3, Outcome::Lost, &[ServerApp]), Some(NetworkForward));
        score.add(&message(4, Outcome::Delivered, &[]), Some(NetworkReturn));
        score.add(&message(5, Outcome::Lost, &[NetworkReturn]), None);
        score.add(&message(6, Outcome::Lost, &[ServerApp]), None);
        score.add(&message(7, Outcome::Delivered, &[]), None);
        score.add(&message(8, Outcome::Inconclusive, &[]), Some(NetworkReturn));
        assert_eq!((score.judged, score.right, score.exact, score.undecided, score.wrong), (8, 4, 2, 1, 3));
        assert_eq!(score.mistakes.iter().map(|mistake| mistake.n).collect::<Vec<_>>(), [3, 4, 5]);
    }
}
