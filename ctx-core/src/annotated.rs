//! The future of an annotated `async fn`, closure or block.

use crate::instance::Instance;
use crate::start::{Captured, Start};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

/// An `async` block with a context of its own.
///
/// An `async` block that has returned or panicked has nothing left to drop. One that waits is dropped by the compiler,
/// between the wrapper's own destructor, which enters the context, and that of the field behind it, which leaves it. So the
/// block is a plain field: a chain of such futures costs the compiler little more than a chain of the blocks.
///
/// It is for what the macros emit, and is 24 bytes larger than the block. `Send`, `Sync` and `Unpin` where that is.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Annotated<F, S: Start = Captured> {
    /// Before the instance: fields are dropped in order.
    pub(crate) block: F,
    pub(crate) instance: Instance,
    pub(crate) start: PhantomData<fn() -> S>,
}

impl<F: Future, S: Start> Future for Annotated<F, S> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: nothing is moved out of it. The block is pinned with it, and is dropped where it is. A `Pin` is the
        // pointer in it.
        let (instance, block) = unsafe {
            let this = mem::transmute::<Pin<&mut Self>, &mut Self>(self);
            (
                &mut this.instance,
                mem::transmute::<&mut F, Pin<&mut F>>(&mut this.block),
            )
        };
        // SAFETY: it is left below, or when the block panics.
        let entered = unsafe { instance.enter::<S>() };
        let poll = if const { is_small::<F>() } {
            block.poll(cx)
        } else {
            poll_apart(block, cx)
        };
        drop(entered);
        if poll.is_ready() {
            instance.end_and_free();
        }
        poll
    }
}

/// Whether a block is polled inline: one of up to 64 bytes, and in a debug build, where nothing is inlined, any.
///
/// What enters a context has to leave it should the block panic, so that each call in a block that is inlined gets a landing
/// pad. A small one waits for little else than a timer or a channel.
const fn is_small<F>() -> bool {
    cfg!(debug_assertions) || size_of::<F>() <= 64
}

#[inline(never)]
fn poll_apart<F: Future>(block: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
    block.poll(cx)
}

impl<F, S: Start> Drop for Annotated<F, S> {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the instance is dropped next but for the block, which lies in between.
        unsafe { self.instance.enter_to_drop(S::IS_EXPLICIT) }
    }
}

impl<F, S: Start> fmt::Debug for Annotated<F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Annotated").finish_non_exhaustive()
    }
}
