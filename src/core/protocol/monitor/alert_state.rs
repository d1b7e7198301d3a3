//! The state of a monitored target: takes measurements, and decides when an alert fires.

use std::collections::VecDeque;

use super::latency_class::{ClassRange, LatencyClass, ProbeResult, Thresholds};
use crate::core::time::Wall;

/// Measurements included in an alert.
pub const RECENT: usize = 10;

/// When an alert is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AlertMode {
    /// The class has changed and the change has held.
    #[default]
    Change,
    /// Something was measured.
    Always,
}

/// Thresholds and names of a monitored target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlertConfig {
    /// Where the classes begin.
    pub thresholds: Thresholds,
    /// Measurements that confirm a change of class, from 1.
    pub confirm: u32,
    /// When an alert is due.
    pub alert: AlertMode,
}

/// One measurement, classed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// Its number, from 1.
    pub number: u64,
    /// When its probe was sent, or should have been.
    pub at: Wall,
    /// What it found.
    pub finding: ProbeResult,
    /// The class, where something was measured.
    pub class: Option<LatencyClass>,
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The classes of all measurements since [`since`](Self::since): one, or several bad ones that alternate.
    pub classes: ClassRange,
    /// The classes of the last alert, or normal.
    pub before: ClassRange,
    /// When the first of these measurements was made.
    pub since: Wall,
    /// Of a recovery: when the first alert's class began.
    pub outage_since: Option<Wall>,
    /// The measurements that led to it, the newest last.
    pub recent: Vec<Measurement>,
}

impl Alert {
    /// Whether all is well again.
    pub fn is_recovery(&self) -> bool {
        self.classes == ClassRange::default() && self.before != ClassRange::default()
    }

    /// Of a recovery: from the first measurement that led to an alert to the first good one, nanoseconds.
    pub fn outage_ns(&self) -> Option<i64> {
        Some(self.since.since(self.outage_since?))
    }

    /// The number of the measurement after which it was due.
    pub fn number(&self) -> u64 {
        self.recent.last().map_or(0, |last| last.number)
    }
}

/// Why nothing was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotMeasured {
    /// The system takes no probes.
    Unsent {
        /// Its name for the error.
        error: String,
    },
    /// The host's name has no address.
    Unresolved {
        /// The resolver's error.
        detail: String,
    },
}

/// Actions after a measurement, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Report once that measuring is impossible, until that ends or the reason changes.
    Hindered(NotMeasured),
    /// Report that measuring continues.
    Unhindered,
    /// Report that this computer was suspended.
    Overslept {
        /// For how long, nanoseconds.
        slept_ns: i64,
    },
    /// Show the measurement.
    Show(Measurement),
    /// Send an alert.
    Alert(Alert),
}

/// Counters of a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MonitorCounters {
    /// Measurements of each class, in the order of [`LatencyClass::ALL`].
    pub classes: [u64; 4],
    /// Rounds in which nothing was measured.
    pub unmeasured: u64,
}

impl MonitorCounters {
    /// Measurements in all.
    pub fn measured(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// Measurements that had a reply.
    pub fn answered(&self) -> u64 {
        self.measured() - self.classes[LatencyClass::Down as usize]
    }
}

/// Successive measurements of one class.
#[derive(Clone, Copy, Debug)]
struct ClassRun {
    class: LatencyClass,
    since: Wall,
    count: u32,
}

/// Successive bad measurements, from the first one whose class the last alert does not contain.
#[derive(Clone, Copy, Debug)]
struct Alternation {
    classes: ClassRange,
    since: Wall,
    /// Those whose class the last alert does not contain.
    new: u32,
}

/// Watches over one target.
#[derive(Clone, Debug)]
pub struct AlertState {
    settings: AlertConfig,
    /// The classes of the last alert.
    alerted: ClassRange,
    /// When the first alert since the last recovery began.
    outage_since: Option<Wall>,
    run: Option<ClassRun>,
    alternation: Option<Alternation>,
    hindrance: Option<NotMeasured>,
    recent: VecDeque<Measurement>,
    counters: MonitorCounters,
}

impl AlertState {
    /// A watch that takes all for normal until it knows better.
    pub fn new(settings: AlertConfig) -> Self {
        Self {
            settings,
            alerted: ClassRange::default(),
            outage_since: None,
            run: None,
            alternation: None,
            hindrance: None,
            recent: VecDeque::new(),
            counters: MonitorCounters::default(),
        }
    }

