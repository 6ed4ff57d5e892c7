//! Versions of a node: what they borrow, and what they have to count.

use super::base::Base;
use super::{ALL, Content, Rest, Slot, View, Whole, slots, write_empty};
use std::{mem, ptr};

impl View<'_> {
    /// What a node with all of this in it can borrow from: this one, or if it owns nothing its base.
    fn base(self) -> Base {
        let node = self.node();
        let below = (node.owned == 0).then(|| node.base.share()).flatten();
        below.unwrap_or_else(|| Base::whole(self.share()))
    }

    /// A version with something else in the slot for a number.
    pub(crate) fn version(self, number: u32, slot: Slot) -> Whole {
        let at = self.at(number);
        let (base, counted) = if self.slot(number).is_empty() {
            (self.base(), 0)
        } else {
            self.base_without(1 << at)
        };
        let mut version = Whole::allocate(self.node().last, base);
        version.node_mut().used = self.node().used;
        // SAFETY: the new node is as wide as this one, and nobody else has a handle to it. What it gets is counted, or in
        // the chain of its base; what it gets in this slot is replaced without a trace.
        unsafe {
            ptr::copy_nonoverlapping(slots(self.0), slots(version.0), self.slots().len());
            mem::forget(version.put(at, slot));
        }
        version.count(counted & !(1 << at));
        version
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
    fn base_without(self, slot: u32) -> (Base, u32) {
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
