//! Compares what a monitor shows and mails with the truth.

use std::collections::BTreeMap;
use std::path::Path;

use medidor::commands::monitor::wording;
use medidor::core::protocol::monitor::alert_state::{Alert, Measurement};
use medidor::core::protocol::monitor::latency_class::{ClassRange, LatencyClass, ProbeResult};
use medidor::core::time::{SECOND, nanos};
use medidor::i18n::{Language, Texts};
use medidor::report::format::{NO_BREAK, NumberFormat};

use super::play::{Arrival, Played, ProbeTruth};
use super::world::{PEER, World};
use crate::worlds::world::MS;

/// What a clock that was set, or did not stop in a suspended computer, may do to an alert's evidence.
const GONE: &str = "the packets of these probes are no longer in memory";

/// A sentence of an alert about probes, as it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    NoReply,
    OtherSource,
    KeptHere,
    LostHere,
    HeldHere,
    LateOnWire,
    Icmp,
    Unknown,
    Rtt,
}

impl Claim {
    pub const ALL: [Self; 9] = [
        Self::NoReply,
        Self::OtherSource,
        Self::KeptHere,
        Self::LostHere,
        Self::HeldHere,
        Self::LateOnWire,
        Self::Icmp,
        Self::Unknown,
        Self::Rtt,
    ];

    /// Words that are in this sentence and in no other one.
    const fn words(self) -> &'static str {
        match self {
            Self::NoReply => " left on the wire, and no reply from 203.0.113.2:12345 came by ",
            Self::OtherSource => " left, and no reply from 203.0.113.2:12345 came by ",
            Self::KeptHere => " not reached the wire by ",
            Self::LostHere => "on the wire in time: this host lost ",
            Self::HeldHere => "on the wire in time: this host delivered ",
            Self::LateOnWire => " reached the wire too late: ",
            Self::Icmp => " refused with ",
            Self::Unknown => "The capture does not show what happened to ",
            Self::Rtt => " on the wire; the application measured ",
        }
    }
}

/// What is wrong, and how much was said.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    pub falsehoods: Vec<String>,
    pub alerts: u64,
    pub claims: BTreeMap<Claim, u64>,
}

/// The numbers in a sentence: `4, 9, 12-15`.
fn numbers(sentence: &str) -> Vec<u64> {
    let list = sentence.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let end = list.find(|letter: char| !matches!(letter, '0'..='9' | ',' | ' ' | '-')).unwrap_or(list.len());
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let run = |text: &str| match text.split_once('-') {
        Some((first, last)) => Some(number(first)?..=number(last)?),
        None => number(text).map(|number| number..=number),
    };
    list[..end].split(',').filter_map(run).flatten().collect()
}

impl ProbeTruth {
    fn replies(&self) -> impl Iterator<Item = &Arrival> {
        self.arrivals.iter().filter(|arrival| arrival.from == PEER && !arrival.is_icmp)
    }

    /// When the reply came to the wire first, up to a time.
    fn on_wire(&self, cut: i64) -> Option<i64> {
        self.replies().map(|arrival| arrival.time).filter(|time| *time <= cut).min()
    }

    /// When the application first read it.
    fn read(&self, cut: i64) -> Option<i64> {
        self.replies().filter_map(|arrival| arrival.read).filter(|read| *read <= cut).min()
    }

    fn icmp_errors(&self) -> impl Iterator<Item = &Arrival> {
        self.arrivals.iter().filter(|arrival| arrival.is_icmp)
    }

    /// The round-trip time by the application, where it was in time.
    fn rtt(&self, timeout: i64) -> Option<i64> {
        let rtt = self.read(i64::MAX)? - self.sent?;
        (rtt <= timeout).then_some(rtt)
    }
}

fn class(rtt: Option<i64>) -> LatencyClass {
    match rtt {
        None => LatencyClass::Down,
        Some(rtt) if rtt < 100 * MS => LatencyClass::Normal,
        Some(rtt) if rtt < 300 * MS => LatencyClass::Slow,
        Some(_) => LatencyClass::VerySlow,
    }
}

struct Judge<'a> {
    world: &'a World,
    played: &'a Played,
    found: Judgement,
}

pub fn judge(world: &World, played: &Played, folder: &Path) -> Judgement {
    let mut judge = Judge { world, played, found: Judgement::default() };
    judge.check_measurements();
    judge.check_classes();
    for (raised, alert) in &played.alerts {
        judge.found.alerts += 1;
        match played.evidence(world, *raised, alert, folder) {
            Ok(evidence) => judge.check_evidence(*raised, alert, &std::fs::read_to_string(&evidence.report).unwrap()),
            Err(error) if (!world.steps.is_empty() || !world.suspended.is_empty()) && error == GONE => {}
            Err(error) => judge.claim(&format!("alert {}", alert.number()), &error, "there is evidence"),
        }
    }
    if world.kind.always_alerts() && played.alerts.is_empty() {
        judge.claim("alerts", "none", "some");
    }
    judge.found
}

