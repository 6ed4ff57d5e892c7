//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use crate::clock::Clock;
use crate::current;
use crate::frame::{Frame, Origin};
use crate::heard::{Displaced, Heard};
use crate::layer::{Change, Layer};
use crate::map::Map;
use std::mem::{self, ManuallyDrop};

/// A frame, or before the first poll what was captured for it, or after the end nothing.
///
/// The stage lies in the highest bit of the frame's identity, which neither identities nor homes reach.
///
/// The frame is handed out by `end`, which every wrapper calls before it is gone: there is nothing left to drop then.
pub(crate) struct Instance(ManuallyDrop<Frame>);

const NOT_RUNNING: u64 = 1 << 63;
const OVER: u64 = u64::MAX;

impl Instance {
    #[inline]
    pub(crate) fn captured(bindings: Map, origin: Origin) -> Self {
        let (home, clock) = origin.parts();
        Self(ManuallyDrop::new(Frame {
            bindings,
            identity: home | NOT_RUNNING,
            clock: Clock::at(clock),
        }))
    }

    #[inline]
    pub(crate) fn is_running(&self) -> bool {
        self.0.identity & NOT_RUNNING == 0
    }

    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.0.identity == OVER
    }

    /// The frame of an instance that runs.
    #[inline]
    pub(crate) fn frame(&mut self) -> &mut Frame {
        &mut self.0
    }

    /// Ends the instance and hands out its frame, to run the last destructors in. Nothing else ends one.
    #[inline]
    pub(crate) fn end(&mut self) -> Frame {
        Frame {
            bindings: mem::take(&mut self.0.bindings),
            identity: mem::replace(&mut self.0.identity, OVER),
            // SAFETY: the frame of an instance that is over is not used any more, and never dropped.
            clock: unsafe { self.0.clock.hand_over() },
        }
    }

    /// Where and when a captured instance was captured.
    fn origin(&self) -> Origin {
        Origin::of_parts(self.0.identity & !NOT_RUNNING, self.0.clock.time())
    }

    /// Whether it is plain that no wrapper around applies to a captured instance: it is sealed, or polled where it was
    /// captured, and no wrapper was made there since.
    #[inline]
    fn is_out_of_reach(&self) -> bool {
        let origin = self.origin();
        origin.is_sealed() || current::is_now(origin)
    }

    /// Makes a captured instance run with what it has captured, where there are no local bindings.
    #[inline]
    pub(crate) fn run(&mut self) {
        self.0.identity = 0;
        self.0.clock.set(0);
    }

    /// Makes a captured instance run, with the local bindings that there are here, and with what the wrappers around it
    /// and its `own` layer say. Runs no user code.
    #[must_use]
    pub(crate) fn start(&mut self, own: Option<&mut Layer>) -> Option<Displaced> {
        let acts = own.as_ref().is_some_and(|own| own.acts_at_start());
        if !acts && !current::has_locals() && self.is_out_of_reach() {
            self.run();
            return None;
        }
        let heard = Heard::by(self.origin(), &self.0.bindings);
        let anew = !heard.is_nothing();
        let mut frame = current::nested(mem::take(&mut self.0.bindings));
        let mut displaced = heard.apply(&mut frame.bindings);
        match own.map(|own| &mut own.change) {
            Some(Change::Bind(binding)) if anew => displaced.bindings.extend(frame.bind(binding.clone())),
            Some(Change::Begun(begun)) => {
                let (bound, unbound) = begun.take_written();
                if anew || begun.has_written_locals() {
                    let replaced = bound.into_iter().filter_map(|binding| frame.bind(binding));
                    displaced.bindings.extend(replaced);
                    let removed = unbound.into_iter().filter_map(|info| frame.unbind(info));
                    displaced.bindings.extend(removed);
                } else {
                    displaced.bindings.extend(bound);
                }
                begun.resume(&mut frame, anew);
            }
            Some(change @ Change::BindLocal(_)) => {
                if let Change::BindLocal(binding) = mem::replace(change, Change::Nothing) {
                    displaced.bindings.extend(frame.bind(binding));
                }
            }
            _ => {}
        }
        *self.0 = frame;
        Some(displaced)
    }
}
