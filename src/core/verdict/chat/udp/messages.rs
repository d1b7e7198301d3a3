//! The messages of a UDP chat: a text on its way in, and its copies on their way out.

use std::collections::{BTreeMap, HashMap};

use super::common_clock::{self, Sample};
use super::members::ChatHostRef;
use super::speakers::Speakers;
use super::text_matching::{Link, MAX_LATE_NS, MatchedText, SOON_NS};
use crate::core::document::chat::{ChatMessage, Copies, Copy, DatagramResult, MessageKind};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::PointName;
use crate::core::protocol::chat::relayed_text::{self, speaker};
use crate::core::protocol::chat::wire::is_for_the_server;
use crate::core::time::Wall;

/// A copy is of the nearest text if the next one is so many times farther away in time.
const CLEARLY_NEARER: i64 = 3;

/// What was said, as it comes together.
pub(super) struct MessageTable<'a> {
    server: Option<ChatHostRef<'a>>,
    /// By the server's number.
    numbered: BTreeMap<u64, ChatMessage>,
    /// The server's numbers for copies of a datagram, and that of the message.
    repeated: HashMap<u64, u64>,
    /// Those without a number.
    others: Vec<ChatMessage>,
    /// The latter by their words.
    by_words: HashMap<String, Vec<Utterance>>,
    /// Notices without a number, by text.
    notices: HashMap<String, Vec<Notice>>,
    /// Copies without a number. Whose they are shows when all of them are known.
    copies: Vec<UnnumberedCopy>,
}

/// A text that a member said.
#[derive(Clone, Copy)]
struct Utterance {
    index: usize,
    member: u32,
    /// When it was seen first, by the clock there.
    time: Wall,
    /// When it came to the server, or left, by the clock that all are compared by, if that is known.
    at: Option<Wall>,
    /// Whether the server's files show it.
    at_server: bool,
    is_lost: bool,
    /// Which of several with the same text this was is not certain.
    is_doubtful: bool,
}

/// What the server sent to a member.
struct UnnumberedCopy {
    to: u32,
    text: String,
    /// When it was seen first, by the clock there.
    time: Wall,
    /// The same by the clock that all are compared by, if that is known.
    at: Option<Wall>,
    result: DatagramResult,
}

/// A text that nobody is known to have said.
struct Notice {
    index: usize,
    /// When its first copy was seen, by the clock that all are compared by.
    at: Option<Wall>,
    /// Who got them, and when by its own clock.
    to: Vec<(u32, Wall)>,
}

impl<'a> MessageTable<'a> {
    pub(super) fn new(server: Option<ChatHostRef<'a>>) -> Self {
        let mut numbered = BTreeMap::new();
        for (n, (peer, time, text)) in server.iter().flat_map(|server| &server.account.texts_by_number) {
            let kind = match peer {
                0 => MessageKind::Notice,
                _ if is_for_the_server(text) => MessageKind::Control,
                _ => MessageKind::Message,
            };
            let withheld = server.is_some_and(|server| server.account.withheld.contains(n));
            numbered.insert(*n, message(Some(*n), None, kind, *time, Some(text.clone()), withheld));
        }
        let (others, copies) = (Vec::new(), Vec::new());
        let (repeated, by_words, notices) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self { server, numbered, repeated, others, by_words, notices, copies }
    }

