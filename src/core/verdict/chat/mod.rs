//! The verdict of a chat: connections with handshake and close over TCP; over UDP each datagram in, its copies out, and
//! where lost ones died.

pub mod tcp;
pub mod tcp_port;
pub mod udp;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use self::tcp_port::DEFAULT_PORT;
use self::udp::ChatHostRef;
use super::{warnings, witness_quality};
use crate::core::document::chat::{ChatDocument, ChatMessage, Copies, MAX_MESSAGES, MessageKind, Totals, Transport};
use crate::core::document::envelope::{Envelope, Kind, Perspective};
use crate::core::document::outcome::Outcome;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::document::witness::Witness;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::chat_host::{ChatHost, ChatHostFiles, ServerAddress};
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::journal_coverage::JournalCoverage;
use crate::core::evidence::journal_run::{CHAT_TCP, CHAT_UDP, Role, Run};
use crate::core::identify::chat_server;

/// One host's files and role, if known.
#[derive(Clone, Copy)]
pub struct HostFiles<'a> {
    /// The role from the user or the journal.
    pub role: Option<Role>,
    /// They.
    pub files: ChatHostFiles<'a>,
}

impl HostFiles<'_> {
    fn run(&self) -> Option<&Run> {
        self.files.journal.and_then(JournalLog::run)
    }
}

/// What the user asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The server's port, if no journal has it.
    pub server_port: Option<u16>,
    /// List every message, however many.
    pub all_messages: bool,
}

/// Whether a journal is that of a chat.
pub fn is_chat(journal: &JournalLog) -> bool {
    journal.run().is_some_and(|run| matches!(run.dialect.as_str(), CHAT_TCP | CHAT_UDP))
}

/// Whether captures show a chat over UDP by its words.
pub fn shows_udp_chat(captures: &[&CaptureLog]) -> bool {
    chat_server::find(captures, None).is_some()
}

