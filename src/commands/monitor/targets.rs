//! Turns the arguments and the configuration file into the list of targets.

use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use super::config::ConfigFile;
use crate::cli::{AlertWhen, MailArgs, MonitorArgs, SmtpTls, TargetArgs};
use crate::commands::run::error::{self, CommandError};
use crate::commands::run::status::eprint_line;
use crate::core::protocol::message::Probe;
use crate::core::protocol::monitor::DEFAULT_PORT;
use crate::core::protocol::monitor::alert_state::{AlertConfig, AlertMode};
use crate::core::protocol::monitor::latency_class::Thresholds;
use crate::core::protocol::monitor::retry_queue::RetryPolicy;
use crate::i18n::{Texts, Value};
use crate::mail::message::Address;
use crate::mail::{Password, Security, SmtpAccount};
use crate::net::address;

/// Shortest probe interval: the monitor is no flood generator.
const MIN_INTERVAL: Duration = Duration::from_millis(100);

/// One target, as it is to be measured.
#[derive(Clone, Debug)]
pub struct Target {
    pub name: String,
    pub host: String,
    pub port: u16,
    pub probe: Probe,
    pub interval: Duration,
    /// How long a probe may wait for its reply.
    pub timeout: Duration,
    pub watch: AlertConfig,
    /// How many measurements, 0 for no end.
    pub count: u64,
    pub length: Option<Duration>,
    pub recipients: Vec<Address>,
}

impl Target {
    /// Whether only Ctrl-C ends it.
    pub const fn is_endless(&self) -> bool {
        self.count == 0 && self.length.is_none()
    }
}

/// The mail server and the messages.
pub struct Mail {
    pub account: SmtpAccount,
    pub server: String,
    pub from: Address,
    /// How often and how long a letter is tried.
    pub policy: RetryPolicy,
}

pub struct MonitorConfig {
    pub targets: Vec<Arc<Target>>,
    /// The mail settings, if alerts are mailed.
    pub mail: Option<Arc<Mail>>,
}

/// Validates the command line.
///
/// # Errors
/// A [`CommandError`] that says what is wrong with which setting.
pub fn read(args: &MonitorArgs, texts: Texts) -> Result<MonitorConfig> {
    let (targets, how) = match &args.config {
        None => {
            let only = target(&args.host, &args.host, &args.target, &args.mail.email_to, args, texts)?;
            (vec![only], args.mail.clone())
        }
        Some(path) => {
            let config = ConfigFile::read(path, texts)?;
            let targets = config.targets.iter().map(|entry| {
                let to = entry.recipients(&args.mail.email_to);
                target(entry.name(), &entry.host, &entry.settings(&args.target), to, args, texts)
            });
            (targets.collect::<Result<_>>()?, config.mail(path, &args.mail))
        }
    };
    let targets: Vec<Arc<Target>> = targets.into_iter().map(Arc::new).collect();
    let anybody = targets.iter().any(|target| !target.recipients.is_empty());
    let mail = match &how.smtp {
        Some(_) if !anybody => return Err(CommandError::usage(texts, "error-mail-no-recipient", &[])),
        None if anybody => return Err(CommandError::usage(texts, "error-mail-no-server", &[])),
        None => None,
        Some(server) => Some(Arc::new(mail(server, &how, texts)?)),
    };
    Ok(MonitorConfig { targets, mail })
}

