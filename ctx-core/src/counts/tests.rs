//! The counts one by one, also as no program has them in a test.

use super::{Counts, Dropped, Last, Left};
use crate::aborts::aborts;
use crate::sync::{AtomicU64, Ordering};

/// As many `Rest`s as there may be.
const MOST_RESTS: u64 = 67_108_863;
const MANY_WHOLES: u64 = 2_147_483_648;
const SLOTS: [u32; 4] = [1, 1 << 1, 1 << 17, 1 << 31];

/// The word for so many of each, and the hidden slot as a bit, or 0.
fn word(wholes: u64, rests: u64, hidden: u32) -> u64 {
    let hidden = if hidden == 0 {
        0
    } else {
        u64::from(hidden.trailing_zeros()) + 1
    };
    wholes | rests << 32 | hidden << 58
}

fn counts(wholes: u64, rests: u64, hidden: u32) -> Counts {
    Counts(AtomicU64::new(word(wholes, rests, hidden)))
}

#[track_caller]
fn assert_are(counts: &Counts, wholes: u64, rests: u64, hidden: u32) {
    assert_eq!(counts.0.load(Ordering::Relaxed), word(wholes, rests, hidden));
}

#[test]
fn a_new_node_has_one_whole() {
    assert_are(&Counts::new(), 1, 1, 0);
    assert!(Counts::new().is_one());
    for slot in SLOTS {
        assert!(counts(1, 1, slot).is_one());
        assert!(!counts(1, 2, slot).is_one());
        assert!(!counts(0, 1, slot).is_one());
    }
    assert!(!counts(2, 1, 0).is_one());
    assert!(!counts(3, 1, 0).is_one());
}

#[test]
fn wholes_are_counted() {
    for before in [1, 2, MANY_WHOLES] {
        let counts = counts(before, 5, 1);
        counts.add_whole();
        assert_are(&counts, before + 1, 5, 1);
    }
}

#[test]
fn more_wholes_than_there_can_be_abort() {
    aborts("counts::tests::more_wholes_than_there_can_be_abort", || {
        counts(MANY_WHOLES + 1, 1, 0).add_whole();
    });
}

/// All `Rest`s hide the same slot, and there is something to be hidden while a `Whole` is left.
#[test]
fn a_rest_hides_the_slot_that_others_hide() {
    for slot in SLOTS {
        for hidden in [0, 1, slot, 1 << 5] {
            // What is hidden from nobody may be another one.
            let alone = counts(1, 1, hidden);
            assert!(alone.add_rest_hiding(slot));
            assert_are(&alone, 1, 2, slot);

            let beside = counts(7, 3, hidden);
            let agrees = hidden == slot;
            assert_eq!(beside.add_rest_hiding(slot), agrees);
            assert_are(&beside, 7, 3 + u64::from(agrees), hidden);
        }
        for rests in [1, 2, 3] {
            let left = counts(0, rests, slot);
            assert!(!left.add_rest_hiding(slot));
            assert_are(&left, 0, rests, slot);
        }
    }
}

#[test]
fn rests_have_a_limit() {
    let adding: [fn(&Counts) -> bool; 2] = [|counts| counts.add_rest_hiding(4), Counts::add_rest];
    for add in adding {
        let nearly = counts(1, MOST_RESTS - 1, 4);
        assert!(add(&nearly));
        assert_are(&nearly, 1, MOST_RESTS, 4);
        assert!(!add(&nearly));
        assert_are(&nearly, 1, MOST_RESTS, 4);
    }
}

#[test]
fn a_rest_beside_another_hides_the_same() {
    for slot in SLOTS {
        let counts = counts(0, 2, slot);
        assert!(counts.add_rest());
        assert_are(&counts, 0, 3, slot);
    }
}

#[test]
fn the_only_whole_is_found_out_without_a_write() {
    for slot in SLOTS.into_iter().chain([0]) {
        let counts = counts(1, 1, slot);
        assert!(matches!(counts.drop_whole(), Dropped::Only));
        assert_are(&counts, 1, 1, slot);
    }
}

#[test]
fn the_last_whole_leaves_what_rests_hide() {
    for slot in SLOTS {
        let counts = counts(2, 2, slot);
        assert!(matches!(counts.drop_whole(), Dropped::One));
        assert_are(&counts, 1, 2, slot);
        let Dropped::Last(last) = counts.drop_whole() else {
            panic!("the last")
        };
        assert_are(&counts, 0, 2, slot);
        assert!(matches!(last.left(), Left::Rests { hidden } if hidden == slot));
        // Another went between the look and the write.
        assert!(matches!(Last(word(1, 1, slot)).left(), Left::Nobody));
    }
}

#[test]
fn the_last_rest_says_what_was_hidden() {
    for slot in SLOTS.into_iter().chain([0]) {
        let counts = counts(0, 2, slot);
        assert_eq!(counts.drop_rest(), None);
        assert_are(&counts, 0, 1, slot);
        assert_eq!(counts.drop_rest(), Some(slot));
    }
    let beside = counts(1, 2, 1);
    assert_eq!(beside.drop_rest(), None);
    assert!(beside.is_one());
}
