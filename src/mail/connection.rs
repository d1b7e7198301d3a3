//! A connection to an SMTP server that can neither fill memory nor hold up its user: replies are bounded, and each step has
//! a deadline as a whole, in clear text and in TLS.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

/// Longest line of a reply with its line break, bytes (RFC 5321 section 4.5.3.1.5).
const MAX_LINE_LEN: usize = 512;

/// Longest reply of several lines, bytes.
pub const MAX_REPLY_LEN: usize = 16_384;

/// Slowest rate at which a server may take the message, bytes per second.
const MIN_RATE: u64 = 16_384;

/// No server is waited for longer after it took the message.
const MAX_QUIT_TIME: Duration = Duration::from_secs(1);

/// A reply, its lines joined. Bytes that are not UTF-8 are replaced: only the code and the extensions have a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    pub lines: Vec<String>,
}

impl Reply {
    pub fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" ")).trim_end().to_owned()
    }

    const fn is_positive(&self) -> bool {
        matches!(self.code, 200..400)
    }

    /// What follows an extension's name, if the server has it.
    pub fn extension(&self, name: &str) -> Option<&str> {
        self.lines.iter().skip(1).find_map(|line| {
            let (word, rest) = line.split_once([' ', '=']).unwrap_or((line, ""));
            word.eq_ignore_ascii_case(name).then_some(rest)
        })
    }
}

#[derive(Debug)]
pub enum SmtpError {
    /// No address of the server accepted a connection, or it broke off.
    Network(io::Error),
    /// The step was not finished in time.
    Timeout(&'static str),
    Tls(String),
    /// A reply is longer than this many bytes.
    TooLong(usize),
    /// What came is not a reply of SMTP.
    NotSmtp(String),
    /// A reply that refuses.
    Negative(Reply),
    /// The server offers only these ways to log in.
    NoMechanism(String),
}

pub(super) struct Connection {
    stream: BufReader<Transport>,
    /// How long a step may take.
    time_limit: Duration,
    step: &'static str,
}

impl Connection {
    /// Connects to the first address that accepts.
    pub fn open(addresses: &[SocketAddr], time_limit: Duration) -> Result<Self, SmtpError> {
        let deadline = Instant::now() + time_limit;
        let mut failed = io::ErrorKind::AddrNotAvailable.into();
        for peer in addresses {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            match TcpStream::connect_timeout(peer, left) {
                Ok(socket) => {
                    let stream = BufReader::new(Transport::Plain(BoundedSocket { socket, deadline }));
                    return Ok(Self { stream, time_limit, step: "TCP" });
                }
                Err(error) => failed = error,
            }
        }
        Err(if failed.kind() == io::ErrorKind::TimedOut {
            SmtpError::Timeout("TCP")
        } else {
            SmtpError::Network(failed)
        })
    }

    /// Continues in TLS. What came before it is not read as if it came in it (RFC 3207 section 4.2).
    pub fn encrypt(self, host: &str, config: &Arc<ClientConfig>) -> Result<Self, SmtpError> {
        let failed = |error: String| SmtpError::Tls(error);
        if !self.stream.buffer().is_empty() {
            return Err(failed(String::from_utf8_lossy(self.stream.buffer()).into_owned()));
        }
        let name = ServerName::try_from(host.to_owned()).map_err(|error| failed(error.to_string()))?;
        let client = ClientConnection::new(Arc::clone(config), name).map_err(|error| failed(error.to_string()))?;
        let Transport::Plain(socket) = self.stream.into_inner() else { return Err(failed("TLS".to_owned())) };
        let mut stream = Box::new(StreamOwned::new(client, socket));
        stream.sock.deadline = Instant::now() + self.time_limit;
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(|error| match error.kind() {
                io::ErrorKind::TimedOut => SmtpError::Timeout("TLS"),
                _ => failed(error.to_string()),
            })?;
        }
        Ok(Self { stream: BufReader::new(Transport::Tls(stream)), step: "TLS", ..self })
    }

