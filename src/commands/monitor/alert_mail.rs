//! Alert mails. One thread composes them and one delivers them, so that neither a slow disk nor a slow server delays a
//! measurement.

use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::alert_capture::{AlertCapture, AlertEvidence};
use super::targets::{MailConfig, Target};
use super::wording;
use crate::commands::run::status::{eprint_line, eprint_status};
use crate::core::protocol::monitor::alert_state::Alert;
use crate::core::protocol::monitor::retry_queue::{Attempt, AttemptResult, RetryQueue};
use crate::core::time::{Now, nanos};
use crate::i18n::{Texts, Value};
use crate::journal::recent_records::RecentRecords;
use crate::mail::{MailMessage, Reason};
use crate::net::clock::Clock;

/// Capacity of the queue of alerts.
const QUEUE_LEN: usize = 256;

/// How long after Ctrl-C mails are still delivered.
const CLOSE_GRACE: Duration = Duration::from_secs(2);

/// How often the end of the delivery and Ctrl-C are looked for.
const CLOSE_POLL: Duration = Duration::from_millis(20);

pub struct AlertMailer {
    alerts: SyncSender<QueuedAlert>,
    composer: JoinHandle<()>,
    outbox: Option<(Arc<Outbox>, JoinHandle<()>)>,
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
    pub fn open(mail: Option<&Arc<MailConfig>>, capture: Option<AlertCapture>, attach: bool, texts: Texts) -> Self {
        let failed = Arc::<AtomicBool>::default();
        let (alerts, incoming) = sync_channel(QUEUE_LEN);
        let outbox = mail.map(|mail| {
            let outbox = Arc::new(Outbox::new(Arc::clone(mail), Arc::clone(&failed), texts));
            let worker = Arc::clone(&outbox);
            (outbox, thread::spawn(move || worker.run()))
        });
        let to_outbox = outbox.as_ref().map(|(outbox, _)| Arc::clone(outbox));
        let composer = AlertComposer { outbox: to_outbox, capture, attach, failed: Arc::clone(&failed), texts };
        let composer_thread = thread::spawn(move || composer.run(&incoming));
        Self { alerts, composer: composer_thread, outbox, failed }
    }

    /// A sender of alerts, with the clock of the measurement.
    pub fn sender(&self, clock: Clock, texts: Texts) -> AlertSender {
        AlertSender { alerts: self.alerts.clone(), clock, failed: Arc::clone(&self.failed), texts }
    }

    /// Accepts no more alerts and waits for delivery; returns whether everything was delivered. Once `interrupted`, it
    /// waits for [`CLOSE_GRACE`] only, whatever the mail server and the name service do.
    pub fn close(self, interrupted: impl Fn() -> bool) -> bool {
        drop(self.alerts);
        join_or_resume_panic_of(self.composer);
        if let Some((outbox, worker)) = self.outbox {
            outbox.close();
            let mut interrupted_at = None;
            while !worker.is_finished() {
                if interrupted() && interrupted_at.get_or_insert_with(Instant::now).elapsed() >= CLOSE_GRACE {
                    outbox.report_rest();
                    return false;
                }
                thread::sleep(CLOSE_POLL);
            }
            join_or_resume_panic_of(worker);
        }
        !self.failed.load(Ordering::Relaxed)
    }
}

