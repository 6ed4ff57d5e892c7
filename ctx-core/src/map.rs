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
                node.slots.insert(at, Slot::Leaf(key, value));
                node.digits |= 1 << ((key >> shift) & MASK);
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
        if let Slot::Branch(child) = &mut node.slots[at] {
            let removed = Self::remove(child, key, shift + BITS);
            node.len -= 1;
            if let [Slot::Leaf(last, value)] = child.slots.as_slice() {
                node.slots[at] = Slot::Leaf(*last, value.clone());
            }
            return removed;
        }
        node.len -= 1;
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
mod tests;
