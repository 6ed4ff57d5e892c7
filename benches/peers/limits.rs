//! The raw limits: what the machine takes for the least that an operation could do.

use crate::harness::timing::{PLACES, in_turn, sixteen, time, time_unknown};
use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A thread-local, the function that reads it, and one that reads nothing.
struct Place {
    cell: fn() -> u64,
    nothing: fn() -> u64,
}

macro_rules! place {
    ($name:ident, $at:literal) => {{
        mod $name {
            use crate::harness::timing::room;
            use crate::limits::Place;
            use std::cell::Cell;
            use std::hint::black_box;

            thread_local! {
                static CELL: Cell<u64> = const { Cell::new($at) };
            }

            #[inline(never)]
            fn cell() -> u64 {
                room!($at);
                CELL.get()
            }
            #[inline(never)]
            fn nothing() -> u64 {
                black_box($at)
            }

            pub(crate) const fn place() -> Place {
                Place { cell, nothing }
            }
        }
        $name::place()
    }};
}

static READS: [Place; PLACES] = sixteen!(place);

pub(crate) fn cell_read(n: u64) -> Duration {
    in_turn(n, |place, n| time_unknown(n, READS[place].cell))
}

/// What each read takes without the read.
pub(crate) fn call(n: u64) -> Duration {
    in_turn(n, |place, n| time_unknown(n, READS[place].nothing))
}

thread_local! {
    static CELL: Cell<u64> = const { Cell::new(7) };
}

pub(crate) fn cell_read_in_tight_loop(n: u64) -> Duration {
    time(n, || CELL.get())
}

pub(crate) fn arc_clone_and_drop(n: u64) -> Duration {
    let arc = Arc::new(7_u64);
    time(n, || Arc::clone(black_box(&arc)))
}

pub(crate) fn box_made_and_dropped(n: u64) -> Duration {
    time(n, || Box::new(black_box(7_u64)))
}

/// Multiplications that don't wait for each other, as many at once as a core can do: two threads of one core do no more of
/// them than one, where both can read a `Cell` as if they had a core each.
pub(crate) fn arithmetic(n: u64) -> Duration {
    let mut streams = [1_u64, 3, 5, 7, 9, 11, 13, 15];
    time(n, move || {
        for stream in &mut streams {
            *stream = stream.wrapping_mul(black_box(0x9e37_79b9_7f4a_7c15));
        }
    })
}

/// Bumps a counter that all threads share, as a count of requests would be.
pub(crate) fn shared_counter(n: u64) -> Duration {
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    time(n, || REQUESTS.fetch_add(1, Ordering::Relaxed))
}
