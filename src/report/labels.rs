//! Localized names of points, segments, outcomes, reasons, witnesses and warnings.

use serde::Serialize;
use serde_json::Value as Json;

use super::format::NumberFormat;
use crate::core::document::message::{Message, Reason};
use crate::core::document::outcome::Outcome;
use crate::core::document::path::{PointName, SegmentName};
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::document::witness::{Witness, WitnessKind, Witnesses};
use crate::core::evidence::journal_run::{EndReason, Role};
use crate::i18n::{Texts, Value};

/// Words that come from a file or a system are cut to this many characters.
const MAX_QUOTE_CHARS: usize = 400;

/// What happened at a point.
pub fn point(point: PointName, texts: Texts) -> String {
    texts.get(match point {
        PointName::ClientSent | PointName::MemberSent => "point-client-sent",
        PointName::ClientWireOut | PointName::MemberWireOut => "point-client-wire-out",
        PointName::ServerWireIn => "point-server-wire-in",
        PointName::ServerReceived => "point-server-received",
        PointName::ServerSent => "point-server-sent",
        PointName::ServerWireOut => "point-server-wire-out",
        PointName::ClientWireIn | PointName::MemberWireIn => "point-client-wire-in",
        PointName::ClientReceived | PointName::MemberReceived => "point-client-received",
        PointName::AppSent => "page-blocks-sent",
        PointName::WireOut => "page-blocks-out",
        PointName::WireIn => "page-blocks-in",
        PointName::AppReceived => "page-blocks-read",
    })
}

/// The name of a segment. Those at the server's host are named as in an exchange.
pub fn segment(segment: SegmentName, texts: Texts) -> String {
    texts.get(match segment {
        SegmentName::ClientHostOut => "segment-client-host-out",
        SegmentName::NetworkForward => "segment-network-forward",
        SegmentName::ServerHostIn => "segment-server-host-in",
        SegmentName::ServerApp => "segment-server-app",
        SegmentName::ServerHostOut => "segment-server-host-out",
        SegmentName::NetworkReturn => "segment-network-return",
        SegmentName::ClientHostIn => "segment-client-host-in",
        SegmentName::MemberHostOut => "chat-segment-member-host-out",
        SegmentName::NetworkIn => "chat-segment-network-in",
        SegmentName::NetworkOut => "chat-segment-network-out",
        SegmentName::MemberHostIn => "chat-segment-member-host-in",
        SegmentName::SenderHost => "transfer-part-sender-host",
        SegmentName::Network => "transfer-part-network",
        SegmentName::ReceiverHost => "transfer-part-receiver-host",
    })
}

/// What to do about losses on a segment, which lost all messages or some of them.
pub fn segment_advice(segment: SegmentName, is_all: bool, texts: Texts) -> String {
    texts.get(match segment {
        SegmentName::ClientHostOut | SegmentName::MemberHostOut => "advice-client-host-out",
        SegmentName::NetworkForward | SegmentName::NetworkIn if is_all => "advice-network-forward-all",
        SegmentName::NetworkForward | SegmentName::NetworkIn => "advice-network-forward",
        SegmentName::ServerHostIn => "advice-server-host-in",
        SegmentName::ServerApp => "advice-server-app",
        SegmentName::ServerHostOut | SegmentName::SenderHost => "advice-server-host-out",
        SegmentName::NetworkReturn | SegmentName::NetworkOut if is_all => "advice-network-return-all",
        SegmentName::NetworkReturn | SegmentName::NetworkOut | SegmentName::Network => "advice-network-return",
        SegmentName::ClientHostIn | SegmentName::MemberHostIn | SegmentName::ReceiverHost => "advice-client-host-in",
    })
}