fn join_or_resume_panic_of(thread: JoinHandle<()>) {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

/// Writes a letter of each alert, with what the packets say.
struct AlertComposer {
    outbox: Option<Arc<Outbox>>,
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
            let Some(outbox) = &self.outbox else { continue };
            let QueuedAlert { target, alert, .. } = &queued;
            let text = body(target, alert, evidence.as_ref(), self.texts);
            let capture = evidence.as_ref().filter(|_| self.attach).map(|evidence| evidence.file.clone());
            let report = evidence.as_ref().map(|evidence| evidence.report.clone());
            let attachments: Vec<_> = [report, capture].into_iter().flatten().collect();
            let id = format!("{}-{}-{}", queued.at.wall.0, target.name, alert.number());
            for (index, to) in (1..).zip(&target.recipients) {
                let message = MailMessage {
                    from: outbox.mail.from.clone(),
                    to: to.clone(),
                    subject: subject(target, alert, self.texts),
                    body: text.clone(),
                    date: alert.recent.last().map_or(queued.at.wall, |last| last.at),
                    id: format!("{id}-{index}"),
                    attachments: attachments.clone(),
                };
                outbox.push(message);
            }
        }
    }

    /// The evidence of an alert, if it was captured.
    fn evidence(&self, queued: &QueuedAlert) -> Option<AlertEvidence> {
        let capture = self.capture.as_ref()?;
        let QueuedAlert { target, recent, alert, at } = queued;
        match capture.collect(target, recent, alert, *at, self.texts) {
            Ok(evidence) => {
                eprint_status(self.texts.with("monitor-evidence", &[("file", Value::text(evidence.file.display()))]));
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

fn subject(target: &Target, alert: &Alert, texts: Texts) -> String {
    let target = ("target", Value::text(&target.name));
    let class = ("class", Value::text(wording::classes_text(alert.classes, texts)));
    match alert.outage_ns() {
        Some(ns) => {
            let length = ("time", Value::text(wording::duration_text(ns, texts)));
            texts.with("mail-subject-recovery", &[target, class, length])
        }
        None => texts.with("mail-subject", &[target, class]),
    }
}

/// The text of a mail: what happened, when, what the packets say, and where more is.
fn body(target: &Target, alert: &Alert, evidence: Option<&AlertEvidence>, texts: Texts) -> String {
    let timeout = nanos(target.timeout);
    let last = alert.recent.last();
    let finding = last.and_then(|last| wording::measurement_text(last, timeout, texts)).unwrap_or_default();
    let name =
        if target.name == target.host { target.host.clone() } else { format!("{} ({})", target.name, target.host) };
    let values = [
        ("target", Value::text(name)),
        ("class", Value::text(wording::classes_text(alert.classes, texts))),
        ("before", Value::text(wording::classes_text(alert.before, texts))),
        ("found", Value::text(finding)),
        ("time", Value::text(last.map(|last| wording::time_text(last.at)).unwrap_or_default())),
        ("since", Value::text(wording::time_text(alert.since))),
    ];
    let mut text = texts.with("mail-body", &values);
    if let Some(evidence) = evidence {
        let values = [("summary", Value::lines(&evidence.summary)), ("file", Value::text(evidence.file.display()))];
        text += "\n";
        text += &texts.with("mail-evidence", &values);
    }
    text + "\n"
}

/// The mails that wait, and their delivery: one after another, and again where the server did not take one.
struct Outbox {
    mail: Arc<MailConfig>,
    texts: Texts,
    clock: Clock,
    failed: Arc<AtomicBool>,
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

struct Waiting {
    queue: RetryQueue<MailMessage>,
    /// No more will come.
    is_closed: bool,
}

impl Outbox {
    fn new(mail: Arc<MailConfig>, failed: Arc<AtomicBool>, texts: Texts) -> Self {
        let waiting = Waiting { queue: RetryQueue::new(mail.policy), is_closed: false };
        let (waiting, changed) = (Mutex::new(waiting), Condvar::new());
        Self { mail, texts, clock: Clock::start(), failed, waiting, changed }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, message: MailMessage) {
        let given_up = self.lock().queue.push(self.clock.mono(), message);
        self.changed.notify_one();
        if let Some(given_up) = given_up {
            self.report_unsent("mail-no-room", &given_up);
        }
    }

    fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_one();
    }

    /// Delivers until it is closed, and then what still waits.
    fn run(&self) {
        while self.wait_until_due() {
            self.deliver(true);
        }
        self.deliver_rest();
    }

    /// Waits until a mail is due; `false` once it is closed.
    fn wait_until_due(&self) -> bool {
        let mut waiting = self.lock();
        loop {
            let now = self.clock.mono();
            let pause = waiting.queue.wake_at().map(|due| u64::try_from(due.since(now)).unwrap_or_default());
            waiting = match pause {
                _ if waiting.is_closed => return false,
                Some(0) => return true,
                Some(ns) => {
                    let waited = self.changed.wait_timeout(waiting, Duration::from_nanos(ns));
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }

    /// Tries the first mail if it is due; returns whether it is finished. `again`: it will be retried.
    fn deliver(&self, will_retry: bool) -> bool {
        let Some(message) = self.lock().queue.due(self.clock.mono()).cloned() else { return false };
        let result = self.mail.account.deliver(&message);
        // Perhaps it was too much for the server: the words alone still tell what there is to tell.
        let drop_attachment =
            matches!(&result, Err(failure) if failure.reason == Reason::Refused) && !message.attachments.is_empty();
        let attempt = match &result {
            Ok(()) => Attempt::Delivered,
            Err(failure) if failure.reason.may_pass() || drop_attachment => Attempt::Later,
            Err(_) => Attempt::Never,
        };
        let (outcome, waiting) = {
            let queue = &mut self.lock().queue;
            // A queue that was full may have lost the message meanwhile.
            if queue.first_mut().is_none_or(|first| first.id != message.id) {
                return true;
            }
            if let Some(first) = queue.first_mut().filter(|_| drop_attachment) {
                first.attachments.clear();
                eprint_line(self.texts.get("mail-without-file"));
            }
            (queue.record_attempt(self.clock.mono(), attempt), queue.len())
        };
        if let Err(failure) = &result {
            let values = [("server", Value::text(&self.mail.server)), ("detail", Value::text(&failure.detail))];
            eprint_line(self.texts.with(error_key(failure.reason), &values));
        }
        let to = Value::text(&message.to);
        match outcome {
            Some(AttemptResult::Delivered { item, .. }) => {
                eprint_status(self.texts.with("mail-sent", &[("to", to), ("subject", Value::text(item.subject))]));
                true
            }
            Some(AttemptResult::Again { pause, .. }) => {
                let pause = Value::text(humantime::format_duration(pause));
                let waiting = Value::count(waiting as u64);
                if will_retry {
                    eprint_status(self.texts.with("mail-again", &[("pause", pause), ("waiting", waiting)]));
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
    fn deliver_rest(&self) {
        let count = self.lock().queue.len() as u64;
        if count == 0 {
            return;
        }
        let grace = Value::text(humantime::format_duration(CLOSE_GRACE));
        eprint_status(self.texts.with("mail-last-round", &[("count", Value::count(count)), ("grace", grace)]));
        loop {
            self.lock().queue.retry_now(self.clock.mono());
            if self.lock().queue.is_empty() || !self.deliver(false) {
                break;
            }
        }
        self.report_rest();
    }

    /// Reports all that waits as not sent.
    fn report_rest(&self) {
        let rest = mem::replace(&mut self.lock().queue, RetryQueue::new(self.mail.policy));
        for message in rest.into_waiting() {
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
        Reason::TooLong => "mail-too-long",
    }
}
