//! The mail password, from a prompt, a file or the environment; it is never printed.

use std::fmt;
use std::io;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};

use crate::files;

pub const VARIABLE: &str = "MEDIDOR_SMTP_PASSWORD";

/// No password is longer, bytes.
const MAX_PASSWORD_LEN: u64 = 4096;

/// A password. Debug output hides it; its memory is wiped on drop.
#[derive(Clone)]
pub struct Password(SecretString);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Password {
    pub fn new(password: String) -> Self {
        Self(SecretString::from(password))
    }

    /// The first line of a file.
    ///
    /// # Errors
    /// The system's error; [`io::ErrorKind::InvalidData`] where there is no password in it.
    pub fn from_file(path: &Path) -> io::Result<Self> {
        let text = files::read_text(path, MAX_PASSWORD_LEN)?;
        let line = text.lines().next().unwrap_or_default();
        if line.is_empty() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(Self::new(line.to_owned()))
    }

    pub fn from_environment() -> Option<Self> {
        std::env::var(VARIABLE).ok().filter(|password| !password.is_empty()).map(Self::new)
    }

    /// Asks on the terminal, whatever the standard streams are; the input is not shown.
    ///
    /// # Errors
    /// The system's error, if there is no terminal above all.
    pub fn from_prompt(question: &str) -> io::Result<Self> {
        rpassword::prompt_password(question).map(Self::new)
    }

    pub(super) fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// A text without the password: a server may echo it.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        match self.reveal() {
            "" => text.to_owned(),
            password => text.replace(password, "***"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_never_shown() {
        let secret = Password::new("hunter2".to_owned());
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "Secret Some(Secret)");
        assert_eq!(secret.hidden_in("535 hunter2 is wrong"), "535 *** is wrong");
    }

    #[test]
    fn a_file_holds_it_in_its_first_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "hunter2\r\nanything\n").unwrap();
        assert_eq!(Password::from_file(&path).unwrap().reveal(), "hunter2");
        std::fs::write(&path, "\n").unwrap();
        assert_eq!(Password::from_file(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(Password::from_file(&folder.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
