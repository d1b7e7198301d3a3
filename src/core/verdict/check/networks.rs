//! Checks that the two ends are in different networks, or behind address translation.

use std::net::{IpAddr, SocketAddr};

use super::evidence::{frame_reference, sightings};
use super::runs::RunEvidence;
use super::submission::Host;
use crate::core::document::check::{Requirement, RequirementResult, Status};
use crate::core::document::frame_ref::FrameRef;
use crate::core::evidence::exchange_host::HostFlow;
use crate::core::evidence::hop_limit::hops;
use crate::core::evidence::journal_run::Role;
use crate::core::verdict::exchange::flow_judge;

/// Whether both ends are shown to be in different homes.
pub(super) fn check(bench: &RunEvidence<'_>) -> RequirementResult {
    let submission = bench.submission;
    let hosts = [submission.client, submission.server];
    let flows = [bench.client, bench.server];
    let sides: Vec<(Host<'_>, &HostFlow)> =
        hosts.into_iter().zip(flows).filter_map(|(host, flow)| host.zip(flow)).collect();
    let frames = || sides.iter().filter_map(|(host, flow)| first(*host, flow));
    let known = |status, reason, values: [(&'static str, serde_json::Value); 2]| {
        RequirementResult::new(Requirement::TwoHomes, status, reason, values, frames())
    };
    let ends = |client: SocketAddr, server: SocketAddr| {
        [("client", client.ip().to_string().into()), ("server", server.ip().to_string().into())]
    };
    for (host, flow) in &sides {
        let alone = flow_judge::same_host([Some(host.summary), None], [Some(flow), None]);
        if let (Some(client), Some(server)) = (flow.client, flow.server)
            && (alone || on_one_network(*host, flow, client.ip(), server.ip()))
        {
            // Two homes are neighbours, too, on a virtual private network that carries whole frames.
            let (status, reason) =
                if alone { (Status::NotMet, "one_host") } else { (Status::CannotBeTold, "one_network") };
            return known(status, reason, ends(client, server));
        }
    }
    let nobody =
        || RequirementResult::new(Requirement::TwoHomes, Status::CannotBeTold, "addresses_unknown", [], frames());
    let [Some(here), Some(there)] = flows else { return nobody() };
    if !bench.is_joined() {
        return RequirementResult::new(Requirement::TwoHomes, Status::CannotBeTold, "not_one_run", [], frames());
    }
    let (Some(client), Some(called), Some(seen), Some(server)) = (here.client, here.server, there.client, there.server)
    else {
        return nobody();
    };
    let values = |reported: [(&'static str, IpAddr); 2]| reported.map(|(name, ip)| (name, ip.to_string().into()));
    if called.ip() == seen.ip() {
        // One router may be in front of both, or a relay between them.
        return known(
            Status::CannotBeTold,
            "one_public_address",
            values([("client", client.ip()), ("server", seen.ip())]),
        );
    }
    if client.ip() != seen.ip() && !is_private(seen.ip()) {
        return known(Status::Met, "client_translated", values([("client", client.ip()), ("seen", seen.ip())]));
    }
    if called.ip() != server.ip()
        && !server.ip().is_unspecified()
        && !is_private(called.ip())
        && !is_private(client.ip())
    {
        return known(Status::Met, "server_translated", values([("server", server.ip()), ("called", called.ip())]));
    }
    let public = [client, seen, called].iter().all(|end| !is_private(end.ip()));
    if public && network(client.ip()) != network(called.ip()) {
        return known(Status::Met, "different_networks", ends(client, called));
    }
    known(Status::CannotBeTold, "no_translation", ends(client, called))
}

/// Where the addresses can be read.
fn first(host: Host<'_>, flow: &HostFlow) -> Option<FrameRef> {
    let track = flow.request_wire.as_ref();
    let number = sightings(track).first()?.key;
    frame_reference(host, track, number)
}

/// Whether a capture shows both ends with private addresses of one network, and packets of the other end passed no
/// router.
fn on_one_network(host: Host<'_>, flow: &HostFlow, client: IpAddr, server: IpAddr) -> bool {
    let Some(log) = host.capture else { return false };
    if !is_private(client) || !is_private(server) || network(client) != network(server) {
        return false;
    }
    let (there, here) = match host.role {
        Role::Client => (flow.server, flow.client),
        Role::Server => (flow.client, flow.server),
    };
    let incoming = log.datagrams.iter().filter(|datagram| {
        let ends = log.flows[datagram.flow as usize];
        Some(ends.source) == there && Some(ends.destination) == here
    });
    let mut passed = incoming.map(|datagram| hops(datagram.ttl)).peekable();
    passed.peek().is_some() && passed.all(|hops| hops == 0)
}

/// Addresses that are not routed on the Internet (RFC 1918, 3927, 6598; 4193, 4291).
fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || (a == 100 && b & 0xc0 == 64)
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

/// The network that a home or its provider has: /24 in IPv4, /64 in IPv6.
fn network(ip: IpAddr) -> [u8; 8] {
    let mut network = [0; 8];
    match ip.to_canonical() {
        IpAddr::V4(ip) => network[..3].copy_from_slice(&ip.octets()[..3]),
        IpAddr::V6(ip) => network.copy_from_slice(&ip.octets()[..8]),
    }
    network
}