    /// A member said something. `link`: how far the server's clock is ahead of the member's.
    pub(super) fn add_text(&mut self, member: u32, item: &MatchedText, result: DatagramResult, link: Link) {
        let mut numbers = item.numbers.iter().copied().filter(|n| self.numbered.contains_key(n));
        let first = numbers.next();
        // The server took each copy of a datagram for a message of its own.
        let repeated: Vec<u64> = numbers.collect();
        for n in repeated {
            self.numbered.remove(&n);
            self.repeated.extend(first.map(|first| (n, first)));
        }
        if let Some(known) = first.and_then(|n| self.numbered.get_mut(&n)) {
            known.from = Some(member);
            known.time_ns = known.time_ns.min(item.time.0);
            known.inward = Some(result);
            return;
        }
        let text = item.text.clone();
        let kind =
            if text.as_deref().is_some_and(is_for_the_server) { MessageKind::Control } else { MessageKind::Message };
        let mut sent = message(None, Some(member), kind, item.time, text.clone(), false);
        // Where the server's journal is there, what it does not tell of had no copies.
        if self.server.is_none_or(|server| server.account.texts_by_number.is_empty()) {
            sent.copies = Some(Copies::default()).filter(|_| kind == MessageKind::Message);
        }
        let arrival = [PointName::ServerWireIn, PointName::ServerReceived].iter().find_map(|at| result.times.get(at));
        let utterance = Utterance {
            index: self.others.len(),
            member,
            time: arrival.map_or(item.time, |time| Wall(*time)),
            at: arrival.map_or_else(|| by_server_clock(item.time, link), |time| Some(Wall(*time))),
            at_server: arrival.is_some(),
            is_lost: result.outcome == Outcome::Lost && !result.ambiguous_copy,
            is_doubtful: result.ambiguous_copy,
        };
        for words in relayed_text::forms(text.as_deref().unwrap_or_default()) {
            self.by_words.entry(words).or_default().push(utterance);
        }
        sent.inward = Some(result);
        self.others.push(sent);
    }

    /// The server sent something to a member. `link`: how far the server's clock is ahead of the member's.
    pub(super) fn add_copy(&mut self, member: u32, item: &MatchedText, result: DatagramResult, link: Link) {
        if let Some(known) = item.numbers.first().and_then(|n| self.numbered_message(*n)) {
            count(known.copies.get_or_insert_default(), member, result);
            return;
        }
        let text = item.text.clone().unwrap_or_default();
        let at_server =
            [PointName::ServerSent, PointName::ServerWireOut].iter().any(|at| result.times.contains_key(at));
        let at = if at_server { Some(item.time) } else { by_server_clock(item.time, link) };
        self.copies.push(UnnumberedCopy { to: member, text, time: item.time, at, result });
    }

    fn numbered_message(&mut self, n: u64) -> Option<&mut ChatMessage> {
        self.numbered.get_mut(self.repeated.get(&n).unwrap_or(&n))
    }

    /// The texts of which a copy may be one, and how it is wrapped: of the longest words in it that a member said.
    fn originals(&self, copy: &UnnumberedCopy) -> (Vec<Utterance>, String) {
        let since = |said: &Utterance| copy.at.zip(said.at).map(|(copied, said)| copied.since(said));
        let is_near = |said: &Utterance| match since(said) {
            _ if said.member == copy.to && !said.at_server => {
                self.server.is_none() && (0..SOON_NS).contains(&copy.time.since(said.time))
            }
            Some(since) if said.at_server => (0..SOON_NS).contains(&since),
            Some(since) => (-MAX_LATE_NS..SOON_NS).contains(&since),
            None => true,
        };
        relayed_text::parts(&copy.text)
            .into_iter()
            .find_map(|(words, wrapping)| {
                let said = self.by_words.get(&words)?.iter().copied();
                let near: Vec<Utterance> = said.filter(|said| !said.is_lost && is_near(said)).collect();
                (!near.is_empty()).then_some((near, wrapping))
            })
            .unwrap_or_default()
    }

