//! What happens to a captured context at the first poll: the wrappers around it that are newer and were made in the same
//! place apply to it (rule R4).

use super::short_list::ShortList;
use crate::current;
use crate::current::origin::Origin;
use crate::current::prelude::Prelude;
use crate::current::wrapper::Effect;
use crate::descriptor::Descriptor;
use crate::map::Map;
use crate::map::binding::BindingRef;
use std::mem;
use std::ops::ControlFlow;

/// The wrappers that apply to a future at its first poll, and what they change.
pub(crate) struct EnclosingWrappers {
    /// The bindings of the innermost `in_context`.
    base: Option<Map>,
    /// The bindings of scopes, from inside out.
    scopes: ShortList<BindingRef, 4>,
    /// The variables that the capture has from functions that have returned their futures. Wrappers around those functions
    /// don't change them.
    kept: ShortList<&'static Descriptor, 4>,
}

/// What the wrappers replaced. Its drop may run destructors of values, so it is dropped last.
pub(crate) struct Displaced {
    base: Option<Map>,
    /// The bindings that a function left before it returned the future.
    pub(crate) after_prelude: Map,
    pub(crate) bindings: ShortList<BindingRef, 2>,
}

/// The effect of a wrapper on one capture.
enum Applies<'a> {
    /// What was captured in this prelude's frame counts as captured before.
    Prelude(&'a Prelude),
    Replace(&'a Map),
    Bind(&'a BindingRef),
}

impl EnclosingWrappers {
    pub(crate) const NONE: Self = Self {
        base: None,
        scopes: ShortList::new(),
        kept: ShortList::new(),
    };

    /// Those around the current frame that apply to a capture. Allocates nothing where none applies.
    pub(crate) fn of(capture: Origin, captured: &Map) -> Self {
        let mut wrappers = Self::NONE;
        let mut applies = false;
        for_each_that_applies(capture, |effect| applies |= !matches!(effect, Applies::Prelude(_)));
        if applies {
            for_each_that_applies(capture, |effect| match effect {
                Applies::Prelude(prelude) => wrappers.kept.extend(prelude.written_before(captured)),
                Applies::Replace(bindings) => wrappers.base = Some(bindings.clone()),
                Applies::Bind(binding) if !wrappers.keeps(binding.variable) => wrappers.scopes.push(binding.clone()),
                Applies::Bind(_) => {}
            });
        }
        wrappers
    }

    fn keeps(&self, variable: &'static Descriptor) -> bool {
        self.kept.iter().any(|kept| *kept == variable)
    }

    pub(crate) fn change_nothing(&self) -> bool {
        self.base.is_none() && self.scopes.is_empty()
    }

    /// Applies them to `bindings`: the innermost `in_context` replaces all but what is kept, then the scopes bind, from
    /// outside in.
    pub(crate) fn apply(self, bindings: &mut Map) -> Displaced {
        let mut displaced = Displaced {
            base: self.base.map(|base| mem::replace(bindings, base)),
            after_prelude: Map::new(),
            bindings: ShortList::new(),
        };
        if let Some(captured) = &displaced.base {
            for variable in self.kept.iter() {
                let kept = captured.get(variable.number()).cloned();
                displaced.bindings.extend(bindings.replace(variable, kept));
            }
        }
        for binding in self.scopes.into_items().rev() {
            displaced.bindings.extend(bindings.insert(binding));
        }
        displaced
    }
}

/// Calls `visit` for each wrapper that applies to a capture, from inside out.
///
/// It stops in three places. At a sealed capture or wrapper: nothing passes through an explicit context, not even to a
/// future that was captured elsewhere and that this context does not apply to. At an `in_context` that applies, since it
/// replaces what is outside. And at the frame that the capture was made in, if that is entered: what is around that frame
/// was made before the capture, or the frame has it already. So in a recursion of scopes each level looks at one wrapper.
fn for_each_that_applies(capture: Origin, mut visit: impl FnMut(Applies<'_>)) {
    let mut origin = capture;
    if origin.is_sealed() {
        return;
    }
    let mut is_in_own_frame = current::is_in_frame_of(origin);
    current::for_each_enclosing_wrapper(|wrapper, polled_in| {
        match &wrapper.effect {
            // Before the stop at the own frame: the wrapper of that frame itself is the first around it.
            Effect::Prelude(prelude) if origin.is_before(prelude.until()) => {
                visit(Applies::Prelude(prelude));
                origin = wrapper.origin;
            }
            _ if is_in_own_frame => return ControlFlow::Break(()),
            Effect::Replace(bindings) => {
                if wrapper.origin.applies_to(origin) {
                    visit(Applies::Replace(bindings));
                }
                return ControlFlow::Break(());
            }
            Effect::Bind(binding) if wrapper.origin.applies_to(origin) => visit(Applies::Bind(binding)),
            _ => {}
        }
        if origin.is_sealed() || wrapper.origin.is_sealed() {
            return ControlFlow::Break(());
        }
        is_in_own_frame = origin.is_at(polled_in.identity.place());
        ControlFlow::Continue(())
    });
}
