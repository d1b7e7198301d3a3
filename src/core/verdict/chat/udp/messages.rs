//! The messages of a UDP chat: a text on its way in, and its copies on their way out.

use std::collections::{BTreeMap, HashMap};

use super::members::ChatHostRef;
use super::text_matching::{MatchedText, SOON_NS};
use crate::core::document::chat::{ChatMessage, Copies, Copy, DatagramResult, MessageKind};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::PointName;
use crate::core::evidence::chat_host::parts;
use crate::core::protocol::chat::wire::is_for_the_server;
use crate::core::time::Wall;

/// What was said, as it comes together.
pub(super) struct MessageTable<'a> {
    server: Option<ChatHostRef<'a>>,
    /// By the server's number.
    numbered: BTreeMap<u64, ChatMessage>,
    /// What bears none.
    others: Vec<ChatMessage>,
    /// The latter by text.
    by_text: HashMap<String, Vec<usize>>,
    /// Notices without a number, by text.
    notices: HashMap<String, Vec<usize>>,
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
        Self { server, numbered, others: Vec::new(), by_text: HashMap::new(), notices: HashMap::new() }
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
        sent.inward = Some(result);
        self.others.push(sent);
        self.by_text.entry(text.unwrap_or_default()).or_default().push(self.others.len() - 1);
    }

    /// The server sent something to a member.
    pub(super) fn add_copy(&mut self, member: u32, item: &MatchedText, result: DatagramResult) {
        if let Some(known) = item.n.and_then(|n| self.numbered.get_mut(&n)) {
            count(known.copies.get_or_insert_default(), member, result);
            return;
        }
        let text = item.text.clone().unwrap_or_default();
        let soon = |message: &ChatMessage| (0..SOON_NS).contains(&item.time.0.saturating_sub(message.time_ns));
        let (of, kind) = match parts(&text) {
            Some((_, sent)) => (self.by_text.get(sent), MessageKind::Message),
            None => (None, MessageKind::Notice),
        };
        let sent = of.into_iter().flatten().rev().find(|index| {
            let message = &self.others[**index];
            message.from != Some(member) && soon(message)
        });
        let same = || self.notices.get(&text).into_iter().flatten().rev().find(|index| soon(&self.others[**index]));
        let index = sent.or_else(same).copied().unwrap_or_else(|| {
            self.others.push(message(None, None, kind, item.time, item.text.clone(), false));
            self.notices.entry(text.clone()).or_default().push(self.others.len() - 1);
            self.others.len() - 1
        });
        count(self.others[index].copies.get_or_insert_default(), member, result);
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
    pub(super) fn finish(self) -> Vec<ChatMessage> {
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
