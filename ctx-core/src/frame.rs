//! A frame: a context that runs, which alone may be written.

use crate::binding::{Borrowed, Shared};
use crate::clock::{Clock, Room};
use crate::info::Info;
use crate::map::Map;

/// Marks of an identity: which tokens it has outlived.
pub(crate) const BINDINGS_ANEW: u64 = 1;
pub(crate) const LOCALS_ANEW: u64 = 2;
/// The mark of what was captured for a frame that does not run yet: see `Instance`.
pub(crate) const NOT_RUNNING: u64 = 1 << 63;
/// The mark of a frame in which something was captured, or a wrapper was made.
pub(crate) const CAPTURED: u64 = 4;

/// What the tokens of a variable know a frame by.
pub(crate) const fn known_by(identity: u64, info: &Info) -> u64 {
    identity & !(CAPTURED | if info.is_local { BINDINGS_ANEW } else { LOCALS_ANEW })
}

/// A running context: its bindings now, who it is, and how many wrappers were made in it.
#[repr(C)]
pub(crate) struct Frame {
    /// The bindings that captures and snapshots take along. First, for reads.
    pub(crate) bindings: Map,
    /// The identity by which tokens know this frame; 0 until one asks for it. Captures know the frame by the same number
    /// without its marks: two tell a frame that has started anew, with other bindings or other local ones, from what it was
    /// before, and one says whether there are captures at all.
    pub(crate) identity: u64,
    /// Counts the wrappers made in this frame, and keeps the local bindings.
    pub(crate) clock: Clock,
}

impl Frame {
    pub(crate) const fn new(bindings: Map) -> Self {
        Self {
            bindings,
            identity: 0,
            clock: Clock::new(),
        }
    }

    /// The binding of a variable, local or not.
    #[inline]
    pub(crate) fn find(&self, info: &'static Info) -> Option<Borrowed<'_>> {
        if info.is_local {
            self.clock.locals()?.find(info)
        } else {
            self.bindings.find(info)
        }
    }

    /// Binds a variable, and returns what it was bound to. Not for the current frame, since this allocates.
    pub(crate) fn bind(&mut self, binding: Shared) -> Option<Shared> {
        if !binding.info.is_local {
            return self.bindings.insert(binding);
        }
        if !self.clock.has_room() {
            self.clock.add(Room::new());
        }
        self.clock.locals_mut()?.insert(binding)
    }

    /// Here and now, of a frame that somebody knows the identity of.
    #[inline]
    pub(crate) fn now(&self) -> Origin {
        Origin::new(self.identity, self.clock.time())
    }

    /// Whether something was captured in this frame, or a wrapper made, ever.
    pub(crate) fn has_captured(&self) -> bool {
        self.identity & CAPTURED != 0
    }

    /// Whether something was captured in this frame, and no wrapper was made in it since: `captured` has the home for its
    /// identity.
    #[inline]
    pub(crate) fn has_just_captured(&self, captured: &Self) -> bool {
        const MARKS: u64 = NOT_RUNNING | CAPTURED | BINDINGS_ANEW | LOCALS_ANEW;
        (self.identity ^ captured.identity) & !MARKS == 0 && self.clock.is_bare_at(&captured.clock)
    }

    /// Unbinds a variable, and returns what it was bound to. Not for the current frame either.
    pub(crate) fn unbind(&mut self, info: &'static Info) -> Option<Shared> {
        if info.is_local {
            self.clock.locals_mut()?.remove(info)
        } else {
            self.bindings.remove(info)
        }
    }
}

/// Where and when a future was captured, or a wrapper was made.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Origin {
    /// The frame's identity without its marks, or one of the two numbers below, which no frame has.
    home: u64,
    clock: u64,
}

/// No place at all: of a capture that no wrapper applies to.
const SEALED: u64 = 8;
/// Outside every context, on whatever thread.
const OUTSIDE: u64 = 16;

impl Origin {
    /// Of a capture that no wrapper applies to: it has been given its context, or belongs to a bound closure.
    pub(crate) const SEALED: Self = Self { home: SEALED, clock: 0 };

    /// Outside every context, when the clock that all threads share there was at `clock`.
    pub(crate) const fn outside(clock: u64) -> Self {
        Self { home: OUTSIDE, clock }
    }

    /// In the frame of this identity, when its clock was at `clock`.
    pub(crate) const fn new(identity: u64, clock: u64) -> Self {
        Self {
            home: identity & !(CAPTURED | BINDINGS_ANEW | LOCALS_ANEW),
            clock,
        }
    }

    pub(crate) const fn parts(self) -> (u64, u64) {
        (self.home, self.clock)
    }

    pub(crate) const fn of_parts(home: u64, clock: u64) -> Self {
        Self { home, clock }
    }

    /// Whether it is in this frame.
    pub(crate) fn is_in(self, frame: &Frame) -> bool {
        self.home == Self::new(frame.identity, 0).home
    }

    pub(crate) const fn is_sealed(self) -> bool {
        self.home == SEALED
    }

    /// Whether a wrapper made at `self` applies to what was captured at `capture`: it is newer, and was made in the same
    /// place. No wrapper is made where a sealed capture is.
    pub(crate) const fn applies_to(self, capture: Self) -> bool {
        self.home == capture.home && self.clock > capture.clock
    }

    /// Whether this capture was made in the same frame as `other`, and no later.
    pub(crate) const fn is_before(self, other: Self) -> bool {
        self.home == other.home && self.clock <= other.clock
    }
}

#[cfg(test)]
mod tests;
