//! The file of `--config`: targets and the mail server. Keys are named like the options; a missing key takes the
//! option's value.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::cli::{AlertWhen, MailArgs, SmtpTls, TargetArgs};
use crate::commands::run::error::{self, CommandError};
use crate::i18n::{Texts, Value};

/// Targets of one monitor, at the most: each takes a thread and a few descriptors.
pub const MAX_TARGETS: usize = 100;

const LINE_END: char = '\n';

/// No file of sense is longer, bytes.
const MAX_CONFIG_LEN: u64 = 1024 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigFile {
    smtp: Option<Smtp>,
    #[serde(default, rename = "target")]
    pub targets: Vec<Entry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Smtp {
    server: Option<String>,
    from: Option<String>,
    tls: Option<Choice<SmtpTls>>,
    cleartext: Option<bool>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    timeout: Option<Span>,
    retry: Option<Span>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    pub host: String,
    name: Option<String>,
    interval: Option<Span>,
    timeout: Option<Span>,
    text: Option<String>,
    slow: Option<Span>,
    very_slow: Option<Span>,
    confirm: Option<Positive>,
    alert: Option<Choice<AlertWhen>>,
    email_to: Option<Vec<String>>,
}

impl Entry {
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.host)
    }

    pub fn settings(&self, otherwise: &TargetArgs) -> TargetArgs {
        let span = |own: Option<Span>, other| own.map_or(other, |Span(time)| time);
        TargetArgs {
            interval: span(self.interval, otherwise.interval),
            timeout: span(self.timeout, otherwise.timeout),
            text: self.text.clone().unwrap_or_else(|| otherwise.text.clone()),
            slow: span(self.slow, otherwise.slow),
            very_slow: span(self.very_slow, otherwise.very_slow),
            confirm: self.confirm.map_or(otherwise.confirm, |Positive(number)| number),
            alert: self.alert.map_or(otherwise.alert, |Choice(alert)| alert),
        }
    }

    pub fn recipients<'a>(&'a self, otherwise: &'a [String]) -> &'a [String] {
        self.email_to.as_deref().unwrap_or(otherwise)
    }
}

impl ConfigFile {
    /// Reads the file.
    ///
    /// # Errors
    /// A [`CommandError`] that names the line.
    pub fn read(path: &Path, texts: Texts) -> Result<Self> {
        let unreadable = |error: &std::io::Error| error::file(texts, "error-read", path, error);
        if std::fs::metadata(path).map_err(|error| unreadable(&error))?.len() > MAX_CONFIG_LEN {
            return Err(unreadable(&std::io::ErrorKind::FileTooLarge.into()));
        }
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
        let known = |line: usize, detail: &dyn fmt::Display| {
            let file = Value::text(path.display());
            let values = [("file", file), ("line", Value::text(line)), ("detail", Value::text(detail))];
            CommandError::usage(texts, "error-config", &values)
        };
        let config: Self = toml::from_str(&text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            known(text[..at].matches(LINE_END).count() + 1, &error.message())
        })?;
        if config.targets.is_empty() || config.targets.len() > MAX_TARGETS {
            return Err(CommandError::usage(
                texts,
                "error-config-targets",
                &[("most", Value::count(MAX_TARGETS as u64))],
            ));
        }
        let mut names: Vec<&str> = config.targets.iter().map(Entry::name).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(CommandError::usage(texts, "error-config-twice", &[("name", Value::text(twice[0]))]));
        }
        Ok(config)
    }

    /// The mail settings. Relative paths start at the configuration file.
    pub fn mail(&self, path: &Path, otherwise: &MailArgs) -> MailArgs {
        let Some(own) = &self.smtp else { return otherwise.clone() };
        let beside = |file: &PathBuf| path.parent().map_or_else(|| file.clone(), |folder| folder.join(file));
        let span = |own: Option<Span>, other| own.map_or(other, |Span(time)| time);
        MailArgs {
            email_to: otherwise.email_to.clone(),
            email_from: own.from.clone().or_else(|| otherwise.email_from.clone()),
            smtp: own.server.clone().or_else(|| otherwise.smtp.clone()),
            smtp_tls: own.tls.map_or(otherwise.smtp_tls, |Choice(tls)| tls),
            smtp_cleartext: own.cleartext.unwrap_or(otherwise.smtp_cleartext),
            smtp_user: own.user.clone().or_else(|| otherwise.smtp_user.clone()),
            smtp_password_file: own.password_file.as_ref().map(beside).or_else(|| otherwise.smtp_password_file.clone()),
            smtp_ca: own.ca.as_ref().map(beside).or_else(|| otherwise.smtp_ca.clone()),
            smtp_timeout: span(own.timeout, otherwise.smtp_timeout),
            smtp_retry: span(own.retry, otherwise.smtp_retry),
        }
    }
}

/// A duration, as `10s`.
#[derive(Clone, Copy, Debug)]
struct Span(Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        humantime::parse_duration(&text).map(Self).map_err(|error| de::Error::custom(format!("{text:?}: {error}")))
    }
}

/// A number from 1.
#[derive(Clone, Copy, Debug)]
struct Positive(u32);

impl<'de> Deserialize<'de> for Positive {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(from)?;
        if number > 0 { Ok(Self(number)) } else { Err(de::Error::custom("0: 1, 2, 3 ...")) }
    }
}

/// One of the values that an option has.
#[derive(Clone, Copy, Debug)]
struct Choice<T>(T);

impl<'de, T: ValueEnum> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        T::from_str(&text, false).map(Self).map_err(|_| {
            let values = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
            let names: Vec<String> = values.map(|value| value.get_name().to_owned()).collect();
            de::Error::custom(format!("{text:?}: {}", names.join(", ")))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    fn read(text: &str) -> Result<ConfigFile, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("monitor.toml");
        std::fs::write(&path, text).unwrap();
        let texts = Texts::new(Language::English);
        ConfigFile::read(&path, texts).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
    }

    #[test]
    fn the_example_is_what_it_says() {
        let config = read(include_str!("../../../docs/monitor.toml")).unwrap();
        let names: Vec<&str> = config.targets.iter().map(Entry::name).collect();
        assert_eq!(names, ["casa", "laboratório", "198.51.100.7"]);
        assert!(config.smtp.is_some() && config.targets[0].recipients(&[]).len() == 2);
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let wrong = |text: &str, words: &str| {
            let error = read(text).unwrap_err();
            assert!(error.contains(words), "{text}: {error}");
        };
        wrong("[[target]]\nhost = \"a\"\nintervall = \"1s\"\n", "FILE, line 3: ");
        wrong("[[target]]\nhost = \"a\"\n\ninterval = \"soon\"\n", "FILE, line 4: \"soon\"");
        wrong("[[target]]\nhost = \"a\"\nalert = \"never\"\n", "FILE, line 3: \"never\": change, always");
        wrong("[[target]]\nname = \"a\"\n", "line 1: missing field `host`");
        wrong("[[target]]\nhost = \"a\"\nconfirm = 0\n", "FILE, line 3: 0");
        wrong("[smtp]\npassword = \"x\"\n", "FILE, line 2: unknown field `password`");
        wrong("target = [\n", "FILE, line ");
        wrong("", "no target");
        wrong("[[target]]\nhost = \"a\"\n[[target]]\nhost = \"b\"\nname = \"a\"\n", "two targets are called a");
    }
}
