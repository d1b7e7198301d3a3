//! A chat over TCP: connections from the captures, messages from the server's journal or from the streams.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;

use super::document::{Close, Connection, Copies, Frame, Kind, Member, Message, Stream};
use crate::core::evidence::capture::{CaptureLog, digest};
use crate::core::evidence::chat::is_for_the_server;
use crate::core::evidence::journal::{JournalLog, Record, Step};
use crate::core::evidence::lines::{Line, Splitter};
use crate::core::evidence::stream::{self, End, Mark, Segments, Way, in_order};
use crate::core::time::Mono;

/// What a chat over TCP comes to.
#[derive(Default)]
pub struct Findings {
    /// Who took part.
    pub members: Vec<Member>,
    /// What was said.
    pub messages: Vec<Message>,
    /// The connections of each capture.
    pub connections: Vec<Connection>,
}

/// Works a chat out. `captures` are those of the server's host first; `journal` is the server's.
pub fn findings(captures: &[&CaptureLog], journal: Option<&JournalLog>, port: Option<u16>) -> Findings {
    let mut findings = Findings::default();
    let mut members = journal.map(Members::of).unwrap_or_default();
    let mut receipts = Receipts::default();
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
            let said = lines.iter().filter(|(_, line)| kind(&line.text) == Kind::Message).count();
            findings.connections.push(connection(log, id, &seen, known, said as u64));
        }
    }
    if let Some(journal) = journal {
        // Of several connections from one address nobody knows which is whose.
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
    /// What the server's capture shows that each said, by index.
    frames: HashMap<usize, Vec<(Mark, String)>>,
}

