//! A capture: the caller's bindings, taken at the call in O(1), and what can be made to run in them.

use super::annotated::Annotated;
use super::in_context::{InContext, State};
use super::instance::Instance;
use super::returned::kind::NotAFuture;
use super::returned::outcome::{Outcome, Started};
use super::start::{Captured, Explicit, Start};
use crate::current::frame::Frame;
use crate::current::identity::{Identity, Place};
use crate::current::locals::Clock;
use crate::current::origin::Origin;
use crate::current::wrapper::{Effect, Wrapper};
use crate::current::{self, LeaveEntered};
use crate::map::Map;
use std::marker::PhantomData;

/// What an annotated function, closure or block starts from, and whether that is explicit.
pub struct Capture<S = Captured> {
    instance: Instance,
    start: PhantomData<fn() -> S>,
}

impl Capture {
    /// Captures the current context.
    #[must_use]
    #[inline]
    pub fn here() -> Self {
        Self {
            instance: Instance::here(),
            start: PhantomData,
        }
    }

    /// Captures the current context for a [`call`](Self::call) that is made at once.
    #[must_use]
    #[inline]
    pub fn for_call() -> Self {
        Self {
            instance: Instance::here_and_now(),
            start: PhantomData,
        }
    }

    /// Gives `future` a context of its own, as the wrapper that users can name.
    #[inline]
    pub fn wrapper<F>(self, future: F) -> InContext<F> {
        let wrapper = Wrapper {
            origin: self.instance.origin(),
            effect: Effect::Nothing,
        };
        InContext::new(future, State::new(self.instance, wrapper))
    }
}

impl Capture<Explicit> {
    /// Captures nothing: an empty context that no wrapper around adds to.
    #[must_use]
    pub fn fresh() -> Self {
        Self {
            instance: Instance::captured(Map::new(), Origin::SEALED),
            start: PhantomData,
        }
    }
}

impl<S: Start> Capture<S> {
    /// Where and when it was taken.
    pub(crate) fn origin(&self) -> Origin {
        self.instance.origin()
    }

    /// The capture of a closure.
    #[must_use]
    pub fn bound(self) -> Bound {
        let (bindings, _, clock) = self.instance.into_parts();
        Bound { bindings, clock }
    }

    /// Gives an `async` block a context of its own that starts from what was captured.
    #[inline]
    pub fn future<F>(self, block: F) -> Annotated<F, S> {
        Annotated {
            block,
            instance: self.instance,
            start: PhantomData,
        }
    }

    /// Calls `f` in a context of its own that starts from what was captured.
    #[inline]
    pub fn call<R>(self, f: impl FnOnce() -> R) -> R {
        let (bindings, ..) = self.instance.into_parts();
        Self::enter(&mut current::nested(bindings), f)
    }

    /// Calls `f` in a context of its own, in which the future that it may return goes on.
    pub fn run<R>(self, f: impl FnOnce() -> R) -> Outcome<R> {
        let (bindings, origin, clock) = self.instance.into_parts();
        let mut frame = current::nested(bindings.clone());
        let locals = frame.clock.copy_of_locals();
        let result = Self::enter(&mut frame, f);
        let started = Started {
            bindings,
            locals,
            origin,
            clock,
        };
        Outcome { result, frame, started }
    }

    /// Calls `f` in a context of its own, in which the future that it returns goes on.
    pub fn begin<F>(self, f: impl FnOnce() -> F) -> InContext<F> {
        self.run(f).into_future()
    }

    #[inline]
    fn enter<R>(frame: &mut Frame, f: impl FnOnce() -> R) -> R {
        if S::IS_EXPLICIT {
            current::outside_all_wrappers(|| current::inside(frame, f))
        } else {
            current::inside(frame, f)
        }
    }
}

/// The bindings that a closure starts from, wherever it is called. Wrappers around the call don't apply, and the local
/// bindings there are not the closure's.
pub struct Bound {
    bindings: Map,
    /// Keeps what is carried. Nobody asks for its time.
    clock: Clock,
}

impl Bound {
    /// Gives `future` a context of its own that starts from what was captured.
    #[inline]
    pub fn future<F>(self, block: F) -> Annotated<F, Explicit> {
        Annotated {
            block,
            instance: Instance::with_clock(self.bindings, Place::NONE, self.clock),
            start: PhantomData,
        }
    }

    /// Calls `f` in a context of its own that starts from what was captured.
    #[inline]
    pub fn call<R>(self, f: impl FnOnce() -> R) -> R {
        let mut frame = self.into_frame();
        let result = Self::enter(&mut frame, f);
        // Here and not at the end of the block, as below.
        drop(frame);
        result
    }

    /// The same for an `f` whose result is not a future. The compiler refuses one.
    #[inline]
    pub fn call_for_value<R: NotAFuture<Which>, Which>(self, f: impl FnOnce() -> R) -> R {
        self.call(f)
    }

    /// The same for an `f` that only drops something. A panic of what is carried goes on when that is done.
    pub fn call_to_drop(self, f: impl FnOnce()) {
        let mut frame = self.into_frame();
        current::enter_carried_to_drop(&mut frame);
        let entered = LeaveEntered(&mut frame);
        current::outside_all_wrappers(|| current::inside(entered.0, f));
        entered.after_drop().resume_in_drop();
    }

    /// Calls `f` in a context of its own, in which the future that it returns goes on.
    pub fn begin<F>(self, f: impl FnOnce() -> F) -> InContext<F> {
        self.run(f).into_future()
    }

    /// Calls `f` in a context of its own, in which the future that it may return goes on.
    pub fn run<R>(self, f: impl FnOnce() -> R) -> Outcome<R> {
        let bindings = self.bindings.clone();
        let mut frame = self.into_frame();
        let result = Self::enter(&mut frame, f);
        let started = Started {
            bindings,
            locals: Map::new(),
            origin: Origin::SEALED,
            clock: current::separate_carried(&mut frame),
        };
        Outcome { result, frame, started }
    }

    #[inline]
    fn into_frame(self) -> Frame {
        Frame {
            bindings: self.bindings,
            identity: Identity::UNASKED,
            clock: self.clock,
        }
    }

    #[inline]
    fn enter<R>(frame: &mut Frame, f: impl FnOnce() -> R) -> R {
        if frame.clock.has_extension() {
            current::enter_carried(frame);
        }
        let entered = LeaveEntered(frame);
        let result = current::outside_all_wrappers(|| current::inside(entered.0, f));
        // Here and not at the end of the block: if what is left panics, `result` is dropped too.
        drop(entered);
        result
    }
}

impl Clone for Bound {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            bindings: self.bindings.clone(),
            clock: self.clock.copy_of_carried(),
        }
    }
}

impl<S> std::fmt::Debug for Capture<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Capture").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