/// What it means that messages were lost on a segment.
pub fn segment_meaning(segment: SegmentName, texts: Texts) -> String {
    texts.get(match segment {
        SegmentName::ClientHostOut | SegmentName::MemberHostOut => "meaning-client-host-out",
        SegmentName::NetworkForward | SegmentName::NetworkIn => "meaning-network-forward",
        SegmentName::ServerHostIn => "meaning-server-host-in",
        SegmentName::ServerApp => "meaning-server-app",
        SegmentName::ServerHostOut | SegmentName::SenderHost => "meaning-server-host-out",
        SegmentName::NetworkReturn | SegmentName::NetworkOut | SegmentName::Network => "meaning-network-return",
        SegmentName::ClientHostIn | SegmentName::MemberHostIn | SegmentName::ReceiverHost => "meaning-client-host-in",
    })
}

pub fn outcome(outcome: Outcome, texts: Texts) -> String {
    texts.get(match outcome {
        Outcome::Delivered => "outcome-delivered",
        Outcome::Late => "outcome-late",
        Outcome::NotSent => "outcome-not-sent",
        Outcome::Lost => "outcome-lost",
        Outcome::Answered => "outcome-answered",
        Outcome::Unobserved => "chat-outcome-left",
        Outcome::Inconclusive => "outcome-inconclusive",
    })
}

/// The outcome of a message and its segments, in a few words.
pub fn result(message: &Message, texts: Texts, figures: NumberFormat) -> String {
    let outcome = outcome(message.outcome, texts);
    match (message.outcome, &message.blame[..]) {
        (Outcome::Lost, [place]) => texts.with("page-lost-at", &[("place", Value::text(segment(*place, texts)))]),
        (Outcome::Lost, [first, .., last]) => {
            let ends = [("first", first), ("last", last)].map(|(name, end)| (name, Value::text(segment(*end, texts))));
            texts.with("page-lost-between", &ends)
        }
        (Outcome::Delivered | Outcome::Late, _) => match message.rtt_ns {
            Some(rtt) => format!("{outcome}, {}", figures.duration(rtt)),
            None => outcome,
        },
        _ => outcome,
    }
}

/// Why a message was lost or not sent.
pub fn reason(reason: &Reason, texts: Texts) -> String {
    let source =
        |from: &Option<std::net::IpAddr>| from.map_or_else(|| texts.get("reason-from-self"), |ip| ip.to_string());
    match reason {
        Reason::System { error } => system_error(error, texts),
        Reason::PortUnreachable { from } => {
            texts.with("reason-port-unreachable", &[("from", Value::text(source(from)))])
        }
        Reason::Icmp { from, kind, code } => texts.with(
            "reason-icmp",
            &[("from", Value::text(source(from))), ("type", Value::text(kind)), ("code", Value::text(code))],
        ),
        Reason::SimulatedDrop => texts.get("reason-simulated-drop"),
        Reason::RateLimit => texts.get("reason-rate-limit"),
        Reason::Closing => texts.get("reason-closing"),
        Reason::BadChecksum => texts.get("reason-bad-checksum"),
        Reason::SocketOverflow => texts.get("reason-socket-overflow"),
        Reason::CaptureEnds { after_ns } => {
            let time = NumberFormat::new(texts).duration(*after_ns);
            texts.with("reason-capture-ends", &[("time", Value::text(time))])
        }
    }
}

fn system_error(error: &str, texts: Texts) -> String {
    let key = match error {
        "EPERM" | "EACCES" => "reason-error-forbidden",
        "ENOBUFS" => "reason-error-dropped",
        "EAGAIN" => "reason-error-full",
        "ENETUNREACH" | "EHOSTUNREACH" | "ENETDOWN" => "reason-error-no-route",
        "ECONNREFUSED" => "reason-error-refused",
        "EMSGSIZE" => "reason-error-too-large",
        _ => "reason-error-other",
    };
    texts.with(key, &[("error", Value::text(truncate(error)))])
}

