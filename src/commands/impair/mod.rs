//! `medidor simulador`: a relay that loses, delays, reorders and duplicates datagrams, and records what it did to each.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::exchange::client::DEFAULT_PORT;
use super::run::error::{self, CommandError, Exit};
use super::run::print;
use super::run::status::eprint_line;
use crate::cli::{ImpairArgs, ImpairmentArgs};
use crate::core::evidence::ground_truth::{self, RelayedDatagram, TruthRecord};
use crate::core::protocol::impairment::{ImpairmentConfig, LossModel, RelayAction};
use crate::core::protocol::relay::{Direction, OutgoingPacket, Relay};
use crate::core::time::{Mono, SECOND};
use crate::i18n::{Texts, Value};
use crate::net::address;
use crate::net::clock::Clock;
use crate::net::event_waiter::EventWaiter;
use crate::net::relay_sockets::{RelaySockets, RelaySource};
use crate::privileges;

/// Runs the relay.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &ImpairArgs, texts: Texts) -> Result<ExitCode> {
    let listen = address::listen(&args.listen, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?;
    let to = address::resolve(&args.to, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?[0];
    let impairment = &args.impairment;
    let (forward, back) =
        (plan(impairment, impairment.loss.as_ref()), plan(impairment, impairment.loss_return.as_ref()));
    privileges::drop_to_sudo_user().map_err(|error| error::rights(texts, &error))?;
    let record = args.truth.as_ref().map(|path| create(path, texts)).transpose()?;
    let sockets = RelaySockets::open(listen, to).map_err(|error| error::bind(texts, listen, &error))?;
    privileges::drop_capabilities().map_err(|error| error::rights(texts, &error))?;
    let clock = Clock::start();
    let mut waiter = EventWaiter::start(clock)
        .map_err(|error| CommandError::environment(texts, "error-signals", &[("detail", Value::text(error))]))?;
    let listening = sockets.local_addr().map_err(|error| error::bind(texts, listen, &error))?;
    let header = TruthRecord::Relay {
        schema: ground_truth::SCHEMA.to_owned(),
        listen: listening,
        to,
        seed: args.seed,
        plan: serde_json::json!({ "forward": forward, "return": back }),
    };
    let mut station = RelayLoop {
        clock,
        switch: sockets,
        relay: Relay::new(forward, back, args.seed),
        record: Record { file: record, failure: None },
        counters: RelayCounters::default(),
        texts,
    };
    station.record.write(&header);
    eprint_line(texts.with("run-relay", &[("address", Value::text(listening)), ("to", Value::text(to))]));
    let stop_at = args.duration.map(|duration| clock.mono().plus(duration));
    station
        .run(&mut waiter, stop_at)
        .map_err(|error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]))?;
    print::write(&station.counters.known(texts), texts)?;
    match (station.record.close(), &args.truth) {
        (Some(error), Some(path)) => Err(error::file(texts, "error-write", path, &error)),
        _ => Ok(Exit::Done.into()),
    }
}

fn plan(args: &ImpairmentArgs, loss: Option<&LossModel>) -> ImpairmentConfig {
    ImpairmentConfig {
        loss: loss.cloned().unwrap_or_default(),
        delay: args.delay,
        jitter: args.jitter,
        reorder: args.reorder / 100.0,
        duplicate: args.duplicate / 100.0,
        corrupt: args.corrupt / 100.0,
        bits_per_second: args.rate,
    }
}

fn create(path: &PathBuf, texts: Texts) -> Result<BufWriter<File>> {
    File::create(path).map(BufWriter::new).map_err(|error| error::file(texts, "error-write", path, &error))
}

struct RelayLoop {
    clock: Clock,
    switch: RelaySockets,
    relay: Relay,
    record: Record,
    counters: RelayCounters,
    texts: Texts,
}

impl RelayLoop {
    /// Relays until a signal, or until `stop_at`.
    fn run(&mut self, waiter: &mut EventWaiter, stop_at: Option<Mono>) -> io::Result<()> {
        let mut flushed = Mono(0);
        loop {
            let wake = [self.relay.wake_at(), stop_at].into_iter().flatten().min();
            let wakeup = waiter.wait(&self.switch, wake)?;
            self.take_in()?;
            let now = self.clock.mono();
            while let Some(leaving) = self.relay.leaving(now) {
                self.send(&leaving);
            }
            if now.since(flushed) > SECOND {
                self.record.flush();
                flushed = now;
            }
            if wakeup.signal || stop_at.is_some_and(|stop| now >= stop) {
                return Ok(());
            }
        }
    }

