//! Writes a journal in a thread of its own, behind a bounded queue.
//!
//! A measuring thread only queues a record, which never waits for the disk. If the queue is full the record is lost and
//! counted, and a `gap` record precedes the next one: the journal then shows in which interval it is incomplete.
//!
//! The thread is not woken for each record, which would dominate the cost at speed: it wakes when enough records are queued,
//! and periodically.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::sink::JournalSink;
use crate::core::evidence::journal::{Gap, Record};
use crate::core::time::Wall;

/// Records that the queue holds: at 300,000 a second, the disk may take its time for almost a second. A record takes
/// about 100 bytes, and memory is taken only as the queue fills.
pub const QUEUE_LEN: usize = 262_144;

/// The thread is woken at this queue length, which it writes in a few milliseconds.
const WAKE_THRESHOLD: usize = 8_192;

/// How long a record may wait in memory before it goes to the file.
const FLUSH_EVERY: Duration = Duration::from_millis(200);

const CHUNK: usize = 64 * 1024;

/// Where a journal goes: a file, or a test's double.
trait JournalFile: Write + Send + 'static {
    /// Cuts it to its first `length` bytes, counted from where the journal begins.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

/// A file, and where in it the journal begins.
struct FileSink {
    file: File,
    start: u64,
}

impl Write for FileSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl JournalFile for FileSink {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        let end = self.start + length;
        self.file.set_len(end)?;
        self.file.seek(SeekFrom::Start(end)).map(drop)
    }
}

/// The queue. The lock is held for as long as it takes to put a record in or to take all out, never for the disk.
struct Queue {
    state: Mutex<State>,
    /// Rings when there is enough to take, and at the end.
    bell: Condvar,
    capacity: usize,
}

struct State {
    records: Vec<Record>,
    /// Nothing is there or was there lately: the first record must ring the bell.
    idle: bool,
    /// Records lost since the last one that found room.
    gap: Option<Gap>,
    lost: u64,
    /// The latest wall-clock time seen, for records that have none.
    last: Wall,
    closed: bool,
}

/// Puts records into the journal's queue; clones share it.
#[derive(Clone)]
pub struct JournalHandle(Arc<Queue>);

impl JournalSink for JournalHandle {
    /// Queues a record without blocking. If the queue is full it is lost and counted; after the journal's end it is
    /// ignored.
    fn write(&self, record: Record) {
        let queue = &*self.0;
        let mut state = queue.lock();
        if state.closed {
            return;
        }
        if let Some(wall) = record.wall() {
            state.last = wall;
        }
        let records = 1 + usize::from(state.gap.is_some());
        if state.records.len() + records > queue.capacity {
            state.lose();
            return;
        }
        let before = state.records.len();
        if let Some(gap) = state.gap.take() {
            state.records.push(Record::Gap(gap));
        }
        state.records.push(record);
        let enough = queue.enough();
        let ring = std::mem::take(&mut state.idle) || before < enough && state.records.len() >= enough;
        drop(state);
        if ring {
            queue.bell.notify_one();
        }
    }
}

impl State {
    /// Counts a record as lost, at the latest time seen.
    fn lose(&mut self) {
        let at = self.last;
        let gap = self.gap.get_or_insert(Gap { from: at, to: at, lost: 0 });
        // The wall clock may step back and the records of several threads may cross: the gap covers them all.
        gap.from = gap.from.min(at);
        gap.to = gap.to.max(at);
        gap.lost += 1;
        self.lost += 1;
    }
}