    /// The counters so far.
    pub const fn counters(&self) -> MonitorCounters {
        self.counters
    }

    /// Takes in what measurement `number`, begun at `at`, has found.
    pub fn update(&mut self, number: u64, at: Wall, finding: ProbeResult) -> Vec<Action> {
        let mut actions = Vec::new();
        let class = finding.class(self.settings.thresholds);
        match &finding {
            ProbeResult::Unsent { error } => self.hinder(NotMeasured::Unsent { error: error.clone() }, &mut actions),
            ProbeResult::Unresolved { detail } => {
                self.hinder(NotMeasured::Unresolved { detail: detail.clone() }, &mut actions);
            }
            ProbeResult::Overslept { slept_ns } => actions.extend(self.reset_after_suspend(*slept_ns)),
            ProbeResult::Reply { .. } | ProbeResult::Silence | ProbeResult::Refused => {
                actions.extend(self.hindrance.take().map(|_| Action::Unhindered));
            }
        }
        let measurement = Measurement { number, at, finding, class };
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(measurement.clone());
        actions.push(Action::Show(measurement));
        match class {
            Some(class) => {
                self.counters.classes[class as usize] += 1;
                actions.extend(self.hold(class, at).map(Action::Alert));
            }
            None => self.counters.unmeasured += 1,
        }
        actions
    }

    /// This computer was suspended between two measurements: earlier ones no longer confirm a class.
    pub fn reset_after_suspend(&mut self, slept_ns: i64) -> Option<Action> {
        (self.run, self.alternation) = (None, None);
        Some(Action::Overslept { slept_ns })
    }

    fn hinder(&mut self, hindrance: NotMeasured, actions: &mut Vec<Action>) {
        // The resolver's details may vary from try to try.
        let same = match (&self.hindrance, &hindrance) {
            (Some(NotMeasured::Unresolved { .. }), NotMeasured::Unresolved { .. }) => true,
            (known, new) => known.as_ref() == Some(new),
        };
        if !same {
            self.hindrance = Some(hindrance.clone());
            actions.push(Action::Hindered(hindrance));
        }
    }

    /// Counts measurements in a row, and returns whether an alert is due.
    fn hold(&mut self, class: LatencyClass, at: Wall) -> Option<Alert> {
        let run = match self.run {
            Some(run) if run.class == class => ClassRun { count: run.count.saturating_add(1), ..run },
            _ => ClassRun { class, since: at, count: 1 },
        };
        self.run = Some(run);
        let confirm = self.settings.confirm.max(1);
        let is_confirmed = run.count >= confirm;
        self.alternation = if class == LatencyClass::Normal || is_confirmed { None } else { self.alternate(class, at) };
        let alternation = self.alternation.filter(|alternation| alternation.new >= confirm);
        let (classes, since) = match (self.settings.alert, alternation) {
            (AlertMode::Change, Some(alternation)) => (alternation.classes, alternation.since),
            (AlertMode::Change, None) if !is_confirmed || self.alerted.single() == Some(class) => return None,
            _ => (ClassRange::of(class), run.since),
        };
        self.alternation = None;
        let before = std::mem::replace(&mut self.alerted, classes);
        let outage_since = if classes == ClassRange::default() {
            self.outage_since.take()
        } else {
            self.outage_since.get_or_insert(since);
            None
        };
        Some(Alert { classes, before, since, outage_since, recent: self.recent.iter().cloned().collect() })
    }

