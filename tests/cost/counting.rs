//! An allocator that counts for each thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<isize> = const { Cell::new(0) };
    static AT_EACH: Cell<Option<fn()>> = const { Cell::new(None) };
}

// SAFETY: every call is handed on to the system's allocator as it is; the counters are cells without destructors.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        BYTES.set(BYTES.get().wrapping_add_unsigned(layout.size()));
        if let Some(f) = AT_EACH.take() {
            f();
            AT_EACH.set(Some(f));
        }
        // SAFETY: the caller keeps the contract of `alloc`, which is the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        BYTES.set(BYTES.get().wrapping_sub_unsigned(layout.size()));
        // SAFETY: the caller keeps the contract of `dealloc`, and the pointer came from the system.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// How many allocations `f` makes on this thread.
pub(crate) fn allocations(f: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    f();
    ALLOCATIONS.get() - before
}

/// How many bytes live that this thread has allocated.
pub(crate) fn bytes() -> isize {
    BYTES.get()
}

/// Calls `each`, which must not panic, at each allocation that `f` makes on this thread, but for those of `each`.
pub(crate) fn at_each_allocation<R>(each: fn(), f: impl FnOnce() -> R) -> R {
    AT_EACH.set(Some(each));
    let result = f();
    AT_EACH.set(None);
    result
}
