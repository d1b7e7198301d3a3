//! Localized words of the monitor: measurements, classes and times, for lines, mails and file names.

use chrono::{DateTime, Local};

use crate::core::protocol::monitor::alert_state::Measurement;
use crate::core::protocol::monitor::latency_class::{ClassRange, LatencyClass, ProbeResult};
use crate::core::time::Wall;
use crate::i18n::{Texts, Value};
use crate::report::format::{NO_BREAK, NumberFormat};

/// A measurement in words; `None` if nothing was measured, which is reported once.
pub fn measurement_text(measurement: &Measurement, timeout_ns: i64, texts: Texts) -> Option<String> {
    let class = ("class", Value::text(class_text(measurement.class?, texts)));
    Some(match &measurement.finding {
        ProbeResult::Reply { rtt_ns } => {
            let rtt = NumberFormat::new(texts).decimal(*rtt_ns as f64 / 1e6, 1);
            texts.with("monitor-reply", &[class, ("rtt", Value::text(rtt))])
        }
        ProbeResult::Refused => texts.with("monitor-refused", &[class]),
        _ => texts.with("monitor-silence", &[class, ("timeout", Value::text(duration_text(timeout_ns, texts)))]),
    })
}

pub fn class_text(class: LatencyClass, texts: Texts) -> String {
    texts.get(match class {
        LatencyClass::Normal => "class-normal",
        LatencyClass::Slow => "class-slow",
        LatencyClass::VerySlow => "class-very-slow",
        LatencyClass::Down => "class-down",
    })
}

/// The classes of an alert: one, or two between which the measurements alternate.
pub fn classes_text(classes: ClassRange, texts: Texts) -> String {
    let text = |class| Value::text(class_text(class, texts));
    classes.single().map_or_else(
        || texts.with("class-alternating", &[("best", text(classes.best)), ("worst", text(classes.worst))]),
        |class| class_text(class, texts),
    )
}

/// A finding's name in the log, the same in every language.
pub const fn finding_name(finding: &ProbeResult) -> &'static str {
    match finding {
        ProbeResult::Reply { .. } => "reply",
        ProbeResult::Silence => "silence",
        ProbeResult::Refused => "refused",
        ProbeResult::Unsent { .. } => "unsent",
        ProbeResult::Unresolved { .. } => "unresolved",
        ProbeResult::Overslept { .. } => "overslept",
    }
}

/// A duration on a line of its own.
pub fn duration_text(ns: i64, texts: Texts) -> String {
    NumberFormat::new(texts).duration(ns).replace(NO_BREAK, " ")
}

/// A time as this computer's clock on the wall shows it.
pub fn time_text(at: Wall) -> String {
    local_time(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

pub fn local_time(at: Wall) -> DateTime<Local> {
    DateTime::from_timestamp_nanos(at.0).into()
}
