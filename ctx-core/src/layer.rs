//! A layer: what a wrapper has to say about the futures inside it.

use crate::binding::Shared;
use crate::frame::{Frame, Origin};
use crate::info::Info;
use crate::map::Map;
use std::mem;

/// A wrapper's say, and when it was made.
pub struct Layer {
    pub(crate) origin: Origin,
    pub(crate) change: Change,
}

pub(crate) enum Change {
    /// `in_context`: start from these bindings.
    Base(Map),
    /// `scope`: add this one.
    Bind(Shared),
    /// A function that returned its future after its frame had run: what was captured in the frame until then counts as
    /// captured at the call, which is the layer's origin.
    Begun(Box<Begun>),
}

/// The frame in which a function made the future that it returned.
pub(crate) struct Begun {
    identity: u64,
    clock: u64,
    /// What the function bound.
    bound: Vec<Shared>,
    /// What it unbound.
    unbound: Vec<&'static Info>,
}

impl Layer {
    /// Forgets what it has to say: its wrapper is over, and `frame` is what is left of that.
    pub(crate) fn end(&mut self, frame: &mut Frame) {
        if let Change::Bind(binding) = mem::replace(&mut self.change, Change::Base(Map::new())) {
            frame.bindings.drop_twin(binding);
        }
    }

    /// Whether it is of a function that returned its future after its frame had run.
    pub(crate) fn has_begun(&self) -> bool {
        matches!(self.change, Change::Begun(_))
    }
}

impl Begun {
    /// The past of a `frame` that started from what was `captured`.
    pub(crate) fn of(frame: &Frame, captured: &Map) -> Self {
        let (mut bound, mut unbound) = (Vec::new(), Vec::new());
        if !frame.bindings.ptr_eq(captured) {
            let is_new = |now: &&Shared| captured.find(now.info).is_none_or(|then| !then.is(now));
            bound.extend(frame.bindings.iter().filter(is_new).cloned());
            let was_bound = captured.iter().map(|then| then.info);
            unbound.extend(was_bound.filter(|info| frame.bindings.find(info).is_none()));
        }
        Self {
            identity: frame.identity,
            clock: frame.clock,
            bound,
            unbound,
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
    pub(crate) fn resumed(&self, bindings: Map, anew: bool) -> Frame {
        Frame {
            bindings,
            identity: self.identity | u64::from(anew && self.identity != 0),
            clock: self.clock + 1,
        }
    }

    /// What the function bound, and what it unbound.
    pub(crate) fn take_written(&mut self) -> (Vec<Shared>, Vec<&'static Info>) {
        (mem::take(&mut self.bound), mem::take(&mut self.unbound))
    }
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.change {
            Change::Base(_) => "Base",
            Change::Bind(_) => "Bind",
            Change::Begun(_) => "Begun",
        })
    }
}
