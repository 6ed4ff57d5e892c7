//! A slot: a word that leads to nothing, to a binding, or to a node.

use super::{View, Whole};
use crate::binding::{Borrowed, Shared};
use crate::info::{Info, NOBODY};
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::num::NonZeroUsize;
use std::ptr::{self, NonNull};

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
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    Nothing,
    Binding(&'a Shared),
    Node(View<'a>),
}

// SAFETY: a slot is a handle to a binding or a `Whole`.
unsafe impl Send for Slot {}
// SAFETY: as above.
unsafe impl Sync for Slot {}

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
        Self(node.into_raw().cast())
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

    /// The address of what it leads to, if that is something.
    pub(super) fn address(&self) -> Option<NonZeroUsize> {
        (!self.is_empty()).then(|| self.0.addr())
    }

    /// Whether both lead to the same.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// Whether both lead to a binding of the same variable, or both to a node.
    pub(super) fn is_of_same(&self, other: &Self) -> bool {
        self.info() == other.info()
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
    pub(super) fn exchange_below(&mut self, rest: u32, info: &'static Info, binding: &mut Option<Shared>) -> bool {
        match self.content() {
            Content::Node(node) => ManuallyDrop::new(Whole(node.0)).exchange(rest, info, binding, false),
            _ => false,
        }
    }

    /// The handle to a binding, if it is of this variable.
    #[inline]
    pub(super) fn binding_mut(&mut self, info: &'static Info) -> Option<&mut Shared> {
        self.binding_of(info)?;
        // SAFETY: the slot is the handle to a binding, and whatever is put in its place is one too.
        Some(unsafe { &mut *(&raw mut self.0).cast::<Shared>() })
    }

    /// The binding, if it is of this variable.
    #[inline]
    pub(crate) fn binding_of(&self, info: &'static Info) -> Option<Borrowed<'_>> {
        match self.info() {
            // SAFETY: what has information on a variable, and is not nothing, is a binding, and the slot has a handle to it.
            Some(found) if ptr::eq(found, info) => Some(unsafe { Borrowed::new(self.0.cast()) }),
            _ => None,
        }
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

    /// Drops the slot of something, which saves to ask whether there is something.
    #[inline]
    pub(super) fn drop_full(self) {
        debug_assert!(!self.is_empty());
        let slot = ManuallyDrop::new(self);
        if slot.info().is_none() {
            drop(Whole(slot.0.cast()));
        } else {
            // SAFETY: the slot is the binding's handle, and this is its end.
            drop(unsafe { ptr::read((&raw const slot.0).cast::<Shared>()) });
        }
    }

    /// Another handle to what is in here.
    pub(super) fn share(&self) -> Self {
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
