//! What a prelude remembers of a function's writes.

use super::{Prelude, Writes};
use crate::current::frame::Frame;
use crate::current::identity::Identity;
use crate::current::locals::Clock;
use crate::descriptor::debug::Show;
use crate::descriptor::{DescriptorOf, Reach};
use crate::map::Map;
use crate::map::binding::BindingRef;
use std::cell::Cell;
use std::panic::Location;

static VARIABLES: [DescriptorOf<u32>; 3] = [const { DescriptorOf::new("NUMBER", Show::VALUE, Reach::Inherited) }; 3];

/// What is remembered of a function that wrote so many variables, of which the first was bound before.
fn writes_of(writes: usize, has_captures: bool) -> Writes {
    for (number, variable) in (1..).zip(&VARIABLES) {
        variable.assign_this_number(number);
    }
    let bind = |map: &mut Map, variable| drop(map.insert(BindingRef::new(variable, Location::caller(), 1)));
    let mut captured = Map::new();
    bind(&mut captured, &VARIABLES[0]);
    bind(&mut captured, &VARIABLES[2]);
    let mut bindings = captured.clone();
    VARIABLES[..writes]
        .iter()
        .for_each(|variable| bind(&mut bindings, variable));
    let identity = Identity::new(&Cell::new(0));
    let frame = Frame {
        bindings,
        identity: if has_captures {
            identity.with_captures()
        } else {
            identity
        },
        clock: Clock::new(),
    };
    Prelude::of(&frame, &captured, &Map::new()).writes
}

/// It costs a list only where somebody may ask for it.
#[test]
fn what_was_written_is_told_by_the_bindings() {
    assert!(matches!(writes_of(0, false), Writes::AtMostOne(None)));
    assert!(matches!(writes_of(1, false), Writes::InBindings));
    assert!(matches!(writes_of(2, false), Writes::InBindings));
}

#[test]
fn what_was_written_is_noted_where_something_was_captured() {
    assert!(matches!(writes_of(0, true), Writes::AtMostOne(None)));
    assert!(matches!(writes_of(1, true), Writes::AtMostOne(Some((_, Some(_))))));
    let Writes::Many(many) = writes_of(2, true) else {
        panic!("two variables")
    };
    let found = many.iter().map(|written| written.found.is_some());
    assert!(found.eq([true, false]));
    assert!(many.iter().all(|written| written.local.is_none()));
}
