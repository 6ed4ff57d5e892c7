//! A root: the node that a map begins with, or none.

use super::{Node, Slot, View, Whole};
use std::marker::PhantomData;
use std::ptr::NonNull;

/// A [`Whole`], or a pointer to what looks like a node with nothing in it: a read need not ask which.
#[repr(transparent)]
pub(crate) struct Root(NonNull<Node>);

/// The head of a node, all zeros, and the one slot that it says it has. All that a head is made of may be zeros, and nobody
/// writes the counts in it: for a root that is this there is no `Whole`.
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

// SAFETY: a root is a `Whole`, or leads to what nobody writes.
unsafe impl Send for Root {}
// SAFETY: as above.
unsafe impl Sync for Root {}

impl Root {
    pub(crate) const NONE: Self = match NonNull::new((&raw const NOTHING).cast_mut()) {
        Some(nothing) => Self(nothing.cast()),
        None => panic!("a static has an address"),
    };

    #[inline]
    pub(crate) fn of(node: Whole) -> Self {
        Self(node.into_raw())
    }

    #[inline]
    fn is_none(&self) -> bool {
        self.0 == Self::NONE_AT
    }

    const NONE_AT: NonNull<Node> = Self::NONE.at();

    const fn at(self) -> NonNull<Node> {
        let at = self.0;
        std::mem::forget(self);
        at
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<&Whole> {
        // SAFETY: it is a `Whole`, which is a pointer like it.
        (!self.is_none()).then(|| unsafe { &*(&raw const *self).cast::<Whole>() })
    }

    #[inline]
    pub(crate) fn get_mut(&mut self) -> Option<&mut Whole> {
        // SAFETY: as above. Whatever is put in its place is a `Whole` too.
        (!self.is_none()).then(|| unsafe { &mut *(&raw mut *self).cast::<Whole>() })
    }

    /// The node, or one with nothing in it, to be read.
    #[inline]
    pub(crate) fn view(&self) -> View<'_> {
        View(self.0, PhantomData)
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
            drop(Whole(self.0));
        }
    }
}