    /// Reads the greeting.
    pub fn greeting(&mut self) -> Result<Reply, SmtpError> {
        self.begin("220", self.time_limit);
        self.reply()
    }

    /// Greets the server with the address of this end; `HELO` where it does not know `EHLO`.
    pub fn hello(&mut self) -> Result<Reply, SmtpError> {
        let socket = self.stream.get_ref().socket();
        let name = match socket.local_addr().map_err(SmtpError::Network)?.ip().to_canonical() {
            IpAddr::V4(address) => format!("[{address}]"),
            IpAddr::V6(address) => format!("[IPv6:{address}]"),
        };
        match self.command("EHLO", &name) {
            Err(SmtpError::Negative(reply)) if reply.code >= 500 => self.command("HELO", &name),
            other => other,
        }
    }

    /// Sends a command and reads its reply.
    pub fn command(&mut self, verb: &'static str, rest: &str) -> Result<Reply, SmtpError> {
        let space = if rest.is_empty() { "" } else { " " };
        self.exchange(verb, format!("{verb}{space}{rest}\r\n").as_bytes(), self.time_limit)
    }

    /// Sends a line that belongs to a command before it.
    pub fn answer(&mut self, verb: &'static str, line: &str) -> Result<Reply, SmtpError> {
        self.exchange(verb, format!("{line}\r\n").as_bytes(), self.time_limit)
    }

    /// Sends the message after `DATA`.
    pub fn message(&mut self, message: &[u8]) -> Result<Reply, SmtpError> {
        let bytes = dot_stuffed(message);
        let sending_time = Duration::from_secs(bytes.len() as u64 / MIN_RATE);
        self.exchange("DATA", &bytes, self.time_limit.saturating_add(sending_time))
    }

    /// Ends the session. The message was taken, so its success does not matter.
    pub fn quit(mut self) {
        _ = self.exchange("QUIT", b"QUIT\r\n", self.time_limit.min(MAX_QUIT_TIME));
    }

    fn exchange(&mut self, step: &'static str, bytes: &[u8], time_limit: Duration) -> Result<Reply, SmtpError> {
        self.begin(step, time_limit);
        let stream = self.stream.get_mut();
        stream.write_all(bytes).and_then(|()| stream.flush()).map_err(|error| self.failed(error))?;
        self.reply()
    }

    fn begin(&mut self, step: &'static str, time_limit: Duration) {
        self.step = step;
        self.stream.get_mut().socket_mut().deadline = Instant::now() + time_limit;
    }

    fn reply(&mut self) -> Result<Reply, SmtpError> {
        read_reply(&mut self.stream).map_err(|error| match error {
            SmtpError::Network(error) => self.failed(error),
            other => other,
        })
    }

    fn failed(&self, error: io::Error) -> SmtpError {
        match error.kind() {
            io::ErrorKind::TimedOut => SmtpError::Timeout(self.step),
            // rustls reports its errors this way.
            io::ErrorKind::InvalidData => SmtpError::Tls(error.to_string()),
            _ => SmtpError::Network(error),
        }
    }
}

