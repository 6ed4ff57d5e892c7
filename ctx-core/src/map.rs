//! The persistent map of bindings: each version is a value of its own, and versions share what they have in common.
//!
//! A trie over the numbers of variables, lowest digit first. Numbers are dense, so that up to 32 neighbours lie in one
//! node, a thousand in two levels, and a map of one binding is one small node whichever variable it is of. Numbers are
//! unique: two of them part within seven levels, and nothing collides.

use crate::binding::{Borrowed, Shared};
use crate::info::Info;
use crate::node::{BITS, Content, Root, Slot, View, Whole};
use crate::spare::{Block, Size};
use std::{mem, slice};

/// A persistent map of bindings by their variables: 8 bytes, clone in O(1), the other operations in O(log n).
///
/// An empty one has no root, or an empty one without a base, in which the next binding has room.
#[derive(Clone)]
pub(crate) struct Map {
    root: Root,
}

/// Tells the compiler that whatever branch leads here is seldom taken.
#[cold]
#[inline(always)]
fn unlikely() {}

/// The node below the first level in which a variable is bound that is not bound in the first level, if it is bound.
#[derive(Clone, Copy)]
pub(crate) struct Below<'a>(Option<View<'a>>);

impl<'a> Below<'a> {
    #[inline]
    pub(crate) fn is_there(self) -> bool {
        self.0.is_some()
    }

