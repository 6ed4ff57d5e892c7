//! Annotated functions whose return type is written, not derived: boxed futures and streams, and plain values.

use crate::capture::Capture;
use crate::wrapper::InContext;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

/// A boxed future or stream, which can be boxed again with a context of its own.
#[diagnostic::on_unimplemented(
    message = "`#[with_context]` can't give `{Self}` a context of its own",
    label = "a future of a type that must stay as it is written",
    note = "return `impl Future<Output = ..>` or a boxed future, or make the function an `async fn`",
    note = "or leave the attribute off, and put `.in_current_context()` on the future at the call"
)]
pub trait Boxed: Sized {
    #[doc(hidden)]
    fn boxed(future: InContext<Self>) -> Self;
}

macro_rules! boxed {
    ($($object:ty),*) => {
        $(
            #[diagnostic::do_not_recommend]
            impl<'a, T: 'a> Boxed for Pin<Box<$object>> {
                fn boxed(future: InContext<Self>) -> Self {
                    Box::pin(future)
                }
            }
        )*
    };
}

boxed!(
    dyn Future<Output = T> + 'a,
    dyn Future<Output = T> + Send + 'a,
    dyn Future<Output = T> + Send + Sync + 'a
);
#[cfg(feature = "futures")]
boxed!(
    dyn futures_core::Stream<Item = T> + 'a,
    dyn futures_core::Stream<Item = T> + Send + 'a,
    dyn futures_core::Stream<Item = T> + Send + Sync + 'a
);

impl Capture {
    /// Calls `f` in a context of its own, in which the boxed future that it returns goes on.
    pub fn boxed<B: Boxed>(self, f: impl FnOnce() -> B) -> B {
        B::boxed(self.begin(f))
    }
}

/// What to do with the result of a function that returns an `R`.
///
/// `Returned::<R>::call` is an inherent function where `R` is a future, and else that of [`PlainCall`].
#[derive(Debug)]
pub struct Returned<R>(PhantomData<fn() -> R>);

impl<R: Future> Returned<R> {
    /// Calls `f` in a context of its own, in which the future that it returns goes on.
    pub fn call(capture: Capture, f: impl FnOnce() -> R) -> R
    where
        R: Boxed,
    {
        capture.boxed(f)
    }
}

/// Functions that return no future.
pub trait PlainCall<R> {
    /// Calls `f` in a context of its own.
    fn call(capture: Capture, f: impl FnOnce() -> R) -> R {
        capture.call(f)
    }
}

impl<R> PlainCall<R> for Returned<R> {}
