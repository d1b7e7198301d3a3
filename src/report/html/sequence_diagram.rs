//! The sequence diagram: a row for each message, from client to server and back, up to where it was lost.
//!
//! The rows are evenly spaced: next to pauses of seconds, round trips of milliseconds could not be seen.

use maud::{Markup, html};

use crate::core::document::exchange::Flow;
use crate::core::document::message::Message;
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::i18n::Value;
use crate::report::exchange::flow_report::FlowReport;
use crate::report::format::NumberFormat;
use crate::report::labels;

/// Messages drawn; if there are more, those that had a problem.
const MAX_ROWS: usize = 300;

/// The width of the drawing, and where its parts are.
const WIDTH: f64 = 1120.0;
const TOP: f64 = 46.0;
const ROW: f64 = 34.0;

/// Where the four lanes are: the client's application and wire, the server's wire and application.
const LANES: [f64; 4] = [150.0, 270.0, 590.0, 710.0];

const ONE_HOST: [f64; 4] = [150.0, 430.0, 430.0, 710.0];

const WORDS: f64 = 740.0;

pub fn draw(flow_report: FlowReport<'_>) -> Markup {
    let FlowReport { flow, texts, .. } = flow_report;
    let drawn = chosen(flow);
    if drawn.is_empty() {
        return html! {};
    }
    let id = flow.id;
    let height = TOP + drawn.len() as f64 * ROW + 10.0;
    let directions = if flow_report.same_host() { ONE_HOST } else { LANES };
    let start = flow.timeline.as_ref().map(|timeline| timeline.from_ns);
    html! {
        section aria-labelledby=(format!("ladder-{id}")) {
            h2 id=(format!("ladder-{id}")) { (texts.get("page-ladder")) }
            p { (texts.get("page-ladder-how")) }
            (legend(flow_report))
            @if (drawn.len() as u64) < flow.counts.requests {
                p.note { (texts.with("page-ladder-part", &[
                    ("shown", Value::count(drawn.len() as u64)), ("all", Value::count(flow.counts.requests)),
                ])) }
            }
            div.tools role="group" aria-label=(texts.get("page-zoom")) hidden data-zoom=(format!("drawing-{id}")) {
                button type="button" data-step="in" { span aria-hidden="true" { "+ " } (texts.get("page-zoom-in")) }
                button type="button" data-step="out" { span aria-hidden="true" { "− " } (texts.get("page-zoom-out")) }
                button type="button" data-step="all" { (texts.get("page-zoom-all")) }
                button type="button" data-step="own" { (texts.get("page-zoom-own")) }
            }
            div.scroll.drawing tabindex="0" role="region" aria-labelledby=(format!("ladder-{id}")) {
                svg.ladder id=(format!("drawing-{id}")) role="img" viewBox=(format!("0 0 {WIDTH} {height}"))
                    aria-labelledby=(format!("ladder-title-{id} ladder-about-{id}")) {
                    title id=(format!("ladder-title-{id}")) { (texts.get("page-ladder")) }
                    desc id=(format!("ladder-about-{id}")) { (texts.get("page-ladder-about")) }
                    (ground(flow_report, directions, height))
                    @for (row, message) in drawn.iter().enumerate() {
                        (rung(flow_report, message, directions, TOP + row as f64 * ROW, start))
                    }
                }
            }
        }
    }
}

fn chosen(flow: &Flow) -> Vec<&Message> {
    if flow.messages.len() <= MAX_ROWS {
        return flow.messages.iter().collect();
    }
    flow.messages.iter().filter(|message| !message.is_plain()).take(MAX_ROWS).collect()
}

fn legend(flow_report: FlowReport<'_>) -> Markup {
    let FlowReport { texts, .. } = flow_report;
    html! {
        ul.legend {
            li.seen { span aria-hidden="true" { "● " } (texts.get("page-legend-seen")) }
            li.lost { span aria-hidden="true" { "✕ " } (texts.get("page-legend-lost")) }
            li.somewhere { span aria-hidden="true" { "╌?╌ " } (texts.get("page-legend-somewhere")) }
        }
    }
}

