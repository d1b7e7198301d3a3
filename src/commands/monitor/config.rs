//! The file of `--config`: targets and the mail server. Keys are named like the options; a missing key takes the
//! option's value.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::cli::values;
use crate::cli::{AlertWhen, MailArgs, SmtpTls, TargetArgs};
use crate::commands::run::error::{self, CommandError};
use crate::files;
use crate::i18n::{Texts, Value};

/// Targets of one monitor, at the most: each takes a thread and a few descriptors.
pub const MAX_TARGETS: usize = 100;

const LINE_END: char = '\n';

/// Maximum size of a configuration file, bytes.
const MAX_CONFIG_LEN: u64 = 1024 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigFile {
    smtp: Option<Smtp>,
    #[serde(default, rename = "target")]
    pub targets: Vec<TargetEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Smtp {
    server: Option<String>,
    from: Option<String>,
    tls: Option<OptionValue<SmtpTls>>,
    cleartext: Option<bool>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    timeout: Option<ConfigDuration>,
    retry: Option<ConfigDuration>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetEntry {
    pub host: String,
    name: Option<String>,
    interval: Option<ConfigDuration>,
    timeout: Option<ConfigDuration>,
    text: Option<String>,
    slow: Option<ConfigDuration>,
    very_slow: Option<ConfigDuration>,
    confirm: Option<Positive>,
    alert: Option<OptionValue<AlertWhen>>,
    email_to: Option<Vec<String>>,
}

impl TargetEntry {
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.host)
    }

    pub fn settings(&self, defaults: &TargetArgs) -> TargetArgs {
        let duration_or = |own: Option<ConfigDuration>, other| own.map_or(other, |ConfigDuration(time)| time);
        TargetArgs {
            interval: duration_or(self.interval, defaults.interval),
            timeout: duration_or(self.timeout, defaults.timeout),
            text: self.text.clone().unwrap_or_else(|| defaults.text.clone()),
            slow: duration_or(self.slow, defaults.slow),
            very_slow: duration_or(self.very_slow, defaults.very_slow),
            confirm: self.confirm.map_or(defaults.confirm, |Positive(number)| number),
            alert: self.alert.map_or(defaults.alert, |OptionValue(alert)| alert),
        }
    }

    pub fn recipients<'a>(&'a self, defaults: &'a [String]) -> &'a [String] {
        self.email_to.as_deref().unwrap_or(defaults)
    }
}

impl ConfigFile {
    /// Reads the file.
    ///
    /// # Errors
    /// A [`CommandError`] that names the line.
    pub fn read(path: &Path, texts: Texts) -> Result<Self> {
        let unreadable = |error: &std::io::Error| error::file(texts, "error-read", path, error);
        let text = files::read_text(path, MAX_CONFIG_LEN).map_err(|error| unreadable(&error))?;
        Self::parse(&text, path, texts)
    }

    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    /// As [`ConfigFile::read`].
    pub fn parse(text: &str, path: &Path, texts: Texts) -> Result<Self> {
        let error_at_line = |line: usize, detail: &dyn fmt::Display| {
            let file = Value::text(path.display());
            let values = [("file", file), ("line", Value::text(line)), ("detail", Value::text(detail))];
            CommandError::usage(texts, "error-config", &values)
        };
        let config: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            error_at_line(text[..at].matches(LINE_END).count() + 1, &error.message())
        })?;
        if config.targets.is_empty() || config.targets.len() > MAX_TARGETS {
            return Err(CommandError::usage(
                texts,
                "error-config-targets",
                &[("most", Value::count(MAX_TARGETS as u64))],
            ));
        }
        let mut names: Vec<&str> = config.targets.iter().map(TargetEntry::name).collect();
        names.sort_unstable();
        if let Some(duplicate) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(CommandError::usage(texts, "error-config-twice", &[("name", Value::text(duplicate[0]))]));
        }
        Ok(config)
    }

    /// The mail settings. Relative paths start at the configuration file.
    pub fn mail(&self, path: &Path, defaults: &MailArgs) -> MailArgs {
        let Some(own) = &self.smtp else { return defaults.clone() };
        let resolve = |file: &PathBuf| path.parent().map_or_else(|| file.clone(), |folder| folder.join(file));
        let duration_or = |own: Option<ConfigDuration>, other| own.map_or(other, |ConfigDuration(time)| time);
        MailArgs {
            email_to: defaults.email_to.clone(),
            email_from: own.from.clone().or_else(|| defaults.email_from.clone()),
            smtp: own.server.clone().or_else(|| defaults.smtp.clone()),
            smtp_tls: own.tls.map_or(defaults.smtp_tls, |OptionValue(tls)| tls),
            smtp_cleartext: own.cleartext.unwrap_or(defaults.smtp_cleartext),
            smtp_user: own.user.clone().or_else(|| defaults.smtp_user.clone()),
            smtp_password_file: own.password_file.as_ref().map(resolve).or_else(|| defaults.smtp_password_file.clone()),
            smtp_ca: own.ca.as_ref().map(resolve).or_else(|| defaults.smtp_ca.clone()),
            smtp_timeout: duration_or(own.timeout, defaults.smtp_timeout),
            smtp_retry: duration_or(own.retry, defaults.smtp_retry),
        }
    }
}

/// A duration, as `10s`.
#[derive(Clone, Copy, Debug)]
struct ConfigDuration(Duration);

impl<'de> Deserialize<'de> for ConfigDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        values::time(&text).map(Self).map_err(|examples| de::Error::custom(format!("{text:?}: {examples}")))
    }
}

/// A number from 1.
#[derive(Clone, Copy, Debug)]
struct Positive(u32);

impl<'de> Deserialize<'de> for Positive {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        if number > 0 { Ok(Self(number)) } else { Err(de::Error::custom("0: 1, 2, 3 ...")) }
    }
}

/// One of the values that an option has.
#[derive(Clone, Copy, Debug)]
struct OptionValue<T>(T);

impl<'de, T: ValueEnum> Deserialize<'de> for OptionValue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
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
    fn the_documented_example_is_accepted() {
        let config = read(include_str!("../../../docs/monitor.toml")).unwrap();
        let names: Vec<&str> = config.targets.iter().map(TargetEntry::name).collect();
        assert_eq!(names, ["casa", "laboratório", "198.51.100.7"]);
        assert!(config.smtp.is_some() && config.targets[0].recipients(&[]).len() == 2);
    }

    #[test]
    fn errors_name_their_line() {
        let assert_error = |text: &str, expected: &str| {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        };
        assert_error("[[target]]\nhost = \"a\"\nintervall = \"1s\"\n", "FILE, line 3: ");
        assert_error("[[target]]\nhost = \"a\"\n\ninterval = \"soon\"\n", "FILE, line 4: \"soon\"");
        assert_error("[[target]]\nhost = \"a\"\nalert = \"never\"\n", "FILE, line 3: \"never\": change, always");
        assert_error("[[target]]\nname = \"a\"\n", "line 1: missing field `host`");
        assert_error("[[target]]\nhost = \"a\"\nconfirm = 0\n", "FILE, line 3: 0");
        assert_error("[smtp]\npassword = \"x\"\n", "FILE, line 2: unknown field `password`");
        assert_error("target = [\n", "FILE, line ");
        assert_error("", "no target");
        assert_error("[[target]]\nhost = \"a\"\n[[target]]\nhost = \"b\"\nname = \"a\"\n", "two targets are called a");
    }
}
