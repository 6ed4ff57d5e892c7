//! A layer: what a wrapper (`scope`, `in_context`) has to say about the futures inside it.

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
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.change {
            Change::Base(_) => "Base",
            Change::Bind(..) => "Bind",
        })
    }
}
