//! The subcommands. Each file validates what was typed, opens the edges, hands over to the core, and renders.

pub mod analyze;
pub mod asking;
pub mod asking_loop;
pub mod chat_client;
pub mod chat_desk;
pub mod chat_keyboard;
pub mod chat_result;
pub mod chat_server;
pub mod check;
pub mod children;
pub mod client;
pub mod compare;
pub mod complete;
pub mod delivery;
pub mod demo;
pub mod evidence;
pub mod failure;
pub mod impair;
pub mod monitor;
pub mod outputs;
pub mod ping;
pub mod plot;
pub mod progress;
pub mod receive;
pub mod recording;
pub mod reports;
pub mod result;
pub mod scene;
pub mod screen;
pub mod send;
pub mod server;
pub mod server_loop;
pub mod start;
pub mod submission;
pub mod transfer;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::{ChatCommand, Cli, Command, help, mistakes};
use crate::i18n::{Texts, Value};
use crate::lifeline;
use failure::{Exit, Failure};

/// Parses the command line and runs what it says; answers the exit code.
pub fn run(arguments: Vec<OsString>) -> ExitCode {
    lifeline::hold();
    let texts = Texts::new(help::language(&arguments));
    let parsed = help::localise(Cli::command(), texts)
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            let words = error.render();
            return if error.use_stderr() {
                let own = mistakes::told(&error, texts);
                screen::say(own.unwrap_or_else(|| help::shown(&words.to_string())).trim_end());
                Exit::Usage
            } else {
                // Help is what was asked for, so it is a result; a reader that has gone away is no error.
                let words = if result::color() { words.ansi().to_string() } else { words.to_string() };
                _ = result::write(&help::shown(&words), texts);
                Exit::Done
            }
            .into();
        }
    };
    let done = match &cli.command {
        Command::Server(args) => server::run(args, texts),
        Command::Client(args) => client::run(args, texts),
        Command::Ping(args) => ping::run(args, texts),
        Command::Monitor(args) => monitor::run(args, texts),
        Command::Analyze(args) => analyze::run(args, texts),
        Command::Check(args) => check::run(args, texts),
        Command::Impair(args) => impair::run(args, texts),
        Command::Send(args) => send::run(args, texts),
        Command::Receive(args) => receive::run(args, texts),
        Command::Compare(args) => compare::run(args, texts),
        Command::Chat(args) => match &args.command {
            ChatCommand::Server(args) => chat_server::run(args, texts),
            ChatCommand::Client(args) => chat_client::run(args, texts),
        },
        Command::Demo(args) => demo::run(args, texts),
        Command::Complete(args) => complete::run(*args, texts),
    };
    done.unwrap_or_else(|error| {
        screen::say(texts.with("error-line", &[("text", Value::words(&error))]));
        error.downcast_ref::<Failure>().map_or(Exit::Environment, |failure| failure.exit).into()
    })
}
