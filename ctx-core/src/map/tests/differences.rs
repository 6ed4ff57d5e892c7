//! Differences of versions, against a look at each key.

use super::{ALIKE, Numbers, contents, map_of, scattered, variable};
use crate::map::binding::BindingRef;
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;

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

/// What a version tells of what was written over another must be what differs. As tokens do, this puts old bindings back.
#[test]
fn what_a_version_tells_is_what_differs() {
    let mut random = scattered(12);
    let mut told = 0;
    for round in 0..30_000_u32 {
        let keys = [1, 2, 5, 9, 6, 3, 4, 13, 33][..=random(9)].to_vec();
        let mut map = Numbers::new();
        (0..random(6)).for_each(|_| _ = map.insert(keys[random(keys.len())], 0));
        let old = map.clone();
        let (mut displaced, mut captures) = (Vec::new(), Vec::new());
        for _ in 0..=random(6) {
            let key = keys[random(keys.len())];
            let chosen = variable(key);
            let mut binding = match random(4) {
                0 => None,
                1 if !displaced.is_empty() => Some(displaced.swap_remove(random(displaced.len()))),
                _ => Some(BindingRef::new(chosen, Location::caller(), (round, Arc::new(())))),
            };
            let written = binding
                .as_ref()
                .map_or(chosen, |binding: &BindingRef| variable(binding.number));
            if !map.0.swap_in_place(written, &mut binding) {
                binding = map.0.replace(written, binding.take());
            }
            displaced.extend(binding);
            if random(3) == 0 {
                captures.push(map.clone());
            }
            if !map.0.is_written_over(&old.0) {
                continue;
            }
            let mut differ = BTreeMap::new();
            old.0.each_difference(&map.0, &mut |then, now| {
                let variable = now.expect("nothing is unbound").variable;
                differ.insert(variable.number(), then.map(|then| then.view().address()));
            });
            let written: BTreeMap<_, _> = map
                .0
                .written()
                .map(|(variable, found)| (variable.number(), found))
                .collect();
            assert_eq!(written, differ, "round {round}, {keys:?}");
            told += usize::from(!written.is_empty());
        }
    }
    assert!(told > 1_000, "{told} versions with something written");
}
