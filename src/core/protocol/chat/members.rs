//! The member list of a chat: nicknames, and who gets a message.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};

use super::{Action, ChatLimits, LeaveReason, ServerMessage, ServerNotice, nick};
use crate::core::protocol::rate_limiter::RateLimiter;
use crate::core::time::Mono;

/// The members of a chat, and the numbering of its messages.
#[derive(Debug)]
pub struct MemberList {
    bounds: ChatLimits,
    members: BTreeMap<u32, Member>,
    /// How many there are from each IP address.
    from: HashMap<IpAddr, usize>,
    limits: Option<RateLimiter<u32>>,
    /// When each member was last warned of the rate limit.
    warned: HashMap<u32, Mono>,
    message_count: u64,
}

#[derive(Debug)]
struct Member {
    address: SocketAddr,
    nick: Option<String>,
}

impl MemberList {
    /// An empty room.
    pub fn new(bounds: ChatLimits) -> Self {
        let limits = bounds.texts_a_second.map(|rate| RateLimiter::new(rate, bounds.max_members));
        Self {
            bounds,
            members: BTreeMap::new(),
            from: HashMap::new(),
            limits,
            warned: HashMap::new(),
            message_count: 0,
        }
    }

    /// The next message number, from 1.
    pub fn number(&mut self) -> u64 {
        self.message_count += 1;
        self.message_count
    }

    /// How many are there.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether the member limit is reached.
    pub fn is_full(&self) -> bool {
        self.members.len() >= self.bounds.max_members
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether `member` is in the list.
    pub fn has(&self, member: u32) -> bool {
        self.members.contains_key(&member)
    }

    /// What a member is called: its name, else its address.
    pub fn who(&self, member: u32) -> String {
        self.members.get(&member).map(Member::who).unwrap_or_default()
    }

    /// All members.
    pub fn all(&self) -> Vec<u32> {
        self.members.keys().copied().collect()
    }

    /// All but one.
    pub fn others(&self, but: u32) -> Vec<u32> {
        self.members.keys().copied().filter(|member| *member != but).collect()
    }

    /// A message by the server itself.
    pub fn send_notice(&mut self, notice: ServerNotice, to: Vec<u32>) -> Option<Action> {
        (!to.is_empty()).then(|| Action::Send { n: self.number(), message: ServerMessage::Notice(notice), to })
    }

    /// Adds a member, welcomes it and notifies the others.
    ///
    /// # Errors
    /// Why there is no room.
    pub fn add(&mut self, member: u32, address: SocketAddr) -> Result<Vec<Action>, ServerNotice> {
        if self.members.len() >= self.bounds.max_members {
            return Err(ServerNotice::Full);
        }
        let same = self.from.entry(address.ip()).or_default();
        if *same >= self.bounds.per_address {
            return Err(ServerNotice::FullForAddress);
        }
        *same += 1;
        let who = address.to_string();
        let others = self.all();
        self.members.insert(member, Member { address, nick: None });
        let offer = self.offer(member);
        let known = self.send_notice(ServerNotice::Joined { who: who.clone() }, others);
        Ok([Some(Action::Joined { member, who }), offer, known].into_iter().flatten().collect())
    }

    /// Sends a member its own name.
    pub fn offer(&mut self, member: u32) -> Option<Action> {
        let (you, others) = (self.who(member), self.members.len().saturating_sub(1));
        self.send_notice(ServerNotice::Welcome { you, others }, vec![member])
    }

    /// Removes a member and notifies the others.
    pub fn remove(&mut self, member: u32, why: LeaveReason) -> Vec<Action> {
        let Some(gone) = self.members.remove(&member) else { return Vec::new() };
        if let Some(same) = self.from.get_mut(&gone.address.ip()) {
            *same -= 1;
            if *same == 0 {
                self.from.remove(&gone.address.ip());
            }
        }
        self.warned.remove(&member);
        if let Some(limits) = &mut self.limits {
            limits.forget(&member);
        }
        let who = gone.who();
        let known = self.send_notice(ServerNotice::Left { who: who.clone(), why }, self.all());
        [Some(Action::Left { member, who, why }), known].into_iter().flatten().collect()
    }

    /// Gives a member a name.
    pub fn name(&mut self, member: u32, text: &str) -> Vec<Action> {
        let Some(text) = nick(text) else {
            return self.send_notice(ServerNotice::BadNick, vec![member]).into_iter().collect();
        };
        let same = |other: &Member| other.nick.as_ref().is_some_and(|nick| nick.to_lowercase() == text.to_lowercase());
        if self.members.iter().any(|(id, other)| *id != member && same(other)) {
            return self.send_notice(ServerNotice::TakenNick, vec![member]).into_iter().collect();
        }
        let was = self.who(member);
        let Some(known) = self.members.get_mut(&member) else { return Vec::new() };
        known.nick = Some(text.to_owned());
        let reported = self.send_notice(ServerNotice::Named { was: was.clone(), now: text.to_owned() }, self.all());
        [Some(Action::Named { member, was, nick: text.to_owned() }), reported].into_iter().flatten().collect()
    }

    /// Relays a member's message, unless it exceeds the rate limit.
    pub fn broadcast(&mut self, now: Mono, n: u64, member: u32, text: &str) -> Vec<Action> {
        if self.limits.as_mut().is_some_and(|limits| !limits.take(now, member, 1)) {
            return self.drop_message(now, n, member);
        }
        let to = self.others(member);
        let message = ServerMessage::Copy { who: self.who(member), text: text.to_owned() };
        // Recorded even without recipients.
        vec![Action::Send { n, message, to }]
    }

    /// Drops a member's message and warns it, but not each time.
    pub fn drop_message(&mut self, now: Mono, n: u64, member: u32) -> Vec<Action> {
        let warned = self.warned.get(&member).is_some_and(|at| now.since(*at) < crate::core::time::SECOND);
        let mut actions = vec![Action::Withheld { n }];
        if !warned {
            self.warned.insert(member, now);
            actions.extend(self.send_notice(ServerNotice::TooFast, vec![member]));
        }
        actions
    }

    /// Notifies all members of the shutdown and removes them.
    pub fn close(&mut self) -> Vec<Action> {
        let all = self.all();
        let known = self.send_notice(ServerNotice::Closing, all);
        self.from.clear();
        let members = std::mem::take(&mut self.members);
        let gone = members.into_iter().map(|(member, gone)| Action::Left {
            member,
            who: gone.who(),
            why: LeaveReason::Closing,
        });
        known.into_iter().chain(gone).collect()
    }
}

impl Member {
    fn who(&self) -> String {
        self.nick.clone().unwrap_or_else(|| self.address.to_string())
    }
}
