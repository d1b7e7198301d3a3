//! Files that are no files, and outputs that find no room.

use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use nix::sys::stat::Mode;
use nix::unistd::mkfifo;
use tempfile::TempDir;

use crate::common::process::{Finished, Running, STEP_TIMEOUT, Stream};
use crate::common::sample;

fn run(folder: &Path, language: &str, arguments: &[&str]) -> Finished {
    let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
    command.current_dir(folder).args(["--lang", language]).args(arguments);
    Running::start(command).wait(STEP_TIMEOUT)
}

#[test]
fn nothing_but_a_file_is_read_wherever_one_is_named() {
    let folder = TempDir::new().unwrap();
    mkfifo(&folder.path().join("pipe"), Mode::S_IRWXU).unwrap();
    let _listener = UnixListener::bind(folder.path().join("socket")).unwrap();
    let capture = sample::folder().join("client.pcap").display().to_string();
    let mail = ["--email-to", "a@example.org", "--smtp", "127.0.0.1:9", "--smtp-user", "a@example.org"];
    for other in ["pipe", "socket", "/dev/zero", "."] {
        let filter = format!("@{other}");
        let commands = [
            vec!["analyze", &capture, "--truth", other],
            vec!["monitor", "--config", other],
            vec!["client", "127.0.0.1", "--capture", "a.pcap", "--filter", &filter],
            [&["monitor", "127.0.0.1:9", "--smtp-password-file", other][..], &mail].concat(),
            [&["monitor", "127.0.0.1:9", "--smtp-ca", other, "--smtp-password-file", "password"][..], &mail].concat(),
            vec!["send", other],
        ];
        fs::write(folder.path().join("password"), "x").unwrap();
        for arguments in commands {
            let finished = run(folder.path(), "en", &arguments);
            finished.expect_code(3);
            let text = finished.text(Stream::Err);
            assert!(
                text.contains(&format!("{other} is a folder, a pipe, a device or a socket")),
                "{arguments:?}: {text}"
            );
            assert!(text.contains("\nReading it might never end: save its content"), "{arguments:?}: {text}");
        }
    }
    for (language, cure) in [("pt", "salve o conteúdo em um arquivo"), ("es", "guarde su contenido en un archivo")] {
        let text = run(folder.path(), language, &["send", "pipe"]).text(Stream::Err);
        assert!(text.contains(cure), "{text}");
    }
}

/// The limit of a file's size stands for a full disk: both end a write in its middle.
#[test]
fn a_page_that_finds_no_room_leaves_the_old_one() {
    let folder = TempDir::new().unwrap();
    let files = ["client.pcap", "server.pcap"].map(|name| sample::folder().join(name).display().to_string());
    for (option, name) in [("--html", "a.html"), ("--csv", "a.csv"), ("--annotate", "a.pcapng")] {
        let path = folder.path().join(name);
        fs::write(&path, "old").unwrap();
        let limited = |blocks: &str| {
            let mut command = Command::new("sh");
            let script = "trap '' XFSZ; [ \"$0\" = 0 ] || ulimit -f \"$0\"; exec \"$@\"";
            command.current_dir(folder.path()).args(["-c", script, blocks, env!("CARGO_BIN_EXE_medidor")]);
            let files = if option == "--annotate" { &files[..1] } else { &files[..] };
            command.args(["--lang", "en", "analyze", "--all", option, name]).args(files);
            Running::start(command).wait(STEP_TIMEOUT)
        };
        let finished = limited("2");
        finished.expect_code(3);
        assert!(
            finished.text(Stream::Err).contains(&format!("cannot write {name}: ")),
            "{}",
            finished.text(Stream::Err)
        );
        assert_eq!(fs::read(&path).unwrap(), b"old");
        limited("0").expect_code(0);
        assert!(fs::read(&path).unwrap().len() > 2_000);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "no temporary file stays");
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    for arguments in [&["--help"][..], &["client", "--help"], &["--version"], &["complete", "bash"]] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output =
            Command::new(env!("CARGO_BIN_EXE_medidor")).args(["--lang", "en"]).args(arguments).stdout(full).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(text.contains("stdout"), "{arguments:?}: {text}");
    }
}
