//! A map against its older versions, and against a map of the standard library.

use super::{Map, Node, Slot};
use std::collections::BTreeMap;

/// As near to a collision as keys come: these part in the last of eight digits.
const ALIKE: [u32; 3] = [0x0234_5678, 0x8234_5678, 0xF234_5678];

/// A sequence of numbers that looks random and is the same in every run.
fn scattered(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(state >> 33).expect("31 bits") % below
    }
}

fn shuffle(keys: &mut [u32], mut random: impl FnMut(usize) -> usize) {
    for unshuffled in (1..=keys.len()).rev() {
        keys.swap(unshuffled - 1, random(unshuffled));
    }
}

/// A map of these keys, each bound to itself.
fn map_of(keys: &[u32]) -> Map<u32> {
    let mut map = Map::new();
    for key in keys {
        assert_eq!(map.insert(*key, *key), None);
    }
    map
}

/// The next version of `map`, which stays as it is.
fn without(map: &Map<u32>, key: u32) -> Map<u32> {
    let mut next = map.clone();
    assert_eq!(next.remove(key), map.get(key).copied());
    assert_eq!(next.get(key), None);
    next
}

fn keys(map: &Map<u32>) -> Vec<u32> {
    let mut keys: Vec<_> = map.iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    assert_eq!(keys.len(), map.len());
    keys
}

fn contents(map: &Map<u32>) -> BTreeMap<u32, u32> {
    map.iter().map(|(key, value)| (key, *value)).collect()
}

/// How deep each key lies. That depends on which keys there are, and not on how they came and went.
fn depths(map: &Map<u32>) -> Vec<(usize, u32)> {
    fn collect(node: &Node<u32>, depth: usize, into: &mut Vec<(usize, u32)>) {
        for slot in &node.slots {
            match slot {
                Slot::Leaf(key, _) => into.push((depth, *key)),
                Slot::Branch(child) => collect(child, depth + 1, into),
            }
        }
    }

    let mut depths = Vec::new();
    map.root.iter().for_each(|root| collect(root, 0, &mut depths));
    depths
}

/// Removes the keys one by one, and tries each a second time.
fn drain(mut map: Map<u32>, order: &[u32]) {
    for (removed, key) in order.iter().enumerate() {
        map = without(&map, *key);
        let left = map_of(&order[removed + 1..]);
        assert_eq!((keys(&map), depths(&map)), (keys(&left), depths(&left)));
        assert!(without(&map, *key).ptr_eq(&map), "removed twice");
    }
    assert_eq!((map.len(), map.iter().count()), (0, 0));
}

/// Cases 73, 74
#[test]
fn versions_do_not_see_each_other() {
    let empty = Map::new();
    let mut one = empty.clone();
    assert_eq!(one.insert(7, 'a'), None);
    let mut two = one.clone();
    assert_eq!(two.insert(8, 'b'), None);
    assert_eq!(two.insert(7, 'c'), Some('a'));
    assert_eq!((empty.len(), one.len(), two.len()), (0, 1, 2));
    assert_eq!((one.get(7), one.get(8)), (Some(&'a'), None));
    assert_eq!((two.get(7), two.get(8)), (Some(&'c'), Some(&'b')));
}

/// Cases 72, 77
#[test]
fn keys_alike_in_all_digits_but_the_last_are_different_keys() {
    let [a, b, c] = ALIKE;
    let mut versions = vec![Map::new()];
    for (key, value) in [(a, 'a'), (b, 'b'), (b, 'B'), (c, 'c')] {
        let mut next = versions[versions.len() - 1].clone();
        next.insert(key, value);
        versions.push(next);
    }
    let seen: Vec<_> = versions
        .iter()
        .map(|map| (map.len(), ALIKE.map(|key| map.get(key).copied())))
        .collect();
    let expected = [
        (0, [None, None, None]),
        (1, [Some('a'), None, None]),
        (2, [Some('a'), Some('b'), None]),
        (2, [Some('a'), Some('B'), None]),
        (3, [Some('a'), Some('B'), Some('c')]),
    ];
    assert_eq!(seen, expected);
}

/// Case 80
#[test]
fn removing_an_absent_key_changes_nothing() {
    let five = map_of(&[1, 2, 3, 4, 5]);
    let four = without(&five, 3);
    let three = without(&four, 5);
    for absent in [3, 6, 17, 0x8000_0001] {
        assert!(without(&three, absent).ptr_eq(&three));
    }
    let two = without(&three, 1);
    let left = [&five, &four, &three, &two].map(|map| [1, 2, 3, 4, 5].map(|key| map.get(key).copied().unwrap_or(0)));
    assert_eq!(
        left,
        [[1, 2, 3, 4, 5], [1, 2, 0, 4, 5], [1, 2, 0, 4, 0], [0, 2, 0, 4, 0]]
    );
    assert_eq!([five, four, three, two].map(|map| keys(&map).len()), [5, 4, 3, 2]);
}

/// Case 81
#[test]
fn nested_nodes_shrink_to_nothing() {
    let order = [0x11, 0x01, 0x21, 0x02, 0x111, 0x12];
    let map = map_of(&order);
    drain(map.clone(), &order);
    drain(map.clone(), &[0x111, 0x12, 0x02, 0x21, 0x01, 0x11]);
    assert_eq!(keys(&map), [0x01, 0x02, 0x11, 0x12, 0x21, 0x111]);
}

