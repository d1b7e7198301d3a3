//! The commands of README.md and LEIAME.md are run as written, in two homes behind two NAT routers with the addresses
//! of the guide; and everything that the documents name exists.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::common::lab::{Host, Lab, Side, Transport};
use crate::common::medidor::{RUN_TIMEOUT, Report};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use medidor::core::protocol::schedule::Schedule;
use medidor::i18n::Language;
use tempfile::TempDir;

/// A guide, and the program's messages in its language.
struct Guide {
    file: &'static str,
    locale: &'static str,
    listening: &'static str,
    capturing: &'static str,
    loss: &'static str,
}

const ENGLISH: Guide = Guide {
    file: "README.md",
    locale: "en_US.UTF-8",
    listening: "Server listening on ",
    capturing: "Capturing on ",
    loss: "Loss rate: 0% (0 of 30 messages;",
};

const PORTUGUESE: Guide = Guide {
    file: "LEIAME.md",
    locale: "pt_BR.UTF-8",
    listening: "Servidor escutando em ",
    capturing: "Capturando em ",
    loss: "Taxa de perda: 0% (0 de 30 mensagens;",
};

/// The labels of the blocks that are run, in the order of the guide.
const MARKS: [&str; 13] = [
    "local-server",
    "local-client",
    "show",
    "server-fixed",
    "client-fixed",
    "server",
    "watch-server",
    "client",
    "watch-client",
    "after",
    "after",
    "ping-server",
    "ping",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The fenced blocks of a document: info string and lines.
fn blocks(text: &str) -> Vec<(String, Vec<String>)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, Vec<String>)> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some((info.trim().to_owned(), Vec::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, lines))) => lines.push(line.to_owned()),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block without an end");
    blocks
}

impl Guide {
    fn text(&self) -> String {
        fs::read_to_string(root().join(self.file)).unwrap()
    }

    /// The commands of the blocks with this label.
    fn commands(&self, mark: &str) -> Vec<String> {
        let info = format!("sh {mark}");
        let lines: Vec<String> =
            blocks(&self.text()).into_iter().filter(|(found, _)| *found == info).flat_map(|(_, lines)| lines).collect();
        assert!(!lines.is_empty(), "{}: no block {mark}", self.file);
        lines
    }

    /// The only command with this label.
    fn command(&self, mark: &str) -> String {
        let [command] = &self.commands(mark)[..] else { panic!("{}: one command in {mark}", self.file) };
        command.clone()
    }

    /// A command as a reader's shell would run it, in a home, in the guide's language.
    fn typed(&self, host: &Host, folder: &Path, line: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_medidor")).parent().unwrap();
        let mut command = host.command("sh");
        let path = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value).unwrap();
        let path = format!("{}:{}", program.display(), path.to_string_lossy());
        // medidor replaces the shell, so that Ctrl-C reaches it.
        let line = if line.starts_with("medidor ") { format!("exec {line}") } else { line.to_owned() };
        command.args(["-c", &line]).env("PATH", path).env("LC_ALL", self.locale).env_remove("LANGUAGE");
        command.current_dir(folder);
        command
    }

    fn start(&self, host: &Host, folder: &Path, mark: &str) -> Running {
        Running::start(self.typed(host, folder, &self.command(mark)))
    }

    fn start_server(&self, host: &Host, folder: &Path, mark: &str) -> Running {
        let server = self.start(host, folder, mark);
        server.wait_for_line(|line| line.starts_with(self.listening), STEP_TIMEOUT);
        // A reader types in another terminal once the screen is complete.
        server.wait_for_line(|line| line.starts_with(self.capturing), STEP_TIMEOUT);
        server
    }
}

fn is_installed(tool: &str) -> bool {
    let found = Command::new("sh").args(["-c", "command -v \"$0\"", tool]).output();
    found.is_ok_and(|output| output.status.success())
}

