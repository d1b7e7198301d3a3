//! Arguments of `simulador` and `demo`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::arguments::OutputArgs;
use super::values::{bit_rate, percent, time};
use crate::core::protocol::impairment::LossModel;

/// Arguments of `simulador`.
#[derive(Debug, Args)]
pub struct ImpairArgs {
    #[arg(short = 'p', long, value_name = "ADDR:PORT", default_value = "127.0.0.1:5006", alias = "escutar")]
    pub listen: String,
    #[arg(long, value_name = "HOST[:PORT]", default_value = "127.0.0.1:5005", alias = "para")]
    pub to: String,
    #[command(flatten)]
    pub impairment: ImpairmentArgs,
    /// Seed of the dice, which is drawn where none is given.
    #[arg(long, value_name = "N", alias = "semente")]
    pub seed: Option<u64>,
    #[arg(long, value_name = "FILE", alias = "verdade")]
    pub truth: Option<PathBuf>,
    #[arg(long, value_name = "TIME", value_parser = time, alias = "duracao")]
    pub duration: Option<Duration>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "impairment")]
pub struct ImpairmentArgs {
    #[arg(long, value_name = "LOSS", aliases = ["loss-forward", "perda"])]
    pub loss: Option<LossModel>,
    #[arg(long, value_name = "LOSS", alias = "perda-volta")]
    pub loss_return: Option<LossModel>,
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = time, alias = "atraso")]
    pub delay: Duration,
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = time)]
    pub jitter: Duration,
    /// Percentage held back so that others overtake them.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent, alias = "reordenar")]
    pub reorder: f64,
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent, alias = "duplicar")]
    pub duplicate: f64,
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent, alias = "corromper")]
    pub corrupt: f64,
    #[arg(long, value_name = "RATE", value_parser = bit_rate, alias = "taxa")]
    pub rate: Option<u64>,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder for the files of the run, which must not be there.
    #[arg(short, long, value_name = "FOLDER", alias = "pasta")]
    pub output: Option<PathBuf>,
    #[arg(short = 'c', short_alias = 'n', long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..), alias = "mensagens")]
    pub count: u64,
    #[arg(short, long, value_name = "TIME", default_value = "50ms", value_parser = time, alias = "intervalo")]
    pub interval: Duration,
    #[command(flatten)]
    pub impairment: ImpairmentArgs,
    /// Seed of the dice; this one's luck comes near the average in thirty messages.
    #[arg(long, value_name = "N", default_value_t = 7, alias = "semente")]
    pub seed: u64,
    #[command(flatten)]
    pub form: OutputArgs,
}
