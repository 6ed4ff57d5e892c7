//! A map against its older versions, and against a map of the standard library.

mod contents;
mod differences;
mod release;
mod shape;
mod writes;

use super::Map;
use super::binding::BindingRef;
use super::free_list::Block;
use crate::descriptor::debug::Show;
use crate::descriptor::{DescriptorOf, Reach};
use crate::map::node::{Content, NodeRef, NodeView};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, Weak};

/// A value, and a means to see whether anybody holds it.
type Value = (u32, Arc<()>);

/// The variable with this number.
fn variable(number: u32) -> &'static DescriptorOf<Value> {
    static MADE: OnceLock<Mutex<BTreeMap<u32, &'static DescriptorOf<Value>>>> = OnceLock::new();
    let mut made = MADE.get_or_init(Mutex::default).lock().expect("no test panics here");
    made.entry(number).or_insert_with(|| {
        let variable = DescriptorOf::new("VARIABLE", Show::REDACTED, Reach::Inherited);
        variable.assign_this_number(number);
        Box::leak(Box::new(variable))
    })
}

fn value(number: u32, binding: &BindingRef) -> &Value {
    binding
        .view()
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
        let binding = BindingRef::new(variable(key), Location::caller(), (number, Arc::clone(watch)));
        self.0.insert(binding).map(|displaced| value(key, &displaced).0)
    }

    fn with_watched(&self, key: u32, number: u32, watch: &Arc<()>) -> Self {
        Self(self.0.with(BindingRef::new(
            variable(key),
            Location::caller(),
            (number, Arc::clone(watch)),
        )))
    }

    fn remove(&mut self, key: u32) -> Option<u32> {
        self.0.remove(variable(key)).map(|removed| value(key, &removed).0)
    }

    fn get(&self, key: u32) -> Option<u32> {
        let variable = variable(key);
        let found = self.0.find(variable)?;
        assert!(found.belongs_to(variable));
        found.value(variable).map(|(number, _)| *number)
    }

    fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let entry = |binding: &BindingRef| (binding.variable.number(), value(binding.variable.number(), binding).0);
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
    fn collect(node: NodeView<'_>, depth: usize, into: &mut Vec<(usize, u32)>) {
        for slot in node.slots() {
            match slot.content() {
                Content::Binding(binding) => into.push((depth, binding.variable.number())),
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
