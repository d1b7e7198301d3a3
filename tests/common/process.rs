//! Child processes whose output is awaited line by line, with deadlines. Tests wait for events, not for time to pass.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use super::rerun;

/// Timeout for one step, long enough for a loaded machine. Only a failing test waits this long.
pub const STEP_TIMEOUT: Duration = Duration::from_secs(20);

/// The stream of a child that a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Out,
    Err,
}

/// One line of a child's output, without its line ending.
#[derive(Clone, Debug)]
pub struct Line {
    pub stream: Stream,
    /// Invalid UTF-8 is replaced.
    pub text: String,
}

#[derive(Default)]
struct Collected {
    lines: Vec<Line>,
    streams_ended: u8,
}

#[derive(Default)]
struct Output {
    collected: Mutex<Collected>,
    changed: Condvar,
}

impl Output {
    fn lock(&self) -> MutexGuard<'_, Collected> {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a thread that reads a stream to its end.
    fn collect(self: &Arc<Self>, stream: Stream, source: impl Read + Send + 'static) {
        let output = Arc::clone(self);
        thread::spawn(move || {
            let mut source = BufReader::new(source);
            let mut bytes = Vec::new();
            while source.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
                let text = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
                output.lock().lines.push(Line { stream, text });
                output.changed.notify_all();
                bytes.clear();
            }
            output.lock().streams_ended += 1;
            output.changed.notify_all();
        });
    }
}

/// A running child whose output is collected. It is killed when dropped.
pub struct Running {
    child: Child,
    what: String,
    output: Arc<Output>,
}

