//! Which TCP port is a chat's, by the lines of its connections.

use std::collections::BTreeMap;

use super::tcp::lines;
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::protocol::chat::relayed_text::{speaker, wrapping};
use crate::core::protocol::chat::wire::SAID;

/// One line may be passed on by accident.
const MIN_RELAYED: usize = 2;

/// Default port of the course work, on which any lines of text are a chat.
pub(super) const DEFAULT_PORT: u16 = 12_345;

/// So many lines of a port show what it is.
const MAX_LINES: usize = 1_024;

/// The lines of one port.
#[derive(Default)]
struct PortLines {
    /// The connection, and what a client said.
    said: Vec<(usize, String)>,
    /// The connection, and what the server said.
    answers: Vec<(usize, String)>,
}

impl PortLines {
    fn is_text(&self) -> bool {
        let mut all = self.said.iter().chain(&self.answers).map(|(_, line)| line);
        all.all(|line| !line.chars().any(|letter| letter.is_control() && letter != '\t' || letter == '\u{fffd}'))
    }

    /// Whether these are lines of HTTP, SSH, SMTP, FTP, POP or IMAP.
    fn is_known_protocol(&self) -> bool {
        const GREETINGS: [&str; 6] = ["HTTP/", "SSH-", "220 ", "220-", "+OK", "* OK"];
        self.answers.iter().any(|(_, line)| GREETINGS.iter().any(|known| line.starts_with(known)))
            || self.said.iter().any(|(_, line)| line.contains(" HTTP/1."))
    }

    /// How many lines the server passed on to other connections.
    fn relayed(&self) -> usize {
        let is_passed_on = |(connection, line): &&(usize, String)| {
            self.answers.iter().any(|(to, copy)| {
                to != connection
                    && wrapping(copy, line).is_some()
                    && !self.said.iter().any(|(own, text)| own == to && text == line)
            })
        };
        self.said.iter().filter(is_passed_on).count()
    }

    fn is_chat(&self, port: u16) -> bool {
        let texts = self.said.len() + self.answers.len();
        if texts == 0 || !self.is_text() || self.is_known_protocol() {
            return false;
        }
        let names_speakers = |(_, line): &&(usize, String)| speaker(line).is_some();
        let spoken = self.answers.iter().filter(names_speakers).count();
        port == DEFAULT_PORT
            || self.answers.iter().any(|(_, line)| line.contains(SAID))
            || spoken >= MIN_RELAYED && spoken * 2 >= self.answers.len()
            || self.relayed() >= MIN_RELAYED
    }
}

/// The port whose lines look like a chat's, the busiest if several do.
pub fn chat_port(captures: &[&CaptureLog]) -> Option<u16> {
    let mut ports: BTreeMap<u16, PortLines> = BTreeMap::new();
    let mut connection = 0;
    for log in captures {
        for seen in log.tcp.connections() {
            connection += 1;
            let port = ports.entry(seen.server.port()).or_default();
            for (all, way) in [(&mut port.said, &seen.from_client), (&mut port.answers, &seen.from_server)] {
                let room = MAX_LINES.saturating_sub(all.len());
                all.extend(lines(&log.tcp, way).into_iter().take(room).map(|(_, line)| (connection, line.text)));
            }
        }
    }
    let chats = ports.iter().filter(|(port, lines)| lines.is_chat(**port));
    chats.max_by_key(|(_, lines)| lines.said.len() + lines.answers.len()).map(|(port, _)| *port)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a port, with the connections they belong to: a line that begins with `<` is the server's.
    fn is_chat(port: u16, lines: &[(usize, &str)]) -> bool {
        let mut of_port = PortLines::default();
        for (connection, line) in lines {
            match line.strip_prefix('<') {
                Some(answer) => of_port.answers.push((*connection, answer.to_owned())),
                None => of_port.said.push((*connection, (*line).to_owned())),
            }
        }
        of_port.is_chat(port)
    }

    #[test]
    fn lines_that_reach_the_other_connections_are_a_chat() {
        let relayed = [(1, "oi"), (2, "<ana: oi"), (2, "tudo bem?"), (1, "<bia: tudo bem?")];
        assert!(is_chat(9_000, &relayed));
        let unchanged = [(1, "oi"), (2, "<oi"), (2, "tudo bem?"), (1, "<tudo bem?")];
        assert!(is_chat(9_000, &unchanged));
        assert!(!is_chat(9_000, &[(1, "oi"), (2, "<oi"), (2, "sim")]), "one alone may be an accident");
    }

    #[test]
    fn lines_that_name_their_speakers_are_a_chat() {
        assert!(is_chat(9_000, &[(1, "<ana: oi"), (1, "<bia: tudo bem?"), (1, "sim")]), "a single member's capture");
    }

    #[test]
    fn lines_of_other_protocols_are_no_chat() {
        let http = [(1, "GET / HTTP/1.1"), (1, "Host: a"), (1, "<HTTP/1.1 200 OK"), (1, "<Server: b"), (1, "<Date: c")];
        assert!(!is_chat(8_080, &http));
        assert!(!is_chat(DEFAULT_PORT, &http), "not even on the port of the course work");
        assert!(!is_chat(25, &[(1, "EHLO a"), (1, "<220 mail ready"), (1, "<250 ok")]));
        assert!(
            !is_chat(7, &[(1, "oi"), (1, "<oi"), (2, "sim"), (2, "<sim")]),
            "an echo server answers each by itself"
        );
        assert!(!is_chat(9_000, &[(1, "\u{1}\u{2}"), (2, "<ana: \u{1}\u{2}"), (2, "\u{3}"), (1, "<bia: \u{3}")]));
        assert!(!is_chat(9_000, &[]));
    }

    #[test]
    fn any_text_on_the_port_of_the_course_work_is_a_chat() {
        assert!(is_chat(DEFAULT_PORT, &[(1, "oi")]));
        assert!(!is_chat(9_000, &[(1, "oi")]));
    }
}
