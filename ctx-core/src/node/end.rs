//! The end of a node: of what is hidden in it, and of all.

use super::{Base, Node, Rest, View, bits, slots};
use crate::counts::{Last, Left};
use crate::spare;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ptr::NonNull;

/// What is to be done when the last `Whole` of a node has gone.
///
/// Not inlined, so that the drop of any other `Whole` is.
#[inline(never)]
pub(super) fn drop_last(node: NonNull<Node>, last: Last) {
    match last.left() {
        Left::Rests { hidden } => drop_hidden(node, hidden),
        Left::Nobody => free(node, 0),
    }
}

/// Lets go of what is in the hidden slot of a node that no `Whole` is left of, and then drops the `Rest` that they
/// counted as.
#[cold]
fn drop_hidden(node: NonNull<Node>, hidden: u32) {
    let _rest = Rest(node);
    let at = hidden.trailing_zeros() as usize;
    // Others look at the counts still, so that there is no `&mut` to the whole of it.
    let dead = node.as_ptr();
    // SAFETY: no `Whole` is left, and `Rest`s look at nothing but the counts until the last of them goes, which waits for
    // this one: `owned`, `base` and the slots are nobody else's. What is owned is dropped once, here and not when the node
    // is freed; what was borrowed is counted before its base goes.
    unsafe {
        if (*dead).owned & hidden != 0 {
            return drop(slots(node).add(at).read());
        }
        let base = (*dead).base.without(at).unwrap_or_else(|| {
            let borrowed = View(node, PhantomData).occupied() & !(*dead).owned & !hidden;
            for at in bits(borrowed) {
                mem::forget((*slots(node).add(at)).share());
            }
            (*dead).owned |= borrowed;
            Base::NONE
        });
        drop(mem::replace(&mut (*dead).base, base));
    }
}

/// Drops what a node owns, frees it, and drops its base, when its only handle goes.
#[inline(never)]
pub(super) fn drop_only(node: NonNull<Node>) {
    free(node, 0);
}

/// Drops what a node owns, but for the slots that were `dropped` before, frees it, and drops its base.
///
/// Asks for the last handle.
#[inline]
pub(super) fn free(node: NonNull<Node>, dropped: u32) {
    /// A node on its way out. Values may panic as they go; the others go all the same.
    struct Going {
        node: NonNull<Node>,
        owned: u32,
    }

    impl Going {
        #[inline(always)]
        #[allow(clippy::inline_always)]
        fn drop_owned(&mut self) {
            while self.owned != 0 {
                let at = self.owned.trailing_zeros() as usize;
                self.owned &= self.owned - 1;
                // SAFETY: nobody else has a handle, and the bit of what is taken out is cleared.
                unsafe { slots(self.node).add(at).read() }.drop_full();
            }
        }

        /// Asks for a node that owns nothing any more.
        #[inline(always)]
        #[allow(clippy::inline_always)]
        fn free(&self) {
            // SAFETY: nobody else has a handle, and the memory is of this size. A chain of bases is short, so
            // that the drop of this one does not go deep.
            unsafe {
                let Node { base, size, .. } = self.node.read();
                spare::free(self.node.cast(), size);
                drop(base);
            }
        }
    }

    impl Drop for Going {
        #[cold]
        fn drop(&mut self) {
            self.drop_owned();
            self.free();
        }
    }

    // SAFETY: the last handle keeps the node until it is freed here.
    let owned = unsafe { node.as_ref() }.owned & !dropped;
    let mut going = Going { node, owned };
    going.drop_owned();
    ManuallyDrop::new(going).free();
}
