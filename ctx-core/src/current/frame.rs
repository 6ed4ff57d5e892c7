//! A frame: a context that runs, which alone may be written. And an origin: a moment in a frame.

use super::identity::{Identity, Place};
use super::locals::{Clock, Extension};
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

/// Where and when something was captured or a wrapper was made.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Origin {
    place: Place,
    time: u64,
}

impl Origin {
    /// The origin of a capture that no wrapper applies to: it was given its context, or it belongs to a bound closure.
    pub(crate) const SEALED: Self = Self::new(Place::NONE, 0);

    #[inline]
    pub(crate) const fn new(place: Place, time: u64) -> Self {
        Self { place, time }
    }

    #[inline]
    pub(crate) const fn parts(self) -> (Place, u64) {
        (self.place, self.time)
    }

    pub(crate) fn is_in(self, frame: &Frame) -> bool {
        self.place == frame.identity.place()
    }

    pub(crate) fn is_sealed(self) -> bool {
        self.place == Place::NONE
    }

    /// Whether a wrapper made at `self` applies to what was captured at `capture`: it is newer, and was made in the same
    /// place. No wrapper is made at [`Place::NONE`].
    pub(crate) fn applies_to(self, capture: Self) -> bool {
        self.place == capture.place && self.time > capture.time
    }

    /// Whether this capture was made in the same place as `other`, and no later.
    pub(crate) fn is_before(self, other: Self) -> bool {
        self.place == other.place && self.time <= other.time
    }
}

#[cfg(test)]
mod tests;
