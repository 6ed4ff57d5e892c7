//! A node: a table of slots, and versions of it that share what they have in common.
//!
//! A version of a node has the node's slots, but for one. It copies the whole table, so that a read looks into one table
//! only, but it does not count the handles in it: it holds the old node, its *base*, which holds them. So a new version
//! costs an allocation, a copy of some words and one count, however full the table is.
//!
//! Holding all of the base would keep the value alive that the new version replaces. A node is held in one of two ways,
//! therefore: a [`Whole`] sees all of its slots, a [`Rest`] all but one, the *hidden* slot. When the last `Whole` goes,
//! what is in the hidden slot goes with it, or if it is borrowed itself, the node's own base is held by a `Rest` from then
//! on. All `Rest`s of a node hide the same slot: this is the usual case, where task after task binds its own request id
//! over the one outside. Who needs another slot hidden counts handles after all.
//!
//! So a node *owns* what is in some of its slots, and borrows what is in the others. Three rules keep that sound, and
//! keep alive only what is shown:
//!
//! 1. A node that has a second handle is not written, but for its counts. Where a `Rest` leads, nothing else is looked at.
//! 2. What is in a slot that is not owned is owned by one node down the chain of bases, and no `Rest` on the way hides
//!    it.
//! 3. For a slot that is owned the chain of bases has nothing, but what a `Rest` on the way hides.
//!
//! A chain of bases stays short: a node that owns nothing, or nothing but what is replaced, is left out of it, and one
//! that nobody shows any more either adds to its base or lets go of it.
//!
//! What lost, each against a peer in the same run: a read against tokio's `task_local!` (2 ns), `set` and `reset` against
//! a `Box` (15 ns), the rest against opentelemetry's way (155 and 135 ns), with eight others bound.
//!
//! | | `get` | `set`, `reset` | `scope`, new | `scope`, bound | `sync_scope`, new |
//! | --- | --- | --- | --- | --- | --- |
//! | a trie of `Arc`s with 16 slots in a `Vec`, values in `Arc<dyn Any>` | 9.0 | 7.1 | 1.96 | 1.94 | 1.75 |
//! | this, with nodes and bindings from `malloc` | 0.9 | 2.6 | 0.6 | 0.6 | 0.48 |
//! | this, with bindings from `malloc` | 0.9 | 2.3 | 0.52 | 0.56 | 0.39 |
//! | this | 0.9 | 1.3 | 0.39 | 0.42 | 0.32 |
//!
//! Counting handles in place of borrowing them was out before it was tried: eight of them, cloned and dropped, take 105 ns.
//! A version that links to its base without a table of its own is smaller, but a read has to follow the links. A table
//! that is indexed by counting bits is smaller too, but without a `popcnt` instruction, which not every processor of the
//! target has, counting takes longer than the rest of a read.

mod base;
mod end;
mod root;
mod slot;
mod version;

pub(crate) use self::root::Root;
pub(crate) use self::slot::{Content, Slot};

use self::base::Base;
use self::end::{drop_last, drop_only, free};
use crate::binding::Shared;
use crate::counts::{Counts, Dropped};
use crate::info::Info;
use crate::spare::{Block, Size};
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr::NonNull;

/// How many bits of a number a node of the greatest width tells apart.
pub(crate) const BITS: u32 = 5;
const WIDEST: u32 = (1 << BITS) - 1;
const NARROWEST: u32 = 3;
/// All slots, as bits.
const ALL: u32 = u32::MAX;

#[repr(C)]
struct Node {
    /// First, as in `Head`: none.
    info: Option<&'static Info>,
    counts: Counts,
    /// The slots that are owned, as bits. Something is in each of them.
    owned: u32,
    /// The number of the last slot: there are 4, 8, 16 or 32, which follow this head.
    last: u32,
    /// How many slots something is in.
    used: u8,
    /// How many of those make it crowded.
    enough: u8,
    /// The size of its memory.
    size: Size,
    base: Base,
}

