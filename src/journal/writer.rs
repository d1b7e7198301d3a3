//! Writing a journal: a thread of its own behind a bounded queue.
//!
//! Whoever measures only ever puts a record into the queue, which takes no longer when the disk does. Where the queue is
//! full the record is lost and counted, and a `gap` record goes in before the next one that finds room: the journal then
//! says between which times it cannot be trusted.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::core::evidence::journal::{Gap, Record};
use crate::core::time::Wall;

/// Records that the queue holds: at 100,000 a second, what the disk may take its time over is a good half second.
const QUEUE: usize = 65_536;

/// How long a record may wait in memory before it is in the file.
const FLUSH_EVERY: Duration = Duration::from_millis(200);

/// Bytes gathered before they are written without waiting for the timer.
const CHUNK: usize = 64 * 1024;

/// Where a journal goes: a file, or a test's double.
trait Sink: Write + Send + 'static {
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

impl Sink for FileSink {
    fn cut(&mut self, length: u64) -> io::Result<()> {
        let end = self.start + length;
        self.file.set_len(end)?;
        self.file.seek(SeekFrom::Start(end)).map(drop)
    }
}

/// What goes through the queue.
enum Message {
    Record(Record),
    /// The end, with what is still to be written.
    Finish(Vec<Record>),
}

/// What the handles share. The lock is held for as long as it takes to put a record into the queue, never for the disk.
struct Shared {
    queue: SyncSender<Message>,
    /// Records lost since the last one that found room.
    gap: Option<Gap>,
    lost: u64,
    /// The latest wall-clock time seen, for records that have none.
    last: Wall,
    closed: bool,
}

/// Puts records into the journal's queue; clones share it.
#[derive(Clone)]
pub struct Handle(Arc<Mutex<Shared>>);

impl Handle {
    /// Puts a record into the queue, without waiting for room or for the disk. Where there is no room it is lost and
    /// counted. After the end of the journal it is ignored.
    pub fn write(&self, record: Record) {
        let mut shared = lock(&self.0);
        if shared.closed {
            return;
        }
        if let Some(wall) = record.wall() {
            shared.last = wall;
        }
        if let Some(gap) = shared.gap {
            if shared.queue.try_send(Message::Record(Record::Gap(gap))).is_err() {
                shared.lose();
                return;
            }
            shared.gap = None;
        }
        match shared.queue.try_send(Message::Record(record)) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => shared.lose(),
        }
    }
}

impl Shared {
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

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a journal ended.
#[derive(Debug)]
pub struct Finished {
    /// Records lost because the queue was full; `gap` records say when.
    pub lost: u64,
    /// Why writing stopped before the end: disk full, as a rule. The file holds whole lines up to there.
    pub failure: Option<io::Error>,
}

/// A journal being written. Dropping it finishes it, without telling how that went.
pub struct Writer {
    shared: Arc<Mutex<Shared>>,
    thread: Option<JoinHandle<Option<io::Error>>>,
}

impl Writer {
    /// Starts writing to a file, from where it stands.
    pub fn start(mut file: File) -> Self {
        // What has no position, such as a pipe, cannot be cut either.
        let start = file.stream_position().unwrap_or(0);
        Self::with(FileSink { file, start }, QUEUE)
    }

    fn with(sink: impl Sink, capacity: usize) -> Self {
        let (queue, records) = sync_channel(capacity);
        let shared = Shared { queue, gap: None, lost: 0, last: Wall::default(), closed: false };
        Self {
            shared: Arc::new(Mutex::new(shared)),
            thread: Some(std::thread::spawn(move || Output::new(sink).run(&records))),
        }
    }

    /// A way to put records in.
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.shared))
    }

    /// Writes what is still in the queue and ends the journal. Handles that are left write nowhere.
    pub fn finish(mut self) -> Finished {
        self.close(None)
    }

    /// Like [`Writer::finish`], with a last record that is not lost even where the queue is full: the `end` line.
    pub fn finish_with(mut self, last: Record) -> Finished {
        self.close(Some(last))
    }

    fn close(&mut self, last: Option<Record>) -> Finished {
        let mut shared = lock(&self.shared);
        shared.closed = true;
        let rest = shared.gap.take().map(Record::Gap).into_iter().chain(last).collect();
        let (lost, queue) = (shared.lost, shared.queue.clone());
        drop(shared);
        // This waits for room, since nobody is measuring any more; it fails only where the thread is gone.
        let _ = queue.send(Message::Finish(rest));
        let failure = match self.thread.take().map(JoinHandle::join) {
            Some(Ok(failure)) => failure,
            Some(Err(_)) => Some(io::Error::other("the journal's thread panicked")),
            None => None,
        };
        Finished { lost, failure }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.close(None);
        }
    }
}

