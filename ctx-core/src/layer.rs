//! A layer: what a wrapper has to say about the futures inside it.

use crate::binding::{Borrowed, Shared};
use crate::clock::Clock;
use crate::frame::{BINDINGS_ANEW, Frame, LOCALS_ANEW, Origin};
use crate::info::Info;
use crate::map::Map;
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
    /// What the function wrote, unless the bindings that it has left tell it until the future starts.
    written: Vec<Written>,
    is_told: bool,
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
    /// Drops what it says, of which there is a twin in what its wrapper has `left` if nobody has bound the variable anew.
    ///
    /// # Safety
    ///
    /// Nobody uses the layer any more, nor drops it.
    #[inline]
    pub(crate) unsafe fn end(&mut self, left: &mut Map) {
        match &mut self.change {
            // SAFETY: as the caller says, here and below.
            Change::Bind(binding) => left.drop_twin(unsafe { ptr::read(binding) }),
            Change::Nothing => {}
            change => unsafe { ptr::drop_in_place(change) },
        }
    }
}

impl Begun {
    /// The past of a `frame` that started from what was `captured` and the `locals`.
    pub(crate) fn of(frame: &Frame, captured: &Map, locals: &Map) -> Self {
        let until = frame.now();
        let has_locals = frame.clock.has_room();
        if !has_locals && frame.bindings.is_written_over(captured) {
            return Self {
                until,
                written: Vec::new(),
                is_told: true,
            };
        }
        let mut past = Self::unwritten(until);
        if !captured.ptr_eq(&frame.bindings) || has_locals {
            past.compare(frame, captured, locals);
        }
        past
    }

    #[cold]
    fn compare(&mut self, frame: &Frame, captured: &Map, locals: &Map) {
        let mut write = |then: Option<&Shared>, now: Option<&Shared>| {
            let Some(info) = now.or(then).map(|binding| binding.info) else {
                return;
            };
            self.written.push(Written {
                info,
                found: then.map(|then| then.borrow().address()),
                local: now.filter(|_| info.is_local).cloned(),
            });
        };
        captured.each_difference(&frame.bindings, &mut write);
        if let Some(now) = frame.clock.locals() {
            locals.each_difference(now, &mut write);
        }
    }

    /// A past until then in which whatever was written counts as found.
    pub(crate) fn unwritten(until: Origin) -> Self {
        Self {
            until,
            written: Vec::new(),
            is_told: false,
        }
    }

    /// Notes what the bindings tell that the function has `left`, before they are written to. `anew` says whether that is
    /// asked for now; else captures in the frame may, which share the bindings then.
    #[inline]
    pub(crate) fn note(&mut self, left: &Map, anew: bool) {
        if self.is_told && (anew || !left.is_shown_once()) {
            self.note_now(left);
        }
    }

    #[cold]
    fn note_now(&mut self, left: &Map) {
        self.is_told = false;
        self.written = left
            .written()
            .map(|(info, found)| Written {
                info,
                found,
                local: None,
            })
            .collect();
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
