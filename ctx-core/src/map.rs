//! The persistent map: each version is a value of its own, and versions share what they have in common.
//!
//! A trie over dense `u32` keys, four bits a level, with the leaves as high as they fit: sixteen neighbouring keys lie in
//! one node, a thousand in three levels, and a map of one key is one node whichever key it is. Keys are unique, so two of
//! them always part within eight levels and nothing collides.

use std::slice;
use std::sync::Arc;

const BITS: u32 = 4;
const MASK: u32 = (1 << BITS) - 1;

/// A persistent map of `u32` keys: 8 bytes, clone in O(1), the other operations in O(log n).
pub(crate) struct Map<V> {
    root: Option<Arc<Node<V>>>,
}

struct Node<V> {
    /// How many leaves lie below this node.
    len: u32,
    /// Bit `i` is set if there is a slot for the digit `i`; the slots lie in the order of the digits.
    digits: u16,
    slots: Vec<Slot<V>>,
}

enum Slot<V> {
    Leaf(u32, V),
    Branch(Arc<Node<V>>),
}

impl<V> Map<V> {
    pub(crate) const fn new() -> Self {
        Self { root: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.root.as_ref().map_or(0, |root| root.len as usize)
    }

    pub(crate) fn ptr_eq(&self, other: &Self) -> bool {
        match (&self.root, &other.root) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        }
    }

    pub(crate) fn get(&self, key: u32) -> Option<&V> {
        let mut node = self.root.as_deref()?;
        let mut rest = key;
        loop {
            match &node.slots[node.find(rest).ok()?] {
                Slot::Leaf(found, value) => return (*found == key).then_some(value),
                Slot::Branch(child) => node = child,
            }
            rest >>= BITS;
        }
    }

    pub(crate) fn iter(&self) -> Iter<'_, V> {
        Iter {
            levels: self.root.iter().map(|root| root.slots.iter()).collect(),
        }
    }
}

impl<V: Clone> Map<V> {
    /// Binds `key` to `value`, and returns the value that it displaced.
    pub(crate) fn insert(&mut self, key: u32, value: V) -> Option<V> {
        if let Some(root) = &mut self.root {
            return Node::insert(root, key, 0, value);
        }
        self.root = Some(Arc::new(Node::of(key, key, value)));
        None
    }

    /// Removes `key`, and returns its value. An absent key leaves the map as it is, and shared.
    pub(crate) fn remove(&mut self, key: u32) -> Option<V> {
        self.get(key)?;
        let root = self.root.as_mut()?;
        let removed = Node::remove(root, key, 0);
        if root.len == 0 {
            self.root = None;
        }
        removed
    }
}

impl<V> Node<V> {
    /// A node of one leaf, whose digit here is the lowest one of `rest`.
    fn of(rest: u32, key: u32, value: V) -> Self {
        Self {
            len: 1,
            digits: 1 << (rest & MASK),
            slots: vec![Slot::Leaf(key, value)],
        }
    }

    /// Where the lowest digit of `rest` has its slot, or where it would have to be inserted.
    fn find(&self, rest: u32) -> Result<usize, usize> {
        let bit = 1 << (rest & MASK);
        let below = (self.digits & (bit - 1)).count_ones() as usize;
        if self.digits & bit == 0 { Err(below) } else { Ok(below) }
    }
}

impl<V: Clone> Node<V> {
    fn insert(this: &mut Arc<Self>, key: u32, shift: u32, value: V) -> Option<V> {
        let node = Arc::make_mut(this);
        let at = match node.find(key >> shift) {
            Ok(at) => at,
            Err(at) => {
                node.digits |= 1 << ((key >> shift) & MASK);
                node.slots.insert(at, Slot::Leaf(key, value));
                node.len += 1;
                return None;
            }
        };
        let slot = &mut node.slots[at];
        let displaced = match slot {
            Slot::Leaf(found, old) if *found == key => Some(std::mem::replace(old, value)),
            Slot::Leaf(found, other) => {
                let lower = Self::of(*found >> (shift + BITS), *found, other.clone());
                let mut child = Arc::new(lower);
                Self::insert(&mut child, key, shift + BITS, value);
                *slot = Slot::Branch(child);
                None
            }
            Slot::Branch(child) => Self::insert(child, key, shift + BITS, value),
        };
        node.len += u32::from(displaced.is_none());
        displaced
    }

