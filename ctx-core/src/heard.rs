//! What a capture hears at its first poll: the wrappers around it that are newer, and were made in the same place.

use crate::binding::Shared;
use crate::current;
use crate::frame::Origin;
use crate::info::Info;
use crate::layer::Change;
use crate::map::Map;
use std::ops::ControlFlow;

/// What the wrappers around a capture have to say.
pub(crate) struct Heard {
    /// The innermost `in_context`.
    base: Option<Map>,
    /// The scopes, from inside out.
    binds: Vec<Shared>,
    /// What the capture has from functions that have returned their futures: wrappers around those come before it.
    own: Vec<&'static Info>,
}

/// What left a context on the way. Dropping it runs destructors of values, so it is dropped last.
pub(crate) struct Displaced {
    base: Option<Map>,
    pub(crate) bindings: Vec<Shared>,
}

impl Heard {
    /// Asks the wrappers, from inside out, up to the first explicit context: nothing passes through one, not even to a future
    /// that was captured elsewhere, and to which that context does not apply.
    pub(crate) fn by(capture: Origin, captured: &Map) -> Self {
        let mut origin = capture;
        let mut heard = Self {
            base: None,
            binds: Vec::new(),
            own: Vec::new(),
        };
        if origin.is_sealed() {
            return heard;
        }
        current::for_each_layer(|layer| {
            match &layer.change {
                Change::Begun(begun) if origin.is_before(begun.until()) => {
                    heard.own.extend(begun.own_in(captured));
                    origin = layer.origin;
                }
                Change::Base(bindings) => {
                    heard.base = layer.origin.applies_to(origin).then(|| bindings.clone());
                    origin = Origin::SEALED;
                }
                Change::Bind(binding) if layer.origin.applies_to(origin) && !heard.own.contains(&binding.info) => {
                    heard.binds.push(binding.clone());
                }
                _ => {}
            }
            if origin.is_sealed() || layer.origin.is_sealed() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        heard
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.base.is_none() && self.binds.is_empty()
    }

    /// Replaces `bindings` by the base, but for what is the capture's own, and adds the scopes from outside in.
    pub(crate) fn apply(self, bindings: &mut Map) -> Displaced {
        let mut displaced = Displaced {
            base: self.base.map(|base| std::mem::replace(bindings, base)),
            bindings: Vec::new(),
        };
        if let Some(captured) = &displaced.base {
            for info in self.own {
                let own = captured.get(info.number()).cloned();
                displaced.bindings.extend(bindings.rebind(info, own));
            }
        }
        for binding in self.binds.into_iter().rev() {
            displaced.bindings.extend(bindings.insert(binding));
        }
        displaced
    }
}
