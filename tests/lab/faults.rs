//! Failures during real runs: full disks, killed and stopped processes, a device that disappears, a blocked journal,
//! and errors that must be reported before the first message. The remaining files contain whole records, and no
//! verdict claims more than the evidence proves.

mod refused;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::common::disk::SmallDisk;
use crate::common::faults::Fault;
use crate::common::lab::Lab;
use crate::common::medidor::{RUN_TIMEOUT, Report, Truth, analyze, client, medidor, never_overclaims, server};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::{faults, skip};
use nix::sys::ptrace;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

/// Checks that a capture file contains whole records only, and that tshark reads them all.
fn whole_capture(file: &Path) -> usize {
    let output = Command::new("tshark").arg("-r").arg(file).args(["-T", "fields", "-e", "frame.number"]).output();
    let output = output.expect("tshark");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !printed.contains("cut short"), "{}: {printed}", file.display());
    String::from_utf8_lossy(&output.stdout).lines().count()
}

/// The records of a journal, all of whose lines are complete.
fn whole_journal(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.ends_with('\n'), "{} ends within a line", file.display());
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn has_ended(journal: &[Value]) -> bool {
    journal.iter().any(|record| record["e"] == "end")
}

/// Whether the output contains these words, wherever its lines break.
fn says(finished: &Finished, words: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    plain(&finished.text(Stream::Err)).contains(&plain(words))
}

// ---- a full disk ----

/// Long enough to fill a disk soon, short enough for a fault to match it completely.
fn long(number: u64) -> String {
    format!("Mensagem {number} {}", "x".repeat(170))
}

const LONG_RUN: [&str; 10] =
    ["--count", "160", "--batch", "0", "--interval", "30ms", "--wait", "800ms", "--snaplen", "1024"];

/// Faults before and after the moment when the disk is full.
fn losses(lab: &Lab) -> [Fault<'_>; 4] {
    [
        faults::drop_forward_message(lab, &long(3)),
        faults::drop_return_message(lab, "ACK 6"),
        faults::drop_forward_message(lab, &long(140)),
        faults::drop_return_message(lab, "ACK 150"),
    ]
}

fn true_losses(number: u64) -> Truth {
    match number {
        3 | 140 => Truth::Lost(&["network_forward"]),
        6 | 150 => Truth::Lost(&["network_return"]),
        _ => Truth::Delivered,
    }
}

/// Full in the middle of the run, but not sooner than a second and two samples of the counters (200 ms) after message 6:
/// before that, its reply may still come unseen.
const SMALL: usize = 48 << 10;

#[test]
fn a_full_client_disk_causes_no_false_verdict() {
    let Some(lab) = Lab::build("a_full_client_disk_causes_no_false_verdict") else { return };
    let Some(disk) = SmallDisk::mount(lab.home_a(), SMALL) else { return };
    let folder = TempDir::new().unwrap();
    let _faults = losses(&lab);
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let (to, message) = (lab.server_address().to_string(), format!("Mensagem {{n}} {}", "x".repeat(170)));
    let (pcap, journal) = (disk.inside("client.pcap"), disk.inside("client.journal.jsonl"));
    let arguments = ["client", "--json", &to, "--message", &message, "--capture", &pcap];
    let finished = Running::start(disk.medidor(folder.path(), &[&arguments[..], &LONG_RUN].concat())).wait(RUN_TIMEOUT);
    finished.expect_code(3);
    for file in [&pcap, &journal] {
        let names_the_disk = |line: &str| line.contains(file.as_str()) && line.contains("No space left on device");
        assert!(finished.text(Stream::Err).lines().any(names_the_disk), "{}", finished.text(Stream::Err));
    }
    let report = Report::of(&finished);
    assert!(report.warnings().contains(&"journal_broken"), "{:?}", report.warnings());
    never_overclaims(&report, true_losses);

    disk.copy_out("client.pcap", folder.path());
    disk.copy_out("client.journal.jsonl", folder.path());
    let kept = whole_capture(&folder.path().join("client.pcap"));
    assert!((20..300).contains(&kept), "{kept} frames: the disk was not full in the middle of the run");
    let records = whole_journal(&folder.path().join("client.journal.jsonl"));
    assert!(!has_ended(&records) && records.len() > 20);

    // The exchange continued to its end: the server read and answered every message that reached it.
    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(0);
    assert_eq!(Report::of(&served).count("answered"), Some(158));
    let joint = analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"]);
    joint.expect_code(0);
    let joint = Report::of(&joint);
    never_overclaims(&joint, true_losses);
    assert_eq!(joint.verdict_line(3), "lost: network_forward", "what was written before the end still counts");
    assert_eq!(joint.verdict_line(6), "lost: network_return");
}

