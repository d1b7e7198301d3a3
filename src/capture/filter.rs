//! The capture filters: medidor's own, and those that the user gives.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::path::Path;

use thiserror::Error;

use super::link_type::LinkType;
use crate::files;

const CLIENT: &str = include_str!("../../filters/client.bpf");

const SERVER: &str = include_str!("../../filters/server.bpf");

const SENDER: &str = include_str!("../../filters/sender.bpf");

const RECEIVER: &str = include_str!("../../filters/receiver.bpf");

const TCP: &str = include_str!("../../filters/tcp.bpf");

/// The part for fragments in each UDP filter.
const FRAGMENTS: &str = "((ip[9]=17 and ip[6:2]&0x1fff!=0) or (ip6[6]=44 and ip6[40]=17))";

/// Maximum size of a filter file, bytes.
const MAX_FILTER_LEN: u64 = 64 * 1024;

/// Why a filter cannot be used.
#[derive(Debug, Error)]
pub enum FilterError {
    /// The file named by `@FILE` cannot be read.
    #[error("cannot read the filter file {file}: {source}")]
    Unreadable { file: String, source: io::Error },
    /// libpcap does not compile it.
    #[error("bad filter {filter:?}: {detail}")]
    Bad { filter: String, detail: String },
}

/// A client's filter: traffic with the server's port, whatever comes to its own port, ICMP errors about either, and
/// fragments.
pub fn client(server_port: u16, local_port: u16) -> String {
    unnumbered(CLIENT).replace("{SERVERPORT}", &server_port.to_string()).replace("{LOCALPORT}", &local_port.to_string())
}

/// A server's filter: traffic with its port, ICMP errors about it, and fragments.
pub fn server(port: u16) -> String {
    unnumbered(SERVER).replace("{PORT}", &port.to_string())
}

/// A monitor's filter: as a server's for each of its targets' ports, and all UDP from their addresses, because a reply may
/// come from another port.
pub fn monitor(ports: &BTreeSet<u16>, addresses: &BTreeSet<IpAddr>) -> String {
    let ports = ports.iter().map(|port| format!("({})", server(*port)));
    let addresses = addresses.iter().map(|address| format!("(udp and src host {})", address.to_canonical()));
    ports.chain(addresses).collect::<Vec<_>>().join(" or ")
}

/// A file sender's filter: its control port, its data ports, which follow that one, ICMP errors about these, and
/// fragments.
pub fn sender(control: u16, receivers: u16) -> String {
    let first = control.saturating_add(1);
    let last = control.saturating_add(receivers);
    let ports = [("{PORT}", control), ("{FIRST}", first), ("{LAST}", last)];
    ports.iter().fold(unnumbered(SENDER), |filter, (place, port)| filter.replace(place, &port.to_string()))
}

/// A file receiver's filter: the sender's control port, its own data port, ICMP errors about this one, and
/// fragments.
pub fn receiver(control: u16, local: u16) -> String {
    unnumbered(RECEIVER).replace("{SERVERPORT}", &control.to_string()).replace("{LOCALPORT}", &local.to_string())
}

/// What either side of connections to a port keeps: their segments.
pub fn tcp(port: u16) -> String {
    unnumbered(TCP).replace("{PORT}", &port.to_string())
}

/// The filter of a host that expects fragments from or to `address` only, be it its own or its peer's. Unspecified
/// addresses say nothing.
pub fn with_fragments_of(address: IpAddr, filter: &str) -> String {
    let address = address.to_canonical();
    if address.is_unspecified() {
        return filter.to_owned();
    }
    filter.replace(FRAGMENTS, &format!("({FRAGMENTS} and host {address})"))
}

/// The expression that admits VLAN-tagged frames as well, where the link type can carry them.
///
/// The plain expression comes first: `vlan` shifts the offsets of all that follows it. Other link types than Ethernet
/// do not compile `vlan`.
pub fn for_link(expression: &str, link: LinkType) -> String {
    if link == LinkType::Ethernet && !expression.trim().is_empty() {
        format!("({expression}) or (vlan and ({expression}))")
    } else {
        expression.to_owned()
    }
}

