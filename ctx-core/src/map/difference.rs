//! The difference of two versions: what they share is skipped as a whole, so that it costs what differs, not what is bound.

use super::{Iter, Map, get};
use crate::binding::Shared;
use crate::info::Info;
use crate::node::{BITS, Content};
use std::num::NonZeroUsize;

/// Takes a variable's bindings in the one version and in the other.
type Visit<'f, 'a> = dyn FnMut(Option<&'a Shared>, Option<&'a Shared>) + 'f;

impl Map {
    /// Whether this is `old` with some variables bound anew, none unbound, so that [`written`](Self::written) tells which.
    pub(crate) fn is_written_over(&self, old: &Self) -> bool {
        match (self.root.get(), old.root.get()) {
            (Some(new), Some(old)) => new.view().is_written_over(old.view()),
            (Some(new), None) => new.view().is_all_written(),
            _ => false,
        }
    }

    /// The variables that are bound anew, each with the address of the binding that was found.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&'static Info, Option<NonZeroUsize>)> {
        self.root.get().into_iter().flat_map(|root| root.view().written())
    }

    /// Gives each variable that is bound differently in `other` to `visit`.
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
    let alike = match (one, other) {
        (Content::Node(one), Content::Node(other)) if one.slots().len() == other.slots().len() => Some((one, other)),
        _ => None,
    };
    if let Some((one, other)) = alike {
        for (one, other) in one.slots().iter().zip(other.slots()) {
            if one.is(other) {
                continue;
            }
            match (one.content(), other.content()) {
                (Content::Binding(one), Content::Binding(other)) if one.number == other.number => {
                    visit(Some(one), Some(other));
                }
                (Content::Nothing, Content::Binding(other)) => visit(None, Some(other)),
                (Content::Binding(one), Content::Nothing) => visit(Some(one), None),
                (one, other) => differences(one, other, shift + BITS, visit),
            }
        }
        return;
    }
    for before in all(one) {
        let after = find(other, shift, before.number);
        if after.is_none_or(|after| !after.borrow().is(before)) {
            visit(Some(before), after);
        }
    }
    for after in all(other).filter(|after| find(one, shift, after.number).is_none()) {
        visit(None, Some(after));
    }
}

fn find(content: Content<'_>, shift: u32, number: u32) -> Option<&Shared> {
    match content {
        Content::Node(node) => get(node, shift, number),
        Content::Binding(binding) => Some(binding).filter(|binding| binding.number == number),
        Content::Nothing => None,
    }
}

fn all(content: Content<'_>) -> impl Iterator<Item = &Shared> {
    let (binding, levels) = match content {
        Content::Node(node) => (None, vec![node.slots().iter()]),
        Content::Binding(binding) => (Some(binding), Vec::new()),
        Content::Nothing => (None, Vec::new()),
    };
    binding.into_iter().chain(Iter { levels })
}
