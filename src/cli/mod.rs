//! The command line as clap structs. The help texts come from `locales/` through [`help`].
//!
//! Subcommands have Portuguese names with English aliases, long options have English names with Portuguese aliases.

pub mod analysis;
pub mod arguments;
pub mod chat;
pub mod exchange;
pub mod help;
pub mod impair;
pub mod monitor;
pub mod transfer;
pub mod usage_errors;
mod values;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::analysis::{AnalyzeArgs, CheckArgs};
pub use self::arguments::{OutputArgs, RecordingArgs};
pub use self::chat::{ChatArgs, ChatClientArgs, ChatCommand, ChatServerArgs};
pub use self::exchange::{ClientArgs, PingArgs, ReplyMode, ServerArgs};
pub use self::impair::{DemoArgs, ImpairArgs, ImpairmentArgs};
pub use self::monitor::{AlertWhen, MailArgs, MonitorArgs, SmtpTls, TargetArgs};
pub use self::transfer::{CompareArgs, ReceiveArgs, SendArgs, TransferMode};

#[derive(Debug, Parser)]
#[command(name = "medidor", version, disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Cli {
    #[arg(long, global = true, value_name = "LANG", alias = "idioma")]
    pub lang: Option<LanguageName>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LanguageName {
    Pt,
    En,
    Es,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    #[command(name = "servidor", visible_alias = "server")]
    Server(ServerArgs),
    #[command(name = "cliente", visible_alias = "client")]
    Client(ClientArgs),
    #[command(name = "ping")]
    Ping(PingArgs),
    #[command(name = "monitor")]
    Monitor(Box<MonitorArgs>),
    #[command(name = "analisar", visible_alias = "analyze", alias = "analizar")]
    Analyze(AnalyzeArgs),
    #[command(name = "conferir", visible_alias = "check", alias = "comprobar")]
    Check(CheckArgs),
    #[command(name = "simulador", visible_alias = "impair")]
    Impair(ImpairArgs),
    #[command(name = "enviar", visible_alias = "send")]
    Send(SendArgs),
    #[command(name = "receber", visible_alias = "receive", alias = "recibir")]
    Receive(ReceiveArgs),
    #[command(name = "comparar", visible_alias = "compare")]
    Compare(CompareArgs),
    #[command(name = "chat")]
    Chat(ChatArgs),
    #[command(name = "demo")]
    Demo(DemoArgs),
    #[command(name = "completar", visible_alias = "complete")]
    Complete(CompleteArgs),
}

#[derive(Clone, Copy, Debug, Args)]
pub struct CompleteArgs {
    #[arg(value_name = "SHELL")]
    pub shell: CompletionForm,
}

/// The forms that `completar` can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CompletionForm {
    Bash,
    Zsh,
    Fish,
    Powershell,
    Elvish,
    Man,
}