impl Running {
    /// Starts a command with an empty standard input.
    ///
    /// # Panics
    /// When the program cannot be started.
    pub fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null());
        Self::launch(command)
    }

    /// Starts a command with a pipe as standard input, open until [`Running::close_input`] or the end.
    pub fn with_input(mut command: Command) -> Self {
        command.stdin(Stdio::piped());
        Self::launch(command)
    }

    /// Starts a test of this binary again as the last program of `command` (see [`Host::test_command`] and
    /// [`rerun::append`]), and returns once it runs.
    ///
    /// # Panics
    /// When the program cannot be started, or does not run exactly one test.
    ///
    /// [`Host::test_command`]: super::lab::Host::test_command
    pub fn start_test(command: Command) -> Self {
        Self::start(command).running_one_test()
    }

    /// [`Running::start_test`] with a pipe as standard input.
    pub fn start_test_with_input(command: Command) -> Self {
        Self::with_input(command).running_one_test()
    }

    fn running_one_test(self) -> Self {
        let first = self.wait_for_line(|line| line.starts_with("running "), STEP_TIMEOUT);
        assert_eq!(first, rerun::ONE_TEST, "{}", self.what);
        self
    }

    fn launch(mut command: Command) -> Self {
        let what = format!("{command:?}");
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("cannot start {what}: {error}"));
        let output = Arc::new(Output::default());
        output.collect(Stream::Out, child.stdout.take().expect("stdout is piped"));
        output.collect(Stream::Err, child.stderr.take().expect("stderr is piped"));
        Self { child, what, output }
    }

    /// The program's process id. Commands made by [`Host::command`](super::lab::Host::command) replace themselves with
    /// the program, so the id is the program's own there too.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id() as i32)
    }

    /// Takes the pipe to the child's standard input. `None` without a pipe, and on the second call.
    pub fn input(&mut self) -> Option<std::process::ChildStdin> {
        self.child.stdin.take()
    }

    pub fn close_input(&mut self) {
        drop(self.child.stdin.take());
    }

    /// All lines collected so far.
    pub fn lines(&self) -> Vec<Line> {
        self.output.lock().lines.clone()
    }

    /// Waits for the first line for which `wanted` is true.
    ///
    /// # Panics
    /// When the output ends or `timeout` passes without such a line; the message shows the output.
    pub fn wait_for_line(&self, wanted: impl Fn(&str) -> bool, timeout: Duration) -> String {
        self.wait_for_nth_line(1, wanted, timeout)
    }

    /// Waits for the `nth` such line, counted from 1.
    ///
    /// # Panics
    /// As [`Running::wait_for_line`].
    pub fn wait_for_nth_line(&self, nth: usize, wanted: impl Fn(&str) -> bool, timeout: Duration) -> String {
        self.nth_line(nth, wanted, timeout).unwrap_or_else(|why| panic!("{why}"))
    }

    /// Waits for the first line for which `wanted` is true. The error says whether the output ended or `timeout`
    /// passed, and shows the output.
    pub fn line_or_end(&self, wanted: impl Fn(&str) -> bool, timeout: Duration) -> Result<String, String> {
        self.nth_line(1, wanted, timeout)
    }

    fn nth_line(&self, nth: usize, wanted: impl Fn(&str) -> bool, timeout: Duration) -> Result<String, String> {
        let deadline = Instant::now() + timeout;
        let mut collected = self.output.lock();
        loop {
            let mut matching = collected.lines.iter().filter(|line| wanted(&line.text));
            if let Some(line) = matching.nth(nth - 1) {
                return Ok(line.text.clone());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if collected.streams_ended == 2 || left.is_zero() {
                return Err(format!(
                    "{} {timeout:?} without the awaited line (number {nth}) from {}\n{}",
                    if left.is_zero() { "waited" } else { "the output ended within" },
                    self.what,
                    shown(&collected.lines),
                ));
            }
            collected = self.output.changed.wait_timeout(collected, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Sends a signal to the child. A child that has ended but was not waited for ignores it.
    ///
    /// # Panics
    /// When the kernel refuses.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap_or_else(|error| panic!("cannot send {signal} to {}: {error}", self.what));
    }

    /// Stops the child with SIGSTOP and returns once all of its threads are stopped.
    ///
    /// # Panics
    /// When the child ends instead.
    pub fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
        // WNOWAIT leaves the exit status for `wait`.
        let events = WaitPidFlag::WSTOPPED | WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
        let status = waitid(Id::Pid(self.pid()), events).expect("the child was not waited for yet");
        assert!(matches!(status, nix::sys::wait::WaitStatus::Stopped(..)), "{} did not stop: {status:?}", self.what);
    }

    /// Continues a stopped child.
    pub fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Waits until the child has closed its output and exited.
    ///
    /// # Panics
    /// When that takes longer than `timeout`; the message shows the output.
    pub fn wait(mut self, timeout: Duration) -> Finished {
        let deadline = Instant::now() + timeout;
        let mut collected = self.output.lock();
        while collected.streams_ended < 2 {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} still runs after {timeout:?}\n{}", self.what, shown(&collected.lines));
            collected = self.output.changed.wait_timeout(collected, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        let lines = std::mem::take(&mut collected.lines);
        drop(collected);
        let status = self.child.wait().expect("the child was not waited for yet");
        Finished { status, lines }
    }

    /// Sends SIGINT, as Ctrl-C does, and waits for the child.
    ///
    /// # Panics
    /// As [`Running::wait`].
    pub fn interrupt(self, timeout: Duration) -> Finished {
        self.signal(Signal::SIGINT);
        self.wait(timeout)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only for a child that was waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The exit status and output of a child.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    /// All lines of both streams, in order of arrival.
    pub lines: Vec<Line>,
}

impl Finished {
    /// The text of one stream, with line endings.
    pub fn text(&self, stream: Stream) -> String {
        self.lines.iter().filter(|line| line.stream == stream).fold(String::new(), |mut text, line| {
            text.push_str(&line.text);
            text.push('\n');
            text
        })
    }

    /// The rest of each line that starts with `prefix`.
    pub fn after(&self, prefix: &str) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line.text.strip_prefix(prefix)).collect()
    }

    /// Checks the exit code.
    ///
    /// # Panics
    /// When it is another; the message shows the output.
    pub fn expect_code(&self, code: i32) -> &Self {
        assert_eq!(self.status.code(), Some(code), "{}\n{}", self.status, shown(&self.lines));
        self
    }
}

fn shown(lines: &[Line]) -> String {
    lines.iter().fold(String::from("its output:"), |mut text, line| {
        let stream = if line.stream == Stream::Out { "out" } else { "err" };
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  {stream}: {}", line.text);
        text
    })
}