#[test]
fn a_full_disk_for_the_client_capture_causes_no_false_verdict() {
    let Some(lab) = Lab::build("a_full_disk_for_the_client_capture_causes_no_false_verdict") else { return };
    let Some(disk) = SmallDisk::mount(lab.home_a(), SMALL / 2) else { return };
    let folder = TempDir::new().unwrap();
    let _faults = losses(&lab);
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let (to, message) = (lab.server_address().to_string(), format!("Mensagem {{n}} {}", "x".repeat(170)));
    let pcap = disk.inside("client.pcap");
    let journal = folder.path().join("client.journal.jsonl").display().to_string();
    let arguments = ["client", "--json", &to, "--message", &message, "--capture", &pcap, "--journal", &journal];
    let finished = Running::start(disk.medidor(folder.path(), &[&arguments[..], &LONG_RUN].concat())).wait(RUN_TIMEOUT);
    finished.expect_code(3);
    let report = Report::of(&finished);
    assert!(report.warnings().contains(&"capture_failed"), "{:?}", report.warnings());
    assert_eq!((report.count("delivered"), report.count("lost")), (Some(156), Some(4)), "the journal tells it all");
    never_overclaims(&report, true_losses);
    for number in [140, 150] {
        let all = "lost: client_host_out network_forward server_host_in server_app server_host_out network_return \
                   client_host_in";
        assert_eq!(report.verdict_line(number), all, "after the end of the file nothing is absent");
    }
    disk.copy_out("client.pcap", folder.path());
    whole_capture(&folder.path().join("client.pcap"));
    assert!(has_ended(&whole_journal(Path::new(&journal))));
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    let joint = Report::of(&analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"]));
    never_overclaims(&joint, true_losses);
    assert_eq!(joint.verdict_line(140), "lost: client_host_out network_forward");
    assert_eq!(joint.verdict_line(150), "lost: network_return client_host_in");
}

#[test]
fn a_full_server_disk_causes_no_false_verdict() {
    let Some(lab) = Lab::build("a_full_server_disk_causes_no_false_verdict") else { return };
    let Some(disk) = SmallDisk::mount(lab.home_b(), SMALL) else { return };
    let folder = TempDir::new().unwrap();
    let _faults = losses(&lab);
    let pcap = disk.inside("server.pcap");
    let server = Running::start(disk.medidor(folder.path(), &["server", "--json", "--capture", &pcap]));
    server.wait_for_line(|line| line.starts_with("Server listening"), STEP_TIMEOUT);
    let (to, message) = (lab.server_address().to_string(), format!("Mensagem {{n}} {}", "x".repeat(170)));
    let arguments = [&[to.as_str(), "--message", &message, "--capture", "client.pcap"], &LONG_RUN[..]].concat();
    let finished = client(lab.home_a(), folder.path(), &arguments);
    finished.expect_code(0);
    assert_eq!(Report::of(&finished).count("delivered"), Some(156), "the server answered to the end");
    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(3);
    assert!(says(&served, "No space left on device"));
    let alone = Report::of(&served);
    assert!(alone.warnings().contains(&"journal_broken"), "{:?}", alone.warnings());
    never_overclaims(&alone, true_losses);
    disk.copy_out("server.pcap", folder.path());
    disk.copy_out("server.journal.jsonl", folder.path());
    assert!(whole_capture(&folder.path().join("server.pcap")) > 20);
    assert!(!has_ended(&whole_journal(&folder.path().join("server.journal.jsonl"))));
    let joint = Report::of(&analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"]));
    never_overclaims(&joint, true_losses);
    assert_eq!(joint.count("delivered"), Some(156), "a weak witness never un-delivers");
    assert_eq!(joint.with_outcome("lost"), [3, 6, 140, 150]);
    assert_eq!(joint.verdict_line(3), "lost: network_forward");
}

// ---- killed ----

#[test]
fn a_kill_at_any_time_leaves_whole_records_and_no_wrong_blame() {
    let Some(lab) = Lab::build("a_kill_at_any_time_leaves_whole_records_and_no_wrong_blame") else { return };
    let _faults = [
        faults::drop_forward_message(&lab, "Mensagem 4"),
        faults::drop_return_message(&lab, "ACK 6"),
        faults::drop_forward_message(&lab, "Mensagem 33"),
        faults::drop_return_message(&lab, "ACK 35"),
    ];
    let mut dice = fastrand::Rng::with_seed(20_24);
    for round in 0..6 {
        let (kill_client, after) = (round % 2 == 0, dice.usize(8..37));
        let words = format!(
            "round {round}: the {} killed after {after} replies",
            if kill_client { "client" } else { "server" }
        );
        let folder = TempDir::new().unwrap();
        let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
        let to = lab.server_address().to_string();
        let pace = ["--count", "40", "--batch", "0", "--interval", "60ms", "--wait", "300ms"];
        let arguments = [&["client", "--json", &to, "--capture", "client.pcap"], &pace[..]].concat();
        let client = Running::start(medidor(lab.home_a(), folder.path(), &arguments));
        client.wait_for_nth_line(after, |line| line.contains(": ACK "), STEP_TIMEOUT);
        let victim = if kill_client { &client } else { &server };
        victim.signal(Signal::SIGKILL);
        let victims = if kill_client { "client" } else { "server" };
        // A message sent just before the kill may be in transit, and later ones are not answered.
        let truth = |number: u64| match number {
            4 | 33 if kill_client => Truth::Lost(&["network_forward"]),
            6 | 35 if kill_client => Truth::Lost(&["network_return"]),
            4 => Truth::Lost(&["network_forward"]),
            6 => Truth::Lost(&["network_return"]),
            number if number < after as u64 => Truth::Delivered,
            _ if kill_client => Truth::Either(&["client_host_in"]),
            33 => Truth::Lost(&["network_forward"]),
            35 => Truth::Lost(&["network_return", "server_host_in", "server_app"]),
            _ => Truth::Either(&["server_host_in", "server_app"]),
        };
        let (left, right) = (client.wait(STEP_TIMEOUT), server);
        let served = if kill_client { right.interrupt(STEP_TIMEOUT) } else { right.wait(STEP_TIMEOUT) };
        if kill_client {
            served.expect_code(0);
            never_overclaims(&Report::of(&served), truth);
        } else {
            left.expect_code(0);
            never_overclaims(&Report::of(&left), truth);
        }
        whole_capture(&folder.path().join(format!("{victims}.pcap")));
        let journal = folder.path().join(format!("{victims}.journal.jsonl"));
        assert!(!has_ended(&whole_journal(&journal)), "{words}: it was killed too late");
        for files in [&["client.pcap", "server.pcap"][..], &[&format!("{victims}.pcap")]] {
            let analyzed = analyze(lab.home_a(), folder.path(), files);
            analyzed.expect_code(0);
            let report = Report::of(&analyzed);
            assert!(report.warnings().contains(&"journal_broken"), "{words}: {:?}", report.warnings());
            never_overclaims(&report, truth);
            // A witness proves absence only if it was active for some time afterwards.
            if files.len() == 2 && after >= 28 {
                assert_eq!(report.verdict_line(4), "lost: network_forward", "{words}");
                assert_eq!(report.verdict_line(6), "lost: network_return", "{words}");
            }
        }
    }
}

// ---- stopped ----

#[test]
fn the_ring_keeps_all_packets_while_the_program_is_stopped() {
    let Some(lab) = Lab::build("the_ring_keeps_all_packets_while_the_program_is_stopped") else { return };
    let to = lab.server_address().to_string();
    let pace = ["--count", "200", "--batch", "0", "--interval", "20ms", "--wait", "6s"];
    for stop_client in [true, false] {
        let folder = TempDir::new().unwrap();
        let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
        let arguments = [&["client", "--json", &to, "--capture", "client.pcap"], &pace[..]].concat();
        let client = Running::start(medidor(lab.home_a(), folder.path(), &arguments));
        client.wait_for_nth_line(30, |line| line.contains(": ACK "), STEP_TIMEOUT);
        let stopped = if stop_client { &client } else { &server };
        stopped.freeze();
        // Here the stopped process is the fault.
        std::thread::sleep(Duration::from_millis(2_500));
        stopped.thaw();
        let finished = client.wait(RUN_TIMEOUT);
        finished.expect_code(0);
        server.interrupt(STEP_TIMEOUT).expect_code(0);
        let report = Report::of(&finished);
        let joint = Report::of(&analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"]));
        for report in [&report, &joint] {
            assert_eq!((report.count("delivered"), report.count("lost")), (Some(200), Some(0)), "{stop_client}");
        }
        for witness in ["client_capture", "server_capture"] {
            let witness = &joint.json()["witnesses"][witness];
            assert_eq!((&witness["dropped"], &witness["whole"]), (&0.into(), &true.into()), "{witness}");
        }
        for point in ["client_wire_out", "server_wire_in", "server_wire_out", "client_wire_in"] {
            assert_eq!(joint.flow()["points"][point], 200, "{point}");
        }
        assert!(joint.warnings().is_empty(), "a pause is no clock step: {:?}", joint.warnings());
    }
}

// ---- a device that disappears ----

#[test]
fn a_vanished_client_interface_causes_no_false_verdict() {
    let Some(lab) = Lab::build("a_vanished_client_interface_causes_no_false_verdict") else { return };
    let folder = TempDir::new().unwrap();
    let to = lab.server_address().to_string();
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap"]);
    let pace = ["--count", "40", "--batch", "0", "--interval", "50ms", "--wait", "1s"];
    let arguments = [&["client", "--json", &to, "--capture", "client.pcap"], &pace[..]].concat();
    let running = Running::start(medidor(lab.home_a(), folder.path(), &arguments));
    running.wait_for_nth_line(10, |line| line.contains(": ACK "), STEP_TIMEOUT);
    lab.home_a().run("ip", &["link", "delete", lab.home_a().device()]).unwrap();
    let finished = running.wait(RUN_TIMEOUT);
    finished.expect_code(3);
    assert!(says(&finished, "client.pcap ended before the run did"), "{}", finished.text(Stream::Err));
    let report = Report::of(&finished);
    assert!(report.warnings().contains(&"capture_failed"));
    let unsent = report.with_outcome("not_sent");
    assert!(unsent.len() >= 20, "{unsent:?}");
    for number in unsent {
        assert_eq!(report.verdict_line(number), "not_sent (ENETUNREACH)");
    }
    // Messages in transit while the device disappears are lost in either direction.
    let truth = |number: u64| match number {
        1..=10 => Truth::Delivered,
        _ => Truth::Either(&["client_host_out", "network_forward", "network_return", "client_host_in"]),
    };
    never_overclaims(&report, truth);
    assert!(whole_capture(&folder.path().join("client.pcap")) >= 20);
    assert!(has_ended(&whole_journal(&folder.path().join("client.journal.jsonl"))));
    server.interrupt(STEP_TIMEOUT).expect_code(0);
    never_overclaims(&Report::of(&analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"])), truth);
}

#[test]
fn a_vanished_server_interface_causes_no_false_verdict() {
    let Some(lab) = Lab::build("a_vanished_server_interface_causes_no_false_verdict") else { return };
    let folder = TempDir::new().unwrap();
    let to = lab.server_address().to_string();
    let device = lab.home_b().device();
    let server = server(lab.home_b(), folder.path(), &["--capture", "server.pcap", "--interface", device]);
    let pace = ["--count", "30", "--batch", "0", "--interval", "50ms", "--wait", "1s"];
    let arguments = [&["client", "--json", &to, "--capture", "client.pcap"], &pace[..]].concat();
    let running = Running::start(medidor(lab.home_a(), folder.path(), &arguments));
    running.wait_for_nth_line(10, |line| line.contains(": ACK "), STEP_TIMEOUT);
    lab.home_b().run("ip", &["link", "delete", device]).unwrap();
    let finished = running.wait(RUN_TIMEOUT);
    finished.expect_code(0);
    let truth = |number: u64| match number {
        1..=10 => Truth::Delivered,
        _ => Truth::Either(&["network_forward", "network_return"]),
    };
    never_overclaims(&Report::of(&finished), truth);
    let served = server.interrupt(STEP_TIMEOUT);
    served.expect_code(3);
    assert!(says(&served, "server.pcap ended before the run did"), "{}", served.text(Stream::Err));
    assert!(Report::of(&served).warnings().contains(&"capture_failed"));
    let joint = Report::of(&analyze(lab.home_a(), folder.path(), &["client.pcap", "server.pcap"]));
    never_overclaims(&joint, truth);
    assert_eq!(joint.count("delivered"), Report::of(&finished).count("delivered"));
}

// ---- a journal that cannot keep up ----

/// The threads of a process except its first.
fn other_threads(process: &Running) -> Vec<Pid> {
    let first = process.pid();
    let tasks = fs::read_dir(format!("/proc/{first}/task")).unwrap();
    let ids = tasks.flatten().filter_map(|task| task.file_name().to_str()?.parse().ok().map(Pid::from_raw));
    ids.filter(|id| *id != first).collect()
}

#[test]
fn a_blocked_journal_does_not_delay_the_exchange() {
    const COUNT: u64 = 20_000;
    let name = "a_blocked_journal_does_not_delay_the_exchange";
    let Some(lab) = Lab::build(name) else { return };
    let (folder, host) = (TempDir::new().unwrap(), lab.home_a());
    let dropping = ["--journal", "server.jsonl", "--drop", "5", "--seed", "3", "--rate-limit", "0"];
    let server = server(host, folder.path(), &dropping);
    let count = COUNT.to_string();
    let pace = ["--count", &count, "--batch", "0", "--interval", "100us", "--wait", "1s"];
    let arguments = [&["client", "--json", "--all", "--journal", "client.jsonl"], &pace[..]].concat();
    let mut client = medidor(host, folder.path(), &arguments);
    client.env("MEDIDOR_JOURNAL_QUEUE", "4096");
    let client = Running::start(client);
    client.wait_for_line(|line| line.starts_with("Sent "), STEP_TIMEOUT);

    // Only the writing thread is stopped, as by a hanging disk.
    let [writer] = other_threads(&client)[..] else { panic!("not one thread: {:?}", other_threads(&client)) };
    if let Err(error) = ptrace::seize(writer, ptrace::Options::empty()) {
        return skip(name, &format!("may not trace: {error}"));
    }
    ptrace::interrupt(writer).unwrap();
    waitpid(writer, Some(WaitPidFlag::__WALL)).unwrap();
    client.wait_for_line(|line| line.starts_with("All sent"), RUN_TIMEOUT);
    ptrace::detach(writer, None).unwrap();

    let finished = client.wait(RUN_TIMEOUT);
    finished.expect_code(0);
    server.interrupt(RUN_TIMEOUT).expect_code(0);
    let lines = |file: &str| whole_journal(&folder.path().join(file));
    let journal = lines("client.jsonl");
    let lost: u64 = journal.iter().filter(|record| record["e"] == "gap").filter_map(|gap| gap["lost"].as_u64()).sum();
    assert!(lost > 1_000, "{lost} records lost: the queue was not full");
    assert!(has_ended(&journal));
    let served = lines("server.jsonl");
    let numbers = |kind: &str| -> std::collections::HashSet<u64> {
        served.iter().filter(|record| record["e"] == kind).filter_map(|record| record["n"].as_u64()).collect()
    };
    let (answered, withheld) = (numbers("sent"), numbers("not_answered"));
    assert!(answered.len() + withheld.len() > COUNT as usize * 9 / 10, "the exchange was held up");

    let both = ["analyze", "--json", "client.jsonl", "server.jsonl"];
    let joint = Running::start(medidor(host, folder.path(), &both)).wait(RUN_TIMEOUT);
    joint.expect_code(0);
    for report in [Report::of(&finished), Report::of(&joint)] {
        assert!(report.warnings().contains(&"journal_gap"), "{:?}", report.warnings());
        // The client's journal does not even contain the last messages.
        let open = report.count("inconclusive").unwrap() + COUNT - report.count("requests").unwrap();
        assert!(open > lost / 4, "only {open} are left open, although {lost} records are missing");
        assert!(report.count("delivered").unwrap() <= answered.len() as u64);
        for message in report.flow()["messages"].as_array().unwrap() {
            let number = message["n"].as_u64().unwrap();
            match message["outcome"].as_str().unwrap() {
                "delivered" | "late" => assert!(answered.contains(&number), "{message}"),
                // On one host only socket buffers can lose what the server did not withhold.
                "lost" if withheld.contains(&number) => {
                    assert!(message["blame"].as_array().unwrap().contains(&"server_app".into()), "{message}");
                }
                "lost" => assert!(!answered.contains(&number), "{message}"),
                other => assert_eq!(other, "inconclusive", "{message}"),
            }
        }
    }
}
