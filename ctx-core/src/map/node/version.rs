//! How a version of a node is made: what it borrows, what it has to count, and what it tells about its base.

use super::layout::{ALL, Base, BaseRef, Node, NodeRef, NodeView, Slot, bits, slots};
use super::slot::{Content, OwnedSlot};
use crate::descriptor::Descriptor;
use crate::map::free_list::{Block, SizeClass};
use crate::map::reference_counts::ReferenceCounts;
use std::num::NonZeroUsize;
use std::ptr::{self, NonNull};

impl NodeView<'_> {
    /// What a node with the same slots can borrow from: this node, or its base if it owns nothing.
    fn as_base(self) -> Base {
        let node = self.node();
        let below = (node.owned == 0).then(|| node.base.share()).flatten();
        below.unwrap_or_else(|| Base::node_ref(self.share()))
    }

    /// The size of a version of this root in which a variable gets another binding, in the usual case: its binding lies here,
    /// owned or borrowed, or its slot is empty and may be used.
    #[inline]
    pub(crate) fn size_with(self, variable: &'static Descriptor) -> Option<SizeClass> {
        let slot = self.slot(variable.number());
        let is_usual = slot.is_empty() && !self.is_full() || slot.binding_of(variable).is_some();
        is_usual.then_some(self.node().size)
    }

    /// A version with something else in the slot for a number.
    pub(crate) fn version(self, number: u32, slot: OwnedSlot) -> NodeRef {
        // SAFETY: the block is made for this node's size.
        unsafe { self.version_in(Block::new(self.node().size), number, slot) }
    }

    /// That version in a block.
    ///
    /// # Safety
    ///
    /// The block has this node's size.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(crate) unsafe fn version_in(self, block: Block, number: u32, slot: OwnedSlot) -> NodeRef {
        let (node, at) = (self.node(), self.index(number));
        let (was_used, is_used) = (!self.slot(number).is_empty(), !slot.is_empty());
        let (base, counted) = if was_used {
            self.base_overriding(1 << at)
        } else {
            (self.as_base(), 0)
        };
        let head = Node {
            variable: None,
            counts: ReferenceCounts::new(),
            owned: u32::from(is_used) << at,
            last: node.last,
            used: node.used + u8::from(is_used) - u8::from(was_used),
            load_limit: node.load_limit,
            size: node.size,
            base,
        };
        // SAFETY: the caller's promise; the head says as many slots as this node has. They are written in the next lines.
        let mut version = unsafe { NodeRef::in_block(block, head) };
        // SAFETY: the new node is as wide as this one, and nobody else has a handle to it. The copy in slot `at` is
        // overwritten and not dropped: it was never owned.
        unsafe {
            copy_slots(self.0, version.0, node.last);
            slots(version.0).add(at).write(slot.into_slot());
        }
        if counted != 0 {
            // SAFETY: this is the only handle. The old node is held by `self`, so what was copied is alive.
            unsafe { version.count(counted & !(1 << at)) };
        }
        version
    }

    /// Whether this node is a version of `old` and as wide, and each variable that is bound in `old` is still bound, in the
    /// same slot. Then the owned slots are what was written.
    pub(crate) fn is_written_over(self, old: NodeView<'_>) -> bool {
        let node = self.node();
        if node.base.node() != Some(old.0) || node.last != old.node().last || !self.owns_bindings_only() {
            return false;
        }
        let mut new = 0;
        for at in bits(node.owned) {
            let found = &old.slots()[at];
            if found.is_empty() {
                new += 1;
            } else if !found.has_same_variable(&self.slots()[at]) {
                return false;
            }
        }
        usize::from(node.used) == usize::from(old.node().used) + new
    }

    /// Whether the node owns all that is in its slots, and has no children.
    pub(crate) fn is_all_written(self) -> bool {
        self.node().base.is_none() && self.owns_bindings_only()
    }

    fn owns_bindings_only(self) -> bool {
        bits(self.node().owned).all(|at| self.slots()[at].node().is_none())
    }

    /// The variables that are owned, each with the address of what the base has in its slot, if that is something. A
    /// binding that was put back as it was is left out.
    ///
    /// The caller has checked that the node [is written over](Self::is_written_over) its base, or
    /// [is all written](Self::is_all_written).
    pub(crate) fn written(self) -> impl Iterator<Item = (&'static Descriptor, Option<NonZeroUsize>)> {
        let base = self.node().base.node();
        bits(self.node().owned).filter_map(move |at| {
            let slot = &self.slots()[at];
            let Content::Binding(binding) = slot.content() else {
                return None;
            };
            // SAFETY: the base is as wide, and this node's handle keeps its memory. What an overridden slot points to may be
            // gone, but its word is never written, and nothing but the word is looked at.
            let found = base.map(|base| unsafe { &*slots(base).add(at) });
            let is_back = found.is_some_and(|found| found.is(slot));
            (!is_back).then(|| (binding.variable, found.and_then(Slot::address)))
        })
    }

    /// A wider node with the same in its slots, all of it borrowed.
    pub(super) fn rehashed(self, last: u32, shift: u32) -> NodeRef {
        let mut wider = NodeRef::empty(last, self.as_base());
        // SAFETY: nobody else has a handle to the new node. Its base keeps what is copied.
        unsafe { rehash(self, &mut wider, shift) };
        wider
    }

    /// What a version with something else in an occupied slot can borrow from, and the slots that it has to count.
    ///
    /// Of the `C` ABI, which does not unwind.
    #[inline(never)]
    #[allow(improper_ctypes_definitions)]
    extern "C" fn base_overriding(self, slot_bit: u32) -> (Base, u32) {
        let node = self.node();
        if node.owned == slot_bit {
            return node.base.share().map_or((Base::NONE, ALL), |base| (base, 0));
        }
        // A node that owns nothing is left out of the chain, if its base can take the override.
        if let Some(base) = node.base.node_view().filter(|_| node.owned == 0) {
            let corresponding = 1 << base.index(slot_bit.trailing_zeros());
            return base.base_overriding(corresponding);
        }
        if node.counts.add_base_ref_overriding(slot_bit) {
            return (Base::base_ref(BaseRef(self.0)), 0);
        }
        (Base::NONE, ALL)
    }
}

