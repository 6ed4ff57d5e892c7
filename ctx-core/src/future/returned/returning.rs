//! Annotated `async fn`s that return a future or a stream, and functions that return one in a `Result` or an `Option`: it
//! goes on in the context that they end in.

// Kinds are empty: methods are called on them for the sake of their types.
#![allow(clippy::unused_self)]

use crate::current;
use crate::current::origin::Origin;
use crate::current::prelude::Prelude;
use crate::current::wrapper::{Effect, Wrapper};
use crate::future::annotated::Annotated;
use crate::future::capture::Capture;
use crate::future::in_context::{InContext, State};
use crate::future::instance::Instance;
use crate::future::returned::boxed::Boxed;
use crate::future::returned::finish::{AsBoxed, AsFuture, AsHeldBoxed, AsHeldFuture, AsInferred, AsValue, Inferred};
use crate::future::returned::holder::Holder;
use crate::future::start::Start;
use pin_project_lite::pin_project;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{self, Poll, ready};

pin_project! {
    // Not an `async` block: that would hold the future twice, once as what it has captured and once as what it awaits.
    struct Returning<F, W> {
        #[pin]
        future: F,
        wrap: W,
    }
}

impl<F: Future, R, W: FnMut(F::Output) -> R> Future for Returning<F, W> {
    type Output = R;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<R> {
        let this = self.project();
        let returned = ready!(this.future.poll(cx));
        Poll::Ready((this.wrap)(returned))
    }
}

/// A future that an `async fn` has returned: it goes on in the context that is current now. For the caller it was made at
/// the call, together with all that the function had captured before. So a scope that the caller writes around it applies.
fn going_on<F>(called: Origin, future: F) -> InContext<F> {
    let (bindings, here) = current::capture();
    let effect = Effect::Prelude(Prelude::without_writes(here));
    let wrapper = Wrapper { origin: called, effect };
    // What is explicit carries nothing, and neither does what comes of it.
    let instance = if called.is_sealed() {
        Instance::captured(bindings, called)
    } else {
        Instance::captured_here(bindings, called)
    };
    InContext::new(future, State::new(instance, wrapper))
}

type HolderOf<F> = <<F as Future>::Output as Holder>::With<InContext<<<F as Future>::Output as Holder>::Held>>;

type HeldOf<F> = <<F as Future>::Output as Holder>::With<<<F as Future>::Output as Holder>::Held>;

impl<S: Start> Capture<S> {
    /// Gives `future` a context of its own, in which what it returns goes on.
    pub fn returning<F: Future>(
        self,
        future: F,
    ) -> Annotated<impl Future<Output = InContext<F::Output>> + use<F, S>, S> {
        let called = self.origin();
        let wrap = move |returned| going_on(called, returned);
        self.future(Returning { future, wrap })
    }

    /// Gives `future` a context of its own, in which the boxed future that it returns goes on.
    pub fn returning_boxed<F>(self, future: F) -> Annotated<impl Future<Output = F::Output> + use<F, S>, S>
    where
        F: Future<Output: Boxed>,
    {
        let called = self.origin();
        let wrap = move |returned| Boxed::boxed(going_on(called, returned));
        self.future(Returning { future, wrap })
    }

    /// Calls `f` in a context of its own, in which the boxed future that it returns goes on.
    pub fn boxed<B: Boxed>(self, f: impl FnOnce() -> B) -> B {
        B::boxed(self.begin(f))
    }

    /// Calls `f` in a context of its own, in which the future goes on that may be in what it returns.
    pub fn begin_held<R: Holder>(self, f: impl FnOnce() -> R) -> R::With<InContext<R::Held>> {
        AsHeldFuture.finish(self.run(f))
    }

    /// The same of a boxed future.
    pub fn boxed_held<R: Holder<Held: Boxed>>(self, f: impl FnOnce() -> R) -> R::With<R::Held> {
        AsHeldBoxed.finish(self.run(f))
    }

    /// Gives `future` a context of its own, in which the future goes on that may be in what it returns.
    pub fn returning_held<F>(self, future: F) -> Annotated<impl Future<Output = HolderOf<F>> + use<F, S>, S>
    where
        F: Future<Output: Holder>,
    {
        let called = self.origin();
        let wrap = move |returned: F::Output| returned.map_held(|held| going_on(called, held));
        self.future(Returning { future, wrap })
    }
}

