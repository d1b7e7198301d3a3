//! `medidor chat servidor`: relays what each member writes to all others, over TCP or UDP.

use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use socket2::{Domain, Protocol, Socket, Type};

use super::server_log::{CHAT_PORT, ChatServerLog};
use crate::capture::{device, filter};
use crate::chat::{tcp, udp};
use crate::cli::ChatServerArgs;
use crate::commands::run::error::{self, CommandError, Exit};
use crate::commands::run::judge_chat;
use crate::commands::run::recording::{Defaults, Recording, RecordingResult};
use crate::commands::run::report_files;
use crate::commands::run::startup::{HostAddresses, print_capture};
use crate::commands::run::status::{StatusLines, eprint_line, eprint_status};
use crate::core::evidence::journal_run::{CHAT_TCP, CHAT_UDP, Role};
use crate::core::protocol::chat::ChatLimits;
use crate::core::protocol::chat::tcp_server::TcpChatServer;
use crate::core::protocol::chat::udp_server::{UdpChatServer, UdpChatSettings};
use crate::core::time::{Mono, SECOND, nanos};
use crate::core::verdict::chat::Options;
use crate::i18n::{Texts, Value};
use crate::net::address;
use crate::net::clock::Clock;
use crate::net::endpoint::Endpoint;
use crate::net::event_waiter::EventWaiter;
use crate::net::random;

/// Length of the queue of connections that are not accepted yet.
const BACKLOG: i32 = 1_024;

/// Runs the server.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &ChatServerArgs, texts: Texts) -> Result<ExitCode> {
    let recorded = [args.recording.capture.as_deref(), args.recording.journal.as_deref()];
    report_files::check_run(&args.output, &recorded, texts)?;
    let address = address::listen(&args.listen, CHAT_PORT).map_err(|error| error::host(texts, &error))?;
    let clock = Clock::start();
    if args.udp {
        let mut endpoint = Endpoint::bind(address).map_err(|error| error::bind(texts, address, &error))?;
        let setup = ServerSetup::new(args, endpoint.local_addr(), clock, texts)?;
        return serve_udp(args, setup, &mut endpoint);
    }
    let bind = || -> std::io::Result<(Socket, SocketAddr)> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        if address.is_ipv6() {
            socket.set_only_v6(!address.ip().is_unspecified())?;
        }
        // Without this, sockets in TIME_WAIT would block a new server.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        let bound = socket.local_addr()?.as_socket().unwrap_or(address);
        Ok((socket, bound))
    };
    let (socket, bound) = bind().map_err(|error| error::bind(texts, address, &error))?;
    // The capture is live before any client is accepted.
    let setup = ServerSetup::new(args, bound, clock, texts)?;
    socket.listen(BACKLOG).map_err(|error| error::bind(texts, address, &error))?;
    serve_tcp(args, setup, socket.into())
}

/// What a server of either transport opens before it accepts clients.
struct ServerSetup {
    clock: Clock,
    texts: Texts,
    recording: Recording,
    waiter: EventWaiter,
    identity: HostAddresses,
    bound: SocketAddr,
    stop_at: Option<Mono>,
    open: bool,
}

impl ServerSetup {
    fn new(args: &ChatServerArgs, bound: SocketAddr, clock: Clock, texts: Texts) -> Result<Self> {
        let identity = HostAddresses::new(Role::Server, bound, None);
        let open = args.open || bound.ip().is_loopback();
        let parameters = json!({
            "listen": bound, "members": args.members, "per_address": args.per_address, "rate_limit": args.rate_limit,
            "open": args.udp.then_some(open), "idle_ns": args.udp.then(|| nanos(args.idle)),
            "timeout_ns": (!args.udp).then(|| nanos(args.timeout)), "duration_ns": args.duration.map(nanos),
        });
        let dialect = if args.udp { CHAT_UDP } else { CHAT_TCP };
        let run = identity.run(dialect, clock.now(), parameters, None);
        let defaults = || {
            let device = if bound.ip().is_loopback() {
                device::for_client(bound.ip(), bound.ip()).map_err(|error| error::device(texts, &error))?
            } else {
                device::ANY.to_owned()
            };
            let filter = if args.udp { filter::server(bound.port()) } else { filter::tcp(bound.port()) };
            Ok(Defaults { device, filter })
        };
        let recording =
            Recording::open(&args.recording, &defaults, run, clock, texts, &mut |line| eprint_status(line))?;
        let waiter = EventWaiter::start(clock)
            .map_err(|error| CommandError::environment(texts, "error-signals", &[("detail", Value::text(error))]))?;
        let stop_at = args.duration.map(|duration| clock.mono().plus(duration));
        Ok(Self { clock, texts, recording, waiter, identity, bound, stop_at, open })
    }

