//! The future of an annotated `async fn`, closure or block.

use super::instance::Instance;
use super::start::{Captured, Start};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An `async` block with a context of its own.
///
/// An `async` block that has returned or panicked has nothing left to drop. The compiler drops one that waits, after the
/// wrapper's own destructor, which enters the context, and before the field behind it, which leaves the context. So the
/// block is a plain field, and a chain of such futures costs the compiler little more than a chain of the blocks.
///
/// The macros emit it. It is 24 bytes larger than the block. It is `Send`, `Sync` and `Unpin` where the block is.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Annotated<F, S: Start = Captured> {
    /// Before the instance: fields are dropped in this order.
    pub(crate) block: F,
    pub(crate) instance: Instance,
    pub(crate) start: PhantomData<fn() -> S>,
}

impl<F: Future, S: Start> Future for Annotated<F, S> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: the block is pinned with the wrapper: nobody moves out of it, and it is dropped where it is. A `Pin` has
        // the layout of the pointer in it.
        let (instance, block) = unsafe {
            let this = mem::transmute::<Pin<&mut Self>, &mut Self>(self);
            (
                &mut this.instance,
                mem::transmute::<&mut F, Pin<&mut F>>(&mut this.block),
            )
        };
        // SAFETY: `entered` is dropped below, or when the block panics. The wrapper is pinned and borrowed until then.
        let entered = unsafe { instance.enter::<S>() };
        let poll = if const { is_small::<F>() } {
            block.poll(cx)
        } else {
            poll_by_call(block, cx)
        };
        drop(entered);
        if poll.is_ready() {
            // SAFETY: `enter` panics for an instance that is over.
            unsafe { instance.end_and_free() };
        }
        poll
    }
}

/// Whether a block is polled inline: one of up to 64 bytes, and in a debug build, where nothing is inlined, any.
///
/// A context that is entered has to be left if the block panics. So each call in a block that is inlined gets a landing
/// pad. A small block waits for little else than a timer or a channel.
const fn is_small<F>() -> bool {
    cfg!(debug_assertions) || size_of::<F>() <= 64
}

#[inline(never)]
fn poll_by_call<F: Future>(block: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
    block.poll(cx)
}

impl<F, S: Start> Drop for Annotated<F, S> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the fields are dropped next: the block, and then the instance.
        unsafe { self.instance.enter_to_drop(S::IS_EXPLICIT) }
    }
}

impl<F, S: Start> fmt::Debug for Annotated<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Annotated").finish_non_exhaustive()
    }
}
