//! A map against its older versions, and against a map of the standard library.

mod differences;

use super::Map;
use crate::binding::Shared;
use crate::info::{InfoOf, Reach};
use crate::node::{Content, View, Whole};
use crate::show::Show;
use crate::spare::Block;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, Weak};

/// A value, and a means to see whether anybody holds it.
type Value = (u32, Arc<()>);

/// The variable with this number.
fn variable(number: u32) -> &'static InfoOf<Value> {
    static MADE: OnceLock<Mutex<BTreeMap<u32, &'static InfoOf<Value>>>> = OnceLock::new();
    let mut made = MADE.get_or_init(Mutex::default).lock().expect("no test panics here");
    made.entry(number).or_insert_with(|| {
        let info = InfoOf::new("VARIABLE", Show::REDACTED, Reach::Inherited);
        info.assign_this(number);
        Box::leak(Box::new(info))
    })
}

fn value(number: u32, binding: &Shared) -> &Value {
    binding
        .borrow()
        .value(variable(number))
        .expect("a binding of this variable")
}

/// A map from the numbers of variables to numbers.
#[derive(Clone, Default)]
struct Numbers(Map);

impl Numbers {
    fn new() -> Self {
        Self(Map::new())
    }

    fn insert(&mut self, key: u32, number: u32) -> Option<u32> {
        self.insert_watched(key, number, &Arc::new(()))
    }

    fn insert_watched(&mut self, key: u32, number: u32, watch: &Arc<()>) -> Option<u32> {
        let binding = Shared::new(variable(key), Location::caller(), (number, Arc::clone(watch)));
        self.0.insert(binding).map(|displaced| value(key, &displaced).0)
    }

    fn with_watched(&self, key: u32, number: u32, watch: &Arc<()>) -> Self {
        Self(self.0.with(Shared::new(
            variable(key),
            Location::caller(),
            (number, Arc::clone(watch)),
        )))
    }

    fn remove(&mut self, key: u32) -> Option<u32> {
        self.0.remove(variable(key)).map(|removed| value(key, &removed).0)
    }

    fn get(&self, key: u32) -> Option<u32> {
        let info = variable(key);
        let found = self.0.find(info)?;
        assert!(found.is_of(info));
        found.value(info).map(|(number, _)| *number)
    }

    fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let entry = |binding: &Shared| (binding.info.number(), value(binding.info.number(), binding).0);
        self.0.iter().map(entry)
    }

    fn len(&self) -> usize {
        self.iter().count()
    }

    fn ptr_eq(&self, other: &Self) -> bool {
        self.0.ptr_eq(&other.0)
    }
}

/// As near to a collision as keys come: these part in the last of seven digits.
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
fn map_of(keys: &[u32]) -> Numbers {
    let mut map = Numbers::new();
    for key in keys {
        assert_eq!(map.insert(*key, *key), None);
    }
    map
}

/// The next version of `map`, which stays as it is.
fn without(map: &Numbers, key: u32) -> Numbers {
    let mut next = map.clone();
    assert_eq!(next.remove(key), map.get(key));
    assert_eq!(next.get(key), None);
    next
}

fn keys(map: &Numbers) -> Vec<u32> {
    let mut keys: Vec<_> = map.iter().map(|(key, _)| key).collect();
    keys.sort_unstable();
    assert_eq!(keys.len(), map.len());
    keys
}

fn contents(map: &Numbers) -> BTreeMap<u32, u32> {
    map.iter().collect()
}

/// How deep each key lies.
fn depths(map: &Numbers) -> Vec<(usize, u32)> {
    fn collect(node: View<'_>, depth: usize, into: &mut Vec<(usize, u32)>) {
        for slot in node.slots() {
            match slot.content() {
                Content::Binding(binding) => into.push((depth, binding.info.number())),
                Content::Node(child) => collect(child, depth + 1, into),
                Content::Nothing => {}
            }
        }
    }

    let mut depths = Vec::new();
    map.0
        .root
        .get()
        .into_iter()
        .for_each(|root| collect(root.view(), 0, &mut depths));
    depths
}

