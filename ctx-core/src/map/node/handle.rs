//! The handles to a node: what they show, and how the only handle writes a node in place.

use super::layout::{
    BITS, Base, BaseRef, NARROWEST, Node, NodeRef, NodeView, Slot, WIDEST, bits, counts, load_limit, slots, width_for,
};
use super::release::{free, release_last, release_only};
use super::slot::OwnedSlot;
use super::version::rehash;
use crate::descriptor::Descriptor;
use crate::map::binding::BindingRef;
use crate::map::free_list::{Block, SizeClass};
use crate::map::reference_counts::{Left, ReferenceCounts};
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr::NonNull;

// SAFETY: bindings are `Send` and `Sync`, and so are counts. Rule 1 of the module says who writes the rest.
unsafe impl Send for NodeRef {}
// SAFETY: as above.
unsafe impl Sync for NodeRef {}
// No user code runs while a node is written.
impl UnwindSafe for NodeRef {}
impl RefUnwindSafe for NodeRef {}

impl Node {
    #[inline]
    fn is_full(&self) -> bool {
        self.used >= self.load_limit
    }
}

impl<'a> NodeView<'a> {
    #[inline]
    pub(super) fn node(self) -> &'a Node {
        // SAFETY: somebody holds a `NodeRef` for `'a`, or the last was dropped and this thread releases the node. Either way
        // nobody else writes it (rule 1), and this thread does not while the view is used.
        unsafe { self.0.as_ref() }
    }

    pub(crate) fn slots(self) -> &'a [Slot] {
        // SAFETY: as above, and slots 0 to `last` follow the head.
        unsafe { std::slice::from_raw_parts(slots(self.0), self.node().last as usize + 1) }
    }

    /// The slot for a number.
    #[inline]
    pub(crate) fn slot(self, number: u32) -> &'a Slot {
        // SAFETY: as above, and `index` is at most `last`.
        unsafe { &*slots(self.0).add(self.index(number)) }
    }

    /// The index of the slot for a number.
    #[inline]
    pub(super) fn index(self, number: u32) -> usize {
        (number & self.node().last) as usize
    }

    pub(crate) fn is_widest(self) -> bool {
        self.node().last == WIDEST
    }

    /// Whether the node should become wider before another slot is used. If it did not, the versions of it soon would.
    #[inline]
    pub(crate) fn is_full(self) -> bool {
        self.node().is_full()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.node().used == 0
    }

    /// The slots that are not empty, as bits.
    pub(super) fn occupied(self) -> u32 {
        let bit = |(at, slot): (usize, &Slot)| u32::from(!slot.is_empty()) << at;
        self.slots().iter().enumerate().map(bit).sum()
    }

    /// A handle of one's own.
    #[inline]
    pub(crate) fn share(self) -> NodeRef {
        self.node().counts.add_node_ref();
        NodeRef(self.0)
    }
}

impl NodeRef {
    /// The size of the narrowest node, which one binding takes.
    pub(crate) const NARROWEST_SIZE: SizeClass = SizeClass::of_node(NARROWEST + 1);

    /// Begins a node in a block.
    ///
    /// # Safety
    ///
    /// The block has the size `head.size`, which is that of a node with `head.last + 1` slots. The caller writes all slots
    /// before anybody looks at one.
    #[inline]
    pub(super) unsafe fn in_block(block: Block, head: Node) -> Self {
        debug_assert!(block.size() == head.size);
        let node = block.into_memory().cast::<Node>();
        // SAFETY: the block has the size of a node with this head, and nobody else has its memory.
        unsafe { node.write(head) };
        Self(node)
    }

    /// A node with empty slots.
    pub(super) fn empty(last: u32, base: Base) -> Self {
        let size = SizeClass::of_node(last + 1);
        let head = Node {
            variable: None,
            counts: ReferenceCounts::new(),
            owned: 0,
            last,
            used: 0,
            load_limit: load_limit(last),
            size,
            base,
        };
        // SAFETY: the block is made for this size. The slots are written in the next line.
        let node = unsafe { Self::in_block(Block::new(size), head) };
        // SAFETY: nobody else has a handle, and the slots held nothing.
        unsafe { write_empty_slots(node.0) };
        node
    }

