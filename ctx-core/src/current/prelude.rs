//! The prelude of a future: what an annotated function did in its frame before it returned the future.
//!
//! The function runs in a frame of its own, and the future goes on with what that frame has bound. Futures that the
//! function made meanwhile were captured in that frame. To a wrapper around the call they count as captured at the call.
//! So the prelude remembers the frame, and which variables the function wrote: a wrapper around the call comes before
//! those. A variable that the function leaves bound as it was counts as not written.

use super::frame::Frame;
use super::identity::Identity;
use super::locals::Clock;
use super::origin::Origin;
use crate::descriptor::Descriptor;
use crate::map::Map;
use crate::map::binding::{BindingRef, BindingView};
use std::num::NonZeroUsize;

/// What a function did in its frame before it returned a future.
pub(crate) struct Prelude {
    /// The frame, and its last moment.
    until: Origin,
    writes: Writes,
}

/// The variables that a function wrote.
enum Writes {
    /// The bindings that it left tell which, until they are changed. Nothing was captured in its frame.
    InBindings,
    /// None, or one that is not local.
    AtMostOne(Option<(&'static Descriptor, Found)>),
    Many(Box<[Written]>),
}

/// The address of the binding that the function found, if the variable was bound.
type Found = Option<NonZeroUsize>;

/// A variable that a function bound or unbound.
struct Written {
    variable: &'static Descriptor,
    found: Found,
    /// What the function bound, if the variable is local. The bindings that it left have the others.
    local: Option<BindingRef>,
}

impl Prelude {
    /// The prelude in `frame`, which started with the bindings `captured` and `locals`.
    pub(crate) fn of(frame: &Frame, captured: &Map, locals: &Map) -> Self {
        let has_locals = frame.clock.has_extension();
        let writes = if !has_locals && frame.bindings.ptr_eq(captured) {
            Writes::AtMostOne(None)
        } else if !has_locals && frame.bindings.is_written_over(captured) {
            // What was captured before the function's last write may have other values than the bindings that are left,
            // or share nothing with them.
            if frame.identity.has_captures() {
                Writes::read_from(&frame.bindings)
            } else {
                Writes::InBindings
            }
        } else {
            Writes::between(captured, locals, frame)
        };
        let until = frame.now();
        Self { until, writes }
    }

    /// A prelude whose writes all count as found.
    pub(crate) fn without_writes(until: Origin) -> Self {
        let writes = Writes::AtMostOne(None);
        Self { until, writes }
    }

    /// The frame, and its last moment.
    pub(crate) fn until(&self) -> Origin {
        self.until
    }

    /// Remembers what `bindings`, which the function left, tell about its writes, before the bindings are changed. If the
    /// future does not restart, nobody asks for the writes, and they are forgotten.
    #[inline]
    pub(crate) fn remember_writes(&mut self, bindings: &Map, is_restarted: bool) {
        if let Writes::InBindings = self.writes {
            self.writes = if is_restarted {
                Writes::read_from(bindings)
            } else {
                Writes::AtMostOne(None)
            };
        }
    }

    /// The variables that a capture in the frame has from the function, and not from before it.
    ///
    /// An address tells. What the function found was alive when the capture was made, and what the capture has is alive
    /// now, so no address is used twice.
    pub(crate) fn written_before(&self, captured: &Map) -> impl Iterator<Item = &'static Descriptor> {
        let is_written = |variable: &'static Descriptor, found| {
            !variable.is_local && captured.find(variable).map(BindingView::address) != found
        };
        let written = self
            .writes
            .iter()
            .filter(move |(variable, found)| is_written(variable, *found));
        written.map(|(variable, _)| variable)
    }

    /// Whether the function wrote a local variable.
    #[inline]
    pub(crate) fn has_written_locals(&self) -> bool {
        match &self.writes {
            Writes::InBindings | Writes::AtMostOne(_) => false,
            Writes::Many(many) => many.iter().any(|written| written.variable.is_local),
        }
    }

    /// Writes again in `frame` what the function wrote. `bindings` are those that it left. Adds what that replaces to
    /// `replaced`.
    pub(crate) fn repeat_writes(&mut self, bindings: &Map, frame: &mut Frame, replaced: &mut impl Extend<BindingRef>) {
        let mut write = |variable: &'static Descriptor, local: Option<BindingRef>| {
            let old = match local.or_else(|| bindings.get(variable.number()).cloned()) {
                Some(binding) => frame.bind(binding),
                None => frame.unbind(variable),
            };
            replaced.extend(old);
        };
        match &mut self.writes {
            Writes::InBindings => {}
            Writes::AtMostOne(one) => one.iter().for_each(|(variable, _)| write(variable, None)),
            Writes::Many(many) => many
                .iter_mut()
                .for_each(|written| write(written.variable, written.local.take())),
        }
    }

    /// Makes `frame` the one in which the future goes on: tokens of the function's frame match it.
    ///
    /// If it `is_restarted`, with other bindings than the function left, the old values in those tokens are another
    /// context's, and the tokens are refused. Local bindings are always those of where the future is first polled.
    pub(crate) fn go_on_in(&self, frame: &mut Frame, is_restarted: bool) {
        let (place, time) = self.until.parts();
        if place != Identity::UNASKED.place() {
            frame.identity = Identity::going_on(place, is_restarted);
        }
        frame.clock.set_any(time + Clock::TICK);
    }
}

impl Writes {
    /// What differs between what the frame started with and what it has.
    #[cold]
    fn between(captured: &Map, locals: &Map, frame: &Frame) -> Self {
        let mut many = Vec::new();
        let mut add = |before: Option<&BindingRef>, after: Option<&BindingRef>| {
            let Some(variable) = after.or(before).map(|binding| binding.variable) else {
                return;
            };
            many.push(Written {
                variable,
                found: before.map(|before| before.view().address()),
                local: after.filter(|_| variable.is_local).cloned(),
            });
        };
        captured.each_difference(&frame.bindings, &mut add);
        if let Some(after) = frame.clock.locals() {
            locals.each_difference(after, &mut add);
        }
        match many.as_slice() {
            [one] if !one.variable.is_local => Self::AtMostOne(Some((one.variable, one.found))),
            _ => Self::Many(many.into()),
        }
    }

    /// What these bindings tell. See [`Map::written`].
    fn read_from(bindings: &Map) -> Self {
        let mut written = bindings.written();
        let first = written.next();
        let Some(second) = written.next() else {
            return Self::AtMostOne(first);
        };
        let of_inherited = |(variable, found)| Written {
            variable,
            found,
            local: None,
        };
        let all = first.into_iter().chain([second]).chain(written);
        Self::Many(all.map(of_inherited).collect())
    }

    fn iter(&self) -> impl Iterator<Item = (&'static Descriptor, Found)> {
        let (one, many) = match self {
            Self::InBindings => (None, [].as_slice()),
            Self::AtMostOne(one) => (*one, [].as_slice()),
            Self::Many(many) => (None, &**many),
        };
        one.into_iter()
            .chain(many.iter().map(|written| (written.variable, written.found)))
    }
}

#[cfg(test)]
mod tests;