/// Judges the files of one host or several; `None` if they hold no chat.
pub fn analyze(hosts: &[HostFiles<'_>], options: Options) -> Option<ChatDocument> {
    let port = options.server_port.or_else(|| configured_port(hosts));
    let captures: Vec<&CaptureLog> = hosts.iter().filter_map(|host| host.files.capture).collect();
    let servers = chat_server::find(&captures, port);
    let transport = transport(hosts, servers.is_some())?;
    let mut document = ChatDocument {
        envelope: Envelope::new(Kind::Chat, Perspective::Client),
        transport,
        members: Vec::new(),
        message_count: 0,
        messages: Vec::new(),
        unlisted: 0,
        connections: Vec::new(),
        totals: None,
    };
    let roles: Vec<Role>;
    match transport {
        Transport::Tcp => {
            let mut order: Vec<&HostFiles<'_>> = hosts.iter().collect();
            order.sort_by_key(|host| host.role != Some(Role::Server));
            // The first is taken for the server's, unless it is known to be a client's.
            let first_is_server = |host: &HostFiles<'_>| host.role.is_none() && std::ptr::eq(host, order[0]);
            roles = hosts
                .iter()
                .map(|host| if first_is_server(host) { Role::Server } else { host.role.unwrap_or(Role::Client) })
                .collect();
            let captures: Vec<&CaptureLog> = order.iter().filter_map(|host| host.files.capture).collect();
            let of_server = |host: &&&HostFiles<'_>| host.run().is_some_and(|run| run.role == Role::Server);
            let journal = order.iter().find(of_server).and_then(|host| host.files.journal);
            // Frames of a capture that is not the server's are not those of the server's journal.
            let found = tcp::findings(&captures, journal, port.or_else(|| tcp_port::chat_port(&captures)));
            (document.members, document.messages, document.connections) =
                (found.members, found.messages, found.connections);
        }
        Transport::Udp => {
            let servers = udp_servers(hosts, port, servers.unwrap_or_default());
            let accounts: Vec<ChatHost> =
                hosts.iter().zip(servers).map(|(host, server)| ChatHost::new(host.files, server)).collect();
            let captures: Vec<_> = hosts
                .iter()
                .zip(&accounts)
                .map(|(host, account)| (host.role, host.files.capture.zip(account.server)))
                .collect();
            let found_roles = chat_server::roles(&captures);
            let accounts: Vec<(Role, ChatHost, Option<&str>)> = hosts
                .iter()
                .zip(accounts)
                .zip(found_roles)
                .map(|((host, account), role)| {
                    let several = account.talks.len() > 1;
                    let role = role.unwrap_or(if several { Role::Server } else { Role::Client });
                    (role, account, host.files.capture.map(|log| log.file.as_str()))
                })
                .collect();
            roles = accounts.iter().map(|(role, ..)| *role).collect();
            let of = |wanted: Role| {
                let known = accounts.iter().filter(move |(role, ..)| *role == wanted);
                known.map(|(_, account, file)| ChatHostRef { account, file: *file })
            };
            let namespaces: Vec<ChatHostRef<'_>> = of(Role::Client).collect();
            let found = udp::findings(of(Role::Server).next(), &namespaces);
            (document.members, document.messages) = (found.members, found.messages);
            document.envelope.identification = found.identification;
            document.envelope.warnings.extend(found.warnings);
            document.totals = Some(found.totals).filter(|totals| *totals != Totals::default());
            if document.members.iter().any(|member| member.same_host == Some(true)) {
                document.envelope.warnings.push(Warning::new(WarningCode::SameHost, []));
            }
        }
    }
    document.envelope.role = Perspective::of(roles.contains(&Role::Client), roles.contains(&Role::Server));
    let clients = roles.iter().filter(|role| **role == Role::Client).count();
    let mut number = 0;
    for (host, role) in hosts.iter().zip(roles) {
        number += u16::from(role == Role::Client);
        let number = (role == Role::Client).then_some(number);
        describe(host, role, number, clients > 1, &mut document);
    }
    if hosts.iter().all(|host| host.files.capture.is_none()) {
        document.envelope.warnings.push(Warning::new(WarningCode::ApplicationOnly, []));
    }
    warnings::merge(&mut document.envelope.warnings);
    document.message_count =
        document.messages.iter().filter(|message| message.kind == MessageKind::Message).count() as u64;
    if !options.all_messages {
        shorten(&mut document);
    }
    let empty = document.members.is_empty() && document.connections.is_empty() && document.messages.is_empty();
    (!empty || hosts.iter().any(|host| host.files.journal.is_some_and(is_chat))).then_some(document)
}

/// Leaves only those messages that did not simply come through, where there are very many.
pub fn shorten(document: &mut ChatDocument) {
    if document.messages.len() > MAX_MESSAGES {
        let before = document.messages.len();
        document.messages.retain(is_remarkable);
        document.unlisted += (before - document.messages.len()) as u64;
    }
}

/// Whether a message did not simply come through.
pub fn is_remarkable(message: &ChatMessage) -> bool {
    let went_in =
        message.inward.as_ref().is_none_or(|result| matches!(result.outcome, Outcome::Delivered | Outcome::Unobserved));
    message.withheld || !went_in || message.copies.as_ref().is_some_and(Copies::any_failed)
}

/// By the journals; without one, what the captures hold.
fn transport(hosts: &[HostFiles<'_>], shows_udp_chat: bool) -> Option<Transport> {
    let known = hosts.iter().find_map(|host| match host.run()?.dialect.as_str() {
        CHAT_TCP => Some(Transport::Tcp),
        CHAT_UDP => Some(Transport::Udp),
        _ => None,
    });
    let captures = || hosts.iter().filter_map(|host| host.files.capture);
    known.or(shows_udp_chat.then_some(Transport::Udp)).or_else(|| {
        let streams: usize = captures().map(|log| log.tcp.all.len()).sum();
        let datagrams: usize = captures().map(|log| log.datagrams.len()).sum();
        match (streams, datagrams) {
            (0, 0) => None,
            (streams, datagrams) if streams >= datagrams => Some(Transport::Tcp),
            _ => Some(Transport::Udp),
        }
    })
}

/// The server's port, by a journal.
fn configured_port(hosts: &[HostFiles<'_>]) -> Option<u16> {
    hosts.iter().find_map(|host| {
        let run = host.run()?;
        if run.role == Role::Server { Some(run.local.port()) } else { run.peer.map(|peer| peer.port()) }
    })
}

/// The server of each host's capture: by a journal or the user its port, else its address by the words that it passes on, else
/// its port as another capture shows it, else the likely port.
fn udp_servers(hosts: &[HostFiles<'_>], port: Option<u16>, found: Vec<Option<SocketAddr>>) -> Vec<ServerAddress> {
    let with_captures: Vec<usize> = (0..hosts.len()).filter(|host| hosts[*host].files.capture.is_some()).collect();
    let shown = || found.iter().flatten().next().map(SocketAddr::port);
    let likely = ServerAddress::Port(port.or_else(shown).or_else(|| likely_port(hosts)).unwrap_or(DEFAULT_PORT));
    let mut servers = vec![likely; hosts.len()];
    for (host, address) in with_captures.into_iter().zip(found) {
        servers[host] = address.map_or(likely, ServerAddress::Address);
    }
    servers
}

/// The port with the most peers; for TCP the SYN decides.
fn likely_port(hosts: &[HostFiles<'_>]) -> Option<u16> {
    let mut partners: BTreeMap<u16, BTreeSet<SocketAddr>> = BTreeMap::new();
    for flow in hosts.iter().filter_map(|host| host.files.capture).flat_map(chat_server::text_flows) {
        partners.entry(flow.destination.port()).or_default().insert(flow.source);
        partners.entry(flow.source.port()).or_default().insert(flow.destination);
    }
    if partners.contains_key(&DEFAULT_PORT) {
        return Some(DEFAULT_PORT);
    }
    // Of two that speak with as many, the lower one listens.
    let most = partners.into_iter().max_by_key(|(port, partners)| (partners.len(), std::cmp::Reverse(*port)));
    most.map(|(port, _)| port)
}

/// Describes a host's witnesses. `role` is known or guessed; the document gives a witness's role only if it is known.
fn describe(host: &HostFiles<'_>, role: Role, number: Option<u16>, several_clients: bool, document: &mut ChatDocument) {
    let journal_coverage = host.files.journal.map(JournalCoverage::new);
    let journal = journal_coverage.as_ref().map(witness_quality::of_journal);
    let capture = host.files.capture.map(|log| witness_quality::of_capture(log, journal_coverage.as_ref()));
    for witness in journal.into_iter().chain(capture) {
        let witness = Witness { role: host.role, number: number.filter(|_| several_clients), ..witness };
        document.envelope.witnesses.add(role, number, witness);
    }
    let mut warnings = Vec::new();
    warnings::warn(host.files.capture, journal_coverage.as_ref(), &mut warnings);
    let foreign = host.files.capture.is_some_and(|log| {
        let streams = if document.transport == Transport::Tcp { log.tcp.all.len() as u64 + log.dedup } else { 0 };
        log.other > streams
    });
    warnings.retain(|warning| warning.code != WarningCode::ForeignPackets || foreign);
    document.envelope.warnings.extend(warnings);
}
