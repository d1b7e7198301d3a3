//! The live plot of round-trip times: a dot for each reply, a column of crosses for each probe without one.

use std::collections::{BTreeMap, VecDeque};

use ratatui::Frame;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Style};
use ratatui::symbols::Marker;
use ratatui::text::Line;
use ratatui::widgets::{Axis, Block, Chart, Dataset, GraphType, Paragraph};

use super::format::{NO_BREAK, NumberFormat};
use crate::i18n::Texts;

/// Probes remembered; no terminal is wider.
const MAX_PROBES: usize = 2_048;

const MAX_LINES: usize = 5;

/// The smallest ranges of the plot's axes: probes, and nanoseconds.
const MIN_PROBES: u64 = 10;
const MIN_AXIS_NS: i64 = 1_000;

/// What left of the terminal's width is taken by the axis and its figures, columns.
const AXIS: u16 = 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlotMark {
    Reply {
        number: u64,
        /// Its round-trip time, nanoseconds.
        rtt_ns: i64,
        /// It came after the deadline.
        late: bool,
    },
    /// None did, up to now.
    Missing {
        number: u64,
    },
    Line(String),
}

#[derive(Debug)]
pub struct PlotImage {
    texts: Texts,
    color: bool,
    /// Round-trip time and lateness by number; `None` for a probe without a reply.
    probes: BTreeMap<u64, Option<(i64, bool)>>,
    lines: VecDeque<String>,
}

impl PlotImage {
    /// An empty picture, with words in the language of `texts`.
    pub const fn new(texts: Texts, color: bool) -> Self {
        Self { texts, color, probes: BTreeMap::new(), lines: VecDeque::new() }
    }

    pub fn add(&mut self, mark: PlotMark) {
        match mark {
            PlotMark::Reply { number, rtt_ns, late } => _ = self.probes.insert(number, Some((rtt_ns, late))),
            PlotMark::Missing { number } => _ = self.probes.entry(number).or_insert(None),
            PlotMark::Line(line) => {
                self.lines.push_back(line);
                if self.lines.len() > MAX_LINES {
                    self.lines.pop_front();
                }
            }
        }
        if self.probes.len() > MAX_PROBES {
            self.probes.pop_first();
        }
    }

    /// Draws everything, the latest probes as far as they fit.
    pub fn draw(&self, frame: &mut Frame<'_>) {
        let [plot, talk] =
            Layout::vertical([Constraint::Min(5), Constraint::Length(MAX_LINES as u16)]).areas(frame.area());
        self.draw_plot(frame, plot);
        let lines: Vec<Line<'_>> = self.lines.iter().map(|line| Line::from(line.as_str())).collect();
        frame.render_widget(Paragraph::new(lines), talk);
    }

    fn draw_plot(&self, frame: &mut Frame<'_>, area: Rect) {
        let columns = u64::from(area.width.saturating_sub(AXIS)).max(MIN_PROBES);
        let newest = self.probes.last_key_value().map_or(MIN_PROBES, |(number, _)| *number).max(MIN_PROBES);
        let oldest = newest.saturating_sub(columns - 1).max(1);
        let shown = || self.probes.range(oldest..=newest);
        let largest = shown().filter_map(|(_, reply)| reply.map(|(rtt, _)| rtt)).max().unwrap_or(0);
        // A little room above the largest.
        let top = (largest.max(MIN_AXIS_NS) as f64) * 1.1;
        let points = |wanted: bool| -> Vec<(f64, f64)> {
            let of_kind = |(number, reply): (&u64, &Option<(i64, bool)>)| {
                let (rtt, _) = reply.filter(|(_, late)| *late == wanted)?;
                Some((*number as f64, rtt as f64))
            };
            shown().filter_map(of_kind).collect()
        };
        let (in_time, late) = (points(false), points(true));
        let rows = f64::from(area.height.max(1));
        let column = |number: u64| (0..=area.height).map(move |row| (number as f64, f64::from(row) / rows * top));
        let missing: Vec<(f64, f64)> =
            shown().filter(|(_, reply)| reply.is_none()).flat_map(|(number, _)| column(*number)).collect();
        let style = |color| if self.color { Style::new().fg(color) } else { Style::new() };
        let set = |points, marker, color| {
            Dataset::default().marker(marker).graph_type(GraphType::Scatter).style(style(color)).data(points)
        };
        let sets = vec![
            set(&missing[..], Marker::Custom('×'), Color::Red),
            set(&late[..], Marker::Custom('○'), Color::Yellow),
            set(&in_time[..], Marker::Dot, Color::Green),
        ];
        let figures = NumberFormat::new(self.texts);
        let time = |ns: f64| figures.duration(ns as i64).replace(NO_BREAK, " ");
        let heights = [String::from("0"), time(top / 2.0), time(top)];
        let chart = Chart::new(sets)
            .block(Block::new().title(self.texts.get("plot-title")))
            .x_axis(
                Axis::default().bounds([oldest as f64, newest as f64]).labels([oldest.to_string(), newest.to_string()]),
            )
            .y_axis(Axis::default().bounds([0.0, top]).labels(heights).labels_alignment(Alignment::Right))
            // A legend would hide the latest points; the title explains the marks.
            .legend_position(None);
        frame.render_widget(chart, area);
    }
}

