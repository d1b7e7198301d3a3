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
use crate::files;
use crate::i18n::{Texts, Value};
use crate::mail::message::Address;
use crate::mail::{Password, Security, SmtpAccount};
use crate::net::address;

/// Shortest probe interval: the monitor is no flood generator.
const MIN_INTERVAL: Duration = Duration::from_millis(100);

/// Longest file of a certificate, bytes.
const MAX_CERTIFICATE_LEN: u64 = 1 << 20;

/// Late replies are waited for until the next probe, but no longer than this.
pub const MAX_LATE_WAIT: Duration = Duration::from_secs(60);

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
    pub alert_config: AlertConfig,
    /// How many measurements, 0 for no end.
    pub count: u64,
    pub duration: Option<Duration>,
    pub recipients: Vec<Address>,
}

impl Target {
    /// Whether only Ctrl-C ends it.
    pub const fn is_endless(&self) -> bool {
        self.count == 0 && self.duration.is_none()
    }
}

/// The mail server and the messages.
pub struct MailConfig {
    pub account: SmtpAccount,
    pub server: String,
    pub from: Address,
    /// How often and how long a letter is tried.
    pub policy: RetryPolicy,
}

pub struct MonitorConfig {
    pub targets: Vec<Arc<Target>>,
    /// The mail settings, if alerts are mailed.
    pub mail: Option<Arc<MailConfig>>,
}

/// Validates the command line.
///
/// # Errors
/// A [`CommandError`] that names the setting and the problem.
pub fn read(args: &MonitorArgs, texts: Texts) -> Result<MonitorConfig> {
    let (targets, mail_args) = match &args.config {
        None => {
            let single = build_target(&args.host, &args.host, &args.target, &args.mail.email_to, args, texts)?;
            (vec![single], args.mail.clone())
        }
        Some(path) => {
            let config = ConfigFile::read(path, texts)?;
            let targets = config.targets.iter().map(|entry| {
                let to = entry.recipients(&args.mail.email_to);
                build_target(entry.name(), &entry.host, &entry.settings(&args.target), to, args, texts)
            });
            (targets.collect::<Result<_>>()?, config.mail(path, &args.mail))
        }
    };
    let targets: Vec<Arc<Target>> = targets.into_iter().map(Arc::new).collect();
    let has_recipients = targets.iter().any(|target| !target.recipients.is_empty());
    let mail = match &mail_args.smtp {
        Some(_) if !has_recipients => return Err(CommandError::usage(texts, "error-mail-no-recipient", &[])),
        None if has_recipients => return Err(CommandError::usage(texts, "error-mail-no-server", &[])),
        None => None,
        Some(server) => Some(Arc::new(build_mail_config(server, &mail_args, texts)?)),
    };
    Ok(MonitorConfig { targets, mail })
}

fn build_mail_config(server: &str, args: &MailArgs, texts: Texts) -> Result<MailConfig> {
    let port = match args.smtp_tls {
        SmtpTls::Starttls => 587,
        SmtpTls::Implicit => 465,
        SmtpTls::None => 25,
    };
    let (host, port) = address::named(server, port).map_err(|error| error::host(texts, &error))?;
    let is_local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    let security = match args.smtp_tls {
        SmtpTls::Starttls => Security::StartTls,
        SmtpTls::Implicit => Security::Implicit,
        SmtpTls::None if args.smtp_cleartext => Security::None,
        SmtpTls::None if is_local => Security::NoneToThisHost,
        SmtpTls::None => {
            return Err(CommandError::usage(texts, "error-mail-cleartext", &[("host", Value::text(host))]));
        }
    };
    let from = match (&args.email_from, &args.smtp_user) {
        (Some(from), _) => parse_address(from, texts)?,
        // The user's name is an address at most servers.
        (None, Some(user)) if user.parse::<Address>().is_ok() => parse_address(user, texts)?,
        (None, _) => return Err(CommandError::usage(texts, "error-mail-no-from", &[])),
    };
    let login = args.smtp_user.as_ref().map(|user| anyhow::Ok((user.clone(), password(user, args, texts)?)));
    let root_certificate = args.smtp_ca.as_deref().map(|path| {
        let read = files::read(path, MAX_CERTIFICATE_LEN);
        read.map_err(|error| error::file(texts, "error-read", path, &error))
    });
    let (login, root) = (login.transpose()?, root_certificate.transpose()?);
    let account = SmtpAccount::new(host.to_owned(), port, security, root.as_deref(), login, args.smtp_timeout)
        .map_err(|detail| CommandError::usage(texts, "error-mail-certificate", &[("detail", Value::text(detail))]))?;
    let longest_pause = RetryPolicy::default().max_delay.max(args.smtp_retry);
    let policy = RetryPolicy { initial_delay: args.smtp_retry, max_delay: longest_pause, ..RetryPolicy::default() };
    Ok(MailConfig { account, server: format!("{host}:{port}"), from, policy })
}