    /// Joins the copies without a number with what they are copies of.
    fn join_copies(&mut self) {
        let mut copies = std::mem::take(&mut self.copies);
        if self.server.is_none() {
            self.compare_clocks(&mut copies);
        }
        let originals: Vec<(Vec<Utterance>, String)> = copies.iter().map(|copy| self.originals(copy)).collect();
        // What is around a member's words tells it from others who say the same.
        let mut speakers = Speakers::default();
        for (copy, (said, wrapping)) in copies.iter().zip(&originals) {
            let mut members = said.iter().map(|said| said.member).filter(|member| *member != copy.to);
            if let Some(member) = members.next()
                && members.all(|other| other == member)
            {
                speakers.add(wrapping, member);
            }
        }
        let mut ordered = Vec::with_capacity(copies.len());
        // How many copies each member got of a text that the server is not known to have received.
        let mut counts: HashMap<(u32, usize), usize> = HashMap::new();
        for (copy, (said, wrapping)) in copies.iter().zip(&originals) {
            let speaker = speakers.of(wrapping);
            let rank = |said: &&Utterance| {
                let is_other = speaker.is_some_and(|speaker| speaker != said.member);
                let since = copy.at.zip(said.at).map_or(i64::MAX, |(copied, said)| copied.since(said).saturating_abs());
                (is_other, said.member == copy.to, since)
            };
            let is_other = |said: &&Utterance| speakers.is_other(wrapping, said.member);
            let mut said: Vec<&Utterance> = said.iter().filter(|said| !is_other(said)).collect();
            said.sort_by_key(rank);
            if let Some(first) = said.first() {
                *counts.entry((copy.to, first.index)).or_default() += 1;
            }
            ordered.push((said, speaker));
        }
        for (mut copy, (said, speaker)) in copies.into_iter().zip(ordered) {
            let is_single = said.first().is_none_or(|first| counts[&(copy.to, first.index)] == 1);
            if !self.is_certain(&copy, &said, speaker, is_single) {
                let DatagramResult { outcome, blame, ambiguous_copy, .. } = &mut copy.result;
                (*outcome, *ambiguous_copy) = (Outcome::Inconclusive, true);
                blame.clear();
            }
            let index = said.first().map_or_else(|| self.notice(&copy), |said| said.index);
            count(self.others[index].copies.get_or_insert_default(), copy.to, copy.result);
        }
    }

    /// Puts the times of all members on one clock, as far as texts that two of them saw show how theirs differ.
    fn compare_clocks(&mut self, copies: &mut [UnnumberedCopy]) {
        let mut by_text: BTreeMap<&str, Vec<&UnnumberedCopy>> = BTreeMap::new();
        for copy in &*copies {
            by_text.entry(&copy.text).or_default().push(copy);
        }
        let mut samples: Vec<Sample> = Vec::new();
        for (text, group) in by_text {
            // A text that one of them got twice may be two.
            let mut receivers: Vec<u32> = group.iter().map(|copy| copy.to).collect();
            receivers.sort_unstable();
            if receivers.windows(2).any(|pair| pair[0] == pair[1]) {
                continue;
            }
            let said = relayed_text::parts(text).into_iter().find_map(|(words, _)| self.by_words.get(&words));
            let origin = match said.map(Vec::as_slice) {
                Some([only]) if !receivers.contains(&only.member) => (only.member, only.time),
                Some(_) => continue,
                None => (group[0].to, group[0].time),
            };
            samples.extend(group.iter().map(|copy| ((origin.0, copy.to), copy.time.since(origin.1))));
        }
        let ahead = common_clock::ahead(&samples);
        let at = |member: u32, time: Wall| Some(time.shifted(ahead.get(&member)?.saturating_neg()));
        for said in self.by_words.values_mut().flatten() {
            said.at = at(said.member, said.time);
        }
        for copy in copies {
            copy.at = at(copy.to, copy.time);
        }
    }

    /// Whether it is certain that a copy is one of the first of these texts. `is_single`: the member got no other copy that may be
    /// of that.
    fn is_certain(&self, copy: &UnnumberedCopy, said: &[&Utterance], speaker: Option<u32>, is_single: bool) -> bool {
        let Some((first, others)) = said.split_first() else { return true };
        let is_rival =
            |other: &&&Utterance| speaker.is_none_or(|speaker| speaker == other.member) && other.member != copy.to;
        let mut rivals = others.iter().filter(is_rival).peekable();
        let is_known = |said: &Utterance| self.server.is_some() && said.at_server && !said.is_doubtful;
        let since = |said: &Utterance| copy.time.since(said.time).saturating_abs();
        // Somebody whose files are not there may have said the same.
        let is_own = speaker.map_or(first.member != copy.to, |speaker| speaker == first.member);
        if copy.at.is_none() || first.at.is_none() {
            return false;
        }
        if rivals.peek().is_none() {
            return is_known(first) || is_single && is_own;
        }
        is_known(first)
            && rivals.all(|other| is_known(other) && since(first).saturating_mul(CLEARLY_NEARER) < since(other))
    }

