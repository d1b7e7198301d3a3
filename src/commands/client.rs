//! `medidor cliente`: sends numbered messages, and says what became of each.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::client_loop::{self, Wires};
use super::evidence;
use super::failure::{self, Exit, Failure};
use super::recording::{Defaults, Recorded, Recording, client_device};
use super::result;
use super::screen::{Screen, say};
use super::start::{Identity, enlarge, introduce_capture};
use crate::capture::filter;
use crate::cli::ClientArgs;
use crate::core::dialect::client::Client;
use crate::core::dialect::message::Template;
use crate::core::dialect::schedule::Schedule;
use crate::core::evidence::journal::{Ending, Role};
use crate::core::time::nanos;
use crate::core::verdict::judge::Options;
use crate::i18n::{Texts, Value};
use crate::net::clock::Clock;
use crate::net::endpoint::Endpoint;
use crate::net::host;
use crate::net::pace::FAST_INTERVAL;
use crate::net::wait::Waiter;

/// Where the course work's server listens.
pub const DEFAULT_PORT: u16 = 5005;

/// Runs the client.
///
/// # Errors
/// A [`Failure`] with its exit code.
pub fn run(args: &ClientArgs, texts: Texts) -> Result<ExitCode> {
    let template = Template::request(&args.message)
        .map_err(|error| failure::template(texts, "--message", &args.message, &error))?;
    let schedule =
        Schedule { count: args.count, batch: args.batch, pause: args.pause, interval: args.interval, wait: args.wait };
    let peer = host::resolve(&args.host, DEFAULT_PORT).map_err(|error| failure::host(texts, &error))?[0];
    let clock = Clock::start();
    let mut endpoint = bind(args, peer, texts)?;
    let identity = Identity::of(Role::Client, endpoint.local_addr(), Some(peer));
    let mut screen = Screen::new(texts, nanos(args.interval));
    screen.tell("run-client", &[("peer", Value::words(peer)), ("count", Value::count(args.count))]);
    identity.introduce(&screen);
    let parameters = json!({
        "count": args.count, "batch": args.batch, "pause_ns": nanos(args.pause), "interval_ns": nanos(args.interval),
        "wait_ns": nanos(args.wait), "message": args.message,
    });
    if args.interval < FAST_INTERVAL {
        endpoint.stamp_departures(false);
        enlarge(&endpoint, &screen);
    }
    let run = identity.run(clock.now(), parameters, Some(nanos(args.wait)));
    let defaults = || {
        let device = client_device(identity.local.ip(), peer.ip(), texts)?;
        Ok(Defaults { device, filter: filter::client(peer.port(), endpoint.local_addr().port()) })
    };
    let recording = Recording::open(&args.recording, &defaults, run, clock, texts, &mut |line| say(line))?;
    introduce_capture(&screen, &recording);
    let mut waiter = Waiter::start(clock)
        .map_err(|error| Failure::environment(texts, "error-signals", &[("detail", Value::words(error))]))?;
    let client = Client::new(schedule, template, peer, identity.is_own(peer.ip()), clock.mono());
    let mut wires = Wires::new(clock, &mut endpoint, recording.journal(), peer);
    let (ending, tally) = client_loop::run(client, &mut wires, &mut waiter, &mut screen)
        .map_err(|error| Failure::environment(texts, "error-socket", &[("detail", Value::words(error))]))?;
    let Recorded { loaded, complete } = recording.close(ending, || wires.drain(), &mut |line| say(line))?;
    let options = Options { all_messages: args.output.all, ..Options::default() };
    let document = evidence::judge(Some(loaded), None, &options).map_err(|error| failure::judging(texts, &error))?;
    let answered = tally.delivered + tally.late > 0;
    result::print(document, args.output, texts)?;
    Ok(match ending {
        Ending::Interrupted => Exit::Interrupted,
        _ if !complete => Exit::Environment,
        _ if answered => Exit::Done,
        _ => Exit::Failed,
    }
    .into())
}

fn bind(args: &ClientArgs, peer: SocketAddr, texts: Texts) -> Result<Endpoint> {
    let address = match &args.bind {
        Some(text) => host::listen(text, 0).map_err(|error| failure::host(texts, &error))?,
        None => host::unspecified_like(peer),
    };
    Endpoint::bind(address).map_err(|error| failure::bind(texts, address, &error))
}
