//! The subcommands. Each validates its arguments, opens files and sockets, runs the core, and renders the result.

pub mod analyze;
pub mod chat;
pub mod check;
pub mod complete;
pub mod demo;
pub mod exchange;
pub mod impair;
pub mod monitor;
pub mod run;
pub mod transfer;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;

use self::run::error::{CommandError, Exit};
use self::run::status::Verbosity;
use crate::cli::{self, ChatCommand, Cli, Command, help, usage_errors};
use crate::i18n::{Language, Texts, Value};
use crate::parent_death;

/// Parses the command line, runs the subcommand, and returns the exit code.
pub fn run(arguments: &[OsString]) -> ExitCode {
    parent_death::install_parent_death_signal();
    let language = help::language(arguments);
    let texts = Texts::new(language);
    // The words and names of the language are for people only.
    let understood = help::localized(texts).try_get_matches_from(arguments);
    let parsed = understood.and_then(|_| cli::command(Language::Portuguese).try_get_matches_from(arguments));
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return print_help_or_error(&error, arguments, texts),
    };
    run::status::set_verbosity(match cli {
        Cli { quiet: true, .. } => Verbosity::Quiet,
        Cli { verbose: true, .. } => Verbosity::Verbose,
        _ => Verbosity::Normal,
    });
    let result = match &cli.command {
        Command::Server(args) => exchange::server::run(args, texts),
        Command::Client(args) => exchange::client::run(args, texts),
        Command::Ping(args) => exchange::ping::run(args, texts),
        Command::Monitor(args) => monitor::run(args, texts),
        Command::Analyze(args) => analyze::run(args, texts),
        Command::Check(args) => check::run(args, texts),
        Command::Impair(args) => impair::run(args, texts),
        Command::Send(args) => transfer::send::run(args, texts),
        Command::Receive(args) => transfer::receive::run(args, texts),
        Command::Compare(args) => transfer::compare::run(args, texts),
        Command::Chat(args) => match &args.command {
            ChatCommand::Server(args) => chat::server::run(args, texts),
            ChatCommand::Client(args) => chat::client::run(args, texts),
        },
        Command::Demo(args) => demo::run(args, texts),
        Command::Complete(args) => complete::run(*args, texts),
        Command::Help(args) => return print_help_of(&args.command, texts),
    };
    exit_code(result, texts)
}

/// Reports an error, if there is one.
fn exit_code(result: anyhow::Result<ExitCode>, texts: Texts) -> ExitCode {
    result.unwrap_or_else(|error| {
        run::status::eprint_line(texts.with("error-line", &[("text", Value::lines(error.to_string()))]));
        error.downcast_ref::<CommandError>().map_or(Exit::Environment, |failure| failure.exit).into()
    })
}

/// Prints the help of a command; of all, if none is named.
fn print_help_of(command: &[String], texts: Texts) -> ExitCode {
    let words = ["medidor"].into_iter().chain(command.iter().map(String::as_str)).chain(["--help"]);
    let arguments: Vec<OsString> = words.map(OsString::from).collect();
    match help::localized(texts).try_get_matches_from(&arguments) {
        Ok(_) => Exit::Done.into(),
        Err(error) => print_help_or_error(&error, &arguments, texts),
    }
}

/// Prints the help that was asked for on stdout, or what was wrong with the command line on stderr.
fn print_help_or_error(error: &clap::Error, arguments: &[OsString], texts: Texts) -> ExitCode {
    let message = error.render();
    if error.use_stderr() {
        let localized = usage_errors::localize_error(error, arguments, texts);
        run::status::eprint_line(localized.unwrap_or_else(|| help::unescape_layout(&message.to_string())).trim_end());
        return Exit::Usage.into();
    }
    // A closed pipe is not an error.
    let rendered = if run::print::use_color() { message.ansi().to_string() } else { message.to_string() };
    let written = run::print::write(&help::unescape_layout(&rendered), texts);
    exit_code(written.map(|()| Exit::Done.into()), texts)
}
