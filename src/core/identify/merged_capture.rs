//! Recognizes a file that was put together from captures of both hosts where a NAT lies between them: one run is in it twice,
//! under two pairs of addresses.

use std::collections::HashMap;

use crate::core::evidence::conversations::{self, Conversation};
use crate::core::evidence::datagram::{Datagram, PacketDirection};
use crate::core::evidence::journal_run::Role;

/// Whether a capture shows one run at the client's end and at the server's.
pub fn shows_both_ends(conversations: &[Conversation<'_>]) -> bool {
    let taken_at = |role| conversations.iter().filter(move |conversation| role_of(conversation) == Some(role));
    if taken_at(Role::Client).next().is_none() {
        return false;
    }
    let servers: Vec<Turns> = taken_at(Role::Server).map(Turns::new).collect();
    !servers.is_empty()
        && taken_at(Role::Client).map(Turns::new).any(|client| servers.iter().any(|server| client.contain(server)))
}

/// At which end of a conversation it was captured.
fn role_of(conversation: &Conversation<'_>) -> Option<Role> {
    match (conversation.request_summary().direction(), conversation.reply_summary().direction()) {
        (Some(PacketDirection::Out), None | Some(PacketDirection::In)) => Some(Role::Client),
        (Some(PacketDirection::In), None | Some(PacketDirection::Out)) => Some(Role::Server),
        _ => conversations::role_of_host(conversation),
    }
}

/// Each message and its reply, by number; of those that are there once.
struct Turns<'a>(HashMap<u64, [Option<&'a Datagram>; 2]>);

impl<'a> Turns<'a> {
    fn new(conversation: &'a Conversation<'_>) -> Self {
        let mut turns: HashMap<u64, [Option<&Datagram>; 2]> = HashMap::new();
        let mut twice = Vec::new();
        let summary = conversation.request_summary();
        for (way, datagrams) in [conversation.requests(), conversation.replies()].into_iter().enumerate() {
            // Of long runs a sample is enough, the same at both ends.
            for (datagram, number) in datagrams.iter().filter(|(_, number)| summary.samples_number(*number)) {
                if turns.entry(number).or_default()[way].replace(datagram).is_some() {
                    twice.push(number);
                }
            }
        }
        for number in twice {
            turns.remove(&number);
        }
        Self(turns)
    }

    /// Whether these are the same messages at the client's end: most have the same text and a longer wait for the reply, or, without
    /// one, the same packet ID. A relay, or a host that forwards for its containers, hands messages on the other way round.
    fn contain(&self, server: &Self) -> bool {
        let (mut alike, mut known) = (0, 0);
        for (number, theirs) in &server.0 {
            let Some(ours) = self.0.get(number) else { continue };
            let wait = |turn: &[Option<&Datagram>; 2]| Some(turn[1]?.time.since(turn[0]?.time));
            let waits = wait(ours).zip(wait(theirs));
            let is_same = |way: usize| {
                let (ours, theirs) = ours[way].zip(theirs[way])?;
                Some((ours.digest == theirs.digest, ours.packet_id.is_some() && ours.packet_id == theirs.packet_id))
            };
            let [request, reply] = [is_same(0), is_same(1)];
            let has_same_text = [request, reply].into_iter().flatten().all(|(text, _)| text);
            let has_same_id = [request, reply].into_iter().flatten().any(|(_, id)| id);
            if waits.is_some() || has_same_id {
                known += 1;
                let is_nearer = waits.map_or(has_same_id, |(ours, theirs)| ours > theirs);
                alike += usize::from(has_same_text && is_nearer);
            }
        }
        alike > 0 && alike * 10 >= known * 9
    }
}
