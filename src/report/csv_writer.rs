//! Writes CSV (RFC 4180). Cells with text of others go through [`crate::core::escape::csv_cell`].

use csv::{Terminator, WriterBuilder};

/// A whole file: headings and rows, which must have as many cells.
pub fn write(headings: &[String], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    // A list of bytes takes whatever comes, and every row has as many fields.
    _ = writer.write_record(headings);
    for row in rows {
        _ = writer.write_record(row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// The cell of a number or of a word of our own; empty where it is not known.
pub fn cell(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let rows = [vec!["a,b".to_owned(), "c\"d".to_owned()], vec!["1\n2".to_owned(), cell(None::<u64>)]];
        let headings = ["x", "y"].map(str::to_owned);
        assert_eq!(write(&headings, rows), "x,y\r\n\"a,b\",\"c\"\"d\"\r\n\"1\n2\",\r\n");
    }
}
