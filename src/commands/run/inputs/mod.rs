//! The input files of an analysis: opened once each, then read as often as needed, and sorted into hosts.
//!
//! ```text
//! paths ─ Inputs::open ─ Inputs::run_kind ─ Inputs::read ─ hosts::attach_journals ─ hosts::assign_roles ─ verdict
//! ```

pub mod hosts;
mod read;
mod run_kind;

use std::path::{Path, PathBuf};

use anyhow::Result;

use self::hosts::HostInput;
pub use self::read::{HostFiles, read_capture, read_journal};
pub use self::run_kind::RunKind;
use super::error::{self, CommandError};
use super::output_files;
use super::parallel::parallel_map;
use crate::capture::log_reader::Retain;
use crate::core::document::frame_ref::CaptureParts;
use crate::core::document::warning::{Warning, WarningCode};
use crate::core::evidence::capture_log::CaptureLog;
use crate::core::evidence::journal::JournalLog;
use crate::core::evidence::journal_run::{Role, TRANSFER};
use crate::core::evidence::transfer_records::FileInfo;
use crate::core::verdict::transfer;
use crate::i18n::{Texts, Value};
use crate::input::{self, FileKind, InputFile};

/// A path that the user gave, and the role that the user gave it.
#[derive(Clone, Debug)]
pub struct GivenPath {
    pub path: PathBuf,
    pub role: Option<Role>,
}

/// Why a file was not used. Each file has one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnusedReason {
    /// The same file is among the others under another name.
    GivenTwice,
    Empty,
    Compressed(&'static str),
    /// Neither a capture nor a journal.
    OtherKind,
    /// The journal describes none of the captures.
    OtherRun,
    /// The journal is of another kind of run than the rest.
    OtherProtocol,
    /// It is in a given folder and cannot be read.
    Unreadable,
}

impl UnusedReason {
    /// Its name in the result document.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::GivenTwice => "given_twice",
            Self::Empty => "empty",
            Self::Compressed(_) => "compressed",
            Self::OtherKind => "other_kind",
            Self::OtherRun => "other_run",
            Self::OtherProtocol => "other_protocol",
            Self::Unreadable => "unreadable",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnusedFile {
    pub path: PathBuf,
    pub reason: UnusedReason,
}

/// A warning for each unused file.
pub fn warnings(unused: &[UnusedFile]) -> impl Iterator<Item = Warning> {
    unused.iter().map(|file| {
        let name = file.path.display().to_string();
        Warning::new(WarningCode::UnusedFile, [("file", name.into()), ("reason", file.reason.code().into())])
    })
}

/// An opened capture or journal.
pub struct OpenedFile {
    pub input: InputFile,
    /// The role that the user gave.
    role: Option<Role>,
    /// It was not given, but has the name of a capture's journal. It is used only if it describes a capture.
    is_candidate: bool,
    /// It was found in a given folder.
    is_in_folder: bool,
}

impl OpenedFile {
    /// The role that the user gave.
    pub const fn role(&self) -> Option<Role> {
        self.role
    }
}

/// The usable files of an analysis.
#[derive(Default)]
pub struct Inputs {
    files: Vec<OpenedFile>,
    pub unused: Vec<UnusedFile>,
}

/// A file that could not be read, and the error.
pub type FileError = (PathBuf, anyhow::Error);

/// The hosts of an analysis and the files that no host used.
pub struct ReadInputs {
    pub hosts: Vec<HostInput>,
    /// Captures of several files, which count as one.
    pub rings: Vec<CaptureParts>,
    pub unused: Vec<UnusedFile>,
    /// Files that could not be read.
    pub errors: Vec<FileError>,
}

impl ReadInputs {
    /// Itself, if every given file could be read.
    ///
    /// # Errors
    /// The error of the first file that could not be read.
    pub fn complete(mut self) -> Result<Self> {
        if self.errors.is_empty() { Ok(self) } else { Err(self.errors.swap_remove(0).1) }
    }
}

impl Inputs {
    /// Opens the given files, the files of given folders, and journals that have the name of a given capture's journal.
    ///
    /// # Errors
    /// A [`CommandError`] if a given file is missing, or is neither a capture nor a journal.
    pub fn open(given: &[GivenPath], texts: Texts) -> Result<Self> {
        let mut inputs = Self::default();
        for GivenPath { path, role } in given {
            if path.is_dir() {
                for file in input::expand(std::slice::from_ref(path)).map_err(|error| error::input(texts, &error))? {
                    inputs.add_from_folder(&file, *role);
                }
                continue;
            }
            let input = InputFile::open(path).map_err(|error| error::input(texts, &error))?;
            require_usable(&input, texts)?;
            inputs.add(OpenedFile { input, role: *role, is_candidate: false, is_in_folder: false });
        }
        if inputs.files.is_empty() && !given.is_empty() {
            let folder = given.iter().map(|given| given.path.display().to_string()).collect::<Vec<_>>().join(", ");
            return Err(CommandError::failed(texts, "error-no-input", &[("path", Value::text(folder))]));
        }
        inputs.add_candidates();
        Ok(inputs)
    }

