//! The bindings of a map, one after another.

use super::binding::BindingRef;
use super::node::{Content, NodeView, Slot};
use std::slice;

/// The bindings of a map, in no promised order.
pub(crate) struct Iter<'a> {
    levels: Vec<slice::Iter<'a, Slot>>,
}

impl<'a> Iter<'a> {
    /// Those in a node and below it.
    pub(super) fn of_node(node: Option<NodeView<'a>>) -> Self {
        Self {
            levels: node.into_iter().map(|node| node.slots().iter()).collect(),
        }
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a BindingRef;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.levels.last_mut()?.next().map(Slot::content) {
                Some(Content::Binding(binding)) => return Some(binding),
                Some(Content::Node(child)) => self.levels.push(child.slots().iter()),
                Some(Content::Nothing) => {}
                None => {
                    self.levels.pop();
                }
            }
        }
    }
}
