//! Arguments of `chat servidor` and `chat cliente`.

use std::time::Duration;

use clap::{Args, Subcommand};

use super::arguments::{OutputArgs, RecordingArgs};
use super::values::time;

/// Arguments of `chat`.
#[derive(Debug, Args)]
pub struct ChatArgs {
    #[command(subcommand)]
    pub command: ChatCommand,
}

#[derive(Debug, Subcommand)]
pub enum ChatCommand {
    #[command(name = "servidor")]
    Server(ChatServerArgs),
    #[command(name = "cliente")]
    Client(ChatClientArgs),
}

/// Arguments of `chat servidor`.
#[derive(Debug, Args)]
pub struct ChatServerArgs {
    #[arg(long, conflicts_with = "udp")]
    pub tcp: bool,
    #[arg(long)]
    pub udp: bool,
    #[arg(short = 'p', long, value_name = "ADDR:PORT", default_value = "0.0.0.0:12345", alias = "escutar")]
    pub listen: String,
    #[arg(long, requires = "udp", alias = "aberto")]
    pub open: bool,
    #[arg(long, value_name = "N", default_value_t = crate::core::protocol::chat::MAX_MEMBERS as u32,
          value_parser = clap::value_parser!(u32).range(1..=100_000), alias = "membros")]
    pub members: u32,
    /// Members from one address at once.
    #[arg(long, value_name = "N", default_value_t = crate::core::protocol::chat::MAX_PER_ADDRESS as u32,
          value_parser = clap::value_parser!(u32).range(1..=100_000), alias = "por-endereco")]
    pub per_address: u32,
    /// Texts a second from one member, 0 for no limit.
    #[arg(long, value_name = "N", default_value_t = crate::core::protocol::chat::TEXTS_PER_SECOND, alias = "limite")]
    pub rate_limit: u32,
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time, requires = "udp", alias = "ocioso")]
    pub idle: Duration,
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time, conflicts_with = "udp", alias = "prazo")]
    pub timeout: Duration,
    #[arg(long, value_name = "TIME", value_parser = time, alias = "duracao")]
    pub duration: Option<Duration>,
    #[command(flatten)]
    pub recording: RecordingArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `chat cliente`.
#[derive(Debug, Args)]
pub struct ChatClientArgs {
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:12345")]
    pub host: String,
    #[arg(long, conflicts_with = "udp")]
    pub tcp: bool,
    #[arg(long)]
    pub udp: bool,
    #[arg(long, value_name = "NAME", alias = "apelido")]
    pub nick: Option<String>,
    #[arg(long, value_name = "ADDR:PORT", alias = "local")]
    pub bind: Option<String>,
    #[arg(long, alias = "reconectar")]
    pub reconnect: bool,
    /// From one line to the next, where they come from a file or a program.
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = time, alias = "intervalo")]
    pub interval: Duration,
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = time, conflicts_with = "udp", alias = "prazo")]
    pub timeout: Duration,
    #[command(flatten)]
    pub recording: RecordingArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}
