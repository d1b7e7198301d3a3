//! The state of a monitored target: takes measurements, decides the current latency class and when an alert fires.

use std::collections::VecDeque;

use super::latency_class::{LatencyClass, ProbeResult, Thresholds};
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
    /// Measurements in a row that confirm a new class, from 1.
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
    /// The class that holds now.
    pub class: LatencyClass,
    /// The class of the last alert, or normal.
    pub before: LatencyClass,
    /// When the first measurement of this class in a row was made.
    pub since: Wall,
    /// The measurements that led to it, the newest last.
    pub recent: Vec<Measurement>,
}

impl Alert {
    /// Whether all is well again.
    pub fn is_recovery(&self) -> bool {
        self.class == LatencyClass::Normal && self.before != LatencyClass::Normal
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

/// Watches over one target.
#[derive(Clone, Debug)]
pub struct AlertState {
    settings: AlertConfig,
    /// The class that has held last.
    settled: LatencyClass,
    /// The class of the latest measurements: since when, and how many they are.
    run: Option<(LatencyClass, Wall, u32)>,
    hindrance: Option<NotMeasured>,
    recent: VecDeque<Measurement>,
    counters: MonitorCounters,
}

impl AlertState {
    /// A watch that takes all for normal until it knows better.
    pub fn new(settings: AlertConfig) -> Self {
        let (run, hindrance, recent) = (None, None, VecDeque::new());
        Self { settings, settled: LatencyClass::Normal, run, hindrance, recent, counters: MonitorCounters::default() }
    }

    /// The current class: that of the last alert, or normal.
    pub const fn current_class(&self) -> LatencyClass {
        self.settled
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
        self.run = None;
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
        let (since, held) = match self.run {
            Some((same, since, held)) if same == class => (since, held.saturating_add(1)),
            _ => (at, 1),
        };
        self.run = Some((class, since, held));
        let before = self.settled;
        let confirmed = held >= self.settings.confirm.max(1);
        let due = match self.settings.alert {
            AlertMode::Always => true,
            AlertMode::Change => confirmed && class != before,
        };
        if confirmed || self.settings.alert == AlertMode::Always {
            self.settled = class;
        }
        due.then(|| Alert { class, before, since, recent: self.recent.iter().cloned().collect() })
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
