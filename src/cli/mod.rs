//! The command line: clap structs only. What people read of it, [`help`] takes from `locales/`.
//!
//! Subcommands are Portuguese with English aliases, long options English with Portuguese aliases.

pub mod analysis;
pub mod chat;
pub mod exchange;
pub mod help;
pub mod impair;
pub mod monitor;
pub mod transfer;
pub mod usage_errors;
mod values;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::analysis::{AnalyzeArgs, CheckArgs};
pub use self::chat::{ChatArgs, ChatClientArgs, ChatCommand, ChatServerArgs};
pub use self::exchange::{ClientArgs, PingArgs, ReplyMode, ServerArgs};
pub use self::impair::{DemoArgs, ImpairArgs, ImpairmentArgs};
pub use self::monitor::{AlertWhen, MailArgs, MonitorArgs, SmtpTls, TargetArgs};
pub use self::transfer::{CompareArgs, ReceiveArgs, SendArgs, TransferMode};

/// All that can be typed.
#[derive(Debug, Parser)]
#[command(name = "medidor", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Cli {
    /// The language of what is printed.
    #[arg(long, global = true, value_name = "LANG", alias = "idioma")]
    pub lang: Option<LanguageName>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A language by its short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LanguageName {
    /// Portuguese.
    Pt,
    /// English.
    En,
    /// Spanish.
    Es,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Answers numbered messages.
    #[command(name = "servidor", visible_alias = "server")]
    Server(ServerArgs),
    /// Sends numbered messages and measures the loss.
    #[command(name = "cliente", visible_alias = "client")]
    Client(ClientArgs),
    /// Probes one at a time, with their round-trip times.
    #[command(name = "ping")]
    Ping(PingArgs),
    /// Classes the latency of a server, for as long as it takes.
    #[command(name = "monitor")]
    Monitor(Box<MonitorArgs>),
    /// Holds captures and journals against each other.
    #[command(name = "analisar", visible_alias = "analyze", alias = "analizar")]
    Analyze(AnalyzeArgs),
    /// Holds submissions against the assignment.
    #[command(name = "conferir", visible_alias = "check", alias = "comprobar")]
    Check(CheckArgs),
    /// A relay with a bad network inside.
    #[command(name = "simulador", visible_alias = "impair")]
    Impair(ImpairArgs),
    /// Sends one file to several receivers.
    #[command(name = "enviar", visible_alias = "send")]
    Send(SendArgs),
    /// Receives a file.
    #[command(name = "receber", visible_alias = "receive", alias = "recibir")]
    Receive(ReceiveArgs),
    /// The same file over every mode, side by side.
    #[command(name = "comparar", visible_alias = "compare")]
    Compare(CompareArgs),
    /// A chat.
    #[command(name = "chat")]
    Chat(ChatArgs),
    /// Server, relay and client on one machine, and the analysis.
    #[command(name = "demo")]
    Demo(DemoArgs),
    /// Writes completions for a shell, or the manual.
    #[command(name = "completar", visible_alias = "complete")]
    Complete(CompleteArgs),
}

/// What a run records.
#[derive(Debug, Args)]
pub struct RecordingArgs {
    /// The savefile.
    #[arg(long, value_name = "FILE", alias = "captura")]
    pub capture: Option<PathBuf>,
    /// Measure without a capture where the right to it is lacking.
    #[arg(long, requires = "capture", alias = "captura-opcional")]
    pub capture_optional: bool,
    /// The journal.
    #[arg(long, value_name = "FILE", alias = "diario")]
    pub journal: Option<PathBuf>,
    /// The device to capture on.
    #[arg(long, value_name = "NAME", requires = "capture")]
    pub interface: Option<String>,
    /// The capture filter.
    #[arg(long, value_name = "EXPR|@FILE", requires = "capture", alias = "filtro")]
    pub filter: Option<String>,
    /// Bytes kept of each frame.
    #[arg(long, value_name = "BYTES", default_value_t = crate::capture::live::SNAPLEN, requires = "capture",
          value_parser = clap::value_parser!(u32).range(64..=262_144))]
    pub snaplen: u32,
}

/// How a result is printed.
#[derive(Clone, Debug, Default, Args)]
pub struct OutputArgs {
    /// As one JSON document.
    #[arg(long)]
    pub json: bool,
    /// With every message, however many.
    #[arg(long, alias = "todas")]
    pub all: bool,
    /// As a page for browsers.
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
    /// The messages as comma-separated values.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
}

impl OutputArgs {
    /// Every message is needed, however many there are.
    pub const fn needs_all(&self) -> bool {
        self.all || self.csv.is_some()
    }
}

/// Arguments of `completar`.
#[derive(Clone, Copy, Debug, Args)]
pub struct CompleteArgs {
    /// For whom.
    #[arg(value_name = "SHELL")]
    pub shell: CompletionForm,
}

/// What `completar` can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompletionForm {
    /// Completions for bash.
    Bash,
    /// Completions for zsh.
    Zsh,
    /// Completions for fish.
    Fish,
    /// Completions for `PowerShell`.
    Powershell,
    /// Completions for elvish.
    Elvish,
    /// The manual page.
    Man,
}
