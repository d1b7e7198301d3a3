//! The HTML page of a chat.

use std::net::SocketAddr;

use chrono::DateTime;
use maud::{Markup, html};

use super::evidence::{self, copyable};
use super::table::{MAX_ROWS, search};
use super::{blocks, frame};
use crate::core::document::chat::{
    ChatDocument, ChatMessage, Connection, DatagramResult, Member, MessageKind, Transport,
};
use crate::core::document::witness::WitnessKind;
use crate::core::evidence::journal_run::Role;
use crate::core::verdict::chat::is_remarkable;
use crate::i18n::{Texts, Value};
use crate::report::chat::phrases::{Phrases, client, outcome_name};
use crate::report::exchange::blocks::ReportBuilder;
use crate::report::format::DASH;
use crate::report::labels;

/// Connections listed per capture.
const MAX_CONNECTIONS: usize = 200;

const MAX_MEMBERS: usize = 1_000;

/// Frames in one display filter.
const MAX_FRAMES: usize = 50;

pub fn render(document: &ChatDocument, texts: Texts) -> String {
    let phrases = Phrases::new(document, texts);
    let title = phrases.title();
    let start = document.messages.iter().map(|message| message.time_ns).min();
    let begun = start.map(|ns| DateTime::from_timestamp_nanos(ns).format("%Y-%m-%d %H:%M:%S UTC").to_string());
    let mut warned = ReportBuilder::default();
    phrases.warnings(&mut warned);
    let main = html! {
        article aria-labelledby="chat" {
            header {
                h1 id="chat" { (title) }
                @if let Some(killed) = phrases.killed() { p.strong { (killed) } }
                @if let Some(begun) = begun { p.note { (texts.with("page-begun", &[("time", Value::text(begun))])) } }
                @if let Some(heading) = blocks::first_heading(&warned.finish()) {
                    p.warned { "⚠ " a href="#warnings" { (heading) } }
                }
            }
            @for (index, of_file) in document.connections.chunk_by(|a, b| a.file == b.file).enumerate() {
                (connections(&phrases, index, of_file))
            }
            @if let Some(totals) = &document.totals {
                (blocks::sections(|page| phrases.totals(page, totals)))
                (members(&phrases))
            }
            (messages(&phrases, start))
            section aria-labelledby="warnings" { (blocks::section(texts, "warnings", |page| phrases.warnings(page))) }
            (witnesses(&phrases))
        }
    };
    frame(&title, &main, texts)
}

/// One capture's connections: their figures side by side, then each in words with its display filters.
fn connections(phrases: &Phrases<'_>, index: usize, all: &[Connection]) -> Markup {
    let texts = phrases.texts;
    let id = format!("connections-{index}");
    let shown = &all[..all.len().min(MAX_CONNECTIONS)];
    let columns = [
        "page-chat-connection",
        "page-messages",
        "page-chat-bytes-client",
        "page-chat-bytes-server",
        "page-chat-again-client",
        "page-chat-again-server",
    ];
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (all.first().map(|first| phrases.connections_in(&first.file)).unwrap_or_default()) }
            div.scroll tabindex="0" {
                table.figures.connections {
                    thead { tr { @for key in columns { th scope="col" { (texts.get(key)) } } } }
                    tbody {
                        @for connection in shown {
                            tr data-connection=(connection.id) data-close=(connection.close.close_kind) {
                                th scope="row" { a href=(format!("#{id}-{}", connection.id)) { (connection.id) } " " (client(connection)) }
                                td { (connection.messages) }
                                td { (connection.from_client.bytes) }
                                td { (connection.from_server.bytes) }
                                td { (connection.from_client.retransmissions) }
                                td { (connection.from_server.retransmissions) }
                            }
                        }
                    }
                }
            }
            ul {
                @for connection in shown {
                    li id=(format!("{id}-{}", connection.id)) {
                        @let name = phrases.connection(connection);
                        (name)
                        @for line in phrases.course(connection) { p.under { (line) } }
                        p { (offered(phrases, &of_connection(connection), &name)) " "
                            @let steps = turning_points(connection);
                            @if !steps.is_empty() { (offered(phrases, &evidence::filter(&steps), &name)) }
                        }
                    }
                }
                @if let Some(more) = phrases.more((all.len() - shown.len()) as u64) { li { (more) } }
            }
        }
    }
}