    /// What nobody is known to have said: the server's own words, or a text that no witness saw on its way to the server.
    fn notice(&mut self, copy: &UnnumberedCopy) -> usize {
        let is_it = |notice: &&mut Notice| {
            if let Some((copied, known)) = copy.at.zip(notice.at) {
                return copied.since(known).saturating_abs() < SOON_NS;
            }
            let own = notice.to.iter().rev().find(|(to, _)| *to == copy.to);
            own.is_none_or(|(_, time)| copy.time.since(*time).saturating_abs() < SOON_NS)
        };
        if let Some(known) = self.notices.get_mut(&copy.text).and_then(|known| known.iter_mut().rev().find(is_it)) {
            known.to.push((copy.to, copy.time));
            return known.index;
        }
        let kind = if speaker(&copy.text).is_some() { MessageKind::Message } else { MessageKind::Notice };
        self.others.push(message(None, None, kind, copy.time, Some(copy.text.clone()), false));
        let index = self.others.len() - 1;
        let notice = Notice { index, at: copy.at, to: vec![(copy.to, copy.time)] };
        self.notices.entry(copy.text.clone()).or_default().push(notice);
        index
    }

    /// The server could not send something to a member.
    pub(super) fn unsent(&mut self, member: u32, n: u64, time: Wall, why: &str) {
        if let Some(known) = self.numbered_message(n) {
            let result = DatagramResult {
                outcome: Outcome::NotSent,
                blame: Vec::new(),
                reason: Some(why.to_owned()),
                ambiguous_copy: false,
                times: BTreeMap::from([(PointName::ServerSent, time.0)]),
                evidence: Vec::new(),
            };
            count(known.copies.get_or_insert_default(), member, result);
        }
    }

    /// All of it, in order.
    pub(super) fn finish(mut self) -> Vec<ChatMessage> {
        self.join_copies();
        for message in &mut self.others {
            let is_passed_on = message.copies.as_ref().is_some_and(|copies| copies.to > 0);
            if !is_passed_on && message.text.as_deref().is_some_and(relayed_text::may_be_command) {
                (message.kind, message.copies) = (MessageKind::Control, None);
            }
        }
        let mut all: Vec<ChatMessage> = self.numbered.into_values().chain(self.others).collect();
        all.sort_by_key(|message| (message.time_ns, message.n));
        all
    }
}

/// A member's stamp by the server's clock.
fn by_server_clock(time: Wall, link: Link) -> Option<Wall> {
    link.map(|(low, high)| time.shifted(low.midpoint(high)))
}

fn count(copies: &mut Copies, member: u32, result: DatagramResult) {
    copies.to += 1;
    match result.outcome {
        Outcome::Delivered => copies.delivered += 1,
        Outcome::Lost => copies.lost += 1,
        Outcome::NotSent => copies.not_sent += 1,
        Outcome::Unobserved => copies.unobserved += 1,
        Outcome::Inconclusive => copies.inconclusive += 1,
        Outcome::Late | Outcome::Answered => {}
    }
    if !matches!(result.outcome, Outcome::Delivered | Outcome::Unobserved) {
        copies.failed.push(Copy { to: member, delivery: result });
    }
}

fn message(
    n: Option<u64>,
    from: Option<u32>,
    kind: MessageKind,
    time: Wall,
    text: Option<String>,
    withheld: bool,
) -> ChatMessage {
    ChatMessage { n, from, kind, time_ns: time.0, text, inward: None, evidence: Vec::new(), copies: None, withheld }
}
