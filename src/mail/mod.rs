//! Electronic mail: the only room that knows SMTP (RFC 5321), its STARTTLS (RFC 3207) and its login (RFC 4954).
//!
//! - [`letter`]: one message to one recipient, with a file attached where one is to be.
//! - [`account`]: the server, how the connection to it is secured, and who logs in there; delivers letters.
//! - [`secret`]: the password, from a prompt, a file or the environment, and never shown again.

pub mod account;
pub mod letter;
pub mod secret;

pub use account::{Account, Delivery, Reason, Security};
pub use letter::Letter;
pub use secret::Secret;
