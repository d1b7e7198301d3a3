//! Errors reported before the first message, and the behaviour of the command line.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use super::{says, whole_journal};
use crate::common::disk::SmallDisk;
use crate::common::lab::Lab;
use crate::common::medidor::{Report, analyze, client, medidor, server};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::skip;
use tempfile::TempDir;

/// A client's run without some of root's capabilities.
fn lacking(lab: &Lab, rights: &str, folder: &Path, arguments: &[&str]) -> Finished {
    let mut command = lab.home_a().command("setpriv");
    let sets = [format!("--bounding-set={rights}"), format!("--inh-caps={rights}")];
    command.current_dir(folder).args(sets).arg(env!("CARGO_BIN_EXE_medidor")).args(["--lang", "en"]).args(arguments);
    Running::start(command).wait(STEP_TIMEOUT)
}

#[test]
fn impossible_options_are_refused_before_the_first_message() {
    let Some(lab) = Lab::build("impossible_options_are_refused_before_the_first_message") else { return };
    let folder = TempDir::new().unwrap();
    let (host, path) = (lab.home_a(), folder.path());
    let server = server(host, path, &["--journal", "server.jsonl"]);
    fs::create_dir(path.join("folder.pcap")).unwrap();
    fs::create_dir(path.join("locked")).unwrap();
    fs::set_permissions(path.join("locked"), fs::Permissions::from_mode(0o555)).unwrap();
    nix::unistd::mkfifo(&path.join("pipe"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    fs::write(path.join("old.pcap"), "old").unwrap();
    let space = "free some space";
    let cases: [(&[&str], i32, &str); 17] = [
        (&["--capture", "missing/client.pcap"], 3, "create the folder"),
        (&["--journal", "missing/client.jsonl"], 3, "create the folder"),
        (&["--capture", "old.pcap", "--journal", "missing/client.jsonl"], 3, "create the folder"),
        (&["--capture", "folder.pcap"], 3, "another place"),
        (&["--journal", "folder.pcap"], 3, "another place"),
        (&["--journal", "/dev/full"], 3, "another place"),
        (&["--journal", "pipe"], 3, "another place"),
        (&["--capture", "pipe"], 3, "another place"),
        (&["--capture", "x.pcap", "--filter", "udp prot 5005"], 2, "pcap-filter"),
        (&["--capture", "x.pcap", "--filter", "@missing.txt"], 3, "missing.txt"),
        (&["--capture", "x.pcap", "--interface", "eth7"], 2, "there are: "),
        (&["--bind", "0.0.0.0:5005"], 3, "end it or choose another"),
        (&["--bind", "203.0.113.77:6000"], 3, "is not an address of this computer"),
        (&["nosuch.invalid"], 3, "Use the IP address"),
        (&["127.0.0.1:70000"], 2, "port from 1 to 65535"),
        (&["--message", "oi"], 2, "where the number goes"),
        (&["--capture", "same.pcap", "--journal", "same.pcap"], 2, "same.pcap"),
    ];
    for (arguments, code, cure) in cases {
        let mut command =
            medidor(host, path, &[&["client", "--json", "--count", "1", "--wait", "1s"], arguments].concat());
        command.env("RES_OPTIONS", "timeout:1 attempts:1");
        let refused = Running::start(command).wait(STEP_TIMEOUT);
        refused.expect_code(code);
        assert!(says(&refused, cure), "{arguments:?}: {}", refused.text(Stream::Err));
        assert!(says(&refused, "medidor: error: ") && refused.text(Stream::Out).is_empty(), "{arguments:?}");
    }
    assert_eq!(fs::read_to_string(path.join("old.pcap")).unwrap(), "old", "nothing was moved for a run that never was");
    assert!(!path.join("x.pcap").exists() && !path.join("x.journal.jsonl").exists());

    for (rights, arguments, cure) in [
        ("-dac_override", ["--capture", "locked/client.pcap"], "another place"),
        ("-net_bind_service", ["--bind", "0.0.0.0:53"], "above 1023"),
    ] {
        let refused = lacking(&lab, rights, path, &[&["client", "--json", "--count", "1"], &arguments[..]].concat());
        refused.expect_code(3);
        assert!(says(&refused, cure), "{rights}: {}", refused.text(Stream::Err));
    }
    if let Some(disk) = SmallDisk::mount(host, 8 << 10) {
        let full = disk.inside("full");
        let script = format!("cat /dev/zero > {full} 2> /dev/null; exit 0");
        Running::start({
            let mut command = disk.command("sh", path);
            command.args(["-c", &script]);
            command
        })
        .wait(STEP_TIMEOUT)
        .expect_code(0);
        for option in ["--capture", "--journal"] {
            let file = disk.inside("x.pcap");
            let arguments = ["client", "--json", "--count", "1", "--wait", "1s", option, &file];
            let refused = Running::start(disk.medidor(path, &arguments)).wait(STEP_TIMEOUT);
            refused.expect_code(3);
            assert!(
                says(&refused, space) && says(&refused, "No space left"),
                "{option}: {}",
                refused.text(Stream::Err)
            );
        }
    }
    // The server refuses in the same ways.
    for (arguments, code, cure) in [
        (["--listen", "0.0.0.0:5005"], 3, "end it or choose another"),
        (["--listen", "203.0.113.77:5005"], 3, "is not an address of this computer"),
        (["--ack-format", "ok"], 2, "where the number goes"),
    ] {
        let refused = Running::start(medidor(host, path, &[&["server"], &arguments[..]].concat())).wait(STEP_TIMEOUT);
        refused.expect_code(code);
        assert!(says(&refused, cure), "{arguments:?}: {}", refused.text(Stream::Err));
    }

    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(0);
    assert_eq!(served.text(Stream::Out), "null\n", "not one message was sent");
    let records = whole_journal(&path.join("server.jsonl"));
    assert!(records.iter().all(|record| record["e"] != "received" && record["e"] != "unexpected"), "{records:?}");
}

#[test]
fn an_existing_file_is_renamed_with_a_number() {
    let Some(lab) = Lab::build("an_existing_file_is_renamed_with_a_number") else { return };
    let (folder, host) = (TempDir::new().unwrap(), lab.home_a());
    let path = |name: &str| folder.path().join(name);
    let server = server(host, folder.path(), &[]);
    let quick = ["--count", "3", "--batch", "0", "--interval", "20ms", "--wait", "1s", "--capture", "client.pcap"];
    client(host, folder.path(), &quick).expect_code(0);
    let first = (fs::read(path("client.pcap")).unwrap(), fs::read(path("client.journal.jsonl")).unwrap());
    let second = client(host, folder.path(), &quick);
    second.expect_code(0);
    assert!(
        says(&second, "client.pcap already existed; the old file is now called client.1.pcap"),
        "{}",
        second.text(Stream::Err)
    );
    let third = client(host, folder.path(), &quick);
    assert!(says(&third, "client.2.journal.jsonl"), "{}", third.text(Stream::Err));
    let kept = (fs::read(path("client.1.pcap")).unwrap(), fs::read(path("client.1.journal.jsonl")).unwrap());
    assert!(first == kept, "the old files are what they were");
    let old = Report::of(&analyze(host, folder.path(), &["client.1.pcap"]));
    assert_eq!(old.count("delivered"), Some(3), "and still belong together");
    server.interrupt(STEP_TIMEOUT).expect_code(0);
}

#[test]
fn usage_errors_exit_with_code_2() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.args(["--lang", "en"]).args(arguments);
        Running::start(command).wait(STEP_TIMEOUT)
    };
    let wrong: [&[&str]; 12] = [
        &[],
        &["medir"],
        &["client", "--nonsense"],
        &["client", "--count", "0"],
        &["client", "--count", "many"],
        &["client", "--wait", "soon"],
        &["client", "--interface", "lo"],
        &["client", "--snaplen", "10", "--capture", "x.pcap"],
        &["server", "--drop", "101"],
        &["server", "--reply", "no"],
        &["server", "--reply-to", "nobody"],
        &["analyze"],
    ];
    for arguments in wrong {
        let refused = run(arguments);
        refused.expect_code(2);
        assert!(!refused.text(Stream::Err).trim().is_empty(), "{arguments:?} says nothing");
        assert_eq!(refused.text(Stream::Out), "", "{arguments:?}");
    }
    run(&["analyze", "/nonexistent.pcap"]).expect_code(3);
    run(&["--help"]).expect_code(0);
}