    fn print_address(&self, transport: &str) {
        let screen = StatusLines::new(self.texts, SECOND);
        let address = ("address", Value::text(self.bound));
        screen.print_line("chat-server", &[address, ("transport", Value::text(transport))]);
        self.identity.print_addresses(&screen);
        print_capture(&screen, &self.recording);
    }
}

fn limits(args: &ChatServerArgs) -> ChatLimits {
    ChatLimits {
        max_members: args.members as usize,
        per_address: args.per_address as usize,
        texts_a_second: (args.rate_limit > 0).then_some(args.rate_limit),
    }
}

fn serve_tcp(args: &ChatServerArgs, mut setup: ServerSetup, listener: TcpListener) -> Result<ExitCode> {
    let texts = setup.texts;
    setup.print_address("TCP");
    tcp::allow_descriptors();
    let mut state = TcpChatServer::new(limits(args));
    let log = ChatServerLog::new(texts, setup.recording.journal());
    let settings = tcp::TcpServerSettings { timeout: args.timeout.max(Duration::from_secs(1)), stop_at: setup.stop_at };
    let served = tcp::serve(&mut state, listener, settings, setup.clock, &mut setup.waiter, &log);
    let (end_reason, counters) = served.map_err(|error| socket_error(&error, texts))?;
    eprint_status(texts.with("chat-served", &[("count", Value::count(counters.connections))]));
    let recorded = setup.recording.close(end_reason, || None, &mut |line| eprint_line(line))?;
    finish(args, recorded, texts)
}

fn serve_udp(args: &ChatServerArgs, mut setup: ServerSetup, endpoint: &mut Endpoint) -> Result<ExitCode> {
    let texts = setup.texts;
    setup.print_address("UDP");
    if setup.open && !setup.bound.ip().is_loopback() {
        eprint_status(texts.get("chat-open-risk"));
    }
    let secret = random::bytes().map_err(|error| socket_error(&error, texts))?;
    let settings = UdpChatSettings { limits: limits(args), open: setup.open, idle: args.idle, secret };
    let mut state = UdpChatServer::new(settings);
    let log = ChatServerLog::new(texts, setup.recording.journal());
    let mut server = udp::UdpServer::new(&mut state, setup.clock, endpoint, &log, setup.identity.addresses.clone());
    let end_reason = server.run(&mut setup.waiter, setup.stop_at).map_err(|error| socket_error(&error, texts))?;
    let recorded = setup.recording.close(end_reason, || server.drain(), &mut |line| eprint_line(line))?;
    finish(args, recorded, texts)
}

fn socket_error(error: &std::io::Error, texts: Texts) -> anyhow::Error {
    CommandError::environment(texts, "error-socket", &[("detail", Value::text(error))])
}

/// Prints the verdict computed from the run's own files.
fn finish(args: &ChatServerArgs, recorded: RecordingResult, texts: Texts) -> Result<ExitCode> {
    let complete = recorded.complete;
    let options = Options { server_port: None, all_messages: args.output.needs_all() };
    if let Some(document) = judge_chat::judge(&[(Some(Role::Server), recorded.loaded)], options) {
        judge_chat::print(document, &args.output, texts)?;
    }
    Ok(if complete { Exit::Done } else { Exit::Environment }.into())
}
