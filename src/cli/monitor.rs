//! Arguments of `monitor`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::values::time;

/// Arguments of `monitor`.
#[derive(Debug, Args)]
pub struct MonitorArgs {
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:12345")]
    pub host: String,
    /// Many targets, from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "host", alias = "configuracao")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub target: TargetArgs,
    /// How many measurements, 0 for no end.
    #[arg(short = 'c', short_alias = 'n', long, value_name = "N", default_value_t = 0, alias = "medicoes")]
    pub count: u64,
    #[arg(long = "for", value_name = "TIME", value_parser = time, alias = "durante")]
    pub length: Option<Duration>,
    #[arg(long, value_name = "FILE", alias = "registro")]
    pub log: Option<PathBuf>,
    #[arg(long, value_name = "ADDR:PORT", alias = "metricas")]
    pub metrics: Option<SocketAddr>,
    #[arg(long, value_name = "FOLDER", alias = "captura")]
    pub capture: Option<PathBuf>,
    /// Measure without a capture where the right to it is lacking.
    #[arg(long, requires = "capture", alias = "captura-opcional")]
    pub capture_optional: bool,
    #[arg(long, value_name = "NAME", requires = "capture")]
    pub interface: Option<String>,
    #[command(flatten)]
    pub mail: MailArgs,
    #[arg(long, requires = "capture", alias = "email-anexar")]
    pub email_attach: bool,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "mail")]
pub struct MailArgs {
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', alias = "email-para")]
    pub email_to: Vec<String>,
    #[arg(long, value_name = "ADDRESS", alias = "email-de")]
    pub email_from: Option<String>,
    #[arg(long, value_name = "HOST:PORT")]
    pub smtp: Option<String>,
    #[arg(long, value_name = "HOW", default_value = "starttls")]
    pub smtp_tls: SmtpTls,
    #[arg(long, alias = "smtp-sem-cifra")]
    pub smtp_cleartext: bool,
    #[arg(long, value_name = "NAME", alias = "smtp-usuario")]
    pub smtp_user: Option<String>,
    #[arg(long, value_name = "FILE", alias = "smtp-arquivo-senha")]
    pub smtp_password_file: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub smtp_ca: Option<PathBuf>,
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time, alias = "smtp-prazo")]
    pub smtp_timeout: Duration,
    /// The first pause before another try.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = time, alias = "smtp-nova-tentativa")]
    pub smtp_retry: Duration,
}

/// How the connection to a mail server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SmtpTls {
    /// TLS after the greeting, or nothing is sent.
    Starttls,
    /// TLS from the beginning.
    Implicit,
    /// None.
    None,
}

#[derive(Clone, Debug, Args)]
pub struct TargetArgs {
    #[arg(short, long, value_name = "TIME", default_value = "10s", value_parser = time, alias = "intervalo")]
    pub interval: Duration,
    /// How long a probe may wait for its reply.
    #[arg(short = 'W', long, value_name = "TIME", default_value = "2s", value_parser = time, alias = "prazo")]
    pub timeout: Duration,
    #[arg(long, value_name = "TEXT", default_value = crate::core::protocol::monitor::DEFAULT_TEXT, alias = "texto")]
    pub text: String,
    /// Slow from this round-trip time on.
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = time, alias = "lenta")]
    pub slow: Duration,
    /// Very slow from this round-trip time on.
    #[arg(long, value_name = "TIME", default_value = "300ms", value_parser = time, alias = "muito-lenta")]
    pub very_slow: Duration,
    /// For how many measurements a class must hold.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..), alias = "confirmar")]
    pub confirm: u32,
    #[arg(long, value_name = "WHEN", default_value = "change", alias = "alerta")]
    pub alert: AlertWhen,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AlertWhen {
    Change,
    Always,
}
