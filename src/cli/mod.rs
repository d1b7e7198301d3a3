//! The command line: clap structs only. What people read of it, [`help`] takes from `locales/`.
//!
//! Subcommands are Portuguese with English aliases, long options English with Portuguese aliases.

pub mod help;
pub mod mistakes;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::core::dialect::impairment::Loss;
use crate::core::dialect::transfer::block;
use crate::core::dialect::transfer::pace::Rate;

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

/// Arguments of `servidor`.
#[derive(Debug, Args)]
pub struct ServerArgs {
    /// Where to listen.
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:5005", alias = "escutar")]
    pub listen: String,
    /// What to answer.
    #[arg(long, value_name = "MODE", default_value = "ack", alias = "resposta")]
    pub reply: ReplyMode,
    /// The text of a reply in the ack mode.
    #[arg(long, value_name = "TEXT", default_value = crate::core::dialect::message::DEFAULT_REPLY, alias = "formato-ack")]
    pub ack_format: String,
    /// Where all replies go, instead of to the sender.
    #[arg(long, value_name = "IP:PORT", alias = "responder-a")]
    pub reply_to: Option<SocketAddr>,
    /// Percentage of messages to leave unanswered on purpose.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent, alias = "descartar")]
    pub drop: f64,
    /// Seed of that choice.
    #[arg(long, value_name = "N", default_value_t = 1, alias = "semente")]
    pub seed: u64,
    /// Answers a second to one address, 0 for no limit.
    #[arg(long, value_name = "N", default_value_t = 5_000, alias = "limite")]
    pub rate_limit: u32,
    /// How long to run.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, alias = "duracao")]
    pub duration: Option<Duration>,
    /// What to record.
    #[command(flatten)]
    pub recording: RecordingArgs,
    /// How to print the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// What a server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReplyMode {
    /// `ACK n`.
    Ack,
    /// The text itself.
    Echo,
    /// The text in upper case.
    Upper,
    /// `pong`.
    Pong,
}

/// Arguments of `cliente`.
#[derive(Debug, Args)]
pub struct ClientArgs {
    /// The server.
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:5005")]
    pub host: String,
    /// How many messages.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..), alias = "mensagens")]
    pub count: u64,
    /// After how many messages to pause, 0 for never.
    #[arg(long, value_name = "N", default_value_t = 10, alias = "lote")]
    pub batch: u64,
    /// How long the pause is.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = humantime::parse_duration, alias = "pausa")]
    pub pause: Duration,
    /// From one message to the next.
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = humantime::parse_duration, alias = "intervalo")]
    pub interval: Duration,
    /// How long a message may wait for its reply.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = humantime::parse_duration, alias = "espera")]
    pub wait: Duration,
    /// The text of a message.
    #[arg(long, value_name = "TEXT", default_value = crate::core::dialect::message::DEFAULT_REQUEST, alias = "mensagem")]
    pub message: String,
    /// The local address.
    #[arg(long, value_name = "ADDR:PORT", alias = "local")]
    pub bind: Option<String>,
    /// What to record.
    #[command(flatten)]
    pub recording: RecordingArgs,
    /// How to print the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `ping`.
