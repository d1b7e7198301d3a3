//! Whether both ends of a run are on one host, where one frame is both wire points and there is no network to blame.

use std::net::SocketAddr;

use crate::core::evidence::journal_run::{Role, Run};

/// The addresses of both ends as one host's files show them, and that host's `run` record.
#[derive(Clone, Copy, Debug, Default)]
pub struct HostView<'a> {
    /// The client's address, or the receiver's in a transfer.
    pub client: Option<SocketAddr>,
    /// The server's address, or the sender's in a transfer.
    pub server: Option<SocketAddr>,
    /// The host's own run.
    pub run: Option<&'a Run>,
}

impl HostView<'_> {
    /// Whether the addresses alone show that no datagram leaves the host: equal, or one of them on loopback. A
    /// wildcard-bound socket does not reveal its address.
    pub fn is_within_host(self) -> bool {
        let (client, server) = (self.client.map(|addr| addr.ip()), self.server.map(|addr| addr.ip()));
        let equal = client == server && client.is_some_and(|ip| !ip.is_unspecified());
        equal || [client, server].into_iter().flatten().any(|ip| ip.is_loopback())
    }

    /// Whether the other end's address is one of this host's own.
    fn talks_to_itself(self) -> bool {
        let Some(run) = self.run else { return false };
        let other = match run.role {
            Role::Client => self.server,
            Role::Server => self.client,
        };
        other.is_some_and(|addr| run.addresses.contains(&addr.ip()))
    }
}

/// Whether both ends are on one host, by what the files of one host or of both show.
pub fn is_same_host<'a>(views: impl IntoIterator<Item = HostView<'a>>) -> bool {
    let views: Vec<HostView<'_>> = views.into_iter().collect();
    // If the ends know the client by different addresses, something is between them, such as a relay, and a frame at one
    // end is not the frame at the other.
    let mut clients = views.iter().filter_map(|view| view.client);
    if let (Some(here), Some(there)) = (clients.next(), clients.next())
        && here != there
    {
        return false;
    }
    views.into_iter().any(|view| view.is_within_host() || view.talks_to_itself())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(client: &str, server: &str) -> HostView<'static> {
        HostView { client: client.parse().ok(), server: server.parse().ok(), run: None }
    }

    #[test]
    fn equal_or_loopback_addresses_are_within_one_host() {
        assert!(is_same_host([view("192.0.2.1:4000", "192.0.2.1:5005")]));
        assert!(is_same_host([view("127.0.0.1:4000", "127.0.0.2:5005")]));
        assert!(!is_same_host([view("192.0.2.1:4000", "192.0.2.2:5005")]));
        assert!(!is_same_host([view("0.0.0.0:4000", "0.0.0.0:5005")]), "wildcard addresses");
        assert!(!is_same_host([]));
    }

    #[test]
    fn a_relay_between_the_ends_makes_them_two_hosts() {
        assert!(is_same_host([view("[::1]:4000", "[::1]:5005"), view("[::1]:4000", "[::1]:5005")]));
        assert!(!is_same_host([view("[::1]:4000", "[::1]:5005"), view("[::1]:4001", "[::1]:5005")]));
    }
}
