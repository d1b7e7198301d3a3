//! A disk so small that it fills up, in a mount namespace of its own.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::lab::Host;
use super::process::{PATIENCE, Running};

/// Where small disks are mounted: a file system of its own, which a root directory inside a chroot is not, and which
/// can therefore be made private there as well.
pub const PLACE: &str = "/dev/shm";

/// A command that runs what follows it in a mount namespace where mounts below [`PLACE`] are nobody else's business.
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

/// A file system in memory that only processes started by [`SmallDisk::command`] see by its path.
pub struct SmallDisk<'lab> {
    host: &'lab Host,
    holder: Running,
    folder: TempDir,
}

impl<'lab> SmallDisk<'lab> {
    /// Mounts a disk with room for so many bytes; `None`, after saying why, where this machine does not let us.
    ///
    /// # Panics
    /// With `MEDIDOR_LAB=required`, where it cannot be mounted.
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
        if let Err(said) = holder.line_or_end(|line| line == "ready", PATIENCE) {
            super::skip(&format!("{}: a small disk", host.test()), &said);
            holder.close_input();
            return None;
        }
        Some(Self { host, holder, folder })
    }

    /// A program that sees the disk; it runs in `folder`. Root directory and all other mounts are the test's own.
    pub fn command(&self, program: &str, folder: &Path) -> Command {
        let mut command = self.host.command("nsenter");
        command.args(["--target", &self.holder.pid().to_string(), "--mount", "--root"]);
        command.arg(format!("--wd={}", folder.display())).arg("--").arg(program);
        command
    }

    /// The program under test, speaking English, with the disk in sight.
    pub fn medidor(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_medidor"), folder);
        command.args(["--lang", "en"]).args(arguments);
        command
    }

    /// A file's path on the disk, for programs that see it.
    pub fn inside(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Copies a file from the disk to where everybody sees it.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn rescue(&self, name: &str, to: &Path) {
        let from = self.inside(name);
        let copied = Running::start({
            let mut command = self.command("cp", Path::new("/"));
            command.arg(from).arg(to.join(name));
            command
        });
        copied.wait(PATIENCE).expect_code(0);
    }
}
