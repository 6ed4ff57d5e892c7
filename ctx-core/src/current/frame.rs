//! A frame: a context that runs, which alone may be written.

use super::identity::Identity;
use super::locals::{Clock, Extension};
use super::origin::Origin;
use crate::ambient::carried::CarriedRef;
use crate::descriptor::Descriptor;
use crate::map::Map;
use crate::map::binding::{BindingRef, BindingView};

/// A running context: what is bound now, who it is, and how many wrappers were made in it. 24 bytes.
#[repr(C)]
pub(crate) struct Frame {
    /// What is bound, local variables left out: what captures and snapshots take along. First, for reads.
    pub(crate) bindings: Map,
    pub(crate) identity: Identity,
    /// Counts the wrappers that are made in this frame, and keeps the bindings of local variables.
    pub(crate) clock: Clock,
}

impl Frame {
    pub(crate) const fn new(bindings: Map) -> Self {
        Self {
            bindings,
            identity: Identity::UNASKED,
            clock: Clock::new(),
        }
    }

    /// The binding of a variable, local or not.
    #[inline]
    pub(crate) fn find(&self, variable: &'static Descriptor) -> Option<BindingView<'_>> {
        if variable.is_local {
            self.clock.locals()?.find(variable)
        } else {
            self.bindings.find(variable)
        }
    }

    /// Binds a variable. Returns what it was bound to. Allocates, so it is not for the current frame.
    pub(crate) fn bind(&mut self, binding: BindingRef) -> Option<BindingRef> {
        if !binding.variable.is_local {
            return self.bindings.insert(binding);
        }
        if !self.clock.has_extension() {
            self.clock.extend(Extension::new());
        }
        self.clock.locals_mut()?.insert(binding)
    }

    /// Unbinds a variable. Returns what it was bound to. Not for the current frame either.
    pub(crate) fn unbind(&mut self, variable: &'static Descriptor) -> Option<BindingRef> {
        if variable.is_local {
            self.clock.locals_mut()?.remove(variable)
        } else {
            self.bindings.remove(variable)
        }
    }

    /// Marks what is carried as entered, if it is not. Nothing of it is entered yet.
    ///
    /// # Safety
    ///
    /// The result is not used after [`end_carried`](Self::end_carried), nor after the frame is dropped.
    #[inline]
    pub(crate) unsafe fn begin_carried<'a>(&mut self) -> Option<CarriedRef<'a>> {
        // SAFETY: the caller's promise.
        let carried = unsafe { self.clock.begin_carried() }?;
        self.identity = self.identity.without_carried();
        Some(carried)
    }

    /// Marks what is carried as not entered.
    #[inline]
    pub(crate) fn end_carried(&mut self) {
        self.clock.end_carried();
        self.identity = self.identity.carrying();
    }

    /// This moment in the frame.
    #[inline]
    pub(crate) fn now(&self) -> Origin {
        Origin::new(self.identity.place(), self.clock.time())
    }

    /// Whether `captured` was captured in this frame and no wrapper was made here since. A frame with local bindings says
    /// no.
    #[inline]
    pub(crate) fn has_just_captured(&self, captured: &Self) -> bool {
        self.identity.place() == captured.identity.place() && self.clock.is_bare_at(&captured.clock)
    }
}

#[cfg(test)]
mod tests;