/// The memory for a node has room for its slots.
#[cfg(not(contextvars_loom))]
const _: () = {
    let mut slots = NARROWEST + 1;
    while slots <= WIDEST + 1 {
        let size = size_of::<Node>() + slots as usize * size_of::<Slot>();
        assert!(size_of::<usize>() != 8 || Size::of_node(slots).layout().size() == size);
        assert!(Size::of_node(slots).layout().size() >= size);
        slots *= 2;
    }
};

/// A handle to a node that sees all of it.
#[repr(transparent)]
pub(crate) struct Whole(NonNull<Node>);

/// A handle to a node that does not see the hidden slot: what is in there may be gone.
#[repr(transparent)]
struct Rest(NonNull<Node>);

/// A node that somebody else holds a [`Whole`] of.
#[derive(Clone, Copy)]
pub(crate) struct View<'a>(NonNull<Node>, PhantomData<&'a Node>);

// SAFETY: bindings are `Send` and `Sync`, and the rest is written by who has the only handle, exclusively.
unsafe impl Send for Whole {}
// SAFETY: as above.
unsafe impl Sync for Whole {}
// No user code runs while a node is written.
impl UnwindSafe for Whole {}
impl RefUnwindSafe for Whole {}

impl Node {
    /// Whether it should become wider before it owns more: else the versions of it soon would have to.
    #[inline]
    fn is_crowded(&self) -> bool {
        self.used >= self.enough
    }
}

impl<'a> View<'a> {
    #[inline]
    fn node(self) -> &'a Node {
        // SAFETY: somebody holds the node for `'a`. It is written by who has the only handle, through `&mut Whole`.
        unsafe { self.0.as_ref() }
    }

    pub(crate) fn slots(self) -> &'a [Slot] {
        // SAFETY: as above, and as many slots follow as the head says.
        unsafe { std::slice::from_raw_parts(slots(self.0), self.node().last as usize + 1) }
    }

    /// The slot for a number.
    #[inline]
    pub(crate) fn slot(self, number: u32) -> &'a Slot {
        // SAFETY: as above, and `at` is no more than `last`.
        unsafe { &*slots(self.0).add(self.at(number)) }
    }

    #[inline]
    fn at(self, number: u32) -> usize {
        (number & self.node().last) as usize
    }

    pub(crate) fn is_widest(self) -> bool {
        self.node().last == WIDEST
    }

    pub(crate) fn is_crowded(self) -> bool {
        self.node().is_crowded()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.node().used == 0
    }

    /// The slots that something is in, as bits.
    fn occupied(self) -> u32 {
        let bit = |(at, slot): (usize, &Slot)| u32::from(!slot.is_empty()) << at;
        self.slots().iter().enumerate().map(bit).sum()
    }

    /// A handle of one's own.
    #[inline]
    pub(crate) fn share(self) -> Whole {
        self.node().counts.add_whole();
        Whole(self.0)
    }
}

impl Whole {
    /// A node that owns nothing, and whose slots are to be written before anybody sees them.
    fn allocate(last: u32, base: Base) -> Self {
        let size = Size::of_node(last + 1);
        let head = Node {
            info: None,
            counts: Counts::new(),
            owned: 0,
            last,
            used: 0,
            enough: enough(last),
            size,
            base,
        };
        Self::begin(Block::new(size), head)
    }

    /// Begins a node in a block of its size: the slots are to be written before anybody sees them.
    #[inline]
    fn begin(block: Block, head: Node) -> Self {
        debug_assert!(block.size() == head.size);
        let node = block.into_memory().cast::<Node>();
        // SAFETY: the memory is large enough for a node, and nobody else's.
        unsafe { node.write(head) };
        Self(node)
    }

    /// A node with one binding in it, in the slot for this number.
    #[inline]
    pub(crate) fn single_in(block: Block, number: u32, binding: Shared) -> Self {
        let at = number & NARROWEST;
        let head = Node {
            info: None,
            counts: Counts::new(),
            owned: 1 << at,
            last: NARROWEST,
            used: 1,
            enough: const { enough(NARROWEST) },
            size: Self::NARROWEST_SIZE,
            base: Base::NONE,
        };
        let node = Self::begin(block, head);
        // SAFETY: nobody else has a handle, and `at` is one of its slots.
        unsafe {
            write_empty(node.0);
            slots(node.0).add(at as usize).write(Slot::binding(binding));
        }
        node
    }

