//! Localized phrases about a chat, shared by all report forms.

use crate::core::document::chat::{
    ChatDocument, ChatMessage, Close, Connection, Copies, Copy, DatagramResult, DirectionTotals, Member, MessageKind,
    Stream, Totals, Transport,
};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::SegmentName;
use crate::i18n::{Texts, Value};
use crate::report::exchange::blocks::{ReportBuilder, Table};
use crate::report::format::{DASH, NumberFormat};
use crate::report::labels;

/// Copies of one message listed one by one.
const MAX_COPIES: usize = 10;

/// Characters of a text that are shown.
const MAX_TEXT_CHARS: usize = 60;

/// Describes a chat document in words.
pub struct Phrases<'a> {
    pub document: &'a ChatDocument,
    pub texts: Texts,
    pub figures: NumberFormat,
}

impl<'a> Phrases<'a> {
    pub fn new(document: &'a ChatDocument, texts: Texts) -> Self {
        Self { document, texts, figures: NumberFormat::new(texts) }
    }

    /// The transport, the number of members and of messages.
    pub fn title(&self) -> String {
        let transport = match self.document.transport {
            Transport::Tcp => "TCP",
            Transport::Udp => "UDP",
        };
        self.texts.with(
            "chat-report-title",
            &[
                ("transport", Value::text(transport)),
                ("members", Value::count(self.document.participants())),
                ("messages", Value::count(self.document.message_count)),
            ],
        )
    }

    /// Where the server's journal breaks off: its program did not come to its end.
    pub fn killed(&self) -> Option<String> {
        let killed = self.document.server_journals().any(|journal| journal.ended.is_none());
        killed.then(|| self.texts.get("chat-report-killed"))
    }

    /// How many more there are than are listed, if any.
    pub fn more(&self, count: u64) -> Option<String> {
        (count > 0).then(|| self.texts.with("chat-report-more", &[("count", Value::count(count))]))
    }

    /// The heading of a file's connections.
    pub fn connections_in(&self, file: &str) -> String {
        self.texts.with("chat-report-connections", &[("file", Value::text(labels::truncate(file)))])
    }

    /// Between whom a connection was, and for how long.
    pub fn connection(&self, connection: &Connection) -> String {
        self.texts.with(
            "chat-report-connection",
            &[
                ("id", Value::text(connection.id)),
                ("client", Value::text(client(connection))),
                ("server", Value::text(connection.server)),
                ("time", Value::text(self.figures.duration(connection.to_ns - connection.from_ns))),
            ],
        )
    }

    /// How a connection was opened, what either end sent, and how it was closed.
    pub fn course(&self, connection: &Connection) -> [String; 4] {
        [
            self.handshake(connection),
            self.stream("chat-report-from-client", &connection.from_client, connection.messages),
            self.stream("chat-report-from-server", &connection.from_server, 0),
            self.close(&connection.close),
        ]
    }

    fn handshake(&self, connection: &Connection) -> String {
        let [syn, syn_ack, ack] = connection.handshake;
        let steps = [("syn", frame(syn)), ("synack", frame(syn_ack)), ("ack", frame(ack))];
        match connection.handshake_ns {
            Some(ns) => {
                let time = ("time", Value::text(self.figures.duration(ns)));
                self.texts.with("chat-report-handshake", &[&steps[..], &[time]].concat())
            }
            None if connection.handshake == [None; 3] => self.texts.get("chat-report-no-handshake"),
            None => self.texts.with("chat-report-half-handshake", &steps),
        }
    }

    fn stream(&self, key: &str, stream: &Stream, messages: u64) -> String {
        let count = Value::count;
        let mut sentence = self.texts.with(
            key,
            &[
                ("bytes", count(stream.bytes)),
                ("segments", count(stream.segments)),
                ("messages", count(messages)),
                ("retransmissions", count(stream.retransmissions)),
            ],
        );
        let rests = [("chat-report-late", stream.late), ("chat-report-missing", stream.missing_bytes)];
        for (key, figure) in rests {
            if figure > 0 {
                sentence.push(' ');
                sentence.push_str(&self.texts.with(key, &[("count", count(figure))]));
            }
        }
        sentence
    }

