//! Alert mails. One thread composes them and one delivers them, so that neither a slow disk nor a slow server delays a
//! measurement.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::alert_capture::{AlertCapture, AlertEvidence};
use super::targets::{MailConfig, Target};
use super::wording;
use crate::commands::run::status::eprint_line;
use crate::core::protocol::monitor::alert_state::Alert;
use crate::core::protocol::monitor::retry_queue::{Attempt, AttemptResult, RetryQueue};
use crate::core::time::{Now, nanos};
use crate::i18n::{Texts, Value};
use crate::journal::recent_records::RecentRecords;
use crate::mail::{MailMessage, Reason};
use crate::net::clock::Clock;
use crate::report::format::NumberFormat;

/// Capacity of the queues between the threads.
const QUEUE_LEN: usize = 256;

pub struct AlertMailer {
    alerts: SyncSender<QueuedAlert>,
    composer: JoinHandle<()>,
    worker: Option<JoinHandle<()>>,
    failed: Arc<AtomicBool>,
}

struct QueuedAlert {
    target: Arc<Target>,
    recent: Arc<RecentRecords>,
    alert: Alert,
    at: Now,
}

pub struct AlertSender {
    alerts: SyncSender<QueuedAlert>,
    clock: Clock,
    failed: Arc<AtomicBool>,
    texts: Texts,
}

impl AlertSender {
    /// Queues an alert without blocking; `recent` holds the target's probes.
    pub fn enqueue(&self, target: &Arc<Target>, recent: &Arc<RecentRecords>, alert: Alert) {
        let (target, recent) = (Arc::clone(target), Arc::clone(recent));
        let queued = QueuedAlert { target, recent, alert, at: self.clock.now() };
        if let Err(TrySendError::Full(_)) = self.alerts.try_send(queued) {
            self.failed.store(true, Ordering::Relaxed);
            eprint_line(self.texts.get("mail-too-many"));
        }
    }
}

impl AlertMailer {
    /// Opens the desk, and hires the postman where there is a mail server.
    pub fn open(mail: Option<Arc<MailConfig>>, capture: Option<AlertCapture>, attach: bool, texts: Texts) -> Self {
        let failed = Arc::<AtomicBool>::default();
        let (alerts, incoming) = sync_channel(QUEUE_LEN);
        let (messages, worker) = match &mail {
            Some(mail) => {
                let (sender, outgoing) = sync_channel(QUEUE_LEN);
                let mail_worker =
                    MailWorker { mail: Arc::clone(mail), texts, clock: Clock::start(), failed: Arc::clone(&failed) };
                (Some(sender), Some(thread::spawn(move || mail_worker.run(&outgoing))))
            }
            None => (None, None),
        };
        let composer = AlertComposer { mail, messages, capture, attach, failed: Arc::clone(&failed), texts };
        let composer_thread = thread::spawn(move || composer.run(&incoming));
        Self { alerts, composer: composer_thread, worker, failed }
    }

    /// A sender of alerts, with the clock of the measurement.
    pub fn sender(&self, clock: Clock, texts: Texts) -> AlertSender {
        AlertSender { alerts: self.alerts.clone(), clock, failed: Arc::clone(&self.failed), texts }
    }

