//! The monitor's mail through a real SMTP server with STARTTLS and authentication: the mails, and the behaviour when
//! the server is misconfigured, slow, busy or unreachable.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::faults::{self, Match};
use crate::common::lab::{Host, Lab};
use crate::common::medidor::{RUN_TIMEOUT, Report, analyze, server};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

/// A Python with the SMTP server's library, which the distribution's Python has.
fn python(test: &str) -> Option<&'static str> {
    let fits = |python: &&str| {
        let asked = Command::new(python).args(["-c", "import aiosmtpd"]).output();
        asked.is_ok_and(|output| output.status.success())
    };
    let found = ["python3", "/usr/bin/python3"].into_iter().find(fits);
    if found.is_none() {
        crate::common::skip(test, "python3-aiosmtpd is not installed");
    }
    found
}

/// A folder with the certificates of an authority and of a server, and the server's messages.
struct MailSetup<'a> {
    folder: TempDir,
    python: &'static str,
    /// The host on which everything runs; `None` for this machine.
    host: Option<&'a Host>,
}

impl<'a> MailSetup<'a> {
    fn new(test: &str) -> Option<Self> {
        Self::at(test, None)
    }

    fn at(test: &str, host: Option<&'a Host>) -> Option<Self> {
        let python = python(test)?;
        let setup = Self { folder: TempDir::new().unwrap(), python, host };
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        fs::write(setup.path("ca.pem"), authority.pem()).unwrap();
        fs::write(setup.path("server.pem"), certificate.pem()).unwrap();
        fs::write(setup.path("server.key"), key.serialize_pem()).unwrap();
        setup.password("hunter2");
        Some(setup)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn password(&self, password: &str) {
        fs::write(self.path("password"), password).unwrap();
    }

    fn command(&self, program: &str) -> Command {
        self.host.map_or_else(|| Command::new(program), |host| host.command(program))
    }

    /// Sets the server's behaviour for the next message.
    fn mode(&self, mode: &str) {
        fs::write(self.path("mode"), mode).unwrap();
    }

    /// Starts the mail server, on a free port or on its previous one.
    fn server(&self, port: u16, how: &[&str]) -> (Running, u16) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/smtp_server.py");
        let mut command = self.command(self.python);
        command.arg(script).arg(self.folder.path()).arg(port.to_string());
        command.args([self.path("server.pem"), self.path("server.key")]).args(how);
        let server = Running::start(command);
        let line = server.wait_for_line(|line| line.starts_with("listening"), STEP_TIMEOUT);
        let port = line.rsplit(' ').next().unwrap().parse().unwrap();
        (server, port)
    }

    /// A monitor with mail, of a closed port, which is down from the second measurement on.
    fn monitor(&self, port: u16, arguments: &[&str]) -> Running {
        self.monitor_of("127.0.0.1:9", port, arguments)
    }

