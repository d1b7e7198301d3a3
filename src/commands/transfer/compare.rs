//! `medidor comparar`: sends the same file in every mode, with each end in a process of its own on this machine.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use serde::Deserialize;
use tempfile::TempDir;

use crate::cli::CompareArgs;
use crate::commands::run::error::{self, CommandError, Exit};
use crate::commands::run::print;
use crate::commands::run::report_files;
use crate::commands::run::status::eprint_line;
use crate::core::document::transfer::{
    Loss, LossBySegment, SCHEMA, Transfer, TransferDocument, TransferPerspective, TransferSegment,
};
use crate::core::evidence::transfer_records::ReceiverReport;
use crate::core::protocol::transfer::{Mode, classic};
use crate::i18n::{Texts, Value};
use crate::net::clock::wall;
use crate::parent_death;
use crate::report::transfer as report;

const WORD_LEN: usize = 8;

/// Runs the comparison.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &CompareArgs, texts: Texts) -> Result<ExitCode> {
    report_files::check(&[args.html.as_deref()], &args.file.iter().map(PathBuf::as_path).collect::<Vec<_>>(), texts)?;
    let folder = TempDir::new().map_err(|error| error::output(texts, &std::env::temp_dir(), &error))?;
    let files = match &args.file {
        Some(file) => vec![file.clone()],
        None => args.sizes.iter().map(|&size| create_random_file(folder.path(), size, texts)).collect::<Result<_>>()?,
    };
    let mut documents = Vec::new();
    for file in &files {
        let size = fs::metadata(file).map_err(|error| error::file(texts, "error-read", file, &error))?.len();
        for &clients in &args.clients {
            for mode in Mode::ALL {
                let values = [
                    ("mode", Value::text(mode.name())),
                    ("clients", Value::count(clients.into())),
                    ("size", Value::text(size)),
                ];
                eprint_line(texts.with("transfer-run", &values));
                documents.push(run_transfer(file, size, mode, clients, &args.rate, texts)?);
            }
        }
    }
    report_files::write_transfers(&documents, args.html.as_deref(), texts)?;
    let text = if args.csv {
        report::csv(&documents)
    } else if args.json {
        report::comparison_json(&documents)
    } else {
        report::comparison(&documents, texts)
    };
    print::write(&text, texts)?;
    // Lost blocks are expected here; a reliable mode that does not deliver is a failure.
    let failed = documents
        .iter()
        .filter(|document| !document.mode.has_blocks())
        .any(|document| document.transfers.iter().any(|transfer| transfer.account.complete != Some(true)));
    Ok(if failed { Exit::Failed } else { Exit::Done }.into())
}

/// Creates a file of random content, which no file system can compress.
fn create_random_file(folder: &Path, size: u64, texts: Texts) -> Result<PathBuf> {
    let path = folder.join(format!("{size}.bin"));
    let fill = || -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(&path)?);
        let mut rng = fastrand::Rng::with_seed(size);
        let mut remaining = size;
        while remaining > 0 {
            let word = rng.u64(..).to_le_bytes();
            let length = remaining.min(WORD_LEN as u64);
            file.write_all(&word[..length as usize])?;
            remaining -= length;
        }
        file.flush()
    };
    fill().map_err(|error| error::output(texts, &path, &error))?;
    Ok(path)
}

/// What an end printed, as far as it is needed.
#[derive(Deserialize)]
struct RunOutput {
    transfers: Vec<Transfer>,
}