pub fn plain(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let rows = buffer.content.chunks(width);
    let line = |row: &[Cell]| row.iter().map(Cell::symbol).collect::<String>();
    let lines: Vec<String> = rows.map(|row| line(row).trim_end().to_owned() + "\n").collect();
    lines.concat()
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;
    use crate::i18n::Language;

    fn drawn(picture: &PlotImage, width: u16, height: u16) -> String {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| picture.draw(frame)).unwrap();
        plain(terminal.backend().buffer())
    }

    fn count(text: &str, symbol: char) -> usize {
        text.chars().filter(|letter| *letter == symbol).count()
    }

    fn ten_probes() -> PlotImage {
        let mut picture = PlotImage::new(Texts::new(Language::English), false);
        for number in 1..=10 {
            picture.add(match number {
                3 | 7 => PlotMark::Missing { number },
                _ => PlotMark::Reply { number, rtt_ns: 100_000 * number as i64, late: false },
            });
        }
        picture.add(PlotMark::Line("10: PING 10".into()));
        picture
    }

    #[test]
    fn losses_are_visible_beside_the_times() {
        let text = drawn(&ten_probes(), 80, 24);
        let (title, plot) = text.split_once('\n').unwrap();
        assert!(title.contains("× no reply"), "{text}");
        // Each loss is a column over the whole height.
        assert!(count(plot, '×') >= 2 * 10, "{text}");
        assert_eq!(count(plot, '•'), 8, "{text}");
        assert!(text.contains("1.1 ms") && text.contains("10: PING 10"), "{text}");
        let columns: std::collections::BTreeSet<usize> = plot
            .lines()
            .flat_map(|line| line.chars().enumerate().filter(|(_, c)| *c == '×').map(|(at, _)| at))
            .collect();
        assert_eq!(columns.len(), 2, "{text}");
    }

    #[test]
    fn a_late_reply_takes_its_crosses_away() {
        let mut picture = ten_probes();
        picture.add(PlotMark::Reply { number: 3, rtt_ns: 1_200_000_000, late: true });
        picture.add(PlotMark::Missing { number: 3 });
        let text = drawn(&picture, 80, 24);
        assert_eq!(count(text.split_once('\n').unwrap().1, '○'), 1, "{text}");
    }

    #[test]
    fn it_fits_any_terminal_and_any_number_of_probes() {
        let mut picture = ten_probes();
        for number in 11..=10_000 {
            picture.add(PlotMark::Reply { number, rtt_ns: i64::MAX, late: false });
        }
        assert_eq!(picture.probes.len(), MAX_PROBES);
        for (width, height) in [(1, 1), (5, 3), (20, 7), (300, 100)] {
            let text = drawn(&picture, width, height);
            assert_eq!(text.lines().count(), usize::from(height));
        }
        assert!(drawn(&picture, 80, 24).contains("10000"));
        drawn(&PlotImage::new(Texts::default(), true), 80, 24);
    }
}