/// The filter expression of `--filter EXPR` or `--filter @FILE`, without comments and on one line.
///
/// # Errors
/// [`FilterError::Unreadable`] where the file cannot be read, is no text, or is longer than 64 KiB.
pub fn read(argument: &str) -> Result<String, FilterError> {
    let Some(file) = argument.strip_prefix('@') else { return Ok(unnumbered(argument)) };
    let unreadable = |source| FilterError::Unreadable { file: file.to_owned(), source };
    files::read_text(Path::new(file), MAX_FILTER_LEN).map(|text| unnumbered(&text)).map_err(unreadable)
}

/// A filter's text without comments, its white space folded.
fn unnumbered(text: &str) -> String {
    let code = text.lines().map(|line| line.split_once('#').map_or(line, |(code, _)| code));
    code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_templates_are_filled_completely() {
        let (client, server) = (client(5005, 40001), server(5005));
        assert!(client.starts_with("udp port 5005 or udp dst port 40001 or ((icmp[0]=3"), "{client}");
        assert!(server.starts_with("udp port 5005 or ((icmp[0]=3"), "{server}");
        let (sender, receiver) = (sender(5005, 10), receiver(5005, 40001));
        assert!(sender.starts_with("tcp port 5005 or udp portrange 5006-5015 or ((icmp[0]=3"), "{sender}");
        assert!(receiver.starts_with("tcp port 5005 or udp port 40001 or ((icmp[0]=3"), "{receiver}");
        assert_eq!(tcp(12_345), "tcp port 12345");
        for filter in [client, server, sender, receiver] {
            assert!(!filter.contains(['{', '}', '#', '\n']), "{filter}");
        }
    }

    #[test]
    fn a_monitor_keeps_what_its_targets_send_from_any_port() {
        let addresses = ["203.0.113.2", "2001:db8::2"].map(|address| address.parse().unwrap());
        let filter = monitor(&BTreeSet::from([7, 9]), &BTreeSet::from(addresses));
        let ports = format!("({}) or ({})", server(7), server(9));
        assert_eq!(filter, format!("{ports} or (udp and src host 203.0.113.2) or (udp and src host 2001:db8::2)"));
    }

    #[test]
    fn fragments_are_asked_for_of_a_known_address_only() {
        for filter in [client(5005, 40001), server(5005), sender(5005, 10), receiver(5005, 40001)] {
            assert!(filter.ends_with(&format!(" or {FRAGMENTS}")), "{filter}");
            let of_host = with_fragments_of("203.0.113.2".parse().unwrap(), &filter);
            assert!(of_host.ends_with(&format!(" or ({FRAGMENTS} and host 203.0.113.2)")), "{of_host}");
            assert_eq!(with_fragments_of("0.0.0.0".parse().unwrap(), &filter), filter);
        }
    }

    #[test]
    fn vlan_is_asked_for_on_ethernet_only_and_last() {
        assert_eq!(for_link("udp port 7", LinkType::Ethernet), "(udp port 7) or (vlan and (udp port 7))");
        assert_eq!(for_link("udp port 7", LinkType::Sll2), "udp port 7");
        assert_eq!(for_link("", LinkType::Ethernet), "");
    }

    #[test]
    fn a_filter_is_read_from_the_argument_or_from_a_file() {
        assert_eq!(read(" udp  port 7 # mine ").unwrap(), "udp port 7");
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"# mine\nudp port 7\n  or icmp # errors\n").unwrap();
        assert_eq!(read(&format!("@{}", file.path().display())).unwrap(), "udp port 7 or icmp");
    }

    #[test]
    fn a_filter_file_that_cannot_be_read_is_named() {
        let error = read("@/nonexistent/filter").unwrap_err();
        assert!(
            matches!(&error, FilterError::Unreadable { file, source }
                if file == "/nonexistent/filter" && source.kind() == io::ErrorKind::NotFound),
            "{error}"
        );
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![b' '; MAX_FILTER_LEN as usize + 1]).unwrap();
        assert!(read(&format!("@{}", file.path().display())).is_err());
    }
}
