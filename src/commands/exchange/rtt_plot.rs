//! Draws the round-trip times on the terminal in a thread of its own, so that drawing never delays a measurement.

use std::io::{self, Stdout};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};

use crate::commands::run::print;
use crate::i18n::Texts;
use crate::report::plot::{PlotImage, PlotMark, plain};

/// From one drawing to the next; a terminal that changes its size is drawn anew as soon.
const FRAME_INTERVAL: Duration = Duration::from_millis(100);

pub struct Plot {
    marks: Option<Sender<PlotMark>>,
    thread: Option<JoinHandle<String>>,
}

impl Plot {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// The system's error if stdout is no terminal that could be drawn on.
    pub fn open(texts: Texts) -> io::Result<Self> {
        let screen = PlotScreen::enter()?;
        let terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        let image = PlotImage::new(texts, print::use_color());
        let (marks, receiver) = mpsc::channel();
        let thread = thread::Builder::new().name("plot".into()).spawn(move || {
            let _screen = screen;
            draw(terminal, image, &receiver)
        })?;
        Ok(Self { marks: Some(marks), thread: Some(thread) })
    }

    pub fn mark(&self, mark: PlotMark) {
        // A terminal that has gone away is no reason to end a measurement.
        _ = self.marks.as_ref().map(|marks| marks.send(mark));
    }

    /// Restores the terminal; returns the last plot as plain lines.
    pub fn close(mut self) -> String {
        self.finish()
    }

    fn finish(&mut self) -> String {
        self.marks = None;
        self.thread.take().and_then(|thread| thread.join().ok()).unwrap_or_default()
    }
}

impl Drop for Plot {
    fn drop(&mut self) {
        self.finish();
    }
}

/// The terminal's other screen; leaves it when dropped, a panic included. The terminal stays in its ordinary mode, so
/// that Ctrl-C is a signal as ever.
struct PlotScreen;

impl PlotScreen {
    fn enter() -> io::Result<Self> {
        execute!(io::stdout(), EnterAlternateScreen, Hide)?;
        Ok(Self)
    }
}

impl Drop for PlotScreen {
    fn drop(&mut self) {
        _ = execute!(io::stdout(), LeaveAlternateScreen, Show);
    }
}

/// Draws until the channel of marks closes; returns the last plot.
fn draw(mut terminal: Terminal<CrosstermBackend<Stdout>>, mut image: PlotImage, marks: &Receiver<PlotMark>) -> String {
    loop {
        let drawn = terminal.draw(|frame| image.draw(frame)).map(|frame| plain(frame.buffer));
        // Marks that come within a frame's time are drawn together.
        let mut closed = false;
        match marks.recv_timeout(FRAME_INTERVAL) {
            Ok(mark) => image.add(mark),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => closed = true,
        }
        if closed {
            return drawn.unwrap_or_default();
        }
        while let Ok(mark) = marks.try_recv() {
            image.add(mark);
        }
    }
}
