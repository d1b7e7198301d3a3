//! Runs of successive message numbers.

/// Numbers as runs without a gap, each with a value at both of its ends. Their count grows with the gaps, not with the
/// numbers.
#[derive(Clone, Debug, Default)]
pub struct NumberRuns<T>(Vec<NumberRun<T>>);

/// Successive numbers: the first and the last, each with its value.
#[derive(Clone, Copy, Debug, Default)]
pub struct NumberRun<T> {
    /// The lowest number.
    pub first: (u64, T),
    /// The highest.
    pub last: (u64, T),
}

impl<T: Copy> NumberRuns<T> {
    /// Adds a number, and returns the value of the number before it if that was the last one added. Numbers may come in
    /// any order, each once.
    pub fn add(&mut self, number: u64, value: T) -> Option<T> {
        let end = (number, value);
        match self.0.last_mut() {
            Some(run) if run.last.0.checked_add(1) == Some(number) => Some(std::mem::replace(&mut run.last, end).1),
            _ => {
                self.0.push(NumberRun { first: end, last: end });
                None
            }
        }
    }

    /// Adds the numbers of others.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The runs in ascending order. Those that follow one another are joined; `joined` gets the values at each such place.
    pub fn join(&mut self, mut joined: impl FnMut(T, T)) -> &[NumberRun<T>] {
        self.0.sort_unstable_by_key(|run| run.first.0);
        self.0.dedup_by(|next, run| {
            let is_next = run.last.0.checked_add(1) == Some(next.first.0);
            if is_next {
                joined(run.last.1, next.first.1);
                run.last = next.last;
            }
            is_next
        });
        &self.0
    }
}
