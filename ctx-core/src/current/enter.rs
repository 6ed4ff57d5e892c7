//! How a frame becomes the current one, and the old one again.

use super::enclosing_wrappers::outside_all_wrappers;
use super::frame::Frame;
use super::identity::Identity;
use super::locals::Clock;
use super::origin::Origin;
use super::snapshot::{has_locals, locals};
use super::thread::{OUTSIDE, Restore, thread, with_frame_or_outside};
use super::wrapper::StackEntry;
use crate::map::Map;
use std::ptr;

/// Runs `f` with `frame` as the current one.
#[inline]
pub(crate) fn inside<R>(frame: &mut Frame, f: impl FnOnce() -> R) -> R {
    let _left = Restore::after_setting(&thread().frame, ptr::from_mut(frame));
    f()
}

/// What was current before a context was entered, and is current again after it.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Previous {
    frame: *mut Frame,
    wrappers: *const StackEntry,
}

impl Previous {
    /// No context, and no wrapper.
    pub(crate) const NOTHING: Self = Self {
        frame: OUTSIDE,
        wrappers: ptr::null(),
    };

    /// Makes `frame` the current one. If it `is_explicit`, no wrapper is around it.
    ///
    /// # Safety
    ///
    /// Until the result is restored, the frame stays where it is, and nobody else refers to it. Whatever else is entered
    /// meanwhile is left before.
    #[inline]
    pub(crate) unsafe fn before_entering(frame: *mut Frame, is_explicit: bool) -> Self {
        let thread = thread();
        let previous = Self {
            frame: thread.frame.replace(frame),
            wrappers: thread.wrappers.get(),
        };
        if is_explicit {
            thread.wrappers.set(ptr::null());
        }
        previous
    }

    /// Makes it current again. The wrappers need that only if the frame that is left `is_explicit`.
    #[inline]
    pub(crate) fn restore(self, is_explicit: bool) {
        let thread = thread();
        thread.frame.set(self.frame);
        if is_explicit {
            thread.wrappers.set(self.wrappers);
        }
    }
}

/// A frame for what is called or first polled here. It inherits the local bindings of the current frame.
#[inline]
pub(crate) fn nested(bindings: Map) -> Frame {
    Frame {
        bindings,
        identity: Identity::UNASKED,
        clock: if has_locals() {
            Clock::with(0, locals())
        } else {
            Clock::new()
        },
    }
}

#[inline]
pub(crate) fn is_entered() -> bool {
    thread().frame.get() != OUTSIDE
}

/// Whether `captured` was captured in the current frame, and no wrapper was made there since. If so, no wrapper applies to
/// it.
#[inline]
pub(crate) fn is_captured_now(captured: &Frame) -> bool {
    with_frame_or_outside(|frame| frame.has_just_captured(captured))
}

/// Whether `origin` is in the current frame.
pub(crate) fn is_in_frame_of(origin: Origin) -> bool {
    with_frame_or_outside(|frame| origin.is_at(frame.identity.place()))
}

/// Calls `f` outside every context and every wrapper, as if this thread had just been started.
///
/// For executors that run other people's tasks inside a call: a nested main loop, a scope of a pool whose waiting thread
/// steals jobs, an executor that polls a task inside `spawn`. A bare task that is polled there shares the context of
/// whoever drives it, and may write to it. Inside `outside` it sees nothing and can write nothing. Tasks with a context of
/// their own keep it either way. What was current is current again when `f` returns or panics.
///
/// ```
/// use contextvars::{context_var, outside};
/// use futures::{executor::LocalPool, task::LocalSpawnExt};
///
/// #[context_var]
/// static USER: &'static str;
///
/// let mut pool = LocalPool::new();
/// let task = async { USER.get().is_none() && USER.try_set("mallory").is_err() };
/// let task = pool.spawner().spawn_local_with_handle(task).unwrap();
/// USER.sync_scope("alice", || {
///     outside(|| pool.run_until_stalled());
///     assert_eq!(USER.get(), Some("alice"));
/// });
/// assert!(futures::executor::block_on(task));
/// ```
pub fn outside<R>(f: impl FnOnce() -> R) -> R {
    let _frame = Restore::after_setting(&thread().frame, OUTSIDE);
    outside_all_wrappers(f)
}
