//! An outcome: what a function or a closure has returned, and the context that it ran in.

use crate::current::frame::Frame;
use crate::current::identity::Identity;
use crate::current::locals::Clock;
use crate::current::origin::Origin;
use crate::current::prelude::Prelude;
use crate::current::wrapper::{Effect, Wrapper};
use crate::future::in_context::{InContext, State};
use crate::future::instance::Instance;
use crate::future::returned::holder::Holder;
use crate::map::Map;
use std::marker::PhantomData;

/// A result, and the context of the call that returned it.
pub struct Outcome<R> {
    pub(crate) result: R,
    pub(crate) frame: Frame,
    pub(crate) started: Started,
}

/// What that context started from.
pub(crate) struct Started {
    pub(crate) bindings: Map,
    pub(crate) locals: Map,
    pub(crate) origin: Origin,
    /// Keeps the time of the origin, and what is carried.
    pub(crate) clock: Clock,
}

impl<R> Outcome<R> {
    /// The type of the result, to be asked for its kind.
    #[must_use]
    #[inline]
    #[allow(clippy::unused_self)]
    pub fn __kind(&self) -> KindOf<R> {
        KindOf(PhantomData)
    }

    /// The same of what is held, if anything.
    pub(crate) fn map_held<T>(self, f: impl FnOnce(Outcome<R::Held>) -> T) -> R::With<T>
    where
        R: Holder,
    {
        let Self { result, frame, started } = self;
        result.map_held(|result| f(Outcome { result, frame, started }))
    }

    /// The future, which goes on in the context.
    pub(crate) fn into_future(self) -> InContext<R> {
        let Self { result, frame, started } = self;
        let origin = started.origin;
        let effect = if is_untouched(&frame, &started.bindings) {
            Effect::Nothing
        } else {
            Effect::Prelude(Prelude::of(&frame, &started.bindings, &started.locals))
        };
        let (place, _) = origin.parts();
        let instance = Instance::with_clock(frame.bindings, place, started.clock);
        InContext::new(result, State::new(instance, Wrapper { origin, effect }))
    }
}

/// Whether nothing was written in the frame and nothing captured. If so, the future is like one that starts from the
/// capture.
fn is_untouched(frame: &Frame, captured: &Map) -> bool {
    frame.identity == Identity::UNASKED && !frame.clock.has_extension() && frame.bindings.ptr_eq(captured)
}

/// A type whose kind is asked for.
#[derive(Debug)]
pub struct KindOf<R>(PhantomData<fn() -> R>);

impl<R> KindOf<R> {
    /// The type that is written.
    #[must_use]
    pub fn written() -> Self {
        Self(PhantomData)
    }

    /// The type of what `future` comes to.
    #[must_use]
    pub fn output<F: Future<Output = R>>(_: &F) -> Self {
        Self(PhantomData)
    }
}

impl<R> std::fmt::Debug for Outcome<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome").finish_non_exhaustive()
    }
}
