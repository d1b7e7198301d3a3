//! Measures one target: sends each probe when it is due, from a socket of its own, until the count is reached or
//! Ctrl-C.
//!
//! Each probe has a port of its own, so its reply is recognized whatever its text: a `pong` that is late or repeated is
//! never taken for a fast one.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::log::MonitorLog;
use super::targets::{MAX_LATE_WAIT, Target};
use crate::commands::exchange::client_loop::{self, ClientEvent, ClientIo, ClientObserver};
use crate::core::evidence::journal_run::EndReason;
use crate::core::protocol::monitor::DEFAULT_PORT;
use crate::core::protocol::monitor::alert_state::{AlertState, MonitorCounters};
use crate::core::protocol::monitor::latency_class::{MIN_SUSPEND_NS, ProbeResult};
use crate::core::protocol::monitor::probe_timer::ProbeTimer;
use crate::core::protocol::ping::SingleProbe;
use crate::core::protocol::reply_tracker::{ReplyClass, ReplyCounters as Replies};
use crate::core::protocol::requester::Action as AskerAction;
use crate::core::time::{Mono, Now};
use crate::journal::recent_records::RecentRecords;
use crate::net::address::{self, HostError};
use crate::net::clock::{Clock, wall};
use crate::net::endpoint::Endpoint;
use crate::net::event_waiter::EventWaiter;

/// Measures a target until the end; returns the counters.
///
/// # Errors
/// The system's error if no socket can be opened, or if waiting fails.
pub fn run_target(
    target: &Arc<Target>,
    clock: Clock,
    mut waiter: EventWaiter,
    log: &MonitorLog,
) -> io::Result<MonitorCounters> {
    let mut target_loop = TargetLoop {
        target,
        clock,
        printer: log,
        alert_state: AlertState::new(target.alert_config),
        peer: None,
        peer_confirmed: false,
        suspended_ns: Clock::suspend_ns(),
        recent: Arc::default(),
        other_source: None,
        probe: None,
    };
    let mut timer = ProbeTimer::new(target.interval, target.count, target.duration, clock.mono());
    while let Some(due) = timer.due() {
        if waiter.sleep_until(Some(due))?.signal || waiter.interrupted() {
            break;
        }
        target_loop.check_suspend();
        let number = timer.begin(clock.mono());
        let next = timer.due().unwrap_or_else(|| clock.mono().plus(target.timeout));
        if target_loop.measure(number, next, &mut waiter)? == EndReason::Interrupted {
            break;
        }
    }
    Ok(target_loop.alert_state.counters())
}

struct TargetLoop<'a> {
    target: &'a Arc<Target>,
    clock: Clock,
    printer: &'a MonitorLog,
    alert_state: AlertState,
    peer: Option<SocketAddr>,
    /// It has answered there, so that the name need not be asked for again.
    peer_confirmed: bool,
    /// How long this computer had slept at the last look, nanoseconds.
    suspended_ns: i64,
    /// The application's account of the last probes, for an alert's journal.
    recent: Arc<RecentRecords>,
    /// Who else than the target answered last.
    other_source: Option<SocketAddr>,
    /// The probe that is waited for: its number, when it was sent, and until when its reply is in time.
    probe: Option<(u64, Now, Mono)>,
}