    /// Takes files that were opened elsewhere; those that are neither captures nor journals are left out.
    pub fn from_opened(files: impl IntoIterator<Item = InputFile>) -> Self {
        let mut inputs = Self::default();
        for input in files.into_iter().filter(|input| unusable(input.kind()).is_none()) {
            inputs.add(OpenedFile { input, role: None, is_candidate: false, is_in_folder: false });
        }
        inputs
    }

    fn add_from_folder(&mut self, path: &Path, role: Option<Role>) {
        let reason = match InputFile::open(path) {
            Ok(input) => match unusable(input.kind()) {
                Some(reason) => reason,
                None => return self.add(OpenedFile { input, role, is_candidate: false, is_in_folder: true }),
            },
            Err(_) => UnusedReason::Unreadable,
        };
        self.unused.push(UnusedFile { path: path.to_owned(), reason });
    }

    fn add(&mut self, file: OpenedFile) {
        let same = |other: &OpenedFile| other.input.identity() == file.input.identity();
        if self.files.iter().any(same) {
            self.unused.push(UnusedFile { path: file.input.path().to_owned(), reason: UnusedReason::GivenTwice });
        } else {
            self.files.push(file);
        }
    }

    /// Opens the journals that may be those of the given captures: their contents decide later.
    fn add_candidates(&mut self) {
        let paths: Vec<PathBuf> = self
            .captures()
            .map(|file| output_files::journal_path_for(&without_compression(file.input.path())))
            .collect();
        for path in paths.into_iter().filter(|path| path.is_file()) {
            let Ok(input) = InputFile::open(&path) else { continue };
            let is_known = self.files.iter().any(|file| file.input.identity() == input.identity());
            if input.kind() == FileKind::Journal && !is_known {
                self.files.push(OpenedFile { input, role: None, is_candidate: true, is_in_folder: false });
            }
        }
    }

    pub fn captures(&self) -> impl Iterator<Item = &OpenedFile> {
        self.files.iter().filter(|file| file.input.kind().is_capture())
    }

    pub fn has_journals(&self) -> bool {
        self.journals().next().is_some()
    }

    fn journals(&self) -> impl Iterator<Item = &OpenedFile> {
        self.files.iter().filter(|file| file.input.kind() == FileKind::Journal)
    }

    /// All files that are read, for the check that none of them is overwritten.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.input.path())
    }

    /// The kind of run: from the journals, or, where there are none, from what the captures show.
    pub fn run_kind(&self) -> RunKind {
        if self.has_journals() {
            run_kind::of_journals(&self.journals().map(|file| &file.input).collect::<Vec<_>>())
        } else {
            run_kind::of_captures(&self.captures().map(|file| &file.input).collect::<Vec<_>>())
        }
    }

    /// Reads all files and attaches each journal to the capture that it describes.
    pub fn read(&self, kind: RunKind, texts: Texts) -> ReadInputs {
        let mut errors: Vec<FileError> = Vec::new();
        let mut unused = self.unused.clone();
        let mut units: Vec<HostInput> = Vec::new();
        let journals: Vec<&OpenedFile> = self.journals().collect();
        for (file, read) in parallel_map(journals, |file| (file, read_journal(&file.input, texts))) {
            let path = file.input.path().to_owned();
            match read {
                Ok(log) if kind == RunKind::Transfer && !is_transfer(&log) => {
                    unused.push(UnusedFile { path, reason: UnusedReason::OtherProtocol });
                }
                Ok(log) => units.push(HostInput {
                    path,
                    role: file.role,
                    loaded: HostFiles { capture: None, journal: Some(log) },
                    is_candidate: file.is_candidate,
                }),
                Err(_) if file.is_candidate || file.is_in_folder => {
                    unused.push(UnusedFile { path, reason: UnusedReason::Unreadable });
                }
                Err(error) => errors.push((path, error)),
            }
        }
        let file_info = units.iter().find_map(|unit| unit.loaded.journal.as_ref()?.file_info()).cloned();
        let retain = match (kind, &file_info) {
            (RunKind::Exchange, _) | (RunKind::Transfer, None) => Retain::Numbers,
            (RunKind::Chat, _) => Retain::Texts,
            (RunKind::Transfer, Some(info)) => Retain::Blocks(info, None),
        };
        let bars = read::progress_bars();
        let captures: Vec<&OpenedFile> = self.captures().collect();
        for (file, read) in parallel_map(captures, |file| (file, read_capture(&file.input, retain, &bars, texts))) {
            let path = file.input.path().to_owned();
            match read {
                Ok(log) if file.is_in_folder && units.iter().any(|unit| unit.has_packets_of(&log)) => {
                    unused.push(UnusedFile { path, reason: UnusedReason::GivenTwice });
                }
                Err(_) if file.is_in_folder => {
                    unused.push(UnusedFile { path, reason: UnusedReason::Unreadable });
                }
                Ok(log) => units.push(HostInput {
                    path,
                    role: file.role,
                    loaded: HostFiles { capture: Some(log), journal: None },
                    is_candidate: false,
                }),
                Err(error) => errors.push((path, error)),
            }
        }
        let units = self.in_given_order(units);
        // Blocks of a transfer are read file by file.
        let (units, rings) = if kind == RunKind::Transfer { (units, Vec::new()) } else { hosts::join_rings(units) };
        let (mut hosts, unrelated) = hosts::attach_journals(units);
        unused.extend(unrelated.into_iter().map(|path| UnusedFile { path, reason: UnusedReason::OtherRun }));
        if let Some(info) = &file_info {
            for host in &mut hosts {
                match self.reread_within_run(host, info, texts) {
                    Ok(Some(log)) => host.loaded.capture = Some(log),
                    Ok(None) => {}
                    Err(error) => errors.push((host.path.clone(), error)),
                }
            }
        }
        let position = |path: &Path| self.files.iter().position(|file| file.input.path() == path);
        errors.sort_by_key(|(path, _)| position(path));
        ReadInputs { hosts, rings, unused, errors }
    }

