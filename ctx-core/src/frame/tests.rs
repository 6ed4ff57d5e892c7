//! Who is in which frame, whatever its marks.

use super::{BINDINGS_ANEW, CAPTURED, Frame, LOCALS_ANEW, NOT_RUNNING, Origin};
use crate::clock::{Clock, Room};
use crate::map::Map;

const HOME: u64 = 4096;

fn frame(identity: u64, time: u64) -> Frame {
    Frame {
        bindings: Map::new(),
        identity,
        clock: Clock::at(time),
    }
}

/// All that a running frame may be marked with.
fn marks() -> impl Iterator<Item = u64> {
    [0, CAPTURED]
        .into_iter()
        .flat_map(|captured| [0, BINDINGS_ANEW].map(|bindings| captured | bindings))
        .flat_map(|marks| [0, LOCALS_ANEW].map(|locals| marks | locals))
}

/// R4: what was captured here and now need not ask the wrappers around.
#[test]
fn what_was_captured_here_and_now_is_known_whatever_the_marks() {
    let captured = frame(HOME | NOT_RUNNING, 6);
    for marks in marks() {
        assert!(frame(HOME | marks, 6).has_just_captured(&captured));
        assert!(!frame(HOME | marks, 8).has_just_captured(&captured), "a wrapper since");
        assert!(!frame((HOME * 2) | marks, 6).has_just_captured(&captured), "elsewhere");
        assert!(!frame((HOME + 8) | marks, 6).has_just_captured(&captured), "elsewhere");
        let mut with_locals = frame(HOME | marks, 6);
        with_locals.clock.add(Room::new());
        assert!(!with_locals.has_just_captured(&captured), "local bindings");
    }
}

#[test]
fn an_origin_is_in_its_frame_whatever_the_marks() {
    for marks in marks() {
        let origin = frame(HOME | marks, 6).now();
        assert!(origin == Origin::of_parts(HOME, 6));
        assert!(origin.is_in(&frame(HOME, 0)) && !origin.is_in(&frame(HOME + 8, 6)));
    }
}

#[test]
fn a_frame_tells_whether_it_was_captured_in() {
    for marks in marks() {
        assert_eq!(frame(HOME | marks, 0).has_captured(), marks & CAPTURED == CAPTURED);
    }
}

/// R4: a wrapper applies to what is older and from the same place.
#[test]
fn wrappers_apply_to_what_is_older() {
    let [before, at, after] = [4, 6, 8].map(|time| Origin::new(HOME, time));
    assert!(at.applies_to(before) && !at.applies_to(at) && !at.applies_to(after));
    assert!(before.is_before(at) && at.is_before(at) && !after.is_before(at));
    let elsewhere = Origin::new(HOME + 8, 4);
    assert!(!at.applies_to(elsewhere) && !elsewhere.is_before(at));
    assert!(Origin::SEALED.is_sealed() && !at.is_sealed() && !Origin::outside(0).is_sealed());
}
