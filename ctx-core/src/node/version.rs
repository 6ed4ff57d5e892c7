//! Versions of a node: what they borrow, and what they have to count.

use super::base::Base;
use super::{ALL, Content, Node, Rest, Slot, View, Whole, bits, slots, write_empty};
use crate::counts::Counts;
use crate::info::Info;
use crate::spare::{Block, Size};
use std::num::NonZeroUsize;
use std::ptr::{self, NonNull};

impl View<'_> {
    /// What a node with all of this in it can borrow from: this one, or if it owns nothing its base.
    fn base(self) -> Base {
        let node = self.node();
        let below = (node.owned == 0).then(|| node.base.share()).flatten();
        below.unwrap_or_else(|| Base::whole(self.share()))
    }

    /// The size of a version in which a variable is bound anew, in the usual case: that has a slot here, or a free one.
    #[inline]
    pub(crate) fn size_with(self, info: &'static Info) -> Option<Size> {
        let (node, slot) = (self.node(), self.slot(info.number()));
        let is_usual = slot.is_empty() && !node.is_crowded() || slot.binding_of(info).is_some();
        is_usual.then_some(node.size)
    }

    /// A version with something else in the slot for a number.
    pub(crate) fn version(self, number: u32, slot: Slot) -> Whole {
        self.version_in(Block::new(self.node().size), number, slot)
    }

    /// The same in a block of its size.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(crate) fn version_in(self, block: Block, number: u32, slot: Slot) -> Whole {
        let (node, at) = (self.node(), self.at(number));
        let (was_used, is_used) = (!self.slot(number).is_empty(), !slot.is_empty());
        let (base, counted) = if was_used {
            self.base_without(1 << at)
        } else {
            (self.base(), 0)
        };
        let head = Node {
            info: None,
            counts: Counts::new(),
            owned: u32::from(is_used) << at,
            last: node.last,
            used: node.used + u8::from(is_used) - u8::from(was_used),
            enough: node.enough,
            size: node.size,
            base,
        };
        let mut version = Whole::begin(block, head);
        // SAFETY: the new node is as wide as this one, and nobody else has a handle to it. What it gets is counted, or in
        // the chain of its base; what it gets in this slot is replaced without a trace.
        unsafe {
            copy_slots(self.0, version.0, node.last);
            slots(version.0).add(at).write(slot);
        }
        if counted != 0 {
            version.count(counted & !(1 << at));
        }
        version
    }

    /// Whether this is a version of `old` that borrows from it, as wide, and has the same variables in all slots where that
    /// has something: then what was written is what is owned.
    pub(crate) fn is_written_over(self, old: View<'_>) -> bool {
        let node = self.node();
        // A base is as wide as what borrows from it, or narrower.
        if node.base.node() != Some(old.0) || node.last != old.node().last || !self.owns_bindings() {
            return false;
        }
        let mut new = 0;
        for at in bits(node.owned) {
            let found = &old.slots()[at];
            if found.is_empty() {
                new += 1;
            } else if !found.is_of_same(&self.slots()[at]) {
                return false;
            }
        }
        usize::from(node.used) == usize::from(old.node().used) + new
    }

    /// Whether it borrows nothing, and has no nodes below it.
    pub(crate) fn is_all_written(self) -> bool {
        self.node().base.is_none() && self.owns_bindings()
    }

    /// Whether all that it owns are bindings.
    fn owns_bindings(self) -> bool {
        bits(self.node().owned).all(|at| self.slots()[at].node().is_none())
    }

    /// What is owned, each with the address of what the base has in its place, if it has something; but not what was put
    /// back as it was.
    ///
    /// Asks for a node that [is written over](Self::is_written_over) another, or [all](Self::is_all_written) of it.
    pub(crate) fn written(self) -> impl Iterator<Item = (&'static Info, Option<NonZeroUsize>)> {
        let base = self.node().base.node();
        bits(self.node().owned).filter_map(move |at| {
            let slot = &self.slots()[at];
            let Content::Binding(binding) = slot.content() else {
                return None;
            };
            // SAFETY: the handle keeps the base, which is as wide, and nobody writes the slots of a node that others have
            // handles to. What a slot leads to may be gone, and is not looked at.
            let found = base.map(|base| unsafe { &*slots(base).add(at) });
            let is_back = found.is_some_and(|found| found.is(slot));
            (!is_back).then(|| (binding.info, found.and_then(Slot::address)))
        })
    }

    /// A wider node with the same in its slots, all of it borrowed.
    pub(super) fn spread_out(self, last: u32, shift: u32) -> Whole {
        self.spread(Whole::allocate(last, self.base()), shift).0
    }

    /// Copies the slots into a new wider node, which owns none; returns it, and those which are owned here.
    pub(super) fn spread(self, mut wider: Whole, shift: u32) -> (Whole, u32) {
        wider.node_mut().used = self.node().used;
        let mut owned = 0;
        // SAFETY: nobody else has a handle to the new node. Numbers that part in a node part in a wider one.
        unsafe {
            write_empty(wider.0);
            for (old, slot) in self.slots().iter().enumerate() {
                let Content::Binding(binding) = slot.content() else {
                    continue;
                };
                let at = wider.view().at(binding.number >> shift);
                ptr::copy_nonoverlapping(slot, slots(wider.0).add(at), 1);
                owned |= (self.node().owned >> old & 1) << at;
            }
        }
        (wider, owned)
    }

    /// What a version with something else in an occupied slot can borrow from, and the slots that it has to count.
    ///
    /// Of the `C` ABI, which does not unwind.
    #[inline(never)]
    #[allow(improper_ctypes_definitions)]
    extern "C" fn base_without(self, slot: u32) -> (Base, u32) {
        let node = self.node();
        if node.owned == slot {
            return node.base.share().map_or((Base::NONE, ALL), |base| (base, 0));
        }
        if node.counts.add_rest_hiding(slot) {
            return (Base::rest(Rest(self.0)), 0);
        }
        (Base::NONE, ALL)
    }
}

/// Copies the slots of one node into another: 4, 8, 16 or 32.
///
/// # Safety
///
/// Both have slots up to this last one, and nobody looks at those of the second.
#[inline]
unsafe fn copy_slots(from: NonNull<Node>, to: NonNull<Node>, last: u32) {
    // Copies of a known size take a few instructions, others a call.
    // SAFETY: as the caller says.
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
/// As above.
#[inline]
unsafe fn copy<const FIRST: usize, const MANY: usize>(from: NonNull<Node>, to: NonNull<Node>) {
    // SAFETY: as the caller says.
    unsafe { ptr::copy_nonoverlapping(slots(from).add(FIRST), slots(to).add(FIRST), MANY) }
}
