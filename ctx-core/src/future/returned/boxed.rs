//! Boxed futures and streams: a function that returns one returns the same type when it is annotated.

use crate::future::in_context::InContext;
use std::future::Future;
use std::pin::Pin;

/// A boxed future or stream, which can be boxed again with a context of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be given a context of its own",
    label = "its type is written, and must stay",
    note = "return `impl Future<Output = ..>` or a boxed future, or make it an `async fn`",
    note = "or leave it as it is, without the attribute, and give a context to what it is made of: \
            `bind!(async move {{ .. }})`, `.in_current_context()`"
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
