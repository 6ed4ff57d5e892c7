//! The difference of two versions. Nodes that both have are skipped, so it costs what differs, not what is bound.

use super::binding::BindingRef;
use super::iter::Iter;
use super::node::{BITS, Content};
use super::{Map, update};
use crate::descriptor::Descriptor;
use std::num::NonZeroUsize;

/// Takes the bindings of a variable in the one version and in the other.
type Visit<'f, 'a> = dyn FnMut(Option<&'a BindingRef>, Option<&'a BindingRef>) + 'f;

impl Map {
    /// Whether this version was made of `old` by binding variables, and unbinding none, in a way that
    /// [`written`](Self::written) can tell.
    pub(crate) fn is_written_over(&self, old: &Self) -> bool {
        match (self.root.get(), old.root.get()) {
            (Some(new), Some(old)) => new.view().is_written_over(old.view()),
            (Some(new), None) => new.view().is_all_written(),
            _ => false,
        }
    }

    /// The variables that were bound, each with the address of the binding that was there before.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&'static Descriptor, Option<NonZeroUsize>)> {
        self.root.get().into_iter().flat_map(|root| root.view().written())
    }

    /// Calls `visit` for each variable that is bound differently in `other`.
    pub(crate) fn each_difference<'a>(&'a self, other: &'a Self, visit: &mut Visit<'_, 'a>) {
        differences(self.content(), other.content(), 0, visit);
    }

    fn content(&self) -> Content<'_> {
        self.root
            .get()
            .map_or(Content::Nothing, |root| Content::Node(root.view()))
    }
}

fn differences<'a>(one: Content<'a>, other: Content<'a>, shift: u32, visit: &mut Visit<'_, 'a>) {
    match (one, other) {
        (Content::Node(one), Content::Node(other)) if one.slots().len() == other.slots().len() => {
            for (one, other) in one.slots().iter().zip(other.slots()) {
                if !one.is(other) {
                    differences_in_slot(one.content(), other.content(), shift, visit);
                }
            }
        }
        _ => differences_one_by_one(one, other, shift, visit),
    }
}

fn differences_in_slot<'a>(one: Content<'a>, other: Content<'a>, shift: u32, visit: &mut Visit<'_, 'a>) {
    match (one, other) {
        (Content::Binding(one), Content::Binding(other)) if one.number == other.number => {
            visit(Some(one), Some(other));
        }
        (Content::Nothing, Content::Binding(other)) => visit(None, Some(other)),
        (Content::Binding(one), Content::Nothing) => visit(Some(one), None),
        (one, other) => differences(one, other, shift + BITS, visit),
    }
}

/// Looks up each binding of the one in the other: they have different widths, or one is no node.
fn differences_one_by_one<'a>(one: Content<'a>, other: Content<'a>, shift: u32, visit: &mut Visit<'_, 'a>) {
    for before in all(one) {
        let after = find(other, shift, before.number);
        if after.is_none_or(|after| !after.view().is(before)) {
            visit(Some(before), after);
        }
    }
    for after in all(other).filter(|after| find(one, shift, after.number).is_none()) {
        visit(None, Some(after));
    }
}

fn find(content: Content<'_>, shift: u32, number: u32) -> Option<&BindingRef> {
    match content {
        Content::Node(node) => update::get(node, shift, number),
        Content::Binding(binding) => Some(binding).filter(|binding| binding.number == number),
        Content::Nothing => None,
    }
}

fn all(content: Content<'_>) -> impl Iterator<Item = &BindingRef> {
    let (binding, node) = match content {
        Content::Node(node) => (None, Some(node)),
        Content::Binding(binding) => (Some(binding), None),
        Content::Nothing => (None, None),
    };
    binding.into_iter().chain(Iter::of_node(node))
}
