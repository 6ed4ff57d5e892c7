//! The persistent map of bindings: each version is a value of its own, and versions share what they have in common.
//!
//! A trie over the numbers of variables, lowest bits first. Numbers are given out one after another, so up to 32 variables
//! lie in one node, a thousand in two levels, and a map of one binding is one small node whichever variable it is of. Two
//! numbers differ within seven levels, so nothing collides for good.
//!
//! The map knows no thread and no task. Read this file first; then [`node`], where memory is shared and freed, and `update`
//! (how a version is made, level by level); then `iter` and `difference`; then what nodes are made of: [`binding`],
//! [`reference_counts`], [`free_list`] and `atomics`.

#[cfg(test)]
mod aborts;
mod atomics;
pub(crate) mod binding;
mod difference;
pub(crate) mod free_list;
mod iter;
#[cfg(all(test, contextvars_loom))]
mod models;
mod node;
mod reference_counts;
#[cfg(test)]
mod tests;
mod update;

pub(crate) use self::iter::Iter;

use self::binding::{BindingRef, BindingView};
use self::free_list::{Block, SizeClass};
use self::node::{BITS, NodeRef, NodeView, OwnedSlot, Root};
use crate::descriptor::Descriptor;
use std::mem;

/// A persistent map of bindings by their variables: 8 bytes, clone in O(1), the other operations in O(log n).
///
/// An empty map has no root, or a root with nothing in it and no base, in which the next binding has room.
#[derive(Clone)]
pub(crate) struct Map {
    root: Root,
}

/// The levels below the first, for a variable that is not bound in the first.
#[derive(Clone, Copy)]
pub(crate) struct LowerLevels<'a>(Option<NodeView<'a>>);

impl<'a> LowerLevels<'a> {
    /// Whether the variable may be bound there.
    #[inline]
    pub(crate) fn are_there(self) -> bool {
        self.0.is_some()
    }

    /// The binding of the variable.
    #[inline]
    pub(crate) fn find(self, variable: &'static Descriptor) -> Option<BindingView<'a>> {
        let Self(mut node) = self;
        let mut rest = variable.number();
        loop {
            rest >>= BITS;
            let slot = node?.slot(rest);
            if let Some(binding) = slot.binding_of(variable) {
                return Some(binding);
            }
            node = slot.node();
        }
    }
}

/// Tells the compiler that a branch which calls this is seldom taken.
#[cold]
#[inline(always)]
fn unlikely() {}

impl Default for Map {
    fn default() -> Self {
        Self::new()
    }
}

impl Map {
    pub(crate) const fn new() -> Self {
        Self { root: Root::NONE }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.root.get().is_none_or(|root| root.view().is_empty())
    }

    /// Whether both are the same version.
    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        match (self.root.get(), other.root.get()) {
            (Some(one), Some(other)) if one.is(other) => true,
            _ => self.is_empty() && other.is_empty(),
        }
    }

    /// The binding of a variable if it lies in the first level, else where it may lie.
    #[inline]
    pub(crate) fn find_in_first(&self, variable: &'static Descriptor) -> Result<BindingView<'_>, LowerLevels<'_>> {
        let slot = self.root.slot(variable.number());
        slot.binding_of(variable).ok_or_else(|| {
            unlikely();
            LowerLevels(slot.node())
        })
    }

    /// The binding of a variable.
    pub(crate) fn find(&self, variable: &'static Descriptor) -> Option<BindingView<'_>> {
        self.find_in_first(variable)
            .or_else(|lower| lower.find(variable).ok_or(()))
            .ok()
    }

    /// The handle to the binding of the variable with this number.
    pub(crate) fn get(&self, number: u32) -> Option<&BindingRef> {
        update::get(self.root.get()?.view(), 0, number)
    }

    pub(crate) fn iter(&self) -> Iter<'_> {
        Iter::of_node(self.root.get().map(NodeRef::view))
    }
}

/// New versions, which leave the map as it is.
impl Map {
    /// A version in which the variable of `binding` is bound to it.
    pub(crate) fn with(&self, binding: BindingRef) -> Self {
        match (self.size_with(binding.variable), self.root.get()) {
            // SAFETY: the block is made for this size.
            (Some(size), _) => unsafe { self.with_in_block(Block::new(size), binding) },
            (None, Some(root)) => {
                let root = update::version(root.view(), 0, binding.number, Some(binding));
                Self { root: Root::of(root) }
            }
            (None, None) => unreachable!("in a map without a root every variable is a usual case"),
        }
    }

    /// A version in which a variable is not bound.
    pub(crate) fn without(&self, variable: &'static Descriptor) -> Self {
        let mut version = self.clone();
        version.remove(variable);
        version
    }

    /// The size of the block that [`with`](Self::with) needs in the usual case, in which one new node is all there is to
    /// do. `None` in any other case.
    #[inline]
    pub(crate) fn size_with(&self, variable: &'static Descriptor) -> Option<SizeClass> {
        match self.root.get() {
            Some(root) => root.view().size_with(variable),
            None => Some(NodeRef::NARROWEST_SIZE),
        }
    }

