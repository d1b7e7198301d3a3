//! The command line as clap structs. The help texts come from `locales/` through [`help`].
//!
//! Subcommands have [names] in each language, long options have English names with Portuguese aliases.

pub mod analysis;
pub mod arguments;
pub mod chat;
pub mod exchange;
pub mod help;
pub mod impair;
pub mod monitor;
pub mod names;
pub mod transfer;
pub mod usage_errors;
pub mod values;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::i18n::Language;

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
    /// Only the result and errors.
    #[arg(short, long, global = true, conflicts_with = "verbose", alias = "quieto")]
    pub quiet: bool,
    /// A line for each message.
    #[arg(short, long, global = true, alias = "detalhado")]
    pub verbose: bool,
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
    #[command(name = "servidor")]
    Server(ServerArgs),
    #[command(name = "cliente")]
    Client(ClientArgs),
    #[command(name = "ping")]
    Ping(PingArgs),
    #[command(name = "monitor")]
    Monitor(Box<MonitorArgs>),
    #[command(name = "analisar")]
    Analyze(AnalyzeArgs),
    #[command(name = "conferir")]
    Check(CheckArgs),
    #[command(name = "simulador")]
    Impair(ImpairArgs),
    #[command(name = "enviar")]
    Send(SendArgs),
    #[command(name = "receber")]
    Receive(ReceiveArgs),
    #[command(name = "comparar")]
    Compare(CompareArgs),
    #[command(name = "chat")]
    Chat(ChatArgs),
    #[command(name = "demo")]
    Demo(DemoArgs),
    #[command(name = "completar")]
    Complete(CompleteArgs),
    #[command(name = "ajuda")]
    Help(HelpArgs),
}

/// The command line with the subcommands' names in a language. It understands the same in each.
pub fn command(language: Language) -> clap::Command {
    names::named_in(Cli::command(), language)
}

/// Arguments of `ajuda`.
#[derive(Clone, Debug, Args)]
pub struct HelpArgs {
    /// A command, and one below it.
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
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
