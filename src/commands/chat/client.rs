//! `medidor chat cliente`: one member of a chat.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::line_editor::LineEditor;
use super::server_log::CHAT_PORT;
use crate::capture::filter;
use crate::chat::client::{Client, ClientConfig, ClientEvent, ClientExit, ClientObserver, Connect, SERVER};
use crate::chat::client_transport::{ClientTransport, TransportError};
use crate::cli::ChatClientArgs;
use crate::commands::run::error::{self, CommandError, Exit};
use crate::commands::run::judge_chat;
use crate::commands::run::recording::{Defaults, Recording, RecordingResult, client_device};
use crate::commands::run::report_files;
use crate::commands::run::startup::{HostAddresses, client_endpoint, print_capture};
use crate::commands::run::status::{StatusLines, eprint_line, eprint_status};
use crate::core::evidence::journal::Record;
use crate::core::evidence::journal_messages::Peer;
use crate::core::evidence::journal_run::{CHAT_TCP, CHAT_UDP, EndReason, Role};
use crate::core::time::{SECOND, nanos};
use crate::core::verdict::chat::Options;
use crate::i18n::{Texts, Value};
use crate::journal::JournalSink as _;
use crate::journal::writer::JournalHandle;
use crate::net::address;
use crate::net::clock::Clock;
use crate::net::endpoint::Endpoint;
use crate::net::event_waiter::EventWaiter;

/// Runs the chat client.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &ChatClientArgs, texts: Texts) -> Result<ExitCode> {
    let recorded = [args.recording.capture.as_deref(), args.recording.journal.as_deref()];
    report_files::check_run(&args.output, &recorded, texts)?;
    let server = address::resolve(&args.host, CHAT_PORT).map_err(|error| error::host(texts, &error))?[0];
    let clock = Clock::start();
    let endpoint = if args.udp { Some(client_endpoint(args.bind.as_deref(), server, texts)?) } else { None };
    let local = match (&endpoint, &args.bind) {
        (Some(endpoint), _) => endpoint.local_addr(),
        (None, Some(text)) => address::listen(text, 0).map_err(|error| error::host(texts, &error))?,
        (None, None) => address::unspecified_like(server),
    };
    let identity = HostAddresses::new(Role::Client, local, Some(server));
    let screen = StatusLines::new(texts, SECOND);
    let parameters = json!({
        "nick": args.nick, "bind": args.bind, "reconnect": args.reconnect, "interval_ns": nanos(args.interval),
        "timeout_ns": (!args.udp).then(|| nanos(args.timeout)),
    });
    let run = identity.run(if args.udp { CHAT_UDP } else { CHAT_TCP }, clock.now(), parameters, None);
    let filter = match &endpoint {
        Some(endpoint) => filter::client(server.port(), endpoint.local_addr().port()),
        None => filter::tcp(server.port()),
    };
    let defaults =
        || Ok(Defaults { device: client_device(identity.local.ip(), server.ip(), texts)?, filter: filter.clone() });
    let recording = Recording::open(&args.recording, &defaults, run, clock, texts, &mut |line| eprint_status(line))?;
    recording.journal().write(Record::Peer(Peer { p: SERVER, addr: server }));
    let mut waiter = EventWaiter::start(clock)
        .map_err(|error| CommandError::environment(texts, "error-signals", &[("detail", Value::text(error))]))?;
    identity.print_addresses(&screen);
    print_capture(&screen, &recording);
    let (client_exit, link) = run_client(args, server, local, endpoint, &recording, clock, &mut waiter, texts)?;
    let end_reason = match &client_exit {
        ClientExit::Left(end_reason) => *end_reason,
        ClientExit::Broken(_) => EndReason::Done,
    };
    let socket_drops = || match &link {
        Some(ClientTransport::Udp(datagrams)) => datagrams.endpoint.socket_drops(),
        _ => None,
    };
    let recorded = recording.close(end_reason, socket_drops, &mut |line| eprint_line(line))?;
    drop(link);
    if let ClientExit::Broken(broken) = &client_exit {
        eprint_line(texts.with("chat-broken", &[("why", Value::text(transport_error_text(broken, texts)))]));
    }
    let code = exit_code(&recorded, &client_exit);
    // A report is printed only for runs that keep files or ask for one.
    let output = &args.output;
    let wanted = output.json || output.html.is_some() || output.csv.is_some();
    if wanted || args.recording.capture.is_some() || args.recording.journal.is_some() {
        let options = Options { server_port: Some(server.port()), all_messages: args.output.needs_all() };
        if let Some(document) = judge_chat::judge(&[(Some(Role::Client), recorded.loaded)], options) {
            judge_chat::print(document, &args.output, texts)?;
        }
    }
    Ok(code.into())
}

