//! The SMTP account: server, encryption and login.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret, SecretString};

use super::connection::{Connection, Reply, SmtpError};
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
    tls: Arc<ClientConfig>,
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
    /// The detail is the step that took too long.
    Timeout,
    /// The server's certificate is not trusted, or TLS is missing where required.
    Tls,
    Login,
    /// The server refused the message for now (4xx).
    Busy,
    /// The server refused the message for good (5xx).
    Refused,
    /// The server does not respond with SMTP, or refuses what every server must know.
    Broken,
    /// A reply exceeds its bound, which is the detail.
    TooLong,
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
        let mut roots = RootCertStore::empty();
        if matches!(security, Security::StartTls | Security::Implicit) {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        if let Some(root) = root {
            let certificate = CertificateDer::from_pem_slice(root).map_err(|error| error.to_string())?;
            roots.add(certificate).map_err(|error| error.to_string())?;
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().map_err(|error| error.to_string())?;
        let tls = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
        Ok(Self { host, port, security, tls, login, time_limit: timeout })
    }

    /// Delivers a message over a connection of its own.
    ///
    /// # Errors
    /// The kind of error, and the server's text.
    pub fn deliver(&self, letter: &MailMessage) -> SendResult {
        let refused = |detail: String| Failure { reason: Reason::Refused, detail };
        let message = letter.message().map_err(|error| refused(error.to_string()))?;
        let (mut connection, hello) = self.connect()?;
        let bytes = message.formatted();
        let parameters = match () {
            () if bytes.is_ascii() => "",
            () if hello.extension("SMTPUTF8").is_some() => " SMTPUTF8 BODY=8BITMIME",
            // An address in another script needs a server that knows it (RFC 6531).
            () => return Err(refused("SMTPUTF8?".to_owned())),
        };
        let envelope = message.envelope();
        let from = envelope.from().map(ToString::to_string).unwrap_or_default();
        let taken = connection.command("MAIL", &format!("FROM:<{from}>{parameters}")).and_then(|_| {
            for to in envelope.to() {
                connection.command("RCPT", &format!("TO:<{to}>"))?;
            }
            connection.command("DATA", "")?;
            connection.message(&bytes)
        });
        taken.map_err(|error| self.failure(error, Reason::Refused))?;
        connection.quit();
        Ok(())
    }

    /// A connection that is secured and logged in, and what the server can do.
    fn connect(&self) -> Result<(Connection, Reply), Failure> {
        let broken = |error: SmtpError| self.failure(error, Reason::Broken);
        let mut connection = Connection::open(&self.addresses()?, self.time_limit).map_err(broken)?;
        if self.security == Security::Implicit {
            connection = connection.encrypt(&self.host, &self.tls).map_err(broken)?;
        }
        connection.greeting().map_err(broken)?;
        let mut hello = connection.hello().map_err(broken)?;
        if self.security == Security::StartTls {
            if hello.extension("STARTTLS").is_none() {
                return Err(Failure { reason: Reason::Tls, detail: "STARTTLS?".to_owned() });
            }
            connection.command("STARTTLS", "").map_err(broken)?;
            connection = connection.encrypt(&self.host, &self.tls).map_err(broken)?;
            hello = connection.hello().map_err(broken)?;
        }
        if let Some((user, password)) = &self.login {
            log_in(&mut connection, &hello, user, password).map_err(|error| self.failure(error, Reason::Login))?;
        }
        Ok((connection, hello))
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
    fn failure(&self, error: SmtpError, otherwise: Reason) -> Failure {
        /// Replies that are about the login, whatever they answer (RFC 4954, section 6).
        const LOGIN: [u16; 5] = [432, 530, 534, 535, 538];
        let (reason, detail) = match error {
            SmtpError::Network(error) => (Reason::Unreachable, error.to_string()),
            SmtpError::Timeout(step) => (Reason::Timeout, step.to_owned()),
            SmtpError::Tls(detail) => (Reason::Tls, detail),
            SmtpError::TooLong(bound) => (Reason::TooLong, bound.to_string()),
            SmtpError::NotSmtp(text) => (Reason::Broken, text),
            SmtpError::NoMechanism(offered) => (Reason::Login, offered),
            SmtpError::Negative(reply) => {
                let reason = match reply.code {
                    code if LOGIN.contains(&code) => Reason::Login,
                    400..500 => Reason::Busy,
                    _ => otherwise,
                };
                (reason, reply.text())
            }
        };
        let detail = self.login.as_ref().map_or_else(|| detail.clone(), |(_, password)| password.hidden_in(&detail));
        Failure { reason, detail }
    }
}

/// Logs in by the first mechanism that the server offers: PLAIN (RFC 4616) or LOGIN.
fn log_in(connection: &mut Connection, hello: &Reply, user: &str, password: &Password) -> Result<(), SmtpError> {
    let encoded = |text: SecretString| SecretString::from(BASE64.encode(text.expose_secret()));
    let offered = hello.extension("AUTH").unwrap_or_default();
    let offers = |mechanism: &str| offered.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(mechanism));
    if offers("PLAIN") {
        let text = encoded(format!("\0{user}\0{}", password.reveal()).into());
        connection.command("AUTH", SecretString::from(format!("PLAIN {}", text.expose_secret())).expose_secret())?;
    } else if offers("LOGIN") {
        connection.command("AUTH", "LOGIN")?;
        connection.answer("AUTH", encoded(user.into()).expose_secret())?;
        connection.answer("AUTH", encoded(password.reveal().into()).expose_secret())?;
    } else {
        return Err(SmtpError::NoMechanism(format!("AUTH {offered}")));
    }
    Ok(())
}
