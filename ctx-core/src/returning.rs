//! Annotated `async fn`s that return a future or a stream, and functions that return one in a `Result` or an `Option`: it
//! goes on in the context that they end in.

// Kinds are empty: methods are called on them for the sake of their types.
#![allow(clippy::unused_self)]

use crate::boxed::Boxed;
use crate::capture::Capture;
use crate::outcome::{AsBoxed, AsFuture, AsHeldBoxed, AsHeldFuture, AsInferred, AsValue, Inferred};
use crate::wrapper::{Captured, InContext};
use pin_project_lite::pin_project;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{self, Poll, ready};

pin_project! {
    // An `async` block around the future would hold it twice: as what it has captured, and as what it awaits.
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

/// A `Result` or an `Option`, of a future among others.
#[diagnostic::on_unimplemented(
    message = "`#[with_context]` can't find the future in `{Self}`",
    note = "write `Result` or `Option` for those of `std`"
)]
pub trait Holder {
    /// What it holds, if anything.
    type Held;
    /// The same with something else in it.
    type With<T>;

    #[doc(hidden)]
    fn map_held<T>(self, f: impl FnOnce(Self::Held) -> T) -> Self::With<T>;
}

impl<F, E> Holder for Result<F, E> {
    type Held = F;
    type With<T> = Result<T, E>;

    fn map_held<T>(self, f: impl FnOnce(F) -> T) -> Result<T, E> {
        self.map(f)
    }
}

impl<F> Holder for Option<F> {
    type Held = F;
    type With<T> = Option<T>;

    fn map_held<T>(self, f: impl FnOnce(F) -> T) -> Option<T> {
        self.map(f)
    }
}

type HolderOf<F> =
    <<F as Future>::Output as Holder>::With<InContext<<<F as Future>::Output as Holder>::Held, Captured>>;

type HeldOf<F> = <<F as Future>::Output as Holder>::With<<<F as Future>::Output as Holder>::Held>;

impl Capture {
    /// Gives `future` a context of its own, in which what it returns goes on.
    pub fn returning<F: Future>(
        self,
        future: F,
    ) -> InContext<impl Future<Output = InContext<F::Output, Captured>> + use<F>, Captured> {
        let wrap = |returned| Capture::here().future(returned);
        self.future(Returning { future, wrap })
    }

    /// Gives `future` a context of its own, in which the boxed future that it returns goes on.
    pub fn returning_boxed<F>(self, future: F) -> InContext<impl Future<Output = F::Output> + use<F>, Captured>
    where
        F: Future<Output: Boxed>,
    {
        let wrap = |returned| Capture::here().boxed(move || returned);
        self.future(Returning { future, wrap })
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
    pub fn returning_held<F>(self, future: F) -> InContext<impl Future<Output = HolderOf<F>> + use<F>, Captured>
    where
        F: Future<Output: Holder>,
    {
        let wrap = |returned: F::Output| returned.map_held(|held| Capture::here().future(held));
        self.future(Returning { future, wrap })
    }
}

/// What an `async fn` returns whose type nobody can write, by its kind.
impl AsInferred {
    /// Gives `future` a context of its own, in which the boxed future that it returns goes on.
    pub fn later<F>(self, capture: Capture, future: F) -> InContext<impl Future<Output = F::Output> + use<F>, Captured>
    where
        F: Future<Output: Inferred>,
    {
        let wrap = |returned| F::Output::finish(Capture::here().run(move || returned));
        capture.future(Returning { future, wrap })
    }
}

impl AsBoxed {
    /// Gives `future` a context of its own, in which the boxed future that it returns goes on.
    pub fn later<F>(self, capture: Capture, future: F) -> InContext<impl Future<Output = F::Output> + use<F>, Captured>
    where
        F: Future<Output: Boxed>,
    {
        capture.returning_boxed(future)
    }
}

impl AsFuture {
    /// Gives `future` a context of its own, in which what it returns goes on.
    pub fn later<F: Future>(
        self,
        capture: Capture,
        future: F,
    ) -> InContext<impl Future<Output = InContext<F::Output, Captured>> + use<F>, Captured> {
        capture.returning(future)
    }
}

impl AsHeldBoxed {
    /// Gives `future` a context of its own, in which the boxed future goes on that may be in what it returns.
    pub fn later<F>(self, capture: Capture, future: F) -> InContext<impl Future<Output = HeldOf<F>> + use<F>, Captured>
    where
        F: Future<Output: Holder<Held: Boxed>>,
    {
        let wrap = |returned: F::Output| returned.map_held(|held| Capture::here().boxed(move || held));
        capture.future(Returning { future, wrap })
    }
}

impl AsHeldFuture {
    /// Gives `future` a context of its own, in which the future goes on that may be in what it returns.
    pub fn later<F>(
        self,
        capture: Capture,
        future: F,
    ) -> InContext<impl Future<Output = HolderOf<F>> + use<F>, Captured>
    where
        F: Future<Output: Holder>,
    {
        capture.returning_held(future)
    }
}

impl AsValue {
    /// Gives `future` a context of its own.
    pub fn later<F>(self, capture: Capture, future: F) -> InContext<F, Captured> {
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
    pub fn call<F>(capture: Capture, future: F) -> InContext<impl Future<Output = B> + use<B, F>, Captured>
    where
        F: Future<Output = B>,
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
                pub fn call<F>(
                    capture: Capture,
                    future: F,
                ) -> InContext<impl Future<Output = $holder> + use<B, $($param,)* F>, Captured>
                where
                    F: Future<Output = $holder>,
                {
                    let wrap = |returned: $holder| returned.map(|held| Capture::here().boxed(move || held));
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
    fn call<F: Future<Output = R>>(capture: Capture, future: F) -> InContext<F, Captured> {
        capture.future(future)
    }
}

impl<R> ReturningValue<R> for ReturningAlias<R> {}