    fn monitor_of(&self, target: &str, port: u16, arguments: &[&str]) -> Running {
        let mut command = self.command(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(self.folder.path()).env_remove("MEDIDOR_SMTP_PASSWORD");
        command.args(["--lang", "pt", "monitor", target, "--email-to", "bia@example.org"]);
        if !arguments.contains(&"--interval") {
            command.args(["--interval", "100ms"]);
        }
        command.args(["--smtp", &format!("127.0.0.1:{port}"), "--smtp-user", "ana@example.org"]);
        command.args(["--smtp-retry", "100ms"]).args(arguments);
        Running::start(command)
    }

    /// The message with this number, read by Python's mail parser: subject, text, and names of attached files.
    fn read(&self, number: u32) -> String {
        let code = "import sys, email, email.policy\n\
                    m = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)\n\
                    print('From:', m['From']); print('To:', m['To']); print('Subject:', m['Subject'])\n\
                    print(m.get_body().get_content())\n\
                    for a in m.iter_attachments():\n\
                    \x20   print('Attached:', a.get_filename())\n\
                    \x20   c = a.get_content()\n\
                    \x20   if isinstance(c, str): print(c)\n\
                    \x20   else: open(sys.argv[2], 'wb').write(c)\n\
                    print('Id:', m['Message-ID'])\n";
        let mut command = Command::new(self.python);
        command.env("PYTHONIOENCODING", "utf-8").args(["-c", code]).arg(self.path(&format!("{number}.eml")));
        let read = Running::start({
            command.arg(self.path("attached.pcap"));
            command
        });
        let read = read.wait(STEP_TIMEOUT);
        read.expect_code(0);
        read.text(Stream::Out)
    }
}

const TRUSTED: [&str; 4] = ["--smtp-ca", "ca.pem", "--smtp-password-file", "password"];

fn said(finished: &Finished) -> String {
    finished.text(Stream::Err)
}

#[test]
fn an_alert_arrives_with_subject_and_text() {
    let Some(setup) = MailSetup::new("an_alert_arrives_with_subject_and_text") else { return };
    for how in [&[][..], &["implicit"]] {
        let (server, port) = setup.server(0, how);
        let tls: &[&str] = if how.is_empty() { &[] } else { &["--smtp-tls", "implicit"] };
        let options = [&TRUSTED[..], tls, &["--count", "3", "--email-to", "Caio <caio@example.org>"]].concat();
        let finished = setup.monitor(port, &options).wait(RUN_TIMEOUT);
        finished.expect_code(1);
        server.wait_for_line(|line| line == "taken 1 from ana@example.org to bia@example.org", STEP_TIMEOUT);
        server.wait_for_line(|line| line == "taken 2 from ana@example.org to caio@example.org", STEP_TIMEOUT);
        let text = setup.read(1);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..3],
            ["From: ana@example.org", "To: bia@example.org", "Subject: Alerta de latência: 127.0.0.1:9: Inativa"]
        );
        let is_body = |line: &&str| !line.is_empty() && !line.starts_with("Id: ");
        let body: Vec<&str> = lines[3..].iter().copied().filter(is_body).collect();
        assert!(body.len() <= 5, "{text}");
        for (line, begin) in body.iter().zip([
            "Alvo: 127.0.0.1:9",
            "Estado: Inativa desde 20",
            "Última medição: Inativa, a sonda foi recusada (ICMP), em 20",
        ]) {
            assert!(line.starts_with(begin), "{begin}:\n{text}");
        }
        assert!(said(&finished).contains("E-mail enviado a bia@example.org"), "{}", said(&finished));
        assert_eq!(
            server.lines().iter().filter(|line| line.text.starts_with("taken")).count(),
            2,
            "one change, two people"
        );
    }
}

