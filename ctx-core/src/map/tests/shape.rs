//! The nodes that a map is made of.

use super::*;

/// Case 81
#[test]
fn nested_nodes_shrink_to_nothing() {
    let order = [0x11, 0x01, 0x21, 0x02, 0x111, 0x12];
    let map = map_of(&order);
    drain(map.clone(), &order);
    drain(map.clone(), &[0x111, 0x12, 0x02, 0x21, 0x01, 0x11]);
    assert_eq!(keys(&map), [0x01, 0x02, 0x11, 0x12, 0x21, 0x111]);
}

/// Case 83
#[test]
fn keys_alike_are_removed_one_by_one() {
    let [a, b, c] = ALIKE;
    drain(map_of(&[a, b, c, 8, 0x99]), &[b, a, c, 0x99, 8]);
    drain(map_of(&[a, b, c, 8, 0x99]), &[8, c, b, 0x99, a]);
}

/// Case 84
#[test]
fn a_full_node_shrinks_to_nothing() {
    let twins = [0x0000_0007, 0x8000_0007];
    let mut order: Vec<u32> = (1..17).chain([0x13, twins[1]]).collect();
    let map = map_of(&order);
    order.retain(|key| !twins.contains(key));
    order.splice(1..1, [twins[1], twins[0]]);
    drain(map.clone(), &order);
    order.swap(1, 2);
    drain(map, &order);
}

/// A context that binds only the thousandth variable is no bigger than one that binds the first.
#[test]
fn a_single_key_is_a_single_node_whichever_it_is() {
    for key in [1, 1_000, u32::MAX] {
        let mut map = Numbers::new();
        map.insert(key, key);
        assert_eq!(depths(&map), [(0, key)]);
        assert_eq!(
            map.0
                .root
                .get()
                .into_iter()
                .map(|root| root.view().slots().len())
                .sum::<usize>(),
            4
        );
        assert_eq!(map.get(key), Some(key));
    }
}

/// A node becomes wider when three quarters of its slots are used, whether it is written where it is or in versions, and one
/// below another as well.
#[test]
fn a_node_has_free_slots_up_to_the_widest() {
    let width = |node: NodeView<'_>| node.slots().len();
    let root = |map: &Numbers| map.0.root.get().map_or(0, |root| width(root.view()));
    let below = |map: &Numbers| {
        let below = map.0.root.get().and_then(|root| root.view().slot(1).node());
        below.map_or(0, width)
    };
    let widths = |used| match used {
        1..=3 => 4,
        4..=6 => 8,
        7..=12 => 16,
        _ => 32,
    };
    let (mut written, mut version) = (Numbers::new(), Numbers::new());
    let (mut written_below, mut version_below) = (Numbers::new(), Numbers::new());
    for used in 1..=32 {
        written.insert(used, used);
        version = version.with_watched(used, used, &Arc::new(()));
        assert_eq!([root(&written), root(&version)], [widths(used); 2], "{used} keys");

        let key = (used - 1) * 32 + 1;
        written_below.insert(key, key);
        version_below = version_below.with_watched(key, key, &Arc::new(()));
        if used > 1 {
            let both = [below(&written_below), below(&version_below)];
            assert_eq!(both, [widths(used); 2], "{used} keys below");
        }
    }
    assert!([&written, &version, &written_below, &version_below].map(Numbers::len) == [32; 4]);
    assert!(depths(&written).iter().all(|(depth, _)| *depth == 0));
    assert!(depths(&written_below).iter().all(|(depth, _)| *depth == 1));
}

/// The usual case is a variable that is bound in the first level, or has a free slot there in a node with room.
#[test]
fn one_block_of_a_known_size_is_what_a_version_needs_in_the_usual_case() {
    let usual = |bound: &[u32], key: u32| {
        let map = map_of(bound);
        let variable = variable(key);
        let size = map.0.size_with(variable);
        let watch = Arc::new(());
        let binding = BindingRef::new(variable, Location::caller(), (1_000, Arc::clone(&watch)));
        let made = map
            .0
            .with_block(Block::new(size.unwrap_or(NodeRef::NARROWEST_SIZE)), binding);
        assert_eq!(made.is_ok(), size.is_some());
        match made {
            Ok(made) => {
                let mut expected = contents(&map);
                expected.insert(key, 1_000);
                assert_eq!(contents(&Numbers(made)), expected);
            }
            Err((_block, binding)) => assert_eq!(value(key, &binding).0, 1_000),
        }
        assert_eq!(Arc::strong_count(&watch), 1);
        size.is_some()
    };
    // Four slots, of which three may be used; then eight, of which six may be.
    for (bound, key, is_usual) in [
        ([].as_slice(), 7, true),
        (&[1], 1, true),
        (&[1], 2, true),
        (&[1], 5, false),
        (&[1, 2], 3, true),
        (&[1, 2, 3], 3, true),
        (&[1, 2, 3], 4, false),
        (&[1, 2, 3, 4, 5], 6, true),
        (&[1, 2, 3, 4, 5, 6], 6, true),
        (&[1, 2, 3, 4, 5, 6], 7, false),
    ] {
        assert_eq!(usual(bound, key), is_usual, "{key} in a map of {bound:?}");
    }
}
