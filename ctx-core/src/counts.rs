//! The counts of a node, in one word: 32 bits of `Whole`s, 26 of `Rest`s, and in the other 6 the hidden slot.
//!
//! All `Whole`s together count as one `Rest`, which the last of them drops.

use crate::sync::{AtomicU64, Ordering, fence};
use std::process;

const WHOLE: u64 = 1;
const REST: u64 = 1 << 32;
const HIDDEN: u64 = 1 << 58;
const MOST_RESTS: u64 = HIDDEN / REST - 1;

pub(crate) struct Counts(AtomicU64);

/// What is to be done when the last `Whole` goes.
pub(crate) enum Left {
    /// There are `Rest`s: what they hide is to be dropped, and then a `Rest`.
    Rests { hidden: u32 },
    /// It was the last handle.
    Nobody,
}

/// What is left when a `Whole` has gone.
pub(crate) enum Dropped {
    /// Others.
    One,
    /// Nobody: it was the only handle of all, and it was found out without a write.
    Only,
    /// No `Whole`.
    Last(Last),
}

/// The counts as they were before the last `Whole` went.
pub(crate) struct Last(u64);

impl Last {
    pub(crate) fn left(self) -> Left {
        if rests(self.0) > 1 {
            Left::Rests { hidden: hidden(self.0) }
        } else {
            Left::Nobody
        }
    }
}

impl Counts {
    /// Of a node with one `Whole`.
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(WHOLE | REST))
    }

    /// Whether there is one `Whole` and nothing else, which is then the caller's: nobody else can make a handle.
    #[inline]
    pub(crate) fn is_one(&self) -> bool {
        // `Acquire`: what others did with the node is done. For a node in a slot of another this relies on the other's
        // count being dropped with `Release` too: who made a handle from there was counted there.
        without_hidden(self.0.load(Ordering::Acquire)) == WHOLE | REST
    }

    /// Counts one more `Whole`.
    #[inline]
    pub(crate) fn add_whole(&self) {
        // Relaxed, here and below, since whoever has a handle sees the node already.
        if wholes(self.0.fetch_add(WHOLE, Ordering::Relaxed)) > REST / 2 {
            too_many_handles();
        }
    }

    /// Counts one more `Rest` that hides the slot of this bit. False if that can't be: others hide another slot, or there
    /// is no `Whole` left.
    #[inline]
    pub(crate) fn add_rest_hiding(&self, slot: u32) -> bool {
        let added = |counts| {
            let others = rests(counts) > 1;
            let agreed = hidden(counts) == slot || !others;
            let possible = agreed && wholes(counts) > 0 && rests(counts) < MOST_RESTS;
            possible.then(|| without_hidden(counts) + REST + (u64::from(slot.trailing_zeros()) + 1) * HIDDEN)
        };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added).is_ok()
    }

    /// Counts one more `Rest` beside another. False if there are too many.
    pub(crate) fn add_rest(&self) -> bool {
        let added = |counts| (rests(counts) < MOST_RESTS).then_some(counts + REST);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, added).is_ok()
    }

    /// Drops a `Whole`.
    #[inline]
    pub(crate) fn drop_whole(&self) -> Dropped {
        if self.is_one() {
            return Dropped::Only;
        }
        let counts = self.0.fetch_sub(WHOLE, Ordering::Release);
        if wholes(counts) > 1 {
            return Dropped::One;
        }
        fence(Ordering::Acquire);
        Dropped::Last(Last(counts))
    }

    /// Drops a `Rest`. If it was the last handle of all, returns what was in the hidden slot and has been dropped before,
    /// 0 if nothing.
    #[inline]
    pub(crate) fn drop_rest(&self) -> Option<u32> {
        let counts = self.0.fetch_sub(REST, Ordering::Release);
        if rests(counts) > 1 {
            return None;
        }
        fence(Ordering::Acquire);
        Some(hidden(counts))
    }
}

/// Handles were forgotten, not dropped. As many again, and what they lead to would be freed in use.
///
/// Of the `C` ABI, which does not unwind: so who counts a handle has nothing to clean up.
#[cold]
pub(crate) extern "C" fn too_many_handles() -> ! {
    process::abort()
}

const fn wholes(counts: u64) -> u64 {
    counts % REST
}

const fn rests(counts: u64) -> u64 {
    without_hidden(counts) / REST
}

const fn without_hidden(counts: u64) -> u64 {
    counts % HIDDEN
}

/// The hidden slot as a bit, 0 if there is none.
const fn hidden(counts: u64) -> u32 {
    match counts / HIDDEN {
        0 => 0,
        number => 1 << (number - 1),
    }
}

#[cfg(test)]
mod tests;