/// Case 82
#[test]
fn keys_alike_survive_their_neighbours() {
    let [a, b, _] = ALIKE;
    let mut map = map_of(&[a, 0x678, b, 8, 0x0034_5678, 9]);
    for neighbour in [0x0034_5678, 9, 0x678, 8] {
        map = without(&map, neighbour);
        assert_eq!((map.get(a), map.get(b)), (Some(&a), Some(&b)));
    }
    assert_eq!(keys(&map), [a, b]);
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
    let mut order: Vec<u32> = (0..16).chain([0x13, twins[1]]).collect();
    let map = map_of(&order);
    order.retain(|key| !twins.contains(key));
    order.splice(1..1, [twins[1], twins[0]]);
    drain(map.clone(), &order);
    order.swap(1, 2);
    drain(map, &order);
}

/// Cases 78, 83
#[test]
fn keys_that_part_in_the_last_digit_live_side_by_side() {
    let order = [0, 0x8000_0000, 0xF000_0000, u32::MAX];
    let map = map_of(&order);
    assert_eq!(keys(&map), order);
    drain(map, &order);
}

/// Cases 85, 86, 87: each key once and with its own value, from nodes at every depth; each iterator from the beginning.
#[test]
fn an_iteration_gives_each_key_once() {
    let mut all: Vec<u32> = (0..40).chain([0x111, 0x211, u32::MAX]).chain(ALIKE).collect();
    let map = map_of(&all);
    all.sort_unstable();
    let mut begun = map.iter();
    assert!(begun.next().is_some());
    assert_eq!(keys(&map), all);
    assert!(map.iter().all(|(key, value)| key == *value));
    assert_eq!(begun.count(), all.len() - 1);
}

/// Case 88
#[test]
fn an_empty_map_gives_nothing() {
    let mut map = Map::new();
    assert_eq!((map.len(), map.iter().count()), (0, 0));
    map.insert(1, 1);
    map.remove(1);
    assert_eq!((map.len(), map.iter().count()), (0, 0));
    assert!(map.ptr_eq(&Map::new()));
}

/// Case 89
#[test]
fn maps_built_differently_hold_the_same() {
    let mut order: Vec<u32> = (0..200).map(|number| number * 0x0101_0101 / 3).collect();
    let one = map_of(&order);
    shuffle(&mut order, scattered(89));
    let mut other = map_of(&order[1..]);
    assert_ne!(contents(&one), contents(&other), "a key is missing");
    other.insert(order[0], order[1]);
    assert_ne!(contents(&one), contents(&other), "another value");
    other.insert(order[0], order[0]);
    assert_eq!(contents(&one), contents(&other));
    other.insert(7, 7);
    assert_ne!(contents(&one), contents(&other), "a key too many");
    other.remove(7);
    assert_eq!(contents(&one), contents(&other));
    assert_eq!(depths(&one), depths(&other));
}

/// A context that binds only the thousandth variable is no bigger than one that binds the first.
#[test]
fn a_single_key_is_a_single_node_whichever_it_is() {
    for key in [1, 1_000, u32::MAX] {
        let mut map = Map::new();
        map.insert(key, key);
        map.insert(key ^ 0x0FFF_FFF0, 0);
        map.remove(key ^ 0x0FFF_FFF0);
        assert_eq!(depths(&map), [(0, key)]);
        assert_eq!(map.get(key), Some(&key));
    }
}

/// Case 79: a hundred thousand inserts and removes, with versions kept from all along the way.
#[test]
fn agrees_with_a_std_map_in_every_version_kept() {
    let mut random = scattered(79);
    let mut map = Map::new();
    let mut model = BTreeMap::new();
    let mut kept = Vec::new();
    let check = |kept: &[(Map<u32>, BTreeMap<u32, u32>)]| {
        for (map, model) in kept {
            assert_eq!(map.len(), model.len());
            assert!(map.iter().all(|(key, value)| model.get(&key) == Some(value)));
            assert!(model.iter().all(|(key, value)| map.get(*key) == Some(value)));
        }
    };
    for step in 0..100_000 {
        let key = u32::try_from(random(7_000)).expect("small") * 0x0002_0001;
        if random(3) == 0 {
            assert_eq!(map.remove(key), model.remove(&key));
        } else {
            assert_eq!(map.insert(key, step), model.insert(key, step));
        }
        assert_eq!(map.len(), model.len());
        if step % 5_000 == 0 {
            kept.push((map.clone(), model.clone()));
        }
        if step == 50_000 {
            check(&kept);
        }
    }
    kept.push((map.clone(), model.clone()));
    let mut order: Vec<u32> = model.keys().copied().collect();
    shuffle(&mut order, random);
    for (left, key) in (0..order.len()).rev().zip(&order) {
        assert_eq!(map.remove(*key), model.remove(key));
        assert_eq!(map.len(), left);
        if left % 1_000 == 0 {
            check(&[(map.clone(), model.clone())]);
        }
    }
    assert_eq!(map.iter().count(), 0);
    check(&kept);
}
