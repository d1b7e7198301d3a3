//! The table of messages with their evidence.

use maud::{Markup, html};

use super::{evidence, sequence_diagram};
use crate::core::document::exchange::Flow;
use crate::core::document::message::Message;
use crate::core::document::outcome::Outcome;
use crate::core::document::witness::WitnessKind;
use crate::core::evidence::journal_run::Role;
use crate::i18n::{Texts, Value};
use crate::report::exchange::flow_report::FlowReport;
use crate::report::exchange::message_evidence;
use crate::report::format::DASH;
use crate::report::labels;

/// Rows of all tables of a page together.
pub const MAX_ROWS: usize = 2_000;

pub struct RowBudget(usize);

impl Default for RowBudget {
    fn default() -> Self {
        Self(MAX_ROWS)
    }
}

impl RowBudget {
    /// Those of a flow's messages for which there is room: the ones that did not simply get through first.
    pub fn select<'a>(&mut self, flow: &'a Flow) -> Vec<&'a Message> {
        let (plain, odd): (Vec<&Message>, Vec<&Message>) = flow.messages.iter().partition(|message| message.is_plain());
        let mut chosen: Vec<&Message> = odd.into_iter().chain(plain).take(self.0).collect();
        chosen.sort_by_key(|message| message.n);
        self.0 -= chosen.len();
        chosen
    }
}

pub fn draw(flow_report: FlowReport<'_>, messages: &[&Message]) -> Markup {
    let FlowReport { flow, texts, .. } = flow_report;
    let id = format!("messages-{}", flow.id);
    let start = flow.timeline.as_ref().map(|timeline| timeline.from_ns);
    let mut outcomes: Vec<Outcome> = messages.iter().map(|message| message.outcome).collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (texts.get("page-table")) }
            @if (messages.len() as u64) < flow.counts.requests {
                p.note { (texts.with("page-table-part", &[
                    ("shown", Value::count(messages.len() as u64)), ("all", Value::count(flow.counts.requests)),
                ])) }
            }
            (conversation(flow_report))
            (search(&format!("rows-{}", flow.id), texts, &html! {
                label { (texts.get("page-outcome")) " "
                    select {
                        option value="" { (texts.get("page-outcome-all")) }
                        @for outcome in outcomes {
                            option value=(labels::name(outcome)) { (labels::outcome(outcome, texts)) }
                        }
                    }
                }
            }))
            div.scroll tabindex="0" {
                table.messages {
                    thead { tr {
                        th scope="col" { (texts.get("page-number")) }
                        th scope="col" { (texts.get("page-left")) }
                        th scope="col" { (texts.get("page-outcome")) }
                        th scope="col" { (texts.get("page-rtt")) }
                        th scope="col" { (texts.get("page-evidence")) }
                    } }
                    tbody id=(format!("rows-{}", flow.id)) {
                        @for message in messages { (row(flow_report, message, start)) }
                    }
                }
            }
        }
    }
}

/// Looks for a text in the rows of a table's body, `rows`, and lets choose among them as `choice` offers.
pub fn search(rows: &str, texts: Texts, choice: &Markup) -> Markup {
    html! {
        div.tools role="search" hidden data-filter=(rows) {
            label { (texts.get("page-search")) " " input type="search" autocomplete="off" {} }
            (choice)
            output {}
        }
    }
}

fn row(flow_report: FlowReport<'_>, message: &Message, start: Option<i64>) -> Markup {
    let FlowReport { figures, .. } = flow_report;
    let known = message_evidence::describe_message(flow_report, message);
    html! {
        tr id=(format!("m{}-{}", flow_report.flow.id, message.n)) data-outcome=(labels::name(message.outcome)) class=[message.is_plain().then_some("plain")] {
            th scope="row" { (message.n) }
            td.time { (sequence_diagram::left(message, start, figures).unwrap_or_else(|| DASH.to_owned())) }
            td class=(format!("outcome {}", labels::name(message.outcome))) {
                span aria-hidden="true" { (sign(message.outcome)) " " }
                (outcome(flow_report, message))
            }
            td.time { (message.rtt_ns.map_or_else(|| DASH.to_owned(), |rtt| figures.duration(rtt))) }
            td.evidence {
                @for line in known { p { (line) } }
                @if let Some(sure) = message_evidence::certainty(flow_report, message) { p.sure { (sure) } }
                @if let Some(reply) = &message.reply { p { q { (labels::truncate(reply)) } } }
                (evidence::filters(flow_report, message))
            }
        }
    }
}

/// The outcome; for losses with all segments that may have lost it.
fn outcome(flow_report: FlowReport<'_>, message: &Message) -> String {
    let FlowReport { texts, .. } = flow_report;
    match (message.outcome, message.blame.len()) {
        (Outcome::Lost, 2..) => {
            let names: Vec<String> = message.blame.iter().map(|segment| labels::segment(*segment, texts)).collect();
            texts.with("page-lost-somewhere", &[("places", Value::text(names.join(", ")))])
        }
        (Outcome::Lost, 1) => labels::result(message, texts, flow_report.figures),
        _ => labels::outcome(message.outcome, texts),
    }
}

const fn sign(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered | Outcome::Answered | Outcome::Unobserved => "✓",
        Outcome::Late => "◷",
        Outcome::NotSent => "⊘",
        Outcome::Lost => "✕",
        Outcome::Inconclusive => "?",
    }
}

/// Display filters for the whole conversation, one for each capture: a NAT between them changes the client's address.
fn conversation(flow_report: FlowReport<'_>) -> Markup {
    let FlowReport { document, flow, texts, .. } = flow_report;
    // Behind a router that forwards another port than its own, the server has not the one that the client knows.
    let port = flow.server.map(|server| server.port());
    let capture = |role| document.envelope.witnesses.get(role, WitnessKind::Capture);
    let captures = [
        (capture(Role::Client), flow.client, port),
        (capture(Role::Server), flow.client_as_seen_by_server.or(flow.client), None),
    ];
    html! {
        @for (witness, client, port) in captures {
            @if let (Some(witness), Some(client)) = (witness, client) {
                p.note {
                    (texts.get("page-conversation")) " "
                    @let ip = if client.is_ipv4() { "ip" } else { "ipv6" };
                    @let ours = format!("{ip}.addr == {} && udp.port == {}", client.ip(), client.port());
                    @let filter = match port { Some(port) => format!("{ours} && udp.port == {port}"), None => ours };
                    (evidence::offered(flow_report, &witness.file, &filter, None))
                }
            }
        }
    }
}
