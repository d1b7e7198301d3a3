//! The commands of the guides are run as written: the assignment's in two homes behind two NAT routers with the addresses
//! of the guide, the others in one home.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use crate::common::guides::{ENGLISH, Guides, PORTUGUESE, read, root};
use crate::common::lab::{Host, Lab, Side, Transport};
use crate::common::medidor::{RUN_TIMEOUT, Report};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::{sample, transfer};
use tempfile::TempDir;

impl Guides {
    /// Adds to a shell what a reader types: one line, in the guide's language, with medidor in the search path.
    fn type_into(&self, mut shell: Command, folder: &Path, line: &str) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_medidor")).parent().unwrap();
        let path = shell.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
        let path = path.map_or_else(|| std::env::var_os("PATH").unwrap(), ToOwned::to_owned);
        let path = format!("{}:{}", program.display(), path.to_string_lossy());
        // medidor replaces the shell, so that Ctrl-C reaches it.
        let line = if line.starts_with("medidor ") { format!("exec {line}") } else { line.to_owned() };
        shell.args(["-c", &line]).env("PATH", path).env("LC_ALL", self.locale).env_remove("LANGUAGE");
        shell.current_dir(folder);
        shell
    }

    /// A command typed in a home.
    fn typed(&self, host: &Host, folder: &Path, line: &str) -> Command {
        self.type_into(host.command("sh"), folder, line)
    }

    fn start(&self, host: &Host, folder: &Path, mark: &str) -> Running {
        Running::start(self.typed(host, folder, &self.command(mark)))
    }

    /// Starts a command that captures, and waits until it does.
    fn start_capturing(&self, host: &Host, folder: &Path, mark: &str) -> Running {
        let running = self.start(host, folder, mark);
        running.wait_for_line(|line| line.starts_with(self.capturing), STEP_TIMEOUT);
        running
    }

    /// Starts a server that does not capture, and waits until it listens.
    fn start_listening(&self, host: &Host, folder: &Path, mark: &str) -> Running {
        let running = self.start(host, folder, mark);
        running.wait_for_line(|line| line.starts_with(self.listening), STEP_TIMEOUT);
        running
    }

    /// Runs a command to its end, and returns its result.
    fn run(&self, host: &Host, folder: &Path, mark: &str) -> String {
        let finished = self.start(host, folder, mark).wait(RUN_TIMEOUT);
        finished.expect_code(0);
        finished.text(Stream::Out)
    }
}

fn is_installed(tool: &str) -> bool {
    let found = Command::new("sh").args(["-c", "command -v \"$0\"", tool]).output();
    found.is_ok_and(|output| output.status.success())
}

/// The assignment as a guide describes it, at its real speed.
fn two_homes(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let (at_client, at_server) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let shown: String = guides
        .commands("show")
        .iter()
        .map(|line| {
            Running::start(guides.typed(lab.home_b(), at_server.path(), line)).wait(STEP_TIMEOUT).text(Stream::Out)
        })
        .collect();
    assert!(shown.contains("192.168.2.20/") && shown.contains("via 192.168.2.1"), "{shown}");

    let server = guides.start_capturing(lab.home_b(), at_server.path(), "server");
    let client = guides.start(lab.home_a(), at_client.path(), "client");
    client.wait_for_line(|line| line.starts_with(guides.capturing), STEP_TIMEOUT);
    if is_installed("tcpdump") {
        let at_home_a = guides.start(lab.home_a(), at_client.path(), "watch-client");
        at_home_a.wait_for_line(|line| line.contains("Mensagem 12"), RUN_TIMEOUT);
        let at_home_b = guides.start(lab.home_b(), at_server.path(), "watch-server");
        at_home_b.wait_for_line(|line| line.contains("ACK 22"), RUN_TIMEOUT);
    } else {
        crate::common::skip(test, "tcpdump is not installed: the second terminals are not tried");
    }
    let client = client.wait(RUN_TIMEOUT);
    client.expect_code(0);
    let loss = client.text(Stream::Out);
    assert!(loss.starts_with(guides.loss), "{loss}");
    server.interrupt(STEP_TIMEOUT).expect_code(0);

    for file in ["server.pcap", "server.journal.jsonl"] {
        fs::copy(at_server.path().join(file), at_client.path().join(file)).unwrap();
    }
    for line in guides.commands("after") {
        if line.starts_with("tshark") && !is_installed("tshark") {
            crate::common::skip(test, "tshark is not installed");
            continue;
        }
        let finished = Running::start(guides.typed(lab.home_a(), at_client.path(), &line)).wait(RUN_TIMEOUT);
        finished.expect_code(0);
        let text = finished.text(Stream::Out);
        if line.starts_with("tshark") {
            assert_eq!(text.lines().count(), 60, "{line}\n{text}");
        } else {
            assert!(text.starts_with(guides.loss), "{text}");
        }
    }
}