impl Queue {
    fn new(capacity: usize) -> Self {
        let state = State { records: Vec::new(), idle: true, gap: None, lost: 0, last: Wall::default(), closed: false };
        Self { state: Mutex::new(state), bell: Condvar::new(), capacity }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enough(&self) -> usize {
        WAKE_THRESHOLD.min(self.capacity)
    }

    /// Waits until there is enough, or [`FLUSH_EVERY`] from the first record on, or until the end; then exchanges
    /// `taken`, which is empty, for all there is. True at the end.
    fn take(&self, taken: &mut Vec<Record>) -> bool {
        let mut state = self.lock();
        state.idle = state.records.is_empty();
        state =
            self.bell.wait_while(state, |state| state.idle && !state.closed).unwrap_or_else(PoisonError::into_inner);
        let gathering = |state: &mut State| state.records.len() < self.enough() && !state.closed;
        let waited = self.bell.wait_timeout_while(state, FLUSH_EVERY, gathering);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        std::mem::swap(&mut state.records, taken);
        state.closed
    }

    /// Closes the queue with a last record, for which space is always reserved; returns how many records were lost.
    fn close(&self, last: Option<Record>) -> u64 {
        let mut state = self.lock();
        state.closed = true;
        let gap = state.gap.take();
        state.records.extend(gap.map(Record::Gap).into_iter().chain(last));
        let lost = state.lost;
        drop(state);
        self.bell.notify_one();
        lost
    }
}

#[derive(Debug)]
pub struct WriterResult {
    /// Records lost because the queue was full; `gap` records show when.
    pub lost: u64,
    /// Why writing stopped before the end: disk full, as a rule. The file holds whole lines up to there.
    pub failure: Option<io::Error>,
}

/// A journal being written. Dropping it finishes it, without telling how that went.
pub struct JournalWriter {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<Option<io::Error>>>,
}

impl JournalWriter {
    /// Starts writing at the file's current position, behind a queue of [`QUEUE_LEN`] records.
    pub fn start(file: File) -> Self {
        Self::with_room(file, QUEUE_LEN)
    }

    /// The same behind a queue of another size.
    pub fn with_room(mut file: File, records: usize) -> Self {
        // What has no position, such as a pipe, cannot be cut either.
        let start = file.stream_position().unwrap_or(0);
        Self::with(FileSink { file, start }, records.max(1))
    }

    fn with(sink: impl JournalFile, capacity: usize) -> Self {
        let queue = Arc::new(Queue::new(capacity));
        let taken_from = Arc::clone(&queue);
        let thread = std::thread::spawn(move || Output::new(sink).run(&taken_from));
        Self { queue, thread: Some(thread) }
    }

    pub fn handle(&self) -> JournalHandle {
        JournalHandle(Arc::clone(&self.queue))
    }

    /// Writes the rest of the queue and ends the journal. Remaining handles write nowhere.
    pub fn finish(mut self) -> WriterResult {
        self.close(None)
    }

    /// Like [`JournalWriter::finish`], with a last record that is not lost even where the queue is full: the `end` line.
    pub fn finish_with(mut self, last: Record) -> WriterResult {
        self.close(Some(last))
    }

    fn close(&mut self, last: Option<Record>) -> WriterResult {
        let lost = self.queue.close(last);
        let failure = match self.thread.take().map(JoinHandle::join) {
            Some(Ok(failure)) => failure,
            Some(Err(_)) => Some(io::Error::other("the journal's thread panicked")),
            None => None,
        };
        WriterResult { lost, failure }
    }
}

impl Drop for JournalWriter {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.close(None);
        }
    }
}

/// The thread's side: turns records into lines and writes these, whole.
struct Output<S> {
    sink: S,
    /// Lines not yet written.
    lines: Vec<u8>,
    written: u64,
    failure: Option<io::Error>,
}

impl<S: JournalFile> Output<S> {
    fn new(sink: S) -> Self {
        Self { sink, lines: Vec::with_capacity(2 * CHUNK), written: 0, failure: None }
    }

    /// Writes the queue until it is closed; returns the error that ended it early.
    fn run(mut self, queue: &Queue) -> Option<io::Error> {
        let mut records = Vec::new();
        loop {
            let closed = queue.take(&mut records);
            for record in records.drain(..) {
                self.add(&record);
            }
            self.write_out();
            if closed {
                return self.failure;
            }
        }
    }

    fn add(&mut self, record: &Record) {
        if self.failure.is_some() {
            return;
        }
        let before = self.lines.len();
        if let Err(error) = serde_json::to_writer(&mut self.lines, record) {
            // Nothing in a record can fail to become JSON; should it, the journal ends before it.
            self.lines.truncate(before);
            self.write_out();
            self.failure.get_or_insert(error.into());
            return;
        }
        self.lines.push(b'\n');
        if self.lines.len() >= CHUNK {
            self.write_out();
        }
    }