impl Members {
    /// Those of a server's journal.
    fn of(journal: &JournalLog) -> Self {
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
                        Step::Joined => member.joined_ns = Some(step.at.wall.0),
                        Step::Named => member.nick.clone_from(&step.nick),
                        Step::Left => (member.left_ns, member.why) = (Some(step.at.wall.0), step.why),
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

    /// A member by its address, as one more of that address; answers its number.
    fn add(&mut self, address: SocketAddr) -> u32 {
        let id = self.all.len() as u32 + 1;
        self.by_address.insert(address, self.all.len());
        self.all.push(Member { id, address: Some(address), ..Member::default() });
        id
    }
}

/// Which of the server's lines the hosts of its members acknowledged.
#[derive(Default)]
struct Receipts {
    /// By the member's address and the line's digest, for each line in turn. Acknowledgments are cumulative: where the
    /// capture lacks the first of several likes, taking a later one for it errs on the side of caution.
    of: HashMap<(SocketAddr, u32), VecDeque<bool>>,
}

impl Receipts {
    /// Takes in what the server said on a connection.
    fn take(&mut self, client: SocketAddr, tcp: &Segments, way: &Way) {
        let mut splitter = Splitter::default();
        let mut said = way.pieces.iter().map(|piece| piece.offset).min().unwrap_or(0);
        for (mark, kept) in in_order(&way.pieces) {
            said += kept.len() as u64;
            for line in splitter.feed(Mono(mark.time.0), &tcp.bytes[kept]) {
                let known = self.of.entry((client, digest(line.text.as_bytes()))).or_default();
                known.push_back(said <= way.acknowledged);
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
fn lines(tcp: &Segments, way: &Way) -> Vec<(Mark, Line)> {
    let mut splitter = Splitter::default();
    let mut found: Vec<(Mark, Line)> = Vec::new();
    let mut last: Option<Mark> = None;
    for (mark, kept) in in_order(&way.pieces) {
        let now = Mono(mark.time.0);
        if let Some(before) = last {
            found.extend(splitter.rest(now).map(|line| (before, line)));
        }
        found.extend(splitter.feed(now, &tcp.bytes[kept]).into_iter().map(|line| (mark, line)));
        last = Some(mark);
    }
    if let Some(last) = last {
        found.extend(splitter.end().map(|line| (last, line)));
    }
    found
}

fn kind(text: &str) -> Kind {
    // Over TCP a bare word is a message like any other.
    if text.trim() != "ping" && is_for_the_server(text) { Kind::Control } else { Kind::Message }
}

fn message(log: &CaptureLog, member: u32, mark: Mark, line: &Line) -> Message {
    Message {
        n: None,
        from: Some(member),
        kind: kind(&line.text),
        time_ns: mark.time.0,
        text: Some(line.text.clone()),
        inward: None,
        evidence: vec![Frame { file: log.file.clone(), frame: mark.frame }],
        copies: None,
        withheld: false,
    }
}

/// What the server's journal says was said, with the frames of its capture beside it where both tell the same.
fn messages(journal: &JournalLog, members: &mut Members, receipts: &mut Receipts, file: Option<&str>) -> Vec<Message> {
    let mut found: BTreeMap<u64, Message> = BTreeMap::new();
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
                    same.then(|| Frame { file: file.unwrap_or_default().to_owned(), frame: mark.frame })
                });
                let from = index.map(|index| members.all[index].id);
                let kind = if from.is_none() { Kind::Notice } else { kind(&text.text) };
                let message = Message {
                    n: Some(text.n),
                    from,
                    kind,
                    time_ns: text.at.wall.0,
                    text: Some(text.text.clone()),
                    inward: None,
                    evidence: evidence.into_iter().collect(),
                    copies: (kind != Kind::Control).then(Copies::default),
                    withheld: false,
                };
                // What somebody said comes first; its copies bear the same number.
                found.entry(text.n).or_insert(message);
            }
            Record::Sent(sent) => {
                // That the kernel took it says nothing of the other host; its acknowledgment does.
                let client = members.by_peer.get(&sent.p).and_then(|index| members.all[*index].address);
                let has_come = receipts.next(client, sent.h);
                if let Some(copies) = found.get_mut(&sent.n).and_then(|message| message.copies.as_mut()) {
                    copies.to += 1;
                    *(if has_come { &mut copies.delivered } else { &mut copies.left }) += 1;
                }
            }
            Record::Unsent(unsent) => {
                if let Some(copies) = found.get_mut(&unsent.n).and_then(|message| message.copies.as_mut()) {
                    copies.to += 1;
                    copies.not_sent += 1;
                }
            }
            Record::Withheld(withheld) => {
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
    seen: &stream::Connection,
    member: Option<&Member>,
    messages: u64,
) -> Connection {
    let frame = |mark: Option<Mark>| mark.map(|mark| mark.frame);
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

fn of_way(way: &Way) -> Stream {
    Stream {
        segments: way.segments,
        bytes: way.bytes,
        acknowledged: way.acknowledged,
        retransmissions: way.repeated,
        late: way.filled,
        probes: way.probes,
        missing: way.missing,
    }
}

const fn name(end: End) -> &'static str {
    match end {
        End::Client => "client",
        End::Server => "server",
    }
}

fn close(seen: &stream::Connection, member: Option<&Member>) -> Close {
    let (how, by, after) = match seen.close() {
        stream::Close::None => ("open", None, None),
        stream::Close::Fin { first } => ("fin", Some(first), None),
        stream::Close::HalfClosed { by } => ("half", Some(by), None),
        stream::Close::Reset { by, after_fin } => ("rst", Some(by), after_fin),
        stream::Close::Refused => ("refused", Some(End::Server), None),
        stream::Close::Unanswered => ("unanswered", None, None),
        stream::Close::OneSided => ("one_sided", None, None),
        stream::Close::Silence { speaker } => ("silence", Some(speaker.other()), None),
    };
    let frame = |mark: Option<Mark>| mark.map(|mark| mark.frame);
    let resets = [seen.from_client.rst, seen.from_server.rst];
    Close {
        how,
        by: by.map(name),
        after_fin_of: after.map(name),
        fin_client: frame(seen.from_client.fin),
        fin_server: frame(seen.from_server.fin),
        rst: resets.into_iter().flatten().map(|mark| mark.frame).min(),
        why: member.and_then(|member| member.why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::evidence::capture::DirectedFlow;
    use crate::core::evidence::journal::{Peer, Sent, Text};
    use crate::core::evidence::stream::{Flags, Segment};
    use crate::core::time::{Now, Wall};

    #[test]
    fn a_line_ends_at_newline_or_silence_and_names_its_last_frame() {
        let (client, server) = ("10.0.0.1:40001".parse().unwrap(), "10.0.0.2:12345".parse().unwrap());
        let mut log = CaptureLog { file: "x.pcap".into(), ..CaptureLog::default() };
        log.tcp.flows = vec![DirectedFlow { source: client, destination: server }];
        let mut seq = 100;
        for (frame, (ms, text)) in [(0, "Ol\u{e1}!"), (200, "oi"), (210, " de novo"), (400, "/sair")].iter().enumerate()
        {
            let segment = Segment {
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
        let said: Vec<(&str, u32, Kind)> = found
            .messages
            .iter()
            .map(|message| (message.text.as_deref().unwrap(), message.evidence[0].frame, message.kind))
            .collect();
        assert_eq!(
            said,
            [("Ol\u{e1}!", 1, Kind::Message), ("oi de novo", 3, Kind::Message), ("/sair", 4, Kind::Control)]
        );
        assert_eq!((found.connections[0].messages, found.connections[0].close.how), (2, "one_sided"));
    }

    #[test]
    fn a_copy_is_delivered_when_acknowledged_not_when_sent() {
        let (bob, server): (SocketAddr, SocketAddr) =
            ("10.0.0.1:40001".parse().unwrap(), "10.0.0.2:12345".parse().unwrap());
        let mut log = CaptureLog { file: "x.pcap".into(), ..CaptureLog::default() };
        log.tcp.flows =
            vec![DirectedFlow { source: server, destination: bob }, DirectedFlow { source: bob, destination: server }];
        // The second "oi" is repeated in vain.
        let frames = [(0, 100, 0, "oi\n"), (1, 0, 103, ""), (0, 103, 0, "oi\n"), (0, 103, 0, "oi\n")];
        for (frame, (flow, seq, ack, text)) in frames.into_iter().enumerate() {
            let segment = Segment {
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
        let sent = |n| Record::Sent(Sent { n, p: 1, at, took: 1, behind: None, h: digest(b"oi"), dropped: None });
        let records = vec![Record::Peer(Peer { p: 1, addr: bob }), text(1), sent(1), text(2), sent(2)];
        let journal = JournalLog { records, ..JournalLog::default() };
        let copies = |captures: &[&CaptureLog]| {
            let found = findings(captures, Some(&journal), None).messages;
            let copies = found.into_iter().map(|message| message.copies.unwrap());
            copies.map(|copies| (copies.to, copies.delivered, copies.left)).collect::<Vec<_>>()
        };
        assert_eq!(copies(&[&log]), [(1, 1, 0), (1, 0, 1)]);
        assert_eq!(copies(&[]), [(1, 0, 1), (1, 0, 1)], "no capture, no acknowledgment");
    }
}
