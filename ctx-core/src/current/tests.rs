//! Identities: each frame has its own, on whatever thread, and threads take them from the process in blocks.

use super::next_identity;
use crate::frame::{BINDINGS_ANEW, CAPTURED, LOCALS_ANEW, NOT_RUNNING, Origin};
use std::collections::BTreeSet;
use std::thread;

#[test]
fn no_two_frames_have_the_same_identity() {
    let made = || (0..3_000).map(|_| next_identity()).collect::<Vec<u64>>();
    let threads: Vec<_> = (0..4).map(|_| thread::spawn(made)).collect();
    let mut all = Vec::new();
    for thread in threads {
        let made = thread.join().expect("no panic");
        let blocks: BTreeSet<u64> = made.iter().map(|identity| identity / 8_192).collect();
        assert_eq!(blocks.len(), 3, "of 1,024 each");
        all.extend(made);
    }
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    for identity in all {
        assert_eq!(identity & (BINDINGS_ANEW | LOCALS_ANEW | CAPTURED | NOT_RUNNING), 0);
        let home = Origin::new(identity, 0);
        assert!(home != Origin::SEALED && home != Origin::outside(0) && identity != 0);
    }
}
