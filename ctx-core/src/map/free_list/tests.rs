//! Sizes, and blocks that are used again. `tests/cost` counts them.

use super::{Block, SizeClass};
use std::alloc::Layout;
use std::thread;

fn size_of_binding(size: usize, align: usize) -> Option<usize> {
    let layout = Layout::from_size_align(size, align).expect("a layout");
    SizeClass::of_binding(layout).map(|size| size.layout().size())
}

#[test]
fn a_binding_has_the_smallest_block_that_is_large_enough() {
    for (size, block) in [
        (24, 32),
        (32, 32),
        (33, 40),
        (40, 40),
        (41, 48),
        (48, 48),
        (49, 64),
        (64, 64),
    ] {
        assert_eq!(size_of_binding(size, 8), Some(block), "{size} bytes");
    }
    assert_eq!(size_of_binding(65, 8), None, "too large");
    assert_eq!(size_of_binding(72, 8), None, "of a node");
    assert_eq!(size_of_binding(32, 16), None, "aligned to more");
}

#[test]
fn a_node_has_a_block_for_its_slots() {
    let sizes = [4, 8, 16, 32].map(|slots| SizeClass::of_node(slots).layout().size());
    assert_eq!(sizes, [72, 104, 168, 296]);
}

#[test]
#[cfg(not(contextvars_no_free_list))]
fn the_block_that_was_freed_last_is_the_next_of_its_size() {
    let used = || {
        let [size, other] = [4, 8].map(SizeClass::of_node);
        assert!(Block::from_free_list(size).is_none(), "of a new thread");
        let blocks = [Block::new(size), Block::new(size)];
        let memory = blocks.each_ref().map(|block| block.memory);
        assert_ne!(memory[0], memory[1]);
        // The first goes first.
        drop(blocks);
        assert!(Block::from_free_list(other).is_none());
        let next = [Block::new(size), Block::from_free_list(size).expect("another")];
        assert_eq!(next.map(|block| block.memory), [memory[1], memory[0]]);
        assert!(Block::from_free_list(size).is_some());
    };
    thread::spawn(used).join().expect("no panic");
}
