//! `medidor simulador`: a relay that loses, delays, reorders and duplicates datagrams, and records what it did to each.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use super::exchange::client::DEFAULT_PORT;
use super::run::error::{self, CommandError, Exit};
use super::run::print;
use super::run::seed::drawn_seed;
use super::run::status::eprint_status;
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
    let (forward, back) = (
        impairment_config(impairment, impairment.loss.as_ref()),
        impairment_config(impairment, impairment.loss_return.as_ref()),
    );
    privileges::drop_to_sudo_user().map_err(|error| error::privileges(texts, &error))?;
    let truth_file = args.truth.as_ref().map(|path| create_truth_file(path, texts)).transpose()?;
    let sockets = RelaySockets::open(listen, to).map_err(|error| error::bind(texts, listen, &error))?;
    privileges::drop_capabilities().map_err(|error| error::privileges(texts, &error))?;
    let seed = args.seed.unwrap_or_else(drawn_seed);
    let clock = Clock::start();
    let mut waiter = EventWaiter::start(clock)
        .map_err(|error| CommandError::environment(texts, "error-signals", &[("detail", Value::text(error))]))?;
    let listening = sockets.local_addr().map_err(|error| error::bind(texts, listen, &error))?;
    let header = TruthRecord::Relay {
        schema: ground_truth::SCHEMA.to_owned(),
        listen: listening,
        to,
        seed,
        plan: serde_json::json!({ "forward": forward, "return": back }),
    };
    let mut relay_loop = RelayLoop {
        clock,
        sockets,
        relay: Relay::new(forward, back, seed),
        truth: TruthWriter { file: truth_file, failure: None },
        counters: RelayCounters::default(),
        to,
        refusal_printed: false,
        texts,
    };
    relay_loop.truth.write(&header);
    eprint_status(texts.with("run-relay", &[("address", Value::text(listening)), ("to", Value::text(to))]));
    eprint_status(texts.with("run-seed", &[("seed", Value::text(seed))]));
    let stop_at = args.duration.map(|duration| clock.mono().plus(duration));
    relay_loop
        .run(&mut waiter, stop_at)
        .map_err(|error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]))?;
    print::write(&relay_loop.counters.render(texts), texts)?;
    match (relay_loop.truth.close(), &args.truth) {
        (Some(error), Some(path)) => Err(error::file(texts, "error-write", path, &error)),
        _ => Ok(Exit::Done.into()),
    }
}

