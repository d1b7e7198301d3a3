//! The drop counter of one socket, from `/proc/net/udp` and `/proc/net/udp6`.
//!
//! It counts datagrams dropped for a full buffer or a bad checksum. `RcvbufErrors` of `/proc/net/snmp` is for the whole host
//! and proves nothing about one socket.

use std::fs::File;
use std::io::{BufRead, BufReader};

/// The tables of UDP sockets in the network namespace of the calling thread; a socket is in one of them.
const TABLES: [&str; 2] = ["/proc/thread-self/net/udp", "/proc/thread-self/net/udp6"];

/// The drops of the socket with this inode since it was made; `None` where the tables do not show it.
pub(super) fn of_socket(inode: u64) -> Option<u64> {
    TABLES.iter().find_map(|table| find(BufReader::new(File::open(table).ok()?), inode))
}

/// Looks for the inode in a table: a heading, then a line per socket with the inode tenth and the drops last.
fn find(table: impl BufRead, inode: u64) -> Option<u64> {
    table.lines().skip(1).map_while(Result::ok).find_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        let found: u64 = fields.nth(9)?.parse().ok()?;
        if found == inode { fields.last()?.parse().ok() } else { None }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  123: 0100007F:138D 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 91
broken
  124: 0100007F:138E 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4712 2 0000000000000000 0
";

    #[test]
    fn finds_the_socket_by_its_inode() {
        assert_eq!(find(TABLE.as_bytes(), 4711), Some(91));
        assert_eq!(find(TABLE.as_bytes(), 4712), Some(0));
        assert_eq!(find(TABLE.as_bytes(), 4713), None);
        assert_eq!(find(&b""[..], 1), None);
    }
}