/// The variant for a server that replies to a fixed address.
fn fixed_address(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let (at_client, at_server) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    lab.forward(Side::A, Transport::Udp, 6000);
    let server = guides.start_capturing(lab.home_b(), at_server.path(), "server-fixed");
    let client = guides.start(lab.home_a(), at_client.path(), "client-fixed").wait(RUN_TIMEOUT);
    client.expect_code(0);
    assert!(client.text(Stream::Out).starts_with(guides.loss), "{client:?}");
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}

/// The first attempt, on one host.
fn one_computer(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let folder = TempDir::new().unwrap();
    let server = guides.start_capturing(lab.home_a(), folder.path(), "local-server");
    let client = guides.start(lab.home_a(), folder.path(), "local-client").wait(RUN_TIMEOUT);
    client.expect_code(0);
    assert!(client.text(Stream::Out).starts_with(guides.loss), "{client:?}");
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let json = guides.typed(lab.home_a(), folder.path(), "medidor analisar client.pcap server.pcap --json");
    let report: Finished = Running::start(json).wait(RUN_TIMEOUT);
    assert_eq!(Report::of(&report).warnings(), ["same_host"]);
}

/// The textbook's ping exercise, on one host.
fn textbook_ping(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let folder = TempDir::new().unwrap();
    let server = guides.start_listening(lab.home_a(), folder.path(), "ping-server");
    let ping = guides.start(lab.home_a(), folder.path(), "ping").wait(RUN_TIMEOUT);
    ping.expect_code(0);
    let replies = ping.lines.iter().filter(|line| line.text.contains(": PING ")).count();
    assert!((1..10).contains(&replies), "some are dropped: {ping:?}");
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}

/// The monitor in one home and its server in the other, without and with mail, up to the first measurement.
fn monitor(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    lab.forward(Side::B, Transport::Udp, 12345);
    let at_server = TempDir::new().unwrap();
    let server = guides.start_listening(lab.home_b(), at_server.path(), "monitor-server");
    for mark in ["monitor", "monitor-mail"] {
        let folder = TempDir::new().unwrap();
        let line = guides.command(mark);
        let mut command = guides.typed(lab.home_a(), folder.path(), &line);
        command.env("MEDIDOR_SMTP_PASSWORD", "secret");
        let monitor = Running::start(command);
        monitor.wait_for_line(|line| line.contains(": Normal, "), STEP_TIMEOUT);
        monitor.interrupt(STEP_TIMEOUT).expect_code(0);
        let captures = line.split_whitespace().skip_while(|word| *word != "--capture").nth(1).unwrap();
        assert!(folder.path().join(captures).is_dir(), "{line}");
    }
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}

/// A chat whose server is the computer of home A, and whose member is another one there: its router.
fn chat(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let (at_server, at_client) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let server = guides.start_capturing(lab.home_a(), at_server.path(), "chat-server");
    let command = guides.typed(lab.router_a(), at_client.path(), &guides.command("chat-client"));
    let mut client = Running::with_input(command);
    let mut keyboard = client.input().unwrap();
    keyboard.write_all(b"bom dia\n").unwrap();
    server.wait_for_line(|line| line.contains("Ana") && line.contains("bom dia"), STEP_TIMEOUT);
    let page = read(guides.pages[1]);
    let leave = ["/quit", "/sair"].into_iter().find(|word| page.contains(&format!("`{word}`"))).unwrap();
    writeln!(keyboard, "{leave}").unwrap();
    client.wait(STEP_TIMEOUT).expect_code(0);
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    gather(at_client.path(), at_server.path());
    let result = guides.run(lab.home_a(), at_server.path(), "chat-after");
    assert!(result.contains("Ana"), "{result}");
}