/// The assignment as a guide describes it, at its real speed.
fn two_homes(guide: &Guide, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let (at_client, at_server) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let shown: String = guide
        .commands("show")
        .iter()
        .map(|line| {
            Running::start(guide.typed(lab.home_b(), at_server.path(), line)).wait(STEP_TIMEOUT).text(Stream::Out)
        })
        .collect();
    assert!(shown.contains("192.168.2.20/") && shown.contains("via 192.168.2.1"), "{shown}");

    let server = guide.start_server(lab.home_b(), at_server.path(), "server");
    let client = guide.start(lab.home_a(), at_client.path(), "client");
    client.wait_for_line(|line| line.starts_with(guide.capturing), STEP_TIMEOUT);
    if is_installed("tcpdump") {
        let at_home_a = guide.start(lab.home_a(), at_client.path(), "watch-client");
        at_home_a.wait_for_line(|line| line.contains("Mensagem 12"), RUN_TIMEOUT);
        let at_home_b = guide.start(lab.home_b(), at_server.path(), "watch-server");
        at_home_b.wait_for_line(|line| line.contains("ACK 22"), RUN_TIMEOUT);
    } else {
        crate::common::skip(test, "tcpdump is not installed: the second terminals are not tried");
    }
    let client = client.wait(RUN_TIMEOUT);
    client.expect_code(0);
    let loss = client.text(Stream::Out);
    assert!(loss.starts_with(guide.loss), "{loss}");
    server.interrupt(STEP_TIMEOUT).expect_code(0);

    for file in ["server.pcap", "server.journal.jsonl"] {
        fs::copy(at_server.path().join(file), at_client.path().join(file)).unwrap();
    }
    for line in guide.commands("after") {
        if line.starts_with("tshark") && !is_installed("tshark") {
            crate::common::skip(test, "tshark is not installed");
            continue;
        }
        let finished = Running::start(guide.typed(lab.home_a(), at_client.path(), &line)).wait(RUN_TIMEOUT);
        finished.expect_code(0);
        let text = finished.text(Stream::Out);
        if line.starts_with("tshark") {
            assert_eq!(text.lines().count(), 60, "{line}\n{text}");
        } else {
            assert!(text.starts_with(guide.loss), "{text}");
        }
    }
}

/// The variant for a server that replies to a fixed address.
fn fixed_address(guide: &Guide, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let (at_client, at_server) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    lab.forward(Side::A, Transport::Udp, 6000);
    let server = guide.start_server(lab.home_b(), at_server.path(), "server-fixed");
    let client = guide.start(lab.home_a(), at_client.path(), "client-fixed").wait(RUN_TIMEOUT);
    client.expect_code(0);
    assert!(client.text(Stream::Out).starts_with(guide.loss), "{client:?}");
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}

/// The first attempt, on one host.
fn one_computer(guide: &Guide, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let folder = TempDir::new().unwrap();
    let server = guide.start_server(lab.home_a(), folder.path(), "local-server");
    let client = guide.start(lab.home_a(), folder.path(), "local-client").wait(RUN_TIMEOUT);
    client.expect_code(0);
    assert!(client.text(Stream::Out).starts_with(guide.loss), "{client:?}");
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let json = guide.typed(lab.home_a(), folder.path(), "medidor analisar client.pcap server.pcap --json");
    let report: Finished = Running::start(json).wait(RUN_TIMEOUT);
    assert_eq!(Report::of(&report).warnings(), ["same_host"]);
}

/// The textbook's ping exercise, on one host.
fn textbook_ping(guide: &Guide, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let folder = TempDir::new().unwrap();
    let server = guide.start(lab.home_a(), folder.path(), "ping-server");
    server.wait_for_line(|line| line.starts_with(guide.listening), STEP_TIMEOUT);
    let ping = guide.start(lab.home_a(), folder.path(), "ping").wait(RUN_TIMEOUT);
    ping.expect_code(0);
    let replies = ping.lines.iter().filter(|line| line.text.contains(": PING ")).count();
    assert!((1..10).contains(&replies), "some are dropped: {ping:?}");
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}

/// Runs all at the same time, because each takes as long as the assignment.
#[test]
fn the_commands_of_the_guides_work_in_two_homes() {
    let test = "the_commands_of_the_guides_work_in_two_homes";
    std::thread::scope(|scope| {
        for guide in [&ENGLISH, &PORTUGUESE] {
            scope.spawn(move || two_homes(guide, test));
            scope.spawn(move || fixed_address(guide, test));
            scope.spawn(move || textbook_ping(guide, test));
        }
    });
}

#[test]
fn the_commands_of_the_guides_work_on_one_computer() {
    for guide in [&ENGLISH, &PORTUGUESE] {
        one_computer(guide, "the_commands_of_the_guides_work_on_one_computer");
    }
}

