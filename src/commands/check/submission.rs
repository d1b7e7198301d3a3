//! Finds the files of a submission, reads them, and decides which host each belongs to.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Result;
use sha2::{Digest, Sha256};

use super::selection::{self, role_from_name};
use super::submitted_file::{MAX_NAMES_LEN, SubmittedFile, SubmittedFileKind};
use crate::commands::run::error::{self, CommandError};
use crate::commands::run::inputs::hosts::{self, HostInput};
use crate::commands::run::inputs::{self, HostFiles, Inputs, RunKind};
use crate::commands::run::judge_exchange;
use crate::commands::run::output_files;
use crate::core::document::check::{Files, SubmissionResult, Unreadable};
use crate::core::evidence::journal_run::Role;
use crate::core::verdict::check;
use crate::core::verdict::check::duplicate_captures::Fingerprint;
use crate::core::verdict::check::name_list::Names;
use crate::core::verdict::check::one_capture::is_one;
use crate::core::verdict::check::other_texts::forget_other_numbers;
use crate::core::verdict::check::submission::{Host, Submission};
use crate::i18n::{Texts, Value};
use crate::input::InputFile;

/// Files named of a folder in which nothing can be checked.
const MAX_LISTED_FILES: usize = 8;

/// Folders inside folders are looked into so deep.
const MAX_DEPTH: usize = 4;

pub struct SubmissionFiles {
    path: PathBuf,
    files: Vec<SubmittedFile>,
    /// These are all its files: it is a folder, and nothing in it was passed over.
    is_all: bool,
}

impl SubmissionFiles {
    fn folder(path: PathBuf) -> Self {
        let FolderListing { files, is_all } = list_files(&path, MAX_DEPTH);
        Self { path, files, is_all }
    }

    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// Whether it holds a file that can be checked.
    fn is_of_use(&self) -> bool {
        self.files.iter().any(|file| file.kind.is_some())
    }

    /// Whether it holds what one group hands in, so that it is no part of another submission.
    fn is_complete(&self) -> bool {
        let captures = self.count_of(SubmittedFileKind::Capture);
        captures >= 2 || captures == 1 && self.count_of(SubmittedFileKind::Names) > 0
    }

    fn file_names(&self) -> Vec<String> {
        let name =
            |file: &SubmittedFile| file.path.strip_prefix(&self.path).unwrap_or(&file.path).display().to_string();
        self.files.iter().take(MAX_LISTED_FILES).map(name).collect()
    }

    fn count_of(&self, wanted: SubmittedFileKind) -> usize {
        self.files.iter().filter(|file| file.kind == Some(wanted)).count()
    }

    /// The role that folder and file names suggest; `None` if they suggest none or both.
    fn role_from_names(&self) -> Option<Role> {
        let own = self.path.parent().unwrap_or(Path::new(""));
        let witnesses = self
            .files
            .iter()
            .filter(|file| matches!(file.kind, Some(SubmittedFileKind::Capture | SubmittedFileKind::Journal)));
        let mut sides = witnesses.map(|file| role_from_name(file.path.strip_prefix(own).unwrap_or(&file.path)));
        let first = sides.next()??;
        sides.all(|side| side == Some(first)).then_some(first)
    }

    /// Whether the other folder beside this one may hold what this one lacks.
    fn may_be_completed_by(&self, other: &Self) -> bool {
        let [own, theirs] = [self, other].map(|submission| submission.count_of(SubmittedFileKind::Capture));
        let [own_names, their_names] =
            [self, other].map(|submission| submission.count_of(SubmittedFileKind::Names) > 0);
        let same_side = self.role_from_names().is_some() && self.role_from_names() == other.role_from_names();
        own < 2 && theirs < 2 && !same_side || own == 0 && !their_names || !own_names && their_names && theirs == 0
    }
}

/// How the folders that the user named hold submissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// As their files show: a folder is one submission if it holds the files of one, else each of its subfolders is. Two
    /// subfolders named for client and server are one submission too. A file beside complete submissions makes them none.
    #[default]
    Guess,
    /// Each is one submission.
    One,
    /// Each of their subfolders is one.
    Each,
}