    /// Accepts no more alerts and waits for delivery; returns whether everything was delivered.
    pub fn close(self) -> bool {
        drop(self.alerts);
        for thread in std::iter::once(self.composer).chain(self.worker) {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        !self.failed.load(Ordering::Relaxed)
    }
}

/// Writes a letter of each alert, with what the packets say.
struct AlertComposer {
    mail: Option<Arc<MailConfig>>,
    messages: Option<SyncSender<MailMessage>>,
    capture: Option<AlertCapture>,
    attach: bool,
    failed: Arc<AtomicBool>,
    texts: Texts,
}

impl AlertComposer {
    fn run(&self, incoming: &Receiver<QueuedAlert>) {
        let mut capture_failed = false;
        for queued in incoming {
            let evidence = self.evidence(&queued);
            if let Some(failure) = self.capture.as_ref().and_then(|capture| capture.ring.failure())
                && !capture_failed
            {
                capture_failed = true;
                self.failed.store(true, Ordering::Relaxed);
                eprint_line(self.texts.with("monitor-capture-failed", &[("detail", Value::text(failure))]));
            }
            let (Some(mail), Some(messages)) = (&self.mail, &self.messages) else { continue };
            let QueuedAlert { target, alert, .. } = &queued;
            let mut text = body(target, alert, self.texts);
            if let Some(evidence) = &evidence {
                let file = Value::text(evidence.file.display());
                let values = [("file", file), ("text", Value::text(evidence.text.trim_end()))];
                text.extend(["\n", &self.texts.with("mail-evidence", &values), "\n"]);
            }
            let id = format!("{}-{}-{}", queued.at.wall.0, target.name, alert.number());
            for (index, to) in (1..).zip(&target.recipients) {
                let message = MailMessage {
                    from: mail.from.clone(),
                    to: to.clone(),
                    subject: subject(alert, self.texts),
                    body: text.clone(),
                    date: alert.recent.last().map_or(queued.at.wall, |last| last.at),
                    id: format!("{id}-{index}"),
                    attachment: evidence.as_ref().filter(|_| self.attach).map(|evidence| evidence.file.clone()),
                };
                // The desk may wait for the postman: the measuring waits for neither.
                _ = messages.send(message);
            }
        }
    }

