//! How a version is made, level by level: in place where nobody else sees a node, else in a version of the node.
//!
//! Here `shift` says how many bits of the numbers the levels before have told apart. A child is a node in a slot.

use super::binding::BindingRef;
use super::free_list::Block;
use super::node::{BITS, Content, NodeRef, NodeView, OwnedSlot};

/// A node with one binding.
pub(super) fn single(shift: u32, binding: BindingRef) -> NodeRef {
    let block = Block::new(NodeRef::NARROWEST_SIZE);
    // SAFETY: the block is made for this size.
    unsafe { NodeRef::single_in(block, binding.number >> shift, binding) }
}

/// What a number is bound to.
pub(super) fn get(node: NodeView<'_>, shift: u32, number: u32) -> Option<&BindingRef> {
    match node.slot(number >> shift).content() {
        Content::Node(child) => get(child, shift + BITS, number),
        Content::Binding(binding) if binding.number == number => Some(binding),
        _ => None,
    }
}

/// A version of `node` in which `number` is bound to `binding`, or not bound.
pub(super) fn version(node: NodeView<'_>, shift: u32, number: u32, binding: Option<BindingRef>) -> NodeRef {
    if collision(node, shift, number).is_none() && !is_full_for(node, shift, number) {
        return node.version(number >> shift, slot_with(node, shift, number, binding));
    }
    // With this second handle the node can't be written in place, so `replace` makes a new one.
    let mut wider = node.share();
    replace(&mut wider, shift, number, binding);
    wider
}

/// Makes `node` the version in which `number` is bound to `binding`, or not bound; in place where it can. Returns what
/// `number` was bound to.
pub(super) fn replace(node: &mut NodeRef, shift: u32, number: u32, binding: Option<BindingRef>) -> Option<BindingRef> {
    let rest = number >> shift;
    if let Some(other) = collision(node.view(), shift, number) {
        node.widen(shift, number, other);
        return replace(node, shift, number, binding);
    }
    if is_full_for(node.view(), shift, number) {
        node.double(shift);
        return replace(node, shift, number, binding);
    }
    if !node.can_set_slot(rest) {
        // We keep a handle to the replaced value, so that the assignment does not drop it: its destructor is user code, which
        // must not run while the map is half changed. The caller drops it afterwards.
        let replaced = get(node.view(), shift, number).cloned();
        *node = node
            .view()
            .version(rest, slot_with(node.view(), shift, number, binding));
        return replaced;
    }
    if let Content::Node(_) = node.view().slot(rest).content() {
        return replace(TakenChild::of(node, rest).node(), shift + BITS, number, binding);
    }
    let slot = slot_with(node.view(), shift, number, binding);
    let replaced = node.set_slot(rest, slot).into_binding();
    replaced.filter(|replaced| replaced.number == number)
}

/// The number of another variable whose slot `number` would get, if a wider node had a slot for each.
fn collision(node: NodeView<'_>, shift: u32, number: u32) -> Option<u32> {
    match node.slot(number >> shift).content() {
        Content::Binding(other) if !node.is_widest() => Some(other.number).filter(|other| *other != number),
        _ => None,
    }
}

/// Whether a node should become wider before `number` takes an empty slot of it.
fn is_full_for(node: NodeView<'_>, shift: u32, number: u32) -> bool {
    node.is_full() && node.slot(number >> shift).is_empty()
}

/// The slot for `number` of a version of `node` in which that is bound to `binding`, or not bound.
fn slot_with(node: NodeView<'_>, shift: u32, number: u32, binding: Option<BindingRef>) -> OwnedSlot {
    match (node.slot(number >> shift).content(), binding) {
        (Content::Node(child), binding) => {
            let child = version(child, shift + BITS, number, binding);
            if child.view().is_empty() {
                OwnedSlot::EMPTY
            } else {
                OwnedSlot::node_ref(child)
            }
        }
        (Content::Binding(other), Some(binding)) if other.number != number => {
            let mut pair = single(shift + BITS, other.clone());
            replace(&mut pair, shift + BITS, number, Some(binding));
            OwnedSlot::node_ref(pair)
        }
        (_, Some(binding)) => OwnedSlot::binding(binding),
        (_, None) => OwnedSlot::EMPTY,
    }
}

/// A child that is taken out of its slot to be written. It is put back in the end, even if an allocation fails and unwinds.
struct TakenChild<'a> {
    parent: &'a mut NodeRef,
    number: u32,
    node: Option<NodeRef>,
}

impl<'a> TakenChild<'a> {
    fn of(parent: &'a mut NodeRef, number: u32) -> Self {
        let node = parent.set_slot(number, OwnedSlot::EMPTY).into_node();
        Self { parent, number, node }
    }

    fn node(&mut self) -> &mut NodeRef {
        self.node.as_mut().expect("only slots with nodes are taken out")
    }
}

impl Drop for TakenChild<'_> {
    fn drop(&mut self) {
        let left = self.node.take().filter(|node| !node.view().is_empty());
        let slot = left.map_or(OwnedSlot::EMPTY, OwnedSlot::node_ref);
        self.parent.set_slot(self.number, slot);
    }
}