    /// Removes a key that is there.
    fn remove(this: &mut Arc<Self>, key: u32, shift: u32) -> Option<V> {
        let node = Arc::make_mut(this);
        let at = node.find(key >> shift).ok()?;
        node.len -= 1;
        if let Slot::Branch(child) = &mut node.slots[at] {
            let removed = Self::remove(child, key, shift + BITS);
            if let [Slot::Leaf(last, value)] = child.slots.as_slice() {
                node.slots[at] = Slot::Leaf(*last, value.clone());
            }
            return removed;
        }
        node.digits &= !(1 << ((key >> shift) & MASK));
        match node.slots.remove(at) {
            Slot::Leaf(_, value) => Some(value),
            Slot::Branch(_) => None,
        }
    }
}

impl<V> Clone for Map<V> {
    fn clone(&self) -> Self {
        Self {
            root: self.root.clone(),
        }
    }
}

impl<V> Default for Map<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V: Clone> Clone for Node<V> {
    fn clone(&self) -> Self {
        let mut slots = Vec::with_capacity(self.slots.len() + 1);
        slots.extend(self.slots.iter().cloned());
        Self {
            len: self.len,
            digits: self.digits,
            slots,
        }
    }
}

impl<V: Clone> Clone for Slot<V> {
    fn clone(&self) -> Self {
        match self {
            Self::Leaf(key, value) => Self::Leaf(*key, value.clone()),
            Self::Branch(child) => Self::Branch(Arc::clone(child)),
        }
    }
}

/// The keys and values of a map, in no promised order.
pub(crate) struct Iter<'a, V> {
    levels: Vec<slice::Iter<'a, Slot<V>>>,
}

impl<'a, V> Iterator for Iter<'a, V> {
    type Item = (u32, &'a V);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.levels.last_mut()?.next() {
                Some(Slot::Leaf(key, value)) => return Some((*key, value)),
                Some(Slot::Branch(child)) => self.levels.push(child.slots.iter()),
                None => {
                    self.levels.pop();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Map;
    use std::collections::BTreeMap;

    /// A sequence of numbers that looks random and is the same in every run.
    fn scattered(seed: u64) -> impl FnMut(u32) -> u32 {
        let mut state = seed;
        move |below| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            u32::try_from((state >> 33) % u64::from(below)).expect("less than a `u32`")
        }
    }

    fn contents(map: &Map<u32>) -> BTreeMap<u32, u32> {
        map.iter().map(|(key, value)| (key, *value)).collect()
    }

    /// Cases 73 and 74
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

    /// Cases 78 and 83
    #[test]
    fn keys_that_part_in_the_last_digit_live_side_by_side() {
        let keys = [0, 0x8000_0000, 0xF000_0000, u32::MAX];
        let mut map = Map::new();
        for key in keys {
            assert_eq!(map.insert(key, key), None);
        }
        assert_eq!(contents(&map).len(), keys.len());
        for (left, key) in keys.into_iter().enumerate() {
            assert_eq!(map.len(), keys.len() - left);
            assert_eq!(map.remove(key), Some(key));
            assert_eq!(map.get(key), None);
        }
        assert_eq!(map.iter().count(), 0);
    }

    /// Case 80
    #[test]
    fn removing_an_absent_key_changes_nothing() {
        let mut map = Map::new();
        map.insert(3, ());
        let before = map.clone();
        assert_eq!(map.remove(19), None);
        assert_eq!(map.remove(4), None);
        assert!(map.ptr_eq(&before));
    }

    /// A context that binds only the thousandth variable is no bigger than one that binds the first.
    #[test]
    fn a_single_key_is_a_single_node_whichever_it_is() {
        for key in [1, 1_000, u32::MAX] {
            let mut map = Map::new();
            map.insert(key, ());
            map.insert(key ^ 0x0FFF_FFF0, ());
            map.remove(key ^ 0x0FFF_FFF0);
            assert_eq!(map.root.as_ref().map(|root| root.slots.len()), Some(1));
            assert_eq!(map.get(key), Some(&()));
        }
    }

    /// Case 79
    #[test]
    fn agrees_with_a_std_map_in_every_version_kept() {
        let mut random = scattered(79);
        let mut map = Map::new();
        let mut model = BTreeMap::new();
        let mut kept = Vec::new();
        for step in 0..20_000 {
            let key = random(2_000) * 0x0002_0001;
            if random(3) == 0 {
                assert_eq!(map.remove(key), model.remove(&key));
            } else {
                assert_eq!(map.insert(key, step), model.insert(key, step));
            }
            assert_eq!(map.len(), model.len());
            if step % 1_000 == 0 {
                kept.push((map.clone(), model.clone()));
            }
        }
        for (map, model) in &kept {
            assert_eq!(&contents(map), model);
        }
        for key in model.keys() {
            assert!(map.remove(*key).is_some());
        }
        assert_eq!(map.len(), 0);
    }
}