impl AsInferred {
    /// Gives `future` a context of its own, in which the boxed future that it returns goes on.
    pub fn later<F, S>(
        self,
        capture: Capture<S>,
        future: F,
    ) -> Annotated<impl Future<Output = F::Output> + use<F, S>, S>
    where
        F: Future<Output: Inferred>,
        S: Start,
    {
        let called = capture.origin();
        let wrap = move |returned: F::Output| returned.boxed_by(|returned| going_on(called, returned));
        capture.future(Returning { future, wrap })
    }
}

impl AsBoxed {
    /// Gives `future` a context of its own, in which the boxed future that it returns goes on.
    pub fn later<F, S>(
        self,
        capture: Capture<S>,
        future: F,
    ) -> Annotated<impl Future<Output = F::Output> + use<F, S>, S>
    where
        F: Future<Output: Boxed>,
        S: Start,
    {
        capture.returning_boxed(future)
    }
}

impl AsFuture {
    /// Gives `future` a context of its own, in which what it returns goes on.
    pub fn later<F: Future, S: Start>(
        self,
        capture: Capture<S>,
        future: F,
    ) -> Annotated<impl Future<Output = InContext<F::Output>> + use<F, S>, S> {
        capture.returning(future)
    }
}

impl AsHeldBoxed {
    /// Gives `future` a context of its own, in which the boxed future goes on that may be in what it returns.
    pub fn later<F, S>(
        self,
        capture: Capture<S>,
        future: F,
    ) -> Annotated<impl Future<Output = HeldOf<F>> + use<F, S>, S>
    where
        F: Future<Output: Holder<Held: Boxed>>,
        S: Start,
    {
        let called = capture.origin();
        let wrap = move |returned: F::Output| returned.map_held(|held| Boxed::boxed(going_on(called, held)));
        capture.future(Returning { future, wrap })
    }
}

impl AsHeldFuture {
    /// Gives `future` a context of its own, in which the future goes on that may be in what it returns.
    pub fn later<F, S>(
        self,
        capture: Capture<S>,
        future: F,
    ) -> Annotated<impl Future<Output = HolderOf<F>> + use<F, S>, S>
    where
        F: Future<Output: Holder>,
        S: Start,
    {
        capture.returning_held(future)
    }
}

impl AsValue {
    /// Gives `future` a context of its own.
    pub fn later<F, S: Start>(self, capture: Capture<S>, future: F) -> Annotated<F, S> {
        capture.future(future)
    }
}

/// An `async fn` that returns an `R`, which could be an alias of a boxed future or stream, or hold one.
///
/// `ReturningAlias::<R>::call` is an inherent function where it is, and else that of [`ReturningValue`].
#[derive(Debug)]
pub struct ReturningAlias<R>(PhantomData<fn() -> R>);

impl<B: Boxed> ReturningAlias<B> {
    /// Gives `future` a context of its own, in which the boxed future that it returns goes on.
    pub fn call<F, S>(capture: Capture<S>, future: F) -> Annotated<impl Future<Output = B> + use<B, F, S>, S>
    where
        F: Future<Output = B>,
        S: Start,
    {
        capture.returning_boxed(future)
    }
}

macro_rules! holders {
    ($($holder:ty [$($param:ident),*]),*) => {
        $(
            impl<B: Boxed, $($param),*> ReturningAlias<$holder> {
                /// Gives `future` a context of its own, in which the boxed future goes on that may be in what it
                /// returns.
                pub fn call<F, S>(
                    capture: Capture<S>,
                    future: F,
                ) -> Annotated<impl Future<Output = $holder> + use<B, $($param,)* F, S>, S>
                where
                    F: Future<Output = $holder>,
                    S: Start,
                {
                    let called = capture.origin();
                    let wrap = move |returned: $holder| returned.map(|held| Boxed::boxed(going_on(called, held)));
                    capture.future(Returning { future, wrap })
                }
            }
        )*
    };
}

holders!(Result<B, E> [E], Option<B> []);

/// An `async fn` that returns no boxed future.
pub trait ReturningValue<R> {
    /// Gives `future` a context of its own.
    fn call<F: Future<Output = R>, S: Start>(capture: Capture<S>, future: F) -> Annotated<F, S> {
        capture.future(future)
    }
}

impl<R> ReturningValue<R> for ReturningAlias<R> {}
