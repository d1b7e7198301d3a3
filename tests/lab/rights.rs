//! Privileges: a run without the required ones is refused before the first message, and they are dropped after use.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use crate::common::lab::Lab;
use crate::common::medidor::{Report, client, medidor, server};
use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::skip;
use tempfile::TempDir;

/// The user in sudo's environment variables.
const CALLER: u32 = 65_534;

const QUICK: [&str; 8] = ["--count", "5", "--batch", "0", "--interval", "50ms", "--wait", "500ms"];

/// A line of `/proc/PID/status`, such as `CapEff`.
fn status(process: &Running, name: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name}"));
    line.trim_start_matches(':').split_whitespace().collect::<Vec<_>>().join(" ")
}

fn has_no_capabilities(process: &Running) {
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert_eq!(status(process, set), "0000000000000000", "{set}");
    }
}

#[test]
fn a_server_that_captures_keeps_no_capability() {
    let Some(lab) = Lab::build("a_server_that_captures_keeps_no_capability") else { return };
    let folder = TempDir::new().unwrap();
    let host = lab.home_a();
    let server = server(host, folder.path(), &["--capture", "server.pcap"]);
    has_no_capabilities(&server);
    client(host, folder.path(), &QUICK).expect_code(0);
    let report = Report::of(&server.interrupt(STEP_TIMEOUT));
    assert_eq!(report.flow()["points"]["server_wire_out"], 5, "and still it sees");
}

#[test]
fn under_sudo_process_and_files_belong_to_the_caller() {
    let name = "under_sudo_process_and_files_belong_to_the_caller";
    let Some(lab) = Lab::build(name) else { return };
    if !nix::unistd::geteuid().is_root() {
        return skip(name, "only root can become somebody else");
    }
    let folder = TempDir::new().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let mut command = medidor(lab.home_a(), folder.path(), &["server", "--json", "--capture", "server.pcap"]);
    let caller = CALLER.to_string();
    command.envs([("SUDO_UID", &caller), ("SUDO_GID", &caller)]);
    let server = Running::start(command);
    server.wait_for_line(|line| line.starts_with("Server listening"), STEP_TIMEOUT);
    assert_eq!(status(&server, "Uid"), format!("{CALLER} {CALLER} {CALLER} {CALLER}"));
    assert_eq!(status(&server, "Gid"), format!("{CALLER} {CALLER} {CALLER} {CALLER}"));
    has_no_capabilities(&server);
    client(lab.home_a(), folder.path(), &QUICK).expect_code(0);
    let report = Report::of(&server.interrupt(STEP_TIMEOUT));
    assert_eq!(report.flow()["points"]["server_wire_in"], 5);
    for file in ["server.pcap", "server.journal.jsonl"] {
        assert_eq!(std::fs::metadata(folder.path().join(file)).unwrap().uid(), CALLER, "{file}");
    }
}

/// A client without the right to capture.
fn without_rights(lab: &Lab, folder: &Path, arguments: &[&str]) -> Finished {
    let mut command = lab.home_a().command("setpriv");
    command.current_dir(folder).args(["--bounding-set=-all", "--inh-caps=-all", env!("CARGO_BIN_EXE_medidor")]);
    command.args(["--lang", "en", "client", "--json", "--capture", "client.pcap"]).args(QUICK).args(arguments);
    Running::start(command).wait(STEP_TIMEOUT)
}

#[test]
fn without_capture_rights_it_refuses_and_names_the_fix() {
    let Some(lab) = Lab::build("without_capture_rights_it_refuses_and_names_the_fix") else {
        return;
    };
    let folder = TempDir::new().unwrap();
    let server = server(lab.home_a(), folder.path(), &[]);
    let refused = without_rights(&lab, folder.path(), &[]);
    refused.expect_code(3);
    let printed = refused.text(Stream::Err);
    assert!(
        printed.contains("no permission to capture") && printed.contains("sudo setcap cap_net_raw+ep"),
        "{printed}"
    );
    assert!(printed.contains("Operation not permitted"), "libpcap's own words: {printed}");
    assert!(!folder.path().join("client.pcap").exists());

    let optional = without_rights(&lab, folder.path(), &["--capture-optional"]);
    optional.expect_code(0);
    let report = Report::of(&optional);
    assert_eq!(report.count("delivered"), Some(5));
    assert!(report.json()["witnesses"]["client_capture"].is_null());
    assert!(report.warnings().contains(&"application_only"));
    let served = Report::of(&server.interrupt(STEP_TIMEOUT));
    assert_eq!(served.count("answered"), Some(5), "the refused run sent nothing");
}