    /// The size of a node in which one binding is.
    pub(crate) const NARROWEST_SIZE: Size = Size::of_node(NARROWEST + 1);

    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// The handle as a pointer, which still counts.
    #[inline]
    fn into_raw(self) -> NonNull<Node> {
        ManuallyDrop::new(self).0
    }

    #[inline]
    pub(crate) fn view(&self) -> View<'_> {
        View(self.0, PhantomData)
    }

    /// Exchanges `binding` for what a variable is bound to, where that is. Allocates nothing, and drops nothing.
    ///
    /// Returns false, and has done nothing, if that can't be, or would leave a node empty that must not be. `rest` is the
    /// number without the digits that the nodes above have looked at.
    #[inline]
    pub(crate) fn exchange(
        &mut self,
        rest: u32,
        info: &'static Info,
        binding: &mut Option<Shared>,
        may_be_empty: bool,
    ) -> bool {
        if !self.view().node().counts.is_one() {
            return false;
        }
        let at = self.view().at(rest);
        let bit = 1 << at;
        // SAFETY: this is the only handle, borrowed exclusively, and the head and its slots are apart.
        let (node, slot) = unsafe { (self.0.as_mut(), &mut *slots(self.0).add(at)) };
        if node.owned & bit != 0 {
            match (slot.binding_mut(info), &mut *binding) {
                (Some(old), Some(new)) => mem::swap(old, new),
                // An empty node that has a base might keep what that owns.
                (Some(_), None) if node.used > 1 || may_be_empty && node.base.is_none() => {
                    node.owned &= !bit;
                    node.used -= 1;
                    *binding = mem::replace(slot, Slot::EMPTY).into_binding();
                }
                (Some(_), None) => return false,
                (None, _) => return slot.exchange_below(rest >> BITS, info, binding),
            }
            return true;
        }
        if !slot.is_empty() || node.is_crowded() {
            return false;
        }
        let Some(new) = binding.take() else {
            return false;
        };
        node.owned |= bit;
        node.used += 1;
        mem::forget(mem::replace(slot, Slot::binding(new)));
        true
    }

    /// The handle to the binding of a variable, if nobody else sees it.
    #[inline]
    pub(crate) fn owned_binding_mut(&mut self, rest: u32, info: &'static Info) -> Option<&mut Shared> {
        let at = self.view().at(rest);
        let is_own = self.view().node().counts.is_one() && self.view().node().owned & (1 << at) != 0;
        if !is_own {
            return None;
        }
        // SAFETY: this is the only handle, borrowed exclusively, and what is in the slot is owned.
        unsafe { &mut *slots(self.0).add(at) }.binding_mut(info)
    }

    /// Whether the slot for a number can be written where it is.
    pub(crate) fn can_write(&self, number: u32) -> bool {
        let view = self.view();
        let is_owned = view.node().owned & (1 << view.at(number)) != 0;
        view.node().counts.is_one() && (is_owned || view.slot(number).is_empty())
    }

    /// Writes the slot for a number where it is, and returns what was in there.
    ///
    /// # Panics
    ///
    /// If that can't be.
    pub(crate) fn write(&mut self, number: u32, slot: Slot) -> Slot {
        assert!(self.can_write(number));
        let at = self.view().at(number);
        // SAFETY: this is the only handle, and what was in the slot was owned, or nothing.
        unsafe { self.put(at, slot) }
    }

    /// Puts something or nothing of one's own into a slot, and returns what was in there.
    ///
    /// # Safety
    ///
    /// This is the only handle. If what is returned was not owned, nobody drops it.
    unsafe fn put(&mut self, at: usize, slot: Slot) -> Slot {
        let new = u32::from(!slot.is_empty());
        // SAFETY: the slot is there, and the caller has the only handle.
        let old = unsafe { mem::replace(&mut *slots(self.0).add(at), slot) };
        let node = self.node_mut();
        node.owned = node.owned & !(1 << at) | new << at;
        node.used = node.used + u8::from(new == 1) - u8::from(!old.is_empty());
        old
    }

    /// Asks for the only handle.
    #[inline]
    fn node_mut(&mut self) -> &mut Node {
        // SAFETY: this is the only handle, borrowed exclusively.
        unsafe { self.0.as_mut() }
    }

    /// Makes the node wider: as wide as has a slot each for two numbers that are in each other's way, if there is such a
    /// width.
    ///
    /// `shift` says how many bits of the numbers the nodes above have told apart.
    pub(crate) fn widen(&mut self, shift: u32, one: u32, other: u32) {
        self.widen_to(width_for(one >> shift, other >> shift), shift);
    }

    /// Makes the node twice as wide.
    pub(crate) fn double(&mut self, shift: u32) {
        self.widen_to(self.view().node().last * 2 + 1, shift);
    }

    fn widen_to(&mut self, last: u32, shift: u32) {
        if !self.view().node().counts.is_one() {
            *self = self.view().spread_out(last, shift);
            return;
        }
        let (mut wider, owned) = self.view().spread(Whole::allocate(last, Base::NONE), shift);
        let (old, new) = (self.node_mut(), wider.node_mut());
        old.owned = 0;
        mem::swap(&mut old.base, &mut new.base);
        new.owned = owned;
        *self = wider;
    }

    /// Owns what is in these slots, after it has counted it. Asks for the only handle.
    #[cold]
    extern "C" fn count(&mut self, slots: u32) {
        if slots == 0 {
            return;
        }
        let counted = slots & self.view().occupied();
        for slot in bits(counted).map(|at| &self.view().slots()[at]) {
            mem::forget(slot.share());
        }
        self.node_mut().owned |= counted;
    }
}

