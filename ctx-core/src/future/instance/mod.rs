//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use super::start::Start;
use crate::ambient;
use crate::current::frame::Frame;
use crate::current::identity::{Identity, Place};
use crate::current::locals::Clock;
use crate::current::origin::Origin;
use crate::current::{self, LeaveEntered, Previous};
use crate::map::Map;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ptr;

mod begin;
mod to_drop;

/// The frame of a future that runs. Before the first poll, what was captured for it. After the end, nothing.
///
/// The frame's identity says which of the three. The memory of an instance that is over is not used any more.
///
/// Its drop leaves the frame if it runs: see [`enter_to_drop`](Self::enter_to_drop).
pub(crate) struct Instance(ManuallyDrop<Frame>);

/// A context that is entered until this is dropped. Nobody in this crate forgets one.
#[must_use]
pub(crate) struct Entered<S: Start> {
    previous: Previous,
    instance: *mut Instance,
    start: PhantomData<S>,
}

impl<S: Start> Drop for Entered<S> {
    #[inline]
    fn drop(&mut self) {
        self.previous.restore(S::IS_EXPLICIT);
        // SAFETY: `Instance::enter` was promised that the instance is there and nobody else refers to it. Its frame, to which
        // the code inside referred, is not the current one any more.
        drop(LeaveEntered(unsafe { &mut (*self.instance).0 }));
    }
}

/// Before the first poll.
impl Instance {
    /// Captures the current context.
    ///
    /// Where nothing was captured before, this takes two calls, each of which returns in registers. If they wrote into the
    /// instance, a future that is made there would be in memory as a whole first, and then moved.
    #[inline]
    pub(crate) fn here() -> Self {
        let usual = if ambient::is_any_registered() {
            None
        } else {
            current::capture_again()
        };
        usual.map_or_else(
            || {
                let CapturedBindings { bindings, place } = capture_bindings();
                Self::with_clock(bindings, place, capture_clock())
            },
            |(bindings, origin)| Self::captured(bindings, origin),
        )
    }

    /// Captures the current context for a call that is made at once, and needs to carry nothing.
    #[inline]
    pub(crate) fn here_and_now() -> Self {
        let (bindings, origin) = current::capture_again().unwrap_or_else(current::capture);
        Self::captured(bindings, origin)
    }

    /// An instance that starts from `bindings`, captured at `origin`, and carries what there is here.
    #[inline]
    pub(crate) fn captured_here(bindings: Map, origin: Origin) -> Self {
        let (place, time) = origin.parts();
        Self::with_clock(bindings, place, clock_here(time))
    }

    /// An instance that starts from `bindings`, captured at `origin`.
    #[inline]
    pub(crate) fn captured(bindings: Map, origin: Origin) -> Self {
        let (place, time) = origin.parts();
        Self::with_clock(bindings, place, Clock::at(time))
    }

    /// An instance that starts from `bindings`, captured at `place` at the time of `clock`, with what that carries.
    #[inline]
    pub(crate) fn with_clock(bindings: Map, place: Place, clock: Clock) -> Self {
        Self(ManuallyDrop::new(Frame {
            bindings,
            identity: Identity::captured_at(place),
            clock,
        }))
    }

    /// What was captured, where, and when, with what is carried.
    #[inline]
    pub(crate) fn into_parts(self) -> (Map, Origin, Clock) {
        let mut captured = ManuallyDrop::new(self);
        let origin = captured.origin();
        // SAFETY: nobody uses the captured frame after this, nor drops it.
        let clock = unsafe { captured.0.clock.move_out() };
        (mem::take(&mut captured.0.bindings), origin, clock)
    }

    /// Where and when it was captured.
    pub(crate) fn origin(&self) -> Origin {
        assert!(!self.is_over(), "an instance that is over has no frame");
        self.0.now()
    }
}

/// While it runs.
impl Instance {
    /// Whether it runs, and can be entered as it is.
    #[inline]
    pub(crate) fn is_ready(&self) -> bool {
        self.0.identity.is_ready()
    }

    /// Whether it runs, and carries something that is not entered.
    #[inline]
    fn carries(&self) -> bool {
        self.0.identity.carries()
    }

    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.0.identity.is_over()
    }

    /// The frame of an instance that runs.
    #[inline]
    pub(crate) fn frame(&mut self) -> &mut Frame {
        debug_assert!(self.is_ready());
        &mut self.0
    }

    /// Enters the context for a poll, until the result is dropped.
    ///
    /// # Panics
    ///
    /// If the instance is over.
    ///
    /// # Safety
    ///
    /// The result is dropped, after whatever else is entered meanwhile. Until then the instance stays where it is, and
    /// nobody else refers to it.
    #[inline]
    pub(crate) unsafe fn enter<S: Start>(&mut self) -> Entered<S> {
        if !self.is_ready() {
            self.begin();
        }
        let instance = ptr::from_mut(self);
        // SAFETY: the pointer comes from `self`.
        let frame = ptr::from_mut(unsafe { &mut *instance }.frame());
        // SAFETY: the caller's promise. `Entered` restores it, and polls nest.
        let previous = unsafe { Previous::before_entering(frame, S::IS_EXPLICIT) };
        Entered {
            previous,
            instance,
            start: PhantomData,
        }
    }
}

/// The end.
impl Instance {
    /// Ends the instance, and hands out its frame, so that the last destructors can run in it.
    ///
    /// # Safety
    ///
    /// The instance is not over.
    #[inline]
    pub(crate) unsafe fn end(&mut self) -> Frame {
        debug_assert!(!self.is_over());
        Frame {
            bindings: mem::take(&mut self.0.bindings),
            identity: mem::replace(&mut self.0.identity, Identity::OVER),
            // SAFETY: the frame of an instance that is over is not used any more, and never dropped.
            clock: unsafe { self.0.clock.move_out() },
        }
    }

    /// Ends the instance, and frees what it has bound.
    ///
    /// # Safety
    ///
    /// The instance is not over.
    #[inline]
    pub(crate) unsafe fn end_and_free(&mut self) {
        // SAFETY: the caller's promise.
        drop(unsafe { self.end() });
    }
}

/// What is captured here, but for the time.
#[repr(C)]
struct CapturedBindings {
    bindings: Map,
    place: Place,
}

/// Not inlined, here and below, and of the `C` ABI, which does not unwind: a program has hundreds of annotated functions,
/// and each would need a landing pad that drops its arguments.
#[allow(improper_ctypes_definitions)]
#[inline(never)]
extern "C" fn capture_bindings() -> CapturedBindings {
    let (bindings, origin) = current::capture();
    let (place, _) = origin.parts();
    CapturedBindings { bindings, place }
}

#[allow(improper_ctypes_definitions)]
#[inline(never)]
extern "C" fn capture_clock() -> Clock {
    clock_here(current::capture_time())
}

/// A clock at `time`, with what there is to carry here.
#[inline]
fn clock_here(time: u64) -> Clock {
    if ambient::is_any_registered() {
        clock_that_carries(time)
    } else {
        Clock::at(time)
    }
}

/// The same where some kind is registered. A panic of an application's [`Ambient::capture`](crate::Ambient) does
/// not come out here: it is carried.
#[allow(improper_ctypes_definitions)]
#[cold]
#[inline(never)]
extern "C" fn clock_that_carries(time: u64) -> Clock {
    let mut clock = Clock::at(time);
    if let Some(carried) = ambient::capture() {
        clock.carry(carried);
    }
    clock
}
