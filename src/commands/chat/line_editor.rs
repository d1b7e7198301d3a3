//! Reads the user's lines and prints messages: with a line editor on a terminal, otherwise as plain lines, so that a
//! chat can be piped.

use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::net::UnixStream;
use std::thread;

use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
use rustyline::{Config, DefaultEditor, ExternalPrinter};

use crate::commands::run::status::eprint_line;
use crate::core::escape;

/// The input prompt.
const PROMPT: &str = "> ";

pub struct LineEditor {
    /// The typed lines, each with its newline. End of file is the end of the input.
    pub lines: Option<UnixStream>,
    printer: Option<Box<dyn ExternalPrinter + Send>>,
    /// The terminal settings to restore: the chat may end while the editor reads a line.
    saved_terminal: Option<Termios>,
    /// Whether messages go to stderr, because stdout is reserved for the result.
    to_stderr: bool,
}

impl LineEditor {
    /// Opens the editor on a terminal and starts reading. `to_stderr`: messages go to stderr.
    ///
    /// # Errors
    /// Errors of `socketpair()` and of the terminal.
    pub fn open(to_stderr: bool) -> io::Result<Self> {
        let (lines, mut writer) = UnixStream::pair()?;
        let mut line_editor = Self { lines: Some(lines), printer: None, saved_terminal: None, to_stderr };
        if !to_stderr && io::stdin().is_terminal() && io::stdout().is_terminal() {
            let mut editor = DefaultEditor::with_config(Config::builder().auto_add_history(true).build())
                .map_err(io::Error::other)?;
            line_editor.saved_terminal = tcgetattr(io::stdin()).ok();
            line_editor.printer = Some(Box::new(editor.create_external_printer().map_err(io::Error::other)?));
            thread::spawn(move || {
                // Ctrl-C, Ctrl-D or a closed socket ends the input.
                while let Ok(line) = editor.readline(PROMPT) {
                    if writer.write_all(format!("{line}\n").as_bytes()).is_err() {
                        return;
                    }
                }
            });
        } else {
            thread::spawn(move || {
                let mut input = io::stdin().lock();
                let mut line = Vec::new();
                while input.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                    if writer.write_all(&line).is_err() {
                        return;
                    }
                    line.clear();
                }
            });
        }
        Ok(line_editor)
    }

    pub fn is_terminal(&self) -> bool {
        self.printer.is_some()
    }

    pub fn show(&mut self, text: &str) {
        if self.to_stderr {
            return eprint_line(escape::line(text));
        }
        self.print(text, false);
    }

    pub fn print_notice(&mut self, text: &str) {
        self.print(text, true);
    }

    fn print(&mut self, text: &str, is_notice: bool) {
        let line = escape::line(text);
        match &mut self.printer {
            Some(printer) => _ = printer.print(format!("{line}\n")),
            None if is_notice => eprint_line(line),
            // A closed stdout does not end the chat.
            None => _ = writeln!(io::stdout().lock(), "{line}"),
        }
    }
}

impl Drop for LineEditor {
    fn drop(&mut self) {
        if let Some(terminal) = &self.saved_terminal {
            _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, terminal);
            _ = writeln!(io::stdout());
        }
    }
}
