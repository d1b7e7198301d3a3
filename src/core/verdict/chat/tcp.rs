//! Judges a TCP chat: connections from the captures, messages from the server's journal or the streams.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;

use crate::core::document::chat::{ChatMessage, Close, Connection, Copies, Member, MessageKind, Stream};
use crate::core::document::frame_ref::FrameRef;
use crate::core::evidence::capture_log::{CaptureLog, digest};
use crate::core::evidence::journal::{JournalLog, Record};
use crate::core::evidence::journal_messages::MemberEvent;
use crate::core::evidence::tcp_connections::{self, DirectionStats, Endpoint, TcpFrameRef, TcpSegments, in_order};
use crate::core::protocol::chat::line_splitter::{ChatLine, LineSplitter};
use crate::core::protocol::chat::wire::is_for_the_server;
use crate::core::time::Mono;

/// What a chat over TCP comes to.
#[derive(Default)]
pub struct TcpResult {
    /// The members.
    pub members: Vec<Member>,
    /// The messages.
    pub messages: Vec<ChatMessage>,
    /// The connections of each capture.
    pub connections: Vec<Connection>,
}

/// Works a chat out. `captures` are those of the server's host first; `journal` is the server's.
pub fn findings(captures: &[&CaptureLog], journal: Option<&JournalLog>, port: Option<u16>) -> TcpResult {
    let mut findings = TcpResult::default();
    let mut members = journal.map(Members::from_journal).unwrap_or_default();
    let mut receipts = AckTracker::default();
    let mut opened: HashMap<SocketAddr, usize> = HashMap::new();
    for (place, log) in captures.iter().enumerate() {
        let mut id = 0;
        for seen in log.tcp.connections() {
            if port.is_some_and(|port| seen.server.port() != port) {
                continue;
            }
            id += 1;
            let lines = lines(&log.tcp, &seen.from_client);
            if place == 0 && journal.is_some() {
                *opened.entry(seen.client).or_default() += 1;
                receipts.take(seen.client, &log.tcp, &seen.from_server);
            }
            let index = members.by_address.get(&seen.client).copied();
            if place == 0 && journal.is_none() {
                let member = members.add(seen.client);
                findings.messages.extend(lines.iter().map(|(mark, line)| message(log, member, *mark, line)));
            } else if place == 0
                && let Some(index) = index
            {
                members.frames.insert(index, lines.iter().map(|(mark, line)| (*mark, line.text.clone())).collect());
            }
            let known = index.map(|index| &members.all[index]);
            let sent = lines.iter().filter(|(_, line)| kind(&line.text) == MessageKind::Message).count();
            findings.connections.push(connection(log, id, &seen, known, sent as u64));
        }
    }
    if let Some(journal) = journal {
        // Several connections from one address cannot be told apart.
        receipts.of.retain(|(client, _), _| opened.get(client) == Some(&1) && members.comings(*client) == 1);
        findings.messages =
            messages(journal, &mut members, &mut receipts, captures.first().map(|log| log.file.as_str()));
    }
    findings.messages.sort_by_key(|message| (message.time_ns, message.n));
    findings.members = members.all;
    findings
}

/// The members that are known, by address.
#[derive(Default)]
struct Members {
    all: Vec<Member>,
    by_address: HashMap<SocketAddr, usize>,
    by_peer: HashMap<u32, usize>,
    /// The frames of each member's texts in the server's capture, by index.
    frames: HashMap<usize, Vec<(TcpFrameRef, String)>>,
}

impl Members {
    /// Those of a server's journal.
    fn from_journal(journal: &JournalLog) -> Self {
        let mut members = Self::default();
        for record in &journal.records {
            match record {
                Record::Peer(peer) => {
                    let id = members.add(peer.addr);
                    members.by_peer.insert(peer.p, id as usize - 1);
                }
                Record::Member(step) => {
                    let Some(member) = members.by_peer.get(&step.p).map(|index| &mut members.all[*index]) else {
                        continue;
                    };
                    match step.did {
                        MemberEvent::Joined => member.joined_ns = Some(step.at.wall.0),
                        MemberEvent::Named => member.nick.clone_from(&step.nick),
                        MemberEvent::Left => (member.left_ns, member.reason) = (Some(step.at.wall.0), step.why),
                    }
                }
                _ => {}
            }
        }
        members
    }

