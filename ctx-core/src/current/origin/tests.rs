//! Which wrappers apply to which captures.

use super::Origin;
use crate::current::identity::{Identity, Place};
use std::cell::Cell;

/// R4: a wrapper applies to what is older and from the same place.
#[test]
fn wrappers_apply_to_what_is_older() {
    let next = Cell::new(0);
    let [here, elsewhere] = [(); 2].map(|()| Identity::new(&next));
    let [before, at, after] = [4, 6, 8].map(|time| Origin::new(here.place(), time));
    assert!(at.applies_to(before) && !at.applies_to(at) && !at.applies_to(after));
    assert!(before.is_before(at) && at.is_before(at) && !after.is_before(at));
    let elsewhere = Origin::new(elsewhere.place(), 4);
    assert!(!at.applies_to(elsewhere) && !elsewhere.is_before(at));
    assert!(Origin::SEALED.is_sealed() && !at.is_sealed() && !Origin::new(Place::OUTSIDE, 0).is_sealed());
}
