//! The monitor's scenarios, played in virtual time.

use std::fs;
use std::path::Path;
use std::time::Duration;

use medidor::core::protocol::monitor::alert_state::{Action, Alert, AlertConfig, AlertMode, AlertState};
use medidor::core::protocol::monitor::latency_class::{ClassRange, ProbeResult, Thresholds};
use medidor::core::protocol::monitor::retry_queue::{Attempt, AttemptResult, RetryPolicy, RetryQueue};
use medidor::core::time::{Mono, Wall, nanos};
use serde::Deserialize;

/// A scenario file; tests/scenarios/README.md explains the keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Scenario {
    #[serde(default = "ten_seconds")]
    interval: String,
    #[serde(default = "two")]
    confirm: u32,
    #[serde(default)]
    alert_when: Option<String>,
    measurements: Vec<String>,
    #[serde(default)]
    mail_away: Vec<[String; 2]>,
    #[serde(default)]
    hindered: usize,
    #[serde(default)]
    alert: Vec<Expected>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    after: u64,
    since: u64,
    class: String,
    before: String,
    mailed: Option<String>,
}

/// `slow`, or `slow-down` for measurements that alternate.
fn classes_name(classes: ClassRange) -> String {
    let ClassRange { best, worst } = classes;
    classes.single().map_or_else(|| format!("{}-{}", best.name(), worst.name()), |class| class.name().to_owned())
}

fn ten_seconds() -> String {
    "10s".to_owned()
}

const fn two() -> u32 {
    2
}

fn time(text: &str) -> Duration {
    // humantime does not parse fractions.
    match text.strip_suffix("ms").map(str::parse::<f64>) {
        Some(Ok(ms)) => Duration::from_secs_f64(ms / 1e3),
        _ => humantime::parse_duration(text).unwrap_or_else(|error| panic!("{text}: {error}")),
    }
}

fn finding(text: &str) -> ProbeResult {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "silence" => ProbeResult::Silence,
        "refused" => ProbeResult::Refused,
        "unsent" => ProbeResult::Unsent { error: rest.to_owned() },
        "unresolved" => ProbeResult::Unresolved { detail: String::new() },
        "asleep" => ProbeResult::Overslept { slept_ns: nanos(Duration::from_secs(3600)) },
        _ => ProbeResult::Reply { rtt_ns: nanos(time(text)) },
    }
}

/// Attempts the deliveries that are due up to a moment in virtual time, and records the time of each delivery.
fn deliver(outbox: &mut RetryQueue<u64>, until: Mono, away: &[[String; 2]], mailed: &mut Vec<(u64, Mono)>) {
    while let Some(due) = outbox.wake_at().filter(|due| *due <= until) {
        let gone = away.iter().any(|[from, to]| (nanos(time(from))..nanos(time(to))).contains(&due.0));
        if let Some(AttemptResult::Delivered { item, .. }) =
            outbox.record_attempt(due, if gone { Attempt::Later } else { Attempt::Delivered })
        {
            mailed.push((item, due));
        }
    }
}

#[test]
fn every_scenario_raises_exactly_the_alerts_of_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    assert!(files.len() >= 8, "{files:?}");
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let scenario: Scenario = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        play(&path.display().to_string(), &scenario);
    }
}

fn play(name: &str, scenario: &Scenario) {
    let alert = match scenario.alert_when.as_deref() {
        None | Some("change") => AlertMode::Change,
        Some("always") => AlertMode::Always,
        Some(other) => panic!("{name}: {other}"),
    };
    let mut watch =
        AlertState::new(AlertConfig { thresholds: Thresholds::default(), confirm: scenario.confirm, alert });
    let interval = nanos(time(&scenario.interval));
    let begun = |number: u64| Wall((number as i64 - 1) * interval);
    let mut outbox = RetryQueue::new(RetryPolicy::default());
    let (mut alerts, mut mailed): (Vec<Alert>, Vec<_>) = (Vec::new(), Vec::new());
    let (mut number, mut hindered) = (0, 0);
    for text in &scenario.measurements {
        if text == "slept" {
            watch.reset_after_suspend(nanos(Duration::from_secs(3600)));
            continue;
        }
        number += 1;
        deliver(&mut outbox, Mono(begun(number).0 - 1), &scenario.mail_away, &mut mailed);
        for action in watch.update(number, begun(number), finding(text)) {
            match action {
                Action::Alert(alert) => {
                    assert_eq!(alert.number(), number, "{name}");
                    assert_eq!(outbox.push(Mono(begun(number).0), number), None, "{name}");
                    alerts.push(alert);
                }
                Action::Hindered(_) => hindered += 1,
                _ => {}
            }
        }
        deliver(&mut outbox, Mono(begun(number).0), &scenario.mail_away, &mut mailed);
    }
    let raised: Vec<_> = alerts
        .iter()
        .map(|alert| (alert.number(), alert.since, classes_name(alert.classes), classes_name(alert.before)))
        .collect();
    let expected: Vec<_> = scenario
        .alert
        .iter()
        .map(|alert| (alert.after, begun(alert.since), alert.class.clone(), alert.before.clone()))
        .collect();
    assert_eq!(raised, expected, "{name}");
    assert_eq!(hindered, scenario.hindered, "{name}");
    let order: Vec<u64> = mailed.iter().map(|(number, _)| *number).collect();
    assert_eq!(order, scenario.alert.iter().map(|alert| alert.after).collect::<Vec<_>>(), "{name}: all, in order");
    for ((_, at), alert) in mailed.iter().zip(&scenario.alert) {
        if let Some(expected) = &alert.mailed {
            assert_eq!(at.0, nanos(time(expected)), "{name}: the alert after {}", alert.after);
        }
    }
}
