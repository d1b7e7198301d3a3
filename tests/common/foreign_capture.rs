//! Captures by other people's programs in the lab.

use std::path::Path;

use nix::unistd::geteuid;

use super::lab::Host;
use super::process::{Running, STEP_TIMEOUT};
use super::reference_capture::ReferenceCapture;

/// A program that captures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Tcpdump,
    Dumpcap,
}

/// A running capture by another program. Without root, or without the program, it is the tests' own: both programs change
/// their groups, which a user namespace forbids.
pub enum ForeignCapture {
    Program(Running),
    ReferenceCapture(ReferenceCapture),
}

impl ForeignCapture {
    /// Starts a capture with the program's own options and returns once it is live.
    ///
    /// # Panics
    /// When the capture does not start; the message shows the program's output.
    pub fn start(host: &Host, program: Program, options: &[&str], device: &str, file: &Path, filter: &str) -> Self {
        let name = match program {
            Program::Tcpdump => "tcpdump",
            Program::Dumpcap => "dumpcap",
        };
        let own_capture = || Self::ReferenceCapture(ReferenceCapture::start_on(host, device, file, filter));
        if !geteuid().is_root() {
            return own_capture();
        }
        if host.run(name, &["--version"]).is_err() {
            super::skip(&format!("{}: {name}", host.test()), "not installed");
            return own_capture();
        }
        let (own, live) = match program {
            Program::Tcpdump => (["-Z", "root", filter], "listening on"),
            Program::Dumpcap => (["-q", "-f", filter], "File: "),
        };
        let mut command = host.command(name);
        command.args(options).args(["-i", device, "-w"]).arg(file).args(own);
        let running = Running::start(command);
        running.wait_for_line(|line| line.contains(live), STEP_TIMEOUT);
        Self::Program(running)
    }

    /// Ends the capture.
    ///
    /// # Panics
    /// When it has failed.
    pub fn stop(self) {
        match self {
            Self::Program(program) => _ = program.interrupt(STEP_TIMEOUT).expect_code(0),
            Self::ReferenceCapture(capture) => _ = capture.stop(),
        }
    }
}
