//! The demonstration: everything on one host in seconds, for any user; only its files remain afterwards.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::lab::{HOME_A, HOME_B, Lab, ROUTER_A_LAN, ROUTER_B_LAN};
use crate::common::medidor::{RUN_TIMEOUT, Report};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::skip;
use medidor::cli::help::MAX_HELP_WIDTH;
use nix::sys::signal::Signal;
use nix::unistd::geteuid;
use tempfile::TempDir;
use unicode_width::UnicodeWidthStr;

/// The unprivileged user that root becomes.
const NOBODY: u32 = 65_534;

/// The messages lost with the default seed, forward and return.
const LOST: ([u64; 3], [u64; 1]) = ([3, 6, 18], [24]);

const PROGRAM: &str = env!("CARGO_BIN_EXE_medidor");

/// Forbids further namespaces in the current user namespace.
const REFUSE: &str =
    r#"for kind in user net; do echo 0 > /proc/sys/user/max_${kind}_namespaces || exit 99; done; exec "$@""#;

/// A folder in which every user may write.
fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    folder
}

/// The program at a path that an ordinary user can reach: the build may be below root's home.
fn program_in(folder: &Path) -> String {
    let here = folder.join("medidor");
    if !here.exists() {
        fs::hard_link(PROGRAM, &here).or_else(|_| fs::copy(PROGRAM, &here).map(drop)).unwrap();
    }
    here.display().to_string()
}

/// A command of an ordinary user. `None`, after a report, if root cannot become one.
fn as_ordinary_user(test: &str, folder: &Path, program: &str) -> Option<Command> {
    const BECOME: [&str; 5] = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
    let mut command = Command::new(program);
    if geteuid().is_root() {
        let becomes = Command::new("setpriv").args(BECOME).arg("true").status();
        if !becomes.is_ok_and(|status| status.success()) {
            skip(test, "setpriv is missing, or root may not become another user");
            return None;
        }
        command = Command::new("setpriv");
        command.args(BECOME).arg(program);
    }
    command.current_dir(folder);
    Some(command)
}

/// Whether an ordinary user may create namespaces here.
fn has_user_namespaces(test: &str, folder: &Path) -> Option<()> {
    let mut tried = as_ordinary_user(test, folder, "unshare")?;
    let tried = tried.args(["--user", "--map-root-user", "--net", "true"]).status();
    if tried.is_ok_and(|status| status.success()) {
        return Some(());
    }
    skip(test, "ordinary users may make no namespaces here");
    None
}

/// Runs a demonstration in its namespaces to its end.
fn demo(mut command: Command, arguments: &[&str]) -> Finished {
    command.args(["--lang", "en", "--verbose", "demo"]).args(arguments);
    Running::start(command).wait(RUN_TIMEOUT)
}

