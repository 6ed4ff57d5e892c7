//! When values are freed.

use super::*;
use crate::map::node::OwnedSlot;

/// R12: a map from which all is removed again, in place where that can be, holds nothing, nor does a version.
#[test]
fn an_emptied_map_holds_nothing() {
    for keys in [[1, 2], [2, 1], [1, 33], [33, 1]] {
        for written in [None, Some(keys[0]), Some(keys[1])] {
            let watch = Arc::new(());
            let mut old = Numbers::new();
            for key in keys {
                old.insert_watched(key, key, &watch);
            }
            let mut map = old;
            if let Some(key) = written {
                let old = map.clone();
                map.insert(key, 10);
                drop(old);
            }
            for key in keys {
                let mut nothing = None;
                if !map.0.swap_in_place(variable(key), &mut nothing) {
                    map.remove(key);
                }
                assert_eq!(map.get(key), None);
            }
            assert!(map.0.is_empty() && depths(&map).is_empty());
            assert_eq!(Arc::strong_count(&watch), 1, "{keys:?}, {written:?} written");
        }
    }
}

/// R7: when a value panics on its way out, the others go all the same, and the node.
#[test]
fn what_is_beside_a_value_that_panics_goes_too() {
    struct Panics;

    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("expected");
        }
    }

    static PANICS: DescriptorOf<Panics> = DescriptorOf::new("PANICS", Show::REDACTED, Reach::Inherited);

    for at in 1..=4 {
        PANICS.assign_this_number(at);
        let watch = Arc::new(());
        let mut map = Numbers::new();
        for key in (1..=4).filter(|key| *key != at) {
            map.insert_watched(key, key, &watch);
        }
        let kept = map.clone();
        map.0.insert(BindingRef::new(&PANICS, Location::caller(), Panics));
        let borrows = map.with_watched(9, 9, &watch);
        drop((kept, map));
        assert_eq!(Arc::strong_count(&watch), 5);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(borrows))).is_err());
        assert_eq!(Arc::strong_count(&watch), 1, "of a value in slot {at}");
    }
}

/// R12: through forty thousand steps with versions that come and go, a value is alive if and only if one shows it.
#[test]
fn a_value_lives_as_long_as_a_version_shows_it() {
    for (seed, keys) in [(1, 3), (2, 9), (3, 20), (4, 40), (5, 300)] {
        let mut random = scattered(seed);
        let mut versions = vec![Numbers::new()];
        let mut alive: BTreeMap<u32, Weak<()>> = BTreeMap::new();
        for step in 0..8_000 {
            let at = random(versions.len());
            let key = u32::try_from(random(keys) + 1).expect("small");
            let watch = Arc::new(());
            match random(10) {
                0..2 => versions.push(versions[at].clone()),
                2..4 => drop(versions[at].insert_watched(key, step, &watch)),
                4..6 => versions.push(versions[at].with_watched(key, step, &watch)),
                6 => drop(versions[at].remove(key)),
                _ if versions.len() > 1 => drop(versions.swap_remove(at)),
                _ => {}
            }
            if versions.len() > 30 {
                versions.truncate(15);
            }
            alive.insert(step, Arc::downgrade(&watch));
            drop(watch);
            alive.retain(|_, value| value.strong_count() > 0);
            if step % 10 == 0 || keys < 10 {
                let mut shown: Vec<u32> = versions
                    .iter()
                    .flat_map(|map| map.iter().map(|(_, number)| number))
                    .collect();
                shown.sort_unstable();
                shown.dedup();
                assert!(alive.keys().eq(&shown), "seed {seed}, step {step}");
            }
        }
    }
}

