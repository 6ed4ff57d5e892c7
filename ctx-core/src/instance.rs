//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use crate::frame::{Frame, Origin};
use crate::heard::{Displaced, Heard};
use crate::layer::{Change, Layer};
use crate::map::Map;
use std::mem;

/// A frame, or before the first poll what was captured for it, or after the end nothing.
///
/// The stage lies in the highest bit of the frame's identity, which neither identities nor homes reach.
pub(crate) struct Instance(Frame);

const NOT_RUNNING: u64 = 1 << 63;
const OVER: u64 = u64::MAX;

impl Instance {
    #[inline]
    pub(crate) fn captured(bindings: Map, origin: Origin) -> Self {
        let (home, clock) = origin.parts();
        Self(Frame {
            bindings,
            identity: home | NOT_RUNNING,
            clock,
        })
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
            clock: self.0.clock,
        }
    }

    /// Makes a captured instance run with what it has captured.
    #[inline]
    pub(crate) fn run(&mut self) {
        self.0.identity = 0;
        self.0.clock = 0;
    }

    /// Makes a captured instance run, with what the wrappers around it and its `own` layer say. Runs no user code.
    #[must_use]
    pub(crate) fn start(&mut self, own: Option<&mut Layer>) -> Displaced {
        let heard = Heard::by(Origin::new(self.0.identity & !NOT_RUNNING, self.0.clock));
        let anew = !heard.is_nothing();
        let mut bindings = mem::take(&mut self.0.bindings);
        let mut displaced = heard.apply(&mut bindings);
        self.0 = match own.map(|own| &mut own.change) {
            None | Some(Change::Base(_)) => Frame::new(bindings),
            Some(Change::Bind(binding)) => {
                if anew {
                    displaced.bindings.extend(bindings.insert(binding.clone()));
                }
                Frame::new(bindings)
            }
            Some(Change::Begun(begun)) => {
                let (bound, unbound) = begun.take_written();
                if anew {
                    displaced
                        .bindings
                        .extend(bound.into_iter().filter_map(|binding| bindings.insert(binding)));
                    displaced
                        .bindings
                        .extend(unbound.into_iter().filter_map(|info| bindings.remove(info)));
                } else {
                    displaced.bindings.extend(bound);
                }
                begun.resumed(bindings, anew)
            }
        };
        displaced
    }
}