    /// [`with`](Self::with) in a block from the free list. Calls no allocator. Gives `binding` back if there is no block,
    /// or if this is not the usual case.
    #[inline(never)]
    pub(crate) fn with_free_block(&self, binding: BindingRef) -> Result<Self, BindingRef> {
        match self.size_with(binding.variable).and_then(Block::from_free_list) {
            // SAFETY: the block is of this size.
            Some(block) => Ok(unsafe { self.with_in_block(block, binding) }),
            None => Err(binding),
        }
    }

    /// [`with`](Self::with) in this block. Gives both back if the block has not the size that it takes, or if this is not
    /// the usual case.
    pub(crate) fn with_block(&self, block: Block, binding: BindingRef) -> Result<Self, (Block, BindingRef)> {
        if self.size_with(binding.variable) != Some(block.size()) {
            return Err((block, binding));
        }
        // SAFETY: the block is of this size.
        Ok(unsafe { self.with_in_block(block, binding) })
    }

    /// The usual case of [`with`](Self::with).
    ///
    /// # Safety
    ///
    /// The block has the size that [`size_with`](Self::size_with) says.
    #[inline]
    unsafe fn with_in_block(&self, block: Block, binding: BindingRef) -> Self {
        let root = match self.root.get() {
            // SAFETY: the caller's promise: the size is that of the root.
            Some(root) => unsafe {
                root.view()
                    .version_in(block, binding.number, OwnedSlot::binding(binding))
            },
            // SAFETY: the caller's promise: the size is that of the narrowest node.
            None => unsafe { NodeRef::single_in(block, binding.number, binding) },
        };
        Self { root: Root::of(root) }
    }
}

/// Changes of the map itself.
impl Map {
    /// Swaps `binding` with what a variable is bound to, in place. Allocates nothing, and drops nothing.
    ///
    /// Returns false, and has changed nothing, if that takes a new version.
    #[inline]
    pub(crate) fn swap_in_place(&mut self, variable: &'static Descriptor, binding: &mut Option<BindingRef>) -> bool {
        let root = self.root.get_mut();
        root.is_some_and(|root| root.swap(variable.number(), variable, binding, true))
    }

    /// Becomes the version of [`with_free_block`](Self::with_free_block). Returns the binding that was replaced, and the
    /// old version.
    #[inline]
    pub(crate) fn insert_in_free_block(
        &mut self,
        binding: BindingRef,
    ) -> Result<(Option<BindingRef>, Self), BindingRef> {
        let variable = binding.variable;
        let version = self.with_free_block(binding)?;
        Ok(self.become_version(version, variable))
    }

    /// Becomes the version of [`with_block`](Self::with_block).
    pub(crate) fn insert_in_block(
        &mut self,
        block: Block,
        binding: BindingRef,
    ) -> Result<(Option<BindingRef>, Self), (Block, BindingRef)> {
        let variable = binding.variable;
        let version = self.with_block(block, binding)?;
        Ok(self.become_version(version, variable))
    }

    #[inline]
    fn become_version(&mut self, version: Self, variable: &'static Descriptor) -> (Option<BindingRef>, Self) {
        let slot = self.root.slot(variable.number());
        let replaced = slot.binding_of(variable).map(BindingView::share);
        (replaced, mem::replace(self, version))
    }

    /// Drops a handle to a binding. If the map has another handle to it that only this map sees, the count is written
    /// without an atomic operation.
    #[inline]
    pub(crate) fn drop_duplicate(&mut self, binding: BindingRef) {
        let root = self.root.get_mut();
        if let Some(other) = root.and_then(|root| root.owned_binding_mut(binding.number, binding.variable)) {
            other.merge_duplicate(binding);
        }
    }

    /// Binds a variable, or unbinds it. Returns what it was bound to.
    pub(crate) fn replace(&mut self, variable: &'static Descriptor, binding: Option<BindingRef>) -> Option<BindingRef> {
        match binding {
            Some(binding) => self.insert(binding),
            None => self.remove(variable),
        }
    }

    /// Binds a variable. Returns what it was bound to.
    pub(crate) fn insert(&mut self, binding: BindingRef) -> Option<BindingRef> {
        if let Some(root) = self.root.get_mut() {
            return update::replace(root, 0, binding.number, Some(binding));
        }
        self.root = Root::of(update::single(0, binding));
        None
    }

    /// Unbinds a variable. Returns what it was bound to. If it was not bound, the map stays shared with its versions.
    pub(crate) fn remove(&mut self, variable: &'static Descriptor) -> Option<BindingRef> {
        self.find(variable)?;
        let root = self.root.get_mut()?;
        let removed = update::replace(root, 0, variable.number(), None);
        if root.view().is_empty() {
            self.root = Root::NONE;
        }
        removed
    }
}

#[cfg(test)]
impl Map {
    /// How many nodes its root's chain of bases has. No other thread may have a version of it.
    fn chain_length(&self) -> usize {
        self.root.get().map_or(0, |root| root.view().chain_length())
    }
}
