//! A layer: what a wrapper has to say about the futures inside it.

use crate::binding::{Borrowed, Shared};
use crate::clock::Clock;
use crate::frame::{BINDINGS_ANEW, Frame, LOCALS_ANEW, Origin};
use crate::info::Info;
use crate::map::Map;
use std::num::NonZeroUsize;
use std::ptr;

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
    writes: Writes,
}

/// What a function wrote.
enum Writes {
    /// What the bindings tell that it has left, until the future starts. Nothing was captured in its frame.
    Told,
    /// Nothing, or one variable that is not local.
    Few(Option<(&'static Info, Found)>),
    Many(Box<[Written]>),
}

/// The address of the binding that a function has found.
type Found = Option<NonZeroUsize>;

/// A variable that a function bound or unbound.
struct Written {
    info: &'static Info,
    found: Found,
    /// What it bound, if the variable is local: others are among the bindings that it has left.
    local: Option<Shared>,
}

impl Layer {
    /// Drops what it says, of which there is a twin in what its wrapper has `left` if nobody has bound the variable anew.
    ///
    /// # Safety
    ///
    /// Nobody uses the layer any more, nor drops it.
    #[inline]
    pub(crate) unsafe fn end(&mut self, left: &mut Map) {
        match &mut self.change {
            // SAFETY: as the caller says.
            Change::Bind(binding) => left.drop_twin(unsafe { ptr::read(binding) }),
            Change::Nothing => {}
            // SAFETY: as the caller says.
            change => unsafe { ptr::drop_in_place(change) },
        }
    }
}

impl Begun {
    /// The past of a `frame` that started from what was `captured` and the `locals`.
    pub(crate) fn of(frame: &Frame, captured: &Map, locals: &Map) -> Self {
        let has_locals = frame.clock.has_room();
        let writes = if !has_locals && frame.bindings.ptr_eq(captured) {
            Writes::Few(None)
        } else if !has_locals && frame.bindings.is_written_over(captured) {
            // What was captured in the middle may have other values than are left, or share nothing with what is left.
            if frame.has_captured() {
                Writes::told_by(&frame.bindings)
            } else {
                Writes::Told
            }
        } else {
            Writes::between(captured, locals, frame)
        };
        let until = frame.now();
        Self { until, writes }
    }

    /// A past until then in which whatever was written counts as found.
    pub(crate) fn unwritten(until: Origin) -> Self {
        let writes = Writes::Few(None);
        Self { until, writes }
    }

    /// Notes what the bindings tell that the function has `left`, before they are written to. `anew` says whether that is
    /// asked for now; else nobody does.
    #[inline]
    pub(crate) fn note(&mut self, left: &Map, anew: bool) {
        if let Writes::Told = self.writes {
            self.writes = if anew { Writes::told_by(left) } else { Writes::Few(None) };
        }
    }

    pub(crate) fn until(&self) -> Origin {
        self.until
    }

    /// The variables that a capture in the frame has from the function, and not from before it.
    ///
    /// An address tells: what the function had found was alive when the capture was made, and what that has is now.
    pub(crate) fn own_in(&self, capture: &Map) -> impl Iterator<Item = &'static Info> {
        let is_own = |info: &'static Info, found| !info.is_local && capture.find(info).map(Borrowed::address) != found;
        let own = self.writes.iter().filter(move |(info, found)| is_own(info, *found));
        own.map(|(info, _)| info)
    }

    /// Whether it wrote a local variable.
    #[inline]
    pub(crate) fn has_written_locals(&self) -> bool {
        match &self.writes {
            Writes::Told | Writes::Few(_) => false,
            Writes::Many(many) => many.iter().any(|written| written.info.is_local),
        }
    }

    /// Writes again in `frame` what the function has written, which has `left` these bindings. Returns what that displaces.
    pub(crate) fn write_again(&mut self, left: &Map, frame: &mut Frame, displaced: &mut impl Extend<Shared>) {
        let mut rebind = |info: &'static Info, local: Option<Shared>| {
            let old = match local.or_else(|| left.get(info.number()).cloned()) {
                Some(binding) => frame.bind(binding),
                None => frame.unbind(info),
            };
            displaced.extend(old);
        };
        match &mut self.writes {
            Writes::Told => {}
            Writes::Few(few) => few.iter().for_each(|(info, _)| rebind(info, None)),
            Writes::Many(many) => many
                .iter_mut()
                .for_each(|written| rebind(written.info, written.local.take())),
        }
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

impl Writes {
    #[cold]
    fn between(captured: &Map, locals: &Map, frame: &Frame) -> Self {
        let mut many = Vec::new();
        let mut write = |then: Option<&Shared>, now: Option<&Shared>| {
            let Some(info) = now.or(then).map(|binding| binding.info) else {
                return;
            };
            many.push(Written {
                info,
                found: then.map(|then| then.borrow().address()),
                local: now.filter(|_| info.is_local).cloned(),
            });
        };
        captured.each_difference(&frame.bindings, &mut write);
        if let Some(now) = frame.clock.locals() {
            locals.each_difference(now, &mut write);
        }
        match many.as_slice() {
            [one] if !one.info.is_local => Self::Few(Some((one.info, one.found))),
            _ => Self::Many(many.into()),
        }
    }

    fn told_by(left: &Map) -> Self {
        let mut told = left.written();
        let first = told.next();
        let Some(second) = told.next() else {
            return Self::Few(first);
        };
        let written = |(info, found)| Written {
            info,
            found,
            local: None,
        };
        Self::Many(first.into_iter().chain([second]).chain(told).map(written).collect())
    }

    fn iter(&self) -> impl Iterator<Item = (&'static Info, Found)> {
        let (few, many) = match self {
            Self::Told => (None, [].as_slice()),
            Self::Few(few) => (*few, [].as_slice()),
            Self::Many(many) => (None, &**many),
        };
        few.into_iter()
            .chain(many.iter().map(|written| (written.info, written.found)))
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

#[cfg(test)]
mod tests;
