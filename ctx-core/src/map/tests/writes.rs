//! What is written in place, and what a version tells of its writes.

use super::*;

/// The bindings that a version has over another, if it can tell them: the key of each, and what it has replaced.
fn written(new: &Numbers, old: &Numbers) -> Option<BTreeMap<u32, Option<u32>>> {
    let replaced = |key, address| {
        let found = old.0.get(key).expect("an address of what was bound");
        assert_eq!(found.view().address(), address);
        value(key, found).0
    };
    new.0.is_written_over(&old.0).then(|| {
        let written = new.0.written();
        let written =
            written.map(|(variable, found)| (variable.number(), found.map(|at| replaced(variable.number(), at))));
        written.collect()
    })
}

#[test]
fn a_version_tells_what_was_written_over_another() {
    let old = map_of(&[1, 2]);
    let mut new = old.clone();
    assert_eq!(written(&new, &old), None, "nothing");
    new.insert(1, 10);
    assert_eq!(written(&new, &old), Some([(1, Some(1))].into()));
    new.insert(1, 11);
    new.insert(3, 30);
    assert_eq!(written(&new, &old), Some([(1, Some(1)), (3, None)].into()));
    assert_eq!(written(&new, &Numbers::new()), None, "it borrows");
    let other = new.clone();
    new.insert(2, 20);
    assert_eq!(written(&new, &other), Some([(2, Some(2))].into()));
    assert_eq!(written(&new, &old), None, "of a version between");

    assert_eq!(written(&old, &Numbers::new()), Some([(1, None), (2, None)].into()));
    assert_eq!(written(&Numbers::new(), &old), None);
    assert_eq!(written(&map_of(&[1, 2]), &old), None, "another map");
}

/// Where something was unbound, or is not in one node as wide, a version does not tell.
#[test]
fn a_version_tells_nothing_where_it_might_be_wrong() {
    let unbound = |bound: &[u32], key| {
        let old = map_of(bound);
        let mut new = old.clone();
        assert_eq!(new.insert(bound[0], 10), Some(bound[0]));
        assert!(written(&new, &old).is_some());
        new.remove(key);
        written(&new, &old)
    };
    assert_eq!(unbound(&[1, 2, 4], 2), None);

    let is_restarted = |bound: &[u32], keys: &[u32]| {
        let old = map_of(bound);
        let mut new = old.clone();
        for key in keys {
            new.insert(*key, 10);
        }
        written(&new, &old)
    };
    assert_eq!(is_restarted(&[1, 2], &[1, 5]), None, "wider");
    assert_eq!(is_restarted(&[1, 33, 2], &[1]), None, "below");
    assert_eq!(written(&map_of(&[1, 33, 2]), &Numbers::new()), None, "a node below");
    assert_eq!(
        is_restarted(&[1, 33, 2], &[2]),
        Some([(2, Some(2))].into()),
        "extension a node below"
    );
}

/// An exchange in place does what a new version would do, or nothing; and versions that somebody keeps do not see it.
#[test]
fn an_exchange_in_place_is_a_write_or_nothing() {
    for keys in [3, 9, 40, 300] {
        let mut random = scattered(17);
        let (mut map, mut model) = (Numbers::new(), BTreeMap::new());
        let mut kept = (map.clone(), model.clone());
        let mut times = BTreeMap::new();
        for step in 0..3_000 {
            let key = u32::try_from(random(keys) + 1).expect("small");
            let new = (random(3) > 0).then_some(step);
            let binding = |number| BindingRef::new(variable(key), Location::caller(), (number, Arc::default()));
            let mut exchanged = new.map(binding);
            let is_done = map.0.swap_in_place(variable(key), &mut exchanged);
            let exchanged = exchanged.map(|binding| value(key, &binding).0);
            if !is_done {
                assert_eq!(exchanged, new, "nothing is done");
                assert_eq!(map.get(key), model.get(&key).copied());
            }
            let old = match new {
                Some(number) => model.insert(key, number),
                None => model.remove(&key),
            };
            let displaced = match new {
                _ if is_done => exchanged,
                Some(number) => map.insert(key, number),
                None => map.remove(key),
            };
            assert_eq!(displaced, old);
            assert_eq!(map.get(key), new);
            *times.entry((is_done, old.is_some(), new.is_some())).or_insert(0) += 1;
            if random(100) == 0 {
                assert_eq!(contents(&kept.0), kept.1);
                kept = (map.clone(), model.clone());
                assert_eq!(contents(&map), model);
            }
        }
        assert!(times.len() == 7, "{times:?}");
    }
}

/// What a twin is dropped into without an atomic write, nobody else can come by.
#[test]
fn a_handle_is_ones_own_where_nobody_else_sees_it() {
    let own = |map: &mut Numbers| {
        let root = map.0.root.get_mut().expect("a node");
        let is_own = |key: &u32| root.owned_binding_mut(*key, variable(*key)).is_some();
        (1..=6).filter(is_own).collect::<Vec<u32>>()
    };
    let mut map = map_of(&[1, 2, 3]);
    assert_eq!(own(&mut map), [1, 2, 3]);
    let mut other = map.clone();
    assert_eq!((own(&mut map), own(&mut other)), (vec![], vec![]), "both show it");
    other.insert(2, 20);
    assert_eq!(
        (own(&mut map), own(&mut other)),
        (vec![], vec![2]),
        "one borrows the rest"
    );
    drop(map);
    assert_eq!(own(&mut other), [2]);
}

#[test]
fn what_nobody_else_sees_is_written_where_it_is() {
    let at = |map: &Numbers| map.0.root.get().map(|root| root.view().slots().as_ptr());
    let mut map = map_of(&[1, 2]);
    let before = at(&map);
    // After each, since what is freed is used again.
    for (key, number) in [(1, 10), (2, 20), (3, 30)] {
        map.insert(key, number);
        assert_eq!(at(&map), before);
    }
    map.remove(3);
    assert_eq!(at(&map), before);
    let shown = map.clone();
    map.insert(1, 11);
    assert_eq!(at(&shown), before);
    assert_ne!(at(&map), before);
    assert_eq!((shown.get(1), map.get(1)), (Some(10), Some(11)));
}