/// Versions that rebind two variables in turn, each made from the one before, which is then dropped: so do generations of
/// tasks. The text of `node` says that a chain of bases has at most two nodes for each slot that only the chain keeps.
#[test]
fn a_chain_of_bases_is_short_when_the_versions_between_are_gone() {
    let mut random = scattered(7);
    for round in 0..200 {
        let many = 1 + random(24);
        let all: Vec<u32> = (1..=u32::try_from(many).expect("small")).collect();
        let mut version = map_of(&all);
        let mut held = Vec::new();
        for step in 0..400 {
            let key = all[random(all.len())];
            let mut next = version.with_watched(key, step, &Arc::new(()));
            if random(7) == 0 {
                next.remove(all[random(all.len())]);
            }
            // Some are kept for a while, and go in any order.
            if random(4) == 0 {
                held.push(version.clone());
            }
            while held.len() > 5 {
                held.swap_remove(random(held.len()));
            }
            version = next;
        }
        drop(held);
        let length = version.0.chain_length();
        assert!(length <= 64, "round {round}: {length} nodes for {many} variables");
    }
}

/// Contexts that are alive make a chain as long as there are of them. It is freed without a deep recursion, in any order.
#[test]
fn a_chain_of_live_versions_goes_in_any_order() {
    for order in 0..3 {
        let mut versions = vec![map_of(&[1, 2, 3])];
        for step in 0..20_000 {
            let last = versions.last().expect("one");
            versions.push(last.with_watched(1 + step % 2, step, &Arc::new(())));
        }
        match order {
            0 => versions.into_iter().for_each(drop),
            1 => versions.into_iter().rev().for_each(drop),
            _ => {
                let mut random = scattered(11);
                while !versions.is_empty() {
                    versions.swap_remove(random(versions.len()));
                }
            }
        }
    }
}

/// All programs of three steps, each repeated: binding and unbinding in versions and in place, and versions that are kept
/// for a while. Each repetition is a generation of tasks, and no generation keeps the one before.
#[test]
fn no_repeated_program_makes_a_chain_longer() {
    const STEPS: usize = 14;
    const LENGTH: u32 = 3;
    let watch = Arc::new(());
    for start in [&[1_u32][..], &[1, 2], &[1, 2, 3]] {
        for program in 0..STEPS.pow(LENGTH) {
            let mut version = map_of(start);
            for generation in 0..45 {
                let mut held = Vec::new();
                let mut rest = program;
                for _ in 0..LENGTH {
                    let (step, key) = (rest % STEPS, [1, 2, 3][rest % STEPS % 3]);
                    rest /= STEPS;
                    match step {
                        0..3 => version = version.with_watched(key, generation, &watch),
                        3..6 => version = without(&version, key),
                        6..9 => drop(version.insert_watched(key, generation, &watch)),
                        9..12 => drop(version.remove(key)),
                        12 => held.push(version.clone()),
                        _ => drop(held.pop()),
                    }
                }
                if program % 2 == 0 {
                    held.reverse();
                }
            }
            let length = version.0.chain_length();
            assert!(length <= 8, "program {program} from {start:?}: {length} nodes");
        }
    }
}

/// A variable is bound and unbound beside one that each generation binds again, as a request does that logs for a while.
#[test]
fn generations_that_bind_and_unbind_another_variable_keep_nothing() {
    let mut version = map_of(&[1]);
    for generation in 0..100_000 {
        let logs = version.with_watched(2, generation, &Arc::new(()));
        version = without(&logs, 2).with_watched(1, generation, &Arc::new(()));
    }
    assert!(version.0.chain_length() <= 3);
}

/// As when memory runs out in the middle of a write.
#[test]
fn what_never_got_into_a_node_is_dropped() {
    let watch = Arc::new(());
    let binding = BindingRef::new(variable(1), Location::caller(), (1, Arc::clone(&watch)));
    drop(OwnedSlot::binding(binding));
    let mut map = Numbers::new();
    map.insert_watched(1, 1, &watch);
    drop(OwnedSlot::node_ref(map.0.root.get().expect("not empty").clone()));
    assert_eq!(map.get(1), Some(1));
    drop(map);
    assert_eq!(Arc::strong_count(&watch), 1);
}
