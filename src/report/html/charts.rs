//! SVG charts: loss and round-trip times over time, and the distribution of round-trip times.

use maud::{Markup, html};

use crate::core::document::exchange::Flow;
use crate::core::document::statistics::Delays;
use crate::core::document::time_series::{Bin, DelaySummary, Distribution, Timeline};
use crate::i18n::Value;
use crate::report::exchange::flow_report::FlowReport;

const WIDTH: f64 = 900.0;
const LEFT: f64 = 74.0;
const RIGHT: f64 = 12.0;
const PLOT: f64 = WIDTH - LEFT - RIGHT;
const HALF: f64 = 76.0;
const PANEL: f64 = 104.0;

/// The four round-trip times: the key of each one's name, its sums in the document, in a bin, and its distribution.
type Kind =
    (&'static str, fn(&Flow) -> Option<Delays>, fn(&Bin) -> Option<DelaySummary>, fn(&Distribution) -> Option<&[u64]>);
const KINDS: [Kind; 4] = [
    ("delay-application", |f| f.delay.rtt_application, |b| b.rtt_application, |d| d.rtt_application.as_deref()),
    ("delay-kernel", |f| f.delay.rtt_kernel, |b| b.rtt_kernel, |d| d.rtt_kernel.as_deref()),
    ("delay-wire", |f| f.delay.rtt_wire, |b| b.rtt_wire, |d| d.rtt_wire.as_deref()),
    ("delay-network", |f| f.delay.rtt_network, |b| b.rtt_network, |d| d.rtt_network.as_deref()),
];

pub fn draw(flow_report: FlowReport<'_>) -> Markup {
    let Some(timeline) = &flow_report.flow.timeline else { return html! {} };
    html! {
        (loss(flow_report, timeline))
        @if let Some(distribution) = &flow_report.flow.distribution {
            (round_trips(flow_report, timeline))
            (spread(flow_report, distribution))
        }
    }
}

/// What did not come through in a bin.
const fn lost(bin: &Bin) -> u64 {
    bin.lost + bin.late
}

const fn open(bin: &Bin) -> u64 {
    bin.inconclusive + bin.not_sent
}

const fn came(bin: &Bin) -> u64 {
    bin.delivered + bin.answered
}

/// How many bins the whole time has.
fn span_of(timeline: &Timeline) -> f64 {
    timeline.bins.last().map_or(1.0, |bin| f64::from(bin.at) + 1.0)
}

/// Where a bin begins, and how wide it is drawn.
fn column(at: u32, of: f64) -> (f64, f64) {
    let width = PLOT / of;
    (LEFT + f64::from(at) * width, width.min(14.0))
}

/// Loss over time: delivered above the line, lost below.
fn loss(flow_report: FlowReport<'_>, timeline: &Timeline) -> Markup {
    let FlowReport { flow, texts, figures, .. } = flow_report;
    let id = flow.id;
    let above = timeline.bins.iter().map(came).max().unwrap_or(0).max(1);
    let below = timeline.bins.iter().map(|bin| lost(bin) + open(bin)).max().unwrap_or(0).max(1);
    let of = span_of(timeline);
    let axis = 14.0 + HALF;
    let scale = |count: u64, most: u64| count as f64 / most as f64 * HALF;
    let bottom = axis + HALF;
    html! {
        section aria-labelledby=(format!("loss-{id}")) {
            h2 id=(format!("loss-{id}")) { (texts.get("page-loss")) }
            p { (texts.with("page-loss-how", &[("width", Value::text(figures.duration(timeline.width_ns)))])) }
            ul.legend {
                li.came { span aria-hidden="true" { "▀ " } (texts.get("page-legend-came")) }
                li.lost { span aria-hidden="true" { "▄ " } (texts.get("page-legend-lost-late")) }
                li.somewhere { span aria-hidden="true" { "▒ " } (texts.get("page-legend-open")) }
            }
            div.scroll tabindex="0" {
                svg.chart role="img" viewBox=(format!("0 0 {WIDTH} {}", bottom + 34.0))
                    aria-labelledby=(format!("loss-title-{id} loss-about-{id}")) {
                    title id=(format!("loss-title-{id}")) { (texts.get("page-loss")) }
                    desc id=(format!("loss-about-{id}")) { (texts.get("page-chart-about")) }
                    text.tick x=(LEFT - 8.0) y="18" text-anchor="end" { (above) }
                    text.tick x=(LEFT - 8.0) y=(axis + 4.0) text-anchor="end" { "0" }
                    text.tick x=(LEFT - 8.0) y=(bottom + 4.0) text-anchor="end" { (below) }
                    @for bin in &timeline.bins {
                        @let (x, width) = column(bin.at, of);
                        g data-at=(bin.at) data-lost=(bin.lost) data-late=(bin.late) data-came=(came(bin)) {
                            title { (texts.with("page-loss-bin", &[
                                ("from", Value::text(seconds(flow_report, timeline, bin.at))),
                                ("came", Value::count(came(bin))),
                                ("lost", Value::count(lost(bin))),
                                ("open", Value::count(open(bin))),
                            ])) }
                            (block("came", x, width, axis - scale(came(bin), above), axis))
                            (block("lost", x, width, axis, axis + scale(lost(bin), below)))
                            (block("somewhere", x, width, axis + scale(lost(bin), below), axis + scale(lost(bin) + open(bin), below)))
                        }
                    }
                    line.axis x1=(LEFT) x2=(WIDTH - RIGHT) y1=(axis) y2=(axis) {}
                    (times(flow_report, timeline, bottom))
                }
            }
        }
    }
}

pub fn block(class: &str, x: f64, width: f64, top: f64, bottom: f64) -> Markup {
    html! {
        @if bottom - top > 0.0 {
            rect class=(class) x=(format!("{x:.1}")) width=(format!("{:.1}", (width - 1.0).max(0.8)))
                y=(format!("{top:.1}")) height=(format!("{:.1}", bottom - top)) {}
        }
    }
}

/// When a bin begins, in seconds since the run did.
fn seconds(flow_report: FlowReport<'_>, timeline: &Timeline, at: u32) -> String {
    flow_report.figures.round_seconds(i64::from(at).saturating_mul(timeline.width_ns))
}

fn times(flow_report: FlowReport<'_>, timeline: &Timeline, y: f64) -> Markup {
    let of = span_of(timeline);
    let whole = of * timeline.width_ns as f64 / 1e9;
    let step = round(whole / 6.0);
    let ticks = (0..=12).map(|tick| f64::from(tick) * step).take_while(|second| *second <= whole);
    html! {
        @for second in ticks {
            @let x = LEFT + second / whole * PLOT;
            line.tick x1=(format!("{x:.1}")) x2=(format!("{x:.1}")) y1=(y) y2=(y + 5.0) {}
            text.tick x=(format!("{x:.1}")) y=(y + 18.0) text-anchor="middle" { (flow_report.figures.round_seconds((second * 1e9) as i64)) }
        }
        text.tick x=(WIDTH - RIGHT) y=(y + 32.0) text-anchor="end" { (flow_report.texts.get("page-seconds")) }
    }
}

/// The next 1, 2 or 5 times a power of ten.
fn round(step: f64) -> f64 {
    let power = 10_f64.powf(step.max(1e-9).log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|times| times * power).find(|rounded| *rounded >= step).unwrap_or(10.0 * power)
}

/// Round-trip times over time, each of the four in a panel of its own and all in one scale.
fn round_trips(flow_report: FlowReport<'_>, timeline: &Timeline) -> Markup {
    let FlowReport { flow, texts, figures, .. } = flow_report;
    let id = flow.id;
    let kinds: Vec<&Kind> = KINDS.iter().filter(|(_, sums, ..)| sums(flow).is_some()).collect();
    // A single straggler must not press all others into the axis.
    let usual =
        kinds.iter().filter_map(|(_, sums, ..)| sums(flow)).map(|sums| sums.max_ns.min(sums.p99_ns.saturating_mul(3)));
    let most = round(usual.max().unwrap_or(1).max(1) as f64);
    let of = span_of(timeline);
    let height = |ns: i64| (ns.max(0) as f64 / most).min(1.0) * (PANEL - 30.0);
    let bottom = PANEL * kinds.len() as f64;
    html! {
        section aria-labelledby=(format!("rtt-{id}")) {
            h2 id=(format!("rtt-{id}")) { (texts.get("page-rtts")) }
            p { (texts.get("page-rtts-how")) }
            div.scroll tabindex="0" {
                svg.chart role="img" viewBox=(format!("0 0 {WIDTH} {}", bottom + 34.0))
                    aria-labelledby=(format!("rtt-title-{id} rtt-about-{id}")) {
                    title id=(format!("rtt-title-{id}")) { (texts.get("page-rtts")) }
                    desc id=(format!("rtt-about-{id}")) { (texts.get("page-chart-about")) }
                    @for (panel, (key, _, of_bin, _)) in kinds.iter().enumerate() {
                        @let floor = PANEL * (panel as f64 + 1.0);
                        text.panel x=(LEFT) y=(floor - PANEL + 18.0) { (texts.get(key)) }
                        text.tick x=(LEFT - 8.0) y=(floor - PANEL + 34.0) text-anchor="end" { (figures.duration(most as i64)) }
                        text.tick x=(LEFT - 8.0) y=(floor + 4.0) text-anchor="end" { "0" }
                        line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(floor - PANEL + 30.0) y2=(floor - PANEL + 30.0) {}
                        @for bin in &timeline.bins {
                            @if let Some(span) = of_bin(bin) {
                                @let (x, width) = column(bin.at, of);
                                @let x = x + width / 2.0;
                                (sample(flow_report, span, x, [span.min_ns, span.mean_ns, span.max_ns].map(|ns| floor - height(ns)), span.max_ns as f64 > most))
                            }
                        }
                        line.axis x1=(LEFT) x2=(WIDTH - RIGHT) y1=(floor) y2=(floor) {}
                    }
                    (times(flow_report, timeline, bottom))
                }
            }
        }
    }
}

/// The round-trip times of one bin: from the smallest to the largest, and the mean.
fn sample(flow_report: FlowReport<'_>, span: DelaySummary, x: f64, [low, mean, high]: [f64; 3], above: bool) -> Markup {
    let FlowReport { texts, figures, .. } = flow_report;
    let label = |ns| Value::text(figures.duration(ns));
    html! {
        g.rtt {
            title { (texts.with("page-rtt-bin", &[
                ("min", label(span.min_ns)), ("mean", label(span.mean_ns)), ("max", label(span.max_ns)),
                ("count", Value::count(span.samples)),
            ])) }
            @if span.samples > 1 { line.range x1=(format!("{x:.1}")) x2=(format!("{x:.1}")) y1=(format!("{low:.1}")) y2=(format!("{high:.1}")) {} }
            circle cx=(format!("{x:.1}")) cy=(format!("{mean:.1}")) r="2.4" {}
            @if above { text.tick x=(format!("{x:.1}")) y=(format!("{:.1}", high - 1.0)) text-anchor="middle" { "▲" } }
        }
    }
}

fn spread(chapter: FlowReport<'_>, distribution: &Distribution) -> Markup {
    let FlowReport { flow, texts, figures, .. } = chapter;
    let id = flow.id;
    let Distribution { from_ns, width_ns, .. } = *distribution;
    let kinds: Vec<&Kind> = KINDS.iter().filter(|(.., bins)| bins(distribution).is_some()).collect();
    let of = kinds.iter().filter_map(|(.., bins)| bins(distribution)).map(<[u64]>::len).max().unwrap_or(1) as f64;
    let bottom = PANEL * kinds.len() as f64;
    let edge = |at: usize| figures.duration(from_ns.saturating_add(width_ns.saturating_mul(at as i64)));
    let ticks = (0..=of as usize).step_by(((of / 6.0).ceil() as usize).max(1));
    html! {
        section aria-labelledby=(format!("spread-{id}")) {
            h2 id=(format!("spread-{id}")) { (texts.get("page-spread")) }
            p { (texts.with("page-spread-how", &[("width", Value::text(figures.duration(width_ns)))])) }
            div.scroll tabindex="0" {
                svg.chart role="img" viewBox=(format!("0 0 {WIDTH} {}", bottom + 24.0))
                    aria-labelledby=(format!("spread-title-{id} spread-about-{id}")) {
                    title id=(format!("spread-title-{id}")) { (texts.get("page-spread")) }
                    desc id=(format!("spread-about-{id}")) { (texts.get("page-chart-about")) }
                    @for (panel, (key, sums, _, bins)) in kinds.iter().enumerate() {
                        @let floor = PANEL * (panel as f64 + 1.0);
                        @let counts = bins(distribution).unwrap_or_default();
                        @let most = counts.iter().copied().max().unwrap_or(0).max(1);
                        text.panel x=(LEFT) y=(floor - PANEL + 18.0) {
                            (texts.get(key))
                            @if let Some(sums) = sums(flow) {
                                ": " (texts.with("page-spread-sums", &[
                                    ("median", Value::text(figures.duration(sums.median_ns))),
                                    ("p95", Value::text(figures.duration(sums.p95_ns))),
                                    ("max", Value::text(figures.duration(sums.max_ns))),
                                ]))
                            }
                        }
                        text.tick x=(LEFT - 8.0) y=(floor - PANEL + 38.0) text-anchor="end" { (most) }
                        text.tick x=(LEFT - 8.0) y=(floor + 4.0) text-anchor="end" { "0" }
                        @for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                            @let x = LEFT + at as f64 * PLOT / of;
                            @let last = at + 1 == counts.len();
                            g data-bin=(at) data-count=(count) {
                                title { (texts.with(if last { "page-spread-last" } else { "page-spread-bin" }, &[
                                    ("from", Value::text(edge(at))), ("to", Value::text(edge(at + 1))), ("count", Value::count(*count)),
                                ])) }
                                (block(if last { "beyond" } else { "rtt" }, x, PLOT / of, floor - *count as f64 / most as f64 * (PANEL - 34.0), floor))
                            }
                        }
                        line.axis x1=(LEFT) x2=(WIDTH - RIGHT) y1=(floor) y2=(floor) {}
                    }
                    @for at in ticks {
                        @let x = LEFT + at as f64 * PLOT / of;
                        line.tick x1=(format!("{x:.1}")) x2=(format!("{x:.1}")) y1=(bottom) y2=(bottom + 5.0) {}
                        text.tick x=(format!("{x:.1}")) y=(bottom + 18.0) text-anchor="middle" { (edge(at)) }
                    }
                }
            }
        }
    }
}