impl TargetLoop<'_> {
    /// One measurement; a late reply is waited for until the next one is due.
    fn measure(&mut self, number: u64, next: Mono, waiter: &mut EventWaiter) -> io::Result<EndReason> {
        let peer = match self.resolve() {
            Ok(peer) => peer,
            Err(detail) => {
                self.on_result(number, ProbeResult::Unresolved { detail });
                return Ok(EndReason::Done);
            }
        };
        let mut endpoint = match Endpoint::bind(address::unspecified_like(peer)) {
            Ok(endpoint) => endpoint,
            // Out of descriptors or ports: reported like a failed send, and retried.
            Err(error) => {
                self.on_result(number, ProbeResult::Unsent { error: error.to_string() });
                return Ok(EndReason::Done);
            }
        };
        let start = self.clock.mono();
        let (timeout, probe) = (self.target.timeout, self.target.probe.clone());
        let remaining = u64::try_from(next.since(start.plus(timeout)).max(0)).unwrap_or_default();
        let linger = Duration::from_nanos(remaining).min(MAX_LATE_WAIT);
        let mut single = SingleProbe::new(number, timeout, linger, probe, peer, start);
        self.probe = Some((number, self.clock.now(), start.plus(timeout)));
        let recent = Arc::clone(&self.recent);
        if let Ok(local) = address::local_address_towards(peer) {
            recent.between(local, peer);
        }
        let mut io = ClientIo::new(self.clock, &mut endpoint, &*recent, peer);
        client_loop::run(&mut single, &mut io, waiter, self).or_else(|error| {
            // An interface that goes down under a socket may break it; the next probe has another.
            if self.probe.is_some() {
                self.on_result(number, ProbeResult::Unsent { error: error.to_string() });
            }
            Ok(EndReason::Done)
        })
    }

    /// The target's address. A name is asked for again where what it meant last has not answered.
    fn resolve(&mut self) -> Result<SocketAddr, String> {
        if let Some(peer) = self.peer.filter(|_| self.peer_confirmed) {
            return Ok(peer);
        }
        match address::resolve(&self.target.host, DEFAULT_PORT) {
            Ok(found) => {
                // Where it is still among them, it stays: a name with several addresses must not make the target jump.
                let peer = self.peer.filter(|peer| found.contains(peer)).unwrap_or(found[0]);
                if self.peer.replace(peer).is_some_and(|before| before != peer) {
                    self.printer.address_changed(self.target, peer);
                }
                Ok(peer)
            }
            // What it meant last is still the best guess.
            Err(error) => self.peer.ok_or_else(|| match error {
                HostError::Unknown { source, .. } => self.printer.system_error_text(&source),
                other => other.to_string(),
            }),
        }
    }

    fn on_result(&mut self, number: u64, finding: ProbeResult) {
        let at = self.probe.take().map_or_else(wall, |(_, at, _)| at.wall);
        match finding {
            ProbeResult::Reply { .. } => self.peer_confirmed = true,
            ProbeResult::Silence | ProbeResult::Refused => self.peer_confirmed = false,
            // The outcome of this probe is unknown: it must not appear lost in an alert's journal.
            ProbeResult::Overslept { .. } => self.recent.forget(number),
            ProbeResult::Unsent { .. } | ProbeResult::Unresolved { .. } => {}
        }
        let actions = self.alert_state.update(number, at, finding);
        self.printer.report(self.target, &self.recent, actions);
    }

    /// The measurement is over, unless this computer or this thread slept meanwhile: `due` is when it should have been
    /// over at the latest.
    fn on_result_unless_suspended(&mut self, number: u64, finding: ProbeResult, due: Mono) {
        let suspended_ns = self.take_suspended_ns();
        let overdue_ns = self.clock.mono().since(due);
        self.on_result(number, finding.unless_suspended(suspended_ns, overdue_ns));
    }

    /// How long this computer has slept since the last look.
    fn take_suspended_ns(&mut self) -> i64 {
        let suspended_ns = Clock::suspend_ns();
        let since_last_call = suspended_ns.saturating_sub(self.suspended_ns);
        self.suspended_ns = suspended_ns;
        since_last_call
    }

    /// Prints a line if this computer was suspended between two measurements.
    fn check_suspend(&mut self) {
        let suspended_ns = self.take_suspended_ns();
        if suspended_ns >= MIN_SUSPEND_NS {
            let action = self.alert_state.reset_after_suspend(suspended_ns);
            self.printer.report(self.target, &self.recent, action.into_iter().collect());
        }
    }
}

impl ClientObserver for TargetLoop<'_> {
    fn on_event(&mut self, on_event: ClientEvent<'_>) {
        let pending = self.probe;
        if let ClientEvent::Received { from, .. } = on_event
            && Some(from) != self.peer
            && self.other_source.replace(from) != Some(from)
        {
            self.printer.report_other_source(self.target, from);
        }
        match (on_event, pending) {
            (ClientEvent::Action(AskerAction::GiveUp { number }), Some((_, _, due))) => {
                self.on_result_unless_suspended(number, ProbeResult::Silence, due);
            }
            (ClientEvent::NotSent { number, error }, Some(_)) => {
                self.on_result(number, ProbeResult::Unsent { error: error.to_owned() });
            }
            (ClientEvent::IcmpError(_), Some((number, _, due))) => {
                self.on_result_unless_suspended(number, ProbeResult::Refused, due);
            }
            (
                ClientEvent::Received { class: ReplyClass::Reply { number, rtt_ns, late, .. }, .. },
                Some((_, _, due)),
            ) => {
                let finding = if late { ProbeResult::Silence } else { ProbeResult::Reply { rtt_ns } };
                self.on_result_unless_suspended(number, finding, due);
            }
            (ClientEvent::Received { class: ReplyClass::Reply { number, rtt_ns, .. }, .. }, None) => {
                // It did answer, only late: its address is right.
                self.peer_confirmed = true;
                self.printer.report_late(self.target, number, rtt_ns);
            }
            _ => {}
        }
    }

    fn on_tick(&mut self, _: Mono, _: Replies) {}
}
