//! A chat's server under test, and simple peers.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdin, Command};

use super::process::{PATIENCE, Running};

/// A server on a loopback address, over `tcp` or `udp`.
pub struct Server {
    /// The process.
    pub running: Running,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts one; its files go to `folder`.
    pub fn start(folder: &Path, kind: &str, options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(folder).args(["--lang", "en", "chat", "server", kind, "--listen", "127.0.0.1:0"]);
        let running = Running::start({
            command.args(options);
            command
        });
        let line = running.wait_for_line(|line| line.starts_with("Chat over "), PATIENCE);
        let address = line.rsplit(' ').next().unwrap().parse().unwrap();
        Self { running, address }
    }

    /// How many descriptors it has open.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.running.pid())).unwrap().count()
    }

    /// How many threads it has.
    pub fn threads(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/task", self.running.pid())).unwrap().count()
    }

    /// The memory it holds, kibibytes.
    pub fn memory_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.running.pid())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }
}

/// Somebody who types, and is shown something.
pub struct Typist {
    /// The process.
    pub running: Running,
    input: Option<ChildStdin>,
}

impl Typist {
    /// Starts one by a command.
    pub fn start(command: Command) -> Self {
        let mut running = Running::with_input(command);
        let input = running.input();
        Self { running, input }
    }

    /// A simple client in another language.
    pub fn simple(kind: &str, server: SocketAddr) -> Self {
        let mut command = Command::new("python3");
        command.args([&peer("chat_client.py"), kind, &server.ip().to_string(), &server.port().to_string()]);
        Self::start(command)
    }

    /// The program's own client.
    pub fn own(folder: &Path, kind: &str, server: SocketAddr, options: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_medidor"));
        command.current_dir(folder).args(["--lang", "en", "chat", "client", kind, &server.to_string()]).args(options);
        Self::start(command)
    }

    /// Types a line.
    pub fn types(&mut self, line: &str) {
        let input = self.input.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Is shown a line that ends so.
    pub fn sees(&self, ending: &str) -> String {
        self.running.wait_for_line(|line| line.ends_with(ending), PATIENCE)
    }

    /// The input ends.
    pub fn hangs_up(&mut self) {
        self.input = None;
    }
}

/// The path of a peer in another language.
pub fn peer(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name).display().to_string()
}
