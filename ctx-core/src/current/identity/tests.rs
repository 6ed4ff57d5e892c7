//! Identities: each frame has its own, on whatever thread, and its marks change neither its place nor what they don't concern.

use super::{BLOCK, Identity, MARKS, Place};
use crate::descriptor::debug::Show;
use crate::descriptor::{DescriptorOf, Reach};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::thread;

static INHERITED: DescriptorOf<u8> = DescriptorOf::new("INHERITED", Show::VALUE, Reach::Inherited);
static LOCAL: DescriptorOf<u8> = DescriptorOf::new("LOCAL", Show::VALUE, Reach::Local);

fn new() -> Identity {
    Identity::new(&Cell::new(0))
}

/// An identity in all states of a frame that runs.
fn running(identity: Identity) -> impl Iterator<Item = Identity> {
    (0..=MARKS).map(move |marks| Identity(identity.0 | marks))
}

#[test]
fn no_two_frames_have_the_same_identity() {
    let made = || {
        let next = Cell::new(0);
        (0..3_000).map(|_| Identity::new(&next)).collect::<Vec<_>>()
    };
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(made)).collect();
    let mut all = Vec::new();
    for thread in threads {
        let made = thread.join().expect("no panic");
        let blocks: BTreeSet<u64> = made.iter().map(|identity| identity.0 / BLOCK).collect();
        assert_eq!(blocks.len(), 3, "of 1,024 each");
        all.extend(made);
    }
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    for identity in all {
        assert_eq!(identity.0 & MARKS, 0);
        assert!(identity.is_ready() && identity != Identity::UNASKED);
        assert!(![Place::NONE, Place::OUTSIDE].contains(&identity.place()));
    }
}

#[test]
fn a_place_is_the_same_whatever_the_marks() {
    let identity = new();
    for marked in running(identity) {
        assert_eq!(marked.place(), identity.place());
        assert!(marked.is_ready() && !marked.is_over());
    }
    assert_ne!(new().place(), identity.place());
}

#[test]
fn what_is_captured_does_not_run_and_keeps_its_place() {
    for place in [new().place(), Place::NONE, Place::OUTSIDE] {
        let captured = Identity::captured_at(place);
        assert_eq!(captured.place(), place);
        assert!(!captured.is_ready() && !captured.is_over());
    }
    assert!(Identity::OVER.is_over() && !Identity::OVER.is_ready());
}

#[test]
fn a_frame_tells_whether_it_was_captured_in() {
    for identity in running(new()) {
        assert!(identity.with_captures().has_captures());
    }
    assert!(!new().has_captures() && !Identity::UNASKED.has_captures());
}

/// A future that goes on after its function refuses the tokens whose old value is another context's.
#[test]
fn a_restart_outdates_the_tokens_of_what_is_replaced() {
    let tokens = |identity: Identity| [&*INHERITED, &*LOCAL].map(|variable| identity.for_tokens_of(variable));
    let identity = new();
    let [inherited, local] = tokens(identity);
    let goes_on = tokens(Identity::going_on(identity.place(), false));
    assert_eq!(goes_on[0], inherited);
    assert_ne!(goes_on[1], local);
    let restarts = tokens(Identity::going_on(identity.place(), true));
    assert_ne!(restarts[0], inherited);
    assert_ne!(restarts[1], local);
    assert_eq!(tokens(identity.with_captures()), [inherited, local]);
}

/// While what it carries is not entered, a frame can't be entered as it is, and is the same otherwise.
#[test]
fn a_frame_that_carries_something_keeps_its_identity() {
    for identity in running(new()).chain([Identity::UNASKED]) {
        let carrying = identity.carrying();
        assert!(carrying.carries() && !carrying.is_ready() && !carrying.is_over());
        assert_eq!(carrying.without_carried(), identity);
        assert_eq!(carrying.place(), identity.place());
    }
    assert!(!new().carries() && !Identity::captured_at(Place::OUTSIDE).carries() && !Identity::OVER.carries());
}
