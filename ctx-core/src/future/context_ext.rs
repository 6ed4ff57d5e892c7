//! The calls that give a future a context of its own: `in_context` and `in_current_context`.

use super::capture::Capture;
use super::in_context::{InContext, State};
use super::instance::Instance;
use crate::context::Context;
use crate::current;
use crate::current::origin::Origin;
use crate::current::wrapper::{Effect, Wrapper};

/// Gives a future a context of its own, and with the feature `futures` a stream or sink, with `http-body` a body.
///
/// ```
/// use contextvars::{ContextExt, context_var};
///
/// #[context_var]
/// static REQUEST_ID: u64 = 0;
///
/// let job = REQUEST_ID.sync_scope(7, || async { REQUEST_ID.get() }.in_current_context());
/// assert_eq!(futures::executor::block_on(job), 7);
/// ```
pub trait ContextExt: Sized {
    /// Runs this future in a copy of `context`, and in nothing else.
    ///
    /// An explicit context is sealed: no scope around the wrapper adds to it, whenever and wherever that was made, just as
    /// [`Context::run`] shows nothing of a `sync_scope` around it (PEP 567). In `A.scope(1, f.in_context(ctx))` the future
    /// sees `ctx` alone; write `f.in_context(ctx.with(&A, 1))` for both. Of nested `in_context` the inner one shows.
    ///
    /// Annotated futures inside that were made earlier, in the same place, run in `context` too, since Rust evaluates
    /// `handler(req)` before `handler(req).in_context(ctx)`. Futures that come from another context, as through a queue,
    /// keep their own.
    ///
    /// The wrapper keeps `context` until it completes, since a future inside it may still begin.
    ///
    /// ```
    /// use contextvars::{Context, ContextExt, context_var, with_context};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// #[with_context]
    /// async fn handler() -> Option<&'static str> {
    ///     USER.get()
    /// }
    ///
    /// let bob = Context::new().with(&USER, "bob");
    /// assert_eq!(futures::executor::block_on(handler().in_context(bob)), Some("bob"));
    /// ```
    #[inline]
    fn in_context(self, context: Context) -> InContext<Self> {
        let state = explicit(context);
        InContext::new(self, state)
    }

    /// Runs this future in a copy of the context that is current now, like a call of an annotated function.
    ///
    /// So a scope that is written around it later applies, and annotated futures inside keep what they have captured.
    ///
    /// ```
    /// use contextvars::{Context, ContextExt, context_var};
    ///
    /// #[context_var]
    /// static LANGUAGE: &'static str = "en";
    ///
    /// let greeting = LANGUAGE.sync_scope("cs", || {
    ///     async { if LANGUAGE.get() == "cs" { "ahoj" } else { "hello" } }.in_current_context()
    /// });
    /// assert_eq!(futures::executor::block_on(greeting), "ahoj");
    /// ```
    #[inline]
    fn in_current_context(self) -> InContext<Self> {
        Capture::here().wrapper(self)
    }
}

impl<F> ContextExt for F {}

/// The state of a wrapper that starts from `context`.
///
/// Of the `C` ABI, which does not unwind: whoever holds the future needs no landing pad for it.
#[allow(improper_ctypes_definitions)]
extern "C" fn explicit(context: Context) -> State {
    let wrapper = Wrapper {
        origin: current::new_wrapper(),
        effect: Effect::Replace(context.bindings().clone()),
    };
    State::new(Instance::captured(context.into_bindings(), Origin::SEALED), wrapper)
}
