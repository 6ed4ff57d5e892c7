//! The reference counts of a node, in one word.
//!
//! | bits | |
//! | --- | --- |
//! | 0 to 31 | how many `NodeRef`s there are |
//! | 32 to 57 | how many `BaseRef`s there are, and one more for all `NodeRef`s together |
//! | 58 to 63 | the number of the slot that was overridden last, plus one; 0 if none ever was |
//!
//! While there are `NodeRef`s, they count together as one `BaseRef`. Whoever drops the last of them first releases the
//! overridden slot, and then drops that one.

use super::atomics::{AtomicU64, Ordering, fence};
use std::process;

const NODE_REF: u64 = 1;
const BASE_REF: u64 = 1 << 32;
const SLOT: u64 = 1 << 58;
const MOST_BASE_REFS: u64 = SLOT / BASE_REF - 1;

pub(crate) struct ReferenceCounts(AtomicU64);

/// What is left after a `NodeRef` was dropped.
pub(crate) enum Left {
    /// Other `NodeRef`s.
    NodeRefs,
    /// Nothing: the dropped handle was the only one. A load showed that, without a write.
    Nothing,
    /// No `NodeRef`, and perhaps `BaseRef`s.
    NoNodeRef(BaseRefs),
}

/// The counts as they were before the last `NodeRef` was dropped.
pub(crate) struct BaseRefs(u64);

impl BaseRefs {
    /// The slot that the `BaseRef`s override, as a bit; `None` if there is no `BaseRef`.
    pub(crate) fn overridden_slot(self) -> Option<u32> {
        (base_refs(self.0) > 1).then(|| slot(self.0))
    }
}

impl ReferenceCounts {
    /// Of a node with one `NodeRef`.
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(NODE_REF | BASE_REF))
    }

    /// Whether there is one `NodeRef` and no other handle. If that is the caller's, nobody else can make one.
    #[inline]
    pub(crate) fn is_one(&self) -> bool {
        // `Acquire` pairs with the `Release` of `drop_node_ref` and `drop_base_ref`: what others did with the node has
        // happened. For a child this load alone is not enough: a version of the parent may have cloned the child's handle
        // through the slot. Whoever made that version held the parent, and let go of it before the caller found itself the
        // parent's only holder. The caller acquired that, so it sees the clone here.
        without_slot(self.0.load(Ordering::Acquire)) == NODE_REF | BASE_REF
    }

    #[inline]
    pub(crate) fn add_node_ref(&self) {
        // Relaxed, here and below: whoever has a handle sees the node already.
        if node_refs(self.0.fetch_add(NODE_REF, Ordering::Relaxed)) > BASE_REF / 2 {
            too_many_handles();
        }
    }

    /// Counts one more `BaseRef`, which overrides the slot of this bit.
    ///
    /// False, and nothing is counted, if other `BaseRef`s override another slot, if no `NodeRef` is left (callers
    /// hold one), or if there are too many `BaseRef`s.
    #[inline]
    pub(crate) fn add_base_ref_overriding(&self, slot_bit: u32) -> bool {
        let added = |counts| {
            let is_free_to_choose = base_refs(counts) <= 1;
            let agrees = slot(counts) == slot_bit || is_free_to_choose;
            let is_possible = agrees && node_refs(counts) > 0 && base_refs(counts) < MOST_BASE_REFS;
            is_possible.then(|| without_slot(counts) + BASE_REF + (u64::from(slot_bit.trailing_zeros()) + 1) * SLOT)
        };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added).is_ok()
    }

    /// Counts one more `BaseRef` beside another, which overrides the same slot. False if there are too many.
    pub(crate) fn add_base_ref(&self) -> bool {
        let added = |counts| (base_refs(counts) < MOST_BASE_REFS).then_some(counts + BASE_REF);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added).is_ok()
    }

    #[inline]
    pub(crate) fn drop_node_ref(&self) -> Left {
        if self.is_one() {
            return Left::Nothing;
        }
        let counts = self.0.fetch_sub(NODE_REF, Ordering::Release);
        if node_refs(counts) > 1 {
            return Left::NodeRefs;
        }
        fence(Ordering::Acquire);
        Left::NoNodeRef(BaseRefs(counts))
    }

    /// Drops a `BaseRef`. If no handle is left, returns the overridden slot as a bit. If the node owned it, what was in it has
    /// been released.
    #[inline]
    pub(crate) fn drop_base_ref(&self) -> Option<u32> {
        let counts = self.0.fetch_sub(BASE_REF, Ordering::Release);
        if base_refs(counts) > 1 {
            return None;
        }
        fence(Ordering::Acquire);
        Some(slot(counts))
    }
}

/// Ends the process. So many handles exist only if they were forgotten in place of dropped; twice as many would overflow
/// the count, and free in use what they point to.
///
/// Of the `C` ABI, which does not unwind: a caller that counts a handle needs no landing pad.
#[cold]
pub(crate) extern "C" fn too_many_handles() -> ! {
    process::abort()
}

const fn node_refs(counts: u64) -> u64 {
    counts % BASE_REF
}

const fn base_refs(counts: u64) -> u64 {
    without_slot(counts) / BASE_REF
}

const fn without_slot(counts: u64) -> u64 {
    counts % SLOT
}

/// The overridden slot as a bit, 0 if there is none.
const fn slot(counts: u64) -> u32 {
    match counts / SLOT {
        0 => 0,
        number => 1 << (number - 1),
    }
}

#[cfg(test)]
mod tests;
