//! A base: the node that a version borrows from.

use super::layout::{Base, BaseRef, Node, NodeRef, NodeView, counts};
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};

impl Base {
    pub(super) const NONE: Self = Self(ptr::null_mut());

    #[inline]
    pub(super) fn node_ref(node: NodeRef) -> Self {
        Self(node.into_raw().as_ptr())
    }

    pub(super) fn base_ref(base: BaseRef) -> Self {
        let node = ManuallyDrop::new(base).0;
        Self(node.as_ptr().map_addr(|address| address | 1))
    }

    #[inline]
    pub(super) fn is_none(&self) -> bool {
        self.0.is_null()
    }

    #[inline]
    fn is_base_ref(&self) -> bool {
        self.0.addr() & 1 == 1
    }

    #[inline]
    pub(super) fn node(&self) -> Option<NonNull<Node>> {
        NonNull::new(self.0.map_addr(|address| address & !1))
    }

    /// The base, if it is held by a `NodeRef`.
    pub(super) fn node_view(&self) -> Option<NodeView<'_>> {
        let node = self.node().filter(|_| !self.is_base_ref())?;
        Some(NodeView(node, PhantomData))
    }

    /// A `BaseRef` to the same node, which overrides the slot that slot `at` of the version over it corresponds to.
    ///
    /// `None` if there is no base, if this is a `BaseRef` already, or if others override another slot.
    pub(super) fn overriding(&self, at: usize) -> Option<Self> {
        let node = self.node().filter(|_| !self.is_base_ref())?;
        // SAFETY: this is a `NodeRef`, so the node is alive and nobody writes it.
        let base = unsafe { node.as_ref() };
        let corresponding = 1 << (at & base.last as usize);
        let is_counted = base.counts.add_base_ref_overriding(corresponding);
        is_counted.then(|| Self::base_ref(BaseRef(node)))
    }

    /// Another handle of the same kind. `None` if there are too many of them.
    pub(super) fn share(&self) -> Option<Self> {
        if let Some(node) = self.node() {
            // SAFETY: the handle keeps the node.
            let counts = unsafe { counts(node) };
            if !self.is_base_ref() {
                counts.add_node_ref();
            } else if !counts.add_base_ref() {
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
            Some(node) if self.is_base_ref() => drop(BaseRef(node)),
            Some(node) => drop(NodeRef(node)),
            None => {}
        }
    }
}

#[cfg(test)]
impl NodeView<'_> {
    /// How many nodes the chain of bases has, with this one. No other thread may have a handle to one of them.
    pub(crate) fn chain_length(self) -> usize {
        let mut length = 1;
        let mut base = self.node().base.node();
        while let Some(node) = base {
            length += 1;
            // SAFETY: the handle of the version over it keeps it, and no other thread writes it.
            base = unsafe { node.as_ref() }.base.node();
        }
        length
    }
}