/// The witnesses of an exchange that there are, each with its name, journals and captures in the order of travel.
pub fn witnesses(witnesses: &Witnesses, texts: Texts) -> Vec<(String, &Witness)> {
    let all = [
        ("witness-client-journal", Role::Client, WitnessKind::Journal),
        ("witness-client-capture", Role::Client, WitnessKind::Capture),
        ("witness-server-capture", Role::Server, WitnessKind::Capture),
        ("witness-server-journal", Role::Server, WitnessKind::Journal),
    ];
    all.into_iter().filter_map(|(key, role, kind)| Some((texts.get(key), witnesses.get(role, kind)?))).collect()
}

pub fn whole(whole: Option<bool>, texts: Texts) -> String {
    texts.get(match whole {
        Some(true) => "witness-whole",
        Some(false) => "witness-not-whole",
        None => "witness-assumed",
    })
}

/// How the run of a journal ended; `None` where it did not end in order.
pub fn ending(ending: Option<EndReason>, texts: Texts) -> String {
    texts.get(match ending {
        Some(EndReason::Done) => "witness-ended-done",
        Some(EndReason::Duration) => "witness-ended-duration",
        Some(EndReason::Interrupted) => "witness-ended-interrupted",
        None => "witness-ended-nowhere",
    })
}

