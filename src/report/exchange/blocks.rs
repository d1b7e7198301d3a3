//! The pieces that a report is made of, before any form gives them a look.

/// A piece of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportBlock {
    /// A heading.
    Heading(String),
    /// A paragraph that must not be overlooked.
    Strong(String),
    /// A paragraph.
    Line(String),
    /// An item of a list.
    Item(String),
    /// What belongs to the item before.
    UnderItem(String),
    /// An item of the list of warnings.
    Warning(String),
    /// A table.
    Table(Table),
}

/// A table: its first column is words, the others are figures; its first row is headings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings.
    pub fn new(headings: Vec<String>) -> Self {
        Self { rows: vec![headings] }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

/// A report that grows piece by piece.
#[derive(Clone, Debug, Default)]
pub struct ReportBuilder {
    blocks: Vec<ReportBlock>,
}

impl ReportBuilder {
    /// All that was written.
    pub fn finish(self) -> Vec<ReportBlock> {
        self.blocks
    }

    /// A heading.
    pub fn heading(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Heading(text.to_owned()));
    }

    /// A paragraph that must not be overlooked.
    pub fn strong(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Strong(text.to_owned()));
    }

    /// A paragraph, below its heading.
    pub fn line(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Line(text.to_owned()));
    }

    /// An item of a list.
    pub fn item(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Item(text.to_owned()));
    }

    /// What belongs to the item before.
    pub fn under_item(&mut self, text: &str) {
        self.blocks.push(ReportBlock::UnderItem(text.to_owned()));
    }

    /// An item of the list of warnings.
    pub fn warning(&mut self, text: &str) {
        self.blocks.push(ReportBlock::Warning(text.to_owned()));
    }

    /// A table.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(ReportBlock::Table(table));
    }
}