/// The password of the mail account, from its file, the environment or the terminal.
fn password(user: &str, args: &MailArgs, texts: Texts) -> Result<Password> {
    if let Some(path) = &args.smtp_password_file {
        let password = Password::from_file(path).map_err(|error| error::file(texts, "error-read", path, &error))?;
        let is_open_to_others = std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o077 != 0);
        if is_open_to_others {
            eprint_line(texts.with("mail-password-open", &[("file", Value::text(path.display()))]));
        }
        return Ok(password);
    }
    if let Some(password) = Password::from_environment() {
        return Ok(password);
    }
    let question = texts.with("mail-password", &[("user", Value::text(user))]);
    Password::from_prompt(&question)
        .map_err(|error| CommandError::usage(texts, "error-mail-no-password", &[("detail", Value::text(error))]))
}

fn parse_address(text: &str, texts: Texts) -> Result<Address> {
    text.trim().parse().map_err(|error| {
        CommandError::usage(texts, "error-mail-address", &[("text", Value::text(text)), ("detail", Value::text(error))])
    })
}

fn build_target(
    name: &str,
    host: &str,
    target_args: &TargetArgs,
    recipients: &[String],
    args: &MonitorArgs,
    texts: Texts,
) -> Result<Target> {
    // An unresolvable name may resolve later; an invalid name never does.
    let (_, port) = address::named(host, DEFAULT_PORT).map_err(|error| error::host(texts, &error))?;
    let thresholds = Thresholds { slow: target_args.slow, very_slow: target_args.very_slow };
    if target_args.slow >= target_args.very_slow || target_args.very_slow >= target_args.timeout {
        let time = |time: Duration| Value::text(humantime::format_duration(time));
        let values = [
            ("slow", time(target_args.slow)),
            ("very_slow", time(target_args.very_slow)),
            ("timeout", time(target_args.timeout)),
        ];
        return Err(CommandError::usage(texts, "error-thresholds", &values));
    }
    if target_args.interval < MIN_INTERVAL {
        let min_interval = Value::text(humantime::format_duration(MIN_INTERVAL));
        return Err(CommandError::usage(texts, "error-interval", &[("least", min_interval)]));
    }
    let probe = Probe::any(&target_args.text, 0)
        .map_err(|error| error::template(texts, "--text", &target_args.text, &error))?;
    let alert = match target_args.alert {
        AlertWhen::Change => AlertMode::Change,
        AlertWhen::Always => AlertMode::Always,
    };
    Ok(Target {
        name: name.to_owned(),
        host: host.to_owned(),
        port,
        probe,
        interval: target_args.interval,
        timeout: target_args.timeout,
        alert_config: AlertConfig { thresholds, confirm: target_args.confirm, alert },
        count: args.count,
        duration: args.length,
        recipients: recipients.iter().map(|text| parse_address(text, texts)).collect::<Result<_>>()?,
    })
}