/// The display filter for a connection, by its addresses and ports.
fn of_connection(connection: &Connection) -> String {
    format!("{} && {}", at("tcp", connection.client), at("tcp", connection.server))
}

/// The frames that open and close a connection.
fn turning_points(connection: &Connection) -> Vec<u32> {
    let close = &connection.close;
    let ends = [close.fin_client, close.fin_server, close.rst];
    let mut frames: Vec<u32> = connection.handshake.into_iter().chain(ends).flatten().collect();
    frames.sort_unstable();
    frames.dedup();
    frames
}

/// What has this address and port at one of its ends.
fn at(transport: &str, address: SocketAddr) -> String {
    let ip = address.ip().to_canonical();
    let family = if ip.is_ipv4() { "ip" } else { "ipv6" };
    format!("{family}.addr == {ip} && {transport}.port == {}", address.port())
}

/// The display filter for a member's datagrams: behind a NAT its own host's captures show another address than the
/// server's.
fn of_member(member: &Member) -> Option<String> {
    let mut known: Vec<SocketAddr> = [member.address, member.own_address].into_iter().flatten().collect();
    known.retain(|address| !address.ip().is_unspecified());
    known.dedup();
    match &known[..] {
        [] => None,
        [only] => Some(at("udp", *only)),
        several => {
            Some(several.iter().map(|address| format!("({})", at("udp", *address))).collect::<Vec<_>>().join(" || "))
        }
    }
}

/// A filter to copy, and in the words for its button what it shows.
fn offered(phrases: &Phrases<'_>, filter: &str, what: &str) -> Markup {
    let label = phrases.texts.with("page-chat-copy", &[("what", Value::text(what))]);
    html! { span.filter { (copyable(filter, &label, phrases.texts)) } }
}

/// A row for each member, with the places where its datagrams were lost.
fn members(phrases: &Phrases<'_>) -> Markup {
    let texts = phrases.texts;
    let table = phrases.members();
    let [headings, rows @ ..] = &table.rows[..] else { return html! {} };
    let shown = rows.len().min(MAX_MEMBERS);
    html! {
        section aria-labelledby="members" {
            h2 id="members" { (texts.get("chat-report-members")) }
            div.scroll tabindex="0" {
                table.figures.members {
                    thead { tr {
                        @for heading in headings { th scope="col" { (heading) } }
                        th scope="col" { (texts.get("page-evidence")) }
                    } }
                    tbody {
                        @for (member, cells) in phrases.document.members.iter().zip(&rows[..shown]) {
                            tr data-member=(member.id) {
                                @for (column, cell) in cells.iter().enumerate() {
                                    @if column == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                                }
                                td.evidence {
                                    @for way in [&member.inward, &member.outward].into_iter().flatten() {
                                        @for line in phrases.lost_at(way) { p { (line) } }
                                    }
                                    @if let Some(filter) = of_member(member) { (offered(phrases, &filter, &cells[0])) }
                                }
                            }
                        }
                    }
                }
            }
            @if let Some(more) = phrases.more((rows.len() - shown) as u64) { p.note { (more) } }
        }
    }
}

/// The messages, with undelivered ones first if there is not room for all.
fn messages(phrases: &Phrases<'_>, start: Option<i64>) -> Markup {
    let Phrases { document, texts, .. } = *phrases;
    let (odd, plain): (Vec<&ChatMessage>, Vec<&ChatMessage>) =
        document.messages.iter().partition(|message| is_remarkable(message));
    let mut shown: Vec<&ChatMessage> = odd.into_iter().chain(plain).take(MAX_ROWS).collect();
    shown.sort_by_key(|message| (message.time_ns, message.n));
    let all = document.messages.len() as u64 + document.unlisted;
    let over_udp = document.transport == Transport::Udp;
    let columns = [
        Some("page-number"),
        Some("page-left"),
        Some("page-chat-kind"),
        Some("page-chat-from"),
        Some("page-chat-text"),
        over_udp.then_some("page-chat-way-in"),
        Some("chat-report-column-copies"),
        Some(if over_udp { "chat-report-column-arrived" } else { "page-chat-taken" }),
        over_udp.then_some("chat-report-column-lost"),
        Some("page-evidence"),
    ];
    html! {
        section aria-labelledby="messages" {
            h2 id="messages" { (texts.get("page-table")) }
            @if (shown.len() as u64) < all {
                p.note { (texts.with("page-table-part", &[
                    ("shown", Value::count(shown.len() as u64)), ("all", Value::count(all)),
                ])) }
            }
            (search("utterances", texts, &html! {}))
            div.scroll tabindex="0" {
                table.talk {
                    thead { tr { @for key in columns.into_iter().flatten() { th scope="col" { (texts.get(key)) } } } }
                    tbody id="utterances" { @for message in &shown { (row(phrases, message, start, over_udp)) } }
                }
            }
        }
    }
}

