//! A base: the node that another one borrows from.

use super::{Node, Rest, Whole, counts};
use std::mem::ManuallyDrop;
use std::ptr::{self, NonNull};

/// What the slots that are not owned are borrowed from: nothing, a `Whole`, or a `Rest`, whose lowest bit is then set.
///
/// One word, so that it stays in a register on its way into a new node.
#[repr(transparent)]
pub(super) struct Base(*mut Node);

impl Base {
    pub(super) const NONE: Self = Self(ptr::null_mut());

    #[inline]
    pub(super) fn whole(whole: Whole) -> Self {
        Self(whole.into_raw().as_ptr())
    }

    pub(super) fn rest(rest: Rest) -> Self {
        let node = ManuallyDrop::new(rest).0;
        Self(node.as_ptr().map_addr(|address| address | 1))
    }

    #[inline]
    pub(super) fn is_none(&self) -> bool {
        self.0.is_null()
    }

    #[inline]
    fn is_rest(&self) -> bool {
        self.0.addr() & 1 == 1
    }

    #[inline]
    pub(super) fn node(&self) -> Option<NonNull<Node>> {
        NonNull::new(self.0.map_addr(|address| address & !1))
    }

    /// A handle to the same node that does not see what a wider or equal one has in slot `at`, if there can be one.
    pub(super) fn without(&self, at: usize) -> Option<Self> {
        let node = self.node().filter(|_| !self.is_rest())?;
        // SAFETY: the handle keeps the node.
        let base = unsafe { node.as_ref() };
        let hidden = 1 << (at & base.last as usize);
        let is_hidden = base.counts.add_rest_hiding(hidden);
        is_hidden.then(|| Self::rest(Rest(node)))
    }

    /// Another handle of the same kind, unless there are too many.
    pub(super) fn share(&self) -> Option<Self> {
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
