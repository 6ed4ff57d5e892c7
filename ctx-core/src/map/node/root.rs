//! A root: the node that a map begins with, or none.

use super::layout::{Node, NodeRef, NodeView, Slot};
use std::marker::PhantomData;
use std::ptr::NonNull;

/// A [`NodeRef`], or the address of a static that looks like a node with one empty slot. So a read need not ask whether
/// there is a node.
#[repr(transparent)]
pub(crate) struct Root(NonNull<Node>);

/// The head of a node, all zeros, and the one slot that `last: 0` stands for. Each field of a head may be zero. Nobody
/// writes the counts: no `NodeRef` is made of a root that points here.
#[repr(C, align(8))]
struct Nothing {
    head: [u8; size_of::<Node>()],
    slot: Slot,
}

const _: () = assert!(align_of::<Nothing>() >= align_of::<Node>());

static NOTHING: Nothing = Nothing {
    head: [0; size_of::<Node>()],
    slot: Slot::EMPTY,
};

// SAFETY: a root is a `NodeRef`, or points to a static that nobody writes.
unsafe impl Send for Root {}
// SAFETY: as above.
unsafe impl Sync for Root {}

impl Root {
    pub(crate) const NONE: Self = match NonNull::new((&raw const NOTHING).cast_mut()) {
        Some(nothing) => Self(nothing.cast()),
        None => panic!("a static has an address"),
    };

    const NONE_ADDRESS: NonNull<Node> = Self::NONE.into_raw();

    #[inline]
    pub(crate) fn of(node: NodeRef) -> Self {
        Self(node.into_raw())
    }

    const fn into_raw(self) -> NonNull<Node> {
        let node = self.0;
        std::mem::forget(self);
        node
    }

    #[inline]
    fn is_none(&self) -> bool {
        self.0 == Self::NONE_ADDRESS
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&NodeRef> {
        // SAFETY: a root that is not `NONE` is a `NodeRef`, and both are one pointer.
        (!self.is_none()).then(|| unsafe { &*(&raw const *self).cast::<NodeRef>() })
    }

    #[inline]
    pub(crate) fn get_mut(&mut self) -> Option<&mut NodeRef> {
        // SAFETY: as above. Whatever the caller puts in its place is a `NodeRef` too.
        (!self.is_none()).then(|| unsafe { &mut *(&raw mut *self).cast::<NodeRef>() })
    }

    /// The slot for a number: of the node, or the one of the static, which is empty.
    ///
    /// The `NodeView` made here may be of the static. It is not given out, since no version of the static could be made.
    #[inline]
    pub(crate) fn slot(&self, number: u32) -> &Slot {
        NodeView(self.0, PhantomData).slot(number)
    }
}

impl Clone for Root {
    #[inline]
    fn clone(&self) -> Self {
        self.get().cloned().map_or(Self::NONE, Self::of)
    }
}

impl Drop for Root {
    #[inline]
    fn drop(&mut self) {
        if !self.is_none() {
            drop(NodeRef(self.0));
        }
    }
}