    /// The bad measurements in a row with another one. Without them a target that keeps changing between two bad classes
    /// would never confirm either.
    fn alternate(&self, class: LatencyClass, at: Wall) -> Option<Alternation> {
        let is_new = !self.alerted.contains(class);
        match self.alternation {
            Some(known) => {
                let (classes, new) = (known.classes.with(class), known.new.saturating_add(is_new.into()));
                Some(Alternation { classes, new, ..known })
            }
            None => is_new.then_some(Alternation { classes: ClassRange::of(class), since: at, new: 1 }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn watch(confirm: u32, alert: AlertMode) -> AlertState {
        AlertState::new(AlertConfig { thresholds: Thresholds::default(), confirm, alert })
    }

    #[test]
    fn the_measurements_in_an_alert_are_the_latest_and_no_more() {
        let mut watch = watch(2, AlertMode::Change);
        for number in 1..=20 {
            watch.update(number, Wall(number as i64), ProbeResult::Reply { rtt_ns: 1 });
        }
        watch.update(21, Wall(21), ProbeResult::Silence);
        let actions = watch.update(22, Wall(22), ProbeResult::Silence);
        let Some(Action::Alert(alert)) = actions.last() else { panic!("no alert: {actions:?}") };
        let numbers: Vec<u64> = alert.recent.iter().map(|measurement| measurement.number).collect();
        assert_eq!(numbers, (13..=22).collect::<Vec<_>>());
        assert_eq!((alert.since, alert.number(), alert.is_recovery()), (Wall(21), 22, false));
    }

    /// The alerts of measurements, one a second: when, for which classes, and since when.
    fn alerts(watch: &mut AlertState, findings: impl IntoIterator<Item = ProbeResult>) -> Vec<(u64, ClassRange, Wall)> {
        let alert = |action| match action {
            Action::Alert(alert) => Some((alert.number(), alert.classes, alert.since)),
            _ => None,
        };
        let numbered = (1..).zip(findings);
        numbered
            .flat_map(|(number, finding)| watch.update(number, Wall(number as i64 * SECOND), finding))
            .filter_map(alert)
            .collect()
    }

    #[test]
    fn alternation_of_two_bad_classes_alerts_once() {
        let (slow, down) = (ProbeResult::Reply { rtt_ns: SECOND / 5 }, ProbeResult::Silence);
        for confirm in 2..5 {
            let mut watch = watch(confirm, AlertMode::Change);
            let classes = ClassRange { best: LatencyClass::Slow, worst: LatencyClass::Down };
            let found = alerts(&mut watch, [slow.clone(), down.clone()].into_iter().cycle().take(100));
            assert_eq!(found, [(confirm.into(), classes, Wall(SECOND))]);
        }
    }

    #[test]
    fn alternation_with_the_class_told_of_alerts() {
        let (slow, down) = (ProbeResult::Reply { rtt_ns: SECOND / 5 }, ProbeResult::Silence);
        let mut watch = watch(2, AlertMode::Change);
        // The outliers are apart from each other at first.
        let mut findings = vec![slow.clone(), slow.clone(), down.clone(), slow.clone(), slow.clone()];
        findings.extend([down.clone(), slow.clone(), down]);
        let both = ClassRange { best: LatencyClass::Slow, worst: LatencyClass::Down };
        let expected = [(2, ClassRange::of(LatencyClass::Slow), Wall(SECOND)), (8, both, Wall(6 * SECOND))];
        assert_eq!(alerts(&mut watch, findings), expected);
    }

    #[test]
    fn a_normal_measurement_ends_an_alternation() {
        let normal = ProbeResult::Reply { rtt_ns: 1 };
        let findings = [ProbeResult::Silence, normal.clone(), ProbeResult::Reply { rtt_ns: SECOND / 5 }, normal];
        let findings = findings.into_iter().cycle().take(40);
        assert_eq!(alerts(&mut watch(2, AlertMode::Change), findings), []);
    }

    #[test]
    fn a_sleep_between_two_measurements_breaks_what_had_to_hold() {
        let mut watch = watch(2, AlertMode::Change);
        watch.update(1, Wall(0), ProbeResult::Silence);
        assert_eq!(watch.reset_after_suspend(SECOND), Some(Action::Overslept { slept_ns: SECOND }));
        let first = watch.update(2, Wall(1), ProbeResult::Silence);
        assert!(!first.iter().any(|action| matches!(action, Action::Alert(_))), "{first:?}");
        assert!(matches!(watch.update(3, Wall(2), ProbeResult::Silence).last(), Some(Action::Alert(_))));
    }
}