#[derive(Debug, Args)]
pub struct PingArgs {
    /// The server.
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:12000")]
    pub host: String,
    /// How many probes, 0 for no end.
    #[arg(long, value_name = "N", default_value_t = 10, alias = "mensagens")]
    pub count: u64,
    /// How long a probe may wait for its reply.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = humantime::parse_duration, alias = "prazo")]
    pub timeout: Duration,
    /// From one probe to the next.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = humantime::parse_duration, alias = "intervalo")]
    pub interval: Duration,
    /// The text of a probe.
    #[arg(long, value_name = "TEXT", default_value = crate::core::dialect::message::DEFAULT_PROBE, alias = "texto")]
    pub text: String,
    /// Bytes of a probe's text.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u16).range(1..=65_507), alias = "tamanho")]
    pub size: Option<u16>,
    /// How many routers a probe may pass.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    pub ttl: Option<u8>,
    /// The differentiated services code point.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..64))]
    pub dscp: Option<u8>,
    /// The local address.
    #[arg(long, value_name = "ADDR:PORT", alias = "local")]
    pub bind: Option<String>,
    /// Draw the round-trip times.
    #[arg(long, alias = "grafico", conflicts_with = "json")]
    pub plot: bool,
    /// What to record.
    #[command(flatten)]
    pub recording: RecordingArgs,
    /// How to print the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `monitor`.
#[derive(Debug, Args)]
pub struct MonitorArgs {
    /// The server.
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:12345")]
    pub host: String,
    /// Many targets, from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "host", alias = "configuracao")]
    pub config: Option<PathBuf>,
    /// How a target is measured and classed.
    #[command(flatten)]
    pub target: TargetArgs,
    /// How many measurements, 0 for no end.
    #[arg(long, value_name = "N", default_value_t = 0, alias = "medicoes")]
    pub count: u64,
    /// How long to run.
    #[arg(long = "for", value_name = "TIME", value_parser = humantime::parse_duration, alias = "durante")]
    pub length: Option<Duration>,
    /// A row for each measurement.
    #[arg(long, value_name = "FILE", alias = "registro")]
    pub log: Option<PathBuf>,
    /// Where figures can be scraped.
    #[arg(long, value_name = "ADDR:PORT", alias = "metricas")]
    pub metrics: Option<SocketAddr>,
    /// Where alerts' captures go.
    #[arg(long, value_name = "FOLDER", alias = "captura")]
    pub capture: Option<PathBuf>,
    /// Measure without a capture where the right to it is lacking.
    #[arg(long, requires = "capture", alias = "captura-opcional")]
    pub capture_optional: bool,
    /// The device to capture on.
    #[arg(long, value_name = "NAME", requires = "capture")]
    pub interface: Option<String>,
    /// Who is told, and how.
    #[command(flatten)]
    pub mail: MailArgs,
    /// Attach an alert's capture.
    #[arg(long, requires = "capture", alias = "email-anexar")]
    pub email_attach: bool,
}

/// Who is told of alerts, and by which mail server.
#[derive(Clone, Debug, Args)]
pub struct MailArgs {
    /// Who gets them.
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', alias = "email-para")]
    pub email_to: Vec<String>,
    /// Who sends them.
    #[arg(long, value_name = "ADDRESS", alias = "email-de")]
    pub email_from: Option<String>,
    /// The mail server.
    #[arg(long, value_name = "HOST:PORT")]
    pub smtp: Option<String>,
    /// How the connection is secured.
    #[arg(long, value_name = "HOW", default_value = "starttls")]
    pub smtp_tls: SmtpTls,
    /// Send unsecured to another computer, too.
    #[arg(long, alias = "smtp-sem-cifra")]
    pub smtp_cleartext: bool,
    /// Who logs in there.
    #[arg(long, value_name = "NAME", alias = "smtp-usuario")]
    pub smtp_user: Option<String>,
    /// Where the password is.
    #[arg(long, value_name = "FILE", alias = "smtp-arquivo-senha")]
    pub smtp_password_file: Option<PathBuf>,
    /// A certificate to be trusted.
    #[arg(long, value_name = "FILE")]
    pub smtp_ca: Option<PathBuf>,
    /// How long each step may take.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration, alias = "smtp-prazo")]
    pub smtp_timeout: Duration,
    /// The first pause before another try.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = humantime::parse_duration, alias = "smtp-nova-tentativa")]
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

/// How one target is measured and classed.
#[derive(Clone, Debug, Args)]
pub struct TargetArgs {
    /// From one measurement to the next.
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = humantime::parse_duration, alias = "intervalo")]
    pub interval: Duration,
    /// How long a probe may wait for its reply.
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = humantime::parse_duration, alias = "prazo")]
    pub timeout: Duration,
    /// The text of a probe.
    #[arg(long, value_name = "TEXT", default_value = crate::core::dialect::monitor::DEFAULT_TEXT, alias = "texto")]
    pub text: String,
    /// Slow from this round-trip time on.
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = humantime::parse_duration, alias = "lenta")]
    pub slow: Duration,
    /// Very slow from this round-trip time on.
    #[arg(long, value_name = "TIME", default_value = "300ms", value_parser = humantime::parse_duration, alias = "muito-lenta")]
    pub very_slow: Duration,
    /// For how many measurements a class must hold.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..), alias = "confirmar")]
    pub confirm: u32,
    /// When an alert is due.
    #[arg(long, value_name = "WHEN", default_value = "change", alias = "alerta")]
    pub alert: AlertWhen,
}

/// When an alert is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AlertWhen {
    /// Where the class has changed.
    Change,
    /// After each measurement.
    Always,
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