/// Reads one reply.
///
/// # Errors
/// [`SmtpError`]; those of reading are [`SmtpError::Network`].
pub fn read_reply(stream: &mut impl BufRead) -> Result<Reply, SmtpError> {
    let mut lines = Vec::new();
    let mut length = 0;
    loop {
        let line = read_line(stream)?;
        length += line.len();
        if length > MAX_REPLY_LEN {
            return Err(SmtpError::TooLong(MAX_REPLY_LEN));
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        let Some((code, is_last, rest)) = parsed(text) else { return Err(SmtpError::NotSmtp(text.to_owned())) };
        lines.push(rest.to_owned());
        if is_last {
            let reply = Reply { code, lines };
            return if reply.is_positive() { Ok(reply) } else { Err(SmtpError::Negative(reply)) };
        }
    }
}

fn read_line(stream: &mut impl BufRead) -> Result<Vec<u8>, SmtpError> {
    let mut line = Vec::new();
    let length = stream.take(MAX_LINE_LEN as u64).read_until(b'\n', &mut line).map_err(SmtpError::Network)?;
    match length {
        _ if line.ends_with(b"\n") => Ok(line),
        MAX_LINE_LEN => Err(SmtpError::TooLong(MAX_LINE_LEN)),
        0 => Err(SmtpError::Network(io::ErrorKind::UnexpectedEof.into())),
        _ => Err(SmtpError::NotSmtp(String::from_utf8_lossy(&line).into_owned())),
    }
}

/// The code of a line of a reply, whether it is the last, and its text.
fn parsed(line: &str) -> Option<(u16, bool, &str)> {
    let digits = line.get(..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let code = digits.parse().ok().filter(|code| (200..600).contains(code))?;
    match line.get(3..)?.chars().next() {
        None => Some((code, true, "")),
        Some(' ') => Some((code, true, &line[4..])),
        Some('-') => Some((code, false, &line[4..])),
        Some(_) => None,
    }
}

/// A message as it follows `DATA`: no line of it is read as its end (RFC 5321 section 4.5.2).
fn dot_stuffed(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + message.len() / 64);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            bytes.push(b'.');
        }
        bytes.extend_from_slice(line);
    }
    if !bytes.ends_with(b"\r\n") {
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b".\r\n");
    bytes
}

enum Transport {
    Plain(BoundedSocket),
    Tls(Box<StreamOwned<ClientConnection, BoundedSocket>>),
}

impl Transport {
    const fn socket_mut(&mut self) -> &mut BoundedSocket {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => &mut stream.sock,
        }
    }

    const fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(socket) => &socket.socket,
            Self::Tls(stream) => &stream.sock.socket,
        }
    }
}

impl Read for Transport {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Transport {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}

/// A socket that gives [`io::ErrorKind::TimedOut`] once the deadline has passed, however much came before it.
struct BoundedSocket {
    socket: TcpStream,
    deadline: Instant,
}

impl BoundedSocket {
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    fn until_deadline(&mut self, mut call: impl FnMut(&mut TcpStream) -> io::Result<usize>) -> io::Result<usize> {
        loop {
            let left = self.left()?;
            self.socket.set_read_timeout(Some(left))?;
            self.socket.set_write_timeout(Some(left))?;
            match call(&mut self.socket) {
                // A socket's own timeout, or a signal: the clock decides.
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
                other => return other,
            }
        }
    }
}

impl Read for BoundedSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.until_deadline(|socket| socket.read(buffer))
    }
}

impl Write for BoundedSocket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.until_deadline(|socket| socket.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_reply_has_a_code_and_a_text() {
        assert_eq!(parsed("250-SIZE 100"), Some((250, false, "SIZE 100")));
        assert_eq!(parsed("250 ok"), Some((250, true, "ok")));
        assert_eq!(parsed("354"), Some((354, true, "")));
        for line in ["", "25", "25a ok", "+50 ok", "199 x", "600 x", "2500", "250\u{fffd}", "22\u{fffd} x"] {
            assert_eq!(parsed(line), None, "{line}");
        }
    }

    #[test]
    fn extensions_are_known_by_their_first_word() {
        let lines = ["mail STARTTLS", "SIZE 100", "AUTH=LOGIN PLAIN", "starttls"].map(str::to_owned).to_vec();
        let reply = Reply { code: 250, lines };
        assert_eq!(reply.extension("STARTTLS"), Some(""));
        assert_eq!(reply.extension("AUTH"), Some("LOGIN PLAIN"));
        assert_eq!(reply.extension("mail"), None);
    }

    #[test]
    fn no_line_of_a_message_ends_it() {
        assert_eq!(dot_stuffed(b"a\r\n.\r\n..b\r\n"), b"a\r\n..\r\n...b\r\n.\r\n");
        assert_eq!(dot_stuffed(b".a"), b"..a\r\n.\r\n");
    }
}