/// Source and destination of each datagram in a capture, read by tshark.
fn datagrams(capture: &Path) -> Vec<String> {
    let fields = ["-T", "fields", "-e", "ip.src", "-e", "ip.dst"];
    let output = Command::new("tshark").arg("-r").arg(capture).args(fields).output().expect("tshark");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Checks everything that a demonstration with the default losses promises.
fn is_complete(finished: &Finished, folder: &Path, owner: u32) {
    finished.expect_code(0);
    let report = Report::of(finished);
    let score = &report.flow()["score"];
    assert_eq!((&score["judged"], &score["exact"], &score["wrong"]), (&30.into(), &30.into(), &0.into()), "{score}");
    let (out, back) = LOST;
    for number in out {
        assert_eq!(report.verdict_line(number), "lost: network_forward");
    }
    for number in back {
        assert_eq!(report.verdict_line(number), "lost: network_return");
    }
    assert_eq!(report.count("lost"), Some(4));

    let printed = finished.text(Stream::Err);
    for word in [
        "$ medidor server --listen 192.168.2.20:5005 --capture server.pcap",
        "$ medidor impair --listen 192.168.1.1:5006 --to 192.168.2.20:5005 --loss 10%",
        "$ medidor client 192.168.1.1:5006 --capture client.pcap",
        "$ medidor analyze client.pcap server.pcap --truth truth.jsonl",
        "--html result.html",
        "Forward: 30 arrived, 3 lost",
        "Return: 27 arrived, 1 lost",
        "Answered: 27 of 27",
        // The client's own result, which is less precise, is printed as well.
        "4 messages (3, 6, 18, 24) in one of these places",
    ] {
        assert!(printed.contains(word), "{word}\n{printed}");
    }
    let files =
        ["client.pcap", "client.journal.jsonl", "server.pcap", "server.journal.jsonl", "truth.jsonl", "result.html"];
    for file in files {
        assert!(printed.contains(file), "{file}\n{printed}");
        assert_eq!(fs::metadata(folder.join(file)).unwrap().uid(), owner, "{file}");
    }
    assert_eq!(fs::metadata(folder).unwrap().uid(), owner);
    assert_eq!(fs::read_dir(folder).unwrap().count(), files.len());

    if Command::new("tshark").arg("--version").output().is_err() {
        return skip("the captures of a demonstration", "tshark is not installed");
    }
    for (capture, requests, replies, client, server) in
        [("client.pcap", 30, 26, HOME_A, ROUTER_A_LAN), ("server.pcap", 27, 27, ROUTER_B_LAN, HOME_B)]
    {
        let datagrams = datagrams(&folder.join(capture));
        let between = |from, to| datagrams.iter().filter(|line| **line == format!("{from}\t{to}")).count();
        assert_eq!((between(client, server), between(server, client)), (requests, replies), "{capture}");
        assert_eq!(datagrams.len(), requests + replies, "{capture}: nothing else");
    }
}

#[test]
fn an_ordinary_user_can_run_the_demonstration() {
    let test = "an_ordinary_user_can_run_the_demonstration";
    let folder = folder();
    let Some(()) = has_user_namespaces(test, folder.path()) else { return };
    let Some(command) = as_ordinary_user(test, folder.path(), &program_in(folder.path())) else { return };
    let user = if geteuid().is_root() { NOBODY } else { geteuid().as_raw() };
    let begun = Instant::now();
    let finished = demo(command, &["--json", "--output", "here"]);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    is_complete(&finished, &folder.path().join("here"), user);
}

#[test]
fn the_demonstration_fits_a_screen_with_the_page_last() {
    let test = "the_demonstration_fits_a_screen_with_the_page_last";
    let folder = folder();
    let Some(()) = has_user_namespaces(test, folder.path()) else { return };
    for language in ["pt", "en", "es"] {
        let Some(mut command) = as_ordinary_user(test, folder.path(), &program_in(folder.path())) else { return };
        command.args(["--lang", language, "demo", "--output", language]);
        let finished = Running::start(command).wait(RUN_TIMEOUT);
        finished.expect_code(0);
        assert!(finished.lines.len() <= 25, "{} lines: {finished:#?}", finished.lines.len());
        let text = finished.text(Stream::Err);
        assert!(text.trim_end().ends_with("/result.html"), "{text}");
    }
}

#[test]
fn root_can_run_the_demonstration() {
    if !geteuid().is_root() {
        return skip("root_can_run_the_demonstration", "the tests are not run by root");
    }
    let folder = folder();
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder.path());
    is_complete(&demo(command, &["--json", "--output", "here"]), &folder.path().join("here"), 0);
}

#[test]
fn under_sudo_all_files_belong_to_the_caller() {
    let test = "under_sudo_all_files_belong_to_the_caller";
    if !geteuid().is_root() {
        return skip(test, "the tests are not run by root");
    }
    // Only the caller may write here, so the folder must be made with the caller's rights.
    let folder = TempDir::new().unwrap();
    chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder.path()).envs([("SUDO_UID", "65534"), ("SUDO_GID", "65534")]);
    is_complete(&demo(command, &["--json", "--output", "here"]), &folder.path().join("here"), NOBODY);

    let forbidden = TempDir::new().unwrap();
    let mut command = Command::new(PROGRAM);
    command.current_dir(forbidden.path()).envs([("SUDO_UID", "65534"), ("SUDO_GID", "65534")]);
    demo(command, &["--output", "here"]).expect_code(3);
    assert!(!forbidden.path().join("here").exists());
}

#[test]
fn an_existing_folder_is_not_changed() {
    let folder = folder();
    fs::create_dir(folder.path().join("here")).unwrap();
    fs::write(folder.path().join("here/client.pcap"), "mine").unwrap();
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder.path());
    let finished = demo(command, &["--output", "here"]);
    finished.expect_code(3);
    assert!(finished.text(Stream::Err).contains("here already exists"), "{finished:?}");
    assert_eq!(fs::read_to_string(folder.path().join("here/client.pcap")).unwrap(), "mine");
    assert_eq!(fs::read_dir(folder.path().join("here")).unwrap().count(), 1);
}

