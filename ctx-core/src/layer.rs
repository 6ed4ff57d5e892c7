//! A layer: what a wrapper has to say about the futures inside it.

use crate::binding::{Borrowed, Shared};
use crate::clock::Clock;
use crate::frame::{BINDINGS_ANEW, Frame, LOCALS_ANEW, Origin};
use crate::info::Info;
use crate::map::Map;

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
    /// Nothing.
    Nothing,
    /// A function that returned its future after its frame had run: what was captured in the frame until then counts as
    /// captured at the call, which is the layer's origin.
    Begun(Begun),
}

/// The frame in which a function made the future that it returned.
///
/// What the function leaves as it has found it, it has not written.
pub(crate) struct Begun {
    /// The last moment of the frame before the future started.
    until: Origin,
    written: Vec<Written>,
}

/// A variable that a function bound or unbound.
struct Written {
    info: &'static Info,
    /// The address of the binding that it had found.
    found: Option<usize>,
    /// What it bound, if the variable is local: others are among the bindings that the frame has left.
    local: Option<Shared>,
}

impl Layer {
    /// Ends with its wrapper, of which `frame` is left.
    #[inline]
    pub(crate) fn end(self, frame: &mut Frame) {
        if let Change::Bind(binding) = self.change {
            frame.bindings.drop_twin(binding);
        }
    }
}

impl Begun {
    /// The past of a `frame` that started from what was `captured` and the `locals`.
    pub(crate) fn of(frame: &Frame, captured: &Map, locals: &Map) -> Self {
        let mut written = Vec::new();
        let mut write = |then: Option<&Shared>, now: Option<&Shared>| {
            let Some(info) = now.or(then).map(|binding| binding.info) else {
                return;
            };
            written.push(Written {
                info,
                found: then.map(|then| then.borrow().address()),
                local: now.filter(|_| info.is_local).cloned(),
            });
        };
        if !captured.ptr_eq(&frame.bindings) {
            captured.each_difference(&frame.bindings, &mut write);
        }
        if let Some(now) = frame.clock.locals() {
            locals.each_difference(now, &mut write);
        }
        Self {
            until: frame.now(),
            written,
        }
    }

    /// A past until then in which whatever was written counts as found.
    pub(crate) fn unwritten(until: Origin) -> Self {
        Self {
            until,
            written: Vec::new(),
        }
    }

    pub(crate) fn until(&self) -> Origin {
        self.until
    }

    /// The variables that a capture in the frame has from the function, and not from before it.
    ///
    /// An address tells: what the function had found was alive when the capture was made, and what that has is now.
    pub(crate) fn own_in(&self, capture: &Map) -> impl Iterator<Item = &'static Info> {
        let now = |info| capture.find(info).map(Borrowed::address);
        let is_own = move |written: &&Written| !written.info.is_local && now(written.info) != written.found;
        self.written.iter().filter(is_own).map(|written| written.info)
    }

    /// Whether it wrote a local variable.
    pub(crate) fn has_written_locals(&self) -> bool {
        self.written.iter().any(|written| written.info.is_local)
    }

    /// Writes again in `frame` what the function has written, which has `left` these bindings. Returns what that displaces.
    pub(crate) fn write_again(&mut self, left: &Map, frame: &mut Frame) -> impl Iterator<Item = Shared> {
        self.written.iter_mut().filter_map(|written| {
            let local = written.local.take();
            match local.or_else(|| left.get(written.info.number()).cloned()) {
                Some(binding) => frame.bind(binding),
                None => frame.unbind(written.info),
            }
        })
    }

    /// Makes `frame` the one in which the future goes on.
    ///
    /// If it starts `anew`, with other bindings than it had, the old values in its tokens are those of another context:
    /// they are refused from now on.
    pub(crate) fn resume(&self, frame: &mut Frame, anew: bool) {
        let (identity, time) = self.until.parts();
        if identity != 0 {
            // Local ones are always those of where it is polled.
            let bindings = if anew { BINDINGS_ANEW } else { 0 };
            frame.identity = identity | bindings | LOCALS_ANEW;
        }
        frame.clock.set_on(time + Clock::TICK);
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
