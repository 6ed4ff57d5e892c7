//! A layer: what a wrapper has to say about the futures inside it.

use crate::binding::{Borrowed, Shared};
use crate::clock::Clock;
use crate::frame::{BINDINGS_ANEW, Frame, LOCALS_ANEW, Origin};
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
    /// `scope` of a local variable: the wrapper's own frame gets it at the first poll, from which it is inherited.
    BindLocal(Shared),
    /// Nothing, or nothing any more.
    Nothing,
    /// A function that returned its future after its frame had run: what was captured in the frame until then counts as
    /// captured at the call, which is the layer's origin.
    Begun(Box<Begun>),
}

/// The frame in which a function made the future that it returned.
///
/// What the function leaves as it has found it, it has not written.
pub(crate) struct Begun {
    identity: u64,
    time: u64,
    /// What the function bound.
    bound: Vec<Shared>,
    /// What it unbound.
    unbound: Vec<&'static Info>,
    /// The variables that it bound or unbound, each with the address of the binding that it had found.
    found: Vec<(&'static Info, Option<usize>)>,
}

impl Layer {
    /// Forgets what it has to say: its wrapper is over, and `frame` is what is left of that.
    pub(crate) fn end(&mut self, frame: &mut Frame) {
        if let Change::Bind(binding) = mem::replace(&mut self.change, Change::Nothing) {
            frame.bindings.drop_twin(binding);
        }
    }

    /// Whether it has a say in how its own wrapper starts, with nobody else around it.
    #[inline]
    pub(crate) fn acts_at_start(&self) -> bool {
        matches!(self.change, Change::Begun(_) | Change::BindLocal(_))
    }
}

impl Begun {
    /// The past of a `frame` that started from what was `captured` and the `locals`.
    pub(crate) fn of(frame: &Frame, captured: &Map, locals: &Map) -> Self {
        let (mut bound, mut unbound, mut found) = (Vec::new(), Vec::new(), Vec::new());
        let mut write = |then: Option<&Shared>, now: Option<&Shared>| {
            let Some(info) = now.or(then).map(|binding| binding.info) else {
                return;
            };
            found.push((info, then.map(|then| then.borrow().address())));
            bound.extend(now.cloned());
            unbound.extend(now.is_none().then_some(info));
        };
        captured.each_difference(&frame.bindings, &mut write);
        if let Some(now) = frame.clock.locals() {
            locals.each_difference(now, &mut write);
        }
        Self {
            identity: frame.identity,
            time: frame.clock.time(),
            bound,
            unbound,
            found,
        }
    }

    /// A past until then in which whatever was written counts as found.
    pub(crate) fn unwritten(until: Origin) -> Self {
        let (identity, time) = until.parts();
        Self {
            identity,
            time,
            bound: Vec::new(),
            unbound: Vec::new(),
            found: Vec::new(),
        }
    }

    /// The last moment of the frame before the future started.
    pub(crate) fn until(&self) -> Origin {
        Origin::new(self.identity, self.time)
    }

    /// The variables that a capture in the frame has from the function, and not from before it.
    ///
    /// An address tells: what the function had found was alive when the capture was made, and what that has is now.
    pub(crate) fn own_in(&self, capture: &Map) -> impl Iterator<Item = &'static Info> {
        let now = |info| capture.find(info).map(Borrowed::address);
        let is_own = move |(info, found): &&(&'static Info, Option<usize>)| !info.is_local && now(info) != *found;
        self.found.iter().filter(is_own).map(|(info, _)| *info)
    }

    /// Whether it wrote a local variable.
    pub(crate) fn has_written_locals(&self) -> bool {
        self.found.iter().any(|(info, _)| info.is_local)
    }

    /// Makes `frame` the one in which the future goes on.
    ///
    /// If it starts `anew`, with other bindings than it had, the old values in its tokens are those of another context:
    /// they are refused from now on.
    pub(crate) fn resume(&self, frame: &mut Frame, anew: bool) {
        if self.identity != 0 {
            // Local ones are always those of where it is polled.
            let bindings = if anew { BINDINGS_ANEW } else { 0 };
            frame.identity = self.identity | bindings | LOCALS_ANEW;
        }
        let locals = frame.clock.copy_of_locals();
        frame.clock = Clock::with(self.time + Clock::TICK, locals);
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
            Change::Bind(_) | Change::BindLocal(_) => "Bind",
            Change::Nothing => "Nothing",
            Change::Begun(_) => "Begun",
        })
    }
}