#[test]
fn every_impairment_reaches_the_relay_in_each_language() {
    let test = "every_impairment_reaches_the_relay_in_each_language";
    let folder = folder();
    let Some(()) = has_user_namespaces(test, folder.path()) else { return };
    for language in ["pt", "en", "es"] {
        let Some(mut command) = as_ordinary_user(test, folder.path(), &program_in(folder.path())) else { return };
        command.args(["--lang", language, "-v", "demo", "--output", language, "--count", "12", "--interval", "20ms"]);
        command.args(["--loss", "burst:5%:30%", "--loss-return", "4-6,9", "--delay", "20ms", "--jitter", "5ms"]);
        command.args(["--reorder", "10", "--duplicate", "7.5", "--corrupt", "0.5", "--rate", "1000000", "--seed", "3"]);
        // The locale differs: all three programs must use the language of `--lang`.
        command.env("LANGUAGE", "").env("LC_ALL", "en_US.UTF-8");
        let finished = Running::start(command).wait(RUN_TIMEOUT);
        finished.expect_code(0);
        let truth = fs::read_to_string(folder.path().join(language).join("truth.jsonl")).unwrap();
        let header: serde_json::Value = serde_json::from_str(truth.lines().next().unwrap()).unwrap();
        let plan = &header["plan"];
        assert_eq!(header["seed"], 3);
        assert_eq!(plan["forward"]["loss"]["bursts"], serde_json::json!({"begin": 0.05, "end": 0.3, "loss": 1.0}));
        assert_eq!(plan["return"]["loss"]["numbers"], serde_json::json!([4, 5, 6, 9]));
        for way in ["forward", "return"] {
            let plan = &plan[way];
            assert_eq!((&plan["delay"]["nanos"], &plan["jitter"]["nanos"]), (&20_000_000.into(), &5_000_000.into()));
            assert_eq!(
                (&plan["reorder"], &plan["duplicate"], &plan["corrupt"]),
                (&0.1.into(), &0.075.into(), &0.005.into())
            );
            assert_eq!(plan["bits_per_second"], 1_000_000);
        }
        let printed = finished.text(Stream::Err);
        let english = printed.contains("no reply");
        assert_eq!(english, language == "en", "{printed}");
        let wide = |line: &&crate::common::process::Line| {
            let names_folder = line.text.contains(&folder.path().display().to_string());
            !names_folder && line.text.width() > MAX_HELP_WIDTH
        };
        let wide: Vec<_> = finished.lines.iter().filter(wide).collect();
        assert!(wide.is_empty(), "{wide:#?}");
    }
}

#[test]
fn without_namespaces_it_reports_so_and_uses_loopback() {
    let test = "without_namespaces_it_reports_so_and_uses_loopback";
    let folder = folder();
    let Some(()) = has_user_namespaces(test, folder.path()) else { return };
    // A network namespace for the capture, the last one permitted.
    let Some(mut command) = as_ordinary_user(test, folder.path(), "unshare") else { return };
    let script = format!("PATH=$PATH:/usr/sbin:/sbin ip link set lo up || exit 98; {REFUSE}");
    command.args(["--user", "--map-root-user", "--net", "sh", "-c", &script, "sh", &program_in(folder.path())]);
    let finished = demo(command, &["--json", "--output", "here"]);
    finished.expect_code(0);
    let printed = finished.text(Stream::Err);
    assert!(printed.contains("user namespace: No space left"), "{printed}");
    assert!(printed.contains("What that costs"), "{printed}");
    assert!(
        !printed.contains("Where the 4 messages were lost"),
        "one side alone would lay them on the other's host: {printed}"
    );
    let report = Report::of(&finished);
    let score = &report.flow()["score"];
    assert_eq!((&score["judged"], &score["exact"], &score["wrong"]), (&30.into(), &30.into(), &0.into()), "{score}");
    assert!(folder.path().join("here/server.pcap").exists());
}

