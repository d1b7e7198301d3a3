//! Which class holds, and when somebody must be told: fed with what each measurement found, it answers what to do.

use std::collections::VecDeque;

use super::latency_class::{Class, Finding, Thresholds};
use crate::core::time::Wall;

/// So many measurements go into an alert.
pub const RECENT: usize = 10;

/// When an alert is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// The class has changed and the change has held.
    #[default]
    Change,
    /// Something was measured.
    Always,
}

/// What a watch goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where the classes begin.
    pub thresholds: Thresholds,
    /// For so many measurements in a row a new class must hold, from 1.
    pub confirm: u32,
    /// When an alert is due.
    pub alert: When,
}

/// One measurement, classed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// Its number, from 1.
    pub number: u64,
    /// When its probe was sent, or should have been.
    pub at: Wall,
    /// What it found.
    pub finding: Finding,
    /// The class, where something was measured.
    pub class: Option<Class>,
}

/// Somebody is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The class that holds now.
    pub class: Class,
    /// The one that was told of last, or normal.
    pub before: Class,
    /// When the first measurement of this class in a row was made.
    pub since: Wall,
    /// The measurements that led to it, the newest last.
    pub recent: Vec<Measurement>,
}

impl Alert {
    /// Whether all is well again.
    pub fn is_recovery(&self) -> bool {
        self.class == Class::Normal && self.before != Class::Normal
    }

    /// The number of the measurement after which it was due.
    pub fn number(&self) -> u64 {
        self.recent.last().map_or(0, |last| last.number)
    }
}

/// Why nothing was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindrance {
    /// The system takes no probes.
    Unsent {
        /// Its name for the error.
        error: String,
    },
    /// The host's name has no address.
    Unresolved {
        /// What the resolver said.
        detail: String,
    },
}

/// What is to be done after a measurement, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Say that nothing can be measured now. Said once, until it is over or the reason is another.
    Hindered(Hindrance),
    /// Say that measuring goes on after that.
    Unhindered,
    /// Say that this computer slept.
    Overslept {
        /// For how long, nanoseconds.
        slept_ns: i64,
    },
    /// Show the measurement.
    Show(Measurement),
    /// Tell somebody.
    Alert(Alert),
}

/// What was counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Measurements of each class, in the order of [`Class::ALL`].
    pub classes: [u64; 4],
    /// Rounds in which nothing was measured.
    pub unmeasured: u64,
}

impl Tally {
    /// Measurements in all.
    pub fn measured(&self) -> u64 {
        self.classes.iter().sum()
    }

    /// Measurements that had a reply.
    pub fn answered(&self) -> u64 {
        self.measured() - self.classes[Class::Down as usize]
    }
}

/// Watches over one target.
#[derive(Clone, Debug)]
pub struct Watch {
    settings: Settings,
    /// The class that has held last.
    settled: Class,
    /// The class of the latest measurements: since when, and how many they are.
    run: Option<(Class, Wall, u32)>,
    hindrance: Option<Hindrance>,
    recent: VecDeque<Measurement>,
    tally: Tally,
}

impl Watch {
    /// A watch that takes all for normal until it knows better.
    pub fn new(settings: Settings) -> Self {
        let (run, hindrance, recent) = (None, None, VecDeque::new());
        Self { settings, settled: Class::Normal, run, hindrance, recent, tally: Tally::default() }
    }

    /// The class that holds: that of which an alert was due last, or normal.
    pub const fn settled(&self) -> Class {
        self.settled
    }

    /// What was counted so far.
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Takes in what measurement `number`, begun at `at`, has found.
    pub fn observe(&mut self, number: u64, at: Wall, finding: Finding) -> Vec<Action> {
        let mut actions = Vec::new();
        let class = finding.class(self.settings.thresholds);
        match &finding {
            Finding::Unsent { error } => self.hinder(Hindrance::Unsent { error: error.clone() }, &mut actions),
            Finding::Unresolved { detail } => {
                self.hinder(Hindrance::Unresolved { detail: detail.clone() }, &mut actions);
            }
            Finding::Overslept { slept_ns } => actions.extend(self.slept(*slept_ns)),
            Finding::Reply { .. } | Finding::Silence | Finding::Refused => {
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
                self.tally.classes[class as usize] += 1;
                actions.extend(self.hold(class, at).map(Action::Alert));
            }
            None => self.tally.unmeasured += 1,
        }
        actions
    }

    /// This computer slept between two measurements. What was seen before that confirms nothing any more.
    pub fn slept(&mut self, slept_ns: i64) -> Option<Action> {
        self.run = None;
        Some(Action::Overslept { slept_ns })
    }

    fn hinder(&mut self, hindrance: Hindrance, actions: &mut Vec<Action>) {
        // What the resolver says in detail may change from one moment to the next.
        let same = match (&self.hindrance, &hindrance) {
            (Some(Hindrance::Unresolved { .. }), Hindrance::Unresolved { .. }) => true,
            (known, new) => known.as_ref() == Some(new),
        };
        if !same {
            self.hindrance = Some(hindrance.clone());
            actions.push(Action::Hindered(hindrance));
        }
    }

    /// Counts how long a class has held, and answers whether somebody must be told.
    fn hold(&mut self, class: Class, at: Wall) -> Option<Alert> {
        let (since, held) = match self.run {
            Some((same, since, held)) if same == class => (since, held.saturating_add(1)),
            _ => (at, 1),
        };
        self.run = Some((class, since, held));
        let before = self.settled;
        let confirmed = held >= self.settings.confirm.max(1);
        let due = match self.settings.alert {
            When::Always => true,
            When::Change => confirmed && class != before,
        };
        if confirmed || self.settings.alert == When::Always {
            self.settled = class;
        }
        due.then(|| Alert { class, before, since, recent: self.recent.iter().cloned().collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::SECOND;

    fn watch(confirm: u32, alert: When) -> Watch {
        Watch::new(Settings { thresholds: Thresholds::default(), confirm, alert })
    }

    #[test]
    fn the_measurements_in_an_alert_are_the_latest_and_no_more() {
        let mut watch = watch(2, When::Change);
        for number in 1..=20 {
            watch.observe(number, Wall(number as i64), Finding::Reply { rtt_ns: 1 });
        }
        watch.observe(21, Wall(21), Finding::Silence);
        let actions = watch.observe(22, Wall(22), Finding::Silence);
        let Some(Action::Alert(alert)) = actions.last() else { panic!("no alert: {actions:?}") };
        let numbers: Vec<u64> = alert.recent.iter().map(|measurement| measurement.number).collect();
        assert_eq!(numbers, (13..=22).collect::<Vec<_>>());
        assert_eq!((alert.since, alert.number(), alert.is_recovery()), (Wall(21), 22, false));
    }

    #[test]
    fn a_sleep_between_two_measurements_breaks_what_had_to_hold() {
        let mut watch = watch(2, When::Change);
        watch.observe(1, Wall(0), Finding::Silence);
        assert_eq!(watch.slept(SECOND), Some(Action::Overslept { slept_ns: SECOND }));
        let first = watch.observe(2, Wall(1), Finding::Silence);
        assert!(!first.iter().any(|action| matches!(action, Action::Alert(_))), "{first:?}");
        assert!(matches!(watch.observe(3, Wall(2), Finding::Silence).last(), Some(Action::Alert(_))));
    }
}