/// Finds the submissions: files given together are one; folders hold some as `grouping` says.
///
/// # Errors
/// A [`CommandError`] where there is no such file, or none is of any use.
pub fn find(paths: &[PathBuf], grouping: Grouping, texts: Texts) -> Result<Vec<SubmissionFiles>> {
    let mut submissions = Vec::new();
    let mut files = Vec::new();
    for path in paths {
        let open_error = |error: &io::Error| match error.kind() {
            io::ErrorKind::NotFound => {
                CommandError::environment(texts, "error-not-found", &[("file", Value::text(path.display()))])
            }
            _ => error::file(texts, "error-read", path, error),
        };
        if !fs::metadata(path).map_err(|error| open_error(&error))?.is_dir() {
            let file = SubmittedFile::open(path.clone());
            if let Err(error) = &file.input {
                return Err(error::input(texts, error));
            }
            files.push(file);
            continue;
        }
        let entries = entries(path).map_err(|error| open_error(&error))?;
        let mut folders: Vec<SubmissionFiles> = entries.folders.iter().cloned().map(SubmissionFiles::folder).collect();
        let is_one = match grouping {
            Grouping::One => true,
            Grouping::Each => false,
            Grouping::Guess => is_one_submission(&entries.files, &folders),
        };
        if is_one {
            submissions.push(SubmissionFiles::folder(path.clone()));
            continue;
        }
        if !folders.iter().any(SubmissionFiles::is_of_use) {
            continue;
        }
        let is_complete = |folder: &SubmissionFiles| {
            let mut others = folders.iter().filter(|other| other.path != folder.path && other.is_of_use());
            entries.is_all && !others.any(|other| folder.may_be_completed_by(other))
        };
        let complete: Vec<bool> = folders.iter().map(is_complete).collect();
        for (folder, complete) in folders.iter_mut().zip(complete) {
            folder.is_all &= complete;
        }
        submissions.append(&mut folders);
    }
    if let Some(first) = files.first() {
        let path = &first.path;
        let path = if files.len() == 1 { path.clone() } else { path.parent().unwrap_or(Path::new("")).to_owned() };
        let path = if path.as_os_str().is_empty() { PathBuf::from(".") } else { path };
        let beside = files.iter().map(|file| output_files::journal_path_for(&file.path)).filter(|path| path.is_file());
        let beside: Vec<PathBuf> = beside.filter(|path| !files.iter().any(|file| file.path == *path)).collect();
        files.extend(beside.into_iter().map(SubmittedFile::open));
        submissions.insert(0, SubmissionFiles { path, files, is_all: false });
    }
    if submissions.is_empty() {
        let named: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let key = if grouping == Grouping::Each { "error-no-folders" } else { "error-no-submission" };
        return Err(CommandError::failed(texts, key, &[("path", Value::text(named.join(", ")))]));
    }
    Ok(submissions)
}

/// Whether a folder with these files and folders is one submission, rather than one in each of its folders.
fn is_one_submission(files: &[SubmittedFile], folders: &[SubmissionFiles]) -> bool {
    let captures = files.iter().filter(|file| file.kind == Some(SubmittedFileKind::Capture)).count();
    let complete = folders.iter().filter(|folder| folder.is_complete()).count();
    let is_class = complete >= 2 && captures < 2;
    files.iter().any(|file| file.kind.is_some()) && !is_class || are_sides(folders)
}

/// Whether of these folders one holds the client's files and one the server's, by their names, and none any other's.
fn are_sides(folders: &[SubmissionFiles]) -> bool {
    let mut sides: Vec<Option<Role>> = Vec::new();
    for folder in folders
        .iter()
        .filter(|folder| folder.count_of(SubmittedFileKind::Capture) + folder.count_of(SubmittedFileKind::Journal) > 0)
    {
        let named = folder.path.file_name().and_then(|name| role_from_name(Path::new(name)));
        // A group's own folder has a capture of each side.
        sides.push(named.filter(|_| folder.count_of(SubmittedFileKind::Capture) < 2));
    }
    matches!(sides[..], [Some(first), Some(second)] if first != second)
}

#[derive(Default)]
struct Entries {
    files: Vec<SubmittedFile>,
    folders: Vec<PathBuf>,
    is_all: bool,
}

