//! Wrappers: futures, and by feature streams, sinks and the bodies of HTTP messages, that run in a context of their own.

use crate::capture::Capture;
use crate::context::Context;
use crate::current;
use crate::frame::Origin;
use crate::instance::Instance;
use crate::layer::{Change, Layer};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::task::{self, Poll};

pin_project! {
    /// A future with a context of its own, which it enters for each poll and for its destructor and then leaves.
    ///
    /// [`ContextExt`], `scope` of a variable and calls of annotated functions make one. What the future sets stays in
    /// its context through all of its awaits, on whatever thread it is polled next; the poller sees none of it. The
    /// future is dropped inside its context, at completion or with the wrapper, and right after that the values that
    /// only this context held are freed.
    ///
    /// A poll costs no allocation, no reference count and no lock, however many variables are bound. The future of an
    /// annotated function is 24 bytes larger than without the annotation. The first poll looks once at each wrapper around it,
    /// to find those made later in the same place, up to the first explicit context (see [`ContextExt::in_context`]). Where
    /// the future was captured, and no wrapper was made since, it need not look: that costs the same under a hundred wrappers
    /// as under one.
    ///
    /// With the feature `futures` a stream or a sink has a context of its own in the same way, and with `http-body` the
    /// body of an HTTP message: each item or frame is produced inside.
    ///
    /// `InContext<F>` is `Send`, `Sync` and `Unpin` where `F` is.
    ///
    /// # Panics
    ///
    /// When polled after completion.
    ///
    /// ```
    /// use contextvars::{Context, ContextExt, context_var};
    ///
    /// #[context_var]
    /// static USER: &'static str;
    ///
    /// let alice = Context::new().with(&USER, "alice");
    /// let future = async { USER.get() }.in_context(alice);
    /// assert_eq!(futures::executor::block_on(future), Some("alice"));
    /// ```
    #[must_use = "futures do nothing unless you `.await` or poll them; for a closure there is `sync_scope`"]
    pub struct InContext<F> {
        #[pin]
        inner: MaybeUninit<F>,
        state: State,
    }

    impl<F> PinnedDrop for InContext<F> {
        fn drop(this: Pin<&mut Self>) {
            if !this.state.instance.is_over() {
                this.cancel();
            }
        }
    }
}

/// All of a wrapper but what it wraps.
///
/// What makes one returns it as a whole: then it is written where it will be, a word at a time. Copied right after, two
/// words at a time, it would be waited for.
pub(crate) struct State {
    instance: Instance,
    layer: ManuallyDrop<Layer>,
}

impl State {
    #[inline]
    pub(crate) fn new(instance: Instance, layer: Layer) -> Self {
        let layer = ManuallyDrop::new(layer);
        Self { instance, layer }
    }

    /// Ends an instance that runs, with what it has bound.
    #[inline(never)]
    fn end(&mut self) {
        let mut frame = self.instance.end();
        // SAFETY: the instance is over, so that nobody uses the layer any more.
        unsafe { self.layer.end(&mut frame.bindings) };
    }
}

impl<F> InContext<F> {
    /// Makes the wrapper where it will be: what calls this is inlined, and has called all else before it takes the future.
    #[inline]
    pub(crate) fn new(inner: F, state: State) -> Self {
        let inner = MaybeUninit::new(inner);
        Self { inner, state }
    }

    /// Runs `f` on the inner future, inside the context.
    #[inline]
    pub(crate) fn enter<O>(self: Pin<&mut Self>, f: impl FnOnce(Pin<&mut F>) -> O) -> O {
        let this = self.project();
        let State { instance, layer } = this.state;
        if !instance.is_running() {
            instance.begin_under(layer);
        }
        // SAFETY: `inner` is pinned with the wrapper, and nobody moves out of it. `end` alone drops it, and the instance is
        // over then; the lines above have made sure that this one runs.
        let inner = unsafe { this.inner.map_unchecked_mut(|inner| inner.assume_init_mut()) };
        current::under(layer, || current::inside(instance.frame(), || f(inner)))
    }

    /// Drops the inner future before it is done, inside the context, and then frees the context.
    #[inline(never)]
    fn cancel(mut self: Pin<&mut Self>) {
        let State { instance, layer } = self.as_mut().project().state;
        // What may run a destructor, which may panic, is held until the pinned future is dropped.
        let _displaced = instance.begin_under_to_drop(layer);
        self.end();
    }

    /// Drops the inner future of an instance that runs inside the context, and then frees the context.
    #[inline]
    fn end(self: Pin<&mut Self>) {
        /// What ends however the inner future is dropped.
        struct Ending<'a>(&'a mut State);

        impl Drop for Ending<'_> {
            #[inline]
            fn drop(&mut self) {
                self.0.end();
            }
        }

        let this = self.project();
        let ending = Ending(this.state);
        if mem::needs_drop::<F>() {
            let State { instance, layer } = &mut *ending.0;
            let inner = this.inner;
            current::under(layer, || {
                current::inside(instance.frame(), || {
                    // SAFETY: this is the only place that drops `inner`, and it gets here once: it is called for an instance
                    // that runs, and however this ends, that is over then. `enter` and `inner` lend nothing of an
                    // instance that is over. It is dropped where it was pinned; what is left may be moved, as it is no
                    // value of its type any more.
                    unsafe { inner.get_unchecked_mut().assume_init_drop() }
                });
            });
        }
    }

    /// The inner future, until it is dropped at completion.
    #[cfg(any(feature = "futures", feature = "http-body"))]
    pub(crate) fn inner(&self) -> Option<&F> {
        // SAFETY: `end` alone drops it, after it has ended the instance.
        (!self.state.instance.is_over()).then(|| unsafe { self.inner.assume_init_ref() })
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<F::Output> {
        let poll = self.as_mut().enter(|inner| inner.poll(cx));
        if poll.is_ready() {
            self.end();
        }
        poll
    }
}

impl<F> fmt::Debug for InContext<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InContext").finish_non_exhaustive()
    }
}

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

/// What a wrapper starts from that runs in `context`. Does not unwind, as the beginning of a scope.
#[allow(improper_ctypes_definitions)]
extern "C" fn explicit(context: Context) -> State {
    let layer = Layer {
        origin: current::new_wrapper(),
        change: Change::Base(context.bindings().clone()),
    };
    State::new(Instance::captured(context.into_bindings(), Origin::SEALED), layer)
}
