//! `medidor receber`: takes a file, and proves that it is whole.

use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Result;

use super::client::DEFAULT_PORT;
use super::failure::{self, Exit, Failure};
use super::progress;
use super::screen::say;
use super::transfer::{finish, log_folder, mode, stopping};
use crate::cli::ReceiveArgs;
use crate::core::dialect::transfer::{Mode, classic};
use crate::core::verdict::transfer::{End, SCHEMA, TransferDocument};
use crate::i18n::{Texts, Value};
use crate::net::host;
use crate::transfer::receiver::{self, Closed, Notice, Received, Wish};
use crate::transfer::{GLANCE, Meter};

/// Runs the receiver.
///
/// # Errors
/// A [`Failure`] with its exit code.
pub fn run(args: &ReceiveArgs, texts: Texts) -> Result<ExitCode> {
    let server = host::resolve(&args.host, DEFAULT_PORT).map_err(|error| failure::host(texts, &error))?;
    log_folder(args.logs.as_deref(), texts)?;
    if !args.output.is_dir() {
        let error = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(failure::output(texts, &args.output, &error));
    }
    let wish = Wish {
        server,
        folder: args.output.clone(),
        mode: args.mode.map(mode),
        max_size: args.max_size,
        port: args.data_port,
        buffer: args.buffer as usize,
    };
    let stop = stopping(texts)?;
    let meter = [Meter::default()];
    let (size, over) = (OnceLock::new(), AtomicBool::new(false));
    let received = thread::scope(|scope| {
        let drawing = scope.spawn(|| {
            while meter[0].bytes.load(Ordering::Relaxed) == 0 && !over.load(Ordering::Relaxed) {
                thread::park_timeout(GLANCE);
            }
            // The bare dialect tells the size with the blocks, so there is no telling how far it is.
            if let Some(&size) = size.get() {
                progress::show(&meter, size, &over, texts);
            }
        });
        let notice = |notice: Notice<'_>| match notice {
            Notice::Joined(welcome) => {
                let _ = size.set(welcome.size);
                say(texts.with(
                    "transfer-joined",
                    &[
                        ("number", Value::words(welcome.number)),
                        ("clients", Value::words(welcome.clients)),
                        ("file", Value::words(&welcome.name)),
                        ("size", Value::words(welcome.size)),
                        ("mode", Value::words(welcome.mode.name())),
                    ],
                ));
            }
            Notice::SmallBuffer(granted) => {
                let kib = |bytes: usize| Value::count(bytes as u64 / 1024);
                let asked = args.buffer as usize;
                let values = [("asked", kib(asked)), ("granted", kib(granted)), ("bytes", Value::words(asked))];
                say(texts.with("run-small-buffer", &values));
            }
        };
        let received = receiver::run(&wish, &meter[0], &stop, &notice);
        over.store(true, Ordering::Relaxed);
        drawing.thread().unpark();
        received
    });
    match received {
        Ok(received) => finish(&document(received), args.logs.as_deref(), args.json, texts),
        Err(closed) => refused(&closed, args, texts),
    }
}

fn document(received: Received) -> TransferDocument {
    let Received { welcome, bare, start, transfer } = received;
    let document = TransferDocument {
        schema: SCHEMA,
        role: End::Receiver,
        mode: Mode::Classic,
        name: None,
        size: None,
        sha256: None,
        clients: None,
        block: Some(classic::BLOCK),
        start_ns: start,
        transfers: vec![transfer],
    };
    match (welcome, bare) {
        (Some(welcome), _) => TransferDocument {
            mode: welcome.mode,
            name: crate::core::dialect::transfer::name::safe(welcome.name.as_bytes()),
            size: Some(welcome.size),
            sha256: Some(welcome.sha256),
            clients: Some(welcome.clients),
            block: welcome.mode.has_blocks().then_some(welcome.block),
            ..document
        },
        (None, Some(told)) => TransferDocument { name: told.name, size: told.size, clients: told.clients, ..document },
        (None, None) => document,
    }
}

fn refused(closed: &Closed, args: &ReceiveArgs, texts: Texts) -> Result<ExitCode> {
    let host = || ("host", Value::words(&args.host));
    match closed {
        Closed::Unreachable(error) => {
            Err(Failure::environment(texts, "error-no-sender", &[host(), ("detail", Value::words(error))]))
        }
        Closed::Full => Err(Failure::failed(texts, "error-transfer-full", &[host()])),
        Closed::NoSender => Err(Failure::failed(texts, "error-other-dialect", &[host()])),
        Closed::Bind(address, error) => Err(failure::bind(texts, *address, error)),
        Closed::Folder(error) => Err(failure::output(texts, &args.output, error)),
        Closed::Interrupted => Ok(Exit::Interrupted.into()),
    }
}