/// Arguments of `simulador`.
#[derive(Debug, Args)]
pub struct ImpairArgs {
    /// Where clients are listened for.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:5006", alias = "escutar")]
    pub listen: String,
    /// The server.
    #[arg(long, value_name = "HOST[:PORT]", default_value = "127.0.0.1:5005", alias = "para")]
    pub to: String,
    /// What is done to what passes.
    #[command(flatten)]
    pub impairment: ImpairmentArgs,
    /// Seed of the dice.
    #[arg(long, value_name = "N", default_value_t = 1, alias = "semente")]
    pub seed: u64,
    /// Where to write down what was done.
    #[arg(long, value_name = "FILE", alias = "verdade")]
    pub truth: Option<PathBuf>,
    /// How long to run.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, alias = "duracao")]
    pub duration: Option<Duration>,
}

/// What a bad network does. What is not said of one direction is done to both.
#[derive(Clone, Debug, Args)]
pub struct ImpairmentArgs {
    /// Which requests are lost.
    #[arg(long, value_name = "LOSS", aliases = ["loss-forward", "perda"])]
    pub loss: Option<Loss>,
    /// Which replies are lost.
    #[arg(long, value_name = "LOSS", alias = "perda-volta")]
    pub loss_return: Option<Loss>,
    /// How long each datagram takes.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration, alias = "atraso")]
    pub delay: Duration,
    /// And how much longer at the most.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = humantime::parse_duration)]
    pub jitter: Duration,
    /// Percentage held back so that others overtake them.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent, alias = "reordenar")]
    pub reorder: f64,
    /// Percentage sent twice.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent, alias = "duplicar")]
    pub duplicate: f64,
    /// Percentage with one changed bit.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent, alias = "corromper")]
    pub corrupt: f64,
    /// Bits a second that pass.
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u64).range(1_000..), alias = "taxa")]
    pub rate: Option<u64>,
}

/// How a file travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TransferMode {
    /// Numbered blocks over UDP, without repair.
    Udp,
    /// The bare dialect of course programs.
    Classic,
    /// QUIC.
    Quic,
    /// TCP.
    Tcp,
}

/// Arguments of `enviar`.
#[derive(Debug, Args)]
pub struct SendArgs {
    /// The file.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// How many receivers are waited for.
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u16).range(1..=i64::from(crate::core::dialect::transfer::MOST_CLIENTS)), alias = "clientes")]
    pub clients: u16,
    /// Where to listen.
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:5005", alias = "escutar")]
    pub listen: String,
    /// How the file travels.
    #[arg(long, value_name = "MODE", default_value = "udp", alias = "modo")]
    pub mode: TransferMode,
    /// How fast blocks go to each receiver.
    #[arg(long, value_name = "RATE", default_value = "auto", value_parser = rate, alias = "taxa")]
    pub rate: Rate,
    /// Bytes of a block.
    #[arg(long, value_name = "BYTES", default_value_t = block::DEFAULT,
          value_parser = clap::value_parser!(u32).range(i64::from(block::SMALLEST)..=i64::from(block::LARGEST)), alias = "bloco")]
    pub block: u32,
    /// How long to wait for all receivers.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = humantime::parse_duration, alias = "espera")]
    pub barrier_timeout: Duration,
    /// What to record.
    #[command(flatten)]
    pub recording: RecordingArgs,
    /// Where logs go.
    #[arg(long, value_name = "FOLDER", alias = "registros")]
    pub logs: Option<PathBuf>,
    /// As one JSON document.
    #[arg(long)]
    pub json: bool,
    /// As a page for browsers.
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
}

/// Arguments of `receber`.
#[derive(Debug, Args)]
pub struct ReceiveArgs {
    /// The sender.
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:5005")]
    pub host: String,
    /// The folder for the file.
    #[arg(long, value_name = "FOLDER", default_value = ".", alias = "pasta")]
    pub output: PathBuf,
    /// The only mode that is taken.
    #[arg(long, value_name = "MODE", alias = "modo")]
    pub mode: Option<TransferMode>,
    /// The largest file that is taken.
    #[arg(long, value_name = "SIZE", default_value = "10GB", value_parser = size, alias = "tamanho-maximo")]
    pub max_size: u64,
    /// The local UDP port.
    #[arg(long, value_name = "N", default_value_t = 0, alias = "porta-dados")]
    pub data_port: u16,
    /// The receive buffer to ask for.
    #[arg(long, value_name = "BYTES", default_value_t = crate::net::blocks::BUFFER, value_parser = clap::value_parser!(u32).range(1..=1 << 30))]
    pub buffer: u32,
    /// What to record.
    #[command(flatten)]
    pub recording: RecordingArgs,
    /// Where the log goes.
    #[arg(long, value_name = "FOLDER", alias = "registros")]
    pub logs: Option<PathBuf>,
    /// As one JSON document.
    #[arg(long)]
    pub json: bool,
    /// As a page for browsers.
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
}