    /// How many came from an address.
    fn comings(&self, address: SocketAddr) -> usize {
        self.all.iter().filter(|member| member.address == Some(address)).take(2).count()
    }

    /// Adds a member by its address, as one more of that address; returns its number.
    fn add(&mut self, address: SocketAddr) -> u32 {
        let id = self.all.len() as u32 + 1;
        self.by_address.insert(address, self.all.len());
        self.all.push(Member { id, address: Some(address), ..Member::default() });
        id
    }
}

/// Which of the server's lines the hosts of its members acknowledged.
#[derive(Default)]
struct AckTracker {
    /// By the member's address and the line's digest, for each line in turn. Acknowledgments are cumulative: where the
    /// capture lacks the first of several likes, taking a later one for it errs on the side of caution.
    of: HashMap<(SocketAddr, u32), VecDeque<bool>>,
}

impl AckTracker {
    /// Adds the server's texts on a connection.
    fn take(&mut self, client: SocketAddr, tcp: &TcpSegments, way: &DirectionStats) {
        let mut splitter = LineSplitter::default();
        let mut sent = way.blocks.iter().map(|piece| piece.offset).min().unwrap_or(0);
        for (mark, kept) in in_order(&way.blocks) {
            sent += kept.len() as u64;
            for line in splitter.feed(Mono(mark.time.0), &tcp.bytes[kept]) {
                let known = self.of.entry((client, digest(line.text.as_bytes()))).or_default();
                known.push_back(sent <= way.acknowledged);
            }
        }
    }

    /// Whether the next line with this digest was acknowledged.
    fn next(&mut self, client: Option<SocketAddr>, digest: u32) -> bool {
        let known = client.and_then(|client| self.of.get_mut(&(client, digest)));
        known.and_then(VecDeque::pop_front).unwrap_or(false)
    }
}

/// The lines of one direction, each with the frame that completed it.
pub(super) fn lines(tcp: &TcpSegments, way: &DirectionStats) -> Vec<(TcpFrameRef, ChatLine)> {
    let mut splitter = LineSplitter::default();
    let mut found: Vec<(TcpFrameRef, ChatLine)> = Vec::new();
    let mut last: Option<TcpFrameRef> = None;
    for (mark, kept) in in_order(&way.blocks) {
        let now = Mono(mark.time.0);
        if let Some(before) = last {
            found.extend(splitter.flush_partial_line(now).map(|line| (before, line)));
        }
        found.extend(splitter.feed(now, &tcp.bytes[kept]).into_iter().map(|line| (mark, line)));
        last = Some(mark);
    }
    if let Some(last) = last {
        found.extend(splitter.end().map(|line| (last, line)));
    }
    found
}

fn kind(text: &str) -> MessageKind {
    // Over TCP a bare word is a message like any other.
    if text.trim() != "ping" && is_for_the_server(text) { MessageKind::Control } else { MessageKind::Message }
}

fn message(log: &CaptureLog, member: u32, mark: TcpFrameRef, line: &ChatLine) -> ChatMessage {
    ChatMessage {
        n: None,
        from: Some(member),
        kind: kind(&line.text),
        time_ns: mark.time.0,
        text: Some(line.text.clone()),
        inward: None,
        evidence: vec![FrameRef::frame(&log.file, mark.frame)],
        copies: None,
        withheld: false,
    }
}