    /// A node with one binding, in the slot for this number.
    ///
    /// # Safety
    ///
    /// The block has the size [`NARROWEST_SIZE`](Self::NARROWEST_SIZE).
    #[inline]
    pub(crate) unsafe fn single_in(block: Block, number: u32, binding: BindingRef) -> Self {
        let at = number & NARROWEST;
        let head = Node {
            variable: None,
            counts: ReferenceCounts::new(),
            owned: 1 << at,
            last: NARROWEST,
            used: 1,
            load_limit: const { load_limit(NARROWEST) },
            size: Self::NARROWEST_SIZE,
            base: Base::NONE,
        };
        // SAFETY: the caller's promise. The slots are written in the next lines.
        let node = unsafe { Self::in_block(block, head) };
        // SAFETY: nobody else has a handle, the slots held nothing, and `at` is one of them.
        unsafe {
            write_empty_slots(node.0);
            slots(node.0)
                .add(at as usize)
                .write(OwnedSlot::binding(binding).into_slot());
        }
        node
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// The handle as a pointer. It still counts.
    #[inline]
    pub(super) fn into_raw(self) -> NonNull<Node> {
        ManuallyDrop::new(self).0
    }

    #[inline]
    pub(crate) fn view(&self) -> NodeView<'_> {
        NodeView(self.0, PhantomData)
    }

    /// Whether this is the only handle.
    #[inline]
    fn is_only(&self) -> bool {
        self.view().node().counts.is_one()
    }

    /// Swaps `binding` with what a variable is bound to, in place. Allocates nothing, and drops nothing.
    ///
    /// Returns false, and has changed nothing, if the node has another handle; if the slot is borrowed, or has another
    /// variable's binding; if an empty slot is needed and the node is full; if there is nothing to swap; or if the node would
    /// be left empty and has a base or, unless it `may_be_empty`, a parent. `rest` is the number without the bits that the levels before have told apart. A child in the slot is written in
    /// the same way.
    #[inline]
    pub(crate) fn swap(
        &mut self,
        rest: u32,
        variable: &'static Descriptor,
        binding: &mut Option<BindingRef>,
        may_be_empty: bool,
    ) -> bool {
        if !self.is_only() {
            return false;
        }
        let at = self.view().index(rest);
        let bit = 1 << at;
        // SAFETY: this is the only handle, borrowed exclusively. The head and its slots don't overlap.
        let (node, slot) = unsafe { (self.0.as_mut(), &mut *slots(self.0).add(at)) };
        if node.owned & bit != 0 {
            // SAFETY: the slot is owned, by its bit.
            match (unsafe { slot.owned_binding_mut(variable) }, &mut *binding) {
                (Some(old), Some(new)) => mem::swap(old, new),
                // A node that shows nothing must not keep alive what its base owns.
                (Some(_), None) if node.used > 1 || may_be_empty && node.base.is_none() => {
                    node.owned &= !bit;
                    node.used -= 1;
                    let owned = mem::replace(slot, Slot::EMPTY);
                    // SAFETY: the slot was owned, and is empty now.
                    *binding = unsafe { owned.assume_owned() }.into_binding();
                }
                (Some(_), None) => return false,
                // SAFETY: the slot is owned, by its bit.
                (None, _) => return unsafe { slot.swap_below(rest >> BITS, variable, binding) },
            }
            return true;
        }
        if !slot.is_empty() || node.is_full() {
            return false;
        }
        let Some(new) = binding.take() else {
            return false;
        };
        node.owned |= bit;
        node.used += 1;
        *slot = OwnedSlot::binding(new).into_slot();
        true
    }

    /// The handle to the binding of a variable, if this node owns it and nobody else sees the node.
    #[inline]
    pub(crate) fn owned_binding_mut(&mut self, rest: u32, variable: &'static Descriptor) -> Option<&mut BindingRef> {
        let at = self.view().index(rest);
        if !self.is_only() || self.view().node().owned & (1 << at) == 0 {
            return None;
        }
        // SAFETY: this is the only handle, borrowed exclusively, and the slot is owned, by its bit.
        unsafe { (*slots(self.0).add(at)).owned_binding_mut(variable) }
    }

    /// Whether the slot for a number can be written in place: no other handle sees it, and it borrows nothing.
    pub(crate) fn can_set_slot(&self, number: u32) -> bool {
        let view = self.view();
        let is_owned = view.node().owned & (1 << view.index(number)) != 0;
        self.is_only() && (is_owned || view.slot(number).is_empty())
    }

