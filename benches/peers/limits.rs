//! The raw limits: what the machine takes for the least that an operation could do.

use crate::rounds::time;
use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

thread_local! {
    static CELL: Cell<u64> = const { Cell::new(7) };
}

#[inline(never)]
fn cell() -> u64 {
    CELL.get()
}

pub(crate) fn cell_read(n: u64) -> Duration {
    time(n, cell)
}

pub(crate) fn cell_read_in_tight_loop(n: u64) -> Duration {
    time(n, || CELL.get())
}

/// What each read takes without the read.
pub(crate) fn call(n: u64) -> Duration {
    #[inline(never)]
    fn nothing() -> u64 {
        black_box(7)
    }
    time(n, nothing)
}

pub(crate) fn arc_clone_and_drop(n: u64) -> Duration {
    let arc = Arc::new(7_u64);
    time(n, || Arc::clone(black_box(&arc)))
}

pub(crate) fn box_made_and_dropped(n: u64) -> Duration {
    time(n, || Box::new(black_box(7_u64)))
}

/// Bumps a counter that all threads share, as a count of requests would be.
pub(crate) fn shared_counter(n: u64) -> Duration {
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    time(n, || REQUESTS.fetch_add(1, Ordering::Relaxed))
}