/// The messages of the server's journal, with the frames of its capture where both agree.
fn messages(
    journal: &JournalLog,
    members: &mut Members,
    receipts: &mut AckTracker,
    file: Option<&str>,
) -> Vec<ChatMessage> {
    let mut found: BTreeMap<u64, ChatMessage> = BTreeMap::new();
    let mut next: HashMap<usize, usize> = HashMap::new();
    for record in &journal.records {
        match record {
            Record::Text(text) => {
                let index = members.by_peer.get(&text.p).copied();
                let evidence = index.and_then(|index| {
                    let shown = members.frames.get(&index)?;
                    let at = next.entry(index).or_default();
                    let (mark, line) = shown.get(*at)?;
                    let same = line.starts_with(text.text.as_str());
                    *at += 1;
                    same.then(|| FrameRef::frame(file.unwrap_or_default(), mark.frame))
                });
                let from = index.map(|index| members.all[index].id);
                let kind = if from.is_none() { MessageKind::Notice } else { kind(&text.text) };
                let message = ChatMessage {
                    n: Some(text.n),
                    from,
                    kind,
                    time_ns: text.at.wall.0,
                    text: Some(text.text.clone()),
                    inward: None,
                    evidence: evidence.into_iter().collect(),
                    copies: (kind != MessageKind::Control).then(Copies::default),
                    withheld: false,
                };
                // The original comes first; its copies have the same number.
                found.entry(text.n).or_insert(message);
            }
            Record::Sent(sent) => {
                // An accepted write proves nothing about the other host; its acknowledgement does.
                let client = members.by_peer.get(&sent.p).and_then(|index| members.all[*index].address);
                let has_come = receipts.next(client, sent.h);
                if let Some(copies) = found.get_mut(&sent.n).and_then(|message| message.copies.as_mut()) {
                    copies.to += 1;
                    *(if has_come { &mut copies.delivered } else { &mut copies.unobserved }) += 1;
                }
            }
            Record::Unsent(unsent) => {
                if let Some(copies) = found.get_mut(&unsent.n).and_then(|message| message.copies.as_mut()) {
                    copies.to += 1;
                    copies.not_sent += 1;
                }
            }
            Record::NotAnswered(withheld) => {
                if let Some(message) = found.get_mut(&withheld.n) {
                    message.withheld = true;
                }
            }
            _ => {}
        }
    }
    found.into_values().collect()
}

fn connection(
    log: &CaptureLog,
    id: u32,
    seen: &tcp_connections::Connection,
    member: Option<&Member>,
    messages: u64,
) -> Connection {
    let frame = |mark: Option<TcpFrameRef>| mark.map(|mark| mark.frame);
    let [syn, _, ack] = seen.handshake;
    let whole = seen.has_handshake();
    let ways = [&seen.from_client, &seen.from_server];
    let spans = || ways.iter().filter_map(|way| way.span);
    Connection {
        file: log.file.clone(),
        id,
        client: seen.client,
        server: seen.server,
        nick: member.and_then(|member| member.nick.clone()),
        handshake: seen.handshake.map(frame),
        handshake_ns: syn.zip(ack).filter(|_| whole).map(|(syn, ack)| ack.time.since(syn.time)),
        from_ns: spans().map(|(first, _)| first.time.0).min().unwrap_or_default(),
        to_ns: spans().map(|(_, last)| last.time.0).max().unwrap_or_default(),
        from_client: of_way(&seen.from_client),
        from_server: of_way(&seen.from_server),
        messages,
        close: close(seen, member),
    }
}

fn of_way(way: &DirectionStats) -> Stream {
    Stream {
        segments: way.segments,
        bytes: way.bytes,
        acknowledged_bytes: way.acknowledged,
        retransmissions: way.repeated,
        late: way.filled,
        probes: way.probes,
        missing_bytes: way.missing,
    }
}

const fn name(end: Endpoint) -> &'static str {
    match end {
        Endpoint::Client => "client",
        Endpoint::Server => "server",
    }
}