/// Removes the keys one by one, and tries each a second time.
fn drain(mut map: Numbers, order: &[u32]) {
    for (removed, key) in order.iter().enumerate() {
        map = without(&map, *key);
        let left = map_of(&order[removed + 1..]);
        assert_eq!(keys(&map), keys(&left));
        assert!(without(&map, *key).ptr_eq(&map), "removed twice");
    }
    assert_eq!((map.len(), map.iter().count()), (0, 0));
}

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
        assert_eq!((map.get(a), map.get(b)), (Some(a), Some(b)));
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
    let mut order: Vec<u32> = (1..17).chain([0x13, twins[1]]).collect();
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
    let mut begun = map.iter();
    assert!(begun.next().is_some());
    assert_eq!(keys(&map), all);
    assert!(map.iter().all(|(key, value)| key == value));
    assert_eq!(begun.count(), all.len() - 1);
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
    let width = |node: View<'_>| node.slots().len();
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
        let info = variable(key);
        let size = map.0.size_with(info);
        let watch = Arc::new(());
        let binding = Shared::new(info, Location::caller(), (1_000, Arc::clone(&watch)));
        let made = map
            .0
            .with_in(Block::new(size.unwrap_or(Whole::NARROWEST_SIZE)), binding);
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

/// The bindings that a version has over another, if it can tell them: the key of each, and what it has replaced.
fn written(new: &Numbers, old: &Numbers) -> Option<BTreeMap<u32, Option<u32>>> {
    let replaced = |key, address| {
        let found = old.0.get(key).expect("an address of what was bound");
        assert_eq!(found.borrow().address(), address);
        value(key, found).0
    };
    new.0.is_written_over(&old.0).then(|| {
        let written = new.0.written();
        let written = written.map(|(info, found)| (info.number(), found.map(|at| replaced(info.number(), at))));
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

    let anew = |bound: &[u32], keys: &[u32]| {
        let old = map_of(bound);
        let mut new = old.clone();
        for key in keys {
            new.insert(*key, 10);
        }
        written(&new, &old)
    };
    assert_eq!(anew(&[1, 2], &[1, 5]), None, "wider");
    assert_eq!(anew(&[1, 33, 2], &[1]), None, "below");
    assert_eq!(written(&map_of(&[1, 33, 2]), &Numbers::new()), None, "a node below");
    assert_eq!(
        anew(&[1, 33, 2], &[2]),
        Some([(2, Some(2))].into()),
        "beside a node below"
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
            let binding = |number| Shared::new(variable(key), Location::caller(), (number, Arc::default()));
            let mut exchanged = new.map(binding);
            let is_done = map.0.exchange(variable(key), &mut exchanged);
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
                if !map.0.exchange(variable(key), &mut nothing) {
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

    static PANICS: InfoOf<Panics> = InfoOf::new("PANICS", Show::REDACTED, Reach::Inherited);

    for at in 1..=4 {
        PANICS.assign_this(at);
        let watch = Arc::new(());
        let mut map = Numbers::new();
        for key in (1..=4).filter(|key| *key != at) {
            map.insert_watched(key, key, &watch);
        }
        let kept = map.clone();
        map.0.insert(Shared::new(&PANICS, Location::caller(), Panics));
        let borrows = map.with_watched(9, 9, &watch);
        drop((kept, map));
        assert_eq!(Arc::strong_count(&watch), 5);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(borrows))).is_err());
        assert_eq!(Arc::strong_count(&watch), 1, "of a value in slot {at}");
    }
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

/// An empty map has no root, or one with nothing in it: nobody sees which.
#[test]
fn no_root_and_an_empty_one_are_the_same() {
    let none = Numbers::new();
    let mut binding = Some(Shared::new(variable(1), Location::caller(), (1, Arc::new(()))));
    let mut empty = Numbers::new();
    empty.0.insert(binding.take().expect("just made"));
    assert!(empty.0.exchange(variable(1), &mut binding), "in place");
    assert!(binding.is_some() && empty.0.root.get().is_some() && none.0.root.get().is_none());
    for one in [&none, &empty] {
        assert!(one.0.is_empty() && one.get(1).is_none() && one.0.get(1).is_none());
        assert!(one.0.find_in_first(variable(1)).is_err_and(|below| !below.is_there()));
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
