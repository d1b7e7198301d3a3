//! The SMTP account: server, encryption and login.

use std::error::Error as _;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;

use super::message::MailMessage;
use super::password::Password;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Plain at first, then TLS, or nothing is sent (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
    NoneToThisHost,
    None,
}

pub struct SmtpAccount {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    login: Option<(String, Password)>,
    /// No single step of a delivery may take longer.
    time_limit: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub reason: Reason,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Unreachable,
    Timeout,
    /// The server's certificate is not trusted, or TLS is missing where required.
    Tls,
    Login,
    /// The server refused the message for now (4xx).
    Busy,
    /// The server refused the message for good (5xx).
    Refused,
    /// The server does not respond with SMTP.
    Broken,
}

impl Reason {
    /// Whether the same message may be taken another time.
    pub const fn may_pass(self) -> bool {
        !matches!(self, Self::Refused)
    }
}

pub type SendResult = Result<(), Failure>;

impl SmtpAccount {
    /// An account at `host`. `root` is an additional trusted certificate (PEM).
    ///
    /// # Errors
    /// What is wrong with the certificate.
    pub fn new(
        host: String,
        port: u16,
        security: Security,
        root: Option<&[u8]>,
        login: Option<(String, Password)>,
        timeout: Duration,
    ) -> Result<Self, String> {
        let tls = if matches!(security, Security::StartTls | Security::Implicit) {
            let mut parameters = TlsParameters::builder(host.clone());
            if let Some(root) = root {
                let certificate = Certificate::from_pem(root).map_err(|error| error.to_string())?;
                parameters = parameters.add_root_certificate(certificate);
            }
            Some(parameters.build_rustls().map_err(|error| error.to_string())?)
        } else {
            None
        };
        Ok(Self { host, port, security, tls, login, time_limit: timeout })
    }

    /// Delivers a message over a connection of its own.
    ///
    /// # Errors
    /// The kind of error, and the server's text.
    pub fn deliver(&self, letter: &MailMessage) -> SendResult {
        let message =
            letter.message().map_err(|error| Failure { reason: Reason::Refused, detail: error.to_string() })?;
        let mut connection = self.connect()?;
        let sent = connection.send(message.envelope(), &message.formatted());
        let failed = sent.map(drop).map_err(|error| self.failure(&error, Reason::Refused));
        if failed.is_ok() {
            // It was taken: how the parting goes does not matter.
            _ = connection.quit();
        } else {
            connection.abort();
        }
        failed
    }

    /// A connection that is secured and logged in.
    fn connect(&self) -> Result<SmtpConnection, Failure> {
        let hello = ClientId::default();
        let broken = |error: Error| self.failure(&error, Reason::Broken);
        let addresses = self.addresses()?;
        let implicit = self.tls.as_ref().filter(|_| self.security == Security::Implicit);
        let mut connection =
            SmtpConnection::connect(&addresses[..], Some(self.time_limit), &hello, implicit, None).map_err(broken)?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            if !connection.can_starttls() {
                connection.abort();
                return Err(Failure { reason: Reason::Tls, detail: "STARTTLS?".to_owned() });
            }
            connection.starttls(tls, &hello).map_err(broken)?;
        }
        if let Some((user, password)) = &self.login {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .map_err(|error| self.failure(&error, Reason::Login))?;
        }
        Ok(connection)
    }

    /// Where the server is. An unsecured connection goes to this host alone, whatever a name may mean, unless it was
    /// insisted upon.
    fn addresses(&self) -> Result<Vec<SocketAddr>, Failure> {
        let unreachable = |detail: String| Failure { reason: Reason::Unreachable, detail };
        let found =
            (self.host.as_str(), self.port).to_socket_addrs().map_err(|error| unreachable(error.to_string()))?;
        let allowed = |address: &SocketAddr| self.security != Security::NoneToThisHost || address.ip().is_loopback();
        let addresses: Vec<SocketAddr> = found.filter(allowed).collect();
        if addresses.is_empty() {
            return Err(unreachable(self.host.clone()));
        }
        Ok(addresses)
    }

    /// What an error means. `otherwise` is what a refusal for good means at this stage.
    fn failure(&self, error: &Error, otherwise: Reason) -> Failure {
        let detail = error.to_string();
        let detail = self.login.as_ref().map_or_else(|| detail.clone(), |(_, password)| password.hidden_in(&detail));
        Failure { reason: reason(error, otherwise), detail }
    }
}

fn reason(error: &Error, otherwise: Reason) -> Reason {
    /// Replies that are about the login, whatever they answer (RFC 4954, section 6).
    const LOGIN: [u16; 5] = [432, 530, 534, 535, 538];
    if let Some(code) = error.status() {
        return match u16::from(code) {
            code if LOGIN.contains(&code) => Reason::Login,
            400..500 => Reason::Busy,
            _ => otherwise,
        };
    }
    if error.is_tls() {
        return Reason::Tls;
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return match io.kind() {
                // A socket's own timeout shows as either.
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Reason::Timeout,
                // rustls reports certificate errors this way.
                io::ErrorKind::InvalidData => Reason::Tls,
                _ => Reason::Unreachable,
            };
        }
        cause = inner.source();
    }
    if error.is_client() && otherwise != Reason::Refused {
        return otherwise;
    }
    if error.is_client() { Reason::Refused } else { Reason::Broken }
}
