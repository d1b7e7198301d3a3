//! Alert mails. One thread composes them and one delivers them, so that neither a slow disk nor a slow server delays a
//! measurement.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::alert_capture::{AlertCapture, AlertEvidence};
use super::targets::{Mail, Target};
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
    log: JoinHandle<()>,
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
        let raised = QueuedAlert { target, recent, alert, at: self.clock.now() };
        if let Err(TrySendError::Full(_)) = self.alerts.try_send(raised) {
            self.failed.store(true, Ordering::Relaxed);
            eprint_line(self.texts.get("mail-too-many"));
        }
    }
}

impl AlertMailer {
    /// Opens the desk, and hires the postman where there is a mail server.
    pub fn open(mail: Option<Arc<Mail>>, witness: Option<AlertCapture>, attach: bool, texts: Texts) -> Self {
        let failed = Arc::<AtomicBool>::default();
        let (alerts, incoming) = sync_channel(QUEUE_LEN);
        let (messages, worker) = match &mail {
            Some(mail) => {
                let (letters, outgoing) = sync_channel(QUEUE_LEN);
                let mail_worker =
                    MailWorker { mail: Arc::clone(mail), texts, clock: Clock::start(), failed: Arc::clone(&failed) };
                (Some(letters), Some(thread::spawn(move || mail_worker.work(&outgoing))))
            }
            None => (None, None),
        };
        let log = AlertComposer { mail, letters: messages, witness, attach, failed: Arc::clone(&failed), texts };
        let chat_log = thread::spawn(move || log.work(&incoming));
        Self { alerts, log: chat_log, worker, failed }
    }

    /// A sender of alerts, with the clock of the measurement.
    pub fn sender(&self, clock: Clock, texts: Texts) -> AlertSender {
        AlertSender { alerts: self.alerts.clone(), clock, failed: Arc::clone(&self.failed), texts }
    }

    /// Accepts no more alerts and waits for delivery; returns whether everything was delivered.
    pub fn close(self) -> bool {
        drop(self.alerts);
        for thread in std::iter::once(self.log).chain(self.worker) {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
        !self.failed.load(Ordering::Relaxed)
    }
}

/// Writes a letter of each alert, with what the packets say.
struct AlertComposer {
    mail: Option<Arc<Mail>>,
    letters: Option<SyncSender<MailMessage>>,
    witness: Option<AlertCapture>,
    attach: bool,
    failed: Arc<AtomicBool>,
    texts: Texts,
}

impl AlertComposer {
    fn work(&self, incoming: &Receiver<QueuedAlert>) {
        let mut capture_failed = false;
        for raised in incoming {
            let alert_evidence = self.evidence(&raised);
            if let Some(failure) = self.witness.as_ref().and_then(|witness| witness.ring.failure())
                && !capture_failed
            {
                capture_failed = true;
                self.failed.store(true, Ordering::Relaxed);
                eprint_line(self.texts.with("monitor-capture-failed", &[("detail", Value::text(failure))]));
            }
            let (Some(mail), Some(messages)) = (&self.mail, &self.letters) else { continue };
            let QueuedAlert { target, alert, .. } = &raised;
            let mut text = body(target, alert, self.texts);
            if let Some(proof) = &alert_evidence {
                let file = Value::text(proof.file.display());
                let values = [("file", file), ("text", Value::text(proof.text.trim_end()))];
                text.extend(["\n", &self.texts.with("mail-evidence", &values), "\n"]);
            }
            let id = format!("{}-{}-{}", raised.at.wall.0, target.name, alert.number());
            for (place, to) in (1..).zip(&target.recipients) {
                let message = MailMessage {
                    from: mail.from.clone(),
                    to: to.clone(),
                    subject: subject(alert, self.texts),
                    body: text.clone(),
                    date: alert.recent.last().map_or(raised.at.wall, |last| last.at),
                    id: format!("{id}-{place}"),
                    attachment: alert_evidence.as_ref().filter(|_| self.attach).map(|proof| proof.file.clone()),
                };
                // The desk may wait for the postman: the measuring waits for neither.
                _ = messages.send(message);
            }
        }
    }