/// How many used slots are too many for a node with this last one to get another without becoming wider.
#[allow(clippy::cast_possible_truncation)]
const fn enough(last: u32) -> u8 {
    const MOST: u8 = WIDEST as u8 + 1;
    match last {
        WIDEST => MOST + 1,
        last => (last as u8 + 1) / 4 * 3,
    }
}

/// The last slot of the narrowest node that tells two numbers apart, or of the widest.
fn width_for(one: u32, other: u32) -> u32 {
    let parting = (one ^ other).trailing_zeros();
    if parting < BITS { (2 << parting) - 1 } else { WIDEST }
}

/// # Safety
///
/// Nobody else has a handle, and the slots lead to nothing.
unsafe fn write_empty(node: NonNull<Node>) {
    // SAFETY: the head is written.
    let last = unsafe { node.as_ref() }.last;
    for at in 0..=last as usize {
        // SAFETY: as many slots as the head says follow.
        unsafe { slots(node).add(at).write(Slot::EMPTY) };
    }
}

/// The counts of a node, and nothing else of it.
///
/// # Safety
///
/// Somebody holds the node for `'a`.
#[inline]
unsafe fn counts<'a>(node: NonNull<Node>) -> &'a Counts {
    // SAFETY: as the caller says.
    unsafe { &(*node.as_ptr()).counts }
}

/// The slots of a node.
#[inline]
fn slots(node: NonNull<Node>) -> *mut Slot {
    // SAFETY: slots follow the head, in the same allocation.
    unsafe { node.add(1).cast::<Slot>().as_ptr() }
}

/// The numbers of the bits that are set.
fn bits(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = set.trailing_zeros();
        (set != 0).then(|| {
            set &= set - 1;
            at as usize
        })
    })
}

impl Clone for Whole {
    #[inline]
    fn clone(&self) -> Self {
        self.view().share()
    }
}

impl Drop for Whole {
    #[inline]
    fn drop(&mut self) {
        match self.view().node().counts.drop_whole() {
            Dropped::One => {}
            Dropped::Only => drop_only(self.0),
            Dropped::Last(last) => drop_last(self.0, last),
        }
    }
}

impl Drop for Rest {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle keeps the node.
        if let Some(dropped) = unsafe { counts(self.0) }.drop_rest() {
            free(self.0, dropped);
        }
    }
}
