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

use crate::binding::{Borrowed, Shared};
use crate::counts::{Counts, Left};
use crate::info::{Info, NOBODY};
use crate::spare::{self, Size};
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr::{self, NonNull};

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

/// What the slots that are not owned are borrowed from: nothing, a `Whole`, or a `Rest`, whose lowest bit is then set.
///
/// One word, so that it stays in a register on its way into a new node.
#[repr(transparent)]
struct Base(*mut Node);

/// A handle to a node that sees all of it.
#[repr(transparent)]
pub(crate) struct Whole(NonNull<Node>);

/// A handle to a node that does not see the hidden slot: what is in there may be gone.
#[repr(transparent)]
struct Rest(NonNull<Node>);

/// A node that somebody else holds a [`Whole`] of.
#[derive(Clone, Copy)]
pub(crate) struct View<'a>(NonNull<Node>, PhantomData<&'a Node>);

/// What all that a slot may lead to begins with. A read looks at nothing else to see whether it has found what it looks for.
#[repr(C)]
struct Head {
    /// The variable of a binding; none of a node.
    info: Option<&'static Info>,
}

/// What slots lead to that are empty.
static NOTHING: Head = Head { info: Some(&NOBODY) };

/// A handle to a binding, a handle to a node, or a pointer to `NOTHING`.
#[repr(transparent)]
pub(crate) struct Slot(NonNull<Head>);

