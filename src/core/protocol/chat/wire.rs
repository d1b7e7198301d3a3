//! The fixed texts of the chat protocol, which simple clients and servers use too.

use crate::core::escape;

/// The separator between sender and text in a relayed copy.
pub const SAID: &str = " disse: ";

/// What simple clients send first over UDP.
pub const JOINING: &str = "Novo participante no chat.";

/// Alone in a datagram: answered to its sender alone, with the same.
pub const PING: &str = "ping";

/// Prefix of a new member's reply to the challenge; the challenge itself follows.
pub const JOIN: &str = "/entrar ";

/// Length of a challenge, hexadecimal digits.
const CHALLENGE_LEN: usize = 16;

/// Whether a text is a challenge, which the server draws for one address.
pub fn is_challenge(text: &str) -> bool {
    let token = text.strip_prefix(JOIN).unwrap_or_default();
    token.len() == CHALLENGE_LEN && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The copy of a message that the others get: one line, so that nobody speaks in the name of another.
pub fn copy(who: &str, text: &str) -> String {
    format!("{who}{SAID}{}", escape::line(text))
}

/// Whether a text is for the server alone: a command, a ping, a joining.
pub fn is_for_the_server(text: &str) -> bool {
    let text = text.trim();
    text == PING || text == JOINING || text.is_empty() || is_command(text)
}

/// Whether a text is one of the commands, and not only something that begins with a stroke.
fn is_command(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    matches!(word, "/sair" | "/quit" | "/nick" | "/ping" | "/entrar")
}