    fn close(&self, close: &Close) -> String {
        let end = |end: Option<&str>| {
            Value::text(self.texts.get(match end {
                Some("server") => "chat-report-the-server",
                _ => "chat-report-the-client",
            }))
        };
        let fin = |of: Option<&str>| if of == Some("server") { close.fin_server } else { close.fin_client };
        let other = if close.closed_by == Some("server") { Some("client") } else { Some("server") };
        let values = [
            ("by", end(close.closed_by)),
            ("other", end(other)),
            ("after", end(close.after_fin_of)),
            ("fin", frame(fin(close.closed_by))),
            ("otherfin", frame(fin(other))),
            ("afterfin", frame(fin(close.after_fin_of))),
            ("rst", frame(close.rst)),
        ];
        let key = match (close.close_kind, close.after_fin_of) {
            ("fin", _) => "chat-report-close-fin",
            ("half", _) => "chat-report-close-half",
            ("rst", None) => "chat-report-close-rst",
            ("rst", Some(_)) => "chat-report-close-rst-after",
            ("refused", _) => "chat-report-close-refused",
            ("unanswered", _) => "chat-report-close-unanswered",
            ("one_sided", _) => "chat-report-close-one-sided",
            ("silence", _) => "chat-report-close-silence",
            _ => "chat-report-close-open",
        };
        self.texts.with(key, &values)
    }

