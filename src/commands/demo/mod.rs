//! `medidor demo`: runs server, relay and client as real commands, in network namespaces where the system allows them,
//! and analyzes their files.

pub mod network;
pub mod subprocess;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use anyhow::Result;

use self::network::{DemoNetwork, DemoRole};
use self::subprocess::{ChildId, ChildProcesses, ExitedChild};
use super::analyze;
use super::run::error::{self, CommandError, Exit};
use super::run::inputs::Inputs;
use super::run::status::{eprint_line, eprint_status, is_verbose};
use super::run::{print, report_files};
use crate::cli::arguments::is_stdout;
use crate::cli::{AnalyzeArgs, DemoArgs, ImpairmentArgs, OutputArgs};
use crate::core::protocol::impairment::{LossModel, MAX_QUEUE};
use crate::i18n::{Texts, Value};
use crate::privileges;

/// The files of the run, in its folder.
const CAPTURES: [&str; 2] = ["client.pcap", "server.pcap"];
const JOURNALS: [&str; 2] = ["client.journal.jsonl", "server.journal.jsonl"];
const TRUTH: &str = "truth.jsonl";
const PAGE: &str = "result.html";

/// Between two batches, where the interval is not longer.
const BATCH_PAUSE: Duration = Duration::from_millis(500);

/// A message's deadline, beside what the relay takes. Absence proves something only where the witness stayed awake for a
/// second and more: the last message's loss is to have its place as well.
const REPLY_TIMEOUT: Duration = Duration::from_millis(1_500);

/// Shown commands are broken before this column.
const MAX_LINE_WIDTH: usize = 78;

/// Runs the demonstration.
///
/// # Errors
/// A [`CommandError`] with its exit code.
pub fn run(args: &DemoArgs, texts: Texts) -> Result<ExitCode> {
    if let Some(probe_result) = network::probe_namespaces() {
        return Ok(probe_result);
    }
    // Files that the user names lie where the user is, those of the run in its folder.
    let absolute = |path: &PathBuf| {
        if is_stdout(path) { path.clone() } else { std::path::absolute(path).unwrap_or_else(|_| path.clone()) }
    };
    let form = OutputArgs {
        html: Some(args.form.html.as_ref().map_or_else(|| PAGE.into(), absolute)),
        csv: args.form.csv.as_ref().map(absolute),
        ..args.form
    };
    report_files::check_run(&args.form, &[], texts)?;
    let folder = create_folder(args.output.as_deref(), texts)?;
    let result = change_folder(&folder, texts).and_then(|()| run_in_folder(args, form, &folder, texts));
    // Only where nothing is in it.
    _ = fs::remove_dir(&folder);
    result.map(ExitCode::from)
}

/// Creates the folder, which must not exist yet; returns its absolute path.
fn create_folder(requested: Option<&Path>, texts: Texts) -> Result<PathBuf> {
    let default = || PathBuf::from(chrono::Local::now().format("medidor-demo-%Y%m%d-%H%M%S").to_string());
    let folder = requested.map_or_else(default, Path::to_path_buf);
    let created =
        privileges::run_as_sudo_user(|| fs::create_dir(&folder)).map_err(|error| error::privileges(texts, &error))?;
    created.and_then(|()| folder.canonicalize()).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            CommandError::environment(texts, "error-folder-exists", &[("folder", Value::text(folder.display()))])
        }
        _ => error::file(texts, "error-write", &folder, &error),
    })
}

/// Goes into the folder, so that the commands are as short as those a student types.
fn change_folder(folder: &Path, texts: Texts) -> Result<()> {
    std::env::set_current_dir(folder).map_err(|error| error::file(texts, "error-write", folder, &error))
}