#[test]
fn both_guides_have_the_same_structure() {
    let structure = |guide: &Guide| {
        let text = guide.text();
        let headings: Vec<usize> = text
            .lines()
            .filter(|line| line.starts_with('#') && !line.starts_with("# "))
            .map(|line| line.chars().take_while(|letter| *letter == '#').count())
            .collect();
        let marks: Vec<String> = blocks(&text).into_iter().map(|(info, _)| info).collect();
        let rows = text.lines().filter(|line| line.starts_with('|')).count();
        (headings, marks, rows)
    };
    let (headings, marks, _) = structure(&ENGLISH);
    assert!(headings.len() > 15);
    let run: Vec<&str> = marks.iter().filter_map(|info| info.strip_prefix("sh ")).collect();
    assert_eq!(run, MARKS);
    assert_eq!(structure(&ENGLISH), structure(&PORTUGUESE));
}

#[test]
fn the_guides_quote_the_program_correctly() {
    let english = fs::read_to_string(root().join("locales/en/report.ftl")).unwrap()
        + &fs::read_to_string(root().join("locales/en/run.ftl")).unwrap();
    let portuguese = fs::read_to_string(root().join("locales/pt-BR/report.ftl")).unwrap()
        + &fs::read_to_string(root().join("locales/pt-BR/run.ftl")).unwrap();
    for (guide, locale) in [(&ENGLISH, english), (&PORTUGUESE, portuguese)] {
        // The table of verdicts: its first column quotes the report.
        let text = guide.text();
        let heading = text.lines().position(|line| line.starts_with("## ") && line.contains("eredict"));
        let verdicts = heading.or_else(|| text.lines().position(|line| line.starts_with("## What each verdict")));
        let rows = text.lines().skip(verdicts.unwrap()).filter(|line| line.starts_with("| ")).skip(1).take(10);
        for row in rows {
            let quoted = row.split('|').nth(1).unwrap().trim();
            assert!(locale.to_lowercase().contains(&quoted.to_lowercase()), "{}: {quoted}", guide.file);
        }
    }
}

#[test]
fn the_manual_of_the_command_line_names_every_option_and_alias() {
    let page = fs::read_to_string(root().join("docs/cli.md")).unwrap();
    named(&page, &medidor::cli::command(Language::Portuguese), "");
}

/// Checks that the page names everything below a command, which is called `above`.
fn named(page: &str, command: &clap::Command, above: &str) {
    for sub in command.get_subcommands() {
        let name = format!("{above}{}", sub.get_name());
        assert!(page.contains(&format!("## `{name}`")), "{name}");
        for alias in sub.get_all_aliases() {
            assert!(page.contains(&format!("`{above}{alias}`")), "{alias}");
        }
        for argument in sub.get_arguments() {
            let longs = argument.get_long().into_iter().chain(argument.get_all_aliases().unwrap_or_default());
            for long in longs {
                assert!(page.contains(&format!("`--{long}`")), "{name}: --{long}");
            }
            for default in argument.get_default_values() {
                let default = default.to_string_lossy();
                let shown = page.contains(&format!("`{default}`")) || default == "false";
                assert!(shown, "{name}: the default {default}");
            }
        }
        named(page, sub, &format!("{name} "));
    }
}

#[test]
fn links_have_targets() {
    let mut documents: Vec<PathBuf> =
        ["README.md", "LEIAME.md", "CONTRIBUTING.md"].iter().map(|name| root().join(name)).collect();
    documents.extend(fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    let mut links = 0;
    for document in documents.iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(document).unwrap();
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap();
            // For a link to a section, the page.
            let target = target.split('#').next().unwrap();
            if !target.starts_with("http") {
                assert!(document.parent().unwrap().join(target).exists(), "{}: {target}", document.display());
                links += 1;
            }
        }
        // Paths in the tables of the documents.
        for quoted in text.split('`').filter(|quoted| quoted.starts_with("src/") || quoted.starts_with("filters/")) {
            let concrete = !quoted.contains(['*', '{', ' ']) && !quoted.contains("FORM");
            assert!(!concrete || root().join(quoted).exists(), "{}: {quoted}", document.display());
        }
    }
    assert!(links > 15);
}

/// The guide says that a run takes about 33 s.
#[test]
fn a_run_takes_as_long_as_the_guide_says() {
    for seed in 0..100 {
        let schedule = Schedule { spacing_seed: Some(seed), ..Schedule::default() };
        let last: Duration = (1..schedule.count).map(|number| schedule.gap_after(number)).sum();
        let length = (last + schedule.wait).as_secs_f64();
        assert!((32.2..33.2).contains(&length), "{length} s with seed {seed}");
    }
}
