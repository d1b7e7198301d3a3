//! Records of a file that can be read again.

use std::slice;

/// Records in the order of their file. Each reading begins anew; what reads them keeps no list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source<T>(Vec<T>);

impl<T> Source<T> {
    /// Reads the records from the beginning.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.0.iter()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a record at the end.
    pub fn push(&mut self, record: T) {
        self.0.push(record);
    }

    /// Adds the records of a later file.
    pub fn append(&mut self, mut later: Self) {
        self.0.append(&mut later.0);
    }

    /// Changes records as they are read.
    pub fn update(&mut self, change: impl FnMut(&mut T)) {
        self.0.iter_mut().for_each(change);
    }

    /// Leaves out the other records.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        self.0.retain(keep);
    }
}

impl<T> Default for Source<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> From<Vec<T>> for Source<T> {
    fn from(records: Vec<T>) -> Self {
        Self(records)
    }
}

impl<T> FromIterator<T> for Source<T> {
    fn from_iter<I: IntoIterator<Item = T>>(records: I) -> Self {
        Self(records.into_iter().collect())
    }
}

impl<'a, T> IntoIterator for &'a Source<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