    /// Both directions of all members together.
    pub fn totals(&self, page: &mut ReportBuilder, totals: &Totals) {
        page.heading(&self.texts.get("chat-report-datagrams"));
        for (key, way) in [("chat-report-inward", &totals.inward), ("chat-report-outward", &totals.outward)] {
            let counts = [
                ("datagrams", way.datagrams),
                ("delivered", way.delivered),
                ("lost", way.lost),
                ("notsent", way.not_sent),
                ("left", way.unobserved),
                ("inconclusive", way.inconclusive),
                ("duplicates", way.duplicates),
            ];
            let values: Vec<(&'static str, Value)> =
                counts.into_iter().map(|(name, count)| (name, Value::count(count))).collect();
            page.item(&self.texts.with(key, &values));
            for line in self.lost_at(way) {
                page.under_item(&line);
            }
        }
    }

    /// Where a direction's lost datagrams were lost, and how many at each place.
    pub fn lost_at(&self, way: &DirectionTotals) -> Vec<String> {
        let undetermined = (None, Some(way.blame.undetermined));
        let segments = way.blame.iter().map(|(segment, count)| (Some(segment), count)).chain([undetermined]);
        let mut lost: Vec<_> =
            segments.filter_map(|(segment, count)| Some((segment, count.filter(|count| *count > 0)?))).collect();
        // By name, the undetermined ones last.
        lost.sort_by_key(|(segment, _)| (segment.is_none(), labels::name(*segment)));
        let known = |(segment, count): (Option<SegmentName>, u64)| {
            let place = ("place", Value::text(self.segment(segment)));
            self.texts.with("chat-report-lost-at", &[place, ("count", Value::count(count))])
        };
        lost.into_iter().map(known).collect()
    }

    /// A row for each member, over UDP: its datagrams each way, of whatever kind.
    pub fn members(&self) -> Table {
        let columns = [
            "chat-report-column-member",
            "chat-report-column-datagrams",
            "chat-report-column-arrived",
            "chat-report-column-sent-to",
            "chat-report-column-arrived",
            "chat-report-column-lost",
        ];
        let mut table = Table::new(columns.map(|key| self.texts.get(key)).to_vec());
        let count =
            |way: &Option<DirectionTotals>, of: fn(&DirectionTotals) -> u64| self.figures.count(way.as_ref().map(of));
        for member in &self.document.members {
            table.row(vec![
                who(member),
                count(&member.inward, |way| way.datagrams),
                count(&member.inward, |way| way.delivered),
                count(&member.outward, |way| way.datagrams),
                count(&member.outward, |way| way.delivered),
                count(&member.outward, |way| way.lost),
            ]);
        }
        table
    }

    /// The sender of a message: a member, or the server itself.
    pub fn sender(&self, message: &ChatMessage) -> String {
        match (message.from, message.kind) {
            (Some(id), _) => self.name(id),
            (None, MessageKind::Notice) => self.texts.get("chat-report-the-server"),
            (None, _) => DASH.to_owned(),
        }
    }

    /// A message with its sender and its frames.
    pub fn message(&self, message: &ChatMessage) -> String {
        let text: String = message.text.as_deref().unwrap_or(DASH).chars().take(MAX_TEXT_CHARS).collect();
        let frames: Vec<String> = message
            .evidence
            .iter()
            .chain(message.inward.iter().flat_map(|outcome| &outcome.evidence))
            .filter_map(|shown| Some(shown.frame?.to_string()))
            .collect();
        let values = [
            ("who", Value::text(self.sender(message))),
            ("text", Value::text(labels::truncate(&text))),
            ("frames", Value::text(frames.join(", "))),
        ];
        let key = if frames.is_empty() { "chat-report-message" } else { "chat-report-message-frames" };
        self.texts.with(key, &values)
    }

    /// The outcome of a message and its copies, if they did not all arrive.
    pub fn results(&self, message: &ChatMessage) -> Vec<String> {
        let mut known = Vec::new();
        if message.withheld {
            known.push(self.texts.get("chat-report-withheld"));
        }
        if let Some(result) = message.inward.as_ref().filter(|outcome| !is_well(outcome)) {
            known.push(self.result("chat-report-way-in", result, &self.texts.get("chat-report-the-server")));
        }
        if let Some(copies) = &message.copies {
            // Without a capture, nothing is known about the TCP segments.
            let tcp_unseen = self.document.transport == Transport::Tcp && self.document.connections.is_empty();
            let unseen = if tcp_unseen { copies.unobserved } else { 0 };
            if copies.to > copies.delivered + unseen {
                known.push(self.copies(copies));
            }
            let shown = copies.failed.iter().take(MAX_COPIES);
            known.extend(
                shown.map(|Copy { to, delivery: outcome }| self.result("chat-report-copy", outcome, &self.name(*to))),
            );
            known.extend(self.more(copies.failed.len().saturating_sub(MAX_COPIES) as u64));
        }
        known
    }

    fn copies(&self, copies: &Copies) -> String {
        let counts = [
            ("to", copies.to),
            ("delivered", copies.delivered),
            ("left", copies.unobserved),
            ("lost", copies.lost),
            ("notsent", copies.not_sent),
            ("inconclusive", copies.inconclusive),
        ];
        let values: Vec<(&'static str, Value)> =
            counts.into_iter().map(|(name, count)| (name, Value::count(count))).collect();
        // Over TCP a copy has no way of its own that could be followed, only bytes that are acknowledged.
        let key = match self.document.transport {
            Transport::Tcp => "chat-report-copies-tcp",
            Transport::Udp => "chat-report-copies",
        };
        self.texts.with(key, &values)
    }

    fn result(&self, key: &str, result: &DatagramResult, who: &str) -> String {
        let places: Vec<String> = result.blame.iter().map(|segment| self.segment(Some(*segment))).collect();
        let (outcome, place) = match &places[..] {
            [] => (self.outcome(result.outcome), result.reason.clone().unwrap_or_default()),
            [only] => (self.outcome(result.outcome), only.clone()),
            several => {
                let places = ("places", Value::text(several.join(", ")));
                (self.texts.with("page-lost-somewhere", &[places]), String::new())
            }
        };
        let place = if place.is_empty() { place } else { format!(": {}", labels::truncate(&place)) };
        let values = [("who", Value::text(who)), ("outcome", Value::text(outcome)), ("place", Value::text(place))];
        let mut sentence = self.texts.with(key, &values);
        if result.ambiguous_copy {
            sentence.push(' ');
            sentence.push_str(&self.texts.get("chat-report-alike"));
        }
        sentence
    }

    pub fn outcome(&self, outcome: Outcome) -> String {
        self.texts.get(match outcome {
            Outcome::Delivered | Outcome::Late | Outcome::Answered => "chat-outcome-delivered",
            Outcome::Lost => "chat-outcome-lost",
            Outcome::NotSent => "chat-outcome-not-sent",
            Outcome::Unobserved => "chat-outcome-left",
            Outcome::Inconclusive => "chat-outcome-inconclusive",
        })
    }

    /// A segment by its name in a chat; `None` for the undetermined ones.
    fn segment(&self, segment: Option<SegmentName>) -> String {
        match segment {
            Some(SegmentName::ServerHostIn) => self.texts.get("chat-segment-server-host-in"),
            Some(SegmentName::ServerApp) => self.texts.get("chat-segment-server-app"),
            Some(SegmentName::ServerHostOut) => self.texts.get("chat-segment-server-host-out"),
            Some(segment) => labels::segment(segment, self.texts),
            None => self.texts.get("chat-segment-undetermined"),
        }
    }

    fn name(&self, id: u32) -> String {
        member(self.document, id).map_or_else(|| DASH.to_owned(), who)
    }
}

/// What CSV and HTML call an outcome.
pub fn outcome_name(outcome: Outcome) -> String {
    if outcome == Outcome::Unobserved { "left".to_owned() } else { labels::name(outcome) }
}

pub fn member(document: &ChatDocument, id: u32) -> Option<&Member> {
    // They are numbered in their order.
    let at = usize::try_from(id).ok()?.checked_sub(1)?;
    document.members.get(at).filter(|member| member.id == id)
}

pub fn client(connection: &Connection) -> String {
    let address = connection.client.to_string();
    connection.nick.as_ref().map_or_else(|| address.clone(), |nick| format!("{nick} ({address})"))
}

fn who(member: &Member) -> String {
    let address = member.address.map_or_else(|| DASH.to_owned(), |address| address.to_string());
    match &member.nick {
        Some(nick) => format!("{nick} ({address})"),
        None => address,
    }
}

fn frame(frame: Option<u32>) -> Value {
    Value::text(frame.map_or_else(|| DASH.to_owned(), |frame| frame.to_string()))
}

fn is_well(result: &DatagramResult) -> bool {
    matches!(result.outcome, Outcome::Delivered | Outcome::Unobserved)
}
