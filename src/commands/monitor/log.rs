//! Prints measurements on stdout and problems on stderr, and writes the CSV log.

use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::SecondsFormat;

use super::alert_mail::AlertSender;
use super::targets::Target;
use super::wording::{classes_text, duration_text, finding_name, local_time, measurement_text, time_text};
use crate::commands::run::status::{eprint_line, eprint_status};
use crate::commands::run::{error, print};
use crate::core::escape::csv_cell;
use crate::core::protocol::monitor::alert_state::{Action, Alert, Measurement, NotMeasured};
use crate::core::protocol::monitor::latency_class::LatencyClass;
use crate::core::time::nanos;
use crate::i18n::{Texts, Value};
use crate::journal::recent_records::RecentRecords;
use crate::metrics::MetricsRegistry;

/// The columns of the log.
const COLUMNS: [&str; 6] = ["time", "target", "number", "finding", "class", "rtt_ms"];

pub struct MonitorLog {
    texts: Texts,
    log: Option<Mutex<CsvLog>>,
    registry: Arc<MetricsRegistry>,
    mailer: AlertSender,
    /// The rows are what stdout is for, so no lines for people go there.
    log_is_stdout: bool,
    failed: AtomicBool,
}

/// A file with a row for each measurement.
pub struct CsvLog(csv::Writer<File>);

impl CsvLog {
    /// Appends to a file; a new file gets a header row.
    ///
    /// # Errors
    /// The system's error if the file cannot be written to.
    pub fn open(file: File) -> io::Result<Self> {
        let is_new = file.metadata()?.len() == 0;
        let mut writer = csv::Writer::from_writer(file);
        if is_new {
            writer.write_record(COLUMNS)?;
            writer.flush()?;
        }
        Ok(Self(writer))
    }

    fn write_row(&mut self, target: &Target, measurement: &Measurement) -> io::Result<()> {
        let rtt = measurement.finding.rtt_ns().map(|ns| format!("{:.3}", ns as f64 / 1e6));
        let number = measurement.number.to_string();
        self.0.write_record([
            local_time(measurement.at).to_rfc3339_opts(SecondsFormat::Millis, false).as_str(),
            &csv_cell(&target.name),
            &number,
            finding_name(&measurement.finding),
            measurement.class.map_or("", LatencyClass::name),
            rtt.as_deref().unwrap_or_default(),
        ])?;
        // Flushed, so that every printed row is in the file.
        self.0.flush()
    }
}

impl MonitorLog {
    pub fn system_error_text(&self, error: &io::Error) -> String {
        error::system(self.texts, error)
    }

    /// Renders in one language: rows to the log file if there is one, values to the metrics, alerts to the mail queue.
    pub fn new(
        texts: Texts,
        log: Option<CsvLog>,
        log_is_stdout: bool,
        registry: Arc<MetricsRegistry>,
        mailer: AlertSender,
    ) -> Self {
        Self { texts, log: log.map(Mutex::new), log_is_stdout, registry, mailer, failed: AtomicBool::new(false) }
    }

    /// Whether something could not be written that should have been.
    pub fn failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    pub fn print_start(&self, targets: &[Arc<Target>]) {
        for target in targets {
            let time = |length| Value::text(humantime::format_duration(length));
            let values = [
                ("target", Value::text(&target.name)),
                ("interval", time(target.interval)),
                ("timeout", time(target.timeout)),
                ("slow", time(target.alert_config.thresholds.slow)),
                ("very_slow", time(target.alert_config.thresholds.very_slow)),
            ];
            eprint_status(self.texts.with("monitor-begin", &values));
        }
        if targets.iter().any(|target| target.is_endless()) {
            eprint_status(self.texts.get("monitor-endless"));
        }
    }

    /// Prints and records the result of a measurement.
    pub fn report(&self, target: &Arc<Target>, recent: &Arc<RecentRecords>, actions: Vec<Action>) {
        let target_value = ("target", Value::text(&target.name));
        for action in actions {
            match action {
                Action::Hindered(NotMeasured::Unsent { error }) => {
                    self.eprint("monitor-unsent", &[target_value.clone(), ("error", Value::text(error))]);
                }
                Action::Hindered(NotMeasured::Unresolved { detail }) => {
                    self.eprint("monitor-unresolved", &[target_value.clone(), ("detail", Value::text(detail))]);
                }
                Action::Unhindered => self.eprint("monitor-unhindered", std::slice::from_ref(&target_value)),
                Action::Overslept { slept_ns } => {
                    let time = Value::text(duration_text(slept_ns, self.texts));
                    self.eprint("monitor-slept", &[target_value.clone(), ("time", time)]);
                }
                Action::Show(measurement) => self.show(target, &measurement),
                Action::Alert(alert) => {
                    self.registry.alert(&target.name, &alert);
                    self.alert(target, &alert);
                    self.mailer.enqueue(target, recent, alert);
                }
            }
        }
    }

    /// Reports a late reply.
    pub fn report_late(&self, target: &Target, number: u64, rtt_ns: i64) {
        let rtt = Value::text(duration_text(rtt_ns, self.texts));
        let values = [("target", Value::text(&target.name)), ("n", Value::text(number)), ("rtt", rtt)];
        self.eprint("monitor-late", &values);
    }

    /// Reports a datagram that came to a probe's port, but not from the target's address and port.
    pub fn report_other_source(&self, target: &Target, from: SocketAddr) {
        self.eprint("monitor-other-source", &[("target", Value::text(&target.name)), ("from", Value::text(from))]);
    }

    /// Reports that a name now resolves to another address.
    pub fn address_changed(&self, target: &Target, peer: SocketAddr) {
        self.eprint("monitor-moved", &[("target", Value::text(&target.name)), ("peer", Value::text(peer))]);
    }

    fn show(&self, target: &Target, measurement: &Measurement) {
        self.registry.note(&target.name, measurement);
        let line = measurement_text(measurement, nanos(target.timeout), self.texts);
        if let Some(line) = line.filter(|_| !self.log_is_stdout) {
            let values = [
                ("time", Value::text(time_text(measurement.at))),
                ("target", Value::text(&target.name)),
                ("finding", Value::text(line)),
            ];
            // A closed pipe is no error, and a full disk shows at the latest with the summary.
            _ = print::write(&(self.texts.with("monitor-line", &values) + "\n"), self.texts);
        }
        let Some(log) = &self.log else { return };
        let written = log.lock().unwrap_or_else(PoisonError::into_inner).write_row(target, measurement);
        if let Err(error) = written
            && !self.failed.swap(true, Ordering::Relaxed)
        {
            self.eprint("monitor-log-failed", &[("detail", Value::text(error))]);
        }
    }

    fn alert(&self, target: &Target, alert: &Alert) {
        let values = [
            ("target", Value::text(&target.name)),
            ("class", Value::text(classes_text(alert.classes, self.texts))),
            ("since", Value::text(time_text(alert.since))),
        ];
        self.eprint("monitor-alert", &values);
    }

    fn eprint(&self, key: &str, values: &[(&'static str, Value)]) {
        eprint_line(self.texts.with(key, values));
    }
}
