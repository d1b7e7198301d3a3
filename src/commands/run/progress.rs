//! Shows the progress of a file transfer: bars on a terminal, otherwise one line per second.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::status::{Verbosity, eprint_status, verbosity};
use crate::i18n::{Texts, Value};
use crate::report::format::{NO_BREAK, NumberFormat};
use crate::transfer::Progress;

const REDRAW_INTERVAL: Duration = Duration::from_millis(100);

const LINE_INTERVAL: Duration = Duration::from_secs(1);

/// Shows one meter per receiver, and a total if there are several, until `finished`. `size` is the file's size in
/// bytes.
pub fn show(progress: &[Progress], size: u64, finished: &AtomicBool, texts: Texts) {
    if verbosity() == Verbosity::Quiet {
        return;
    }
    if std::io::stderr().is_terminal() {
        draw_bars(progress, size, finished, texts);
    } else {
        print_lines(progress, size, finished, texts);
    }
}

fn draw_bars(progress: &[Progress], size: u64, finished: &AtomicBool, texts: Texts) {
    let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("{prefix:>8} [{bar:30}] {percent:>3} % {bytes_per_sec} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    let bar = |name: String, length: u64| {
        let bar = screen.add(ProgressBar::new(length.max(1)).with_style(style.clone()).with_prefix(name));
        bar.tick();
        bar
    };
    let bars: Vec<ProgressBar> = (1..=progress.len()).map(|number| bar(number.to_string(), size)).collect();
    let total =
        (progress.len() > 1).then(|| bar(texts.get("transfer-total"), size.saturating_mul(progress.len() as u64)));
    loop {
        let is_last = finished.load(Ordering::Relaxed);
        let mut sum = 0;
        for (meter, bar) in progress.iter().zip(&bars) {
            let bytes = meter.bytes.load(Ordering::Relaxed);
            sum += bytes;
            bar.set_position(bytes);
            if meter.over.load(Ordering::Relaxed) && !bar.is_finished() {
                bar.abandon();
            }
        }
        if let Some(total) = &total {
            total.set_position(sum);
        }
        if is_last {
            bars.iter().chain(&total).for_each(ProgressBar::abandon);
            return;
        }
        std::thread::park_timeout(REDRAW_INTERVAL);
    }
}

fn print_lines(meters: &[Progress], size: u64, finished: &AtomicBool, texts: Texts) {
    let format = NumberFormat::new(texts);
    let mut last_printed = Instant::now();
    while !finished.load(Ordering::Relaxed) {
        std::thread::park_timeout(REDRAW_INTERVAL);
        if last_printed.elapsed() < LINE_INTERVAL {
            continue;
        }
        last_printed = Instant::now();
        let sum: u64 = meters.iter().map(|meter| meter.bytes.load(Ordering::Relaxed)).sum();
        let total = size.saturating_mul(meters.len() as u64).max(1);
        let ratio = (sum as f64 / total as f64).min(1.0);
        let values = [
            ("percent", Value::text(format.percent(ratio).replace(NO_BREAK, " "))),
            ("megabytes", Value::text(format.decimal(sum as f64 / 1e6, 1))),
        ];
        eprint_status(texts.with("transfer-progress", &values));
    }
}