fn close(seen: &tcp_connections::Connection, member: Option<&Member>) -> Close {
    let (close_kind, closed_by, after) = match seen.close() {
        tcp_connections::Close::None => ("open", None, None),
        tcp_connections::Close::Fin { first } => ("fin", Some(first), None),
        tcp_connections::Close::HalfClosed { by } => ("half", Some(by), None),
        tcp_connections::Close::Reset { by, after_fin } => ("rst", Some(by), after_fin),
        tcp_connections::Close::Refused => ("refused", Some(Endpoint::Server), None),
        tcp_connections::Close::Unanswered => ("unanswered", None, None),
        tcp_connections::Close::OneSided => ("one_sided", None, None),
        tcp_connections::Close::Silence { speaker } => ("silence", Some(speaker.other()), None),
    };
    let frame = |mark: Option<TcpFrameRef>| mark.map(|mark| mark.frame);
    let resets = [seen.from_client.rst, seen.from_server.rst];
    Close {
        close_kind,
        closed_by: closed_by.map(name),
        after_fin_of: after.map(name),
        fin_client: frame(seen.from_client.fin),
        fin_server: frame(seen.from_server.fin),
        rst: resets.into_iter().flatten().map(|mark| mark.frame).min(),
        reason: member.and_then(|member| member.reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::flow::FlowKey;
    use crate::core::evidence::journal_messages::{Peer, Sent, Text};
    use crate::core::evidence::tcp_connections::{Flags, TcpSegment};
    use crate::core::time::{Now, Wall};

    #[test]
    fn a_line_ends_at_newline_or_silence_and_names_its_last_frame() {
        let (client, server) = ("10.0.0.1:40001".parse().unwrap(), "10.0.0.2:12345".parse().unwrap());
        let mut log = CaptureLog { file: "x.pcap".into(), ..CaptureLog::default() };
        log.tcp.flows = vec![FlowKey { source: client, destination: server }];
        let mut seq = 100;
        for (frame, (ms, text)) in [(0, "Ol\u{e1}!"), (200, "oi"), (210, " de novo"), (400, "/sair")].iter().enumerate()
        {
            let segment = TcpSegment {
                time: Wall(ms * 1_000_000),
                frame: frame as u32 + 1,
                flow: 0,
                seq,
                ack: 0,
                flags: Flags(Flags::ACK),
                window: 1,
                length: text.len() as u32,
                kept: 0..0,
            };
            seq += text.len() as u32;
            log.tcp.push(segment, text.as_bytes());
        }
        let found = findings(&[&log], None, None);
        let sent: Vec<(&str, u32, MessageKind)> = found
            .messages
            .iter()
            .map(|message| (message.text.as_deref().unwrap(), message.evidence[0].frame.unwrap(), message.kind))
            .collect();
        assert_eq!(
            sent,
            [
                ("Ol\u{e1}!", 1, MessageKind::Message),
                ("oi de novo", 3, MessageKind::Message),
                ("/sair", 4, MessageKind::Control)
            ]
        );
        assert_eq!((found.connections[0].messages, found.connections[0].close.close_kind), (2, "one_sided"));
    }

    #[test]
    fn a_copy_is_delivered_when_acknowledged_not_when_sent() {
        let (bob, server): (SocketAddr, SocketAddr) =
            ("10.0.0.1:40001".parse().unwrap(), "10.0.0.2:12345".parse().unwrap());
        let mut log = CaptureLog { file: "x.pcap".into(), ..CaptureLog::default() };
        log.tcp.flows =
            vec![FlowKey { source: server, destination: bob }, FlowKey { source: bob, destination: server }];
        // The second "oi" is repeated in vain.
        let frames = [(0, 100, 0, "oi\n"), (1, 0, 103, ""), (0, 103, 0, "oi\n"), (0, 103, 0, "oi\n")];
        for (frame, (flow, seq, ack, text)) in frames.into_iter().enumerate() {
            let segment = TcpSegment {
                time: Wall(frame as i64 * 1_000_000),
                frame: frame as u32 + 1,
                flow,
                seq,
                ack,
                flags: Flags(Flags::ACK),
                window: 1,
                length: text.len() as u32,
                kept: 0..0,
            };
            log.tcp.push(segment, text.as_bytes());
        }
        let at = Now { wall: Wall(0), mono: Mono(0) };
        let text = |n| Record::Text(Text { n, p: 0, at, text: "oi".into() });
        let sent = |n| {
            Record::Sent(Sent { n, p: 1, at, send_duration_ns: 1, lateness_ns: None, h: digest(b"oi"), dropped: None })
        };
        let records = vec![Record::Peer(Peer { p: 1, addr: bob }), text(1), sent(1), text(2), sent(2)];
        let journal = JournalLog { records, ..JournalLog::default() };
        let copies = |captures: &[&CaptureLog]| {
            let found = findings(captures, Some(&journal), None).messages;
            let copies = found.into_iter().map(|message| message.copies.unwrap());
            copies.map(|copies| (copies.to, copies.delivered, copies.unobserved)).collect::<Vec<_>>()
        };
        assert_eq!(copies(&[&log]), [(1, 1, 0), (1, 0, 1)]);
        assert_eq!(copies(&[]), [(1, 0, 1), (1, 0, 1)], "no capture, no acknowledgment");
    }
}