#[expect(clippy::too_many_arguments, reason = "what one run of a member consists of")]
fn run_client(
    args: &ChatClientArgs,
    server: SocketAddr,
    local: SocketAddr,
    endpoint: Option<Endpoint>,
    recording: &Recording,
    clock: Clock,
    waiter: &mut EventWaiter,
    texts: Texts,
) -> Result<(ClientExit, Option<ClientTransport>)> {
    let timeout = args.timeout.max(Duration::from_secs(1));
    let mut connect = || ClientTransport::connect(server, local, timeout);
    let connect: &mut Connect<'_> = &mut connect;
    let link = match endpoint {
        Some(endpoint) => ClientTransport::datagrams(endpoint, server),
        None => connect().map_err(|error| {
            let values = [("server", Value::text(server)), ("detail", Value::text(&error))];
            CommandError::environment(texts, "error-chat-connect", &values)
        })?,
    };
    let transport = if args.udp { "UDP" } else { "TCP" };
    let bound = link.local().unwrap_or(local);
    eprint_status(texts.with(
        "chat-client",
        &[("server", Value::text(server)), ("transport", Value::text(transport)), ("local", Value::text(bound))],
    ));
    let socket_error =
        |error: std::io::Error| CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))]);
    let mut observer = TerminalObserver {
        editor: LineEditor::open(args.output.json).map_err(socket_error)?,
        journal: recording.journal(),
        texts,
    };
    let Some(lines) = observer.editor.lines.take() else { unreachable!("it is taken once") };
    let interval = (!observer.editor.is_terminal()).then_some(args.interval);
    let config = ClientConfig { nick: args.nick.clone(), reconnect: args.reconnect, interval };
    let mut client = Client::new(config, clock, link, &mut observer);
    let client_exit = client.run(lines, waiter, connect).map_err(socket_error)?;
    let link = client.link.take();
    Ok((client_exit, link))
}

struct TerminalObserver {
    editor: LineEditor,
    journal: JournalHandle,
    texts: Texts,
}

impl ClientObserver for TerminalObserver {
    fn show(&mut self, event: ClientEvent<'_>) {
        let texts = self.texts;
        let seconds = |ns: i64| Value::text(StatusLines::new(texts, SECOND).duration(ns));
        let line = match event {
            ClientEvent::Message(text) => return self.editor.show(text),
            ClientEvent::Pong(ns) => texts.with("chat-pong", &[("time", seconds(ns))]),
            ClientEvent::NoPong => texts.get("chat-no-pong"),
            ClientEvent::Reconnecting(broken, pause) => texts.with(
                "chat-again",
                &[("why", Value::text(transport_error_text(broken, texts))), ("time", seconds(nanos(pause)))],
            ),
            ClientEvent::Reconnected => texts.get("chat-back"),
            ClientEvent::NotSent(why) => texts.with("chat-not-sent", &[("error", Value::text(why))]),
        };
        self.editor.print_notice(&line);
    }

    fn write(&self, record: Record) {
        self.journal.write(record);
    }
}

/// The reason for a lost connection, localized.
fn transport_error_text(broken: &TransportError, texts: Texts) -> String {
    match broken {
        TransportError::Closed => texts.get("chat-broken-closed"),
        TransportError::Refused => texts.get("chat-broken-refused"),
        TransportError::Error(error) => error.to_string(),
    }
}

/// A lost server is a failure; Ctrl-C is a normal end.
fn exit_code(recorded: &RecordingResult, client_exit: &ClientExit) -> Exit {
    match client_exit {
        _ if !recorded.complete => Exit::Environment,
        ClientExit::Left(_) => Exit::Done,
        ClientExit::Broken(_) => Exit::Failed,
    }
}
