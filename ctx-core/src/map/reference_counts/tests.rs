//! The counts one by one, also in numbers that no test program reaches.

use super::{BaseRefs, Left, ReferenceCounts};
use crate::map::aborts::aborts;
use crate::map::atomics::{AtomicU64, Ordering};

/// As many `BaseRef`s as there may be.
const MOST_BASE_REFS: u64 = 67_108_863;
const MANY_NODE_REFS: u64 = 2_147_483_648;
const SLOTS: [u32; 4] = [1, 1 << 1, 1 << 17, 1 << 31];

/// The word for so many of each, and the overridden slot as a bit, or 0.
fn word(node_refs: u64, base_refs: u64, overridden: u32) -> u64 {
    let overridden = if overridden == 0 {
        0
    } else {
        u64::from(overridden.trailing_zeros()) + 1
    };
    node_refs | base_refs << 32 | overridden << 58
}

fn counts(node_refs: u64, base_refs: u64, overridden: u32) -> ReferenceCounts {
    ReferenceCounts(AtomicU64::new(word(node_refs, base_refs, overridden)))
}

#[track_caller]
fn assert_are(counts: &ReferenceCounts, node_refs: u64, base_refs: u64, overridden: u32) {
    assert_eq!(counts.0.load(Ordering::Relaxed), word(node_refs, base_refs, overridden));
}

#[test]
fn a_new_node_has_one_node_ref() {
    assert_are(&ReferenceCounts::new(), 1, 1, 0);
    assert!(ReferenceCounts::new().is_one());
    for slot in SLOTS {
        assert!(counts(1, 1, slot).is_one());
        assert!(!counts(1, 2, slot).is_one());
        assert!(!counts(0, 1, slot).is_one());
    }
    assert!(!counts(2, 1, 0).is_one());
    assert!(!counts(3, 1, 0).is_one());
}

#[test]
fn node_refs_are_counted() {
    for before in [1, 2, MANY_NODE_REFS] {
        let counts = counts(before, 5, 1);
        counts.add_node_ref();
        assert_are(&counts, before + 1, 5, 1);
    }
}

#[test]
fn more_node_refs_than_there_can_be_abort() {
    aborts(
        "map::reference_counts::tests::more_node_refs_than_there_can_be_abort",
        || {
            counts(MANY_NODE_REFS + 1, 1, 0).add_node_ref();
        },
    );
}

/// All `BaseRef`s override the same slot, and none is made when no `NodeRef` is left.
#[test]
fn a_base_ref_overrides_the_slot_that_others_override() {
    for slot in SLOTS {
        for overridden in [0, 1, slot, 1 << 5] {
            // Without a `BaseRef`, any slot can be overridden.
            let alone = counts(1, 1, overridden);
            assert!(alone.add_base_ref_overriding(slot));
            assert_are(&alone, 1, 2, slot);

            let beside = counts(7, 3, overridden);
            let agrees = overridden == slot;
            assert_eq!(beside.add_base_ref_overriding(slot), agrees);
            assert_are(&beside, 7, 3 + u64::from(agrees), overridden);
        }
        for base_refs in [1, 2, 3] {
            let left = counts(0, base_refs, slot);
            assert!(!left.add_base_ref_overriding(slot));
            assert_are(&left, 0, base_refs, slot);
        }
    }
}

#[test]
fn base_refs_have_a_limit() {
    let adding: [fn(&ReferenceCounts) -> bool; 2] = [
        |counts| counts.add_base_ref_overriding(4),
        ReferenceCounts::add_base_ref,
    ];
    for add in adding {
        let nearly = counts(1, MOST_BASE_REFS - 1, 4);
        assert!(add(&nearly));
        assert_are(&nearly, 1, MOST_BASE_REFS, 4);
        assert!(!add(&nearly));
        assert_are(&nearly, 1, MOST_BASE_REFS, 4);
    }
}

#[test]
fn a_base_ref_beside_another_overrides_the_same() {
    for slot in SLOTS {
        let counts = counts(0, 2, slot);
        assert!(counts.add_base_ref());
        assert_are(&counts, 0, 3, slot);
    }
}

#[test]
fn the_only_node_ref_is_found_out_without_a_write() {
    for slot in SLOTS.into_iter().chain([0]) {
        let counts = counts(1, 1, slot);
        assert!(matches!(counts.drop_node_ref(), Left::Nothing));
        assert_are(&counts, 1, 1, slot);
    }
}

#[test]
fn the_last_node_ref_tells_what_base_refs_override() {
    for slot in SLOTS {
        let counts = counts(2, 2, slot);
        assert!(matches!(counts.drop_node_ref(), Left::NodeRefs));
        assert_are(&counts, 1, 2, slot);
        let Left::NoNodeRef(base_refs) = counts.drop_node_ref() else {
            panic!("the last")
        };
        assert_are(&counts, 0, 2, slot);
        assert_eq!(base_refs.overridden_slot(), Some(slot));
        // Another went between the look and the write.
        assert_eq!(BaseRefs(word(1, 1, slot)).overridden_slot(), None);
    }
}

#[test]
fn the_last_base_ref_tells_what_was_overridden() {
    for slot in SLOTS.into_iter().chain([0]) {
        let counts = counts(0, 2, slot);
        assert_eq!(counts.drop_base_ref(), None);
        assert_are(&counts, 0, 1, slot);
        assert_eq!(counts.drop_base_ref(), Some(slot));
    }
    let beside = counts(1, 2, 1);
    assert_eq!(beside.drop_base_ref(), None);
    assert!(beside.is_one());
}
