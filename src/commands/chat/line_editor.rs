//! Reads a member's lines and shows messages: with a line editor on a terminal, else as plain lines, so that a chat can
//! be piped.

use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::net::UnixStream;
use std::thread;

use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
use rustyline::{Config, DefaultEditor, ExternalPrinter};

use crate::commands::run::status::eprint_line;
use crate::report::escape::escape_control_except_tab;

/// The input prompt.
const PROMPT: &str = "> ";

pub struct LineEditor {
    /// The lines, each with its end; its end is the end of the input.
    pub lines: Option<UnixStream>,
    printer: Option<Box<dyn ExternalPrinter + Send>>,
    /// The terminal as it was: the editor may be in the middle of a line when the chat ends.
    terminal: Option<Termios>,
    /// Whether messages go to stderr, because stdout is for the result.
    talk: bool,
}

impl LineEditor {
    /// Opens the editor on a terminal and starts reading. `talk`: messages go to stderr.
    ///
    /// # Errors
    /// Those of `socketpair()` and of the terminal.
    pub fn open(talk: bool) -> io::Result<Self> {
        let (lines, mut typed) = UnixStream::pair()?;
        let mut keyboard = Self { lines: Some(lines), printer: None, terminal: None, talk };
        if !talk && io::stdin().is_terminal() && io::stdout().is_terminal() {
            let mut editor = DefaultEditor::with_config(Config::builder().auto_add_history(true).build())
                .map_err(io::Error::other)?;
            keyboard.terminal = tcgetattr(io::stdin()).ok();
            keyboard.printer = Some(Box::new(editor.create_external_printer().map_err(io::Error::other)?));
            thread::spawn(move || {
                // Ctrl-C, Ctrl-D or a closed receiver end the input.
                while let Ok(line) = editor.readline(PROMPT) {
                    if typed.write_all(format!("{line}\n").as_bytes()).is_err() {
                        return;
                    }
                }
            });
        } else {
            thread::spawn(move || {
                let mut input = io::stdin().lock();
                let mut line = Vec::new();
                while input.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                    if typed.write_all(&line).is_err() {
                        return;
                    }
                    line.clear();
                }
            });
        }
        Ok(keyboard)
    }

    pub fn is_terminal(&self) -> bool {
        self.printer.is_some()
    }

    pub fn show(&mut self, text: &str) {
        if self.talk {
            return eprint_line(text);
        }
        self.print(text, false);
    }

    pub fn print_line(&mut self, text: &str) {
        self.print(text, true);
    }

    fn print(&mut self, text: &str, own: bool) {
        let line = escape_control_except_tab(text);
        match &mut self.printer {
            Some(printer) => _ = printer.print(format!("{line}\n")),
            None if own => eprint_line(line),
            // A closed stdout does not end the chat.
            None => _ = writeln!(io::stdout().lock(), "{line}"),
        }
    }
}

impl Drop for LineEditor {
    fn drop(&mut self) {
        if let Some(terminal) = &self.terminal {
            _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, terminal);
            _ = writeln!(io::stdout());
        }
    }
}