fn mail(server: &str, args: &MailArgs, texts: Texts) -> Result<Mail> {
    let port = match args.smtp_tls {
        SmtpTls::Starttls => 587,
        SmtpTls::Implicit => 465,
        SmtpTls::None => 25,
    };
    let (host, port) = address::named(server, port).map_err(|error| error::host(texts, &error))?;
    let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let security = match args.smtp_tls {
        SmtpTls::Starttls => Security::StartTls,
        SmtpTls::Implicit => Security::Implicit,
        SmtpTls::None if args.smtp_cleartext => Security::None,
        SmtpTls::None if is_here => Security::NoneToThisHost,
        SmtpTls::None => {
            return Err(CommandError::usage(texts, "error-mail-cleartext", &[("host", Value::text(host))]));
        }
    };
    let from = match (&args.email_from, &args.smtp_user) {
        (Some(from), _) => address(from, texts)?,
        // The user's name is an address at most servers.
        (None, Some(user)) if user.parse::<Address>().is_ok() => address(user, texts)?,
        (None, _) => return Err(CommandError::usage(texts, "error-mail-no-from", &[])),
    };
    let login = args.smtp_user.as_ref().map(|user| anyhow::Ok((user.clone(), password(user, args, texts)?)));
    let root = args.smtp_ca.as_deref().map(|path| {
        let read = std::fs::read(path);
        read.map_err(|error| error::file(texts, "error-read", path, &error))
    });
    let (login, root) = (login.transpose()?, root.transpose()?);
    let account = SmtpAccount::new(host.to_owned(), port, security, root.as_deref(), login, args.smtp_timeout)
        .map_err(|detail| CommandError::usage(texts, "error-mail-certificate", &[("detail", Value::text(detail))]))?;
    let longest_pause = RetryPolicy::default().longest_pause.max(args.smtp_retry);
    let policy = RetryPolicy { first_pause: args.smtp_retry, longest_pause, ..RetryPolicy::default() };
    Ok(Mail { account, server: format!("{host}:{port}"), from, policy })
}

/// The password of the mail account, from its file, the environment or the terminal.
fn password(user: &str, args: &MailArgs, texts: Texts) -> Result<Password> {
    if let Some(path) = &args.smtp_password_file {
        let secret = Password::from_file(path).map_err(|error| error::file(texts, "error-read", path, &error))?;
        let open = std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0);
        if open {
            eprint_line(texts.with("mail-password-open", &[("file", Value::text(path.display()))]));
        }
        return Ok(secret);
    }
    if let Some(secret) = Password::from_environment() {
        return Ok(secret);
    }
    let question = texts.with("mail-password", &[("user", Value::text(user))]);
    Password::from_prompt(&question)
        .map_err(|error| CommandError::usage(texts, "error-mail-no-password", &[("detail", Value::text(error))]))
}

fn address(text: &str, texts: Texts) -> Result<Address> {
    text.trim().parse().map_err(|error| {
        CommandError::usage(texts, "error-mail-address", &[("text", Value::text(text)), ("detail", Value::text(error))])
    })
}

fn target(
    name: &str,
    host: &str,
    how: &TargetArgs,
    recipients: &[String],
    args: &MonitorArgs,
    texts: Texts,
) -> Result<Target> {
    // An unresolvable name may resolve later; an invalid name never does.
    let (_, port) = address::named(host, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?;
    let thresholds = Thresholds { slow: how.slow, very_slow: how.very_slow };
    if how.slow >= how.very_slow || how.very_slow >= how.timeout {
        let time = |time: Duration| Value::text(humantime::format_duration(time));
        let values = [("slow", time(how.slow)), ("very_slow", time(how.very_slow)), ("timeout", time(how.timeout))];
        return Err(CommandError::usage(texts, "error-thresholds", &values));
    }
    if how.interval < MIN_INTERVAL {
        let least = Value::text(humantime::format_duration(MIN_INTERVAL));
        return Err(CommandError::usage(texts, "error-interval", &[("least", least)]));
    }
    let probe = Probe::any(&how.text, 0).map_err(|error| error::template(texts, "--text", &how.text, &error))?;
    let alert = match how.alert {
        AlertWhen::Change => AlertMode::Change,
        AlertWhen::Always => AlertMode::Always,
    };
    Ok(Target {
        name: name.to_owned(),
        host: host.to_owned(),
        port,
        probe,
        interval: how.interval,
        timeout: how.timeout,
        watch: AlertConfig { thresholds, confirm: how.confirm, alert },
        count: args.count,
        length: args.length,
        recipients: recipients.iter().map(|text| address(text, texts)).collect::<Result<_>>()?,
    })
}
