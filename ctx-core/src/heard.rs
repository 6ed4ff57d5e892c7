//! What a capture hears at its first poll: the wrappers around it that are newer, and were made in the same place.

use crate::binding::Shared;
use crate::current;
use crate::few::Few;
use crate::frame::Origin;
use crate::info::Info;
use crate::layer::{Begun, Change};
use crate::map::Map;
use std::ops::ControlFlow;

/// What the wrappers around a capture have to say.
pub(crate) struct Heard {
    /// The innermost `in_context`.
    base: Option<Map>,
    /// The scopes, from inside out.
    binds: Few<Shared, 4>,
    /// What the capture has from functions that have returned their futures: wrappers around those come before it.
    own: Few<&'static Info, 4>,
}

/// What left a context on the way. Dropping it runs destructors of values, so it is dropped last.
pub(crate) struct Displaced {
    base: Option<Map>,
    pub(crate) left: Map,
    pub(crate) bindings: Few<Shared, 2>,
}

/// What one of the wrappers says.
enum Said<'a> {
    /// Nothing, but that what was captured in this frame counts as captured before.
    Begun(&'a Begun),
    /// That these are the bindings.
    Base(&'a Map),
    /// That this is one of them.
    Bind(&'a Shared),
}

impl Heard {
    pub(crate) const NOTHING: Self = Self {
        base: None,
        binds: Few::new(),
        own: Few::new(),
    };

    /// Asks the wrappers about a capture. Allocates nothing where none applies.
    pub(crate) fn by(capture: Origin, captured: &Map) -> Self {
        let mut heard = Self::NOTHING;
        let mut applies = false;
        each_said(capture, |said| applies |= !matches!(said, Said::Begun(_)));
        if applies {
            each_said(capture, |said| match said {
                Said::Begun(begun) => heard.own.extend(begun.own_in(captured)),
                Said::Base(bindings) => heard.base = Some(bindings.clone()),
                Said::Bind(binding) if !heard.is_own(binding.info) => heard.binds.push(binding.clone()),
                Said::Bind(_) => {}
            });
        }
        heard
    }

    fn is_own(&self, info: &'static Info) -> bool {
        self.own.iter().any(|own| *own == info)
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.base.is_none() && self.binds.is_empty()
    }

    /// Replaces `bindings` by the base, but for what is the capture's own, and adds the scopes from outside in.
    pub(crate) fn apply(self, bindings: &mut Map) -> Displaced {
        let mut displaced = Displaced {
            base: self.base.map(|base| std::mem::replace(bindings, base)),
            left: Map::new(),
            bindings: Few::new(),
        };
        if let Some(captured) = &displaced.base {
            for info in self.own.iter() {
                let own = captured.get(info.number()).cloned();
                displaced.bindings.extend(bindings.rebind(info, own));
            }
        }
        for binding in self.binds.into_items().rev() {
            displaced.bindings.extend(bindings.insert(binding));
        }
        displaced
    }
}

/// Gives what the wrappers around say about a capture to `hear`, from inside out.
///
/// Up to the first explicit context: nothing passes through one, not even to a future that was captured elsewhere, and to
/// which that context does not apply. And up to the frame that the capture was made in, if that is entered: what is around
/// the frame itself comes too late for it, or the frame has heard it. So a recursion of scopes asks one wrapper at each level.
fn each_said(capture: Origin, mut hear: impl FnMut(Said<'_>)) {
    let mut origin = capture;
    if origin.is_sealed() {
        return;
    }
    let mut is_home = current::is_in_frame_of(origin);
    current::for_each_layer(|layer, polled_in| {
        match &layer.change {
            // That of the frame itself, which is the first around it.
            Change::Begun(begun) if origin.is_before(begun.until()) => {
                hear(Said::Begun(begun));
                origin = layer.origin;
            }
            _ if is_home => return ControlFlow::Break(()),
            Change::Base(bindings) => {
                if layer.origin.applies_to(origin) {
                    hear(Said::Base(bindings));
                }
                return ControlFlow::Break(());
            }
            Change::Bind(binding) if layer.origin.applies_to(origin) => hear(Said::Bind(binding)),
            _ => {}
        }
        if origin.is_sealed() || layer.origin.is_sealed() {
            return ControlFlow::Break(());
        }
        is_home = origin.is_in(polled_in);
        ControlFlow::Continue(())
    });
}