    /// Writes all lines gathered. Where that fails, the file is cut back to the last whole line and nothing more is
    /// written.
    fn write_out(&mut self) {
        let mut done = 0;
        while done < self.lines.len() && self.failure.is_none() {
            match self.sink.write(&self.lines[done..]) {
                Ok(0) => self.failure = Some(io::ErrorKind::WriteZero.into()),
                Ok(more) => done += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.failure = Some(error),
            }
        }
        if self.failure.is_none() {
            self.failure = self.sink.flush().err();
        }
        let whole = self.lines[..done].iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
        if self.failure.is_some() && whole < done {
            // What cannot be cut (a pipe) stays broken at its end, which the reader copes with.
            let _ = self.sink.cut(self.written + whole as u64);
        }
        self.written += whole as u64;
        self.lines.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Instant;

    use super::*;
    use crate::journal::{read, samples};

    /// A disk in memory that reports each write and, if asked to, blocks it until it is allowed.
    struct Disk {
        bytes: Arc<Mutex<Vec<u8>>>,
        free_bytes: usize,
        begun: std::sync::mpsc::Sender<usize>,
        leave: Option<Receiver<()>>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.begun.send(bytes.len());
            if let Some(leave) = &self.leave {
                // Once the test lets go of its end, all may pass.
                let _ = leave.recv();
            }
            let mut disk = self.bytes.lock().unwrap();
            let more = bytes.len().min(self.free_bytes - disk.len());
            disk.extend_from_slice(&bytes[..more]);
            if more == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(more) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl JournalFile for Disk {
        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.bytes.lock().unwrap().truncate(length as usize);
            Ok(())
        }
    }

    fn records(bytes: &[u8]) -> Vec<Record> {
        let log = read(bytes, "x").unwrap();
        assert_eq!(log.broken_at_line, None);
        log.records
    }

    #[test]
    fn written_records_are_read_back() {
        let mut file = tempfile::tempfile().unwrap();
        let writer = JournalWriter::start(file.try_clone().unwrap());
        let all = samples::all();
        let (last, first) = all.split_last().unwrap();
        for record in first {
            writer.handle().write(record.clone());
        }
        let left = writer.handle();
        let finished = writer.finish_with(last.clone());
        assert!(finished.lost == 0 && finished.failure.is_none(), "{finished:?}");
        left.write(samples::sent(1));
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        assert_eq!(records(&bytes), all);
    }

    #[test]
    fn a_dropped_writer_still_writes_what_it_has() {
        let mut file = tempfile::tempfile().unwrap();
        let writer = JournalWriter::start(file.try_clone().unwrap());
        writer.handle().write(samples::run());
        drop(writer);
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut bytes).unwrap();
        assert_eq!(records(&bytes), [samples::run()]);
    }

    #[test]
    fn the_timer_writes_without_being_asked() {
        let (begun, writes) = channel();
        let bytes = Arc::default();
        let writer =
            JournalWriter::with(Disk { bytes: Arc::clone(&bytes), free_bytes: 1 << 20, begun, leave: None }, 10);
        let start = Instant::now();
        writer.handle().write(samples::run());
        writes.recv_timeout(Duration::from_secs(10)).expect("a write");
        assert!(start.elapsed() >= FLUSH_EVERY, "one write for all that comes within the interval");
        assert_eq!(writer.finish().lost, 0);
        assert_eq!(records(&bytes.lock().unwrap()), [samples::run()]);
    }

    /// A writer whose disk hangs at its first write, until the sender of leave is dropped.
    fn hanging(capacity: usize) -> (JournalWriter, Arc<Mutex<Vec<u8>>>, std::sync::mpsc::Sender<()>) {
        let (begun, writes) = channel();
        let (leave, wait_for_leave) = channel();
        let bytes = Arc::default();
        let disk = Disk { bytes: Arc::clone(&bytes), free_bytes: 1 << 20, begun, leave: Some(wait_for_leave) };
        let writer = JournalWriter::with(disk, capacity);
        writer.handle().write(samples::run());
        writes.recv_timeout(Duration::from_secs(10)).expect("a write");
        (writer, bytes, leave)
    }