    /// A transfer's capture that is longer than its run, read again without what came before and after.
    fn reread_within_run(&self, host: &HostInput, info: &FileInfo, texts: Texts) -> Result<Option<CaptureLog>> {
        let HostFiles { capture: Some(log), journal: Some(journal) } = &host.loaded else { return Ok(None) };
        let Some((from, to)) = transfer::span(journal, info.mode) else { return Ok(None) };
        let is_inside = log.first.is_none_or(|first| from <= first) && log.last.is_none_or(|last| last <= to);
        let Some(file) = self.captures().find(|file| file.input.path() == host.path) else { return Ok(None) };
        if is_inside {
            return Ok(None);
        }
        read_capture(&file.input, Retain::Blocks(info, Some((from, to))), &read::progress_bars(), texts).map(Some)
    }

    fn in_given_order(&self, mut units: Vec<HostInput>) -> Vec<HostInput> {
        units.sort_by_key(|unit| self.files.iter().position(|file| file.input.path() == unit.path));
        units
    }
}

/// The name before it was compressed: `client.pcap` for `client.pcap.gz`.
fn without_compression(path: &Path) -> PathBuf {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("gz" | "zst") => path.with_extension(""),
        _ => path.to_owned(),
    }
}

fn is_transfer(journal: &JournalLog) -> bool {
    journal.run().is_some_and(|run| run.dialect == TRANSFER)
}

/// Why a file of this kind cannot be used, if it cannot.
const fn unusable(kind: FileKind) -> Option<UnusedReason> {
    match kind {
        FileKind::Pcap | FileKind::Pcapng | FileKind::Journal => None,
        FileKind::Empty => Some(UnusedReason::Empty),
        FileKind::Compressed(compression) => Some(UnusedReason::Compressed(compression.name())),
        FileKind::UnsupportedCompression(name) => Some(UnusedReason::Compressed(name)),
        FileKind::Text | FileKind::Other => Some(UnusedReason::OtherKind),
    }
}

/// Whether the user may have taken it for a journal.
fn starts_like_json(input: &InputFile) -> bool {
    let mut first = [0];
    std::io::Read::read_exact(&mut input.reader(), &mut first).is_ok() && first == *b"{"
}

/// Requires a capture or a journal.
///
/// # Errors
/// A [`CommandError`] that says what the file is instead.
pub fn require_usable(input: &InputFile, texts: Texts) -> Result<()> {
    let Some(reason) = unusable(input.kind()) else { return Ok(()) };
    let file = ("file", Value::text(input.name()));
    Err(match reason {
        UnusedReason::Empty => CommandError::environment(texts, "error-empty-file", &[file]),
        UnusedReason::Compressed(_) => CommandError::environment(texts, "error-compressed", &[file]),
        _ if starts_like_json(input) => CommandError::environment(texts, "error-not-a-journal", &[file]),
        _ => {
            let values = [
                file,
                ("flaw", Value::text("unknown_format")),
                ("found", Value::count(0)),
                ("wanted", Value::count(0)),
                ("detail", Value::text("")),
            ];
            CommandError::environment(texts, "error-not-a-capture", &values)
        }
    })
}
