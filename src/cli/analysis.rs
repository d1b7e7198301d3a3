//! Arguments of `analisar` and `conferir`.

use std::path::PathBuf;

use clap::Args;

use super::arguments::OutputArgs;

/// Capture and journal of a sender and of as many receivers as a transfer can have.
const MAX_FILES: usize = 2 + 2 * crate::core::protocol::transfer::MAX_CLIENTS as usize;

/// Arguments of `analisar`.
#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    #[arg(value_name = "FILE", num_args = 0..=MAX_FILES)]
    pub files: Vec<PathBuf>,
    /// They are of a chat, though no journal says so.
    #[arg(long)]
    pub chat: bool,
    #[arg(long, value_name = "FILE", alias = "cliente")]
    pub client: Vec<PathBuf>,
    #[arg(long, value_name = "FILE", alias = "servidor")]
    pub server: Vec<PathBuf>,
    #[arg(short, long, value_name = "N", alias = "porta")]
    pub port: Option<u16>,
    /// Which of the server's flows is the client's.
    #[arg(long, value_name = "N", alias = "fluxo")]
    pub flow: Option<u32>,
    /// The record of a relay between the two.
    #[arg(long, value_name = "FILE", alias = "verdade")]
    pub truth: Option<PathBuf>,
    /// The captures once more, with the verdict on each packet.
    #[arg(long, value_name = "FILE", alias = "anotar")]
    pub annotate: Option<PathBuf>,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `conferir`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The files of a submission, or folders of one or of several.
    #[arg(value_name = "FILE|FOLDER", required = true)]
    pub paths: Vec<PathBuf>,
    /// Each named folder is one submission.
    #[arg(long, alias = "uma")]
    pub one: bool,
    /// Each folder in the named ones is one.
    #[arg(long, alias = "cada", conflicts_with = "one")]
    pub each: bool,
    #[arg(short, long, value_name = "N", alias = "porta")]
    pub port: Option<u16>,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Every point with its reason and evidence.
    #[arg(long, alias = "detalhes", conflicts_with = "json")]
    pub details: bool,
}