#[test]
fn an_untrusted_server_gets_no_password_and_no_mail() {
    let Some(setup) = MailSetup::new("an_untrusted_server_gets_no_password_and_no_mail") else { return };
    let (server, port) = setup.server(0, &[]);
    let untrusted = ["--smtp-password-file", "password", "--count", "2"];
    let finished = setup.monitor(port, &untrusted).wait(RUN_TIMEOUT);
    finished.expect_code(3);
    let text = said(&finished);
    assert!(text.contains("A conexão segura com o servidor de e-mail 127.0.0.1:"), "{text}");
    assert!(text.contains("Não foi enviado: \"Alerta de latência: 127.0.0.1:9: Inativa\" a bia@example.org"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    assert!(server.lines().iter().all(|line| !line.text.contains("login") && !line.text.starts_with("taken")));
}

#[test]
fn a_wrong_password_is_reported_and_the_alert_kept() {
    let Some(setup) = MailSetup::new("a_wrong_password_is_reported_and_the_alert_kept") else { return };
    let (server, port) = setup.server(0, &[]);
    setup.password("hunter3");
    let finished = setup.monitor(port, &[&TRUSTED[..], &["--count", "2"]].concat()).wait(RUN_TIMEOUT);
    finished.expect_code(3);
    let text = said(&finished);
    assert!(text.contains("recusou o usuário ou a senha: "), "{text}");
    assert!(!text.contains("hunter3") && !text.contains("aHVudGVyMw"), "{text}");
    server.wait_for_line(|line| line == "wrong login", STEP_TIMEOUT);
    assert!(!setup.path("1.eml").exists());
}

#[test]
fn a_busy_missing_or_hanging_server_only_delays_mail() {
    let Some(setup) = MailSetup::new("a_busy_missing_or_hanging_server_only_delays_mail") else { return };
    let (server, port) = setup.server(0, &[]);
    setup.mode("busy");
    let monitor = setup.monitor(
        port,
        &[&TRUSTED[..], &["--smtp-timeout", "500ms", "--alert", "always", "--interval", "400ms"]].concat(),
    );
    let says = |part: &'static str| monitor.wait_for_line(move |line| line.contains(part), STEP_TIMEOUT);
    says("não aceitou a mensagem por enquanto: 451 come again later");
    says("Nova tentativa de enviar o e-mail em ");
    setup.mode("hang");
    says("não respondeu a tempo");
    drop(server);
    says("não está acessível");
    setup.mode("take");
    let (server, _) = setup.server(port, &[]);
    server.wait_for_line(|line| line.starts_with("taken 3 "), STEP_TIMEOUT);
    let finished = monitor.interrupt(STEP_TIMEOUT);
    finished.expect_code(1);
    let alerts = said(&finished).matches("Alerta: 127.0.0.1:9").count();
    let taken = server.lines().iter().filter(|line| line.text.starts_with("taken")).count();
    assert_eq!(taken, alerts, "every alert arrived:\n{}", said(&finished));
    // An ID names the time, the target, the number of the measurement and the place of the recipient.
    let measurements = [1, 2, 3].map(|number| {
        let text = setup.read(number);
        let id = text.lines().find_map(|line| line.strip_prefix("Id: ")).unwrap();
        id.split('@').next().unwrap().rsplit('-').nth(1).unwrap().parse::<u64>().unwrap()
    });
    assert!(measurements.is_sorted_by(|before, after| before < after), "in order: {measurements:?}");
}

#[test]
fn a_permanent_refusal_is_reported_and_not_retried() {
    let Some(setup) = MailSetup::new("a_permanent_refusal_is_reported_and_not_retried") else { return };
    let (_server, port) = setup.server(0, &[]);
    setup.mode("refuse");
    let finished = setup.monitor(port, &[&TRUSTED[..], &["--count", "2"]].concat()).wait(RUN_TIMEOUT);
    finished.expect_code(3);
    let text = said(&finished);
    assert!(text.contains("recusou a mensagem: 550 not here, ***"), "{text}");
    assert!(text.contains("Desisti de enviar o e-mail") && text.contains("(1 tentativa)"), "{text}");
}

#[test]
fn incomplete_or_unsafe_mail_settings_are_refused() {
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
        // The child has its own session and no controlling terminal, so it cannot ask for a password.
        command.env_remove("MEDIDOR_SMTP_PASSWORD").args(["--lang", "en", "monitor", "--email-to", "a@example.org"]);
        Running::start({
            command.args(arguments);
            command
        })
        .wait(STEP_TIMEOUT)
    };
    let refused = |arguments: &[&str], words: &str| {
        let finished = run(arguments);
        finished.expect_code(2);
        assert!(said(&finished).contains(words), "{arguments:?}: {}", said(&finished));
    };
    refused(&["--smtp", "203.0.113.2", "--smtp-tls", "none", "--email-from", "b@example.org"], "only to this computer");
    refused(&["--smtp", "mail.example.org", "--smtp-password", "x"], "unknown option");
    refused(&[], "the mail server is missing");
    refused(&["--smtp", "127.0.0.1"], "the sender is missing");
    refused(&["--smtp", "127.0.0.1", "--email-from", "nobody"], "not a valid e-mail address: nobody");
    let crafted = "a@example.org\r\nBcc: eve@example.org";
    refused(&["--smtp", "127.0.0.1", "--email-from", crafted], "not a valid e-mail address");
}

/// A server in home B that replies `pong`, a monitor in home A with a capture and mail; then `fault` is injected.
/// Returns the alert's message, parsed, and the mail setup.
fn struck<'lab>(
    lab: &'lab Lab,
    test: &str,
    fault: impl FnOnce() -> Option<faults::Fault<'lab>>,
) -> Option<(String, MailSetup<'lab>)> {
    let setup = MailSetup::at(test, Some(lab.home_a()))?;
    let folder = TempDir::new().unwrap();
    let _server = server(lab.home_b(), folder.path(), &["--reply", "pong"]);
    let (mail, port) = setup.server(0, &[]);
    let options = ["--interval", "400ms", "--timeout", "350ms", "--capture", ".", "--email-attach"];
    let monitor = setup.monitor_of(&lab.server_address().to_string(), port, &[&TRUSTED[..], &options].concat());
    monitor.wait_for_nth_line(2, |line| line.contains(": Normal, "), STEP_TIMEOUT);
    let _fault = fault()?;
    mail.wait_for_line(|line| line.starts_with("taken 1 "), STEP_TIMEOUT);
    monitor.interrupt(STEP_TIMEOUT).expect_code(0);
    Some((setup.read(1), setup))
}