/// What is in a slot.
pub(crate) enum Content<'a> {
    Nothing,
    Binding(&'a Shared),
    Node(View<'a>),
}

// SAFETY: bindings are `Send` and `Sync`, and the rest is written by who has the only handle, exclusively.
unsafe impl Send for Whole {}
// SAFETY: as above.
unsafe impl Sync for Whole {}
// SAFETY: a slot is a handle to a binding or a `Whole`.
unsafe impl Send for Slot {}
// SAFETY: as above.
unsafe impl Sync for Slot {}

// No user code runs while a node is written.
impl UnwindSafe for Whole {}
impl RefUnwindSafe for Whole {}

impl Node {
    /// Whether it should become wider before it owns more: else the versions of it soon would have to.
    fn is_crowded(&self) -> bool {
        u32::from(self.used) * 4 >= (self.last + 1) * 3 && self.last != WIDEST
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
    fn spread_out(self, last: u32, shift: u32) -> Whole {
        self.spread(Whole::allocate(last, self.base()), shift).0
    }

    /// Copies the slots into a new wider node, which owns none; returns it, and those which are owned here.
    fn spread(self, mut wider: Whole, shift: u32) -> (Whole, u32) {
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

impl Whole {
    /// A node with nothing in it.
    pub(crate) fn new() -> Self {
        let node = Self::allocate(NARROWEST, Base::NONE);
        // SAFETY: nobody else has a handle.
        unsafe { write_empty(node.0) };
        node
    }

    /// A node that owns nothing, and whose slots are to be written before anybody sees them.
    fn allocate(last: u32, base: Base) -> Self {
        let node = spare::allocate(Size::of_node(last + 1)).cast::<Node>();
        let head = Node {
            info: None,
            counts: Counts::new(),
            owned: 0,
            last,
            used: 0,
            base,
        };
        // SAFETY: the memory is large enough for a node, and nobody else's.
        unsafe { node.write(head) };
        Self(node)
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    #[inline]
    pub(crate) fn view(&self) -> View<'_> {
        View(self.0, PhantomData)
    }

    /// Exchanges `binding` for what a variable is bound to, where that is. Allocates nothing, and drops nothing.
    ///
    /// Returns false, and has done nothing, if that can't be, or would leave the node empty. `rest` is the number without
    /// the digits that the nodes above have looked at.
    #[inline]
    pub(crate) fn exchange(&mut self, rest: u32, info: &'static Info, binding: &mut Option<Shared>) -> bool {
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
                (Some(_), None) if node.used > 1 => {
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
    fn count(&mut self, slots: u32) {
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

impl Base {
    const NONE: Self = Self(ptr::null_mut());

    #[inline]
    fn whole(whole: Whole) -> Self {
        Self(ManuallyDrop::new(whole).0.as_ptr())
    }

    fn rest(rest: Rest) -> Self {
        let node = ManuallyDrop::new(rest).0;
        Self(node.as_ptr().map_addr(|address| address | 1))
    }

    fn is_rest(&self) -> bool {
        self.0.addr() & 1 == 1
    }

    #[inline]
    fn node(&self) -> Option<NonNull<Node>> {
        NonNull::new(self.0.map_addr(|address| address & !1))
    }

    /// A handle to the same node that does not see what a wider or equal one has in slot `at`, if there can be one.
    fn without(&self, at: usize) -> Option<Self> {
        let node = self.node().filter(|_| !self.is_rest())?;
        // SAFETY: the handle keeps the node.
        let base = unsafe { node.as_ref() };
        let hidden = 1 << (at & base.last as usize);
        let is_hidden = base.counts.add_rest_hiding(hidden);
        is_hidden.then(|| Self::rest(Rest(node)))
    }

    /// Another handle of the same kind, unless there are too many.
    fn share(&self) -> Option<Self> {
        if let Some(node) = self.node() {
            // SAFETY: the handle keeps the node.
            let counts = unsafe { counts(node) };
            if !self.is_rest() {
                counts.add_whole();
            } else if !counts.add_rest() {
                return None;
            }
        }
        Some(Self(self.0))
    }
}

impl Drop for Base {
    #[inline]
    fn drop(&mut self) {
        match self.node() {
            Some(node) if self.is_rest() => drop(Rest(node)),
            Some(node) => drop(Whole(node)),
            None => {}
        }
    }
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
            Left::Others => {}
            Left::Rests { hidden } => drop_hidden(self.0, hidden),
            Left::Nobody { dropped } => free(self.0, dropped),
        }
    }
}

impl Drop for Rest {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: the handle keeps the node.
        if let Left::Nobody { dropped } = unsafe { counts(self.0) }.drop_rest() {
            free(self.0, dropped);
        }
    }
}

/// Lets go of what is in the hidden slot of a node that no `Whole` is left of, and then drops the `Rest` that they
/// counted as.
#[cold]
fn drop_hidden(node: NonNull<Node>, hidden: u32) {
    let _rest = Rest(node);
    let at = hidden.trailing_zeros() as usize;
    // Others look at the counts still, so that there is no `&mut` to the whole of it.
    let dead = node.as_ptr();
    // SAFETY: no `Whole` is left, and `Rest`s look at nothing but the counts until the last of them goes, which waits for
    // this one: `owned`, `base` and the slots are nobody else's. What is owned is dropped once, here and not when the node
    // is freed; what was borrowed is counted before its base goes.
    unsafe {
        if (*dead).owned & hidden != 0 {
            return drop(slots(node).add(at).read());
        }
        let base = (*dead).base.without(at).unwrap_or_else(|| {
            let borrowed = View(node, PhantomData).occupied() & !(*dead).owned & !hidden;
            for at in bits(borrowed) {
                mem::forget((*slots(node).add(at)).share());
            }
            (*dead).owned |= borrowed;
            Base::NONE
        });
        drop(mem::replace(&mut (*dead).base, base));
    }
}

/// Drops what a node owns, but for the slots that were `dropped` before, frees it, and drops its base.
///
/// Asks for the last handle.
fn free(node: NonNull<Node>, dropped: u32) {
    /// A node on its way out. Values may panic as they go; the others go all the same.
    struct Going {
        node: NonNull<Node>,
        owned: u32,
    }

    impl Going {
        fn drop_owned(&mut self) {
            while self.owned != 0 {
                let at = self.owned.trailing_zeros() as usize;
                self.owned &= self.owned - 1;
                // SAFETY: nobody else has a handle, and the bit of what is taken out is cleared.
                drop(unsafe { slots(self.node).add(at).read() });
            }
        }
    }

    impl Drop for Going {
        fn drop(&mut self) {
            self.drop_owned();
            // SAFETY: nobody else has a handle, and the memory is of this size. A chain of bases is short, so
            // that the drop of this one does not go deep.
            unsafe {
                let Node { base, last, .. } = self.node.read();
                spare::free(self.node.cast(), Size::of_node(last + 1));
                drop(base);
            }
        }
    }

    // SAFETY: the last handle keeps the node until it is freed here.
    let owned = unsafe { node.as_ref() }.owned & !dropped;
    Going { node, owned }.drop_owned();
}

impl Slot {
    pub(crate) const EMPTY: Self = match NonNull::new((&raw const NOTHING).cast_mut()) {
        Some(nothing) => Self(nothing),
        None => panic!("a static has an address"),
    };

    #[inline]
    pub(crate) fn binding(binding: Shared) -> Self {
        Self(binding.into_raw().cast())
    }

    pub(crate) fn node_in(node: Whole) -> Self {
        Self(ManuallyDrop::new(node).0.cast())
    }

    #[inline]
    fn info(&self) -> Option<&'static Info> {
        // SAFETY: a slot leads to something that begins with a `Head`.
        unsafe { self.0.as_ref() }.info
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        ptr::eq(self.0.as_ptr(), &raw const NOTHING)
    }

    /// The node that is in here, if there is one.
    #[inline]
    pub(crate) fn node(&self) -> Option<View<'_>> {
        self.info().is_none().then(|| View(self.0.cast(), PhantomData))
    }

    #[inline]
    pub(crate) fn content(&self) -> Content<'_> {
        if let Some(node) = self.node() {
            Content::Node(node)
        } else if self.is_empty() {
            Content::Nothing
        } else {
            // SAFETY: what has information on a variable, and is not nothing, is a binding; a handle to it is its address.
            Content::Binding(unsafe { &*(&raw const self.0).cast::<Shared>() })
        }
    }

    /// Exchanges a binding in the node that is in here, if there is one.
    #[cold]
    fn exchange_below(&mut self, rest: u32, info: &'static Info, binding: &mut Option<Shared>) -> bool {
        match self.content() {
            Content::Node(node) => ManuallyDrop::new(Whole(node.0)).exchange(rest, info, binding),
            _ => false,
        }
    }

    /// The handle to a binding, if it is of this variable.
    #[inline]
    fn binding_mut(&mut self, info: &'static Info) -> Option<&mut Shared> {
        self.binding_of(info)?;
        // SAFETY: the slot is the handle to a binding, and whatever is put in its place is one too.
        Some(unsafe { &mut *(&raw mut self.0).cast::<Shared>() })
    }

    /// The binding, if it is of this variable.
    #[inline]
    pub(crate) fn binding_of(&self, info: &'static Info) -> Option<Borrowed<'_>> {
        let found = self.info().is_some_and(|found| ptr::eq(found, info));
        // SAFETY: what has information on a variable, and is not nothing, is a binding, and the slot has a handle to it.
        found.then(|| unsafe { Borrowed::new(self.0.cast()) })
    }

    /// The handle to a binding, if that is in here.
    #[inline]
    pub(crate) fn into_binding(self) -> Option<Shared> {
        let Content::Binding(binding) = self.content() else {
            return None;
        };
        // SAFETY: the slot is the binding's handle, and is forgotten.
        let binding = unsafe { ptr::read(binding) };
        mem::forget(self);
        Some(binding)
    }

    /// The handle to a node, if that is in here.
    pub(crate) fn into_node(self) -> Option<Whole> {
        let Content::Node(node) = self.content() else {
            return None;
        };
        let node = Whole(node.0);
        mem::forget(self);
        Some(node)
    }

    /// Another handle to what is in here.
    fn share(&self) -> Self {
        match self.content() {
            Content::Nothing => Self::EMPTY,
            Content::Binding(binding) => Self::binding(binding.clone()),
            Content::Node(node) => Self::node_in(node.share()),
        }
    }
}

impl Drop for Slot {
    #[inline]
    fn drop(&mut self) {
        match self.content() {
            // SAFETY: the slot is the binding's handle, and this is its end.
            Content::Binding(binding) => drop(unsafe { ptr::read(binding) }),
            Content::Node(node) => drop(Whole(node.0)),
            Content::Nothing => {}
        }
    }
}
