//! The types, and how their memory is laid out: a node is a head and its slots, in one allocation.

use crate::descriptor::Descriptor;
use crate::map::free_list::SizeClass;
use crate::map::reference_counts::ReferenceCounts;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// How many bits of a number the widest node tells apart.
pub(crate) const BITS: u32 = 5;
/// The last slot of the widest node, and of the narrowest.
pub(super) const WIDEST: u32 = (1 << BITS) - 1;
pub(super) const NARROWEST: u32 = 3;
/// All slots, as bits.
pub(super) const ALL: u32 = u32::MAX;

/// What a node begins with. Its slots follow in the same allocation: 4, 8, 16 or 32.
#[repr(C)]
pub(super) struct Node {
    /// First: a read finds `None` where a binding has its variable. See [`Target`].
    pub(super) variable: Option<&'static Descriptor>,
    pub(super) counts: ReferenceCounts,
    /// The slots that are owned, as bits. None of them is empty. When the last `NodeRef` is dropped, what is in the
    /// overridden slot is released, and its bit stays.
    pub(super) owned: u32,
    /// The number of the last slot.
    pub(super) last: u32,
    /// How many slots are not empty.
    pub(super) used: u8,
    /// A node with so many used slots becomes wider before another one is used.
    pub(super) load_limit: u8,
    /// The size of its memory.
    pub(super) size: SizeClass,
    pub(super) base: Base,
}

/// The memory of a node has room for its slots.
#[cfg(not(contextvars_loom))]
const _: () = {
    let mut slots = NARROWEST + 1;
    while slots <= WIDEST + 1 {
        let size = size_of::<Node>() + slots as usize * size_of::<Slot>();
        assert!(size_of::<usize>() != 8 || SizeClass::of_node(slots).layout().size() == size);
        assert!(SizeClass::of_node(slots).layout().size() >= size);
        slots *= 2;
    }
};

/// With so many used slots a node becomes wider before another one is used: three quarters, and never for the widest.
#[allow(clippy::cast_possible_truncation)]
pub(super) const fn load_limit(last: u32) -> u8 {
    const SLOTS: u8 = WIDEST as u8 + 1;
    match last {
        WIDEST => SLOTS + 1,
        last => (last as u8 + 1) / 4 * 3,
    }
}

/// The last slot of the narrowest node that tells two numbers apart, or of the widest node.
pub(super) fn width_for(one: u32, other: u32) -> u32 {
    let first_different_bit = (one ^ other).trailing_zeros();
    if first_different_bit < BITS {
        (2 << first_different_bit) - 1
    } else {
        WIDEST
    }
}

/// A counted handle that keeps what is in all slots of a node.
#[repr(transparent)]
pub(crate) struct NodeRef(pub(super) NonNull<Node>);

/// A counted handle that keeps what is in all slots of a node but the overridden one.
#[repr(transparent)]
pub(super) struct BaseRef(pub(super) NonNull<Node>);

/// A node that somebody else holds a [`NodeRef`] to, for at least `'a`, or that this thread releases.
#[derive(Clone, Copy)]
pub(crate) struct NodeView<'a>(pub(super) NonNull<Node>, pub(super) PhantomData<&'a Node>);

/// What everything begins with that a slot may point to. A read compares this word, and looks at nothing else.
#[repr(C)]
pub(super) struct Target {
    /// The variable of a binding; `None` in a node; `NO_VARIABLE` where nothing is.
    pub(super) variable: Option<&'static Descriptor>,
}

/// A slot of a node: the address of a binding, of a node, or of the static that stands for nothing. The word alone does not
/// say whether it is a counted handle: the node's bit in `owned` does.
///
/// Whoever has a `&'a Slot` may follow it for `'a`: somebody holds a `NodeRef` of its node, or it is not overridden.
/// `NodeView::written` and the release of a dead node have others, and look only at their words.
#[repr(transparent)]
pub(crate) struct Slot(pub(super) NonNull<Target>);

/// What a node borrows its slots from: nothing, a `NodeRef`, or a `BaseRef`, whose lowest bit is then set.
///
/// It is one word, so that it stays in a register on its way into a new node.
#[repr(transparent)]
pub(super) struct Base(pub(super) *mut Node);

/// The counts of a node, and nothing else of it.
///
/// # Safety
///
/// Somebody holds the node for `'a`.
#[inline]
pub(super) unsafe fn counts<'a>(node: NonNull<Node>) -> &'a ReferenceCounts {
    // SAFETY: the caller's promise. No `&Node` is made: another thread may write the rest of the node.
    unsafe { &(*node.as_ptr()).counts }
}

/// The slots of a node.
#[inline]
pub(super) fn slots(node: NonNull<Node>) -> *mut Slot {
    // SAFETY: the slots follow the head in the same allocation.
    unsafe { node.add(1).cast::<Slot>().as_ptr() }
}

/// The numbers of the bits that are set.
pub(super) fn bits(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = set.trailing_zeros();
        (set != 0).then(|| {
            set &= set - 1;
            at as usize
        })
    })
}