/// The network's stretch, the lanes and their names.
fn ground(flow_report: FlowReport<'_>, directions: [f64; 4], height: f64) -> Markup {
    let FlowReport { texts, .. } = flow_report;
    let keys = ["page-lane-client-app", "page-lane-client-wire", "page-lane-server-wire", "page-lane-server-app"];
    let names: Vec<(f64, String)> = if flow_report.same_host() {
        vec![
            (directions[0], texts.get(keys[0])),
            (directions[1], texts.get("page-lane-one-wire")),
            (directions[3], texts.get(keys[3])),
        ]
    } else {
        directions.into_iter().zip(keys.map(|key| texts.get(key))).collect()
    };
    html! {
        @if !flow_report.same_host() {
            rect.network x=(directions[1]) y=(TOP - 8.0) width=(directions[2] - directions[1]) height=(height - TOP + 4.0) {}
            text.lane x=(f64::midpoint(directions[1], directions[2])) y=(TOP - 14.0) text-anchor="middle" { (texts.get("page-lane-network")) }
        }
        @for (x, name) in names {
            line.lane x1=(x) x2=(x) y1=(TOP - 8.0) y2=(height - 4.0) {}
            // Names of neighbours would run into each other on one line.
            @let y = if [directions[0], directions[3]].contains(&x) { TOP - 30.0 } else { TOP - 14.0 };
            text.lane x=(x) y=(y) text-anchor="middle" { (name) }
        }
    }
}

/// How far a message's line goes, and how it ends.
struct MessagePath {
    /// Up to this position (point, or in between) it is known to have come.
    known: f64,
    /// From there up to here it is not known how far it came.
    open: Option<f64>,
    cross: Option<f64>,
}

fn way(message: &Message) -> MessagePath {
    let position = |point: PointName| PointName::EXCHANGE.iter().position(|other| *other == point).unwrap_or(0) as f64;
    let segment = |name: SegmentName| SegmentName::EXCHANGE.iter().position(|other| *other == name).unwrap_or(0) as f64;
    let last = message.times.keys().next_back().map_or(0.0, |point| position(*point));
    match (message.outcome, &message.blame[..]) {
        (Outcome::Delivered | Outcome::Late, _) => MessagePath { known: 7.0, open: None, cross: None },
        (Outcome::NotSent, _) => MessagePath { known: 0.0, open: None, cross: Some(0.0) },
        (Outcome::Lost, [one]) => {
            let at = segment(*one) + 0.5;
            MessagePath { known: at, open: None, cross: Some(at) }
        }
        (Outcome::Lost, [first, .., end]) => {
            MessagePath { known: segment(*first), open: Some(segment(*end) + 1.0), cross: None }
        }
        (Outcome::Lost, []) => {
            MessagePath { known: message.after.map_or(last, position), open: Some(7.0), cross: None }
        }
        (Outcome::Answered | Outcome::Unobserved | Outcome::Inconclusive, _) => {
            MessagePath { known: last, open: Some(7.0), cross: None }
        }
    }
}

/// Where a row's positions (points, or in between) are on the drawing.
struct Row {
    lanes: [f64; 4],
    top: f64,
}

impl Row {
    fn place(&self, position: f64) -> (f64, f64) {
        let [app, wire, far_wire, far_app] = self.lanes;
        let stations = [app, wire, far_wire, far_app, far_app, far_wire, wire, app];
        let from = (position.floor() as usize).min(7);
        let share = position - from as f64;
        let x = stations[from] + share * (stations[(from + 1).min(7)] - stations[from]);
        (x, self.top + 5.0 + position * (ROW - 10.0) / 7.0)
    }

    /// A line from one position to another, by way of those between.
    fn line(&self, from: f64, to: f64) -> String {
        let between = (0..8).map(f64::from).filter(|position| *position > from && *position < to);
        let places = std::iter::once(from).chain(between).chain([to]).map(|position| self.place(position));
        places.map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
    }

