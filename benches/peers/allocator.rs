//! The system's allocator, which counts while it is asked to. Otherwise it costs one load and a branch more than the
//! system's, on all sides of a comparison.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static ALLOCATIONS: AtomicI64 = AtomicI64::new(0);
static BYTES: AtomicI64 = AtomicI64::new(0);

// SAFETY: every call is handed on to the system's allocator as it is; the counters allocate nothing.
unsafe impl GlobalAlloc for Counting {
    #[inline(never)] // In the default allocator nothing is inlined into a caller either.
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if COUNTS.load(Ordering::Relaxed) {
            ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
            BYTES.fetch_add(size(layout), Ordering::Relaxed);
        }
        // SAFETY: the caller keeps the contract of `alloc`, which is the system's.
        unsafe { System.alloc(layout) }
    }

    #[inline(never)]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if COUNTS.load(Ordering::Relaxed) {
            BYTES.fetch_sub(size(layout), Ordering::Relaxed);
        }
        // SAFETY: the caller keeps the contract of `dealloc`, and the pointer came from the system.
        unsafe { System.dealloc(pointer, layout) }
    }
}

fn size(layout: Layout) -> i64 {
    layout.size().cast_signed() as i64
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// What a call has allocated.
pub(crate) struct Allocated {
    pub(crate) times: i64,
    /// Bytes asked for and not given back by the end of the call.
    pub(crate) bytes: i64,
}

/// Counts what `f` allocates.
pub(crate) fn counted(f: impl FnOnce()) -> Allocated {
    let before = (ALLOCATIONS.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
    COUNTS.store(true, Ordering::Relaxed);
    f();
    COUNTS.store(false, Ordering::Relaxed);
    Allocated {
        times: ALLOCATIONS.load(Ordering::Relaxed) - before.0,
        bytes: BYTES.load(Ordering::Relaxed) - before.1,
    }
}
