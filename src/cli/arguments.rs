//! Arguments that several subcommands share: what a run records, and how a result is printed.

use std::path::{Path, PathBuf};

use clap::Args;

#[derive(Debug, Args)]
#[command(next_help_heading = "capture")]
pub struct RecordingArgs {
    #[arg(long, value_name = "FILE", alias = "captura")]
    pub capture: Option<PathBuf>,
    /// Measures without a capture where the permission to capture is missing.
    #[arg(long, requires = "capture", alias = "captura-opcional")]
    pub capture_optional: bool,
    #[arg(long, value_name = "FILE", alias = "diario")]
    pub journal: Option<PathBuf>,
    #[arg(long, value_name = "NAME", requires = "capture")]
    pub interface: Option<String>,
    #[arg(long, value_name = "EXPR|@FILE", requires = "capture", alias = "filtro")]
    pub filter: Option<String>,
    #[arg(long, value_name = "BYTES", default_value_t = crate::capture::live::SNAPLEN, requires = "capture",
          value_parser = clap::value_parser!(u32).range(64..=262_144))]
    pub snaplen: u32,
}

/// Whether a path on the command line is stdout.
pub fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "output")]
pub struct OutputArgs {
    #[arg(long)]
    pub json: bool,
    /// With the path, the delays and the evidence.
    #[arg(long, alias = "detalhes", conflicts_with = "json")]
    pub details: bool,
    #[arg(long, alias = "todas")]
    pub all: bool,
    #[arg(long, value_name = "FILE", alias = "pagina")]
    pub html: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
}

impl OutputArgs {
    /// Whether every message must be listed: `--csv` has a row for each.
    pub const fn needs_all(&self) -> bool {
        self.all || self.csv.is_some()
    }

    /// The report files that were asked for.
    pub fn report_files(&self) -> [Option<&Path>; 2] {
        [self.html.as_deref(), self.csv.as_deref()]
    }

    /// Whether stdout has lines for people, rather than a form of the result for programs.
    pub fn prints_text(&self) -> bool {
        !self.json && !self.report_files().into_iter().flatten().any(is_stdout)
    }
}