/// Arguments of `comparar`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// The file.
    #[arg(value_name = "FILE", conflicts_with = "sizes")]
    pub file: Option<PathBuf>,
    /// Sizes of files that are made for it.
    #[arg(long, value_name = "SIZE", default_value = "100MB", value_delimiter = ',', value_parser = size, alias = "tamanhos")]
    pub sizes: Vec<u64>,
    /// Counts of receivers.
    #[arg(long, value_name = "N", default_value = "1,5,10", value_delimiter = ',',
          value_parser = clap::value_parser!(u16).range(1..=i64::from(crate::core::dialect::transfer::MOST_CLIENTS)), alias = "clientes")]
    pub clients: Vec<u16>,
    /// How fast blocks go.
    #[arg(long, value_name = "RATE", default_value = "auto", value_parser = rate_words, alias = "taxa")]
    pub rate: String,
    /// As comma-separated values.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// As one JSON document.
    #[arg(long)]
    pub json: bool,
    /// As a page for browsers.
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
}

/// Arguments of `chat`.
#[derive(Debug, Args)]
pub struct ChatArgs {
    /// Which end of it.
    #[command(subcommand)]
    pub command: ChatCommand,
}

/// The two ends of a chat.
#[derive(Debug, Subcommand)]
pub enum ChatCommand {
    /// Passes on what each says.
    #[command(name = "servidor", visible_alias = "server")]
    Server(ChatServerArgs),
    /// Says and hears.
    #[command(name = "cliente", visible_alias = "client")]
    Client(ChatClientArgs),
}

/// Arguments of `chat servidor`.
#[derive(Debug, Args)]
pub struct ChatServerArgs {
    /// Over TCP, as it is anyway.
    #[arg(long, conflicts_with = "udp")]
    pub tcp: bool,
    /// Over UDP.
    #[arg(long)]
    pub udp: bool,
    /// Where to listen.
    #[arg(long, value_name = "ADDR:PORT", default_value = "0.0.0.0:12345", alias = "escutar")]
    pub listen: String,
    /// Who has said something is a member, without a challenge.
    #[arg(long, requires = "udp", alias = "aberto")]
    pub open: bool,
    /// Members at once.
    #[arg(long, value_name = "N", default_value_t = crate::core::dialect::chat::MOST_MEMBERS as u32,
          value_parser = clap::value_parser!(u32).range(1..=100_000), alias = "membros")]
    pub members: u32,
    /// Members from one address at once.
    #[arg(long, value_name = "N", default_value_t = crate::core::dialect::chat::MOST_PER_ADDRESS as u32,
          value_parser = clap::value_parser!(u32).range(1..=100_000), alias = "por-endereco")]
    pub per_address: u32,
    /// Texts a second from one member, 0 for no limit.
    #[arg(long, value_name = "N", default_value_t = crate::core::dialect::chat::TEXTS_A_SECOND, alias = "limite")]
    pub rate_limit: u32,
    /// A member silent for so long is forgotten.
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = humantime::parse_duration, requires = "udp", alias = "ocioso")]
    pub idle: Duration,
    /// A host that gives no sign of life for so long is gone.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration, conflicts_with = "udp", alias = "prazo")]
    pub timeout: Duration,
    /// How long to run.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration, alias = "duracao")]
    pub duration: Option<Duration>,
    /// What to record.
    #[command(flatten)]
    pub recording: RecordingArgs,
    /// How to print the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `chat cliente`.
