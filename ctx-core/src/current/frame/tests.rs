//! What was captured in a frame, and when.

use super::Frame;
use crate::current::identity::Identity;
use crate::current::locals::{Clock, Extension};
use crate::current::origin::Origin;
use crate::map::Map;
use std::cell::Cell;

fn frame(identity: Identity, time: u64) -> Frame {
    Frame {
        bindings: Map::new(),
        identity,
        clock: Clock::at(time),
    }
}

/// Two frames, each in the states that it can be in.
fn frames() -> [[Identity; 3]; 2] {
    let next = Cell::new(0);
    [(); 2].map(|()| {
        let identity = Identity::new(&next);
        [
            identity,
            identity.with_captures(),
            Identity::going_on(identity.place(), true),
        ]
    })
}

/// R4: what was captured here and now need not look at the wrappers around.
#[test]
fn what_was_captured_here_and_now_is_known_in_every_state() {
    let [here, elsewhere] = frames();
    let captured = frame(Identity::captured_at(here[0].place()), 12);
    for identity in here {
        assert!(frame(identity, 12).has_just_captured(&captured));
        assert!(!frame(identity, 16).has_just_captured(&captured), "a wrapper since");
        let mut with_locals = frame(identity, 12);
        with_locals.clock.extend(Extension::new());
        assert!(!with_locals.has_just_captured(&captured), "local bindings");
    }
    for identity in elsewhere {
        assert!(!frame(identity, 12).has_just_captured(&captured));
    }
}

#[test]
fn an_origin_is_in_its_frame_in_every_state() {
    let [here, elsewhere] = frames();
    for identity in here {
        let origin = frame(identity, 12).now();
        assert!(origin == Origin::new(here[0].place(), 12));
        assert!(here.iter().all(|identity| origin.is_at(identity.place())));
        assert!(!elsewhere.iter().any(|identity| origin.is_at(identity.place())));
    }
}
