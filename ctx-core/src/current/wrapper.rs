//! A wrapper as the futures inside it know it: when it was made, and what it does to their contexts.

use super::frame::Frame;
use super::origin::Origin;
use super::prelude::Prelude;
use crate::map::Map;
use crate::map::binding::BindingRef;
use std::fmt;
use std::ptr;

/// When a wrapper was made, and its effect.
pub struct Wrapper {
    pub(crate) origin: Origin,
    pub(crate) effect: Effect,
}

/// What a wrapper does to the contexts of the futures inside it that it applies to.
pub(crate) enum Effect {
    /// `in_context`: they start from these bindings.
    Replace(Map),
    /// `scope`: they get this binding.
    Bind(BindingRef),
    /// `scope` of a local variable: the wrapper's own frame gets this binding at its first poll. Those inside inherit it
    /// at theirs.
    BindLocal(BindingRef),
    /// A function that has returned its future: what was captured in the function's frame counts as captured at the call,
    /// which is the wrapper's origin.
    Prelude(Prelude),
    Nothing,
}

/// A wrapper on this thread's stack: one whose future is polled or dropped.
pub(super) struct StackEntry {
    pub(super) wrapper: *const Wrapper,
    /// The frame that the wrapper is polled in.
    pub(super) frame: *const Frame,
    /// The wrapper around this one, or null.
    pub(super) outer: *const StackEntry,
}

impl Wrapper {
    /// Drops what the wrapper holds, when its future has ended with these `bindings`. They still have the wrapper's
    /// binding, unless the future bound the variable again, and then its count is written without an atomic operation.
    ///
    /// # Safety
    ///
    /// Nobody uses the wrapper after this, nor drops it.
    #[inline]
    pub(crate) unsafe fn end(&mut self, bindings: &mut Map) {
        match &mut self.effect {
            // SAFETY: the caller's promise: the binding is moved out, once.
            Effect::Bind(binding) => bindings.drop_duplicate(unsafe { ptr::read(binding) }),
            Effect::Nothing => {}
            // SAFETY: the caller's promise: the effect is dropped once.
            effect => unsafe { ptr::drop_in_place(effect) },
        }
    }
}

impl fmt::Debug for Wrapper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.effect {
            Effect::Replace(_) => "Replace",
            Effect::Bind(_) | Effect::BindLocal(_) => "Bind",
            Effect::Prelude(_) => "Prelude",
            Effect::Nothing => "Nothing",
        })
    }
}
