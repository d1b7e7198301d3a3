//! A chat server under test, and simple clients.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdin, Command};

use super::process::{Running, STEP_TIMEOUT};

/// A server on a loopback address, over `tcp` or `udp`.
pub struct Server {
    pub running: Running,
    /// The address on which it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts a server that writes its files to `folder`.
    pub fn start(folder: &Path, kind: &str, options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(folder).args(["--lang", "en", "chat", "server", kind, "--listen", "127.0.0.1:0"]);
        let running = Running::start({
            command.args(options);
            command
        });
        let line = running.wait_for_line(|line| line.starts_with("Chat over "), STEP_TIMEOUT);
        let address = line.rsplit(' ').next().unwrap().parse().unwrap();
        Self { running, address }
    }

    /// The number of its open file descriptors.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.running.pid())).unwrap().count()
    }

    /// The number of its threads.
    pub fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.running.pid())).unwrap().count()
    }

    /// Its resident memory, in KiB.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.running.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

/// A chat client whose keyboard input the test types.
pub struct ChatClient {
    pub running: Running,
    input: Option<ChildStdin>,
}

impl ChatClient {
    pub fn start(command: Command) -> Self {
        let mut running = Running::with_input(command);
        let input = running.input();
        Self { running, input }
    }

    /// A simple client in Python.
    pub fn simple(kind: &str, server: SocketAddr) -> Self {
        let mut command = Command::new("python3");
        command.args([&peer("chat_client.py"), kind, &server.ip().to_string(), &server.port().to_string()]);
        Self::start(command)
    }

    /// The client of the program under test.
    pub fn own(folder: &Path, kind: &str, server: SocketAddr, options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(folder).args(["--lang", "en", "chat", "client", kind, &server.to_string()]).args(options);
        Self::start(command)
    }

    pub fn types(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Waits for a line with this ending.
    pub fn sees(&self, ending: &str) -> String {
        self.running.wait_for_line(|line| line.ends_with(ending), STEP_TIMEOUT)
    }

    /// Closes its input.
    pub fn hangs_up(&mut self) {
        self.input = None;
    }
}

/// The path of a peer written in Python.
pub fn peer(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name).display().to_string()
}
