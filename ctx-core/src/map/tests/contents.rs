//! What a version holds, against a map of the standard library.

use super::*;

/// Cases 73, 74
#[test]
fn versions_do_not_see_each_other() {
    let empty = Numbers::new();
    let mut one = empty.clone();
    assert_eq!(one.insert(7, 1), None);
    let mut two = one.clone();
    assert_eq!(two.insert(8, 2), None);
    assert_eq!(two.insert(7, 3), Some(1));
    assert_eq!((empty.len(), one.len(), two.len()), (0, 1, 2));
    assert_eq!((one.get(7), one.get(8)), (Some(1), None));
    assert_eq!((two.get(7), two.get(8)), (Some(3), Some(2)));
}

/// Cases 72, 77
#[test]
fn keys_alike_in_all_digits_but_the_last_are_different_keys() {
    let [a, b, c] = ALIKE;
    let mut versions = vec![Numbers::new()];
    for (key, value) in [(a, 1), (b, 2), (b, 20), (c, 3)] {
        let mut next = versions[versions.len() - 1].clone();
        next.insert(key, value);
        versions.push(next);
    }
    let seen: Vec<_> = versions
        .iter()
        .map(|map| (map.len(), ALIKE.map(|key| map.get(key))))
        .collect();
    let expected = [
        (0, [None, None, None]),
        (1, [Some(1), None, None]),
        (2, [Some(1), Some(2), None]),
        (2, [Some(1), Some(20), None]),
        (3, [Some(1), Some(20), Some(3)]),
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
    let left = [&five, &four, &three, &two].map(|map| [1, 2, 3, 4, 5].map(|key| map.get(key).unwrap_or(0)));
    assert_eq!(
        left,
        [[1, 2, 3, 4, 5], [1, 2, 0, 4, 5], [1, 2, 0, 4, 0], [0, 2, 0, 4, 0]]
    );
    assert_eq!([five, four, three, two].map(|map| keys(&map).len()), [5, 4, 3, 2]);
}

/// Case 82
#[test]
fn keys_alike_survive_their_neighbours() {
    let [a, b, _] = ALIKE;
    let mut map = map_of(&[a, 0x678, b, 8, 0x0034_5678, 9]);
    for neighbour in [0x0034_5678, 9, 0x678, 8] {
        map = without(&map, neighbour);
        assert_eq!((map.get(a), map.get(b)), (Some(a), Some(b)));
    }
    assert_eq!(keys(&map), [a, b]);
}

/// Cases 78, 83
#[test]
fn keys_that_part_in_the_last_digit_live_side_by_side() {
    let order = [7, 0x8000_0007, 0xF000_0007, u32::MAX];
    let map = map_of(&order);
    assert_eq!(keys(&map), order);
    drain(map, &order);
}

/// Cases 85, 86, 87: each key once and with its own value, from nodes at every depth; each iterator from the beginning.
#[test]
fn an_iteration_gives_each_key_once() {
    let mut all: Vec<u32> = (1..40).chain([0x111, 0x211, u32::MAX]).chain(ALIKE).collect();
    let map = map_of(&all);
    all.sort_unstable();
    let mut prelude = map.iter();
    assert!(prelude.next().is_some());
    assert_eq!(keys(&map), all);
    assert!(map.iter().all(|(key, value)| key == value));
    assert_eq!(prelude.count(), all.len() - 1);
}

/// Case 88
#[test]
fn an_empty_map_gives_nothing() {
    let mut map = Numbers::new();
    assert_eq!((map.len(), map.iter().count()), (0, 0));
    map.insert(1, 1);
    map.remove(1);
    assert_eq!((map.len(), map.iter().count()), (0, 0));
    assert!(map.ptr_eq(&Numbers::new()));
}

/// Case 89
#[test]
fn maps_built_differently_hold_the_same() {
    let mut order: Vec<u32> = (1..200).map(|number| number * 0x0101_0101 / 3).collect();
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
}

/// Case 79: a hundred thousand inserts and removes, with versions kept from all along the way.
#[test]
fn agrees_with_a_std_map_in_every_version_kept() {
    let mut random = scattered(79);
    let mut map = Numbers::new();
    let mut model = BTreeMap::new();
    let mut kept = Vec::new();
    let check = |kept: &[(Numbers, BTreeMap<u32, u32>)]| {
        for (map, model) in kept {
            assert_eq!(map.len(), model.len());
            assert!(map.iter().all(|(key, value)| model.get(&key) == Some(&value)));
            assert!(model.iter().all(|(key, value)| map.get(*key) == Some(*value)));
        }
    };
    for step in 0..100_000 {
        let key = u32::try_from(random(7_000) + 1).expect("small") * 0x0002_0001;
        if random(3) == 0 {
            assert_eq!(map.remove(key), model.remove(&key));
        } else {
            assert_eq!(map.insert(key, step), model.insert(key, step));
        }
        if step % 500 == 0 {
            assert_eq!(map.len(), model.len());
        }
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
        if left % 1_000 == 0 {
            assert_eq!(map.len(), left);
            check(&[(map.clone(), model.clone())]);
        }
    }
    assert_eq!(map.iter().count(), 0);
    check(&kept);
}

/// An empty map has no root, or one with nothing in it: nobody sees which.
#[test]
fn no_root_and_an_empty_one_are_the_same() {
    let none = Numbers::new();
    let mut binding = Some(BindingRef::new(variable(1), Location::caller(), (1, Arc::new(()))));
    let mut empty = Numbers::new();
    empty.0.insert(binding.take().expect("just made"));
    assert!(empty.0.swap_in_place(variable(1), &mut binding), "in place");
    assert!(binding.is_some() && empty.0.root.get().is_some() && none.0.root.get().is_none());
    for one in [&none, &empty] {
        assert!(one.0.is_empty() && one.get(1).is_none() && one.0.get(1).is_none());
        assert!(one.0.find_in_first(variable(1)).is_err_and(|lower| !lower.are_there()));
        assert_eq!((one.len(), without(one, 1).len()), (0, 0));
        for other in [&none, &empty, &one.clone(), &without(one, 2)] {
            assert!(one.ptr_eq(other));
            one.0.each_difference(&other.0, &mut |_, _| panic!("no difference"));
        }
        let mut bound = one.clone();
        assert_eq!((bound.insert(2, 3), bound.get(2), one.len()), (None, Some(3), 0));
        assert!(!bound.ptr_eq(one));
        let mut differ = Vec::new();
        one.0.each_difference(&bound.0, &mut |then, now| {
            differ.push((then.is_none(), now.map(|now| now.number)));
        });
        bound.0.each_difference(&one.0, &mut |then, now| {
            differ.push((now.is_none(), then.map(|then| then.number)));
        });
        assert_eq!(differ, [(true, Some(2)); 2]);
    }
}