    /// The evidence of an alert, if it was captured.
    fn evidence(&self, raised: &QueuedAlert) -> Option<AlertEvidence> {
        let witness = self.witness.as_ref()?;
        let QueuedAlert { target, recent, alert, at } = raised;
        match witness.collect(target, recent, alert, *at, self.texts) {
            Ok(alert_evidence) => {
                eprint_line(
                    self.texts.with("monitor-evidence", &[("file", Value::text(alert_evidence.file.display()))]),
                );
                Some(alert_evidence)
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
    texts.with("mail-subject", &[("class", Value::text(wording::class(alert.class, texts)))])
}

fn body(target: &Target, alert: &Alert, texts: Texts) -> String {
    let timeout = nanos(target.timeout);
    let last = alert.recent.last();
    let found = last.and_then(|last| wording::line(last, timeout, texts)).unwrap_or_default();
    let lines = alert.recent.iter().map(|measurement| {
        let message = wording::line(measurement, timeout, texts).unwrap_or_else(|| texts.get("monitor-unmeasured"));
        format!("  {} {message}", wording::clock(measurement.at))
    });
    let name =
        if target.name == target.host { target.host.clone() } else { format!("{} ({})", target.name, target.host) };
    let latency = last.and_then(|last| last.finding.rtt_ns()).map_or_else(
        || texts.get("mail-no-latency"),
        |ns| format!("{} ms", NumberFormat::new(texts).decimal(ns as f64 / 1e6, 1)),
    );
    let values = [
        ("target", Value::text(name)),
        ("class", Value::text(wording::class(alert.class, texts))),
        ("before", Value::text(wording::class(alert.before, texts))),
        ("latency", Value::text(latency)),
        ("found", Value::text(found)),
        ("time", Value::text(last.map(|last| wording::clock(last.at)).unwrap_or_default())),
        ("since", Value::text(wording::clock(alert.since))),
        ("measurements", Value::text(lines.collect::<Vec<_>>().join("\n"))),
    ];
    texts.with("mail-body", &values) + "\n"
}

/// Takes letters to the mail server, one after another, and goes again for those that were not taken.
struct MailWorker {
    mail: Arc<Mail>,
    texts: Texts,
    clock: Clock,
    failed: Arc<AtomicBool>,
}

impl MailWorker {
    fn work(&self, outgoing: &Receiver<MailMessage>) {
        let mut outbox = RetryQueue::new(self.mail.policy);
        loop {
            let now = self.clock.mono();
            let timeout = outbox
                .wake_at()
                .map_or(Duration::MAX, |due| Duration::from_nanos(u64::try_from(due.since(now)).unwrap_or_default()));
            // What has come meanwhile lines up before the next try.
            match outgoing.recv_timeout(timeout.min(Duration::from_secs(3600))) {
                Ok(message) => {
                    self.queue_message(&mut outbox, message);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.deliver(&mut outbox, true);
        }
        self.last_round(outbox);
    }

    fn queue_message(&self, outbox: &mut RetryQueue<MailMessage>, message: MailMessage) {
        if let Some(given_up) = outbox.push(self.clock.mono(), message) {
            self.lost("mail-no-room", &given_up);
        }
    }

    /// Tries the first letter, if it is due; answers whether it is off the table. `again`: there will be another try.
    fn deliver(&self, outbox: &mut RetryQueue<MailMessage>, again: bool) -> bool {
        let Some(message) = outbox.due(self.clock.mono()) else { return false };
        let how = self.mail.account.deliver(message);
        // Perhaps it was too much for the server: the words alone still tell what there is to tell.
        let unnumbered =
            matches!(&how, Err(failure) if failure.reason == Reason::Refused) && message.attachment.is_some();
        let tried = match &how {
            Ok(()) => Attempt::Delivered,
            Err(failure) if failure.reason.may_pass() || unnumbered => Attempt::Later,
            Err(_) => Attempt::Never,
        };
        let to = Value::text(&message.to);
        if let Some(letter) = outbox.first_mut().filter(|_| unnumbered) {
            letter.attachment = None;
            eprint_line(self.texts.get("mail-without-file"));
        }
        let known = outbox.record_attempt(self.clock.mono(), tried);
        if let Err(failure) = &how {
            let values = [("server", Value::text(&self.mail.server)), ("detail", Value::text(&failure.detail))];
            eprint_line(self.texts.with(key(failure.reason), &values));
        }
        match known {
            Some(AttemptResult::Delivered { item, .. }) => {
                eprint_line(self.texts.with("mail-sent", &[("to", to), ("subject", Value::text(item.subject))]));
                true
            }
            Some(AttemptResult::Again { pause, .. }) => {
                let pause = Value::text(humantime::format_duration(pause));
                let waiting = Value::count(outbox.len() as u64);
                if again {
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
    fn last_round(&self, mut outbox: RetryQueue<MailMessage>) {
        if outbox.is_empty() {
            return;
        }
        eprint_line(self.texts.with("mail-last-round", &[("count", Value::count(outbox.len() as u64))]));
        loop {
            outbox.retry_now(self.clock.mono());
            if outbox.is_empty() || !self.deliver(&mut outbox, false) {
                break;
            }
        }
        for message in outbox.into_waiting() {
            self.lost("mail-unsent", &message);
        }
    }

    fn lost(&self, key: &str, message: &MailMessage) {
        self.failed.store(true, Ordering::Relaxed);
        let values = [("to", Value::text(&message.to)), ("subject", Value::text(&message.subject))];
        eprint_line(self.texts.with(key, &values));
    }
}

/// What kind of trouble the mail server makes.
const fn key(reason: Reason) -> &'static str {
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
