//! Who a frame is: one word, by which tokens and captures know it.

use crate::descriptor::Descriptor;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The identity of a frame, and the stage of the future that owns it.
///
/// | word | meaning |
/// | --- | --- |
/// | 0 | a frame that nobody has asked for its identity |
/// | bits 3 to 61 | the frame's number, unique in the process: see [`Place`] |
/// | bit 0 | restarted with other bindings: tokens of inherited variables from before don't match |
/// | bit 1 | restarted with other local bindings: tokens of local variables from before don't match |
/// | bit 2 | something was captured in the frame, or a wrapper was made there |
/// | bit 63 | the frame can't be entered as it is: it does not run yet, or it carries something |
/// | bit 62, with bit 63 | it runs, and carries something that is not entered. Without this bit, the number is that of the place where it was captured |
/// | all bits | the future has ended, and the frame is gone |
///
/// Captures ignore the bits 0 to 2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(Debug))]
#[repr(transparent)]
pub(crate) struct Identity(u64);

/// The place where something was captured or a wrapper was made: a frame, or one of two that are none.
#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
#[repr(transparent)]
pub(crate) struct Place(u64);

const RESTARTED: u64 = 1;
const LOCALS_RESTARTED: u64 = 2;
const HAS_CAPTURES: u64 = 4;
const NOT_READY: u64 = 1 << 63;
const CARRIES: u64 = 1 << 62;
const MARKS: u64 = RESTARTED | LOCALS_RESTARTED | HAS_CAPTURES;

/// Numbers leave room for the marks.
const STEP: u64 = 8;
/// How much of the number line a thread takes at once: 1,024 numbers.
const BLOCK: u64 = 1024 * STEP;

impl Place {
    /// No place: no wrapper applies to what was captured here. Smaller than any number.
    pub(crate) const NONE: Self = Self(STEP);

    /// Outside every context, on whatever thread. Smaller than any number.
    pub(crate) const OUTSIDE: Self = Self(2 * STEP);
}

impl Identity {
    /// A frame that nobody has asked for its identity.
    pub(crate) const UNASKED: Self = Self(0);

    /// The frame of a future that has ended.
    pub(crate) const OVER: Self = Self(u64::MAX);

    /// A new identity. `next` is this thread's next number.
    pub(crate) fn new(next: &Cell<u64>) -> Self {
        static NEXT_BLOCK: AtomicU64 = AtomicU64::new(BLOCK);
        let mut number = next.get();
        if number % BLOCK == 0 {
            number = NEXT_BLOCK.fetch_add(BLOCK, Ordering::Relaxed);
        }
        next.set(number + STEP);
        Self(number)
    }

    /// The identity of what was captured at `place`, and does not run yet.
    #[inline]
    pub(crate) const fn captured_at(place: Place) -> Self {
        Self(place.0 | NOT_READY)
    }

    /// The identity of a frame that goes on where the frame at `place` has ended, with the local bindings of another, and
    /// if it `is_restarted` with other bindings too.
    pub(crate) const fn going_on(place: Place, is_restarted: bool) -> Self {
        let restarted = if is_restarted { RESTARTED } else { 0 };
        Self(place.0 | restarted | LOCALS_RESTARTED)
    }

    /// Whether the frame runs, and can be entered as it is.
    #[inline]
    pub(crate) const fn is_ready(self) -> bool {
        self.0 & NOT_READY == 0
    }

    /// Whether the frame runs, and carries something that is not entered.
    #[inline]
    pub(crate) fn carries(self) -> bool {
        self.0 & CARRIES != 0 && !self.is_over()
    }

    /// The identity of a frame that runs, while what it carries is not entered.
    pub(crate) const fn carrying(self) -> Self {
        Self(self.0 | NOT_READY | CARRIES)
    }

    /// The same while it is entered.
    pub(crate) const fn without_carried(self) -> Self {
        Self(self.0 & !(NOT_READY | CARRIES))
    }

    #[inline]
    pub(crate) fn is_over(self) -> bool {
        self == Self::OVER
    }

    #[inline]
    pub(crate) const fn has_captures(self) -> bool {
        self.0 & HAS_CAPTURES != 0
    }

    #[inline]
    pub(crate) const fn with_captures(self) -> Self {
        Self(self.0 | HAS_CAPTURES)
    }

    /// The place that the number stands for.
    #[inline]
    pub(crate) const fn place(self) -> Place {
        Place(self.0 & !(MARKS | NOT_READY | CARRIES))
    }

    /// What the tokens of a variable know the frame by.
    #[inline]
    pub(crate) const fn for_tokens_of(self, variable: &Descriptor) -> Self {
        let ignored = if variable.is_local { RESTARTED } else { LOCALS_RESTARTED };
        Self(self.0 & !(HAS_CAPTURES | ignored))
    }
}

#[cfg(test)]
mod tests;