/// From the first to the last act.
fn run_in_folder(args: &DemoArgs, form: OutputArgs, folder: &Path, texts: Texts) -> Result<Exit> {
    let demo_error =
        |error: &io::Error| CommandError::environment(texts, "error-demo", &[("detail", Value::text(error))]);
    // Created first, so that on any later failure it still ends the children.
    let mut children = ChildProcesses::new().map_err(|error| demo_error(&error))?;
    let network = DemoNetwork::create(texts).map_err(|error| demo_error(&error))?;
    if children.interrupted() {
        return Ok(Exit::Interrupted);
    }
    network.describe(texts);
    let processes = DemoProcesses { args, form, network: &network, texts };
    let client_status =
        processes.run_processes(&mut children, folder).map_err(|error| match error.downcast::<io::Error>() {
            Ok(error) => demo_error(&error),
            Err(error) => error,
        })?;
    let Some(client_status) = client_status else { return Ok(Exit::Interrupted) };
    let interrupted = children.interrupted();
    drop(children);
    network.drop_privileges(texts)?;
    let analysis = analyze(&processes);
    list_files(folder, texts);
    if interrupted {
        // Where it came before the first message there is nothing to judge.
        if let Err(error) = analysis {
            eprint_line(texts.with("error-line", &[("text", Value::text(&error))]));
        }
        return Ok(Exit::Interrupted);
    }
    let is_correct = analysis?;
    Ok(match exit_from_status(client_status) {
        Exit::Done if !CAPTURES.iter().all(|file| Path::new(file).exists()) => {
            eprint_line(texts.with("demo-no-captures", &[("program", Value::text(error::program()))]));
            Exit::Environment
        }
        Exit::Done if !is_correct => Exit::Failed,
        exit => exit,
    })
}

/// Prints the analysis; whether no verdict is against the truth.
fn analyze(processes: &DemoProcesses<'_>) -> Result<bool> {
    let texts = processes.texts;
    let files = [0, 1].map(|side| if Path::new(CAPTURES[side]).exists() { CAPTURES[side] } else { JOURNALS[side] });
    processes.print_command(
        "demo-analysis",
        &["analyze", files[0], files[1], "--truth", TRUTH, "--html", PAGE].map(str::to_owned),
    );
    let args = AnalyzeArgs {
        files: files.map(PathBuf::from).to_vec(),
        client: Vec::new(),
        server: Vec::new(),
        port: None,
        flow: None,
        chat: false,
        truth: Some(TRUTH.into()),
        annotate: None,
        output: processes.form.clone(),
    };
    let inputs = Inputs::open(&analyze::given_paths(&args), texts)?;
    let document = analyze::judge(&args, &inputs, texts)?;
    let is_correct = document.flows.iter().filter_map(|flow| flow.score.as_ref()).all(|score| score.wrong == 0);
    print::print(document, &processes.form, texts)?;
    Ok(is_correct)
}

/// The files of the run: on one line with the page last or, if verbose, each with what is in it.
fn list_files(folder: &Path, texts: Texts) {
    if !is_verbose() {
        eprint_status(texts.with("demo-files-short", &[("folder", Value::text(folder.display()))]));
        if Path::new(PAGE).exists() {
            eprint_status(texts.with("demo-page", &[("page", Value::text(folder.join(PAGE).display()))]));
        }
        return;
    }
    eprint_status("");
    eprint_status(texts.with("demo-files", &[("folder", Value::text(folder.display()))]));
    for (key, files) in [
        ("demo-file-captures", &CAPTURES[..]),
        ("demo-file-journals", &JOURNALS),
        ("demo-file-truth", &[TRUTH]),
        ("demo-file-page", &[PAGE]),
    ] {
        let existing: Vec<&str> = files.iter().copied().filter(|file| Path::new(file).exists()).collect();
        if !existing.is_empty() {
            eprint_status(texts.with(key, &[("files", Value::text(existing.join(", ")))]));
        }
    }
}

struct DemoProcesses<'a> {
    args: &'a DemoArgs,
    form: OutputArgs,
    network: &'a DemoNetwork,
    texts: Texts,
}