/// File transfers from the computer of home A to other ones there: its router, once or twice.
fn file_transfer(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    for (send, receive, receivers) in [("send", "receive", 2), ("send-captured", "receive-captured", 1)] {
        let at_sender = TempDir::new().unwrap();
        let file = transfer::file(&at_sender, "video.mp4", 300_000);
        let sender = guides.start(lab.home_a(), at_sender.path(), send);
        sender.wait_for_line(|line| line.starts_with("video.mp4, "), STEP_TIMEOUT);
        let folders: Vec<TempDir> = (0..receivers).map(|_| TempDir::new().unwrap()).collect();
        let start = |folder: &TempDir| guides.start(lab.router_a(), folder.path(), receive);
        let running: Vec<Running> = folders.iter().map(start).collect();
        for (receiver, folder) in running.into_iter().zip(&folders) {
            receiver.wait(RUN_TIMEOUT).expect_code(0);
            let line = guides.command(receive);
            let output = line.split_whitespace().skip_while(|word| *word != "--output").nth(1).unwrap();
            let received = fs::read(folder.path().join(output).join("video.mp4")).unwrap();
            assert!(received == fs::read(&file).unwrap(), "another content");
        }
        sender.wait(RUN_TIMEOUT).expect_code(0);
        if send == "send-captured" {
            gather(folders[0].path(), at_sender.path());
            guides.run(lab.home_a(), at_sender.path(), "transfer-after");
        }
    }
}

/// The same file over all modes.
fn comparison(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let folder = TempDir::new().unwrap();
    guides.run(lab.home_a(), folder.path(), "compare");
}

/// Client, relay and server on one host.
fn bad_network(guides: &Guides, test: &str) {
    let Some(lab) = Lab::build(test) else { return };
    let folder = TempDir::new().unwrap();
    let (host, folder) = (lab.home_a(), folder.path());
    let server = guides.start_capturing(host, folder, "impair-server");
    let relay = guides.start(host, folder, "impair");
    relay.wait_for_line(|line| line.contains("127.0.0.1:5006"), STEP_TIMEOUT);
    guides.run(host, folder, "impair-client");
    relay.interrupt(STEP_TIMEOUT).expect_code(0);
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    guides.run(host, folder, "impair-after");
    let line = format!("{} --json", guides.command("impair-after"));
    let finished = Running::start(guides.typed(host, folder, &line)).wait(RUN_TIMEOUT);
    // Each loss is where the relay is, although all of it is on one computer.
    let score = Report::of(&finished).flow()["score"].clone();
    assert_eq!((&score["judged"], &score["exact"]), (&30.into(), &30.into()), "{score}");
}

/// Copies the files of one folder into another one.
fn gather(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Runs all at the same time, because each takes as long as the assignment.
#[test]
fn the_commands_of_the_guides_work_in_two_homes() {
    let test = "the_commands_of_the_guides_work_in_two_homes";
    std::thread::scope(|scope| {
        for guides in [&ENGLISH, &PORTUGUESE] {
            scope.spawn(move || two_homes(guides, test));
            scope.spawn(move || fixed_address(guides, test));
            scope.spawn(move || textbook_ping(guides, test));
        }
    });
}

#[test]
fn the_commands_of_the_guides_work_on_one_computer() {
    for guides in [&ENGLISH, &PORTUGUESE] {
        one_computer(guides, "the_commands_of_the_guides_work_on_one_computer");
    }
}

/// Runs all at the same time, because they mostly wait.
#[test]
fn the_commands_of_the_other_course_work_do_what_the_guides_say() {
    let test = "the_commands_of_the_other_course_work_do_what_the_guides_say";
    std::thread::scope(|scope| {
        for guides in [&ENGLISH, &PORTUGUESE] {
            for run in [monitor, chat, file_transfer, comparison, bad_network] {
                scope.spawn(move || run(guides, test));
            }
        }
    });
}

#[test]
fn the_commands_for_teachers_check_submissions() {
    for guides in [&ENGLISH, &PORTUGUESE] {
        let check = |folder: &Path, mark: &str| {
            let command = guides.type_into(Command::new("sh"), folder, &guides.command(mark));
            let finished = Running::start(command).wait(STEP_TIMEOUT);
            finished.expect_code(0);
            finished.text(Stream::Out)
        };
        check(root(), "check");
        let folder = TempDir::new().unwrap();
        let command = guides.command("check-folder");
        let submissions = folder.path().join(command.rsplit(' ').next().unwrap());
        for group in ["group1", "group2"] {
            let submission = submissions.join(group);
            fs::create_dir_all(&submission).unwrap();
            gather(&sample::folder(), &submission);
        }
        let table = check(folder.path(), "check-folder");
        assert!(table.contains("group1") && table.contains("group2"), "{table}");
    }
}