fn impairment_config(args: &ImpairmentArgs, loss: Option<&LossModel>) -> ImpairmentConfig {
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

fn create_truth_file(path: &PathBuf, texts: Texts) -> Result<BufWriter<File>> {
    File::create(path).map(BufWriter::new).map_err(|error| error::file(texts, "error-write", path, &error))
}

struct RelayLoop {
    clock: Clock,
    sockets: RelaySockets,
    relay: Relay,
    truth: TruthWriter,
    counters: RelayCounters,
    to: SocketAddr,
    /// Whether the refusal has been printed.
    refusal_printed: bool,
    texts: Texts,
}

impl RelayLoop {
    /// Relays until a signal, or until `stop_at`.
    fn run(&mut self, waiter: &mut EventWaiter, stop_at: Option<Mono>) -> io::Result<()> {
        let mut flushed = Mono(0);
        loop {
            let wake = [self.relay.wake_at(), stop_at].into_iter().flatten().min();
            let wakeup = waiter.wait(&self.sockets, wake)?;
            self.receive()?;
            if self.sockets.is_refused() && !self.refusal_printed {
                self.refusal_printed = true;
                eprint_status(self.texts.with("run-relay-refused", &[("to", Value::text(self.to))]));
            }
            let now = self.clock.mono();
            while let Some(packet) = self.relay.leaving(now) {
                self.send(&packet);
            }
            if now.since(flushed) > SECOND {
                self.truth.flush();
                flushed = now;
            }
            if wakeup.signal || stop_at.is_some_and(|stop| now >= stop) {
                return Ok(());
            }
        }
    }

    /// Takes in what has come from clients and from the server.
    fn receive(&mut self) -> io::Result<()> {
        let mut received: Vec<(RelaySource, Vec<u8>)> = Vec::new();
        self.sockets.receive(|source, payload| received.push((source, payload.to_vec())))?;
        for (source, payload) in received {
            let now = self.clock.now();
            let (client, direction) = match source {
                RelaySource::Server(client) => (Some(client), Direction::Return),
                RelaySource::Client(addr) => (self.admit(addr, now.mono)?, Direction::Forward),
            };
            let addr = match source {
                RelaySource::Client(addr) => Some(addr),
                RelaySource::Server(client) => self.relay.address(client),
            };
            let Some(addr) = addr else { continue };
            let handled = self.relay.receive(client, direction, now.mono, &payload);
            self.counters.count(direction, handled.result);
            let line = RelayedDatagram {
                w: now.wall,
                client: addr,
                heading: direction,
                n: handled.number,
                fate: handled.result,
            };
            self.truth.write(&TruthRecord::Datagram(line));
        }
        Ok(())
    }

    fn admit(&mut self, addr: SocketAddr, now: Mono) -> io::Result<Option<u32>> {
        let Some(admitted) = self.relay.admit(addr, now) else { return Ok(None) };
        if let Some(forgotten) = admitted.forgotten {
            self.sockets.close_path(forgotten);
        }
        if admitted.is_new {
            let local_addr = self.sockets.open_path(admitted.client)?;
            eprint_status(
                self.texts.with("run-relay-client", &[("peer", Value::text(addr)), ("way", Value::text(local_addr))]),
            );
        }
        Ok(Some(admitted.client))
    }

    fn send(&mut self, packet: &OutgoingPacket) {
        let sent = match (packet.heading, self.relay.address(packet.client)) {
            (Direction::Forward, _) => self.sockets.to_server(packet.client, &packet.payload),
            (Direction::Return, Some(addr)) => self.sockets.to_client(addr, &packet.payload),
            (Direction::Return, None) => false,
        };
        if !sent {
            self.counters.send_failures += 1;
        }
    }
}

/// The record of injected faults. A full disk ends the record, not the relay.
struct TruthWriter {
    file: Option<BufWriter<File>>,
    failure: Option<io::Error>,
}

impl TruthWriter {
    fn write(&mut self, line: &TruthRecord) {
        self.with(|file| {
            serde_json::to_writer(&mut *file, line)?;
            file.write_all(b"\n")
        });
    }

    fn flush(&mut self) {
        self.with(BufWriter::flush);
    }

    fn with(&mut self, operation: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) {
        if let Some(file) = &mut self.file
            && let Err(error) = operation(file)
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
    received: [u64; 2],
    lost: [u64; 2],
    duplicated: [u64; 2],
    reordered: [u64; 2],
    corrupted: [u64; 2],
    send_failures: u64,
}

impl RelayCounters {
    fn count(&mut self, direction: Direction, result: RelayAction) {
        let index = direction as usize;
        self.received[index] += 1;
        self.lost[index] += u64::from(result.lost.is_some());
        self.duplicated[index] += u64::from(result.copies > 1);
        self.reordered[index] += u64::from(result.reordered);
        self.corrupted[index] += u64::from(result.corrupted);
    }

    fn render(&self, texts: Texts) -> String {
        let line = |key: &str, index: usize| {
            texts.with(
                key,
                &[
                    ("came", Value::count(self.received[index])),
                    ("lost", Value::count(self.lost[index])),
                    ("duplicated", Value::count(self.duplicated[index])),
                    ("reordered", Value::count(self.reordered[index])),
                    ("corrupted", Value::count(self.corrupted[index])),
                ],
            )
        };
        let mut text = format!("{}\n{}\n", line("relay-forward", 0), line("relay-return", 1));
        if self.send_failures > 0 {
            text += &texts.with("relay-not-taken", &[("count", Value::count(self.send_failures))]);
            text.push('\n');
        }
        text
    }
}
