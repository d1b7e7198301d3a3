//! Messages without any interval, on one host: the cause of every lost message is known. The speed is measured by
//! `scripts/bench`, not here.

use crate::common::lab::{Host, Lab};
use crate::common::medidor::{RUN_TIMEOUT, Report, analyze, client, medidor, server};
use crate::common::process::{Running, STEP_TIMEOUT, Stream};
use nix::sys::signal::Signal;
use serde_json::Value;
use tempfile::TempDir;

const COUNT: u64 = 20_000;

/// Whether there are few status lines in a run of at most `seconds`: one per second, and some at either end.
fn is_calm(printed: &str, seconds: usize) -> bool {
    printed.lines().count() <= 30 + seconds
}

fn quick_server(host: &Host, folder: &TempDir) -> Running {
    let listen = ["--listen", "127.0.0.1:5005", "--rate-limit", "0", "--capture", "server.pcap"];
    server(host, folder.path(), &listen)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[test]
fn each_of_20_000_messages_is_delivered_late_or_lost() {
    let Some(lab) = Lab::build("each_of_20_000_messages_is_delivered_late_or_lost") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let server = quick_server(host, &folder);
    let count = COUNT.to_string();
    let run = ["127.0.0.1", "--count", &count, "--batch", "0", "--interval", "0s", "--wait", "2s"];
    let finished = client(host, folder.path(), &[&run[..], &["--capture", "client.pcap"]].concat());
    finished.expect_code(0);
    assert!(is_calm(&finished.text(Stream::Err), 60), "{}", finished.text(Stream::Err));
    server.interrupt(STEP_TIMEOUT).expect_code(0);

    let alone = Report::of(&finished);
    let joint = Report::of(&analyze(host, folder.path(), &["client.pcap", "server.pcap"]));
    for report in [&alone, &joint] {
        assert_eq!((report.count("requests"), report.count("sent")), (Some(COUNT), Some(COUNT)));
        let ends: u64 = ["delivered", "late", "lost"].iter().filter_map(|name| report.count(name)).sum();
        assert_eq!(ends, COUNT, "{}", report.flow()["counts"]);
        assert_eq!(report.count("inconclusive"), Some(0));
        for warning in ["contradiction", "journal_gap", "journal_broken", "capture_dropped", "clock_step"] {
            assert!(!report.warnings().contains(&warning), "{warning}: {:#}", report.json()["warnings"]);
        }
        let blame = &report.flow()["blame"];
        assert!(blame["network_forward"].is_null() && blame["network_return"].is_null(), "{blame}");
    }
    // On one host messages are lost only in socket buffers, and the sockets counted them.
    let (blame, witnesses) = (&joint.flow()["blame"], &joint.json()["witnesses"]);
    let drops = |witness: &str| number(&witnesses[witness]["socket_drops"]);
    assert_eq!(number(&blame["server_host_in"]), drops("server_journal"), "{blame}");
    assert_eq!(number(&blame["client_host_in"]), drops("client_journal"), "{blame}");
    assert_eq!(joint.count("lost"), Some(drops("server_journal") + drops("client_journal")));
    // Both captures contain every request and every reply.
    let answered = COUNT - drops("server_journal");
    for capture in ["client_capture", "server_capture"] {
        let capture = &witnesses[capture];
        assert_eq!((&capture["whole"], number(&capture["packets"])), (&Value::Bool(true), COUNT + answered));
    }
    // At this rate there are no transmit timestamps: the figure is unknown, not zero.
    assert!(alone.flow()["delay"]["rtt_kernel"].is_null());
}

#[test]
fn ctrl_c_ends_a_fast_run_with_the_partial_result() {
    let Some(lab) = Lab::build("ctrl_c_ends_a_fast_run_with_the_partial_result") else { return };
    let (host, folder) = (lab.home_b(), TempDir::new().unwrap());
    let server = quick_server(host, &folder);
    let mut endless = medidor(host, folder.path(), &["client", "--json", "127.0.0.1", "--capture", "client.pcap"]);
    endless.args(["--count", "1000000000", "--batch", "0", "--interval", "0s"]);
    let endless = Running::start(endless);
    endless.wait_for_line(|line| line.starts_with("Sent "), STEP_TIMEOUT);
    endless.signal(Signal::SIGINT);
    let finished = endless.wait(RUN_TIMEOUT);
    finished.expect_code(130);
    assert!(is_calm(&finished.text(Stream::Err), 60), "{}", finished.text(Stream::Err));
    let report = Report::of(&finished);
    let count = |name| report.count(name).unwrap();
    assert!(count("sent") > 1 && count("delivered") > 0, "{}", report.flow()["counts"]);
    // The client did not wait for the last replies.
    let ends: u64 = ["delivered", "late", "lost", "inconclusive"].map(count).iter().sum();
    assert_eq!(ends, count("sent"), "{}", report.flow()["counts"]);
    server.interrupt(RUN_TIMEOUT).expect_code(0);
}