#[test]
fn a_closed_output_pipe_is_not_an_error() {
    let Some(lab) = Lab::build("a_closed_output_pipe_is_not_an_error") else { return };
    let (folder, host) = (TempDir::new().unwrap(), lab.home_a());
    let server = server(host, folder.path(), &[]);
    let gone = || {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let quick = ["client", "--count", "20", "--batch", "0", "--interval", "20ms", "--wait", "500ms"];
    for (json, both) in [(false, false), (true, false), (false, true)] {
        let mut command = medidor(host, folder.path(), &quick);
        command.args(json.then_some("--json")).stdin(Stdio::null()).stdout(gone());
        command.stderr(if both { gone() } else { Stdio::piped() });
        let output = command.spawn().unwrap().wait_with_output().unwrap();
        let printed = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{printed}");
        assert!(!printed.contains("error") && !printed.contains("panic"), "{printed}");
    }
    let help = Command::new(env!("CARGO_BIN_EXE_medidor")).arg("--help").stdout(gone()).status().unwrap();
    assert_eq!(help.code(), Some(0));
    // A result that cannot be written for another reason is an error.
    let mut command = medidor(host, folder.path(), &quick);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command.stdout(fs::File::options().write(true).open("/dev/full").unwrap());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let served = Report::of(&server.interrupt(STEP_TIMEOUT));
    let flows = served.json()["flows"].as_array().unwrap();
    assert!(
        flows.len() == 4 && flows.iter().all(|flow| flow["counts"]["answered"] == 20),
        "all of them ran to the end"
    );
}

#[test]
fn escape_codes_appear_only_on_terminals_without_no_color() {
    let name = "escape_codes_appear_only_on_terminals_without_no_color";
    let Some(lab) = Lab::build(name) else { return };
    if Command::new("script").arg("--version").output().is_err() {
        return skip(name, "script is not installed");
    }
    let (folder, host) = (TempDir::new().unwrap(), lab.home_a());
    let server = server(host, folder.path(), &["--drop", "40"]);
    let quick = ["--count", "10", "--batch", "0", "--interval", "20ms", "--wait", "500ms", "--journal", "x.jsonl"];
    client(host, folder.path(), &quick).expect_code(0);
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let escaped = |finished: &Finished| finished.lines.iter().any(|line| line.text.contains('\u{1b}'));
    let on_terminal = |no_color: Option<&str>| {
        let mut command = host.command("script");
        let run = format!("'{}' --lang en analyze x.jsonl", env!("CARGO_BIN_EXE_medidor"));
        command
            .current_dir(folder.path())
            .args(["-qec", &run, "/dev/null"])
            .env("TERM", "xterm")
            .env_remove("NO_COLOR");
        if let Some(value) = no_color {
            command.env("NO_COLOR", value);
        }
        let finished = Running::start(command).wait(STEP_TIMEOUT);
        finished.expect_code(0);
        assert!(finished.lines.iter().any(|line| line.text.contains("Loss rate")), "{}", finished.text(Stream::Err));
        escaped(&finished)
    };
    assert!(on_terminal(None), "colour where it is wanted");
    assert!(on_terminal(Some("")), "an empty NO_COLOR says nothing (no-color.org)");
    assert!(!on_terminal(Some("1")));
    let plain = Running::start(medidor(host, folder.path(), &["analyze", "x.jsonl"])).wait(STEP_TIMEOUT);
    assert!(!escaped(&plain) && plain.status.success());
}