/// What a folder holds, in the order of the names; links to folders and hidden things left out.
fn entries(folder: &Path) -> io::Result<Entries> {
    let mut found = Entries { is_all: true, ..Entries::default() };
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            found.folders.push(path);
        } else if path.is_file() {
            found.files.push(SubmittedFile::open(path));
        } else {
            found.is_all = false;
        }
    }
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    found.folders.sort();
    Ok(found)
}

struct FolderListing {
    files: Vec<SubmittedFile>,
    /// All could be looked at: nothing is linked, too deep, packed or locked.
    is_all: bool,
}

fn list_files(folder: &Path, depth: usize) -> FolderListing {
    // An unreadable folder leaves the submission incomplete.
    let Entries { mut files, folders, mut is_all } = entries(folder).unwrap_or_default();
    is_all &= !files.iter().any(|file| file.kind.is_none() && file.may_contain_capture());
    is_all &= depth > 0 || folders.is_empty();
    if depth > 0 {
        for inner in folders.iter().map(|folder| list_files(folder, depth - 1)) {
            files.extend(inner.files);
            is_all &= inner.is_all;
        }
    }
    FolderListing { files, is_all }
}

/// Reads a submission and checks it. `index` is its place in the list. Where it holds more captures than one of each side,
/// such as those of a rehearsal, the pair that fits best is judged.
pub fn check(
    index: usize,
    handed: &SubmissionFiles,
    port: Option<u16>,
    texts: Texts,
) -> (SubmissionResult, Vec<Fingerprint>) {
    let loaded = LoadedSubmission::read(index, &handed.files, texts);
    let judged = selection::selections(&loaded.hosts, port).into_iter().map(|selected| {
        let units: Vec<HostInput> = selected.iter().map(|index| loaded.hosts[*index].clone()).collect();
        let left_out = (0..loaded.hosts.len()).filter(|index| !selected.contains(index));
        let left_out = left_out.map(|index| loaded.hosts[index].path.display().to_string()).collect();
        let fit = selection::Fit::of_captures(&units);
        let checked = judge(handed, &loaded, units, left_out, port, texts);
        (fit.with_result(&checked), checked)
    });
    let best = judged.max_by(|(fit, _), (other, _)| fit.cmp(other)).map(|(_, checked)| checked);
    let checked = best.unwrap_or_else(|| judge(handed, &loaded, Vec::new(), Vec::new(), port, texts));
    (checked, loaded.fingerprints)
}

/// Checks a submission by these of its captures and journals; the others were `left_out`.
fn judge(
    handed: &SubmissionFiles,
    loaded: &LoadedSubmission,
    units: Vec<HostInput>,
    left_out: Vec<String>,
    port: Option<u16>,
    texts: Texts,
) -> SubmissionResult {
    let LoadedSubmission { names, unreadable, .. } = loaded;
    let mut unreadable = unreadable.clone();
    let mut roles = AssignedRoles { unused: left_out, ..AssignedRoles::default() };
    roles.assign(units, port, texts, &mut unreadable);
    let hosts = [(Role::Client, roles.client.as_mut()), (Role::Server, roles.server.as_mut())];
    let summaries = hosts.map(|(role, loaded)| loaded.map(|loaded| judge_exchange::summarize_host(role, loaded, port)));
    let sides = [(Role::Client, roles.client.as_ref()), (Role::Server, roles.server.as_ref())];
    let host = |index: usize| {
        let (role, loaded) = sides[index];
        let (loaded, summary) = loaded.zip(summaries[index].as_ref())?;
        Some(Host { role, summary, capture: loaded.capture.as_ref(), journal: loaded.journal.as_ref() })
    };
    let lacks_capture = [0, 1].iter().any(|index| host(*index).is_none_or(|host| host.capture.is_none()));
    let mut others = handed.files.iter().filter(|_| lacks_capture);
    let other_log = others.find(|file| file.may_be_log()).map(|file| file.path.display().to_string());
    let submission = Submission {
        client: host(0),
        server: host(1),
        names: names.as_ref(),
        has_texts: handed.files.iter().any(SubmittedFile::may_be_names),
        other_log: other_log.as_deref(),
        is_all: handed.is_all && unreadable.is_empty() && !roles.is_guess && roles.unused.is_empty(),
        server_port: port,
    };
    let points = check::check(&submission);
    let capture = |host: Option<Host<'_>>| host?.capture.map(|log| log.file.clone());
    let journal = |host: Option<Host<'_>>| host?.journal.map(|log| log.file.clone());
    SubmissionResult {
        path: handed.path.display().to_string(),
        met: SubmissionResult::sum(&points),
        files: Files {
            client_capture: capture(submission.client),
            client_journal: journal(submission.client),
            server_capture: capture(submission.server),
            server_journal: journal(submission.server),
            names: names.as_ref().map(|names| names.file.clone()),
        },
        unreadable,
        unused: roles.unused.clone(),
        names: names.as_ref().map(|names| names.listed.clone()).unwrap_or_default(),
        contains: if handed.is_of_use() { Vec::new() } else { handed.file_names() },
        points,
    }
}

