//! The result of a chat, for people: connections with handshake and close, what was said, and what did not arrive.

use super::chapters::page::{Page, Table};
use super::figures::{DASH, Figures};
use super::text::{self, Style};
use super::words;
use crate::core::verdict::chat::document::{
    ChatDocument, Close, Connection, Copy, Fate, Kind, Member, Message, Outcome, Stream, Totals, Transport, Way,
};
use crate::i18n::{Texts, Value};

/// Messages that are listed; of more it is said how many there are.
const MOST_LISTED: usize = 200;

/// Connections that are told one by one.
const MOST_CONNECTIONS: usize = 50;

/// Copies of one message that are told one by one.
const MOST_COPIES: usize = 10;

/// So much of a text is shown, characters.
const LONGEST_TEXT: usize = 60;

/// The document as text in the language of `texts`, with a newline at its end.
pub fn text(document: &ChatDocument, texts: Texts, style: Style) -> String {
    let sheet = Writer { document, texts, figures: Figures::new(texts) };
    text::laid_out(&sheet.page(), style)
}

/// The document as indented JSON with a newline at its end, its warnings filled in the language of `texts`.
pub fn json(document: &mut ChatDocument, texts: Texts) -> String {
    for warning in &mut document.warnings {
        (warning.text, warning.advice) = words::warning(warning, texts);
    }
    let mut json = serde_json::to_string_pretty(document).unwrap_or_default();
    json.push('\n');
    json
}

struct Writer<'a> {
    document: &'a ChatDocument,
    texts: Texts,
    figures: Figures,
}

