//! Arguments of `enviar`, `receber` and `comparar`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::arguments::RecordingArgs;
use super::values::{rate, rate_words, size, time};
use crate::core::protocol::transfer::block;
use crate::core::protocol::transfer::pacing::Rate;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TransferMode {
    /// Numbered blocks over UDP, without repair.
    Udp,
    Classic,
    Quic,
    Tcp,
}

/// Arguments of `enviar`.
#[derive(Debug, Args)]
pub struct SendArgs {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[arg(short = 'c', short_alias = 'n', long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=i64::from(crate::core::protocol::transfer::MAX_CLIENTS)), alias = "clientes")]
    pub clients: u16,
    #[arg(short = 'p', long, value_name = "ADDR:PORT", default_value = "0.0.0.0:5005", alias = "escutar")]
    pub listen: String,
    #[arg(long, value_name = "MODE", default_value = "udp", alias = "modo")]
    pub mode: TransferMode,
    #[arg(long, value_name = "RATE", default_value = "auto", value_parser = rate, alias = "taxa")]
    pub rate: Rate,
    #[arg(long, value_name = "BYTES", default_value_t = block::DEFAULT,
          value_parser = clap::value_parser!(u32).range(i64::from(block::MIN_BLOCK)..=i64::from(block::MAX_BLOCK)), alias = "bloco")]
    pub block: u32,
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = time, alias = "espera")]
    pub barrier_timeout: Duration,
    #[command(flatten)]
    pub recording: RecordingArgs,
    #[arg(long, value_name = "FOLDER", alias = "registros")]
    pub logs: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
}

/// Arguments of `receber`.
#[derive(Debug, Args)]
pub struct ReceiveArgs {
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:5005")]
    pub host: String,
    #[arg(short, long, value_name = "FOLDER", default_value = ".", alias = "pasta")]
    pub output: PathBuf,
    /// The only mode that is taken.
    #[arg(long, value_name = "MODE", alias = "modo")]
    pub mode: Option<TransferMode>,
    #[arg(long, value_name = "SIZE", default_value = "10GB", value_parser = size, alias = "tamanho-maximo")]
    pub max_size: u64,
    #[arg(long, value_name = "N", default_value_t = 0, alias = "porta-dados")]
    pub data_port: u16,
    #[arg(long, value_name = "BYTES", default_value_t = crate::net::block_sockets::BUFFER, value_parser = clap::value_parser!(u32).range(1..=1 << 30))]
    pub buffer: u32,
    #[command(flatten)]
    pub recording: RecordingArgs,
    #[arg(long, value_name = "FOLDER", alias = "registros")]
    pub logs: Option<PathBuf>,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
}

/// Arguments of `comparar`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    #[arg(value_name = "FILE", conflicts_with = "sizes")]
    pub file: Option<PathBuf>,
    /// Sizes of files that are made for it.
    #[arg(long, value_name = "SIZE", default_value = "100MB", value_delimiter = ',', value_parser = size, alias = "tamanhos")]
    pub sizes: Vec<u64>,
    #[arg(long, value_name = "N", default_value = "1,5,10", value_delimiter = ',',
          value_parser = clap::value_parser!(u16).range(1..=i64::from(crate::core::protocol::transfer::MAX_CLIENTS)), alias = "clientes")]
    pub clients: Vec<u16>,
    #[arg(long, value_name = "RATE", default_value = "auto", value_parser = rate_words, alias = "taxa")]
    pub rate: String,
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
}
