//! An origin: what a capture or a wrapper knows of the place and the time it was made at, and which wrappers apply to which
//! captures (rule R4).

use super::identity::Place;

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

    /// Whether it is at this place.
    pub(crate) fn is_at(self, place: Place) -> bool {
        self.place == place
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
