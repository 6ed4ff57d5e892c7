//! A frame: a context that runs, which alone may be written.

use crate::map::Map;

/// A running context: its bindings now, who it is, and how many wrappers were made in it.
#[derive(Default)]
pub(crate) struct Frame {
    pub(crate) bindings: Map,
    /// The identity by which tokens know this frame; 0 until one asks for it. Captures know the frame by the same number
    /// without its lowest bit, which tells a frame that has started anew from what it was before.
    pub(crate) identity: u64,
    /// Counts the wrappers made in this frame.
    pub(crate) clock: u64,
}

impl Frame {
    pub(crate) const fn new(bindings: Map) -> Self {
        Self {
            bindings,
            identity: 0,
            clock: 0,
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