    /// Takes in what has come from clients and from the server.
    fn take_in(&mut self) -> io::Result<()> {
        let mut came: Vec<(RelaySource, Vec<u8>)> = Vec::new();
        self.switch.receive(|origin, payload| came.push((origin, payload.to_vec())))?;
        for (origin, payload) in came {
            let now = self.clock.now();
            let (client, heading) = match origin {
                RelaySource::Server(client) => (Some(client), Direction::Return),
                RelaySource::Client(addr) => (self.admit(addr, now.mono)?, Direction::Forward),
            };
            let addr = match origin {
                RelaySource::Client(addr) => Some(addr),
                RelaySource::Server(client) => self.relay.address(client),
            };
            let Some(addr) = addr else { continue };
            let handled = self.relay.receive(client, heading, now.mono, &payload);
            self.counters.count(heading, handled.result);
            let line = RelayedDatagram { w: now.wall, client: addr, heading, n: handled.number, fate: handled.result };
            self.record.write(&TruthRecord::Datagram(line));
        }
        Ok(())
    }

    fn admit(&mut self, addr: std::net::SocketAddr, now: Mono) -> io::Result<Option<u32>> {
        let Some(admitted) = self.relay.admit(addr, now) else { return Ok(None) };
        if let Some(forgotten) = admitted.forgotten {
            self.switch.close_way(forgotten);
        }
        if admitted.is_new {
            let way = self.switch.open_way(admitted.client)?;
            eprint_line(self.texts.with("run-relay-client", &[("peer", Value::text(addr)), ("way", Value::text(way))]));
        }
        Ok(Some(admitted.client))
    }

    fn send(&mut self, leaving: &OutgoingPacket) {
        let taken = match (leaving.heading, self.relay.address(leaving.client)) {
            (Direction::Forward, _) => self.switch.to_server(leaving.client, &leaving.payload),
            (Direction::Return, Some(addr)) => self.switch.to_client(addr, &leaving.payload),
            (Direction::Return, None) => false,
        };
        if !taken {
            self.counters.not_taken += 1;
        }
    }
}

/// The record of injected faults. A full disk ends the record, not the relay.
struct Record {
    file: Option<BufWriter<File>>,
    failure: Option<io::Error>,
}

impl Record {
    fn write(&mut self, line: &TruthRecord) {
        self.with(|file| {
            serde_json::to_writer(&mut *file, line)?;
            file.write_all(b"\n")
        });
    }

    fn flush(&mut self) {
        self.with(BufWriter::flush);
    }

    fn with(&mut self, act: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
        if let Some(file) = &mut self.file
            && let Err(error) = act(file)
        {
            self.file = None;
            self.failure = Some(error);
        }
    }

    /// Flushes the record; returns the error that made it incomplete.
    fn close(mut self) -> Option<io::Error> {
        self.flush();
        self.failure
    }
}

#[derive(Default)]
struct RelayCounters {
    came: [u64; 2],
    lost: [u64; 2],
    duplicated: [u64; 2],
    reordered: [u64; 2],
    corrupted: [u64; 2],
    not_taken: u64,
}

impl RelayCounters {
    fn count(&mut self, heading: Direction, result: RelayAction) {
        let way = heading as usize;
        self.came[way] += 1;
        self.lost[way] += u64::from(result.lost.is_some());
        self.duplicated[way] += u64::from(result.copies > 1);
        self.reordered[way] += u64::from(result.reordered);
        self.corrupted[way] += u64::from(result.corrupted);
    }

    fn known(&self, texts: Texts) -> String {
        let line = |key: &str, way: usize| {
            texts.with(
                key,
                &[
                    ("came", Value::count(self.came[way])),
                    ("lost", Value::count(self.lost[way])),
                    ("duplicated", Value::count(self.duplicated[way])),
                    ("reordered", Value::count(self.reordered[way])),
                    ("corrupted", Value::count(self.corrupted[way])),
                ],
            )
        };
        let mut known = format!("{}\n{}\n", line("relay-forward", 0), line("relay-return", 1));
        if self.not_taken > 0 {
            known += &texts.with("relay-not-taken", &[("count", Value::count(self.not_taken))]);
            known.push('\n');
        }
        known
    }
}