impl Writer<'_> {
    fn page(&self) -> Vec<super::chapters::page::Piece> {
        let mut page = Page::default();
        let transport = match self.document.transport {
            Transport::Tcp => "TCP",
            Transport::Udp => "UDP",
        };
        let said = self.document.messages.iter().filter(|message| message.kind == Kind::Message).count();
        page.strong(&self.texts.with(
            "chat-report-title",
            &[
                ("transport", Value::words(transport)),
                ("members", Value::count(self.document.members.len() as u64)),
                ("messages", Value::count(said as u64 + self.document.unlisted)),
            ],
        ));
        if self.server_was_killed() {
            page.line(&self.texts.get("chat-report-killed"));
        }
        self.connections(&mut page);
        if let Some(totals) = &self.document.totals {
            self.totals(&mut page, totals);
            self.members(&mut page);
        }
        self.messages(&mut page);
        self.warnings(&mut page);
        page.finish()
    }

    /// The server's journal breaks off: its program did not come to its end.
    fn server_was_killed(&self) -> bool {
        let journals = self.document.witnesses.iter().filter(|witness| witness.kind == "journal");
        journals.clone().any(|journal| journal.role == Some("server") && journal.witness.ended.is_none())
    }

    fn connections(&self, page: &mut Page) {
        let mut file = None;
        for connection in self.document.connections.iter().take(MOST_CONNECTIONS) {
            if file != Some(&connection.file) {
                file = Some(&connection.file);
                let name = ("file", Value::words(words::quote(&connection.file)));
                page.heading(&self.texts.with("chat-report-connections", &[name]));
            }
            self.connection(page, connection);
        }
        let more = self.document.connections.len().saturating_sub(MOST_CONNECTIONS);
        if more > 0 {
            page.item(&self.texts.with("chat-report-more", &[("count", Value::count(more as u64))]));
        }
    }

    fn connection(&self, page: &mut Page, connection: &Connection) {
        let texts = self.texts;
        let client = connection
            .nick
            .as_ref()
            .map_or_else(|| connection.client.to_string(), |nick| format!("{nick} ({})", connection.client));
        page.item(&texts.with(
            "chat-report-connection",
            &[
                ("id", Value::words(connection.id)),
                ("client", Value::words(client)),
                ("server", Value::words(connection.server)),
                ("time", Value::words(self.figures.duration(connection.to_ns - connection.from_ns))),
            ],
        ));
        let frame = |frame: Option<u32>| Value::words(frame.map_or_else(|| DASH.to_owned(), |frame| frame.to_string()));
        let [syn, syn_ack, ack] = connection.handshake;
        let steps = [("syn", frame(syn)), ("synack", frame(syn_ack)), ("ack", frame(ack))];
        page.under_item(&match connection.handshake_ns {
            Some(ns) => {
                let time = ("time", Value::words(self.figures.duration(ns)));
                texts.with("chat-report-handshake", &[&steps[..], &[time]].concat())
            }
            None if connection.handshake == [None; 3] => texts.get("chat-report-no-handshake"),
            None => texts.with("chat-report-half-handshake", &steps),
        });
        page.under_item(&self.stream("chat-report-from-client", &connection.from_client, connection.messages));
        page.under_item(&self.stream("chat-report-from-server", &connection.from_server, 0));
        page.under_item(&self.close(&connection.close));
    }

    fn stream(&self, key: &str, stream: &Stream, messages: u64) -> String {
        let count = Value::count;
        let mut said = self.texts.with(
            key,
            &[
                ("bytes", count(stream.bytes)),
                ("segments", count(stream.segments)),
                ("messages", count(messages)),
                ("retransmissions", count(stream.retransmissions)),
            ],
        );
        let rests = [("chat-report-late", stream.late), ("chat-report-missing", stream.missing)];
        for (key, figure) in rests {
            if figure > 0 {
                said.push(' ');
                said.push_str(&self.texts.with(key, &[("count", count(figure))]));
            }
        }
        said
    }

    fn close(&self, close: &Close) -> String {
        let end = |end: Option<&str>| {
            Value::words(self.texts.get(match end {
                Some("server") => "chat-report-the-server",
                _ => "chat-report-the-client",
            }))
        };
        let fin = |of: Option<&str>| if of == Some("server") { close.fin_server } else { close.fin_client };
        let number =
            |frame: Option<u32>| Value::words(frame.map_or_else(|| DASH.to_owned(), |frame| frame.to_string()));
        let other = if close.by == Some("server") { Some("client") } else { Some("server") };
        let values = [
            ("by", end(close.by)),
            ("other", end(other)),
            ("after", end(close.after_fin_of)),
            ("fin", number(fin(close.by))),
            ("otherfin", number(fin(other))),
            ("afterfin", number(fin(close.after_fin_of))),
            ("rst", number(close.rst)),
        ];
        let key = match (close.how, close.after_fin_of) {
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

    fn totals(&self, page: &mut Page, totals: &Totals) {
        page.heading(&self.texts.get("chat-report-datagrams"));
        for (key, way) in [("chat-report-inward", &totals.inward), ("chat-report-outward", &totals.outward)] {
            let counts = [
                ("datagrams", way.datagrams),
                ("delivered", way.delivered),
                ("lost", way.lost),
                ("notsent", way.not_sent),
                ("left", way.left),
                ("inconclusive", way.inconclusive),
                ("duplicates", way.duplicates),
            ];
            let values: Vec<(&'static str, Value)> =
                counts.into_iter().map(|(name, count)| (name, Value::count(count))).collect();
            page.item(&self.texts.with(key, &values));
            for (segment, count) in &way.blame {
                let place = ("place", Value::words(self.segment(segment)));
                page.under_item(&self.texts.with("chat-report-lost-at", &[place, ("count", Value::count(*count))]));
            }
        }
    }

    fn members(&self, page: &mut Page) {
        page.heading(&self.texts.get("chat-report-members"));
        let heading = |key: &str| self.texts.get(key);
        let mut table = Table::new(vec![
            heading("chat-report-column-member"),
            heading("chat-report-column-said"),
            heading("chat-report-column-arrived"),
            heading("chat-report-column-copies"),
            heading("chat-report-column-arrived"),
            heading("chat-report-column-lost"),
        ]);
        let count = |way: &Option<Way>, of: fn(&Way) -> u64| self.figures.count(way.as_ref().map(of));
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
        page.table(table);
    }

    fn messages(&self, page: &mut Page) {
        let told: Vec<&Message> =
            self.document.messages.iter().filter(|message| message.kind == Kind::Message).collect();
        if told.is_empty() {
            return;
        }
        page.heading(&self.texts.get("chat-report-messages"));
        for message in told.iter().take(MOST_LISTED) {
            self.message(page, message);
        }
        let more = told.len().saturating_sub(MOST_LISTED) as u64 + self.document.unlisted;
        if more > 0 {
            page.item(&self.texts.with("chat-report-more", &[("count", Value::count(more))]));
        }
    }

    fn message(&self, page: &mut Page, message: &Message) {
        let text: String = message.text.as_deref().unwrap_or(DASH).chars().take(LONGEST_TEXT).collect();
        let frames: Vec<String> = message
            .evidence
            .iter()
            .chain(message.inward.iter().flat_map(|fate| &fate.evidence))
            .map(|frame| frame.frame.to_string())
            .collect();
        let values = [
            ("who", Value::words(message.from.map_or_else(|| DASH.to_owned(), |id| self.name(id)))),
            ("text", Value::words(words::quote(&text))),
            ("frames", Value::words(frames.join(", "))),
        ];
        let key = if frames.is_empty() { "chat-report-message" } else { "chat-report-message-frames" };
        page.item(&self.texts.with(key, &values));
        if message.withheld {
            page.under_item(&self.texts.get("chat-report-withheld"));
        }
        if let Some(fate) = message.inward.as_ref().filter(|fate| !is_well(fate)) {
            page.under_item(&self.fate("chat-report-way-in", fate, &self.texts.get("chat-report-the-server")));
        }
        if let Some(copies) = &message.copies {
            let counts = [
                ("to", copies.to),
                ("delivered", copies.delivered),
                ("left", copies.left),
                ("lost", copies.lost),
                ("notsent", copies.not_sent),
                ("inconclusive", copies.inconclusive),
            ];
            // Without a capture, what TCP did with them nobody can tell of any.
            let unseen = if self.document.connections.is_empty() && self.document.transport == Transport::Tcp {
                copies.left
            } else {
                0
            };
            if copies.to > copies.delivered + unseen {
                let values: Vec<(&'static str, Value)> =
                    counts.into_iter().map(|(name, count)| (name, Value::count(count))).collect();
                page.under_item(&self.texts.with("chat-report-copies", &values));
            }
            for Copy { to, fate } in copies.failed.iter().take(MOST_COPIES) {
                page.under_item(&self.fate("chat-report-copy", fate, &self.name(*to)));
            }
        }
    }

    fn fate(&self, key: &str, fate: &Fate, who: &str) -> String {
        let outcome = self.texts.get(match fate.outcome {
            Outcome::Delivered => "chat-outcome-delivered",
            Outcome::Lost => "chat-outcome-lost",
            Outcome::NotSent => "chat-outcome-not-sent",
            Outcome::Left => "chat-outcome-left",
            Outcome::Inconclusive => "chat-outcome-inconclusive",
        });
        let places: Vec<String> = fate.blame.iter().map(|segment| self.segment(segment)).collect();
        let place = if places.is_empty() { fate.reason.clone().unwrap_or_default() } else { places.join(", ") };
        let place = if place.is_empty() { place } else { format!(": {}", words::quote(&place)) };
        let values = [("who", Value::words(who)), ("outcome", Value::words(outcome)), ("place", Value::words(place))];
        let mut said = self.texts.with(key, &values);
        if fate.alike {
            said.push(' ');
            said.push_str(&self.texts.get("chat-report-alike"));
        }
        said
    }

    fn segment(&self, segment: &str) -> String {
        self.texts.get(match segment {
            "member_host_out" => "chat-segment-member-host-out",
            "network_in" => "chat-segment-network-in",
            "server_host_in" => "chat-segment-server-host-in",
            "server_app" => "chat-segment-server-app",
            "server_host_out" => "chat-segment-server-host-out",
            "network_out" => "chat-segment-network-out",
            "member_host_in" => "chat-segment-member-host-in",
            _ => "chat-segment-undetermined",
        })
    }

    fn name(&self, id: u32) -> String {
        self.document.members.iter().find(|member| member.id == id).map_or_else(|| DASH.to_owned(), who)
    }

    fn warnings(&self, page: &mut Page) {
        let warnings = &self.document.warnings;
        if warnings.is_empty() {
            return;
        }
        page.heading(&self.texts.with("warnings-heading", &[("count", Value::count(warnings.len() as u64))]));
        for warning in warnings {
            let (text, advice) = words::warning(warning, self.texts);
            page.warning(&text);
            page.under_item(&self.texts.with("warnings-advice", &[("advice", Value::words(advice))]));
        }
    }
}

fn who(member: &Member) -> String {
    let address = member.address.map_or_else(|| DASH.to_owned(), |address| address.to_string());
    match &member.nick {
        Some(nick) => format!("{nick} ({address})"),
        None => address,
    }
}

fn is_well(fate: &Fate) -> bool {
    matches!(fate.outcome, Outcome::Delivered | Outcome::Left)
}
