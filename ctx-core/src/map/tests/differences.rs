//! Differences of versions, against a look at each key.

use super::{ALIKE, Numbers, contents, map_of, scattered};
use std::collections::BTreeMap;

/// What each key that differs is bound to, in the one and in the other.
type Differences = BTreeMap<u32, (Option<u32>, Option<u32>)>;

fn differences(one: &Numbers, other: &Numbers) -> Differences {
    let mut found = Differences::new();
    one.0.each_difference(&other.0, &mut |before, after| {
        let number = |binding| super::value(after.or(before).expect("one of them").number, binding).0;
        let key = after.or(before).expect("one of them").number;
        let is_new = found.insert(key, (before.map(number), after.map(number))).is_none();
        assert!(is_new, "{key} is given twice");
    });
    found
}

/// Each value is used once, so that other bindings have other values.
fn one_by_one(one: &Numbers, other: &Numbers) -> Differences {
    let (one, other) = (contents(one), contents(other));
    let keys = one.keys().chain(other.keys());
    let both = keys.map(|key| (*key, (one.get(key).copied(), other.get(key).copied())));
    both.filter(|(_, (before, after))| before != after).collect()
}

#[test]
fn differences_of_any_two_versions_are_those_of_their_keys() {
    let mut random = scattered(11);
    let mut next = 1_000_000;
    let keys: Vec<u32> = (1..=40)
        .chain([33, 65, 97, 1_025, 2_049, 33_025])
        .chain(ALIKE)
        .collect();
    let mut versions = vec![Numbers::new()];
    for _ in 0..600 {
        let mut version = versions[random(versions.len())].clone();
        for _ in 0..=random(3) {
            let key = keys[random(keys.len())];
            if random(3) == 0 {
                version.remove(key);
            } else {
                next += 1;
                version.insert(key, next);
            }
        }
        let other = &versions[random(versions.len())];
        assert_eq!(differences(&version, other), one_by_one(&version, other));
        assert_eq!(differences(other, &version), one_by_one(other, &version));
        assert!(differences(&version, &version.clone()).is_empty());
        versions.push(version);
    }
}

#[test]
fn the_same_bindings_in_maps_built_differently_are_no_difference() {
    let small = map_of(&[1, 2, 3]);
    let mut grown = small.clone();
    for key in 4..=64 {
        grown.insert(key, key);
    }
    for key in 4..=64 {
        grown.remove(key);
    }
    assert!(differences(&small, &grown).is_empty());
}