fn row(phrases: &Phrases<'_>, message: &ChatMessage, start: Option<i64>, over_udp: bool) -> Markup {
    let Phrases { texts, figures, .. } = *phrases;
    let when = DateTime::from_timestamp_nanos(message.time_ns);
    let copies = message.copies.as_ref();
    html! {
        tr data-kind=(labels::name(message.kind)) {
            th scope="row" { (message.n.map_or_else(|| DASH.to_owned(), |n| n.to_string())) }
            td.time {
                time datetime=(when.to_rfc3339()) {
                    (start.map(|start| figures.duration(message.time_ns.saturating_sub(start))).unwrap_or_default())
                }
            }
            td { (texts.get(match message.kind {
                MessageKind::Message => "page-chat-message",
                MessageKind::Control => "page-chat-control",
                MessageKind::Notice => "page-chat-notice",
            })) }
            td { (phrases.sender(message)) }
            td.text { @match &message.text { Some(text) => q { (labels::truncate(text)) }, None => (DASH) } }
            @if over_udp { (way_in(phrases, message.inward.as_ref())) }
            td.count { (figures.count(copies.map(|copies| copies.to))) }
            td.count { (figures.count(copies.map(|copies| copies.delivered))) }
            @if over_udp { td.count { (figures.count(copies.map(|copies| copies.lost))) } }
            td.evidence {
                @for line in phrases.results(message) { p { (line) } }
                (filters(phrases, message))
            }
        }
    }
}

fn way_in(phrases: &Phrases<'_>, result: Option<&DatagramResult>) -> Markup {
    html! {
        @match result {
            Some(result) => {
                @let name = outcome_name(result.outcome);
                td class=(format!("outcome {name}")) data-outcome=(name) { (phrases.outcome(result.outcome)) }
            }
            None => td { (DASH) },
        }
    }
}

/// For each capture the display filter that shows a message's frames, and those of copies that did not arrive.
fn filters(phrases: &Phrases<'_>, message: &ChatMessage) -> Markup {
    let results =
        message.inward.iter().chain(message.copies.iter().flat_map(|copies| &copies.failed).map(|copy| &copy.delivery));
    let files = evidence::by_file(message.evidence.iter().chain(results.flat_map(|result| &result.evidence)));
    html! {
        @for (file, mut frames) in files {
            @let filter = { frames.sort_unstable(); frames.dedup(); frames.truncate(MAX_FRAMES); evidence::filter(&frames) };
            span.filter {
                span.file { (labels::truncate(file)) } " "
                @let label = phrases.texts.with("page-chat-copy", &[("what", Value::text(phrases.message(message)))]);
                (copyable(&filter, &label, phrases.texts))
            }
        }
    }
}

fn witnesses(phrases: &Phrases<'_>) -> Markup {
    let texts = phrases.texts;
    html! {
        @if phrases.document.envelope.witnesses.iter().next().is_some() {
            section {
                h2 { (texts.get("witness-heading")) }
                ul {
                    @for witness in phrases.document.envelope.witnesses.iter() {
                        @let key = match (witness.role, witness.kind) {
                            (Some(Role::Server), WitnessKind::Capture) => "witness-server-capture",
                            (Some(Role::Server), WitnessKind::Journal) => "witness-server-journal",
                            (Some(Role::Client), WitnessKind::Capture) => "witness-client-capture",
                            (Some(Role::Client), WitnessKind::Journal) => "witness-client-journal",
                            (None, WitnessKind::Capture) => "page-chat-capture",
                            (None, WitnessKind::Journal) => "page-chat-journal",
                        };
                        @let file = if witness.file.is_empty() { texts.get("witness-not-kept") } else { labels::truncate(&witness.file) };
                        li { (labels::capitalize(&texts.with("witness-line", &[
                            ("name", Value::text(texts.get(key))),
                            ("file", Value::text(file)),
                            ("whole", Value::text(labels::whole(witness.whole, texts))),
                        ]))) }
                    }
                }
            }
        }
    }
}
