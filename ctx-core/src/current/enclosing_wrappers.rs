//! The wrappers around the current frame: a list on the stack, from inside out.

use super::frame::Frame;
use super::thread::{Restore, thread};
use super::wrapper::{StackEntry, Wrapper};
use std::ops::ControlFlow;
use std::ptr;

/// Runs `f` with `wrapper` as the innermost one.
#[inline]
pub(crate) fn under<R>(wrapper: &Wrapper, f: impl FnOnce() -> R) -> R {
    let entry = StackEntry {
        wrapper,
        frame: thread().frame.get(),
        outer: thread().wrappers.get(),
    };
    let _popped = Restore::after_setting(&thread().wrappers, ptr::from_ref(&entry));
    f()
}

/// Runs `f` with no wrapper around it.
#[inline]
pub(crate) fn outside_all_wrappers<R>(f: impl FnOnce() -> R) -> R {
    let _wrappers = Restore::after_setting(&thread().wrappers, ptr::null());
    f()
}

/// Whether there is a wrapper around the current frame.
#[inline]
pub(crate) fn has_enclosing_wrappers() -> bool {
    !thread().wrappers.get().is_null()
}

/// Gives the wrappers around the current frame to `f`, each with the frame that it is polled in, from inside out, until
/// `f` breaks. `f` may allocate. It must not leave the wrappers that it visits.
pub(crate) fn for_each_enclosing_wrapper(mut f: impl FnMut(&Wrapper, &Frame) -> ControlFlow<()>) {
    let mut next = thread().wrappers.get();
    // SAFETY: a pointer in `wrappers` or `outer` leads to the entry of a call of `under` that has not ended.
    while let Some(entry) = unsafe { next.as_ref() } {
        // SAFETY: that call borrows the wrapper.
        let wrapper = unsafe { &*entry.wrapper };
        // SAFETY: the frame was the current one when that call was made, so whoever entered it leaves it after that call.
        // It is written only while it is the current one, by functions that `f` does not call.
        let polled_in = unsafe { &*entry.frame };
        if f(wrapper, polled_in).is_break() {
            return;
        }
        next = entry.outer;
    }
}