    #[test]
    fn a_full_queue_loses_records_and_says_between_which_times() {
        const CAPACITY: u64 = 8;
        let (writer, bytes, leave) = hanging(CAPACITY as usize);
        let (one, other) = (writer.handle(), writer.handle());
        // The queue takes its capacity and loses the rest, none of it waiting.
        for n in 1..=CAPACITY + 5 {
            one.write(samples::sent(n));
        }
        // One without a time of its own happened when the last one did.
        let peer = samples::all().swap_remove(2);
        assert_eq!(peer.wall(), None);
        other.write(peer);

        // Room again: wait until the thread has drawn the queue down, by watching what it has done.
        drop(leave);
        let room_again = Instant::now();
        loop {
            assert!(room_again.elapsed() < Duration::from_secs(10), "the queue does not empty");
            other.write(samples::sent(1000));
            if writer.queue.lock().gap.is_none() {
                break;
            }
            std::thread::yield_now();
        }
        let lost_at_last = writer.queue.lock().lost;
        let finished = writer.finish_with(samples::sent(2000));
        assert!(finished.failure.is_none() && finished.lost == lost_at_last);

        let mut expected = vec![samples::run()];
        expected.extend((1..=CAPACITY).map(samples::sent));
        let found = records(&bytes.lock().unwrap());
        assert_eq!(found[..expected.len()], expected);
        let [Record::Gap(gap), .., after] = &found[expected.len()..] else { panic!("no gap: {found:?}") };
        assert_eq!(gap.from, samples::at((CAPACITY as i64 + 1) * 1000).wall);
        assert!(gap.lost >= 6, "{gap:?}");
        let latest = if gap.lost == 6 { CAPACITY as i64 + 5 } else { 1000 };
        assert_eq!(gap.to, samples::at(latest * 1000).wall);
        assert_eq!(*after, samples::sent(2000));
    }

    #[test]
    fn a_queue_full_to_the_end_records_its_gap_and_the_last_record() {
        let (writer, bytes, leave) = hanging(2);
        for n in 1..=5 {
            writer.handle().write(samples::sent(n));
        }
        drop(leave);
        // The thread may or may not have drawn on the queue by now: finishing waits for it.
        let finished = writer.finish_with(samples::sent(9));
        assert_eq!(finished.lost, 3);
        let gap = Record::Gap(Gap { from: samples::at(3000).wall, to: samples::at(5000).wall, lost: 3 });
        let expected = [samples::run(), samples::sent(1), samples::sent(2), gap, samples::sent(9)];
        assert_eq!(records(&bytes.lock().unwrap()), expected);
    }

    #[test]
    fn a_full_disk_leaves_whole_lines_and_is_reported() {
        let mut whole = serde_json::to_vec(&samples::run()).unwrap();
        whole.push(b'\n');
        let line = serde_json::to_vec(&samples::sent(1)).unwrap().len() + 1;
        // Room for the first line, three more, and all but nothing to all but everything of the next.
        for extra in 0..=line {
            let (begun, _) = channel();
            let bytes = Arc::default();
            let free_bytes = whole.len() + 3 * line + extra;
            let writer = JournalWriter::with(Disk { bytes: Arc::clone(&bytes), free_bytes, begun, leave: None }, 100);
            writer.handle().write(samples::run());
            for _ in 0..10 {
                writer.handle().write(samples::sent(1));
            }
            let finished = writer.finish();
            assert_eq!(finished.failure.map(|error| error.kind()), Some(io::ErrorKind::StorageFull));
            assert_eq!(finished.lost, 0, "the queue had room");
            let kept = bytes.lock().unwrap().clone();
            assert_eq!(records(&kept).len(), if extra == line { 5 } else { 4 }, "{extra}");
            assert!(kept.ends_with(b"\n"));
        }
    }

    #[test]
    fn a_full_disk_stops_the_writing_but_not_the_run() {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let writer = JournalWriter::start(full);
        for n in 0..100_000 {
            writer.handle().write(samples::sent(n));
        }
        let failure = writer.finish().failure.expect("the disk is full");
        assert_eq!(failure.kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_file_is_cut_where_the_journal_begins_and_not_before() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"before\n").unwrap();
        let mut sink = FileSink { start: file.stream_position().unwrap(), file: file.try_clone().unwrap() };
        sink.write_all(b"line\npart").unwrap();
        sink.cut(5).unwrap();
        sink.write_all(b"next\n").unwrap();
        let mut text = String::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "before\nline\nnext\n");
    }
}