/// The name of the alert's capture.
fn capture_of(setup: &MailSetup<'_>) -> String {
    let names = fs::read_dir(setup.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names = names.map(|name| name.to_string_lossy().into_owned());
    names.find(|name| name.starts_with("alerta-203.0.113.2-5005-") && name.ends_with("-down.pcap")).expect("a capture")
}

#[test]
fn an_alert_attaches_a_capture_that_blames_this_host() {
    let test = "an_alert_attaches_a_capture_that_blames_this_host";
    let Some(lab) = Lab::build(test) else { return };
    let fault = || Some(faults::input_drop(lab.home_a(), &Match::any_reply()));
    let Some((text, setup)) = struck(&lab, test, fault) else { return };
    assert!(text.contains("Subject: Alerta de latência: 203.0.113.2:5005: Inativa"), "{text}");
    assert!(text.contains("estavam na placa de rede a tempo: este computador as perdeu ou ainda as retém."), "{text}");
    let name = capture_of(&setup);
    assert!(text.contains(&format!("Attached: {name}")), "{text}");
    assert_eq!(fs::read(setup.path("attached.pcap")).unwrap(), fs::read(setup.path(&name)).unwrap());
    // An analysis of the same files gives the same verdict.
    let report = Report::of(&analyze(lab.home_a(), setup.folder.path(), &[&name]));
    let lost = report.with_outcome("lost");
    assert_eq!(lost.len(), 2, "{:#}", report.json());
    for number in &lost {
        assert_eq!(report.verdict_line(*number), "lost: client_host_in");
    }
    assert!(report.count("delivered").unwrap() >= 2, "{:#}", report.json());
    assert_eq!(report.flow()["counts"]["inconclusive"], 0);
    let numbers = format!("{}, {}", lost[0], lost[1]);
    assert!(text.contains(&format!("As respostas às sondas {numbers} ")), "{numbers}: {text}");
    // Each probe has its own source port, and each has a frame.
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(setup.path("attached.pcap")).args([
        "-Y",
        "udp.dstport == 5005",
        "-T",
        "fields",
        "-e",
        "udp.srcport",
    ]);
    let Ok(read) = tshark.output() else {
        crate::common::skip(test, "tshark is not installed");
        return;
    };
    let ports = String::from_utf8_lossy(&read.stdout).into_owned();
    let mut ports: Vec<&str> = ports.lines().collect();
    assert!(ports.len() >= 4, "{ports:?}");
    let sent = ports.len();
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), sent);
}

