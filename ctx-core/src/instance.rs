//! An instance: the context that a future owns, from the capture through the polls to the end, in 24 bytes.

use crate::binding::Bindings;
use crate::frame::{Frame, Origin};
use crate::heard::{Displaced, Heard};
use crate::layer::{Change, Layer};
use std::mem;

/// A frame, or before the first poll what was captured for it, or after the end nothing.
///
/// The stage lies in the highest bit of the frame's identity, which neither identities nor homes reach.
pub(crate) struct Instance(Frame);

const NOT_RUNNING: u64 = 1 << 63;
const OVER: u64 = u64::MAX;

impl Instance {
    pub(crate) fn captured(bindings: Bindings, origin: Origin) -> Self {
        let (home, clock) = origin.parts();
        Self(Frame {
            bindings,
            identity: home | NOT_RUNNING,
            clock,
        })
    }

    pub(crate) fn is_running(&self) -> bool {
        self.0.identity & NOT_RUNNING == 0
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.identity == OVER
    }

    /// The frame of an instance that runs.
    pub(crate) fn frame(&mut self) -> &mut Frame {
        &mut self.0
    }

    /// Ends the instance and hands out its frame, to run the last destructors in. Nothing else ends one.
    pub(crate) fn end(&mut self) -> Frame {
        let over = Frame {
            identity: OVER,
            ..Frame::default()
        };
        mem::replace(&mut self.0, over)
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
            Some(Change::Bind(key, binding)) => {
                if anew {
                    displaced.rebind(&mut bindings, *key, Some(binding.clone()));
                }
                Frame::new(bindings)
            }
            Some(Change::Begun(begun)) => {
                for (key, binding) in begun.take_written() {
                    if anew {
                        displaced.rebind(&mut bindings, key, binding);
                    } else {
                        displaced.bindings.extend(binding);
                    }
                }
                begun.resumed(bindings, anew)
            }
        };
        displaced
    }
}
