//! Sockets, kernel time stamps, errors that ICMP brings, drop counters, addresses of this host.
