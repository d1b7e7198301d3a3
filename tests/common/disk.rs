//! A file system that fills up quickly, in its own mount namespace.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::lab::Host;
use super::process::{Running, STEP_TIMEOUT};

/// Where small file systems are mounted. It is a mount point even inside a chroot, so its mounts can be made private.
pub const PLACE: &str = "/dev/shm";

/// A command that runs the command after it in a mount namespace whose mounts below [`PLACE`] are private.
pub const PRIVATE_MOUNTS: [&str; 8] = [
    "unshare",
    "--mount",
    "--propagation",
    "unchanged",
    "sh",
    "-c",
    "mount --make-private /dev/shm && exec \"$@\"",
    "sh",
];

/// A tmpfs that only processes started by [`SmallDisk::command`] see at its path.
pub struct SmallDisk<'lab> {
    host: &'lab Host,
    holder: Running,
    folder: TempDir,
}

impl<'lab> SmallDisk<'lab> {
    /// Mounts a tmpfs of this size. `None`, after a report, where this machine does not allow it.
    ///
    /// # Panics
    /// With `MEDIDOR_LAB=required`, where the mount fails.
    pub fn mount(host: &'lab Host, bytes: usize) -> Option<Self> {
        let made = tempfile::Builder::new().prefix("medidor").tempdir_in(PLACE);
        let folder = match made {
            Ok(folder) => folder,
            Err(error) => {
                super::skip(&format!("{}: a small disk", host.test()), &error.to_string());
                return None;
            }
        };
        let mut command = host.command(PRIVATE_MOUNTS[0]);
        command.args(&PRIVATE_MOUNTS[1..]);
        let script = "mount -t tmpfs -o \"size=$1\" none \"$2\" && echo ready && exec cat";
        command.args(["sh", "-c", script, "sh", &bytes.to_string()]).arg(folder.path());
        let mut holder = Running::with_input(command);
        if let Err(said) = holder.line_or_end(|line| line == "ready", STEP_TIMEOUT) {
            super::skip(&format!("{}: a small disk", host.test()), &said);
            holder.close_input();
            return None;
        }
        Some(Self { host, holder, folder })
    }

    /// A command in `folder` that sees the tmpfs. Its root directory and all other mounts are the test's.
    pub fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = self.host.command("nsenter");
        command.args(["--target", &self.holder.pid().to_string(), "--mount", "--root"]);
        command.arg(format!("--wd={}", folder.display())).arg("--").arg(program);
        command
    }

    /// The program under test, in English, as a command that sees the tmpfs.
    pub fn medidor(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_medidor"), folder);
        command.args(["--lang", "en"]).args(arguments);
        command
    }

    /// A file's path on the tmpfs, valid for commands that see it.
    pub fn inside(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Copies a file from the tmpfs to a folder that every process sees.
    ///
    /// # Panics
    /// When the file does not exist.
    pub fn copy_out(&self, name: &str, to: &Path) {
        let from = self.inside(name);
        let copied = Running::start({
            let mut command = self.command("cp", Path::new("/"));
            command.arg(from).arg(to.join(name));
            command
        });
        copied.wait(STEP_TIMEOUT).expect_code(0);
    }
}
