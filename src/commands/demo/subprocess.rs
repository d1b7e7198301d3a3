//! Child processes that run this program: started, read through pipes, and ended without a thread for each.

use std::fs::File;
use std::io::{self, Read};
use std::mem;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::commands::run::status::eprint_line;
use crate::core::time::Mono;
use crate::net::clock::Clock;
use crate::net::event_set::{EventSet, Interest};
use crate::net::event_waiter::EventWaiter;
use crate::parent_death;

/// Grace period before SIGKILL.
const KILL_GRACE: Duration = Duration::from_secs(20);

/// Output lines kept per stream: at least this many, at most twice as many.
const MIN_KEPT_LINES: usize = 5_000;

/// All children of one run. None outlives it.
pub struct ChildProcesses {
    clock: Clock,
    waiter: EventWaiter,
    events: EventSet,
    children: Vec<RunningChild>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChildId(usize);

struct RunningChild {
    child: Child,
    pipes: [Pipe; 2],
    /// Whether its stderr is shown at once instead of kept.
    echo_stderr: bool,
}

/// One output stream of a child.
struct Pipe {
    file: Option<File>,
    /// A line that has not ended.
    partial: Vec<u8>,
    lines: Vec<String>,
}

pub struct ExitedChild {
    pub status: ExitStatus,
    pub stdout: Vec<String>,
    /// Its standard error, where it was not shown.
    pub stderr: Vec<String>,
}

impl ChildProcesses {
    /// None as yet. From now on Ctrl-C is listened to.
    ///
    /// # Errors
    /// Those of `epoll_create()` and `sigaction()`.
    pub fn new() -> io::Result<Self> {
        let clock = Clock::start();
        Ok(Self { clock, waiter: EventWaiter::start(clock)?, events: EventSet::new()?, children: Vec::new() })
    }

    /// Whether Ctrl-C or SIGTERM asked for the end.
    pub fn interrupted(&self) -> bool {
        self.waiter.interrupted()
    }

    /// Starts this program with the given command; `echo_stderr`: its stderr is shown at once. Ctrl-C reaches only the
    /// parent, which ends the children in order.
    ///
    /// # Errors
    /// Those of `fork()` and `exec()`.
    pub fn start(&mut self, command: &mut Command, echo_stderr: bool) -> io::Result<ChildId> {
        parent_death::exit_with_parent(command);
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let (out, err) = (child.stdout.take().map(OwnedFd::from), child.stderr.take().map(OwnedFd::from));
        let pipes = [out, err].map(|pipe| Pipe { file: pipe.map(File::from), partial: Vec::new(), lines: Vec::new() });
        let id = ChildId(self.children.len());
        self.children.push(RunningChild { child, pipes, echo_stderr });
        for (stream, pipe) in self.children[id.0].pipes.iter().enumerate() {
            let Some(file) = &pipe.file else { continue };
            self.events.add(file, (id.0 * 2 + stream) as u64, Interest::READ)?;
        }
        Ok(id)
    }

    /// Waits for a stderr line in which `find` matches; `None` if the child ends, Ctrl-C is pressed, or the deadline
    /// passes first.
    ///
    /// # Errors
    /// Those of `ppoll()` and `read()`.
    pub fn wait_for_line<T>(&mut self, id: ChildId, find: impl Fn(&str) -> Option<T>) -> io::Result<Option<T>> {
        let deadline = self.clock.mono().plus(KILL_GRACE);
        loop {
            let running = &self.children[id.0];
            if let Some(found) = running.pipes[1].lines.iter().find_map(|line| find(line)) {
                return Ok(Some(found));
            }
            if running.has_closed_output() || self.interrupted() || self.clock.mono() >= deadline {
                return Ok(None);
            }
            self.read_output(Some(deadline))?;
        }
    }

    /// Waits until a child has ended; Ctrl-C is handed on to it.
    ///
    /// # Errors
    /// Those of `ppoll()`, `read()` and `waitpid()`.
    pub fn finish(&mut self, id: ChildId) -> io::Result<ExitedChild> {
        if self.interrupted() {
            return self.interrupt(id);
        }
        while !self.children[id.0].has_closed_output() {
            if self.read_output(None)? {
                return self.interrupt(id);
            }
        }
        self.reap(id)
    }

    /// Ends a child as Ctrl-C would, and waits until it has.
    ///
    /// # Errors
    /// As [`ChildProcesses::finish`].
    pub fn interrupt(&mut self, id: ChildId) -> io::Result<ExitedChild> {
        let pid = Pid::from_raw(self.children[id.0].child.id() as i32);
        // One that has ended is not waited for yet, so its number is still its own.
        kill(pid, Signal::SIGINT)?;
        let deadline = self.clock.mono().plus(KILL_GRACE);
        while !self.children[id.0].has_closed_output() {
            self.read_output(Some(deadline))?;
            if self.clock.mono() >= deadline {
                self.children[id.0].child.kill()?;
                break;
            }
        }
        self.reap(id)
    }

    fn reap(&mut self, id: ChildId) -> io::Result<ExitedChild> {
        let running = &mut self.children[id.0];
        let status = running.child.wait()?;
        let [stdout, stderr] = &mut running.pipes;
        Ok(ExitedChild { status, stdout: mem::take(&mut stdout.lines), stderr: mem::take(&mut stderr.lines) })
    }

    /// Waits for output and reads it; true on Ctrl-C.
    fn read_output(&mut self, deadline: Option<Mono>) -> io::Result<bool> {
        let wakeup = self.waiter.wait(&self.events, deadline)?;
        for event in self.events.ready()? {
            let (index, stream) = (event.key as usize / 2, event.key as usize % 2);
            let RunningChild { pipes, echo_stderr, .. } = &mut self.children[index];
            pipes[stream].read()?;
            if *echo_stderr && stream == 1 {
                pipes[stream].lines.drain(..).for_each(eprint_line);
            }
        }
        Ok(wakeup.signal)
    }
}

impl Drop for ChildProcesses {
    fn drop(&mut self) {
        for running in &mut self.children {
            // Both fail only for one that has been waited for.
            _ = running.child.kill();
            _ = running.child.wait();
        }
    }
}

impl RunningChild {
    fn has_closed_output(&self) -> bool {
        self.pipes.iter().all(|pipe| pipe.file.is_none())
    }
}

impl Pipe {
    fn read(&mut self) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut bytes = [0; 4096];
        let length = match file.read(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            read => read?,
        };
        if length == 0 {
            // Closing takes it off the list that is waited for.
            self.file = None;
        }
        self.partial.extend_from_slice(&bytes[..length]);
        while let Some(end) = self.partial.iter().position(|byte| *byte == b'\n') {
            let rest = self.partial.split_off(end + 1);
            let line = mem::replace(&mut self.partial, rest);
            self.lines.push(String::from_utf8_lossy(&line[..end]).into_owned());
        }
        if self.lines.len() > 2 * MIN_KEPT_LINES {
            self.lines.drain(..MIN_KEPT_LINES);
        }
        if length == 0 && !self.partial.is_empty() {
            self.lines.push(String::from_utf8_lossy(&mem::take(&mut self.partial)).into_owned());
        }
        Ok(())
    }
}
