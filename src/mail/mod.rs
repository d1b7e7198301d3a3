//! E-mail. The only folder that uses SMTP (RFC 5321), STARTTLS (RFC 3207) and login (RFC 4954).
//!
//! - [`message`]: one message to one recipient, with a file attached where one is to be.
//! - [`smtp`]: the server, how the connection to it is secured, and who logs in there; delivers letters.
//! - [`connection`]: the connection, with a bound for each reply and a deadline for each step.
//! - [`password`]: the password, from a prompt, a file or the environment, and never shown again.

pub mod connection;
pub mod message;
pub mod password;
pub mod smtp;

pub use self::message::MailMessage;
pub use self::password::Password;
pub use self::smtp::{Reason, Security, SendResult, SmtpAccount};