/// The thread's side: gathers whole lines and writes them.
struct Output<S> {
    sink: S,
    /// Lines not yet written.
    lines: Vec<u8>,
    /// Bytes written, all of them whole lines.
    written: u64,
    /// When the lines must be written at the latest; `None` where there are none.
    due: Option<Instant>,
    failure: Option<io::Error>,
}

impl<S: Sink> Output<S> {
    fn new(sink: S) -> Self {
        Self { sink, lines: Vec::with_capacity(2 * CHUNK), written: 0, due: None, failure: None }
    }

    /// Writes until told to finish; answers why writing stopped before that.
    fn run(mut self, records: &Receiver<Message>) -> Option<io::Error> {
        loop {
            let message = match self.due {
                None => records.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(due) => records.recv_timeout(due.saturating_duration_since(Instant::now())),
            };
            let rest = match message {
                Ok(Message::Record(record)) => {
                    self.add(&record);
                    if self.lines.len() >= CHUNK || self.due.is_some_and(|due| due <= Instant::now()) {
                        self.write_out();
                    }
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.write_out();
                    continue;
                }
                Ok(Message::Finish(rest)) => rest,
                Err(RecvTimeoutError::Disconnected) => Vec::new(),
            };
            for record in &rest {
                self.add(record);
            }
            self.write_out();
            return self.failure;
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
        self.due.get_or_insert_with(|| Instant::now() + FLUSH_EVERY);
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
        self.due = None;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::mpsc::channel;

    use super::*;
    use crate::journal::{read, samples};

    /// A disk in memory that tells of each write and, where asked to, waits for leave before it.
    struct Disk {
        bytes: Arc<Mutex<Vec<u8>>>,
        room: usize,
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
            let more = bytes.len().min(self.room - disk.len());
            disk.extend_from_slice(&bytes[..more]);
            if more == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(more) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Sink for Disk {
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
    fn what_is_written_can_be_read_back() {
        let mut file = tempfile::tempfile().unwrap();
        let writer = Writer::start(file.try_clone().unwrap());
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
        let writer = Writer::start(file.try_clone().unwrap());
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
        let writer = Writer::with(Disk { bytes: Arc::clone(&bytes), room: 1 << 20, begun, leave: None }, 10);
        let start = Instant::now();
        writer.handle().write(samples::run());
        writes.recv_timeout(Duration::from_secs(10)).expect("a write");
        assert!(start.elapsed() >= FLUSH_EVERY, "one write for all that comes within the interval");
        assert_eq!(writer.finish().lost, 0);
        assert_eq!(records(&bytes.lock().unwrap()), [samples::run()]);
    }

    /// A writer whose disk hangs at its first write, until the sender of leave is dropped.
    fn hanging(capacity: usize) -> (Writer, Arc<Mutex<Vec<u8>>>, std::sync::mpsc::Sender<()>) {
        let (begun, writes) = channel();
        let (leave, wait_for_leave) = channel();
        let bytes = Arc::default();
        let disk = Disk { bytes: Arc::clone(&bytes), room: 1 << 20, begun, leave: Some(wait_for_leave) };
        let writer = Writer::with(disk, capacity);
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
            if lock(&writer.shared).gap.is_none() {
                break;
            }
            std::thread::yield_now();
        }
        let lost_at_last = lock(&writer.shared).lost;
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
    fn a_queue_that_is_full_to_the_end_leaves_its_gap_and_the_last_record() {
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
            let room = whole.len() + 3 * line + extra;
            let writer = Writer::with(Disk { bytes: Arc::clone(&bytes), room, begun, leave: None }, 100);
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
        let writer = Writer::start(full);
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