#[test]
fn an_alert_names_where_its_probes_were_lost() {
    let test = "an_alert_names_where_its_probes_were_lost";
    let Some(lab) = Lab::build(test) else { return };
    let fault = || Some(faults::forward_drop(lab.router_a(), &Match::any_request()));
    let Some((text, setup)) = struck(&lab, test, fault) else { return };
    assert!(text.contains("saíram pela placa de rede e nenhuma resposta de 203.0.113.2:5005 chegou até"), "{text}");
    let report = Report::of(&analyze(lab.home_a(), setup.folder.path(), &[&capture_of(&setup)]));
    for number in report.with_outcome("lost") {
        let verdict_line = report.verdict_line(number);
        assert!(verdict_line.starts_with("lost: network_forward server_host_in"), "{verdict_line}");
    }
    // An egress filter drops the probes in this host.
    let Some(lab) = Lab::build(test) else { return };
    let Some((text, _)) = struck(&lab, test, || faults::egress_drop(lab.home_a(), &Match::any_request())) else {
        return;
    };
    assert!(text.contains(": este computador as reteve."), "{text}");
}

#[test]
fn on_one_host_an_alert_blames_no_network_and_names_refusals() {
    let test = "on_one_host_an_alert_blames_no_network_and_names_refusals";
    for is_refused in [false, true] {
        let Some(lab) = Lab::build(test) else { return };
        let Some(setup) = MailSetup::at(test, Some(lab.home_a())) else { return };
        let folder = TempDir::new().unwrap();
        let server = server(lab.home_a(), folder.path(), &["--reply", "pong"]);
        let (mail, port) = setup.server(0, &[]);
        let options = ["--interval", "400ms", "--timeout", "350ms", "--capture", "."];
        let monitor = setup.monitor_of("127.0.0.1:5005", port, &[&TRUSTED[..], &options].concat());
        monitor.wait_for_nth_line(2, |line| line.contains(": Normal, "), STEP_TIMEOUT);
        // Without a server the port is closed; the firewall drops silently.
        let _fault = if is_refused {
            drop(server.interrupt(STEP_TIMEOUT));
            None
        } else {
            Some(faults::input_drop(lab.home_a(), &Match::any_request()))
        };
        mail.wait_for_line(|line| line.starts_with("taken 1 "), STEP_TIMEOUT);
        monitor.interrupt(STEP_TIMEOUT).expect_code(0);
        let text = setup.read(1).split_whitespace().collect::<Vec<_>>().join(" ");
        let sentence = if is_refused {
            "foram recusadas com erros ICMP: porta inalcançável, segundo 127.0.0.1"
        } else {
            "a perda ou o atraso foi neste computador, que é também o do servidor."
        };
        assert!(text.contains(sentence), "{text}");
        assert!(!text.contains("na rede ou do outro lado"), "{text}");
    }
}

#[test]
fn an_attachment_too_large_for_the_server_is_left_out() {
    let test = "an_attachment_too_large_for_the_server_is_left_out";
    let Some(lab) = Lab::build(test) else { return };
    let Some(setup) = MailSetup::at(test, Some(lab.home_a())) else { return };
    let (mail, port) = setup.server(0, &[]);
    setup.mode("refuse-file");
    let options = ["--capture", ".", "--email-attach", "--timeout", "350ms"];
    let monitor = setup.monitor(port, &[&TRUSTED[..], &options].concat());
    mail.wait_for_line(|line| line.starts_with("taken 1 "), STEP_TIMEOUT);
    let finished = monitor.interrupt(STEP_TIMEOUT);
    assert!(said(&finished).contains("O e-mail será enviado sem o anexo"), "{}", said(&finished));
    assert!(!setup.read(1).contains("Attached"));
}