#[derive(Default)]
struct LoadedSubmission {
    hosts: Vec<HostInput>,
    names: Option<Names>,
    fingerprints: Vec<Fingerprint>,
    unreadable: Vec<Unreadable>,
}

impl LoadedSubmission {
    fn read(submission: usize, files: &[SubmittedFile], texts: Texts) -> Self {
        let mut loaded = Self::default();
        let mut usable: Vec<InputFile> = Vec::new();
        for file in files {
            let result = match (file.kind, &file.input) {
                (None, _) => Ok(()),
                (Some(_), Err(error)) => Err(error::input(texts, error)),
                (Some(SubmittedFileKind::Names), Ok(input)) => loaded.add_names(input, texts),
                (Some(SubmittedFileKind::Capture | SubmittedFileKind::Journal), Ok(input)) => {
                    inputs::require_usable(input, texts).map(|()| usable.push(input.clone()))
                }
            };
            loaded.note_error(&file.path, result);
        }
        // As for a chat, the texts are kept: the requirements are checked in them.
        let read = Inputs::from_opened(usable.iter().cloned()).read(RunKind::Chat, texts);
        for (path, error) in read.errors {
            loaded.note_error(&path, Err(error));
        }
        for host in &read.hosts {
            if let (Some(log), Some(input)) =
                (&host.loaded.capture, usable.iter().find(|input| input.path() == host.path))
            {
                match digest(input) {
                    Ok(digest) => loaded.fingerprints.push(Fingerprint::new(submission, log, digest)),
                    Err(error) => {
                        loaded.note_error(input.path(), Err(error::file(texts, "error-read", input.path(), &error)));
                    }
                }
            }
        }
        loaded.hosts = read.hosts;
        loaded.hosts.iter_mut().filter_map(|host| host.loaded.capture.as_mut()).for_each(forget_other_numbers);
        loaded
    }

    fn add_names(&mut self, input: &InputFile, texts: Texts) -> Result<()> {
        let mut bytes = Vec::new();
        let read = input.reader().take(MAX_NAMES_LEN).read_to_end(&mut bytes);
        let names = Names::read(&input.name(), &bytes);
        // Of several files, one that has names.
        if self.names.as_ref().is_none_or(|known| known.count == 0) {
            self.names = Some(names);
        }
        read.map(drop).map_err(|error| error::file(texts, "error-read", input.path(), &error))
    }

    fn note_error(&mut self, path: &Path, result: Result<()>) {
        if let Err(error) = result {
            self.unreadable.push(Unreadable { file: path.display().to_string(), text: error.to_string() });
        }
    }
}

/// The SHA-256 of a file's content.
fn digest(input: &InputFile) -> io::Result<[u8; 32]> {
    let mut hasher = Sha256::new();
    io::copy(&mut input.reader(), &mut hasher)?;
    Ok(hasher.finalize().into())
}

#[derive(Default)]
struct AssignedRoles {
    client: Option<HostFiles>,
    server: Option<HostFiles>,
    unused: Vec<String>,
    /// Whether a file's role was guessed from its name, or is unknown.
    is_guess: bool,
}

