//! `medidor monitor`: one probe after another for as long as it takes, each classed by its latency, and whoever is to be
//! told of a change.
//!
//! Each target has a thread of its own ([`target`]), and so has whatever could hold the measuring up.
//!
//! | file | what it does |
//! |---|---|
//! | [`post`] | the mail, beside the measuring |
//! | [`settings`] | what was typed, as targets |
//! | [`target`] | measures one target |
//! | [`teller`] | says it: lines, rows |

mod post;
mod settings;
mod target;
mod teller;

use std::fs::File;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use anyhow::Result;

use self::post::Post;
use self::settings::{Plan, Target};
use self::teller::{Log, Teller};
use super::failure::{self, Exit, Failure};
use super::{outputs, result};
use crate::cli::MonitorArgs;
use crate::core::dialect::monitor::class::Class;
use crate::core::dialect::monitor::watch::Tally;
use crate::i18n::{Texts, Value};
use crate::net::clock::Clock;
use crate::net::wait::Waiter;
use crate::rights;

/// Runs the monitor.
///
/// # Errors
/// A [`Failure`] with its exit code.
pub fn run(args: &MonitorArgs, texts: Texts) -> Result<ExitCode> {
    let Plan { targets, mail } = settings::read(args, texts)?;
    rights::become_caller().map_err(|error| failure::rights(texts, &error))?;
    let log = args.log.as_deref().map(|path| {
        outputs::check(path).map_err(|error| failure::output(texts, path, &error))?;
        let file = File::options().append(true).create(true).open(path);
        file.and_then(Log::open).map_err(|error| failure::file(texts, "error-write", path, &error))
    });
    let log = log.transpose()?;
    rights::drop_capabilities().map_err(|error| failure::rights(texts, &error))?;
    let clock = Clock::start();
    // Listens to the end, so that a second Ctrl-C always ends the program.
    let signals = listening(clock, texts)?;
    let post = Post::open(mail, texts);
    let teller = Arc::new(Teller::new(texts, log, post.slot(texts)));
    teller.begin(&targets);
    let watches: Vec<_> = targets
        .iter()
        .map(|target| {
            let (target, teller) = (Arc::clone(target), Arc::clone(&teller));
            let waiter = listening(clock, texts)?;
            anyhow::Ok(thread::spawn(move || target::watch(&target, clock, waiter, &teller)))
        })
        .collect::<Result<_>>()?;
    let mut answered = 0;
    let mut summary = String::new();
    for (target, watch) in targets.iter().zip(watches) {
        let ended = watch.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let tally =
            ended.map_err(|error| Failure::environment(texts, "error-socket", &[("detail", Value::words(error))]))?;
        answered += tally.answered();
        summary += &summed_up(target, tally, texts);
    }
    result::write(&summary, texts)?;
    let endless = targets.iter().all(|target| target.is_endless());
    let logged = !teller.failed();
    // With the last slot the post knows that nothing more will come.
    drop(teller);
    let delivered = post.close();
    Ok(match () {
        () if signals.interrupted() && !endless => Exit::Interrupted,
        () if !logged || !delivered => Exit::Environment,
        () if answered > 0 => Exit::Done,
        () => Exit::Failed,
    }
    .into())
}

/// Listens for Ctrl-C and SIGTERM.
fn listening(clock: Clock, texts: Texts) -> Result<Waiter> {
    Waiter::start(clock)
        .map_err(|error| Failure::environment(texts, "error-signals", &[("detail", Value::words(error))]))
}

/// One line about all measurements of a target.
fn summed_up(target: &Target, tally: Tally, texts: Texts) -> String {
    let classes = Class::ALL.map(|class| {
        let count = Value::count(tally.classes[class as usize]);
        texts.with("monitor-class-count", &[("class", Value::words(teller::class(class, texts))), ("count", count)])
    });
    let values = [
        ("target", Value::words(&target.name)),
        ("count", Value::count(tally.measured())),
        ("classes", Value::words(classes.join(", "))),
        ("unmeasured", Value::count(tally.unmeasured)),
    ];
    texts.with("monitor-summary", &values) + "\n"
}