    /// Writes the slot for a number in place, and returns what was in it.
    ///
    /// # Panics
    ///
    /// If [`can_set_slot`](Self::can_set_slot) is false.
    pub(crate) fn set_slot(&mut self, number: u32, slot: OwnedSlot) -> OwnedSlot {
        assert!(self.can_set_slot(number));
        let at = self.view().index(number);
        let is_used = u32::from(!slot.is_empty());
        // SAFETY: this is the only handle, borrowed exclusively, and the slot is one of the node's. It was owned or empty.
        let old = unsafe { mem::replace(&mut *slots(self.0).add(at), slot.into_slot()).assume_owned() };
        // SAFETY: as above.
        let node = unsafe { self.node_mut() };
        node.owned = node.owned & !(1 << at) | is_used << at;
        node.used = node.used + u8::from(is_used == 1) - u8::from(!old.is_empty());
        old
    }

    /// # Safety
    ///
    /// This is the only handle.
    #[inline]
    pub(super) unsafe fn node_mut(&mut self) -> &mut Node {
        debug_assert!(self.is_only());
        // SAFETY: the caller's promise, and the handle is borrowed exclusively.
        unsafe { self.0.as_mut() }
    }

    /// Makes the node wide enough to have a slot each for two numbers that collide, or as wide as a node can be.
    ///
    /// `shift` says how many bits of the numbers the levels before have told apart.
    pub(crate) fn widen(&mut self, shift: u32, one: u32, other: u32) {
        self.widen_to(width_for(one >> shift, other >> shift), shift);
    }

    /// Makes the node twice as wide.
    pub(crate) fn double(&mut self, shift: u32) {
        self.widen_to(self.view().node().last * 2 + 1, shift);
    }

    fn widen_to(&mut self, last: u32, shift: u32) {
        if !self.is_only() {
            *self = self.view().rehashed(last, shift);
            return;
        }
        let mut wider = Self::empty(last, Base::NONE);
        // SAFETY: both are the only handle to their node. The old node owns nothing after this, and the new one takes over
        // its base and all that it owned.
        unsafe {
            let owned = rehash(self.view(), &mut wider, shift);
            let (old, new) = (self.node_mut(), wider.node_mut());
            old.owned = 0;
            mem::swap(&mut old.base, &mut new.base);
            new.owned = owned;
        }
        *self = wider;
    }

    /// Takes a handle to what is in each of these slots, and owns it from then on.
    ///
    /// # Safety
    ///
    /// This is the only handle, and what is in the slots is alive and not owned by this node.
    #[cold]
    pub(super) unsafe extern "C" fn count(&mut self, slots: u32) {
        if slots == 0 {
            return;
        }
        let counted = slots & self.view().occupied();
        for slot in bits(counted).map(|at| &self.view().slots()[at]) {
            mem::forget(slot.share());
        }
        // SAFETY: the caller's promise.
        unsafe { self.node_mut() }.owned |= counted;
    }
}

/// # Safety
///
/// The head of the node is written, nobody else has a handle to it, and its slots hold nothing that is owned.
unsafe fn write_empty_slots(node: NonNull<Node>) {
    // SAFETY: the caller's promise.
    let last = unsafe { node.as_ref() }.last;
    for at in 0..=last as usize {
        // SAFETY: slots 0 to `last` follow the head.
        unsafe { slots(node).add(at).write(Slot::EMPTY) };
    }
}

impl Clone for NodeRef {
    #[inline]
    fn clone(&self) -> Self {
        self.view().share()
    }
}

impl Drop for NodeRef {
    #[inline]
    fn drop(&mut self) {
        match self.view().node().counts.drop_node_ref() {
            Left::NodeRefs => {}
            // SAFETY: the counts say that this was the only handle.
            Left::Nothing => unsafe { release_only(self.0) },
            // SAFETY: the counts say that no `NodeRef` is left, and what else is.
            Left::NoNodeRef(base_refs) => unsafe { release_last(self.0, base_refs) },
        }
    }
}

impl Drop for BaseRef {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle keeps the node until its count is dropped.
        if let Some(released) = unsafe { counts(self.0) }.drop_base_ref() {
            // SAFETY: the counts say that no handle is left, and which slot was released before.
            unsafe { free(self.0, released) }
        }
    }
}
