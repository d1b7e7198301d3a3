//! The blocks of a report (headings, paragraphs, lists, tables), independent of the output form.

/// How a line is meant, for forms that have colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Open,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportBlock {
    Heading(String),
    /// A paragraph that must not be overlooked.
    Strong(String),
    /// One about losses.
    Alarm(String),
    Line(String),
    Toned(Tone, String),
    Item(String),
    /// What belongs to the item before.
    UnderItem(String),
    Warning(String),
    /// How to learn more, apart from the rest.
    Note(String),
    Table(Table),
}

/// A table: its first column is words, the others are figures; its first row is headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(headings: Vec<String>) -> Self {
        Self { rows: vec![headings] }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

#[derive(Clone, Debug, Default)]
pub struct ReportBuilder {
    blocks: Vec<ReportBlock>,
}

impl ReportBuilder {
    pub fn finish(self) -> Vec<ReportBlock> {
        self.blocks
    }

    pub fn heading(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Heading(text.to_owned()));
    }

    /// A paragraph that must not be overlooked.
    pub fn strong(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Strong(text.to_owned()));
    }

    /// A paragraph about losses that must not be overlooked.
    pub fn alarm(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Alarm(text.to_owned()));
    }

    pub fn toned(&mut self, tone: Tone, text: &str) {
        self.blocks.push(ReportBlock::Toned(tone, text.to_owned()));
    }

    pub fn line(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Line(text.to_owned()));
    }

    pub fn item(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Item(text.to_owned()));
    }

    /// What belongs to the item before.
    pub fn under_item(&mut self, text: &str) {
        self.blocks.push(ReportBlock::UnderItem(text.to_owned()));
    }

    pub fn warning(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Warning(text.to_owned()));
    }

    /// How to learn more, apart from the rest.
    pub fn note(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Note(text.to_owned()));
    }

    pub fn table(&mut self, table: Table) {
        self.blocks.push(ReportBlock::Table(table));
    }
}
