//! Arguments of `servidor`, `cliente` and `ping`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::arguments::{OutputArgs, RecordingArgs};
use super::values::{percent, time};

/// Arguments of `servidor`.
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// The same as `--listen`.
    #[arg(value_name = "PORT", conflicts_with = "listen")]
    pub port: Option<String>,
    #[arg(short = 'p', long, value_name = "ADDR:PORT", default_value = "0.0.0.0:5005", alias = "escutar")]
    pub listen: String,
    #[arg(long, value_name = "MODE", default_value = "ack", alias = "resposta")]
    pub reply: ReplyMode,
    /// The text of a reply in the ack mode.
    #[arg(long, value_name = "TEXT", default_value = crate::core::protocol::message::DEFAULT_REPLY, alias = "formato-ack")]
    pub ack_format: String,
    /// Where all replies go, instead of to the sender.
    #[arg(long, value_name = "IP:PORT", alias = "responder-a")]
    pub reply_to: Option<SocketAddr>,
    /// Percentage of messages to leave unanswered on purpose.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent, alias = "descartar")]
    pub drop: f64,
    /// Seed of the dice, which is drawn where none is given.
    #[arg(long, value_name = "N", alias = "semente")]
    pub seed: Option<u64>,
    /// Replies per second to one address, 0 for no limit.
    #[arg(long, value_name = "N", default_value_t = 5_000, alias = "limite")]
    pub rate_limit: u32,
    #[arg(long, value_name = "TIME", value_parser = time, alias = "duracao")]
    pub duration: Option<Duration>,
    #[command(flatten)]
    pub recording: RecordingArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReplyMode {
    /// `ACK n`.
    Ack,
    Echo,
    /// The text in upper case.
    Upper,
    /// `pong`.
    Pong,
}

/// Arguments of `cliente`.
#[derive(Debug, Args)]
pub struct ClientArgs {
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:5005")]
    pub host: String,
    #[arg(short = 'c', short_alias = 'n', long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..), alias = "mensagens")]
    pub count: u64,
    /// After how many messages to pause, 0 for never.
    #[arg(long, value_name = "N", default_value_t = 10, alias = "lote")]
    pub batch: u64,
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time, alias = "pausa")]
    pub pause: Duration,
    #[arg(short, long, value_name = "TIME", default_value = "100ms", value_parser = time, alias = "intervalo")]
    pub interval: Duration,
    #[arg(long, alias = "intervalo-fixo")]
    pub fixed_interval: bool,
    /// How long a message may wait for its reply.
    #[arg(short = 'W', long, value_name = "TIME", default_value = "10s", value_parser = time, alias = "espera")]
    pub wait: Duration,
    #[arg(long, value_name = "TEXT", default_value = crate::core::protocol::message::DEFAULT_REQUEST, alias = "mensagem")]
    pub message: String,
    #[arg(long, value_name = "ADDR:PORT", alias = "local")]
    pub bind: Option<String>,
    #[command(flatten)]
    pub recording: RecordingArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `ping`.
#[derive(Debug, Args)]
pub struct PingArgs {
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:12000")]
    pub host: String,
    /// How many probes, 0 for no end.
    #[arg(short = 'c', short_alias = 'n', long, value_name = "N", default_value_t = 10, alias = "mensagens")]
    pub count: u64,
    /// How long a probe may wait for its reply.
    #[arg(short = 'W', long, value_name = "TIME", default_value = "1s", value_parser = time, alias = "prazo")]
    pub timeout: Duration,
    #[arg(short, long, value_name = "TIME", default_value = "1s", value_parser = time, alias = "intervalo")]
    pub interval: Duration,
    #[arg(long, alias = "intervalo-fixo")]
    pub fixed_interval: bool,
    #[arg(long, value_name = "TEXT", default_value = crate::core::protocol::message::DEFAULT_PROBE, alias = "texto")]
    pub text: String,
    #[arg(short, long, value_name = "BYTES", value_parser = clap::value_parser!(u16).range(1..=65_507), alias = "tamanho")]
    pub size: Option<u16>,
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    pub ttl: Option<u8>,
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..64))]
    pub dscp: Option<u8>,
    #[arg(long, value_name = "ADDR:PORT", alias = "local")]
    pub bind: Option<String>,
    #[arg(long, alias = "grafico", conflicts_with = "json")]
    pub plot: bool,
    #[command(flatten)]
    pub recording: RecordingArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