/// Copies the slots of a node into a wider one, which owns none of them. Returns those that the old node owns, as bits of
/// the new one.
///
/// # Safety
///
/// `wider` is the only handle to a node with empty slots. What is copied is alive for as long as that node has it.
pub(super) unsafe fn rehash(old: NodeView<'_>, wider: &mut NodeRef, shift: u32) -> u32 {
    debug_assert!(wider.view().node().last > old.node().last);
    // SAFETY: the caller's promise.
    unsafe { wider.node_mut() }.used = old.node().used;
    let mut owned = 0;
    for (old_at, slot) in old.slots().iter().enumerate() {
        let binding = match slot.content() {
            Content::Binding(binding) => binding,
            Content::Nothing => continue,
            // Numbers that collide in a node that is not the widest make it wider, and only the widest gets a child.
            Content::Node(_) => unreachable!("a node that becomes wider has no children"),
        };
        let at = wider.view().index(binding.number >> shift);
        // SAFETY: the slot is one of the new node's. Each binding lies in the slot of its number (rule 0), and numbers that
        // differ modulo a width differ modulo twice that width. So no two bindings get the same slot.
        unsafe { ptr::copy_nonoverlapping(slot, slots(wider.0).add(at), 1) };
        owned |= (old.node().owned >> old_at & 1) << at;
    }
    owned
}

/// Copies the slots of one node into another.
///
/// # Safety
///
/// Both have 4, 8, 16 or 32 slots, and this is the number of the last one. Nobody looks at those of the second.
#[inline]
unsafe fn copy_slots(from: NonNull<Node>, to: NonNull<Node>, last: u32) {
    // Copies of a known size take a few instructions, others a call.
    // SAFETY: the caller's promise.
    unsafe {
        copy::<0, 4>(from, to);
        if last > 3 {
            copy::<4, 4>(from, to);
        }
        if last > 7 {
            copy::<8, 8>(from, to);
        }
        if last > 15 {
            copy::<16, 16>(from, to);
        }
    }
}

/// # Safety
///
/// Both nodes have slots `FIRST` to `FIRST + MANY - 1`, and nobody looks at those of the second.
#[inline]
unsafe fn copy<const FIRST: usize, const MANY: usize>(from: NonNull<Node>, to: NonNull<Node>) {
    // SAFETY: the caller's promise.
    unsafe { ptr::copy_nonoverlapping(slots(from).add(FIRST), slots(to).add(FIRST), MANY) }
}
