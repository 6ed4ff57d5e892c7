//! A capture: the caller's bindings, taken at the call in O(1), and what can be made to run in them.

use crate::annotated::Annotated;
use crate::current;
use crate::frame::{Frame, Origin};
use crate::instance::Instance;
use crate::kind::NotAFuture;
use crate::layer::{Change, Layer};
use crate::map::Map;
use crate::outcome::{Outcome, Started};
use crate::start::{Captured, Explicit, Start};
use crate::wrapper::{InContext, State};
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

    /// Gives `future` a context of its own, of the type that every wrapper has which users can name.
    #[inline]
    pub fn wrapper<F>(self, future: F) -> InContext<F> {
        let layer = Layer {
            origin: self.instance.origin(),
            change: Change::Nothing,
        };
        InContext::new(future, State::new(self.instance, layer))
    }
}

impl Capture<Explicit> {
    /// Captures nothing, and lets no wrapper around add to that.
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
        let (bindings, _) = self.instance.into_parts();
        Bound { bindings }
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
        let (bindings, _) = self.instance.into_parts();
        Self::enter(&mut current::nested(bindings), f)
    }

    /// Calls `f` in a context of its own, in which the future that it may return goes on.
    pub fn run<R>(self, f: impl FnOnce() -> R) -> Outcome<R> {
        let (bindings, origin) = self.instance.into_parts();
        let mut frame = current::nested(bindings.clone());
        let locals = frame.clock.copy_of_locals();
        let result = Self::enter(&mut frame, f);
        let started = Started {
            bindings,
            locals,
            origin,
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
            current::under_nothing(|| current::inside(frame, f))
        } else {
            current::inside(frame, f)
        }
    }
}

/// The bindings that a closure starts from, wherever it is called: wrappers around the call don't apply, and the
/// local bindings there are not its own.
#[derive(Clone)]
pub struct Bound {
    bindings: Map,
}

impl Bound {
    /// Gives `future` a context of its own that starts from what was captured.
    #[inline]
    pub fn future<F>(self, block: F) -> Annotated<F, Explicit> {
        let instance = Instance::captured(self.bindings, Origin::SEALED);
        Annotated {
            block,
            instance,
            start: PhantomData,
        }
    }

    /// Calls `f` in a context of its own that starts from what was captured.
    #[inline]
    pub fn call<R>(self, f: impl FnOnce() -> R) -> R {
        current::under_nothing(|| current::inside(&mut Frame::new(self.bindings), f))
    }

    /// The same, for an `f` whose result is certainly no future: it is refused if it is.
    #[inline]
    pub fn call_for_value<R: NotAFuture<Which>, Which>(self, f: impl FnOnce() -> R) -> R {
        self.call(f)
    }

    /// Calls `f` in a context of its own, in which the future that it returns goes on.
    pub fn begin<F>(self, f: impl FnOnce() -> F) -> InContext<F> {
        self.run(f).into_future()
    }

    /// Calls `f` in a context of its own, in which the future that it may return goes on.
    pub fn run<R>(self, f: impl FnOnce() -> R) -> Outcome<R> {
        let mut frame = Frame::new(self.bindings.clone());
        let result = current::under_nothing(|| current::inside(&mut frame, f));
        let started = Started {
            bindings: self.bindings,
            locals: Map::new(),
            origin: Origin::SEALED,
        };
        Outcome { result, frame, started }
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