    /// The evidence of an alert, if it was captured.
    fn evidence(&self, queued: &QueuedAlert) -> Option<AlertEvidence> {
        let capture = self.capture.as_ref()?;
        let QueuedAlert { target, recent, alert, at } = queued;
        match capture.collect(target, recent, alert, *at, self.texts) {
            Ok(evidence) => {
                eprint_line(self.texts.with("monitor-evidence", &[("file", Value::text(evidence.file.display()))]));
                Some(evidence)
            }
            Err(error) => {
                self.failed.store(true, Ordering::Relaxed);
                eprint_line(self.texts.with("monitor-no-evidence", &[("detail", Value::text(error))]));
                None
            }
        }
    }
}

fn subject(alert: &Alert, texts: Texts) -> String {
    texts.with("mail-subject", &[("class", Value::text(wording::classes_text(alert.classes, texts)))])
}

fn body(target: &Target, alert: &Alert, texts: Texts) -> String {
    let timeout = nanos(target.timeout);
    let last = alert.recent.last();
    let finding = last.and_then(|last| wording::measurement_text(last, timeout, texts)).unwrap_or_default();
    let lines = alert.recent.iter().map(|measurement| {
        let message =
            wording::measurement_text(measurement, timeout, texts).unwrap_or_else(|| texts.get("monitor-unmeasured"));
        format!("  {} {message}", wording::time_text(measurement.at))
    });
    let name =
        if target.name == target.host { target.host.clone() } else { format!("{} ({})", target.name, target.host) };
    let latency = last.and_then(|last| last.finding.rtt_ns()).map_or_else(
        || texts.get("mail-no-latency"),
        |ns| format!("{} ms", NumberFormat::new(texts).decimal(ns as f64 / 1e6, 1)),
    );
    let values = [
        ("target", Value::text(name)),
        ("class", Value::text(wording::classes_text(alert.classes, texts))),
        ("before", Value::text(wording::classes_text(alert.before, texts))),
        ("latency", Value::text(latency)),
        ("found", Value::text(finding)),
        ("time", Value::text(last.map(|last| wording::time_text(last.at)).unwrap_or_default())),
        ("since", Value::text(wording::time_text(alert.since))),
        ("measurements", Value::text(lines.collect::<Vec<_>>().join("\n"))),
    ];
    texts.with("mail-body", &values) + "\n"
}

/// Takes letters to the mail server, one after another, and goes again for those that were not taken.
struct MailWorker {
    mail: Arc<MailConfig>,
    texts: Texts,
    clock: Clock,
    failed: Arc<AtomicBool>,
}

impl MailWorker {
    fn run(&self, outgoing: &Receiver<MailMessage>) {
        let mut queue = RetryQueue::new(self.mail.policy);
        loop {
            let now = self.clock.mono();
            let timeout = queue
                .wake_at()
                .map_or(Duration::MAX, |due| Duration::from_nanos(u64::try_from(due.since(now)).unwrap_or_default()));
            // What has come meanwhile lines up before the next try.
            match outgoing.recv_timeout(timeout.min(Duration::from_secs(3600))) {
                Ok(message) => {
                    self.queue_message(&mut queue, message);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.deliver(&mut queue, true);
        }
        self.deliver_rest(queue);
    }

    fn queue_message(&self, queue: &mut RetryQueue<MailMessage>, message: MailMessage) {
        if let Some(given_up) = queue.push(self.clock.mono(), message) {
            self.report_unsent("mail-no-room", &given_up);
        }
    }

    /// Tries the first mail if it is due; returns whether it is finished. `again`: it will be retried.
    fn deliver(&self, queue: &mut RetryQueue<MailMessage>, will_retry: bool) -> bool {
        let Some(message) = queue.due(self.clock.mono()) else { return false };
        let result = self.mail.account.deliver(message);
        // Perhaps it was too much for the server: the words alone still tell what there is to tell.
        let drop_attachment =
            matches!(&result, Err(failure) if failure.reason == Reason::Refused) && message.attachment.is_some();
        let attempt = match &result {
            Ok(()) => Attempt::Delivered,
            Err(failure) if failure.reason.may_pass() || drop_attachment => Attempt::Later,
            Err(_) => Attempt::Never,
        };
        let to = Value::text(&message.to);
        if let Some(first) = queue.first_mut().filter(|_| drop_attachment) {
            first.attachment = None;
            eprint_line(self.texts.get("mail-without-file"));
        }
        let outcome = queue.record_attempt(self.clock.mono(), attempt);
        if let Err(failure) = &result {
            let values = [("server", Value::text(&self.mail.server)), ("detail", Value::text(&failure.detail))];
            eprint_line(self.texts.with(error_key(failure.reason), &values));
        }
        match outcome {
            Some(AttemptResult::Delivered { item, .. }) => {
                eprint_line(self.texts.with("mail-sent", &[("to", to), ("subject", Value::text(item.subject))]));
                true
            }
            Some(AttemptResult::Again { pause, .. }) => {
                let pause = Value::text(humantime::format_duration(pause));
                let waiting = Value::count(queue.len() as u64);
                if will_retry {
                    eprint_line(self.texts.with("mail-again", &[("pause", pause), ("waiting", waiting)]));
                }
                false
            }
            Some(AttemptResult::GivenUp { item, tries }) => {
                let values =
                    [("to", to), ("subject", Value::text(&item.subject)), ("tries", Value::count(tries.into()))];
                self.failed.store(true, Ordering::Relaxed);
                eprint_line(self.texts.with("mail-given-up", &values));
                true
            }
            None => true,
        }
    }

    /// The run is over: what still waits is tried once more, up to the first that is not taken.
    fn deliver_rest(&self, mut queue: RetryQueue<MailMessage>) {
        if queue.is_empty() {
            return;
        }
        eprint_line(self.texts.with("mail-last-round", &[("count", Value::count(queue.len() as u64))]));
        loop {
            queue.retry_now(self.clock.mono());
            if queue.is_empty() || !self.deliver(&mut queue, false) {
                break;
            }
        }
        for message in queue.into_waiting() {
            self.report_unsent("mail-unsent", &message);
        }
    }

    fn report_unsent(&self, key: &str, message: &MailMessage) {
        self.failed.store(true, Ordering::Relaxed);
        let values = [("to", Value::text(&message.to)), ("subject", Value::text(&message.subject))];
        eprint_line(self.texts.with(key, &values));
    }
}

/// What kind of trouble the mail server makes.
const fn error_key(reason: Reason) -> &'static str {
    match reason {
        Reason::Unreachable => "mail-unreachable",
        Reason::Timeout => "mail-timeout",
        Reason::Tls => "mail-tls",
        Reason::Login => "mail-login",
        Reason::Busy => "mail-busy",
        Reason::Refused => "mail-refused",
        Reason::Broken => "mail-broken",
    }
}