impl DemoProcesses<'_> {
    /// Runs the three from beginning to end; how the client ended, or `None` where Ctrl-C came before it began.
    fn run_processes(&self, children: &mut ChildProcesses, folder: &Path) -> Result<Option<ExitStatus>> {
        let texts = self.texts;
        if is_verbose() {
            eprint_status(texts.with("demo-folder", &[("folder", Value::text(folder.display()))]));
        }
        let (relay, server) = self.network.listen_addresses();
        let Some((server, at)) =
            self.start_listener(children, DemoRole::Server, server, &self.server_arguments(server))?
        else {
            return Ok(None);
        };
        let Some((relay, at)) =
            self.start_listener(children, DemoRole::Relay, relay, &self.relay_arguments(relay, at))?
        else {
            return Ok(None);
        };
        let arguments = self.client_arguments(at);
        self.print_command("demo-client", &arguments);
        let client = self.start(children, DemoRole::Client, &arguments)?;
        let ended = children.finish(client)?;
        let status = ended.status;
        if is_verbose() {
            self.print_single_result(&ended);
        }
        if matches!(exit_from_status(status), Exit::Usage | Exit::Environment) {
            return Err(self.process_error(DemoRole::Client, &ended));
        }
        let relayed = self.stop_child(children, DemoRole::Relay, relay)?;
        let served = self.stop_child(children, DemoRole::Server, server)?;
        if is_verbose() {
            self.print_heading("demo-relay-ended");
            relayed.stdout.iter().for_each(eprint_status);
            if self.network.has_namespaces() {
                self.print_heading("demo-server-ended");
            }
            self.print_single_result(&served);
        }
        Ok(Some(status))
    }

    /// Ends a program that listens.
    fn stop_child(&self, children: &mut ChildProcesses, role: DemoRole, id: ChildId) -> Result<ExitedChild> {
        let ended = children.interrupt(id)?;
        if ended.status.success() { Ok(ended) } else { Err(self.process_error(role, &ended)) }
    }

    /// Shows the result of one side alone. On one host this would mislead: nothing is blamed on a network there, and
    /// the relay is one.
    fn print_single_result(&self, ended: &ExitedChild) {
        if self.network.has_namespaces() {
            ended.stdout.iter().for_each(eprint_status);
        }
    }

    fn print_heading(&self, key: &str) {
        eprint_status("");
        eprint_status(self.texts.get(key));
    }

    /// Starts a program that listens, and waits until it does; where it does, or `None` where Ctrl-C came before.
    fn start_listener(
        &self,
        children: &mut ChildProcesses,
        role: DemoRole,
        listen: SocketAddr,
        arguments: &[String],
    ) -> Result<Option<(ChildId, SocketAddr)>> {
        self.print_command(if role == DemoRole::Server { "demo-server" } else { "demo-relay" }, arguments);
        let id = self.start(children, role, arguments)?;
        // It names its address once everything is open.
        let address = |line: &str| {
            let addresses =
                line.split_whitespace().filter_map(|field| field.trim_matches([',', ';']).parse::<SocketAddr>().ok());
            addresses.into_iter().find(|address| address.ip() == listen.ip() && address.port() != 0)
        };
        match children.wait_for_line(id, address)? {
            Some(address) => Ok(Some((id, address))),
            None if children.interrupted() => Ok(None),
            None => Err(self.process_error(role, &children.interrupt(id)?)),
        }
    }

    fn server_arguments(&self, listen: SocketAddr) -> Vec<String> {
        self.with_capture(vec![DemoRole::Server.command().into(), "--listen".into(), listen.to_string()], CAPTURES[1])
    }

    fn relay_arguments(&self, listen: SocketAddr, to: SocketAddr) -> Vec<String> {
        let mut arguments = vec![DemoRole::Relay.command().to_owned()];
        let mut option = |name: &str, value: &dyn std::fmt::Display| {
            arguments.extend([format!("--{name}"), value.to_string()]);
        };
        let ImpairmentArgs { loss, loss_return, delay, jitter, reorder, duplicate, corrupt, rate } =
            &self.args.impairment;
        option("listen", &listen);
        option("to", &to);
        option("loss", loss.as_ref().unwrap_or(&LossModel::Ratio(0.1)));
        option("loss-return", loss_return.as_ref().unwrap_or(&LossModel::Ratio(0.05)));
        for (name, time) in [("delay", delay), ("jitter", jitter)] {
            if !time.is_zero() {
                option(name, &duration_argument(*time));
            }
        }
        for (name, percent) in [("reorder", reorder), ("duplicate", duplicate), ("corrupt", corrupt)] {
            if *percent > 0.0 {
                option(name, percent);
            }
        }
        if let Some(rate) = rate {
            option("rate", rate);
        }
        option("seed", &self.args.seed);
        option("truth", &TRUTH);
        arguments
    }

    fn client_arguments(&self, to: SocketAddr) -> Vec<String> {
        let DemoArgs { count, interval, impairment, .. } = self.args;
        let mut arguments = self.with_capture(vec![DemoRole::Client.command().into(), to.to_string()], CAPTURES[0]);
        // The relay holds a datagram back twice the jitter where others are to overtake it.
        let mut one_way = impairment.delay.saturating_add(impairment.jitter.saturating_mul(3));
        if impairment.rate.is_some() {
            one_way = one_way.saturating_add(MAX_QUEUE);
        }
        let wait = REPLY_TIMEOUT.saturating_add(one_way.saturating_mul(2));
        for (name, value) in [
            ("--count", count.to_string()),
            ("--interval", duration_argument(*interval)),
            ("--pause", duration_argument(BATCH_PAUSE.max(*interval))),
            ("--wait", duration_argument(wait)),
        ] {
            arguments.extend([name.to_owned(), value]);
        }
        arguments
    }

    /// With a capture; where the right to it may be lacking, if it can be had.
    fn with_capture(&self, mut arguments: Vec<String>, file: &str) -> Vec<String> {
        arguments.extend(["--capture".to_owned(), file.to_owned()]);
        if !self.network.has_namespaces() {
            arguments.push("--capture-optional".to_owned());
        }
        arguments
    }

    fn start(&self, children: &mut ChildProcesses, role: DemoRole, arguments: &[String]) -> Result<ChildId> {
        let mut command = network::this_program()?;
        command.args(arguments).args(is_verbose().then_some("--verbose")).env("LANGUAGE", self.texts.language().tag());
        Ok(self.network.spawn_in(role, &mut command, |command| {
            children.start(command, role == DemoRole::Client && is_verbose())
        })??)
    }

    /// Shows a command as it can be typed; if verbose, under a heading.
    fn print_command(&self, heading: &str, arguments: &[String]) {
        let name = self.texts.get(&format!("command-{}", arguments[0]));
        let mut text = "  $ medidor".to_owned();
        let mut column = text.len();
        // An option and its value stay together.
        let mut rest = [std::slice::from_ref(&name), &arguments[1..]].concat().into_iter().peekable();
        while let Some(mut argument) = rest.next() {
            if argument.starts_with("--")
                && let Some(value) = rest.next_if(|value| !value.starts_with("--"))
            {
                argument = format!("{argument} {value}");
            }
            if column + 1 + argument.len() > MAX_LINE_WIDTH {
                text += " \\\n     ";
                column = 5;
            }
            column += 1 + argument.len();
            text += " ";
            text += &argument;
        }
        if is_verbose() {
            self.print_heading(heading);
        }
        eprint_status(text);
    }

    /// A program did not do its part: its last words, and how it ended.
    fn process_error(&self, role: DemoRole, ended: &ExitedChild) -> anyhow::Error {
        ended.stderr.iter().for_each(eprint_line);
        let program = self.texts.get(&format!("command-{}", role.command()));
        let values = [("program", Value::text(program)), ("status", Value::text(ended.status))];
        let exit = match exit_from_status(ended.status) {
            Exit::Usage => Exit::Usage,
            _ => Exit::Environment,
        };
        CommandError { exit, text: self.texts.with("error-demo-program", &values) }.into()
    }
}

fn duration_argument(time: Duration) -> String {
    humantime::format_duration(time).to_string().replace(' ', "")
}

/// What a program's end means.
fn exit_from_status(status: ExitStatus) -> Exit {
    match status.code() {
        Some(0) => Exit::Done,
        Some(1) => Exit::Failed,
        Some(2) => Exit::Usage,
        Some(130) => Exit::Interrupted,
        _ => Exit::Environment,
    }
}