    /// The binding of a variable.
    #[inline]
    pub(crate) fn find(self, info: &'static Info) -> Option<Borrowed<'a>> {
        let Self(mut below) = self;
        let mut rest = info.number();
        loop {
            rest >>= BITS;
            let slot = below?.slot(rest);
            if let Some(binding) = slot.binding_of(info) {
                return Some(binding);
            }
            below = slot.node();
        }
    }
}

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

    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        match (self.root.get(), other.root.get()) {
            (Some(one), Some(other)) if one.is(other) => true,
            _ => self.is_empty() && other.is_empty(),
        }
    }

    /// The binding of a variable, if there is one and it lies in the first level; else where it may lie.
    #[inline]
    pub(crate) fn find_in_first(&self, info: &'static Info) -> Result<Borrowed<'_>, Below<'_>> {
        let slot = self.root.view().slot(info.number());
        slot.binding_of(info).ok_or_else(|| {
            unlikely();
            Below(slot.node())
        })
    }

    /// The binding of a variable.
    pub(crate) fn find(&self, info: &'static Info) -> Option<Borrowed<'_>> {
        self.find_in_first(info)
            .or_else(|below| below.find(info).ok_or(()))
            .ok()
    }

    /// The handle to the binding of the variable with this number.
    pub(crate) fn get(&self, number: u32) -> Option<&Shared> {
        get(self.root.get()?.view(), 0, number)
    }

    /// A version with `binding` in place of what its variable was bound to.
    pub(crate) fn with(&self, binding: Shared) -> Self {
        let Some(size) = self.size_with(binding.info) else {
            // There is a root, since in an empty map all is usual.
            let root = version(self.root.view(), 0, binding.number, Some(binding));
            return Self { root: Root::of(root) };
        };
        self.usually_with(Block::new(size), binding)
    }

    /// The size of the block that a version needs in which this variable is bound, in the usual case: that in which one new
    /// node is all there is to do.
    #[inline]
    pub(crate) fn size_with(&self, info: &'static Info) -> Option<Size> {
        match self.root.get() {
            Some(root) => root.view().size_with(info),
            None => Some(Whole::NARROWEST_SIZE),
        }
    }

    /// That version in a spare block; or the binding back if there is none, or if this is not the usual case.
    #[inline(never)]
    pub(crate) fn with_spare(&self, binding: Shared) -> Result<Self, Shared> {
        match self.size_with(binding.info).and_then(Block::spare) {
            Some(block) => Ok(self.usually_with(block, binding)),
            None => Err(binding),
        }
    }

    /// That version in a block of its size; or both back if this is not the usual case.
    pub(crate) fn with_in(&self, block: Block, binding: Shared) -> Result<Self, (Block, Shared)> {
        if self.size_with(binding.info) != Some(block.size()) {
            return Err((block, binding));
        }
        Ok(self.usually_with(block, binding))
    }

    #[inline]
    fn usually_with(&self, block: Block, binding: Shared) -> Self {
        let root = match self.root.get() {
            Some(root) => root.view().version_in(block, binding.number, Slot::binding(binding)),
            None => Whole::single_in(block, binding.number, binding),
        };
        Self { root: Root::of(root) }
    }

    /// Makes this that version in a spare block; returns the binding that it replaces, and what the map was.
    #[inline]
    pub(crate) fn bind_spare(&mut self, binding: Shared) -> Result<(Option<Shared>, Self), Shared> {
        let info = binding.info;
        let version = self.with_spare(binding)?;
        Ok(self.replace_by(version, info))
    }

    /// The same in a block of its size.
    pub(crate) fn bind_in(&mut self, block: Block, binding: Shared) -> Result<(Option<Shared>, Self), (Block, Shared)> {
        let info = binding.info;
        let version = self.with_in(block, binding)?;
        Ok(self.replace_by(version, info))
    }

    #[inline]
    fn replace_by(&mut self, version: Self, info: &'static Info) -> (Option<Shared>, Self) {
        let slot = self.root.view().slot(info.number());
        let displaced = slot.binding_of(info).map(Borrowed::share);
        (displaced, mem::replace(self, version))
    }

    /// A version in which the variable is not bound.
    pub(crate) fn without(&self, info: &'static Info) -> Self {
        let mut version = self.clone();
        version.remove(info);
        version
    }

    /// Exchanges `binding` for what a variable is bound to, in place: allocates nothing, and drops nothing.
    ///
    /// Returns false, and has done nothing, if a new version is due.
    #[inline]
    pub(crate) fn exchange(&mut self, info: &'static Info, binding: &mut Option<Shared>) -> bool {
        let root = self.root.get_mut();
        root.is_some_and(|root| root.exchange(info.number(), info, binding, true))
    }

    /// Drops a handle to a binding that is likely to be in here, without another, and then costs no atomic write.
    #[inline]
    pub(crate) fn drop_twin(&mut self, binding: Shared) {
        let root = self.root.get_mut();
        if let Some(twin) = root.and_then(|root| root.owned_binding_mut(binding.number, binding.info)) {
            twin.absorb(binding);
        }
    }

    /// Binds a variable or unbinds it, and returns what it was bound to.
    pub(crate) fn rebind(&mut self, info: &'static Info, binding: Option<Shared>) -> Option<Shared> {
        match binding {
            Some(binding) => self.insert(binding),
            None => self.remove(info),
        }
    }

    /// Binds a variable, and returns what it was bound to.
    pub(crate) fn insert(&mut self, binding: Shared) -> Option<Shared> {
        if let Some(root) = self.root.get_mut() {
            return rebind(root, 0, binding.number, Some(binding));
        }
        self.root = Root::of(single(0, binding));
        None
    }

    /// Unbinds a variable, and returns what it was bound to. An unbound one leaves the map as it is, and shared.
    pub(crate) fn remove(&mut self, info: &'static Info) -> Option<Shared> {
        self.find(info)?;
        let root = self.root.get_mut()?;
        let removed = rebind(root, 0, info.number(), None);
        if root.view().is_empty() {
            self.root = Root::NONE;
        }
        removed
    }

    pub(crate) fn iter(&self) -> Iter<'_> {
        Iter {
            levels: self
                .root
                .get()
                .into_iter()
                .map(|root| root.view().slots().iter())
                .collect(),
        }
    }
}

/// A node of one binding. Here and below, `shift` says how many bits the nodes above have told apart.
fn single(shift: u32, binding: Shared) -> Whole {
    Whole::single_in(Block::new(Whole::NARROWEST_SIZE), binding.number >> shift, binding)
}

/// The number of another variable in the way of `number`, if a wider node had a slot for each.
fn in_the_way(node: View<'_>, shift: u32, number: u32) -> Option<u32> {
    match node.slot(number >> shift).content() {
        Content::Binding(other) if !node.is_widest() => Some(other.number).filter(|other| *other != number),
        _ => None,
    }
}

