//! A layer: what a wrapper has to say about the futures inside it.

use crate::binding::{Bindings, Shared};
use crate::frame::Origin;

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
    pub(crate) identity: u64,
    pub(crate) clock: u64,
    /// What the frame started from, until the future starts.
    pub(crate) captured: Bindings,
}

impl Layer {
    /// A layer that says nothing.
    pub(crate) const NONE: Self = Self {
        origin: Origin::NOBODYS,
        change: Change::Begun(Begun {
            identity: 0,
            clock: 0,
            captured: Bindings::new(),
        }),
    };
}

impl Begun {
    /// The last moment of the frame before the future started.
    pub(crate) fn until(&self) -> Origin {
        Origin::new(self.identity, self.clock)
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
