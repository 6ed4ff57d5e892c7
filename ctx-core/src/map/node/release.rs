//! When things are freed: what is in the overridden slot of a node, and the node itself.

use super::layout::{Base, BaseRef, Node, NodeView, bits, slots};
use crate::map::free_list;
use crate::map::reference_counts::BaseRefs;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::ptr::NonNull;

/// Ends a node whose last `NodeRef` was dropped.
///
/// Not inlined, so that the drop of any other `NodeRef` is.
///
/// # Safety
///
/// The caller dropped the last `NodeRef`. `base_refs` are the counts from before that drop.
#[inline(never)]
pub(super) unsafe fn release_last(node: NonNull<Node>, base_refs: BaseRefs) {
    match base_refs.overridden_slot() {
        // SAFETY: the caller's promise.
        Some(slot_bit) => unsafe { release_overridden(node, slot_bit) },
        // SAFETY: the caller's promise: only the `BaseRef` that the `NodeRef`s counted as is left, and it is the caller's.
        None => unsafe { free(node, 0) },
    }
}

/// Ends a node whose only handle was dropped.
///
/// # Safety
///
/// No handle is left.
#[inline(never)]
pub(super) unsafe fn release_only(node: NonNull<Node>) {
    // SAFETY: the caller's promise.
    unsafe { free(node, 0) };
}

/// Releases what is in the overridden slot of a node if the node owns it, else passes the override on or drops the base.
/// Then drops the `BaseRef` that all `NodeRef`s counted as.
///
/// # Safety
///
/// The caller dropped the last `NodeRef`, and all `BaseRef`s override this slot.
#[cold]
unsafe fn release_overridden(node: NonNull<Node>, slot_bit: u32) {
    // Dropped at the end, also if a value panics.
    let _counted_as = BaseRef(node);
    let at = slot_bit.trailing_zeros() as usize;
    // Others still look at the counts, so no `&mut Node` is made.
    let dead = node.as_ptr();
    // No `NodeRef` is left, and the node is freed when the last `BaseRef` goes, which is not before `_counted_as` does. An
    // owned value is dropped here, once: `free` is told so. A borrowed one is kept by the base: either the base is told that
    // the corresponding slot is overridden, or what is borrowed from it in the other slots is counted first.
    // SAFETY: `owned` and `base` are this thread's (rule 1). Whoever has a `BaseRef` reads the counts and the words of slots,
    // and those are not written here.
    unsafe {
        if (*dead).owned & slot_bit != 0 {
            return slots(node).add(at).read().release();
        }
        // A node that owns nothing lets go of its base: passing the override on would leave it in the chain for nothing.
        let passed_on = if (*dead).owned == 0 {
            None
        } else {
            (*dead).base.overriding(at)
        };
        let base = passed_on.unwrap_or_else(|| {
            let borrowed = NodeView(node, PhantomData).occupied() & !(*dead).owned & !slot_bit;
            for at in bits(borrowed) {
                mem::forget((*slots(node).add(at)).share());
            }
            (*dead).owned |= borrowed;
            Base::NONE
        });
        drop(mem::replace(&mut (*dead).base, base));
    }
}

/// Drops what a node owns but for the slots that were `released` before, frees it, and drops its base.
///
/// # Safety
///
/// No handle is left.
#[inline]
pub(super) unsafe fn free(node: NonNull<Node>, released: u32) {
    /// A node that is being freed. If a value panics as it is dropped, the others are dropped all the same.
    struct Freeing {
        node: NonNull<Node>,
        owned: u32,
    }

    impl Freeing {
        #[inline(always)]
        #[allow(clippy::inline_always)]
        fn drop_owned(&mut self) {
            while self.owned != 0 {
                let at = self.owned.trailing_zeros() as usize;
                self.owned &= self.owned - 1;
                // SAFETY: no handle is left. The slot is owned, and its bit is cleared, so it is released once.
                unsafe { slots(self.node).add(at).read().release() };
            }
        }

        /// Frees a node that owns nothing any more.
        #[inline(always)]
        #[allow(clippy::inline_always)]
        fn free(&self) {
            // SAFETY: no handle is left, and the memory is of the size that the head says. The drop of the base may free
            // it in turn; the chain of nodes that nothing but a chain keeps is short (see the module).
            unsafe {
                let Node { base, size, .. } = self.node.read();
                free_list::free(self.node.cast(), size);
                drop(base);
            }
        }
    }

    impl Drop for Freeing {
        #[cold]
        fn drop(&mut self) {
            self.drop_owned();
            self.free();
        }
    }

    // SAFETY: the memory is there until it is freed below.
    let owned = unsafe { node.as_ref() }.owned & !released;
    let mut freeing = Freeing { node, owned };
    freeing.drop_owned();
    ManuallyDrop::new(freeing).free();
}
