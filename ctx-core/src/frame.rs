//! A frame: a context that runs, which alone may be written.

use crate::binding::{Borrowed, Shared};
use crate::clock::{Clock, Room};
use crate::info::Info;
use crate::map::Map;

/// A running context: its bindings now, who it is, and how many wrappers were made in it.
#[derive(Default)]
pub(crate) struct Frame {
    /// Counts the wrappers made in this frame, and keeps the local bindings. First, since it drops nothing but a number as
    /// a rule, and what is dropped last need not be dropped by a call.
    pub(crate) clock: Clock,
    /// The bindings that captures and snapshots take along.
    pub(crate) bindings: Map,
    /// The identity by which tokens know this frame; 0 until one asks for it. Captures know the frame by the same number
    /// without its lowest bit, which tells a frame that has started anew from what it was before.
    pub(crate) identity: u64,
}

impl Frame {
    pub(crate) const fn new(bindings: Map) -> Self {
        Self {
            clock: Clock::new(),
            bindings,
            identity: 0,
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
    home: u64,
    clock: u64,
}

impl Origin {
    /// Of a capture outside every context, which holds nothing of its own.
    pub(crate) const NOBODYS: Self = Self { home: 0, clock: 0 };

    /// Of a capture that no wrapper has a say in.
    pub(crate) const SEALED: Self = Self { home: 2, clock: 0 };

    /// The origin of the `clock`th wrapper made outside every context, on whatever thread.
    pub(crate) const fn outside(clock: u64) -> Self {
        Self { home: 4, clock }
    }

    /// In the frame of this identity, when its clock was at `clock`.
    pub(crate) const fn new(identity: u64, clock: u64) -> Self {
        Self {
            home: identity & !1,
            clock,
        }
    }

    pub(crate) const fn parts(self) -> (u64, u64) {
        (self.home, self.clock)
    }

    /// Whether a wrapper made at `self` has a say in what was captured at `capture`: it is newer and of the same frame,
    /// or the capture is nobody's.
    pub(crate) fn has_say_in(self, capture: Self) -> bool {
        capture == Self::NOBODYS || (self.home == capture.home && self.clock > capture.clock)
    }

    /// Whether this capture was made in the same frame as `other`, and no later.
    pub(crate) fn is_before(self, other: Self) -> bool {
        self != Self::NOBODYS && self.home == other.home && self.clock <= other.clock
    }
}