/// What a version of `node` has in the slot for `number`, in which that is bound to `binding`, or not bound any more.
fn slot_with(node: View<'_>, shift: u32, number: u32, binding: Option<Shared>) -> Slot {
    match (node.slot(number >> shift).content(), binding) {
        (Content::Node(child), binding) => {
            let child = version(child, shift + BITS, number, binding);
            if child.view().is_empty() {
                Slot::EMPTY
            } else {
                Slot::node_in(child)
            }
        }
        (Content::Binding(other), Some(binding)) if other.number != number => {
            let mut pair = single(shift + BITS, other.clone());
            rebind(&mut pair, shift + BITS, number, Some(binding));
            Slot::node_in(pair)
        }
        (_, Some(binding)) => Slot::binding(binding),
        (_, None) => Slot::EMPTY,
    }
}

/// A version of `node` in which `number` is bound to `binding`, or not bound any more.
fn version(node: View<'_>, shift: u32, number: u32, binding: Option<Shared>) -> Whole {
    if in_the_way(node, shift, number).is_none() && !is_crowded_for(node, shift, number) {
        return node.version(number >> shift, slot_with(node, shift, number, binding));
    }
    let mut wider = node.share();
    rebind(&mut wider, shift, number, binding);
    wider
}

/// Whether a node should become wider before `number` is new in it.
fn is_crowded_for(node: View<'_>, shift: u32, number: u32) -> bool {
    node.is_crowded() && node.slot(number >> shift).is_empty()
}

/// Makes `node` that version, in place where it can, and returns what `number` was bound to.
fn rebind(node: &mut Whole, shift: u32, number: u32, binding: Option<Shared>) -> Option<Shared> {
    let rest = number >> shift;
    if let Some(other) = in_the_way(node.view(), shift, number) {
        node.widen(shift, number, other);
        return rebind(node, shift, number, binding);
    }
    if is_crowded_for(node.view(), shift, number) {
        node.double(shift);
        return rebind(node, shift, number, binding);
    }
    if !node.can_write(rest) {
        let displaced = get(node.view(), shift, number).cloned();
        *node = node
            .view()
            .version(rest, slot_with(node.view(), shift, number, binding));
        return displaced;
    }
    if let Content::Node(_) = node.view().slot(rest).content() {
        return rebind(Child::of(node, rest).node(), shift + BITS, number, binding);
    }
    let slot = slot_with(node.view(), shift, number, binding);
    let displaced = node.write(rest, slot).into_binding();
    displaced.filter(|displaced| displaced.number == number)
}

/// What a number that may be absent is bound to.
fn get(node: View<'_>, shift: u32, number: u32) -> Option<&Shared> {
    match node.slot(number >> shift).content() {
        Content::Node(child) => get(child, shift + BITS, number),
        Content::Binding(binding) if binding.number == number => Some(binding),
        _ => None,
    }
}

/// A child that is out of its slot to be written, and back there in the end even if memory runs out and unwinds.
struct Child<'a> {
    parent: &'a mut Whole,
    number: u32,
    node: Option<Whole>,
}

impl<'a> Child<'a> {
    fn of(parent: &'a mut Whole, number: u32) -> Self {
        let node = parent.write(number, Slot::EMPTY).into_node();
        Self { parent, number, node }
    }

    fn node(&mut self) -> &mut Whole {
        self.node.as_mut().expect("only slots with nodes are taken out")
    }
}

impl Drop for Child<'_> {
    fn drop(&mut self) {
        let left = self.node.take().filter(|node| !node.view().is_empty());
        self.parent.write(self.number, left.map_or(Slot::EMPTY, Slot::node_in));
    }
}

/// The bindings of a map, in no promised order.
pub(crate) struct Iter<'a> {
    levels: Vec<slice::Iter<'a, Slot>>,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Shared;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.levels.last_mut()?.next().map(Slot::content) {
                Some(Content::Binding(binding)) => return Some(binding),
                Some(Content::Node(child)) => self.levels.push(child.slots().iter()),
                Some(Content::Nothing) => {}
                None => {
                    self.levels.pop();
                }
            }
        }
    }
}

mod difference;
#[cfg(test)]
mod tests;
