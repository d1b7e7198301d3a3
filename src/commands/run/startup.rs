//! Startup of both ends: finds and prints their addresses, and builds the journal's `run` record.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use anyhow::Result;
use serde_json::Value as Json;

use super::error;
use super::recording::Recording;
use super::status::StatusLines;
use crate::core::evidence::journal_run::{self, Role, Run};
use crate::core::time::Now;
use crate::i18n::{Texts, Value};
use crate::net::address;
use crate::net::clock;
use crate::net::endpoint::Endpoint;
use crate::net::rate_detector::FAST_BUFFER;

/// The fields of the `run` record that are known before the capture is opened.
pub struct HostAddresses {
    pub role: Role,
    /// The socket's address, as specific as possible.
    pub local: SocketAddr,
    pub peer: Option<SocketAddr>,
    pub gateway: Option<IpAddr>,
    pub addresses: Vec<IpAddr>,
}

impl HostAddresses {
    /// Determines this host's addresses towards `peer`, or towards the Internet.
    pub fn new(role: Role, bound: SocketAddr, peer: Option<SocketAddr>) -> Self {
        let local = if bound.ip().is_unspecified() {
            let towards = peer.unwrap_or_else(|| documentation_address(bound.ip()));
            SocketAddr::new(address::local_address_towards(towards).unwrap_or(bound.ip()), bound.port())
        } else {
            bound
        };
        let gateway = if local.ip().is_loopback() { None } else { address::gateway_towards(local.ip()) };
        Self { role, local, peer, gateway: gateway.or_else(address::default_gateway), addresses: address::addresses() }
    }

    pub fn is_own(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.addresses.contains(&ip)
    }

    /// The journal's `run` record.
    pub fn run(&self, dialect: &str, at: Now, parameters: Json, patience_ns: Option<i64>) -> Run {
        Run {
            schema: journal_run::SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            dialect: dialect.to_owned(),
            role: self.role,
            at,
            local: self.local,
            peer: self.peer,
            gateway: self.gateway,
            addresses: self.addresses.clone(),
            parameters,
            timeout_ns: patience_ns,
            boot_id: clock::boot_id(),
            hop_limit: address::default_hop_limit(self.local.ip()),
            clocks: Some(clock::readings()),
            capture: None,
        }
    }

    /// Prints the local address and the gateway's, which the assignment asks for.
    pub fn print_addresses(&self, screen: &StatusLines) {
        // A TCP client has no port before it connects. Without a route each address may be the one that others reach.
        let of_family = |ip: &&IpAddr| !ip.is_loopback() && ip.is_ipv4() == self.local.is_ipv4();
        let own: Vec<IpAddr> = match self.local {
            local if local.port() == 0 => Vec::new(),
            local if local.ip().is_unspecified() => self.addresses.iter().filter(of_family).copied().collect(),
            local => vec![local.ip()],
        };
        for ip in own {
            screen.print_line("run-local", &[("address", Value::text(SocketAddr::new(ip, self.local.port())))]);
        }
        match self.gateway {
            Some(gateway) => screen.print_line("run-gateway", &[("address", Value::text(gateway))]),
            None => screen.print_line("run-no-gateway", &[]),
        }
    }
}

/// The client's socket, bound to the user's address or to the wildcard address.
///
/// # Errors
/// A [`CommandError`](error::CommandError) if this host does not have the address, or if it is in use.
pub fn client_endpoint(bind: Option<&str>, peer: SocketAddr, texts: Texts) -> Result<Endpoint> {
    let address = match bind {
        Some(text) => address::listen(text, 0).map_err(|error| error::host(texts, &error))?,
        None => address::unspecified_like(peer),
    };
    Endpoint::bind(address).map_err(|error| error::bind(texts, address, &error))
}

pub fn print_capture(screen: &StatusLines, recording: &Recording) {
    match recording.capture() {
        Some((file, device)) => {
            screen
                .print_line("run-capturing", &[("file", Value::text(file.display())), ("device", Value::text(device))]);
        }
        None => screen.print_line("run-not-capturing", &[]),
    }
}

/// Prints how to judge the capture of one host together with that of the other.
pub fn print_next(screen: &StatusLines, capture: Option<&Path>, role: Role) {
    let Some(capture) = capture else { return };
    let own = capture.display().to_string();
    let (client, server) = match role {
        Role::Client => (own, "server.pcap".to_owned()),
        Role::Server => ("client.pcap".to_owned(), own),
    };
    screen.print_line("run-next", &[("client", Value::text(client)), ("server", Value::text(server))]);
}

/// Requests a receive buffer for fast traffic, and prints a line if the system grants less.
pub fn grow_recv_buffer(endpoint: &Endpoint, screen: &StatusLines) {
    // The kernel reports twice the requested size.
    let granted = endpoint.set_receive_buffer(FAST_BUFFER).map_or(0, |counted| counted / 2);
    if granted < FAST_BUFFER {
        let kib = |bytes: usize| Value::count(bytes as u64 / 1024);
        let values = [("asked", kib(FAST_BUFFER)), ("granted", kib(granted)), ("bytes", Value::text(FAST_BUFFER))];
        screen.print_line("run-small-buffer", &values);
    }
}

/// A documentation address (RFC 5737, RFC 3849): the route to it is the default route.
fn documentation_address(like: IpAddr) -> SocketAddr {
    match like {
        IpAddr::V4(_) => SocketAddr::from(([192, 0, 2, 1], 9)),
        IpAddr::V6(_) => SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1], 9)),
    }
}
