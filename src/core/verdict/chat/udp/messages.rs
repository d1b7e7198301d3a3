//! The messages of a UDP chat: a text on its way in, and its copies on their way out.

use std::collections::{BTreeMap, HashMap};

use super::members::ChatHostRef;
use super::text_matching::{MatchedText, SOON_NS};
use crate::core::document::chat::{ChatMessage, Copies, Copy, DatagramResult, MessageKind};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::PointName;
use crate::core::protocol::chat::relayed_text::{self, speaker};
use crate::core::protocol::chat::wire::is_for_the_server;
use crate::core::time::Wall;

/// What was said, as it comes together.
pub(super) struct MessageTable<'a> {
    server: Option<ChatHostRef<'a>>,
    /// By the server's number.
    numbered: BTreeMap<u64, ChatMessage>,
    /// Those without a number.
    others: Vec<ChatMessage>,
    /// The latter by their words.
    by_words: HashMap<String, Vec<Utterance>>,
    /// Notices without a number, by text.
    notices: HashMap<String, Vec<usize>>,
    /// Copies without a number. Whose they are shows when all of them are known.
    copies: Vec<UnnumberedCopy>,
}

/// A text that a member said.
#[derive(Clone, Copy)]
struct Utterance {
    index: usize,
    member: u32,
    /// When it came to the server by the server's clock; else when it left.
    time: Wall,
    /// Whether the server's files show it.
    at_server: bool,
    is_lost: bool,
}

/// What the server sent to a member.
struct UnnumberedCopy {
    to: u32,
    text: String,
    time: Wall,
    result: DatagramResult,
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
        Self { server, numbered, others, by_words: HashMap::new(), notices: HashMap::new(), copies }
    }

    /// A member said something.
    pub(super) fn add_text(&mut self, member: u32, item: &MatchedText, result: DatagramResult) {
        if let Some(known) = item.n.and_then(|n| self.numbered.get_mut(&n)) {
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
            at_server: arrival.is_some(),
            is_lost: result.outcome == Outcome::Lost && !result.ambiguous_copy,
        };
        for words in relayed_text::forms(text.as_deref().unwrap_or_default()) {
            self.by_words.entry(words).or_default().push(utterance);
        }
        sent.inward = Some(result);
        self.others.push(sent);
    }

    /// The server sent something to a member.
    pub(super) fn add_copy(&mut self, member: u32, item: &MatchedText, result: DatagramResult) {
        if let Some(known) = item.n.and_then(|n| self.numbered.get_mut(&n)) {
            count(known.copies.get_or_insert_default(), member, result);
            return;
        }
        let text = item.text.clone().unwrap_or_default();
        self.copies.push(UnnumberedCopy { to: member, text, time: item.time, result });
    }

    /// The texts of which a copy may be one, and how it is wrapped: of the longest words in it that a member said.
    fn originals(&self, copy: &UnnumberedCopy) -> (Vec<Utterance>, String) {
        let is_near = |said: &Utterance| match (self.server, said.at_server) {
            (Some(_), true) => (0..SOON_NS).contains(&copy.time.since(said.time)),
            (Some(_), false) => copy.time.since(said.time).saturating_abs() < SOON_NS,
            // Clocks of two members may differ by any time.
            (None, _) => true,
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
        let copies = std::mem::take(&mut self.copies);
        let originals: Vec<(Vec<Utterance>, String)> = copies.iter().map(|copy| self.originals(copy)).collect();
        // What is around a member's words tells it from others who say the same.
        let mut speakers: HashMap<&str, Option<u32>> = HashMap::new();
        for (copy, (said, wrapping)) in copies.iter().zip(&originals) {
            let mut members = said.iter().map(|said| said.member).filter(|member| *member != copy.to);
            if let Some(member) = members.next()
                && members.all(|other| other == member)
            {
                speakers
                    .entry(wrapping)
                    .and_modify(|known| *known = known.filter(|known| *known == member))
                    .or_insert(Some(member));
            }
        }
        for (copy, (said, wrapping)) in copies.into_iter().zip(&originals) {
            let speaker = speakers.get(&wrapping[..]).copied().flatten();
            let rank = |said: &&Utterance| {
                let is_other = speaker.is_some_and(|speaker| speaker != said.member);
                (is_other, said.member == copy.to, copy.time.since(said.time).saturating_abs())
            };
            let index = said.iter().min_by_key(rank).map(|said| said.index);
            let index = index.unwrap_or_else(|| self.notice(&copy));
            count(self.others[index].copies.get_or_insert_default(), copy.to, copy.result);
        }
    }

    /// What nobody is known to have said: the server's own words, or a text that no witness saw on its way to the server.
    fn notice(&mut self, copy: &UnnumberedCopy) -> usize {
        let soon = |index: &&usize| (0..SOON_NS).contains(&copy.time.0.saturating_sub(self.others[**index].time_ns));
        if let Some(known) = self.notices.get(&copy.text).into_iter().flatten().rev().find(soon) {
            return *known;
        }
        let kind = if speaker(&copy.text).is_some() { MessageKind::Message } else { MessageKind::Notice };
        self.others.push(message(None, None, kind, copy.time, Some(copy.text.clone()), false));
        self.notices.entry(copy.text.clone()).or_default().push(self.others.len() - 1);
        self.others.len() - 1
    }

    /// The server could not send something to a member.
    pub(super) fn unsent(&mut self, member: u32, n: u64, time: Wall, why: &str) {
        if let Some(known) = self.numbered.get_mut(&n) {
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
