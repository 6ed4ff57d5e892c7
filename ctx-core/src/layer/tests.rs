//! What is noted of a function that returns its future.

use super::{Begun, Writes};
use crate::binding::Shared;
use crate::clock::Clock;
use crate::frame::{CAPTURED, Frame};
use crate::info::{InfoOf, Reach};
use crate::map::Map;
use crate::show::Show;
use std::panic::Location;

static INFOS: [InfoOf<u32>; 3] = [const { InfoOf::new("NUMBER", Show::VALUE, Reach::Inherited) }; 3];

/// What is noted of a function that has written so many variables, of which the first was bound before.
fn noted(writes: usize, marks: u64) -> Writes {
    for (number, info) in (1..).zip(&INFOS) {
        info.assign_this(number);
    }
    let bind = |map: &mut Map, info| drop(map.insert(Shared::new(info, Location::caller(), 1)));
    let mut captured = Map::new();
    bind(&mut captured, &INFOS[0]);
    bind(&mut captured, &INFOS[2]);
    let mut bindings = captured.clone();
    INFOS[..writes].iter().for_each(|info| bind(&mut bindings, info));
    let frame = Frame {
        bindings,
        identity: 4096 | marks,
        clock: Clock::new(),
    };
    Begun::of(&frame, &captured, &Map::new()).writes
}

/// It costs a list only where somebody may ask for it.
#[test]
fn what_was_written_is_told_by_the_bindings() {
    assert!(matches!(noted(0, 0), Writes::Few(None)));
    assert!(matches!(noted(1, 0), Writes::Told));
    assert!(matches!(noted(2, 0), Writes::Told));
}

#[test]
fn what_was_written_is_noted_where_something_was_captured() {
    assert!(matches!(noted(0, CAPTURED), Writes::Few(None)));
    assert!(matches!(noted(1, CAPTURED), Writes::Few(Some((_, Some(_))))));
    let Writes::Many(many) = noted(2, CAPTURED) else {
        panic!("two variables")
    };
    let found = many.iter().map(|written| written.found.is_some());
    assert!(found.eq([true, false]));
    assert!(many.iter().all(|written| written.local.is_none()));
}
