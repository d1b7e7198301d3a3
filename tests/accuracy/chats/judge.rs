//! Compares a document with the truth: what it claims must hold, and whole files must show where every copy died.

use medidor::core::document::chat::{ChatDocument, ChatMessage, DatagramResult};
use medidor::core::document::outcome::Outcome;
use medidor::core::document::path::{PointName, SegmentName};
use medidor::core::document::warning::WarningCode;
use medidor::core::protocol::chat::wire::is_for_the_server;
use medidor::core::time::SECOND;

use super::play::{Datagram, Message};
use super::world::World;

/// What is wrong with a document, and how much it says.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    pub falsehoods: Vec<String>,
    pub is_refused: bool,
    /// Dead copies of chats with whole files, and how many of them have exactly their place.
    pub of_whole: u64,
    pub placed: u64,
    /// Those without.
    pub unplaced: Vec<String>,
    /// Datagrams of the document, and how many of them are said to be delivered or lost.
    pub datagrams: u64,
    pub certain: u64,
}

pub fn judge(world: &World, messages: &[Message], document: Option<&ChatDocument>) -> Judgement {
    let mut judgement = Judgement { is_refused: document.is_none(), ..Judgement::default() };
    let Some(document) = document else {
        if world.is_whole() {
            judgement.falsehoods.push("not recognized as a chat".into());
        }
        return judgement;
    };
    let mut case = Case { world, messages, document, falsehoods: Vec::new() };
    case.check();
    judgement.falsehoods = std::mem::take(&mut case.falsehoods);
    for totals in document.totals.iter().flat_map(|totals| [&totals.inward, &totals.outward]) {
        judgement.datagrams += totals.datagrams;
    }
    for message in &document.messages {
        let inward =
            message.inward.iter().filter(|result| matches!(result.outcome, Outcome::Delivered | Outcome::Lost));
        let copies = message.copies.iter().map(|copies| copies.delivered + copies.lost);
        judgement.certain += inward.count() as u64 + copies.sum::<u64>();
    }
    if world.is_whole() {
        let lost = case.placed();
        (judgement.of_whole, judgement.placed) =
            (lost.len() as u64, lost.iter().filter(|(_, placed)| *placed).count() as u64);
        judgement.unplaced = lost.into_iter().filter(|(_, placed)| !placed).map(|(copy, _)| copy).collect();
    }
    judgement
}

struct Case<'a> {
    world: &'a World,
    messages: &'a [Message],
    document: &'a ChatDocument,
    falsehoods: Vec<String>,
}