impl AssignedRoles {
    /// Assigns roles to at most two captures, and to journals.
    fn assign(&mut self, units: Vec<HostInput>, port: Option<u16>, texts: Texts, unreadable: &mut Vec<Unreadable>) {
        let (mut captures, journals): (Vec<HostInput>, Vec<HostInput>) =
            units.into_iter().partition(|unit| unit.loaded.capture.is_some());
        captures = match hosts::find_roles(captures, port, texts) {
            Ok(units) => units,
            Err(error) => {
                unreadable.push(Unreadable { file: String::new(), text: error.to_string() });
                Vec::new()
            }
        };
        let mut captures = self.assign_by_name(captures);
        // The larger one of two of a side.
        captures.sort_by_key(|unit| std::cmp::Reverse(selection::message_count(unit, port)));
        for unit in captures.into_iter().chain(journals) {
            let slot = match unit.role {
                Some(Role::Client) => &mut self.client,
                Some(Role::Server) => &mut self.server,
                None => {
                    self.is_guess = true;
                    self.unused.push(unit.path.display().to_string());
                    continue;
                }
            };
            let host = slot.get_or_insert_default();
            let is_taken = host.capture.is_some() && unit.loaded.capture.is_some()
                || host.journal.is_some() && unit.loaded.journal.is_some();
            if is_taken {
                self.unused.push(unit.path.display().to_string());
            } else {
                host.merge(unit.loaded);
            }
        }
    }

    /// Assigns roles by file name where the captures do not show them; of two equal captures each gets one role.
    fn assign_by_name(&mut self, mut captures: Vec<HostInput>) -> Vec<HostInput> {
        let same = |captures: &[HostInput]| match captures {
            [first, second] => {
                let logs = first.loaded.capture.as_ref().zip(second.loaded.capture.as_ref());
                logs.is_some_and(|(first, second)| first.datagrams == second.datagrams || is_one(first, second))
            }
            _ => false,
        };
        if same(&captures) && captures.iter().all(|unit| unit.loaded.journal.is_none()) {
            let client = captures.iter().position(|unit| role_from_name(&unit.path) == Some(Role::Client)).unwrap_or(0);
            for (index, unit) in captures.iter_mut().enumerate() {
                unit.role = Some(if index == client { Role::Client } else { Role::Server });
            }
        }
        for unit in captures.iter_mut().filter(|unit| unit.role.is_none()) {
            unit.role = role_from_name(&unit.path);
            self.is_guess = true;
        }
        captures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_one_submission_or_holds_several() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        write("all/g1/nomes.txt", b"Ana");
        write("all/g1/cliente/c.pcap", &[0xd4, 0xc3, 0xb2, 0xa1]);
        write("all/g2/s.PCAP", b"");
        write("all/g3/relatorio.pdf", b"%PDF");
        write("all/LEIA.txt", b"");
        let found = |path: &str| {
            let handed = find(&[folder.path().join(path)], Grouping::Guess, Texts::default()).unwrap();
            handed.iter().map(|handed| (handed.path.clone(), handed.files.len(), handed.is_all)).collect::<Vec<_>>()
        };
        let path = |name: &str| folder.path().join(name);
        // Each has one capture, which may be the other's.
        assert_eq!(found("all"), [(path("all/g1"), 2, false), (path("all/g2"), 1, false), (path("all/g3"), 1, false)]);
        assert_eq!(found("all/g1"), [(path("all/g1"), 2, true)]);
        assert_eq!(found("all/g1/cliente/c.pcap"), [(path("all/g1/cliente/c.pcap"), 1, false)]);
        // A stray file beside complete submissions.
        write("class/nomes.txt", b"Eva");
        for group in ["a", "b"] {
            write(&format!("class/{group}/nomes.txt"), b"Ana");
            write(&format!("class/{group}/c.pcap"), &[0xd4, 0xc3, 0xb2, 0xa1]);
        }
        let paths = |grouping| {
            let found = find(&[path("class")], grouping, Texts::default()).unwrap();
            found.into_iter().map(|handed| handed.path).collect::<Vec<_>>()
        };
        let each = vec![path("class/a"), path("class/b")];
        assert_eq!((paths(Grouping::Guess), paths(Grouping::Each)), (each.clone(), each));
        assert_eq!(paths(Grouping::One), [path("class")]);
        assert!(find(&[path("all/g3")], Grouping::Guess, Texts::default()).is_err());
        assert!(find(&[path("all/g9")], Grouping::Guess, Texts::default()).is_err());
    }
}
