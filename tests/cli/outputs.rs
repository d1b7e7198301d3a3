//! What goes to stdout and to stderr, how much of it, and what the user is told when no reply comes.

use std::process::Command;

use assert_cmd::assert::OutputAssertExt;
use tempfile::TempDir;

use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::sample;

/// Lines of a small terminal.
const MAX_LINES: usize = 25;

const LANGUAGES: [&str; 3] = ["pt", "en", "es"];

fn medidor(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Finished {
    Running::start(medidor(arguments)).wait(STEP_TIMEOUT)
}

/// A server on a free port of this host, and its address.
fn server(options: &[&str]) -> (Running, String) {
    let server = Running::start(medidor(&[&["--lang", "en", "server", "127.0.0.1:0"], options].concat()));
    let line = server.wait_for_line(|line| line.starts_with("Server listening on "), STEP_TIMEOUT);
    (server, line.rsplit(' ').next().unwrap().to_owned())
}

/// The assignment's run with short waits.
fn client(address: &str, options: &[&str]) -> Finished {
    let quick = ["--interval", "20ms", "--pause", "100ms", "--wait", "200ms"];
    run(&[&["client", address], &quick[..], options].concat())
}

fn of_sample(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = medidor(&["--lang", "en", "analyze", "client.pcap", "server.pcap"]);
    let output = command.args(arguments).current_dir(sample::folder()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn when_all_is_well_the_output_fits_a_screen() {
    let (_ack, acks) = server(&[]);
    let (_upper, pings) = server(&["--reply", "upper"]);
    for lang in LANGUAGES {
        let outputs = [
            client(&acks, &["--lang", lang]),
            run(&["--lang", lang, "ping", &pings, "--interval", "20ms"]),
            Running::start({
                let mut check = medidor(&["--lang", lang, "check", "."]);
                check.current_dir(sample::folder());
                check
            })
            .wait(STEP_TIMEOUT),
        ];
        for finished in outputs {
            let lines = finished.lines.len();
            assert!((5..=MAX_LINES).contains(&lines), "{lines} lines in {lang}: {finished:#?}");
        }
    }
}

#[test]
fn every_reply_is_shown_and_verbose_has_a_line_for_each() {
    let (_server, address) = server(&[]);
    let finished = client(&address, &["--lang", "en"]);
    let shown: String = finished.text(Stream::Err).replace('\n', "  ");
    for number in 1..=30 {
        assert_eq!(shown.matches(&format!("ACK {number} ")).count(), 1, "{number}: {shown}");
    }
    let of_replies = finished.lines.iter().filter(|line| line.text.starts_with("ACK ")).count();
    assert!((3..=9).contains(&of_replies), "several replies share a line: {finished:#?}");
    let finished = client(&address, &["--lang", "en", "-v"]);
    let lines: Vec<&str> = finished.lines.iter().map(|line| line.text.as_str()).collect();
    for number in 1..=30 {
        let begin = format!("{number}: ACK {number} in ");
        assert_eq!(lines.iter().filter(|line| line.starts_with(&begin)).count(), 1, "{begin}: {lines:#?}");
    }
}

#[test]
fn quiet_prints_the_result_alone() {
    let (_server, address) = server(&[]);
    let finished = client(&address, &["--lang", "en", "-q"]);
    assert_eq!(finished.text(Stream::Err), "");
    assert!(finished.text(Stream::Out).starts_with("Loss rate: 0% (0 of 30 messages;"), "{finished:?}");
    let finished = run(&["--lang", "en", "--quiet", "ping", &address, "--count", "2", "--interval", "20ms"]);
    assert_eq!(finished.text(Stream::Err), "");
    assert!(finished.text(Stream::Out).starts_with("2 sent, 2 received"), "{finished:?}");
    let finished = run(&["--lang", "en", "-q", "analyze", "missing.pcap"]);
    assert!(finished.text(Stream::Err).starts_with("medidor: error: "), "errors are said");
}

#[test]
fn a_dash_is_stdout() {
    let folder = TempDir::new().unwrap();
    for (option, name) in [("--csv", "rows.csv"), ("--html", "page.html")] {
        let file = folder.path().join(name);
        let (code, report) = of_sample(&[option, file.to_str().unwrap()]);
        assert!(code == Some(0) && report.starts_with("Loss rate: "), "{report}");
        assert_eq!(of_sample(&[option, "-"]), (Some(0), std::fs::read_to_string(file).unwrap()), "{option}");
    }
    let alone = [&["--csv", "-", "--html", "-"][..], &["--csv", "-", "--json"], &["--annotate", "-"]];
    for both in alone {
        assert_eq!(of_sample(both), (Some(2), String::new()), "{both:?}");
    }
    let check = |options: &[&str]| {
        let mut command = medidor(&["--lang", "en", "check", "."]);
        let output = command.args(options).current_dir(folder.path()).output().unwrap();
        (output.status.code(), output.stdout.len())
    };
    std::fs::copy(sample::folder().join("client.pcap"), folder.path().join("client.pcap")).unwrap();
    assert_eq!(check(&["--csv", "-", "--json"]), (Some(2), 0));
    assert_eq!(check(&["--csv", "client.pcap"]), (Some(2), 0), "it is read");
    let (_server, address) = server(&["--reply", "pong"]);
    let options = ["--lang", "en", "monitor", &address, "--count", "2", "--interval", "100ms", "--log", "-"];
    let finished = run(&options);
    finished.expect_code(0);
    let log = finished.text(Stream::Out);
    let rows: Vec<&str> = log.lines().collect();
    assert_eq!((rows.len(), rows[0]), (3, "time,target,number,finding,class,rtt_ms"), "{log}");
}

#[test]
fn details_are_printed_only_where_they_are_asked_for() {
    let (_, short) = of_sample(&[]);
    let (_, long) = of_sample(&["--details"]);
    assert!(long.starts_with(&short) && long.contains("Round-trip time") && !short.contains("Round-trip time"));
    let check = |options: &[&str]| {
        let mut command = medidor(&["--lang", "en", "check", "."]);
        let output = command.args(options).current_dir(sample::folder()).assert().success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    let (short, long) = (check(&[]), check(&["--details"]));
    assert!(long.lines().count() >= short.lines().count() + 12, "{long}");
    assert_eq!(short.matches('✓').count(), long.matches('✓').count());
}

#[test]
fn a_refusal_and_silence_say_what_to_do_at_once() {
    // Bound to another address, the port is closed on 127.0.0.1, and nobody else takes it.
    let other = std::net::UdpSocket::bind("127.0.0.9:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let closed = format!("127.0.0.1:{port}");
    let refused = client(&closed, &["--lang", "en", "--count", "3"]);
    let text = refused.text(Stream::Err);
    assert!(text.contains(&format!("  medidor server --listen 0.0.0.0:{port}\n")), "{text}");
    assert_eq!(text.matches("nothing listens on").count(), 1, "{text}");
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    for (command, hint) in [("client", "sudo ufw allow"), ("ping", "--reply upper")] {
        let running = Running::start(medidor(&["--lang", "en", command, &address.to_string(), "--count", "9"]));
        running.wait_for_line(|line| line.contains(hint), STEP_TIMEOUT);
        running.interrupt(STEP_TIMEOUT);
    }
}

#[test]
fn a_server_counts_texts_without_a_number() {
    for (mode, expected) in [("upper", "3 received, 3 answered"), ("ack", "3 received, 0 answered")] {
        let (server, address) = server(&["--reply", mode]);
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(STEP_TIMEOUT)).unwrap();
        let mut reply = [0; 64];
        for text in ["oi", "tudo", "bem", "Mensagem 1"] {
            socket.send_to(text.as_bytes(), &address).unwrap();
        }
        // The numbered one is answered in either mode, after all others.
        while !reply.windows(2).any(|bytes| bytes == b" 1") {
            socket.recv(&mut reply).unwrap();
        }
        let text = server.interrupt(STEP_TIMEOUT).text(Stream::Out);
        assert!(text.contains(&format!("Texts without a number: {expected}, 0 dropped on purpose.")), "{text}");
    }
}

#[test]
fn a_relay_says_that_nothing_listens_behind_it() {
    let other = std::net::UdpSocket::bind("127.0.0.9:0").unwrap();
    let closed = format!("127.0.0.1:{}", other.local_addr().unwrap().port());
    let relay = Running::start(medidor(&["--lang", "en", "impair", "--listen", "127.0.0.1:0", "--to", &closed]));
    let line = relay.wait_for_line(|line| line.starts_with("Relaying from "), STEP_TIMEOUT);
    let address = line.split_whitespace().nth(2).unwrap();
    let client = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    client.send_to(b"Mensagem 1", address).unwrap();
    relay.wait_for_line(|line| line.starts_with(&format!("Refused: nothing listens on {closed}")), STEP_TIMEOUT);
    relay.interrupt(STEP_TIMEOUT);
}