/// The text of a warning and its advice.
pub fn warning(warning: &Warning, texts: Texts) -> (String, String) {
    let (text, advice) = warning_keys(warning.code);
    let values: Vec<(&'static str, Value)> =
        warning.values.iter().map(|(name, value)| (*name, warning_value(name, value, texts))).collect();
    (texts.with(text, &values), texts.with(advice, &values))
}

/// Why a flow cannot be the client's, by the fact's name in the document.
pub fn refutation(fact: &str, texts: Texts) -> String {
    texts.with("refuted-by", &[("fact", Value::text(fact))])
}

fn warning_value(name: &str, value: &Json, texts: Texts) -> Value {
    match value {
        Json::String(fact) if name == "fact" => Value::text(refutation(fact, texts)),
        value => place(value, texts),
    }
}

/// Gives every warning its text and its advice, in the language of `texts`.
pub fn fill_warnings(warnings: &mut [Warning], texts: Texts) {
    for known in warnings {
        (known.text, known.advice) = warning(known, texts);
    }
}

/// A value of a warning for its text. Unknown or empty becomes `none`, which the texts handle.
fn place(value: &Json, texts: Texts) -> Value {
    match value {
        Json::Number(number) => match number.as_u64() {
            Some(count) => Value::count(count),
            None => Value::text(NumberFormat::new(texts).decimal(number.as_f64().unwrap_or_default(), 3)),
        },
        Json::String(words) if !words.is_empty() => Value::text(truncate(words)),
        Json::Bool(yes) => Value::text(yes),
        _ => Value::text("none"),
    }
}

fn warning_keys(code: WarningCode) -> (&'static str, &'static str) {
    match code {
        WarningCode::CaptureDropped => ("warning-capture-dropped", "advice-capture-dropped"),
        WarningCode::InterfaceDropped => ("warning-interface-dropped", "advice-interface-dropped"),
        WarningCode::CaptureFailed => ("warning-capture-failed", "advice-capture-failed"),
        WarningCode::CaptureDamaged => ("warning-capture-damaged", "advice-capture-damaged"),
        WarningCode::CaptureAssumed => ("warning-capture-assumed", "advice-capture-assumed"),
        WarningCode::FilterBlind => ("warning-filter-blind", "advice-filter-blind"),
        WarningCode::SnaplenBlind => ("warning-snaplen-blind", "advice-snaplen-blind"),
        WarningCode::SuperPackets => ("warning-super-packets", "advice-super-packets"),
        WarningCode::IllegiblePackets => ("warning-illegible-packets", "advice-illegible-packets"),
        WarningCode::UnreadPackets => ("warning-unread-packets", "advice-unread-packets"),
        WarningCode::IncompleteFragments => ("warning-incomplete-fragments", "advice-incomplete-fragments"),
        WarningCode::UnidentifiedTexts => ("warning-unidentified-texts", "advice-unidentified-texts"),
        WarningCode::CopiesFolded => ("warning-copies-folded", "advice-copies-folded"),
        WarningCode::JournalBroken => ("warning-journal-broken", "advice-journal-broken"),
        WarningCode::JournalGap => ("warning-journal-gap", "advice-journal-gap"),
        WarningCode::Contradiction => ("warning-contradiction", "advice-contradiction"),
        WarningCode::ClockStep => ("warning-clock-step", "advice-clock-step"),
        WarningCode::ClocksApart => ("warning-clocks-apart", "advice-clocks-apart"),
        WarningCode::FlowTie => ("warning-flow-tie", "advice-flow-tie"),
        WarningCode::OtherRun => ("warning-other-run", "advice-other-run"),
        WarningCode::MemberTie => ("warning-member-tie", "advice-member-tie"),
        WarningCode::MemberMissing => ("warning-member-missing", "advice-member-missing"),
        WarningCode::PerhapsOtherRun => ("warning-perhaps-other-run", "advice-perhaps-other-run"),
        WarningCode::OtherFlows => ("warning-other-flows", "advice-other-flows"),
        WarningCode::SideAssumed => ("warning-side-assumed", "advice-side-assumed"),
        WarningCode::SameHost => ("warning-same-host", "advice-same-host"),
        WarningCode::ApplicationOnly => ("warning-application-only", "advice-application-only"),
        WarningCode::NobodyListening => ("warning-nobody-listening", "advice-nobody-listening"),
        WarningCode::NothingPassed => ("warning-nothing-passed", "advice-nothing-passed"),
        WarningCode::OneNetwork => ("warning-one-network", "advice-one-network"),
        WarningCode::SocketDrops => ("warning-socket-drops", "advice-socket-drops"),
        WarningCode::OtherSource => ("warning-other-source", "advice-other-source"),
        WarningCode::UnnumberedReplies => ("warning-unnumbered-replies", "advice-unnumbered-replies"),
        WarningCode::RepliesAtServer => ("warning-replies-at-server", "advice-replies-at-server"),
        WarningCode::SimulatedDrop => ("warning-simulated-drop", "advice-simulated-drop"),
        WarningCode::RateLimited => ("warning-rate-limited", "advice-rate-limited"),
        WarningCode::Fragments => ("warning-fragments", "advice-fragments"),
        WarningCode::UnusedFile => ("warning-unused-file", "advice-unused-file"),
        WarningCode::ForeignPackets => ("warning-foreign-packets", "advice-foreign-packets"),
    }
}

/// Words of a file or a system, cut where they are too long to be read.
pub fn truncate(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What the result document calls something, as `network_forward`.
pub fn name(of: impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(Json::String(name)) => name,
        _ => String::new(),
    }
}

/// The same words with a capital at the beginning.
pub fn capitalize(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn unknown_values_are_omitted_from_a_warning() {
        let mut clock_step = Warning::new(WarningCode::ClockStep, [("file", "".into()), ("seconds", Json::Null)]);
        let texts = Texts::new(Language::English);
        let (vague, _) = warning(&clock_step, texts);
        clock_step.values.extend([("file", "a.jsonl".into()), ("seconds", 2.5.into())]);
        let (exact, _) = warning(&clock_step, texts);
        assert!(!vague.contains("none") && !vague.contains("{$"), "{vague}");
        assert!(exact.contains("a.jsonl") && exact.contains("2.5"), "{exact}");
    }

    #[test]
    fn quotes_are_cut_between_characters() {
        assert_eq!(truncate("é"), "é");
        assert_eq!(truncate(&"é".repeat(500)).chars().count(), MAX_QUOTE_CHARS + 1);
    }
}
