//! A slot: a word that points to nothing, to a binding, or to a node.
//!
//! [`Slot`] is the word as it lies in a node, owned or borrowed: it drops nothing. [`OwnedSlot`] is a handle to what the
//! slot points to, and drops it.

use super::layout::{NodeRef, NodeView, Slot, Target};
use crate::descriptor::{Descriptor, NO_VARIABLE};
use crate::map::binding::{BindingRef, BindingView};
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::num::NonZeroUsize;
use std::ops::Deref;
use std::ptr::{self, NonNull};

/// What empty slots point to.
static NOTHING: Target = Target {
    variable: Some(&NO_VARIABLE),
};

/// A slot that is a counted handle to a binding or a node, or empty.
#[repr(transparent)]
pub(crate) struct OwnedSlot(Slot);

/// What is in a slot.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    Nothing,
    Binding(&'a BindingRef),
    Node(NodeView<'a>),
}

// SAFETY: a slot gives access to a binding or to a node, and both can be used and dropped on any thread.
unsafe impl Send for Slot {}
// SAFETY: as above.
unsafe impl Sync for Slot {}

impl Slot {
    pub(super) const EMPTY: Self = match NonNull::new((&raw const NOTHING).cast_mut()) {
        Some(nothing) => Self(nothing),
        None => panic!("a static has an address"),
    };

    #[inline]
    fn variable(&self) -> Option<&'static Descriptor> {
        // SAFETY: what a slot points to begins with a `Target`, and is alive.
        unsafe { self.0.as_ref() }.variable
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        ptr::eq(self.0.as_ptr(), &raw const NOTHING)
    }

    /// The address of what is in the slot, if that is something. It is not looked at.
    pub(super) fn address(&self) -> Option<NonZeroUsize> {
        (!self.is_empty()).then(|| self.0.addr())
    }

    /// Whether both point to the same. Neither is looked at.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Whether both have a binding of the same variable, or both a node.
    pub(super) fn has_same_variable(&self, other: &Self) -> bool {
        self.variable() == other.variable()
    }

    /// The node, if one is in the slot.
    #[inline]
    pub(crate) fn node(&self) -> Option<NodeView<'_>> {
        self.variable().is_none().then(|| NodeView(self.0.cast(), PhantomData))
    }

    #[inline]
    pub(crate) fn content(&self) -> Content<'_> {
        if let Some(node) = self.node() {
            Content::Node(node)
        } else if self.is_empty() {
            Content::Nothing
        } else {
            // SAFETY: what is neither a node nor nothing is a binding, and a `BindingRef` is its address.
            Content::Binding(unsafe { &*(&raw const self.0).cast::<BindingRef>() })
        }
    }

    /// The binding, if it belongs to this variable.
    #[inline]
    pub(crate) fn binding_of(&self, variable: &'static Descriptor) -> Option<BindingView<'_>> {
        debug_assert!(*variable != NO_VARIABLE);
        match self.variable() {
            // SAFETY: what has a variable other than `NO_VARIABLE` is a binding. It is alive for as long as this borrow.
            Some(found) if ptr::eq(found, variable) => Some(unsafe { BindingView::new(self.0.cast()) }),
            _ => None,
        }
    }

    /// The handle to the binding, if it belongs to this variable.
    ///
    /// # Safety
    ///
    /// The slot is owned.
    #[inline]
    pub(super) unsafe fn owned_binding_mut(&mut self, variable: &'static Descriptor) -> Option<&mut BindingRef> {
        self.binding_of(variable)?;
        // SAFETY: an owned slot with a binding is a `BindingRef`, and so is whatever the caller puts in its place.
        Some(unsafe { &mut *(&raw mut self.0).cast::<BindingRef>() })
    }

    /// Swaps a binding in the node that is in the slot, if one is. See [`NodeRef::swap`].
    ///
    /// # Safety
    ///
    /// The slot is owned.
    #[cold]
    pub(super) unsafe fn swap_below(
        &mut self,
        rest: u32,
        variable: &'static Descriptor,
        binding: &mut Option<BindingRef>,
    ) -> bool {
        match self.content() {
            // An owned slot with a node is a `NodeRef`. That handle stays in the slot: this is a copy, which must not be
            // dropped.
            Content::Node(node) => ManuallyDrop::new(NodeRef(node.0)).swap(rest, variable, binding, false),
            _ => false,
        }
    }

    /// A handle of one's own to what is in the slot.
    pub(super) fn share(&self) -> OwnedSlot {
        match self.content() {
            Content::Nothing => OwnedSlot::EMPTY,
            Content::Binding(binding) => OwnedSlot::binding(binding.clone()),
            Content::Node(node) => OwnedSlot::node_ref(node.share()),
        }
    }

    /// The slot as the handle that it is.
    ///
    /// # Safety
    ///
    /// The slot is owned or empty, and nobody else drops what it holds.
    #[inline]
    pub(super) unsafe fn assume_owned(self) -> OwnedSlot {
        OwnedSlot(self)
    }

    /// Drops what is in the slot. Saves the question whether it is empty.
    ///
    /// # Safety
    ///
    /// The slot is owned and not empty, and nobody else drops what it holds.
    #[inline]
    pub(super) unsafe fn release(self) {
        debug_assert!(!self.is_empty());
        if self.variable().is_none() {
            drop(NodeRef(self.0.cast()));
        } else {
            // SAFETY: an owned slot with a binding is a `BindingRef`, and this is its end.
            drop(unsafe { ptr::read((&raw const self.0).cast::<BindingRef>()) });
        }
    }
}

impl OwnedSlot {
    pub(crate) const EMPTY: Self = Self(Slot::EMPTY);

    #[inline]
    pub(crate) fn binding(binding: BindingRef) -> Self {
        Self(Slot(binding.into_raw().cast()))
    }

    pub(crate) fn node_ref(node: NodeRef) -> Self {
        Self(Slot(node.into_raw().cast()))
    }

    /// The word to write into a node, whose `owned` bit for it is to be set.
    #[inline]
    pub(super) fn into_slot(self) -> Slot {
        let slot = ManuallyDrop::new(self);
        Slot(slot.0.0)
    }

    /// The handle to the binding, if one is in the slot.
    #[inline]
    pub(crate) fn into_binding(self) -> Option<BindingRef> {
        let Content::Binding(binding) = self.content() else {
            return None;
        };
        // SAFETY: an owned slot with a binding is a `BindingRef`. The slot is forgotten.
        let binding = unsafe { ptr::read(binding) };
        mem::forget(self);
        Some(binding)
    }

    /// The handle to the node, if one is in the slot.
    pub(crate) fn into_node(self) -> Option<NodeRef> {
        let node = NodeRef(self.node()?.0);
        mem::forget(self);
        Some(node)
    }
}

impl Deref for OwnedSlot {
    type Target = Slot;

    #[inline]
    fn deref(&self) -> &Slot {
        &self.0
    }
}

impl Drop for OwnedSlot {
    #[inline]
    fn drop(&mut self) {
        match self.content() {
            // SAFETY: an owned slot with a binding is a `BindingRef`, and this is its end.
            Content::Binding(binding) => drop(unsafe { ptr::read(binding) }),
            Content::Node(node) => drop(NodeRef(node.0)),
            Content::Nothing => {}
        }
    }
}
