//! `medidor enviar`: one file to several receivers at once.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Result;

use super::client::DEFAULT_PORT;
use super::failure::{self, Failure};
use super::progress;
use super::screen::say;
use super::transfer::{finish, log_folder, mode, stopping};
use crate::cli::SendArgs;
use crate::core::dialect::transfer::block::{self, Cut};
use crate::core::dialect::transfer::control::{VERSION, Welcome};
use crate::core::dialect::transfer::{Mode, classic};
use crate::core::time::Wall;
use crate::core::verdict::transfer::{End, SCHEMA, TransferDocument};
use crate::i18n::{Texts, Value};
use crate::net::clock::{Clock, wall};
use crate::net::host;
use crate::transfer::Meter;
use crate::transfer::gate::News;
use crate::transfer::quic::Identity;
use crate::transfer::sender::{self, Order};
use crate::transfer::source::{Source, token};

/// Runs the sender.
///
/// # Errors
/// A [`Failure`] with its exit code.
pub fn run(args: &SendArgs, texts: Texts) -> Result<ExitCode> {
    let address = host::listen(&args.listen, DEFAULT_PORT).map_err(|error| failure::host(texts, &error))?;
    log_folder(args.logs.as_deref(), texts)?;
    let source = Source::open(&args.file).map_err(|error| failure::file(texts, "error-read", &args.file, &error))?;
    let mode = mode(args.mode);
    let block = if mode == Mode::Classic { classic::BLOCK } else { args.block };
    let cut = Cut::new(source.size, block).ok_or_else(|| {
        Failure::usage(texts, "error-too-many-blocks", &[("file", Value::words(args.file.display()))])
    })?;
    if mode == Mode::Udp && block > block::UNFRAGMENTED {
        say(texts.with("transfer-fragments", &[("most", Value::words(block::UNFRAGMENTED))]));
    }
    let listener = TcpListener::bind(address).map_err(|error| failure::bind(texts, address, &error))?;
    let socket =
        |error: std::io::Error| Failure::environment(texts, "error-socket", &[("detail", Value::words(error))]);
    let local = listener.local_addr().map_err(socket)?;
    let identity = if mode == Mode::Quic { Some(Identity::make().map_err(socket)?) } else { None };
    let welcome = Welcome {
        version: VERSION,
        number: 1,
        clients: args.clients,
        name: source.name.clone(),
        size: source.size,
        sha256: source.sha256.clone(),
        mode,
        block,
        token: token().map_err(socket)?,
        port: local.port(),
        fingerprint: identity.as_ref().map(Identity::fingerprint),
    };
    let order = Order {
        source: &source,
        cut,
        welcome,
        rate: args.rate,
        barrier: args.barrier_timeout,
        identity,
        own: host::addresses(),
    };
    let stop = stopping(texts)?;
    say(texts.with(
        "transfer-waiting",
        &[
            ("file", Value::words(&source.name)),
            ("size", Value::words(source.size)),
            ("mode", Value::words(mode.name())),
            ("clients", Value::count(args.clients.into())),
            ("address", Value::words(local)),
        ],
    ));
    let meters: Vec<Meter> = (0..args.clients).map(|_| Meter::default()).collect();
    let (started, over) = (AtomicBool::new(false), AtomicBool::new(false));
    let start = std::sync::Mutex::new(None::<Wall>);
    let transfers = thread::scope(|scope| {
        let drawing = scope.spawn(|| {
            while !started.load(Ordering::Relaxed) && !over.load(Ordering::Relaxed) {
                thread::park_timeout(crate::transfer::GLANCE);
            }
            if started.load(Ordering::Relaxed) {
                progress::show(&meters, source.size, &over, texts);
            }
        });
        let begin = || {
            if let Ok(mut start) = start.lock() {
                *start = Some(wall());
            }
            say(texts.get("transfer-started"));
            started.store(true, Ordering::Relaxed);
        };
        let news = |news| tell(news, args.clients, texts);
        let done = sender::run(&order, &listener, &meters, Clock::start(), &stop, &news, &begin);
        over.store(true, Ordering::Relaxed);
        drawing.thread().unpark();
        done
    });
    let document = TransferDocument {
        schema: SCHEMA,
        role: End::Sender,
        mode,
        name: Some(source.name.clone()),
        size: Some(source.size),
        sha256: Some(source.sha256.clone()),
        clients: Some(args.clients),
        block: mode.has_blocks().then_some(block),
        start_ns: start.into_inner().ok().flatten().unwrap_or_else(wall),
        transfers: transfers.map_err(socket)?,
    };
    finish(&document, args.logs.as_deref(), args.json, texts)
}

fn tell(news: News, clients: u16, texts: Texts) {
    let peer = |peer: std::net::SocketAddr| ("peer", Value::words(peer));
    match news {
        News::Came { number, peer: from, ready } => say(texts.with(
            "transfer-came",
            &[
                ("number", Value::words(number)),
                peer(from),
                ("ready", Value::words(ready)),
                ("clients", Value::words(clients)),
            ],
        )),
        News::Left { number, peer: from } => {
            say(texts.with("transfer-left", &[("number", Value::words(number)), peer(from)]));
        }
        News::Refused { peer: from } => say(texts.with("transfer-refused", &[peer(from)])),
    }
}
