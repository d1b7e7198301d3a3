//! Work on several files or hosts at the same time.

use std::thread;

/// Applies `work` to all items, with one thread per processor. The results keep the order of the items.
pub fn parallel_map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let max_threads = thread::available_parallelism().map_or(1, usize::from);
    let mut items = items.into_iter().peekable();
    let mut results = Vec::new();
    while items.peek().is_some() {
        let work = &work;
        results.extend(thread::scope(|scope| {
            let threads: Vec<_> =
                items.by_ref().take(max_threads).map(|item| scope.spawn(move || work(item))).collect();
            threads.into_iter().map(join_or_resume_panic).collect::<Vec<_>>()
        }));
    }
    results
}

/// The result of a thread. Its panic is passed on.
pub fn join_or_resume_panic<T>(thread: thread::ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
