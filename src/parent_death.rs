//! Ends child processes when their parent ends, however it ends (`PR_SET_PDEATHSIG`).
//!
//! A promise to the kernel that only the child itself can make, and must make again whenever it becomes another user.

use std::process::{Command, exit};

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::getppid;

/// Names the process with which a child has to end.
const PARENT: &str = "MEDIDOR_ENDS_WITH";

/// Asks a command, which is to be this program, to end with this process.
pub fn exit_with_parent(command: &mut Command) {
    command.env(PARENT, std::process::id().to_string());
}

/// Has the kernel kill this process when its parent ends, if the parent asked for that. Where the kernel has no such
/// thing, the process goes on without.
pub fn install_parent_death_signal() {
    let Some(parent) = std::env::var(PARENT).ok().and_then(|text| text.parse::<i32>().ok()) else { return };
    _ = set_pdeathsig(Signal::SIGKILL);
    // It may have ended before.
    if getppid().as_raw() != parent {
        exit(1);
    }
}
