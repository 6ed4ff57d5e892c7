//! A wrapper: a future, and by feature a stream, a sink or the body of an HTTP message, that runs in a context of its own.

use super::instance::Instance;
use crate::current::wrapper::Wrapper;
use crate::current::{self, LeaveEntered};
use pin_project_lite::pin_project;
use std::fmt;
use std::future::Future;
use std::mem::{self, ManuallyDrop, MaybeUninit};
use std::pin::Pin;
use std::task::{self, Poll};

pin_project! {
    /// A future with a context of its own, which it enters for each poll and for its destructor and then leaves.
    ///
    /// [`ContextExt`](crate::ContextExt), `scope` of a variable and calls of annotated functions make one. What the future
    /// sets stays in its context through all of its awaits, on whatever thread it is polled next; the poller sees none of
    /// it. The future is dropped inside its context, at completion or with the wrapper, and right after that the values
    /// that only this context held are freed.
    ///
    /// A poll costs no allocation, no reference count and no lock, however many variables are bound. The future of an
    /// annotated function is 24 bytes larger than without the annotation. The first poll looks once at each wrapper around it,
    /// to find those made later in the same place, up to the first explicit context (see
    /// [`in_context`](crate::ContextExt::in_context)). Where the future was captured and no wrapper was made since, it does
    /// not look: that costs the same under a hundred wrappers as under one.
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
/// A function that makes one returns it as a whole, so that it is written where it will stay, one word at a time. If it were
/// copied right after, the copy would load two words at once, and wait for both writes.
pub(crate) struct State {
    instance: Instance,
    wrapper: ManuallyDrop<Wrapper>,
}

impl State {
    #[inline]
    pub(crate) fn new(instance: Instance, wrapper: Wrapper) -> Self {
        let wrapper = ManuallyDrop::new(wrapper);
        Self { instance, wrapper }
    }

    /// Ends an instance that runs, and drops what it has bound.
    ///
    /// # Safety
    ///
    /// The instance runs.
    #[inline(never)]
    unsafe fn end(&mut self) {
        if self.instance.has_entered() {
            // SAFETY: the caller's promise.
            return unsafe { self.end_carrying() };
        }
        // SAFETY: the caller's promise.
        let mut frame = unsafe { self.instance.end() };
        // SAFETY: the instance is over, and nobody uses the wrapper of one that is.
        unsafe { self.wrapper.end(&mut frame.bindings) };
    }

    /// The same with what the instance carries. A panic of that goes on at last.
    ///
    /// # Safety
    ///
    /// The instance runs.
    #[cold]
    unsafe fn end_carrying(&mut self) {
        let raised = self.instance.leave_carried_after_drop();
        // SAFETY: the caller's promise.
        unsafe { self.end() };
        raised.resume_in_drop();
    }
}

impl<F> InContext<F> {
    /// Makes the wrapper where it will stay: callers are inlined, and call everything else before they take the future.
    #[inline]
    pub(crate) fn new(inner: F, state: State) -> Self {
        let inner = MaybeUninit::new(inner);
        Self { inner, state }
    }

    /// Runs `f` on the inner future, inside the context.
    #[inline]
    pub(crate) fn enter<O>(self: Pin<&mut Self>, f: impl FnOnce(Pin<&mut F>) -> O) -> O {
        let this = self.project();
        let State { instance, wrapper } = this.state;
        if !instance.is_ready() {
            instance.begin_under(wrapper);
        }
        // SAFETY: `inner` is pinned with the wrapper, and nobody moves out of it. Only `end` drops it, and ends the instance
        // too. The lines above have made sure that the instance runs.
        let inner = unsafe { this.inner.map_unchecked_mut(|inner| inner.assume_init_mut()) };
        let entered = LeaveEntered(instance.frame());
        let output = current::under(wrapper, || current::inside(entered.0, || f(inner)));
        // Here and not at the end of the block: if what is left panics, `output` is dropped too.
        drop(entered);
        output
    }

    /// Drops the inner future before it is done, inside the context, and then frees the context.
    #[inline(never)]
    fn cancel(mut self: Pin<&mut Self>) {
        let State { instance, wrapper } = self.as_mut().project().state;
        // Held until the pinned future is dropped: it may run a destructor, which may panic. Nothing else can unwind before
        // that, and leave the future undropped: this may allocate, and where memory runs out `handle_alloc_error` aborts.
        let _displaced = instance.begin_under_to_drop(wrapper);
        // SAFETY: the instance runs now.
        unsafe { self.end() };
    }

    /// Drops the inner future inside the context, and then frees the context.
    ///
    /// # Safety
    ///
    /// The instance runs.
    #[inline]
    unsafe fn end(self: Pin<&mut Self>) {
        /// Ends the instance even if the destructor of the inner future panics.
        struct Ending<'a>(&'a mut State);

        impl Drop for Ending<'_> {
            #[inline]
            fn drop(&mut self) {
                // SAFETY: the caller of the function around this promised it.
                unsafe { self.0.end() };
            }
        }

        let this = self.project();
        let ending = Ending(this.state);
        if mem::needs_drop::<F>() {
            let State { instance, wrapper } = &mut *ending.0;
            instance.enter_carried_to_drop();
            let inner = this.inner;
            current::under(wrapper, || {
                current::inside(instance.frame(), || {
                    // SAFETY: only this place drops `inner`, and only once: the instance runs, by the caller's promise, and is
                    // over after this. `enter` and `inner` lend nothing of an instance that is over. It is dropped where
                    // it was pinned. What is left is no value of its type, so it may be moved.
                    unsafe { inner.get_unchecked_mut().assume_init_drop() }
                });
            });
        }
    }

    /// The inner future, until it is dropped at completion.
    #[cfg(any(feature = "futures", feature = "http-body"))]
    pub(crate) fn inner(&self) -> Option<&F> {
        // SAFETY: only `end` drops it, and ends the instance too.
        (!self.state.instance.is_over()).then(|| unsafe { self.inner.assume_init_ref() })
    }
}

impl<F: Future> Future for InContext<F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<F::Output> {
        let poll = self.as_mut().enter(|inner| inner.poll(cx));
        if poll.is_ready() {
            // SAFETY: `enter` panics if the instance can't run.
            unsafe { self.end() };
        }
        poll
    }
}

impl<F> fmt::Debug for InContext<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InContext").finish_non_exhaustive()
    }
}