#[derive(Debug, Args)]
pub struct ChatClientArgs {
    /// The server.
    #[arg(value_name = "HOST[:PORT]", default_value = "127.0.0.1:12345")]
    pub host: String,
    /// Over TCP, as it is anyway.
    #[arg(long, conflicts_with = "udp")]
    pub tcp: bool,
    /// Over UDP.
    #[arg(long)]
    pub udp: bool,
    /// A name.
    #[arg(long, value_name = "NAME", alias = "apelido")]
    pub nick: Option<String>,
    /// The local address.
    #[arg(long, value_name = "ADDR:PORT", alias = "local")]
    pub bind: Option<String>,
    /// Come back where the connection breaks.
    #[arg(long, alias = "reconectar")]
    pub reconnect: bool,
    /// From one line to the next, where they come from a file or a program.
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = humantime::parse_duration, alias = "intervalo")]
    pub interval: Duration,
    /// A server that gives no sign of life for so long is gone.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = humantime::parse_duration, conflicts_with = "udp", alias = "prazo")]
    pub timeout: Duration,
    /// What to record.
    #[command(flatten)]
    pub recording: RecordingArgs,
    /// How to print the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// The folder for the files of the run, which must not be there.
    #[arg(long, value_name = "FOLDER", alias = "pasta")]
    pub output: Option<PathBuf>,
    /// How many messages.
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..), alias = "mensagens")]
    pub count: u64,
    /// From one message to the next.
    #[arg(long, value_name = "TIME", default_value = "50ms", value_parser = humantime::parse_duration, alias = "intervalo")]
    pub interval: Duration,
    /// What is done to what passes.
    #[command(flatten)]
    pub impairment: ImpairmentArgs,
    /// Seed of the dice; this one's luck comes near the average in thirty messages.
    #[arg(long, value_name = "N", default_value_t = 7, alias = "semente")]
    pub seed: u64,
    /// How to print the result.
    #[command(flatten)]
    pub form: OutputArgs,
}

/// Capture and journal of a sender and of as many receivers as a transfer can have.
const MOST_FILES: usize = 2 + 2 * crate::core::dialect::transfer::MOST_CLIENTS as usize;

/// Arguments of `analisar`.
#[derive(Debug, Args)]
pub struct AnalyzeArgs {
    /// Captures and journals, in any order.
    #[arg(value_name = "FILE", num_args = 0..=MOST_FILES)]
    pub files: Vec<PathBuf>,
    /// They are of a chat, though no journal says so.
    #[arg(long)]
    pub chat: bool,
    /// A file of the client's.
    #[arg(long, value_name = "FILE", alias = "cliente")]
    pub client: Vec<PathBuf>,
    /// A file of the server's.
    #[arg(long, value_name = "FILE", alias = "servidor")]
    pub server: Vec<PathBuf>,
    /// The server's port, where no journal tells it.
    #[arg(long, value_name = "N", alias = "porta")]
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
    /// How to print the result.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `conferir`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The files of a submission, or folders of one or of several.
    #[arg(value_name = "FILE|FOLDER", required = true)]
    pub paths: Vec<PathBuf>,
    /// The server's port, where no journal tells it.
    #[arg(long, value_name = "N", alias = "porta")]
    pub port: Option<u16>,
    /// As one JSON document.
    #[arg(long)]
    pub json: bool,
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

/// A rate: `auto`, `max`, or bits a second with `k`, `M` or `G` behind them.
fn rate(text: &str) -> Result<Rate, String> {
    match text {
        "auto" => return Ok(Rate::Auto),
        "max" => return Ok(Rate::Most),
        _ => {}
    }
    let (number, unit) = match text.char_indices().last() {
        Some((at, 'k' | 'K')) => (&text[..at], 1e3),
        Some((at, 'M')) => (&text[..at], 1e6),
        Some((at, 'G')) => (&text[..at], 1e9),
        _ => (text, 1.0),
    };
    let bits = number.parse::<f64>().map_or(0.0, |number| number * unit);
    if (1e3..=1e12).contains(&bits) {
        Ok(Rate::Bits(bits as u64))
    } else {
        Err(format!("{text:?}: auto, max, 20M, 1.5G"))
    }
}

/// A rate as it was typed, which is one.
fn rate_words(text: &str) -> Result<String, String> {
    rate(text).map(|_| text.to_owned())
}

/// A size in bytes: `1000`, `100MB`, `2GiB`.
fn size(text: &str) -> Result<u64, String> {
    text.parse::<bytesize::ByteSize>().map(|size| size.0).map_err(|_| format!("{text:?}: 1000, 100MB, 2GiB"))
}

/// A percentage from 0 to 100.
fn percent(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim_end_matches('%').parse().map_err(|_| format!("{text:?}: 0-100"))?;
    if (0.0..=100.0).contains(&number) { Ok(number) } else { Err(format!("{text:?}: 0-100")) }
}