    fn cross(&self, position: f64) -> Markup {
        let (x, y) = self.place(position);
        html! { path.cross d=(format!("M{:.1} {:.1}l12 12m-12 0l12 -12", x - 6.0, y - 6.0)) {} }
    }

    /// Marks a stretch where the message was lost, or beyond which nothing is known.
    fn doubt(&self, from: f64, to: f64, label: Option<String>) -> Markup {
        // In the middle of the stretch, and where it goes there and back, between the two lines.
        let stations = (0..8).map(f64::from).filter(|station| *station > from && *station < to);
        let places = || std::iter::once(from).chain(stations.clone()).chain([to]).map(|position| self.place(position));
        let end = |of: fn(f64, f64) -> f64, start: f64| places().map(|(x, _)| x).fold(start, of);
        let x = f64::midpoint(end(f64::min, f64::INFINITY), end(f64::max, 0.0));
        let (_, y) = self.place(f64::midpoint(from, to));
        html! {
            polyline.open points=(self.line(from, to)) {}
            circle.doubt cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="8" {}
            text.doubt x=(format!("{x:.1}")) y=(format!("{:.1}", y + 4.0)) text-anchor="middle" { "?" }
            @if let Some(words) = label {
                text.doubt x=(format!("{:.1}", x + 12.0)) y=(format!("{:.1}", y + 4.0)) { (words) }
            }
        }
    }

    fn seen(&self, position: f64) -> Markup {
        let (x, y) = self.place(position);
        html! { circle.seen cx=(format!("{x:.1}")) cy=(format!("{y:.1}")) r="2.6" {} }
    }
}

fn rung(flow_report: FlowReport<'_>, message: &Message, directions: [f64; 4], top: f64, start: Option<i64>) -> Markup {
    let FlowReport { texts, figures, .. } = flow_report;
    let row = Row { lanes: directions, top };
    let MessagePath { known, open, cross } = way(message);
    let seen = message.times.keys().filter_map(|point| PointName::EXCHANGE.iter().position(|other| other == point));
    let label = match (message.outcome, message.blame.len()) {
        (Outcome::Lost, places @ 2..) => texts.with("page-lost-of", &[("count", Value::count(places as u64))]),
        _ => labels::result(message, texts, figures),
    };
    let middle = top + ROW / 2.0 + 4.0;
    html! {
        g class=(labels::name(message.outcome)) data-n=(message.n) {
            title { (texts.with("page-rung", &[("n", Value::text(message.n)), ("what", Value::text(&label))])) }
            rect.row x="0" y=(top) width=(WIDTH) height=(ROW) {}
            text.n x="52" y=(middle) text-anchor="end" { (message.n) }
            @if let Some(left) = left(message, start, figures) { text.time x="132" y=(middle) text-anchor="end" { (left) } }
            @if known > 0.0 { polyline.way points=(row.line(0.0, known)) {} }
            @if let Some(open) = open {
                (row.doubt(known, open, (message.outcome == Outcome::Lost).then(|| texts.get("page-somewhere"))))
            }
            @for position in seen { (row.seen(position as f64)) }
            @if let Some(cross) = cross { (row.cross(cross)) }
            @if message.is_plain() {
                text.what x=(WORDS) y=(middle) { (label) }
            } @else {
                a href=(format!("#m{}-{}", flow_report.flow.id, message.n)) { text.what x=(WORDS) y=(middle) { (label) } }
            }
        }
    }
}

/// How long after the run's beginning a message first shows itself.
pub fn left(message: &Message, start: Option<i64>, figures: NumberFormat) -> Option<String> {
    let (point, time) = message.times.first_key_value()?;
    let start = start.filter(|_| point.at_client() || !message.times.keys().any(|point| point.at_client()))?;
    Some(format!("+{} s", figures.decimal(time.saturating_sub(start) as f64 / 1e9, 3)))
}
