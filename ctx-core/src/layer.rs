//! A layer: what a wrapper has to say about the futures inside it.

use crate::binding::{Bindings, Shared};
use crate::frame::{Frame, Origin};

/// A wrapper's say, and when it was made.
pub struct Layer {
    pub(crate) origin: Origin,
    pub(crate) change: Change,
}

pub(crate) enum Change {
    /// `in_context`: start from these bindings.
    Base(Bindings),
    /// `scope`: add this one, under this key.
    Bind(u32, Shared),
    /// A function that returned its future after its frame had run: what was captured in the frame until then counts as
    /// captured at the call, which is the layer's origin.
    Begun(Begun),
}

/// The frame in which a function made the future that it returned.
pub(crate) struct Begun {
    identity: u64,
    clock: u64,
    /// What the function bound and unbound.
    written: Vec<(u32, Option<Shared>)>,
}

impl Layer {
    /// What a wrapper that is over has left of its layer.
    pub(crate) const OVER: Self = Self {
        origin: Origin::NOBODYS,
        change: Change::Base(Bindings::new()),
    };
}

impl Begun {
    /// The past of a `frame` that started from what was `captured`.
    pub(crate) fn of(frame: &Frame, captured: &Bindings) -> Self {
        let mut written = Vec::new();
        if !frame.bindings.ptr_eq(captured) {
            let is_new = |(key, binding): &(u32, &Shared)| !captured.get(*key).is_some_and(|old| old.is(binding));
            let bound = frame.bindings.iter().filter(is_new);
            written.extend(bound.map(|(key, binding)| (key, Some(binding.clone()))));
            let is_gone = |(key, _): &(u32, &Shared)| frame.bindings.get(*key).is_none();
            written.extend(captured.iter().filter(is_gone).map(|(key, _)| (key, None)));
        }
        Self {
            identity: frame.identity,
            clock: frame.clock,
            written,
        }
    }

    /// The last moment of the frame before the future started.
    pub(crate) fn until(&self) -> Origin {
        Origin::new(self.identity, self.clock)
    }

    /// The frame in which the future goes on with `bindings`.
    ///
    /// If it starts `anew`, with other bindings than it had, the old values in its tokens are those of another context:
    /// they are refused from now on.
    pub(crate) fn resumed(&self, bindings: Bindings, anew: bool) -> Frame {
        Frame {
            bindings,
            identity: self.identity | u64::from(anew && self.identity != 0),
            clock: self.clock + 1,
        }
    }

    pub(crate) fn take_written(&mut self) -> Vec<(u32, Option<Shared>)> {
        std::mem::take(&mut self.written)
    }
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.change {
            Change::Base(_) => "Base",
            Change::Bind(..) => "Bind",
            Change::Begun(_) => "Begun",
        })
    }
}
