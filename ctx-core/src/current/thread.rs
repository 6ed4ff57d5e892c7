//! The thread-local: three pointers to what is current, and who may look at what they point to.
//!
//! It is the only thread-local that knows a context, with one exception: `future::destructor` keeps what is current again
//! after a destructor. The pointers lead to the stack, to a pinned future up the stack, or to a static. Each is set by a
//! function that puts the old one back before it returns or unwinds. For the destructor of a future it is the wrapper's
//! last field that puts it back. So no pointer outlives what it leads to. This relies on calls that nest: whoever switches
//! stacks in the middle of a call, as stackful coroutines do, breaks it.
//!
//! The cells have no destructor. So, with native thread-locals, they work for as long as the thread runs code, in the
//! destructors of other thread-locals too.

use super::frame::Frame;
use super::wrapper::StackEntry;
use crate::map::Map;
use crate::map::binding::{BindingRef, BindingView};
use std::cell::Cell;
use std::ptr;

/// `loans` lies between `frame` and `wrappers` on purpose. A poll writes those two one by one. If they were neighbours, the
/// compiler would load both as one word of 16 bytes right after, and the load would wait for both writes.
#[repr(C)]
pub(super) struct Thread {
    /// The current frame, or [`OUTSIDE`].
    pub(super) frame: Cell<*mut Frame>,
    /// The innermost loan, or null.
    pub(super) loans: Cell<*const Loan<'static>>,
    /// The innermost wrapper, or null.
    pub(super) wrappers: Cell<*const StackEntry>,
    pub(super) next_identity: Cell<u64>,
}

/// A binding whose value is lent.
pub(super) struct Loan<'a> {
    pub(super) binding: BindingView<'a>,
    /// A handle to the binding, once it has left its context during the loan.
    pub(super) kept: Cell<Option<BindingRef>>,
    /// The loan around this one, or null.
    pub(super) outer: *const Loan<'a>,
}

thread_local! {
    static THREAD: Thread = const {
        Thread {
            frame: Cell::new(OUTSIDE),
            wrappers: Cell::new(ptr::null()),
            loans: Cell::new(ptr::null()),
            next_identity: Cell::new(0),
        }
    };
}

/// The frame where no context is entered. It has no bindings, and nobody writes it.
///
/// It is a frame and not null, so that a read need not ask.
pub(super) const OUTSIDE: *mut Frame = {
    static OUTSIDE: Frame = Frame::new(Map::new());
    (&raw const OUTSIDE).cast_mut()
};

/// This thread's state.
///
/// A call of `LocalKey::with` that does more than this is not always inlined. The address of the thread-local is then
/// fetched through a pointer, and a read takes 7 ns in place of 2.
#[inline(always)]
#[allow(clippy::inline_always)]
pub(super) fn thread<'a>() -> &'a Thread {
    // SAFETY: the thread-local is initialised and has no destructor, so it is there for as long as the thread runs code.
    // The reference stays on this thread, since `Thread` is not `Sync`, and nobody keeps it beyond a call on this thread.
    THREAD.with(|thread| unsafe { &*ptr::from_ref(thread) })
}

/// Puts the old pointer back at the end of a function, however it ends.
pub(super) struct Restore<'a, P: Copy>(&'a Cell<P>, P);

impl<'a, P: Copy> Restore<'a, P> {
    /// Sets the cell to `now` until this is dropped.
    #[inline]
    pub(super) fn after_setting(cell: &'a Cell<P>, now: P) -> Self {
        Self(cell, cell.replace(now))
    }
}

impl<P: Copy> Drop for Restore<'_, P> {
    #[inline]
    fn drop(&mut self) {
        self.0.set(self.1);
    }
}

/// Lends the current frame to `f`, to be written. `None` where no context is entered.
///
/// `f` must not call user code, which could come back here: neither a value's destructor nor an allocator.
#[inline]
pub(super) fn with_frame<R>(f: impl FnOnce(&mut Frame) -> R) -> Option<R> {
    let frame = thread().frame.get();
    if frame == OUTSIDE {
        return None;
    }
    // SAFETY: the pointer comes from an exclusive reference, which the entering call still holds: `inside`, or the caller of
    // `Previous::before_entering`, who promised it. While a frame is entered, only the module `current` reaches it, by
    // references that end before any code runs that could come back here. So this reference is the only one.
    Some(f(unsafe { &mut *frame }))
}

/// The current frame, to be read. Where no context is entered, it is an empty one.
///
/// # Safety
///
/// Nobody writes or leaves the frame, and no user code runs, while the caller has this reference.
#[inline]
pub(super) unsafe fn frame_to_read<'a>() -> &'a Frame {
    // SAFETY: the pointer leads to a frame that is entered, see `with_frame`, or to the static, which nobody writes. The
    // caller promises that no exclusive reference is made meanwhile.
    unsafe { &*thread().frame.get() }
}

/// Lends the current frame to `f`, to be read. Where no context is entered, it is an empty one.
///
/// `f` must not call user code.
#[inline]
pub(super) fn with_frame_or_outside<R>(f: impl FnOnce(&Frame) -> R) -> R {
    // SAFETY: what is passed as `f` in the module `current` calls no user code, and none of the functions that write or leave
    // the frame. No other module calls this.
    f(unsafe { frame_to_read() })
}
