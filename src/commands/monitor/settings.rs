//! What was typed, as the targets that it means.

use std::time::Duration;

use anyhow::Result;

use super::super::failure::{self, Failure};
use crate::cli::{AlertWhen, MonitorArgs, TargetArgs};
use crate::core::dialect::message::Probe;
use crate::core::dialect::monitor::class::Thresholds;
use crate::core::dialect::monitor::watch::{Settings, When};
use crate::i18n::{Texts, Value};
use crate::net::host;

/// No target is probed more often: the monitor is no flood generator.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

/// One target, as it is to be measured.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub host: String,
    /// The text of a probe.
    pub probe: Probe,
    /// From one measurement to the next.
    pub interval: Duration,
    /// How long a probe may wait for its reply.
    pub timeout: Duration,
    /// What its watch goes by.
    pub watch: Settings,
    /// How many measurements, 0 for no end.
    pub count: u64,
    /// For how long.
    pub length: Option<Duration>,
}

impl Target {
    /// Whether only Ctrl-C ends it.
    pub const fn is_endless(&self) -> bool {
        self.count == 0 && self.length.is_none()
    }
}

/// The targets that the command line means.
///
/// # Errors
/// A [`Failure`] that says what is wrong with which setting.
pub fn read(args: &MonitorArgs, texts: Texts) -> Result<Vec<Target>> {
    Ok(vec![target(&args.host, &args.host, &args.target, args, texts)?])
}

fn target(name: &str, host: &str, how: &TargetArgs, args: &MonitorArgs, texts: Texts) -> Result<Target> {
    // A name that nobody knows now may be known later; what is no name never will.
    host::is_well_formed(host).map_err(|error| failure::host(texts, &error))?;
    let thresholds = Thresholds { slow: how.slow, very_slow: how.very_slow };
    if how.slow >= how.very_slow || how.very_slow >= how.timeout {
        let time = |time: Duration| Value::words(humantime::format_duration(time));
        let values = [("slow", time(how.slow)), ("very_slow", time(how.very_slow)), ("timeout", time(how.timeout))];
        return Err(Failure::usage(texts, "error-thresholds", &values));
    }
    if how.interval < SHORTEST_INTERVAL {
        let least = Value::words(humantime::format_duration(SHORTEST_INTERVAL));
        return Err(Failure::usage(texts, "error-interval", &[("least", least)]));
    }
    let probe = Probe::any(&how.text, 0).map_err(|error| failure::template(texts, "--text", &how.text, &error))?;
    let alert = match how.alert {
        AlertWhen::Change => When::Change,
        AlertWhen::Always => When::Always,
    };
    Ok(Target {
        name: name.to_owned(),
        host: host.to_owned(),
        probe,
        interval: how.interval,
        timeout: how.timeout,
        watch: Settings { thresholds, confirm: how.confirm, alert },
        count: args.count,
        length: args.length,
    })
}
