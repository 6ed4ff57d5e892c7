//! How a variable of the current context is bound or unbound, and what becomes of its old binding.

use super::allocating::{TakenMap, Which, block_for};
use super::frame::Frame;
use super::identity::Identity;
use super::loan::{has_loans, keep_for_loans};
use super::locals::Extension;
use super::snapshot::has_locals;
use super::thread::{thread, with_frame};
use crate::descriptor::Descriptor;
use crate::map::Map;
use crate::map::binding::BindingRef;

/// Swaps `binding` with what a variable is bound to in the current context. Returns what tokens of the variable know the
/// context by.
///
/// Returns `None`, and changes nothing, if no context is entered.
pub(crate) fn replace(variable: &'static Descriptor, binding: &mut Option<BindingRef>) -> Option<Identity> {
    if variable.is_local {
        return replace_local(variable, binding);
    }
    let in_place = |frame: &mut Frame| {
        let is_done = frame.bindings.swap_in_place(variable, binding);
        (is_done, identify(frame).for_tokens_of(variable))
    };
    let (is_done, identity) = with_frame(in_place)?;
    if !is_done {
        replace_in_new_version(variable, binding);
    } else if has_loans() {
        keep_for_loans(binding.as_ref());
    }
    Some(identity)
}

/// What tokens of a variable know the current context by. A context that was never written has no identity yet.
#[inline]
pub(crate) fn identity_for_tokens(variable: &Descriptor) -> Option<Identity> {
    with_frame(|frame| frame.identity.for_tokens_of(variable))
}

#[inline]
fn identify(frame: &mut Frame) -> Identity {
    if frame.identity == Identity::UNASKED {
        frame.identity = Identity::new(&thread().next_identity);
    }
    frame.identity
}

/// The usual case in which somebody else shows the old bindings: one node from the free list is the new version.
#[inline(never)]
fn replace_in_new_version(variable: &'static Descriptor, binding: &mut Option<BindingRef>) {
    let Some(new) = binding.take() else {
        return replace_in_any_way(variable, binding);
    };
    match with_frame(|frame| frame.bindings.insert_in_free_block(new)) {
        Some(Ok(inserted)) => hand_out(binding, inserted),
        Some(Err(new)) => {
            *binding = Some(new);
            replace_in_new_memory(variable, binding);
        }
        None => {}
    }
}

/// The same with memory that is allocated first.
#[cold]
fn replace_in_new_memory(variable: &'static Descriptor, binding: &mut Option<BindingRef>) {
    let Some(block) = block_for(variable) else {
        return replace_in_any_way(variable, binding);
    };
    let Some(new) = binding.take() else { return };
    match with_frame(|frame| frame.bindings.insert_in_block(block, new)) {
        Some(Ok(inserted)) => hand_out(binding, inserted),
        Some(Err((_block, new))) => {
            *binding = Some(new);
            replace_in_any_way(variable, binding);
        }
        None => {}
    }
}

/// All other cases.
#[cold]
fn replace_in_any_way(variable: &'static Descriptor, binding: &mut Option<BindingRef>) {
    replace_in(TakenMap::out(Which::Bindings), variable, binding);
}

/// Hands out the binding that was replaced in `old_version`.
#[inline]
fn hand_out(binding: &mut Option<BindingRef>, (replaced, old_version): (Option<BindingRef>, Map)) {
    *binding = replaced;
    if has_loans() {
        keep_for_loans(binding.as_ref());
    }
    // Last: it may be the last handle to what others have let go of meanwhile, and run destructors of values.
    drop(old_version);
}

#[cold]
fn replace_local(variable: &'static Descriptor, binding: &mut Option<BindingRef>) -> Option<Identity> {
    let in_place = |frame: &mut Frame| {
        let locals = frame.clock.locals_mut();
        locals.is_some_and(|locals| locals.swap_in_place(variable, binding))
    };
    if with_frame(in_place)? {
        keep_for_loans(binding.as_ref());
    } else if has_locals() || binding.is_some() {
        replace_local_in_any_way(variable, binding);
    }
    with_frame(|frame| identify(frame).for_tokens_of(variable))
}

fn replace_local_in_any_way(variable: &'static Descriptor, binding: &mut Option<BindingRef>) {
    if !has_locals() {
        let extension = Extension::new();
        // An extension that is given back is freed here, when the frame is not borrowed any more.
        drop(with_frame(|frame| frame.clock.extend(extension)));
    }
    replace_in(TakenMap::out(Which::Locals), variable, binding);
}

#[inline]
fn replace_in(taken: Option<TakenMap>, variable: &'static Descriptor, binding: &mut Option<BindingRef>) {
    let Some(mut taken) = taken else { return };
    *binding = taken.map.replace(variable, binding.take());
    // Before `taken` is dropped: what an allocator has set meanwhile is dropped with it, and may panic.
    keep_for_loans(binding.as_ref());
}
