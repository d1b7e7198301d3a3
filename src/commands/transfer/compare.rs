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
use crate::commands::run::status::eprint_status;
use crate::core::document::envelope::{Envelope, Kind, Perspective};
use crate::core::document::path::SegmentName;
use crate::core::document::transfer::{Loss, LossBySegment, Transfer, TransferDocument, Wire, bytes_per_second};
use crate::core::evidence::transfer_records::Blocks;
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
    let read: Vec<&Path> = args.file.iter().map(PathBuf::as_path).collect();
    report_files::check(&[args.html.as_deref()], args.json || args.csv, &read, texts)?;
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
                eprint_status(texts.with("transfer-run", &values));
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
    print::write_result(&text, &[args.html.as_deref()], texts)?;
    // Lost blocks are expected here; a reliable mode that does not deliver is a failure.
    let failed = documents
        .iter()
        .filter(|document| !document.mode.has_blocks())
        .any(|document| document.transfers.iter().any(|transfer| transfer.complete != Some(true)));
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
        let Some(at_receiver) = at_receivers.iter().find(|seen| seen.number == transfer.number) else {
            continue;
        };
        if mode == Mode::Classic {
            (transfer.complete, transfer.bytes_received, transfer.took_ns) =
                (at_receiver.complete, at_receiver.bytes_received, at_receiver.took_ns);
            transfer.bytes_per_second = bytes_per_second(transfer.bytes_received, transfer.took_ns);
            if let (Some(blocks), Some(seen)) = (&mut transfer.blocks, &at_receiver.blocks) {
                blocks.arrived = seen.arrived.clone();
            }
            transfer.loss = transfer.blocks.as_ref().and_then(local_loss);
            (transfer.points, transfer.wire, transfer.throughput) = (None, Wire::default(), None);
        }
    }
    Ok(TransferDocument {
        envelope: Envelope::new(Kind::Transfer, Perspective::Server),
        mode,
        name: file.file_name().map(|name| name.to_string_lossy().into_owned()),
        size_bytes: Some(size),
        sha256: None,
        clients: Some(clients),
        block_bytes: mode.has_blocks().then_some(classic::BLOCK),
        start_ns: start,
        transfers,
    })
}

/// The losses on this machine, from both ends' counters.
fn local_loss(blocks: &Blocks) -> Option<Loss> {
    let (sent, received) = (blocks.sent?, blocks.arrived.received?);
    let (lost, mut lost_by_segment) = (sent.saturating_sub(received), LossBySegment::default());
    lost_by_segment.add(lost, &[SegmentName::SenderHost, SegmentName::ReceiverHost]);
    lost_by_segment.attribute_socket_drops(blocks.arrived.socket_drops, Some(0));
    Some(Loss { lost, lost_at_most: lost, sent, lost_by_segment, ..Loss::default() })
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
