//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use crate::binding::{Bindings, Shared};
use crate::current;
use crate::frame::{Frame, Origin};
use crate::layer::{Change, Layer};

/// A frame, or before the first poll what was captured for it, or after the end nothing.
///
/// The stage lies in the highest bit of the frame's identity, which identities never reach.
pub(crate) struct Instance(Frame);

const NOT_RUNNING: u64 = 1 << 63;
const OVER: u64 = u64::MAX;

/// What a start has displaced. Dropping it runs destructors of values, so it is dropped last.
pub(crate) type Displaced = (Option<Bindings>, Vec<Shared>);

impl Instance {
    pub(crate) fn captured(bindings: Bindings, origin: Origin) -> Self {
        let (home, clock) = origin.parts();
        Self(Frame {
            bindings,
            identity: home | NOT_RUNNING,
            clock,
        })
    }

    pub(crate) fn is_running(&self) -> bool {
        self.0.identity & NOT_RUNNING == 0
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.identity == OVER
    }

    /// The frame of an instance that runs.
    pub(crate) fn frame(&mut self) -> &mut Frame {
        &mut self.0
    }

    /// Ends the instance and hands out its frame, to run the last destructors in.
    pub(crate) fn end(&mut self) -> Frame {
        let over = Frame {
            identity: OVER,
            ..Frame::default()
        };
        std::mem::replace(&mut self.0, over)
    }

    /// Makes a captured instance run: the wrappers around it that have a say in the capture are heard now.
    ///
    /// The latest `in_context` is the base, and from there outwards a wrapper needs a say in that one; the scopes are
    /// added to it from outside in, the instance's `own` last. `resumed` is the identity and the clock of a frame that
    /// ran before, where there was one.
    #[must_use]
    pub(crate) fn start(&mut self, own: Option<&Layer>, resumed: (u64, u64)) -> Displaced {
        let mut origin = Origin::new(self.0.identity & !NOT_RUNNING, self.0.clock);
        (self.0.identity, self.0.clock) = resumed;

        let mut base = None;
        let mut binds = Vec::new();
        if let Some(Change::Bind(key, binding)) = own.map(|own| &own.change) {
            binds.push((*key, binding.clone()));
        }
        current::for_each_layer(|layer| {
            if !layer.origin.has_say_in(origin) {
                return;
            }
            match &layer.change {
                Change::Bind(key, binding) => binds.push((*key, binding.clone())),
                Change::Base(bindings) => {
                    base = Some(bindings.clone());
                    origin = layer.origin;
                }
            }
        });

        let base = base.map(|base| std::mem::replace(&mut self.0.bindings, base));
        let bindings = &mut self.0.bindings;
        let bound = binds.into_iter().rev();
        let displaced = bound.filter_map(|(key, binding)| bindings.insert(key, binding));
        (base, displaced.collect())
    }
}