impl Judge<'_> {
    fn claim(&mut self, about: &str, said: &str, truth: &str) {
        self.found.falsehoods.push(format!("{about}: said {said}, true {truth}"));
    }

    /// Whether the computer or the program slept between two times.
    fn slept(&self, from: i64, to: i64) -> bool {
        let is_inside = |(at, _): &(i64, i64)| (from..=to).contains(at);
        self.world.suspended.iter().any(is_inside)
            || self.world.stopped.is_some_and(|(stopped, woken)| stopped <= to && from <= woken)
    }

    /// The classes and the lines of the log.
    fn check_measurements(&mut self) {
        let timeout = nanos(self.world.timeout);
        for (probe, measurement) in self.played.probes.iter().zip(&self.played.measurements) {
            let rtt = probe.rtt(timeout);
            let truth = probe.sent.map(|_| class(rtt));
            let is_excused = measurement.class.is_none() && self.slept(probe.begun, probe.done);
            let is_rtt = measurement.finding.rtt_ns().is_none_or(|said| Some(said) == rtt);
            let line = wording::measurement_text(measurement, timeout, Texts::new(Language::English));
            let words = match truth.filter(|_| !is_excused) {
                Some(LatencyClass::Down)
                    if probe.icmp_errors().any(|error| error.read.is_some_and(|read| read <= probe.done)) =>
                {
                    "the probe was refused (ICMP)"
                }
                Some(LatencyClass::Down) => "no reply in ",
                Some(_) => " ms",
                None => "",
            };
            let is_line = line.as_ref().map_or(words.is_empty(), |line| line.contains(words));
            if measurement.class != truth && !is_excused || !is_rtt || !is_line {
                let said = format!("{measurement:?} {line:?}");
                self.claim("measurement", &said, &format!("{truth:?} {rtt:?} {probe:?}"));
            }
        }
    }

    /// The classes and the time of each alert; and that a class that holds is told of.
    fn check_classes(&mut self) {
        let mut alerts = self.played.alerts.iter().map(|(_, alert)| alert).peekable();
        let mut before = ClassRange::default();
        let measurements = &self.played.measurements;
        for (index, measurement) in measurements.iter().enumerate() {
            if let Some(alert) = alerts.next_if(|alert| alert.number() == measurement.number) {
                let about = format!("alert {}", alert.number());
                let first = measurements[..=index].iter().rposition(|first| first.at == alert.since).unwrap_or(0);
                let classes: Vec<LatencyClass> =
                    measurements[first..=index].iter().filter_map(|measurement| measurement.class).collect();
                let truth = classes.iter().fold(ClassRange::of(classes[0]), |range, class| range.with(*class));
                if alert.classes != truth || alert.before != before || measurements[first].at != alert.since {
                    let said = format!("{:?} before {:?} since {:?}", alert.classes, alert.before, alert.since);
                    self.claim(&about, &said, &format!("{classes:?}, before {before:?}"));
                }
                before = alert.classes;
            }
            let held: Vec<&Measurement> =
                measurements[..=index].iter().rev().filter(|held| held.class.is_some()).collect();
            let is_one =
                |count: usize| held.len() >= count && held[..count].windows(2).all(|two| two[0].class == two[1].class);
            let is_awake = self.world.suspended.is_empty() && self.world.stopped.is_none();
            if is_awake && is_one(self.world.confirm as usize) && before.single() != held[0].class {
                self.claim(&format!("after {}", measurement.number), &format!("{before:?}"), "another class holds");
            }
        }
    }

    fn check_evidence(&mut self, raised: i64, alert: &Alert, text: &str) {
        let (cut, until) = Played::cut(self.world, raised, alert);
        let mut lines = text.lines();
        let until = wording::time_text(until);
        let first = format!("These packets go up to {until}; a later reply is not among them.");
        if lines.next() != Some(&first) {
            self.claim(&format!("alert {}", alert.number()), text.lines().next().unwrap_or(""), &first);
        }
        let mut named = Vec::new();
        for line in lines.by_ref().take_while(|line| !line.is_empty()) {
            let Some(claim) = Claim::ALL.into_iter().find(|claim| line.contains(claim.words())) else {
                self.claim(&format!("alert {}", alert.number()), line, "a known sentence");
                continue;
            };
            *self.found.claims.entry(claim).or_default() += 1;
            let numbers = numbers(line);
            for number in &numbers {
                let probe = self.played.probes.iter().find(|probe| probe.number == *number);
                if !probe.is_some_and(|probe| self.holds(claim, probe, line, cut)) {
                    self.claim(
                        &format!("alert {} at {raised} up to {cut}", alert.number()),
                        line,
                        &format!("{probe:?}"),
                    );
                }
            }
            named.extend(numbers);
        }
        let last = alert.recent.last().filter(|last| last.class == Some(LatencyClass::Down));
        if self.world.steps.is_empty() && last.is_some_and(|last| !named.contains(&last.number)) {
            self.claim(&format!("alert {}", alert.number()), "nothing of the last probe", "it had no reply in time");
        }
        self.check_counts(alert, text, cut);
    }

    /// Whether a sentence holds for one of its probes.
    fn holds(&self, claim: Claim, probe: &ProbeTruth, line: &str, cut: i64) -> bool {
        let timeout = nanos(self.world.timeout);
        let Some(sent) = probe.sent else { return false };
        let left = probe.left.filter(|left| *left <= cut);
        let read = probe.read(cut);
        let took = probe.on_wire(cut).zip(left).map(|(came, left)| came - left);
        let is_in_time = took.is_some_and(|took| took <= timeout);
        match claim {
            Claim::NoReply => left.is_some() && took.is_none(),
            Claim::OtherSource => {
                let from =
                    |arrival: &Arrival| arrival.time <= cut && line.ends_with(&format!("from {}.", arrival.from));
                left.is_some() && took.is_none() && probe.arrivals.iter().any(from)
            }
            Claim::KeptHere => left.is_none(),
            Claim::LostHere => is_in_time && read.is_none(),
            Claim::HeldHere => is_in_time && read.is_some_and(|read| read - sent > timeout),
            Claim::LateOnWire => took.is_some_and(|took| took > timeout),
            Claim::Icmp => probe.icmp_errors().any(|error| error.time <= cut),
            // Where all witnesses saw everything nothing is vague, unless replies may take longer than the evidence lasts.
            Claim::Unknown => {
                let is_open = sent + timeout + SECOND > cut || self.world.fates.iter().any(|fate| fate.rtt > SECOND);
                is_open || !self.world.is_plain()
            }
            Claim::Rtt => {
                let figures = NumberFormat::new(Texts::new(Language::English));
                let span = |ns: Option<i64>| ns.map(|ns| figures.duration(ns).replace(NO_BREAK, " "));
                let truth = span(took).zip(span(read.map(|read| read - sent)));
                truth.is_some_and(|(wire, read)| {
                    line.ends_with(&format!(" took {wire} on the wire; the application measured {read}."))
                })
            }
        }
    }

    /// The counts of the report agree with the truth and with each other.
    fn check_counts(&mut self, alert: &Alert, text: &str, cut: i64) {
        let words: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let counts = words.iter().find_map(|words| match words[..] {
            [sent, "sent,", received, "received"] => {
                Some((sent.parse::<usize>().ok()?, received.parse::<usize>().ok()?))
            }
            _ => None,
        });
        let Some((sent, received)) = counts else {
            return self.claim(&format!("alert {}", alert.number()), text, "counts");
        };
        let unanswered = words.iter().find_map(|words| match words[..] {
            ["Loss:", _, lost, "of", of, "not", ..] => {
                Some((lost.trim_start_matches('(').parse::<usize>().ok()?, of.parse::<usize>().ok()?))
            }
            _ => None,
        });
        if unanswered.is_some_and(|(lost, of)| of != sent || lost + received != sent) {
            self.claim(
                &format!("alert {}", alert.number()),
                &format!("{unanswered:?} lost"),
                &format!("{received} of {sent}"),
            );
        }
        // Which probes are among those of a clock that was set depends on its times.
        if !self.world.steps.is_empty() {
            return;
        }
        let known = |probe: &&ProbeTruth| {
            let is_forgotten = |measurement: &Measurement| {
                measurement.number == probe.number && matches!(measurement.finding, ProbeResult::Overslept { .. })
            };
            probe.sent.is_some() && probe.number <= alert.number() && !self.played.measurements.iter().any(is_forgotten)
        };
        let probes = self.played.probes.iter().rev().filter(known).take(sent);
        let truth = probes.filter(|probe| probe.read(cut).is_some()).count();
        if received != truth {
            self.claim(
                &format!("alert {}", alert.number()),
                &format!("{received} of {sent} received"),
                &truth.to_string(),
            );
        }
    }
}
