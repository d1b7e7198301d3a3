//! Progress of a file transfer: bars on a terminal, else a line a second, drawn by a thread of its own.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::status::eprint_line;
use crate::i18n::{Texts, Value};
use crate::report::format::{NO_BREAK, NumberFormat};
use crate::transfer::Progress;

const REDRAW_INTERVAL: Duration = Duration::from_millis(100);

const LINE_INTERVAL: Duration = Duration::from_secs(1);

/// Shows the meters of a transfer of `size` bytes to each until it is over. With several there is a total.
pub fn show(progress: &[Progress], size: u64, over: &AtomicBool, texts: Texts) {
    if std::io::stderr().is_terminal() {
        bars(progress, size, over, texts);
    } else {
        lines(progress, size, over, texts);
    }
}

fn bars(progress: &[Progress], size: u64, over: &AtomicBool, texts: Texts) {
    let screen = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    let style = ProgressStyle::with_template("{prefix:>8} [{bar:30}] {percent:>3} % {bytes_per_sec} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    let bar = |name: String, length: u64| {
        let bar = screen.add(ProgressBar::new(length.max(1)).with_style(style.clone()).with_prefix(name));
        bar.tick();
        bar
    };
    let each: Vec<ProgressBar> = (1..=progress.len()).map(|number| bar(number.to_string(), size)).collect();
    let total =
        (progress.len() > 1).then(|| bar(texts.get("transfer-total"), size.saturating_mul(progress.len() as u64)));
    loop {
        let last = over.load(Ordering::Relaxed);
        let mut sum = 0;
        for (progress_meter, bar) in progress.iter().zip(&each) {
            let bytes = progress_meter.bytes.load(Ordering::Relaxed);
            sum += bytes;
            bar.set_position(bytes);
            if progress_meter.over.load(Ordering::Relaxed) && !bar.is_finished() {
                bar.abandon();
            }
        }
        if let Some(total) = &total {
            total.set_position(sum);
        }
        if last {
            each.iter().chain(&total).for_each(ProgressBar::abandon);
            return;
        }
        std::thread::park_timeout(REDRAW_INTERVAL);
    }
}

fn lines(meters: &[Progress], size: u64, over: &AtomicBool, texts: Texts) {
    let figures = NumberFormat::new(texts);
    let mut said = Instant::now();
    while !over.load(Ordering::Relaxed) {
        std::thread::park_timeout(REDRAW_INTERVAL);
        if said.elapsed() < LINE_INTERVAL {
            continue;
        }
        said = Instant::now();
        let sum: u64 = meters.iter().map(|progress_meter| progress_meter.bytes.load(Ordering::Relaxed)).sum();
        let whole = size.saturating_mul(meters.len() as u64).max(1);
        let ratio = (sum as f64 / whole as f64).min(1.0);
        let values = [
            ("percent", Value::text(figures.percent(ratio).replace(NO_BREAK, " "))),
            ("megabytes", Value::text(figures.decimal(sum as f64 / 1e6, 1))),
        ];
        eprint_line(texts.with("transfer-progress", &values));
    }
}