#[test]
fn without_captures_the_journals_decide_and_exit_code_is_1() {
    let test = "without_captures_the_journals_decide_and_exit_code_is_1";
    let folder = folder();
    let Some(()) = has_user_namespaces(test, folder.path()) else { return };
    let Some(mut command) = as_ordinary_user(test, folder.path(), "unshare") else { return };
    command.args(["--user", "--map-root-user", "sh", "-c", REFUSE, "sh", &program_in(folder.path())]);
    let finished = demo(command, &["--json", "--output", "here"]);
    finished.expect_code(3);
    let printed = finished.text(Stream::Err);
    assert!(
        printed.contains("Without permission to capture") && printed.contains("sudo setcap cap_net_raw+ep"),
        "{printed}"
    );
    let report = Report::of(&finished);
    assert!(report.warnings().contains(&"application_only"));
    let score = &report.flow()["score"];
    assert_eq!((&score["judged"], &score["right"], &score["wrong"]), (&30.into(), &30.into(), &0.into()), "{score}");
    let mut files: Vec<_> =
        fs::read_dir(folder.path().join("here")).unwrap().map(|file| file.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["client.journal.jsonl", "result.html", "server.journal.jsonl", "truth.jsonl"]);
}

/// The running processes that a demonstration started.
fn started_by(pid: nix::unistd::Pid) -> Vec<String> {
    let mark = format!("MEDIDOR_ENDS_WITH={pid}");
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        // A process that has exited has no environment.
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        if environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes()) {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

/// A demonstration that has received its third reply.
fn begun(mut command: Command) -> Running {
    command.args(["--lang", "en", "--verbose", "demo", "--output", "here", "--loss", "0", "--loss-return", "0"]);
    command.args(["--count", "100000", "--interval", "50ms", "--details"]);
    let demo = Running::start(command);
    demo.wait_for_line(|line| line.starts_with("3: ACK 3"), STEP_TIMEOUT);
    assert_eq!(started_by(demo.pid()).len(), 3);
    demo
}

#[test]
fn ctrl_c_ends_the_demonstration_and_prints_its_result() {
    let test = "ctrl_c_ends_the_demonstration_and_prints_its_result";
    let folder = folder();
    let Some(()) = has_user_namespaces(test, folder.path()) else { return };
    let Some(command) = as_ordinary_user(test, folder.path(), &program_in(folder.path())) else { return };
    let demo = begun(command);
    let pid = demo.pid();
    let finished = demo.interrupt(STEP_TIMEOUT);
    finished.expect_code(130);
    assert_eq!(started_by(pid), Vec::<String>::new());
    let result = finished.text(Stream::Out);
    assert!(
        !result.contains(" wrong,") && result.contains("verdicts right") && result.contains("on request (Ctrl-C"),
        "{result}"
    );
}

/// Kills a demonstration and waits until every process it started has exited.
fn kill(demo: Running) {
    let pid = demo.pid();
    demo.signal(Signal::SIGKILL);
    demo.wait(STEP_TIMEOUT);
    let until = Instant::now() + STEP_TIMEOUT;
    while !started_by(pid).is_empty() {
        assert!(Instant::now() < until, "{:?} still run", started_by(pid));
        std::thread::yield_now();
    }
}

#[test]
fn subprocesses_end_when_the_demonstration_is_killed() {
    let test = "subprocesses_end_when_the_demonstration_is_killed";
    let folder = folder();
    let Some(()) = has_user_namespaces(test, folder.path()) else { return };
    let Some(command) = as_ordinary_user(test, folder.path(), &program_in(folder.path())) else { return };
    kill(begun(command));
}

/// The kernel clears a parent-death signal when a process changes its user.
#[test]
fn subprocesses_end_under_sudo_too() {
    if !geteuid().is_root() {
        return skip("subprocesses_end_under_sudo_too", "the tests are not run by root");
    }
    let folder = folder();
    let mut command = Command::new(PROGRAM);
    command.current_dir(folder.path()).envs([("SUDO_UID", "65534"), ("SUDO_GID", "65534")]);
    kill(begun(command));
}

#[test]
fn a_demonstration_runs_beside_a_lab() {
    // The addresses equal those of the lab: neither is visible outside.
    let test = "a_demonstration_runs_beside_a_lab";
    let Some(lab) = Lab::build(test) else { return };
    let folder = folder();
    let mut command = lab.home_a().command(PROGRAM);
    command.current_dir(folder.path());
    let finished = demo(command, &["--json", "--output", "here", "--count", "3", "--loss", "2", "--loss-return", "3"]);
    finished.expect_code(0);
    let report = Report::of(&finished);
    assert_eq!(report.verdict_line(2), "lost: network_forward");
    // The witnesses stay active long enough to cover the last message.
    assert_eq!(report.verdict_line(3), "lost: network_return");
}