impl Case<'_> {
    /// The world's members that a member of the document may be.
    fn members(&self, id: u32) -> Vec<usize> {
        let Some(said) = self.document.members.iter().find(|member| member.id == id) else { return Vec::new() };
        let is_it = |index: &usize| {
            let member = &self.world.members[*index];
            let is_near = said.own_address.is_none_or(|address| address == member.near);
            is_near && [Some(member.far), Some(member.near)].contains(&said.address)
        };
        (0..self.world.members.len()).filter(is_it).collect()
    }

    fn check(&mut self) {
        let (document, world) = (self.document, self.world);
        if document.members.len() > world.members.len() {
            self.falsehoods.push(format!("{} members instead of {}", document.members.len(), world.members.len()));
        }
        for member in &document.members {
            if self.members(member.id).is_empty() {
                self.falsehoods.push(format!("there is no member {member:?}"));
            }
        }
        let is_said = |message: &&Message| !is_for_the_server(&message.inward.text);
        let said = self.messages.iter().filter(is_said).count() as u64;
        if document.message_count > said || world.is_whole() && document.message_count < said {
            self.falsehoods.push(format!("{} said instead of {said}", document.message_count));
        }
        for warning in &document.envelope.warnings {
            if warning.code == WarningCode::SameHost || world.is_whole() && warning.code == WarningCode::Contradiction {
                self.falsehoods.push(format!("{warning:?}"));
            }
        }
        for message in &document.messages {
            self.check_message(message);
        }
    }

    /// The message of the world that one of the document is.
    fn truth_of(&self, message: &ChatMessage) -> Vec<&Message> {
        let members = self.members(message.from.unwrap_or(0));
        let is_it =
            |truth: &&Message| members.contains(&truth.from) && Some(&truth.inward.text) == message.text.as_ref();
        let mut found: Vec<&Message> = self.messages.iter().filter(is_it).collect();
        if found.len() > 1 {
            let times = message.inward.as_ref().map(|inward| &inward.times);
            let is_seen = |truth: &&Message| {
                let clock = &self.world.hosts[self.world.members[truth.from].host].clock;
                let sent =
                    [(PointName::MemberSent, truth.inward.sent), (PointName::MemberWireOut, truth.inward.wire())];
                let at = |point| times.and_then(|times| times.get(&point)).copied();
                let came = truth.inward.came.iter().map(|came| self.world.server.clock.wall(*came).0);
                sent.into_iter().any(|(point, time)| at(point) == Some(clock.wall(time).0))
                    || at(PointName::MemberSent).or(at(PointName::MemberWireOut)).is_none()
                        && came.into_iter().any(|came| at(PointName::ServerWireIn) == Some(came))
            };
            found.retain(is_seen);
        }
        found
    }

    fn check_message(&mut self, message: &ChatMessage) {
        let (Some(_), Some(inward)) = (message.from, &message.inward) else { return };
        let found = self.truth_of(message);
        let [truth] = found[..] else {
            if found.is_empty() && self.messages.iter().all(|truth| Some(&truth.inward.text) != message.text.as_ref()) {
                self.falsehoods.push(format!("never said: {message:?}"));
            }
            return;
        };
        let mut falsehoods = Vec::new();
        let has_journal = self.world.server.gives_journal;
        if let Some(why) = contradiction(inward, &truth.inward, has_journal, SegmentName::CHAT_INWARD) {
            falsehoods.push(format!("{:?} from {}: {why}", message.text, truth.from));
        }
        // Of equal texts that cannot be told apart, it is not certain either which copies are whose.
        let is_like = |other: &&ChatMessage| other.text == message.text;
        let is_ambiguous = |other: &ChatMessage| other.inward.as_ref().is_some_and(|inward| inward.ambiguous_copy);
        let are_certain = !self.document.messages.iter().filter(is_like).any(is_ambiguous);
        if let Some(copies) = message.copies.as_ref().filter(|_| are_certain) {
            let has_come = |(to, copy): &&(usize, Datagram)| {
                copy.reached() == 3 && self.world.hosts[self.world.members[*to].host].gives_journal
                    || copy.reached() >= 2
            };
            let came = truth.copies.iter().filter(has_come).count() as u64;
            let total = truth.copies.len() as u64;
            if copies.delivered > came || copies.lost > total - came || copies.to - copies.inconclusive > total {
                let (to, delivered, lost) = (copies.to, copies.delivered, copies.lost);
                falsehoods
                    .push(format!("copies of {:?}: {to}, {delivered}, {lost}; true {total}, {came}", message.text));
            }
            for copy in copies.failed.iter().filter(|copy| copy.delivery.outcome == Outcome::Lost) {
                let members = self.members(copy.to);
                let dead = truth.copies.iter().filter(|(to, _)| members.contains(to));
                let mut whys: Vec<Option<String>> = dead
                    .map(|(_, truth)| contradiction(&copy.delivery, truth, true, SegmentName::CHAT_OUTWARD))
                    .collect();
                whys.sort();
                if let Some(why) = whys.into_iter().next().unwrap_or_else(|| Some("no such copy".into())) {
                    falsehoods.push(format!("copy of {:?} to {members:?}: {why}", message.text));
                }
            }
        }
        self.falsehoods.extend(falsehoods);
    }

    /// The copies that died, and whether the document says exactly where.
    fn placed(&self) -> Vec<(String, bool)> {
        let mut dead = Vec::new();
        // A foreign capture shows nothing of what happens inside a host.
        let alive = if self.world.is_foreign { 2 } else { 3 };
        let is_placed = |results: &[&DatagramResult], truth: &Datagram, names: [SegmentName; 3]| {
            results.iter().any(|result| result.outcome == Outcome::Lost && result.blame == [names[truth.reached()]])
        };
        for truth in self.messages {
            let is_it = |message: &&ChatMessage| self.truth_of(message).iter().any(|found| std::ptr::eq(*found, truth));
            let found: Vec<&ChatMessage> = self.document.messages.iter().filter(is_it).collect();
            if truth.inward.reached() < alive {
                let results: Vec<_> = found.iter().filter_map(|message| message.inward.as_ref()).collect();
                let is_placed = is_placed(&results, &truth.inward, SegmentName::CHAT_INWARD);
                dead.push((truth.inward.text.clone(), is_placed));
            }
            // Of a text that was passed on twice at once, nothing may show which of the two died.
            let is_single = |to: usize| truth.copies.iter().filter(|(other, _)| *other == to).count() == 1;
            // Nothing shows how long the capture of a member that left went on.
            let is_last = |to: usize, copy: &Datagram| {
                self.world.is_foreign && copy.sent > self.world.members[to].leaves.saturating_sub(8 * SECOND)
            };
            let is_dead = |copy: &Datagram| copy.reached() < alive;
            let is_shown = |(to, copy): &&(usize, Datagram)| is_dead(copy) && is_single(*to) && !is_last(*to, copy);
            let dead_copies = truth.copies.iter().filter(is_shown);
            for (to, copy) in dead_copies {
                let time = self.world.server.clock.wall(if self.world.is_foreign { copy.wire() } else { copy.sent }).0;
                let failed = self.document.messages.iter().filter_map(|message| message.copies.as_ref());
                let results: Vec<_> = failed
                    .flat_map(|copies| &copies.failed)
                    .filter(|failed| self.members(failed.to).contains(to))
                    .map(|failed| &failed.delivery)
                    .filter(|result| result.times.values().any(|at| *at == time))
                    .collect();
                dead.push((format!("{} to {to}", copy.text), is_placed(&results, copy, SegmentName::CHAT_OUTWARD)));
            }
        }
        dead
    }
}

/// What is wrong with a result.
fn contradiction(
    said: &DatagramResult,
    truth: &Datagram,
    has_journal: bool,
    names: [SegmentName; 3],
) -> Option<String> {
    let reached = truth.reached();
    match said.outcome {
        Outcome::Delivered if reached < if has_journal { 3 } else { 2 } => {
            Some(format!("delivered, but reached {reached}"))
        }
        Outcome::Lost if reached == 3 => Some("lost, but it was read".into()),
        Outcome::Lost if !said.blame.contains(&names[reached]) => {
            Some(format!("{:?}, but {:?}", said.blame, names[reached]))
        }
        _ => None,
    }
}