/// Sends the file once to `clients` receivers.
fn run_transfer(
    file: &Path,
    size: u64,
    mode: Mode,
    clients: u16,
    rate: &str,
    texts: Texts,
) -> Result<TransferDocument> {
    let outputs = TempDir::new().map_err(|error| error::output(texts, &std::env::temp_dir(), &error))?;
    let start = wall();
    let mut sender = medidor_command(texts)?;
    sender.args(["enviar", "--listen", "127.0.0.1:0", "--json", "--mode", mode.name(), "--rate", rate]);
    sender.args(["--clients", &clients.to_string()]).arg(file).stderr(Stdio::piped());
    let mut sender = spawn(&mut sender, texts)?;
    let address = read_listen_address(&mut sender).ok_or_else(|| comparison_error(texts))?;
    let mut receivers = Vec::new();
    for _ in 0..clients {
        let mut receiver = medidor_command(texts)?;
        receiver.args(["receber", &address.to_string(), "--json", "--mode", mode.name(), "--output"]);
        receiver.arg(outputs.path()).args(["--max-size", &size.to_string()]).stderr(Stdio::null());
        receivers.push(spawn(&mut receiver, texts)?);
    }
    let mut at_receivers = Vec::new();
    for receiver in receivers {
        at_receivers.extend(read_transfers(receiver, texts)?);
    }
    let mut transfers = read_transfers(sender, texts)?;
    for transfer in &mut transfers {
        // In the bare dialect the sender learns of nothing: here both ends are at hand.
        let Some(at_receiver) = at_receivers.iter().find(|seen| seen.account.number == transfer.account.number) else {
            continue;
        };
        if mode == Mode::Classic {
            let (report, seen) = (&mut transfer.account, &at_receiver.account);
            (report.complete, report.bytes_received, report.took_ns) =
                (seen.complete, seen.bytes_received, seen.took_ns);
            if let (Some(blocks), Some(seen)) = (&mut report.blocks, &seen.blocks) {
                blocks.arrived = seen.arrived.clone();
            }
            *transfer = Transfer { loss: local_loss(report), ..Transfer::of(report.clone()) };
        }
    }
    Ok(TransferDocument {
        schema: SCHEMA,
        role: TransferPerspective::Sender,
        mode,
        name: file.file_name().map(|name| name.to_string_lossy().into_owned()),
        size: Some(size),
        sha256: None,
        clients: Some(clients),
        block: mode.has_blocks().then_some(classic::BLOCK),
        start_ns: start,
        witnesses: Vec::new(),
        transfers,
        warnings: Vec::new(),
    })
}

/// The losses on this machine, from both ends' counters.
fn local_loss(report: &ReceiverReport) -> Option<Loss> {
    let blocks = report.blocks.as_ref()?;
    let (of, received) = (blocks.sent?, blocks.arrived.received?);
    let (lost, mut at) = (of.saturating_sub(received), LossBySegment::default());
    at.add(lost, &[TransferSegment::SenderHost, TransferSegment::ReceiverHost]);
    at.attribute_socket_drops(blocks.arrived.socket_drops);
    Some(Loss { lost, of, at, ..Loss::default() })
}

fn medidor_command(texts: Texts) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("/proc/self/exe")?);
    command.args(["--lang", texts.language().tag()]).stdin(Stdio::null()).stdout(Stdio::piped());
    parent_death::exit_with_parent(&mut command);
    Ok(command)
}

fn spawn(command: &mut Command, texts: Texts) -> Result<Child> {
    command.spawn().map_err(|error| error::file(texts, "error-read", Path::new(&error::program()), &error))
}

/// The address at which a sender listens, from its first line; its other output is discarded.
fn read_listen_address(sender: &mut Child) -> Option<SocketAddr> {
    let mut lines = BufReader::new(sender.stderr.take()?).lines().map_while(Result::ok);
    let found = lines.by_ref().find_map(|line| line.rsplit(' ').next()?.parse().ok());
    std::thread::spawn(move || lines.for_each(drop));
    found
}

fn read_transfers(child: Child, texts: Texts) -> Result<Vec<Transfer>> {
    let output = child.wait_with_output().map_err(|_| comparison_error(texts))?;
    let output_document: RunOutput = serde_json::from_slice(&output.stdout).map_err(|_| comparison_error(texts))?;
    Ok(output_document.transfers)
}

fn comparison_error(texts: Texts) -> anyhow::Error {
    CommandError::failed(texts, "error-comparison", &[])
}
