//! What the packets say of the probes that led to an alert: a sentence for each fate, before the whole report.

use super::chapters::ping::{OnWire, shown};
use super::figures::{Figures, NO_BREAK};
use super::text::{self, Style};
use crate::core::verdict::document::{Document, Flow, Message, Outcome, PointName};
use crate::i18n::{Texts, Value};

/// Columns of a letter.
const WIDTH: usize = 72;

/// The sentences, and the report that `analisar` prints of the same files.
pub fn render(document: &Document, texts: Texts) -> String {
    let mut lines: Vec<String> = document.flows.iter().flat_map(|flow| sentences(flow, texts)).collect();
    lines.push(String::new());
    lines.push(text::render(document, texts, Style { width: WIDTH, color: false }));
    lines.join("\n").replace(NO_BREAK, " ")
}

/// What became of a probe that had no reply in time, as far as this host's wire shows it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// Its reply was on the wire in time, and the application did not read it.
    LostHere,
    /// Its reply was on the wire in time, and the application read it too late.
    HeldHere,
    /// It never was on the wire.
    KeptHere,
    /// Its reply came to the wire too late.
    LateOnWire,
    /// It left, and no reply came to the wire.
    LostBeyond,
    /// The capture cannot tell.
    Unknown,
}

impl Fate {
    const fn key(self) -> &'static str {
        match self {
            Self::LostHere => "evidence-lost-here",
            Self::HeldHere => "evidence-held-here",
            Self::KeptHere => "evidence-kept-here",
            Self::LateOnWire => "evidence-late-on-wire",
            Self::LostBeyond => "evidence-lost-beyond",
            Self::Unknown => "evidence-unknown",
        }
    }

    fn of(message: &Message, patience: i64) -> Option<Self> {
        if !matches!(message.outcome, Outcome::Lost | Outcome::Late | Outcome::Inconclusive) {
            return None;
        }
        let left = message.times.contains_key(&PointName::ClientWireOut);
        Some(match (shown(message), message.outcome) {
            (_, Outcome::Inconclusive) | (OnWire::Unknown, _) => Self::Unknown,
            (OnWire::Reply(after), _) if after > patience => Self::LateOnWire,
            (OnWire::Reply(_), Outcome::Late) => Self::HeldHere,
            (OnWire::Reply(_), _) => Self::LostHere,
            (OnWire::Nothing, _) if left => Self::LostBeyond,
            (OnWire::Nothing, _) if message.before == Some(PointName::ClientWireOut) => Self::KeptHere,
            (OnWire::Nothing, _) => Self::Unknown,
        })
    }
}

fn sentences(flow: &Flow, texts: Texts) -> Vec<String> {
    let figures = Figures::new(texts);
    let patience = flow.patience_ns.unwrap_or(i64::MAX);
    let mut fates: Vec<(Fate, u64)> =
        flow.messages.iter().filter_map(|message| Some((Fate::of(message, patience)?, message.n))).collect();
    fates.sort_unstable();
    let mut lines: Vec<String> = fates
        .chunk_by(|(fate, _), (other, _)| fate == other)
        .map(|group| {
            let numbers: Vec<u64> = group.iter().map(|(_, number)| *number).collect();
            let shown = Value::words(figures.ranges(&numbers));
            texts.with(group[0].0.key(), &[("count", Value::count(numbers.len() as u64)), ("numbers", shown)])
        })
        .collect();
    // Of the latest probe with a reply: how much of its time the wire shows.
    let answered = flow.messages.iter().rev().find(|message| message.outcome == Outcome::Delivered);
    if let Some((message, rtt)) = answered.and_then(|message| Some((message, message.rtt_ns?)))
        && let OnWire::Reply(wire) = shown(message)
        && message.times.contains_key(&PointName::ClientWireOut)
    {
        let words = |ns| Value::words(figures.duration(ns));
        let values = [("n", Value::words(message.n)), ("wire", words(wire)), ("application", words(rtt))];
        lines.push(texts.with("evidence-rtt", &values));
    }
    lines
}
